#ifndef RETORT_OP_PRINT_C_H
#define RETORT_OP_PRINT_C_H

#include "base/buf.h"
#include "op/op.h"
#include "schema/naming.h"

/*
 * Print as calls of <retort/revision.h>, one statement an operation, indented
 * by a tab: the body of upgrade() or downgrade() of a C revision. Compiled and
 * run, it records the same operations.
 */
retort_status ops_print_c(const struct ops *list, struct buf *out,
			  struct err *err);

/*
 * A whole models.c for the schema: `db inspect`. A name that `naming` would
 * give again is left out; with NULL every name is written.
 */
retort_status schema_print_c(const struct schema *s,
			     const struct naming *naming, struct buf *out,
			     struct err *err);

/* A C string literal with its quotes. */
void buf_add_c_string(struct buf *b, const char *s);

#endif
