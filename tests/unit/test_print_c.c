#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/process.h"
#include "model/model.h"
#include "op/print_c.h"

static char dir[] = "/tmp/retort-print-XXXXXX";
static char include[4096], cache[64];
static struct arena mem;
static struct err err;
static struct conn *c;
static struct model_library lib;
static const struct naming *naming;	/* what inspection is told of */

static void set_up(void)
{
	char here[3072];

	cr_assert(getcwd(here, sizeof(here)));
	snprintf(include, sizeof(include), "%s/lib/include", here);
	cr_assert(mkdtemp(dir) && !chdir(dir));
	snprintf(cache, sizeof(cache), "%s/cache", dir);
	cr_assert_eq(conn_open("sqlite://", NULL, &c, &err), RETORT_OK);
}

static void tear_down(void)
{
	char command[64];

	conn_close(c);
	model_unload(&lib);
	arena_clear(&mem);
	err_clear(&err);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	cr_assert_eq(system(command), 0);
}

TestSuite(print_c, .init = set_up, .fini = tear_down, .timeout = 120);

static void ok(retort_status rc)
{
	cr_assert_eq(rc, RETORT_OK, "%s\n%s", err.pub.message,
		     err.pub.detail ? err.pub.detail : "");
}

static struct schema *live(const char *sql)
{
	struct reflect_options o = { .version_table = "db_version" };
	struct schema *s = NULL;

	for (const char *rest = sql; *rest; ) {
		struct stmt st = {0};

		ok(c->ops->split(rest, &mem, &st, &rest, &err));
		if (!st.sql)
			break;
		ok(conn_exec(c, st.sql, &err));
	}
	ok(c->ops->reflect(c, &o, &mem, &s, &err));
	return s;
}

static void compiles(const char *path)
{
	const char *const compilers[] = { "gcc", "clang" };

	for (int i = 0; i < 2; i++) {
		const char *const argv[] = {
			compilers[i], "-std=c17", "-Wall", "-Wextra",
			"-pedantic", "-Werror", "-fsyntax-only", "-I", include,
			path, NULL
		};
		const struct process p = { argv, NULL, NULL };
		char *out, *text = NULL;
		int status;

		ok(process_run(&p, &mem, &out, &status, &err));
		ok(file_read(path, &mem, &text, NULL, &err));
		cr_assert_eq(status, 0, "%s\n%s", out, text);
	}
}

static const char *models_of(const struct schema *s)
{
	struct buf b = { .mem = &mem };

	ok(schema_print_c(s, naming, &b, &err));
	return buf_text(&b);
}

/* Reflect, print, compile, read: the same schema, names included. */
static void round_trip(const char *sql)
{
	struct compile_options o = {
		.cache_directory = cache, .compiler = "cc",
		.include_directory = include
	};
	struct schema *was = live(sql), *is = NULL;
	const char *text = models_of(was), *path = "models.c";
	struct strings paths = { &path, 1, 1 };

	ok(file_write(path, text, strlen(text), true, &err));
	compiles(path);
	ok(model_load(&paths, &o, &lib, &err));
	ok(model_schema(lib.models, c->ops, naming, &mem, &is, &err));
	cr_assert_str_eq(schema_dump(&mem, is), schema_dump(&mem, was), "%s",
			 text);
}

