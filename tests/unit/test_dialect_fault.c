/* Each allocation in turn fails, and the failure is reported. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "dialect/filter.h"
#include "dialect/sqlite/sqlite.h"

static long left;
static bool failed;

static void *fail_one(size_t n)
{
	if (left-- == 0) {
		failed = true;
		return NULL;
	}
	return malloc(n);
}

static const char *const live_sql =
	"CREATE TABLE p(id INTEGER PRIMARY KEY AUTOINCREMENT, secret);"
	"CREATE TABLE t(a INT DEFAULT (1 + 1) CHECK (a > 0), b TEXT COLLATE "
	"NOCASE REFERENCES p(id), c AS (a || 'x'), CHECK (b <> ''));"
	"CREATE INDEX i ON t(lower(b), a DESC) WHERE a > 1;"
	"CREATE VIEW v AS SELECT a FROM t;"
	"CREATE TRIGGER g AFTER UPDATE OF a ON t BEGIN DELETE FROM p; END;"
	"CREATE VIRTUAL TABLE w USING fts5(x); CREATE TABLE gone(a)";

static const char *const wanted_sql =
	"CREATE TABLE p(id INTEGER PRIMARY KEY AUTOINCREMENT);"
	"CREATE TABLE t(a INT DEFAULT (1+ 1) CHECK ((a) > 0), b TEXT COLLATE "
	"nocase REFERENCES p, c AS ((a) || 'x'), CHECK ('' <> b));"
	"CREATE INDEX i ON t(LOWER(b), a DESC) WHERE (a) > 1;"
	"CREATE VIEW v AS SELECT t.a FROM t;"
	"CREATE TRIGGER g AFTER UPDATE OF a ON t BEGIN DELETE FROM p WHERE 1;"
	" END;";

static const char *exclude[] = { "gone", "p.secret", "x.y" };
static const struct reflect_options options = {
	.version_table = "db_version", .exclude = { exclude, 3, 3 }
};

static struct conn *open_with(const char *sql)
{
	SCRATCH_ERR(err);
	struct conn *c = NULL;

	cr_assert(!conn_open("sqlite://", NULL, &c, &err));
	cr_assert(!conn_exec(c, sql, &err), "%s", err.pub.message);
	return c;
}

/* All of it; the text of both schemas when it went well. */
static retort_status work(struct conn *a, struct conn *b, struct arena *mem,
			  char **out, struct err *err)
{
	struct schema *live, *wanted;

	TRY(sqlite_reflect(a, &options, mem, &live, err));
	TRY(sqlite_reflect(b, &options, mem, &wanted, err));
	TRY(sqlite_lower(wanted, err));
	TRY(filter_wanted(&options, live, wanted, err));
	TRY(sqlite_normalize(NULL, live, wanted, err));
	*out = arena_printf(mem, "%s\n--\n%s", schema_dump(mem, live),
			    schema_dump(mem, wanted));
	return RETORT_OK;
}

static retort_status open_only(struct err *err)
{
	struct conn *c = NULL;

	TRY(conn_open("sqlite:///%3amemory%3a?cache=private", NULL, &c, err));
	conn_close(c);
	return RETORT_OK;
}

Test(fault, every_allocation_of_a_comparison, .timeout = 120)
{
	struct conn *a = open_with(live_sql), *b = open_with(wanted_sql);
	SCRATCH(whole);
	SCRATCH_ERR(err);
	char *expected = NULL;

	cr_assert(!work(a, b, &whole, &expected, &err));
	failed = true;
	for (long n = 0; failed; n++) {
		SCRATCH(mem);
		char *got = NULL;
		retort_status rc;

		left = n;
		failed = false;
		arena_malloc = fail_one;
		rc = work(a, b, &mem, &got, &err);
		arena_malloc = malloc;
		if (failed && !rc)
			cr_expect(!got || !strstr(got, "--") ||
				  strstr(got, "(null)") ||
				  !strcmp(got, expected),
				  "allocation %ld changed the result", n);
		else if (failed)
			cr_expect(rc == RETORT_E_NOMEM, "allocation %ld: %s",
				  n, err.pub.message);
		else
			cr_expect(!rc && !strcmp(got, expected));
	}
	conn_close(a);
	conn_close(b);
}

Test(fault, every_allocation_of_opening)
{
	SCRATCH_ERR(err);

	failed = true;
	for (long n = 0; failed; n++) {
		retort_status rc;

		left = n;
		failed = false;
		arena_malloc = fail_one;
		rc = open_only(&err);
		arena_malloc = malloc;
		cr_expect(rc == (failed ? RETORT_E_NOMEM : RETORT_OK),
			  "allocation %ld: %d, %s", n, rc, err.pub.message);
	}
}
