#!/bin/sh
# Others are in the way, and all revisions in one transaction:
# contention.sh [BUILD]. What failed for being in each other's way is tried
# again and leaves nothing of the first try.
. "$(dirname "$0")/cluster.inc"
cluster main
start main "-c deadlock_timeout=50ms" || fail 'the server does not start'
mkdir "$work/project"
cd "$work/project"
db -q init
export DATABASE_URL

# transaction = all
sed -i '/^\[db\]/a transaction = all' migrations/db.ini
previous=
for i in 1 2 3; do
	revision "a0000000000$i" "$previous" <<-S
	-- upgrade
	CREATE TABLE t$i (a int);
	INSERT INTO t$i SELECT txid_current();
	-- downgrade
	DROP TABLE t$i;
	S
	previous=a0000000000$i
done
begin() { fresh main "$1"; DATABASE_URL=$(url main "$1"); }
tables() {
	sql main "$1" -c "SELECT relname FROM pg_class WHERE relkind = 'r' AND
		relnamespace = 'public'::regnamespace ORDER BY 1" | tr '\n' ' '
}
begin whole
out=$(db upgrade 2>&1)
same 'all: exit' 0 $?
same 'all: three steps' 3 "$(echo "$out" | grep -c '^Running upgrade')"
same 'all: one transaction' 1 "$(sql main whole -c 'SELECT count(DISTINCT a)
	FROM (SELECT a FROM t1 UNION ALL SELECT a FROM t2 UNION ALL SELECT a FROM t3) x')"
same 'all: version' a00000000003 "$(sql main whole -c 'SELECT version_num FROM db_version')"
same 'all: log' 3 "$(sql main whole -c "SELECT count(*) FROM db_version_log
	WHERE finished IS NOT NULL")"
out=$(db downgrade base 2>&1)
same 'all, down: exit' 0 $?
same 'all, down' 'db_version db_version_log ' "$(tables whole)"

revision b00000000000 a00000000003 <<'S'
-- upgrade
CREATE TABLE t4 (a int);
SELECT 1 / 0;
-- downgrade
DROP TABLE t4;
S
out=$(db upgrade 2>&1)
same 'all, one fails: exit' 1 $?
contains 'all, one fails' 'b00000000000_step.sql:9' "$out"
contains 'all, one fails' 'division by zero' "$out"
same 'all, one fails: nothing is left' 'db_version db_version_log ' "$(tables whole)"
same 'all, one fails: no version' '' "$(sql main whole -c 'SELECT version_num FROM db_version')"
same 'all, one fails: the log has what went before' 3 "$(sql main whole -c \
	"SELECT count(*) FROM db_version_log WHERE direction = 'upgrade'")"
# in the middle of a run that began with something
out=$(db upgrade a00000000002 2>&1)
same 'up to the second: exit' 0 $?
out=$(db upgrade 2>&1)
same 'from the second: exit' 1 $?
same 'from the second: still there' a00000000002 \
	"$(sql main whole -c 'SELECT version_num FROM db_version')"
same 'from the second: tables' 'db_version db_version_log t1 t2 ' "$(tables whole)"
out=$(db upgrade --statement-timeout 10s a00000000003 2>&1)
same 'to the third: exit' 0 $?
rm migrations/versions/b00000000000_step.sql
sed -i '/^transaction = all/d' migrations/db.ini

