#!/bin/sh
# Take real schemas of PostgreSQL through inspect, check, migrate, upgrade and
# downgrade.
#
#   schemas.sh [NAME...]     all of them when none is named
#
# The server is that of PGHOST, PGPORT and PGUSER. DB is the program.
# What is checked for each: the models that db inspect writes compile without
# a warning and differ in nothing; on an empty database the proved revision
# gives what pg_dump cannot tell from the original (dump.sh says what that
# leaves out); downgraded to base nothing is left.
set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
db=$(readlink -f "${DB:-$top/build/db}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset DATABASE_URL
passed=0 failed=0

say() {	# NAME STEP: what it printed
	echo "not ok - $1: $2"
	sed 's/^/    /' log | cut -c1-200 | head -20
	return 1
}

dump() {
	"$here/dump.sh" "$1" >"$2" 2>log
}

inspect() {
	"$db" --url "postgresql:///$1" inspect >models.c 2>log ||
		{ say "$2" inspect; return; }
	"${CC:-cc}" -std=c11 -Wall -Wextra -pedantic -Werror -fsyntax-only \
		-I"$top/lib/include" models.c >log 2>&1 ||
		{ say "$2" "compile the models"; return; }
	"$db" init --models models.c -t "$top/migrations_template" >log 2>&1 ||
		{ say "$2" init; return; }
	"$db" --url "postgresql:///$1" check >log 2>&1 || say "$2" check
}

from_nothing() {
	url=postgresql:///$2
	psql -Xq -d postgres -c 'SET client_min_messages = warning' \
		-c "DROP DATABASE IF EXISTS \"$2\"" \
		-c "CREATE DATABASE \"$2\" TEMPLATE template0 ENCODING 'UTF8'"
	dump "$2" empty || { say "$3" pg_dump; return; }
	"$db" --url "$url" migrate -m first >log 2>&1 ||
		{ say "$3" migrate; return; }
	! grep -qi 'not be proved\|could not be tried' log ||
		{ say "$3" "prove the first revision"; return; }
	"$db" --url "$url" upgrade >log 2>&1 || { say "$3" upgrade; return; }
	dump "$1" orig && dump "$2" new && [ -s orig ] ||
		{ say "$3" pg_dump; return; }
	diff orig new >log || { say "$3" "the same from nothing"; return; }
	"$db" --url "$url" check >log 2>&1 || { say "$3" "check again"; return; }
	"$db" --url "$url" downgrade base >log 2>&1 ||
		{ say "$3" "downgrade to base"; return; }
	dump "$2" base && diff empty base >log || say "$3" "nothing left at base"
}

for name in ${*:-$("$here/load.sh" list)}; do
	mkdir -p "$work/$name" && cd "$work/$name" || exit 1
	orig=retort_orig_$name new=retort_new_$name
	if ! "$here/load.sh" "$name" "$orig" >log 2>&1; then
		say "$name" load
		failed=$((failed + 1))
	elif inspect "$orig" "$name" && from_nothing "$orig" "$new" "$name"; then
		echo "ok - $name ($(grep -c '^CREATE' orig) things," \
			"$(wc -l <orig) statements)"
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
	fi
	psql -Xq -d postgres -c "DROP DATABASE IF EXISTS \"$orig\"" \
		-c "DROP DATABASE IF EXISTS \"$new\"" 2>/dev/null
done
echo "$passed passed, $failed failed"
[ $failed = 0 ] && [ $passed -gt 0 ]
