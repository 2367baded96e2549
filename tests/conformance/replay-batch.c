/*
 * replay-batch FILE: operations on one table that Alembic makes by copying it.
 *
 * The same operations on the same table must give the same table, columns in
 * the same order, with the values that Alembic would copy; taken back, the
 * table from before. What a record has not kept of an operation (the name of
 * a primary key, the text of a CHECK) is read from its result.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "facts.h"
#include "migrate/runner.h"
#include "sql/create.h"
#include "sql/token.h"

#define PREFIX "_alembic_tmp_"

struct replay {
	json_t *record;
	struct arena mem;	/* of one record */
	struct err err;
	const struct dialect *d;
	struct conn *old, *copy, *new;
	struct table *wanted;	/* of `new_tmp` */
	const struct table *before;
	struct ops ops;
	char *why;
	bool skipped;
};

static bool fail(struct replay *r, const char *what)
{
	r->why = arena_printf(&r->mem, "%s: %s%s%s", what,
		r->err.pub.message ? r->err.pub.message : "",
		r->err.pub.detail ? "\n\t" : "",
		r->err.pub.detail ? r->err.pub.detail : "");
	return false;
}

static json_t *get(const struct replay *r, const char *key)
{
	return json_object_get(r->record, key);
}

static const char *text_at(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
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

static bool parse(struct replay *r, const char *sql, struct table **out)
{
	struct create *c;

	if (create_parse(sql, &r->mem, &c, &r->err) < 0 || !c->table)
		return fail(r, sql);
	*out = c->table;
	return true;
}

/* Operations ------------------------------------------------------------- */

/* "Column('a', …)", "<… at 0x7f…; a>": the name. */
static const char *column_of(struct replay *r, const json_t *v)
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

	if (!parse(r, arena_printf(&r->mem, "CREATE TABLE t (%s)", ddl), &t))
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

/* One without a name is one that the result has not any more. */
static bool drop_constraint_op(struct replay *r, const json_t *arg,
			       const json_t *kw)
{
	struct constraint *c = constraint_of(r, json_array_get(arg, 0));

	(void)kw;
	for (size_t i = 0; !c->name && !is_whole(c) &&
			   i < r->before->constraints.n; i++) {
		struct constraint *was = r->before->constraints.v[i];

		if (was->kind == c->kind &&
		    !has_constraint(r, r->wanted, was))
			c = was;
	}
	add(r, OP_DROP_CONSTRAINT)->constraint = c;
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

static bool translate(struct replay *r)
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
	};
	json_t *op, *order;
	size_t i;

	json_array_foreach(get(r, "ops"), i, op) {
		const char *word = json_string_value(json_array_get(op, 0));
		size_t k = 0;

		while (k < sizeof(makers) / sizeof(*makers) &&
		       strcmp(makers[k].word, word))
			k++;
		if (k == sizeof(makers) / sizeof(*makers))
			return fail(r, word);
		if (!makers[k].make(r, json_array_get(op, 1),
				    json_array_get(op, 2)))
			return false;
	}
	json_array_foreach(get(r, "reordering"), i, order)
		reorder(r, order);
	return true;
}

/* Databases ---------------------------------------------------------------- */

/*
 * "ERR NoReferencedTableError(… column 't.c' could not find table 'u' … target
 * column 'k')": the recorder could not write the table; it is the result with
 * the operations taken back, and that key.
 */
static bool lost_table(struct replay *r, char **sql)
{
	const char *s = json_string_value(json_array_get(get(r, "old"), 0));
	char column[64], table[64], key[64];
	json_t *op;
	size_t i;
	struct buf b = { .mem = &r->mem };

	if (sscanf(strstr(s, "column '"), "column '%*[^.].%63[^']' could not "
		   "find table '%63[^']' with which to generate a foreign key "
		   "to target column '%63[^']'", column, table, key) != 3)
		return fail(r, s);
	buf_addf(&b, "CREATE TABLE %s (", r->wanted->name);
	for (i = 0; i < r->wanted->columns.n; i++) {
		const struct column *c = r->wanted->columns.v[i];
		const char *name = c->name;
		size_t k;

		json_array_foreach(get(r, "ops"), k, op) {
			const char *to = text_at(json_array_get(op, 2), "name");

			if (to && !strcmp(to, name))
				name = json_string_value(json_array_get(
					json_array_get(op, 1), 1));
		}
		buf_addf(&b, "%s %s%s, ", name, c->type.text,
			 c->not_null ? " NOT NULL" : "");
	}
	json_array_foreach(get(r, "ops"), i, op)
		if (!strcmp(json_string_value(json_array_get(op, 0)),
			    "drop_column"))
			buf_addf(&b, "%s INTEGER, ", column_of(r,
				json_array_get(json_array_get(op, 1), 1)));
	buf_addf(&b, "PRIMARY KEY (id), FOREIGN KEY (%s) REFERENCES \"%s\" "
		 "(%s))", column, table, key);
	*sql = buf_text(&b);
	return true;
}

