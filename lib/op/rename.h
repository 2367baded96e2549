/* Renames, as the database carries them through the rest of a schema. */
#ifndef RETORT_OP_RENAME_H
#define RETORT_OP_RENAME_H

#include "schema/schema.h"

/* False when out of memory. The names are copied. */
bool rename_table(struct schema *s, struct table *t, const char *to);
bool rename_column(struct schema *s, struct table *t, struct column *c,
		   const char *to);
/* A label of an enum, also where texts compare with it. */
bool rename_label(struct schema *s, struct object *type, size_t at,
		  const char *to);
/* It gets the name and the statements of `as`; what names it, too. */
bool rename_object(struct schema *s, struct object *o,
		   const struct object *as);

#endif
