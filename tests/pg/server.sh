#!/bin/sh
# A throw-away PostgreSQL server for the tests:
#   server.sh start [PID]	print its URL; it ends with process PID at the latest
#   server.sh stop URL
# The server refuses to run as root: then it runs as user postgres.
set -u

fail() {
	echo "$0: $*" >&2
	exit 1
}

binaries() {
	for d in "${PGBIN:-}" $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null |
			sort -t/ -k5 -rn) "$(pg_config --bindir 2>/dev/null)"; do
		[ -x "$d/initdb" ] && [ -x "$d/pg_ctl" ] && echo "$d" && return
	done
	fail 'there is no PostgreSQL server here; Debian'\''s package' \
		'"postgresql" has it, $PGBIN names another folder of programs'
}

# As an ordinary user, with nothing of ours open that could hold up a reader.
as_user() {
	if [ "$(id -u)" -eq 0 ]; then
		runuser -u postgres -- "$@"
	else
		"$@"
	fi </dev/null
}

stop() {
	dir=$1
	case $dir in
	*/retort-pg.*) ;;
	*) fail "\"$dir\" is no server of these tests" ;;
	esac
	[ -d "$dir" ] || return 0
	as_user "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop \
		>/dev/null 2>&1
	rm -rf "$dir"
}

start() {
	[ "$(id -u)" -ne 0 ] || id postgres >/dev/null 2>&1 ||
		fail 'the server does not run as root and there is no user' \
			'"postgres"'
	dir=$(mktemp -d /tmp/retort-pg.XXXXXX) || exit 1
	[ "$(id -u)" -ne 0 ] || chown postgres "$dir"
	chmod 755 "$dir"
	as_user "$bin/initdb" -D "$dir/data" -A trust -U postgres -E UTF8 \
		--locale=C -N >"$dir/log" 2>&1 &&
	as_user "$bin/pg_ctl" -D "$dir/data" -l "$dir/server.log" -w -o \
		"-k $dir -c listen_addresses= -c fsync=off
		 -c full_page_writes=off -c synchronous_commit=off
		 -c max_locks_per_transaction=1024 -c shared_buffers=64MB" \
		start >>"$dir/log" 2>&1 || {
		cat "$dir/log" "$dir/server.log" >&2 2>/dev/null
		rm -rf "$dir"
		fail 'the server did not start'
	}
	as_user "$bin/psql" -h "$dir" -U postgres -XqAtc \
		'CREATE ROLE retort_reader' >/dev/null
	if [ $# -gt 0 ]; then
		(while kill -0 "$1" 2>/dev/null && [ -d "$dir" ]; do
			sleep 1
		done; stop "$dir") >/dev/null 2>&1 </dev/null &
	fi
	echo "postgresql:///postgres?host=$dir&user=postgres"
}

bin=$(binaries) || exit 1
case ${1:-} in
start) shift; start "$@" ;;
stop) dir=${2##*host=}; stop "${dir%%&*}" ;;
*) sed -n '2,5s/^# //p' "$0" >&2; exit 2 ;;
esac
