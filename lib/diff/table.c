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

/* What only a server database has. */
static bool same_storage(const struct table *a, const struct table *b)
{
	return a->unlogged == b->unlogged && text_same(a->with, b->with) &&
	       text_same(a->tablespace, b->tablespace) &&
	       names_same(&a->inherits, &b->inherits) &&
	       text_same(a->partition_by, b->partition_by) &&
	       text_same(a->partition_of, b->partition_of) &&
	       text_same(a->partition_bound, b->partition_bound);
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
	if (same_storage(live, wanted) && live->strict == wanted->strict &&
	    live->without_rowid == wanted->without_rowid &&
	    text_same(live->comment, wanted->comment) &&
	    text_same(live->suffix_sql, wanted->suffix_sql))
		return RETORT_OK;
	op = differ_op(d, &p->ops, OP_ALTER_TABLE, live);
	if (!op)
		return RETORT_E_NOMEM;
	op->def = table_copy(d->mem, wanted);
	op->old_def = table_copy(d->mem, live);
	return op->def && op->old_def ? RETORT_OK : err_nomem(d->err);
}

static retort_status append(struct differ *d, struct ops *to,
			    const struct ops *from)
{
	for (size_t i = 0; i < from->n; i++)
		if (!vec_push(d->mem, to, from->v[i]))
			return err_nomem(d->err);
	return RETORT_OK;
}

retort_status differ_table(struct differ *d, struct pair *p)
{
	struct ops drop = {0}, drop_index = {0}, add = {0}, add_index = {0};

	TRY(differ_indexes(d, p, &drop_index, &add_index));
	TRY(differ_constraints(d, p, &drop, &add));
	TRY(append(d, &p->ops, &drop_index));
	TRY(append(d, &p->ops, &drop));
	TRY(differ_columns(d, p));
	TRY(alter_table(d, p));
	TRY(append(d, &p->ops, &add));
	return append(d, &p->ops, &add_index);
}
