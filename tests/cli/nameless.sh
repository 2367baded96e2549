# SQLite takes a column without a name, and names of any length: so do models.
. "$REPOSITORY/tests/cli/lib.inc"
long=$(printf '%0300d' 0 | tr 0 n)
sqlite3 live.db "CREATE TABLE t (id INTEGER PRIMARY KEY, \"\" TEXT UNIQUE,
	f AS (\"\" || 'x'), CHECK (\"\" <> 'y'));
	CREATE INDEX ix ON t (\"\" DESC);
	CREATE TABLE c (\"\" TEXT REFERENCES t (\"\"), $long INTEGER);
	INSERT INTO t (id, \"\") VALUES (1, 'a')"
db --url sqlite:live.db inspect >models.c
grep -F 'COLUMN(""' models.c
db -q init --models models.c --url sqlite:live.db >/dev/null
run db check
run db --url sqlite:new.db migrate -m tables --rev-id aaaaaaaaaaaa
db -q --url sqlite:new.db upgrade
run db --url sqlite:new.db check
db -q stamp head
sed -i 's/COLUMN("", *TEXT, *UNIQUE/&, .server_default = "\x27d\x27"/; s/COLUMN("", *TEXT)/COLUMN("", TEXT, .collation = "NOCASE")/' models.c
for format in sql c; do
	run db migrate -m "a rebuild in $format" --format $format 2>&1 | grep -v ^Gen
	run db -q upgrade
	sed -i "s/'d'/'e'/" models.c
done
run sqlite3 live.db "SELECT * FROM t; INSERT INTO t (id) VALUES (2); SELECT * FROM t WHERE id = 2"
run db -q downgrade base 2>/dev/null