Test(print_c, models_read_as_a_person_writes_them)
{
	struct schema *s = live(
		"CREATE TABLE user (id INTEGER PRIMARY KEY,"
		" username VARCHAR(80) UNIQUE NOT NULL, email VARCHAR(120),"
		" age INTEGER NOT NULL DEFAULT 0);"
		"CREATE TABLE posts (id INTEGER PRIMARY KEY AUTOINCREMENT,"
		" title VARCHAR(80) NOT NULL, user_id INTEGER NOT NULL"
		" REFERENCES user (id) ON DELETE CASCADE,"
		" CONSTRAINT ck_title CHECK (title <> ''));"
		"CREATE UNIQUE INDEX ix_posts ON posts (user_id, title DESC)"
		" WHERE title <> 'x';"
		"CREATE VIEW v AS SELECT id FROM user;");

	cr_assert_str_eq(models_of(s),
		"#include <retort/model.h>\n"
		"\n"
		"TABLE(\"user\", .unnamed = true,\n"
		"    COLUMNS(\n"
		"        COLUMN(\"id\",       INTEGER,     PRIMARY_KEY),\n"
		"        COLUMN(\"username\", VARCHAR(80), UNIQUE | NOT_NULL),\n"
		"        COLUMN(\"email\",    VARCHAR(120)),\n"
		"        COLUMN(\"age\",      INTEGER,     NOT_NULL, .server_default = \"0\"),\n"
		"    ));\n"
		"\n"
		"TABLE(\"posts\", .unnamed = true,\n"
		"    COLUMNS(\n"
		"        COLUMN(\"id\",      INTEGER,     PRIMARY_KEY | AUTOINCREMENT),\n"
		"        COLUMN(\"title\",   VARCHAR(80), NOT_NULL),\n"
		"        COLUMN(\"user_id\", INTEGER,     NOT_NULL, .references = "
		"\"user.id\", .on_delete = CASCADE),\n"
		"    ),\n"
		"    CONSTRAINTS(\n"
		"        CHECK(\"title <> ''\", .name = \"ck_title\"),\n"
		"    ),\n"
		"    INDEXES(\n"
		"        INDEX_ON(LIST(\"user_id\", \"title DESC\"), .name = \"ix_posts\", "
		".unique = true,\n"
		"            .where = \"title <> 'x'\"),\n"
		"    ));\n"
		"\n"
		"VIEW(\"v\",\n"
		"    \"CREATE VIEW v AS SELECT id FROM user\");\n");
}

static const char by_convention[] =
	"CREATE TABLE user (id INTEGER, name TEXT NOT NULL,"
	" mail TEXT CONSTRAINT other UNIQUE, boss INTEGER,"
	" CONSTRAINT pk_user PRIMARY KEY (id),"
	" CONSTRAINT uq_user_name UNIQUE (name),"
	" CONSTRAINT uq_user_name_2 UNIQUE (name),"
	" CONSTRAINT uq_user_mail_name UNIQUE (mail, name),"
	" CONSTRAINT ck_user_name CHECK (name <> ''),"
	" CONSTRAINT fk_user_boss_user FOREIGN KEY (boss)"
	" REFERENCES user (id));"
	"CREATE INDEX ix_user_boss ON user (boss);"
	"CREATE INDEX ix_user_mail ON user (mail DESC);"
	"CREATE INDEX ix_user_lower ON user (lower(name));"
	"CREATE TABLE t (id INTEGER CONSTRAINT pk_t PRIMARY KEY, a TEXT UNIQUE);";

Test(print_c, names_of_the_convention_are_left_out)
{
	static const struct naming usual;

	naming = &usual;
	cr_assert_str_eq(models_of(live(by_convention)),
		"#include <retort/model.h>\n"
		"\n"
		"TABLE(\"user\",\n"
		"    COLUMNS(\n"
		"        COLUMN(\"id\",   INTEGER, PRIMARY_KEY),\n"
		"        COLUMN(\"name\", TEXT,    UNIQUE | NOT_NULL),\n"
		"        COLUMN(\"mail\", TEXT),\n"
		"        COLUMN(\"boss\", INTEGER, INDEX, .references = \"user.id\"),\n"
		"    ),\n"
		"    CONSTRAINTS(\n"
		"        UNIQUE_ON(LIST(\"mail\"), .name = \"other\"),\n"
		"        UNIQUE_ON(LIST(\"name\"), .name = \"uq_user_name_2\"),\n"
		"        UNIQUE_ON(LIST(\"mail\", \"name\")),\n"
		"        CHECK(\"name <> ''\", .name = \"ck_user_name\"),\n"
		"    ),\n"
		"    INDEXES(\n"
		"        INDEX_ON(LIST(\"mail DESC\")),\n"
		"        INDEX_ON(LIST(\"lower(name)\"), .name = \"ix_user_lower\"),\n"
		"    ));\n"
		"\n"
		"TABLE(\"t\", .unnamed = true,\n"
		"    COLUMNS(\n"
		"        COLUMN(\"id\", INTEGER),\n"
		"        COLUMN(\"a\",  TEXT, UNIQUE),\n"
		"    ),\n"
		"    CONSTRAINTS(\n"
		"        PRIMARY_KEY_ON(LIST(\"id\"), .name = \"pk_t\"),\n"
		"    ));\n");
}

Test(print_c, names_of_the_convention_come_back)
{
	static const struct naming usual;

	naming = &usual;
	round_trip(by_convention);
}

