/* The parser of CREATE statements at its limits: size, depth, memory. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "sql/create.h"
#include "sql/split.h"
#include "sql/token.h"

static struct arena mem;
static struct err err;

static void done(void)
{
	arena_malloc = malloc;
	err_clear(&err);
	arena_clear(&mem);
}

/* start, `unit` n times (%zu is its number), end */
static char *repeated(const char *start, const char *unit, size_t n,
		      const char *end)
{
	struct buf b = { .mem = &mem };

	buf_add(&b, start);
	for (size_t i = 0; i < n; i++)
		buf_addf(&b, unit, i);
	buf_add(&b, end);
	return buf_text(&b);
}

static const struct {
	const char *start, *unit, *end;
	bool valid;
} big[] = {
	{ "CREATE TABLE t(z", ", c%zu VARCHAR(80) NOT NULL DEFAULT 'x'", ")", 1 },
	{ "CREATE TABLE t(z", ", c%zu REFERENCES p CHECK (1) UNIQUE", ")", 1 },
	{ "CREATE TABLE t(z", ", c%zu DEFERRABLE", ")", 1 },
	{ "CREATE TABLE t(z", ", CONSTRAINT c%zu CHECK (z)", ")", 1 },
	{ "CREATE TABLE t(z", ", CONSTRAINT c%zu", ")", 1 },
	{ "CREATE TABLE t(z", " CONSTRAINT c%zu", ")", 1 },
	{ "CREATE TABLE t(z", ", PRIMARY KEY (z%zu AUTOINCREMENT)", ")", 0 },
	{ "CREATE TABLE t(z", " PRIMARY KEY", ")", 0 },
	{ "CREATE TABLE t(z", ", FOREIGN KEY (z) REFERENCES p", ")", 1 },
	{ "CREATE TABLE t(z, UNIQUE (z", ", c%zu COLLATE x DESC", "))", 1 },
	{ "CREATE TABLE t(z, UNIQUE (z", " COLLATE x", "))", 1 },
	{ "CREATE TABLE t(z", " word%zu", ")", 1 },
	{ "CREATE TABLE t(z", " 'word%zu'", ")", 1 },
	{ "CREATE TABLE t(z [", "x", "])", 1 },
	{ "CREATE TABLE t(z CHECK (", "(", "", 0 },
	{ "CREATE TABLE t(z DEFAULT (", "(1 + ", "", 0 },
	{ "CREATE TABLE t(z CHECK ", "", "", 0 },
	{ "CREATE TABLE t(z, /*", " clause ", "*/ y)", 1 },
	{ "CREATE TABLE t(z,", " -- c%zu,\n", " y)", 1 },
	{ "CREATE TABLE t(z) WITHOUT ROWID", ", STRICT", "", 1 },
	{ "CREATE INDEX i ON t(a", ", lower(c%zu) COLLATE x DESC", ")", 1 },
	{ "CREATE INDEX i ON t(a", " + c%zu", ")", 1 },
	{ "CREATE INDEX i ON t(", "(", "", 0 },
	{ "CREATE INDEX i ON t(a) WHERE a", " OR c%zu", "", 1 },
	{ "CREATE TRIGGER x INSERT ON t BEGIN ", "SELECT %zu;", " END", 1 },
	{ "CREATE TRIGGER x UPDATE OF a", ", c%zu", " ON t BEGIN END", 1 },
	{ "CREATE VIEW v AS SELECT 1", ", c%zu", "", 1 },
	{ "", ";", "", 0 }, { "", "(", "", 0 }, { "", "CREATE ", "", 0 },
};

/* With anything quadratic in it this would take for ever. */
Test(create_limits, big_statements_take_linear_time, .fini = done,
     .timeout = 120)
{
	for (size_t i = 0; i < sizeof(big) / sizeof(*big); i++) {
		struct create *c = NULL;
		char *sql = repeated(big[i].start, big[i].unit, 20000,
				     big[i].end);

		cr_assert_not_null(sql);
		cr_expect_eq(create_parse(sql, &mem, &c, &err) == RETORT_OK,
			     big[i].valid, "%s: %s", big[i].unit,
			     err.pub.message ? err.pub.message : "parsed");
		err_clear(&err);
		arena_clear(&mem);
	}
}

