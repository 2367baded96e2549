#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "model/model.h"
#include "sql/token.h"

/* A database that takes what is declared as it is. */
static retort_status keep(struct schema *s, struct err *err)
{
	(void)s;
	(void)err;
	return RETORT_OK;
}

static const struct dialect plain = {
	.name = "sqlite",
	.caps = CAP_FOLD_CASE,
	.lower = keep,
	.quote_name = sql_quote_name,
};

/* A database where a trigger's name is that of its table. */
static const struct dialect of_table = {
	.name = "postgresql",
	.lower = keep,
	.quote_name = sql_quote_name,
};

static const struct dialect *dialect = &plain;
static char dir[] = "/tmp/retort-model-XXXXXX";
static char cache[64], include[4096];
static struct arena mem;
static struct err err;
static struct model_library lib;
static struct compile_options options;

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
}

static void tear_down(void)
{
	char command[128];

	model_unload(&lib);
	err_clear(&err);
	arena_clear(&mem);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	cr_assert_eq(system(command), 0);
}

TestSuite(model, .init = set_up, .fini = tear_down);

static void write_file(const char *name, const char *text)
{
	cr_assert_eq(file_write(name, text, strlen(text), true, &err),
		     RETORT_OK);
}

static retort_status load(const char *body, struct schema **s)
{
	struct strings paths = {0};
	char *text = arena_printf(&mem, "#include <retort/model.h>\n%s\n",
				  body);

	write_file("models.c", text);
	cr_assert(vec_push(&mem, &paths, "models.c"));
	if (model_load(&paths, &options, &lib, &err))
		cr_assert_fail("%s\n%s", err.pub.message,
			       err.pub.detail ? err.pub.detail : "");
	return model_schema(lib.models, dialect, NULL, &mem, s, &err);
}

static struct schema *loaded(const char *body)
{
	struct schema *s = NULL;

	if (load(body, &s))
		cr_assert_fail("%s", err.pub.message);
	return s;
}

/* The message of what must fail, with file and line. */
static void refused(const char *body, const char *message)
{
	struct schema *s = NULL;

	cr_assert_lt(load(body, &s), 0, "accepted: %s", body);
	cr_expect_str_eq(err.pub.message, message);
	if (err.pub.line)
		cr_expect_str_eq(err.pub.file, "models.c");
	model_unload(&lib);
}

#define ID "COLUMN(\"id\", INTEGER, PRIMARY_KEY)"

Test(model, the_example_of_the_guide)
{
	struct schema *s = loaded(
		"MODEL(User, COLUMNS("
		" COLUMN(\"id\", INTEGER, PRIMARY_KEY),"
		" COLUMN(\"username\", VARCHAR(80), UNIQUE | NOT_NULL),"
		" COLUMN(\"email\", VARCHAR(120), UNIQUE | NOT_NULL,"
		"        .comment = \"login address\"),"
		"));\n"
		"MODEL(Post, .table = \"posts\", COLUMNS("
		" COLUMN(\"id\", INTEGER, PRIMARY_KEY),"
		" COLUMN(\"title\", VARCHAR(80), NOT_NULL | INDEX),"
		" COLUMN(\"user_id\", INTEGER, NOT_NULL,"
		"        .references = \"user.id\", .on_delete = CASCADE),"
		" COLUMN(\"created\", TIMESTAMP, NOT_NULL,"
		"        .server_default = \"CURRENT_TIMESTAMP\"),"
		"), INDEXES("
		" INDEX_ON(LIST(\"user_id\", \"title\"), .unique = true,"
		"          .where = \"title <> ''\"),"
		"));");
	struct table *u, *p;
	struct constraint *c;

	cr_assert_eq(s->tables.n, 2);
	u = schema_table(s, NULL, "user");
	p = schema_table(s, NULL, "posts");
	cr_assert(u && p);
	cr_expect_str_eq(u->source, "models.c:2");
	cr_expect_str_eq(p->source, "models.c:3");
	cr_assert_eq(u->columns.n, 3);
	cr_expect_eq(u->columns.v[1]->type.kind, RETORT_TYPE_VARCHAR);
	cr_expect_eq(u->columns.v[1]->type.length, 80);
	cr_expect(u->columns.v[1]->not_null);
	cr_expect_str_eq(u->columns.v[2]->comment, "login address");
	c = table_constraint(s, u, "uq_user_email");
	cr_assert(c && c->auto_name && c->kind == CONSTRAINT_UNIQUE);
	c = table_constraint(s, u, "pk_user");
	cr_assert(c && c->parts.n == 1);
	c = table_constraint(s, p, "fk_posts_user_id_user");
	cr_assert(c && c->on_delete == RETORT_CASCADE);
	cr_expect_str_eq(c->ref_table, "user");
	cr_expect_str_eq(c->ref_columns.v[0], "id");
	cr_assert_eq(p->indexes.n, 2);
	cr_expect_str_eq(p->indexes.v[0]->name, "ix_posts_title");
	cr_expect_str_eq(p->indexes.v[1]->name, "ix_posts_user_id_title");
	cr_expect(p->indexes.v[1]->unique);
	cr_expect_str_eq(p->indexes.v[1]->where_sql, "title <> ''");
}

