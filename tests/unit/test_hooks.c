#include "pg_world.h"
#include "project.h"

#define HEAD \
	"#include <stdlib.h>\n#include <string.h>\n#include <stdio.h>\n"    \
	"#include <unistd.h>\n"                                             \
	"#include <retort/model.h>\n#include <retort/hooks.h>\n"
#define USER \
	"MODEL(User, COLUMNS(COLUMN(\"id\", INTEGER, PRIMARY_KEY),\n"       \
	" COLUMN(\"name\", VARCHAR(80), NOT_NULL | INDEX),\n"               \
	" COLUMN(\"age\", INTEGER, .server_default = \"7\")));\n"
#define POST "MODEL(Post, COLUMNS(COLUMN(\"id\", INTEGER, PRIMARY_KEY)));\n"

#define INCLUDE(body_) \
	"bool include_object(const retort_hook *h, "                         \
	"const retort_hook_object *o)\n{ (void)h; (void)o; " body_ " }\n"
#define NAMES(body_) \
	"bool include_name(const retort_hook *h, "                           \
	"const retort_hook_name *n)\n{ (void)h; (void)n; " body_ " }\n"
#define COMPARE(what_, body_) \
	"int compare_" what_ "(const retort_hook *h, "                      \
	"const retort_hook_object *live, const retort_hook_object *model)\n"\
	"{ (void)h; (void)live; (void)model; " body_ " }\n"
#define RENDER(body_) \
	"const char *render_type(const retort_hook *h, "                    \
	"const retort_hook_object *c)\n{ (void)h; " body_ " }\n"
#define DIRECT(body_) \
	"int process_revision_directives(const retort_hook *h, "            \
	"retort_directives *d)\n{ (void)h; " body_ " }\n"
#define APPLIED(body_) \
	"int on_version_apply(const retort_hook *h, "                       \
	"const retort_version_step *s, retort_op *op)\n"                    \
	"{ (void)h; (void)s; (void)op; " body_ " }\n"

static char sources[4096], includes[4200];
static retort *db;

static void open_with(const retort_pair *x, size_t n)
{
	const retort_options o = {
		.size = sizeof(o), .directory = "migrations", .log = take_log,
		.cache_directory = "cache", .include_directory = includes,
		.x = x, .n_x = n, .user = "tester", .git_commit = "c0ffee"
	};

	retort_close(db);
	db = NULL;
	cr_assert_eq(retort_open(&o, &db), RETORT_OK, "%s",
		     retort_last_error(db)->message);
}

/* The models from now on. */
static void models(const char *text)
{
	write_text("models.c", text);
	open_with(NULL, 0);
}

static void sql(const char *text)
{
	sqlite3 *h;

	cr_assert_eq(sqlite3_open("app.db", &h), SQLITE_OK);
	cr_assert_eq(sqlite3_exec(h, text, NULL, NULL, NULL), SQLITE_OK, "%s",
		     sqlite3_errmsg(h));
	sqlite3_close(h);
}

static void enter(void)
{
	char command[9000];

	cr_assert_not_null(getcwd(sources, sizeof(sources)));
	snprintf(includes, sizeof(includes), "%s/lib/include", sources);
	enter_project();
	snprintf(command, sizeof(command),
		 "cp %s/migrations_template/script.*.in migrations", sources);
	cr_assert_eq(system(command), 0);
	write_text("migrations/db.ini",
		   "[db]\nurl = sqlite:app.db\nmodels = ../models.c\n");
}

static void leave(void)
{
	retort_close(db);
	leave_project();
}

TestSuite(hooks, .init = enter, .fini = leave);

/* What db check finds, one line each. */
static const char *changes(void)
{
	static char text[4096];
	retort_changes c = {0};

	MUST(db, retort_check(db, &c));
	text[0] = '\0';
	for (size_t i = 0; i < c.n; i++) {
		strcat(text, c.v[i].text);
		strcat(text, "\n");
	}
	return text;
}

#define FINDS(wanted) cr_assert_str_eq(changes(), wanted)

static retort_written generate(void)
{
	const retort_new o = { .size = sizeof(o), .message = "step",
			       .autogenerate = true };
	retort_written w = {0};

	MUST(db, retort_new_revision(db, &o, &w));
	return w;
}

