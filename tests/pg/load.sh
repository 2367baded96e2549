#!/bin/sh
# Make a PostgreSQL database with the schema of a real program, out of the
# Debian package that ships it. Packages are downloaded, not installed.
#
#   load.sh list                     the names
#   load.sh NAME DATABASE [VERSION]  DATABASE is replaced; versions of openqa
#   load.sh versions                 of openqa
#   load.sh openqa-upgrade DATABASE VERSION
#                                    from VERSION to the next, as shipped
#
# The server is that of PGHOST, PGPORT and PGUSER. RETORT_SCHEMA_CACHE keeps
# downloaded packages. Exit status 77: the package cannot be had here.
set -eu

# The folder that PACKAGE was unpacked to.
unpack() {
	root=$cache/$1
	[ -d "$root" ] && return
	mkdir -p "$cache/debs" "$work/$1"
	chmod 755 "$work" "$cache" "$cache/debs" 2>/dev/null || :
	(cd "$cache/debs" && timeout 300 apt-get -q download "$1") \
		>"$work/apt.log" 2>&1 || {
		echo "$0: no package $1 here" >&2
		exit 77
	}
	dpkg-deb -x "$cache/debs/$1"_*.deb "$work/$1"
	[ "$root" = "$work/$1" ] || mv "$work/$1" "$root"
}

sql() {
	PGOPTIONS='-c client_min_messages=warning' psql -Xq \
		-v ON_ERROR_STOP=1 "$@" >/dev/null
}

load() {
	case $1 in
	pdns)
		unpack pdns-backend-pgsql
		sql -f "$root/usr/share/pdns-backend-pgsql/schema/schema.pgsql.sql" ;;
	roundcube)
		unpack roundcube-core
		sql -f "$root/usr/share/dbconfig-common/data/roundcube/install/pgsql" ;;
	kamailio)
		unpack kamailio-postgres-modules
		root=$root/usr/share/kamailio/postgres
		{
			cat "$root/standard-create.sql"
			find "$root" -name '*-create.sql' ! -name 'standard-*' |
				sort | xargs awk 'FNR == 1 { print "" } { print }'
		} | sql ;;
	kea)
		unpack kea-admin
		sql -f "$root/usr/share/kea/scripts/pgsql/dhcpdb_create.pgsql" ;;
	icingadb)
		unpack icingadb
		sql -c 'CREATE EXTENSION citext'
		sql -f "$root/usr/share/icingadb/schema/pgsql/schema.sql" ;;
	openqa)
		unpack openqa
		sql -f "$root/usr/share/openqa/dbicdh/PostgreSQL/deploy/${2:-98}/001-auto.sql" ;;
	*)
		echo "$0: no schema is named \"$1\"" >&2
		exit 2 ;;
	esac
}

[ "${1-}" != list ] || {
	echo pdns roundcube kamailio kea icingadb openqa
	exit
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cache=${RETORT_SCHEMA_CACHE:-$work}
[ "${1-}" != versions ] || {
	unpack openqa
	ls "$root/usr/share/openqa/dbicdh/PostgreSQL/deploy" | sort -n
	exit
}
[ "${1-}" != openqa-upgrade ] || {
	unpack openqa
	cat "$root/usr/share/openqa/dbicdh/PostgreSQL/upgrade/$3-"*/*.sql |
		sql -d "$2" -f -
	exit
}
[ $# -ge 2 ] || { sed -n '2,12s/^# \{0,1\}//p' "$0" >&2; exit 2; }
sql -d postgres -c 'SET client_min_messages = warning' \
	-c "DROP DATABASE IF EXISTS \"$2\"" \
	-c "CREATE DATABASE \"$2\" TEMPLATE template0 ENCODING 'UTF8'"
PGDATABASE=$2
export PGDATABASE
load "$1" "${3-}"
