. "$REPOSITORY/tests/cli/lib.inc"
project
revision bbbbbbbbbbbb aaaaaaaaaaaa vars <<'S'
-- upgrade
CREATE TABLE ${TABLE} (id INTEGER, note TEXT DEFAULT '$${x}');
-- downgrade
DROP TABLE ${TABLE};
S
run db upgrade
run db -x TABLE=chosen upgrade
run sqlite3 app.db ".schema chosen"
run db -x TABLE=chosen downgrade
