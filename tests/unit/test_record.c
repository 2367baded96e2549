#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "revision/record.h"

static char dir[] = "/tmp/retort-record-XXXXXX";
static char cache[64], include[4096];
static struct arena mem;
static struct err err;
static struct ops ops;
static struct revision_library lib;
static struct compile_options options;
static struct revision revision;

static void set_up(void)
{
	char here[3072];

	cr_assert(getcwd(here, sizeof(here)));
	snprintf(include, sizeof(include), "%s/lib/include", here);
	cr_assert(mkdtemp(dir));
	cr_assert_eq(chdir(dir), 0);
	snprintf(cache, sizeof(cache), "%s/cache", dir);
	options = (struct compile_options){
		.cache_directory = cache, .compiler = "cc",
		.include_directory = include
	};
	revision = (struct revision){
		.id = "5f2c1b7a9d3e", .path = "r.c", .format = REVISION_C
	};
}

static void tear_down(void)
{
	char command[128];

	revision_unload(&lib);
	err_clear(&err);
	arena_clear(&mem);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	cr_assert_eq(system(command), 0);
}

TestSuite(record, .init = set_up, .fini = tear_down);

static retort_status record_file(const char *text, enum direction way)
{
	revision_unload(&lib);
	ops = (struct ops){0};
	cr_assert_eq(file_write("r.c", text, strlen(text), true, &err),
		     RETORT_OK);
	return revision_record(&revision, way, &dialect_sqlite, &options,
			       NULL, &mem, &ops, &lib, &err);
}

/* The body of upgrade(). */
static retort_status record(const char *body)
{
	return record_file(arena_printf(&mem,
		"#include <retort/revision.h>\n"
		"#include <stdlib.h>\n"
		"void upgrade(retort_op *op)\n{\n%s\n}\n", body), UPGRADE);
}

static void recorded(const char *body)
{
	if (record(body))
		cr_assert_fail("%s\n%s", err.pub.message,
			       err.pub.detail ? err.pub.detail : "");
}

static void refused(const char *body, const char *message, int line)
{
	cr_assert_lt(record(body), 0, "accepted: %s", body);
	cr_expect_str_eq(err.pub.message, message);
	cr_expect_str_eq(err.pub.file, "r.c");
	cr_expect_eq(err.pub.line, line, "%s: line %d", body, err.pub.line);
	cr_expect_eq(ops.n, 0);
}

Test(record, create_table)
{
	struct table *t;
	struct constraint *c;

	recorded("retort_create_table(op, \"post\", COLUMNS("
		 "COLUMN(\"id\", INTEGER, PRIMARY_KEY),"
		 "COLUMN(\"title\", VARCHAR(80), NOT_NULL | INDEX),"
		 "COLUMN(\"user_id\", INTEGER, .references = \"user.id\"),"
		 "), CONSTRAINTS(CHECK(\"title <> ''\", .name = \"filled\")),"
		 ".if_not_exists = true);");
	cr_assert_eq(ops.n, 1);
	t = ops.v[0]->def;
	cr_expect_eq(ops.v[0]->kind, OP_CREATE_TABLE);
	cr_expect_str_eq(ops.v[0]->table, "post");
	cr_expect(ops.v[0]->if_not_exists);
	cr_assert_eq(t->columns.n, 3);
	cr_expect_str_eq(t->columns.v[1]->type.text, "VARCHAR(80)");
	cr_assert_eq(t->constraints.n, 3);
	c = t->constraints.v[1];
	cr_expect_eq(c->kind, CONSTRAINT_FOREIGN_KEY);
	cr_expect_str_eq(c->name, "fk_post_user_id_user");
	cr_expect_str_eq(t->constraints.v[2]->name, "filled");
	cr_assert_eq(t->indexes.n, 1);
	cr_expect_str_eq(t->indexes.v[0]->name, "ix_post_title");
}

