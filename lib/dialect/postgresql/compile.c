#include <string.h>

#include "dialect/postgresql/compile.h"

static retort_status push(struct pg_compiler *k, const char *sql)
{
	struct stmt s = { .sql = sql };

	if (!sql || !vec_push(k->mem, &k->out->stmts, s))
		return err_nomem(k->err);
	return RETORT_OK;
}

retort_status pg_flush(struct pg_compiler *k)
{
	struct buf b = { .mem = k->mem };

	if (!k->altered)
		return RETORT_OK;
	buf_addf(&b, "ALTER TABLE %s%s", k->altered,
		 k->actions.n > 1 ? "\n\t" : " ");
	for (size_t i = 0; i < k->actions.n; i++)
		buf_addf(&b, "%s%s", i ? ",\n\t" : "", k->actions.v[i]);
	k->altered = NULL;
	k->actions.n = 0;
	k->adds_column = false;
	return push(k, buf_text(&b));
}

retort_status pg_emit_text(struct pg_compiler *k, const char *sql)
{
	TRY(pg_flush(k));
	return push(k, sql);
}

retort_status pg_emit(struct pg_compiler *k, struct buf *b)
{
	const char *sql = buf_text(b);

	*b = (struct buf){ .mem = k->mem };
	return pg_emit_text(k, sql);
}

retort_status pg_alter(struct pg_compiler *k, const struct table *t,
		       struct buf *b)
{
	struct buf name = { .mem = k->mem };
	const char *action = buf_text(b);

	pg_ddl_table_name(&name, t);
	if (!buf_text(&name))
		return err_nomem(k->err);
	if (k->altered && strcmp(k->altered, name.s))
		TRY(pg_flush(k));
	if (!action || !vec_push(k->mem, &k->actions, action))
		return err_nomem(k->err);
	k->altered = name.s;
	*b = (struct buf){ .mem = k->mem };
	return RETORT_OK;
}

retort_status pg_comment(struct pg_compiler *k, const char *what,
			 const char *comment)
{
	struct buf b = { .mem = k->mem };

	if (!what)
		return err_nomem(k->err);
	buf_addf(&b, "COMMENT ON %s IS ", what);
	if (comment)
		pg_ddl_text(&b, comment);
	else
		buf_add(&b, "NULL");
	return pg_emit(k, &b);
}

retort_status pg_comment_column(struct pg_compiler *k, const struct table *t,
				const struct column *c)
{
	struct buf b = { .mem = k->mem };

	buf_add(&b, "COLUMN ");
	pg_ddl_table_name(&b, t);
	buf_addc(&b, '.');
	pg_ddl_name(&b, c->name);
	return pg_comment(k, buf_text(&b), c->comment);
}

retort_status pg_set_facets(struct pg_compiler *k, const struct facets *facets)
{
	for (size_t i = 0; i < facets->n; i++)
		if (facets->v[i].set_sql)
			TRY(pg_emit_text(k, facets->v[i].set_sql));
	return RETORT_OK;
}

retort_status pg_find_table(struct pg_compiler *k, const struct op *op,
			    struct table **out)
{
	*out = op->kind == OP_CREATE_INDEX || op->kind == OP_DROP_INDEX ||
	       op->kind == OP_RENAME_INDEX
		? op_index_table(k->s, op, op->name ? op->name : op->from)
		: schema_table(k->s, op->schema, op->table);
	if (*out)
		return RETORT_OK;
	if (op->table)
		return err_set(k->err, RETORT_E_NOTFOUND,
			       "table \"%s\" does not exist", op->table);
	return err_set(k->err, RETORT_E_NOTFOUND,
		       "index \"%s\" does not exist",
		       op->name ? op->name : op->from ? op->from : "");
}

/* Statements of others */

static retort_status write_execute(struct pg_compiler *k, const char *sql)
{
	const char *rest = sql;

	for (;;) {
		struct stmt s = {0};

		TRY(dialect_postgresql.split(rest, k->mem, &s, &rest, k->err));
		if (!s.sql)
			return RETORT_OK;
		TRY(pg_emit_text(k, s.sql));
	}
}

