#include <criterion/criterion.h>
#include <string.h>

#include "base/buf.h"
#include "op/mention.h"
#include "op/op.h"
#include "sql/create.h"

static struct arena mem;
static struct err err;
static struct schema *s;
static struct ops list;

static void begin(void)
{
	s = schema_new(&mem, true);
	list = (struct ops){0};
}

static void end(void)
{
	arena_clear(&mem);
	err_clear(&err);
}

TestSuite(op, .init = begin, .fini = end);

/* Put what a CREATE statement makes into the schema. */
static void have(const char *sql)
{
	struct create *c;

	cr_assert_eq(create_parse(sql, &mem, &c, &err), RETORT_OK, "%s",
		     err.pub.message);
	if (c->kind == CREATE_TABLE)
		cr_assert(vec_push(&mem, &s->tables, c->table));
	else if (c->kind == CREATE_INDEX)
		cr_assert(vec_push(&mem, &schema_table(s, NULL, c->on)->indexes,
				   c->index));
	else
		cr_assert(vec_push(&mem, &s->objects, c->object));
}

static struct op *op(enum op_kind kind, const char *table)
{
	struct op *o = ops_add(&mem, &list, kind);

	o->table = table;
	return o;
}

/* The operations give this, and their reverse what was before. */
static void gives(const char *dump)
{
	struct schema *before = schema_copy(&mem, s);
	const char *was = schema_dump(&mem, s);
	struct ops back = {0};

	cr_assert_eq(ops_reverse(s, &list, &mem, &back, &err), RETORT_OK,
		     "%s", err.pub.message);
	for (size_t i = 0; i < list.n; i++)
		cr_assert_eq(op_apply(before, list.v[i], &err), RETORT_OK,
			     "%s", err.pub.message);
	cr_assert_str_eq(schema_dump(&mem, before), dump);
	for (size_t i = 0; i < back.n; i++)
		cr_assert_eq(op_apply(before, back.v[i], &err), RETORT_OK,
			     "%s", err.pub.message);
	cr_assert_str_eq(schema_dump(&mem, before), was);
}

static void fails(retort_status code, const char *message)
{
	retort_status rc = RETORT_OK;

	for (size_t i = 0; i < list.n && rc == RETORT_OK; i++)
		rc = op_apply(s, list.v[i], &err);
	cr_assert_eq(rc, code);
	cr_assert_str_eq(err.pub.message, message);
}

static struct column *column(const char *name)
{
	struct column *c = arena_new(&mem, struct column);

	c->name = name;
	c->type.text = "INTEGER";
	return c;
}

Test(op, a_dropped_column_takes_what_is_only_about_it)
{
	have("CREATE TABLE t (a INTEGER, b INTEGER UNIQUE CHECK (b > 0) "
	     "REFERENCES u (a))");
	have("CREATE INDEX ix ON t (b)");
	op(OP_DROP_COLUMN, "t")->name = "b";
	gives("table t  \n"
	      "table t column a INTEGER\n");
}

Test(op, a_column_that_others_stand_on_stays)
{
	have("CREATE TABLE t (a INTEGER, b INTEGER, "
	     "CONSTRAINT ck CHECK (a < b))");
	op(OP_DROP_COLUMN, "t")->name = "b";
	fails(RETORT_E_FAIL, "cannot drop column \"b\" of table \"t\": "
	      "check constraint \"ck\" needs it");
}

Test(op, a_column_of_a_string_is_not_meant)
{
	have("CREATE TABLE t (a TEXT, b TEXT, CHECK (a <> 'b'))");
	op(OP_DROP_COLUMN, "t")->name = "b";
	gives("table t  \n"
	      "table t CHECK - {a <> 'b'}\n"
	      "table t column a TEXT\n");
}

Test(op, the_last_column_stays)
{
	have("CREATE TABLE t (a INTEGER)");
	op(OP_DROP_COLUMN, "t")->name = "a";
	fails(RETORT_E_FAIL,
	      "cannot drop column \"a\": table \"t\" has no other");
}

Test(op, a_renamed_table_is_followed)
{
	have("CREATE TABLE t (a INTEGER PRIMARY KEY, CHECK (t.a > 0))");
	have("CREATE TABLE u (b INTEGER REFERENCES t (a))");
	have("CREATE VIEW v AS SELECT a, 't' FROM t");
	have("CREATE TRIGGER tr AFTER INSERT ON t BEGIN DELETE FROM t; END");
	op(OP_RENAME_TABLE, NULL)->from = "t";
	list.v[0]->to = "n";
	gives("table n  \n"
	      "table n CHECK - {n.a > 0}\n"
	      "table n PRIMARY KEY - (a)\n"
	      "table n column a INTEGER\n"
	      "table u  \n"
	      "table u FOREIGN KEY - (b) REFERENCES n columns(a)\n"
	      "table u column b INTEGER\n"
	      "trigger tr ON n AS{CREATE TRIGGER tr AFTER INSERT ON n BEGIN "
	      "DELETE FROM n; END}\n"
	      "view v AS{CREATE VIEW v AS SELECT a, 't' FROM n}\n");
}

