#!/bin/sh
# The models of docs/models.md, "On PostgreSQL", on a server: docs.sh [BUILD]
. "$(dirname "$0")/cluster.inc"
cluster main
start main || fail 'the server does not start'
mkdir "$work/project"
cd "$work/project"
db -q init --models models.c
sed -i '/^\[db\]/a include_schemas = public billing' migrations/db.ini
DATABASE_URL=$(url main docs)
export DATABASE_URL
fresh main docs
{ echo '#include <retort/model.h>'
  sed -n '/^## On PostgreSQL/,/^## What is refused/p' "$here/../../docs/models.md" |
	awk '/^```/ { on = ($0 == "```c"); next } on'
} >models.c
[ "$(grep -cE '^[A-Z_]+\(' models.c)" -gt 15 ] || bad 'few examples'
for cc in gcc clang; do
	! command -v $cc >/dev/null || for std in c11 c17 gnu17; do
		out=$($cc -std=$std -Wall -Wextra -pedantic -Werror -fsyntax-only \
			-I"$here/../../lib/include" models.c 2>&1)
		same "$cc -std=$std: $out" 0 $?
	done
done
say() {		# WHAT COMMAND…
	what=$1
	shift
	out=$(db "$@" 2>&1)
	same "$what ($out)" 0 $?
}
say migrate migrate -m one
case $out in *'be proved'*) bad "migrate: $out" ;; *) ok ;; esac
say upgrade upgrade
say check check
db inspect >inspected.c || bad inspect
cp models.c written.c
cp inspected.c models.c
say 'check of what inspect says' check
cp written.c models.c
sed -i 's/LABELS("low", "normal", "urgent")/LABELS("low", "average", "urgent")/
	s/RENAMED_LABELS("middle", "normal")/RENAMED_LABELS("normal", "average")/
	s/'"'normal'"'/'"'average'"'/; s/ticket_number/ticket_count/g
	s/was = "ticket_seq"/was = "ticket_number"/' models.c
say 'renames' migrate -m two
contains renames "RENAME VALUE 'normal' TO 'average'" "$(cat migrations/versions/*two.sql)"
contains renames 'ALTER SEQUENCE ticket_number RENAME TO ticket_count' \
	"$(cat migrations/versions/*two.sql)"
say 'upgrade of renames' upgrade
say 'check of renames' check
say downgrade downgrade base
same 'nothing is left' 'db_version db_version_log' "$(sql main docs -c "SELECT
	string_agg(relname, ' ' ORDER BY 1) FROM pg_class c JOIN pg_namespace n
	ON n.oid = relnamespace WHERE nspname IN ('public', 'billing')
	AND relkind IN ('r', 'v', 'm', 'S', 'p')
	AND relname <> 'db_version_log_id_seq'")"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
