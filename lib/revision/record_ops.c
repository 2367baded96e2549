/* Each call of a C revision becomes operations. */
#include <string.h>

#include "revision/recorder.h"

/* A new operation about a table, in the open batch. */
static retort_status start(struct recorder *r, enum op_kind kind,
			   const char *table, struct op **out)
{
	struct op *op = ops_add(r->mem, r->out, kind);

	if (!op)
		return err_nomem(r->err);
	if (table)
		TRY(recorder_table(r, table, &op->schema, &op->table));
	op->batch = r->batch;
	*out = op;
	return RETORT_OK;
}

static retort_status copy(struct recorder *r, const char *s, const char **out)
{
	*out = arena_strdup(r->mem, s);
	return s && !*out ? err_nomem(r->err) : RETORT_OK;
}

/* A name that must be given, copied. */
static retort_status name(struct recorder *r, const char *kind,
			  const char *s, const char **out)
{
	struct declare x;

	declare_init(&x, r->d, r->naming, r->mem, r->err);
	TRY(declare_name(&x, kind, s));
	return copy(r, s, out);
}

static retort_status able(struct recorder *r, unsigned cap, const char *what)
{
	if (r->d->caps & cap)
		return RETORT_OK;
	return err_set(r->err, RETORT_E_FAIL, "this database cannot %s", what);
}

/* The table of a call, with nothing in it but its name. */
static retort_status declaring(struct recorder *r, const char *table,
			       struct declare *x)
{
	declare_init(x, r->d, r->naming, r->mem, r->err);
	x->partial = true;
	x->table = arena_new(r->mem, struct table);
	if (!x->table)
		return err_nomem(r->err);
	return recorder_table(r, table, &x->table->schema, &x->table->name);
}

/* Give the parts of a table the form they have in this database. */
static retort_status lower(struct recorder *r, struct table *t)
{
	struct schema *s = schema_new(r->mem, r->d->caps & CAP_FOLD_CASE);

	if (!s || !vec_push(r->mem, &s->tables, t))
		return err_nomem(r->err);
	return r->d->lower(s, r->err);
}

/* While open, all operations are of one table. */
static retort_status in_batch(struct recorder *r, const char *table)
{
	if (!r->batch || (table && name_same(
		&(struct schema){ .fold_case = r->d->caps & CAP_FOLD_CASE },
		table, r->batch_table)))
		return RETORT_OK;
	return err_set(r->err, RETORT_E_FAIL, "the batch begun in line %d is "
		       "for table \"%s\" only", r->batch_line, r->batch_table);
}

static retort_status create_table(struct recorder *r, const retort_model *m)
{
	struct declare x;
	struct op *op = NULL;

	TRY(in_batch(r, NULL));
	declare_init(&x, r->d, r->naming, r->mem, r->err);
	x.m = m;
	x.table = arena_new(r->mem, struct table);
	if (!x.table)
		return err_nomem(r->err);
	TRY(declare_table(&x));
	if (!x.table->schema)
		declare_split(&x, x.table->name, &x.table->schema,
			      &x.table->name);
	TRY(declare_done(&x));
	TRY(lower(r, x.table));
	TRY(start(r, OP_CREATE_TABLE, NULL, &op));
	op->schema = x.table->schema;
	op->table = x.table->name;
	op->def = x.table;
	op->if_not_exists = m->if_not_exists;
	return RETORT_OK;
}

static retort_status create_object(struct recorder *r, const retort_model *m)
{
	struct declare x;
	struct op *op = NULL;

	TRY(in_batch(r, NULL));
	if (m->kind == RETORT_OBJECT_ENUM)
		TRY(able(r, CAP_ALTER_OBJECTS, "have an enum of its own"));
	declare_init(&x, r->d, r->naming, r->mem, r->err);
	x.m = m;
	TRY(start(r, OP_CREATE_OBJECT, NULL, &op));
	op->if_not_exists = m->if_not_exists;
	return declare_object(&x, &op->object);
}

static void record_create(retort_op *self, const retort_model *m)
{
	struct recorder *r = recorder_of(self);

	if (!r->rc)
		recorder_end(r, m->line, m->kind == RETORT_OBJECT_TABLE
					 ? create_table(r, m)
					 : create_object(r, m));
}

