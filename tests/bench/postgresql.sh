# On a PostgreSQL server of its own: included by run, which has measure(),
# history() and beside().
pg_bin=${PGBIN:-$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null |
	sort -t/ -k5 -rn | head -n 1)}
sizes=${TABLES:-100 1000 3000}

# pg_start: the server, with a database "bench" that is all of it
pg_start() {
	[ -z "${pg_url:-}" ] || return 0
	pg_server=$("$here/../pg/server.sh" start $$) || return 1
	pg_host=${pg_server##*host=}
	pg_host=${pg_host%%&*}
	pg_url="postgresql:///bench?host=$pg_host&user=postgres"
	trap '"$here/../pg/server.sh" stop "$pg_server"; rm -rf "$work"' EXIT
	pg_fresh
}

pg_sql() { "$pg_bin/psql" -h "$pg_host" -U postgres -XAtq -v ON_ERROR_STOP=1 "$@"; }

pg_fresh() {
	pg_sql -d postgres -c 'DROP DATABASE IF EXISTS bench' \
		-c 'CREATE DATABASE bench' 2>/dev/null
}

# trips WHAT COMMAND: what it takes of them; {} in it is the socket's folder
trips() {
	mkdir -p relay
	"$bench/turns" "$pg_host" "$work/relay" \
		"$(printf '%s' "$2" | sed "s|{}|$work/relay|g")" >relay/count ||
		return 1
	printf '%-34s %9d round trips\n' "$1" "$(cat relay/count)"
}

pg_startup() {
	history small 3
	pg_fresh
	db -q -d small --url "$pg_url" upgrade
	echo 'SELECT version_num FROM db_version;' >version.sql
	measure 'PostgreSQL startup: current' 2 31 '' \
		"db -d small --url '$pg_url' current" \
		"$bench/floor_pg '$pg_url' version.sql"
	trips '  of db current' \
		"db -d small --url 'postgresql:///bench?host={}&user=postgres' current"
	beside pg_startup
}

pg_upgrade() {
	history thousand 1000
	sed 's/$/;/' thousand.sql >thousand_pg.sql
	pg_fresh
	clean="$pg_bin/psql -h $pg_host -U postgres -d bench -XAtq -c 'SET client_min_messages = error' -c 'DROP SCHEMA public CASCADE' -c 'CREATE SCHEMA public' -c 'VACUUM FULL pg_class, pg_attribute, pg_depend, pg_type, pg_index, pg_constraint' >/dev/null"
	measure 'PostgreSQL 1,000 revisions' 1.2 5 "$clean" \
		"db -q -d thousand --url '$pg_url' upgrade" \
		"$bench/floor_pg '$pg_url' thousand_pg.sql apply"
	sh -c "$clean"
	trips '  of db upgrade, 1,000 revisions' \
		"db -q -d thousand --url 'postgresql:///bench?host={}&user=postgres' upgrade"
	sh -c "$clean"
	trips '  of its floor' \
		"$bench/floor_pg 'postgresql:///bench?host={}&user=postgres' thousand_pg.sql apply"
	beside pg_upgrade
}

# pg_tables N: tables as check() has them, one transaction each
pg_tables() {
	awk -v n="$1" 'BEGIN {
		for (i = 0; i < n; i++) {
			t = sprintf("tab%04d", i); p = sprintf("tab%04d", int(i / 2))
			printf "CREATE TABLE %s (id INTEGER NOT NULL, parent_id INTEGER, code VARCHAR(20) NOT NULL, title VARCHAR(200), body TEXT, qty INTEGER DEFAULT 0 NOT NULL, price NUMERIC(10, 2), active BOOLEAN NOT NULL, created_at TIMESTAMP NOT NULL, ratio DOUBLE PRECISION, CONSTRAINT pk_%s PRIMARY KEY (id), CONSTRAINT fk_%s_parent FOREIGN KEY (parent_id) REFERENCES %s (id));\n", t, t, t, p
			printf "CREATE UNIQUE INDEX ux_%s_code ON %s (code);\nCREATE INDEX ix_%s_parent ON %s (parent_id, created_at);\n", t, t, t, t
		}
	}'
}

pg_check() {
	for n in $sizes; do
		pg_fresh
		pg_tables "$n" >tables.sql
		pg_sql -d bench -f tables.sql >/dev/null
		rm -rf pg
		mkdir -p pg/versions
		printf '[db]\nmodels = models.c\n' >pg/db.ini
		db -q -d pg --url "$pg_url" ensure-version
		pg_sql -d bench -c 'VACUUM ANALYZE'
		db -d pg --url "$pg_url" inspect >pg/models.c
		db -d pg --url "$pg_url" check >/dev/null	# compiles
		runs=$((n > 2000 ? 9 : 15))
		measure "PostgreSQL check of $n tables" 1.5 $runs '' \
			"db -d pg --url '$pg_url' check" \
			"$bench/floor_pg '$pg_url' '$here/catalog.sql'"
		measure '  beside pg_dump --schema-only' '<1' 3 '' \
			"db -d pg --url '$pg_url' check" \
			"$pg_bin/pg_dump -s -f /dev/null '$pg_url'"
		trips "  of db check" \
			"db -d pg --url 'postgresql:///bench?host={}&user=postgres' check"
		trips "  of pg_dump" \
			"$pg_bin/pg_dump -s -f /dev/null 'postgresql:///bench?host={}&user=postgres'"
		beside pg_check
	done
}

postgresql() {
	[ -x "$pg_bin/initdb" ] && pg_start || {
		echo 'PostgreSQL: not run: there is no server here'
		return 0
	}
	pg_startup
	pg_upgrade
	pg_check
}
