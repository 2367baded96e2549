#!/bin/sh
# A password in the command line, the environment or the configuration shows
# nowhere: secrets.sh [BUILD]. Neither as it is nor percent-encoded.
. "$(dirname "$0")/cluster.inc"
secret='Geh:3im@&+%' plain='Geh3im!' coded='Geh%3A3im%40%26%2B%25'
mark=eh3im coded_mark='eh%3A3im' raw_mark='eh:3im'

cluster main
start main || fail 'the server does not start'
sql main postgres -c "CREATE ROLE app LOGIN SUPERUSER PASSWORD '$secret'" \
	-c "CREATE ROLE plain LOGIN SUPERUSER PASSWORD '$plain'" \
	-c 'CREATE DATABASE app'
printf 'local all postgres trust\nlocal all all scram-sha-256\n' \
	>"$work/main/data/pg_hba.conf"
sql main postgres -c 'SELECT pg_reload_conf()' >/dev/null
mkdir "$work/project"
cd "$work/project"
db -q init --models models.c
cat >models.c <<'M'
#include <retort/model.h>
TABLE("t", COLUMNS(COLUMN("id", INTEGER, PRIMARY_KEY)));
M
revision aaaaaaaaaaaa '' <<'S'
-- upgrade
CREATE TABLE t (id int PRIMARY KEY);
DO $$ BEGIN RAISE NOTICE 'said'; END $$;
-- downgrade
DROP TABLE t;
S
revision bbbbbbbbbbbb aaaaaaaaaaaa <<'S'
-- upgrade
SELECT 1 / 0;
-- downgrade
SELECT 1;
S

hidden() {	# WHAT TEXT
	case $2 in
	*"$mark"*|*"$coded_mark"*|*"$raw_mark"*) bad "$1 shows it: $(echo "$2" |
		grep -e "$mark" -e "$coded_mark" -e "$raw_mark" | head -n 3)" ;;
	*) ok ;;
	esac
}

# What can be connected to, in every way that db says something.
host="host=$work/main"
for u in "postgresql://app:$coded@/app?$host" \
	"postgresql+psycopg2://app:$coded@/app?$host" \
	"postgresql:///app?$host&user=app&password=$coded" \
	"postgresql:///app?$host&user=app&p%61ssword=$coded" \
	"postgresql://app:$coded@/app?host=$work/nix&$host" \
	"postgresql://plain:$plain@/app?$host" \
	"$host dbname=app user=app password='$secret'" \
	"$host dbname=app user=app password = $secret" \
	"host=$work/nix,$work/main dbname=app user=app password=$secret"; do
	[ -s tried ] || for c in current '-v status' 'upgrade aaaaaaaaaaaa' \
		'-v upgrade' '--json upgrade' '-v check' 'history -i' \
		'migrate --dry-run' 'upgrade --sql' inspect 'inspect --format json' \
		'downgrade base' 'stamp head' create-all 'stamp --purge base'; do
		hidden "--url, $c" "$(DB_LOG=debug db --url "$u" $c 2>&1)"
	done
	echo "$u" >>tried
	for c in '-v --json status' 'upgrade aaaaaaaaaaaa' '-v upgrade' \
		'downgrade base'; do
		hidden "$u, $c" "$(DB_LOG=debug DATABASE_URL=$u db $c 2>&1)"
	done
	hidden "$u, diff" "$(db diff models.c "$u" 2>&1)"
	out=$(db --url "$u" --json status 2>&1)
	same "$u: exit" 0 $?
	contains "$u" '***' "$out"
done
db -q init configured
sed -i "s|^url = .*|url = postgresql://app:$coded@/app?$host\ndev_url = postgresql://app:$coded.no@/app?$host|" \
	configured/db.ini
for c in status '-v status' '--json status' '-v migrate --dry-run' \
	'-v upgrade' check; do
	hidden "db.ini, $c" "$(DB_LOG=debug db -d configured $c 2>&1)"
