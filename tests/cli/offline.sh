. "$REPOSITORY/tests/cli/lib.inc"
project
revision bbbbbbbbbbbb aaaaaaaaaaaa more <<'S'
-- upgrade
CREATE TABLE more (id INTEGER, text TEXT DEFAULT 'a;b');
-- downgrade
DROP TABLE more;
S
run db upgrade --sql
run db upgrade aaaaaaaaaaaa:head --sql
run db downgrade bbbbbbbbbbbb:aaaaaaaaaaaa --sql
run db downgrade --sql
run db stamp --sql head
db upgrade --sql | sqlite3 fresh.db && run sqlite3 fresh.db .schema "SELECT * FROM db_version"
run db current
# half a script is none
revision cccccccccccc bbbbbbbbbbbb broken <<'S'
-- upgrade
CREATE TABLE z (a TEXT DEFAULT 'no end);
S
run db upgrade --sql
