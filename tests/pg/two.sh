#!/bin/sh
# One models file for both databases, of programs that ship a schema for each:
#   two.sh [BUILD [NAME...]]
# What db inspect says of both becomes one file (merge.awk; what they do not
# share has `.only`), and pdns.c is one written by hand, with OVERRIDES. With
# one file db check finds nothing on what the program ships, on either
# database, and an empty database becomes the same as what is shipped.
set -u
. "$(dirname "$0")/real.inc"
[ $# = 0 ] || shift
facts=$top/tests/schemas/facts.sql

shipped() {
	"$top/tests/schemas/load.sh" "$1" lite.db >log 2>&1 &&
	"$here/load.sh" "$1" shipped >log 2>&1 && return
	status=$?
	[ $status = 77 ] || say "$1" load
	return $status
}

merged() {
	"$db" --url sqlite:///lite.db inspect >lite.c 2>log &&
	"$db" --url postgresql:///shipped inspect >pg.c 2>log &&
	awk -f "$here/merge.awk" lite.c pg.c >merged.c ||
		say "$1" "one file of both"
}

# with FILE NAME
with() {
	rm -rf db.ini migrations models.c new.db
	cp "$1" models.c
	fresh main new
	step "$2" compile compiles models.c &&
	step "$2" init "$db" init --models models.c \
		-t "$top/migrations_template" &&
	step "$2" "check of SQLite" "$db" --url sqlite:///lite.db check &&
	step "$2" "check of PostgreSQL" "$db" --url postgresql:///shipped check &&
	step "$2" "create on SQLite" "$db" --url sqlite:///new.db create-all &&
	step "$2" "create on PostgreSQL" "$db" --url postgresql:///new create-all &&
	sqlite3 lite.db <"$facts" | sort >lite.facts &&
	sqlite3 new.db <"$facts" | sort >new.facts && [ -s new.facts ] &&
	step "$2" "the same on SQLite" diff lite.facts new.facts &&
	dump shipped shipped.dump && dump new new.dump && [ -s new.dump ] &&
	step "$2" "the same on PostgreSQL" diff shipped.dump new.dump
}

try() {
	with merged.c "$1" || return
	[ ! -f "$here/$1.c" ] || with "$here/$1.c" "$1, by hand"
}

for name in ${*:-pdns roundcube kamailio}; do
	mkdir -p "$work/on/$name" && cd "$work/on/$name" || exit 1
	shipped "$name"
	status=$?
	if [ $status = 77 ]; then
		echo "skipped - $name: $(tail -n 1 log)"
		continue
	fi
	[ $status = 0 ] && merged "$name" && try "$name" && echo "ok - $name"
	tried "$name" $?
done
total
