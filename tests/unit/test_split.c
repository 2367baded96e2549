/* The statement splitter, against SQLite's own cutting. */
#include <criterion/criterion.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/split.h"

static struct arena mem;
static struct err err;

static void done(void)
{
	err_clear(&err);
	arena_clear(&mem);
}

/* "line:text|line:text", or the error. */
static const char *cut(const char *sql)
{
	static char out[4096];
	const char *at = sql, *rest = NULL;
	size_t n = 0;
	char *text;
	int line;

	for (out[0] = '\0';; at = rest) {
		if (split_sqlite(at, &mem, &text, &line, &rest, &err) < 0) {
			snprintf(out + n, sizeof(out) - n, "%s!%d:%s",
				 n ? "|" : "", err.pub.line, err.pub.message);
			break;
		}
		if (!text)
			break;
		for (const char *s = sql; s < at; s++)
			line += *s == '\n';
		n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%d:%s",
				      n ? "|" : "", line, text);
	}
	return out;
}

#define TRIGGER "CREATE TRIGGER x AFTER INSERT ON t BEGIN"

static const char *const cuts[][2] = {
	{ "", "" }, { " ; ;; -- x\n ;", "" }, { "SELECT 1", "1:SELECT 1" },
	{ "a;b", "1:a|1:b" }, { "\n a ;\n\n b\n;c", "2:a|4:b|5:c" },
	{ "-- x;\na /* ; */ b -- ;\n;", "2:a /* ; */ b" },
	{ "'a;' || \"b;\" || `c;` || [d;] || 'e'';'; f",
	  "1:'a;' || \"b;\" || `c;` || [d;] || 'e'';'|1:f" },
	{ "x'3b;'; a", "1:x'3b;'|1:a" },
	{ "/* x */ a", "1:a" }, { "a -- x", "1:a" }, { "a;-- x", "1:a" },
	{ TRIGGER " SELECT 1; SELECT 2; END; a",
	  "1:" TRIGGER " SELECT 1; SELECT 2; END|1:a" },
	{ TRIGGER "\nSELECT CASE WHEN 1 THEN CASE 2 WHEN 2 THEN 3 END END;\nEND\n"
	  ";\na", "1:" TRIGGER "\nSELECT CASE WHEN 1 THEN CASE 2 WHEN 2 THEN 3 "
	  "END END;\nEND|5:a" },
	{ TRIGGER " SELECT 1; -- END;\n/* END; */ SELECT 'END;'; END",
	  "1:" TRIGGER " SELECT 1; -- END;\n/* END; */ SELECT 'END;'; END" },
	{ TRIGGER " SELECT 1;; END; a", "1:" TRIGGER " SELECT 1;; END|1:a" },
	{ TRIGGER " END; a", "1:" TRIGGER " END|1:a" },
	{ "create temp trigger a delete on b begin select 1; end; c",
	  "1:create temp trigger a delete on b begin select 1; end|1:c" },
	{ "CREATE /* x */ TEMPORARY -- y\n TRIGGER a BEGIN b; END; c",
	  "1:CREATE /* x */ TEMPORARY -- y\n TRIGGER a BEGIN b; END|2:c" },
	{ "EXPLAIN " TRIGGER " a; END; b", "1:EXPLAIN " TRIGGER " a; END|1:b" },
	{ "EXPLAIN QUERY PLAN " TRIGGER " a; END; b",
	  "1:EXPLAIN QUERY PLAN " TRIGGER " a; END|1:b" },
	{ "CREATE TRIGGER begin BEFORE DELETE ON t BEGIN a; END; b",
	  "1:CREATE TRIGGER begin BEFORE DELETE ON t BEGIN a; END|1:b" },
	{ "CREATE TRIGGER a; b; END; c", "1:CREATE TRIGGER a|1:b|1:END|1:c" },
	{ "CREATE TABLE trigger(begin); a", "1:CREATE TABLE trigger(begin)|1:a" },
	{ "BEGIN; a; END; b", "1:BEGIN|1:a|1:END|1:b" },
	{ "CREATE TEMP TABLE trigger(a); b",
	  "1:CREATE TEMP TABLE trigger(a)|1:b" },
	{ "DROP TRIGGER x; a", "1:DROP TRIGGER x|1:a" },
	{ "a\r\n;b ^ !", "1:a|2:b ^ !" },
	{ "a; 'b\n", "1:a|!1:a quote that starts in line 1 does not end" },
	{ "a\n; \"b", "1:a|!1:a quote that starts in line 1 does not end" },
	{ "\n`b", "!2:a quote that starts in line 2 does not end" },
	{ "a, [b", "!1:a quote that starts in line 1 does not end" },
	{ "x'", "!1:a quote that starts in line 1 does not end" },
	{ "x'3b", "!1:a quote that starts in line 1 does not end" },
	{ "a\n/* b\n\n", "!2:a comment that starts in line 2 does not end" },
	{ "a; /*", "1:a|!1:a comment that starts in line 1 does not end" },
	{ "\n" TRIGGER " a;\n b; END x", "2:" TRIGGER " a;\n b; END x" },
	{ "\n" TRIGGER " a;\n b END;\n c;",
	  "!2:the trigger that starts in line 2 has no END" },
	{ TRIGGER, "!1:the trigger that starts in line 1 has no END" },
};

