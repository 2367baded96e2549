#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/config.h"

static char dir[] = "/tmp/retort-config-XXXXXX";
static struct arena mem;
static struct err err;
static struct config c;

static void enter(void)
{
	cr_assert_not_null(mkdtemp(dir));
	cr_assert_eq(chdir(dir), 0);
	err_clear(&err);
}

static void leave(void)
{
	arena_clear(&mem);
	err_clear(&err);
	unlink("db.ini");
	rmdir(dir);
}

TestSuite(config, .init = enter, .fini = leave);

static retort_status read_text(const char *text, const char *section)
{
	FILE *f = fopen("db.ini", "w");

	cr_assert_not_null(f);
	fputs(text, f);
	fclose(f);
	return config_read("db.ini", section, &mem, &c, &err);
}

#define MUST(expr) cr_assert_eq((expr), RETORT_OK, "%s", err.pub.message)

Test(config, empty_file_is_all_defaults)
{
	MUST(read_text("", NULL));
	cr_assert_null(c.url);
	cr_assert_str_eq(c.format, "sql");
	cr_assert_str_eq(c.file_template, "%(rev)s_%(slug)s");
	cr_assert_eq(c.slug_length, 40);
	cr_assert_str_eq(c.version_table, "db_version");
	cr_assert_eq(c.version_locations.n, 1);
	cr_assert_str_eq(c.version_locations.v[0], "./versions");
	cr_assert(c.compare_type && c.compare_server_default);
	cr_assert_not(c.one_transaction);
	cr_assert_eq(c.warnings.n, 0);
}

Test(config, every_key_is_taken)
{
	MUST(read_text(
		"[db]\n"
		"url = sqlite:app.db           ; the file\n"
		"models = ../models.c, /abs/m.c\n"
		"build = make -C .. models.so\n"
		"format = c\n"
		"file_template = %(year)s_%(rev)s\n"
		"truncate_slug_length = 12\n"
		"timezone = Europe/Berlin\n"
		"version_locations = versions more\n"
		"recursive_version_locations = yes\n"
		"version_table = alembic_version\n"
		"version_table_schema = meta\n"
		"transaction = all\n"
		"compare_type = off\n"
		"compare_server_default = false\n"
		"include_schemas = a, b\n"
		"exclude = spatial_ref_sys, pg_*\n"
		"include = user*\n"
		"naming.ix = ix_%(table)s\n"
		"naming.uq = uq\nnaming.ck = ck\nnaming.fk = fk\n"
		"naming.pk = pk\n"
		"lock_timeout = 500ms\n"
		"statement_timeout = 2min\n"
		"post_write = clang-format -i {file}\n", NULL));
	cr_assert_str_eq(c.url, "sqlite:app.db");
	cr_assert_eq(c.models.n, 2);
	cr_assert_str_eq(c.models.v[0], "./../models.c");
	cr_assert_str_eq(c.models.v[1], "/abs/m.c");
	cr_assert_str_eq(c.build, "make -C .. models.so");
	cr_assert_str_eq(c.format, "c");
	cr_assert_str_eq(c.file_template, "%(year)s_%(rev)s");
	cr_assert_eq(c.slug_length, 12);
	cr_assert_str_eq(c.timezone, "Europe/Berlin");
	cr_assert_eq(c.version_locations.n, 2);
	cr_assert(c.recursive);
	cr_assert_str_eq(c.version_table, "alembic_version");
	cr_assert_str_eq(c.version_schema, "meta");
	cr_assert(c.one_transaction);
	cr_assert_not(c.compare_type || c.compare_server_default);
	cr_assert_eq(c.schemas.n, 2);
	cr_assert_str_eq(c.exclude.v[1], "pg_*");
	cr_assert_str_eq(c.include.v[0], "user*");
	cr_assert_str_eq(c.naming.ix, "ix_%(table)s");
	cr_assert_str_eq(c.naming.pk, "pk");
	cr_assert_eq(c.lock_timeout_ms, 500);
	cr_assert_eq(c.statement_timeout_ms, 120000);
	cr_assert_str_eq(c.post_write, "clang-format -i {file}");
	cr_assert_eq(c.warnings.n, 0);
}

Test(config, empty_value_is_the_default)
{
	MUST(read_text("[db]\nformat =\nversion_table = ; none\n", NULL));
	cr_assert_str_eq(c.format, "sql");
	cr_assert_str_eq(c.version_table, "db_version");
}

Test(config, value_goes_on_in_an_indented_line)
{
	MUST(read_text("[db]\nexclude = a\n  b\n  c ; the last\n", NULL));
	cr_assert_eq(c.exclude.n, 3, "%zu %s", c.exclude.n, c.exclude.v[0]);
	cr_assert_str_eq(c.exclude.v[2], "c");
}

