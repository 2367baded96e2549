#include "project.h"

#define A "aaaaaaaaaaa1"
#define B "aaaaaaaaaaa2"
#define C "aaaaaaaaaaa3"

static const char users[] =
	"-- upgrade\nCREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);\n\n"
	"-- downgrade\nDROP TABLE users;\n";
static const char nothing[] = "-- upgrade\n\n-- downgrade\n";

static const char model_1[] =
	"#include <retort/model.h>\n"
	"MODEL(User, COLUMNS(COLUMN(\"id\", INTEGER, PRIMARY_KEY),\n"
	"                    COLUMN(\"name\", VARCHAR(80), NOT_NULL)));\n";
static const char model_2[] =
	"#include <retort/model.h>\n"
	"MODEL(User, COLUMNS(COLUMN(\"id\", INTEGER, PRIMARY_KEY),\n"
	"                    COLUMN(\"name\", VARCHAR(90), NOT_NULL),\n"
	"                    COLUMN(\"age\", INTEGER)));\n"
	"MODEL(Post, COLUMNS(COLUMN(\"id\", INTEGER, PRIMARY_KEY),\n"
	"                    COLUMN(\"user\", INTEGER, NOT_NULL,\n"
	"                           .references = \"user.id\")));\n";

static char sources[4096], includes[4200], template_dir[4200];
static retort *db;

/* Where the sources are, before the directory is changed. */
static void find_sources(void)
{
	cr_assert_not_null(getcwd(sources, sizeof(sources)));
	snprintf(includes, sizeof(includes), "%s/lib/include", sources);
	snprintf(template_dir, sizeof(template_dir), "%s/migrations_template",
		 sources);
}

static retort *open_with_models(void)
{
	const retort_options o = {
		.size = sizeof(o), .directory = "migrations", .log = take_log,
		.cache_directory = "cache", .include_directory = includes,
	};
	retort *s;

	cr_assert_eq(retort_open(&o, &s), RETORT_OK, "%s",
		     retort_last_error(s)->message);
	return s;
}

static void copy_templates(void)
{
	char command[9000];

	snprintf(command, sizeof(command), "cp %s/script.*.in migrations",
		 template_dir);
	cr_assert_eq(system(command), 0);
}

static void enter(void)
{
	find_sources();
	enter_project();
	copy_templates();
	write_text("migrations/db.ini",
		   "[db]\nurl = sqlite:app.db\nmodels = ../models.c\n");
	write_text("models.c", model_1);
	db = open_with_models();
}

static void leave(void)
{
	retort_close(db);
	leave_project();
}

TestSuite(api, .init = enter, .fini = leave);

static retort_written write_new(const char *message, bool autogenerate)
{
	const retort_new o = { .size = sizeof(o), .message = message,
			       .autogenerate = autogenerate };
	retort_written w = {0};

	MUST(db, retort_new_revision(db, &o, &w));
	return w;
}

Test(api, unset_size_is_refused)
{
	const retort_options o = {0};
	retort *s;

	cr_assert_eq(retort_open(&o, &s), RETORT_E_USAGE);
	HAS(retort_last_error(s)->message, "size");
	cr_assert_eq(retort_upgrade(s, NULL, NULL), RETORT_E_USAGE);
	retort_close(s);
	retort_close(NULL);
}

Test(api, missing_configuration_is_reported)
{
	const retort_options o = { .size = sizeof(o), .directory = "nowhere" };
	retort *s;

	cr_assert_eq(retort_open(&o, &s), RETORT_E_NOTFOUND);
	HAS(retort_last_error(s)->message, "nowhere/db.ini");
	HAS(retort_last_error(s)->hint, "db init");
	retort_close(s);
}

Test(api, warnings_of_the_configuration_are_logged)
{
	write_text("migrations/db.ini", "[db]\nurl = sqlite:app.db\n"
		   "versiontable = x\n");
	retort_close(db);
	db = open_project();
	HAS(log_text, "migrations/db.ini:3: unknown key \"versiontable\"; did "
	    "you mean \"version_table\"?");
}

