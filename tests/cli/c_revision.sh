. "$REPOSITORY/tests/cli/lib.inc"
project
models <<'C'
MODEL(User,
    COLUMNS(
        COLUMN("id",   INTEGER,      PRIMARY_KEY),
        COLUMN("name", VARCHAR(120), UNIQUE | NOT_NULL),
        COLUMN("age",  INTEGER),
    ));
C
run db migrate -m "in C" --format c --rev-id bbbbbbbbbbbb
mask <migrations/versions/bbbbbbbbbbbb_in_c.c
run db upgrade
run sqlite3 app.db "SELECT * FROM user" .schema
run db check
run db downgrade
run sqlite3 app.db "SELECT * FROM user"
sed -i 's/void upgrade/vod upgrade/' migrations/versions/bbbbbbbbbbbb_in_c.c
db upgrade 2>err; echo "exit $?"; head -n 1 err; grep -c "vod" err >/dev/null && echo "the compiler is quoted"
run db current
