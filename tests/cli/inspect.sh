. "$REPOSITORY/tests/cli/lib.inc"
sqlite3 old.db "CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT, x TEXT COLLATE NOCASE DEFAULT 'it''s', CHECK (x <> ''));
	CREATE TABLE \"odd name\" (\"select\" INT REFERENCES a ON DELETE SET NULL, y INT AS (\"select\" * 2) STORED, UNIQUE (y) ON CONFLICT IGNORE) STRICT;
	CREATE INDEX partial ON a (x DESC) WHERE x IS NOT NULL;
	CREATE VIEW v AS SELECT id FROM a;
	CREATE TRIGGER t AFTER DELETE ON a BEGIN DELETE FROM \"odd name\"; END;"
run db --url sqlite:old.db inspect
run db --url sqlite:old.db inspect --format sql
run db --url sqlite:old.db inspect --format json
run db --url sqlite:old.db inspect --table a
run db --url sqlite:old.db inspect --format xml
run db --url sqlite:old.db inspect --table nosuch
run db --url sqlite:missing.db inspect
db --url sqlite:old.db inspect >models.c
db -q init --models models.c --url sqlite:old.db
run db check
run db inspect --schema public
