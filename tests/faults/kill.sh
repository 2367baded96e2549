# SIGKILL at random moments of upgrades and downgrades that rebuild a table.
. "$(dirname "$0")/lib.sh"
kills=${KILLS:-25} rows=${ROWS:-200000} seed=${SEED:-$$}
echo "seed $seed"

models() {
	cat >models.c
}

must db init --url sqlite:app.db --models models.c
models <<'C'
#include <retort/model.h>
MODEL(Big,
    COLUMNS(
        COLUMN("id",    INTEGER,     PRIMARY_KEY | AUTOINCREMENT),
        COLUMN("name",  VARCHAR(80), NOT_NULL | INDEX),
        COLUMN("extra", TEXT,        UNIQUE),
        COLUMN("n",     INTEGER),
    ));
MODEL(Child,
    COLUMNS(
        COLUMN("id",     INTEGER, PRIMARY_KEY),
        COLUMN("big_id", INTEGER, .references = "big.id", .on_delete = CASCADE),
    ));
TRIGGER("big_touched", "big", "CREATE TRIGGER big_touched AFTER UPDATE OF n ON big BEGIN SELECT 1; END");
C
must db migrate --rev-id aaaaaaaaaaa1 -m tables
sql_revision aaaaaaaaaaa2 aaaaaaaaaaa1 <<S
-- upgrade
INSERT INTO big (id, name, extra, n) WITH RECURSIVE n (i) AS (SELECT 1
  UNION ALL SELECT i + 1 FROM n WHERE i < $rows)
  SELECT i * 2, 'row ' || i, 'x' || i, i % 7 FROM n;
INSERT INTO child (big_id) SELECT id FROM big WHERE id % 20 = 0;

-- downgrade
DELETE FROM child;
DELETE FROM big;
S
must db upgrade
models <<'C'
#include <retort/model.h>
MODEL(Big,
    COLUMNS(
        COLUMN("id",    INTEGER,     PRIMARY_KEY | AUTOINCREMENT),
        COLUMN("name",  VARCHAR(90), NOT_NULL | INDEX, .collation = "NOCASE"),
        COLUMN("n",     INTEGER,     NOT_NULL, .server_default = "0", .check = "n < 7"),
    ));
MODEL(Child,
    COLUMNS(
        COLUMN("id",     INTEGER, PRIMARY_KEY),
        COLUMN("big_id", INTEGER, .references = "big.id", .on_delete = CASCADE),
    ));
TRIGGER("big_touched", "big", "CREATE TRIGGER big_touched AFTER UPDATE OF n ON big BEGIN SELECT 1; END");
C
must db migrate --rev-id aaaaaaaaaaa3 -m rebuild
must db upgrade
sed -i 's/COLUMN("n",     INTEGER, /COLUMN("n",     BIGINT, /' models.c
must db migrate --rev-id aaaaaaaaaaa4 -m "rebuild in C" --format c
must db upgrade
sql_revision aaaaaaaaaaa5 aaaaaaaaaaa4 <<'S'
-- upgrade transaction=off
CREATE INDEX IF NOT EXISTS ix_big_n ON big (n);
ANALYZE;
CREATE INDEX IF NOT EXISTS ix_child_id ON child (big_id);

-- downgrade
DROP INDEX ix_child_id;
DROP INDEX ix_big_n;
S
must db upgrade

# How each revision looks, and how long the way takes.
look() {
	db inspect --format json | sed '/"notes"/,$d'
}
facts='SELECT count(*), sum(id), sum(length(name)), total(n) FROM big;
SELECT count(*), sum(big_id) FROM child; SELECT seq FROM sqlite_sequence WHERE name = '\''big'\'
before=$(sql "$facts")
for r in 4 3 2; do
	look >look.$((r + 1))
	must db downgrade aaaaaaaaaaa$r
done
look >look.2

# took COMMAND…: how long it takes, in seconds.
took() {
	start=$(date +%s%N)
	must "$@" >&2
	awk -v n=$(( $(date +%s%N) - start )) 'BEGIN { print n / 1e9 }'
}
up=$(took db upgrade) || exit 1
down=$(took db downgrade aaaaaaaaaaa2) || exit 1
must db upgrade
[ "$(sql "$facts")" = "$before" ] || die "the facts differ without any kill"

check() {
	sound
	[ "$(sql "$facts")" = "$before" ] || die "kill $i: the rows differ: $(sql "$facts")"
	at=$(sql 'SELECT version_num FROM db_version')
	half=$(sql 'SELECT revision FROM db_version_log WHERE finished IS NULL')
	case $at in
	aaaaaaaaaaa[2345]) ;;
	*) die "kill $i: at no revision but \"$at\"" ;;
	esac
	if [ -n "$half" ]; then
		[ "$half$at" = aaaaaaaaaaa5aaaaaaaaaaa4 ] || die "kill $i: half $half at $at"
	else
		look >look.now
		cmp -s look.now "look.${at#aaaaaaaaaaa}" || {
			diff "look.${at#aaaaaaaaaaa}" look.now
			die "kill $i: the schema is not that of $at"
		}
	fi
}

# run_and_kill SECONDS COMMAND…: its status, 137 when it was killed in time.
run_and_kill() {
	after=$1
	shift
	"$@" >log 2>&1 &
	pid=$!
	sleep "$after"
	kill -KILL $pid 2>/dev/null
	wait $pid
}

killed=0 i=0
for moment in $(awk -v seed="$seed" -v n=$((kills * 3)) -v up="$up" -v down="$down" \
	'BEGIN { srand(seed); for (i = 1; i <= n; i++) printf "%.4f\n", rand() * (i % 2 ? down : up) }'); do
	[ $killed -lt "$kills" ] || break
	i=$((i + 1))
	if [ $((i % 2)) -eq 0 ]; then
		must db downgrade aaaaaaaaaaa2
		run_and_kill "$moment" db upgrade >log 2>&1
	else
		run_and_kill "$moment" db downgrade aaaaaaaaaaa2 >log 2>&1
	fi
	case $? in
	137) killed=$((killed + 1)) ;;
	0) ;;
	*) cat log; die "run $i failed by itself" ;;
	esac
	check
	must db upgrade
	check
	[ "$at" = aaaaaaaaaaa5 ] || die "kill $i: the upgrade after it ended at $at"
done
[ $killed -eq "$kills" ] || die "only $killed of $i were killed in time"
echo "killed $killed times in $i runs, $rows rows: at a revision, sound, nothing lost"
