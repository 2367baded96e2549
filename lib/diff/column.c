#include "diff/differ.h"
#include "op/mention.h"

static bool take_type(struct differ *d, const struct column *live,
		      struct column *wanted)
{
	const struct column *copy = column_copy(d->wanted->mem, live);

	if (copy)
		wanted->type = copy->type;
	return copy != NULL;
}

/* What was said of a column is done to it, or noted for later. */
static retort_status heed(struct differ *d, const struct diff_column *x)
{
	unsigned bits = 0;

	if (x->type == VERDICT_SAME && !take_type(d, x->live, x->wanted))
		return err_nomem(d->err);
	if (x->server_default == VERDICT_SAME &&
	    !differ_adopt(d, &x->wanted->default_sql, x->live->default_sql))
		return err_nomem(d->err);
	if (x->type == VERDICT_DIFFERENT)
		bits |= CHANGE_TYPE;
	if (x->server_default == VERDICT_DIFFERENT)
		bits |= CHANGE_DEFAULT;
	if (!bits)
		return RETORT_OK;
	if (!vec_grow(d->tmp, (void **)&d->told.v, d->told.n, &d->told.cap,
		      sizeof(*d->told.v)))
		return err_nomem(d->err);
	d->told.v[d->told.n].wanted = x->wanted;
	d->told.v[d->told.n++].bits = bits;
	return RETORT_OK;
}

retort_status differ_ask_columns(struct differ *d)
{
	struct diff_columns list = {0};

	if (!d->o->compare)
		return RETORT_OK;
	for (size_t i = 0; i < d->n_pairs; i++) {
		struct pair *p = &d->pairs[i];

		for (size_t k = 0; p->wanted && k < p->wanted->columns.n; k++) {
			struct diff_column x = {
				.live_table = p->work,
				.wanted_table = p->wanted,
				.wanted = p->wanted->columns.v[k],
			};

			x.live = table_column(d->work, p->work,
					      x.wanted->name);
			if (x.live && !vec_push(d->tmp, &list, x))
				return err_nomem(d->err);
		}
	}
	TRY(d->o->compare(d->o->compare_payload, &list, d->err));
	for (size_t i = 0; i < list.n; i++)
		TRY(heed(d, &list.v[i]));
	return RETORT_OK;
}

static unsigned told(const struct differ *d, const struct column *wanted)
{
	for (size_t i = 0; i < d->told.n; i++)
		if (d->told.v[i].wanted == wanted)
			return d->told.v[i].bits;
	return 0;
}

/* What the options leave uncompared, and names that mean nothing. */
static retort_status take_uncompared(struct differ *d,
				     const struct column *live,
				     struct column *wanted)
{
	if (!d->o->compare_type && !type_same(&live->type, &wanted->type) &&
	    !take_type(d, live, wanted))
		return err_nomem(d->err);
	if (!d->o->compare_server_default &&
	    !differ_adopt(d, &wanted->default_sql, live->default_sql))
		return err_nomem(d->err);
	if (d->wanted->says_little)
		wanted->inherited = live->inherited;
	if (!wanted->not_null_name &&
	    !differ_adopt(d, &wanted->not_null_name, live->not_null_name))
		return err_nomem(d->err);
	return RETORT_OK;
}

static unsigned changes(const struct differ *d, const struct column *a,
			const struct column *b)
{
	unsigned bits = told(d, b);

	if (!type_same(&a->type, &b->type))
		bits |= CHANGE_TYPE;
	if (a->not_null != b->not_null ||
	    a->not_null_conflict != b->not_null_conflict)
		bits |= CHANGE_NOT_NULL;
	if (!text_same(a->default_sql, b->default_sql))
		bits |= CHANGE_DEFAULT;
	if (!name_same(d->wanted, a->collation, b->collation))
		bits |= CHANGE_COLLATION;
	if (a->generated != b->generated ||
	    !text_same(a->generated_sql, b->generated_sql))
		bits |= CHANGE_GENERATED;
	if (!text_same(a->comment, b->comment))
		bits |= CHANGE_COMMENT;
	if (a->identity != b->identity || a->autoincrement != b->autoincrement ||
	    !text_same(a->identity_sql, b->identity_sql) ||
	    !a->serial != !b->serial)
		bits |= CHANGE_IDENTITY;
	return bits;
}