static void check_fails(const char *message)
{
	retort_changes c = {0};

	cr_assert_eq(retort_check(db, &c), RETORT_E_FAIL);
	cr_assert_str_eq(retort_last_error(db)->message, message);
}

#define AT_THE_END \
	"__attribute__((destructor)) static void end(void)\n"               \
	"{ FILE *f = fopen(\"unloaded\", \"w\"); if (f) fclose(f); }\n"

/* A library is kept for its hooks; it takes as much memory as its schema. */
Test(hooks, models_without_hooks_are_unloaded_at_once)
{
	models(HEAD POST INCLUDE("return true;") AT_THE_END);
	FINDS("added table 'post'\n");
	cr_assert_neq(access("unloaded", F_OK), 0);
	models(HEAD POST AT_THE_END);
	cr_assert_eq(access("unloaded", F_OK), 0);
	cr_assert_eq(unlink("unloaded"), 0);
	FINDS("added table 'post'\n");
	cr_assert_eq(access("unloaded", F_OK), 0);
	FINDS("added table 'post'\n");
}

Test(hooks, include_object_leaves_tables_alone)
{
	sql("CREATE TABLE spatial (x); CREATE TABLE old (x);"
	    "CREATE TRIGGER t AFTER INSERT ON spatial BEGIN SELECT 1; END");
	models(HEAD POST INCLUDE(
		"return o->kind != RETORT_HOOK_TABLE ||\n"
		" (strcmp(o->name, \"spatial\") && strcmp(o->name, \"post\"));"));
	FINDS("removed table 'old'\n");
}

Test(hooks, include_object_sees_both_sides)
{
	sql("CREATE TABLE user (id INTEGER CONSTRAINT pk_user PRIMARY KEY,"
	    " name TEXT, gone INT)");
	models(HEAD USER INCLUDE(
		"static char seen[400];\n"
		"sprintf(seen + strlen(seen), \"%s %s %d%d;\", o->type,\n"
		"  o->name, o->reflected, o->compare_to != NULL);\n"
		"if (o->kind == RETORT_HOOK_INDEX)\n"
		"  retort_hook_fail(h, \"%s%s%d\", seen, o->columns[0],\n"
		"    o->columns[1] == NULL);\n"
		"return 1;"));
	check_fails("include_object() for index \"user.ix_user_name\": "
		    "table user 01;column id 01;column name 01;column age 00;"
		    "column gone 10;primary_key pk_user 01;"
		    "index ix_user_name 00;name1");
	HAS(retort_last_error(db)->file, "models.c");
	cr_assert_gt(retort_last_error(db)->line, 6);
}

Test(hooks, a_column_left_out_keeps_what_it_has)
{
	sql("CREATE TABLE user (id INTEGER CONSTRAINT pk_user PRIMARY KEY,"
	    " name TEXT DEFAULT 'x', legacy INT CONSTRAINT uq UNIQUE);"
	    "CREATE INDEX ix_legacy ON user (legacy)");
	models(HEAD USER INCLUDE(
		"return o->kind != RETORT_HOOK_COLUMN ||\n"
		" (strcmp(o->name, \"legacy\") && strcmp(o->name, \"name\"));"));
	FINDS("added column 'user.age'\n");
	/* Nor are they lost where the table is made anew. */
	cr_assert_not_null(generate().path);
	MUST(db, retort_upgrade(db, NULL, NULL));
	IS("SELECT count(*) FROM pragma_table_info('user') "
	   "WHERE name = 'legacy'", "1");
	FINDS("");
}

Test(hooks, indexes_constraints_and_views_are_objects)
{
	sql("CREATE TABLE user (id INTEGER CONSTRAINT pk_user PRIMARY KEY,"
	    " name VARCHAR(80) NOT NULL, age INTEGER DEFAULT 7,"
	    " CONSTRAINT adult CHECK (age > 17), CONSTRAINT u UNIQUE (age));"
	    "CREATE INDEX mine ON user (age); CREATE VIEW v AS SELECT 1 AS a");
	models(HEAD USER);
	FINDS("removed view 'v'\n"
	      "removed index 'mine' (age) on 'user'\n"
	      "removed check constraint 'adult' on 'user'\n"
	      "removed unique constraint 'u' (age) on 'user'\n"
	      "added index 'ix_user_name' (name) on 'user'\n");
	models(HEAD USER INCLUDE(
		"return o->kind == RETORT_HOOK_TABLE ||\n"
		"  o->kind == RETORT_HOOK_COLUMN ||\n"
		"  o->kind == RETORT_HOOK_UNIQUE_CONSTRAINT;"));
	FINDS("removed unique constraint 'u' (age) on 'user'\n");
}

