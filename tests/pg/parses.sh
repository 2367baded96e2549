#!/bin/sh
# The server's own parser as the judge: parses.sh [BUILD]. All SQL that db
# writes for all that a server can hold is SQL to it, and is cut where it cuts;
# so is the SQL that Debian's packages ship (corpus.sh; $SQL_CORPUS names a
# folder that was filled before).
. "$(dirname "$0")/real.inc"
mkdir "$work/written" "$work/project"
cd "$work/project"

writes() {	# NAME: the revision that makes it, both ways, and as one script
	rm -rf migrations models.c
	{ step "$1" init "$db" init --models models.c -t "$top/migrations_template" &&
	  { [ -z "$schemas" ] || sed -i "/^\[db\]/a include_schemas = $schemas" \
		migrations/db.ini; } &&
	  "$db" -q --url postgresql:///orig inspect >models.c 2>log &&
	  fresh main new &&
	  step "$1" migrate "$db" -q --url postgresql:///new migrate --no-verify -m first &&
	  cp migrations/versions/*_first.sql "$work/written/$1.sql" &&
	  "$db" -q --url postgresql:///new upgrade --sql >"$work/written/$1-up.sql" 2>log &&
	  "$db" -q --url postgresql:///new downgrade --sql head:base \
		>"$work/written/$1-down.sql" 2>log
	} || say "$1" 'what db writes'
}
for f in "$here"/reflect/*.sql "$here"/all.sql; do
	name=$(basename "$f" .sql)
	schemas=$(sed -n 's/^-- schemas: //p' "$f")
	[ "$name" != all ] || schemas='public other'
	fresh main orig
	sql main orig -f "$f" >log 2>&1 && writes "$name"
	tried "$name" $?
done

judge() {	# TEST
	out=$("$build/tests/test_split_pg" --filter "split_pg/$1" 2>&1)
	same "$1: $out" 0 $?
	echo "$out" | grep 'statements$'
}
cd "$top"
SQL_WRITTEN=$work/written
export SQL_WRITTEN
judge written_by_us
if [ -z "${SQL_CORPUS-}" ]; then
	SQL_CORPUS=$work/corpus
	timeout 200 "$here/corpus.sh" "$SQL_CORPUS" ||
		{ rm -rf "$SQL_CORPUS"; SQL_CORPUS=; }
fi
if [ "$SQL_CORPUS" ]; then
	export SQL_CORPUS
	judge named_corpus
else
	echo 'packages: not run, none can be had here'
fi
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
