#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "revision/revision.h"

static struct arena mem;
static struct err err;
static struct revision *r;

static void set_up(void)
{
	r = NULL;
}

static void tear_down(void)
{
	arena_clear(&mem);
	err_clear(&err);
}

TestSuite(header, .init = set_up, .fini = tear_down);

static void parse(const char *path, const char *text)
{
	cr_assert_eq(revision_parse(path, text, strlen(text), &mem, &r, NULL,
				    &err), RETORT_OK, "%s:%d: %s", path,
		     err.pub.line, err.pub.message);
}

static const char *joined(const struct strings *list)
{
	struct buf b = { .mem = &mem };

	for (size_t i = 0; i < list->n; i++)
		buf_addf(&b, "%s%s", i ? "|" : "", list->v[i]);
	return buf_text(&b);
}

#define SQL_HEADER "-- add posts\n" \
	"--\n" \
	"-- Revision: 5f2c1b7a9d3e\n" \
	"-- Revises: 1a2b3c4d5e6f\n" \
	"-- Created: 2026-11-21 01:40:00 UTC\n" \
	"-- Branch-labels: one, two three\n" \
	"-- Depends-on: aa,bb\n"

Test(header, sql)
{
	parse("x/5f2c_add.sql", SQL_HEADER "\n-- upgrade\nSELECT 1;\n");
	cr_assert_eq(r->format, REVISION_SQL);
	cr_assert_str_eq(r->id, "5f2c1b7a9d3e");
	cr_assert_str_eq(joined(&r->down), "1a2b3c4d5e6f");
	cr_assert_str_eq(joined(&r->labels), "one|two|three");
	cr_assert_str_eq(joined(&r->depends_on), "aa|bb");
	cr_assert_str_eq(r->created, "2026-11-21 01:40:00 UTC");
	cr_assert_str_eq(r->message, "add posts");
	cr_assert_str_eq(r->doc, "add posts");
	cr_assert_eq(r->id_line, 3);
	cr_assert_eq(r->down_line, 4);
	cr_assert_eq(r->body_line, 8);
}

Test(header, c)
{
	parse("x/5f2c_add.c",
	      "/*\n * add posts\n *\n * and more of it,\n * on two lines\n *\n"
	      " * Revision: 5f2c\n * Revises:\n */\n#include <x.h>\n");
	cr_assert_eq(r->format, REVISION_C);
	cr_assert_str_eq(r->id, "5f2c");
	cr_assert_eq(r->down.n, 0);
	cr_assert_eq(r->labels.n, 0);
	cr_assert_null(r->created);
	cr_assert_str_eq(r->message, "add posts");
	cr_assert_str_eq(r->doc, "add posts\n\nand more of it,\non two lines");
}

/* However the comment looks, it is the same header. */
Test(header, decoration)
{
	static const char *const same[] = {
		"-- m\n-- Revision: a\n-- Revises: b\n",
		"-- m\r\n-- Revision: a\r\n-- Revises: b\r\n\r\n",
		"\xEF\xBB\xBF-- m\n-- Revision: a\n-- Revises: b\n",
		"\n\n--m\n--Revision:a\n--Revises:b",
		"/* m\n Revision: a\n Revises: b */\n",
		"/* m\n * Revision: a\n * Revises: b */",
		"/**\n ** m\n ** Revision: a\n ** Revises: b\n **/\n",
		"/***\tm\n***\tRevision:\ta\n***\tRevises:\tb\n***/\n",
		"// m\n// Revision: a\n// Revises: b\n",
		"-- Copyright me\n-- more\n\n-- m\n-- Revision: a\n"
		"-- Revises: b\n",
		"/* Copyright */\n/* me */\n\n/*\n * m\n * Revision: a\n"
		" * Revises: b\n */\nint x;\n",
		"/*\n * Copyright\n */\n/*\n * m\n * Revision: a\n"
		" * Revises: b\n */\nint x;\n",
		"-- m\n-- revision: a\n-- REVISES: b\n",
		"-- m\n-- Revision: a\n-- Revises: b\n-- X-Ticket: 12: no\n",
		"-- m\n-- Revision: a\n-- Revises: b\n--\n-- Note: free text\n"
		"-- Revises: z\n",
	};

	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++) {
		parse("x.sql", same[i]);
		cr_assert_str_eq(r->id, "a", "%zu", i);
		cr_assert_str_eq(joined(&r->down), "b", "%zu", i);
		cr_assert_str_eq(r->doc, "m", "%zu: %s", i, r->doc);
	}
}

