# A trigger and a view that name a column by its old name: SQLite takes them, and
# whoever writes the table finds out. The proof says so before.
. "$REPOSITORY/tests/cli/lib.inc"
project
more() { cat >>models.c; }
sed -i 's/COLUMN("name", VARCHAR(80)/COLUMN("login", VARCHAR(80)/; s/UNIQUE | NOT_NULL/UNIQUE | NOT_NULL, .was = "name"/' models.c
cp models.c good.c
more <<'C'
TRIGGER("seen", "user", "CREATE TRIGGER seen AFTER UPDATE ON user BEGIN SELECT NEW.name; END");
C
run db migrate -m trigger --rev-id bbbbbbbbbbbb
grep -n 'not proved' migrations/versions/bbbbbbbbbbbb_trigger.sql
rm migrations/versions/bbbbbbbbbbbb_trigger.sql
cp good.c models.c
more <<'C'
VIEW("names", "CREATE VIEW names AS SELECT name FROM user");
C
run db migrate -m view --rev-id bbbbbbbbbbbb
rm migrations/versions/bbbbbbbbbbbb_view.sql
# One that did not work before is nobody's fault now.
sqlite3 app.db "CREATE TRIGGER old AFTER DELETE ON user BEGIN SELECT OLD.gone; END"
user_models
more <<'C'
TRIGGER("old", "user", "CREATE TRIGGER old AFTER DELETE ON user BEGIN SELECT OLD.gone; END");
TRIGGER("seen", "user", "CREATE TRIGGER seen AFTER UPDATE ON user BEGIN SELECT NEW.name; END");
C
run db migrate -m right --rev-id bbbbbbbbbbbb
run db upgrade
