#!/bin/sh
# Run every command of the README's "Five minutes" and "On PostgreSQL", in an
# empty directory, and look at what must be there afterwards. The second has a
# server of its own. Usage: readme.sh BUILD-DIRECTORY
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
build=$(cd "$1" && pwd)
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
export PATH="$build:$PATH" HOME="$work" XDG_CACHE_HOME="$work/cache" NO_COLOR=1

commands() {	# SECTION
	awk -v section="## $1" '/^## / { here = $0 == section }
		/^```/ { on = here && $0 == "```sh"; next } on' "$here/README.md"
}
commands 'Five minutes' >"$work/commands.sh"
commands 'On PostgreSQL' >"$work/server.sh"
mkdir "$work/project" && cd "$work/project"

passed=0 failed=0
expect() { # NAME COMMAND...
	name=$1; shift
	if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAIL readme: $name"; fi
}
is() { [ "$(sqlite3 app.db "$1")" = "$2" ]; }

expect "every command succeeds" sh -eu "$work/commands.sh" >"$work/out" 2>"$work/err" || true
[ "$failed" = 0 ] || { cat "$work/out" "$work/err"; }
expect "the rows survive" is "SELECT group_concat(name) FROM (SELECT name FROM user ORDER BY id)" ada,grace
expect "the check is there" sh -c '! sqlite3 app.db "INSERT INTO user (name) VALUES ('"''"')" 2>/dev/null'
expect "the new table is there" is "SELECT count(*) FROM post" 0
expect "at the head" db current --check-heads >/dev/null
expect "two revisions" [ "$(ls migrations/versions/*.sql | wc -l)" = 2 ]

url=$(cd / && "$here/tests/pg/server.sh" start $$) || exit 1
trap '"$here/tests/pg/server.sh" stop "$url"; rm -rf "$work"' EXIT
unset $(env | sed -n 's/^\(PG[A-Z]*\)=.*/\1/p' | grep -v PGBIN) DATABASE_URL
PGHOST=${url##*host=}
export PGHOST="${PGHOST%%&*}" PGUSER=postgres
bin=${PGBIN:-$(ls -d /usr/lib/postgresql/*/bin | sort -t/ -k5 -rn | head -n 1)}
is_there() { [ "$(psql -XAtc "$2" "$1" | tr '\n' ' ')" = "$3" ]; }
export PATH="$bin:$PATH"

failed_before=$failed
expect "every command for a server succeeds" sh -eu "$work/server.sh" \
	>"$work/out" 2>"$work/err" || true
[ "$failed" = "$failed_before" ] || { cat "$work/out" "$work/err"; }
export DATABASE_URL=postgresql:///shop
cd shop
expect "the rows have the new label" is_there shop \
	"SELECT state FROM orders ORDER BY id" "new settled "
expect "the index is there" is_there shop \
	"SELECT indisvalid FROM pg_index WHERE indexrelid = 'by_details'::regclass" "t "
expect "at the head" db current --check-heads >/dev/null
"$here/tests/pg/dump.sh" shop >a && "$here/tests/pg/dump.sh" copy >b || true
expect "the copy is the same" diff a b
expect "and it is one" grep -q 'TABLE.* public\.orders' b
expect "inspect prints models" grep -q '^ENUM_TYPE("state"' "$work/out"
echo "readme: $passed passed, $failed failed"
[ "$failed" = 0 ]
