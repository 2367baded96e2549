/* What means the same takes the live spelling; what does not is left alone. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "dialect/sqlite/sqlite.h"

static struct arena mem;

static void leave(void)
{
	arena_clear(&mem);
}

TestSuite(normalize, .fini = leave);

static void app(sqlite3_context *ctx, int n, sqlite3_value **v)
{
	(void)n, (void)v;
	sqlite3_result_int(ctx, 1);
}

static int by_bytes(void *payload, int n, const void *a, int m, const void *b)
{
	(void)payload, (void)n, (void)a, (void)m, (void)b;
	return 0;
}

/* What an application brings along. */
static void add_own(struct conn *c)
{
	sqlite3 *db = ((struct sqlite_conn *)c)->db;

	sqlite3_create_function(db, "app", -1, SQLITE_UTF8, NULL, app, NULL,
				NULL);
	sqlite3_create_collation(db, "a_very_long_collation_1", SQLITE_UTF8,
				 NULL, by_bytes);
	sqlite3_create_collation(db, "a_very_long_collation_2", SQLITE_UTF8,
				 NULL, by_bytes);
}

static struct schema *schema_of(const char *sql)
{
	SCRATCH_ERR(err);
	struct conn *c = NULL;
	struct schema *s = NULL;

	cr_assert(!conn_open("sqlite://", NULL, &c, &err));
	add_own(c);
	cr_assert(!conn_exec(c, sql, &err), "%s: %s", sql, err.pub.message);
	cr_assert(!sqlite_reflect(c, NULL, &mem, &s, &err), "%s",
		  err.pub.message);
	conn_close(c);
	return s;
}

static bool matches(const char *a, const char *b)
{
	SCRATCH_ERR(err);
	struct schema *live = schema_of(a), *wanted = schema_of(b);

	cr_assert(!sqlite_normalize(NULL, live, wanted, &err), "%s",
		  err.pub.message);
	return !strcmp(schema_dump(&mem, live), schema_dump(&mem, wanted));
}

/* Both ways round. */
static void same(const char *a, const char *b)
{
	cr_expect(matches(a, b), "not the same:\n%s\n%s", a, b);
	cr_expect(matches(b, a), "not the same:\n%s\n%s", b, a);
}

static void differ(const char *a, const char *b)
{
	cr_expect(!matches(a, b), "taken for the same:\n%s\n%s", a, b);
	cr_expect(!matches(b, a), "taken for the same:\n%s\n%s", b, a);
}

static const char *in_column(const char *what)
{
	return arena_printf(&mem, "CREATE TABLE t(a INT, b TEXT %s)", what);
}

static void same_in(const char *a, const char *b)
{
	same(in_column(a), in_column(b));
}

static void differ_in(const char *a, const char *b)
{
	differ(in_column(a), in_column(b));
}

Test(normalize, defaults)
{
	same_in("DEFAULT 'x'", "DEFAULT ('x')");
	same_in("DEFAULT 'x'", "DEFAULT \"x\"");
	same_in("DEFAULT (1+1)", "DEFAULT ( 1 + 1 )");
	same_in("DEFAULT FALSE", "DEFAULT 0");
	same_in("DEFAULT CURRENT_TIMESTAMP", "DEFAULT current_timestamp");
	same_in("DEFAULT CURRENT_TIMESTAMP", "DEFAULT (CURRENT_TIMESTAMP)");
	same_in("DEFAULT NULL", "");
	same_in("DEFAULT 1E3", "DEFAULT (1e3)");
	same_in("DEFAULT 0x10", "DEFAULT 16");
	same_in("DEFAULT (lower('X'))", "DEFAULT (LOWER( 'X' ))");
	differ_in("DEFAULT 'x'", "DEFAULT 'X'");
	differ_in("DEFAULT 1", "DEFAULT '1'");
	differ_in("DEFAULT 1", "DEFAULT 1.0");
	differ_in("DEFAULT 0", "");
	differ_in("DEFAULT 0", "DEFAULT NULL");
	differ_in("DEFAULT ''", "DEFAULT NULL");
	differ_in("DEFAULT CURRENT_TIMESTAMP", "DEFAULT CURRENT_DATE");
	differ_in("DEFAULT CURRENT_TIMESTAMP", "DEFAULT 'CURRENT_TIMESTAMP'");
	differ_in("DEFAULT (datetime('now'))",
		  "DEFAULT (datetime('now', 'localtime'))");
	differ_in("DEFAULT x'001122'", "DEFAULT x'003344'");
	differ_in("DEFAULT x'00'", "DEFAULT ''");
	differ_in("DEFAULT 0.3", "DEFAULT 0.30000000000000004");
	differ_in("DEFAULT 9007199254740992", "DEFAULT 9007199254740993");
	differ_in("DEFAULT -1", "DEFAULT 1");
	differ_in("DEFAULT (random())", "DEFAULT (abs(random()))");
}

