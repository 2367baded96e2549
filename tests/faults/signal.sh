# SIGINT and SIGTERM at random moments of upgrades and downgrades that rebuild a
# table: rolled back, the status as documented, the lock gone, the next run works.
. "$(dirname "$0")/lib.sh"
signals=${SIGNALS:-8} rows=${ROWS:-60000} seed=${SEED:-$$}
echo "seed $seed"

must db init --url sqlite:app.db
sql_revision aaaaaaaaaaa1 '' <<S
-- upgrade
CREATE TABLE big (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, n INTEGER);
CREATE INDEX ix_big_name ON big (name);
CREATE TABLE child (id INTEGER PRIMARY KEY, big_id INTEGER REFERENCES big (id) ON DELETE CASCADE);
CREATE TRIGGER big_touched AFTER UPDATE ON big BEGIN SELECT 1; END;
INSERT INTO big (id, name, n) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
  WHERE i < $rows) SELECT i * 2, 'row ' || i, i % 7 FROM n;
INSERT INTO child (big_id) SELECT id FROM big WHERE id % 20 = 0;

-- downgrade
DROP TABLE child;
DROP TABLE big;
S
cat >migrations/versions/aaaaaaaaaaa2.c <<'C'
/*
 * two
 *
 * Revision: aaaaaaaaaaa2
 * Revises: aaaaaaaaaaa1
 */
#include <retort/revision.h>

void upgrade(retort_op *op)
{
	retort_batch_begin(op, "big");
	retort_alter_column(op, "big", "n", .type = BIGINT);
	retort_add_column(op, "big", COLUMN("more", TEXT, UNIQUE));
	retort_batch_end(op);
}

void downgrade(retort_op *op)
{
	retort_batch_begin(op, "big");
	retort_drop_column(op, "big", "more");
	retort_alter_column(op, "big", "n", .type = INTEGER);
	retort_batch_end(op);
}
C
sql_revision aaaaaaaaaaa3 aaaaaaaaaaa2 <<'S'
-- upgrade
UPDATE big SET more = name;
CREATE INDEX ix_big_n ON big (n, name);

-- downgrade
DROP INDEX ix_big_n;
UPDATE big SET more = NULL;
S
look() {
	db inspect --format json | sed '/"notes"/,$d; s/,$//' | sort
}
facts="SELECT count(*), sum(id), sum(length(name)), total(n) FROM big;
SELECT count(*), sum(big_id) FROM child; SELECT seq FROM sqlite_sequence WHERE name = 'big'"
# took COMMAND…: how long it takes, in seconds.
took() {
	start=$(date +%s%N)
	must "$@" >&2
	awk -v n=$(( $(date +%s%N) - start )) 'BEGIN { print n / 1e9 }'
}
must db upgrade aaaaaaaaaaa1
look >look.1
before=$(sql "$facts")
must db upgrade aaaaaaaaaaa2
look >look.2
must db upgrade
look >look.3
down=$(took db downgrade aaaaaaaaaaa1) || exit 1
up=$(took db upgrade) || exit 1

check() {
	sound
	[ ! -e app.db-retort-lock ] || die "signal $i: the lock is left"
	[ ! -e app.db-journal ] || die "signal $i: the journal is left"
	[ "$(sql "$facts")" = "$before" ] || die "signal $i: the rows differ: $(sql "$facts")"
	at=$(sql 'SELECT version_num FROM db_version')
	[ -z "$(sql 'SELECT revision FROM db_version_log WHERE finished IS NULL')" ] ||
		die "signal $i: the log has something under way"
	look >look.now
	cmp -s look.now "look.${at#aaaaaaaaaaa}" || {
		diff "look.${at#aaaaaaaaaaa}" look.now
		die "signal $i: the schema is not that of $at"
	}
}

caught=0 i=0
for moment in $(awk -v seed="$seed" -v n=$((signals * 3)) -v up="$up" -v down="$down" \
	'BEGIN { srand(seed); for (i = 1; i <= n; i++) printf "%.4f\n", rand() * (i % 2 ? down : up) }'); do
	[ $caught -lt "$signals" ] || break
	i=$((i + 1))
	case $((i % 4)) in
	0|1) signal=INT status=130 ;;
	*) signal=TERM status=143 ;;
	esac
	if [ $((i % 2)) -eq 0 ]; then
		must db downgrade aaaaaaaaaaa1
		set -- db upgrade
	else
		set -- db downgrade aaaaaaaaaaa1
	fi
	# a shell lets its background processes ignore SIGINT
	env --default-signal=INT,TERM "$@" >log 2>&1 &
	pid=$!
	sleep "$moment"
	kill -$signal $pid 2>/dev/null
	wait $pid
	rc=$?
	case $rc in
	$status)
		caught=$((caught + 1))
		# before it listens to signals it just ends
		[ ! -s log ] || grep -q '^Running\|interrupted' log || { cat log; die "signal $i: what it says"; } ;;
	0) ;;
	*) cat log; die "signal $i: SIG$signal gave $rc" ;;
	esac
	check
	must db upgrade
	check
	[ "$at" = aaaaaaaaaaa3 ] || die "signal $i: the upgrade after it ended at $at"
done
[ $caught -eq "$signals" ] || die "only $caught of $i came in time"
echo "caught $caught signals in $i runs, $rows rows: rolled back, nothing left behind"