static retort_status drop_object(struct recorder *r, const retort_drop *d)
{
	struct object *o = arena_new(r->mem, struct object);
	struct op *op = NULL;

	if (!o)
		return err_nomem(r->err);
	TRY(in_batch(r, NULL));
	TRY(start(r, OP_DROP_OBJECT, NULL, &op));
	o->kind = d->kind == RETORT_DROP_VIEW ? OBJECT_VIEW :
		  d->kind == RETORT_DROP_TRIGGER ? OBJECT_TRIGGER :
		  d->kind == RETORT_DROP_ENUM ? OBJECT_ENUM : OBJECT_OTHER;
	TRY(name(r, "object", d->name, &o->name));
	if (d->kind == RETORT_DROP_VIEW || d->kind == RETORT_DROP_ENUM)
		TRY(recorder_table(r, d->name, &o->schema, &o->name));
	if (d->kind == RETORT_DROP_TRIGGER)
		TRY(recorder_table(r, d->table, &o->schema, &o->table));
	if (d->kind == RETORT_DROP_OBJECT && (!d->sql || !*d->sql))
		return err_set(r->err, RETORT_E_FAIL, "there is no SQL to drop "
			       "object \"%s\"", d->name);
	TRY(copy(r, d->sql, &o->drop_sql));
	op->object = o;
	op->if_exists = d->if_exists;
	return RETORT_OK;
}

static retort_status drop_constraint(struct recorder *r, const retort_drop *d,
				     struct op *op)
{
	struct declare x;

	if (d->like) {
		TRY(declaring(r, d->table, &x));
		x.unnamed = true;
		return declare_constraint(&x, d->like, &op->constraint);
	}
	op->constraint = arena_new(r->mem, struct constraint);
	if (!op->constraint)
		return err_nomem(r->err);
	return name(r, "constraint", d->name, &op->constraint->name);
}

static retort_status drop_part(struct recorder *r, const retort_drop *d)
{
	static const enum op_kind kinds[] = {
		[RETORT_DROP_TABLE] = OP_DROP_TABLE,
		[RETORT_DROP_COLUMN] = OP_DROP_COLUMN,
		[RETORT_DROP_CONSTRAINT] = OP_DROP_CONSTRAINT,
		[RETORT_DROP_INDEX] = OP_DROP_INDEX
	};
	struct op *op = NULL;

	TRY(in_batch(r, d->kind == RETORT_DROP_TABLE ? NULL : d->table));
	TRY(start(r, kinds[d->kind], d->table ? d->table : "", &op));
	op->if_exists = d->if_exists;
	op->concurrently = d->concurrently;
	if (d->kind == RETORT_DROP_CONSTRAINT)
		return drop_constraint(r, d, op);
	if (d->kind == RETORT_DROP_COLUMN)
		return name(r, "column", d->name, &op->name);
	if (d->kind == RETORT_DROP_INDEX)
		return name(r, "index", d->name, &op->name);
	return RETORT_OK;
}

static void record_drop(retort_op *self, const retort_drop *d)
{
	struct recorder *r = recorder_of(self);

	if (!r->rc)
		recorder_end(r, d->line, d->kind <= RETORT_DROP_INDEX
					 ? drop_part(r, d)
					 : drop_object(r, d));
}

static retort_status rename_sequence(struct recorder *r,
				     const retort_rename *n)
{
	struct op *op = NULL;

	TRY(in_batch(r, NULL));
	TRY(able(r, CAP_ALTER_OBJECTS, "have sequences"));
	TRY(start(r, OP_ALTER_OBJECT, NULL, &op));
	op->object = arena_new(r->mem, struct object);
	if (!op->object)
		return err_nomem(r->err);
	op->object->kind = OBJECT_OTHER;
	op->object->word = "SEQUENCE";
	TRY(name(r, "sequence", n->from, &op->from));
	TRY(name(r, "sequence", n->to, &op->to));
	TRY(recorder_table(r, n->from, &op->object->schema, &op->from));
	op->object->name = op->to;
	op->schema = op->object->schema;
	return RETORT_OK;
}

