#include <criterion/criterion.h>
#include <string.h>

#include "dialect/sqlite/sqlite.h"

static struct arena mem;
static struct schema *s;
static struct table *t;

static void enter(void)
{
	s = schema_new(&mem, false);
	t = arena_new(&mem, struct table);
	t->name = "t";
	t->source = "models.c:12";
	vec_push(&mem, &s->tables, t);
}

static void leave(void)
{
	arena_clear(&mem);
}

TestSuite(lower, .init = enter, .fini = leave);

static struct column *column(const char *name, enum retort_type_kind kind)
{
	struct column *c = arena_new(&mem, struct column);

	c->name = name;
	c->type.kind = kind;
	c->type.scale = -1;
	c->line = 14;
	vec_push(&mem, &t->columns, c);
	return c;
}

static struct constraint *constraint(enum constraint_kind kind,
				     const char *col)
{
	struct constraint *k = arena_new(&mem, struct constraint);

	k->kind = kind;
	if (col)
		vec_push(&mem, &k->parts, ((struct part){ .column = col }));
	vec_push(&mem, &t->constraints, k);
	return k;
}

static struct index *add_index(const char *name)
{
	struct index *x = arena_new(&mem, struct index);

	x->name = name;
	vec_push(&mem, &x->parts, ((struct part){ .column = "a" }));
	vec_push(&mem, &t->indexes, x);
	return x;
}

static void ok(void)
{
	SCRATCH_ERR(err);

	cr_assert(!sqlite_lower(s, &err), "%s", err.pub.message);
}

static void refused(const char *text)
{
	SCRATCH_ERR(err);

	cr_expect(sqlite_lower(s, &err) == RETORT_E_FAIL);
	cr_expect(strstr(err.pub.message, text) != NULL, "%s",
		  err.pub.message);
	cr_expect(strstr(err.pub.message, "\"t\"") != NULL);
	cr_expect_str_eq(err.pub.file, "models.c");
	cr_expect(err.pub.line == 12 || err.pub.line == 14);
}

Test(lower, type_texts)
{
	static const char *const want[] = {
		"INTEGER", "BIGINT", "SMALLINT", "BOOLEAN", "VARCHAR", "CHAR",
		"TEXT", "NUMERIC", "REAL", "DOUBLE", "DATE", "TIME",
		"TIMESTAMP", "TIMESTAMP", "TEXT", "BLOB", "JSON", "JSON",
		"CHAR(36)", "TEXT", "JSON"
	};

	for (int k = RETORT_TYPE_INTEGER; k <= RETORT_TYPE_ARRAY; k++)
		if (k != RETORT_TYPE_ENUM)
			column("a", (enum retort_type_kind)k);
	ok();
	for (size_t i = 0; i < t->columns.n; i++)
		cr_expect_str_eq(t->columns.v[i]->type.text,
				 want[t->columns.v[i]->type.kind - 1]);
}

Test(lower, type_lengths)
{
	column("a", RETORT_TYPE_VARCHAR)->type.length = 80;
	column("b", RETORT_TYPE_CHAR)->type.length = 2;
	column("c", RETORT_TYPE_NUMERIC)->type.length = 8;
	t->columns.v[2]->type.scale = 2;
	column("d", RETORT_TYPE_NUMERIC)->type.length = 8;
	column("e", RETORT_TYPE_VERBATIM)->type.name = "DECIMAL(3)";
	ok();
	cr_expect_str_eq(t->columns.v[0]->type.text, "VARCHAR(80)");
	cr_expect_str_eq(t->columns.v[1]->type.text, "CHAR(2)");
	cr_expect_str_eq(t->columns.v[2]->type.text, "NUMERIC(8, 2)");
	cr_expect_str_eq(t->columns.v[3]->type.text, "NUMERIC(8)");
	cr_expect_str_eq(t->columns.v[4]->type.text, "DECIMAL(3)");
}

