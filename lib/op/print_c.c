#include "op/print_c.h"

#include <string.h>

#include "op/c_text.h"
#include "sql/token.h"

/* What <retort/revision.h> can put into one ROW(). */
enum { ROW_MAX = 64 };

struct printer {
	struct c_text c;
	struct buf b;
	struct err *err;
};

/* `retort_VERB(op, "table"`, for more to follow. */
static void begin(struct printer *p, const char *verb, const struct op *op)
{
	buf_addf(&p->b, "retort_%s(op, ", verb);
	c_qualified(&p->c, &p->b, op->schema, op->table);
}

static void add(struct printer *p, const char *s)
{
	buf_add(&p->b, ", ");
	buf_add_c_string(&p->b, s);
}

static void end(struct printer *p)
{
	buf_add(&p->b, ");");
	c_line(&p->c, &p->b);
}

static void print_create_table(struct printer *p, const struct op *op)
{
	const struct table *t = op->def;
	struct buf *b = &p->b;

	buf_add(b, "retort_create_table(op, ");
	c_qualified(&p->c, b, t->schema, t->name);
	c_flag(b, "unnamed", c_has_unnamed(t));
	c_flag(b, "strict", t->strict);
	c_flag(b, "without_rowid", t->without_rowid);
	c_attribute(&p->c, b, "comment", t->comment);
	c_storage(&p->c, b, t);
	c_flag(b, "if_not_exists", op->if_not_exists);
	buf_addc(b, ',');
	c_line(&p->c, b);
	c_table_body(&p->c, t, ");");
}

static void print_rename(struct printer *p, const struct op *op)
{
	struct buf *b = &p->b;

	if (op->kind == OP_RENAME_TABLE) {
		buf_add(b, "retort_rename_table(op, ");
		c_qualified(&p->c, b, op->schema, op->from);
	} else {
		begin(p, op->kind == OP_RENAME_INDEX ? "rename_index" :
		      op->kind == OP_RENAME_CONSTRAINT ? "rename_constraint"
						       : "rename_column", op);
		add(p, op->from);
	}
	add(p, op->to);
	end(p);
}

/* `.word = true` or `.no_word = true` where the two differ. */
static void change_flag(struct buf *b, bool was, bool is, const char *yes,
			const char *no)
{
	if (was != is)
		buf_addf(b, ", .%s = true", is ? yes : no);
}

static void change_text(struct printer *p, const char *s, const char *name,
			const char *drop)
{
	if (s)
		c_attribute(&p->c, &p->b, name, s);
	else
		c_flag(&p->b, drop, true);
}

static retort_status print_alter_table(struct printer *p, const struct op *op)
{
	static const struct table none;
	const struct table *was = op->old_def ? op->old_def : &none;
	const struct table *is = op->def;
	size_t head;

	if (!text_same(was->suffix_sql, is->suffix_sql))
		return err_set(p->err, RETORT_E_FAIL, "table \"%s\": the change "
			       "of \"%s\" cannot be written in C", op->table,
			       is->suffix_sql ? is->suffix_sql
					      : was->suffix_sql);
	begin(p, "alter_table", op);
	head = p->b.n;
	if (!text_same(was->comment, is->comment))
		change_text(p, is->comment, "comment", "drop_comment");
	change_flag(&p->b, was->strict, is->strict, "strict", "not_strict");
	change_flag(&p->b, was->without_rowid, is->without_rowid,
		    "without_rowid", "with_rowid");
	if (p->b.n == head)
		buf_reset(&p->b);
	else
		end(p);
	return RETORT_OK;
}

static void print_add_column(struct printer *p, const struct op *op)
{
	begin(p, "add_column", op);
	buf_add(&p->b, ", ");
	c_column_alone(&p->c, &p->b, op->column);
	c_attribute(&p->c, &p->b, "after", op->after);
	c_attribute(&p->c, &p->b, "before", op->before);
	c_flag(&p->b, "if_not_exists", op->if_not_exists);
	end(p);
}

static void change_not_null(struct printer *p, const struct column *c)
{
	c_flag(&p->b, c->not_null ? "not_null" : "nullable", true);
	if (!c->not_null)
		return;
	c_conflict(&p->b, "on_conflict", c->not_null_conflict);
	c_attribute(&p->c, &p->b, "not_null_name", c->not_null_name);
}