static retort_status rename_it(struct recorder *r, const retort_rename *n)
{
	static const struct {
		const char *word;
		enum op_kind op;
	} kinds[] = {
		[RETORT_RENAME_TABLE] = { "table", OP_RENAME_TABLE },
		[RETORT_RENAME_COLUMN] = { "column", OP_RENAME_COLUMN },
		[RETORT_RENAME_INDEX] = { "index", OP_RENAME_INDEX },
		[RETORT_RENAME_CONSTRAINT] = { "constraint",
					       OP_RENAME_CONSTRAINT },
	};
	bool table = n->kind == RETORT_RENAME_TABLE;
	const char *kind;
	struct op *op = NULL;

	if (n->kind == RETORT_RENAME_SEQUENCE)
		return rename_sequence(r, n);
	if ((size_t)n->kind >= sizeof(kinds) / sizeof(*kinds))
		return err_set(r->err, RETORT_E_FAIL, "this db is older than "
			       "the revision: it cannot rename what that "
			       "renames");
	kind = kinds[n->kind].word;
	TRY(in_batch(r, table ? NULL : n->table));
	if (n->kind == RETORT_RENAME_CONSTRAINT)
		TRY(able(r, CAP_RENAMES, "rename a constraint"));
	TRY(start(r, kinds[n->kind].op,
		  table ? n->from : n->table ? n->table : "", &op));
	TRY(name(r, kind, n->to, &op->to));
	if (!table)
		return name(r, kind, n->from, &op->from);
	op->from = op->table;
	return RETORT_OK;
}

static void record_rename(retort_op *self, const retort_rename *n)
{
	struct recorder *r = recorder_of(self);

	if (!r->rc)
		recorder_end(r, n->line, rename_it(r, n));
}

/* A constraint or index that came with a column. */
static retort_status add_parts(struct recorder *r, const struct table *t,
			       int batch)
{
	struct op *op = NULL;

	for (size_t i = 0; i < t->constraints.n; i++) {
		TRY(start(r, OP_ADD_CONSTRAINT, NULL, &op));
		op->schema = t->schema;
		op->table = t->name;
		op->constraint = t->constraints.v[i];
		op->batch = batch;
	}
	for (size_t i = 0; i < t->indexes.n; i++) {
		TRY(start(r, OP_CREATE_INDEX, NULL, &op));
		op->schema = t->schema;
		op->table = t->name;
		op->index = t->indexes.v[i];
		op->batch = batch;
	}
	return RETORT_OK;
}

/* What follows belongs together; an open batch goes on. */
static int batch_for(struct recorder *r, const struct table *t)
{
	if (r->batch || !(t->constraints.n || t->indexes.n))
		return r->batch;
	return ++r->batches;
}

static retort_status add_key(struct declare *x, const retort_column *c)
{
	const char *const own[] = { c->name, NULL };
	struct constraint *made = NULL;

	TRY(declare_constraint(x, &(retort_constraint){
		.kind = RETORT_CONSTRAINT_PRIMARY_KEY, .columns = own,
		.on_conflict = c->primary_key_on_conflict }, &made));
	return vec_push(x->mem, &x->table->constraints, made)
		? RETORT_OK : err_nomem(x->err);
}

static retort_status add_column(struct recorder *r, const retort_add *a)
{
	struct declare x;
	struct op *op = NULL;
	int batch;

	TRY(in_batch(r, a->table));
	TRY(declaring(r, a->table, &x));
	TRY(declare_column(&x, &a->column));
	if (a->column.flags & RETORT_PRIMARY_KEY)
		TRY(add_key(&x, &a->column));
	TRY(lower(r, x.table));
	batch = batch_for(r, x.table);
	TRY(start(r, OP_ADD_COLUMN, NULL, &op));
	op->schema = x.table->schema;
	op->table = x.table->name;
	op->column = x.table->columns.v[0];
	op->batch = batch;
	op->if_not_exists = a->if_not_exists;
	TRY(copy(r, a->after, &op->after));
	TRY(copy(r, a->before, &op->before));
	return add_parts(r, x.table, batch);
}

static void record_add_column(retort_op *self, const retort_add *a)
{
	struct recorder *r = recorder_of(self);

	if (!r->rc)
		recorder_end(r, a->line, add_column(r, a));
}

static bool has_type(const retort_alter *a)
{
	return a->type.kind || a->type.name;
}

