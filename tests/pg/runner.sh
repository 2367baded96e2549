#!/bin/sh
# The runner on a server of its own: runner.sh [BUILD]. Many runs at once, runs
# that are killed ($KILLS of each kind, 100 for the whole), SQL for psql. A kill
# counts when the run had begun and had not ended.
. "$(dirname "$0")/cluster.inc"
kills=${KILLS:-2}

cluster main
start main "-c max_connections=100" || fail 'the server does not start'
mkdir "$work/project"
cd "$work/project"
db -q init
export DATABASE_URL

# Each revision leaves a trace that would show if it ran twice or in part.
revision aaaaaaaaaaaa '' <<'S'
-- upgrade
CREATE TABLE trace (step text NOT NULL);
CREATE TABLE big (a int, b text);
INSERT INTO big SELECT i, repeat('x', i % 50) FROM generate_series(1, 30000) i;
INSERT INTO trace VALUES ('a');
SELECT pg_catalog.set_config('search_path', '', false);
-- downgrade
DROP TABLE big;
DROP TABLE trace;
S
previous=aaaaaaaaaaaa
for i in 01 02 03 04 05 06 07 08; do
	revision "b000000000$i" $previous <<-S
	-- upgrade
	CREATE TABLE t$i (id int PRIMARY KEY);
	INSERT INTO t$i SELECT generate_series(1, 300);
	INSERT INTO trace VALUES ('b$i');
	-- downgrade
	DROP TABLE t$i;
	DELETE FROM trace WHERE step = 'b$i';
	S
	previous=b000000000$i
done
revision cccccccccccc $previous <<'S'
-- upgrade transaction=off
SET search_path = public;
INSERT INTO trace VALUES ('c1');
CREATE INDEX CONCURRENTLY big_a ON big (a);
INSERT INTO trace VALUES ('c2');
CREATE INDEX CONCURRENTLY big_b ON public.big (b, a);
BEGIN;
INSERT INTO trace VALUES ('c3');
INSERT INTO trace VALUES ('c4');
COMMIT;
DROP INDEX CONCURRENTLY big_a;
CREATE UNIQUE INDEX CONCURRENTLY big_u ON big (a, b);
INSERT INTO trace VALUES ('c5');
-- downgrade transaction=off
DROP INDEX CONCURRENTLY big_u;
DROP INDEX CONCURRENTLY big_b;
DELETE FROM trace WHERE step LIKE 'c%';
S
all='a b01 b02 b03 b04 b05 b06 b07 b08 c1 c2 c3 c4 c5 '

trace() { sql main "$1" -c 'SELECT step FROM trace ORDER BY step' | tr '\n' ' '; }
indexes() {
	sql main "$1" -c "SELECT indexrelid::regclass || ' ' || indisvalid FROM
		pg_index WHERE indrelid = 'big'::regclass ORDER BY 1" | tr '\n' ' '
}
whole() {	# DATABASE WHAT
	same "$2: steps" "$all" "$(trace "$1")"
	same "$2: indexes" 'big_b true big_u true ' "$(indexes "$1")"
	same "$2: version" cccccccccccc \
		"$(sql main "$1" -c 'SELECT version_num FROM db_version')"
	same "$2: log" '10 10 0' "$(sql main "$1" -F ' ' -c "SELECT count(*),
		count(DISTINCT revision), count(*) FILTER (WHERE finished IS NULL)
		FROM db_version_log WHERE direction = 'upgrade'")"
}

# Twenty at once on an empty database.
fresh main many
DATABASE_URL=$(url main many)
i=0
while [ $i -lt 20 ]; do
	(db upgrade --lock-timeout 5min >"$work/many.$i" 2>&1
	 echo "exit $?" >>"$work/many.$i") &
	i=$((i + 1))