Test(record, tables_and_columns)
{
	struct op **v;

	recorded("retort_drop_table(op, \"a\", .if_exists = true);"
		 "retort_rename_table(op, \"b\", \"c\");"
		 "retort_alter_table(op, \"c\", .strict = true);"
		 "retort_drop_column(op, \"c\", \"x\");"
		 "retort_rename_column(op, \"c\", \"x\", \"y\");"
		 "retort_alter_column(op, \"c\", \"x\", .type = NUMERIC(8, 2),"
		 " .nullable = true, .server_default = \"1 + 1\","
		 " .name = \"z\", .using_sql = \"x / 2\");"
		 "retort_alter_column(op, \"c\", \"x\", .drop_default = true);");
	v = ops.v;
	cr_assert_eq(ops.n, 7);
	cr_expect(v[0]->kind == OP_DROP_TABLE && v[0]->if_exists);
	cr_expect_str_eq(v[0]->table, "a");
	cr_expect_eq(v[1]->kind, OP_RENAME_TABLE);
	cr_expect_str_eq(v[1]->from, "b");
	cr_expect_str_eq(v[1]->to, "c");
	cr_expect_eq(v[2]->kind, OP_ALTER_TABLE);
	cr_expect(v[2]->def->strict && v[2]->changes == CHANGE_STRICT);
	cr_expect_eq(v[3]->kind, OP_DROP_COLUMN);
	cr_expect_str_eq(v[3]->name, "x");
	cr_expect_eq(v[4]->kind, OP_RENAME_COLUMN);
	cr_expect_str_eq(v[4]->from, "x");
	cr_expect_str_eq(v[4]->to, "y");
	cr_expect_eq(v[5]->kind, OP_ALTER_COLUMN);
	cr_expect_eq(v[5]->changes, CHANGE_TYPE | CHANGE_NOT_NULL |
		     CHANGE_DEFAULT | CHANGE_NAME);
	cr_expect_str_eq(v[5]->name, "x");
	cr_expect_str_eq(v[5]->column->name, "z");
	cr_expect_str_eq(v[5]->column->type.text, "NUMERIC(8, 2)");
	cr_expect_str_eq(v[5]->column->default_sql, "(1 + 1)");
	cr_expect_str_eq(v[5]->using_sql, "x / 2");
	cr_expect(!v[5]->column->not_null);
	cr_expect_eq(v[6]->changes, CHANGE_DEFAULT);
	cr_expect_null(v[6]->column->default_sql);
	cr_expect_null(v[6]->column->type.text);
}

/* What a column brings with it is one batch with it. */
Test(record, add_column)
{
	struct op **v;

	recorded("retort_add_column(op, \"t\", COLUMN(\"mood\","
		 " ENUM(\"mood\", \"sad\", \"ok\"), UNIQUE | INDEX | NOT_NULL,"
		 " .references = \"u.id\"), .after = \"id\");"
		 "retort_add_column(op, \"t\", COLUMN(\"n\", TEXT));");
	v = ops.v;
	cr_assert_eq(ops.n, 6);
	cr_expect_eq(v[0]->kind, OP_ADD_COLUMN);
	cr_expect_str_eq(v[0]->after, "id");
	cr_expect_str_eq(v[0]->column->type.text, "TEXT");
	cr_expect_gt(v[0]->batch, 0);
	for (int i = 1; i < 5; i++)
		cr_expect_eq(v[i]->batch, v[0]->batch);
	cr_expect_str_eq(v[1]->constraint->name, "uq_t_mood");
	cr_expect_str_eq(v[2]->constraint->name, "fk_t_mood_u");
	cr_expect_str_eq(v[3]->constraint->check_sql,
			 "mood IN ('sad', 'ok')");
	cr_expect_str_eq(v[4]->index->name, "ix_t_mood");
	cr_expect_eq(v[5]->batch, 0);
}

Test(record, constraints_and_indexes)
{
	struct op **v;

	recorded("retort_create_unique(op, \"t\", LIST(\"a\", \"b\"));"
		 "retort_create_check(op, \"t\", \"length(a) > b\");"
		 "retort_create_foreign_key(op, \"t\", LIST(\"a\", \"b\"),"
		 " \"u\", LIST(\"id\", \"n\"), .name = \"f\", .on_delete = CASCADE);"
		 "retort_create_primary_key(op, \"t\", LIST(\"a\"));"
		 "retort_drop_constraint(op, \"t\", \"uq\");"
		 "retort_drop_unnamed(op, \"t\", UNIQUE_ON(LIST(\"a\")));"
		 "retort_create_index(op, \"t\", LIST(\"a\","
		 " \"lower(b) DESC\"), .unique = true, .where = \"a > 0\");"
		 "retort_drop_index(op, \"t\", \"ix\");"
		 "retort_rename_index(op, \"t\", \"ix\", \"iy\");");
	v = ops.v;
	cr_assert_eq(ops.n, 9);
	cr_expect_str_eq(v[0]->constraint->name, "uq_t_a_b");
	cr_expect_str_eq(v[1]->constraint->name, "ck_t_a_b");
	cr_expect_str_eq(v[2]->constraint->name, "f");
	cr_expect_eq(v[2]->constraint->parts.n, 2);
	cr_expect_eq(v[2]->constraint->ref_columns.n, 2);
	cr_expect_eq(v[2]->constraint->on_delete, RETORT_CASCADE);
	cr_expect_eq(v[3]->constraint->kind, CONSTRAINT_PRIMARY_KEY);
	cr_expect_eq(v[4]->kind, OP_DROP_CONSTRAINT);
	cr_expect_str_eq(v[4]->constraint->name, "uq");
	cr_expect_null(v[5]->constraint->name);
	cr_expect_eq(v[5]->constraint->parts.n, 1);
	cr_expect_str_eq(v[6]->index->name, "ix_t_a_b");
	cr_expect_str_eq(v[6]->index->parts.v[1].expr, "lower(b)");
	cr_expect(v[6]->index->parts.v[1].descending);
	cr_expect_str_eq(v[7]->name, "ix");
	cr_expect_str_eq(v[8]->to, "iy");
}