Test(op, a_renamed_column_is_followed)
{
	have("CREATE TABLE t (a INTEGER PRIMARY KEY, g AS (a + 1), "
	     "CHECK (a <> 'a'))");
	have("CREATE INDEX ix ON t (a, a + 1) WHERE a > 0");
	have("CREATE TABLE u (a INTEGER REFERENCES t (a))");
	have("CREATE TRIGGER tr AFTER UPDATE OF a ON t BEGIN SELECT new.a; "
	     "END");
	op(OP_RENAME_COLUMN, "t")->from = "a";
	list.v[0]->to = "n";
	gives("table t  \n"
	      "table t CHECK - {n <> 'a'}\n"
	      "table t PRIMARY KEY - (n)\n"
	      "table t column g  VIRTUAL{n + 1}\n"
	      "table t column n INTEGER\n"
	      "table t index ix (n, {n + 1}) WHERE{n > 0}\n"
	      "table u  \n"
	      "table u FOREIGN KEY - (a) REFERENCES t columns(n)\n"
	      "table u column a INTEGER\n"
	      "trigger tr ON t AS{CREATE TRIGGER tr AFTER UPDATE OF n ON t "
	      "BEGIN SELECT new.n; END}\n");
}

/* The texts of the objects, after t.x has become t.y. */
static void renames_to(const char *texts)
{
	struct buf b = { .mem = &mem };

	op(OP_RENAME_COLUMN, "t")->from = "x";
	list.v[0]->to = "y";
	cr_assert_eq(op_apply(s, list.v[0], &err), RETORT_OK);
	for (size_t i = 0; i < s->objects.n; i++)
		buf_addf(&b, "%s\n", s->objects.v[i]->create_sql);
	cr_assert_str_eq(buf_text(&b), texts);
}

Test(op, a_column_of_that_name_elsewhere_is_not_renamed)
{
	have("CREATE TABLE t (x INTEGER)");
	have("CREATE TABLE u (x INTEGER)");
	have("CREATE VIEW v AS SELECT t.x AS a, u.x AS b FROM t, u");
	have("CREATE TRIGGER tr AFTER UPDATE OF x ON t BEGIN "
	     "UPDATE u SET x = new.x; END");
	have("CREATE TRIGGER ur AFTER UPDATE ON u BEGIN "
	     "SELECT new.x, t.x FROM t; END");
	renames_to("CREATE VIEW v AS SELECT t.y AS a, u.x AS b FROM t, u\n"
		   "CREATE TRIGGER tr AFTER UPDATE OF y ON t BEGIN "
		   "UPDATE u SET x = new.y; END\n"
		   "CREATE TRIGGER ur AFTER UPDATE ON u BEGIN "
		   "SELECT new.x, t.y FROM t; END\n");
}

Test(op, a_renamed_column_is_followed_behind_an_alias)
{
	have("CREATE TABLE t (x INTEGER)");
	have("CREATE VIEW v AS SELECT q.x, x FROM t AS q");
	renames_to("CREATE VIEW v AS SELECT q.y, y FROM t AS q\n");
}

Test(op, a_dropped_table_takes_its_triggers_and_brings_them_back)
{
	have("CREATE TABLE t (a INTEGER)");
	have("CREATE TRIGGER tr AFTER INSERT ON t BEGIN SELECT 1; END");
	op(OP_DROP_TABLE, "t");
	gives("");
}

Test(op, columns_go_where_they_are_told)
{
	have("CREATE TABLE t (a INTEGER, b INTEGER)");
	op(OP_ADD_COLUMN, "t")->column = column("c");
	list.v[0]->after = "a";
	op(OP_ADD_COLUMN, "t")->column = column("d");
	list.v[1]->before = "c";
	op(OP_ADD_COLUMN, "t")->column = column("e");
	list.v[2]->after = "";
	for (size_t i = 0; i < list.n; i++)
		cr_assert_eq(op_apply(s, list.v[i], &err), RETORT_OK);
	for (size_t i = 0; i < 5; i++)
		cr_assert_eq(*s->tables.v[0]->columns.v[i]->name, "eadcb"[i]);
}

Test(op, an_altered_column_may_be_moved)
{
	struct ops back = {0};

	have("CREATE TABLE t (a INTEGER, b INTEGER, c INTEGER)");
	op(OP_ALTER_COLUMN, "t")->column = column("c");
	list.v[0]->name = "c";
	list.v[0]->after = "a";
	cr_assert_eq(ops_reverse(s, &list, &mem, &back, &err), RETORT_OK);
	cr_assert_eq(op_apply(s, list.v[0], &err), RETORT_OK);
	for (size_t i = 0; i < 3; i++)
		cr_assert_eq(*s->tables.v[0]->columns.v[i]->name, "acb"[i]);
	cr_assert_eq(op_apply(s, back.v[0], &err), RETORT_OK);
	for (size_t i = 0; i < 3; i++)
		cr_assert_eq(*s->tables.v[0]->columns.v[i]->name, "abc"[i]);
}