static bool run(struct replay *r, struct conn *c, const char *sql)
{
	return conn_exec(c, sql, &r->err) >= 0 || fail(r, sql);
}

static bool run_list(struct replay *r, struct conn *c, const char *key)
{
	json_t *sql;
	size_t i;

	json_array_foreach(get(r, key), i, sql)
		if (!run(r, c, json_string_value(sql)))
			return false;
	return true;
}

static bool make_old(struct replay *r, struct conn **out)
{
	const char *first = json_string_value(json_array_get(get(r, "old"), 0));
	char *sql;

	if (r->d->scratch(NULL, out, &r->err) < 0)
		return fail(r, "scratch");
	if (!strncmp(first, "ERR ", 4))
		return lost_table(r, &sql) && run(r, *out, sql);
	return run_list(r, *out, "old");
}

static bool make_new(struct replay *r)
{
	const char *sql = arena_printf(&r->mem,
		"ALTER TABLE " PREFIX "%s RENAME TO %s", r->wanted->name,
		r->wanted->name);

	if (r->d->scratch(NULL, &r->new, &r->err) < 0)
		return fail(r, "scratch");
	return run_list(r, r->new, "new_tmp") && run(r, r->new, sql) &&
	       run_list(r, r->new, "indexes");
}

static bool reflect(struct replay *r, struct schema **out)
{
	static const struct reflect_options all = {0};

	return r->d->reflect(r->old, &all, &r->mem, out, &r->err) >= 0 ||
	       fail(r, "reflect");
}

/* A row of values that any of the recorded types and CHECKs takes. */
static bool fill(struct replay *r, struct conn *c)
{
	struct buf names = { .mem = &r->mem }, values = { .mem = &r->mem };

	for (size_t i = 0; i < r->before->columns.n; i++) {
		const struct column *col = r->before->columns.v[i];
		bool flag = !strcasecmp(col->type.text, "BOOLEAN");
		bool number = !strcasecmp(col->type.text, "INTEGER");

		if (col->generated)
			continue;
		buf_addf(&names, "%s\"%s\"", names.n ? ", " : "", col->name);
		buf_addf(&values, "%s%s", values.n ? ", " : "",
			 flag ? "1" : number ? "12" : "'12'");
	}
	return run(r, c, "PRAGMA foreign_keys = OFF") &&
	       run(r, c, arena_printf(&r->mem, "INSERT INTO %s (%s) VALUES "
				      "(%s)", r->before->name,
				      buf_text(&names), buf_text(&values)));
}

static int on_value(void *payload, int n, const char *const cell[])
{
	struct buf *b = payload;

	for (int i = 0; i < n; i++)
		buf_addf(b, "%s|", cell[i] ? cell[i] : "NULL");
	buf_addc(b, '\n');
	return 0;
}

static char *ask(struct replay *r, struct conn *c, const char *sql)
{
	struct buf b = { .mem = &r->mem };

	if (r->d->run(c, sql, 0, NULL, on_value, &b, &r->err) < 0) {
		fail(r, sql);
		return NULL;
	}
	return buf_text(&b);
}

/* The name after the operations. */
static const char *renamed(const struct replay *r, const char *name)
{
	for (size_t i = 0; i < r->ops.n; i++)
		if (r->ops.v[i]->kind == OP_ALTER_COLUMN &&
		    !strcmp(r->ops.v[i]->name, name))
			name = r->ops.v[i]->column->name;
	return name;
}

/* What Alembic would copy is there. */
static bool same_values(struct replay *r)
{
	struct buf ours = { .mem = &r->mem }, theirs = { .mem = &r->mem };
	json_t *pair;
	size_t i;
	char *a, *b;

	json_array_foreach(get(r, "transfer"), i, pair) {
		const char *name = json_string_value(json_array_get(pair, 0));

		buf_addf(&ours, "%s\"%s\"", i ? ", " : "", renamed(r, name));
		buf_addf(&theirs, "%s%s", i ? ", " : "",
			 json_string_value(json_array_get(pair, 1)));
	}
	a = ask(r, r->old, arena_printf(&r->mem, "SELECT %s FROM %s",
					buf_text(&ours), r->wanted->name));
	b = ask(r, r->copy, arena_printf(&r->mem, "SELECT %s FROM %s",
					 buf_text(&theirs), r->before->name));
	if (!a || !b)
		return false;
	if (!strcmp(a, b))
		return true;
	r->why = arena_printf(&r->mem, "other values: %s instead of %s", a, b);
	return false;
}