done
wait
same 'twenty: exit' 20 "$(cat "$work"/many.* | grep -cx 'exit 0')"
same 'twenty: one runs it' 10 "$(cat "$work"/many.* | grep -c '^Running upgrade')"
[ "$(cat "$work"/many.* | grep -cx 'exit 0')" = 20 ] || cat "$work"/many.*
whole many twenty

# An index that cannot be built stays invalid; the next run builds it again.
fresh main half
DATABASE_URL=$(url main half)
db -q upgrade b00000000008
sql main half -c 'INSERT INTO big SELECT * FROM big WHERE a = 7'
out=$(db upgrade 2>&1)
same 'half built: exit' 1 $?
contains 'half built' 'could not create unique index "big_u"' "$out"
contains 'half built' 'is half done: 10 of its 12 statements' "$out"
contains 'half built' 'big_u false' "$(indexes half)"
sql main half -c 'DELETE FROM big WHERE ctid IN (SELECT max(ctid) FROM big
	WHERE a = 7)'
out=$(db upgrade 2>&1)
same 'built again: exit' 0 $?
contains 'built again' 'Dropped the invalid index big_u' "$out"
whole half 'built again'

# A lock that is not had is tried for again, and had.
fresh main locked
DATABASE_URL=$(url main locked)
db -q upgrade aaaaaaaaaaaa
revision dddddddddddd aaaaaaaaaaaa <<'S'
-- upgrade
ALTER TABLE big ADD COLUMN c int;
-- downgrade
ALTER TABLE big DROP COLUMN c;
S
sql main locked -c 'BEGIN; LOCK TABLE big; SELECT pg_sleep(1.2)' >/dev/null &
sleep 0.3
out=$(db upgrade dddddddddddd --lock-timeout 300ms 2>&1)
same 'lock: exit' 0 $?
contains 'lock' 'try 2 of 3' "$out"
wait
sql main locked -c 'BEGIN; LOCK TABLE big; SELECT pg_sleep(4)' >/dev/null &
sleep 0.3
out=$(db downgrade aaaaaaaaaaaa --lock-timeout 100ms 2>&1)
same 'lock in vain: exit' 5 $?
contains 'lock in vain' 'lock timeout' "$out"
wait
out=$(db downgrade aaaaaaaaaaaa --statement-timeout 1ms 2>&1)
case $? in 0|1) ok ;; *) bad "statement timeout: $out" ;; esac
rm migrations/versions/dddddddddddd_step.sql

# Rows that another program writes are found inside the next transaction; what
# else keeps the row from being written is said as it is.
fresh main moved
DATABASE_URL=$(url main moved)
db -q upgrade aaaaaaaaaaaa
revision dddddddddddd aaaaaaaaaaaa <<'S'
-- upgrade
SELECT pg_sleep(1.5);
-- downgrade
S
revision eeeeeeeeeeee dddddddddddd <<'S'
-- upgrade
CREATE TABLE public.later (a int);
-- downgrade
DROP TABLE public.later;
S
rows() { sql main moved -c 'SELECT version_num FROM db_version ORDER BY 1' | tr '\n' ' '; }
db upgrade eeeeeeeeeeee >"$work/out" 2>&1 &
pid=$!
sleep 0.7
sql main moved -c "INSERT INTO db_version VALUES ('elsewhere')"
wait $pid
same 'moved: exit' 1 $?
contains 'moved' "revision identified by 'elsewhere'" "$(cat "$work/out")"
same 'moved: rows' 'dddddddddddd elsewhere ' "$(rows)"
same 'moved: nothing done' '' "$(sql main moved -c "SELECT to_regclass('later')")"
sql main moved -c "DELETE FROM db_version WHERE version_num = 'elsewhere'"
db -q downgrade aaaaaaaaaaaa
sql main moved <<'S'
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
	$$BEGIN RAISE EXCEPTION 'not by you'; END$$;
CREATE TRIGGER refuse BEFORE UPDATE ON db_version FOR EACH ROW
	WHEN (NEW.version_num = 'eeeeeeeeeeee') EXECUTE FUNCTION refuse();
