/* Operations -> statements. Changes of one table are gathered and combined. */
#include <string.h>

#include "base/ascii.h"
#include "dialect/sqlite/engine.h"
#include "dialect/sqlite/sqlite.h"
#include "sql/split.h"
#include "sql/token.h"

retort_status compiler_emit(struct compiler *k, struct buf *b,
			    const char *note)
{
	struct stmt s = { .sql = buf_text(b), .note = note };

	if (!s.sql || !vec_push(k->mem, &k->out->stmts, s))
		return err_nomem(k->err);
	*b = (struct buf){ .mem = k->mem };
	return RETORT_OK;
}

static retort_status emit_text(struct compiler *k, const char *sql,
			       const char *note)
{
	struct stmt s = { .sql = sql, .note = note };

	if (!sql || !vec_push(k->mem, &k->out->stmts, s))
		return err_nomem(k->err);
	return RETORT_OK;
}

static retort_status emit_words(struct compiler *k, const char *before,
				const char *name, const char *middle,
				const char *other)
{
	struct buf b = { .mem = k->mem };

	buf_add(&b, before);
	ddl_name(&b, name);
	if (middle) {
		buf_add(&b, middle);
		ddl_name(&b, other);
	}
	return compiler_emit(k, &b, NULL);
}

/* Changes of one table */

static struct table_change *find_change(struct compiler *k, const char *name)
{
	for (size_t i = 0; i < k->changes.n; i++)
		if (name_same(k->schema, k->changes.v[i]->name, name))
			return k->changes.v[i];
	return NULL;
}

static retort_status open_change(struct compiler *k, const struct op *op,
				 struct table_change **out)
{
	struct table *t = schema_table(k->schema, op->schema, op->table);
	struct table_change *c = find_change(k, op->table);

	*out = c;
	if (c)
		return RETORT_OK;
	if (!t)
		return err_set(k->err, RETORT_E_NOTFOUND,
			       "no table \"%s\"", op->table);
	c = arena_new(k->mem, struct table_change);
	if (!c || !(c->old = table_copy(k->mem, t)))
		return err_nomem(k->err);
	c->name = c->old->name;
	for (size_t i = 0; i < t->columns.n; i++) {
		const char *name = c->old->columns.v[i]->name;
		struct column_source s = { name, name, NULL };

		if (!vec_push(k->mem, &c->sources, s))
			return err_nomem(k->err);
	}
	if (!vec_push(k->mem, &k->changes, c))
		return err_nomem(k->err);
	*out = c;
	return RETORT_OK;
}

static struct column_source *find_source(struct compiler *k,
					 struct table_change *c,
					 const char *column)
{
	for (size_t i = 0; i < c->sources.n; i++)
		if (name_same(k->schema, c->sources.v[i].column, column))
			return &c->sources.v[i];
	return NULL;
}

static const char *new_column_name(const struct op *op)
{
	if (op->kind == OP_RENAME_COLUMN)
		return op->to;
	if (op->kind == OP_ALTER_COLUMN && op->column &&
	    strcmp(op->column->name, op->name))
		return op->column->name;
	return NULL;
}

static const char *old_column_name(const struct op *op)
{
	return op->kind == OP_RENAME_COLUMN ? op->from : op->name;
}

static bool references(const struct schema *s, const struct table *t,
		       const char *name)
{
	for (size_t i = 0; i < t->constraints.n; i++)
		if (name_same(s, t->constraints.v[i]->ref_table, name))
			return true;
	return false;
}

/* A foreign key of another table that is changed too follows the rename. */
static bool child_is_open(struct compiler *k, const struct table_change *c,
			  const char *parent)
{
	for (size_t i = 0; i < k->changes.n; i++)
		if (k->changes.v[i] != c &&
		    references(k->schema, k->changes.v[i]->old, parent))
			return true;
	return false;
}

/*
 * Renames are carried out by the database before everything else that is
 * gathered. Where that would be wrong, what was gathered must be written
 * first: the new name is still taken, or a USING expression names the column
 * by its old one, or another table's definition was noted with the old one.
 */
static bool rename_needs_flush(struct compiler *k, const struct op *op)
{
	const char *to = new_column_name(op);
	struct table_change *c = find_change(k, op->table);
	const struct column_source *s;
	const struct column *taken;

	if (!to)
		return false;
	if (child_is_open(k, c, op->table))
		return true;
	if (!c)
		return false;
	s = find_source(k, c, old_column_name(op));
	taken = table_column(k->schema, c->old, to);
	return c->has_using ||
	       (taken && !(s && s->origin && taken ==
			   table_column(k->schema, c->old, s->origin)));
}

