#include "diff/differ.h"

/* What each wanted constraint of a table is matched with. */
struct matching {
	struct differ *d;
	const struct table *live;
	struct table *wanted;
	bool *taken;			/* of live: it has a match */
	bool *matched;			/* of wanted */
};

/* "REFERENCES t" and "REFERENCES t (its primary key)" are the same. */
static bool same_reference(const struct differ *d, const struct strings *live,
			   const struct constraint *wanted)
{
	const struct table *t = schema_table(d->wanted, wanted->ref_schema,
					     wanted->ref_table);
	const struct constraint *pk = t ? table_primary_key(t) : NULL;
	const struct strings *named = live->n ? live : &wanted->ref_columns;

	if (!pk || pk->parts.n != named->n)
		return false;
	for (size_t i = 0; i < named->n; i++)
		if (!name_same(d->work, pk->parts.v[i].column, named->v[i]))
			return false;
	return true;
}

static bool same_structure(const struct differ *d,
			   const struct constraint *live,
			   const struct constraint *wanted)
{
	struct constraint copy = *wanted;

	if (live->kind != wanted->kind)
		return false;
	if (live->kind == CONSTRAINT_FOREIGN_KEY &&
	    !live->ref_columns.n != !wanted->ref_columns.n &&
	    same_reference(d, &live->ref_columns, wanted))
		copy.ref_columns = live->ref_columns;
	return constraint_same_structure(d->work, live, &copy);
}

/* Of the same structure: name and spelling become those that are live. */
static bool adopt(struct differ *d, const struct constraint *live,
		  struct constraint *wanted)
{
	const struct constraint *copy;

	if (live->ref_columns.n != wanted->ref_columns.n) {
		copy = constraint_copy(d->wanted->mem, live);
		if (!copy)
			return false;
		wanted->ref_columns = copy->ref_columns;
	}
	return differ_adopt(d, &wanted->name, live->name);
}

enum how { BY_NAME, ANY_NAME, NO_NAME };

static bool names_agree(const struct constraint *live,
			const struct constraint *wanted, enum how how)
{
	switch (how) {
	case BY_NAME:	/* another case of a chosen name is a change */
		return text_same(live->name, wanted->name);
	case NO_NAME:
		return wanted->auto_name && !live->name;
	case ANY_NAME:	/* `live` may be models as well */
		return wanted->auto_name || live->auto_name;
	}
	return false;
}

/* A pass over those without a match yet. */
static bool match_pass(struct matching *m, enum how how)
{
	for (size_t i = 0; i < m->wanted->constraints.n; i++) {
		struct constraint *w = m->wanted->constraints.v[i];

		for (size_t k = 0; !m->matched[i] &&
				   k < m->live->constraints.n; k++) {
			const struct constraint *l =
				m->live->constraints.v[k];

			if (m->taken[k] || !names_agree(l, w, how) ||
			    !same_structure(m->d, l, w))
				continue;
			m->taken[k] = m->matched[i] = true;
			if (!adopt(m->d, l, w))
				return false;
		}
	}
	return true;
}

static retort_status drop_constraint(struct matching *m, struct pair *p,
				     struct ops *drop,
				     const struct constraint *c)
{
	struct op *op = differ_op(m->d, drop, OP_DROP_CONSTRAINT, p->work);

	if (!op)
		return RETORT_E_NOMEM;
	op->constraint = constraint_copy(m->d->mem, c);
	return op->constraint ? RETORT_OK : err_nomem(m->d->err);
}

static retort_status add_constraint(struct matching *m, struct pair *p,
				    struct ops *add,
				    const struct constraint *c)
{
	struct op *op = differ_op(m->d, add, OP_ADD_CONSTRAINT, p->work);

	if (!op)
		return RETORT_E_NOMEM;
	op->constraint = constraint_copy(m->d->mem, c);
	if (!op->constraint || !warn_add_constraint(m->d, p, op))
		return err_nomem(m->d->err);
	return RETORT_OK;
}

