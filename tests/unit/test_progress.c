/* How far a statement has come, for who asks. */
#include "project.h"

#define A "aaaaaaaaaaa1"
#define B "aaaaaaaaaaa2"

/* Statements that take seconds, going through the rows of one table. */
static const char filled[] =
	"-- upgrade\n"
	"CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER);\n"
	"CREATE TABLE u (id INTEGER PRIMARY KEY, v INTEGER);\n"
	"INSERT INTO t WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL "
	"SELECT i + 1 FROM n WHERE i < ${rows}) SELECT i, i FROM n;\n"
	"-- downgrade\nDROP TABLE t;\nDROP TABLE u;\n";
static const char slow[] =
	"-- upgrade\n"
	"INSERT INTO u (id, v)\n  SELECT id, length(hex(randomblob(2500)))\n"
	"\tFROM t;\n"
	"-- downgrade\nDELETE FROM u;\n";

static retort *db;
static struct {
	int calls, ended;
	unsigned long long last, total;
	bool forward, cancel;
	char what[200];
} seen;

static void watch(void *payload, const retort_statement *s)
{
	(void)payload;
	cr_assert_eq(s->size, sizeof(*s));
	cr_assert_leq(s->done, s->total);
	cr_assert(!seen.ended || seen.calls == seen.ended, "after its end");
	seen.calls++;
	seen.ended = s->ended ? seen.calls : 0;
	seen.forward &= s->done >= seen.last;
	seen.last = s->done;
	seen.total = s->total;
	cr_assert_geq(s->elapsed_ms, 400);
	snprintf(seen.what, sizeof(seen.what), "%s", s->what);
	if (seen.cancel)
		retort_cancel(db);
}

/* Fewer where each takes long: under valgrind. */
static const char *rows(void)
{
	return getenv("VALGRIND") ? "3000" : "150000";
}

static void enter(void)
{
	const retort_pair x = { "rows", rows() };
	const retort_options o = { .size = sizeof(o), .directory = "migrations",
				   .x = &x, .n_x = 1, .statement = watch };

	enter_project();
	revision(A, "", "fill", filled);
	revision(B, A, "slow", slow);
	memset(&seen, 0, sizeof(seen));
	seen.forward = true;
	cr_assert_eq(retort_open(&o, &db), RETORT_OK);
}

static void leave(void)
{
	retort_close(db);
	leave_project();
}

TestSuite(progress, .init = enter, .fini = leave);

static retort_status go(const char *target)
{
	const retort_move m = { .size = sizeof(m), .target = target };

	return retort_upgrade(db, &m, NULL);
}

Test(progress, is_told_of_what_takes_long)
{
	cr_assert_eq(go(A), RETORT_OK);
	memset(&seen, 0, sizeof(seen));
	seen.forward = true;
	cr_assert_eq(go(B), RETORT_OK);
	cr_assert_geq(seen.calls, 3);
	cr_assert_eq(seen.ended, seen.calls, "the last call says so");
	cr_assert(seen.forward);
	cr_assert_eq(seen.total, strtoull(rows(), NULL, 10));
	cr_assert_geq(seen.last + 1, seen.total);
	cr_assert_str_eq(seen.what, "INSERT INTO u (id, v) SELECT id, "
			 "length(hex(randomblob(2500))) FROM t");
}

Test(progress, a_name_tells_the_terminal_nothing)
{
	revision(B, A, "odd", "-- upgrade\n"
		 "CREATE TABLE \"_retort_new_\033[31mt\" (id INTEGER, v INTEGER);\n"
		 "INSERT INTO \"_retort_new_\033[31mt\" SELECT id, "
		 "length(hex(randomblob(2500))) FROM t;\n-- downgrade\n");
	cr_assert_eq(go(B), RETORT_OK);
	cr_assert_str_eq(seen.what, "copy the rows of [31mt");
}

Test(progress, may_cancel)
{
	cr_assert_eq(go(A), RETORT_OK);
	memset(&seen, 0, sizeof(seen));
	seen.cancel = true;
	cr_assert_eq(go(B), RETORT_E_INTERRUPTED);
	cr_assert_eq(seen.calls, 2, "once, and its end");
	cr_assert_eq(seen.ended, 2);
}

Test(progress, is_silent_about_quick_ones)
{
	revision(A, "", "quick", "-- upgrade\nCREATE TABLE t (id INTEGER);\n"
		 "INSERT INTO t VALUES (1);\nCREATE INDEX ix ON t (id);\n"
		 "INSERT INTO t SELECT id FROM t;\n-- downgrade\n");
	cr_assert_eq(go(A), RETORT_OK);
	cr_assert_eq(seen.calls, 0);
}

Test(progress, an_older_program_has_no_such_option)
{
	const retort_pair x = { "rows", rows() };
	const retort_options o = {
		.size = offsetof(retort_options, statement),
		.directory = "migrations", .x = &x, .n_x = 1, .statement = watch
	};

	retort_close(db);
	cr_assert_eq(retort_open(&o, &db), RETORT_OK);
	cr_assert_eq(go(B), RETORT_OK);
	cr_assert_eq(seen.calls, 0);
}