Test(record, objects_and_sql)
{
	struct op **v;

	recorded("retort_create_view(op, \"v\", \"SELECT 1\");"
		 "retort_drop_view(op, \"v\", .if_exists = true);"
		 "retort_create_trigger(op, \"tr\", \"t\", \"CREATE TRIGGER tr"
		 " AFTER INSERT ON t BEGIN SELECT 1; SELECT 2; END;\");"
		 "retort_drop_trigger(op, \"tr\", \"t\");"
		 "retort_execute(op, \"DELETE FROM t WHERE a LIKE '%s;%'\");"
		 "retort_executef(op, \"UPDATE t SET a = %d; SELECT 1\", 3);"
		 "retort_bulk_insert(op, \"t\", LIST(\"a\", \"b\"),"
		 " ROW(1, \"it's\"), ROW(-2.0, NULL), ROW(SQL(\"1 + 1\"),"
		 " BYTES(\"\\001\\377\", 2)), ROW((char *)0, true));");
	v = ops.v;
	cr_assert_eq(ops.n, 8);
	cr_expect_str_eq(v[0]->object->create_sql,
			 "CREATE VIEW v AS SELECT 1");
	cr_expect(v[1]->kind == OP_DROP_OBJECT && v[1]->if_exists);
	cr_expect_eq(v[2]->object->kind, OBJECT_TRIGGER);
	cr_expect_str_eq(v[3]->object->table, "t");
	cr_expect_str_eq(v[4]->sql, "DELETE FROM t WHERE a LIKE '%s;%'");
	cr_expect_str_eq(v[5]->sql, "UPDATE t SET a = 3");
	cr_expect_str_eq(v[6]->sql, "SELECT 1");
	cr_assert_eq(v[7]->insert->rows.n, 4);
	cr_expect_str_eq(v[7]->insert->columns.v[1], "b");
	cr_expect_str_eq(v[7]->insert->rows.v[0][0], "1");
	cr_expect_str_eq(v[7]->insert->rows.v[0][1], "'it''s'");
	cr_expect_str_eq(v[7]->insert->rows.v[1][0], "-2.0");
	cr_expect_null(v[7]->insert->rows.v[1][1]);
	cr_expect_str_eq(v[7]->insert->rows.v[2][0], "1 + 1");
	cr_expect_str_eq(v[7]->insert->rows.v[2][1], "x'01ff'");
	cr_expect_null(v[7]->insert->rows.v[3][0]);
	cr_expect_str_eq(v[7]->insert->rows.v[3][1], "1");
}

Test(record, batches)
{
	recorded("retort_batch_begin(op, \"t\");"
		 "retort_drop_column(op, \"T\", \"a\");"
		 "retort_add_column(op, \"t\", COLUMN(\"b\", TEXT, UNIQUE));"
		 "retort_batch_end(op);"
		 "retort_drop_column(op, \"t\", \"c\");");
	cr_assert_eq(ops.n, 4);
	cr_expect_gt(ops.v[0]->batch, 0);
	cr_expect_eq(ops.v[1]->batch, ops.v[0]->batch);
	cr_expect_eq(ops.v[2]->batch, ops.v[0]->batch);
	cr_expect_eq(ops.v[3]->batch, 0);
	refused("retort_batch_begin(op, \"t\");",
		"the batch of table \"t\" is not ended", 5);
	refused("\nretort_batch_end(op);", "no batch is open here", 6);
	refused("retort_batch_begin(op, \"t\");\nretort_batch_begin(op, \"u\");",
		"the batch of table \"t\" begun in line 5 is still open", 6);
	refused("retort_batch_begin(op, \"t\");\n\n"
		"retort_drop_column(op, \"u\", \"x\");",
		"the batch begun in line 5 is for table \"t\" only", 7);
}

