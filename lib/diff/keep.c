/*
 * Models have no words for everything that a database has. What they do not
 * say of a thing that stays is left as it is, and a note tells.
 */
#include <string.h>

#include "diff/differ.h"
#include "op/mention.h"

static retort_status note(struct differ *d, const struct table *t,
			  const char *what, const char *value)
{
	const char *text = arena_printf(d->mem,
		"table \"%s\": models cannot express %s%s%s; kept", t->name,
		what, value ? " " : "", value ? value : "");

	return text && vec_push(d->mem, &d->out->notes, text)
		? RETORT_OK : err_nomem(d->err);
}

static retort_status keep_text(struct differ *d, const struct table *t,
			       const char *what, const char *live,
			       const char **wanted)
{
	if (!live || *wanted)
		return RETORT_OK;
	if (!differ_adopt(d, wanted, live))
		return err_nomem(d->err);
	return note(d, t, what, live);
}

retort_status differ_keep_storage(struct differ *d, const struct table *live,
				  struct table *wanted)
{
	struct table *copy;

	TRY(keep_text(d, live, "storage parameters", live->with,
		      &wanted->with));
	TRY(keep_text(d, live, "tablespace", live->tablespace,
		      &wanted->tablespace));
	TRY(keep_text(d, live, "partitioning by", live->partition_by,
		      &wanted->partition_by));
	TRY(keep_text(d, live, "being a partition of", live->partition_of,
		      &wanted->partition_of));
	if (!wanted->partition_bound &&
	    !differ_adopt(d, &wanted->partition_bound, live->partition_bound))
		return err_nomem(d->err);
	if (live->unlogged && !wanted->unlogged) {
		wanted->unlogged = true;
		TRY(note(d, live, "UNLOGGED", NULL));
	}
	if (!live->inherits.n || wanted->inherits.n)
		return RETORT_OK;
	copy = table_copy(d->wanted->mem, live);
	if (!copy)
		return err_nomem(d->err);
	wanted->inherits = copy->inherits;
	return note(d, live, "inheritance from", live->inherits.v[0]);
}

#define OF_SEQUENCE " on sequence of "

static bool counts(const struct column *c)
{
	return c->identity || c->serial || c->autoincrement;
}

/*
 * Is the facet about a column that is there no more, or about the sequence of
 * one that counts no more?
 */
static bool is_moot(const struct differ *d, const struct pair *p,
		    const struct facet *f)
{
	for (size_t i = 0; i < p->work->columns.n; i++) {
		const char *name = p->work->columns.v[i]->name;
		size_t n = strlen(name), m = strlen(f->key);

		const struct column *c;

		if (m <= n || f->key[m - n - 1] != ' ' ||
		    strcmp(f->key + m - n, name) != 0)
			continue;
		c = table_column(d->work, p->wanted, name);
		if (!c || (strstr(f->key, OF_SEQUENCE) && !counts(c)))
			return true;
	}
	return false;
}

static bool has_facet(const struct facets *list, const char *key)
{
	for (size_t i = 0; i < list->n; i++)
		if (text_same(list->v[i].key, key))
			return true;
	return false;
}

static retort_status keep_facet(struct differ *d, struct facets *to,
				const struct facet *f)
{
	struct facet copy = {0};

	if (has_facet(to, f->key))
		return RETORT_OK;
	if (!differ_adopt(d, &copy.key, f->key) ||
	    !differ_adopt(d, &copy.set_sql, f->set_sql) ||
	    !differ_adopt(d, &copy.reset_sql, f->reset_sql) ||
	    !vec_push(d->wanted->mem, to, copy))
		return err_nomem(d->err);
	return RETORT_OK;
}

retort_status differ_keep_facets(struct differ *d, const struct pair *p)
{
	const struct facets *live = &p->work->facets;

	for (size_t i = 0; i < live->n; i++)
		if (!is_moot(d, p, &live->v[i]))
			TRY(keep_facet(d, &p->wanted->facets, &live->v[i]));
	return RETORT_OK;
}

const char *object_key(struct arena *mem, const struct object *o)
{
	bool of_table = o->kind == OBJECT_TRIGGER || o->kind == OBJECT_OTHER;

	return arena_printf(mem, "%d\n%s\n%s\n%s", (int)o->kind,
			    o->schema ? o->schema : "",
			    of_table && o->table ? o->table : "", o->name);
}