Test(config, second_value_of_a_key_replaces_the_first)
{
	MUST(read_text("[db]\nurl = sqlite:a\nurl = sqlite:b\n", NULL));
	cr_assert_str_eq(c.url, "sqlite:b");
}

Test(config, section_goes_over_the_first_but_for_its_url)
{
	static const char text[] =
		"[db \"users\"]\nformat = c\n"
		"[db]\nurl = sqlite:main.db\nformat = sql\n"
		"naming.ix = x\nversion_locations = v\n";

	MUST(read_text(text, "users"));
	cr_assert_null(c.url);
	cr_assert_str_eq(c.format, "c");
	cr_assert_str_eq(c.naming.ix, "x");
	cr_assert_eq(c.version_locations.n, 1);
	cr_assert_str_eq(c.version_locations.v[0], "./versions/users");
	MUST(read_text(text, NULL));
	cr_assert_str_eq(c.url, "sqlite:main.db");
	cr_assert_str_eq(c.format, "sql");
}

Test(config, unknown_section_names_the_ones_there_are)
{
	cr_assert_eq(read_text("[db \"a\"]\nurl = x\n[db \"b\"]\nurl = y\n",
			       "c"), RETORT_E_NOTFOUND);
	cr_assert(strstr(err.pub.message, "\"c\""));
	cr_assert(strstr(err.pub.hint, "\"a\", \"b\""));
	cr_assert_eq(read_text("[db \"users\"]\nurl = x\n[db \"b\"]\n",
			       "user"), RETORT_E_NOTFOUND);
	cr_assert(strstr(err.pub.hint, "Did you mean \"users\"?"));
	cr_assert_eq(read_text("[db]\nurl = x\n", "a"), RETORT_E_NOTFOUND);
	cr_assert(strstr(err.pub.hint, "has none"));
}

Test(config, section_counts_when_nothing_stands_in_it)
{
	MUST(read_text("[db]\nformat = c\n[db \"a\"]\n", "a"));
	cr_assert_str_eq(c.format, "c");
	cr_assert_eq(c.sections.n, 1);
	cr_assert(c.may_have_none);
	MUST(read_text("[db \"a\"]\nversion_locations = versions/a\n", "a"));
	cr_assert(!c.may_have_none);
}

Test(config, unknown_key_is_a_warning_with_line_and_neighbour)
{
	MUST(read_text("[db]\nurl = x\n\nmodel = m.c\nzzzzzz = 1\n"
		       "[other]\na = b\nc = d\n", NULL));
	cr_assert_eq(c.warnings.n, 3);
	cr_assert_str_eq(c.warnings.v[0], "db.ini:4: unknown key \"model\"; "
			 "did you mean \"models\"?");
	cr_assert_str_eq(c.warnings.v[1], "db.ini:5: unknown key \"zzzzzz\"");
	cr_assert_str_eq(c.warnings.v[2],
			 "db.ini:7: unknown section \"other\"");
}

static void refuses(const char *text, int line, const char *part)
{
	cr_assert_eq(read_text(text, NULL), RETORT_E_FAIL, "%s", text);
	cr_assert_str_eq(err.pub.file, "db.ini");
	cr_assert_eq(err.pub.line, line, "%d: %s", err.pub.line, text);
	cr_assert(strstr(err.pub.message, part), "%s", err.pub.message);
}

Test(config, bad_values_are_errors_with_their_line)
{
	refuses("[db]\nformat = xml\n", 2, "\"xml\"");
	refuses("[db]\n\ntransaction = none\n", 3, "\"revision\" or \"all\"");
	refuses("[db]\ncompare_type = maybe\n", 2, "compare_type");
	refuses("[db]\ntruncate_slug_length = -1\n", 2, "positive");
	refuses("[db]\nlock_timeout = 5 parsecs\n", 2, "\"5 parsecs\"");
	refuses("[db]\nlock_timeout = 99999999min\n", 2, "lock_timeout");
	refuses("[db]\nwhat is this\n", 2, "key = value");
	refuses("[db\nurl = x\n", 1, "key = value");
}

Test(config, line_too_long_for_the_reader_is_an_error)
{
	char text[600] = "[db]\nexclude = ";

	memset(text + strlen(text), 'a', 500);
	refuses(text, 2, "cannot read a line of more than");
}

Test(config, missing_file_is_not_found)
{
	cr_assert_eq(config_read("none.ini", NULL, &mem, &c, &err),
		     RETORT_E_NOTFOUND);
}

Test(config, sections_are_listed)
{
	struct strings names = {0};

	MUST(read_text("[db]\nurl = x\n[db \"b\"]\nurl = x\n[db \"a\"]\n"
		       "url = y\n", NULL));
	MUST(config_sections("db.ini", &mem, &names, &err));
	cr_assert_eq(names.n, 2);
	cr_assert_str_eq(names.v[0], "b");
}
