#include "api/inspect.h"

#include <string.h>

#include "api/autogen.h"
#include "base/near.h"
#include "op/print_c.h"

static bool named(const struct schema *s, const char *const *names, size_t n,
		  const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (name_same(s, names[i], name))
			return true;
	return false;
}

static retort_status no_table(retort *db, const struct schema *s,
			      const char *name)
{
	struct near n = near_start(name);

	for (size_t i = 0; i < s->tables.n; i++)
		near_try(&n, s->tables.v[i]->name);
	for (size_t i = 0; i < s->objects.n; i++)
		if (s->objects.v[i]->kind == OBJECT_VIEW)
			near_try(&n, s->objects.v[i]->name);
	err_set(&db->err, RETORT_E_NOTFOUND,
		"could not find table \"%s\" in the database", name);
	if (n.best)
		err_hint(&db->err, "Did you mean \"%s\"?", n.best);
	else
		err_hint(&db->err, "\"db inspect\" without --table prints all "
			 "there are.");
	return RETORT_E_NOTFOUND;
}

/* Keep what is named and the triggers on it. */
static retort_status keep(retort *db, struct schema *s,
			  const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!schema_table(s, NULL, names[i]) &&
		    !schema_object(s, OBJECT_VIEW, NULL, names[i]))
			return no_table(db, s, names[i]);
	for (size_t i = s->tables.n; i-- > 0; )
		if (!named(s, names, n, s->tables.v[i]->name))
			vec_remove(&s->tables, i);
	for (size_t i = s->objects.n; i-- > 0; ) {
		const struct object *x = s->objects.v[i];

		if (!named(s, names, n, x->name) &&
		    !(x->table && named(s, names, n, x->table)))
			vec_remove(&s->objects, i);
	}
	return RETORT_OK;
}

static retort_status as_sql(retort *db, struct schema *s, struct arena *mem,
			    struct buf *out)
{
	struct schema *empty = schema_new(mem, s->fold_case);
	struct script script = {0};
	struct diff all = {0};

	if (!empty)
		return err_nomem(&db->err);
	TRY(diff_schemas(db->conn->ops, db->conn, empty, s, NULL, mem, &all,
			 &db->err));
	TRY(db->conn->ops->compile(empty, &all.up, mem, &script, &db->err));
	return script_text_alone(&script, out, &db->err);
}

static retort_status no_schemas(retort *db)
{
	err_set(&db->err, RETORT_E_USAGE, "a database of %s has no schemas",
		db->conn->ops->name);
	err_hint(&db->err, "Leave --schema out.");
	return RETORT_E_USAGE;
}

static retort_status inspect(retort *db, const char *format,
			     const char *const *tables, size_t n_tables,
			     const char **text)
{
	SCRATCH(mem);
	struct buf b = { .mem = &db->results };
	struct schema *s;
	char *json;

	TRY(session_connect_existing(db));
	if (db->o.schemas && !(db->conn->ops->caps & CAP_SCHEMAS))
		return no_schemas(db);
	TRY(db->conn->ops->reflect(db->conn, &db->reflect, &mem, &s,
				   &db->err));
	if (n_tables)
		TRY(keep(db, s, tables, n_tables));
	if (!strcmp(format, "json")) {
		TRY(schema_json(s, &db->results, &json, &db->err));
		*text = json;
		return RETORT_OK;
	}
	if (!strcmp(format, "sql"))
		TRY(as_sql(db, s, &mem, &b));
	else
		TRY(schema_print_c(s, &db->config.naming, &b, &db->err));
	if (!buf_text(&b))
		return err_nomem(&db->err);
	*text = b.s;
	return RETORT_OK;
}

retort_status retort_inspect(retort *db, const char *format,
			     const char *const *tables, size_t n_tables,
			     const char **text)
{
	TRY(session_begin(db));
	if (!format)
		format = "c";
	if (strcmp(format, "c") && strcmp(format, "sql") &&
	    strcmp(format, "json")) {
		err_set(&db->err, RETORT_E_USAGE, "unknown format \"%s\"",
			format);
		err_hint(&db->err, "It is \"c\", \"sql\" or \"json\".");
		return RETORT_E_USAGE;
	}
	return session_end(db, inspect(db, format, tables, n_tables, text));
}
