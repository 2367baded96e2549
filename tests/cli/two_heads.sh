. "$REPOSITORY/tests/cli/lib.inc"
project
revision bbbbbbbbbbbb aaaaaaaaaaaa left <<'S'
-- upgrade
CREATE TABLE l (id INTEGER);
-- downgrade
DROP TABLE l;
S
revision cccccccccccc aaaaaaaaaaaa right <<'S'
-- upgrade
CREATE TABLE r (id INTEGER);
-- downgrade
DROP TABLE r;
S
run db heads
run db branches
run db upgrade
run db migrate -m more
run db upgrade heads
run db current
run db merge -m joined --rev-id dddddddddddd
run db history
run db upgrade
run db current
run db downgrade aaaaaaaaaaaa
run db current
run sqlite3 app.db .tables
