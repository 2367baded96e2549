/* Renames, as the database carries them through the rest of a schema. */
#ifndef RETORT_OP_RENAME_H
#define RETORT_OP_RENAME_H

#include "schema/schema.h"

/* False when out of memory. The names are copied. */
bool rename_table(struct schema *s, struct table *t, const char *to);
bool rename_column(struct schema *s, struct table *t, struct column *c,
		   const char *to);

#endif
