. "$REPOSITORY/tests/cli/lib.inc"
project
models <<'C'
MODEL(Person, COLUMNS(COLUMN("id", INTEGER, PRIMARY_KEY)));
C
run db migrate -m gone --dry-run --rev-id bbbbbbbbbbbb | mask
models <<'C'
MODEL(User,
    COLUMNS(
        COLUMN("id",       INTEGER,     PRIMARY_KEY),
        COLUMN("nickname", VARCHAR(80), UNIQUE | NOT_NULL),
    ));
C
run db migrate -m guess --dry-run --rev-id bbbbbbbbbbbb | mask
run db migrate -m renamed --rename user.name:nickname --rev-id bbbbbbbbbbbb
run db upgrade
run sqlite3 app.db "SELECT * FROM user"
run db check
models <<'C'
MODEL(Account, .was = "user",
    COLUMNS(
        COLUMN("id",       INTEGER,     PRIMARY_KEY),
        COLUMN("nickname", VARCHAR(80), UNIQUE | NOT_NULL),
        COLUMN("born",     DATE,        NOT_NULL),
    ));
C
run db migrate -m account --rev-id cccccccccccc
run db upgrade
run sqlite3 app.db "SELECT * FROM user"
