/* The op of a function given to retort_call(): what it does, it does now. */
#include <string.h>

#include "revision/record.h"
#include "revision/recorder.h"

static const char *quoted(struct recorder *r, const char *schema,
			  const char *table)
{
	const char *name = r->d->quote_name(r->mem, table);
	const char *space = schema ? r->d->quote_name(r->mem, schema) : NULL;

	if (!name || (schema && !space))
		return NULL;
	return schema ? arena_printf(r->mem, "%s.%s", space, name) : name;
}

static void add_row(struct buf *b, const struct op_insert *rows, size_t i)
{
	for (size_t k = 0; k < rows->columns.n; k++) {
		const char *cell = rows->rows.v[i][k];

		buf_addf(b, "%s%s", k ? ", " : "", cell ? cell : "NULL");
	}
}

static retort_status insert_rows(struct recorder *r, const char *table,
				 const struct op_insert *rows)
{
	struct buf head = { .mem = r->mem };

	buf_addf(&head, "INSERT INTO %s (", table);
	for (size_t i = 0; i < rows->columns.n; i++) {
		const char *name = r->d->quote_name(r->mem,
						    rows->columns.v[i]);

		if (!name)
			return err_nomem(r->err);
		buf_addf(&head, "%s%s", i ? ", " : "", name);
	}
	buf_add(&head, ") VALUES (");
	for (size_t i = 0; i < rows->rows.n; i++) {
		SCRATCH(tmp);
		struct buf sql = { .mem = &tmp };

		buf_add(&sql, buf_text(&head) ? head.s : "");
		add_row(&sql, rows, i);
		buf_addc(&sql, ')');
		if (head.failed || !buf_text(&sql))
			return err_nomem(r->err);
		TRY(conn_exec(r->conn, sql.s, r->err));
	}
	return RETORT_OK;
}

static retort_status insert(struct recorder *r, const retort_insert *in)
{
	struct op_insert *rows = NULL;
	const char *schema, *table;

	TRY(recorder_table(r, in->table, &schema, &table));
	TRY(recorder_insert(r, in, &rows));
	table = quoted(r, schema, table);
	return table ? insert_rows(r, table, rows) : err_nomem(r->err);
}

static void call_insert(retort_op *self, const retort_insert *in)
{
	struct recorder *r = recorder_of(self);

	if (!r->rc)
		recorder_end(r, in->line, insert(r, in));
}

static retort_status execute(struct recorder *r, const char *fmt, va_list ap)
{
	struct strings sql = {0};

	TRY(recorder_split(r, fmt, ap, &sql));
	for (size_t i = 0; i < sql.n; i++)
		TRY(conn_exec(r->conn, sql.v[i], r->err));
	return RETORT_OK;
}

static void call_execute(retort_op *self, int line, const char *fmt,
			 va_list ap)
{
	struct recorder *r = recorder_of(self);

	if (!r->rc)
		recorder_end(r, line, execute(r, fmt, ap));
}

static int call_query(retort_op *self, const char *sql, retort_row_fn *row,
		      void *payload)
{
	struct recorder *r = recorder_of(self);
	retort_status rc;

	if (r->rc)
		return -1;
	rc = r->conn->ops->run(r->conn, sql, 0, NULL, row, payload, r->err);
	recorder_end(r, 0, rc);
	return rc < 0 ? -1 : 0;
}

static void not_here(retort_op *self, int line)
{
	recorder_refuse(recorder_of(self), line, "here a function can execute, "
			"insert and query; operations belong into upgrade() or "
			"downgrade()");
}

static void call_create(retort_op *self, const retort_model *m)
{
	not_here(self, m->line);
}

static void call_drop(retort_op *self, const retort_drop *d)
{
	not_here(self, d->line);
}

static void call_rename(retort_op *self, const retort_rename *n)
{
	not_here(self, n->line);
}

static void call_add_column(retort_op *self, const retort_add *a)
{
	not_here(self, a->line);
}

static void call_alter_column(retort_op *self, const retort_alter *a)
{
	not_here(self, a->line);
}

static void call_alter_table(retort_op *self,
			     const retort_alter_table_options *a)
{
	not_here(self, a->line);
}

static void call_add_constraint(retort_op *self, int line, const char *table,
				const retort_constraint *c)
{
	(void)table;
	(void)c;
	not_here(self, line);
}

static void call_create_index(retort_op *self, int line, const char *table,
			      const retort_index *i)
{
	(void)table;
	(void)i;
	not_here(self, line);
}

static void call_batch(retort_op *self, int line, const char *table)
{
	(void)table;
	not_here(self, line);
}

static void call_call(retort_op *self, int line, retort_call_fn *run,
		      void *arg)
{
	(void)run;
	(void)arg;
	not_here(self, line);
}

static void call_validate(retort_op *self, int line, const char *table,
			  const char *name)
{
	(void)table;
	(void)name;
	not_here(self, line);
}

static void call_label(retort_op *self, const retort_label *l)
{
	not_here(self, l->line);
}

const retort_op_api call_api = {
	.abi = RETORT_OP_ABI,
	.size = sizeof(retort_op_api),
	.dialect = recorder_dialect,
	.failed = recorder_has_failed,
	.fail = recorder_fail,
	.create = call_create,
	.drop = call_drop,
	.rename = call_rename,
	.add_column = call_add_column,
	.alter_column = call_alter_column,
	.alter_table = call_alter_table,
	.add_constraint = call_add_constraint,
	.create_index = call_create_index,
	.insert = call_insert,
	.execute = call_execute,
	.batch = call_batch,
	.call = call_call,
	.query = call_query,
	.validate = call_validate,
	.label = call_label,
};

retort_status revision_call(const struct revision *rev, struct conn *c,
			    const struct op_call *call, struct err *err)
{
	SCRATCH(tmp);
	struct recorder r = {
		.op.api = &call_api, .path = rev->path, .d = c->ops,
		.mem = &tmp, .err = err, .conn = c
	};
	int rc = call->run(&r.op, call->arg);

	if (r.rc)
		return r.rc;
	if (!rc)
		return RETORT_OK;
	err_set(err, RETORT_E_FAIL, "a function given to retort_call() "
		"returned %d", rc);
	err_where(err, rev->path, 0);
	return RETORT_E_FAIL;
}