Test(split, statements, .fini = done)
{
	for (size_t i = 0; i < sizeof(cuts) / sizeof(*cuts); i++)
		cr_expect_str_eq(cut(cuts[i][0]), cuts[i][1], "%s\n%s",
				 cuts[i][0], cut(cuts[i][0]));
}

/* Each statement that is cut is whole by sqlite3_complete(), and no less is. */
Test(split, statements_are_whole_for_sqlite, .fini = done)
{
	for (size_t i = 0; i < sizeof(cuts) / sizeof(*cuts); i++) {
		const char *at = cuts[i][0], *rest;
		char *text, *whole;
		int line;

		while (split_sqlite(at, &mem, &text, &line, &rest, &err) == 0 &&
		       text) {
			at = rest;
			whole = arena_printf(&mem, "%s;", text);
			if (strstr(text, TRIGGER " END") ||
			    strstr(text, "END x") ||
			    !strcmp(text, "CREATE TRIGGER a"))
				continue;	/* SQLite refuses them */
			cr_expect(sqlite3_complete(whole), "%s", whole);
			cr_expect_not(sqlite3_complete(text), "%s", text);
		}
	}
}

static const char script[] =
	"-- a script; with everything\n"
	"CREATE TABLE t(a INTEGER PRIMARY KEY, \"b;c\" TEXT DEFAULT ';');\n"
	"CREATE TABLE log(x, y /* ; */ );\n"
	"CREATE TRIGGER t_ai AFTER INSERT ON t WHEN new.a > 0 BEGIN\n"
	"	INSERT INTO log VALUES (CASE WHEN new.a > 1 THEN 'big;' ELSE\n"
	"		CASE new.a WHEN 1 THEN 'one' END END, 'END;');\n"
	"	UPDATE log SET y = y || ';' WHERE x = 'one'; -- END;\n"
	"END;\n"
	"INSERT INTO t VALUES (1, 'x;''y'), (2, \"z\" || ';');\n"
	"BEGIN; INSERT INTO t(a) VALUES (3); END;\n"
	"create temp trigger end after delete on t begin\n"
	"	delete from log where [x] = `x`; select 1; end;\n"
	"DELETE FROM t WHERE a = 3;;\n"
	"CREATE VIEW v AS SELECT * -- last; one\n FROM t\n"
	";EXPLAIN QUERY PLAN SELECT 1; CREATE INDEX i ON t(\"b;c\") WHERE a";

/* All rows of all tables, and the schema, as text. */
static char *content(sqlite3 *db)
{
	static const char *const query[] = {
		"SELECT type || name || sql FROM sqlite_schema",
		"SELECT name || sql FROM sqlite_temp_schema",
		"SELECT a || \"b;c\" FROM t", "SELECT x || y FROM log",
	};
	char *out = arena_strdup(&mem, "");
	sqlite3_stmt *st;

	for (size_t i = 0; i < sizeof(query) / sizeof(*query); i++) {
		cr_assert_eq(sqlite3_prepare_v2(db, query[i], -1, &st, NULL),
			     SQLITE_OK, "%s", sqlite3_errmsg(db));
		while (sqlite3_step(st) == SQLITE_ROW)
			out = arena_printf(&mem, "%s%s\n", out,
					   (const char *)sqlite3_column_text(st, 0));
		sqlite3_finalize(st);
	}
	return out;
}