static bool same_facts(struct replay *r, struct conn *as, const char *what)
{
	char *a, *b;

	if (facts_read(r->old, NULL, &r->mem, &a, &r->err) < 0 ||
	    facts_read(as, NULL, &r->mem, &b, &r->err) < 0)
		return fail(r, "facts");
	if (!strcmp(a, b))
		return true;
	r->why = arena_printf(&r->mem, "%s gives another table:\n%s", what,
			      facts_compare(&r->mem, b, a));
	return false;
}

static bool same_order(struct replay *r)
{
	const char *sql = arena_printf(&r->mem,
		"SELECT name FROM pragma_table_xinfo('%s')", r->wanted->name);
	char *a = ask(r, r->old, sql), *b = ask(r, r->new, sql);

	if (a && b && !strcmp(a, b))
		return true;
	if (a && b)
		r->why = arena_printf(&r->mem, "another order:\n%s", a);
	return false;
}

static bool carry_out(struct replay *r, struct schema *before,
		      const struct ops *list)
{
	struct script script = {0};

	return (r->d->compile(before, list, &r->mem, &script, &r->err) >= 0 &&
		run_script(r->old, &script, &r->err) >= 0) ||
	       fail(r, "compile or run");
}

/* The values of a dropped column do not come back: then neither do rows. */
static bool empty(struct replay *r)
{
	for (size_t i = 0; i < r->ops.n; i++)
		if (r->ops.v[i]->kind == OP_DROP_COLUMN)
			return run(r, r->old, arena_printf(&r->mem,
				   "DELETE FROM %s", r->wanted->name));
	return true;
}

static bool there_and_back(struct replay *r, struct schema *before)
{
	struct ops back = {0};
	struct schema *after;

	if (ops_reverse(before, &r->ops, &r->mem, &back, &r->err) < 0)
		return fail(r, "reverse");
	return carry_out(r, before, &r->ops) &&
	       same_facts(r, r->new, "the way there") && same_order(r) &&
	       same_values(r) && empty(r) && reflect(r, &after) &&
	       carry_out(r, after, &back) &&
	       same_facts(r, r->copy, "the way back");
}

static bool play(struct replay *r)
{
	const char *sql = json_string_value(
		json_array_get(get(r, "new_tmp"), 0));
	struct schema *before;

	if (!parse(r, sql, &r->wanted))
		return false;
	if (!strncmp(r->wanted->name, PREFIX, sizeof(PREFIX) - 1))
		r->wanted->name += sizeof(PREFIX) - 1;
	if (!make_old(r, &r->old) || !make_old(r, &r->copy) || !make_new(r) ||
	    !reflect(r, &before))
		return false;
	r->before = schema_table(before, NULL, r->wanted->name);
	if (!r->before)
		return fail(r, "the table is not there");
	r->before = table_copy(&r->mem, r->before);
	return translate(r) && fill(r, r->old) && fill(r, r->copy) &&
	       there_and_back(r, before);
}

static void close_all(struct replay *r)
{
	struct conn **all[] = { &r->old, &r->copy, &r->new };

	for (size_t i = 0; i < 3; i++) {
		if (*all[i])
			r->d->close(*all[i]);
		*all[i] = NULL;
	}
}

/* "default" is the SQL of no database in particular. */
static const struct dialect *dialect_of(const json_t *record)
{
	const char *name = text_at(record, "dialect");

	return dialect_by_name(strcmp(name, "default") ? name : "sqlite");
}

static bool play_record(struct replay *r, json_t *record)
{
	bool ok;

	r->record = record;
	r->d = dialect_of(record);
	r->ops = (struct ops){0};
	r->skipped = !r->d;
	if (r->skipped) {
		printf("not ours: %s: %s\n", text_at(record, "test"),
		       text_at(record, "dialect"));
		return true;
	}
	ok = play(r);
	if (!ok)
		printf("FAILED %s: %s\n", text_at(record, "test"), r->why);
	close_all(r);
	arena_clear(&r->mem);
	err_clear(&r->err);
	return ok;
}

static int play_file(FILE *f)
{
	struct replay r = {0};
	size_t passed = 0, failed = 0, cap = 0;
	char *line = NULL;

	while (getline(&line, &cap, f) > 0) {
		json_t *record = json_loads(line, 0, NULL);

		if (!record || !play_record(&r, record))
			failed++;
		else
			passed += !r.skipped;
		json_decref(record);
	}
	free(line);
	printf("%zu passed, %zu failed\n", passed, failed);
	return failed ? 1 : 0;
}

int main(int argc, char **argv)
{
	FILE *f;
	int rc;

	if (argc != 2) {
		fprintf(stderr, "usage: replay-batch FILE\n");
		return 2;
	}
	f = fopen(argv[1], "r");
	if (!f) {
		perror(argv[1]);
		return 2;
	}
	rc = play_file(f);
	fclose(f);
	return rc;
}
