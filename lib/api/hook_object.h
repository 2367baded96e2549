/* Parts of a schema as hooks see them. */
#ifndef RETORT_API_HOOK_OBJECT_H
#define RETORT_API_HOOK_OBJECT_H

#include "model/hooks.h"
#include "schema/schema.h"

/* False when out of memory. Texts are those of the schema. */
bool hook_of_table(struct arena *mem, const struct table *t,
		   retort_hook_object *out);
bool hook_of_column(struct arena *mem, const struct table *t,
		    const struct column *c, retort_hook_object *out);
bool hook_of_constraint(struct arena *mem, const struct table *t,
			const struct constraint *k, retort_hook_object *out);
bool hook_of_index(struct arena *mem, const struct table *t,
		   const struct index *x, retort_hook_object *out);
bool hook_of_object(const struct object *o, retort_hook_object *out);

/* "unique_constraint" */
const char *hook_kind_word(retort_hook_kind kind);

/* "column \"user.age\"", for messages; in `mem`, or "". */
const char *hook_called(struct arena *mem, const retort_hook_object *o);

#endif