Test(record, the_first_error_sticks)
{
	refused("retort_drop_table(op, \"a\");\n"
		"retort_fail(op, \"cannot be %s\", \"taken back\");\n"
		"retort_drop_table(op, \"\");", "cannot be taken back", 6);
	refused("if (retort_failed(op)) abort();"
		"retort_drop_table(op, \"\");"
		"if (!retort_failed(op)) abort();", "a table has no name", 5);
	refused("retort_alter_column(op, \"t\", \"c\", .not_null = true,"
		" .nullable = true);", "column \"c\" cannot be given both "
		".not_null and .nullable", 5);
	refused("retort_alter_column(op, \"t\", \"c\", .using_sql = \"1\");",
		"nothing is said to change of column \"c\"", 5);
	refused("retort_create_table(op, \"t\", COLUMNS(COLUMN(\"a\", TEXT),"
		" COLUMN(\"a\", TEXT)));",
		"table \"t\": column \"a\" is declared twice", 5);
	refused("retort_bulk_insert(op, \"t\", LIST(\"a\"), ROW(1, 2));",
		"row 1 has 2 values for 1 columns", 5);
	refused("retort_execute(op, \" -- nothing\");",
		"there is no SQL to execute", 5);
	refused("retort_execute(op, \"SELECT 'x\");",
		"a quote that starts in line 1 does not end", 5);
}

Test(record, a_crash_is_an_error)
{
	refused("*(volatile int *)op->api->abi = 1;",
		"upgrade() of revision \"5f2c1b7a9d3e\" crashed with SIGSEGV",
		0);
	refused("extern int puts(const char *); abort();",
		"upgrade() of revision \"5f2c1b7a9d3e\" crashed with SIGABRT",
		0);
	refused("exit(3);",
		"upgrade() of revision \"5f2c1b7a9d3e\" called exit(3)", 0);
	refused("exit(0);",
		"upgrade() of revision \"5f2c1b7a9d3e\" called exit(0)", 0);
	options.record_timeout_ms = 200;
	refused("for (;;) if (retort_failed(op)) break;",
		"upgrade() of revision \"5f2c1b7a9d3e\" did not return within "
		"0.2 seconds", 0);
}

Test(record, what_a_crash_printed_is_told)
{
	cr_assert_lt(record_file("#include <retort/revision.h>\n"
		"#include <assert.h>\n"
		"void upgrade(retort_op *op) { assert(!op); }\n", UPGRADE), 0);
	cr_assert(err.pub.detail);
	cr_expect(strstr(err.pub.detail, "!op"), "%s", err.pub.detail);
}

/* More than a pipe holds: the child must not wait for us for ever. */
Test(record, much_output)
{
	cr_assert(freopen("/dev/null", "w", stdout));
	recorded("for (int i = 0; i < 200000; i++)"
		 " { extern int puts(const char *); puts(\"hello\"); }"
		 "retort_drop_table(op, \"a\");");
	cr_expect_eq(ops.n, 1);
}

Test(record, bad_files)
{
	cr_assert_lt(record("this is no C;"), 0);
	cr_expect_str_eq(err.pub.message, "could not compile \"r.c\"");
	cr_expect(strstr(err.pub.detail, "r.c:5"), "%s", err.pub.detail);
	cr_assert_lt(record_file("int x;\n", UPGRADE), 0);
	cr_expect_str_eq(err.pub.message, "cannot use the revision: it does "
			 "not include <retort/revision.h>");
	cr_assert_lt(record_file("#include <retort/revision.h>\n"
		"void upgrade(retort_op *op) { (void)op; }\n", DOWNGRADE), 0);
	cr_expect_str_eq(err.pub.message,
			 "revision \"5f2c1b7a9d3e\" defines no downgrade()");
	cr_assert_lt(record("extern void nowhere(void); nowhere();"), 0);
	cr_expect_str_eq(err.pub.message, "could not load the compiled "
			 "revision \"5f2c1b7a9d3e\"");
}

static int count(void *payload, int n, const char *const cell[])
{
	(void)n;
	*(int *)payload = atoi(cell[0]);
	return 0;
}