Test(normalize, checks)
{
	same_in("CHECK (a > 0)", "CHECK ((a>0))");
	same_in("CHECK (a > 0)", "CHECK (\"a\" > 0)");
	same_in("CHECK (a > 0)", "CHECK (t.a > 0)");
	same_in("CHECK (a IN (1, 2))", "CHECK (a in (1,2))");
	same_in("CHECK (a > 0 AND b <> '')", "CHECK ((a > 0) AND (b != ''))");
	same_in("CHECK (a IS NOT NULL)", "CHECK (a NOTNULL)");
	same_in("CONSTRAINT c CHECK (a > 0)", "CONSTRAINT c CHECK ((a) > 0)");
	same_in("CHECK (a > 0), CHECK (b > '')", "CHECK (b > ''), CHECK "
		"((a) > 0)");
	differ_in("CHECK (a > 0)", "CHECK (a >= 0)");
	differ_in("CHECK (a > 0)", "CHECK (a > 1)");
	differ_in("CHECK (a > 0)", "CHECK (0.0 < a)");
	differ_in("CHECK (a > 1.5)", "CHECK (a > 1.5000000000000002)");
	differ_in("CHECK (b = 'x')", "CHECK (b = 'X')");
	differ_in("CHECK (b = 'x')", "CHECK (b = 'x' COLLATE NOCASE)");
	differ_in("CHECK (b = 'x' COLLATE a_very_long_collation_1)",
		  "CHECK (b = 'x' COLLATE a_very_long_collation_2)");
	differ_in("CHECK (b LIKE 'x%')", "CHECK (b GLOB 'x%')");
	differ_in("CHECK (b <> x'0011')", "CHECK (b <> x'0022')");
	differ_in("CHECK (a IN ('a', 'b'))", "CHECK (a IN ('a', 'b', 'c'))");
	differ_in("CHECK (a > 0)", "");
	differ_in("CHECK (a > 0)", "CHECK (a > 0), CHECK (a > 0)");
	differ_in("CHECK (app(a))", "CHECK (app(b))");
	differ_in("CHECK (a IS NOT NULL)", "CHECK (1)");
}

/* A text must not be folded away by a constraint that may be dropped too. */
Test(normalize, constraints_of_the_table_do_not_fold)
{
	differ("CREATE TABLE t(a INT NOT NULL, CHECK (a IS NOT NULL))",
	       "CREATE TABLE t(a INT NOT NULL, CHECK (1))");
	differ("CREATE TABLE t(a INTEGER PRIMARY KEY, CHECK (a > 0))",
	       "CREATE TABLE t(a INTEGER PRIMARY KEY, CHECK (rowid > 1))");
}

Test(normalize, applications_own_functions)
{
	same_in("CHECK (app(a, b))", "CHECK ( APP(a,b) )");
	same_in("COLLATE a_very_long_collation_1 CHECK (a > 0)",
		"COLLATE a_very_long_collation_1 CHECK ((a) > 0)");
}

Test(normalize, generated)
{
	same_in("AS (a || 'x')", "AS ((a)||'x')");
	differ_in("AS (a || 'x')", "AS (a || 'y')");
	differ_in("AS (a || 'x')", "AS (a || 'x') STORED");
	differ_in("AS (a)", "AS (a + 0)");
}

Test(normalize, indexes)
{
	const char *t = "CREATE TABLE t(a TEXT COLLATE NOCASE, b INT);";
	static const char *const equal[][2] = {
		{ "t(lower(a))", "t(LOWER( \"a\" ))" },
		{ "t(a)", "t(a COLLATE NOCASE)" },
		{ "t(a) WHERE b > 0", "t(a) WHERE (b) > 0" },
		{ "t(b)", "t(b ASC)" },
		{ "t(b)", "t(b COLLATE BINARY)" },
	}, *const other[][2] = {
		{ "t(lower(a))", "t(upper(a))" },
		{ "t(a)", "t(a COLLATE BINARY)" },
		{ "t(a) WHERE b > 0", "t(a) WHERE b > 1" },
		{ "t(a) WHERE b > 0", "t(a)" },
		{ "t(b)", "t(b DESC)" },
		{ "t(b)", "t(b + 0)" },
		{ "t(a, b)", "t(b, a)" },
	};

	for (size_t i = 0; i < sizeof(equal) / sizeof(equal[0]); i++)
		same(arena_printf(&mem, "%sCREATE INDEX i ON %s", t,
				  equal[i][0]),
		     arena_printf(&mem, "%sCREATE INDEX i ON %s", t,
				  equal[i][1]));
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++)
		differ(arena_printf(&mem, "%sCREATE INDEX i ON %s", t,
				    other[i][0]),
		       arena_printf(&mem, "%sCREATE INDEX i ON %s", t,
				    other[i][1]));
}

