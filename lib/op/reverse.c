#include "op/op.h"

/* `state` is the schema just before `op`; the reverse goes to `out`. */
struct reverse {
	struct schema *state;
	struct arena *mem;
	struct ops *out;
	const struct op *op;
	struct err *err;
};

static struct op *add(struct reverse *r, enum op_kind kind)
{
	struct op *op = ops_add(r->mem, r->out, kind);

	if (!op) {
		err_nomem(r->err);
		return NULL;
	}
	op->schema = r->op->schema;
	op->table = r->op->table;
	op->batch = r->op->batch;
	return op;
}

static retort_status copied(struct reverse *r, const void *copy)
{
	return copy ? RETORT_OK : err_nomem(r->err);
}

static retort_status missing(struct reverse *r, const char *what,
			     const char *name)
{
	return err_set(r->err, RETORT_E_NOTFOUND, "no %s \"%s\"", what,
		       name ? name : "");
}

static retort_status reverse_create_table(struct reverse *r)
{
	const struct table *t = r->op->def;
	struct op *op;

	if (r->op->if_not_exists && schema_table(r->state, t->schema, t->name))
		return RETORT_OK;
	op = add(r, OP_DROP_TABLE);
	if (!op)
		return RETORT_E_NOMEM;
	op->schema = t->schema;
	op->table = t->name;
	op->def = table_copy(r->mem, t);
	op->loses_data = true;
	return copied(r, op->def);
}

static retort_status create_object(struct reverse *r, const struct object *o)
{
	struct op *op = add(r, OP_CREATE_OBJECT);

	if (!op)
		return RETORT_E_NOMEM;
	op->table = NULL;
	op->object = object_copy(r->mem, o);
	return copied(r, op->object);
}

/* The triggers that went with a table or view. */
static retort_status create_triggers(struct reverse *r, const char *schema,
				     const char *name)
{
	for (size_t i = 0; i < r->state->objects.n; i++) {
		const struct object *o = r->state->objects.v[i];

		if (o->kind == OBJECT_TRIGGER &&
		    name_same(r->state, o->table, name) &&
		    name_same(r->state, o->schema, schema))
			TRY(create_object(r, o));
	}
	return RETORT_OK;
}

static retort_status reverse_drop_table(struct reverse *r)
{
	const char *name = r->op->table ? r->op->table
			 : r->op->def ? r->op->def->name : NULL;
	const struct table *t = schema_table(r->state, r->op->schema, name);
	struct op *op;

	if (!t)
		return r->op->if_exists ? RETORT_OK : missing(r, "table", name);
	op = add(r, OP_CREATE_TABLE);
	if (!op)
		return RETORT_E_NOMEM;
	op->table = NULL;
	op->def = table_copy(r->mem, t);
	TRY(copied(r, op->def));
	op->table = op->def->name;
	return create_triggers(r, t->schema, t->name);
}

static retort_status reverse_rename(struct reverse *r)
{
	struct op *op = add(r, r->op->kind);

	if (!op)
		return RETORT_E_NOMEM;
	op->from = r->op->to;
	op->to = r->op->from;
	if (r->op->kind == OP_RENAME_TABLE && op->table)
		op->table = r->op->to;
	return RETORT_OK;
}

static retort_status reverse_alter_table(struct reverse *r)
{
	const struct table *t =
		schema_table(r->state, r->op->schema, r->op->table);
	struct op *op;

	if (!t)
		return missing(r, "table", r->op->table);
	op = add(r, OP_ALTER_TABLE);
	if (!op)
		return RETORT_E_NOMEM;
	op->def = table_copy(r->mem, t);
	op->old_def = table_copy(r->mem, r->op->def);
	return copied(r, op->def && op->old_def ? op : NULL);
}

static retort_status reverse_add_column(struct reverse *r)
{
	const struct table *t =
		schema_table(r->state, r->op->schema, r->op->table);
	struct op *op;

	if (r->op->if_not_exists && t &&
	    table_column(r->state, t, r->op->column->name))
		return RETORT_OK;
	op = add(r, OP_DROP_COLUMN);
	if (!op)
		return RETORT_E_NOMEM;
	op->column = column_copy(r->mem, r->op->column);
	TRY(copied(r, op->column));
	op->name = op->column->name;
	op->loses_data = op->column->generated == GENERATED_NO;
	return RETORT_OK;
}