/* One of a pair of which only one can be meant. */
static retort_status both(struct recorder *r, const retort_alter *a)
{
	const char *pair =
		a->not_null && a->nullable ? ".not_null and .nullable" :
		a->server_default && a->drop_default
			? ".server_default and .drop_default" :
		a->collation && a->drop_collation
			? ".collation and .drop_collation" :
		a->generated && a->drop_generated
			? ".generated and .drop_generated" :
		a->comment && a->drop_comment
			? ".comment and .drop_comment" :
		a->autoincrement && a->drop_autoincrement
			? ".autoincrement and .drop_autoincrement" :
		(a->identity || a->identity_always) && a->drop_identity
			? ".identity and .drop_identity" : NULL;

	if (pair)
		return err_set(r->err, RETORT_E_FAIL, "column \"%s\" cannot be "
			       "given both %s", a->column, pair);
	return RETORT_OK;
}

static unsigned alter_changes(const retort_alter *a)
{
	unsigned n = 0;

	if (a->name)
		n |= CHANGE_NAME;
	if (has_type(a))
		n |= CHANGE_TYPE;
	if (a->not_null || a->nullable)
		n |= CHANGE_NOT_NULL;
	if (a->server_default || a->drop_default)
		n |= CHANGE_DEFAULT;
	if (a->collation || a->drop_collation)
		n |= CHANGE_COLLATION;
	if (a->generated || a->drop_generated)
		n |= CHANGE_GENERATED;
	if (a->comment || a->drop_comment)
		n |= CHANGE_COMMENT;
	if (a->autoincrement || a->drop_autoincrement || a->identity ||
	    a->identity_always || a->drop_identity)
		n |= CHANGE_IDENTITY;
	return n;
}

/* The altered column, as a declaration; what is not changed is not there. */
static retort_column altered(const retort_alter *a)
{
	retort_column c = {
		.name = a->name ? a->name : a->column,
		.type = a->type,
		.server_default = a->server_default,
		.collation = a->collation,
		.generated = a->generated,
		.comment = a->comment,
		.on_conflict = a->on_conflict,
		.not_null_name = a->not_null_name
	};

	if (!has_type(a))
		c.type = (retort_type){ .name = "" };
	if (a->not_null)
		c.flags |= RETORT_NOT_NULL;
	if (a->generated && a->stored)
		c.flags |= RETORT_STORED;
	if (a->identity)
		c.flags |= RETORT_IDENTITY;
	if (a->identity_always)
		c.flags |= RETORT_IDENTITY_ALWAYS;
	return c;
}

static retort_status alter_column(struct recorder *r, const retort_alter *a)
{
	const retort_column c = altered(a);
	const unsigned changes = alter_changes(a);
	struct column *column;
	struct declare x;
	struct op *op = NULL;
	int batch;

	TRY(in_batch(r, a->table));
	TRY(both(r, a));
	if (!changes)
		return err_set(r->err, RETORT_E_FAIL, "nothing is said to "
			       "change of column \"%s\"",
			       a->column ? a->column : "");
	TRY(declaring(r, a->table, &x));
	TRY(declare_column(&x, &c));
	TRY(lower(r, x.table));
	batch = batch_for(r, x.table);
	column = x.table->columns.v[0];
	column->autoincrement = a->autoincrement;
	column->comment = arena_strdup(r->mem, a->comment);
	if (!has_type(a))
		column->type = (struct type){ .length = -1, .scale = -1 };
	TRY(start(r, OP_ALTER_COLUMN, NULL, &op));
	op->schema = x.table->schema;
	op->table = x.table->name;
	op->column = column;
	op->changes = changes;
	op->batch = batch;
	TRY(name(r, "column", a->column, &op->name));
	TRY(copy(r, a->using_sql, &op->using_sql));
	return add_parts(r, x.table, batch);
}

static void record_alter_column(retort_op *self, const retort_alter *a)
{
	struct recorder *r = recorder_of(self);

	if (!r->rc)
		recorder_end(r, a->line, alter_column(r, a));
}