Test(split, run_one_by_one_gives_the_same_database, .fini = done)
{
	const char *at = script, *rest;
	sqlite3 *whole, *cut_up;
	char *text;
	int line, n = 0;

	cr_assert_eq(sqlite3_open(":memory:", &whole), SQLITE_OK);
	cr_assert_eq(sqlite3_open(":memory:", &cut_up), SQLITE_OK);
	cr_assert_eq(sqlite3_exec(whole, script, NULL, NULL, NULL), SQLITE_OK,
		     "%s", sqlite3_errmsg(whole));
	for (;; at = rest, n++) {
		cr_assert_eq(split_sqlite(at, &mem, &text, &line, &rest, &err),
			     RETORT_OK, "%s", err.pub.message);
		if (!text)
			break;
		cr_expect_eq(sqlite3_exec(cut_up, text, NULL, NULL, NULL),
			     SQLITE_OK, "%s: %s", text, sqlite3_errmsg(cut_up));
	}
	cr_expect_eq(n, 12);
	cr_expect_str_eq(content(cut_up), content(whole));
	sqlite3_close(whole);
	sqlite3_close(cut_up);
}

/* Pieces that matter to the cutting, put together at random. */
static const char *const pieces[] = {
	"SELECT 1", ";", ";\n", " ", "\n", "-- x;\n", "/* ; ' */", "'a;b'",
	"\"c;''d\"", "`;`", "[;]", "CREATE TABLE t(a)", TRIGGER " ",
	" END", "CASE 1 WHEN 2 THEN 3 END", "; END;", " BEGIN ", "x'3b'", "EXPLAIN ",
	"CREATE ", "TEMP ", "TRIGGER ", "'", "/*", "\"", "SELECT ", "$a", "1.5e",
};

/*
 * SQLite cuts where its parser is done with a statement. A statement that it
 * prepares must be cut off as a whole.
 */
Test(split, prepared_statements_are_cut_where_sqlite_cuts, .fini = done)
{
	char sql[1024];
	sqlite3 *db;
	const int n = getenv("VALGRIND") ? 5000 : 200000;
	int prepared = 0;

	srand(1);
	cr_assert_eq(sqlite3_open(":memory:", &db), SQLITE_OK);
	cr_assert_eq(sqlite3_exec(db, "CREATE TABLE t(b)", 0, 0, 0), SQLITE_OK);
	for (int i = 0; i < n; i++) {
		const char *tail = NULL, *rest = NULL;
		sqlite3_stmt *st = NULL;
		char *text = NULL;
		int line;

		sql[0] = '\0';
		for (int k = rand() % 10; k >= 0; k--)
			strcat(sql, pieces[(size_t)rand() %
					   (sizeof(pieces) / sizeof(*pieces))]);
		if (sqlite3_prepare_v2(db, sql, -1, &st, &tail) == SQLITE_OK &&
		    st && *tail) {
			prepared++;
			cr_assert_eq(split_sqlite(sql, &mem, &text, &line,
						  &rest, &err), 0, "%s", sql);
			cr_assert_eq(rest, tail, "%s\n%s\n%s", sql, rest, tail);
		}
		sqlite3_finalize(st);
		arena_clear(&mem);
	}
	cr_expect_gt(prepared, n / 200, "%d", prepared);
	sqlite3_close(db);
}

Test(split, many_statements_take_linear_time, .fini = done, .timeout = 120)
{
	const size_t n = 300000;
	char *sql = arena_alloc(&mem, n * 32 + 1), *s = sql, *text = sql;
	const char *at = sql, *rest;
	size_t count = 0;
	int line;

	for (size_t i = 0; i < n; i++)
		s += sprintf(s, "INSERT INTO t VALUES (%zu);\n", i);
	for (; text; at = rest, count += text != NULL)
		cr_assert_eq(split_sqlite(at, &mem, &text, &line, &rest, &err),
			     RETORT_OK);
	cr_expect_eq(count, n);
}