/* The table and column an operation is about, as they are before it. */
static retort_status find_column(struct reverse *r, const struct table **t,
				 const struct column **c)
{
	*t = schema_table(r->state, r->op->schema, r->op->table);
	if (!*t)
		return missing(r, "table", r->op->table);
	*c = table_column(r->state, *t, r->op->name);
	return *c ? RETORT_OK : missing(r, "column", r->op->name);
}

static retort_status add_constraint(struct reverse *r,
				    const struct constraint *c)
{
	struct op *op = add(r, OP_ADD_CONSTRAINT);

	if (!op)
		return RETORT_E_NOMEM;
	op->constraint = constraint_copy(r->mem, c);
	return copied(r, op->constraint);
}

static retort_status create_index(struct reverse *r, const char *table,
				  const struct index *x)
{
	struct op *op = add(r, OP_CREATE_INDEX);

	if (!op)
		return RETORT_E_NOMEM;
	op->table = table;
	op->index = index_copy(r->mem, x);
	TRY(copied(r, op->index));
	op->name = op->index->name;
	return RETORT_OK;
}

static bool has_constraint(const struct table *t, const struct constraint *c)
{
	for (size_t i = 0; i < t->constraints.n; i++)
		if (t->constraints.v[i] == c)
			return true;
	return false;
}

static bool has_index(const struct table *t, const struct index *x)
{
	for (size_t i = 0; i < t->indexes.n; i++)
		if (t->indexes.v[i] == x)
			return true;
	return false;
}

/* What goes with the column is seen by dropping it from a copy. */
static retort_status put_back_dependents(struct reverse *r,
					 const struct table *t)
{
	struct table after = *t;
	struct table *one = &after;
	struct schema s = { .mem = r->mem, .fold_case = r->state->fold_case };

	after.columns.v = arena_array(r->mem, struct column *, t->columns.n);
	after.constraints.v = arena_array(r->mem, struct constraint *,
					  t->constraints.n);
	after.indexes.v = arena_array(r->mem, struct index *, t->indexes.n);
	if (!after.columns.v || !after.constraints.v || !after.indexes.v ||
	    !vec_push(r->mem, &s.tables, one))
		return err_nomem(r->err);
	for (size_t i = 0; i < t->columns.n; i++)
		after.columns.v[i] = t->columns.v[i];
	for (size_t i = 0; i < t->constraints.n; i++)
		after.constraints.v[i] = t->constraints.v[i];
	for (size_t i = 0; i < t->indexes.n; i++)
		after.indexes.v[i] = t->indexes.v[i];
	TRY(op_apply(&s, r->op, r->err));
	for (size_t i = 0; i < t->constraints.n; i++)
		if (!has_constraint(&after, t->constraints.v[i]))
			TRY(add_constraint(r, t->constraints.v[i]));
	for (size_t i = 0; i < t->indexes.n; i++)
		if (!has_index(&after, t->indexes.v[i]))
			TRY(create_index(r, r->op->table, t->indexes.v[i]));
	return RETORT_OK;
}

static retort_status reverse_drop_column(struct reverse *r)
{
	const struct table *t;
	const struct column *c;
	struct op *op;

	t = schema_table(r->state, r->op->schema, r->op->table);
	if (r->op->if_exists && t && !table_column(r->state, t, r->op->name))
		return RETORT_OK;
	TRY(find_column(r, &t, &c));
	op = add(r, OP_ADD_COLUMN);
	if (!op)
		return RETORT_E_NOMEM;
	op->column = column_copy(r->mem, c);
	TRY(copied(r, op->column));
	op->name = op->column->name;
	if (c->not_null && !c->default_sql && c->generated == GENERATED_NO)
		op->warning = arena_printf(r->mem,
			"fails on a table with rows: \"%s.%s\" is NOT NULL "
			"and has no default; write one, or add the column "
			"without NOT NULL, fill it, and set NOT NULL then",
			t->name, c->name);
	return put_back_dependents(r, t);
}

/* Behind the column before it, as that is called when `op` runs. */
static retort_status put_back_place(struct reverse *r, const struct table *t,
				    struct op *op)
{
	long at = table_column_at(r->state, t, r->op->name);

	op->after = at > 0 ? arena_strdup(r->mem, t->columns.v[at - 1]->name)
			   : "";
	return copied(r, op->after);
}

