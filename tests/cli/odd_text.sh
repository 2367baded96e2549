. "$REPOSITORY/tests/cli/lib.inc"
# Names and texts that could be taken for something else in a revision file.
models <<'C'
MODEL(User,
    COLUMNS(
        COLUMN("id",   INTEGER, PRIMARY_KEY),
        COLUMN("path", TEXT, .server_default = "'${HOME} $${HOME} ${ x'"),
    ));
VIEW("v", "CREATE VIEW v AS SELECT id FROM user -- ends in a comment");
VIEW("w", "CREATE VIEW w AS SELECT path FROM user");
C
db -q init --models models.c --url sqlite:app.db >/dev/null
sqlite3 app.db 'CREATE TABLE "a
DROP TABLE user; */" (x)'
run db migrate -m odd --rev-id aaaaaaaaaaaa
mask <migrations/versions/aaaaaaaaaaaa_odd.sql
run db upgrade
run sqlite3 app.db "INSERT INTO user DEFAULT VALUES; SELECT path FROM w"
run db check
run db downgrade
run sqlite3 app.db .schema
db upgrade --sql | sqlite3 offline.db 2>/dev/null
run sqlite3 offline.db "SELECT name FROM sqlite_schema WHERE type = 'view'"
# a line in a statement that looks like the start of a section
cat >>models.c <<'C'
TRIGGER("t", "user", "CREATE TRIGGER t AFTER INSERT ON user BEGIN\n-- upgrade\nDELETE FROM user WHERE 0;\n--  DOWNGRADE it\n-- \\upgrade\nEND");
C
run db upgrade
run db migrate -m trigger --rev-id bbbbbbbbbbbb
sed -n '/^-- upgrade/,$p' migrations/versions/bbbbbbbbbbbb_trigger.sql
run db upgrade
run sqlite3 app.db "SELECT sql FROM sqlite_schema WHERE name = 't'"
run db check
run db -q downgrade
rm migrations/versions/bbbbbbbbbbbb_trigger.sql
run db -q migrate -m trigger --rev-id cccccccccccc --format c
run db -q upgrade
run db check