static retort_status write_bulk_insert(struct pg_compiler *k,
				       const struct op *op)
{
	const struct op_insert *in = op->insert;
	struct buf head = { .mem = k->mem }, b = { .mem = k->mem };

	buf_add(&head, "INSERT INTO ");
	pg_ddl_qualified(&head, op->schema, op->table);
	buf_add(&head, " (");
	for (size_t i = 0; i < in->columns.n; i++) {
		if (i)
			buf_add(&head, ", ");
		pg_ddl_name(&head, in->columns.v[i]);
	}
	buf_add(&head, ") VALUES");
	for (size_t at = 0; at < in->rows.n;) {
		op_insert_next(in, buf_text(&head), &at, &b);
		TRY(pg_emit(k, &b));
	}
	return RETORT_OK;
}

static retort_status no_sql(struct pg_compiler *k)
{
	return err_set(k->err, RETORT_E_FAIL,
		       "a C function in a revision has no SQL form");
}

/* What must find all objects there has them made again before. */
static bool needs_all(const struct op *op)
{
	switch (op->kind) {
	case OP_CREATE_OBJECT:
	case OP_DROP_OBJECT:
	case OP_EXECUTE:
	case OP_BULK_INSERT:
	case OP_SET_FACET:
	case OP_RESET_FACET:
		return true;
	default:
		return false;
	}
}

/* May it call a routine that is dropped for now? */
static bool calls_aside(const struct pg_compiler *k, const struct op *op)
{
	bool calls = op->kind == OP_CREATE_TABLE || op->kind == OP_ADD_COLUMN ||
		     op->kind == OP_CREATE_INDEX ||
		     (op->kind == OP_ADD_CONSTRAINT &&
		      op->constraint->kind != CONSTRAINT_FOREIGN_KEY);

	for (size_t i = 0; calls && i < k->aside.n; i++)
		if (!strncmp(k->aside.v[i], "FUNCTION ", 9))
			return true;
	return false;
}

static retort_status write_op(struct pg_compiler *k, const struct op *op)
{
	if (needs_all(op) || calls_aside(k, op))
		TRY(pg_settle(k));
	switch (op->kind) {
	case OP_CREATE_TABLE: return pg_write_create_table(k, op);
	case OP_DROP_TABLE: return pg_write_drop_table(k, op);
	case OP_ALTER_TABLE: return pg_write_alter_table(k, op);
	case OP_ADD_COLUMN: return pg_write_add_column(k, op);
	case OP_DROP_COLUMN: return pg_write_drop_column(k, op);
	case OP_ALTER_COLUMN: return pg_alter_column(k, op);
	case OP_RENAME_TABLE:
	case OP_RENAME_COLUMN:
	case OP_RENAME_INDEX: return pg_write_rename(k, op);
	case OP_ADD_CONSTRAINT: return pg_write_add_constraint(k, op);
	case OP_DROP_CONSTRAINT: return pg_write_drop_constraint(k, op);
	case OP_RENAME_CONSTRAINT: return pg_write_rename_constraint(k, op);
	case OP_VALIDATE_CONSTRAINT: return pg_write_validate(k, op);
	case OP_CREATE_INDEX: return pg_write_create_index(k, op);
	case OP_DROP_INDEX: return pg_write_drop_index(k, op);
	case OP_CREATE_OBJECT: return pg_write_create_object(k, op);
	case OP_DROP_OBJECT: return pg_write_drop_object(k, op);
	case OP_ALTER_OBJECT: return pg_alter_object(k, op);
	case OP_SET_FACET:
	case OP_RESET_FACET: return pg_write_facet(k, op);
	case OP_EXECUTE: return write_execute(k, op->sql);
	case OP_BULK_INSERT: return write_bulk_insert(k, op);
	case OP_CALL: return no_sql(k);
	}
	return RETORT_OK;
}

retort_status pg_compile(struct schema *before, const struct ops *list,
			 struct arena *mem, struct script *out,
			 struct err *err)
{
	struct script script = {0};
	struct pg_compiler k = { .s = before, .mem = mem, .out = &script,
				 .err = err, .list = list };

	for (k.at = 0; k.at < list->n; k.at++)
		TRY(write_op(&k, list->v[k.at]));
	TRY(pg_settle(&k));
	TRY(pg_flush(&k));
	TRY(pg_set_apart(&k, list));
	if (script.no_transaction)
		pg_trust_session(&script);
	*out = script;
	return RETORT_OK;
}
