. "$REPOSITORY/tests/cli/lib.inc"
project
revision bbbbbbbbbbbb aaaaaaaaaaaa two <<'S'
-- upgrade
CREATE TABLE x (id INTEGER);
S
mkfifo hold
sqlite3 app.db <hold >/dev/null & holder=$!
exec 3>hold
echo 'BEGIN EXCLUSIVE;' >&3
sleep 0.5
run db upgrade --lock-timeout 200ms
echo 'ROLLBACK;' >&3; exec 3>&-; wait $holder
run db upgrade --lock-timeout 5s
