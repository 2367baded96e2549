. "$REPOSITORY/tests/cli/lib.inc"
project
cat >>migrations/db.ini <<'I'
file_template = it's %(rev)s
post_write = echo "-- first" >>{file}
	echo no >&2; false ; a comment
	echo "-- third" >>{file}; wc -l <{file} >lines
I
run db revision -m x --rev-id bbbbbbbbbbbb
tail -n 2 "migrations/versions/it's bbbbbbbbbbbb.sql"
run db upgrade
echo '${oops}' >>migrations/script.sql.in
run db revision -m y
