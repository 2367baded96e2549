#!/bin/bash
# Make an SQLite database with the schema of a real program, out of the Debian
# package that ships it. Packages are downloaded and unpacked, not installed.
#
#   load.sh list             the names
#   load.sh NAME FILE        FILE is replaced
#
# RETORT_SCHEMA_CACHE keeps downloaded packages from one run to the next.
# Exit status 77: the package cannot be had here.
set -euo pipefail

names='bacula ejabberd freeradius gerbera hard hlr jabberd2 kamailio mediawiki
pdns request-tracker roundcube sabredav sqitch svnwc zabbix'

here=$(cd "$(dirname "$0")" && pwd)

usage() {
	sed -n '2,9s/^# \{0,1\}//p' "$0"
	exit 2
}

# The folder that PACKAGE was unpacked to.
unpack() {
	local package=$1 cache=${RETORT_SCHEMA_CACHE:-$work}
	local root=$cache/$package

	if [ ! -d "$root" ]; then
		mkdir -p "$cache/debs" "$work/$package"
		chmod 755 "$work" "$cache" "$cache/debs" 2>/dev/null || :
		(cd "$cache/debs" && timeout 300 apt-get -q download \
			"$package" >"$work/apt.log" 2>&1) || {
			echo "$0: no package $package here" >&2
			exit 77
		}
		dpkg-deb -x "$cache/debs/${package}"_*.deb "$work/$package"
		[ "$root" = "$work/$package" ] || mv "$work/$package" "$root"
	fi
	echo "$root"
}

# SQL on standard input goes into the new database.
fill() {
	sqlite3 -bail "$target" >"$work/out" || {
		tail -5 "$work/out" >&2
		exit 1
	}
}

# MediaWiki writes names as /*_*/page and options as /*$wgDBTableOptions*/.
load_mediawiki() {
	local root
	root=$(unpack mediawiki)/usr/share/mediawiki
	{
		cat "$root/maintenance/sqlite/tables-generated.sql"
		find "$root/extensions-core" -path '*sqlite/tables-generated.sql' |
			sort | xargs cat
	} | sed -e 's,/\*[_i$][^*]*\*/,,g' | fill
}

load_svnwc() {
	local bin= root part
	if ! command -v svn >/dev/null; then
		for part in subversion libsvn1 libapr1 libaprutil1 \
			libserf-1-1 libutf8proc2; do
			root=$(unpack $part)
			bin=${bin:-$root/usr/bin/}
			LD_LIBRARY_PATH=$root/usr/lib/$(gcc -print-multiarch):${LD_LIBRARY_PATH-}
		done
		export LD_LIBRARY_PATH
	fi
	"${bin}svnadmin" create "$work/repository"
	"${bin}svn" --config-dir "$work/config" -q checkout \
		"file://$work/repository" "$work/copy"
	cp "$work/copy/.svn/wc.db" "$target"
}

load_kamailio() {
	local root
	root=$(unpack kamailio-sqlite-modules)/usr/share/kamailio/db_sqlite
	{
		cat "$root/standard-create.sql"
		find "$root" -name '*-create.sql' ! -name 'standard-*' | sort |
			xargs awk 'FNR == 1 { print "" } { print }'
	} | fill
}

load_freeradius() {
	local root
	root=$(unpack freeradius-config)
	find "$root/etc/freeradius" -path '*/sqlite/*schema.sql' | sort |
		grep -v dhcp | xargs awk 'FNR == 1 { print "" } { print }' | fill
}

# A package and the file in it; by its suffix it is unpacked first.
load_file() {
	local file
	file=$(unpack "$1")/$2
	case $file in
	*.gz) gzip -dc "$file" ;;
	*) cat "$file" ;;
	esac | fill
}

load() {
	local data=usr/share/dbconfig-common/data
	case $1 in
	bacula)
		load_file bacula-director-sqlite3 \
			$data/bacula-director-sqlite3/install/sqlite3 ;;
	ejabberd)
		load_file ejabberd usr/share/ejabberd/sql/lite.sql ;;
	freeradius)
		load_freeradius ;;
	gerbera)
		load_file gerbera usr/share/gerbera/sqlite3.sql ;;
	hard)
		fill <"$here/hard.sql" ;;
	hlr)
		load_file osmo-hlr usr/share/doc/osmo-hlr/sql/hlr.sql ;;
	jabberd2)
		load_file jabberd2 usr/share/doc/jabberd2/db-setup.sqlite.gz ;;
	kamailio)
		load_kamailio ;;
	mediawiki)
		load_mediawiki ;;
	pdns)
		load_file pdns-backend-sqlite3 \
			usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql ;;
	request-tracker)
		# its own loader knows comments that start with #
		sed 's/#.*//' "$(unpack request-tracker5)"/usr/share/request-tracker5/etc/schema.SQLite |
			fill ;;
	roundcube)
		load_file roundcube-core $data/roundcube/install/sqlite3 ;;
	sabredav)
		cat "$(unpack php-sabre-dav)"/usr/share/doc/php-sabre-dav/examples/sql/sqlite.*.sql |
			fill ;;
	sqitch)
		load_file sqitch usr/share/perl5/App/Sqitch/Engine/sqlite.sql ;;
	svnwc)
		load_svnwc ;;
	zabbix)
		load_file zabbix-proxy-sqlite3 \
			usr/share/zabbix-proxy-sqlite3/schema.sql.gz ;;
	*)
		echo "$0: no schema is named \"$1\"" >&2
		exit 2 ;;
	esac
}

if [ "${1-}" = list ]; then
	printf '%s\n' $names
	exit
fi
[ $# = 2 ] || usage
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
target=$2
rm -f "$target" "$target"-*
load "$1"