static void change_identity(struct printer *p, const struct op *op)
{
	const struct column *is = op->column, *was = op->old_column;

	change_flag(&p->b, was ? was->autoincrement : false,
		    is->autoincrement, "autoincrement", "drop_autoincrement");
	c_flag(&p->b, "identity", is->identity == IDENTITY_BY_DEFAULT);
	c_flag(&p->b, "identity_always", is->identity == IDENTITY_ALWAYS);
	c_flag(&p->b, "drop_identity",
	       !is->identity && was && was->identity);
}

static void print_alter_column(struct printer *p, const struct op *op)
{
	const struct column *c = op->column;
	struct buf *b = &p->b;
	size_t head;

	begin(p, "alter_column", op);
	add(p, op->name);
	head = b->n;
	if (op->changes & CHANGE_NAME)
		c_attribute(&p->c, b, "name", c->name);
	if (op->changes & CHANGE_TYPE) {
		buf_add(b, ", .type = ");
		c_type(&p->c, b, &c->type);
	}
	c_attribute(&p->c, b, "using_sql", op->using_sql);
	if (op->changes & CHANGE_NOT_NULL)
		change_not_null(p, c);
	if (op->changes & CHANGE_DEFAULT)
		change_text(p, c->default_sql, "server_default",
			    "drop_default");
	if (op->changes & CHANGE_COLLATION)
		change_text(p, c->collation, "collation", "drop_collation");
	if (op->changes & CHANGE_GENERATED) {
		change_text(p, c->generated_sql, "generated",
			    "drop_generated");
		c_flag(b, "stored", c->generated == GENERATED_STORED);
	}
	if (op->changes & CHANGE_COMMENT)
		change_text(p, c->comment, "comment", "drop_comment");
	if (op->changes & CHANGE_IDENTITY)
		change_identity(p, op);
	if (b->n == head)
		buf_reset(b);
	else
		end(p);
}

static void print_drop(struct printer *p, const char *verb,
		       const struct op *op, const char *name)
{
	begin(p, verb, op);
	if (name)
		add(p, name);
	c_flag(&p->b, "if_exists", op->if_exists);
	c_flag(&p->b, "concurrently", op->concurrently);
	end(p);
}

static void print_add_constraint(struct printer *p, const struct op *op)
{
	static const char *const verb[] = {
		[CONSTRAINT_PRIMARY_KEY] = "create_primary_key",
		[CONSTRAINT_UNIQUE] = "create_unique",
		[CONSTRAINT_CHECK] = "create_check",
		[CONSTRAINT_FOREIGN_KEY] = "create_foreign_key",
		[CONSTRAINT_EXCLUDE] = "add_constraint",
	};
	bool exclude = op->constraint->kind == CONSTRAINT_EXCLUDE;

	begin(p, verb[op->constraint->kind], op);
	buf_add(&p->b, exclude ? ", EXCLUDE(" : ", ");
	/* "" is no name; without one the convention would give it one. */
	c_constraint_inner(&p->c, &p->b, op->constraint,
			   op->constraint->name ? op->constraint->name : "");
	c_attribute(&p->c, &p->b, "using_index", op->using_index);
	buf_add(&p->b, exclude ? ")" : "");
	end(p);
}

static void print_drop_constraint(struct printer *p, const struct op *op)
{
	if (op->constraint->name) {
		print_drop(p, "drop_constraint", op, op->constraint->name);
		return;
	}
	begin(p, "drop_unnamed", op);
	buf_add(&p->b, ", ");
	c_constraint(&p->c, &p->b, op->constraint, NULL);
	end(p);
}

static void print_create_index(struct printer *p, const struct op *op)
{
	begin(p, "create_index", op);
	buf_add(&p->b, ", ");
	c_index_inner(&p->c, &p->b, op->index, op->index->name);
	c_flag(&p->b, "if_not_exists", op->if_not_exists);
	c_flag(&p->b, "concurrently", op->concurrently);
	end(p);
}

