/* A program's own handle, in whatever state it is when it asks for a migration. */
#include "project.h"

static sqlite3 *handle;
static retort *session;

static void sql(const char *text)
{
	char *why = NULL;

	cr_assert_eq(sqlite3_exec(handle, text, NULL, NULL, &why), SQLITE_OK,
		     "%s: %s", text, why);
}

static int keep_text(void *payload, int n, char **v, char **names)
{
	char *out = payload;

	(void)n, (void)names;
	snprintf(out + strlen(out), 256 - strlen(out), "%s;",
		 v[0] ? v[0] : "-");
	return 0;
}

static const char *ask(const char *query)
{
	static char out[256];

	out[0] = '\0';
	cr_assert_eq(sqlite3_exec(handle, query, keep_text, out, NULL),
		     SQLITE_OK, "%s: %s", query, sqlite3_errmsg(handle));
	return out;
}

static void enter(void)
{
	retort_options o = { .size = sizeof(o), .directory = "migrations" };

	enter_project();
	revision("aaaaaaaaaaa1", "", "rebuild", "-- upgrade foreign_keys=off\n"
		 "CREATE TABLE _retort_new_item (id INTEGER PRIMARY KEY, n, "
		 "more);\n"
		 "INSERT INTO _retort_new_item (id, n) SELECT id, n FROM item;\n"
		 "DROP TABLE item;\n"
		 "ALTER TABLE _retort_new_item RENAME TO item;\n");
	cr_assert_eq(sqlite3_open("app.db", &handle), SQLITE_OK);
	sql("CREATE TABLE item (id INTEGER PRIMARY KEY, n);"
	    "CREATE TABLE part (id INTEGER PRIMARY KEY, item_id REFERENCES "
	    "item (id) ON DELETE CASCADE);"
	    "INSERT INTO item VALUES (1, 1), (2, 2);"
	    "INSERT INTO part VALUES (1, 1), (2, 2)");
	cr_assert_eq(retort_open_sqlite(handle, &o, &session), RETORT_OK);
}

static void leave(void)
{
	retort_close(session);
	cr_assert_eq(sqlite3_close(handle), SQLITE_OK);
	leave_project();
}

TestSuite(own_handle, .init = enter, .fini = leave);

static retort_status upgrade(void)
{
	retort_move m = { .size = sizeof(m) };

	return retort_upgrade(session, &m, NULL);
}

static void must_refuse(const char *message)
{
	const retort_error *e;

	cr_assert_eq(upgrade(), RETORT_E_USAGE);
	e = retort_last_error(session);
	cr_assert(strstr(e->message, message), "%s", e->message);
	cr_assert_str_eq(ask("SELECT sql FROM main.sqlite_schema WHERE name = "
			     "'item'"),
			 "CREATE TABLE item (id INTEGER PRIMARY KEY, n);");
}

static void must_do(void)
{
	cr_assert_eq(upgrade(), RETORT_OK, "%s",
		     retort_last_error(session)->message);
	cr_assert_str_eq(ask("SELECT count(more IS NULL) FROM main.item"),
			 "2;");
	cr_assert_str_eq(ask("SELECT count(*) FROM main.part"), "2;");
	cr_assert_str_eq(ask("SELECT version_num FROM main.db_version"),
			 "aaaaaaaaaaa1;");
}

Test(own_handle, an_open_cursor_is_left_alone)
{
	sqlite3_stmt *s;

	cr_assert_eq(sqlite3_prepare_v2(handle, "SELECT id FROM part", -1, &s,
					NULL), SQLITE_OK);
	cr_assert_eq(sqlite3_step(s), SQLITE_ROW);
	must_refuse("a statement of the application is still running");
	cr_assert(strstr(retort_last_error(session)->detail,
			 "SELECT id FROM part"));
	cr_assert_eq(sqlite3_step(s), SQLITE_ROW);
	cr_assert_eq(sqlite3_column_int(s, 0), 2);
	sqlite3_reset(s);
	must_do();
	cr_assert_eq(sqlite3_step(s), SQLITE_ROW);
	sqlite3_finalize(s);
}

