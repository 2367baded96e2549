/* The sequence of a SERIAL column where it is not as the server makes it. */
#include <string.h>

#include "dialect/postgresql/compile.h"

/* "AS integer" at the beginning says another type than the column's. */
static bool says_type(const char *options)
{
	return options && !strncmp(options, "AS ", 3);
}

void pg_ddl_alter_serial(struct buf *b, const struct table *t,
			 const struct column *c, const char *options)
{
	const char *name = pg_serial_name(b->mem, t->name, c->name);

	buf_add(b, "ALTER SEQUENCE ");
	if (name)
		pg_ddl_qualified(b, t->schema, name);
	b->failed |= !name;
	if (!says_type(options))
		buf_addf(b, " AS %s", c->type.text);
	if (*options)
		buf_addf(b, " %s", options);
}

static retort_status alter(struct pg_compiler *k, const struct table *t,
			   const struct column *c, const char *options)
{
	struct buf b = { .mem = k->mem };

	pg_ddl_alter_serial(&b, t, c, options);
	return pg_emit(k, &b);
}

retort_status pg_make_serial(struct pg_compiler *k, const struct table *t,
			     const struct column *c)
{
	const char *options = c->identity_sql;

	if (!c->serial || !options)
		return RETORT_OK;
	if (strstr(options, "START WITH"))
		options = arena_printf(k->mem, "%s RESTART", options);
	return options ? alter(k, t, c, options) : err_nomem(k->err);
}

/* Options that are said no more go back to what they are without. */
retort_status pg_change_serial(struct pg_compiler *k, const struct table *t,
			       const struct column *old,
			       const struct column *now)
{
	bool plain = !old->identity_sql || (says_type(old->identity_sql) &&
					    !strchr(old->identity_sql + 3, ' '));

	if (type_same(&old->type, &now->type) &&
	    text_same(old->identity_sql, now->identity_sql))
		return RETORT_OK;
	if (!plain)
		TRY(alter(k, t, now, "INCREMENT BY 1 NO MINVALUE NO MAXVALUE "
			  "START WITH 1 CACHE 1 NO CYCLE"));
	return alter(k, t, now, now->identity_sql ? now->identity_sql : "");
}