Test(hooks, include_name_is_about_the_database)
{
	sql("CREATE TABLE legacy (x); CREATE TABLE other (x)");
	models(HEAD USER NAMES(
		"if (n->kind == RETORT_HOOK_SCHEMA) return n->name == NULL;\n"
		"if (!strcmp(n->name, \"user\")) abort();\n"
		"return strcmp(n->name, \"legacy\") != 0;"));
	FINDS("added table 'user'\n"
	      "removed table 'other'\n");
}

Test(hooks, compare_type_decides)
{
	static const char live[] =
		"CREATE TABLE user (id INTEGER CONSTRAINT pk_user PRIMARY KEY,"
		" name VARCHAR(70) NOT NULL, age INTEGER DEFAULT 7);"
		"CREATE INDEX ix_user_name ON user (name)";

	sql(live);
	models(HEAD USER);
	FINDS("type change from VARCHAR(70) to VARCHAR(80) on 'user.name'\n");
	models(HEAD USER COMPARE("type",
		"return live->reflected && !model->reflected &&\n"
		" !strncmp(live->column_type, \"VARCHAR\", 7) &&\n"
		" !strncmp(model->column_type, \"VARCHAR\", 7)\n"
		" ? RETORT_HOOK_SAME : RETORT_HOOK_DEFAULT;"));
	FINDS("");
	models(HEAD USER COMPARE("type",
		"return strcmp(live->name, \"age\") ? RETORT_HOOK_SAME\n"
		" : RETORT_HOOK_DIFFERENT;"));
	FINDS("type change from INTEGER to INTEGER on 'user.age'\n");
}

Test(hooks, compare_server_default_decides)
{
	sql("CREATE TABLE user (id INTEGER CONSTRAINT pk_user PRIMARY KEY,"
	    " name VARCHAR(80) NOT NULL, age INTEGER DEFAULT 8);"
	    "CREATE INDEX ix_user_name ON user (name)");
	models(HEAD USER);
	FINDS("server default from 8 to 7 on 'user.age'\n");
	models(HEAD USER COMPARE("server_default",
		"return live->server_default && model->server_default\n"
		" && !strcmp(live->server_default, \"8\")\n"
		" && !strcmp(model->server_default, \"7\");"));
	FINDS("");
	models(HEAD USER COMPARE("server_default", "return 9;"));
	check_fails("compare_server_default() for column \"user.id\" "
		    "returned 9");
}

static void directives_fail(const char *text, const char *message)
{
	const retort_new o = { .size = sizeof(o), .autogenerate = true };
	retort_written w = {0};

	models(text);
	cr_assert_lt(retort_new_revision(db, &o, &w), 0, "%s\n%s", text, w.text);
	HAS(retort_last_error(db)->message, message);
}

Test(hooks, render_type_spells_what_is_written)
{
	retort_written w;

	models(HEAD USER RENDER(
		"return c->kind == RETORT_HOOK_COLUMN &&\n"
		" !strcmp(c->column_type, \"VARCHAR(80)\")\n"
		" ? \"NVARCHAR(80)\" : NULL;"));
	w = generate();
	HAS(w.text, "name NVARCHAR(80) NOT NULL");
	HAS(w.text, "age INTEGER DEFAULT 7");
	cr_assert(w.verified);
	cr_assert_eq(unlink(w.path), 0);
	directives_fail(HEAD POST RENDER("return c->name ? \"\" : NULL;"),
			"render_type() for column \"post.id\" returned no type");
}

Test(hooks, render_type_reaches_revisions_in_c)
{
	const retort_new o = { .size = sizeof(o), .autogenerate = true,
			       .format = "c" };
	retort_written w = {0};

	models(HEAD USER RENDER(
		"return strcmp(c->name, \"name\") ? NULL : \"CITEXT\";"));
	MUST(db, retort_new_revision(db, &o, &w));
	HAS(w.text, "COLUMN(\"name\", TYPE(\"CITEXT\"), NOT_NULL)");
}

