/* Cutting scripts for the server, against the server's own parser. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <stdlib.h>

#include "base/file.h"
#include "pg_oracle.h"

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
	struct stmt st;
	size_t n = 0;

	for (out[0] = '\0';; at = rest) {
		if (pg_split(at, &mem, &st, &rest, &err) < 0) {
			snprintf(out + n, sizeof(out) - n, "%s!%d:%s",
				 n ? "|" : "", err.pub.line, err.pub.message);
			break;
		}
		if (!st.sql)
			break;
		for (const char *s = sql; s < at; s++)
			st.line += *s == '\n';
		n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%d:%s",
				      n ? "|" : "", st.line, st.sql);
	}
	return out;
}

#define BODY "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC"

/* The second is NULL where it is one statement, the whole. */
static const char *const cuts[][2] = {
	{ "", "" }, { " ; ;; -- x\n ;", "" }, { "SELECT 1", NULL },
	{ "a;b", "1:a|1:b" }, { "\n a ;\n\n b\n;c", "2:a|4:b|5:c" },
	{ "-- x;\na /* ; */ b -- ;\n;", "2:a /* ; */ b" },
	{ "/* a /* b; */ c; */ SELECT 1; d", "1:SELECT 1|1:d" },
	{ "SELECT /* /* */ ; */ 1", NULL },
	{ "SELECT 'a;' || \"b;\" || 'c'';'; d",
	  "1:SELECT 'a;' || \"b;\" || 'c'';'|1:d" },
	{ "SELECT 'a\\'; b", "1:SELECT 'a\\'|1:b" },
	{ "SELECT E'a\\';b'", NULL }, { "SELECT e'a\\\\'; b",
	  "1:SELECT e'a\\\\'|1:b" },
	{ "SELECT E'a'\n -- x\n'\\';b'", NULL },
	{ "SELECT E'a' '\\'; b", "1:SELECT E'a' '\\'|1:b" },
	{ "SELECT 'a'\n'\\'; b", "1:SELECT 'a'\n'\\'|2:b" },
	{ "SELECT type'a\\'; b", "1:SELECT type'a\\'|1:b" },
	{ "SELECT U&'\\0441;' UESCAPE '!', U&\"d;\\0061\"", NULL },
	{ "SELECT U&'a\\'; b", "1:SELECT U&'a\\'|1:b" },
	{ "SELECT B'1;', x';', N';\\'; b", "1:SELECT B'1;', x';', N';\\'|1:b" },
	{ "SELECT $$;$$, $a$ ; $b$ ; $$ $a$; c",
	  "1:SELECT $$;$$, $a$ ; $b$ ; $$ $a$|1:c" },
	{ "SELECT $1; SELECT a$b; SELECT c$d$; e",
	  "1:SELECT $1|1:SELECT a$b|1:SELECT c$d$|1:e" },
	{ "SELECT $\xc3\xa9$;$\xc3\xa9$; b", "1:SELECT $\xc3\xa9$;$\xc3\xa9$|1:b" },
	{ "SELECT $1$a$;$a$", NULL }, { "SELECT 1 $ ; b", "1:SELECT 1 $|1:b" },
	{ "SELECT 1 @--;\n 2; b", "1:SELECT 1 @--;\n 2|2:b" },
	{ "SELECT 1 +-/*;*/ 2; b", "1:SELECT 1 +-/*;*/ 2|1:b" },
	{ "SELECT 1 */ 2; b", "1:SELECT 1 */ 2|1:b" },
	{ "CREATE OPERATOR <-> (a; b); c", "1:CREATE OPERATOR <-> (a; b)|1:c" },
	{ "CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT (2););x",
	  "1:CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT (2);)|1:x" },
	{ BODY " SELECT 1; SELECT CASE WHEN 1=1 THEN CASE 2 WHEN 2 THEN 3 END "
	  "END; END; a", "1:" BODY " SELECT 1; SELECT CASE WHEN 1=1 THEN CASE "
	  "2 WHEN 2 THEN 3 END END; END|1:a" },
	{ BODY " SELECT 1 AS end; SELECT 2 \"end\"; SELECT 3 end; END",
	  NULL },
	{ BODY " END; a", "1:" BODY " END|1:a" },
	{ BODY "\n;; SELECT 1;; END;\na", "1:" BODY "\n;; SELECT 1;; END|3:a" },
	{ "create or replace procedure p(begin int) language sql begin atomic "
	  "insert into t values (';'); -- END;\nend; b",
	  "1:create or replace procedure p(begin int) language sql begin "
	  "atomic insert into t values (';'); -- END;\nend|2:b" },
	{ "CREATE FUNCTION begin() RETURNS atomic LANGUAGE sql AS 'x'; b",
	  "1:CREATE FUNCTION begin() RETURNS atomic LANGUAGE sql AS 'x'|1:b" },
	{ "CREATE TABLE function(begin atomic); a",
	  "1:CREATE TABLE function(begin atomic)|1:a" },
	{ "BEGIN; a; END; b", "1:BEGIN|1:a|1:END|1:b" },
	{ "COPY t FROM '/f'; COPY stdin TO PROGRAM 'x'; COPY (a FROM stdin) TO "
	  "'f'", "1:COPY t FROM '/f'|1:COPY stdin TO PROGRAM 'x'|1:COPY (a "
	  "FROM stdin) TO 'f'" },
	{ "SELECT ARRAY[1;2]; a", "1:SELECT ARRAY[1|1:2]|1:a" },
	{ "a); b", "1:a)|1:b" }, { "a\r\n;b ^ !", "1:a|2:b ^ !" },
	{ "SET standard_conforming_strings = on; a",
	  "1:SET standard_conforming_strings = on|1:a" },
	/* refused */
	{ "a;\n\nCOPY t (a, b) FROM stdin WITH (FORMAT csv);\n1\n\\.\n",
	  "1:a|!3:cannot run COPY with STDIN in line 3: nothing is there to "
	  "read the rows from" },
	{ "COPY t TO STDOUT;", "!1:cannot run COPY with STDOUT in line 1: "
	  "nothing is there to take the rows" },
	{ "\\connect - postgres\na", "!1:cannot run \"\\connect\" in line 1: "
	  "it is a command of psql, not SQL" },
	{ "SELECT 1\n\\gexec", "!2:cannot run \"\\gexec\" in line 2: "
	  "it is a command of psql, not SQL" },
	{ "SET SESSION standard_conforming_strings TO 'off'",
	  "!1:cannot switch standard_conforming_strings off in line 1" },
	{ "a; 'b\n", "1:a|!1:a quote that starts in line 1 does not end" },
	{ "\nE'b\\'", "!2:a quote that starts in line 2 does not end" },
	{ "\nU&\"b", "!2:a quote that starts in line 2 does not end" },
	{ "\n$x$ $y$", "!2:a dollar quote that starts in line 2 does not end" },
	{ "a\n/* b /* */\n\n", "!2:a comment that starts in line 2 does not end" },
	{ "a (\n(b;\nc)", "!1:a parenthesis that opens in line 1 is not closed" },
	{ "\n" BODY " SELECT 1;", "!2:the routine that starts in line 2 has no END" },
};