static retort_status alter_column(struct differ *d, struct pair *p,
				  const struct column *live,
				  const struct column *wanted)
{
	unsigned bits = changes(d, live, wanted);
	struct op *op;

	if (!bits)
		return RETORT_OK;
	op = differ_op(d, &p->ops, OP_ALTER_COLUMN, p->work);
	if (!op)
		return RETORT_E_NOMEM;
	op->changes = bits;
	op->column = column_copy(d->mem, wanted);
	op->old_column = column_copy(d->mem, live);
	if (!op->column || !op->old_column)
		return err_nomem(d->err);
	/* The name is the live one's: case may differ. */
	op->name = op->old_column->name;
	op->column->name = op->name;
	return warn_alter_column(d, p, op) ? RETORT_OK : err_nomem(d->err);
}

static retort_status alter_columns(struct differ *d, struct pair *p)
{
	for (size_t i = 0; i < p->wanted->columns.n; i++) {
		struct column *wanted = p->wanted->columns.v[i];
		const struct column *live =
			i < p->work->columns.n ? p->work->columns.v[i] : NULL;

		if (!live || !name_same(d->work, live->name, wanted->name))
			live = table_column(d->work, p->work, wanted->name);
		if (!live)
			continue;
		TRY(take_uncompared(d, live, wanted));
		TRY(alter_column(d, p, live, wanted));
	}
	return RETORT_OK;
}

/* OP_ADD_COLUMN or OP_DROP_COLUMN. */
static retort_status whole_column(struct differ *d, struct pair *p,
				  enum op_kind kind, const struct column *c)
{
	struct op *op = differ_op(d, &p->ops, kind, p->work);
	bool warned;

	if (!op)
		return RETORT_E_NOMEM;
	op->column = column_copy(d->mem, c);
	if (!op->column)
		return err_nomem(d->err);
	op->name = op->column->name;
	warned = kind == OP_ADD_COLUMN ? warn_add_column(d, p, op)
				       : warn_drop_column(d, p, op);
	return warned ? RETORT_OK : err_nomem(d->err);
}

/* Is it made of a column that gets another type? */
static bool is_of_retyped(const struct differ *d, const struct pair *p,
			  const struct column *c)
{
	for (size_t i = 0; i < p->wanted->columns.n; i++) {
		const struct column *w = p->wanted->columns.v[i];
		const struct column *live = table_column(d->work, p->work,
							 w->name);

		if (live && !type_same(&live->type, &w->type) &&
		    sql_mentions(c->generated_sql, w->name))
			return true;
	}
	return false;
}

enum column_part { PLAIN, GENERATED, OF_RETYPED };

static enum column_part part_of(const struct differ *d, const struct pair *p,
			 const struct column *c)
{
	return !c->generated ? PLAIN
	     : is_of_retyped(d, p, c) ? OF_RETYPED : GENERATED;
}

/* Generated columns come after those they may be made of. */
static retort_status add_columns(struct differ *d, struct pair *p,
				 enum column_part which)
{
	for (size_t i = 0; i < p->wanted->columns.n; i++) {
		const struct column *c = p->wanted->columns.v[i];

		if (part_of(d, p, c) == which &&
		    !table_column(d->work, p->work, c->name))
			TRY(whole_column(d, p, OP_ADD_COLUMN, c));
	}
	return RETORT_OK;
}

static retort_status drop_columns(struct differ *d, struct pair *p,
				  enum column_part which)
{
	for (size_t i = p->work->columns.n; i-- > 0;) {
		const struct column *c = p->work->columns.v[i];

		if (part_of(d, p, c) == which &&
		    !table_column(d->work, p->wanted, c->name))
			TRY(whole_column(d, p, OP_DROP_COLUMN, c));
	}
	return RETORT_OK;
}

/*
 * Added first and dropped last, so that a generated column can change from
 * the one to the other and a table is never without columns.
 */
retort_status differ_columns(struct differ *d, struct pair *p)
{
	if (differ_same_columns(d, p))
		return alter_columns(d, p);
	TRY(add_columns(d, p, PLAIN));
	TRY(add_columns(d, p, GENERATED));
	TRY(drop_columns(d, p, OF_RETYPED));
	TRY(alter_columns(d, p));
	TRY(add_columns(d, p, OF_RETYPED));
	TRY(drop_columns(d, p, GENERATED));
	return drop_columns(d, p, PLAIN);
}
