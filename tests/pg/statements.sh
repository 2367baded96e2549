#!/bin/sh
# Every statement of the dialect's own .sql files prepares on the server:
# statements.sh [BUILD]
. "$(dirname "$0")/cluster.inc"
cluster main
start main || fail 'the server does not start'
mkdir "$work/project"
cd "$work/project"
db -q init
db --url "$(url main postgres)" ensure-version || bad 'ensure-version'

# One file for each statement, with the names of the tables put in.
awk -v to="$work/s" '
	/^-- (name|private|optional): / { file = to "." $3; print "" >file; next }
	file && !/^ *--/ { print >file }
' "$here"/../../lib/dialect/postgresql/*.sql
n=0
for f in "$work"/s.*; do
	sed -i 's/{table}/db_version/g; s/{log}/db_version_log/g' "$f"
	name=${f##*/s.}
	case $name in
	*_CREATE) text=$(cat "$f") ;;
	*) text="PREPARE x AS $(cat "$f")" ;;
	esac
	if out=$(sql main postgres -c "$text" 2>&1); then ok; else bad "$name: $out"; fi
	n=$((n + 1))
done
[ $n -gt 15 ] || bad "only $n statements"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
