# What is excluded is never changed, whatever happens around it.
sqlite3 app.db "
CREATE TABLE t(id INTEGER PRIMARY KEY, secret TEXT, a TEXT, UNIQUE (secret));
CREATE INDEX i2 ON t(a);
CREATE TRIGGER old_g AFTER INSERT ON t BEGIN SELECT 1; END;
CREATE TABLE tmp_x(a);
CREATE VIEW old_v AS SELECT 1;
INSERT INTO t VALUES (1, 'kept', 'a')"
cat >models.c <<'END'
#include <retort/model.h>

TABLE("t", .unnamed = true,
    COLUMNS(
        COLUMN("id", INTEGER, PRIMARY_KEY),
        COLUMN("a",  TEXT,    NOT_NULL),
    ));
TABLE("tmp_y", COLUMNS(COLUMN("a", TEXT)));
END
db -q init --models models.c
sed -i 's/^;* *exclude =.*/exclude = t.secret, tmp_*, old_*, t.i2/' migrations/db.ini
db -q migrate -m change --rev-id 1
db -q upgrade
db check
sqlite3 app.db "SELECT * FROM t;
SELECT name FROM sqlite_schema WHERE name NOT LIKE 'db_v%' AND sql <> '' ORDER BY 1"
