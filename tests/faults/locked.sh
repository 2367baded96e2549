# Somebody else holds the database.
. "$(dirname "$0")/lib.sh"
must db init --url sqlite:app.db
sql_revision aaaaaaaaaaa1 '' <<'S'
-- upgrade
CREATE TABLE t (x);

-- downgrade
DROP TABLE t;
S
mkfifo hold
sqlite3 -batch app.db <hold >held 2>&1 &
holder=$!
exec 3>hold
echo 'BEGIN EXCLUSIVE; CREATE TABLE mine (x); SELECT 1;' >&3
while [ ! -s held ]; do
	sleep 0.05
done
must_fail 5 lock db upgrade --lock-timeout 200ms
( sleep 0.5; echo 'COMMIT;' ) >&3 &
must db upgrade --lock-timeout 20s
exec 3>&-
wait $holder
[ "$(sql 'SELECT version_num FROM db_version')" = aaaaaaaaaaa1 ] || die "not upgraded"

# The runner's own lock.
flock app.db-retort-lock sleep 1 &
sleep 0.2
must_fail 5 'another migration' db downgrade --lock-timeout 100ms
must db downgrade --lock-timeout 20s
wait
echo "a database that somebody else holds: waited for, then refused"