Test(hooks, directives_are_dropped_moved_and_added)
{
	retort_written w;

	sql("CREATE TABLE old (x)");
	models(HEAD USER POST DIRECT(
		"retort_op *op; size_t n;\n"
		"for (size_t i = retort_directives_count(d, RETORT_UPGRADE); i--;)\n"
		"  if (!strcmp(retort_directives_at(d, RETORT_UPGRADE, i)->kind,\n"
		"              \"remove_table\"))\n"
		"    retort_directives_drop(d, RETORT_UPGRADE, i);\n"
		"n = retort_directives_count(d, RETORT_UPGRADE);\n"
		"if (n != 2) retort_hook_fail(h, \"%zu\", n);\n"
		"if (strcmp(retort_directives_at(d, RETORT_UPGRADE, 0)->table,\n"
		"           \"user\")) abort();\n"
		"retort_directives_move(d, RETORT_UPGRADE, 1, 0);\n"
		"op = retort_directives_insert(d, RETORT_UPGRADE, 2);\n"
		"retort_bulk_insert(op, \"user\", LIST(\"id\", \"name\"),\n"
		"                   ROW(1, \"root\"));\n"
		"retort_execute(op, \"UPDATE user SET age = 3\");\n"
		"op = retort_directives_insert(d, RETORT_DOWNGRADE, 0);\n"
		"retort_execute(op, \"DELETE FROM user\");\n"
		"retort_directives_set_message(d, \"by hook\");\n"
		"retort_directives_set_rev_id(d, \"0001\");\n"
		"return 0;"));
	w = generate();
	cr_assert_str_eq(w.id, "0001");
	HAS(w.text, "-- by hook\n");
	HAS(w.path, "0001_by_hook.sql");
	cr_assert_null(strstr(w.text, "old"));
	cr_assert_lt(strstr(w.text, "CREATE TABLE post"),
		     strstr(w.text, "CREATE TABLE user"));
	HAS(strstr(w.text, "CREATE INDEX"), "INSERT INTO user (id, name)");
	HAS(strstr(w.text, "-- downgrade"), "DELETE FROM user;\n\nDROP ");
	cr_assert(w.verified, "%s", log_text);
	MUST(db, retort_upgrade(db, NULL, NULL));
	IS("SELECT name || age FROM user", "root3");
	MUST(db, retort_downgrade(db, NULL, NULL));
	IS("SELECT count(*) FROM sqlite_master WHERE name = 'user'", "0");
}

Test(hooks, the_downgrade_follows_the_upgrade)
{
	retort_written w;

	models(HEAD USER POST DIRECT(
		"const retort_directive *x;\n"
		"for (size_t i = 0; i < retort_directives_count(d, 0); i++) {\n"
		"  x = retort_directives_at(d, 0, i);\n"
		"  if (x->table && !strcmp(x->table, \"post\"))\n"
		"    retort_directives_drop(d, RETORT_UPGRADE, i--);\n"
		"}\n"
		"retort_create_index(retort_directives_insert(d, 0, 1),\n"
		"    \"user\", LIST(\"age\"), .name = \"extra\");\n"
		"return 0;"));
	w = generate();
	cr_assert_null(strstr(w.text, "post"));
	HAS(strstr(w.text, "-- downgrade"), "DROP INDEX extra;");
	cr_assert(w.verified, "%s", log_text);
}

Test(hooks, sql_that_stays_is_said)
{
	models(HEAD USER DIRECT(
		"retort_execute(retort_directives_insert(d, 0, 0),\n"
		"               \"SELECT 1\"); return 0;"));
	generate();
	HAS(log_text, "the downgrade does not take back the SQL");
}

Test(hooks, nothing_left_writes_nothing)
{
	models(HEAD USER DIRECT(
		"while (retort_directives_count(d, RETORT_UPGRADE))\n"
		"  retort_directives_drop(d, RETORT_UPGRADE, 0);\n"
		"return 0;"));
	cr_assert_null(generate().id);
	cr_assert_eq(system("test $(ls migrations/versions | wc -l) = 0"), 0);
}

