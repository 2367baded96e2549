#include "schema/schema.h"

#include <stdio.h>
#include <string.h>

#include "base/ascii.h"

struct schema *schema_new(struct arena *mem, bool fold_case)
{
	struct schema *s = arena_new(mem, struct schema);

	if (!s)
		return NULL;
	s->mem = mem;
	s->fold_case = fold_case;
	return s;
}

/* Where one is looked for among many, most differ in the first letter. */
static inline bool same(const struct schema *s, const char *a, const char *b)
{
	if (!a || !b)
		return a == b;
	if (ascii_lower(*a) != ascii_lower(*b))
		return false;
	return s->fold_case ? !ascii_casecmp(a, b) : !strcmp(a, b);
}

bool name_same(const struct schema *s, const char *a, const char *b)
{
	return same(s, a, b);
}

struct table *schema_table(const struct schema *s, const char *schema,
			   const char *name)
{
	for (size_t i = 0; i < s->tables.n; i++)
		if (name_same(s, s->tables.v[i]->name, name) &&
		    name_same(s, s->tables.v[i]->schema, schema))
			return s->tables.v[i];
	return NULL;
}

bool table_map_init(struct table_map *m, const struct schema *s,
		    struct arena *mem)
{
	*m = (struct table_map){ s, { .mem = mem, .fold = s->fold_case } };
	for (size_t i = 0; i < s->tables.n; i++) {
		struct table *t = s->tables.v[i];
		const char *key = t->schema
			? arena_printf(mem, "%s\n%s", t->schema, t->name)
			: t->name;

		if (!key || (!map_get(&m->by_name, key) &&
			     !map_put(&m->by_name, key, t)))
			return false;
	}
	return true;
}

struct table *table_map_get(const struct table_map *m, const char *schema,
			    const char *name)
{
	char key[256];

	if (!schema)
		return map_get(&m->by_name, name);
	if (snprintf(key, sizeof(key), "%s\n%s", schema, name) >=
	    (int)sizeof(key))
		return schema_table(m->s, schema, name);
	return map_get(&m->by_name, key);
}

struct object *schema_object(const struct schema *s, enum object_kind kind,
			     const char *schema, const char *name)
{
	for (size_t i = 0; i < s->objects.n; i++) {
		struct object *o = s->objects.v[i];

		if (o->kind == kind && name_same(s, o->name, name) &&
		    name_same(s, o->schema, schema))
			return o;
	}
	return NULL;
}

struct object *schema_object_like(const struct schema *s,
				  const struct object *like)
{
	/* elsewhere a name is the schema's, not the table's */
	bool of_table = like->table && !s->fold_case;

	for (size_t i = 0; i < s->objects.n; i++) {
		struct object *o = s->objects.v[i];

		if (o->kind == like->kind && name_same(s, o->name, like->name) &&
		    name_same(s, o->schema, like->schema) &&
		    (!of_table || !o->table ||
		     name_same(s, o->table, like->table)))
			return o;
	}
	return NULL;
}

long table_column_at(const struct schema *s, const struct table *t,
		     const char *name)
{
	for (size_t i = 0; i < t->columns.n; i++)
		if (same(s, t->columns.v[i]->name, name))
			return (long)i;
	return -1;
}

struct column *table_column(const struct schema *s, const struct table *t,
			    const char *name)
{
	long at = table_column_at(s, t, name);

	return at < 0 ? NULL : t->columns.v[at];
}

struct constraint *table_constraint(const struct schema *s,
				    const struct table *t, const char *name)
{
	for (size_t i = 0; name && i < t->constraints.n; i++)
		if (same(s, t->constraints.v[i]->name, name))
			return t->constraints.v[i];
	return NULL;
}

struct constraint *table_primary_key(const struct table *t)
{
	for (size_t i = 0; i < t->constraints.n; i++)
		if (t->constraints.v[i]->kind == CONSTRAINT_PRIMARY_KEY)
			return t->constraints.v[i];
	return NULL;
}

struct index *table_index(const struct schema *s, const struct table *t,
			  const char *name)
{
	for (size_t i = 0; i < t->indexes.n; i++)
		if (same(s, t->indexes.v[i]->name, name))
			return t->indexes.v[i];
	return NULL;
}

/* The next part of a qualified name goes to `to`; *sql behind it. */
static bool read_part(const char **sql, char *to, size_t cap)
{
	const char *s = *sql;
	bool quoted = *s == '"';
	size_t n = 0;

	for (s += quoted; *s && (quoted || *s != '.'); s++) {
		if (quoted && *s == '"' && *++s != '"')
			break;
		if (n + 1 >= cap)
			return false;
		to[n++] = *s;
	}
	to[n] = '\0';
	*sql = s;
	return n;
}