static retort_status alter_table(struct recorder *r,
				 const retort_alter_table_options *a)
{
	struct declare x;
	struct op *op = NULL;

	TRY(in_batch(r, a->table));
	if ((a->strict && a->not_strict) ||
	    (a->without_rowid && a->with_rowid) ||
	    (a->comment && a->drop_comment))
		return err_set(r->err, RETORT_E_FAIL, "table \"%s\" cannot be "
			       "given an option and its opposite", a->table);
	TRY(declaring(r, a->table, &x));
	TRY(start(r, OP_ALTER_TABLE, a->table, &op));
	op->def = x.table;
	op->def->strict = a->strict;
	op->def->without_rowid = a->without_rowid;
	TRY(copy(r, a->comment, &op->def->comment));
	if (a->comment || a->drop_comment)
		op->changes |= CHANGE_COMMENT;
	if (a->strict || a->not_strict)
		op->changes |= CHANGE_STRICT;
	if (a->without_rowid || a->with_rowid)
		op->changes |= CHANGE_ROWID;
	if (!op->changes)
		return err_set(r->err, RETORT_E_FAIL, "nothing is said to "
			       "change of table \"%s\"", a->table);
	return RETORT_OK;
}

static void record_alter_table(retort_op *self,
			       const retort_alter_table_options *a)
{
	struct recorder *r = recorder_of(self);

	if (!r->rc)
		recorder_end(r, a->line, alter_table(r, a));
}

static retort_status add_constraint(struct recorder *r, const char *table,
				    const retort_constraint *c)
{
	struct constraint *made = NULL;
	struct declare x;
	struct op *op = NULL;

	TRY(in_batch(r, table));
	TRY(declaring(r, table, &x));
	TRY(declare_constraint(&x, c, &made));
	if (!vec_push(r->mem, &x.table->constraints, made))
		return err_nomem(r->err);
	TRY(lower(r, x.table));
	if (c->using_index)
		TRY(able(r, CAP_RENAMES, "make a constraint of an index"));
	TRY(start(r, OP_ADD_CONSTRAINT, table, &op));
	op->constraint = made;
	return copy(r, c->using_index, &op->using_index);
}

static void record_add_constraint(retort_op *self, int line,
				  const char *table,
				  const retort_constraint *c)
{
	struct recorder *r = recorder_of(self);

	if (!r->rc)
		recorder_end(r, line, add_constraint(r, table, c));
}

static retort_status create_index(struct recorder *r, const char *table,
				  const retort_index *in)
{
	struct index *made = NULL;
	struct declare x;
	struct op *op = NULL;

	TRY(in_batch(r, table));
	TRY(declaring(r, table, &x));
	TRY(declare_index(&x, in, &made));
	if (!vec_push(r->mem, &x.table->indexes, made))
		return err_nomem(r->err);
	TRY(lower(r, x.table));
	TRY(start(r, OP_CREATE_INDEX, table, &op));
	op->index = made;
	op->if_not_exists = in->if_not_exists;
	op->concurrently = in->concurrently;
	return RETORT_OK;
}

static void record_create_index(retort_op *self, int line, const char *table,
				const retort_index *in)
{
	struct recorder *r = recorder_of(self);

	if (!r->rc)
		recorder_end(r, line, create_index(r, table, in));
}

static retort_status validate(struct recorder *r, const char *table,
			      const char *constraint)
{
	struct op *op = NULL;

	TRY(in_batch(r, table));
	TRY(able(r, CAP_RENAMES, "validate a constraint"));
	TRY(start(r, OP_VALIDATE_CONSTRAINT, table ? table : "", &op));
	return name(r, "constraint", constraint, &op->name);
}

static void record_validate(retort_op *self, int line, const char *table,
			    const char *constraint)
{
	struct recorder *r = recorder_of(self);

	if (!r->rc)
		recorder_end(r, line, validate(r, table, constraint));
}

static retort_status label(struct recorder *r, const retort_label *l)
{
	struct op *op = NULL;

	TRY(in_batch(r, NULL));
	TRY(able(r, CAP_ALTER_OBJECTS, "have an enum of its own"));
	TRY(start(r, OP_ALTER_OBJECT, NULL, &op));
	op->object = arena_new(r->mem, struct object);
	if (!op->object)
		return err_nomem(r->err);
	op->object->kind = OBJECT_ENUM;
	TRY(name(r, "enum", l->name, &op->object->name));
	TRY(recorder_table(r, l->name, &op->object->schema,
			   &op->object->name));
	op->schema = op->object->schema;
	op->if_not_exists = l->if_not_exists;
	TRY(copy(r, l->from, &op->from));
	TRY(copy(r, l->to, &op->to));
	TRY(copy(r, l->before, &op->before));
	if (!l->from && !l->to)
		return err_set(r->err, RETORT_E_FAIL,
			       "no label of enum \"%s\" is named", l->name);
	return copy(r, l->after, &op->after);
}