/* A value of each type, as text and as SQLite gives it back, is the same. */
Test(lower, affinity_keeps_values)
{
	static const struct { enum retort_type_kind kind; const char *value; }
	kept[] = {
		{ RETORT_TYPE_VARCHAR, "'007'" }, { RETORT_TYPE_TEXT, "'1.0'" },
		{ RETORT_TYPE_CHAR, "'01'" }, { RETORT_TYPE_INTERVAL, "'12'" },
		{ RETORT_TYPE_UUID, "'00000000000000000000000000000012'" },
		{ RETORT_TYPE_INTEGER, "9007199254740993" },
		{ RETORT_TYPE_DOUBLE, "0.5" }, { RETORT_TYPE_BLOB, "x'31'" },
		{ RETORT_TYPE_TIMESTAMP, "'2026-01-01 00:00:00'" },
		{ RETORT_TYPE_ENUM, "'1'" },
	};
	struct conn *c = NULL;
	SCRATCH_ERR(err);

	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		struct column *x = column("a", kept[i].kind);

		if (kept[i].kind == RETORT_TYPE_ENUM)
			vec_push(&mem, &x->type.labels, "1");
	}
	ok();
	cr_assert(!conn_open("sqlite://", NULL, &c, &err));
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		const char *sql = arena_printf(&mem,
			"CREATE TABLE k%zu(a %s); INSERT INTO k%zu VALUES (%s);"
			"CREATE TABLE n%zu(x CHECK (x)); INSERT INTO n%zu "
			"SELECT quote(a) = quote(%s) FROM k%zu", i,
			t->columns.v[i]->type.text, i, kept[i].value, i, i,
			kept[i].value, i);

		cr_expect(!conn_exec(c, sql, &err), "%s: %s", sql,
			  err.pub.message);
	}
	conn_close(c);
}

Test(lower, strict_types)
{
	t->strict = true;
	column("a", RETORT_TYPE_BIGINT);
	column("b", RETORT_TYPE_TIMESTAMP);
	column("c", RETORT_TYPE_DOUBLE);
	column("d", RETORT_TYPE_VERBATIM)->type.name = "ANY";
	ok();
	cr_expect_str_eq(t->columns.v[0]->type.text, "INTEGER");
	cr_expect_str_eq(t->columns.v[1]->type.text, "TEXT");
	cr_expect_str_eq(t->columns.v[2]->type.text, "REAL");
	cr_expect_str_eq(t->columns.v[3]->type.text, "ANY");
	column("e", RETORT_TYPE_NUMERIC);
	refused("cannot be NUMERIC in a STRICT table");
	t->columns.v[4]->type = (struct type){ .name = "MONEY" };
	refused("cannot be MONEY in a STRICT table");
}

Test(lower, enum_becomes_a_check)
{
	struct column *c = column("mood", RETORT_TYPE_ENUM);

	vec_push(&mem, &c->type.labels, "it's");
	vec_push(&mem, &c->type.labels, "b");
	constraint(CONSTRAINT_CHECK, NULL)->name = "ck_t_mood";
	ok();
	cr_expect_str_eq(c->type.text, "TEXT");
	cr_assert(t->constraints.n == 2);
	cr_expect_str_eq(t->constraints.v[1]->check_sql,
			 "mood IN ('it''s', 'b')");
	cr_expect_str_eq(t->constraints.v[1]->name, "ck_t_mood_enum");
	cr_expect(t->constraints.v[1]->auto_name);
	column("empty", RETORT_TYPE_ENUM);
	refused("no labels");
}

Test(lower, autoincrement_is_integer)
{
	struct column *c = column("id", RETORT_TYPE_BIGINT);

	c->autoincrement = true;
	refused("must be the primary key alone");
	constraint(CONSTRAINT_PRIMARY_KEY, "id");
	ok();
	cr_expect_str_eq(c->type.text, "INTEGER");
	c->autoincrement = false;
	ok();
	cr_expect_str_eq(c->type.text, "BIGINT");
	c->autoincrement = true;
	c->type.kind = RETORT_TYPE_TEXT;
	refused("must be INTEGER");
	t->without_rowid = true;
	refused("WITHOUT ROWID");
}

Test(lower, defaults_get_parentheses_where_they_must)
{
	static const char *const pairs[][2] = {
		{ "1", "1" }, { "-1.5", "-1.5" }, { "'x'", "'x'" },
		{ "CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP" },
		{ "(1 + 1)", "(1 + 1)" }, { "1 + 1", "(1 + 1)" },
		{ "(1) + (2)", "((1) + (2))" },
		{ "lower('X')", "(lower('X'))" }, { "x'00'", "x'00'" },
		{ "NULL", "NULL" },
	};
	struct conn *c = NULL;
	SCRATCH_ERR(err);

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		column("a", RETORT_TYPE_TEXT)->default_sql = pairs[i][0];
	ok();
	cr_assert(!conn_open("sqlite://", NULL, &c, &err));
	for (size_t i = 0; i < t->columns.n; i++) {
		const char *got = t->columns.v[i]->default_sql;

		cr_expect_str_eq(got, pairs[i][1]);
		cr_expect(!conn_exec(c, arena_printf(&mem, "CREATE TABLE t%zu"
				     "(a DEFAULT %s)", i, got), &err));
	}
	conn_close(c);
}