Test(normalize, types)
{
	same("CREATE TABLE t(a NUMERIC(8,2), b VARCHAR( 80 ))",
	     "CREATE TABLE t(a numeric (8, 2), b varchar(80))");
	differ("CREATE TABLE t(a VARCHAR(80))", "CREATE TABLE t(a VARCHAR)");
	differ("CREATE TABLE t(a INT)", "CREATE TABLE t(a INTEGER)");
}

Test(normalize, not_null_of_the_rowid)
{
	same("CREATE TABLE t(a INTEGER NOT NULL PRIMARY KEY)",
	     "CREATE TABLE t(a INTEGER PRIMARY KEY)");
	same("CREATE TABLE t(a TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID",
	     "CREATE TABLE t(a TEXT PRIMARY KEY) WITHOUT ROWID");
	differ("CREATE TABLE t(a TEXT NOT NULL PRIMARY KEY)",
	       "CREATE TABLE t(a TEXT PRIMARY KEY)");
	differ("CREATE TABLE t(a INT NOT NULL PRIMARY KEY)",
	       "CREATE TABLE t(a INT PRIMARY KEY)");
}

Test(normalize, foreign_keys)
{
	const char *p = "CREATE TABLE p(id INTEGER PRIMARY KEY, x UNIQUE);";

	same(arena_printf(&mem, "%sCREATE TABLE t(a REFERENCES p)", p),
	     arena_printf(&mem, "%sCREATE TABLE t(a REFERENCES P(ID))", p));
	differ(arena_printf(&mem, "%sCREATE TABLE t(a REFERENCES p)", p),
	       arena_printf(&mem, "%sCREATE TABLE t(a REFERENCES p(x))", p));
	same(arena_printf(&mem, "%sCREATE TABLE t(a REFERENCES p MATCH "
			  "SIMPLE)", p),
	     arena_printf(&mem, "%sCREATE TABLE t(a REFERENCES p)", p));
}

static void view(const char *a, const char *b, bool equal)
{
	const char *t = "CREATE TABLE t(a INT, b TEXT COLLATE NOCASE, "
		"c NOT NULL); CREATE INDEX i ON t(a);";
	const char *x = arena_printf(&mem, "%sCREATE VIEW v%s", t, a);
	const char *y = arena_printf(&mem, "%sCREATE VIEW v%s", t, b);

	if (equal)
		same(x, y);
	else
		differ(x, y);
}

Test(normalize, views)
{
	view(" AS SELECT a FROM t", "  as select a\nFROM t -- x\n", true);
	view(" AS SELECT a FROM t", " AS SELECT t.a FROM t", true);
	view(" AS SELECT a FROM t", " AS SELECT x.a FROM t x", true);
	view(" AS SELECT * FROM t", " AS SELECT a, b, c FROM t", true);
	view(" AS SELECT a FROM t", "(a) AS SELECT a AS z FROM t", true);
	view(" AS SELECT a FROM t", " AS SELECT a AS z FROM t", false);
	view(" AS SELECT a FROM t", " AS SELECT b AS a FROM t", false);
	view(" AS SELECT a FROM t", " AS SELECT +a AS a FROM t", false);
	view(" AS SELECT b FROM t", " AS SELECT b COLLATE BINARY AS b FROM t",
	     false);
	view(" AS SELECT a FROM t", " AS SELECT DISTINCT a FROM t", false);
	view(" AS SELECT a FROM t", " AS SELECT a FROM t ORDER BY a", false);
	view(" AS SELECT a FROM t", " AS SELECT a FROM t LIMIT 5", false);
	view(" AS SELECT a FROM t WHERE a > 0.3",
	     " AS SELECT a FROM t WHERE a > 0.30000000000000004", false);
	view(" AS SELECT a FROM t WHERE c IS NOT NULL", " AS SELECT a FROM t",
	     false);
	view(" AS SELECT a FROM t", " AS SELECT a FROM t INDEXED BY i", false);
}

static void trigger(const char *a, const char *b, bool equal)
{
	const char *t = "CREATE TABLE t(a INT, b TEXT); CREATE TABLE log("
		"x UNIQUE, y);";
	const char *x = arena_printf(&mem, "%sCREATE TRIGGER g %s", t, a);
	const char *y = arena_printf(&mem, "%sCREATE TRIGGER g %s", t, b);

	if (equal)
		same(x, y);
	else
		differ(x, y);
}

