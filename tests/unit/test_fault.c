/* Fail one allocation after the other; each must be reported, and no harm. */
#include "base/arena.h"
#include "project.h"

#define A "aaaaaaaaaaa1"
#define B "aaaaaaaaaaa2"

static char includes[4200];
static long fuse;	/* allocations until the one that fails */
static bool fired;
static char said[512];	/* the last error */

static void *fused_malloc(size_t n)
{
	if (fuse-- > 0)
		return malloc(n);
	fired = true;
	return NULL;	/* and none after it, as when memory is short */
}

static void enter(void)
{
	char cwd[4096], command[9000];

	cr_assert_not_null(getcwd(cwd, sizeof(cwd)));
	snprintf(includes, sizeof(includes), "%s/lib/include", cwd);
	snprintf(command, sizeof(command),
		 "cp %s/migrations_template/script.*.in migrations", cwd);
	enter_project();
	cr_assert_eq(system(command), 0);
	write_text("migrations/db.ini",
		   "[db]\nurl = sqlite:app.db\nmodels = ../models.c\n");
	write_text("models.c", "#include <retort/model.h>\n"
		   "MODEL(User, COLUMNS(COLUMN(\"id\", INTEGER, PRIMARY_KEY),\n"
		   "  COLUMN(\"name\", VARCHAR(80), NOT_NULL | UNIQUE)));\n");
	revision(A, "", "users", "-- upgrade\n"
		 "CREATE TABLE user (id INTEGER PRIMARY KEY, name TEXT);\n"
		 "INSERT INTO user VALUES (1, 'ada');\n\n-- downgrade\n"
		 "DROP TABLE user;\n");
	revision(B, A, "rebuild", "-- upgrade foreign_keys=off\n"
		 "CREATE TABLE _retort_new_user (id INTEGER PRIMARY KEY, "
		 "name TEXT, age INTEGER);\n"
		 "INSERT INTO _retort_new_user (id, name) "
		 "SELECT id, name FROM user;\nDROP TABLE user;\n"
		 "ALTER TABLE _retort_new_user RENAME TO user;\n\n"
		 "-- downgrade\nALTER TABLE user DROP COLUMN age;\n");
}

static void leave(void)
{
	arena_malloc = malloc;
	leave_project();
}

TestSuite(fault, .init = enter, .fini = leave, .timeout = 300);

typedef retort_status work_fn(retort *db);

static retort_status with_session(work_fn *work)
{
	const retort_options o = {
		.size = sizeof(o), .directory = "migrations",
		.cache_directory = "cache", .include_directory = includes,
		.user = "tester",
	};
	retort *db = NULL;
	retort_status rc = retort_open(&o, &db);

	if (rc == RETORT_OK)
		rc = work(db);
	said[0] = '\0';
	if (rc < 0 && db) {
		snprintf(said, sizeof(said), "%s",
			 retort_last_error(db)->message);
		cr_assert_not_null(retort_last_error(db)->message);
		cr_assert_eq(retort_last_error(db)->code, rc);
	}
	cr_assert(db || rc == RETORT_E_NOMEM);
	retort_close(db);
	return rc;
}

/* The names of what is there, but for our own. */
static void state(char *to, size_t n)
{
	snprintf(to, n, "%s", query("SELECT group_concat(name || sql) FROM "
				    "sqlite_schema WHERE name NOT LIKE "
				    "'db_version%'"));
	snprintf(to + strlen(to), n - strlen(to), " at %s",
		 query("SELECT group_concat(version_num) FROM db_version"));
}

/* The allocations are too many to fail each where each is a block. */
#ifdef DEBUG
# define STRIDE (1 + at / 40)
#else
# define STRIDE 1
#endif