Test(op, an_altered_column_changes_in_what_is_said)
{
	struct column *now = column("a");

	have("CREATE TABLE t (a TEXT DEFAULT 'x' COLLATE NOCASE)");
	now->not_null = true;
	op(OP_ALTER_COLUMN, "t")->column = now;
	list.v[0]->name = "a";
	list.v[0]->changes = CHANGE_NOT_NULL;
	gives("table t  \n"
	      "table t column a TEXT NOT NULL DEFAULT{'x'} COLLATE nocase\n");
}

Test(op, a_constraint_without_name_is_found_by_structure)
{
	struct constraint c = { .kind = CONSTRAINT_CHECK,
				.check_sql = "a > 1" };

	have("CREATE TABLE t (a INTEGER, CHECK (a > 0), CHECK (a > 1))");
	op(OP_DROP_CONSTRAINT, "t")->constraint = &c;
	gives("table t  \n"
	      "table t CHECK - {a > 0}\n"
	      "table t column a INTEGER\n");
	c.check_sql = "a > 2";
	fails(RETORT_E_NOTFOUND, "no such check constraint on table \"t\"");
}

Test(op, what_is_not_there_is_named)
{
	op(OP_DROP_TABLE, "none");
	fails(RETORT_E_NOTFOUND, "no table \"none\"");
	list.v[0]->if_exists = true;
	cr_assert_eq(op_apply(s, list.v[0], &err), RETORT_OK);
}

Test(op, an_index_is_found_without_its_table)
{
	have("CREATE TABLE t (a INTEGER)");
	have("CREATE INDEX ix ON t (a)");
	op(OP_DROP_INDEX, NULL)->name = "ix";
	gives("table t  \n"
	      "table t column a INTEGER\n");
	list.v[0]->name = "none";
	fails(RETORT_E_NOTFOUND, "no index \"none\"");
}

Test(op, sql_has_no_reverse)
{
	struct ops back = {0};

	op(OP_EXECUTE, NULL)->sql = "SELECT 1";
	cr_assert_eq(ops_reverse(s, &list, &mem, &back, &err), RETORT_E_FAIL);
	cr_assert_str_eq(err.pub.message, "cannot reverse: execute SQL");
}

static void described(const char *word, const char *target, const char *text)
{
	const struct op *last = list.v[list.n - 1];

	cr_assert_str_eq(op_word(last), word);
	cr_assert_str_eq(op_target(&mem, last), target);
	cr_assert_str_eq(op_describe(&mem, last), text);
}

Test(op, is_described_in_the_field_s_words)
{
	struct column *old = column("a"), *now = column("a");
	struct index x = { .name = "ix" };
	struct constraint fk = { .kind = CONSTRAINT_FOREIGN_KEY,
				 .ref_table = "u" };
	struct part p = { .column = "a" };

	now->type.text = "TEXT";
	op(OP_DROP_TABLE, "t");
	described("remove_table", "t", "removed table 't'");
	op(OP_ADD_COLUMN, "t")->column = now;
	described("add_column", "t.a", "added column 't.a'");
	*op(OP_ALTER_COLUMN, "t") = (struct op){
		.kind = OP_ALTER_COLUMN, .table = "t", .name = "a",
		.column = now, .old_column = old, .changes = CHANGE_TYPE
	};
	described("modify_type", "t.a",
		  "type change from INTEGER to TEXT on 't.a'");
	cr_assert(vec_push(&mem, &x.parts, p));
	op(OP_CREATE_INDEX, "t")->index = &x;
	described("add_index", "ix", "added index 'ix' (a) on 't'");
	cr_assert(vec_push(&mem, &fk.parts, p));
	op(OP_DROP_CONSTRAINT, "t")->constraint = &fk;
	described("remove_fk", "t",
		  "removed foreign key (a)->u() on table 't'");
}

Test(op, words_of_the_grammar_are_no_names)
{
	const char *sql = "CASE WHEN a IS NOT NULL THEN 1 ELSE 0 END";

	cr_expect(sql_mentions(sql, "a"));
	cr_expect_not(sql_mentions(sql, "end"));
	cr_expect_not(sql_mentions(sql, "null"));
	cr_expect_not(sql_mentions(sql, "case"));
	cr_expect(sql_mentions("CASE WHEN a THEN end ELSE end END", "a"));
	cr_expect(sql_mentions("start < end", "end"));
	cr_expect(sql_mentions("CASE WHEN \"end\" THEN 1 END", "end"));
}
