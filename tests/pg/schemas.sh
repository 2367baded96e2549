#!/bin/sh
# Take real schemas of PostgreSQL through inspect, check, migrate, upgrade and
# downgrade.
#
#   schemas.sh [BUILD [NAME...]]     all of them when none is named
#
# What is checked for each: the models that db inspect writes compile without
# a warning and differ in nothing; on an empty database the proved revision
# gives what pg_dump cannot tell from the original (dump.sh says what that
# leaves out); downgraded to base nothing is left.
set -u
. "$(dirname "$0")/real.inc"
[ $# = 0 ] || shift

inspect() {
	"$db" --url "postgresql:///$1" inspect >models.c 2>log ||
		{ say "$2" inspect; return; }
	step "$2" "compile the models" compiles models.c &&
	step "$2" init "$db" init --models models.c \
		-t "$top/migrations_template" &&
	step "$2" check "$db" --url "postgresql:///$1" check
}

from_nothing() {
	url=postgresql:///$2
	fresh main "$2"
	dump "$2" empty && dump "$1" orig && [ -s orig ] &&
	step "$3" migrate "$db" --url "$url" migrate -m first &&
	no_doubt "$3" &&
	step "$3" upgrade "$db" --url "$url" upgrade &&
	dump "$2" new &&
	step "$3" "the same from nothing" diff orig new &&
	step "$3" "check again" "$db" --url "$url" check &&
	step "$3" "downgrade to base" "$db" --url "$url" downgrade base &&
	dump "$2" base &&
	step "$3" "nothing left at base" diff empty base
}

for name in ${*:-$("$here/load.sh" list)}; do
	mkdir -p "$work/on/$name" && cd "$work/on/$name" || exit 1
	"$here/load.sh" "$name" orig >log 2>&1
	status=$?
	if [ $status = 77 ]; then
		echo "skipped - $name: $(tail -n 1 log)"
		continue
	elif [ $status != 0 ]; then
		say "$name" load
	else
		inspect orig "$name" && from_nothing orig new "$name" &&
		echo "ok - $name ($(grep -c '^CREATE' orig) things," \
			"$(wc -l <orig) statements)"
	fi
	tried "$name" $?
done
total
