# The disk is full in the middle of a rebuild.
. "$(dirname "$0")/lib.sh"
[ "$(id -u)" -eq 0 ] || { echo "only root may mount"; exit 77; }
mkdir small
mount -t tmpfs -o size=6m none small 2>/dev/null || { echo "no mount here"; exit 77; }
trap 'umount small' EXIT
db=small/app.db
must db init --url "sqlite:$db"
sql_revision aaaaaaaaaaa1 '' <<'S'
-- upgrade
CREATE TABLE big (id INTEGER PRIMARY KEY, name TEXT);
INSERT INTO big WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
  WHERE i < 30000) SELECT i, 'name of the row ' || i || hex(zeroblob(20)) FROM n;

-- downgrade
DROP TABLE big;
S
sql_revision aaaaaaaaaaa2 aaaaaaaaaaa1 <<'S'
-- upgrade foreign_keys=off
CREATE TABLE _retort_new_big (id INTEGER PRIMARY KEY, name VARCHAR(80), more TEXT);
INSERT INTO _retort_new_big (id, name, more) SELECT id, name, name FROM big;
DROP TABLE big;
ALTER TABLE _retort_new_big RENAME TO big;

-- downgrade
S
must db upgrade aaaaaaaaaaa1
must_fail 1 'disk is full' db upgrade
grep -q 'at revision aaaaaaaaaaa1' log || { cat log; die "does not say where the database is"; }
sound
[ "$(sql 'SELECT version_num FROM db_version')" = aaaaaaaaaaa1 ] || die "the version"
[ "$(sql 'SELECT count(*) FROM big')" = 30000 ] || die "the rows"
must mount -o remount,size=60m small
must db upgrade
[ "$(sql 'SELECT count(more) FROM big')" = 30000 ] || die "the rows after"
sound
echo "a full disk: rolled back, then done"
