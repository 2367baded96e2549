. "$REPOSITORY/tests/cli/lib.inc"
project
sqlite3 app.db "CREATE TABLE note (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES user (id) ON DELETE CASCADE);
	INSERT INTO note VALUES (7, 1), (8, 2);
	CREATE TRIGGER seen AFTER INSERT ON user BEGIN SELECT 1; END"
models <<'C'
MODEL(User,
    COLUMNS(
        COLUMN("id",   INTEGER,     PRIMARY_KEY),
        COLUMN("name", VARCHAR(80), UNIQUE | NOT_NULL, .check = "name <> ''"),
        COLUMN("age",  INTEGER,     NOT_NULL, .server_default = "18"),
    ));
MODEL(Note,
    COLUMNS(
        COLUMN("id",      INTEGER, PRIMARY_KEY),
        COLUMN("user_id", INTEGER, .references = "user.id", .on_delete = CASCADE),
    ));
TRIGGER("seen", "user", "CREATE TRIGGER seen AFTER INSERT ON user BEGIN SELECT 1; END");
C
run db migrate -m "a check" --rev-id bbbbbbbbbbbb
mask <migrations/versions/bbbbbbbbbbbb_a_check.sql
run db upgrade
run sqlite3 app.db "SELECT * FROM user; SELECT * FROM note; SELECT name FROM sqlite_schema WHERE type = 'trigger'"
run db check
run db downgrade
run sqlite3 app.db "SELECT * FROM user; SELECT * FROM note; SELECT name FROM sqlite_schema WHERE type = 'trigger'"
