/* Names that constraints and indexes get by a convention. */
#ifndef RETORT_SCHEMA_NAMING_H
#define RETORT_SCHEMA_NAMING_H

#include "schema/schema.h"

/* Patterns such as "ix_%(table)s_%(columns)s"; NULL: the default. */
struct naming {
	const char *ix, *uq, *ck, *fk, *pk;
};

/* Every pattern; the default for each that is NULL. `n` may be NULL. */
struct naming naming_complete(const struct naming *n);

/* The pattern for a constraint of that kind. */
const char *naming_pattern(const struct naming *n, enum constraint_kind kind);

/*
 * A name by the convention; `columns` are joined with "_". `columns`,
 * `ref_table` and `hint` (for "%(name)s") may be NULL.
 */
char *naming_apply(struct arena *mem, const char *pattern, const char *table,
		   const struct strings *columns, const char *ref_table,
		   const char *hint);

#endif