Test(print_c, names_of_another_convention_come_back)
{
	static const struct naming odd = {
		"ix_%(table)s", "uq_%(hint)s", "ck_%(table)s",
		"fk_%(table)s", "pk_%(table)s"
	};

	naming = &odd;
	round_trip(by_convention);
}

Test(print_c, types)
{
	round_trip("CREATE TABLE t (a INTEGER, b BIGINT, c VARCHAR(3),"
		   " d NUMERIC(8, 2), e NUMERIC(8), f NUMERIC, g VARCHAR, h,"
		   " i \"what \"\"ever\"\" 'x'\", j DOUBLE PRECISION, k Blob,"
		   " l timestamp, m CHAR(36), n VARCHAR(0), o INT, p JSON,"
		   " q \"TIMESTAMP WITH TIME ZONE\", r numeric(8,2));"
		   "CREATE TABLE s (a INT, b ANY, c TEXT, d BLOB, e REAL)"
		   " STRICT;");
}

Test(print_c, keys_and_checks)
{
	round_trip("CREATE TABLE p (a INTEGER, b TEXT, c TEXT UNIQUE"
		   " ON CONFLICT IGNORE, d TEXT CONSTRAINT nn NOT NULL"
		   " ON CONFLICT FAIL, PRIMARY KEY (b, a)) WITHOUT ROWID;"
		   "CREATE TABLE q (a INTEGER CONSTRAINT pk_q PRIMARY KEY,"
		   " x INTEGER, y TEXT,"
		   " FOREIGN KEY (y, x) REFERENCES p (b, a) ON DELETE SET NULL"
		   " ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,"
		   " CONSTRAINT fk_p FOREIGN KEY (y, x) REFERENCES p,"
		   " UNIQUE (x, y), UNIQUE (y COLLATE NOCASE DESC),"
		   " CONSTRAINT u UNIQUE (x), CHECK (x > 0), CHECK (x > 0),"
		   " CONSTRAINT \"odd name\" CHECK (y <> '\"?\?=\\'));"
		   "CREATE TABLE r (a INTEGER PRIMARY KEY DESC,"
		   " b INTEGER UNIQUE REFERENCES q DEFERRABLE,"
		   " c INTEGER UNIQUE REFERENCES q (a) NOT DEFERRABLE"
		   " REFERENCES q (a), d INTEGER UNIQUE UNIQUE REFERENCES r);");
}

Test(print_c, references_to_what_is_not_there)
{
	round_trip("CREATE TABLE a (x INTEGER REFERENCES missing (id),"
		   " y INTEGER REFERENCES a (nope), z INTEGER REFERENCES a,"
		   " FOREIGN KEY (x, y) REFERENCES gone (a, b));");
}

Test(print_c, odd_names)
{
	round_trip("CREATE TABLE \"a.b c\" (\"order\" INTEGER PRIMARY KEY,"
		   " \"reply-to\" TEXT, \"a\"\"b\" TEXT, \"desc\" TEXT,"
		   " \"a DESC\" TEXT, \"caf\xc3\xa9\" TEXT, \"1\" INTEGER"
		   " REFERENCES \"a.b c\" (\"order\"), \"x.y\" TEXT,"
		   " UNIQUE (\"reply-to\", \"a\"\"b\", \"desc\" DESC));"
		   "CREATE TABLE \"select\" (\"from\" INTEGER REFERENCES"
		   " \"a.b c\", \"x.y\" TEXT REFERENCES \"a.b c\" (\"x.y\"));"
		   "CREATE INDEX \"i-x\" ON \"a.b c\" (\"a DESC\" DESC,"
		   " \"desc\", \"order\" COLLATE \"nocase\", \"caf\xc3\xa9\");");
}

Test(print_c, columns_with_everything)
{
	round_trip("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT DEFAULT 'it''s',"
		   " b TEXT DEFAULT (lower('X') || 'y'), c TEXT COLLATE NOCASE,"
		   " d INTEGER GENERATED ALWAYS AS (id * 2) STORED,"
		   " e TEXT AS (a || 'x'), f TEXT DEFAULT CURRENT_TIMESTAMP,"
		   " g INTEGER DEFAULT -1, h BLOB DEFAULT x'00ff',"
		   " i TEXT NOT NULL DEFAULT '\t\n?\?/ \\ %s');"
		   "CREATE INDEX e ON t (lower(a), b COLLATE RTRIM DESC,"
		   " (a || b)) WHERE a IS NOT NULL AND b = 'x';");
}

