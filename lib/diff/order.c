#include "diff/differ.h"

static retort_status push(struct differ *d, struct ops *list, struct op *op)
{
	return vec_push(d->mem, list, op) ? RETORT_OK : err_nomem(d->err);
}

static retort_status append(struct differ *d, const struct ops *from)
{
	for (size_t i = 0; i < from->n; i++)
		TRY(push(d, &d->out->up, from->v[i]));
	return RETORT_OK;
}

/* The names that new tables and indexes take: name -> who takes it. */
static retort_status claim(struct differ *d, struct map *claimed,
			   const char *name, const void *by)
{
	union { const void *in; void *out; } u = { .in = by };

	if (name && !map_put(claimed, name, u.out))
		return err_nomem(d->err);
	return RETORT_OK;
}

static retort_status claim_names(struct differ *d, struct map *claimed)
{
	for (size_t i = 0; i < d->added.n; i++) {
		const struct table *t = d->added.v[i];

		TRY(claim(d, claimed, t->name, t));
		for (size_t k = 0; k < t->indexes.n; k++)
			TRY(claim(d, claimed, t->indexes.v[k]->name, t));
	}
	for (size_t i = 0; i < d->n_pairs; i++) {
		const struct pair *p = &d->pairs[i];

		for (size_t k = 0; k < p->ops.n; k++)
			if (p->ops.v[k]->kind == OP_CREATE_INDEX)
				TRY(claim(d, claimed, p->ops.v[k]->name, p));
	}
	return RETORT_OK;
}

static retort_status drop_table(struct differ *d, struct ops *list,
				struct pair *p)
{
	struct op *op = differ_op(d, list, OP_DROP_TABLE, p->work);

	if (!op)
		return RETORT_E_NOMEM;
	op->def = table_copy(d->mem, p->work);
	if (!op->def || !warn_drop_table(d, p, op))
		return err_nomem(d->err);
	return RETORT_OK;
}

/* A dropped table whose name an index takes goes first, else its indexes. */
static retort_status free_dropped(struct differ *d, struct pair *p,
				  const struct map *claimed)
{
	if (map_get(claimed, p->work->name)) {
		p->gone = true;
		return drop_table(d, &d->early, p);
	}
	for (size_t i = 0; i < p->work->indexes.n; i++)
		if (map_get(claimed, p->work->indexes.v[i]->name))
			TRY(differ_index(d, p, &d->early, OP_DROP_INDEX,
					 p->work->indexes.v[i]));
	return RETORT_OK;
}

static retort_status free_changed(struct differ *d, struct pair *p,
				  const struct map *claimed)
{
	for (size_t i = 0; i < p->ops.n;) {
		struct op *op = p->ops.v[i];
		const void *by = op->kind == OP_DROP_INDEX
			       ? map_get(claimed, op->name) : NULL;

		if (by && by != p) {
			TRY(push(d, &d->early, op));
			vec_remove(&p->ops, i);
		} else {
			i++;
		}
	}
	return RETORT_OK;
}

static retort_status free_names(struct differ *d)
{
	struct map claimed = { .mem = d->tmp, .fold = d->live->fold_case };

	TRY(claim_names(d, &claimed));
	for (size_t i = 0; claimed.n && i < d->n_pairs; i++)
		TRY(d->pairs[i].wanted
		    ? free_changed(d, &d->pairs[i], &claimed)
		    : free_dropped(d, &d->pairs[i], &claimed));
	return RETORT_OK;
}

/* Positions of tables in a sorted list, by name. */
struct ranks {
	struct map by_name;
	size_t *rank;
};

static retort_status rank_tables(struct differ *d, struct table **sorted,
				 size_t n, struct ranks *r)
{
	r->by_name = (struct map){ .mem = d->tmp, .fold = d->live->fold_case };
	r->rank = arena_array(d->tmp, size_t, n + 1);
	if (!r->rank)
		return err_nomem(d->err);
	for (size_t i = 0; i < n; i++) {
		const char *key = table_key(d->tmp, sorted[i]->schema,
					    sorted[i]->name);

		r->rank[i] = i;
		if (!key || !map_put(&r->by_name, key, &r->rank[i]))
			return err_nomem(d->err);
	}
	return RETORT_OK;
}

