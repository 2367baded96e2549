# A C revision on a STRICT table, and unnamed CHECKs that name their table.
. "$REPOSITORY/tests/cli/lib.inc"
models <<'C'
MODEL(T, .strict = true, COLUMNS(COLUMN("id", INTEGER, PRIMARY_KEY), COLUMN("q", INTEGER)));
MODEL(U, .unnamed = true, COLUMNS(COLUMN("id", INTEGER, PRIMARY_KEY), COLUMN("q", INTEGER), COLUMN("r", INTEGER)));
C
db -q init --models models.c --url sqlite:app.db >/dev/null
db -q migrate -m one --rev-id aaaaaaaaaaaa >/dev/null
cat >migrations/versions/bbbbbbbbbbbb_two.c <<'C'
/*
 * two
 *
 * Revision: bbbbbbbbbbbb
 * Revises: aaaaaaaaaaaa
 */
#include <retort/revision.h>

void upgrade(retort_op *op)
{
	retort_add_column(op, "t", COLUMN("r", VARCHAR(20)));
	retort_add_column(op, "t", COLUMN("d", TIMESTAMP));
	retort_add_column(op, "t", COLUMN("e", ENUM("en", "a", "b")));
	retort_alter_column(op, "t", "q", .type = BIGINT);
	retort_batch_begin(op, "u");
	retort_alter_column(op, "u", "q", .type = BIGINT);
	retort_create_check(op, "u", "\"U\".r > 0 AND u.q > [U].id", .name = "");
	retort_batch_end(op);
}

void downgrade(retort_op *op)
{
	retort_drop_unnamed(op, "u", CHECK("\"U\".r > 0 AND u.q > [U].id"));
	retort_drop_column(op, "t", "e");
	retort_drop_column(op, "t", "d");
	retort_drop_column(op, "t", "r");
}
C
run db upgrade
run sqlite3 app.db .schema\ t .schema\ u
run db downgrade
run sqlite3 app.db .schema\ t .schema\ u
# what STRICT has nothing for
sed -i 's/TIMESTAMP/NUMERIC(8, 2)/' migrations/versions/bbbbbbbbbbbb_two.c
run db upgrade