Test(api, url_of_the_options_goes_before_the_configuration)
{
	const retort_options o = { .size = sizeof(o), .url = "sqlite:other.db",
				   .directory = "migrations" };
	retort *s;

	revision(A, "", "users", users);
	cr_assert_eq(retort_open(&o, &s), RETORT_OK);
	MUST(s, retort_upgrade(s, NULL, NULL));
	retort_close(s);
	cr_assert_eq(access("other.db", F_OK), 0);
	cr_assert_neq(access("app.db", F_OK), 0);
}

Test(api, relative_url_starts_at_the_base_directory)
{
	const retort_options o = { .size = sizeof(o), .directory = "migrations",
				   .base_directory = "elsewhere" };
	retort *s;

	revision(A, "", "users", users);
	cr_assert_eq(mkdir("elsewhere", 0777), 0);
	cr_assert_eq(retort_open(&o, &s), RETORT_OK);
	MUST(s, retort_upgrade(s, NULL, NULL));
	retort_close(s);
	cr_assert_eq(access("elsewhere/app.db", F_OK), 0);
	cr_assert_neq(access("app.db", F_OK), 0);
}

static void refuses_url(const char *url, retort_status wanted)
{
	const retort_options o = { .size = sizeof(o), .url = url,
				   .directory = "migrations" };
	retort_revisions list;
	retort *s;

	cr_assert_eq(retort_open(&o, &s), RETORT_OK);
	cr_assert_eq(retort_current(s, &list), wanted, "%s", url);
	cr_assert_not_null(retort_last_error(s)->hint);
	retort_close(s);
}

Test(api, bad_urls_are_refused)
{
	refuses_url("oracle://x", RETORT_E_USAGE);
	refuses_url("just a name", RETORT_E_USAGE);
	refuses_url("sqlite:no/such/dir/app.db", RETORT_E_UNREACHABLE);
	write_text("text", "this is a text and surely not a database at all, "
		   "for it has too few bytes in it and the wrong ones first");
	refuses_url("sqlite:text", RETORT_E_UNREACHABLE);
}

Test(api, no_url_is_reported)
{
	retort_revisions list;

	write_text("migrations/db.ini", "[db]\n");
	retort_close(db);
	db = open_project();
	cr_assert_eq(retort_current(db, &list), RETORT_E_FAIL);
	HAS(retort_last_error(db)->message, "no database is named");
	HAS(retort_last_error(db)->file, "db.ini");
}

Test(api, works_on_the_programs_own_handle)
{
	const retort_options o = { .size = sizeof(o),
				   .directory = "migrations" };
	retort_revisions list;
	sqlite3 *h;
	retort *s;

	revision(A, "", "users", users);
	cr_assert_eq(sqlite3_open(":memory:", &h), SQLITE_OK);
	cr_assert_eq(retort_open_sqlite(h, &o, &s), RETORT_OK);
	MUST(s, retort_upgrade(s, NULL, NULL));
	MUST(s, retort_current(s, &list));
	cr_assert_eq(list.n, 1);
	cr_assert_str_eq(list.v[0]->id, A);
	retort_close(s);
	cr_assert_eq(sqlite3_exec(h, "INSERT INTO users (name) VALUES ('x')",
				  NULL, NULL, NULL), SQLITE_OK);
	cr_assert_eq(sqlite3_close(h), SQLITE_OK);
}

