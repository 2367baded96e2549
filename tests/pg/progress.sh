#!/bin/sh
# What takes long on a server, on a terminal: progress.sh [BUILD]. How far it
# is, what it waits for, and Ctrl-C, also where the server does not answer.
. "$(dirname "$0")/cluster.inc"
pty=$build/tests/pty
export TERM=xterm COLUMNS=120
cluster main
start main || fail 'the server does not start'
sql main postgres -c 'CREATE DATABASE app'
DATABASE_URL=$(url main app)
export DATABASE_URL
mkdir "$work/project"
cd "$work/project"
db -q init
revision aaaaaaaaaaaa '' <<'S'
-- upgrade
CREATE TABLE big (a int, t text);
INSERT INTO big SELECT i, repeat('x', 400) FROM generate_series(1, 1000) i;
CREATE FUNCTION slow(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS
	'BEGIN PERFORM pg_sleep(0.003); RETURN $1; END';
-- downgrade
DROP FUNCTION slow(int);
DROP TABLE big;
S
revision bbbbbbbbbbbb aaaaaaaaaaaa <<'S'
-- upgrade
CREATE INDEX big_slow ON big (slow(a));
-- downgrade
DROP INDEX big_slow;
S
revision cccccccccccc bbbbbbbbbbbb <<'S'
-- upgrade
UPDATE big SET t = t || slow(a);
-- downgrade
S
db -q upgrade aaaaaaaaaaaa || fail 'the first revision'

$pty db upgrade bbbbbbbbbbbb >out </dev/null
out=$(sed 's/\^M/\n/g' out)
contains 'an index' '] 100% upgrade' "$out"
contains 'its phase' '% 2 s: CREATE INDEX big_slow ON big (slow(a)): building index: scanning table' "$out"
contains 'the end' 'exit 0' "$out"
$pty db upgrade cccccccccccc >out </dev/null
out=$(sed 's/\^M/\n/g' out)
contains 'what the server does not count' '[K2 s: UPDATE big SET t = t || slow(a)' "$out"
db -q downgrade aaaaaaaaaaaa
out=$(db upgrade bbbbbbbbbbbb 2>&1)
same 'in a pipe' 'Running upgrade aaaaaaaaaaaa -> bbbbbbbbbbbb, bbbbbbbbbbbb' "$out"

# somebody else holds a lock
db -q downgrade aaaaaaaaaaaa
sql main app -c 'BEGIN; LOCK TABLE big; SELECT pg_sleep(4)' >/dev/null &
sleep 0.5
$pty db upgrade --lock-timeout 20s bbbbbbbbbbbb >out </dev/null
out=$(sed 's/\^M/\n/g' out)
contains 'who is waited for' 'CREATE INDEX big_slow ON big (slow(a)): waits for session' "$out"
contains 'and then' 'exit 0' "$out"
db -q downgrade aaaaaaaaaaaa
wait

# Ctrl-C: $out, $seconds
interrupted() {
	begun=$(date +%s)
	(sleep "$1"; printf 'send ^C\n') |
		$pty db upgrade --lock-timeout 60s bbbbbbbbbbbb >out
	seconds=$(($(date +%s) - begun))
	out=$(sed 's/\^M/\n/g' out)
}
sql main app -c 'BEGIN; LOCK TABLE big; SELECT pg_sleep(30)' >/dev/null 2>&1 &
sleep 0.5
interrupted 2
contains 'Ctrl-C at a lock' 'exit 130' "$out"
contains 'Ctrl-C at a lock: why' 'interrupted' "$out"
[ $seconds -le 6 ] || bad "Ctrl-C at a lock took $seconds s"
kill $!
sql main postgres -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
	WHERE datname = 'app'" >/dev/null
same 'nothing was done' aaaaaaaaaaaa "$(db current | cut -c1-12)"

# a server that stops to answer
frozen=
freeze() {
	frozen=$(sql main app -c "SELECT pid FROM pg_stat_activity
		WHERE query LIKE 'CREATE INDEX%' AND backend_type = 'client backend'")
	kill -STOP $frozen "$(head -n 1 "$work/main/data/postmaster.pid")"
}
(sleep 2; freeze; sleep 9; kill -CONT $(sed -n 1p "$work/main/data/postmaster.pid"); kill -CONT $frozen) &
interrupted 4
contains 'Ctrl-C at a frozen server' 'exit 130' "$out"
[ $seconds -le 9 ] || bad "Ctrl-C at a frozen server took $seconds s"
wait

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
