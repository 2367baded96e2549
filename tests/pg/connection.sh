#!/bin/sh
# Connections that cannot be had: connection.sh [BUILD]. Each is one error with
# a hint and exit status 4, and no password is ever shown.
. "$(dirname "$0")/cluster.inc"
secret=Geh3im

cluster main
start main "-c wal_level=replica" || fail 'the server does not start'
sql main postgres -c "CREATE ROLE app LOGIN SUPERUSER PASSWORD '$secret:@/?#%'" \
	-c "CREATE ROLE plain LOGIN SUPERUSER PASSWORD '$secret'" \
	-c 'CREATE DATABASE app'
printf 'local all postgres trust\nlocal replication all trust\nlocal all all scram-sha-256\n' \
	>"$work/main/data/pg_hba.conf"
sql main postgres -c 'SELECT pg_reload_conf()' >/dev/null
mkdir "$work/project"
cd "$work/project"
db -q init
revision aaaaaaaaaaaa '' <<'S'
-- upgrade
CREATE TABLE t (a int);
DO $$ BEGIN RAISE NOTICE 'said by the server'; END $$;
-- downgrade
DROP TABLE t;
S

shown=
run() {		# URL COMMAND…: sets $rc, $out
	u=$1
	shift
	out=$(db --url "$u" "$@" 2>&1)
	rc=$?
	shown="$shown$out
"
}
refused() {	# WHAT URL TEXT HINT
	run "$2" current
	same "$1: exit" 4 $rc
	contains "$1" "$3" "$out"
	contains "$1: hint" "hint: " "$out"
	contains "$1: hint" "$4" "$out"
	same "$1: one error" 1 "$(echo "$out" | grep -c '^db: ')"
}

host="host=$work/main"
refused 'no password' "postgresql:///app?$host&user=plain" \
	'no password supplied' 'PGPASSWORD'
refused 'wrong password' "postgresql://plain:$secret.no@/app?$host" \
	'password authentication failed' 'Check the user and the password'
refused 'no role' "postgresql://nobody:$secret@/app?$host" \
	'password authentication failed' 'Check the user'
refused 'no database' "postgresql://plain:$secret@/nix?$host" \
	'database "nix" does not exist' 'createdb'
refused 'no server' "postgresql://plain:$secret@/app?host=$work/nix" \
	'No such file' 'that the server runs'
refused 'no host' "postgresql://plain:$secret@nix.invalid/app" \
	'could not translate host name' 'name of the host'
refused 'no port' "postgresql://plain:$secret@127.0.0.1:1/app" \
	'refused' 'that the server runs'
refused 'no service' "service=nix password=$secret" \
	'definition of service "nix" not found' 'pg_service.conf'
# what libpq would misread, and quote
for u in "postgresql://app:$secret:@/?#%@/app?$host" \
	"postgresql://app:$secret@more@h/app" "postgresql://app:$secret/more@h/app" \
	"postgresql://app:$secret?more@h/app" "postgresql://app:$secret#more@h/app" \
	"postgresql://app:1234/$secret@h/app" "postgresql://app:%zz$secret@h/app" \
	"postgresql://app:%$secret@h/app" "postgresql://h:$secret/app" \
	"postgresql://h/app?password=$secret&$secret" \
	"postgresql://h/app?pass=$secret&password" \
	"host=h password=x $secret" "host=h password='$secret" \
	"password=$secret port=x" "host=h passwort=$secret" \
	"postgresql+psycopg2://app:$secret@more@h/app"; do
	refused 'bad URL' "$u" 'cannot read the database URL' ''
done

# every spelling that works, and what it shows
for u in "postgresql://plain:$secret@/app?$host" \
	"postgres://plain:$secret@/app?$host" \
	"postgresql+psycopg2://plain:$secret@/app?$host" \
	"postgresql+asyncpg://plain:$secret@/app?$host" \
	"postgresql://app:$secret%3A%40%2F%3F%23%25@/app?$host" \
	"postgresql:///app?$host&user=plain&password=$secret" \
	"postgresql:///app?$host&user=plain&pass%77ord=$secret" \
	"$host dbname=app user=plain password=$secret" \
	"$host dbname=app user=plain password='$secret'" \
	"$host dbname = app user = plain password = '$secret'" \
	"$host dbname=app user=app password=$secret:@/?#%"; do
	run "$u" status
	same "$u: exit" 0 $rc
	contains "$u" '***' "$out"
done
run "postgresql://plain@/app?host=$work/main:5432&host=$work/nix" current
contains 'several host=' 'no password supplied' "$out"
out=$(PGPASSWORD=$secret db --url "postgresql://plain@/app?$host" current 2>&1)
same 'PGPASSWORD' 0 $?
printf '*:*:*:plain:%s\n' "$secret" >"$work/pass"
chmod 600 "$work/pass"
out=$(PGPASSFILE=$work/pass db --url "postgresql://plain@/app?$host" current 2>&1)
same 'passfile' 0 $?
printf '[app]\nhost=%s\ndbname=app\nuser=plain\npassword=%s\n' "$work/main" \
	"$secret" >"$work/service"
