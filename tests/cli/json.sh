. "$REPOSITORY/tests/cli/lib.inc"
project
run db --json current | mask
run db --json heads | mask
run db --json check
run db --json history | mask
run db --json status | mask
run db --json version
# one value whatever is asked for, and whatever else prints
run db --json revision -m two --rev-id bbbbbbbbbbbb | mask
run db --json ensure-version --sql
run db --json upgrade --sql | mask
run db --json stamp --sql head
run db --json create-all --sql
rm migrations/versions/bbbbbbbbbbbb_two.sql
cat >migrations/versions/cccccccccccc_c.c <<'C'
/*
 * prints
 *
 * Revision: cccccccccccc
 * Revises: aaaaaaaaaaaa
 * Created: 2026-01-01 00:00:00 UTC
 */
#include <retort/revision.h>
#include <stdio.h>

void upgrade(retort_op *op) { puts("from the revision"); (void)op; }
void downgrade(retort_op *op) { (void)op; }
C
run db --json upgrade