Test(api, history_is_newest_first_and_marked)
{
	retort_revisions list;

	revision(A, "", "users", users);
	revision(B, A, "two", nothing);
	revision(C, B, "three", nothing);
	MUST(db, retort_upgrade(db, &(retort_move){ .size =
		sizeof(retort_move), .target = B }, NULL));
	MUST(db, retort_history(db, NULL, true, &list));
	cr_assert_eq(list.n, 3);
	cr_assert_str_eq(list.v[0]->id, C);
	cr_assert(list.v[0]->is_head && !list.v[0]->is_current);
	cr_assert(list.v[1]->is_current && !list.v[1]->is_head);
	cr_assert(list.v[2]->is_base);
	cr_assert_str_eq(list.v[2]->message, "users");
	cr_assert_str_eq(list.v[1]->down[0], A);
	MUST(db, retort_history(db, "-1:current", false, &list));
	cr_assert_eq(list.n, 2);
	MUST(db, retort_heads(db, false, &list));
	cr_assert_eq(list.n, 1);
	MUST(db, retort_resolve(db, "aaaaaaaaaaa2", &list));
	cr_assert_str_eq(list.v[0]->path, "migrations/versions/" B ".sql");
	MUST(db, retort_children(db, B, &list));
	cr_assert_str_eq(list.v[0]->id, C);
	MUST(db, retort_branches(db, &list));
	cr_assert_eq(list.n, 0);
	cr_assert_lt(retort_resolve(db, "zzz", &list), 0);
	HAS(retort_last_error(db)->message,
	    "Can't locate revision identified by 'zzz'");
}

Test(api, a_revision_is_shown_once_however_often_it_is_asked_for)
{
	retort_revisions of_a, of_b, history, heads;

	revision(A, "", "one", nothing);
	revision(B, "", "two", nothing);
	revision(C, A ", " B, "merge", nothing);
	MUST(db, retort_children(db, A, &of_a));
	MUST(db, retort_children(db, B, &of_b));
	cr_assert_eq(of_a.v[0], of_b.v[0], "a wide history has many edges");
	MUST(db, retort_upgrade(db, NULL, NULL));
	MUST(db, retort_history(db, NULL, true, &history));
	MUST(db, retort_heads(db, false, &heads));
	cr_assert(history.v[0]->is_current);
	cr_assert_str_eq(heads.v[0]->id, C);
}

Test(api, migrate_upgrade_check_migrate_again)
{
	retort_changes changes;
	retort_written w;
	char first[32];

	MUST(db, retort_check(db, &changes));
	cr_assert_eq(changes.n, 1);
	cr_assert_str_eq(changes.v[0].object, "user");
	w = write_new("users", true);
	cr_assert_not_null(w.id);
	cr_assert(w.verified);
	HAS(w.text, "CREATE TABLE user");
	HAS(w.path, "_users.sql");
	snprintf(first, sizeof(first), "%s", w.id);

	cr_assert_eq(retort_check(db, &changes), RETORT_E_FAIL);
	cr_assert_str_eq(retort_last_error(db)->message,
			 "Target database is not up to date.");
	MUST(db, retort_upgrade(db, NULL, NULL));
	MUST(db, retort_check(db, &changes));
	cr_assert_eq(changes.n, 0);
	w = write_new("again", true);
	cr_assert_null(w.id);
	cr_assert_null(w.text);

	cr_assert_eq(system("sqlite3 app.db \"INSERT INTO user (name) VALUES "
			    "('ada')\""), 0);
	write_text("models.c", model_2);
	w = write_new("more", true);
	cr_assert(w.verified, "%s", log_text);
	HAS(w.text, first);
	MUST(db, retort_upgrade(db, NULL, NULL));
	MUST(db, retort_check(db, &changes));
	cr_assert_eq(changes.n, 0);
	IS("SELECT name || count(age) FROM user", "ada0");
	MUST(db, retort_downgrade(db, NULL, NULL));
	IS("SELECT name FROM user", "ada");
}

