# Tables and columns that have changed their names with one another.
. "$REPOSITORY/tests/cli/lib.inc"
models <<'C'
MODEL(A, COLUMNS(COLUMN("id", INTEGER, PRIMARY_KEY), COLUMN("p", TEXT, NOT_NULL), COLUMN("q", INTEGER)),
    CONSTRAINTS(CHECK("a.q > 0")));
MODEL(B, COLUMNS(COLUMN("id", INTEGER, PRIMARY_KEY), COLUMN("a_id", INTEGER, .references = "a.id"), COLUMN("z", TEXT, INDEX)));
VIEW("v", "CREATE VIEW v AS SELECT a.p, a.q, b.z FROM a JOIN b ON b.a_id = a.id");
TRIGGER("tr", "b", "CREATE TRIGGER tr AFTER UPDATE ON b BEGIN UPDATE a SET q = q + 1 WHERE id = new.a_id; END");
C
db -q init --models models.c --url sqlite:app.db >/dev/null
db -q migrate -m one --rev-id aaaaaaaaaaaa >/dev/null
db -q upgrade
sqlite3 app.db "INSERT INTO a VALUES (1, 'x', 1), (2, 'y', 2); INSERT INTO b VALUES (10, 1, 'zz'), (11, 2, 'yy')"
models <<'C'
MODEL(A, .was = "b", COLUMNS(COLUMN("id", INTEGER, PRIMARY_KEY), COLUMN("a_id", INTEGER, .references = "b.id"), COLUMN("z", TEXT, INDEX)));
MODEL(B, .was = "a", COLUMNS(COLUMN("id", INTEGER, PRIMARY_KEY), COLUMN("q", TEXT, NOT_NULL, .was = "p"), COLUMN("p", INTEGER, .was = "q")),
    CONSTRAINTS(CHECK("b.p > 0")));
VIEW("v", "CREATE VIEW v AS SELECT b.q, b.p, a.z FROM b JOIN a ON a.a_id = b.id");
TRIGGER("tr", "a", "CREATE TRIGGER tr AFTER UPDATE ON a BEGIN UPDATE b SET p = p + 1 WHERE id = new.a_id; END");
C
run db migrate -m two --rev-id bbbbbbbbbbbb
run db -q upgrade
run sqlite3 app.db "UPDATE a SET z = 'new' WHERE id = 10; SELECT * FROM a; SELECT * FROM b; SELECT * FROM v; PRAGMA foreign_key_check"
run db check
run db -q downgrade
run sqlite3 app.db "SELECT * FROM a; SELECT * FROM b; SELECT * FROM v"