static retort_status note_source(struct compiler *k, struct table_change *c,
				 const struct op *op)
{
	const char *to = new_column_name(op);
	const char *name = op->kind == OP_ADD_COLUMN ? op->column->name
						     : old_column_name(op);
	struct column_source *s = name ? find_source(k, c, name) : NULL;

	if (op->kind == OP_ADD_COLUMN && !s) {
		struct column_source added = { name, NULL, NULL };

		if (!vec_push(k->mem, &c->sources, added))
			return err_nomem(k->err);
	} else if (op->kind == OP_DROP_COLUMN && s) {
		vec_remove(&c->sources, (size_t)(s - c->sources.v));
	} else if (s && to) {
		s->column = to;
	}
	if (op->kind == OP_ALTER_COLUMN && op->using_sql && s) {
		s->using_sql = op->using_sql;
		c->has_using = true;
	}
	return RETORT_OK;
}

/* The table as the renames alone leave it. */
static retort_status make_renamed(struct compiler *k, struct table_change *c)
{
	struct schema *alone = schema_new(k->mem, k->schema->fold_case);
	struct table *t = table_copy(k->mem, c->old);

	if (!alone || !t || !vec_push(k->mem, &alone->tables, t))
		return err_nomem(k->err);
	for (size_t i = 0; i < c->sources.n; i++) {
		const struct column_source *s = &c->sources.v[i];
		struct op op = { .kind = OP_RENAME_COLUMN, .schema = t->schema,
				 .table = t->name, .from = s->origin,
				 .to = s->column };

		if (s->origin && strcmp(s->origin, s->column))
			TRY(op_apply(alone, &op, k->err));
	}
	c->renamed = t;
	return RETORT_OK;
}

static retort_status drop_old_indexes(struct compiler *k,
				      const struct table_change *c)
{
	for (size_t i = 0; i < c->old->indexes.n; i++) {
		const char *name = c->old->indexes.v[i]->name;

		if (!table_index(k->schema, c->now, name))
			TRY(emit_words(k, "DROP INDEX ", name, NULL, NULL));
	}
	return RETORT_OK;
}

static retort_status write_change(struct compiler *k, struct table_change *c)
{
	bool native;

	TRY(change_is_native(k, c, &native));
	return native ? change_native(k, c) : change_rebuild(k, c);
}

/* Write what was gathered, one table after the other. */
static retort_status flush(struct compiler *k)
{
	for (size_t i = 0; i < k->changes.n; i++) {
		struct table_change *c = k->changes.v[i];

		c->now = schema_table(k->schema, c->old->schema, c->name);
		TRY(make_renamed(k, c));
		TRY(drop_old_indexes(k, c));
	}
	for (size_t i = 0; i < k->changes.n; i++)
		TRY(change_renames(k, k->changes.v[i]));
	for (size_t i = 0; i < k->changes.n; i++)
		TRY(write_change(k, k->changes.v[i]));
	k->changes.n = 0;
	return RETORT_OK;
}

/*
 * The rows have got the default of a column when it was added; another default
 * after that is not for them. A second USING works on what the first made.
 */
static retort_status note_values(struct compiler *k, const struct op *op)
{
	struct table_change *c = find_change(k, op->table);
	struct column_source *s = c ? find_source(k, c, op->name) : NULL;
	const struct column *col;

	if (op->kind != OP_ALTER_COLUMN || !s)
		return RETORT_OK;
	if (op->using_sql && s->using_sql)
		return flush(k);
	col = table_column(k->schema, schema_table(k->schema, op->schema,
						   op->table), op->name);
	if (col && !s->origin && !s->using_sql &&
	    (op->changes & CHANGE_DEFAULT))
		s->using_sql = col->default_sql ? col->default_sql : "NULL";
	return RETORT_OK;
}

static bool is_change(const struct op *op)
{
	switch (op->kind) {
	case OP_ALTER_TABLE:
	case OP_ADD_COLUMN:
	case OP_DROP_COLUMN:
	case OP_ALTER_COLUMN:
	case OP_RENAME_COLUMN:
	case OP_ADD_CONSTRAINT:
	case OP_DROP_CONSTRAINT:
	case OP_CREATE_INDEX:
	case OP_DROP_INDEX:
	case OP_RENAME_INDEX:
		return true;
	default:
		return false;
	}
}

/* An index may be dropped by its name alone. */
static const char *table_of_index(const struct schema *s, const char *name)
{
	for (size_t i = 0; name && i < s->tables.n; i++)
		if (table_index(s, s->tables.v[i], name))
			return s->tables.v[i]->name;
	return NULL;
}

/* Who wrote the operation need not have known that the table is STRICT. */
static retort_status lower_strict(struct compiler *k, struct op *op)
{
	struct table *t = schema_table(k->schema, op->schema, op->table);
	bool typed = op->kind == OP_ADD_COLUMN ||
		     (op->kind == OP_ALTER_COLUMN &&
		      (op->changes & CHANGE_TYPE));

	if (!typed || !t || !t->strict)
		return RETORT_OK;
	op->column = column_copy(k->mem, op->column);
	return op->column ? sqlite_lower_strict(k->schema, t, op->column,
						k->err)
			  : err_nomem(k->err);
}