# What waits in vain, in the middle of a revision that has done something.
wait_for() {	# DATABASE SQL: until it is true
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25; do
		[ "$(sql main "$1" -c "SELECT $2")" != t ] || return 0
		sleep 0.2
	done
	bad "never so: $2"
}
rm migrations/versions/*
revision c00000000001 '' <<'S'
-- upgrade
CREATE TABLE account (id int PRIMARY KEY, n int);
INSERT INTO account VALUES (1, 0), (2, 0);
CREATE TABLE trace (step text);
-- downgrade
DROP TABLE trace, account;
S
done_once() {	# WHAT DATABASE VERSION
	same "$1: done once" "$3 1" "$(sql main "$2" -F ' ' -c "SELECT
		(SELECT version_num FROM db_version), (SELECT count(*) FROM trace)")"
	same "$1: one row in the log" 1 "$(sql main "$2" -c "SELECT count(*)
		FROM db_version_log WHERE revision = '$3'")"
}

# 40001: another transaction changes the row after ours has begun to look.
begin serial
db -q upgrade
sql main postgres -c "ALTER DATABASE serial SET default_transaction_isolation
	= 'repeatable read'"
revision c00000000002 c00000000001 <<'S'
-- upgrade
INSERT INTO trace SELECT 'serial ' || n FROM account WHERE id = 1;
SELECT pg_advisory_xact_lock_shared(4711);
UPDATE account SET n = n + 10 WHERE id = 1;
-- downgrade
DELETE FROM trace;
S
sql main serial -c 'BEGIN; SELECT pg_advisory_xact_lock(4711);
	SELECT pg_sleep(1.5); UPDATE account SET n = 1 WHERE id = 1; COMMIT' >/dev/null &
wait_for serial "count(*) > 0 FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711"
out=$(db upgrade --lock-timeout 20s 2>&1)
same '40001: exit' 0 $?
contains '40001' 'could not serialize' "$out"
contains '40001' 'try 2 of' "$out"
wait
done_once 40001 serial c00000000002
same '40001: on what the other left' '11 serial 1' "$(sql main serial -F ' ' -c \
	'SELECT n, step FROM account, trace WHERE id = 1')"
rm migrations/versions/c00000000002_step.sql

# 40P01: each waits for the other, and ours is the one that gives way.
begin dead
db -q upgrade
revision c00000000003 c00000000001 <<'S'
-- upgrade
INSERT INTO trace VALUES ('dead');
UPDATE account SET n = n + 10 WHERE id = 1;
UPDATE account SET n = n + 10 WHERE id = 2;
-- downgrade
DELETE FROM trace;
S
sql main dead -c "SET deadlock_timeout = '1min'" -c 'BEGIN' \
	-c 'UPDATE account SET n = n + 1 WHERE id = 2' \
	-c "DO \$\$ BEGIN FOR i IN 1..200 LOOP
		EXIT WHEN EXISTS (SELECT FROM pg_locks WHERE NOT granted);
		PERFORM pg_sleep(0.05); END LOOP; END \$\$" \
	-c 'UPDATE account SET n = n + 1 WHERE id = 1' -c COMMIT >/dev/null &
wait_for dead "count(*) > 0 FROM pg_stat_activity WHERE datname = 'dead'
	AND query LIKE 'DO%'"
# Ours looks for deadlocks first: theirs does not for a minute.
out=$(db upgrade --lock-timeout 20s 2>&1)
same '40P01: exit' 0 $?
contains '40P01' 'deadlock detected' "$out"
contains '40P01' 'try 2 of' "$out"
wait
done_once 40P01 dead c00000000003
same '40P01: both have done it' '11 11' "$(sql main dead -c \
	'SELECT n FROM account ORDER BY id' | tr '\n' ' ' | sed 's/ $//')"
rm migrations/versions/c00000000003_step.sql

# 55P03: a lock that is not had in time, in a transaction and without one.
for how in '' ' transaction=off'; do
	base=lock${how:+_off}
	begin $base
	db -q upgrade c00000000001
	revision c00000000004 c00000000001 <<-S
	-- upgrade$how
	INSERT INTO trace VALUES ('lock');
	ALTER TABLE account ADD COLUMN c int;
	-- downgrade
	DELETE FROM trace;
	ALTER TABLE account DROP COLUMN c;
	S
	sql main $base -c 'BEGIN; LOCK TABLE account; SELECT pg_sleep(1)' >/dev/null &
	wait_for $base "count(*) > 0 FROM pg_locks WHERE
		relation = 'account'::regclass AND mode = 'AccessExclusiveLock'"
	out=$(db upgrade --lock-timeout 400ms 2>&1)
	same "55P03$how: exit" 0 $?
	contains "55P03$how" 'lock timeout' "$out"
	contains "55P03$how" 'try 2 of' "$out"
	wait
	done_once "55P03$how" $base c00000000004
	rm migrations/versions/c00000000004_step.sql
done

# A statement that takes too long is not tried again, and undone.
begin slow
db -q upgrade c00000000001
revision c00000000005 c00000000001 <<'S'
-- upgrade
INSERT INTO trace VALUES ('slow');
SELECT pg_sleep(20);
-- downgrade
DELETE FROM trace;
S
for how in '--statement-timeout 200ms' configured; do
	[ "$how" != configured ] || {
		sed -i '/^\[db\]/a statement_timeout = 200ms' migrations/db.ini
		how=
	}
	out=$(db upgrade $how 2>&1)
	same "statement timeout $how: exit" 1 $?
	contains "statement timeout $how" 'statement timeout' "$out"
	contains "statement timeout $how" 'step.sql:9' "$out"
	case $out in *'try 2'*) bad "tried again: $out" ;; *) ok ;; esac
	same "statement timeout $how: nothing" 'c00000000001 0' "$(sql main slow -F ' ' \
		-c 'SELECT version_num, (SELECT count(*) FROM trace) FROM db_version')"
done

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
