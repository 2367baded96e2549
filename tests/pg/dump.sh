#!/bin/sh
# What pg_dump says of a database's schema, so that two can be compared: one
# statement a line, sorted, without what says only how it was written.
#
#   dump.sh DATABASE         the server is that of PGHOST, PGPORT, PGUSER
#
# Left out: tables of Retort itself, SET, owners, and the order of columns in a
# table, which is no difference (its parts are sorted too).
set -eu
[ $# = 1 ] || { sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 2; }
"${PG_DUMP:-pg_dump}" --schema-only --no-owner \
	--exclude-table='*.db_version' --exclude-table='*.db_version_log' \
	--exclude-table='*.db_version_log_*' "$1" |
awk '
# A table: its lines but for the first and the last, sorted.
function table(    i, j, t) {
	for (i = 2; i <= n; i++) {
		t = part[i]
		for (j = i - 1; j > 1 && part[j] > t; j--)
			part[j + 1] = part[j]
		part[j + 1] = t
	}
	t = part[1]
	for (i = 2; i <= n; i++)
		t = t " " part[i]
	print t " " last
	inside = 0
}
function quotes(s,    t) { t = s; return gsub(/\$[A-Za-z_]*\$/, "", t) }
# a line of a comment of pg_dump, or a setting
!body && !text && /^(--|SET |SELECT pg_catalog.set_config|\\(un)?restrict)/ { next }
!body && !text && /^$/ { next }
!text && /^CREATE (UNLOGGED )?TABLE .*\($/ { inside = 1; n = 0 }
inside && /^\)/ { last = $0; table(); next }
inside { sub(/^ +/, ""); sub(/,$/, ""); part[++n] = $0; next }
{
	text = text (text == "" ? "" : "\\n") $0
	if (quotes($0) % 2)
		body = !body
	if (!body && /;$/) {
		print text
		text = ""
	}
}
END { if (text != "") print text }' | LC_ALL=C sort