Test(header, base)
{
	static const char *const bases[] = {
		"", "  ", "<base>", " <base> ", "None"
	};

	for (size_t i = 0; i < sizeof(bases) / sizeof(*bases); i++) {
		parse("x.sql", arena_printf(&mem, "-- Revision: a\n"
					    "-- Revises:%s\n", bases[i]));
		cr_assert_eq(r->down.n, 0);
		cr_assert_str_eq(r->message, "");
	}
}

static void refuse(const char *text, int line, const char *message)
{
	cr_assert_eq(revision_parse("v/x.sql", text, strlen(text), &mem, &r,
				    NULL, &err), RETORT_E_FAIL, "%s", text);
	cr_assert_null(r);
	cr_assert_not_null(strstr(err.pub.message, message), "%s",
			   err.pub.message);
	cr_assert_str_eq(err.pub.file, "v/x.sql");
	cr_assert_eq(err.pub.line, line, "%s: line %d", text, err.pub.line);
}

Test(header, broken_ones)
{
	refuse("-- Revision:\n-- Revises:\n", 1, "no identifier");
	refuse("-- m\n-- Revision: a\n", 2, "no line Revises:");
	refuse("-- Revision: a\n-- Revise: b\n", 2,
	       "unknown field \"Revise\"");
	cr_assert_not_null(strstr(err.pub.hint, "Depends-on"));
	refuse("-- Revision: a\n-- Revises: b\n-- what is this\n", 3,
	       "is no field");
	refuse("-- Revision: a\n-- Revision: b\n-- Revises:\n", 2, "second");
	refuse("-- Revision: a\n-- Revises: b\n-- Revises: c\n", 3, "second");
	refuse("-- Revision: a\n-- Revises: b, c b\n", 2, "twice");
	refuse("-- Revision: a b\n-- Revises:\n", 1, "space");
	refuse("-- Revision: a@b\n-- Revises:\n", 1, "Character(s) '@'");
	refuse("-- Revision: head\n-- Revises:\n", 1, "cannot be");
	refuse("-- Revision: a\n-- Revises: ../x\n", 2, "not allowed");
	refuse("-- Revision: a\n-- Revises:\n-- Branch-labels: base\n", 3,
	       "cannot be a branch label");
	refuse("/*\n * Revision: a\n * Revises:\n", 3, "does not end");
	refuse("SELECT 1;\n-- Revision: a\n-- Revises:\n", 2, "top");
}