static bool has_part(const struct schema *s, const struct constraint *c,
		     const char *column)
{
	for (size_t i = 0; i < c->parts.n; i++)
		if (name_same(s, c->parts.v[i].column, column))
			return true;
	return false;
}

/*
 * SQLite cannot rename a column of the primary key of a WITHOUT ROWID table
 * when a UNIQUE with that column stands behind the key (3.40: "no such
 * column").
 */
static bool cannot_rename(const struct schema *s, const struct table *t,
			  const char *column)
{
	bool in_key = false;

	for (size_t i = 0; t->without_rowid && i < t->constraints.n; i++) {
		const struct constraint *c = t->constraints.v[i];

		if (c->kind == CONSTRAINT_PRIMARY_KEY)
			in_key = has_part(s, c, column);
		else if (in_key && c->kind == CONSTRAINT_UNIQUE &&
			 has_part(s, c, column))
			return true;
	}
	return false;
}

static retort_status put_key_last(struct compiler *k, struct table *t)
{
	struct constraint *key = table_primary_key(t);

	for (size_t i = 0; i < t->constraints.n; i++)
		if (t->constraints.v[i] == key)
			vec_remove(&t->constraints, i);
	return vec_push(k->schema->mem, &t->constraints, key)
		? RETORT_OK : err_nomem(k->err);
}

/* The table made anew in a way that its column can be renamed after that. */
static retort_status make_way_for_rename(struct compiler *k,
					 const struct op *op)
{
	struct table *t = schema_table(k->schema, op->schema, op->table);
	struct table_change c = {0};

	if (!new_column_name(op) || !t ||
	    !cannot_rename(k->schema, t, old_column_name(op)))
		return RETORT_OK;
	TRY(flush(k));
	c.old = c.renamed = table_copy(k->mem, t);
	if (!c.old)
		return err_nomem(k->err);
	TRY(put_key_last(k, t));
	c.name = t->name;
	c.now = t;
	for (size_t i = 0; i < t->columns.n; i++) {
		const char *name = t->columns.v[i]->name;
		struct column_source s = { name, name, NULL };

		if (!vec_push(k->mem, &c.sources, s))
			return err_nomem(k->err);
	}
	return change_rebuild(k, &c);
}

static retort_status gather(struct compiler *k, const struct op *given)
{
	struct table_change *c;
	struct op op = *given;

	if (!op.table)
		op.table = table_of_index(k->schema, op.name ? op.name
							     : op.from);
	if (!op.table && op.if_exists)
		return RETORT_OK;
	if (!op.table)
		return err_set(k->err, RETORT_E_NOTFOUND,
			       "no index \"%s\"",
			       op.name ? op.name : op.from);
	TRY(lower_strict(k, &op));
	TRY(make_way_for_rename(k, &op));
	if (rename_needs_flush(k, &op))
		TRY(flush(k));
	TRY(note_values(k, &op));
	TRY(open_change(k, &op, &c));
	TRY(op_apply(k->schema, &op, k->err));
	return note_source(k, c, &op);
}

/* Operations that are a statement of their own */

static retort_status write_create_table(struct compiler *k,
					const struct op *op)
{
	const struct table *t = op->def;

	if (op->if_not_exists && schema_table(k->schema, t->schema, t->name))
		return RETORT_OK;
	TRY(op_apply(k->schema, op, k->err));
	TRY(emit_text(k, ddl_create_table(k->mem, t, t->name), NULL));
	for (size_t i = 0; i < t->indexes.n; i++)
		TRY(emit_text(k, ddl_create_index(k->mem, t, t->indexes.v[i]),
			      NULL));
	return RETORT_OK;
}

/*
 * With foreign keys on, DROP TABLE deletes the rows first: children are
 * deleted along or stand in the way. Tables that were left out of the schema
 * may be children as well.
 */
static bool drop_needs_guard(const struct schema *s, const char *name)
{
	if (s->notes.n)
		return true;
	for (size_t i = 0; i < s->tables.n; i++)
		if (references(s, s->tables.v[i], name))
			return true;
	return false;
}

static retort_status write_drop_table(struct compiler *k, const struct op *op)
{
	const char *name = op->table ? op->table : op->def->name;
	const struct table *t = schema_table(k->schema, op->schema, name);

	if (!t && op->if_exists)
		return RETORT_OK;
	if (drop_needs_guard(k->schema, name))
		k->out->guarded = true;
	TRY(op_apply(k->schema, op, k->err));
	return emit_words(k, "DROP TABLE ", name, NULL, NULL);
}

