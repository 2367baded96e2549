#include <criterion/criterion.h>
#include <string.h>

#include "revision/inside.h"

static struct arena mem;

static void tear_down(void)
{
	arena_clear(&mem);
}

TestSuite(inside, .fini = tear_down);

/* `text` with each @ filled with `value`. */
static const char *filled(const char *text, const char *value)
{
	const char *end = text + strlen(text);
	struct inside in = {0};
	struct buf b = { .mem = &mem };

	for (const char *p = text; p < end; p++) {
		if (*p == '@') {
			inside_add(&in, value, &b);
			continue;
		}
		inside_step(&in, p, text, end);
		buf_addc(&b, *p);
	}
	return buf_text(&b);
}

Test(inside, backslashes_count_in_e_strings)
{
	cr_assert_str_eq(filled("SELECT E'\\'@'", "a'\\"),
			 "SELECT E'\\'a''\\\\'");
	cr_assert_str_eq(filled("SELECT e'x''\\'@', @", "'"),
			 "SELECT e'x''\\'''', '");
	cr_assert_str_eq(filled("SELECT '\\', @", "'a'"), "SELECT '\\', 'a'");
	cr_assert_str_eq(filled("SELECT nice'\\', @", "'a'"),
			 "SELECT nice'\\', 'a'");
}

Test(inside, a_dollar_quote_has_sql_in_it)
{
	cr_assert_str_eq(filled("DO $$ x := '@'; $$; SELECT @", "a'b"),
			 "DO $$ x := 'a''b'; $$; SELECT a'b");
	cr_assert_str_eq(filled("DO $f$ it's $f$; SELECT '@', @", "'"),
			 "DO $f$ it's $f$; SELECT '''', '");
	cr_assert_str_eq(filled("DO $f$ $$it's$$ '$f$; SELECT @", "'a'"),
			 "DO $f$ $$it's$$ '$f$; SELECT 'a'");
	cr_assert_str_eq(filled("SELECT $1, a$b$, '@'", "'"),
			 "SELECT $1, a$b$, ''''");
}

Test(inside, a_comment_stays_one)
{
	cr_assert_str_eq(filled("/* @ */ @", "*/x"), "/* * /x */ */x");
	cr_assert_str_eq(filled("-- @\n@", "a\r\nb"), "-- a  b\na\r\nb");
	cr_assert_str_eq(filled("'--@' - @", "'"), "'--''' - '");
	cr_assert_str_eq(filled("/*/ ' */ @", "'"), "/*/ ' */ '");
}