Test(api, revisions_in_c_do_the_same)
{
	const retort_new o = { .size = sizeof(o), .message = "users",
			       .autogenerate = true, .format = "c" };
	retort_written w = {0};
	retort_changes changes;

	MUST(db, retort_new_revision(db, &o, &w));
	HAS(w.path, "_users.c");
	HAS(w.text, "\n\tretort_create_table(op, \"user\",");
	MUST(db, retort_upgrade(db, NULL, NULL));
	write_text("models.c", model_2);
	MUST(db, retort_new_revision(db, &o, &w));
	MUST(db, retort_upgrade(db, NULL, NULL));
	MUST(db, retort_check(db, &changes));
	cr_assert_eq(changes.n, 0);
	MUST(db, retort_downgrade(db, &(retort_move){ .size =
		sizeof(retort_move), .target = "base" }, NULL));
	IS("SELECT count(*) FROM sqlite_schema WHERE name IN ('user', "
	   "'post')", "0");
}

Test(api, sql_in_a_c_revision_is_followed)
{
	retort_close(db);
	write_text("migrations/versions/x.c",
		   "/*\n * x\n *\n * Revision: " A "\n * Revises:\n */\n"
		   "#include <retort/revision.h>\n"
		   "static int fill(retort_op *op, void *arg)\n"
		   "{ (void)arg;\n  retort_execute(op, \"INSERT INTO t "
		   "VALUES (1, 'x')\"); return 0; }\n"
		   "void upgrade(retort_op *op)\n{\n"
		   "  retort_execute(op, \"CREATE TABLE t (a INTEGER, b TEXT)\");\n"
		   "  retort_call(op, fill, 0);\n"
		   "  retort_add_column(op, \"t\", COLUMN(\"c\", INTEGER));\n"
		   "  retort_alter_column(op, \"t\", \"b\", .not_null = true);\n"
		   "}\nvoid downgrade(retort_op *op)\n"
		   "{\n  retort_drop_table(op, \"t\");\n}\n");
	db = open_with_models();
	MUST(db, retort_upgrade(db, NULL, NULL));
	IS("SELECT a || b || count(c) FROM t", "1x0");
	IS("SELECT \"notnull\" FROM pragma_table_info('t') WHERE name = 'b'",
	   "1");
	MUST(db, retort_downgrade(db, NULL, NULL));
	IS("SELECT count(*) FROM sqlite_schema WHERE name = 't'", "0");
}

Test(api, c_revision_that_crashes_is_an_error_and_changes_nothing)
{
	write_text("migrations/versions/x.c",
		   "/*\n * x\n *\n * Revision: " A "\n * Revises:\n */\n"
		   "#include <retort/revision.h>\n"
		   "void upgrade(retort_op *op)\n{\n"
		   "  retort_execute(op, \"CREATE TABLE t (a INTEGER)\");\n"
		   "  *(volatile int *)0 = 1;\n}\n"
		   "void downgrade(retort_op *op)\n{ (void)op; }\n");
	cr_assert_lt(retort_upgrade(db, NULL, NULL), 0);
	HAS(retort_last_error(db)->file, "x.c");
	IS("SELECT count(*) FROM sqlite_schema", "0");
}

Test(api, models_that_do_not_compile_show_the_compilers_text)
{
	retort_changes changes;

	write_text("models.c", "#include <retort/model.h>\nMODEL(User, nonsense\n");
	cr_assert_lt(retort_check(db, &changes), 0);
	HAS(retort_last_error(db)->detail, "models.c");
}

Test(api, empty_revisions_follow_the_head)
{
	retort_new o = { .size = sizeof(o), .n_heads = 1 };
	retort_written w = write_new("one", false), v;

	HAS(w.text, "-- one\n");
	v = write_new("two", false);
	HAS(v.text, w.id);
	o.heads = (const char *const[]){ w.id };
	cr_assert_eq(retort_new_revision(db, &o, &v), RETORT_E_FAIL);
	HAS(retort_last_error(db)->message, "is not a head revision; please "
	    "specify --splice");
	o.splice = true;
	MUST(db, retort_new_revision(db, &o, &v));
	o = (retort_new){ .size = sizeof(o) };
	cr_assert_eq(retort_new_revision(db, &o, &v), RETORT_E_FAIL);
	HAS(retort_last_error(db)->message, "Multiple heads are present");
	o.merge = true;
	MUST(db, retort_new_revision(db, &o, &v));
	retort_revisions list;

	MUST(db, retort_heads(db, false, &list));
	cr_assert_eq(list.n, 1);
	cr_assert(list.v[0]->is_merge_point);
}