/* Is the table a key refers to later in the list than `at`? */
static bool refers_ahead(struct differ *d, const struct ranks *r,
			 const struct constraint *c, size_t at)
{
	SCRATCH(tmp);
	const char *key;
	const size_t *rank;

	if (c->kind != CONSTRAINT_FOREIGN_KEY)
		return false;
	key = table_key(&tmp, c->ref_schema, c->ref_table);
	d->no_memory |= !key;
	rank = key ? map_get(&r->by_name, key) : NULL;
	return rank && *rank > at;
}

/* The tables that a table is a child of, one after the other; NULL ends. */
static const char *parent_of(const struct table *t, size_t n)
{
	return n < t->inherits.n ? t->inherits.v[n]
	     : n == t->inherits.n ? t->partition_of : NULL;
}

static bool is_made_late(const struct differ *d, const struct table *t)
{
	for (size_t i = 0; i < d->late_made.n; i++)
		if (d->late_made.v[i] == t)
			return true;
	return false;
}

static bool changes(struct differ *d, const struct table *t)
{
	const struct pair *p = t ? differ_pair(d, t->schema, t->name) : NULL;

	return p && p->ops.n;
}

/* Does one of its parents change, or wait for one that does? */
static bool follows(struct differ *d, const struct schema *s,
		    const struct table *t)
{
	const char *name;

	for (size_t n = 0; (name = parent_of(t, n)); n++) {
		const struct table *p = schema_table_called(s, name);

		if (p && p != t && (changes(d, p) || is_made_late(d, p) ||
				    follows(d, s, p)))
			return true;
	}
	return false;
}

/* Does the table that a key refers to change? It may get the key then. */
static bool refers_to_changed(struct differ *d, const struct constraint *c)
{
	const struct table *t;

	if (c->kind != CONSTRAINT_FOREIGN_KEY)
		return false;
	t = schema_table(d->wanted, c->ref_schema, c->ref_table);
	return t && (changes(d, t) || is_made_late(d, t));
}

/* Foreign keys to tables not there yet are added when all are. */
static retort_status defer_keys(struct differ *d, struct table *t,
				const struct ranks *r, size_t at)
{
	for (size_t i = 0; i < t->constraints.n;) {
		struct op *op;

		if (!refers_ahead(d, r, t->constraints.v[i], at) &&
		    !refers_to_changed(d, t->constraints.v[i])) {
			i++;
			continue;
		}
		op = differ_op(d, &d->late, OP_ADD_CONSTRAINT, t);
		if (!op)
			return RETORT_E_NOMEM;
		op->constraint = t->constraints.v[i];
		vec_remove(&t->constraints, i);
	}
	return RETORT_OK;
}

/* A child comes behind what is done to its parent, among `alters`. */
static retort_status create_table(struct differ *d, const struct table *t,
				  const struct ranks *r, size_t at,
				  struct ops *alters)
{
	bool late = follows(d, d->wanted, t);
	struct op *op = differ_op(d, late ? alters : &d->creates,
				  OP_CREATE_TABLE, t);

	if (!op)
		return RETORT_E_NOMEM;
	if (late && !vec_push(d->tmp, &d->late_made, t))
		return err_nomem(d->err);
	op->def = table_copy(d->mem, t);
	if (!op->def)
		return err_nomem(d->err);
	return differ_inline_keys(d) ? RETORT_OK
				     : defer_keys(d, op->def, r, at);
}

/* With inline keys they stay with the rest of the table. */
static retort_status split_keys(struct differ *d, struct pair *p)
{
	for (size_t i = 0; i < p->ops.n;) {
		struct op *op = p->ops.v[i];
		bool key = op->constraint &&
			   op->constraint->kind == CONSTRAINT_FOREIGN_KEY;

		if (!key) {
			i++;
			continue;
		}
		TRY(push(d, op->kind == OP_ADD_CONSTRAINT ? &d->late
							  : &d->early, op));
		vec_remove(&p->ops, i);
	}
	return RETORT_OK;
}

/* Two or more changes that a rebuild could make at once are one batch. */
static void number_batch(struct pair *p, int *batch)
{
	size_t n = 0;

	for (size_t i = 0; i < p->ops.n; i++)
		n += p->ops.v[i]->kind != OP_CREATE_INDEX &&
		     p->ops.v[i]->kind != OP_DROP_INDEX;
	if (n < 2)
		return;
	++*batch;
	for (size_t i = 0; i < p->ops.n; i++)
		p->ops.v[i]->batch = *batch;
}

