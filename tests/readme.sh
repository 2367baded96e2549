#!/bin/sh
# Run every command of the README's "Five minutes", in an empty directory, and
# look at what must be there afterwards. Usage: readme.sh BUILD-DIRECTORY
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
build=$(cd "$1" && pwd)
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
export PATH="$build:$PATH" HOME="$work" XDG_CACHE_HOME="$work/cache" NO_COLOR=1

awk '/^```/ { on = ($0 == "```sh"); next } on' "$here/README.md" >"$work/commands.sh"
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
echo "readme: $passed passed, $failed failed"
[ "$failed" = 0 ]