Test(lower, generated_columns)
{
	struct column *c = column("a", RETORT_TYPE_TEXT);

	c->generated_sql = "1";
	c->generated = GENERATED_STORED;
	ok();
	c->default_sql = "1";
	refused("cannot have a default");
	c->default_sql = NULL;
	constraint(CONSTRAINT_PRIMARY_KEY, "A");
	refused("primary key");
}

Test(lower, schemas)
{
	struct constraint *k = constraint(CONSTRAINT_FOREIGN_KEY, "a");

	column("a", RETORT_TYPE_INTEGER);
	t->schema = "main";
	k->ref_table = "p";
	k->ref_schema = "MAIN";
	ok();
	cr_expect(!t->schema && !k->ref_schema);
	k->ref_schema = "audit";
	refused("schema \"audit\"");
	k->ref_schema = NULL;
	t->schema = "audit";
	refused("schema \"audit\"");
}

Test(lower, comments_and_storage_are_left_out)
{
	struct index *x = add_index("i");

	column("a", RETORT_TYPE_INTEGER)->comment = "c";
	constraint(CONSTRAINT_CHECK, NULL)->comment = "c";
	t->comment = x->comment = "c";
	x->method = "btree";
	x->with = "fillfactor = 70";
	x->tablespace = "fast";
	vec_push(&mem, &x->include, "b");
	x->parts.v[0].opclass = "text_pattern_ops";
	x->parts.v[0].nulls = NULLS_FIRST;
	ok();
	cr_expect(!t->comment && !t->columns.v[0]->comment);
	cr_expect(!t->constraints.v[0]->comment);
	cr_expect(!x->comment && !x->method && !x->with && !x->tablespace);
	cr_expect(!x->include.n && !x->parts.v[0].opclass);
	cr_expect(x->parts.v[0].nulls == NULLS_DEFAULT);
}

Test(lower, nulls_order_that_sqlite_has_not)
{
	add_index("i")->parts.v[0].nulls = NULLS_LAST;
	refused("NULLs last");
	t->indexes.v[0]->parts.v[0].descending = true;
	ok();
	t->indexes.v[0]->parts.v[0].nulls = NULLS_FIRST;
	refused("NULLs first");
}

Test(lower, index_method)
{
	add_index("i")->method = "gin";
	refused("no gin indexes");
}

Test(lower, constraints_that_sqlite_has_not)
{
	struct constraint *k = constraint(CONSTRAINT_EXCLUDE, NULL);

	refused("EXCLUDE");
	k->kind = CONSTRAINT_UNIQUE;
	k->deferrable = true;
	refused("deferrable");
	k->deferrable = false;
	k->nulls_not_distinct = true;
	refused("NULLS NOT DISTINCT");
	*k = (struct constraint){ .kind = CONSTRAINT_FOREIGN_KEY,
		.ref_table = "p", .deferrable = true };
	ok();
	vec_push(&mem, &k->set_columns, "a");
	refused("SET NULL for some columns");
}

Test(lower, without_rowid_needs_a_key)
{
	t->without_rowid = true;
	refused("primary key");
}

Test(lower, reserved_and_double_names)
{
	struct object *v = arena_new(&mem, struct object);
	SCRATCH_ERR(err);

	add_index("i");
	add_index("I");
	refused("name of index \"I\" is taken by index of table t");
	t->indexes.v[1]->name = "t";
	refused("taken by table");
	t->indexes.n = 1;
	v->kind = OBJECT_VIEW;
	v->name = "T";
	v->source = "views.c:3";
	vec_push(&mem, &s->objects, v);
	cr_expect(sqlite_lower(s, &err) == RETORT_E_FAIL);
	cr_expect_str_eq(err.pub.file, "views.c");
	cr_expect(err.pub.line == 3);
	v->kind = OBJECT_TRIGGER;
	ok();
	t->name = "sqlite_t";
	cr_expect(sqlite_lower(s, &err) == RETORT_E_FAIL);
}