Test(hooks, an_empty_revision_has_directives_without_operations)
{
	retort_new o = { .size = sizeof(o), .message = "m",
			 .branch_label = "here" };
	retort_written w = {0};

	models(HEAD USER DIRECT(
		"const retort_new_revision_info *i =\n"
		"  retort_directives_info(d);\n"
		"static char id[8];\n"
		"sprintf(id, \"%04d\", i->parents[0]\n"
		"  ? atoi(i->parents[0]) + 1 : 1);\n"
		"if (i->autogenerate || strcmp(i->message, \"m\") ||\n"
		"    (!i->parents[0] && strcmp(i->branch_label, \"here\"))) abort();\n"
		"if (retort_directives_count(d, RETORT_UPGRADE)) abort();\n"
		"retort_directives_set_rev_id(d, id);\n"
		"if (i->parents[0]) retort_directives_insert(d, 0, 0);\n"
		"return 0;"));
	MUST(db, retort_new_revision(db, &o, &w));
	cr_assert_str_eq(w.id, "0001");
	o.branch_label = NULL;
	cr_assert_eq(retort_new_revision(db, &o, &w), RETORT_E_FAIL);
	HAS(retort_last_error(db)->message, "to no other");
}

Test(hooks, wrong_directives_are_errors)
{
	directives_fail(HEAD USER DIRECT("retort_directives_drop(d, 0, 7);"
					 " return 0;"),
			"there is no operation 7 in the upgrade, which has 1");
	directives_fail(HEAD USER DIRECT("return -1;"),
			"process_revision_directives() returned -1");
	directives_fail(HEAD USER DIRECT("return *retort_directives_at(d, 0, 9)->kind - 'x';"),
			"process_revision_directives() crashed with SIGSEGV");
	directives_fail(HEAD USER DIRECT(
			"retort_drop_table(retort_directives_insert(d, 0, 0),"
			" \"nix\"); return 0;"), "nix");
	directives_fail(HEAD USER DIRECT(
			"retort_call(retort_directives_insert(d, 0, 0), NULL,"
			" NULL); return 0;"), "retort_call() has no place");
	directives_fail(HEAD USER DIRECT(
			"retort_directives_set_rev_id(d, \"a b\");"
			" return 0;"), "a b");
	sql("CREATE TABLE user (id INTEGER CONSTRAINT pk_user PRIMARY KEY,"
	    " name VARCHAR(80) NOT NULL)");
	directives_fail(HEAD USER DIRECT(
			"retort_drop_table(retort_directives_insert(d, 0, 0),"
			" \"user\"); return 0;"), "no table \"user\"");
}

Test(hooks, values_reach_them)
{
	const retort_pair x[] = { { "keep", "a" }, { "keep", "post" } };

	sql("CREATE TABLE old (x)");
	write_text("models.c", HEAD POST INCLUDE(
		"return strcmp(o->name, retort_hook_x(h, \"keep\")) &&\n"
		" !retort_hook_x(h, \"kee\") && !h->section &&\n"
		" !strcmp(h->dialect, \"sqlite\");"));
	open_with(x, 2);
	FINDS("removed table 'old'\n");
}

Test(hooks, a_crash_is_an_error_and_nothing_more)
{
	models(HEAD USER INCLUDE("abort();"));
	check_fails("include_object() for table \"user\" crashed with SIGABRT");
	HAS(retort_last_error(db)->hint, "Nothing was changed.");
	models(HEAD USER INCLUDE("exit(3);"));
	check_fails("include_object() for table \"user\" called exit(3)");
	models(HEAD USER INCLUDE("puts(\"help\"); abort();"));
	check_fails("include_object() for table \"user\" crashed with SIGABRT");
	/* The session goes on. */
	models(HEAD USER);
	HAS(changes(), "added table 'user'");
}

Test(hooks, another_version_is_refused)
{
	models("#define RETORT_HOOKS_ABI 99\n" HEAD USER);
	models("#include <retort/model.h>\n" USER
	       "__attribute__((visibility(\"default\")))\n"
	       "extern const int retort_hooks_abi;\n"
	       "const int retort_hooks_abi = 99;\n");
	check_fails("cannot use the hooks in \"models.c\": they were "
		    "compiled with another version of <retort/hooks.h>");
}

Test(hooks, without_the_header_there_are_none)
{
	models("#include <retort/model.h>\n" USER
	       "int include_object(void) { return *(int *)0; }\n");
	HAS(changes(), "added table 'user'");
	HAS(log_text, "include_object() of the models is no hook");
}