/* Referenced tables first, so that keys find what they refer to. */
static retort_status order_wanted(struct differ *d, struct ops *alters)
{
	size_t n = d->wanted->tables.n;
	struct table **sorted = arena_array(d->tmp, struct table *, n + 1);
	struct ranks r;
	int batch = 0;

	if (!sorted || !schema_sort_tables(d->wanted, d->tmp, sorted))
		return err_nomem(d->err);
	TRY(rank_tables(d, sorted, n, &r));
	for (size_t i = 0; i < n; i++) {
		struct pair *p = differ_pair(d, sorted[i]->schema,
					     sorted[i]->name);

		if (!p) {
			TRY(create_table(d, sorted[i], &r, i, alters));
			continue;
		}
		if (!differ_inline_keys(d))
			TRY(split_keys(d, p));
		number_batch(p, &batch);
		for (size_t k = 0; k < p->ops.n; k++)
			TRY(push(d, alters, p->ops.v[k]));
	}
	return RETORT_OK;
}

/* Is the table that a key refers to dropped before the changes? */
static bool refers_to_early(struct differ *d, const struct constraint *c)
{
	const struct table *t = c->kind == CONSTRAINT_FOREIGN_KEY
		? schema_table(d->work, c->ref_schema, c->ref_table) : NULL;

	return t && follows(d, d->work, t);
}

/*
 * Keys of dropped tables that would be in the way of the order: to such as are
 * dropped before, and to changed ones, which it is made again without.
 */
static retort_status cut_keys(struct differ *d, const struct pair *p,
			      const struct ranks *r, size_t at)
{
	for (size_t i = 0; i < p->work->constraints.n; i++) {
		const struct constraint *c = p->work->constraints.v[i];
		struct op *op;

		if (!refers_ahead(d, r, c, at) && !refers_to_changed(d, c) &&
		    !refers_to_early(d, c))
			continue;
		op = differ_op(d, &d->early, OP_DROP_CONSTRAINT, p->work);
		if (!op)
			return RETORT_E_NOMEM;
		op->constraint = constraint_copy(d->mem, c);
		if (!op->constraint)
			return err_nomem(d->err);
	}
	return RETORT_OK;
}

/* Referring tables first. */
static retort_status order_dropped(struct differ *d)
{
	size_t n = d->work->tables.n;
	struct table **sorted = arena_array(d->tmp, struct table *, n + 1);
	struct ranks r;

	if (!sorted || !schema_sort_tables(d->work, d->tmp, sorted))
		return err_nomem(d->err);
	TRY(rank_tables(d, sorted, n, &r));
	for (size_t i = n; i-- > 0;) {
		struct pair *p = differ_pair(d, sorted[i]->schema,
					     sorted[i]->name);

		if (!p || p->wanted || p->gone)
			continue;
		if (!differ_inline_keys(d))
			TRY(cut_keys(d, p, &r, i));
		TRY(drop_table(d, follows(d, d->work, p->work)
				  ? &d->early_drops : &d->drops, p));
	}
	return RETORT_OK;
}

static bool any_change(const struct differ *d, bool *dropped)
{
	bool changed = d->added.n > 0;

	*dropped = false;
	for (size_t i = 0; i < d->n_pairs; i++) {
		*dropped |= !d->pairs[i].wanted;
		changed |= d->pairs[i].ops.n > 0;
	}
	return changed;
}

retort_status differ_order(struct differ *d)
{
	struct ops alters = {0};
	bool dropped, changed = any_change(d, &dropped);

	if (changed)
		TRY(free_names(d));
	if (changed)
		TRY(order_wanted(d, &alters));
	if (dropped)
		TRY(order_dropped(d));
	TRY(append(d, &d->drop_objects));
	TRY(append(d, &d->first_objects));
	TRY(append(d, &d->renames));
	TRY(append(d, &d->resets));	/* of columns that go, too */
	TRY(append(d, &d->early));
	TRY(append(d, &d->leaves));
	TRY(append(d, &d->early_drops));
	TRY(append(d, &d->grown));
	TRY(append(d, &d->creates));
	TRY(append(d, &alters));
	TRY(append(d, &d->joins));
	TRY(append(d, &d->late));
	TRY(append(d, &d->drops));
	TRY(append(d, &d->shrunk));
	TRY(append(d, &d->last_objects));
	TRY(append(d, &d->create_objects));
	return append(d, &d->facets);
}