Test(split_pg, statements, .fini = done)
{
	for (size_t i = 0; i < sizeof(cuts) / sizeof(*cuts); i++) {
		const char *wanted = cuts[i][1];

		if (!wanted)
			wanted = arena_printf(&mem, "1:%s", cuts[i][0]);
		cr_expect_str_eq(cut(cuts[i][0]), wanted, "%s\n%s", cuts[i][0],
				 cut(cuts[i][0]));
	}
}

Test(split_pg, refusals_have_hints, .fini = done)
{
	static const char *const refused[] = {
		"COPY t FROM STDIN", "\\d", BODY " x;",
		"SET standard_conforming_strings = 0"
	};

	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		cut(refused[i]);
		cr_expect(err.pub.hint && *err.pub.hint, "%s", refused[i]);
	}
}

static void compare(const char *sql, const char *what, size_t *n)
{
	size_t here = 0;
	const char *wrong = cut_differs(sql, &mem, &here);

	cr_expect_null(wrong, "%s: %s", what, wrong);
	*n += here;
}

Test(split_pg, cut_where_the_parser_cuts, .fini = done)
{
	size_t n = 0;

	for (size_t i = 0; i < sizeof(cuts) / sizeof(*cuts); i++)
		compare(cuts[i][0], cuts[i][0], &n);
	cr_expect_gt(n, 4, "only %zu", n);
}