Test(model, types)
{
	struct schema *s = loaded(
		"TABLE(\"t\", COLUMNS(COLUMN(\"a\", NUMERIC(8, 2)),"
		"COLUMN(\"b\", NUMERIC(8)), COLUMN(\"c\", NUMERIC_ANY),"
		"COLUMN(\"d\", ENUM(\"mood\", \"sad\", \"it's\")),"
		"COLUMN(\"e\", ARRAY_OF(VARCHAR(3))),"
		"COLUMN(\"f\", TYPE(\"MONEY\")), COLUMN(\"g\", TYPE(\"\")),"
		"COLUMN(\"h\", TEXT, OVERRIDES(OVERRIDE(\"sqlite\","
		" .type = BLOB, .server_default = \"x''\"),"
		" OVERRIDE(\"other\", .type = DATE)))));");
	struct column **c = s->tables.v[0]->columns.v;

	cr_expect_eq(c[0]->type.length, 8);
	cr_expect_eq(c[0]->type.scale, 2);
	cr_expect_eq(c[1]->type.length, 8);
	cr_expect_eq(c[1]->type.scale, -1);
	cr_expect_eq(c[2]->type.length, -1);
	cr_expect_eq(c[3]->type.labels.n, 2);
	cr_expect_str_eq(c[3]->type.labels.v[1], "it's");
	cr_expect_eq(c[4]->type.element->length, 3);
	cr_expect_str_eq(c[5]->type.name, "MONEY");
	cr_expect_str_eq(c[6]->type.name, "");
	cr_expect_eq(c[7]->type.kind, RETORT_TYPE_BLOB);
	cr_expect_str_eq(c[7]->default_sql, "x''");
}

Test(model, lists)
{
	struct schema *s = loaded(
		"TABLE(\"t\", COLUMNS(" ID ", COLUMN(\"a b\", TEXT),"
		" COLUMN(\"C\", TEXT)),"
		" CONSTRAINTS(UNIQUE_ON(LIST(\"c COLLATE NOCASE\", \"a b\"))),"
		" INDEXES(INDEX_ON(LIST(\"a b\", \"c DESC\", \"\\\"C\\\"\","
		"  \"lower(c) COLLATE NOCASE ASC NULLS LAST\","
		"  \"id + 1 desc\"), .name = \"ix\"),"
		"  INDEX_ON(LIST(\"lower(c)\")), INDEX_ON(LIST(\"c\")),"
		"  INDEX_ON(LIST(\"c\"))));");
	struct table *t = s->tables.v[0];
	struct part *p = t->indexes.v[0]->parts.v;

	cr_assert_eq(t->indexes.v[0]->parts.n, 5);
	cr_expect_str_eq(p[0].column, "a b");
	cr_expect_str_eq(p[1].column, "C");
	cr_expect(p[1].descending);
	cr_expect_str_eq(p[2].column, "C");
	cr_expect_str_eq(p[3].expr, "lower(c)");
	cr_expect_str_eq(p[3].collation, "NOCASE");
	cr_expect_eq(p[3].nulls, NULLS_LAST);
	cr_expect_str_eq(p[4].expr, "id + 1");
	cr_expect(p[4].descending);
	cr_expect_str_eq(t->indexes.v[1]->name, "ix_t_C");
	cr_expect_str_eq(t->indexes.v[2]->name, "ix_t_C_2");
	cr_expect_str_eq(t->indexes.v[3]->name, "ix_t_C_3");
	p = t->constraints.v[1]->parts.v;
	cr_expect_str_eq(p[0].collation, "NOCASE");
	cr_expect_str_eq(p[1].column, "a b");
}