static retort_status reverse_alter_column(struct reverse *r)
{
	const struct table *t;
	const struct column *c;
	struct op *op;

	TRY(find_column(r, &t, &c));
	op = add(r, OP_ALTER_COLUMN);
	if (!op)
		return RETORT_E_NOMEM;
	op->changes = r->op->changes;
	op->column = column_copy(r->mem, c);
	op->old_column = column_copy(r->mem, r->op->column);
	TRY(copied(r, op->column && op->old_column ? op : NULL));
	op->name = r->op->column->name ? op->old_column->name
				       : op->column->name;
	return r->op->after || r->op->before ? put_back_place(r, t, op)
					     : RETORT_OK;
}

static retort_status reverse_add_constraint(struct reverse *r)
{
	struct op *op = add(r, OP_DROP_CONSTRAINT);

	if (!op)
		return RETORT_E_NOMEM;
	op->constraint = constraint_copy(r->mem, r->op->constraint);
	return copied(r, op->constraint);
}

static retort_status reverse_drop_constraint(struct reverse *r)
{
	const struct table *t =
		schema_table(r->state, r->op->schema, r->op->table);
	const struct constraint *c;

	if (!t)
		return missing(r, "table", r->op->table);
	c = op_find_constraint(r->state, t, r->op->constraint);
	if (c)
		return add_constraint(r, c);
	return r->op->if_exists ? RETORT_OK
	     : missing(r, "constraint", r->op->constraint->name);
}

static retort_status reverse_create_index(struct reverse *r)
{
	const struct table *t = op_index_table(r->state, r->op,
					       r->op->index->name);
	struct op *op;

	if (r->op->if_not_exists && t &&
	    table_index(r->state, t, r->op->index->name))
		return RETORT_OK;
	op = add(r, OP_DROP_INDEX);
	if (!op)
		return RETORT_E_NOMEM;
	op->index = index_copy(r->mem, r->op->index);
	TRY(copied(r, op->index));
	op->name = op->index->name;
	return RETORT_OK;
}

static retort_status reverse_drop_index(struct reverse *r)
{
	const char *name = r->op->name ? r->op->name
			 : r->op->index ? r->op->index->name : NULL;
	const struct table *t = op_index_table(r->state, r->op, name);
	const struct index *x = t ? table_index(r->state, t, name) : NULL;
	const char *table;

	if (!x)
		return r->op->if_exists ? RETORT_OK : missing(r, "index", name);
	table = arena_strdup(r->mem, t->name);
	TRY(copied(r, table));
	return create_index(r, table, x);
}

static retort_status reverse_create_object(struct reverse *r)
{
	const struct object *o = r->op->object;
	struct op *op;

	if (r->op->if_not_exists &&
	    schema_object_like(r->state, o))
		return RETORT_OK;
	op = add(r, OP_DROP_OBJECT);
	if (!op)
		return RETORT_E_NOMEM;
	op->object = object_copy(r->mem, o);
	return copied(r, op->object);
}

static retort_status reverse_drop_object(struct reverse *r)
{
	const struct object *named = r->op->object;
	const struct object *o = schema_object_like(r->state, named);

	if (!o)
		return r->op->if_exists ? RETORT_OK
		     : missing(r, "object", named->name);
	TRY(create_object(r, o));
	if (o->kind != OBJECT_VIEW)
		return RETORT_OK;
	return create_triggers(r, o->schema, o->name);
}

static retort_status reverse_alter_object(struct reverse *r)
{
	const struct object *now = r->op->object;
	const char *name = op_renames_object(r->op) ? r->op->from : now->name;
	const struct object *o = op_renames_object(r->op)
		? schema_object(r->state, now->kind, now->schema, name)
		: schema_object_like(r->state, now);
	struct op *op;

	if (!o)
		return missing(r, "object", name);
	op = add(r, OP_ALTER_OBJECT);
	if (!op)
		return RETORT_E_NOMEM;
	op->object = object_copy(r->mem, o);
	op->old_object = object_copy(r->mem, now);
	op->from = r->op->to;
	op->to = r->op->from;
	return copied(r, op->object && op->old_object ? op : NULL);
}

/* What is checked stays so. */
static retort_status reverse_validate(struct reverse *r)
{
	(void)r;
	return RETORT_OK;
}

static const struct facet *find_facet(const struct facets *list,
				      const char *key)
{
	for (size_t i = 0; i < list->n; i++)
		if (text_same(list->v[i].key, key))
			return &list->v[i];
	return NULL;
}

