/* The lexer, and what is said of texts by their tokens. */
#include <criterion/criterion.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/token.h"

static struct arena mem;

static void done(void)
{
	arena_clear(&mem);
}

/* "kind:text kind:text" */
static const char *tokens(const char *sql)
{
	static const char letter[] = {
		[TOKEN_WORD] = 'w', [TOKEN_QUOTED] = 'q', [TOKEN_STRING] = 's',
		[TOKEN_BLOB] = 'b', [TOKEN_NUMBER] = 'n', [TOKEN_PARAMETER] = 'p',
		[TOKEN_OPERATOR] = 'o', [TOKEN_BAD] = '!'
	};
	static char out[1024];
	struct lexer lx = { .at = sql, .line = 1 };
	struct token t;
	size_t n = 0;

	out[0] = '\0';
	while ((t = token_next(&lx)).kind != TOKEN_END)
		n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%c:%.*s",
				      n ? " " : "", letter[t.kind], (int)t.n, t.s);
	return out;
}

static const char *const lexed[][2] = {
	{ "", "" }, { " \t\r\n\f", "" }, { "a b1 _c d$e", "w:a w:b1 w:_c w:d$e" },
	{ "\xc3\xa4 x\xff", "w:\xc3\xa4 w:x\xff" },
	{ "'a''b' \"c\"\"d\" `e``f` [g\"h]", "s:'a''b' q:\"c\"\"d\" q:`e``f` q:[g\"h]" },
	{ "'' \"\" `` []", "s:'' q:\"\" q:`` q:[]" },
	{ "x'0aF1' X'' x'1' x'0g' x", "b:x'0aF1' b:X'' !:x'1' !:x'0g' w:x" },
	{ "1 1.5 .5 1. 1e5 1e+5 1.e-5 0x1F 0x", "n:1 n:1.5 n:.5 n:1. n:1e5 "
	  "n:1e+5 n:1.e-5 n:0x1F !:0x" },
	{ "1a 1e 1ex 0x1g 1.5.2", "!:1a !:1e !:1ex !:0x1g n:1.5 n:.2" },
	{ "1e+ 1-2", "!:1e o:+ n:1 o:- n:2" },
	{ "? ?12 :a @b $c $d::e(f) # :", "p:? p:?12 p::a p:@b p:$c p:$d::e(f) "
	  "!:# !::" },
	{ "-> ->> - <= <> << < >= >> > == = != || |", "o:-> o:->> o:- o:<= o:<> "
	  "o:<< o:< o:>= o:>> o:> o:== o:= o:!= o:|| o:|" },
	{ "(),;+*/%&~.", "o:( o:) o:, o:; o:+ o:* o:/ o:% o:& o:~ o:." },
	{ "a--b\nc/*d*//e/**/f", "w:a w:c o:/ w:e w:f" },
	{ "a/* ** / */b--", "w:a w:b" },
	{ "a /* b", "w:a !:/* b" }, { "a /*", "w:a !:/*" },
	{ "a 'b", "w:a !:'b" }, { "a \"b''", "w:a !:\"b''" }, { "[a", "!:[a" },
	{ "! ^ { \\ \x01", "!:! !:^ !:{ !:\\ !:\x01" },
	{ "\xef\xbb\xbf" "a", "w:a" },
	{ "a.b", "w:a o:. w:b" }, { "a .5", "w:a n:.5" },
};

Test(token, lexes_as_sqlite)
{
	for (size_t i = 0; i < sizeof(lexed) / sizeof(*lexed); i++)
		cr_expect_str_eq(tokens(lexed[i][0]), lexed[i][1], "%s: %s",
				 lexed[i][0], tokens(lexed[i][0]));
}

Test(token, lines_are_counted_everywhere)
{
	struct lexer lx = { .line = 1, .at = "a -- x\n/* \n\n */ 'b\n' \"\n\" [\n]"
			    " `\n` c\r\nd x'\n' e /* \n" };
	static const int lines[] = { 1, 4, 5, 6, 7, 8, 9, 9, 10, 10 };

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		struct token t = token_next(&lx);

		cr_expect_neq(t.kind, TOKEN_END);
		cr_expect_eq(t.line, lines[i], "%zu: %.*s in %d", i, (int)t.n,
			     t.s, t.line);
	}
	cr_expect_eq(token_next(&lx).kind, TOKEN_END);
}