Test(model, keys_and_names)
{
	struct schema *s = loaded(
		"TABLE(\"tag\", .unnamed = true, COLUMNS(" ID ","
		" COLUMN(\"n\", TEXT, UNIQUE, .check = \"n <> ''\")));"
		"TABLE(\"post_tag\", COLUMNS("
		" COLUMN(\"post\", INTEGER, PRIMARY_KEY, .references ="
		"  \"post.id\"), COLUMN(\"tag\", INTEGER, PRIMARY_KEY,"
		"  .references = \"TAG.ID\")), CONSTRAINTS("
		"  CHECK(\"post > 0\"), CHECK(\"tag > 0 AND post < 9\"),"
		"  CHECK(\"post > 1\"), CHECK(\"1\", .name = \"one\"),"
		"  CHECK(\"2\", .name = \"\")));"
		"MODEL(Post, COLUMNS(COLUMN(\"id\", INTEGER,"
		" PRIMARY_KEY | AUTOINCREMENT)));");
	struct table *tag = s->tables.v[0], *t = s->tables.v[1];
	struct constraint **c = t->constraints.v;

	for (size_t i = 0; i < tag->constraints.n; i++)
		cr_expect(!tag->constraints.v[i]->name);
	cr_expect_eq(c[0]->parts.n, 2);
	cr_expect_str_eq(c[0]->name, "pk_post_tag");
	cr_expect_str_eq(c[2]->ref_table, "tag");
	cr_expect_str_eq(c[2]->ref_columns.v[0], "id");
	cr_expect_str_eq(c[3]->name, "ck_post_tag_post_2");
	cr_expect_str_eq(c[4]->name, "ck_post_tag_tag_post");
	cr_expect_str_eq(c[5]->name, "ck_post_tag_post");
	cr_expect_str_eq(c[6]->name, "one");
	cr_expect(!c[7]->name);
	cr_expect(s->tables.v[2]->columns.v[0]->autoincrement);
}

Test(model, objects)
{
	struct schema *s = loaded(
		"TABLE(\"t\", COLUMNS(" ID "));"
		"VIEW(\"select\", \"SELECT 1 ;\\n\");"
		"VIEW(\"w\", \"CREATE VIEW w(a) AS SELECT 1;\");"
		"VIEW(\"x\", \"SELECT 1\", .only = \"other\");"
		"TRIGGER(\"tr\", \"T\", \"CREATE TRIGGER tr AFTER INSERT ON t"
		" BEGIN SELECT 1; END;\");"
		"SQL_OBJECT(\"o\", \"CREATE x\", \"DROP x;\");");
	struct object **o = s->objects.v;

	cr_assert_eq(s->objects.n, 4);
	cr_expect_str_eq(o[0]->create_sql,
			 "CREATE VIEW \"select\" AS SELECT 1");
	cr_expect_str_eq(o[1]->create_sql, "CREATE VIEW w(a) AS SELECT 1");
	cr_expect_str_eq(o[2]->create_sql, "CREATE TRIGGER tr AFTER INSERT ON "
			 "t BEGIN SELECT 1; END");
	cr_expect_str_eq(o[3]->drop_sql, "DROP x");
}

