#include "schema/schema.h"

#include <string.h>

/*
 * Every copy starts as a bitwise one and then gets its own strings. A failed
 * allocation is kept in `ok` and looked at once, at the end.
 */
struct copier {
	struct arena *mem;
	bool ok;
};

static void text(struct copier *c, const char **s)
{
	if (!*s)
		return;
	*s = arena_strdup(c->mem, *s);
	c->ok = c->ok && *s;
}

/* A vector of `n` items of `size` bytes in memory of its own. */
static void array(struct copier *c, void **v, size_t n, size_t *cap,
		  size_t size)
{
	void *p;

	*cap = n;
	if (!n) {
		*v = NULL;
		return;
	}
	p = arena_calloc(c->mem, n, size);
	if (p)
		memcpy(p, *v, n * size);
	c->ok = c->ok && p;
	*v = p;
}

#define own_array(c, vec) \
	array((c), (void **)&(vec)->v, (vec)->n, &(vec)->cap, sizeof(*(vec)->v))

static void *whole(struct copier *c, const void *from, size_t size)
{
	void *p = arena_alloc(c->mem, size);

	if (p)
		memcpy(p, from, size);
	c->ok = c->ok && p;
	return p;
}

static void strings(struct copier *c, struct strings *s)
{
	own_array(c, s);
	for (size_t i = 0; c->ok && i < s->n; i++)
		text(c, &s->v[i]);
}

static void type(struct copier *c, struct type *t)
{
	struct type *element;

	text(c, &t->name);
	text(c, &t->text);
	strings(c, &t->labels);
	if (!t->element)
		return;
	element = whole(c, t->element, sizeof(*element));
	if (element)
		type(c, element);
	t->element = element;
}

static void parts(struct copier *c, struct parts *list)
{
	own_array(c, list);
	for (size_t i = 0; c->ok && i < list->n; i++) {
		text(c, &list->v[i].column);
		text(c, &list->v[i].expr);
		text(c, &list->v[i].collation);
		text(c, &list->v[i].opclass);
	}
}

static void facets(struct copier *c, struct facets *list)
{
	own_array(c, list);
	for (size_t i = 0; c->ok && i < list->n; i++) {
		text(c, &list->v[i].key);
		text(c, &list->v[i].set_sql);
		text(c, &list->v[i].reset_sql);
	}
}

static struct column *column(struct copier *c, const struct column *from)
{
	struct column *to = whole(c, from, sizeof(*to));

	if (!to)
		return NULL;
	text(c, &to->name);
	text(c, &to->was);
	type(c, &to->type);
	text(c, &to->not_null_name);
	text(c, &to->default_sql);
	text(c, &to->collation);
	text(c, &to->generated_sql);
	text(c, &to->identity_sql);
	text(c, &to->serial);
	text(c, &to->comment);
	return to;
}

static struct constraint *constraint(struct copier *c,
				     const struct constraint *from)
{
	struct constraint *to = whole(c, from, sizeof(*to));

	if (!to)
		return NULL;
	text(c, &to->name);
	parts(c, &to->parts);
	text(c, &to->check_sql);
	text(c, &to->ref_schema);
	text(c, &to->ref_table);
	strings(c, &to->ref_columns);
	strings(c, &to->set_columns);
	text(c, &to->match);
	text(c, &to->exclude_sql);
	strings(c, &to->include);
	text(c, &to->with);
	text(c, &to->tablespace);
	text(c, &to->comment);
	return to;
}

static struct index *index_(struct copier *c, const struct index *from)
{
	struct index *to = whole(c, from, sizeof(*to));

	if (!to)
		return NULL;
	text(c, &to->name);
	parts(c, &to->parts);
	text(c, &to->where_sql);
	text(c, &to->method);
	strings(c, &to->include);
	text(c, &to->with);
	text(c, &to->tablespace);
	text(c, &to->comment);
	return to;
}

static struct table *table(struct copier *c, const struct table *from)
{
	struct table *to = whole(c, from, sizeof(*to));

	if (!to)
		return NULL;
	text(c, &to->schema);
	text(c, &to->name);
	text(c, &to->was);
	text(c, &to->comment);
	text(c, &to->suffix_sql);
	strings(c, &to->inherits);
	text(c, &to->partition_by);
	text(c, &to->partition_of);
	text(c, &to->partition_bound);
	text(c, &to->with);
	text(c, &to->tablespace);
	facets(c, &to->facets);
	strings(c, &to->needs);
	text(c, &to->source);
	own_array(c, &to->columns);
	own_array(c, &to->constraints);
	own_array(c, &to->indexes);
	for (size_t i = 0; c->ok && i < to->columns.n; i++)
		to->columns.v[i] = column(c, to->columns.v[i]);
	for (size_t i = 0; c->ok && i < to->constraints.n; i++)
		to->constraints.v[i] = constraint(c, to->constraints.v[i]);
	for (size_t i = 0; c->ok && i < to->indexes.n; i++)
		to->indexes.v[i] = index_(c, to->indexes.v[i]);
	return to;
}

static struct object *object(struct copier *c, const struct object *from)
{
	struct object *to = whole(c, from, sizeof(*to));

	if (!to)
		return NULL;
	text(c, &to->schema);
	text(c, &to->name);
	text(c, &to->table);
	text(c, &to->was);
	text(c, &to->word);
	text(c, &to->create_sql);
	text(c, &to->drop_sql);
	strings(c, &to->labels);
	strings(c, &to->renamed);
	facets(c, &to->facets);
	strings(c, &to->needs);
	text(c, &to->source);
	return to;
}

struct schema *schema_copy(struct arena *mem, const struct schema *s)
{
	struct copier c = { mem, true };
	struct schema *to = whole(&c, s, sizeof(*to));

	if (!to)
		return NULL;
	to->mem = mem;
	strings(&c, &to->notes);
	own_array(&c, &to->tables);
	own_array(&c, &to->objects);
	for (size_t i = 0; c.ok && i < to->tables.n; i++)
		to->tables.v[i] = table(&c, to->tables.v[i]);
	for (size_t i = 0; c.ok && i < to->objects.n; i++)
		to->objects.v[i] = object(&c, to->objects.v[i]);
	return c.ok ? to : NULL;
}

#define COPY(kind, make)                                                    \
	struct kind *kind##_copy(struct arena *mem, const struct kind *from) \
	{                                                                   \
		struct copier c = { mem, true };                            \
		struct kind *to = make(&c, from);                           \
									    \
		return c.ok ? to : NULL;                                    \
	}

COPY(table, table)
COPY(column, column)
COPY(constraint, constraint)
COPY(index, index_)
COPY(object, object)