/* Has a table that it needs the column for good? Then it may mean that one. */
static bool finds_another(const struct differ *d, const struct object *o,
			  const char *column)
{
	for (size_t i = 0; i < o->needs.n; i++) {
		const struct table *t = strncmp(o->needs.v[i], "TABLE ", 6)
			? NULL : schema_table_called(d->wanted,
						     o->needs.v[i] + 6);

		if (t && table_column(d->wanted, t, column))
			return true;
	}
	return false;
}

/* Does it name a column of the table that goes? */
static bool misses_column(const struct differ *d, const struct object *o,
			  const struct table *work)
{
	const struct table *t = work ? schema_table(d->wanted, work->schema,
						    work->name) : NULL;

	for (size_t i = 0; t && i < work->columns.n; i++) {
		const char *name = work->columns.v[i]->name;

		if (!table_column(d->wanted, t, name) &&
		    sql_mentions(o->create_sql, name) &&
		    !finds_another(d, o, name))
			return true;
	}
	return false;
}

/*
 * Does all that it needs stay? Tables by their name and their columns, the rest
 * by its key.
 */
static bool can_stay(const struct differ *d, const struct object *o,
		     const struct map *going)
{
	if (o->table && !schema_table(d->wanted, o->schema, o->table) &&
	    !schema_object(d->wanted, OBJECT_VIEW, o->schema, o->table))
		return false;
	for (size_t i = 0; i < o->needs.n; i++) {
		const char *need = o->needs.v[i];

		if (map_get(going, need))
			return false;
		if (strncmp(need, "TABLE ", 6))
			continue;
		if (!schema_table_called(d->wanted, need + 6) ||
		    misses_column(d, o, schema_table_called(d->work, need + 6)))
			return false;
	}
	return !o->table || !misses_column(d, o, schema_table(d->work,
							      o->schema,
							      o->table));
}

/* An enum that a live column is of can be said in models. */
static bool is_said(const struct differ *d, const struct object *o)
{
	const char *key = o->drop_sql ? o->drop_sql + strlen("DROP ") : NULL;

	if (o->kind != OBJECT_ENUM)
		return o->kind != OBJECT_OTHER;
	for (size_t i = 0; key && i < d->work->tables.n; i++)
		if (strings_has(&d->work->tables.v[i]->needs, key))
			return true;
	return false;
}

static retort_status keep_object(struct differ *d, const struct object *o)
{
	struct object *copy = object_copy(d->wanted->mem, o);
	const char *text = arena_printf(d->mem,
		"\"%s\" is in the database and not in the models; kept",
		o->name);

	if (!copy || !text || !vec_push(d->mem, &d->out->notes, text) ||
	    !vec_push(d->wanted->mem, &d->wanted->objects, copy))
		return err_nomem(d->err);
	return RETORT_OK;
}

static retort_status index_wanted(struct differ *d, struct map *wanted)
{
	for (size_t i = 0; i < d->wanted->objects.n; i++) {
		struct object *o = d->wanted->objects.v[i];
		const char *key = object_key(d->tmp, o);

		if (!key || !map_put(wanted, key, o))
			return err_nomem(d->err);
	}
	return RETORT_OK;
}

static retort_status keep_facets_of(struct differ *d, const struct object *live,
				    struct object *wanted)
{
	static const char column[] = "comment column ";

	for (size_t i = 0; i < live->facets.n; i++) {
		const struct facet *f = &live->facets.v[i];

		if (!strncmp(f->key, column, sizeof(column) - 1) &&
		    !sql_mentions(wanted->create_sql,
				  f->key + sizeof(column) - 1))
			continue;
		TRY(keep_facet(d, &wanted->facets, f));
	}
	return RETORT_OK;
}

/* The live list is in order of creation: what is needed comes first. */
retort_status differ_keep_objects(struct differ *d)
{
	struct map wanted = { .mem = d->tmp }, going = { .mem = d->tmp };

	if (!d->wanted->says_little)
		return RETORT_OK;
	TRY(index_wanted(d, &wanted));
	for (size_t i = 0; i < d->work->objects.n; i++) {
		struct object *o = d->work->objects.v[i];
		const char *key = object_key(d->tmp, o);
		struct object *w = key ? map_get(&wanted, key) : NULL;

		if (!key)
			return err_nomem(d->err);
		if (w)
			TRY(keep_facets_of(d, o, w));
		else if (!is_said(d, o) && can_stay(d, o, &going))
			TRY(keep_object(d, o));
		else if (o->drop_sql &&
			 !map_put(&going, o->drop_sql + strlen("DROP "), o))
			return err_nomem(d->err);
	}
	return RETORT_OK;
}