static void refuses_new(retort_new o, const char *part)
{
	retort_written w;

	o.size = sizeof(o);
	cr_assert_lt(retort_new_revision(db, &o, &w), 0, "%s", part);
	HAS(retort_last_error(db)->message, part);
}

Test(api, bad_wishes_for_a_revision_are_refused)
{
	static const char *const unknown[] = { "nope" };

	revision(A, "", "users", users);
	refuses_new((retort_new){ .rev_id = A }, "exists already");
	refuses_new((retort_new){ .rev_id = "a-b" }, "a-b");
	refuses_new((retort_new){ .format = "perl" }, "perl");
	refuses_new((retort_new){ .version_path = "elsewhere" },
		    "is not represented in current version locations");
	refuses_new((retort_new){ .heads = unknown, .n_heads = 1 }, "'nope'");
	refuses_new((retort_new){ .depends_on = unknown, .n_depends_on = 1 },
		    "'nope'");
	refuses_new((retort_new){ .merge = true }, "nothing to merge");
	cr_assert_eq(system("test $(ls migrations/versions | wc -l) = 1"), 0);
}

Test(api, dry_run_shows_the_text_only)
{
	const retort_new o = { .size = sizeof(o), .autogenerate = true,
			       .dry_run = true };
	retort_written w = {0};

	MUST(db, retort_new_revision(db, &o, &w));
	HAS(w.text, "CREATE TABLE user");
	cr_assert_null(w.path);
	cr_assert_eq(system("test $(ls migrations/versions | wc -l) = 0"), 0);
}

Test(api, post_write_sees_the_file_whatever_its_name)
{
	retort_close(db);
	write_text("migrations/db.ini", "[db]\nurl = sqlite:app.db\n"
		   "file_template = it's_%(rev)s\n"
		   "post_write = wc -c <{file} >size; false\n");
	db = open_with_models();
	write_new("x", false);
	cr_assert_eq(system("test $(cat size) -gt 50"), 0);
	HAS(log_text, "post_write ended with status 1");
}

Test(api, renames_are_taken_and_checked)
{
	static const char *const bad[] = { "user" };
	static const char *const good[] = { "user.name:nick" };
	retort_new o = { .size = sizeof(o), .autogenerate = true,
			 .renames = bad, .n_renames = 1 };
	retort_written w = {0};

	cr_assert_eq(retort_new_revision(db, &o, &w), RETORT_E_USAGE);
	write_new("users", true);
	MUST(db, retort_upgrade(db, NULL, NULL));
	cr_assert_eq(system("sqlite3 app.db \"INSERT INTO user (name) VALUES "
			    "('ada')\""), 0);
	cr_assert_eq(system("sed -i s/name/nick/ models.c"), 0);
	o.renames = good;
	MUST(db, retort_new_revision(db, &o, &w));
	cr_assert(w.verified, "%s", log_text);
	MUST(db, retort_upgrade(db, NULL, NULL));
	IS("SELECT nick FROM user", "ada");
}

Test(api, diff_takes_databases_models_and_revisions)
{
	retort_changes changes = {0};
	retort_written w = write_new("users", true);
	char id[32];

	snprintf(id, sizeof(id), "%s", w.id);
	MUST(db, retort_diff(db, "base", id, true, &changes));
	cr_assert_eq(changes.n, 1);
	HAS(changes.sql, "CREATE TABLE user");
	MUST(db, retort_diff(db, id, "models", false, &changes));
	cr_assert_eq(changes.n, 0);
	MUST(db, retort_diff(db, "database", "models.c", false, &changes));
	cr_assert_eq(changes.n, 1);
	MUST(db, retort_diff(db, "models.c", "sqlite://", true, &changes));
	HAS(changes.sql, "DROP TABLE user");
	MUST(db, retort_upgrade(db, NULL, NULL));
	MUST(db, retort_diff(db, "sqlite:app.db", "head", false, &changes));
	cr_assert_eq(changes.n, 0);
	cr_assert_lt(retort_diff(db, "oracle://x", "models", false, &changes),
		     0);
	cr_assert_lt(retort_diff(db, "nope", "models", false, &changes), 0);
}