/* Lines of psql's own, and what CREATE EXTENSION puts in. */
static void clean(char *s)
{
	for (char *line = s; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (*line == '\\')
			memset(line, ' ', strcspn(line, "\n"));
	}
	for (s = strchr(s, '@'); s; s = strchr(s + 1, '@'))
		if (!strncmp(s, "@extschema@", 11) ||
		    !strncmp(s, "@extowner@", 10))
			*s = s[s[4] == 's' ? 10 : 9] = '_';
}

static size_t compare_folder(const char *folder)
{
	struct strings names = {0};
	size_t n = 0;

	cr_assert_eq(file_list(folder, &mem, &names, &err), RETORT_OK, "%s",
		     err.pub.message);
	for (size_t i = 0; i < names.n; i++) {
		const char *path = path_join(&mem, folder, names.v[i]);
		size_t length = strlen(path);
		char *text;

		if (length < 4 || strcmp(path + length - 4, ".sql"))
			continue;
		cr_assert_eq(file_read(path, &mem, &text, NULL, &err),
			     RETORT_OK);
		clean(text);
		compare(text, path, &n);
	}
	return n;
}

/* What the server's own package ships. */
Test(split_pg, extensions, .fini = done)
{
	size_t n = compare_folder("/usr/share/postgresql/15/extension");

	cr_expect_gt(n, 3000, "only %zu", n);
}

Test(split_pg, own_corpus, .fini = done)
{
	size_t n = compare_folder("tests/fuzz/corpus/split_pg");

	cr_expect_gt(n, 60, "only %zu", n);
}

/* A folder of more: tests/pg/corpus.sh fetches one. */
Test(split_pg, named_corpus, .fini = done)
{
	const char *folder = getenv("SQL_CORPUS");
	size_t n = folder ? compare_folder(folder) : 1;

	cr_expect_gt(n, 0);
	if (folder)
		fprintf(stderr, "%s: %zu statements\n", folder, n);
}

/* psql's commands for what comes after a failure are no SQL. */
static void parses(const char *path, char *sql)
{
	PgQuerySplitResult r;

	clean(sql);
	r = pg_query_split_with_parser(sql);
	cr_expect_null(r.error, "%s: %s", path, r.error ? r.error->message : "");
	cr_expect(r.error || r.n_stmts, "%s is empty", path);
	pg_query_free_split_result(r);
}

/* A folder of what db wrote: tests/pg/parses.sh fills one. */
Test(split_pg, written_by_us, .fini = done)
{
	const char *folder = getenv("SQL_WRITTEN");
	struct strings names = {0};
	size_t n = 0;

	if (!folder)
		return;
	cr_assert_eq(file_list(folder, &mem, &names, &err), RETORT_OK);
	cr_assert(names.n);
	for (size_t i = 0; i < names.n; i++) {
		const char *path = path_join(&mem, folder, names.v[i]);
		char *text;

		cr_assert_eq(file_read(path, &mem, &text, NULL, &err),
			     RETORT_OK);
		parses(path, text);
	}
	n = compare_folder(folder);
	cr_expect_gt(n, 100, "only %zu", n);
	fprintf(stderr, "%s: %zu statements\n", folder, n);
}

/* Pieces that matter to the cutting, put together at random. */
static const char *const pieces[] = {
	"SELECT 1", ";", ";\n", " ", "\n", "-- x;\n", "/* ; ' */", "'a;b'",
	"\"c;''d\"", "E'\\';'", "$$;$$", "$a$", "$", "/*", "*/", "U&'\\0061;'",
	"CREATE TABLE t(a int)", BODY " ", " END", "CASE 1 WHEN 2 THEN 3 END",
	"; END;", " BEGIN ", "ATOMIC ", "(", ")", "'", "\"", "SELECT ", "AS end",
	"CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM t; SELECT 2)",
	", ", "+", "-", "@", "\\", "1.5e", "x", "$1", "COPY t FROM STDIN",
};

Test(split_pg, random, .fini = done)
{
	size_t n = 0;
	char sql[2048];

	srand(1);
	for (int i = 0; i < 30000; i++) {
		size_t used = 0;

		for (int k = rand() % 12; k >= 0; k--)
			used += (size_t)snprintf(sql + used,
				sizeof(sql) - used, "%s",
				pieces[(size_t)rand() % (sizeof(pieces) /
							 sizeof(*pieces))]);
		compare(sql, sql, &n);
		arena_clear(&mem);
	}
	cr_expect_gt(n, 500, "only %zu", n);
}
