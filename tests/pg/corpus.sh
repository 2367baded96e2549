#!/bin/sh
# Fill a folder with the SQL that Debian's packages for PostgreSQL ship, for
# the splitter's test: corpus.sh FOLDER && SQL_CORPUS=FOLDER make unit
set -eu
packages='postgresql-15-pgtap postgresql-15-partman postgresql-15-mimeo
postgresql-15-pgq3 postgresql-15-slony1-2 postgresql-15-periods
postgresql-15-orafce postgresql-15-auto-failover postgresql-15-powa
postgresql-15-pglogical-ticker postgresql-15-pg-fact-loader
postgresql-15-pgl-ddl-deploy postgresql-15-tablelog postgresql-15-jsquery
postgresql-15-unit postgresql-15-pgsphere postgresql-15-pgrouting-scripts
pgagent kea-admin kea-common bacula-director-pgsql zabbix-server-pgsql
icinga2-ido-pgsql icingadb pdns-backend-pgsql roundcube-core
kamailio-postgres-modules ejabberd openqa sqitch freeradius-config'

[ $# = 1 ] || { sed -n '2,3s/^# //p' "$0" >&2; exit 2; }
mkdir -p "$1"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work"
# One that cannot be had would have all refused.
there=$(apt-cache show $packages 2>/dev/null | sed -n 's/^Package: //p' | sort -u)
[ "$there" ] && apt-get -q download $there >/dev/null 2>&1 || {
	echo "no packages here" >&2
	exit 77
}
mkdir root
for p in *.deb; do
	dpkg-deb --fsys-tarfile "$p" | tar -x -C root --no-same-owner \
		--wildcards '*.sql' '*.sql.gz' '*pgsql*' 2>/dev/null || :
done
cd "$OLDPWD"
n=0
find "$work/root" -type f \( -name '*.sql' -o -name '*.sql.gz' \
	-o -path '*pgsql*' \) | grep -viE 'mysql|sqlite|oracle|mssql' |
while read -r file; do
	n=$((n + 1))
	name=$(basename "${file%.gz}")
	# what makes it a script of psql or of CREATE EXTENSION goes
	{ case $file in
	  *.gz) gzip -dc "$file" ;;
	  *) cat "$file" ;;
	  esac; } | sed 's/^\\.*//; s/@extschema[^@]*@/public/g' \
		>"$1/$n-${name%.sql}.sql"
done
