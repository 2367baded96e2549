/* The recorded operations of Alembic as ours. */
#include "batch.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "op/op.h"
#include "schema/schema.h"
#include "sql/create.h"
#include "sql/token.h"

bool replay_fail(struct replay *r, const char *what)
{
	r->why = arena_printf(&r->mem, "%s: %s%s%s", what,
		r->err.pub.message ? r->err.pub.message : "",
		r->err.pub.detail ? "\n\t" : "",
		r->err.pub.detail ? r->err.pub.detail : "");
	return false;
}

json_t *replay_get(const struct replay *r, const char *key)
{
	return json_object_get(r->record, key);
}

const char *text_at(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

bool replay_parse(struct replay *r, const char *sql, struct table **out)
{
	struct create *c;

	if (create_parse(sql, &r->mem, &c, &r->err) < 0 || !c->table)
		return replay_fail(r, sql);
	*out = c->table;
	return true;
}

static bool has_text(const char *s)
{
	return s && !strstr(s, "_NoneName") && !strstr(s, "POSTCOMPILE");
}

static struct op *add(struct replay *r, enum op_kind kind)
{
	struct op *op = ops_add(&r->mem, &r->ops, kind);

	if (!op)
		abort();
	op->table = r->wanted->name;
	op->batch = 1;
	return op;
}

/* "Column('a', …)", "<… at 0x7f…; a>": the name. */
const char *column_of(struct replay *r, const json_t *v)
{
	const char *s = json_string_value(v), *end;

	if (!s)
		return text_at(v, "column");
	s = strrchr(s, ';');
	if (!s)
		return json_string_value(v);
	s += 1 + (s[1] == ' ');
	end = strchr(s, '>');
	return arena_strndup(&r->mem, s, end ? (size_t)(end - s) : strlen(s));
}

static bool has_constraint(const struct replay *r, const struct table *t,
			   const struct constraint *c)
{
	struct schema s = { .fold_case = true };

	(void)r;
	for (size_t i = 0; t && i < t->constraints.n; i++)
		if (t->constraints.v[i]->kind == c->kind &&
		    name_same(&s, t->constraints.v[i]->name, c->name) &&
		    sql_same(t->constraints.v[i]->check_sql, c->check_sql) &&
		    constraint_same_structure(&s, t->constraints.v[i],
					      c) == !c->check_sql)
			return true;
	return false;
}

static void add_constraint(struct replay *r, struct constraint *c)
{
	add(r, OP_ADD_CONSTRAINT)->constraint = c;
}

/* All of this kind that the result has and the table had not. */
static void add_from_result(struct replay *r, enum constraint_kind kind)
{
	for (size_t i = 0; i < r->wanted->constraints.n; i++) {
		struct constraint *c = r->wanted->constraints.v[i];

		if (c->kind == kind && !has_constraint(r, r->before, c))
			add_constraint(r, c);
	}
}

static bool add_column(struct replay *r, const json_t *arg, const json_t *kw)
{
	const char *ddl = text_at(json_array_get(arg, 1), "ddl");
	json_t *pk = json_object_get(kw, "inline_primary_key");
	struct table *t;
	struct op *op;

	if (!replay_parse(r, arena_printf(&r->mem, "CREATE TABLE t (%s)", ddl), &t))
		return false;
	op = add(r, OP_ADD_COLUMN);
	op->column = t->columns.v[0];
	op->name = op->column->name;
	op->after = text_at(kw, "insert_after");
	op->before = text_at(kw, "insert_before");
	for (size_t i = 0; i < t->constraints.n; i++)
		add_constraint(r, t->constraints.v[i]);
	if (json_is_boolean(pk) && !t->constraints.n)
		add_from_result(r, CONSTRAINT_PRIMARY_KEY);
	return true;
}

static bool drop_column(struct replay *r, const json_t *arg, const json_t *kw)
{
	(void)kw;
	add(r, OP_DROP_COLUMN)->name = column_of(r, json_array_get(arg, 1));
	return true;
}

/* "<class 'sqlalchemy.sql.sqltypes.String'>" */
static const char *type_text(struct replay *r, const json_t *v)
{
	static const char *const classes[][2] = {
		{ "String", "VARCHAR" }, { "Integer", "INTEGER" },
		{ "Text", "TEXT" }, { "JSON", "JSON" },
		{ "Boolean", "BOOLEAN" }, { "Float", "FLOAT" },
		{ "Numeric", "NUMERIC" }, { "Date", "DATE" },
		{ "DateTime", "DATETIME" }, { "BigInteger", "BIGINT" },
		{ "SmallInteger", "SMALLINT" },
	};
	const char *s = json_string_value(v);
	const char *name = s ? strrchr(s, '.') : NULL;

	if (json_is_object(v))
		return text_at(v, "type");
	for (size_t i = 0; name && i < sizeof(classes) / sizeof(*classes); i++)
		if (!strncmp(name + 1, classes[i][0], strlen(classes[i][0])) &&
		    name[1 + strlen(classes[i][0])] == '\'')
			return classes[i][1];
	return s && !strchr(s, '<') ? s : arena_strdup(&r->mem, "");
}

static struct column *result_column(struct replay *r, const char *name)
{
	struct schema s = { .fold_case = true };

	return table_column(&s, r->wanted, name);
}

static bool has_op(const struct replay *r, const char *word)
{
	json_t *op;
	size_t i;

	json_array_foreach(replay_get(r, "ops"), i, op)
		if (!strcmp(json_string_value(json_array_get(op, 0)), word))
			return true;
	return false;
}

/* The CHECK of a BOOLEAN or an ENUM goes with the type, without a word. */
static void drop_check_of_type(struct replay *r, const char *column)
{
	for (size_t i = 0; i < r->before->constraints.n; i++) {
		struct constraint *c = r->before->constraints.v[i];

		if (c->kind == CONSTRAINT_CHECK &&
		    strstr(c->check_sql, column) &&
		    !has_op(r, "drop_constraint") &&
		    !has_constraint(r, r->wanted, c))
			add(r, OP_DROP_CONSTRAINT)->constraint = c;
	}
}

static bool alter_column(struct replay *r, const json_t *arg, const json_t *kw)
{
	struct op *op = add(r, OP_ALTER_COLUMN);
	const char *name = json_string_value(json_array_get(arg, 1));
	const char *to = text_at(kw, "name");
	const struct column *result = result_column(r, to ? to : name);
	json_t *type = json_object_get(kw, "type_");
	json_t *dflt = json_object_get(kw, "server_default");
	json_t *nullable = json_object_get(kw, "nullable");

	op->name = name;
	op->column = arena_new(&r->mem, struct column);
	op->column->name = to ? to : name;
	op->changes = to ? CHANGE_NAME : 0;
	op->after = text_at(kw, "insert_after");
	op->before = text_at(kw, "insert_before");
	if (type && !json_is_null(type)) {
		drop_check_of_type(r, name);
		op->column->type.text = type_text(r, type);
		if (!*op->column->type.text && result)
			op->column->type.text = result->type.text;
		op->changes |= CHANGE_TYPE;
	}
	if (json_is_boolean(nullable)) {
		op->column->not_null = json_is_false(nullable);
		op->changes |= CHANGE_NOT_NULL;
	}
	if (dflt && !json_is_false(dflt)) {
		op->column->default_sql = result ? result->default_sql : NULL;
		op->changes |= CHANGE_DEFAULT;
	}
	return true;
}

/* "table.column" of a list. */
static void set_reference(struct replay *r, struct constraint *c,
			  const json_t *list)
{
	json_t *v;
	size_t i;

	json_array_foreach(list, i, v) {
		const char *s = json_string_value(v), *dot = strrchr(s, '.');

		c->ref_table = arena_strndup(&r->mem, s, (size_t)(dot - s));
		if (!vec_push(&r->mem, &c->ref_columns, dot + 1))
			abort();
	}
}

static struct parts parts_of(struct replay *r, const json_t *list)
{
	struct parts parts = {0};
	json_t *v;
	size_t i;

	json_array_foreach(list, i, v) {
		struct part p = { .column = json_string_value(v) };

		if (!vec_push(&r->mem, &parts, p))
			abort();
	}
	return parts;
}

static enum retort_action action_of(const json_t *what, const char *key)
{
	static const char *const words[] = {
		"NO ACTION", "RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT"
	};
	const char *s = text_at(what, key);

	for (size_t i = 0; s && i < sizeof(words) / sizeof(*words); i++)
		if (!strcasecmp(s, words[i]))
			return (enum retort_action)i;
	return RETORT_NO_ACTION;
}

static enum constraint_kind kind_of(const json_t *what)
{
	const char *s = json_string_value(what);

	if (s && !strncmp(s, "Unique", 6))
		return CONSTRAINT_UNIQUE;
	if (s && !strncmp(s, "Foreign", 7))
		return CONSTRAINT_FOREIGN_KEY;
	if (s && !strncmp(s, "Check", 5))
		return CONSTRAINT_CHECK;
	if (json_object_get(what, "unique"))
		return CONSTRAINT_UNIQUE;
	if (json_object_get(what, "check"))
		return CONSTRAINT_CHECK;
	if (json_object_get(what, "fk"))
		return CONSTRAINT_FOREIGN_KEY;
	return CONSTRAINT_PRIMARY_KEY;
}

static struct constraint *constraint_of(struct replay *r, const json_t *what)
{
	static const char *const keys[] = { "pk", "unique", "check", "fk" };
	struct constraint *c = arena_new(&r->mem, struct constraint);
	const char *name, *deferrable = NULL;

	c->kind = kind_of(what);
	name = text_at(what, keys[c->kind]);
	c->name = has_text(name) ? name : NULL;
	c->check_sql = has_text(text_at(what, "sql")) ? text_at(what, "sql")
						      : NULL;
	c->parts = parts_of(r, json_object_get(what,
		c->kind == CONSTRAINT_FOREIGN_KEY ? "cols" : "columns"));
	set_reference(r, c, json_object_get(what, "ref"));
	c->on_delete = action_of(what, "ondelete");
	c->on_update = action_of(what, "onupdate");
	c->deferrable = json_is_true(json_object_get(what, "deferrable"));
	deferrable = text_at(what, "initially");
	c->initially_deferred = deferrable &&
				!strcasecmp(deferrable, "DEFERRED");
	return c;
}

/* Is all of it in the record? */
static bool is_whole(const struct constraint *c)
{
	return c->check_sql || c->parts.n;
}

static bool add_constraint_op(struct replay *r, const json_t *arg,
			      const json_t *kw)
{
	const json_t *what = json_array_get(arg, 0);
	struct constraint *c = constraint_of(r, what);

	(void)kw;
	if (is_whole(c))
		add_constraint(r, c);
	else
		add_from_result(r, c->kind);
	return true;
}

static bool is_named(const struct table *t, const struct constraint *c)
{
	for (size_t i = 0; i < t->constraints.n; i++)
		if (c->name && t->constraints.v[i]->name &&
		    !strcmp(t->constraints.v[i]->name, c->name))
			return true;
	return false;
}

/*
 * One without a name, or with the name that a convention gives it, is the one
 * that the result has not any more; a primary key may be gone with its column.
 */
static bool drop_constraint_op(struct replay *r, const json_t *arg,
			       const json_t *kw)
{
	struct constraint *c = constraint_of(r, json_array_get(arg, 0));
	bool found = is_named(r->before, c);

	(void)kw;
	for (size_t i = 0; !found && i < r->before->constraints.n; i++) {
		struct constraint *was = r->before->constraints.v[i];

		found = was->kind == c->kind &&
			!has_constraint(r, r->wanted, was);
		if (found)
			c = was;
	}
	if (!found && c->kind != CONSTRAINT_PRIMARY_KEY)
		return replay_fail(r, "no such constraint");
	if (found)
		add(r, OP_DROP_CONSTRAINT)->constraint = c;
	return true;
}

/* SQLite has no place for a comment. */
static bool no_comment(struct replay *r, const json_t *arg, const json_t *kw)
{
	(void)r, (void)arg, (void)kw;
	return true;
}

static bool create_index(struct replay *r, const json_t *arg, const json_t *kw)
{
	const json_t *what = json_array_get(arg, 0);
	struct op *op = add(r, OP_CREATE_INDEX);

	(void)kw;
	op->index = arena_new(&r->mem, struct index);
	op->index->name = op->name = text_at(what, "index");
	op->index->unique = json_is_true(json_object_get(what, "unique"));
	op->index->parts = parts_of(r, json_object_get(what, "columns"));
	return true;
}

static bool drop_index(struct replay *r, const json_t *arg, const json_t *kw)
{
	(void)kw;
	add(r, OP_DROP_INDEX)->name = text_at(json_array_get(arg, 0), "index");
	return true;
}

/* Each column of an order goes behind the one before it. */
static void reorder(struct replay *r, const json_t *order)
{
	for (size_t i = 1; i < json_array_size(order); i++) {
		struct op *op = add(r, OP_ALTER_COLUMN);

		op->name = json_string_value(json_array_get(order, i));
		op->column = result_column(r, op->name);
		op->after = json_string_value(json_array_get(order, i - 1));
	}
}

static bool has_check(const struct table *t)
{
	for (size_t i = 0; i < t->constraints.n; i++)
		if (t->constraints.v[i]->kind == CONSTRAINT_CHECK)
			return true;
	return false;
}

bool translate(struct replay *r)
{
	static const struct {
		const char *word;
		bool (*make)(struct replay *, const json_t *, const json_t *);
	} makers[] = {
		{ "add_column", add_column }, { "drop_column", drop_column },
		{ "alter_column", alter_column },
		{ "add_constraint", add_constraint_op },
		{ "drop_constraint", drop_constraint_op },
		{ "create_index", create_index }, { "drop_index", drop_index },
		{ "create_table_comment", no_comment },
		{ "drop_table_comment", no_comment },
	};
	json_t *op, *order;
	size_t i;

	json_array_foreach(replay_get(r, "ops"), i, op) {
		const char *word = json_string_value(json_array_get(op, 0));
		size_t k = 0;

		while (k < sizeof(makers) / sizeof(*makers) &&
		       strcmp(makers[k].word, word))
			k++;
		if (k == sizeof(makers) / sizeof(*makers))
			return replay_fail(r, word);
		if (!makers[k].make(r, json_array_get(op, 1),
				    json_array_get(op, 2)))
			return false;
	}
	json_array_foreach(replay_get(r, "reordering"), i, order)
		reorder(r, order);
	if (!has_check(r->before) && !has_op(r, "add_constraint"))
		add_from_result(r, CONSTRAINT_CHECK);	/* of table_args */
	return true;
}