static const char with_calls[] =
	"#include <retort/revision.h>\n"
	"#include <stdlib.h>\n"
	"static int number(void *p, int n, const char *const cell[])\n"
	"{ (void)n; *(int *)p = atoi(cell[0]); return 0; }\n"
	"static int fill(retort_op *op, void *arg)\n"
	"{\n"
	"	int n = 0;\n"
	"	retort_execute(op, \"CREATE TABLE t (a, b)\");\n"
	"	retort_bulk_insert(op, \"t\", LIST(\"a\", \"b\"),\n"
	"		ROW(20, \"x\"), ROW(22, NULL));\n"
	"	retort_query_text(op, \"SELECT sum(a) FROM t\", number, &n);\n"
	"	retort_executef(op, \"INSERT INTO t VALUES (%d, %d)\", n,\n"
	"			*(int *)arg);\n"
	"	return 0;\n"
	"}\n"
	"static int fails(retort_op *op, void *arg)\n"
	"{ (void)arg;\n"
	"return retort_query_text(op, \"SELECT nope\", number, NULL); }\n"
	"static int wrong(retort_op *op, void *arg)\n"
	"{ (void)arg;\n"
	"retort_drop_table(op, \"t\"); return 0; }\n"
	"static int five(retort_op *op, void *arg)\n"
	"{ (void)op; (void)arg; return 5; }\n"
	"static int seven = 7;\n"
	"void upgrade(retort_op *op) { retort_call(op, fill, &seven); }\n"
	"void downgrade(retort_op *op)\n"
	"{ retort_call(op, fails, NULL); retort_call(op, wrong, NULL);\n"
	"retort_call(op, five, NULL); }\n";

Test(record, calls)
{
	struct conn *c = NULL;
	int sum = 0;

	cr_assert_eq(dialect_sqlite.scratch(NULL, &c, &err), RETORT_OK);
	cr_assert_eq(record_file(with_calls, UPGRADE), RETORT_OK);
	cr_assert_eq(ops.n, 1);
	cr_assert_eq(ops.v[0]->kind, OP_CALL);
	cr_assert_eq(revision_call(&revision, c, &ops.v[0]->call, &err),
		     RETORT_OK, "%s", err.pub.message);
	cr_assert_eq(c->ops->run(c, "SELECT sum(a) + sum(b) FROM t "
				 "WHERE a > 30", 0, NULL, count, &sum, &err),
		     RETORT_OK);
	cr_expect_eq(sum, 49);
	conn_close(c);
}

Test(record, calls_that_fail)
{
	struct conn *c = NULL;

	cr_assert_eq(dialect_sqlite.scratch(NULL, &c, &err), RETORT_OK);
	cr_assert_eq(record_file(with_calls, DOWNGRADE), RETORT_OK);
	cr_assert_eq(ops.n, 3);
	cr_expect_lt(revision_call(&revision, c, &ops.v[0]->call, &err), 0);
	cr_expect(strstr(err.pub.message, "nope"), "%s", err.pub.message);
	cr_expect_str_eq(err.pub.file, "r.c");
	cr_expect_lt(revision_call(&revision, c, &ops.v[1]->call, &err), 0);
	cr_expect_eq(err.pub.line, 21);
	cr_expect_lt(revision_call(&revision, c, &ops.v[2]->call, &err), 0);
	cr_expect_str_eq(err.pub.message,
			 "a function given to retort_call() returned 5");
	conn_close(c);
}

static long allocations_left;

static void *failing_malloc(size_t n)
{
	return allocations_left-- > 0 ? malloc(n) : NULL;
}

/* Each allocation in turn fails, and each time that is what is reported. */
Test(record, out_of_memory)
{
	retort_status rc = RETORT_E_NOMEM;

	recorded("retort_create_table(op, \"t\", COLUMNS(COLUMN(\"a\", TEXT,"
		 " UNIQUE)));"
		 "retort_add_column(op, \"t\", COLUMN(\"b\", TEXT, INDEX));"
		 "retort_alter_column(op, \"t\", \"b\", .type = INTEGER,"
		 " .using_sql = \"1\");"
		 "retort_create_view(op, \"v\", \"SELECT 1\");"
		 "retort_drop_unnamed(op, \"t\", CHECK(\"a\"));"
		 "retort_executef(op, \"SELECT %d\", 1);"
		 "retort_bulk_insert(op, \"t\", LIST(\"a\"), ROW(1.5));");
	for (long n = 0; rc && n < 10000; n++) {
		struct revision_library loaded = {0};
		struct ops list = {0};
		SCRATCH(tmp);
		SCRATCH_ERR(why);

		allocations_left = n;
		arena_malloc = failing_malloc;
		rc = revision_record(&revision, UPGRADE, &dialect_sqlite,
				     &options, NULL, &tmp, &list, &loaded,
				     &why);
		arena_malloc = malloc;
		if (rc)
			cr_assert_eq(why.pub.code, RETORT_E_NOMEM, "%ld: %s",
				     n, why.pub.message);
		revision_unload(&loaded);
	}
	cr_expect_eq(rc, RETORT_OK);
}
