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
# SQLite cannot rename this column before the table is made anew
sqlite3 app.db "CREATE TABLE w (k TEXT NOT NULL, q, PRIMARY KEY (k), UNIQUE (q, k)) WITHOUT ROWID;
CREATE TABLE c (w TEXT REFERENCES w (k) ON DELETE CASCADE);
CREATE VIEW wv AS SELECT k FROM w;
CREATE TRIGGER wt AFTER UPDATE ON w BEGIN DELETE FROM w WHERE k = old.k AND q IS NULL; END;
INSERT INTO w VALUES ('x', 1), ('y', 2); INSERT INTO c VALUES ('x'), ('y')"
db inspect >models.c
sed -i '/TABLE("w"/,/;/s/"k"/"key"/; /TABLE("w"/,/;/s/, "k"/, "key"/; s/"w.k"/"w.key"/; s/SELECT k/SELECT "key"/; s/k = old.k/"key" = old."key"/' models.c
sed -i 's/SELECT "key"/SELECT \\"key\\"/; s/"key" = old."key"/\\"key\\" = old.\\"key\\"/' models.c
rm migrations/versions/bbbbbbbbbbbb*
run db migrate -m key --rename w.k:key --rev-id cccccccccccc
run db -q upgrade
run db check
run sqlite3 app.db "SELECT * FROM w; SELECT * FROM c; SELECT * FROM wv; PRAGMA foreign_key_check" .schema\ w
run db -q downgrade
run sqlite3 app.db "SELECT * FROM w; SELECT * FROM c; SELECT * FROM wv; PRAGMA foreign_key_check" .schema\ w
