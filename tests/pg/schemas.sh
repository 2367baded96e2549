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
		round orig new "$name" &&
		echo "ok - $name ($(grep -c '^CREATE' orig) things," \
			"$(wc -l <orig) statements)"
	fi
	tried "$name" $?
done
total