Test(api, create_all_makes_what_is_missing)
{
	size_t created = 9;

	write_text("models.c", model_2);
	MUST(db, retort_create_all(db, NULL, &created));
	cr_assert_eq(created, 2);
	IS("SELECT count(*) FROM post", "0");
	MUST(db, retort_create_all(db, NULL, &created));
	cr_assert_eq(created, 0);
	cr_assert_eq(system("sqlite3 app.db 'DROP TABLE post; ALTER TABLE user "
			    "ADD COLUMN own TEXT'"), 0);
	MUST(db, retort_create_all(db, NULL, &created));
	cr_assert_eq(created, 1);
	IS("SELECT count(*) FROM pragma_table_info('user')", "4");
}

Test(api, inspect_gives_c_sql_and_json)
{
	static const char *const only[] = { "user" };
	static const char *const none[] = { "nope" };
	const char *text;

	write_text("models.c", model_2);
	MUST(db, retort_create_all(db, NULL, NULL));
	MUST(db, retort_inspect(db, "c", NULL, 0, &text));
	HAS(text, "TABLE(\"post\"");
	MUST(db, retort_inspect(db, "sql", only, 1, &text));
	HAS(text, "CREATE TABLE user");
	cr_assert_null(strstr(text, "post"));
	MUST(db, retort_inspect(db, "json", NULL, 0, &text));
	HAS(text, "\"kind\": \"foreign_key\"");
	cr_assert_eq(retort_inspect(db, "xml", NULL, 0, &text),
		     RETORT_E_USAGE);
	cr_assert_eq(retort_inspect(db, "c", none, 1, &text),
		     RETORT_E_NOTFOUND);
}

Test(api, project_is_made_and_works)
{
	const retort_options plain = { .size = sizeof(plain) };
	const retort_init o = { .size = sizeof(o), .directory = "a/db",
				.template_directory = template_dir,
				.format = "c" };
	const retort_options there = {
		.size = sizeof(there), .directory = "a/db",
		.cache_directory = "cache", .include_directory = includes,
		.url = "sqlite:made.db", .log = take_log,
	};
	retort_changes changes;
	retort *s;

	cr_assert_eq(retort_open(&plain, &s), RETORT_OK);
	cr_assert_eq(mkdir("a", 0777), 0);
	MUST(s, retort_init_project(s, &o));
	cr_assert_eq(access("a/models.c", F_OK), 0);
	cr_assert_eq(retort_init_project(s, &o), RETORT_E_FAIL);
	HAS(retort_last_error(s)->message,
	    "Directory a/db already exists and is not empty");
	retort_close(s);

	cr_assert_eq(retort_open(&there, &s), RETORT_OK, "%s",
		     retort_last_error(s)->message);
	cr_assert_null(strstr(log_text, "unknown"), "%s", log_text);
	MUST(s, retort_check(s, &changes));
	cr_assert_eq(changes.n, 1);
	retort_close(s);
}

Test(api, init_leaves_the_models_alone_and_names_them)
{
	const retort_options plain = { .size = sizeof(plain) };
	const char *const names[] = { "users", "logs" };
	const retort_init o = { .size = sizeof(o), .directory = "x/y",
				.template_directory = template_dir,
				.models = "models.c more.c",
				.url = "sqlite:mine.db",
				.databases = names, .n_databases = 2 };
	retort *s;

	cr_assert_eq(retort_open(&plain, &s), RETORT_OK);
	MUST(s, retort_init_project(s, &o));
	cr_assert_eq(system("grep -qx 'models = ../../models.c ../../more.c' "
			    "x/y/db.ini"), 0);
	cr_assert_eq(system("grep -qx 'url = sqlite:mine.db' x/y/db.ini"), 0);
	cr_assert_eq(system("grep -qx '\\[db \"logs\"\\]' x/y/db.ini"), 0);
	cr_assert_neq(access("x/models.c", F_OK), 0);
	retort_close(s);
}

