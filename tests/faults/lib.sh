# For the scripts beside this one.

die() {
	echo "$*"
	exit 1
}

must() {
	"$@" >log 2>&1 || { cat log; die "failed with $?: $*"; }
}

# must_fail STATUS WORD COMMAND…: it ends with STATUS and says WORD.
must_fail() {
	wanted=$1 word=$2
	shift 2
	"$@" >log 2>&1
	status=$?
	[ $status -eq "$wanted" ] || { cat log; die "ended with $status, not $wanted: $*"; }
	grep -q -- "$word" log || { cat log; die "did not say \"$word\": $*"; }
}

sql() {
	sqlite3 -batch -cmd ".timeout 5000" "${db:-app.db}" "$@"
}

# A revision in SQL: sql_revision ID DOWN, the sections from standard input.
sql_revision() {
	{
		printf -- '-- %s\n--\n-- Revision: %s\n-- Revises:%s\n\n' \
			"$1" "$1" "${2:+ $2}"
		cat
	} >"migrations/versions/$1.sql"
}

sound() {
	[ "$(sql 'PRAGMA integrity_check')" = ok ] || die "integrity_check: $(sql 'PRAGMA integrity_check')"
	[ -z "$(sql 'PRAGMA foreign_key_check')" ] || die "foreign_key_check"
}