Test(token, names, .fini = done)
{
	static const char *const names[][2] = {
		{ "a", "a" }, { "'a''b'", "a'b" }, { "\"a\"\"b\"", "a\"b" },
		{ "`a``b`", "a`b" }, { "[a\"b]", "a\"b" }, { "\"\"", "" },
		{ "\"\"\"\"", "\"" }, { "'a\"b'", "a\"b" },
		{ "\"\"\"a\"\"\"\"\"", "\"a\"\"" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct lexer lx = { .at = names[i][0], .line = 1 };
		struct token t = token_next(&lx);

		cr_expect_str_eq(token_name(&mem, &t), names[i][1]);
		cr_expect(token_names(&t, names[i][1]), "%s", names[i][0]);
		cr_expect_not(token_names(&t, "x"));
	}
}

Test(token, keywords_are_those_of_sqlite)
{
	char word[64];
	const char *s;
	int n;

	for (int i = 0; i < sqlite3_keyword_count(); i++) {
		sqlite3_keyword_name(i, &s, &n);
		snprintf(word, sizeof(word), "%.*s", n, s);
		cr_expect(sql_is_keyword(word), "%s", word);
		word[n / 2] |= 0x20;
		cr_expect(sql_is_keyword(word), "%s", word);
		word[n - 1] = '\0';
		cr_expect_eq(sql_is_keyword(word),
			     sqlite3_keyword_check(word, n - 1), "%s", word);
	}
	cr_expect_not(sql_is_keyword(""));
	cr_expect_not(sql_is_keyword("x"));
}

/* What is quoted must come back from SQLite as the name of a column. */
Test(token, quoted_names_are_read_back_by_sqlite, .fini = done)
{
	static const char *const names[] = {
		"a", "select", "KEY", "a b", "a\"b", "\"", "\"\"", "1a", "",
		"a'b", "[x]", "`", "a.b", "\xc3\xa4", "a-b", "$a", "end", "x;y",
		"--x", "/*", "a\nb", "rowid", "true",
	};
	sqlite3 *db;

	cr_assert_eq(sqlite3_open(":memory:", &db), SQLITE_OK);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char *q = sql_quote_name(&mem, names[i]);
		char *sql = arena_printf(&mem, "SELECT 1 AS %s", q);
		sqlite3_stmt *st;

		cr_assert_eq(sqlite3_prepare_v2(db, sql, -1, &st, NULL),
			     SQLITE_OK, "%s", sql);
		cr_expect_str_eq(sqlite3_column_name(st, 0), names[i]);
		sqlite3_finalize(st);
	}
	sqlite3_close(db);
	cr_expect_str_eq(sql_quote_name(&mem, "plain_1"), "plain_1");
	cr_expect_str_eq(sql_quote_name(&mem, "order"), "\"order\"");
}

Test(token, same)
{
	static const char *const same[][2] = {
		{ "a", "A" }, { "a > 0", "a>0" }, { "a>0", "(a>0)" },
		{ "((a>0))", "(a > /* x */ 0) -- y" }, { "\"a\" > 0", "[a] > 0" },
		{ "a", "\"a\"" }, { "A", "`a`" }, { "lower(a)", "LOWER ( a )" },
		{ "(a)+(b)", "(a) + (b)" }, { "", "()" }, { " ", "" },
		{ "\"a\"\"b\"", "[a\"b]" },
	};
	static const char *const other[][2] = {
		{ "a", "b" }, { "a", "'a'" }, { "'a'", "'A'" }, { "a", "a b" },
		{ "(a)+(b)", "a)+(b" }, { "a>0", "a>00" }, { "null", "\"null\"" },
		{ "true", "\"true\"" }, { "\"a\"", "\"A\"" }, { "", "a" },
		{ "(a", "a" }, { "a)", "a" }, { "a", "" }, { "ab", "a b" },
		{ "(a)(b)", "a)(b" }, { "'a' 'b'", "'a''b'" },
		{ "current_date", "\"current_date\"" }, { "\"a\"", "'a'" },
	};

	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++)
		cr_expect(sql_same(same[i][0], same[i][1]), "%s, %s",
			  same[i][0], same[i][1]);
	for (size_t i = 0; i < sizeof(other) / sizeof(*other); i++)
		cr_expect_not(sql_same(other[i][0], other[i][1]), "%s, %s",
			      other[i][0], other[i][1]);
	cr_expect(sql_same(NULL, NULL));
	cr_expect_not(sql_same(NULL, ""));
	cr_expect_not(sql_same("", NULL));
}