Test(api, init_of_several_databases_gives_each_its_own)
{
	const retort_options plain = { .size = sizeof(plain) };
	const char *const names[] = { "users", "logs" }, *const *found;
	const char *const twice[] = { "users", "users" };
	retort_init o = { .size = sizeof(o), .directory = "m",
			  .template_directory = template_dir,
			  .databases = twice, .n_databases = 2 };
	retort_options one = { .size = sizeof(one), .directory = "m",
			       .section = "users" };
	retort *s;
	size_t n;

	cr_assert_eq(retort_open(&plain, &s), RETORT_OK);
	cr_assert_eq(retort_init_project(s, &o), RETORT_E_USAGE);
	o.databases = names;
	MUST(s, retort_init_project(s, &o));
	retort_close(s);
	cr_assert_eq(access("models_users.c", F_OK), 0);
	cr_assert_eq(access("m/versions/logs", F_OK), 0);
	cr_assert_eq(system("rmdir m/versions/users"), 0);
	cr_assert_eq(retort_open(&one, &s), RETORT_OK);
	cr_assert_str_eq(retort_url(s), "sqlite:users.db");
	MUST(s, retort_sections(s, &found, &n));
	cr_assert_eq(n, 2);
	cr_assert_str_eq(found[1], "logs");
	retort_close(s);
}

static const char *identity_of(const char *url)
{
	const retort_target t = { .size = sizeof(t), .url = url };
	const char *out = "";

	MUST(db, retort_use(db, &t));
	MUST(db, retort_identity(db, &out));
	return out;
}

Test(api, one_session_is_turned_to_many_databases)
{
	retort_target t = { .size = sizeof(t), .url = "two.db",
			    .must_exist = true };
	retort_revisions at;
	size_t moved = 0;

	revision(A, "", "users", users);
	MUST(db, retort_upgrade(db, NULL, &moved));
	MUST(db, retort_use(db, &t));
	cr_assert_str_eq(retort_url(db), "sqlite:two.db");
	cr_assert_eq(retort_upgrade(db, NULL, NULL), RETORT_E_UNREACHABLE);
	cr_assert_eq(retort_current(db, &at), RETORT_E_UNREACHABLE);
	cr_assert_neq(access("two.db", F_OK), 0);
	t.must_exist = false;
	MUST(db, retort_use(db, &t));
	MUST(db, retort_upgrade(db, NULL, &moved));
	cr_assert_eq(moved, 1);
	MUST(db, retort_use(db, NULL));
	cr_assert_str_eq(retort_url(db), "sqlite:app.db");
	MUST(db, retort_upgrade(db, NULL, &moved));
	cr_assert_eq(moved, 0);
	t.url = "mysql://a:b@c/d";
	cr_assert_eq(retort_use(db, &t), RETORT_E_USAGE);
	cr_assert_str_eq(retort_url(db), "sqlite:app.db");
	t.url = "two.db";
	t.schema = "x";
	cr_assert_eq(retort_use(db, &t), RETORT_E_USAGE);
	t.size = 0;
	cr_assert_eq(retort_use(db, &t), RETORT_E_USAGE);
}

