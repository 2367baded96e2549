#include "diff/differ.h"

static bool same_but_name(const struct differ *d, const struct index *live,
			  const struct index *wanted)
{
	struct index copy = *wanted;

	copy.name = live->name;
	return index_same(d->work, live, &copy);
}

/* The live index that `x` is, among those not taken. */
static const struct index *counterpart(const struct differ *d,
				       const struct pair *p,
				       const struct index *x,
				       const bool *taken, size_t *at)
{
	for (size_t i = 0; i < p->work->indexes.n; i++) {
		*at = i;
		if (!taken[i] &&
		    name_same(d->work, p->work->indexes.v[i]->name, x->name))
			return p->work->indexes.v[i];
	}
	for (size_t i = 0; i < p->work->indexes.n; i++) {
		const struct index *l = p->work->indexes.v[i];

		*at = i;
		if ((x->auto_name || l->auto_name) && !taken[i] &&
		    !table_index(d->work, p->wanted, l->name) &&
		    same_but_name(d, l, x))
			return l;
	}
	return NULL;
}

retort_status differ_index(struct differ *d, const struct pair *p,
			   struct ops *list, enum op_kind kind,
			   const struct index *x)
{
	struct op *op = differ_op(d, list, kind, p->work);

	if (!op)
		return RETORT_E_NOMEM;
	op->index = index_copy(d->mem, x);
	if (!op->index)
		return err_nomem(d->err);
	op->name = op->index->name;
	return kind == OP_DROP_INDEX || warn_create_index(d, p, op)
		? RETORT_OK : err_nomem(d->err);
}

/* Another case of the same name is a change where the name was chosen. */
static bool keeps_name(const struct differ *d, const struct index *live,
		       const struct index *wanted)
{
	return wanted->auto_name || live->auto_name ||
	       text_same(live->name, wanted->name) ||
	       !name_same(d->work, live->name, wanted->name);
}

struct indexing {
	struct differ *d;
	const struct pair *p;
	struct ops *drop, *add;
	bool *taken;			/* of the live ones */
};

/* The same thing under another name, where it can be given that. */
static retort_status rename_index(struct indexing *n, const struct index *x,
				  bool *done)
{
	struct differ *d = n->d;

	for (size_t i = 0; i < n->p->work->indexes.n; i++) {
		const struct index *l = n->p->work->indexes.v[i];
		struct op *op;

		if (n->taken[i] || !same_but_name(d, l, x) ||
		    table_index(d->work, n->p->wanted, l->name) ||
		    differ_name_used(d, n->p, x->name))
			continue;
		op = differ_op(d, n->drop, OP_RENAME_INDEX, n->p->work);
		if (!op)
			return RETORT_E_NOMEM;
		n->taken[i] = *done = true;
		op->from = arena_strdup(d->mem, l->name);
		op->to = arena_strdup(d->mem, x->name);
		return op->from && op->to ? RETORT_OK : err_nomem(d->err);
	}
	return RETORT_OK;
}

static retort_status match_index(struct indexing *n, struct index *x)
{
	struct differ *d = n->d;
	bool done = false;
	size_t at;
	const struct index *l = counterpart(d, n->p, x, n->taken, &at);

	if (l && same_but_name(d, l, x) && keeps_name(d, l, x)) {
		n->taken[at] = true;
		return differ_adopt(d, &x->name, l->name)
			? RETORT_OK : err_nomem(d->err);
	}
	if (!l && d->d && (d->d->caps & CAP_RENAMES))
		TRY(rename_index(n, x, &done));
	return done ? RETORT_OK
		    : differ_index(d, n->p, n->add, OP_CREATE_INDEX, x);
}

retort_status differ_indexes(struct differ *d, struct pair *p,
			     struct ops *drop, struct ops *add)
{
	SCRATCH(tmp);
	struct indexing n = { d, p, drop, add,
		arena_array(&tmp, bool, p->work->indexes.n + 1) };

	if (!n.taken)
		return err_nomem(d->err);
	for (size_t i = 0; i < p->wanted->indexes.n; i++)
		TRY(match_index(&n, p->wanted->indexes.v[i]));
	for (size_t i = 0; i < p->work->indexes.n; i++)
		if (!n.taken[i])
			TRY(differ_index(d, p, drop, OP_DROP_INDEX,
					 p->work->indexes.v[i]));
	return RETORT_OK;
}
