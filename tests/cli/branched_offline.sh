# --sql of a history with branches, run by the database's own shell, leaves
# what the runner leaves; C revisions too.
. "$REPOSITORY/tests/cli/lib.inc"
bare
table() {	# ID PARENTS [LABEL [NEEDS]]
	printf -- '-- %s\n--\n-- Revision: %s\n-- Revises: %s\n-- Branch-labels: %s\n-- Depends-on: %s\n\n-- upgrade\nCREATE TABLE t_%s (id INTEGER PRIMARY KEY, v TEXT DEFAULT '"';'"');\n\n-- downgrade\nDROP TABLE t_%s;\n' \
		"$1" "$1" "$2" "$3" "$4" "$1" "$1" >"migrations/versions/$1.sql"
}
table a1; table b1 a1 left; table c1 a1 right; table b2 b1; table c2 c1 '' b1
table other '' apart; table d1 'b2, c2'; table e1 d1; table e2 d1
cat >migrations/versions/f1.c <<'C'
/*
 * in C
 *
 * Revision: f1
 * Revises: e1
 * Created: 2026-01-01 00:00:00 UTC
 */
#include <retort/revision.h>

void upgrade(retort_op *op)
{
	retort_create_table(op, "t_f1", COLUMNS(COLUMN("id", INTEGER, PRIMARY_KEY)));
}

void downgrade(retort_op *op)
{
	retort_drop_table(op, "t_f1");
}
C
state() { sqlite3 "$1" "SELECT version_num FROM db_version ORDER BY 1; SELECT name || ' ' || coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE '%_log' AND name NOT LIKE 'sqlite_%' ORDER BY 1"; }
same() {	# FROM TO: both ways, offline and by the runner
	rm -f live.db off.db
	db -q --url sqlite:live.db ensure-version
	[ "$1" = base ] || db -q --url sqlite:live.db upgrade "$1"
	cp live.db off.db
	db --url sqlite:off.db upgrade "$1:$2" --sql | sqlite3 -bail off.db || echo 'not run'
	db -q --url sqlite:live.db upgrade "$2"
	state live.db >a; state off.db >b
	cmp a b && echo "up $1:$2 $(db --url sqlite:off.db current | tr '\n' ' ')"
	[ "$3" ] || return 0
	db --url sqlite:off.db downgrade "$2:$3" --sql | sqlite3 -bail off.db || echo 'not run'
	db -q --url sqlite:live.db downgrade "$3"
	state live.db >a; state off.db >b
	cmp a b && echo "down $2:$3 $(db --url sqlite:off.db current | tr '\n' ' ')"
}
same base heads base
same base left@b2 a1
same a1 d1 b1
same d1 heads
same c2 f1 d1
same base apart@head base
same base heads a1
echo '== the statements of the version table'
run db upgrade a1:d1 --sql
run db downgrade d1:b1 --sql
run db stamp --sql b2 c2
run db stamp --sql b2:d1
run db stamp --sql d1:b2 d1:c2
run db stamp --sql :a1
run db stamp --sql heads:
run db stamp --sql b2:d1 c2:f1
run db stamp --sql b2:nosuch
moved() {	# FROM TO...: a stamp by its SQL, and by the runner
	rm -f live.db off.db; from=$1; shift
	db -q --url sqlite:live.db ensure-version
	[ "$from" = base ] || db -q --url sqlite:live.db upgrade "$from"
	cp live.db off.db
	for to do set -- "$@" "$from:$to"; shift; done
	db --url sqlite:off.db stamp --sql "$@" | sqlite3 -bail off.db || echo 'not run'
	for to do set -- "$@" "${to#*:}"; shift; done
	db -q --url sqlite:live.db stamp "$@"
	state live.db >a; state off.db >b
	cmp a b && echo "stamp $from: $* $(db --url sqlite:off.db current | tr '\n' ' ')"
}
moved base heads
moved heads a1
moved d1 b2 c2
moved heads base
moved b1 d1
echo '== the wrong way round, and what is not there'
run db upgrade d1:a1 --sql
run db downgrade a1:d1 --sql
run db upgrade a1:a1 --sql
run db upgrade nosuch:head --sql
run db upgrade a1:+1 --sql
run db downgrade heads:base --sql >/dev/null
