#include "diff/differ.h"

static bool has_rows(const struct differ *d, const struct pair *p)
{
	return !d->o->has_rows || d->o->has_rows(d->o->rows_payload, p->live);
}

bool warn_drop_table(struct differ *d, const struct pair *p, struct op *op)
{
	op->loses_data = true;
	op->warning = arena_printf(d->mem, "all rows of \"%s\" are lost",
				   op->table);
	if (!op->warning || !p->looks_like)
		return op->warning;
	op->warning = arena_printf(d->mem,
		"%s; if it became \"%s\", say .was = \"%s\" in the model or "
		"--rename %s:%s", op->warning, p->looks_like, op->table,
		op->table, p->looks_like);
	return op->warning;
}

bool warn_drop_column(struct differ *d, const struct pair *p, struct op *op)
{
	const struct column *now = differ_looks_like(d, p, op->column);

	if (op->column->generated != GENERATED_NO)
		return true;
	op->loses_data = true;
	op->warning = arena_printf(d->mem, "all values of \"%s.%s\" are lost",
				   op->table, op->name);
	if (!op->warning || !now)
		return op->warning;
	op->warning = arena_printf(d->mem,
		"%s; if it became \"%s\", say .was = \"%s\" in the model or "
		"--rename %s.%s:%s", op->warning, now->name, op->name,
		op->table, op->name, now->name);
	return op->warning;
}

static bool fills_itself(const struct pair *p, const struct column *c)
{
	return c->default_sql || c->generated != GENERATED_NO ||
	       c->identity != IDENTITY_NO || c->autoincrement ||
	       !p->work->columns.n;
}

bool warn_add_column(struct differ *d, const struct pair *p, struct op *op)
{
	const struct column *c = op->column;

	if (!c->not_null || fills_itself(p, c) || !has_rows(d, p))
		return true;
	op->warning = arena_printf(d->mem,
		"fails on a table with rows: \"%s.%s\" is NOT NULL and has no "
		"default; give it a .server_default, or take three steps: add "
		"it without NOT NULL, fill it with UPDATE, then set NOT NULL",
		op->table, c->name);
	return op->warning;
}

enum family { WHOLE, FRACTION, TEXTUAL, TEMPORAL, BINARY, OTHER };

static enum family family(const struct type *t)
{
	switch (t->kind) {
	case RETORT_TYPE_INTEGER:
	case RETORT_TYPE_BIGINT:
	case RETORT_TYPE_SMALLINT:
	case RETORT_TYPE_BOOLEAN:
		return WHOLE;
	case RETORT_TYPE_NUMERIC:
	case RETORT_TYPE_REAL:
	case RETORT_TYPE_DOUBLE:
		return FRACTION;
	case RETORT_TYPE_VARCHAR:
	case RETORT_TYPE_CHAR:
	case RETORT_TYPE_TEXT:
	case RETORT_TYPE_UUID:
	case RETORT_TYPE_ENUM:
	case RETORT_TYPE_INTERVAL:
		return TEXTUAL;
	case RETORT_TYPE_DATE:
	case RETORT_TYPE_TIME:
	case RETORT_TYPE_TIMESTAMP:
	case RETORT_TYPE_TIMESTAMPTZ:
		return TEMPORAL;
	case RETORT_TYPE_BLOB:
		return BINARY;
	default:
		return OTHER;
	}
}

static bool keeps_values(const struct type *from, const struct type *to)
{
	enum family a = family(from), b = family(to);

	return (a == b && a != OTHER) || b == TEXTUAL ||
	       (a == WHOLE && b == FRACTION);
}

static const char *spelled(const struct type *t)
{
	return t->text && *t->text ? t->text : "no type";
}

static bool warn_type(struct differ *d, struct op *op)
{
	op->loses_data = true;
	op->warning = arena_printf(d->mem,
		"values of \"%s.%s\" are converted from %s to %s; those that "
		"do not fit are changed or refused", op->table, op->name,
		spelled(&op->old_column->type), spelled(&op->column->type));
	return op->warning;
}

static bool warn_not_null(struct differ *d, struct op *op)
{
	op->warning = arena_printf(d->mem,
		"%s%sfails where \"%s.%s\" is NULL; write before it: UPDATE "
		"%s SET %s = … WHERE %s IS NULL",
		op->warning ? op->warning : "", op->warning ? "; " : "",
		op->table, op->name, op->table, op->name, op->name);
	return op->warning;
}

bool warn_alter_column(struct differ *d, const struct pair *p, struct op *op)
{
	if (!(op->changes & (CHANGE_TYPE | CHANGE_NOT_NULL)) || !has_rows(d, p))
		return true;
	if ((op->changes & CHANGE_TYPE) &&
	    !keeps_values(&op->old_column->type, &op->column->type) &&
	    !warn_type(d, op))
		return false;
	if ((op->changes & CHANGE_NOT_NULL) && op->column->not_null &&
	    !op->old_column->not_null &&
	    op->column->generated == GENERATED_NO)
		return warn_not_null(d, op);
	return true;
}

bool warn_add_constraint(struct differ *d, const struct pair *p, struct op *op)
{
	static const char *const why[] = {
		[CONSTRAINT_PRIMARY_KEY] = "have the same key or none",
		[CONSTRAINT_UNIQUE] = "have the same values",
		[CONSTRAINT_CHECK] = "do not satisfy the check",
		[CONSTRAINT_FOREIGN_KEY] = "refer to rows that are not there",
		[CONSTRAINT_EXCLUDE] = "exclude each other",
	};

	for (size_t i = 0; i < p->work->constraints.n; i++)
		if (constraint_same_structure(d->work, p->work->constraints.v[i],
					      op->constraint))
			return true;	/* only the name is new */
	if (!has_rows(d, p))
		return true;
	op->warning = arena_printf(d->mem, "fails if rows of \"%s\" %s",
				   op->table, why[op->constraint->kind]);
	return op->warning;
}

static bool was_unique(const struct differ *d, const struct pair *p,
		       const struct index *x)
{
	for (size_t i = 0; i < p->work->indexes.n; i++) {
		struct index copy = *p->work->indexes.v[i];

		copy.name = x->name;
		if (index_same(d->work, &copy, x))
			return true;
	}
	return false;
}

/* Nobody knows what it is; a virtual table has rows. */
bool warn_drop_object(struct differ *d, struct op *op)
{
	if (op->object->kind != OBJECT_OTHER || op->object->word)
		return true;
	op->loses_data = true;
	op->warning = arena_printf(d->mem, "what \"%s\" holds is lost",
				   op->object->name);
	return op->warning;
}

/* Labels that go must be in no row. */
bool warn_alter_object(struct differ *d, struct op *op)
{
	const struct object *o = op->object, *old = op->old_object;

	for (size_t i = 0; i < old->labels.n; i++) {
		if (strings_has(&o->labels, old->labels.v[i]))
			continue;
		op->warning = arena_printf(d->mem, "fails if rows hold the "
			"label '%s' of \"%s\"; give them another one before",
			old->labels.v[i], o->name);
		return op->warning;
	}
	return true;
}

bool warn_create_index(struct differ *d, const struct pair *p, struct op *op)
{
	if (!op->index->unique || was_unique(d, p, op->index) ||
	    !has_rows(d, p))
		return true;
	op->warning = arena_printf(d->mem,
		"fails if rows of \"%s\" have the same values", op->table);
	return op->warning;
}