struct table *schema_table_called(const struct schema *s, const char *sql)
{
	char first[260], second[260];

	if (!read_part(&sql, first, sizeof(first)))
		return NULL;
	if (*sql != '.')
		return schema_table(s, NULL, first);
	sql++;
	return read_part(&sql, second, sizeof(second))
		? schema_table(s, first, second) : NULL;
}

/* A depth-first walk over the references, without recursion. */
struct visit {
	size_t table, parent, next;	/* next: the constraint to look at */
};

struct sorter {
	const struct schema *s;
	struct arena *tmp;
	struct map by_name;	/* to the address in s->tables.v */
	bool failed;		/* out of memory */
	bool *seen, *done;
	struct visit *stack;
	size_t depth, written;
	struct table **out;
};

static void enter(struct sorter *w, size_t table)
{
	w->seen[table] = true;
	w->stack[w->depth++] = (struct visit){ .table = table };
}

static const char *sort_key(struct sorter *w, const char *schema,
			    const char *name)
{
	const char *key = schema ? arena_printf(w->tmp, "%s.%s", schema, name)
				 : name;

	w->failed |= !key;
	return key;
}

/* Its position, or -1. */
static long position(struct sorter *w, const char *schema, const char *name)
{
	const char *key = sort_key(w, schema, name);
	struct table **at = key ? map_get(&w->by_name, key) : NULL;

	return at ? at - w->s->tables.v : -1;
}

/*
 * Position of the n-th table without which `t` cannot be made: its parents,
 * and those whose rows its columns hold. -1: it is not here; -2: no more.
 */
static long stands_on(struct sorter *w, const struct table *t, size_t n)
{
	const struct table *parent;
	const char *name;

	if (n < t->inherits.n)
		name = t->inherits.v[n];
	else if (n == t->inherits.n)
		name = t->partition_of;
	else if (n - t->inherits.n - 1 < t->needs.n)
		name = t->needs.v[n - t->inherits.n - 1];
	else
		return -2;
	if (n > t->inherits.n)
		name = strncmp(name, "TABLE ", 6) ? NULL : name + 6;
	parent = name ? schema_table_called(w->s, name) : NULL;
	return parent ? position(w, parent->schema, parent->name) : -1;
}

/* Does it stand on one that is waiting for what it refers to? */
static bool waits(struct sorter *w, long table)
{
	long on;

	for (size_t i = 0; ; i++) {
		on = stands_on(w, w->s->tables.v[table], i);
		if (on == -2)
			return false;
		if (on >= 0 && w->seen[on] && !w->done[on])
			return true;
	}
}

/* Position of the next table that `v` stands on and was not seen, or -1. */
static long next_reference(struct sorter *w, struct visit *v)
{
	const struct table *t = w->s->tables.v[v->table];
	long at;

	for (; (at = stands_on(w, t, v->parent)) != -2; v->parent++)
		if (at >= 0 && !w->seen[at])
			return at;
	while (v->next < t->constraints.n) {
		const struct constraint *c = t->constraints.v[v->next++];

		if (c->kind != CONSTRAINT_FOREIGN_KEY || !c->ref_table)
			continue;
		at = position(w, c->ref_schema, c->ref_table);
		if (at >= 0 && !w->seen[at] && !waits(w, at))
			return at;
	}
	return -1;
}

static void walk(struct sorter *w, size_t first)
{
	enter(w, first);
	while (w->depth) {
		struct visit *v = &w->stack[w->depth - 1];
		long next = next_reference(w, v);

		if (next >= 0) {
			enter(w, (size_t)next);
			continue;
		}
		w->out[w->written++] = w->s->tables.v[v->table];
		w->done[v->table] = true;
		w->depth--;
	}
}

bool schema_sort_tables(const struct schema *s, struct arena *mem,
			struct table **out)
{
	SCRATCH(tmp);
	struct sorter w = {
		.s = s,
		.tmp = &tmp,
		.by_name = { .mem = &tmp, .fold = s->fold_case },
		.seen = arena_array(&tmp, bool, s->tables.n + 1),
		.done = arena_array(&tmp, bool, s->tables.n + 1),
		.stack = arena_array(&tmp, struct visit, s->tables.n + 1),
		.out = out
	};

	(void)mem;
	if (!w.seen || !w.done || !w.stack)
		return false;
	for (size_t i = 0; i < s->tables.n; i++) {
		const char *key = sort_key(&w, s->tables.v[i]->schema,
					   s->tables.v[i]->name);

		if (!key || !map_put(&w.by_name, key, &s->tables.v[i]))
			return false;
	}
	for (size_t i = 0; i < s->tables.n; i++)
		if (!w.seen[i])
			walk(&w, i);
	return !w.failed;
}