Test(print_c, long_texts)
{
	struct buf sql = { .mem = &mem };

	buf_add(&sql, "CREATE TABLE t (a TEXT, b TEXT CHECK (b <> '");
	for (int i = 0; i < 60; i++)
		buf_add(&sql, "word, ");
	buf_add(&sql, "' AND b <> '");
	for (int i = 0; i < 50; i++)
		buf_add(&sql, "x\xc3\xa9");
	buf_add(&sql, "'));\nCREATE TRIGGER tr AFTER INSERT ON t\nBEGIN\n");
	for (int i = 0; i < 200; i++)
		buf_addf(&sql, "\tUPDATE t SET a = 'line %d', b = \"a\";\n", i);
	buf_add(&sql, "END;\nCREATE VIEW v AS\n  SELECT a, /* x */ b\n"
		"  FROM t -- end\n;");
	cr_assert_gt(sql.n, 5000);
	round_trip(buf_text(&sql));
	for (const char *p = models_of(live("")); *p; ) {
		size_t n = strcspn(p, "\n");

		cr_assert_leq(n, 110, "%.*s", (int)n, p);
		p += n + (p[n] == '\n');
	}
}

Test(print_c, notes_cannot_end_their_comment)
{
	struct schema *s = live("CREATE TABLE t (a TEXT)");
	const char *text;

	cr_assert(vec_push(&mem, &s->notes, "virtual */ table /* \n x"));
	text = models_of(s);
	ok(file_write("m.c", text, strlen(text), true, &err));
	compiles("m.c");
}

/* Operations ------------------------------------------------------------------ */

static const char *ops_text(const struct ops *list)
{
	struct buf b = { .mem = &mem }, file = { .mem = &mem };

	ok(ops_print_c(list, &b, &err));
	buf_addf(&file, "#include <retort/revision.h>\n"
		 "void upgrade(retort_op *op)\n{\n%s}\n"
		 "void downgrade(retort_op *op)\n{\n\t(void)op;\n}\n",
		 buf_text(&b));
	ok(file_write("rev.c", file.s, file.n, true, &err));
	compiles("rev.c");
	return buf_text(&b);
}

static struct op *add(struct ops *list, enum op_kind kind, const char *table)
{
	struct op *op = ops_add(&mem, list, kind);

	cr_assert(op);
	op->table = table;
	return op;
}

Test(print_c, operations_on_tables)
{
	struct schema *s = live(
		"CREATE TABLE user (id INTEGER CONSTRAINT pk PRIMARY KEY,"
		" name TEXT NOT NULL, x INTEGER REFERENCES user (id));"
		"CREATE INDEX ix ON user (name DESC);");
	struct ops list = {0};

	add(&list, OP_CREATE_TABLE, "user")->def = s->tables.v[0];
	add(&list, OP_DROP_TABLE, "old")->if_exists = true;
	add(&list, OP_RENAME_TABLE, NULL)->from = "a";
	list.v[2]->to = "b";
	add(&list, OP_ALTER_TABLE, "user")->def = arena_new(&mem, struct table);
	list.v[3]->old_def = arena_new(&mem, struct table);
	list.v[3]->def->strict = list.v[3]->old_def->without_rowid = true;
	add(&list, OP_CREATE_INDEX, "user")->index =
		s->tables.v[0]->indexes.v[0];
	add(&list, OP_DROP_INDEX, "user")->name = "ix";
	cr_assert_str_eq(ops_text(&list),
		"\tretort_create_table(op, \"user\", .unnamed = true,\n"
		"\t\tCOLUMNS(\n"
		"\t\t\tCOLUMN(\"id\",   INTEGER),\n"
		"\t\t\tCOLUMN(\"name\", TEXT,    NOT_NULL),\n"
		"\t\t\tCOLUMN(\"x\",    INTEGER, .references = \"user.id\"),\n"
		"\t\t),\n"
		"\t\tCONSTRAINTS(\n"
		"\t\t\tPRIMARY_KEY_ON(LIST(\"id\"), .name = \"pk\"),\n"
		"\t\t),\n"
		"\t\tINDEXES(\n"
		"\t\t\tINDEX_ON(LIST(\"name DESC\"), .name = \"ix\"),\n"
		"\t\t));\n"
		"\tretort_drop_table(op, \"old\", .if_exists = true);\n"
		"\tretort_rename_table(op, \"a\", \"b\");\n"
		"\tretort_alter_table(op, \"user\", .strict = true, .with_rowid = true);\n"
		"\tretort_create_index(op, \"user\", LIST(\"name DESC\"), .name = \"ix\");\n"
		"\tretort_drop_index(op, \"user\", \"ix\");\n");
}

