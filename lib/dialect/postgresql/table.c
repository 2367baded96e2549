#include <string.h>

#include "dialect/postgresql/compile.h"

static retort_status comment_table(struct pg_compiler *k,
				   const struct table *t)
{
	struct buf b = { .mem = k->mem };

	buf_add(&b, "TABLE ");
	pg_ddl_table_name(&b, t);
	return pg_comment(k, buf_text(&b), t->comment);
}

/* A default that only the parents of a column have. */
static bool parent_default(struct pg_compiler *k, const struct table *t,
			   const struct column *c)
{
	for (size_t i = 0; i < t->inherits.n; i++) {
		const struct table *p = schema_table_called(k->s,
							    t->inherits.v[i]);
		const struct column *of = p ? table_column(k->s, p, c->name)
					    : NULL;

		if (of && (of->default_sql || of->serial) && !c->inherited && !c->default_sql &&
		    !c->identity && !c->serial && !c->generated)
			return true;
	}
	return false;
}

static retort_status drop_default(struct pg_compiler *k,
				  const struct table *t,
				  const struct column *c)
{
	struct buf b = { .mem = k->mem };

	buf_add(&b, "ALTER COLUMN ");
	pg_ddl_name(&b, c->name);
	buf_add(&b, " DROP DEFAULT");
	return pg_alter(k, t, &b);
}

static retort_status finish_table(struct pg_compiler *k,
				  const struct table *t)
{
	struct buf b = { .mem = k->mem };

	for (size_t i = 0; i < t->constraints.n; i++)
		if (!pg_ddl_inline(t->constraints.v[i]))
			TRY(pg_add_constraint(k, t, t->constraints.v[i]));
		else if (t->constraints.v[i]->comment)
			TRY(pg_comment_constraint(k, t, t->constraints.v[i]));
	for (size_t i = 0; i < t->indexes.n; i++)
		TRY(pg_create_index(k, t, t->indexes.v[i], false));
	if (t->comment)
		TRY(comment_table(k, t));
	for (size_t i = 0; i < t->columns.n; i++) {
		const struct column *c = t->columns.v[i];

		if (c->inherited)
			TRY(pg_own_parts(k, t, c));
		else if (c->comment)
			TRY(pg_comment_column(k, t, c));
		TRY(pg_make_serial(k, t, c));
		if (parent_default(k, t, c))
			TRY(drop_default(k, t, c));
		if (!c->serial || c->not_null)
			continue;
		buf_add(&b, "ALTER COLUMN ");
		pg_ddl_name(&b, c->name);
		buf_add(&b, " DROP NOT NULL");
		TRY(pg_alter(k, t, &b));
	}
	return pg_set_facets(k, &t->facets);
}

retort_status pg_write_create_table(struct pg_compiler *k, const struct op *op)
{
	const struct table *t = op->def;
	struct buf b = { .mem = k->mem };

	if (op->if_not_exists && schema_table(k->s, t->schema, t->name))
		return RETORT_OK;
	TRY(op_apply(k->s, op, k->err));
	pg_ddl_create_table(&b, t);
	TRY(pg_emit(k, &b));
	return finish_table(k, t);
}

retort_status pg_write_drop_table(struct pg_compiler *k, const struct op *op)
{
	const char *name = op->table ? op->table : op->def->name;
	const struct table *t = schema_table(k->s, op->schema, name);
	struct buf b = { .mem = k->mem };

	if (t && t->partition_of)
		TRY(pg_leave_keys(k, t));
	TRY(op_apply(k->s, op, k->err));
	buf_addf(&b, "DROP TABLE %s", op->if_exists ? "IF EXISTS " : "");
	pg_ddl_qualified(&b, op->schema, name);
	return pg_emit(k, &b);
}

/* The next "key=value" of storage parameters. */
static const char *next_parameter(const char *s, size_t *key, size_t *n)
{
	s += strspn(s, " ,");
	*key = strcspn(s, "=, ");
	*n = strcspn(s, ",");
	return *s ? s : NULL;
}

static bool has_parameter(const char *list, const char *word, size_t n)
{
	size_t key, all;

	while (list && (list = next_parameter(list, &key, &all))) {
		if (key == n && !strncmp(list, word, n))
			return true;
		list += all;
	}
	return false;
}

static retort_status alter_with(struct pg_compiler *k, const struct table *t,
				const char *old, const char *now)
{
	struct buf b = { .mem = k->mem };
	size_t key, n, count = 0;

	for (const char *s = old; s && (s = next_parameter(s, &key, &n));
	     s += n)
		if (!has_parameter(now, s, key))
			buf_addf(&b, "%s%.*s", count++ ? ", " : "RESET (",
				 (int)key, s);
	if (count) {
		buf_addc(&b, ')');
		TRY(pg_alter(k, t, &b));
	}
	if (!now)
		return RETORT_OK;
	buf_addf(&b, "SET (%s)", now);
	return pg_alter(k, t, &b);
}

static retort_status alter_storage(struct pg_compiler *k,
				   const struct table *old,
				   const struct table *now)
{
	struct buf b = { .mem = k->mem };

	if (old->unlogged != now->unlogged) {
		buf_add(&b, now->unlogged ? "SET UNLOGGED" : "SET LOGGED");
		TRY(pg_alter(k, now, &b));
	}
	if (!text_same(old->with, now->with))
		TRY(alter_with(k, now, old->with, now->with));
	if (!text_same(old->tablespace, now->tablespace)) {
		buf_add(&b, "SET TABLESPACE ");
		pg_ddl_name(&b, now->tablespace ? now->tablespace
						: "pg_default");
		TRY(pg_alter(k, now, &b));
	}
	return RETORT_OK;
}