out=$(PGSERVICEFILE=$work/service db --url service=app current 2>&1)
same 'service' 0 $?
out=$(PGHOST=$work/main PGDATABASE=app PGUSER=plain PGPASSWORD=$secret \
	db --url postgresql:// current 2>&1)
same 'environment' 0 $?

run "postgresql://plain:$secret@/app?$host" upgrade
same 'upgrade: exit' 0 $rc
contains 'notice' 'said by the server' "$out"
sql main app -c 'SELECT db_version_log::text FROM db_version_log' |
	grep -q "$secret" && bad 'the log holds the password' || ok

# a standby; the primary behind it; a server that is starting
folder standby
as_user "$bin/pg_basebackup" -h "$work/main" -U postgres -R -c fast \
	-D "$work/standby/data" >"$work/log" 2>&1 || fail "$(cat "$work/log")"
start standby || fail "$(cat "$work/standby/server.log")"
run "postgresql://plain:$secret@/app?host=$work/standby" current
same 'standby: reading' 0 $rc
run "postgresql://plain:$secret@/app?host=$work/standby" downgrade base
same 'standby: exit' 4 $rc
contains standby 'read-only standby' "$out"
contains standby 'hint: Connect to the primary' "$out"
run "postgresql://plain:$secret@/app?host=$work/standby,$work/main" downgrade base
same 'standby, primary: exit' 0 $rc
run "host=$work/standby,$work/main dbname=app user=plain password=$secret" upgrade
same 'standby, primary: exit' 0 $rc
run "postgresql://plain:$secret@/app?host=$work/standby,$work/standby" downgrade base
same 'standbys: exit' 4 $rc
contains standbys 'hint: None of the hosts is a primary' "$out"
stop standby fast
as_user "$bin/pg_ctl" -D "$work/standby/data" -l "$work/standby/server.log" -W \
	-o "-k $work/standby -c listen_addresses= -c hot_standby=off" start \
	>/dev/null 2>&1
sleep 1
refused 'starting' "postgresql://plain:$secret@/app?host=$work/standby" \
	'the database system is' 'ait a little'
stop standby

# a pooler: it may lend a session, but not only transactions
pooler() {	# MODE
	cat >"$work/pool/ini" <<-I
	[databases]
	app = host=$work/main dbname=app user=postgres
	[pgbouncer]
	listen_addr =
	listen_port = 6432
	unix_socket_dir = $work/pool
	auth_type = any
	pool_mode = $1
	logfile = $work/pool/log
	pidfile = $work/pool/pid
	I
	as_user env LD_LIBRARY_PATH="$libraries" "$pgbouncer" "$work/pool/ini" \
		>"$work/pool/out" 2>&1 &
	for i in 1 2 3 4 5 6 7 8 9 10; do
		[ ! -S "$work/pool/.s.PGSQL.6432" ] || break
		sleep 0.3
	done
}
folder pool
libraries= pgbouncer=$(command -v pgbouncer || command -v /usr/sbin/pgbouncer)
if [ -z "$pgbouncer" ]; then
	(cd "$work/pool" && apt-get -q download pgbouncer libc-ares2 \
		libevent-2.1-7 >/dev/null 2>&1
	 for p in *.deb; do dpkg-deb -x "$p" root 2>/dev/null; done)
	pgbouncer=$work/pool/root/usr/sbin/pgbouncer
	libraries=$(echo "$work"/pool/root/usr/lib/*-linux-*)
fi
if [ -x "$pgbouncer" ]; then
	pool="postgresql://plain:$secret@/app?host=$work/pool&port=6432"
	pooler transaction
	run "$pool" downgrade base
	same 'pooler of transactions: exit' 4 $rc
	contains 'pooler of transactions' 'it is a pooler in transaction mode' "$out"
	contains 'pooler of transactions' 'hint: ' "$out"
	run "$pool" current
	same 'pooler of transactions: reading' 0 $rc
	kill "$(cat "$work/pool/pid")"
	wait
	pooler session
	run "$pool" downgrade base
	same 'pooler of sessions: exit' 0 $rc
	run "$pool" upgrade
	same 'pooler of sessions: exit' 0 $rc
	kill "$(cat "$work/pool/pid")"
	wait
else
	echo 'pooler: not run, there is no pgbouncer here'
fi

# a connection that is lost, and a statement that takes too long
revision bbbbbbbbbbbb aaaaaaaaaaaa <<'S'
-- upgrade
CREATE TABLE u (a int);
SELECT pg_sleep(20);
-- downgrade
DROP TABLE u;
S
run "postgresql://plain:$secret@/app?$host" upgrade --statement-timeout 100ms
same 'statement timeout: exit' 1 $rc
contains 'statement timeout' 'longer than the statement timeout' "$out"
contains 'statement timeout' 'bbbbbbbbbbbb_step.sql:9' "$out"
(sleep 0.7; sql main postgres -c "SELECT pg_terminate_backend(pid) FROM
	pg_stat_activity WHERE datname = 'app'" >/dev/null) &
run "postgresql://plain:$secret@/app?$host" upgrade
same 'terminated: exit' 4 $rc
contains terminated 'rolled back by the server; run it again' "$out"
wait
(sleep 0.7; stop main) &
run "postgresql://plain:$secret@/app?$host" upgrade
same 'crash: exit' 4 $rc
contains crash 'hint: ' "$out"
wait
start main
run "postgresql://plain:$secret@/app?$host" current
contains 'after it' aaaaaaaaaaaa "$out"

case $shown in *"$secret"*|*eh3im*) bad "a password was shown: $(echo "$shown" |
	grep eh3im)" ;; *) ok ;; esac
case $shown in *more@h*|*"?more"*) bad 'a part of a password was shown' ;; *) ok ;; esac
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