Test(print_c, operations_on_columns)
{
	struct column plain = { .name = "age", .type.kind = RETORT_TYPE_BIGINT };
	struct column full = {
		.name = "age", .not_null = true, .default_sql = "0",
		.type = { .kind = RETORT_TYPE_NUMERIC, .length = 8, .scale = 2 },
		.collation = "NOCASE", .autoincrement = true
	};
	const unsigned all = CHANGE_TYPE | CHANGE_NOT_NULL | CHANGE_DEFAULT |
			     CHANGE_COLLATION | CHANGE_GENERATED |
			     CHANGE_COMMENT | CHANGE_IDENTITY;
	struct ops list = {0};
	struct op *op;

	op = add(&list, OP_ADD_COLUMN, "user");
	op->column = &plain;
	op->after = "name";
	add(&list, OP_DROP_COLUMN, "user")->name = "age";
	op = add(&list, OP_RENAME_COLUMN, "user");
	op->from = "a";
	op->to = "b";
	for (int i = 0; i < 2; i++) {
		op = add(&list, OP_ALTER_COLUMN, "user");
		op->name = "age";
		op->column = i ? &plain : &full;
		op->old_column = i ? &full : &plain;
		op->changes = all;
		op->batch = 1;
	}
	cr_assert_str_eq(ops_text(&list),
		"\tretort_add_column(op, \"user\", COLUMN(\"age\", BIGINT), .after = \"name\");\n"
		"\tretort_drop_column(op, \"user\", \"age\");\n"
		"\tretort_rename_column(op, \"user\", \"a\", \"b\");\n"
		"\tretort_batch_begin(op, \"user\");\n"
		"\tretort_alter_column(op, \"user\", \"age\", .type = NUMERIC(8, 2), "
		".not_null = true,\n"
		"\t\t.server_default = \"0\", .collation = \"NOCASE\", .drop_generated = true,\n"
		"\t\t.drop_comment = true, .autoincrement = true);\n"
		"\tretort_alter_column(op, \"user\", \"age\", .type = BIGINT, .nullable = true,\n"
		"\t\t.drop_default = true, .drop_collation = true, .drop_generated = true,\n"
		"\t\t.drop_comment = true, .drop_autoincrement = true);\n"
		"\tretort_batch_end(op);\n");
}

Test(print_c, operations_on_constraints)
{
	struct schema *s = live(
		"CREATE TABLE t (a TEXT, b TEXT, CONSTRAINT u UNIQUE (a, b),"
		" UNIQUE (b), CHECK (a > b), CONSTRAINT f FOREIGN KEY (a)"
		" REFERENCES t (b) ON DELETE RESTRICT, PRIMARY KEY (b));");
	struct table *t = s->tables.v[0];
	struct ops list = {0};

	for (size_t i = 0; i < t->constraints.n; i++)
		add(&list, OP_ADD_CONSTRAINT, "t")->constraint =
			t->constraints.v[i];
	for (size_t i = 0; i < t->constraints.n; i++)
		add(&list, OP_DROP_CONSTRAINT, "t")->constraint =
			t->constraints.v[i];
	cr_assert_str_eq(ops_text(&list),
		"\tretort_create_unique(op, \"t\", LIST(\"a\", \"b\"), .name = \"u\");\n"
		"\tretort_create_unique(op, \"t\", LIST(\"b\"), .name = \"\");\n"
		"\tretort_create_check(op, \"t\", \"a > b\", .name = \"\");\n"
		"\tretort_create_foreign_key(op, \"t\", LIST(\"a\"), \"t\", LIST(\"b\"), "
		".name = \"f\",\n"
		"\t\t.on_delete = RESTRICT);\n"
		"\tretort_create_primary_key(op, \"t\", LIST(\"b\"), .name = \"\");\n"
		"\tretort_drop_constraint(op, \"t\", \"u\");\n"
		"\tretort_drop_unnamed(op, \"t\", UNIQUE_ON(LIST(\"b\")));\n"
		"\tretort_drop_unnamed(op, \"t\", CHECK(\"a > b\"));\n"
		"\tretort_drop_constraint(op, \"t\", \"f\");\n"
		"\tretort_drop_unnamed(op, \"t\", PRIMARY_KEY_ON(LIST(\"b\")));\n");
}

