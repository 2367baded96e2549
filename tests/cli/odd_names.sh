# Names that are odd but allowed, in tables that are rebuilt.
. "$REPOSITORY/tests/cli/lib.inc"
sqlite3 app.db 'CREATE TABLE t (id INTEGER PRIMARY KEY, "a*/b" TEXT, z INTEGER);
CREATE TABLE _retort_new_t (id INTEGER PRIMARY KEY, z INTEGER NOT NULL);
CREATE VIEW v AS SELECT * FROM _retort_new_t JOIN t;
INSERT INTO t VALUES (1, 2, 3); INSERT INTO _retort_new_t VALUES (1, 4)'
db --url sqlite:app.db inspect >models.c
db -q init --models models.c --url sqlite:app.db >/dev/null
run db check
sed -i '/a\*\/b/d; s/COLUMN("z",  *INTEGER/COLUMN("z", BIGINT/' models.c
run db migrate -m odd --rev-id aaaaaaaaaaaa
sed -n '/^-- upgrade/,$p' migrations/versions/aaaaaaaaaaaa_odd.sql
run db -q upgrade
run db check
run sqlite3 app.db 'SELECT * FROM v'
run db -q downgrade
run sqlite3 app.db 'SELECT * FROM v' .schema\ t .schema\ _retort_new_t
# a string in double quotes as a part of an index
sqlite3 dqs.db "CREATE TABLE t (id INTEGER PRIMARY KEY, z INTEGER);
CREATE INDEX i ON t (\"ab'c\", z); CREATE INDEX i2 ON t (z) WHERE z > \"abc\""
db --url sqlite:dqs.db inspect >models.c
rm migrations/versions/*
run db --url sqlite:dqs.db check
sed -i 's/COLUMN("z",  *INTEGER/COLUMN("z", BIGINT/' models.c
run db --url sqlite:dqs.db -q migrate -m dqs --rev-id aaaaaaaaaaaa
run db --url sqlite:dqs.db -q upgrade
run db --url sqlite:dqs.db check
run sqlite3 dqs.db .schema\ t
