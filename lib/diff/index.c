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

retort_status differ_indexes(struct differ *d, struct pair *p,
			     struct ops *drop, struct ops *add)
{
	SCRATCH(tmp);
	bool *taken = arena_array(&tmp, bool, p->work->indexes.n + 1);

	if (!taken)
		return err_nomem(d->err);
	for (size_t i = 0; i < p->wanted->indexes.n; i++) {
		struct index *x = p->wanted->indexes.v[i];
		size_t at;
		const struct index *l = counterpart(d, p, x, taken, &at);

		if (l && same_but_name(d, l, x) && keeps_name(d, l, x)) {
			taken[at] = true;
			if (!differ_adopt(d, &x->name, l->name))
				return err_nomem(d->err);
		} else {
			TRY(differ_index(d, p, add, OP_CREATE_INDEX, x));
		}
	}
	for (size_t i = 0; i < p->work->indexes.n; i++)
		if (!taken[i])
			TRY(differ_index(d, p, drop, OP_DROP_INDEX,
					 p->work->indexes.v[i]));
	return RETORT_OK;
}
