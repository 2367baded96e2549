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
# A value between quotes stays there.
revision cccccccccccc bbbbbbbbbbbb who <<'S'
-- upgrade
INSERT INTO user (name) VALUES ('${WHO}');
-- downgrade
DELETE FROM user WHERE name = '${WHO}';
S
run db -q -x TABLE=chosen upgrade bbbbbbbbbbbb
run db -x "WHO=O'Brien'); DROP TABLE user; --" upgrade
run sqlite3 app.db "SELECT name FROM user"
run db -x "WHO=O'Brien'); DROP TABLE user; --" downgrade --sql cccccccccccc:bbbbbbbbbbbb