static void record_label(retort_op *self, const retort_label *l)
{
	struct recorder *r = recorder_of(self);

	if (!r->rc)
		recorder_end(r, l->line, label(r, l));
}

static retort_status insert(struct recorder *r, const retort_insert *in)
{
	struct op_insert *rows = NULL;
	struct op *op = NULL;

	TRY(in_batch(r, NULL));
	TRY(recorder_insert(r, in, &rows));
	TRY(start(r, OP_BULK_INSERT, in->table ? in->table : "", &op));
	op->insert = rows;
	return RETORT_OK;
}

static void record_insert(retort_op *self, const retort_insert *in)
{
	struct recorder *r = recorder_of(self);

	if (!r->rc)
		recorder_end(r, in->line, insert(r, in));
}

static retort_status execute(struct recorder *r, const char *fmt, va_list ap)
{
	struct strings sql = {0};

	TRY(in_batch(r, NULL));
	TRY(recorder_split(r, fmt, ap, &sql));
	for (size_t i = 0; i < sql.n; i++) {
		struct op *op = NULL;

		TRY(start(r, OP_EXECUTE, NULL, &op));
		op->sql = sql.v[i];
	}
	return RETORT_OK;
}

static void record_execute(retort_op *self, int line, const char *fmt,
			   va_list ap)
{
	struct recorder *r = recorder_of(self);

	if (!r->rc)
		recorder_end(r, line, execute(r, fmt, ap));
}

static void record_batch(retort_op *self, int line, const char *table)
{
	struct recorder *r = recorder_of(self);

	if (r->rc)
		return;
	if (!table) {
		if (!r->batch)
			recorder_refuse(r, line, "no batch is open here");
		r->batch = 0;
		return;
	}
	if (r->batch) {
		recorder_refuse(r, line, "the batch of table \"%s\" begun in "
				"line %d is still open", r->batch_table,
				r->batch_line);
		return;
	}
	r->batch = ++r->batches;
	r->batch_line = line;
	r->batch_table = arena_strdup(r->mem, table);
	if (!r->batch_table)
		recorder_end(r, line, err_nomem(r->err));
}

static retort_status call(struct recorder *r, retort_call_fn *run, void *arg)
{
	struct op *op = NULL;

	TRY(in_batch(r, NULL));
	if (!run)
		return err_set(r->err, RETORT_E_FAIL, "there is no function to "
			       "call");
	TRY(start(r, OP_CALL, NULL, &op));
	op->call = (struct op_call){ .run = run, .arg = arg };
	return RETORT_OK;
}

static void record_call(retort_op *self, int line, retort_call_fn *run,
			void *arg)
{
	struct recorder *r = recorder_of(self);

	if (!r->rc)
		recorder_end(r, line, call(r, run, arg));
}

static int record_query(retort_op *self, const char *sql, retort_row_fn *row,
			void *payload)
{
	struct recorder *r = recorder_of(self);

	(void)row;
	(void)payload;
	recorder_refuse(r, 0, "cannot run a query while operations are "
			"recorded: %s", sql);
	err_hint(r->err, "Query in a function given to retort_call().");
	return -1;
}

const retort_op_api recorder_api = {
	.abi = RETORT_OP_ABI,
	.size = sizeof(retort_op_api),
	.dialect = recorder_dialect,
	.failed = recorder_has_failed,
	.fail = recorder_fail,
	.create = record_create,
	.drop = record_drop,
	.rename = record_rename,
	.add_column = record_add_column,
	.alter_column = record_alter_column,
	.alter_table = record_alter_table,
	.add_constraint = record_add_constraint,
	.create_index = record_create_index,
	.insert = record_insert,
	.execute = record_execute,
	.batch = record_batch,
	.call = record_call,
	.query = record_query,
	.validate = record_validate,
	.label = record_label,
};
