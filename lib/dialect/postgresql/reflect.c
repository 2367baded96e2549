#include "dialect/postgresql/pg.h"

retort_status pg_reflect(struct conn *c, const struct reflect_options *o,
			 struct arena *mem, struct schema **out,
			 struct err *err)
{
	struct schema *s = schema_new(mem, false);

	(void)c, (void)o;
	if (!s)
		return err_nomem(err);
	*out = s;
	return RETORT_OK;
}
