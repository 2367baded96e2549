#!/bin/bash
# Take real schemas through inspect, check, migrate, upgrade and downgrade.
#
#   run.sh [NAME...]         all of them when none is named
#
# Environment: DB is the program (build/db), KEEP=1 leaves the working folder.
# What is checked for each: the models that db inspect writes compile without
# a warning and differ in nothing; on an empty file they give the same schema;
# downgraded to base nothing is left; rows survive an upgrade that makes every
# table anew, and its downgrade.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
db=$(readlink -f "${DB:-$top/build/db}")
work=$(mktemp -d)
[ "${KEEP-}" ] && echo "in $work" || trap 'rm -rf "$work"' EXIT
export RETORT_SCHEMA_CACHE=${RETORT_SCHEMA_CACHE:-$work/packages}
unset DATABASE_URL
passed=0 failed=0 skipped=0

# say NAME STEP: what the step printed, and the schema has failed.
say() {
	echo "not ok - $1: $2"
	sed 's/^/    /' log | tail -${LINES_SHOWN:-12}
	return 1
}

facts() {
	sqlite3 "$1" <"$here/facts.sql"
}

rows() {	# of database $2, by the columns of $1
	sqlite3 "$1" <"$here/rows.sql" | sqlite3 "$2" 2>&1
	sqlite3 "$2" "SELECT * FROM sqlite_sequence ORDER BY 1" 2>/dev/null
}

same() {	# FILE FILE
	diff "$1" "$2" >log 2>&1
}

# The tables that are there, but for those of retort and virtual ones.
left_over() {
	facts "$1" >log && [ ! -s log ]
}

inspect() {
	"$db" --url sqlite:///orig.db inspect >models.c 2>log ||
		{ say $1 inspect; return; }
	"${CC:-cc}" -std=c11 -Wall -Wextra -pedantic -Werror -fsyntax-only \
		-I"$top/lib/include" models.c >log 2>&1 ||
		{ say $1 "compile the models"; return; }
	"$db" init --models models.c -t "$top/migrations_template" >log 2>&1 ||
		{ say $1 init; return; }
	"$db" --url sqlite:///orig.db check >log 2>&1 || say $1 check
}

from_nothing() {
	local url=sqlite:///new.db

	"$db" --url $url migrate -m first >log 2>&1 || { say $1 migrate; return; }
	! grep -qi 'not proved\|could not be tried' log ||
		{ say $1 "prove the first revision"; return; }
	"$db" --url $url upgrade >log 2>&1 || { say $1 upgrade; return; }
	facts orig.db >orig.facts && facts new.db >new.facts
	[ -s orig.facts ] && same orig.facts new.facts ||
		{ say $1 "same schema from nothing"; return; }
	"$db" diff $url sqlite:///orig.db >log 2>&1 ||
		{ say $1 "diff with the original"; return; }
	"$db" diff sqlite:///orig.db $url >log 2>&1 ||
		{ say $1 "diff of the original"; return; }
	"$db" --url $url downgrade base >log 2>&1 ||
		{ say $1 "downgrade to base"; return; }
	left_over new.db || say $1 "nothing left at base"
}

# A UNIQUE column in front cannot be added by ALTER TABLE.
change_models() {
	sed -i 's/^\( *\)COLUMNS($/&\n\1    COLUMN("zz_new", INTEGER, UNIQUE),/' \
		models.c
}

with_rows() {
	local url=sqlite:///rows.db

	cp orig.db rows.db
	sqlite3 rows.db <"$here/fill.sql" >inserts.sql
	sqlite3 rows.db <inserts.sql >fill.log 2>&1
	rows orig.db rows.db >rows.before
	[ $(wc -l <rows.before) -ge 1000 ] ||
		{ cp fill.log log; say $1 "fill the tables"; return; }
	"$db" --url $url stamp head >log 2>&1 || { say $1 stamp; return; }
	change_models
	"$db" --url $url migrate -m rebuild >log 2>&1 ||
		{ say $1 "migrate with rows"; return; }
	grep -q _retort_new_ migrations/versions/*_rebuild.sql ||
		{ say $1 "a rebuild in the revision"; return; }
	"$db" --url $url upgrade >log 2>&1 ||
		{ say $1 "upgrade with rows"; return; }
	rows orig.db rows.db >rows.after
	same rows.before rows.after || { say $1 "rows after the upgrade"; return; }
	"$db" --url $url check >log 2>&1 ||
		{ say $1 "check after the upgrade"; return; }
	"$db" --url $url downgrade >log 2>&1 ||
		{ say $1 "downgrade with rows"; return; }
	rows orig.db rows.db >rows.after
	same rows.before rows.after ||
		{ say $1 "rows after the downgrade"; return; }
	facts rows.db >rows.facts
	same orig.facts rows.facts || say $1 "schema after the downgrade"
}

for name in ${@:-$("$here/load.sh" list)}; do
	mkdir -p "$work/$name" && cd "$work/$name" || exit 1
	"$here/load.sh" $name orig.db >log 2>&1
	status=$?
	if [ $status = 77 ]; then
		echo "skipped - $name: $(tail -1 log)"
		skipped=$((skipped + 1))
	elif [ $status != 0 ]; then
		say $name load
		failed=$((failed + 1))
	elif inspect $name && from_nothing $name && with_rows $name; then
		echo "ok - $name ($(grep -c '^table' orig.facts) tables," \
			"$(wc -l <rows.before) rows)"
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
	fi
done
[ $skipped = 0 ] || echo "$skipped skipped"
echo "$passed passed, $failed failed"
[ $failed = 0 ] && [ $passed -gt 0 ]