static const struct facet *facet_copy(struct arena *mem,
				      const struct facet *f)
{
	struct facet *copy = arena_new(mem, struct facet);

	if (!copy)
		return NULL;
	copy->key = arena_strdup(mem, f->key);
	copy->set_sql = arena_strdup(mem, f->set_sql);
	copy->reset_sql = arena_strdup(mem, f->reset_sql);
	return copy->key && (copy->set_sql || !f->set_sql) &&
	       (copy->reset_sql || !f->reset_sql) ? copy : NULL;
}

static retort_status reverse_facet(struct reverse *r)
{
	const struct object *o = r->op->object;
	const struct facets *list = NULL;
	const struct facet *was;
	const struct table *t;
	struct op *op;

	if (o)
		o = schema_object_like(r->state, o);
	t = o ? NULL : schema_table(r->state, r->op->schema, r->op->table);
	list = o ? &o->facets : t ? &t->facets : NULL;
	if (!list)
		return missing(r, o ? "object" : "table", r->op->table);
	was = find_facet(list, r->op->facet->key);
	if (!was && r->op->kind == OP_RESET_FACET)
		return RETORT_OK;
	op = add(r, was ? OP_SET_FACET : OP_RESET_FACET);
	if (!op)
		return RETORT_E_NOMEM;
	op->object = o ? object_copy(r->mem, o) : NULL;
	op->facet = facet_copy(r->mem, was ? was : r->op->facet);
	return copied(r, op->facet && (op->object || !o) ? op : NULL);
}

static retort_status no_reverse(struct reverse *r)
{
	SCRATCH(tmp);
	const char *what = op_describe(&tmp, r->op);

	err_set(r->err, RETORT_E_FAIL, "cannot reverse: %s",
		what ? what : op_word(r->op));
	err_hint(r->err, "Write the downgrade by hand.");
	return RETORT_E_FAIL;
}

typedef retort_status reverse_fn(struct reverse *);

static reverse_fn *const reverse[] = {
	[OP_CREATE_TABLE] = reverse_create_table,
	[OP_DROP_TABLE] = reverse_drop_table,
	[OP_RENAME_TABLE] = reverse_rename,
	[OP_ALTER_TABLE] = reverse_alter_table,
	[OP_ADD_COLUMN] = reverse_add_column,
	[OP_DROP_COLUMN] = reverse_drop_column,
	[OP_ALTER_COLUMN] = reverse_alter_column,
	[OP_RENAME_COLUMN] = reverse_rename,
	[OP_ADD_CONSTRAINT] = reverse_add_constraint,
	[OP_DROP_CONSTRAINT] = reverse_drop_constraint,
	[OP_CREATE_INDEX] = reverse_create_index,
	[OP_DROP_INDEX] = reverse_drop_index,
	[OP_RENAME_INDEX] = reverse_rename,
	[OP_CREATE_OBJECT] = reverse_create_object,
	[OP_DROP_OBJECT] = reverse_drop_object,
	[OP_ALTER_OBJECT] = reverse_alter_object,
	[OP_RENAME_CONSTRAINT] = reverse_rename,
	[OP_VALIDATE_CONSTRAINT] = reverse_validate,
	[OP_SET_FACET] = reverse_facet,
	[OP_RESET_FACET] = reverse_facet,
	[OP_EXECUTE] = no_reverse,
	[OP_BULK_INSERT] = no_reverse,
	[OP_CALL] = no_reverse,
};

/*
 * Each operation's reverse is one or more that must keep their order, so they
 * are gathered group by group and the groups turned round at the end.
 */
retort_status ops_reverse(const struct schema *before, const struct ops *list,
			  struct arena *mem, struct ops *out, struct err *err)
{
	SCRATCH(tmp);
	struct ops all = {0};
	struct reverse r = { .mem = mem, .out = &all, .err = err };
	size_t *start = arena_array(&tmp, size_t, list->n + 1);

	r.state = schema_copy(&tmp, before);
	if (!start || !r.state)
		return err_nomem(err);
	for (size_t i = 0; i < list->n; i++) {
		start[i] = all.n;
		r.op = list->v[i];
		TRY(reverse[r.op->kind](&r));
		TRY(op_apply(r.state, r.op, err));
	}
	start[list->n] = all.n;
	for (size_t i = list->n; i-- > 0;)
		for (size_t k = start[i]; k < start[i + 1]; k++)
			if (!vec_push(mem, out, all.v[k]))
				return err_nomem(err);
	return RETORT_OK;
}