S
out=$(db upgrade eeeeeeeeeeee 2>&1)
same 'refused: exit' 1 $?
contains 'refused' 'not by you' "$out"
same 'refused: rows' 'dddddddddddd ' "$(rows)"
rm migrations/versions/[de]*_step.sql

# SQL for psql, both ways.
fresh main offline
DATABASE_URL=$(url main offline)
db upgrade --sql >"$work/up.sql" 2>"$work/err" || cat "$work/err"
sql main offline -f "$work/up.sql" >/dev/null
same 'offline: exit' 0 $?
same 'offline: steps' "$all" "$(trace offline)"
same 'offline: version' cccccccccccc "$(db current 2>/dev/null | cut -c1-12)"
db downgrade --sql head:base >"$work/down.sql" 2>"$work/err" || cat "$work/err"
sql main offline -f "$work/down.sql" >/dev/null
same 'offline, down: exit' 0 $?
same 'offline, down' 'db_version ' "$(sql main offline -c "SELECT relname FROM
	pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'" |
	tr '\n' ' ')"

# Killed at a random moment, a run can be finished by the next: one of revisions
# that are transactions, and one in the revision that is not.
milliseconds() {	# COMMAND…
	since=$(date +%s%N)
	db -q "$@" >/dev/null
	echo $((($(date +%s%N) - since) / 1000000))
}
unstopped() {	# FROM TO: how long until it begins, and until it ends
	fresh main killed
	[ -z "$1" ] || db -q upgrade "$1"
	least=$(milliseconds current)
	length=$(milliseconds upgrade "$2")
}
random() {
	awk -v s="$1" -v least="$least" -v most="$length" 'BEGIN {
		srand(s)
		printf "%.3f", (least * 0.8 + rand() * (most - least * 0.7)) / 1000
	}'
}
kill_client() { kill -KILL "$pid" 2>/dev/null; }
kill_backend() {
	sql main postgres -c "SELECT pg_terminate_backend(pid) FROM
		pg_stat_activity WHERE datname = 'killed'" >/dev/null
}
kill_server() { stop main immediate; start main "-c max_connections=100"; }
again() {	# until what the killed run left in the server is gone
	tries=0
	until out=$(db upgrade "$@" 2>&1); do
		tries=$((tries + 1))
		[ $tries -lt 50 ] || break
		case $out in
		*"could not get the lock"*|*"not yet accepting"*|\
		*"recovery mode"*|*"starting up"*) sleep 0.1 ;;
		*) break ;;
		esac
	done
}
killed() {	# HOW FROM TO
	fresh main killed || fail 'no database'
	[ -z "$2" ] || db -q upgrade "$2"
	seed=$((seed + 1))
	moment=$(random $seed)
	db upgrade "$3" >"$work/killed" 2>&1 &
	pid=$!
	sleep "$moment"
	kill_$1
	wait $pid 2>/dev/null && return 1
	before=$failed
	again "$3"
	db -q upgrade || bad "kill $1: the rest"
	whole killed "kill $1 at $moment"
	[ $failed = $before ] || {
		echo "first run:"; cat "$work/killed"
		echo "then:"; echo "$out"
	}
	grep -q '^Running' "$work/killed"	# or it had not begun
}
DATABASE_URL=$(url main killed)
seed=$$
for part in :b00000000008 b00000000008:cccccccccccc; do
	unstopped "${part%:*}" "${part#*:}"
	for how in client backend server; do
		stopped=0 missed=0
		while [ $stopped -lt "$kills" ] && [ $missed -lt $((50 + 5 * kills)) ]; do
			if killed $how "${part%:*}" "${part#*:}"; then
				stopped=$((stopped + 1))
			else
				missed=$((missed + 1))
			fi
		done
		same "kill $how, $part" "$kills" $stopped
		echo "kill $how, $part: $stopped stopped, $missed not counted"
	done
done

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