/* The SQL on lines of its own. */
static void print_create_object(struct printer *p, const struct object *o)
{
	static const char *const verb[] = {
		[OBJECT_VIEW] = "view", [OBJECT_TRIGGER] = "trigger", [OBJECT_ENUM] = "enum",
		[OBJECT_OTHER] = "object",
	};
	struct buf *b = &p->b;

	buf_addf(b, "retort_create_%s(op, ", verb[o->kind]);
	c_qualified(&p->c, b, o->schema, o->name);
	if (o->kind == OBJECT_TRIGGER)
		add(p, o->table);
	buf_addc(b, ',');
	c_line(&p->c, b);
	p->c.depth++;
	c_string(&p->c, b, o->create_sql);
	if (o->kind == OBJECT_OTHER) {
		buf_add(b, ", ");
		c_string(&p->c, b, o->drop_sql ? o->drop_sql : "");
	}
	end(p);
	p->c.depth--;
}

static void print_drop_object(struct printer *p, const struct op *op)
{
	static const char *const verb[] = {
		[OBJECT_VIEW] = "view", [OBJECT_TRIGGER] = "trigger", [OBJECT_ENUM] = "enum",
		[OBJECT_OTHER] = "object",
	};
	const struct object *o = op->object;

	buf_addf(&p->b, "retort_drop_%s(op, ", verb[o->kind]);
	c_qualified(&p->c, &p->b, o->schema, o->name);
	if (o->kind == OBJECT_TRIGGER) {
		buf_add(&p->b, ", ");
		c_qualified(&p->c, &p->b, NULL, o->table);
	} else if (o->kind == OBJECT_OTHER) {
		buf_add(&p->b, ", ");
		c_string(&p->c, &p->b, o->drop_sql ? o->drop_sql : "");
	}
	if (o->kind != OBJECT_OTHER)
		c_flag(&p->b, "if_exists", op->if_exists);
	end(p);
}

/* Digits, few enough for any integer type of C to hold. */
static bool small_number(const char *sql)
{
	size_t n;

	sql += *sql == '-';
	n = strspn(sql, "0123456789");
	return n && n < 10 && !sql[n] && (*sql != '0' || n == 1);
}

/* An SQL literal as a number or string of C where that is the same. */
static void add_value(struct printer *p, const char *sql)
{
	struct lexer lx = { .at = sql, .line = 1 };
	struct token t = token_next(&lx);
	const char *text;

	if (small_number(sql)) {
		buf_add(&p->b, sql);
	} else if (t.kind == TOKEN_STRING &&
		   token_next(&lx).kind == TOKEN_END) {
		text = token_name(&p->c.tmp, &t);
		if (text)
			c_string(&p->c, &p->b, text);
		p->b.failed |= !text;
	} else {
		buf_add(&p->b, "SQL(");
		c_string(&p->c, &p->b, sql);
		buf_addc(&p->b, ')');
	}
}

static void print_rows(struct printer *p, const struct op *op)
{
	const struct op_insert *in = op->insert;

	begin(p, "bulk_insert", op);
	buf_add(&p->b, ", LIST(");
	for (size_t i = 0; i < in->columns.n; i++) {
		buf_add(&p->b, i ? ", " : "");
		buf_add_c_string(&p->b, in->columns.v[i]);
	}
	buf_add(&p->b, "),");
	c_line(&p->c, &p->b);
	p->c.depth++;
	for (size_t r = 0; r < in->rows.n; r++) {
		buf_add(&p->b, "ROW(");
		for (size_t i = 0; i < in->columns.n; i++) {
			buf_add(&p->b, i ? ", " : "");
			if (in->rows.v[r][i])
				add_value(p, in->rows.v[r][i]);
			else
				buf_add(&p->b, "NULL");
		}
		buf_add(&p->b, r + 1 < in->rows.n ? ")," : "));");
		c_line(&p->c, &p->b);
	}
	p->c.depth--;
}

static void add_sql_name(struct buf *sql, struct arena *mem, const char *name)
{
	const char *quoted = sql_quote_name(mem, name);

	buf_add(sql, quoted ? quoted : "");
	sql->failed |= !quoted;
}

