#define _GNU_SOURCE	/* FNM_CASEFOLD */
#include "dialect/filter.h"

#include <fnmatch.h>
#include <string.h>

/* What is being filtered by; `path` is for "table.member". */
struct filter {
	const struct reflect_options *o;
	struct buf path;
};

/* Case does not matter in a pattern: a name is not excluded by half. */
static bool matches(const char *pattern, const char *name)
{
	return !fnmatch(pattern, name, FNM_CASEFOLD);
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

/* Out of memory sticks to f->path and is reported at the end. */
static bool excludes_member(struct filter *f, const char *table,
			    const char *member)
{
	const struct strings *exclude = &f->o->exclude;

	for (size_t i = 0; i < exclude->n; i++) {
		if (!strchr(exclude->v[i], '.'))
			continue;
		f->path.n = 0;
		buf_addf(&f->path, "%s.%s", table, member);
		if (!f->path.failed && matches(exclude->v[i], f->path.s))
			return true;
	}
	return false;
}

/* An index or trigger: also by its own name. */
static bool excludes_named(struct filter *f, const char *table,
			   const char *name)
{
	for (size_t i = 0; i < f->o->exclude.n; i++)
		if (matches(f->o->exclude.v[i], name))
			return true;
	return excludes_member(f, table, name);
}

static void drop_tables(struct filter *f, struct schema *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->tables.n; i++)
		if (!filter_excludes(f->o, s->tables.v[i]->name))
			s->tables.v[kept++] = s->tables.v[i];
	s->tables.n = kept;
}

/* Views by their name; triggers with their table or view, or by theirs. */
static bool drops_object(struct filter *f,
			 const struct object *object)
{
	if (object->kind != OBJECT_TRIGGER)
		return filter_excludes(f->o, object->name);
	return (object->table && filter_excludes(f->o, object->table)) ||
		excludes_named(f, object->table ? object->table : "",
			       object->name);
}

static void drop_objects(struct filter *f, struct schema *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->objects.n; i++)
		if (!drops_object(f, s->objects.v[i]))
			s->objects.v[kept++] = s->objects.v[i];
	s->objects.n = kept;
}

static bool parts_need(struct filter *f, const struct table *t,
		       const struct parts *parts)
{
	for (size_t i = 0; i < parts->n; i++)
		if (parts->v[i].column &&
		    excludes_member(f, t->name, parts->v[i].column))
			return true;
	return false;
}

static bool index_kept_out(struct filter *f,
			   const struct table *t, const struct index *x)
{
	return parts_need(f, t, &x->parts) ||
		excludes_named(f, t->name, x->name);
}

static void drop_members(struct filter *f, struct table *t)
{
	size_t kept = 0;

	for (size_t i = 0; i < t->columns.n; i++)
		if (!excludes_member(f, t->name, t->columns.v[i]->name))
			t->columns.v[kept++] = t->columns.v[i];
	t->columns.n = kept;
	kept = 0;
	for (size_t i = 0; i < t->constraints.n; i++)
		if (!parts_need(f, t, &t->constraints.v[i]->parts))
			t->constraints.v[kept++] = t->constraints.v[i];
	t->constraints.n = kept;
	kept = 0;
	for (size_t i = 0; i < t->indexes.n; i++)
		if (!index_kept_out(f, t, t->indexes.v[i]))
			t->indexes.v[kept++] = t->indexes.v[i];
	t->indexes.n = kept;
}

/* What drop_members() takes out of `live` goes into `t`, as copies. */
static bool keep_members(struct filter *f,
			 const struct table *live, struct arena *mem,
			 struct table *t)
{
	bool ok = true;

	for (size_t i = 0; ok && i < live->columns.n; i++) {
		struct column *c = live->columns.v[i];
		size_t at = i < t->columns.n ? i : t->columns.n;

		if (!excludes_member(f, live->name, c->name))
			continue;
		c = column_copy(mem, c);
		ok = c && vec_insert(mem, &t->columns, at, c);
	}
	for (size_t i = 0; ok && i < live->constraints.n; i++) {
		struct constraint *k = live->constraints.v[i];

		if (!parts_need(f, live, &k->parts))
			continue;
		k = constraint_copy(mem, k);
		ok = k && vec_push(mem, &t->constraints, k);
	}
	for (size_t i = 0; ok && i < live->indexes.n; i++) {
		struct index *x = live->indexes.v[i];

		if (!index_kept_out(f, live, x))
			continue;
		x = index_copy(mem, x);
		ok = x && vec_push(mem, &t->indexes, x);
	}
	return ok;
}

static bool keep_triggers(struct filter *f,
			  const struct schema *live, struct schema *wanted)
{
	for (size_t i = 0; i < live->objects.n; i++) {
		struct object *x = live->objects.v[i];

		if (x->kind != OBJECT_TRIGGER || !drops_object(f, x))
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
	SCRATCH(tmp);
	struct filter f = { o, { .mem = &tmp } };

	if (!o || (!o->exclude.n && !o->include.n))
		return RETORT_OK;
	drop_tables(&f, wanted);
	drop_objects(&f, wanted);
	for (size_t i = 0; live && i < wanted->tables.n; i++) {
		struct table *t = wanted->tables.v[i];
		const struct table *was = schema_table(live, t->schema,
						       t->name);

		if (!o->exclude.n)
			break;
		if (!was && t->was)
			was = schema_table(live, t->schema, t->was);
		drop_members(&f, t);
		if (was && !keep_members(&f, was, wanted->mem, t))
			return err_nomem(err);
	}
	if (live && !keep_triggers(&f, live, wanted))
		return err_nomem(err);
	return f.path.failed ? err_nomem(err) : RETORT_OK;
}
