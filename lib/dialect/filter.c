#include "dialect/filter.h"

#include <ctype.h>
#include <fnmatch.h>
#include <string.h>

/* Case does not matter in a pattern: a name is not excluded by half. */
static const char *lower(struct arena *mem, const char *s)
{
	char *p = arena_strdup(mem, s);

	for (char *c = p; c && *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return p ? p : s;
}

static bool matches(const char *pattern, const char *name)
{
	SCRATCH(tmp);

	return !fnmatch(lower(&tmp, pattern), lower(&tmp, name), 0);
}

bool filter_excludes(const struct reflect_options *o, const char *name)
{
	bool included;

	if (!o)
		return false;
	for (size_t i = 0; i < o->exclude.n; i++)
		if (matches(o->exclude.v[i], name))
			return true;
	included = !o->include.n;
	for (size_t i = 0; i < o->include.n && !included; i++)
		included = matches(o->include.v[i], name);
	return !included;
}

bool filter_excludes_member(const struct reflect_options *o,
			    const char *table, const char *member)
{
	SCRATCH(tmp);
	const char *path;

	if (!o || !o->exclude.n)
		return false;
	path = arena_printf(&tmp, "%s.%s", table, member);
	for (size_t i = 0; path && i < o->exclude.n; i++)
		if (strchr(o->exclude.v[i], '.') &&
		    matches(o->exclude.v[i], path))
			return true;
	return false;
}

/* An index or trigger: also by its own name. */
static bool excludes_named(const struct reflect_options *o, const char *table,
			   const char *name)
{
	for (size_t i = 0; i < o->exclude.n; i++)
		if (matches(o->exclude.v[i], name))
			return true;
	return filter_excludes_member(o, table, name);
}

static void drop_tables(const struct reflect_options *o, struct schema *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->tables.n; i++)
		if (!filter_excludes(o, s->tables.v[i]->name))
			s->tables.v[kept++] = s->tables.v[i];
	s->tables.n = kept;
}

/* Views by their name; triggers with their table or view, or by theirs. */
static bool drops_object(const struct reflect_options *o,
			 const struct object *object)
{
	if (object->kind != OBJECT_TRIGGER)
		return filter_excludes(o, object->name);
	return (object->table && filter_excludes(o, object->table)) ||
		excludes_named(o, object->table ? object->table : "",
			       object->name);
}

static void drop_objects(const struct reflect_options *o, struct schema *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->objects.n; i++)
		if (!drops_object(o, s->objects.v[i]))
			s->objects.v[kept++] = s->objects.v[i];
	s->objects.n = kept;
}

static bool parts_need(const struct reflect_options *o, const struct table *t,
		       const struct parts *parts)
{
	for (size_t i = 0; i < parts->n; i++)
		if (parts->v[i].column &&
		    filter_excludes_member(o, t->name, parts->v[i].column))
			return true;
	return false;
}

static bool index_kept_out(const struct reflect_options *o,
			   const struct table *t, const struct index *x)
{
	return parts_need(o, t, &x->parts) ||
		excludes_named(o, t->name, x->name);
}

static void drop_members(const struct reflect_options *o, struct table *t)
{
	size_t kept = 0;

	for (size_t i = 0; i < t->columns.n; i++)
		if (!filter_excludes_member(o, t->name, t->columns.v[i]->name))
			t->columns.v[kept++] = t->columns.v[i];
	t->columns.n = kept;
	kept = 0;
	for (size_t i = 0; i < t->constraints.n; i++)
		if (!parts_need(o, t, &t->constraints.v[i]->parts))
			t->constraints.v[kept++] = t->constraints.v[i];
	t->constraints.n = kept;
	kept = 0;
	for (size_t i = 0; i < t->indexes.n; i++)
		if (!index_kept_out(o, t, t->indexes.v[i]))
			t->indexes.v[kept++] = t->indexes.v[i];
	t->indexes.n = kept;
}

/* What drop_members() takes out of `live` goes into `t`, as copies. */
static bool keep_members(const struct reflect_options *o,
			 const struct table *live, struct arena *mem,
			 struct table *t)
{
	bool ok = true;

	for (size_t i = 0; ok && i < live->columns.n; i++) {
		struct column *c = live->columns.v[i];
		size_t at = i < t->columns.n ? i : t->columns.n;

		if (!filter_excludes_member(o, live->name, c->name))
			continue;
		c = column_copy(mem, c);
		ok = c && vec_insert(mem, &t->columns, at, c);
	}
	for (size_t i = 0; ok && i < live->constraints.n; i++) {
		struct constraint *k = live->constraints.v[i];

		if (!parts_need(o, live, &k->parts))
			continue;
		k = constraint_copy(mem, k);
		ok = k && vec_push(mem, &t->constraints, k);
	}
	for (size_t i = 0; ok && i < live->indexes.n; i++) {
		struct index *x = live->indexes.v[i];

		if (!index_kept_out(o, live, x))
			continue;
		x = index_copy(mem, x);
		ok = x && vec_push(mem, &t->indexes, x);
	}
	return ok;
}

static bool keep_triggers(const struct reflect_options *o,
			  const struct schema *live, struct schema *wanted)
{
	for (size_t i = 0; i < live->objects.n; i++) {
		struct object *x = live->objects.v[i];

		if (x->kind != OBJECT_TRIGGER || !drops_object(o, x))
			continue;
		x = object_copy(wanted->mem, x);
		if (!x || !vec_push(wanted->mem, &wanted->objects, x))
			return false;
	}
	return true;
}

retort_status filter_wanted(const struct reflect_options *o,
			    const struct schema *live, struct schema *wanted,
			    struct err *err)
{
	if (!o || (!o->exclude.n && !o->include.n))
		return RETORT_OK;
	drop_tables(o, wanted);
	drop_objects(o, wanted);
	if (!live || !o->exclude.n)
		return RETORT_OK;
	for (size_t i = 0; i < wanted->tables.n; i++) {
		struct table *t = wanted->tables.v[i];
		const struct table *was = schema_table(live, t->schema,
						       t->name);

		drop_members(o, t);
		if (was && !keep_members(o, was, wanted->mem, t))
			return err_nomem(err);
	}
	return keep_triggers(o, live, wanted) ? RETORT_OK : err_nomem(err);
}