Test(hooks, one_of_another_form_does_not_compile)
{
	retort_changes c = {0};

	models(HEAD USER "int include_object(void) { return 1; }\n");
	cr_assert_eq(retort_check(db, &c), RETORT_E_FAIL);
	HAS(retort_last_error(db)->detail, "conflicting types");
}

static const char users[] =
	"-- upgrade\nCREATE TABLE users (id INTEGER PRIMARY KEY);\n\n"
	"-- downgrade\nDROP TABLE users;\n";
static const char audit[] =
	"-- upgrade\nCREATE TABLE audit (n, t);\n\n-- downgrade\n";

static void two_revisions(void)
{
	revision("aaaaaaaaaaa1", "", "audit", audit);
	revision("aaaaaaaaaaa2", "aaaaaaaaaaa1", "users", users);
}

#define COUNT \
	"static int count(void *p, int n, const char *const c[])\n"         \
	"{ (void)n; *(int *)p = c[0] ? atoi(c[0]) : -1; return 0; }\n"

Test(hooks, on_version_apply_hears_of_each_step)
{
	const retort_move move = { .size = sizeof(move), .tag = "v1.2" };
	const char *heads[] = { "heads" };

	two_revisions();
	models(HEAD USER COUNT APPLIED(
		"int n = -1;\n"
		"if (retort_query_text(op, \"SELECT count(*) FROM audit\",\n"
		"                      count, &n)) return 0;\n"
		"retort_executef(op, \"INSERT INTO audit VALUES (%d,\"\n"
		"\" '%s %s %d%d %s>%s')\", n, h->tag ? h->tag : \"-\",\n"
		" s->revision ? s->message : \"-\", s->is_upgrade,\n"
		" s->is_stamp, s->from[0] ? s->from[0] + 10 : \"\",\n"
		" s->to[0] ? s->to[0] + 10 : \"\");\n"
		"printf(\"heard\\n\"); return 0;"));
	MUST(db, retort_upgrade(db, &move, NULL));
	HAS(log_text, "heard");
	IS("SELECT group_concat(n || t, ';') FROM audit",
	   "0v1.2 audit 10 >a1;1v1.2 users 10 a1>a2");
	MUST(db, retort_downgrade(db, NULL, NULL));
	MUST(db, retort_stamp(db, heads, 1, false, &move));
	IS("SELECT group_concat(n || t, ';') FROM audit WHERE n > 1",
	   "2- users 00 a2>a1;3v1.2 - 11 a1>a2");
}

Test(hooks, on_version_apply_fails_the_revision)
{
	static const char *const bodies[][2] = {
		{ "abort();", "after upgrade aaaaaaaaaaa2 crashed with SIGABRT" },
		{ "return -2;", "returned -2" },
		{ "retort_hook_fail(h, \"not %d\", 5); return 0;",
		  "on_version_apply() after upgrade aaaaaaaaaaa2: not 5" },
		{ "retort_execute(op, \"INSERT INTO nix VALUES (1)\"); return 0;",
		  "no such table: nix" },
		{ "retort_execute(op, \"COMMIT\"); return 0;",
		  "the transaction is not the hook's to end" },
		{ "retort_drop_table(op, \"users\"); return 0;",
		  "operations belong into upgrade()" },
		{ "retort_fail(op, \"own words\"); return 0;", "own words" },
		{ "exit(0);", "called exit(0)" },
		{ "close(0); close(1); close(2); for (int i = 3; i < 64; i++)"
		  " close(i); raise(9); return 0;", "SIGKILL" },
	};
	const char *last = "aaaaaaaaaaa1";

	two_revisions();
	for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++) {
		char text[2048];

		snprintf(text, sizeof(text), HEAD "#include <signal.h>\n" USER
			 APPLIED("if (!s->from[0]) return 0; %s"),
			 bodies[i][0]);
		models(text);
		cr_assert_lt(retort_upgrade(db, NULL, NULL), 0, "%s",
			     bodies[i][0]);
		HAS(retort_last_error(db)->message, bodies[i][1]);
		IS("SELECT version_num FROM db_version", last);
		IS("SELECT count(*) FROM sqlite_master WHERE name = 'users'",
		   "0");
	}
	models(HEAD USER);
	MUST(db, retort_upgrade(db, NULL, NULL));
}

