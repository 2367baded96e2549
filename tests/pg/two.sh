#!/bin/sh
# One models file for both databases: what db inspect says of a schema on
# PostgreSQL, with the casts that only PostgreSQL has taken out of defaults
# (those of NULL, which it keeps, become its overrides), makes both, and db check finds nothing on either.
# The server is that of PGHOST, PGPORT and PGUSER. DB is the program.
set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
db=$(readlink -f "${DB:-$top/build/db}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset DATABASE_URL
passed=0 failed=0

try() {
	"$here/load.sh" "$1" retort_two >log 2>&1 &&
	"$db" --url postgresql:///retort_two inspect >inspected.c 2>log &&
	sed -e 's/\.server_default = \("NULL::[^"]*"\)/OVERRIDES(OVERRIDE("postgresql", .server_default = \1))/' \
		-e '/OVERRIDE/!{/server_default = \|CHECK(/s/::[a-z ]*[a-z]//g;}' \
		inspected.c >models.c &&
	"$db" init --models models.c -t "$top/migrations_template" >log 2>&1 &&
	"$db" --url postgresql:///retort_two check >log 2>&1 &&
	"$db" --url sqlite:///two.db create-all >log 2>&1 &&
	"$db" --url sqlite:///two.db check >log 2>&1
}

for name in ${*:-kamailio}; do
	mkdir "$work/$name" && cd "$work/$name" || exit 1
	if try "$name"; then
		echo "ok - $name"
		passed=$((passed + 1))
	else
		echo "not ok - $name"
		sed 's/^/    /' log | cut -c1-200 | head
		failed=$((failed + 1))
	fi
done
psql -Xq -d postgres -c 'DROP DATABASE IF EXISTS retort_two' 2>/dev/null
echo "$passed passed, $failed failed"
[ $failed = 0 ] && [ $passed -gt 0 ]
