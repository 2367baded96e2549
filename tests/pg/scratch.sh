#!/bin/sh
# Databases for trying things out: scratch.sh [BUILD]. They are made where they
# may be, are gone afterwards, also when a run was killed ($KILLS times), and
# no other database is ever touched.
. "$(dirname "$0")/cluster.inc"
kills=${KILLS:-2}
secret=Geh3im

cluster main
cluster dev
start main || fail 'the server does not start'
start dev || fail 'the server does not start'
sql main postgres -c 'CREATE ROLE small LOGIN' -c 'CREATE DATABASE app' \
	-c 'ALTER DATABASE app OWNER TO small' -c 'CREATE DATABASE empty' \
	-c 'CREATE DATABASE "retort_scratch_mine"' \
	-c 'CREATE DATABASE "retort_scratch_1_2_3_4_0123abcd"' \
	-c "CREATE ROLE plain LOGIN SUPERUSER PASSWORD '$secret'"
sql main app -c 'CREATE SCHEMA ext' -c 'CREATE EXTENSION citext SCHEMA ext'
sql dev postgres -c "CREATE ROLE maker LOGIN CREATEDB PASSWORD '$secret'"
printf 'local all postgres trust\nlocal all all scram-sha-256\n' \
	>"$work/dev/data/pg_hba.conf"
sql dev postgres -c 'SELECT pg_reload_conf()' >/dev/null
mkdir "$work/project"
cd "$work/project"
db -q init
models() {	# MORE COLUMNS
	cat >models.c <<-C
	#include <retort/model.h>

	MODEL(User,
	    COLUMNS(
	        COLUMN("id", INTEGER, PRIMARY_KEY),
	        COLUMN("name", VARCHAR(80), UNIQUE | NOT_NULL),
	        $1
	    ));
	C
}
models
export DATABASE_URL
shown=

left() {	# NAME: every database that is not the test's own
	sql "$1" postgres -c "SELECT datname FROM pg_database WHERE datname
		LIKE 'retort%' ORDER BY 1" | tr '\n' ' '
}
ours='retort_scratch_1_2_3_4_0123abcd retort_scratch_mine '
prove() {	# WHAT WANTED-STATUS [ARGUMENTS]: sets $out
	what=$1 wanted=$2
	shift 2
	out=$(db migrate -m proof --dry-run "$@" 2>&1)
	same "$what: exit" "$wanted" $?
	shown="$shown$out
"
}
proved() {
	prove "$@"
	case $out in
	*'not be proved'*|*'not proved'*) bad "$what: $out" ;;
	*'CREATE TABLE'*) ok ;;
	*) bad "$what: $out" ;;
	esac
	same "$what: nothing is left" "$ours" "$(left main)"
	same "$what: nothing is left there" '' "$(left dev)"
}
set_dev() {	# URL, or nothing
	sed -i '/^dev_url/d; /^url/a\
'"${1:+dev_url = $1}" migrations/db.ini
}

DATABASE_URL=$(url main app)
proved 'same server' 0

# a URL that names its database in another way
for u in "postgresql://?host=$work/main&user=postgres&dbname=empty" \
	"postgresql:///nix?host=$work/main&user=postgres&dbname=empty" \
	"host=$work/main user=postgres dbname=empty" \
	"dbname=nix host=$work/main user=postgres dbname=empty"; do
	proved "$u" 0 --url "$u"
	same "$u: nothing is in it" 0 "$(sql main empty -c "SELECT count(*) FROM
		pg_class WHERE relnamespace = 'public'::regnamespace")"
done
printf '[app]\nhost=%s\ndbname=empty\nuser=plain\npassword=%s\n' "$work/main" \
	"$secret" >"$work/service"
PGSERVICEFILE=$work/service proved 'service' 0 --url service=app

# a role that may not make one, and another server for it
u="postgresql:///app?host=$work/main&user=small"
prove 'no right' 0 --url "$u"
contains 'no right' 'could not make a scratch database' "$out"
contains 'no right' 'permission denied to create database' "$out"
contains 'no right' 'dev_url' "$out"
set_dev "postgresql+psycopg2://maker:$secret@/postgres?host=$work/dev"
proved 'dev_url' 0 --url "$u"
sql main postgres -c 'CREATE DATABASE turkish TEMPLATE template0
	LC_COLLATE "C.UTF-8" LC_CTYPE "C.UTF-8"' || bad 'no database'