Test(print_c, objects_rows_and_sql)
{
	static const char *cells[] = {
		"1", "'it''s'", NULL, "CURRENT_DATE", "-5", "12345678901",
		"x'00'", "1.5", "'a' || 'b'", "007"
	};
	static const char *names[] = {
		"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"
	};
	struct object trigger = {
		.kind = OBJECT_TRIGGER, .name = "tr", .table = "t",
		.create_sql = "CREATE TRIGGER tr AFTER INSERT ON t\n"
			      "BEGIN\n\tSELECT '100%';\nEND"
	};
	struct op_insert rows = { .columns = { names, 10, 10 } };
	struct ops list = {0};

	cr_assert(vec_push(&mem, &rows.rows, cells));
	add(&list, OP_CREATE_OBJECT, NULL)->object = &trigger;
	add(&list, OP_DROP_OBJECT, NULL)->object = &trigger;
	add(&list, OP_EXECUTE, NULL)->sql = "UPDATE t SET a = '%s'";
	add(&list, OP_BULK_INSERT, "t")->insert = &rows;
	cr_assert_str_eq(ops_text(&list),
		"\tretort_create_trigger(op, \"tr\", \"t\",\n"
		"\t\t\"CREATE TRIGGER tr AFTER INSERT ON t\\n\"\n"
		"\t\t\"BEGIN\\n\"\n"
		"\t\t\"\\tSELECT '100%';\\n\"\n"
		"\t\t\"END\");\n"
		"\tretort_drop_trigger(op, \"tr\", \"t\");\n"
		"\tretort_execute(op, \"UPDATE t SET a = '%s'\");\n"
		"\tretort_bulk_insert(op, \"t\", LIST(\"a\", \"b\", \"c\", \"d\", \"e\", "
		"\"f\", \"g\", \"h\", \"i\", \"j\"),\n"
		"\t\tROW(1, \"it's\", NULL, SQL(\"CURRENT_DATE\"), -5, SQL(\"12345678901\"), "
		"SQL(\"x'00'\"),\n"
		"\t\t\tSQL(\"1.5\"), SQL(\"'a' || 'b'\"), SQL(\"007\")));\n");
}

Test(print_c, a_row_too_wide_for_the_macro)
{
	enum { WIDE = 70 };
	const char *names[WIDE], *cells[WIDE], *text;
	struct op_insert rows = { .columns = { names, WIDE, WIDE } };
	struct ops list = {0};

	for (int i = 0; i < WIDE; i++) {
		names[i] = arena_printf(&mem, "c%d", i);
		cells[i] = i ? "1" : NULL;
	}
	cr_assert(vec_push(&mem, &rows.rows, cells));
	add(&list, OP_BULK_INSERT, "order")->insert = &rows;
	text = ops_text(&list);
	cr_assert_eq(strncmp(text, "\tretort_execute(op, \"INSERT INTO "
			     "\\\"order\\\" (c0, c1, ", 52), 0, "%s", text);
	cr_assert(strstr(text, "VALUES (NULL, 1, 1, "), "%s", text);
}

Test(print_c, what_has_no_words_is_refused)
{
	struct ops list = {0};
	struct buf b = { .mem = &mem };

	add(&list, OP_CALL, NULL);
	cr_assert_eq(ops_print_c(&list, &b, &err), RETORT_E_FAIL);
	cr_assert_eq(b.n, 0);
}

static size_t left;

static void *few(size_t n)
{
	return left ? left--, malloc(n) : NULL;
}

/* Each allocation in turn fails, and that is said. */
Test(print_c, out_of_memory)
{
	struct schema *s = live(
		"CREATE TABLE t (a VARCHAR(3) UNIQUE NOT NULL DEFAULT 'x',"
		" b INTEGER REFERENCES t (a), CHECK (a > b));"
		"CREATE INDEX i ON t (a, lower(b));"
		"CREATE VIEW v AS SELECT 1;");
	retort_status rc = RETORT_E_NOMEM;

	for (size_t n = 0; rc != RETORT_OK; n++) {
		SCRATCH(own);
		struct buf b = { .mem = &own };

		cr_assert_lt(n, 10000);
		left = n;
		arena_malloc = few;
		rc = schema_print_c(s, naming, &b, &err);
		arena_malloc = malloc;
		cr_assert(rc == RETORT_OK || rc == RETORT_E_NOMEM);
	}
}