Test(api, identity_sees_through_links_and_spellings)
{
	char *one;

	cr_assert_eq(system("touch x.db; ln -s x.db s; ln x.db h; mkdir d"), 0);
	one = strdup(identity_of("x.db"));
	cr_assert_str_eq(identity_of("s"), one);
	cr_assert_str_eq(identity_of("h"), one);
	cr_assert_str_eq(identity_of("sqlite:///d/../x.db"), one);
	cr_assert_neq(strcmp(identity_of("y.db"), one), 0);
	free(one);
	one = strdup(identity_of("y.db"));
	cr_assert_str_eq(identity_of("d/../y.db"), one);
	free(one);
	cr_assert_null(identity_of("sqlite://"));
	one = strdup(identity_of("postgresql://a:b@h/d"));
	cr_assert_str_eq(identity_of("host=h dbname=d user=c password=e"),
			 one);
	free(one);
}

static int count_rows(void *payload, int n, const char *const cell[])
{
	cr_assert_eq(n, 1);
	cr_assert_str_eq(cell[0], "7");
	++*(int *)payload;
	return 0;
}

Test(api, query_only_reads)
{
	int n = 0;

	MUST(db, retort_ensure_version(db, NULL));
	MUST(db, retort_query(db, "SELECT 7 UNION ALL SELECT 7", count_rows,
			      &n));
	cr_assert_eq(n, 2);
	cr_assert_eq(retort_query(db, "DELETE FROM db_version", NULL, NULL),
		     RETORT_E_DATABASE);
	cr_assert_eq(retort_query(db, "SELECT 1; SELECT 2", NULL, NULL),
		     RETORT_E_USAGE);
	cr_assert_eq(retort_query(db, " -- nothing", NULL, NULL),
		     RETORT_E_USAGE);
}

Test(api, report_says_where_things_stand)
{
	retort_report r;

	revision(A, "", "users", users);
	revision(B, A, "two", nothing);
	MUST(db, retort_upgrade(db, &(retort_move){ .size =
		sizeof(retort_move), .target = A }, NULL));
	MUST(db, retort_status_report(db, &r));
	cr_assert_str_eq(r.url, "sqlite:app.db");
	cr_assert_eq(r.current.n, 1);
	cr_assert_eq(r.heads.n, 1);
	cr_expect_not(r.heads.v[0]->is_current);
	cr_assert_eq(r.pending.n, 1);
	cr_assert_str_eq(r.pending.v[0]->id, B);
	cr_assert_eq(r.n_problems, 0);
	revision(A, "", "users, edited", users);
	MUST(db, retort_status_report(db, &r));
	cr_assert_eq(r.n_problems, 1);
	HAS(r.problems[0], "was changed after it was applied");
	MUST(db, retort_upgrade(db, NULL, NULL));
	MUST(db, retort_status_report(db, &r));
	cr_assert_eq(r.heads.n, 1);
	cr_expect(r.heads.v[0]->is_current);
}

Test(api, excluded_tables_are_left_alone)
{
	retort_changes changes;

	retort_close(db);
	write_text("migrations/db.ini", "[db]\nurl = sqlite:app.db\nmodels = "
		   "../models.c\nexclude = legacy_*, user.name\n");
	db = open_with_models();
	cr_assert_eq(system("sqlite3 app.db 'CREATE TABLE legacy_x (a); CREATE "
			    "TABLE user (id INTEGER CONSTRAINT pk_user PRIMARY "
			    "KEY)'"), 0);
	MUST(db, retort_check(db, &changes));
	cr_assert_eq(changes.n, 0, "%s", changes.n ? changes.v[0].text : "");
}

Test(api, ensure_version_makes_the_table_once)
{
	MUST(db, retort_ensure_version(db, NULL));
	MUST(db, retort_ensure_version(db, NULL));
	IS("SELECT count(*) FROM db_version", "0");
}

Test(api, results_outlive_other_calls_until_forgotten)
{
	retort_revisions a, b;

	revision(A, "", "users", users);
	MUST(db, retort_heads(db, false, &a));
	write_new("next", false);
	MUST(db, retort_heads(db, false, &b));
	cr_assert_str_eq(a.v[0]->id, A);
	cr_assert_str_neq(b.v[0]->id, A);
	retort_forget(db);
	MUST(db, retort_heads(db, false, &b));
}
