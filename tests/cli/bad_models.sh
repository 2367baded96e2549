. "$REPOSITORY/tests/cli/lib.inc"
project
echo 'int main(void) { return 0 }' >models.c
db check 2>err; echo "exit $?"; head -n 1 err; grep -q 'expected' err && echo "the compiler is quoted"
echo 'int x;' >models.c
run db check
models <<'C'
MODEL(User, COLUMNS(COLUMN("id", INTEGER, PRIMARY_KEY), COLUMN("ID", TEXT)));
C
run db check
models <<'C'
TABLE("t", COLUMNS(COLUMN("id", INTEGER)));
TABLE("T", COLUMNS(COLUMN("id", INTEGER)));
C
run db check
models <<'C'
TABLE("t", COLUMNS(COLUMN("id", INTEGER, .references = "nowhere.id")));
C
run db check
models <<'C'
TABLE("u", COLUMNS(COLUMN("id", INTEGER)));
TABLE("t", COLUMNS(COLUMN("id", INTEGER, .references = "u.nothing")));
C
run db check
models <<'C'
TABLE("t", .comment = "no columns");
C
run db check
models <<'C'
TABLE("", COLUMNS(COLUMN("id", INTEGER)));
C
run db check
echo 'not a library' >models.so
sed -i 's/models.c/models.so/' migrations/db.ini
run db check
rm models.so
run db check
run sqlite3 app.db "SELECT * FROM user"