Test(token, strip, .fini = done)
{
	static const char *const stripped[][2] = {
		{ "a", "a" }, { " ( a ) ", "a" }, { "((a)+(b))", "(a)+(b)" },
		{ "(a)+(b)", "(a)+(b)" }, { "( ( a /* x */ + 1 ) )",
					    "a /* x */ + 1" },
		{ "/* x */ a -- y", "a" }, { "", "" }, { "()", "" },
		{ "(a", "(a" }, { "a)", "a)" }, { "(')')", "')'" },
		{ "((a)", "((a)" }, { "(a)(b)", "(a)(b)" },
		{ "((a) + b)", "(a) + b" }, { "(b + (a))", "b + (a)" },
		{ "(((a)) + ((b)))", "((a)) + ((b))" },
	};

	for (size_t i = 0; i < sizeof(stripped) / sizeof(*stripped); i++)
		cr_expect_str_eq(sql_strip(&mem, stripped[i][0]),
				 stripped[i][1], "%s: %s", stripped[i][0],
				 sql_strip(&mem, stripped[i][0]));
}

/* In each, column a of table t is renamed to "b c". */
static const char *const columns[][2] = {
	{ "a > 0", "\"b c\" > 0" }, { "A+a", "\"b c\"+\"b c\"" },
	{ "\"a\" + [a] + `A`", "\"b c\" + \"b c\" + \"b c\"" },
	{ "'a' || x'0a'", "'a' || x'0a'" }, { "a(1)", "a(1)" },
	{ "t.a + T . a", "t.\"b c\" + T . \"b c\"" }, { "u.a", "u.a" },
	{ "a.x", "a.x" }, { "x COLLATE a", "x COLLATE a" },
	{ "CAST(a AS a)", "CAST(\"b c\" AS a)" },
	{ "CAST(a AS x a(3)) + a", "CAST(\"b c\" AS x a(3)) + \"b c\"" },
	{ "/* a */ ab -- a", "/* a */ ab -- a" },
	{ "main.t.a", "main.t.\"b c\"" },
	{ "CASE a WHEN 1 THEN a END", "CASE \"b c\" WHEN 1 THEN \"b c\" END" },
	{ "CREATE VIEW a AS SELECT a AS a, a FROM a JOIN a",
	  "CREATE VIEW a AS SELECT \"b c\" AS a, \"b c\" FROM a JOIN a" },
	{ "CREATE TRIGGER IF NOT EXISTS a UPDATE OF a ON x BEGIN INSERT INTO a "
	  "VALUES (t.a); UPDATE a SET b = 1; END",
	  "CREATE TRIGGER IF NOT EXISTS a UPDATE OF \"b c\" ON x BEGIN INSERT INTO"
	  " a VALUES (t.\"b c\"); UPDATE a SET b = 1; END" },
	{ "a IN (a, 1)", "\"b c\" IN (\"b c\", 1)" }, { "", "" },
};

Test(token, rename_column, .fini = done)
{
	for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++)
		cr_expect_str_eq(sql_rename_column(&mem, columns[i][0], "t",
						   "a", "\"b c\""), columns[i][1]);
	cr_expect_str_eq(sql_rename_column(&mem, "x AND key > 1 LIKE key", NULL,
					   "key", "k"), "x AND k > 1 LIKE k");
	cr_expect_str_eq(sql_rename_column(&mem, "CASE end WHEN end THEN 1 END",
					   NULL, "end", "e"),
			 "CASE e WHEN e THEN 1 END");
	cr_expect_str_eq(sql_rename_column(&mem, "x NOT LIKE like OR like", "t",
					   "like", "l"), "x NOT LIKE l OR l");
	cr_expect_str_eq(sql_rename_column(&mem, "a AND \"and\"", NULL, "and",
					   "b"), "a AND b");
}