Test(own_handle, an_open_savepoint)
{
	sql("SAVEPOINT s; INSERT INTO part VALUES (3, NULL)");
	must_refuse("in a transaction");
	cr_assert_str_eq(ask("SELECT count(*) FROM part"), "3;");
	sql("ROLLBACK TO s; RELEASE s");
	must_do();
}

Test(own_handle, temporary_tables_that_hide_others)
{
	sql("CREATE TEMP TABLE Part (x)");
	must_refuse("temporary table \"Part\" hides");
	sql("DROP TABLE temp.part; CREATE TEMP VIEW item AS SELECT 1");
	must_refuse("temporary view \"item\" hides");
	sql("DROP VIEW temp.item; CREATE TEMP TABLE other (x)");
	must_do();
}

Test(own_handle, a_temporary_version_table)
{
	sql("CREATE TEMP TABLE db_version (version_num); CREATE TEMP TABLE "
	    "db_version_log (x); INSERT INTO temp.db_version VALUES ('zzz')");
	must_do();
	cr_assert_str_eq(ask("SELECT version_num FROM temp.db_version"),
			 "zzz;");
	cr_assert_str_eq(ask("SELECT revision FROM main.db_version_log"),
			 "aaaaaaaaaaa1;");
}

Test(own_handle, attached_databases_of_the_same_names)
{
	sql("ATTACH ':memory:' AS other; CREATE TABLE other.item (id, n);"
	    "CREATE TABLE other.db_version (version_num);"
	    "INSERT INTO other.db_version VALUES ('zzz');"
	    "INSERT INTO other.item VALUES (9, 9)");
	must_do();
	cr_assert_str_eq(ask("SELECT id FROM other.item"), "9;");
	cr_assert_str_eq(ask("SELECT version_num FROM other.db_version"),
			 "zzz;");
	cr_assert_str_eq(ask("SELECT count(*) FROM other.sqlite_schema"),
			 "2;");
}

Test(own_handle, no_journal_to_roll_back_with)
{
	sql("PRAGMA journal_mode = OFF");
	must_refuse("has no rollback journal");
	sql("PRAGMA journal_mode = DELETE");
	must_do();
}

Test(own_handle, its_settings_stay)
{
	static const char *const pragmas[] = {
		"foreign_keys", "legacy_alter_table", "recursive_triggers",
		"writable_schema", "ignore_check_constraints",
		"reverse_unordered_selects", "case_sensitive_like"
	};
	char text[80];

	for (int i = 0; i < 7; i++) {
		snprintf(text, sizeof(text), "PRAGMA %s = ON", pragmas[i]);
		sql(text);
	}
	must_do();
	for (int i = 0; i < 6; i++) {
		snprintf(text, sizeof(text), "PRAGMA %s", pragmas[i]);
		cr_assert_str_eq(ask(text), "1;", "%s", text);
	}
}

static int deny;

static int authorize(void *p, int what, const char *a, const char *b,
		     const char *schema, const char *trigger)
{
	(void)p, (void)a, (void)b, (void)schema, (void)trigger;
	return what == deny ? SQLITE_DENY : SQLITE_OK;
}

Test(own_handle, an_authorizer_that_denies)
{
	static const int what[] = { SQLITE_DROP_TABLE, SQLITE_ALTER_TABLE,
				    SQLITE_CREATE_TABLE, SQLITE_DELETE,
				    SQLITE_INSERT, SQLITE_TRANSACTION };

	sqlite3_set_authorizer(handle, authorize, NULL);
	for (size_t i = 0; i < sizeof(what) / sizeof(*what); i++) {
		deny = what[i];
		cr_assert(upgrade() < 0, "%d", what[i]);
		deny = 0;
		cr_assert(strstr(retort_last_error(session)->message,
				 "not authorized"), "%s",
			  retort_last_error(session)->message);
		cr_assert(sqlite3_get_autocommit(handle));
		cr_assert_str_eq(ask("SELECT count(*) FROM sqlite_schema"),
				 "2;");
	}
	must_do();
}