Test(header, not_revisions)
{
	static const char *const others[] = {
		"", "\n", "SELECT 1;\n", "-- a comment\n", "/* open",
		"CREATE TABLE t (a);\n-- Revises: nothing\n", "--", "-", "/", "\xEF\xBB\xBF"
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		cr_assert_eq(revision_parse("x.sql", others[i],
					    strlen(others[i]), &mem, &r, NULL,
					    &err), RETORT_E_NOTFOUND);
}

/* Any cut of a good header is an answer, never a crash. */
Test(header, every_beginning)
{
	const char *text = "/*\n * m\n * Revision: a\n * Revises: b\n"
			   " * Created: x\n * Depends-on: c\n */\n";

	for (size_t n = 0; n <= strlen(text); n++) {
		char *part = malloc(n ? n : 1);

		memcpy(part, text, n);
		revision_parse("x.c", part, n, &mem, &r, NULL, &err);
		free(part);
	}
	cr_assert_not_null(r);
}

/* Files ------------------------------------------------------------------ */

static char dir[64];

static void set_up_files(void)
{
	set_up();
	strcpy(dir, "/tmp/retort-header-XXXXXX");
	cr_assert(mkdtemp(dir));
}

static void tear_down_files(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	cr_assert_eq(system(command), 0);
	tear_down();
}

TestSuite(section, .init = set_up_files, .fini = tear_down_files);

static void put(const char *text)
{
	char *path = path_join(&mem, dir, "x.sql");

	cr_assert_eq(file_write(path, text, strlen(text), true, &err),
		     RETORT_OK);
	cr_assert_eq(revision_read(path, &mem, &r, &err), RETORT_OK, "%s",
		     err.pub.message);
}

/* A message longer than what is read at first. */
Test(section, long_header)
{
	struct buf b = { .mem = &mem };

	buf_add(&b, "-- start\n");
	for (int i = 0; i < 4000; i++)
		buf_addf(&b, "-- line %d\n", i);
	buf_add(&b, "-- Revision: a\n-- Revises: b\n");
	put(buf_text(&b));
	cr_assert_str_eq(r->id, "a");
	cr_assert_not_null(strstr(r->doc, "line 3999"));
}

/* "line:sql;..." and the flags of the script. */
static const char *section(enum direction way, const char *const x[][2],
			   size_t n_x)
{
	struct buf b = { .mem = &mem };
	struct script s = {0};
	retort_pair pairs[4];
	bool found;

	for (size_t i = 0; i < n_x; i++)
		pairs[i] = (retort_pair){ x[i][0], x[i][1] };
	if (revision_section(r, way, &dialect_sqlite, pairs, n_x, &mem, &s,
			     &found, &err) < 0)
		return arena_printf(&mem, "%d: %s", err.pub.line,
				    err.pub.message);
	if (!found)
		return "none";
	for (size_t i = 0; i < s.stmts.n; i++)
		buf_addf(&b, "%d:%s;", s.stmts.v[i].line, s.stmts.v[i].sql);
	buf_addf(&b, "%s%s", s.guarded ? " guarded" : "",
		 s.no_transaction ? " alone" : "");
	return buf_text(&b);
}

#define HEAD "-- m\n-- Revision: a\n-- Revises:\n\n"	/* 4 lines */

Test(section, statements)
{
	put(HEAD "-- upgrade\nCREATE TABLE t (\n\ta TEXT DEFAULT ';'\n);\n"
	    "/* why; */\nSELECT 2;\n\n-- downgrade foreign_keys=off\n"
	    "DROP TABLE t;\n");
	cr_assert_str_eq(section(UPGRADE, NULL, 0),
			 "6:CREATE TABLE t (\n\ta TEXT DEFAULT ';'\n);"
			 "10:SELECT 2;");
	cr_assert_str_eq(section(DOWNGRADE, NULL, 0),
			 "13:DROP TABLE t; guarded");
}

Test(section, line_ends)
{
	put("-- m\r\n-- Revision: a\r\n-- Revises:\r\n\r\n"
	    "-- upgrade transaction=off\r\nSELECT 1;\r\nSELECT 2;\r\n"
	    "--downgrade\r\n");
	cr_assert_str_eq(section(UPGRADE, NULL, 0),
			 "6:SELECT 1;7:SELECT 2; alone");
	cr_assert_str_eq(section(DOWNGRADE, NULL, 0), "");
}

Test(section, dialects)
{
	put(HEAD "-- upgrade dialect=postgresql\nSELECT 'pg';\n"
	    "-- upgrade dialect=sqlite\nSELECT 'lite';\n"
	    "-- upgrade\nSELECT 'any';\n"
	    "-- downgrade dialect=postgresql,mysql\nSELECT 'pg';\n");
	cr_assert_str_eq(section(UPGRADE, NULL, 0), "8:SELECT 'lite';");
	cr_assert_str_eq(section(DOWNGRADE, NULL, 0), "none");
	put(HEAD "-- upgrade dialect=postgresql\nSELECT 'pg';\n"
	    "-- upgrade\nSELECT 'any';\n");
	cr_assert_str_eq(section(UPGRADE, NULL, 0), "8:SELECT 'any';");
}

Test(section, values)
{
	const char *const x[][2] = {
		{ "A", "first" }, { "A", "1" }, { "TWO", "2\n+\n2" }
	};

	put(HEAD "-- upgrade\nSELECT ${A}, '$${A}', $$x$$, '${a b}';\n"
	    "SELECT ${TWO};\nSELECT 3;\n-- downgrade\nSELECT ${NO};\n");
	cr_assert_str_eq(section(UPGRADE, x, 3),
			 "6:SELECT 1, '${A}', $$x$$, '${a b}';"
			 "7:SELECT 2\n+\n2;8:SELECT 3;");
	cr_assert_str_eq(section(DOWNGRADE, x, 3), "10: no value for ${NO}");
	cr_assert_not_null(strstr(err.pub.hint, "-x NO=VALUE"));
}

/* What a file says is printed: it must not control the terminal. */
Test(header, control_characters_are_not_kept)
{
	parse("x.sql", "-- a\x1b[31m b\x07\tc\rDROP \xc2\x9b" "d \xc3\xa9\x7f\n"
	      "-- two\x08\n-- Revision: a\n-- Revises:\n"
	      "-- Created: now\x1b[2J\n");
	cr_assert_str_eq(r->message, "a?[31m b?\tc?DROP ??d \xc3\xa9?");
	cr_assert_str_eq(r->doc + strlen(r->message), "\ntwo?");
	cr_assert_str_eq(r->created, "now?[2J");
	r = NULL;
	refuse("-- Revision: a\n-- Re\x1bvises: b\n", 2, "\"Re?vises\"");
}

/* The upgrade section `text`, filled with -x V=value. */
static const char *with_value(const char *text, const char *value)
{
	const char *const x[][2] = { { "V", value } };
	char file[300];

	snprintf(file, sizeof(file), HEAD "-- upgrade\n%s;\n", text);
	put(file);
	return section(UPGRADE, x, 1);
}

Test(section, a_value_stays_between_its_quotes)
{
	static const struct {
		const char *text, *value, *is;
	} cases[] = {
		{ "SELECT '${V}'", "it's", "SELECT 'it''s'" },
		{ "SELECT ${V}", "'it''s'", "SELECT 'it''s'" },
		{ "SELECT '${V}'", "a'); DROP TABLE t; --",
		  "SELECT 'a''); DROP TABLE t; --'" },
		{ "SELECT 'a''${V}'", "'", "SELECT 'a'''''" },
		{ "SELECT \"${V}\"", "a\"b'", "SELECT \"a\"\"b'\"" },
		{ "SELECT `${V}`", "a`b", "SELECT `a``b`" },
		{ "SELECT 'x', ${V}", "'y'", "SELECT 'x', 'y'" },
		{ "SELECT 1 /* ${V} */", "*/ DROP", "SELECT 1" },
		{ "SELECT 1 -- it's\n, '${V}'", "a'b",
		  "SELECT 1 -- it's\n, 'a''b'" },
		{ "SELECT /* it's */ ${V}", "'b'", "SELECT /* it's */ 'b'" },
		{ "SELECT '-- ${V}'", "a\nb", "SELECT '-- a\nb'" },
		{ "SELECT 1 -- ${V}\n+ 2", "a\nb", "SELECT 1 -- a b\n+ 2" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *got = with_value(cases[i].text, cases[i].value);
		char wanted[200];

		snprintf(wanted, sizeof(wanted), "6:%s;", cases[i].is);
		cr_assert_str_eq(got, wanted, "%s with %s: %s", cases[i].text,
				 cases[i].value, got);
	}
}

Test(section, broken_ones)
{
	put(HEAD "-- upgrade transaktion=off\n");
	cr_assert_str_eq(section(UPGRADE, NULL, 0), "5: unknown option "
			 "\"transaktion=off\" of a section");
	put(HEAD "SELECT 1;\n-- upgrade\n");
	cr_assert_str_eq(section(UPGRADE, NULL, 0),
			 "5: a statement before the first section");
	put(HEAD "-- upgrade\n-- upgrade\n");
	cr_assert_str_eq(section(UPGRADE, NULL, 0), "6: a second section "
			 "\"upgrade\" for the same database");
	put(HEAD "-- upgrade\nSELECT 1;\n\nSELECT 'open;\n");
	cr_assert_not_null(strstr(section(UPGRADE, NULL, 0), "8: a quote that "
				  "starts in line 8"));
	put(HEAD "-- upgrade foreign_keys=off transaction=off\n");
	cr_assert_not_null(strstr(section(UPGRADE, NULL, 0), "cannot stand"));
}

Test(section, transactions)
{
	static const char *const refused[] = {
		"BEGIN", "begin immediate", "COMMIT", "END", "ROLLBACK",
		"/* x */ Commit transaction", "START TRANSACTION"
	};

	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		put(arena_printf(&mem, HEAD "-- upgrade\nSELECT 1;\n%s;\n"
				 "-- downgrade transaction=off\n%s;\n",
				 refused[i], refused[i]));
		cr_assert_not_null(strstr(section(UPGRADE, NULL, 0),
					  "in a section that runs in a "
					  "transaction"), "%s", refused[i]);
		cr_assert_eq(err.pub.line, 7);
		cr_assert_not_null(strstr(section(DOWNGRADE, NULL, 0),
					  " alone"));
	}
	put(HEAD "-- upgrade\nSAVEPOINT a;\nROLLBACK TO a;\n"
	    "ROLLBACK TRANSACTION TO SAVEPOINT a;\nRELEASE a;\n");
	cr_assert_not_null(strstr(section(UPGRADE, NULL, 0), "9:RELEASE a;"));
}

/* git hash-object of the same bytes */
Test(section, blob_id)
{
	char *id;

	put("-- Revision: a\n-- Revises:\n");
	cr_assert_eq(revision_blob_id(r, &mem, &id, &err), RETORT_OK);
	cr_assert_str_eq(id, "2a38b7ace33d7fb14c6232c3ab0f5edf877cad87");
}