static retort_status cannot_alter(struct pg_compiler *k,
				  const struct table *t, const char *what)
{
	err_set(k->err, RETORT_E_FAIL,
		"cannot change how table \"%s\" is %s", t->name, what);
	err_hint(k->err, "Make a new table, copy the rows and drop the old "
		 "one.");
	return RETORT_E_FAIL;
}

retort_status pg_write_alter_table(struct pg_compiler *k, const struct op *op)
{
	struct table *t, *old;

	TRY(pg_find_table(k, op, &t));
	old = table_copy(k->mem, t);
	if (!old)
		return err_nomem(k->err);
	TRY(op_apply(k->s, op, k->err));
	if (!text_same(old->partition_by, t->partition_by))
		return cannot_alter(k, t, "partitioned");
	if (!text_same(old->suffix_sql, t->suffix_sql))
		return cannot_alter(k, t, "stored");
	TRY(alter_storage(k, old, t));
	TRY(pg_alter_parents(k, t, &old->inherits, &t->inherits));
	TRY(pg_alter_partition(k, old, t));
	if (!text_same(old->comment, t->comment))
		TRY(comment_table(k, t));
	return RETORT_OK;
}

/* What is done to a column is done to those that come from it. */
static bool is_done(const struct pg_compiler *k, const struct op *op)
{
	const struct table *t = schema_table(k->s, op->schema, op->table);
	const struct column *c = t ? table_column(k->s, t,
		op->kind == OP_RENAME_COLUMN ? op->from : op->name) : NULL;
	struct column now = {0};

	if (!c || c->inherited || op->kind != OP_RENAME_COLUMN)
		return c && c->inherited;
	now.name = op->to;
	return pg_has_from_parent(k, t, c) || pg_has_from_parent(k, t, &now);
}

retort_status pg_write_add_column(struct pg_compiler *k, const struct op *op)
{
	struct buf b = { .mem = k->mem };
	const struct column *c = op->column;
	struct table *t;

	TRY(pg_find_table(k, op, &t));
	TRY(op_apply(k->s, op, k->err));
	if (pg_has_from_parent(k, t, c)) {
		table_column(k->s, t, c->name)->inherited = true;
		return pg_own_parts(k, t, c);
	}
	table_column(k->s, t, c->name)->inherited = false;
	buf_addf(&b, "ADD COLUMN %s",
		 op->if_not_exists ? "IF NOT EXISTS " : "");
	pg_ddl_column(&b, c);
	TRY(pg_alter(k, t, &b));
	k->adds_column = true;
	TRY(pg_make_serial(k, t, c));
	if (c->comment)
		TRY(pg_comment_column(k, t, c));
	return pg_own_parts_below(k, t, c->name);
}

retort_status pg_write_drop_column(struct pg_compiler *k, const struct op *op)
{
	struct buf b = { .mem = k->mem };
	struct table *t;

	TRY(pg_find_table(k, op, &t));
	if (is_done(k, op))
		return op_apply(k->s, op, k->err);
	TRY(pg_put_aside_family(k, t, op->name));
	TRY(op_apply(k->s, op, k->err));
	buf_addf(&b, "DROP COLUMN %s", op->if_exists ? "IF EXISTS " : "");
	pg_ddl_name(&b, op->name);
	return pg_alter(k, t, &b);
}

static retort_status rename_counters(struct pg_compiler *k,
				     const struct op *op)
{
	bool whole = op->kind == OP_RENAME_TABLE;
	const char *from = op->from ? op->from : op->table;
	const struct table *t = schema_table(k->s, op->schema,
					     whole ? op->to : op->table);

	for (size_t i = 0; t && i < t->columns.n; i++) {
		const struct column *c = t->columns.v[i];
		const char *const was[2] = { whole ? from : t->name,
					     whole ? c->name : op->from };

		if (whole || !strcmp(c->name, op->to))
			TRY(pg_rename_counter(k, t, c, was));
	}
	return RETORT_OK;
}

retort_status pg_write_rename(struct pg_compiler *k, const struct op *op)
{
	const bool index = op->kind == OP_RENAME_INDEX;
	const char *from = op->from ? op->from : op->table;
	struct buf b = { .mem = k->mem };
	const struct table *t = index ? op_index_table(k->s, op, from) : NULL;
	const char *schema = t ? t->schema : op->schema;

	if (op->kind == OP_RENAME_COLUMN && is_done(k, op))
		return op_apply(k->s, op, k->err);
	TRY(op_apply(k->s, op, k->err));
	buf_addf(&b, "ALTER %s ", index ? "INDEX" : "TABLE");
	pg_ddl_qualified(&b, schema,
			 op->kind == OP_RENAME_COLUMN ? op->table : from);
	if (op->kind == OP_RENAME_COLUMN) {
		buf_add(&b, " RENAME COLUMN ");
		pg_ddl_name(&b, op->from);
		buf_add(&b, " TO ");
	} else {
		buf_add(&b, " RENAME TO ");
	}
	pg_ddl_name(&b, op->to);
	TRY(pg_emit(k, &b));
	return index ? RETORT_OK : rename_counters(k, op);
}