done
hidden 'the log table' "$(sql main app -c 'SELECT l::text FROM db_version_log l')"
hidden 'files' "$(grep -rl -e "$mark" -e "$coded_mark" -e "$raw_mark" migrations models.c)"

# What cannot be read or connected to.
n=$plain.no
for u in "postgress://app:$n@h/app" "POSTGRESQL://app:$n@nix.invalid/app" \
	"mysql://app:$n@h/app" "jdbc:postgresql://h/app?user=u&password=$n" \
	"postgresql:app:$n@h/app" "postgresql//app:$n@h/app" "app:$n@h/app" \
	" postgresql://app:$n@nix.invalid/app" "//app:$n@h/app" \
	"Password=$n host=nix.invalid" "host=nix.invalid;password=$n" \
	"host=nix.invalid, password=$n" "dbname=x?password=$n" \
	"dbname=postgresql://u:$n@nix.invalid/app" \
	"host=nix.invalid dbname=postgresql://u:$n@nix.invalid/app" \
	"postgresql://u:$n@nix1.invalid,v:$n@nix2.invalid/app" \
	"postgresql://u:$n@nix1.invalid:1,nix2.invalid:2/app" \
	"postgresql://u@nix.invalid/app?sslpassword=$n" \
	"user=u password=$n host=nix1.invalid,nix2.invalid" \
	"postgresql://plain:$n@/app?$host" \
	"$host dbname=app user=plain password=$n" \
	"postgresql://app:$coded.no@/app?$host" \
	"postgresql://app:$coded@/nix?$host" \
	"postgresql://app:$coded@$work/app" "postgresql://app:$secret@h/app"; do
	out=$(db -v --url "$u" status 2>&1)
	[ $? -ne 0 ] || bad "$u: exit 0"
	hidden "$u" "$out"
	case $u in
	*://*) hidden "$u: diff" "$(db diff models.c "$u" 2>&1)" ;;
	esac
	hidden "$u: init" "$(db init --url "$u" new 2>&1)"
	rm -rf new
done

# Where no URL belongs.
u=postgresql://app:$plain@h/app
for c in "$u" "upgrade $u" "downgrade $u" "history $u" "show $u" "stamp $u" \
	"diff $u" "--bogus=$u current" "--ulr $u current" "--url=$u --bogus" \
	"current --url $u extra" "-x $u current" "help $u" "-d $u current" \
	"-c $u current" "-n $u current" "upgrade --lock-timeout $u" \
	"--url $u --url" "merge $u" "revision --head $u" "--color $u current"; do
	hidden "db $c" "$(db $c 2>&1)"
done

# "ps" does not show it either, nor does the server.
rm migrations/versions/bbbbbbbbbbbb*
fresh main app
revision cccccccccccc aaaaaaaaaaaa <<'S'
-- upgrade
SELECT pg_sleep(30);
-- downgrade
SELECT 1;
S
for u in "--url postgresql://app:$coded@/app?$host" \
	"--url=postgresql://app:$coded@/app?$host" \
	"--url=postgresql:///app?$host&user=app&password=$coded"; do
	db $u upgrade >/dev/null 2>&1 &
	pid=$!
	for i in 1 2 3 4 5 6 7 8 9 10; do
		[ "$(sql main postgres -c "SELECT count(*) FROM pg_stat_activity
			WHERE query ~ '^SELECT pg_sleep'")" = 0 ] || break
		sleep 0.2
	done
	line=$(tr '\0' ' ' <"/proc/$pid/cmdline")
	contains 'ps' 'upgrade' "$line"
	hidden 'ps' "$line"
	hidden 'pg_stat_activity' "$(sql main postgres -c 'SELECT a::text FROM
		pg_stat_activity a')"
	kill -INT $pid
	wait $pid
	same 'interrupted: exit' 130 $?
done

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
