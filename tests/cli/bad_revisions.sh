. "$REPOSITORY/tests/cli/lib.inc"
project
V=migrations/versions
tell() { run db upgrade; run db current; rm -f $V/[b-e]*; }
echo '-- Revision bbbbbbbbbbbb' >$V/bbb.sql; run db heads; rm $V/bbb.sql
revision bbbbbbbbbbbb nonexistent1 "no parent" <<'S'
-- upgrade
SELECT 1;
S
tell
revision bbbbbbbbbbbb cccccccccccc one </dev/null
revision cccccccccccc bbbbbbbbbbbb two </dev/null
tell
revision bbbbbbbbbbbb aaaaaaaaaaaa one </dev/null
cp $V/bbbbbbbbbbbb_step.sql $V/bbbb_copy.sql
tell
revision bbbbbbbbbbbb aaaaaaaaaaaa "fails in the middle" <<'S'
-- upgrade
CREATE TABLE a (id INTEGER);
INSERT INTO user (name) VALUES ('x');
INSERT INTO nowhere VALUES (1);
CREATE TABLE b (id INTEGER);
-- downgrade
DROP TABLE a;
S
tell
run sqlite3 app.db .tables "SELECT count(*) FROM user"
revision bbbbbbbbbbbb aaaaaaaaaaaa "unknown option" <<'S'
-- upgrade speed=high
SELECT 1;
S
tell
revision bbbbbbbbbbbb aaaaaaaaaaaa "unterminated" <<'S'
-- upgrade
SELECT 'open;
S
tell
revision bbbbbbbbbbbb aaaaaaaaaaaa "own transaction" <<'S'
-- upgrade
BEGIN;
CREATE TABLE a (id INTEGER);
COMMIT;
S
tell
revision bbbbbbbbbbbb aaaaaaaaaaaa "one way" <<'S'
-- upgrade
CREATE TABLE a (id INTEGER);
S
run db upgrade
run db downgrade
run db current
rm $V/bbbbbbbbbbbb_step.sql
run db current
run db upgrade
run db status
