#include "diff/differ.h"

static bool names_same(const struct strings *a, const struct strings *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!strings_has(b, a->v[i]))
			return false;
	return true;
}

static bool same_parents(const struct table *a, const struct table *b)
{
	return names_same(&a->inherits, &b->inherits) &&
	       text_same(a->partition_of, b->partition_of) &&
	       text_same(a->partition_bound, b->partition_bound);
}

/* What only a server database has. */
static bool same_storage(const struct table *a, const struct table *b)
{
	return a->unlogged == b->unlogged && text_same(a->with, b->with) &&
	       text_same(a->tablespace, b->tablespace) &&
	       text_same(a->partition_by, b->partition_by);
}

/* The table with the parents that both have. */
static void keep_parents(struct table *t, const struct table *other)
{
	for (size_t i = t->inherits.n; i-- > 0;)
		if (!strings_has(&other->inherits, t->inherits.v[i]))
			vec_remove(&t->inherits, i);
	if (!text_same(t->partition_of, other->partition_of) ||
	    !text_same(t->partition_bound, other->partition_bound))
		t->partition_of = t->partition_bound = NULL;
}

static retort_status parents_op(struct differ *d, struct pair *p,
				struct ops *list, struct table *from,
				struct table *to)
{
	struct op *op;

	if (!from || !to)
		return err_nomem(d->err);
	if (same_parents(from, to))
		return RETORT_OK;
	op = differ_op(d, list, OP_ALTER_TABLE, p->work);
	if (!op)
		return RETORT_E_NOMEM;
	op->old_def = from;
	op->def = to;
	return RETORT_OK;
}

/*
 * It leaves its parents before anything changes and gets new ones when all has
 * changed: what is done to a parent is done to its children.
 */
static retort_status change_parents(struct differ *d, struct pair *p)
{
	struct table *before = table_copy(d->mem, p->work);
	struct table *alone = table_copy(d->mem, p->work);
	struct table *ready = table_copy(d->mem, p->wanted);
	struct table *after = table_copy(d->mem, p->wanted);

	if (!before || !alone || !ready || !after)
		return err_nomem(d->err);
	keep_parents(alone, p->wanted);
	keep_parents(ready, p->work);
	TRY(parents_op(d, p, &d->leaves, before, alone));
	return parents_op(d, p, &d->joins, ready, after);
}

static bool same_table(const struct table *a, const struct table *b)
{
	return same_storage(a, b) && a->strict == b->strict &&
	       a->without_rowid == b->without_rowid &&
	       text_same(a->comment, b->comment) &&
	       text_same(a->suffix_sql, b->suffix_sql);
}

static retort_status alter_table(struct differ *d, struct pair *p)
{
	const struct table *live = p->work;
	struct table *wanted = p->wanted;
	struct op *op;

	/* A model that says nothing has nothing against it. */
	if (live->suffix_sql && !wanted->suffix_sql) {
		const char *note = arena_printf(d->mem,
			"table \"%s\": models cannot express %s; kept",
			live->name, live->suffix_sql);

		wanted->suffix_sql = arena_strdup(d->wanted->mem,
						  live->suffix_sql);
		if (!note || !wanted->suffix_sql ||
		    !vec_push(d->mem, &d->out->notes, note))
			return err_nomem(d->err);
	}
	if (d->wanted->says_little)
		TRY(differ_keep_storage(d, live, wanted));
	if (!same_parents(live, wanted))
		TRY(change_parents(d, p));
	if (same_table(live, wanted))
		return RETORT_OK;
	op = differ_op(d, &p->ops, OP_ALTER_TABLE, live);
	if (!op)
		return RETORT_E_NOMEM;
	op->def = table_copy(d->mem, wanted);
	op->old_def = table_copy(d->mem, live);
	if (!op->def || !op->old_def)
		return err_nomem(d->err);
	keep_parents(op->def, live);
	keep_parents(op->old_def, wanted);
	return RETORT_OK;
}

/* To these, names in another case are others. */
static const struct schema exact;

static bool columns_settled(const struct table *live,
			    const struct table *wanted)
{
	if (live->columns.n != wanted->columns.n)
		return false;
	for (size_t i = 0; i < live->columns.n; i++) {
		const struct column *l = live->columns.v[i];
		const struct column *w = wanted->columns.v[i];

		if (w->was || !column_same(&exact, l, w) ||
		    !text_same(l->type.text, w->type.text) ||
		    !text_same(l->not_null_name, w->not_null_name) ||
		    !text_same(l->serial, w->serial))
			return false;
	}
	return true;
}

static bool constraints_settled(const struct table *live,
				const struct table *wanted)
{
	if (live->constraints.n != wanted->constraints.n)
		return false;
	for (size_t i = 0; i < live->constraints.n; i++) {
		const struct constraint *l = live->constraints.v[i];
		const struct constraint *w = wanted->constraints.v[i];

		if (!text_same(l->name, w->name) ||
		    !constraint_same_structure(&exact, l, w))
			return false;
	}
	return true;
}

static bool indexes_settled(const struct table *live,
			    const struct table *wanted)
{
	if (live->indexes.n != wanted->indexes.n)
		return false;
	for (size_t i = 0; i < live->indexes.n; i++)
		if (!index_same(&exact, live->indexes.v[i],
				wanted->indexes.v[i]))
			return false;
	return true;
}

bool differ_settled(const struct differ *d, const struct pair *p)
{
	const struct table *live = p->work, *wanted = p->wanted;

	return !d->o->compare && text_same(live->name, wanted->name) &&
	       text_same(live->schema, wanted->schema) &&
	       !live->facets.n && !wanted->facets.n &&
	       same_parents(live, wanted) && same_table(live, wanted) &&
	       columns_settled(live, wanted) &&
	       constraints_settled(live, wanted) &&
	       indexes_settled(live, wanted);
}

static retort_status append(struct differ *d, struct ops *to,
			    const struct ops *from)
{
	for (size_t i = 0; i < from->n; i++)
		if (!vec_push(d->mem, to, from->v[i]))
			return err_nomem(d->err);
	return RETORT_OK;
}

/* What a child has of its own stands on columns that its parent changes. */
static bool is_child(const struct table *t)
{
	return t->inherits.n || t->partition_of;
}

retort_status differ_table(struct differ *d, struct pair *p)
{
	struct ops drop = {0}, drop_index = {0}, add = {0}, add_index = {0};

	TRY(differ_indexes(d, p, &drop_index, &add_index));
	TRY(differ_constraints(d, p, &drop, &add));
	TRY(append(d, is_child(p->work) ? &d->early : &p->ops, &drop_index));
	TRY(append(d, is_child(p->work) ? &d->early : &p->ops, &drop));
	TRY(differ_columns(d, p));
	TRY(alter_table(d, p));
	TRY(append(d, &p->ops, &add));
	return append(d, &p->ops, &add_index);
}
