# A database in WAL mode that others read and write while it is migrated: each
# sees the one schema or the other, and every row that was written stays.
. "$(dirname "$0")/lib.sh"
rows=${ROWS:-20000}
must db init --url sqlite:app.db --models models.c
cat >models.c <<'C'
#include <retort/model.h>
TABLE("item",
    COLUMNS(
        COLUMN("id",   INTEGER,     PRIMARY_KEY),
        COLUMN("name", VARCHAR(80)),
        COLUMN("n",    INTEGER),
    ));
C
must db migrate --rev-id aaaaaaaaaaa1 -m one
must db upgrade
sed -i 's/INTEGER),/INTEGER, .server_default = "5"),/' models.c
must db migrate --rev-id aaaaaaaaaaa2 -m "a rebuild"
must db upgrade
sed -i 's/VARCHAR(80))/VARCHAR(80), NOT_NULL)/' models.c
must db migrate --rev-id aaaaaaaaaaa3 -m "an edit of the schema"
must db downgrade base
must db upgrade aaaaaaaaaaa1
sql "PRAGMA journal_mode = WAL; WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL
  SELECT i + 1 FROM n WHERE i < $rows) INSERT INTO item (name, n)
  SELECT 'row ' || i, i FROM n" >log

write() {
	i=0
	while [ ! -e stop ]; do
		i=$((i + 1))
		sql "INSERT INTO item (name) VALUES ('written $i')" || exit 1
		echo $i >written
	done
}
look() {
	while [ ! -e stop ]; do
		n=$(sql "BEGIN; SELECT count(*) >= $rows FROM item;
			SELECT count(*) FROM db_version; COMMIT") || exit 1
		[ "$(echo $n)" = "1 1" ] || { echo "a reader saw: $n"; exit 1; }
	done
}
write >write.log 2>&1 &
writer=$!
look >look.log 2>&1 &
reader=$!
trap 'touch stop; wait' EXIT
for i in 1 2 3; do
	must db -q upgrade aaaaaaaaaaa2
	must db -q upgrade
	must db -q downgrade aaaaaaaaaaa1
done
must db -q upgrade
touch stop
wait $writer || { cat write.log; die "the writer failed"; }
wait $reader || { cat look.log; die "the reader failed"; }
sound
[ "$(sql 'SELECT count(*) FROM item')" = $((rows + $(cat written))) ] ||
	die "rows: $(sql 'SELECT count(*) FROM item'), written $rows + $(cat written)"
[ "$(sql 'PRAGMA journal_mode')" = wal ] || die "the journal mode"
must db check
echo "$(cat written) rows written meanwhile in WAL mode: all there"
