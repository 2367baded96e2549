/* What is set by a statement of its own, on what is there before and after. */
#include <string.h>

#include "diff/differ.h"

static const struct facet *find(const struct facets *list, const char *key)
{
	for (size_t i = 0; i < list->n; i++)
		if (text_same(list->v[i].key, key))
			return &list->v[i];
	return NULL;
}

/* What the facets are of. */
struct owner {
	const struct table *table;
	const struct object *object;
};

static retort_status facet_op(struct differ *d, enum op_kind kind,
			      const struct owner *of, const struct facet *f)
{
	struct op *op = ops_add(d->mem, kind == OP_SET_FACET ? &d->facets
						: &d->resets, kind);
	struct facet *copy = arena_new(d->mem, struct facet);

	if (!op || !copy)
		return err_nomem(d->err);
	copy->key = arena_strdup(d->mem, f->key);
	copy->set_sql = arena_strdup(d->mem, f->set_sql);
	copy->reset_sql = arena_strdup(d->mem, f->reset_sql);
	op->facet = copy;
	if (of->object) {
		op->object = object_copy(d->mem, of->object);
		op->schema = op->object ? op->object->schema : NULL;
	} else {
		op->schema = arena_strdup(d->mem, of->table->schema);
		op->table = arena_strdup(d->mem, of->table->name);
	}
	return copy->key && (op->object || op->table) &&
	       (copy->set_sql || !f->set_sql) &&
	       (copy->reset_sql || !f->reset_sql) ? RETORT_OK
						  : err_nomem(d->err);
}

/* Is it added to what is there, where others take the old one's place? */
static bool adds(const struct facet *f)
{
	static const char *const words[] = {
		"grant ", "revoke ", "index ", "options ", "constraint ",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strncmp(f->key, words[i], strlen(words[i])))
			return true;
	return false;
}

/* Is it of a column that stays? Then that is what is changed. */
static bool is_of_column(const struct differ *d, const struct owner *of,
			 const struct facet *f)
{
	static const char *const words[] = { "default ", "not null " };
	const struct pair *p = NULL;

	for (size_t i = 0; of->table && i < d->n_pairs; i++)
		if (d->pairs[i].wanted == of->table)
			p = &d->pairs[i];
	for (size_t i = 0; p && i < sizeof(words) / sizeof(*words); i++) {
		const char *name = f->key + strlen(words[i]);

		if (!strncmp(f->key, words[i], strlen(words[i])))
			return table_column(d->work, p->work, name) &&
			       table_column(d->work, p->wanted, name);
	}
	return false;
}

static retort_status compare(struct differ *d, const struct owner *of,
			     const struct facets *live,
			     const struct facets *wanted)
{
	for (size_t i = 0; i < live->n; i++)
		if (!find(wanted, live->v[i].key) &&
		    !is_of_column(d, of, &live->v[i]))
			TRY(facet_op(d, OP_RESET_FACET, of, &live->v[i]));
	for (size_t i = 0; i < wanted->n; i++) {
		const struct facet *was = find(live, wanted->v[i].key);

		if ((was && text_same(was->set_sql, wanted->v[i].set_sql)) ||
		    is_of_column(d, of, &wanted->v[i]))
			continue;
		if (was && adds(was))
			TRY(facet_op(d, OP_RESET_FACET, of, was));
		TRY(facet_op(d, OP_SET_FACET, of, &wanted->v[i]));
	}
	return RETORT_OK;
}

/* Objects made again get theirs when they are made. */
static bool is_made(const struct differ *d, const struct object *o)
{
	const struct ops *lists[] = { &d->first_objects, &d->create_objects };

	for (size_t n = 0; n < 2; n++)
		for (size_t i = 0; i < lists[n]->n; i++) {
			const struct object *m = lists[n]->v[i]->object;

			if (m->kind == o->kind &&
			    name_same(d->wanted, m->schema, o->schema) &&
			    name_same(d->wanted, m->table, o->table) &&
			    name_same(d->wanted, m->name, o->name))
				return true;
		}
	return false;
}

static retort_status object_facets(struct differ *d, struct map *live,
				   const struct object *o)
{
	const char *key = object_key(d->tmp, o);
	const struct object *was = key ? map_get(live, key) : NULL;

	if (!key)
		return err_nomem(d->err);
	if (!was || (!was->facets.n && !o->facets.n) || is_made(d, o))
		return RETORT_OK;
	return compare(d, &(struct owner){ .object = o }, &was->facets,
		       &o->facets);
}

retort_status differ_facets(struct differ *d)
{
	struct map live = { .mem = d->tmp };

	for (size_t i = 0; i < d->n_pairs; i++) {
		const struct pair *p = &d->pairs[i];

		if (!p->wanted || (!p->work->facets.n && !p->wanted->facets.n))
			continue;
		if (d->wanted->says_little)
			TRY(differ_keep_facets(d, p));
		TRY(compare(d, &(struct owner){ .table = p->wanted },
			    &p->work->facets, &p->wanted->facets));
	}
	for (size_t i = 0; i < d->work->objects.n; i++) {
		struct object *o = d->work->objects.v[i];
		const char *key = object_key(d->tmp, o);

		if (!key || !map_put(&live, key, o))
			return err_nomem(d->err);
	}
	for (size_t i = 0; live.n && i < d->wanted->objects.n; i++)
		TRY(object_facets(d, &live, d->wanted->objects.v[i]));
	return RETORT_OK;
}
