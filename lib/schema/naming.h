/* Names that constraints and indexes get by a convention. */
#ifndef RETORT_SCHEMA_NAMING_H
#define RETORT_SCHEMA_NAMING_H

#include "base/vec.h"

/* Patterns such as "ix_%(table)s_%(columns)s"; NULL: the default. */
struct naming {
	const char *ix, *uq, *ck, *fk, *pk;
};

/* Every pattern; the default for each that is NULL. `n` may be NULL. */
struct naming naming_complete(const struct naming *n);

/*
 * A name by the convention; `columns` are joined with "_". `columns`,
 * `ref_table` and `hint` (for "%(name)s") may be NULL.
 */
char *naming_apply(struct arena *mem, const char *pattern, const char *table,
		   const struct strings *columns, const char *ref_table,
		   const char *hint);

#endif
