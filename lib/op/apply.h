/* What the files of op_apply() share. */
#ifndef RETORT_OP_APPLY_H
#define RETORT_OP_APPLY_H

#include "op/op.h"

extern const char *const apply_object_names[];	/* [object_kind] */

/* Nothing a table or view could clash with. */
retort_status apply_no_relation(const struct schema *s, const char *schema,
				const char *name, struct err *err);
void apply_drop_triggers(struct schema *s, const char *schema,
			 const char *name);

retort_status apply_create_object(struct schema *s, const struct op *op,
				  struct err *err);
retort_status apply_drop_object(struct schema *s, const struct op *op,
				struct err *err);
retort_status apply_alter_object(struct schema *s, const struct op *op,
				 struct err *err);

#endif