/* One statement for a row that has more cells than ROW() takes. */
static void print_wide_row(struct printer *p, const struct op *op,
			   const char *const *row)
{
	struct arena *mem = &p->c.tmp;
	struct buf sql = { .mem = mem };

	buf_add(&sql, "INSERT INTO ");
	if (op->schema) {
		add_sql_name(&sql, mem, op->schema);
		buf_addc(&sql, '.');
	}
	add_sql_name(&sql, mem, op->table);
	for (size_t i = 0; i < op->insert->columns.n; i++) {
		buf_add(&sql, i ? ", " : " (");
		add_sql_name(&sql, mem, op->insert->columns.v[i]);
	}
	for (size_t i = 0; i < op->insert->columns.n; i++)
		buf_addf(&sql, "%s%s", i ? ", " : ") VALUES (",
			 row[i] ? row[i] : "NULL");
	buf_addc(&sql, ')');
	buf_add(&p->b, "retort_execute(op, ");
	if (buf_text(&sql))
		c_string(&p->c, &p->b, sql.s);
	p->b.failed |= sql.failed;
	end(p);
}

static void print_insert(struct printer *p, const struct op *op)
{
	const struct op_insert *in = op->insert;

	if (!in->rows.n || !in->columns.n)
		return;
	if (in->columns.n <= ROW_MAX)
		print_rows(p, op);
	else
		for (size_t i = 0; i < in->rows.n; i++)
			print_wide_row(p, op, in->rows.v[i]);
}

static void print_execute(struct printer *p, const char *sql)
{
	if (!sql)
		return;
	buf_add(&p->b, "retort_execute(op, ");
	c_string(&p->c, &p->b, sql);
	end(p);
}

static retort_status not_in_c(struct printer *p, const struct op *op)
{
	const char *what = op_describe(&p->c.tmp, op);

	err_set(p->err, RETORT_E_FAIL, "there is no call in C for: %s",
		what ? what : op_word(op));
	err_hint(p->err, "Write this revision in SQL: --sql, or format = sql.");
	return RETORT_E_FAIL;
}

static void begin_label(struct printer *p, const char *verb,
			const struct op *op)
{
	buf_addf(&p->b, "retort_%s_label(op, ", verb);
	c_qualified(&p->c, &p->b, op->object->schema, op->object->name);
}

static void print_label(struct printer *p, const struct op *op)
{
	begin_label(p, !op->from ? "add" : op->to ? "rename" : "drop", op);
	if (op->from)
		add(p, op->from);
	if (op->to)
		add(p, op->to);
	c_attribute(&p->c, &p->b, "before", op->before);
	c_attribute(&p->c, &p->b, "after", op->after);
	c_flag(&p->b, "if_not_exists", op->if_not_exists);
	end(p);
}

static size_t common(const struct strings *a, const struct strings *b)
{
	size_t n = 0;

	for (size_t i = 0; i < a->n; i++)
		n += strings_has(b, a->v[i]);
	return n;
}

static bool same_order(const struct strings *a, const struct strings *b)
{
	size_t k = 0;

	for (size_t i = 0; i < a->n; i++) {
		if (!strings_has(b, a->v[i]))
			continue;
		while (k < b->n && !strings_has(a, b->v[k]))
			k++;
		if (k == b->n || strcmp(a->v[i], b->v[k++]))
			return false;
	}
	return true;
}

static void print_rename_sequence(struct printer *p, const struct op *op)
{
	buf_add(&p->b, "retort_rename_sequence(op, ");
	c_qualified(&p->c, &p->b, op->object->schema, op->from);
	add(p, op->to);
	end(p);
}

/* One enum becomes another: label by label. */
static retort_status print_labels(struct printer *p, const struct op *op)
{
	const struct strings *old = &op->old_object->labels;
	const struct strings *now = &op->object->labels;

	if (!same_order(old, now) || !common(old, now))
		return not_in_c(p, op);
	for (size_t i = 0; i < now->n; i++) {
		if (strings_has(old, now->v[i]))
			continue;
		begin_label(p, "add", op);
		add(p, now->v[i]);
		if (i)
			c_attribute(&p->c, &p->b, "after", now->v[i - 1]);
		else
			c_attribute(&p->c, &p->b, "before", old->v[0]);
		end(p);
	}
	for (size_t i = 0; i < old->n; i++) {
		if (strings_has(now, old->v[i]))
			continue;
		begin_label(p, "drop", op);
		add(p, old->v[i]);
		end(p);
	}
	return RETORT_OK;
}