/* As many "(" as ")": no stack is used for them. */
Test(create_limits, depth_costs_no_stack, .fini = done, .timeout = 120)
{
	static const char *const around[][2] = {
		{ "CREATE TABLE t(a CHECK (", "))" },
		{ "CREATE TABLE t(a DEFAULT (", "))" },
		{ "CREATE TABLE t(a AS (", "), b)" },
		{ "CREATE TABLE t(a, UNIQUE (", "))" },
		{ "CREATE INDEX i ON t(", " COLLATE x DESC)" },
		{ "CREATE INDEX i ON t(a) WHERE ", "" },
		{ "CREATE VIEW v AS SELECT ", "" },
	};

	for (size_t i = 0; i < sizeof(around) / sizeof(*around); i++) {
		char *open = repeated(around[i][0], "(", 100000, "a");
		char *sql = repeated(open, ")", 100000, around[i][1]);
		struct create *c = NULL;

		cr_expect_eq(create_parse(sql, &mem, &c, &err), RETORT_OK,
			     "%s: %s", around[i][0], err.pub.message);
		if (c && c->kind == CREATE_INDEX && !c->index->where_sql)
			cr_expect_str_eq(c->index->parts.v[0].column, "a");
		err_clear(&err);
		arena_clear(&mem);
	}
}

static long left;	/* allocations until one fails; < 0: none does */

static void *failing_malloc(size_t n)
{
	return left-- == 0 ? NULL : malloc(n);
}

static const char *const statements[] = {
	"CREATE TABLE \"t u\"(a [odd, type] CONSTRAINT x PRIMARY KEY, b VARCHAR"
	" (3) COLLATE nocase DEFAULT (1) CHECK (b) REFERENCES p(x, y), c AS (1),"
	" d \"INT\", UNIQUE (a, b), UNIQUE (\"c\"), FOREIGN KEY (a) REFERENCES"
	" p(z) MATCH FULL, CHECK (2))",
	"CREATE UNIQUE INDEX i ON t(a, lower(b) COLLATE x DESC, ((c))) WHERE d",
	"CREATE VIEW s.v AS SELECT 1",
	"CREATE TRIGGER x INSERT ON t BEGIN SELECT 1; END",
	"CREATE VIRTUAL TABLE f USING fts5(a)", "CREATE TABLE t AS SELECT 1",
	"CREATE TABLE t(a, b))",
};

/* In a debug build each allocation is one of malloc's; else few are. */
static retort_status parse_once(const char *sql, struct arena *a)
{
	struct create *c = NULL;

	return create_parse(sql, a, &c, &err);
}

Test(create_limits, each_failed_allocation_is_reported, .fini = done)
{
	for (size_t i = 0; i < sizeof(statements) / sizeof(*statements); i++) {
		retort_status rc = RETORT_E_NOMEM;
		long n;

		for (n = 0; rc == RETORT_E_NOMEM && n < 1000; n++) {
			struct arena a = {0};

			left = n;
			arena_malloc = failing_malloc;
			rc = parse_once(statements[i], &a);
			arena_malloc = malloc;
			cr_expect(rc == RETORT_OK || err.pub.message);
			arena_clear(&a);
			err_clear(&err);
		}
		cr_expect_eq(rc == RETORT_OK, i + 1 < sizeof(statements) /
			     sizeof(*statements), "%s", statements[i]);
		cr_expect_gt(n, 1, "%s", statements[i]);
	}
}

/* The functions on texts give NULL. */
static bool texts(struct arena *a, int which)
{
	static const char sql[] = "(a + \"b c\" + t.a)";
	struct token t = { .kind = TOKEN_QUOTED, .s = "\"b\"\"c\"", .n = 6 };
	const char *rest;
	char *text = NULL;
	int line;

	switch (which) {
	case 0:
		return sql_strip(a, sql);
	case 1:
		return sql_rename_column(a, sql, "t", "a", "x y");
	case 2:
		return sql_rename_table(a, sql, "t", "x y");
	case 3:
		return sql_quote_name(a, "x y");
	case 4:
		return token_name(a, &t);
	default:
		return split_sqlite(sql, a, &text, &line, &rest, &err) == 0;
	}
}

Test(create_limits, texts_report_failed_allocations, .fini = done)
{
	for (int which = 0; which < 6; which++) {
		bool good = false;
		long n;

		for (n = 0; !good && n < 100; n++) {
			struct arena a = {0};

			left = n;
			arena_malloc = failing_malloc;
			good = texts(&a, which);
			arena_malloc = malloc;
			arena_clear(&a);
			err_clear(&err);
		}
		cr_expect(good && n > 1, "%d", which);
	}
}
