/* `exclude` and `include` of the configuration. */
#ifndef RETORT_DIALECT_FILTER_H
#define RETORT_DIALECT_FILTER_H

#include "dialect/dialect.h"

/* Is a table or view of this name left out? `o` may be NULL. */
bool filter_excludes(const struct reflect_options *o, const char *name);

/*
 * Is the column, index or trigger `member` of `table` not to be compared?
 * A pattern says "table.member"; an index or trigger may also be named alone.
 */
bool filter_excludes_member(const struct reflect_options *o,
			    const char *table, const char *member);

/*
 * Make `wanted` silent about what is excluded: tables and views are taken
 * out; columns, indexes and triggers are as they are in `live`, with the
 * constraints and indexes that need an excluded column. So a change to the
 * rest of a table never drops them. With `live` NULL only the tables and views
 * are taken out.
 */
retort_status filter_wanted(const struct reflect_options *o,
			    const struct schema *live, struct schema *wanted,
			    struct err *err);

#endif