Test(model, unchecked_references)
{
	struct schema *s = loaded(
		"TABLE(\"t\", COLUMNS(" ID ", COLUMN(\"a\", INTEGER,"
		" .references = \"gone.id\", .unchecked = true)),"
		"CONSTRAINTS(FOREIGN_KEY(LIST(\"a\"), \"a.b\", LIST(\"x y\"),"
		" .unchecked = true)));");
	struct constraint **c = s->tables.v[0]->constraints.v;

	cr_expect_str_eq(c[1]->ref_table, "gone");
	cr_expect_str_eq(c[2]->ref_table, "a.b");
	cr_expect_str_eq(c[2]->ref_columns.v[0], "x y");
}

Test(model, what_is_refused)
{
	refused("MODEL(A, COLUMNS(" ID ")); TABLE(\"A\", COLUMNS(" ID "));",
		"table \"A\": table \"A\" is declared already at models.c:2");
	refused("MODEL(User, COLUMNS(" ID ", COLUMN(\"ID\", TEXT)));",
		"model \"User\": column \"ID\" is declared twice");
	refused("MODEL(User, .comment = \"x\");",
		"model \"User\": it has no columns");
	refused("TABLE(\"\", COLUMNS(" ID "));",
		"table \"\": a table has no name");
	refused("MODEL(A, COLUMNS(COLUMN(NULL, TEXT)));",
		"model \"A\": a column has no name");
	refused("MODEL(\"A\", COLUMNS(" ID "));",
		"model \"\"A\"\": the name of a model is a C identifier");
	refused("MODEL(A, COLUMNS(" ID ", COLUMN(\"b\", TEXT,"
		" .references = \"c.d\")));",
		"model \"A\": column \"b\" references table \"c\", which is "
		"not declared");
	refused("MODEL(A, COLUMNS(" ID ", COLUMN(\"b\", TEXT,"
		" .references = \"a.d\")));",
		"model \"A\": column \"b\" references column \"d\" of table "
		"\"a\", which has no such column");
	refused("MODEL(A, COLUMNS(" ID "), INDEXES(INDEX_ON(LIST(\"x\"))));",
		"model \"A\": there is no column \"x\"");
	refused("MODEL(A, COLUMNS(" ID "), CONSTRAINTS(UNIQUE_ON("
		"LIST(\"id\", \"lower(id)\"))));",
		"model \"A\": there is no column \"lower(id)\"");
	refused("MODEL(A, COLUMNS(" ID "), CONSTRAINTS(PRIMARY_KEY_ON("
		"LIST(\"id\"))));", "model \"A\": it has two primary keys");
	refused("MODEL(A, COLUMNS(" ID "), CONSTRAINTS(FOREIGN_KEY("
		"LIST(\"id\"), \"a\", LIST(\"id\", \"id\"))));",
		"model \"A\": the foreign key to \"a\" has 1 columns and "
		"references 2");
	refused("MODEL(A, COLUMNS(" ID ", COLUMN(\"b\", TEXT, AUTOINCREMENT)"
		"));", "model \"A\": column \"b\" is AUTOINCREMENT and not the "
		"primary key");
	refused("MODEL(A, COLUMNS(" ID ", COLUMN(\"b\", TEXT, STORED)));",
		"model \"A\": column \"b\" is STORED, but has no .generated");
	refused("MODEL(A, COLUMNS(" ID ", COLUMN(\"b\", TEXT,"
		" .on_delete = CASCADE)));", "model \"A\": column \"b\" has "
		"options of a foreign key, but no .references");
	refused("MODEL(A, COLUMNS(" ID ", COLUMN(\"b\", VARCHAR(0))));",
		"model \"A\": the type of column \"b\" has the length 0");
	refused("MODEL(A, COLUMNS(" ID ", COLUMN(\"b\", ENUM(\"e\", \"x\","
		" \"x\"))));", "model \"A\": enum \"e\" of column \"b\" has "
		"the label \"x\" twice");
	refused("MODEL(A, COLUMNS(" ID "), INDEXES(INDEX_ON(LIST(\"id\"),"
		" .name = \"i\"))); MODEL(B, COLUMNS(" ID "), INDEXES("
		"INDEX_ON(LIST(\"id\"), .name = \"I\")));",
		"index \"I\" of table \"b\" is declared twice");
	refused("MODEL(A, COLUMNS(" ID ")); VIEW(\"a\", \"SELECT 1\");",
		"view \"a\": view \"a\" is declared already at models.c:2");
	refused("TRIGGER(\"t\", \"x\", \"CREATE TRIGGER t\");",
		"trigger \"t\": it is on \"x\", which is not declared");
}