/* SQLite refuses a new name that differs in case alone. */
static retort_status write_rename_table(struct compiler *k,
					const struct op *op)
{
	const char *from = op->from ? op->from : op->table;

	TRY(op_apply(k->schema, op, k->err));
	if (!ascii_casecmp(from, op->to)) {
		const char *between = arena_printf(k->mem, REBUILD_PREFIX "%s",
						   op->to);

		if (!between)
			return err_nomem(k->err);
		TRY(emit_words(k, "ALTER TABLE ", from, " RENAME TO ",
			       between));
		from = between;
	}
	return emit_words(k, "ALTER TABLE ", from, " RENAME TO ", op->to);
}

static retort_status write_create_object(struct compiler *k,
					 const struct op *op)
{
	const struct object *o = op->object;

	if (op->if_not_exists &&
	    schema_object(k->schema, o->kind, o->schema, o->name))
		return RETORT_OK;
	TRY(op_apply(k->schema, op, k->err));
	return emit_text(k, o->create_sql, NULL);
}

static retort_status write_drop_object(struct compiler *k,
				       const struct op *op)
{
	const struct object *o = op->object;
	const struct object *live = schema_object(k->schema, o->kind,
						  o->schema, o->name);
	const char *drop_sql = live && live->drop_sql ? live->drop_sql
						      : o->drop_sql;

	if (op->if_exists && !live)
		return RETORT_OK;
	TRY(op_apply(k->schema, op, k->err));
	if (o->kind == OBJECT_VIEW)
		return emit_words(k, "DROP VIEW ", o->name, NULL, NULL);
	if (o->kind == OBJECT_TRIGGER)
		return emit_words(k, "DROP TRIGGER ", o->name, NULL, NULL);
	if (!drop_sql)
		return err_set(k->err, RETORT_E_FAIL,
			       "cannot drop \"%s\": it names no statement for that",
			       o->name);
	return emit_text(k, drop_sql, NULL);
}

static bool drops_table(const char *sql)
{
	struct lexer lx = { .at = sql, .line = 1 };
	struct token t = token_next(&lx);
	bool drop = token_is(&t, "DROP");

	t = token_next(&lx);
	return drop && token_is(&t, "TABLE");
}

static retort_status write_execute(struct compiler *k, const char *sql)
{
	const char *rest = sql;

	for (;;) {
		char *text;
		int line;

		TRY(split_sqlite(rest, k->mem, &text, &line, &rest, k->err));
		if (!text)
			return RETORT_OK;
		if (drops_table(text))
			k->out->guarded = true;
		TRY(emit_text(k, text, NULL));
	}
}

static retort_status write_bulk_insert(struct compiler *k,
				       const struct op *op)
{
	const struct op_insert *in = op->insert;
	struct buf head = { .mem = k->mem }, b = { .mem = k->mem };

	buf_add(&head, "INSERT INTO ");
	ddl_name(&head, op->table);
	buf_add(&head, " (");
	for (size_t i = 0; i < in->columns.n; i++) {
		if (i)
			buf_add(&head, ", ");
		ddl_name(&head, in->columns.v[i]);
	}
	buf_add(&head, ") VALUES");
	for (size_t at = 0; at < in->rows.n;) {
		op_insert_next(in, buf_text(&head), &at, &b);
		TRY(compiler_emit(k, &b, NULL));
	}
	return RETORT_OK;
}

static retort_status write_op(struct compiler *k, const struct op *op)
{
	switch (op->kind) {
	case OP_CREATE_TABLE:
		return write_create_table(k, op);
	case OP_DROP_TABLE:
		return write_drop_table(k, op);
	case OP_RENAME_TABLE:
		return write_rename_table(k, op);
	case OP_CREATE_OBJECT:
		return write_create_object(k, op);
	case OP_DROP_OBJECT:
		return write_drop_object(k, op);
	case OP_EXECUTE:
		return write_execute(k, op->sql);
	case OP_BULK_INSERT:
		return write_bulk_insert(k, op);
	default:
		return err_set(k->err, RETORT_E_FAIL,
			       "a C function in a revision has no SQL form");
	}
}

retort_status sqlite_compile(struct schema *before, const struct ops *list,
			     struct arena *mem, struct script *out,
			     struct err *err)
{
	struct script script = {0};
	struct compiler k = { .schema = before, .mem = mem, .out = &script,
			      .err = err };

	for (size_t i = 0; i < list->n; i++) {
		const struct op *op = list->v[i];

		if (is_change(op)) {
			TRY(gather(&k, op));
			continue;
		}
		TRY(flush(&k));
		TRY(write_op(&k, op));
	}
	TRY(flush(&k));
	*out = script;
	return RETORT_OK;
}