/* Run until nothing fails; after a failure the database must be as before. */
static void fail_each(work_fn *work, work_fn *undo)
{
	char before[4096], after[4096];
	retort_status rc;
	long at = 0;

	cr_assert_eq(with_session(work), RETORT_OK);
	cr_assert_eq(with_session(undo), RETORT_OK);
	state(before, sizeof(before));
	do {
		fuse = at;
		fired = false;
		arena_malloc = fused_malloc;
		rc = with_session(work);
		arena_malloc = malloc;
		if (fired)
			cr_assert_eq(rc, RETORT_E_NOMEM,
				     "allocation %ld failed: %s", at, said);
		if (rc < 0) {
			state(after, sizeof(after));
			cr_assert_str_eq(after, before, "allocation %ld", at);
		}
		at += STRIDE;
	} while (fired);
	cr_assert_eq(rc, RETORT_OK);
	cr_assert_gt(at, 5);
	cr_assert_eq(with_session(undo), RETORT_OK);
	cr_assert_eq(with_session(work), RETORT_OK);
}

static retort_status first(retort *db)
{
	const retort_move m = { .size = sizeof(m), .target = A };

	return retort_upgrade(db, &m, NULL);
}

static retort_status upgrade(retort *db)
{
	return retort_upgrade(db, NULL, NULL);
}

static retort_status back(retort *db)
{
	const retort_move m = { .size = sizeof(m), .target = A };

	return retort_downgrade(db, &m, NULL);
}

static retort_status all_back(retort *db)
{
	const retort_move m = { .size = sizeof(m), .target = "base" };

	return retort_downgrade(db, &m, NULL);
}

static retort_status nothing(retort *db)
{
	(void)db;
	return RETORT_OK;
}

static retort_status check(retort *db)
{
	retort_changes changes;

	return retort_check(db, &changes);
}

static retort_status generate(retort *db)
{
	const retort_new o = { .size = sizeof(o), .autogenerate = true,
			       .dry_run = true, .message = "more" };
	retort_written w;

	return retort_new_revision(db, &o, &w);
}

static retort_status look(retort *db)
{
	const char *text;
	retort_report r;
	retort_revisions list;

	for (size_t i = 0; i < 3; i++) {
		static const char *const formats[] = { "c", "sql", "json" };
		retort_status rc = retort_inspect(db, formats[i], NULL, 0,
						  &text);

		if (rc < 0)
			return rc;
	}
	if (retort_status_report(db, &r) < 0 ||
	    retort_history(db, NULL, true, &list) < 0)
		return retort_last_error(db)->code;
	return RETORT_OK;
}

static int take_row(void *payload, int n, const char *const cell[])
{
	(void)payload, (void)n, (void)cell;
	return 0;
}

/* A server is not asked before it is needed. */
static retort_status turn(retort *db)
{
	const retort_target far = { .size = sizeof(far),
				    .url = "postgresql://u:p@h/d",
				    .schema = "a, \"B c\"" };
	const retort_target near = { .size = sizeof(near), .url = "app.db",
				     .must_exist = true };
	const char *identity, *const *names;
	retort_revisions list;
	size_t n;

	if (retort_use(db, &far) < 0 || retort_identity(db, &identity) < 0 ||
	    retort_use(db, &near) < 0 || retort_identity(db, &identity) < 0 ||
	    retort_current(db, &list) < 0 ||
	    retort_query(db, "SELECT 1", take_row, NULL) < 0 ||
	    retort_sections(db, &names, &n) < 0 || retort_use(db, NULL) < 0)
		return retort_last_error(db)->code;
	return RETORT_OK;
}

Test(fault, turned_to_another_database)
{
	cr_assert_eq(with_session(upgrade), RETORT_OK);
	fail_each(turn, nothing);
}

Test(fault, first_upgrade)
{
	fail_each(first, all_back);
}

Test(fault, upgrade_that_rebuilds)
{
	cr_assert_eq(with_session(first), RETORT_OK);
	fail_each(upgrade, back);
}

Test(fault, downgrade)
{
	cr_assert_eq(with_session(upgrade), RETORT_OK);
	fail_each(back, upgrade);
}

Test(fault, check)
{
	cr_assert_eq(with_session(upgrade), RETORT_OK);
	fail_each(check, nothing);
}

Test(fault, generate)
{
	cr_assert_eq(with_session(upgrade), RETORT_OK);
	fail_each(generate, nothing);
}

Test(fault, inspect_and_report)
{
	cr_assert_eq(with_session(upgrade), RETORT_OK);
	fail_each(look, nothing);
}