static retort_status print_alter_object(struct printer *p,
					const struct op *op)
{
	if (op_renames_object(op) && op->object->word &&
	    !strcmp(op->object->word, "SEQUENCE")) {
		print_rename_sequence(p, op);
		return RETORT_OK;
	}
	if (op->object->kind != OBJECT_ENUM)
		return not_in_c(p, op);
	if (op->from || op->to) {
		print_label(p, op);
		return RETORT_OK;
	}
	return op->old_object ? print_labels(p, op) : not_in_c(p, op);
}

static retort_status print_op(struct printer *p, const struct op *op)
{
	switch (op->kind) {
	case OP_CREATE_TABLE:
		print_create_table(p, op);
		break;
	case OP_DROP_TABLE:
		print_drop(p, "drop_table", op, NULL);
		break;
	case OP_RENAME_TABLE:
	case OP_RENAME_COLUMN:
	case OP_RENAME_INDEX:
	case OP_RENAME_CONSTRAINT:
		print_rename(p, op);
		break;
	case OP_ALTER_TABLE:
		return print_alter_table(p, op);
	case OP_ADD_COLUMN:
		print_add_column(p, op);
		break;
	case OP_DROP_COLUMN:
		print_drop(p, "drop_column", op, op->name);
		break;
	case OP_ALTER_COLUMN:
		print_alter_column(p, op);
		break;
	case OP_ADD_CONSTRAINT:
		print_add_constraint(p, op);
		break;
	case OP_DROP_CONSTRAINT:
		print_drop_constraint(p, op);
		break;
	case OP_CREATE_INDEX:
		print_create_index(p, op);
		break;
	case OP_DROP_INDEX:
		print_drop(p, "drop_index", op, op->name);
		break;
	case OP_CREATE_OBJECT:
		if (op->object->kind == OBJECT_ENUM)
			print_execute(p, op->object->create_sql);
		else
			print_create_object(p, op->object);
		break;
	case OP_DROP_OBJECT:
		if (op->object->kind == OBJECT_ENUM)
			print_execute(p, op->object->drop_sql);
		else
			print_drop_object(p, op);
		break;
	case OP_EXECUTE:
		print_execute(p, op->sql);
		break;
	case OP_SET_FACET:
		print_execute(p, op->facet->set_sql);
		break;
	case OP_RESET_FACET:
		print_execute(p, op->facet->reset_sql);
		break;
	case OP_ALTER_OBJECT:
		return print_alter_object(p, op);
	case OP_VALIDATE_CONSTRAINT:
		begin(p, "validate_constraint", op);
		add(p, op->name);
		end(p);
		break;
	case OP_BULK_INSERT:
		print_insert(p, op);
		break;
	case OP_CALL:
		return err_set(p->err, RETORT_E_FAIL, "a call of a function "
			       "cannot be written in C");
	}
	return RETORT_OK;
}

static retort_status print_all(struct printer *p, const struct ops *list)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct op *op = list->v[i];
		int before = i ? list->v[i - 1]->batch : 0;
		int after = i + 1 < list->n ? list->v[i + 1]->batch : 0;

		if (op->batch && op->batch != before) {
			begin(p, "batch_begin", op);
			end(p);
		}
		TRY(print_op(p, op));
		if (op->batch && op->batch != after)
			c_fill(&p->c, "retort_batch_end(op);");
	}
	return RETORT_OK;
}

retort_status ops_print_c(const struct ops *list, struct buf *out,
			  struct err *err)
{
	SCRATCH(mem);
	struct buf body = { .mem = &mem };
	struct printer p = {
		.c = { .out = &body, .unit = "\t", .depth = 1 },
		.err = err
	};
	retort_status rc;

	p.b.mem = &p.c.tmp;
	rc = print_all(&p, list);
	arena_clear(&p.c.tmp);
	TRY(rc);
	if (p.c.overlong)
		buf_add(out, "#pragma GCC diagnostic ignored "
			"\"-Woverlength-strings\"\n");
	buf_addn(out, body.s ? body.s : "", body.n);
	return body.failed || out->failed ? err_nomem(err) : RETORT_OK;
}