/* The same thing under another name, where it can be given that. */
static retort_status rename(struct matching *m, struct pair *p,
			    struct ops *list, size_t live, size_t wanted)
{
	const struct constraint *l = m->live->constraints.v[live];
	struct constraint *w = m->wanted->constraints.v[wanted];
	struct op *op;

	if (m->taken[live] || m->matched[wanted] || !l->name || !w->name ||
	    !same_structure(m->d, l, w) || differ_name_used(m->d, p, w->name))
		return RETORT_OK;
	op = differ_op(m->d, list, OP_RENAME_CONSTRAINT, p->work);
	if (!op)
		return RETORT_E_NOMEM;
	m->taken[live] = m->matched[wanted] = true;
	op->from = arena_strdup(m->d->mem, l->name);
	op->to = arena_strdup(m->d->mem, w->name);
	return op->from && op->to ? RETORT_OK : err_nomem(m->d->err);
}

static retort_status renames(struct matching *m, struct pair *p,
			     struct ops *list)
{
	if (!m->d->d || !(m->d->d->caps & CAP_RENAMES))
		return RETORT_OK;
	for (size_t i = 0; i < m->wanted->constraints.n; i++)
		for (size_t k = 0; k < m->live->constraints.n; k++)
			TRY(rename(m, p, list, k, i));
	return RETORT_OK;
}

/* Keys that others may hang on are dropped last and added first. */
static const enum constraint_kind order[] = {
	CONSTRAINT_PRIMARY_KEY, CONSTRAINT_UNIQUE, CONSTRAINT_EXCLUDE,
	CONSTRAINT_CHECK, CONSTRAINT_FOREIGN_KEY
};
#define N_KINDS (sizeof(order) / sizeof(*order))

static retort_status drops(struct matching *m, struct pair *p,
			   struct ops *drop)
{
	for (size_t kind = N_KINDS; kind-- > 0;)
		for (size_t i = 0; i < m->live->constraints.n; i++)
			if (!m->taken[i] && m->live->constraints.v[i]->kind ==
					    order[kind])
				TRY(drop_constraint(m, p, drop,
					m->live->constraints.v[i]));
	return RETORT_OK;
}

static retort_status adds(struct matching *m, struct pair *p, struct ops *add)
{
	for (size_t kind = 0; kind < N_KINDS; kind++)
		for (size_t i = 0; i < m->wanted->constraints.n; i++)
			if (!m->matched[i] &&
			    m->wanted->constraints.v[i]->kind == order[kind])
				TRY(add_constraint(m, p, add,
					m->wanted->constraints.v[i]));
	return RETORT_OK;
}

static bool all_same(const struct differ *d, const struct pair *p)
{
	if (p->work->constraints.n != p->wanted->constraints.n)
		return false;
	for (size_t i = 0; i < p->work->constraints.n; i++) {
		const struct constraint *l = p->work->constraints.v[i];
		const struct constraint *w = p->wanted->constraints.v[i];

		if (!text_same(l->name, w->name) ||
		    !constraint_same_structure(d->work, l, w))
			return false;
	}
	return true;
}

retort_status differ_constraints(struct differ *d, struct pair *p,
				 struct ops *drop, struct ops *add)
{
	SCRATCH(tmp);
	struct matching m = { .d = d, .live = p->work, .wanted = p->wanted };

	if (all_same(d, p))
		return RETORT_OK;
	m.taken = arena_array(&tmp, bool, p->work->constraints.n + 1);
	m.matched = arena_array(&tmp, bool, p->wanted->constraints.n + 1);
	if (!m.taken || !m.matched)
		return err_nomem(d->err);
	if (!match_pass(&m, BY_NAME) || !match_pass(&m, NO_NAME) ||
	    !match_pass(&m, ANY_NAME))
		return err_nomem(d->err);
	TRY(renames(&m, p, drop));
	TRY(drops(&m, p, drop));
	return adds(&m, p, add);
}