proved 'dev_url, locale' 0 --url "$(url main turkish)"
for u in "postgresql://maker:$secret.no@/postgres?host=$work/dev" \
	"postgresql://maker:$secret@/nix?host=$work/dev" \
	"postgresql://maker:$secret@/postgres?host=$work/nix" \
	"maker:$secret" "sqlite:$secret.db" "postgresql://a:$secret@more@h/x"; do
	set_dev "$u"
	prove "dev_url $u" 0
	contains "dev_url $u" 'not be proved' "$out"
	prove "dev_url $u" 0 --json
	prove "dev_url $u" 0 -v
done
set_dev

# a revision is run in one, too
revision aaaaaaaaaaaa '' <<'S'
-- upgrade
CREATE TABLE t (a int);
-- downgrade
DROP TABLE t;
S
for arguments in 'base aaaaaaaaaaaa' 'database aaaaaaaaaaaa' \
	"$(url main empty) aaaaaaaaaaaa" "aaaaaaaaaaaa $(url main empty)"; do
	out=$(db diff $arguments 2>&1)
	same "diff $arguments" 3 $?
	same "diff $arguments: one" 1 "$(echo "$out" | grep -c "table .\?t\b")"
done
same 'diff: nothing is left' "$ours" "$(left main)"
DATABASE_URL=$(url main nix)
set_dev "postgresql://maker:$secret@/postgres?host=$work/dev"
out=$(db diff base aaaaaaaaaaaa 2>&1)
same 'diff on dev_url' 3 $?
set_dev
out=$(db diff base aaaaaaaaaaaa 2>&1)
same 'diff without a server: exit' 4 $?
contains 'diff without a server' 'database "nix" does not exist' "$out"
rm migrations/versions/aaaaaaaaaaaa_step.sql

# Stopped by force in the middle: the next run takes away what is left, but
# nothing that is used.
DATABASE_URL=$(url main app)
wait_for() {	# until there is one
	tries=0
	until [ "$(left main)" != "$ours" ] || [ $tries = 400 ]; do
		tries=$((tries + 1))
	done
}
i=0 found=0
while [ $i -lt "$kills" ]; do
	i=$((i + 1))
	db migrate -m killed --dry-run >/dev/null 2>&1 &
	pid=$!
	wait_for
	sleep "0.0$(($i % 10))"
	kill -KILL $pid 2>/dev/null
	wait $pid 2>/dev/null
	[ "$(left main)" = "$ours" ] || found=$((found + 1))
	# what the killed one had begun may come to its end yet
	tries=0
	until prove "after kill $i" 0; [ "$(left main)" = "$ours" ]; do
		tries=$((tries + 1))
		[ $tries -lt 20 ] || break
		sleep 0.1
	done
	same "after kill $i" "$ours" "$(left main)"
done
[ $found -gt 0 ] && ok || bad 'no kill left anything behind'
echo "killed $kills times, $found times something was left"

db migrate -m stopped --dry-run >"$work/stopped" 2>&1 &
pid=$!
wait_for
kill -STOP $pid
theirs=$(left main)
prove 'beside one that is used' 0
same 'beside one that is used' "$theirs" "$(left main)"
kill -CONT $pid
wait $pid
same 'the one that was used: exit' 0 $?
same 'the one that was used' 0 "$(grep -c 'not.* proved' "$work/stopped")"
same 'nothing is left at the end' "$ours" "$(left main)"

db migrate -m interrupted --dry-run >/dev/null 2>&1 &
pid=$!
wait_for
kill -TERM $pid
wait $pid
same 'terminated: exit' 143 $?
same 'terminated: nothing is left' "$ours" "$(left main)"

case $shown in *"$secret"*|*more@h*) bad "a password was shown: $(echo "$shown" |
	grep "$secret\|more@h")" ;; *) ok ;; esac
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