/* In each, table t is renamed to "u v". */
static const char *const renamed[][2] = {
	{ "SELECT t.a FROM t", "SELECT \"u v\".a FROM \"u v\"" },
	{ "SELECT t, 't' FROM x, t", "SELECT t, 't' FROM x, \"u v\"" },
	{ "SELECT * FROM x JOIN t ON t.a = x.t", "SELECT * FROM x JOIN \"u v\""
	  " ON \"u v\".a = x.t" },
	{ "SELECT * FROM (x, t) y WHERE t", "SELECT * FROM (x, \"u v\") y WHERE t" },
	{ "SELECT * FROM t AS y, t z", "SELECT * FROM \"u v\" AS y, \"u v\" z" },
	{ "SELECT * FROM main.t, t.x", "SELECT * FROM main.\"u v\", t.x" },
	{ "SELECT t.a FROM x AS t", "SELECT t.a FROM x AS t" },
	{ "SELECT t.a FROM x t", "SELECT t.a FROM x t" },
	{ "WITH t AS (SELECT 1) SELECT t.a FROM t",
	  "WITH t AS (SELECT 1) SELECT t.a FROM t" },
	{ "SELECT 1 WHERE a IN t AND b IN (t)",
	  "SELECT 1 WHERE a IN \"u v\" AND b IN (t)" },
	{ "a REFERENCES t(a)", "a REFERENCES \"u v\"(a)" },
	{ "SELECT * FROM t(1)", "SELECT * FROM t(1)" },
	{ "CREATE INDEX t ON t(t)", "CREATE INDEX t ON \"u v\"(t)" },
	{ "CREATE VIEW w AS SELECT * FROM x JOIN y ON x.t = t.x",
	  "CREATE VIEW w AS SELECT * FROM x JOIN y ON x.t = \"u v\".x" },
	{ "CREATE TRIGGER t AFTER UPDATE OF t ON t WHEN new.t BEGIN "
	  "UPDATE t SET t = 1; INSERT INTO t(t) VALUES (t); DELETE FROM t "
	  "WHERE t; UPDATE OR FAIL t SET a = t.a; REPLACE INTO t SELECT 1; END",
	  "CREATE TRIGGER t AFTER UPDATE OF t ON \"u v\" WHEN new.t BEGIN "
	  "UPDATE \"u v\" SET t = 1; INSERT INTO \"u v\"(t) VALUES (t); DELETE "
	  "FROM \"u v\" WHERE t; UPDATE OR FAIL \"u v\" SET a = \"u v\".a; "
	  "REPLACE INTO \"u v\" SELECT 1; END" },
	{ "INSERT INTO x VALUES(1) ON CONFLICT(t) DO UPDATE SET t = excluded.t",
	  "INSERT INTO x VALUES(1) ON CONFLICT(t) DO UPDATE SET t = excluded.t" },
	{ "SELECT main.t.a, \"T\".b FROM [t]",
	  "SELECT main.\"u v\".a, \"u v\".b FROM \"u v\"" },
	{ "SELECT a IS NOT DISTINCT FROM t", "SELECT a IS NOT DISTINCT FROM t" },
	{ "SELECT (SELECT max(t.a), t FROM t), t FROM x, (SELECT 1), t ORDER BY"
	  " t, t", "SELECT (SELECT max(\"u v\".a), t FROM \"u v\"), t FROM x, "
	  "(SELECT 1), \"u v\" ORDER BY t, t" },
};

Test(token, rename_table, .fini = done)
{
	for (size_t i = 0; i < sizeof(renamed) / sizeof(*renamed); i++) {
		char *s = sql_rename_table(&mem, renamed[i][0], "t", "\"u v\"");

		cr_expect_str_eq(s, renamed[i][1], "%s\n%s", renamed[i][0], s);
	}
}

/* A text of n bytes: `unit` again and again, then `end`. */
static char *repeated(const char *unit, size_t n, const char *end)
{
	size_t u = strlen(unit);
	char *s = arena_alloc(&mem, n + u + strlen(end) + 1);

	cr_assert_not_null(s);
	for (size_t i = 0; i < n; i += u)
		memcpy(s + i, unit, u);
	strcat(s + n / u * u, end);
	return s;
}

/* Would take for ever if any of it were quadratic, or end the stack. */
Test(token, big_texts_take_linear_time, .fini = done, .timeout = 60)
{
	const size_t n = 200000;
	static const char *const unit[] = { "(", ")", "a+", "((a)", "f(", "[",
					    "'", "/*", "--", "CASE ", "t," };

	for (size_t i = 0; i < sizeof(unit) / sizeof(*unit); i++) {
		char *s = repeated(unit[i], n, "x");
		char *bare = sql_strip(&mem, s);

		cr_expect_not_null(bare);
		cr_expect(sql_same(s, s));
		cr_expect_not_null(sql_rename_column(&mem, s, "t", "a", "b"));
		cr_expect_not_null(sql_rename_table(&mem, s, "t", "b"));
		arena_clear(&mem);
	}
}