Test(hooks, on_version_apply_of_one_transaction)
{
	two_revisions();
	write_text("migrations/db.ini", "[db]\nurl = sqlite:app.db\n"
		   "models = ../models.c\ntransaction = all\n");
	models(HEAD USER APPLIED("return s->from[0] ? -1 : 0;"));
	cr_assert_eq(retort_upgrade(db, NULL, NULL), RETORT_E_FAIL);
	IS("SELECT count(*) FROM sqlite_master WHERE name = 'audit'", "0");
}

static int keep_text(void *payload, const char *text, size_t n)
{
	strncat(payload, text, n);
	return 0;
}

Test(hooks, on_version_apply_offline_is_printed)
{
	static char text[8192];
	const retort_move move = { .size = sizeof(move), .sql = keep_text,
				   .sql_payload = text };

	two_revisions();
	models(HEAD USER COUNT APPLIED(
		"if (!s->is_offline) abort();\n"
		"retort_executef(op, \"INSERT INTO audit VALUES ('%s')\",\n"
		"                s->revision); return 0;"));
	MUST(db, retort_upgrade(db, &move, NULL));
	HAS(text, "INSERT INTO audit VALUES ('aaaaaaaaaaa2');\n\nCOMMIT;");
	models(HEAD USER COUNT APPLIED(
		"int n; retort_query_text(op, \"SELECT 1\", count, &n);\n"
		"return 0;"));
	cr_assert_eq(retort_upgrade(db, &move, NULL), RETORT_E_FAIL);
	HAS(retort_last_error(db)->message, "there is no database to query");
}

/* Who has no hook needs no compiler to upgrade. */
Test(hooks, models_without_a_hook_are_not_loaded)
{
	two_revisions();
	models("#error\n");
	MUST(db, retort_upgrade(db, NULL, NULL));
	models("#error on_version_apply\n");
	cr_assert_eq(retort_downgrade(db, NULL, NULL), RETORT_E_FAIL);
	HAS(retort_last_error(db)->message,
	    "could not load the hook on_version_apply()");
	cr_assert_eq(unlink("models.c"), 0);
	MUST(db, retort_downgrade(db, NULL, NULL));
}

Test(hooks, on_a_server)
{
	SCRATCH(mem);
	SCRATCH_ERR(err);
	char *url, ini[600];
	struct conn *c = pg_world_open(pg_world_url(&mem, "postgres"));
	retort_written w;

	cr_assert_eq(conn_exec(c, "DROP DATABASE IF EXISTS hooks", &err), 0);
	cr_assert_eq(conn_exec(c, "CREATE DATABASE hooks", &err), 0);
	conn_close(c);
	url = pg_world_url(&mem, "hooks");
	c = pg_world_open(url);
	cr_assert_eq(conn_exec(c, "CREATE TABLE spatial (x int)", &err), 0);
	cr_assert_eq(conn_exec(c, "CREATE TABLE old (x int)", &err), 0);
	snprintf(ini, sizeof(ini), "[db]\nurl = %s\nmodels = ../models.c\n",
		 url);
	write_text("migrations/db.ini", ini);
	models(HEAD USER NAMES("return !n->name || strcmp(n->name, \"spatial\");")
	       INCLUDE("return strcmp(o->name, \"old\");")
	       RENDER("return strcmp(c->name, \"name\") ? NULL : \"text\";")
	       COMPARE("type", "return !strcmp(model->name, \"name\");")
	       DIRECT("retort_directives_set_rev_id(d, \"0001\");"
		      " retort_create_table(retort_directives_insert(d, 0, 0),"
		      " \"audit\", COLUMNS(COLUMN(\"rev\", TEXT)));"
		      " return 0;")
	       APPLIED("retort_executef(op, \"INSERT INTO audit VALUES "
		       "('%s')\", s->revision); return 0;"));
	w = generate();
	HAS(w.text, "name text NOT NULL");
	cr_assert_null(strstr(w.text, "spatial"));
	cr_assert_null(strstr(w.text, "DROP TABLE old"));
	cr_assert(w.verified, "%s", log_text);
	MUST(db, retort_upgrade(db, NULL, NULL));
	FINDS("removed table 'audit'\n");
	cr_assert_eq(conn_exec(c, "DO $$ BEGIN ASSERT (SELECT rev FROM audit) "
			       "= '0001'; END $$", &err), 0);
	conn_close(c);
}
