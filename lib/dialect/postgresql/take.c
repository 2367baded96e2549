/* Texts of the models become those the server has for the same thing. */
#include <string.h>

#include "dialect/postgresql/normalize.h"

static bool take(struct suspects *s, const char **wanted, const char *got)
{
	*wanted = arena_strdup(s->wanted->mem,
			       move_back(s, s->wanted->mem, got));
	return *wanted || !got;
}

static bool take_parts(struct suspects *s, struct parts *wanted,
		       const struct parts *got)
{
	bool ok = true;

	for (size_t i = 0; ok && wanted->n == got->n && i < got->n; i++) {
		struct part *w = &wanted->v[i];
		const struct part *g = &got->v[i];

		w->descending = g->descending;
		w->nulls = g->nulls;
		ok = take(s, &w->column, g->column) &&
		     take(s, &w->expr, g->expr) &&
		     take(s, &w->collation, g->collation) &&
		     take(s, &w->opclass, g->opclass);
	}
	return ok;
}

static bool take_column(struct suspects *s, struct column *w,
			const struct column *g)
{
	return take(s, &w->type.text, g->type.text) &&
	       take(s, &w->default_sql, g->default_sql) &&
	       take(s, &w->generated_sql, g->generated_sql) &&
	       take(s, &w->collation, g->collation) &&
	       take(s, &w->identity_sql, g->identity_sql);
}

static bool take_constraint(struct suspects *s, struct constraint *w,
			    const struct constraint *g)
{
	if (w->kind != g->kind)
		return true;
	if (w->kind == CONSTRAINT_EXCLUDE)	/* its text says it all */
		w->deferrable = w->initially_deferred = false;
	return take(s, &w->check_sql, g->check_sql) &&
	       take(s, &w->exclude_sql, g->exclude_sql) &&
	       take(s, &w->with, g->with);
}

static bool take_index(struct suspects *s, struct index *w,
		       const struct index *g)
{
	return take_parts(s, &w->parts, &g->parts) &&
	       take(s, &w->where_sql, g->where_sql) &&
	       take(s, &w->method, g->method) && take(s, &w->with, g->with);
}

retort_status take_table(struct suspects *s, struct table *wanted,
			 const struct table *got)
{
	bool ok = !wanted->partition_bound || !got->partition_bound ||
		  take(s, &wanted->partition_bound, got->partition_bound);

	for (size_t i = 0; ok && i < wanted->columns.n; i++) {
		struct column *w = wanted->columns.v[i];
		const struct column *g = table_column(s->wanted, got, w->name);

		ok = !g || take_column(s, w, g);
	}
	for (size_t i = 0; ok && i < wanted->constraints.n; i++) {
		struct constraint *w = wanted->constraints.v[i];
		const struct constraint *g = table_constraint(s->wanted, got,
							      w->name);

		ok = !g || take_constraint(s, w, g);
	}
	for (size_t i = 0; ok && i < wanted->indexes.n; i++) {
		struct index *w = wanted->indexes.v[i];
		const struct index *g = table_index(s->wanted, got, w->name);

		ok = !g || take_index(s, w, g);
	}
	return ok ? RETORT_OK : err_nomem(s->err);
}

/* The schema goes back into the statement's name. */
static const char *with_schema(struct suspects *s, const struct object *o,
			       const char *sql)
{
	struct buf b = { .mem = s->wanted->mem };
	size_t start, n;

	if (!o->schema || !sql || !statement_name(sql, &start, &n) ||
	    memchr(sql + start, '.', n))
		return sql;
	buf_addn(&b, sql, start);
	pg_ddl_name(&b, o->schema);
	buf_addf(&b, ".%s", sql + start);
	return buf_text(&b);
}

static const char *without_no_data(struct arena *mem, const char *sql)
{
	static const char end[] = " WITH NO DATA";
	size_t n = sql ? strlen(sql) : 0, m = sizeof(end) - 1;

	return n > m && !strcmp(sql + n - m, end)
		? arena_strndup(mem, sql, n - m) : sql;
}

static bool said_no_data(const struct object *o)
{
	return o->create_sql && strstr(o->create_sql, "NO DATA");
}

static bool copy_back(struct suspects *s, struct object *copy)
{
	bool ok = true;

	for (size_t i = 0; ok && i < copy->needs.n; i++)
		ok = take(s, &copy->needs.v[i], copy->needs.v[i]);
	return ok && take(s, &copy->name, copy->name) &&
	       take(s, &copy->drop_sql, copy->drop_sql) &&
	       take(s, &copy->create_sql, copy->create_sql);
}

/* The same for "DROP word name"; of a trigger that is the table's. */
static const char *drop_with_schema(struct suspects *s,
				    const struct object *o, const char *sql)
{
	const char *word = pg_object_word(o);
	struct buf b = { .mem = s->wanted->mem };
	size_t n = word ? strlen("DROP ") + strlen(word) + 1 : 0;
	const char *schema = o->schema ? pg_quote_name(b.mem, o->schema) : "";
	size_t m = schema ? strlen(schema) : 0;

	if (!schema)
		return NULL;
	if (!m || o->table || !sql || !word || strlen(sql) < n ||
	    (!strncmp(sql + n, schema, m) && sql[n + m] == '.'))
		return sql;
	buf_addn(&b, sql, n);
	buf_addf(&b, "%s.%s", schema, sql + n);
	return buf_text(&b);
}

retort_status take_object(struct suspects *s, struct object *wanted,
			  const struct object *got)
{
	struct object *copy = object_copy(s->wanted->mem, got);
	bool no_data = said_no_data(wanted);

	if (!copy || !copy_back(s, copy))
		return err_nomem(s->err);
	wanted->word = copy->word;
	wanted->name = copy->name;
	if (!wanted->needs.n)
		wanted->needs = copy->needs;
	if (!wanted->drop_sql ||
	    (wanted->kind == OBJECT_OTHER && !wanted->table))
		wanted->drop_sql = drop_with_schema(s, wanted,
						    copy->drop_sql);
	if (copy->drop_sql && !wanted->drop_sql)
		return err_nomem(s->err);
	if (wanted->kind == OBJECT_ENUM)
		return RETORT_OK;
	wanted->create_sql = with_schema(s, wanted, no_data ? copy->create_sql
		: without_no_data(s->wanted->mem, copy->create_sql));
	return wanted->create_sql ? RETORT_OK : err_nomem(s->err);
}
