/* `exclude` and `include` of the configuration. */
#ifndef RETORT_DIALECT_FILTER_H
#define RETORT_DIALECT_FILTER_H

#include "dialect/dialect.h"

/* Is a table or view of this name left out? `o` may be NULL. */
bool filter_excludes(const struct reflect_options *o, const char *name);

/*
 * Make `wanted` silent about what is excluded ("name", or "table.member" for a
 * column, index or trigger; the latter two also by name): tables and views are
 * taken out; columns, indexes and triggers are as they are in `live`, with the
 * constraints and indexes that need an excluded column. So a change to the
 * rest of a table never drops them. With `live` NULL only the tables and views
 * are taken out.
 */
retort_status filter_wanted(const struct reflect_options *o,
			    const struct schema *live, struct schema *wanted,
			    struct err *err);

#endif