Test(model, triggers_of_one_name_on_two_tables)
{
#define TWO(second) "MODEL(A, COLUMNS(" ID ")); MODEL(B, COLUMNS(" ID "));" \
	"TRIGGER(\"t\", \"a\", \"CREATE TRIGGER t\");" \
	"TRIGGER(\"t\", \"" second "\", \"CREATE TRIGGER t\");"
	struct schema *s;

	refused(TWO("b"), "trigger \"t\": trigger \"t\" is declared already at "
		"models.c:2");
	dialect = &of_table;
	cr_assert_eq(load(TWO("b"), &s), RETORT_OK, "%s", err.pub.message);
	cr_expect_eq(s->objects.n, 2);
	refused(TWO("a"), "trigger \"t\": trigger \"t\" on \"a\" is declared "
		"already at models.c:2");
}

static retort_status load_path(const char *path)
{
	struct strings paths = {0};

	cr_assert(vec_push(&mem, &paths, path));
	return model_load(&paths, &options, &lib, &err);
}

static void run(const char *command)
{
	cr_assert_eq(system(command), 0, "%s", command);
}

static void build(const char *source, const char *target, const char *flags)
{
	run(arena_printf(&mem, "cc -shared -fPIC -I%s %s %s -o %s", include,
			 flags, source, target));
}

Test(model, no_library)
{
	write_file("x.so", "hello");
	cr_expect_lt(load_path("x.so"), 0);
	cr_expect_str_eq(err.pub.message, "cannot load the models \"x.so\": it "
			 "is neither a C source nor a shared library");
	write_file("y.so", "\177ELFnot really");
	cr_expect_lt(load_path("y.so"), 0);
	cr_expect(err.pub.detail);
	cr_expect_eq(load_path("none.so"), RETORT_E_NOTFOUND);
	cr_expect_eq(load_path("none.c"), RETORT_E_NOTFOUND);
	cr_expect_lt(load_path("."), 0);
}

Test(model, library_without_models)
{
	write_file("a.c", "int x;\n");
	build("a.c", "a.so", "");
	cr_expect_lt(load_path("a.so"), 0);
	cr_expect_str_eq(err.pub.message, "\"a.so\" declares no models");
	write_file("b.c", "#include <retort/model.h>\n");
	cr_expect_lt(load_path("b.c"), 0);
	cr_expect_str_eq(err.pub.message, "\"b.c\" declares no models");
}

Test(model, another_abi)
{
	write_file("a.c", "struct m { int abi; unsigned long n; void *b, *e; };"
		   "const struct m *retort_models_v1(void);"
		   "const struct m *retort_models_v1(void) {"
		   " static const struct m m = { 99 }; return &m; }");
	build("a.c", "a.so", "");
	cr_expect_lt(load_path("a.so"), 0);
	cr_expect_str_eq(err.pub.message, "cannot use the models \"a.so\": they "
			 "were compiled with another version of "
			 "<retort/model.h>");
}

/* Models survive what builds of big programs do to them. */
Test(model, build_options)
{
	static const char *const flags[] = {
		"-O2 -fvisibility=hidden",
		"-Os -ffunction-sections -fdata-sections -Wl,--gc-sections",
		"-O2 -flto",
		"-O2 -flto -Wl,--gc-sections -fvisibility=hidden",
		"-g -fsanitize=undefined",
		"-O0 -Wl,-Bsymbolic -s",
	};

	write_file("a.c", "#include <retort/model.h>\n"
		   "MODEL(User, COLUMNS(" ID "));"
		   "TABLE(\"b\", COLUMNS(" ID "));");
	write_file("b.c", "#include <retort/model.h>\n"
		   "MODEL(Post, COLUMNS(" ID "));");
	write_file("c.c", "#include <retort/model.h>\n");
	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++) {
		build("a.c b.c c.c", "m.so", flags[i]);
		cr_assert_eq(load_path("m.so"), RETORT_OK, "%s: %s", flags[i],
			     err.pub.message);
		cr_expect_eq(lib.models->end - lib.models->begin, 3, "%s",
			     flags[i]);
		model_unload(&lib);
		cr_assert_eq(unlink("m.so"), 0);
	}
}