#define BODY(text) " BEGIN " text "; END"

Test(normalize, triggers)
{
	const char *base = "AFTER INSERT ON t" BODY("INSERT INTO log(x) "
						    "VALUES (new.a)");

	trigger(base, "AFTER INSERT ON t FOR EACH ROW" BODY(
			"INSERT INTO log(x) VALUES (new.a)"), true);
	trigger(base, "AFTER INSERT ON t" BODY(
			"insert into log(x) values ((NEW.a))"), true);
	trigger("INSERT ON t" BODY("SELECT 1"),
		"BEFORE INSERT ON t" BODY("SELECT 1"), true);
	trigger("AFTER UPDATE OF a, b ON t" BODY("SELECT 1"),
		"AFTER UPDATE OF b, a ON t" BODY("SELECT 1"), true);
	trigger("AFTER UPDATE OF a, b ON t" BODY("SELECT 1"),
		"AFTER UPDATE OF a ON t" BODY("SELECT 1"), false);
	trigger("AFTER UPDATE OF a, b ON t" BODY("SELECT 1"),
		"AFTER UPDATE ON t" BODY("SELECT 1"), false);
	trigger(base, "BEFORE INSERT ON t" BODY(
			"INSERT INTO log(x) VALUES (new.a)"), false);
	trigger(base, "AFTER DELETE ON t" BODY(
			"INSERT INTO log(x) VALUES (old.a)"), false);
	trigger(base, "AFTER INSERT ON t" BODY(
			"INSERT OR IGNORE INTO log(x) VALUES (new.a)"), false);
	trigger(base, "AFTER INSERT ON t" BODY(
			"INSERT INTO log(y) VALUES (new.a)"), false);
	trigger(base, "AFTER INSERT ON t WHEN new.a > 0" BODY(
			"INSERT INTO log(x) VALUES (new.a)"), false);
	trigger("AFTER INSERT ON t" BODY("SELECT RAISE(ABORT, 'no')"),
		"AFTER INSERT ON t" BODY("SELECT RAISE(ABORT, 'No')"), false);
	trigger("AFTER INSERT ON t" BODY("SELECT RAISE(ABORT, 'no')"),
		"AFTER INSERT ON t" BODY("SELECT RAISE(FAIL, 'no')"), false);
}

Test(normalize, triggers_on_views)
{
	const char *t = "CREATE TABLE t(a INT); CREATE VIEW v AS SELECT a, 1 "
		"AS one FROM t;";

	same(arena_printf(&mem, "%sCREATE TRIGGER g INSTEAD OF UPDATE ON v "
			  "BEGIN UPDATE t SET a = new.a; END", t),
	     arena_printf(&mem, "%sCREATE TRIGGER g INSTEAD OF UPDATE ON v "
			  "BEGIN UPDATE t SET a = (new.a); END", t));
	differ(arena_printf(&mem, "%sCREATE TRIGGER g INSTEAD OF UPDATE ON v "
			    "BEGIN UPDATE t SET a = new.a; END", t),
	       arena_printf(&mem, "%sCREATE TRIGGER g INSTEAD OF UPDATE ON v "
			    "BEGIN UPDATE t SET a = new.one; END", t));
}

/* Nothing in a text is carried out, not even in the scratch database. */
Test(normalize, a_text_is_only_compiled)
{
	SCRATCH_ERR(err);
	struct schema *live = schema_of("CREATE TABLE t(a DEFAULT 1)");
	struct schema *wanted = schema_of("CREATE TABLE t(a DEFAULT 2)");

	wanted->tables.v[0]->columns.v[0]->default_sql =
		"1); ATTACH 'normalize-evil.db' AS e; CREATE TABLE e.x(a); "
		"SELECT (1";
	cr_expect(!sqlite_normalize(NULL, live, wanted, &err));
	cr_expect(strstr(wanted->tables.v[0]->columns.v[0]->default_sql,
			 "evil") != NULL);
	cr_expect(remove("normalize-evil.db") != 0);
}

Test(normalize, renamed_table_and_column)
{
	SCRATCH_ERR(err);
	struct schema *live = schema_of("CREATE TABLE t(a DEFAULT ('x'))");
	struct schema *wanted = schema_of("CREATE TABLE u(b DEFAULT 'x')");

	wanted->tables.v[0]->was = "t";
	wanted->tables.v[0]->columns.v[0]->was = "a";
	cr_assert(!sqlite_normalize(NULL, live, wanted, &err));
	cr_expect_str_eq(wanted->tables.v[0]->columns.v[0]->default_sql,
			 "('x')");
}