Test(model, static_library)
{
	write_file("a.c", "#include <retort/model.h>\n"
		   "MODEL(User, COLUMNS(" ID "));");
	run(arena_printf(&mem, "cc -c -fPIC -I%s a.c && ar rcs libm.a a.o",
			 include));
	build("-Wl,--whole-archive libm.a -Wl,--no-whole-archive", "m.so", "");
	cr_assert_eq(load_path("m.so"), RETORT_OK, "%s", err.pub.message);
	cr_expect_eq(lib.models->end - lib.models->begin, 1);
}

Test(model, several_sources)
{
	struct strings paths = {0};
	struct schema *s = NULL;

	write_file("a.c", "#include <retort/model.h>\nstatic int x;\n"
		   "MODEL(User, COLUMNS(" ID "));");
	write_file("b.c", "#include <retort/model.h>\nstatic int x;\n"
		   "MODEL(Post, COLUMNS(" ID ", COLUMN(\"u\", INTEGER,"
		   " .references = \"user.id\")));");
	cr_assert(vec_push(&mem, &paths, "a.c"));
	cr_assert(vec_push(&mem, &paths, "b.c"));
	cr_assert_eq(model_load(&paths, &options, &lib, &err), RETORT_OK);
	cr_assert_eq(model_schema(lib.models, dialect, NULL, &mem, &s, &err),
		     RETORT_OK);
	cr_expect_eq(s->tables.n, 2);
	cr_expect_str_eq(s->tables.v[1]->source, "b.c:3");
	cr_assert(vec_push(&mem, &paths, "a.so"));
	write_file("a.so", "x");
	cr_expect_eq(model_load(&paths, &options, &lib, &err),
		     RETORT_E_USAGE);
}

static long allocations_left;

static void *failing_malloc(size_t n)
{
	return allocations_left-- > 0 ? malloc(n) : NULL;
}

/* Each allocation in turn fails, and each time that is what is reported. */
Test(model, out_of_memory)
{
	struct schema *s = loaded(
		"MODEL(User, COLUMNS(" ID ", COLUMN(\"n\", VARCHAR(9),"
		" UNIQUE | INDEX, .check = \"n <> ''\"),"
		" COLUMN(\"m\", ENUM(\"mood\", \"a\", \"b\"))));"
		"TABLE(\"t\", COLUMNS(" ID ", COLUMN(\"u\", INTEGER,"
		" .references = \"user.id\")), CONSTRAINTS("
		" UNIQUE_ON(LIST(\"u COLLATE NOCASE\"))),"
		" INDEXES(INDEX_ON(LIST(\"lower(u) DESC\"))));"
		"VIEW(\"v\", \"SELECT 1\");"
		"TRIGGER(\"tr\", \"t\", \"CREATE TRIGGER tr\");");
	retort_status rc = RETORT_E_NOMEM;
	long n;

	for (n = 0; rc == RETORT_E_NOMEM && n < 10000; n++) {
		SCRATCH(tmp);
		SCRATCH_ERR(why);

		allocations_left = n;
		arena_malloc = failing_malloc;
		rc = model_schema(lib.models, &dialect_sqlite, NULL, &tmp, &s,
				  &why);
		arena_malloc = malloc;
		if (rc)
			cr_assert_eq(why.pub.code, RETORT_E_NOMEM, "%ld: %s",
				     n, why.pub.message);
	}
	cr_expect_eq(rc, RETORT_OK);
	cr_expect_gt(n, 2);
}
