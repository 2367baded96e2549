#include <criterion/criterion.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "revision/write.h"

static struct arena mem;
static struct err err;
static char dir[64];
static const char *sql_template, *c_template;

static void set_up(void)
{
	strcpy(dir, "/tmp/retort-write-XXXXXX");
	cr_assert(mkdtemp(dir));
	sql_template = "migrations_template/script.sql.in";
	c_template = "migrations_template/script.c.in";
}

static void tear_down(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	cr_assert_eq(system(command), 0);
	arena_clear(&mem);
	err_clear(&err);
}

TestSuite(write, .init = set_up, .fini = tear_down);

static struct revision_new make(enum revision_format format,
				const char *message)
{
	return (struct revision_new){
		.message = message,
		.format = format,
		.template_path = format == REVISION_C ? c_template
						      : sql_template,
		.directory = "v",
		.file_template = "%(rev)s_%(slug)s",
		.slug_length = 40,
		.now = 1795225200,	/* 2026-11-21 01:40:00 UTC */
	};
}

static char *text, *path, *id;

static retort_status render(const struct revision_new *o)
{
	return revision_render(o, &mem, &id, &path, &text, &err);
}

static const char *slug(const char *message, int length)
{
	return revision_slug(&mem, message, length);
}

Test(write, slugs)
{
	cr_assert_str_eq(slug("Add posts", 40), "add_posts");
	cr_assert_str_eq(slug("  a -- b/c.d!  ", 40), "a_b_c_d");
	cr_assert_str_eq(slug("snake_case stays", 40), "snake_case_stays");
	cr_assert_str_eq(slug("", 40), "");
	cr_assert_str_eq(slug("...", 40), "");
	cr_assert_str_eq(slug("Größe — neu", 40), "größe_neu");
	cr_assert_str_eq(slug("this is a very long message that goes on and "
			      "on", 40),
			 "this_is_a_very_long_message_that_goes_");
	cr_assert_str_eq(slug("abcdefgh", 4), "abcd_");
	cr_assert_str_eq(slug("ab cdefgh", 4), "ab_");
}

Test(write, sql)
{
	struct revision_new o = make(REVISION_SQL, "Add posts");

	o.id = "5f2c1b7a9d3e";
	cr_assert(vec_push(&mem, &o.down, "1a2b3c4d5e6f"));
	o.upgrade = "CREATE TABLE posts (\n    id INTEGER\n);\n";
	o.downgrade = "DROP TABLE posts;";
	o.downgrade_options = "foreign_keys=off";
	cr_assert_eq(render(&o), RETORT_OK, "%s", err.pub.message);
	cr_assert_str_eq(path, "v/5f2c1b7a9d3e_add_posts.sql");
	cr_assert_str_eq(text,
		"-- Add posts\n"
		"--\n"
		"-- Revision: 5f2c1b7a9d3e\n"
		"-- Revises: 1a2b3c4d5e6f\n"
		"-- Created: 2026-11-21 01:40:00 UTC\n"
		"-- Branch-labels:\n"
		"-- Depends-on:\n"
		"\n"
		"-- upgrade\n"
		"CREATE TABLE posts (\n"
		"    id INTEGER\n"
		");\n"
		"\n"
		"-- downgrade foreign_keys=off\n"
		"DROP TABLE posts;\n");
}

Test(write, c)
{
	struct revision_new o = make(REVISION_C, "two\nlines");

	o.id = "5f2c1b7a9d3e";
	cr_assert(vec_push(&mem, &o.labels, "lib"));
	cr_assert(vec_push(&mem, &o.depends_on, "aa"));
	cr_assert(vec_push(&mem, &o.depends_on, "bb"));
	o.upgrade = "retort_drop_table(op, \"x\");\nretort_drop_table(op, "
		    "\"y\");";
	cr_assert_eq(render(&o), RETORT_OK, "%s", err.pub.message);
	cr_assert_str_eq(path, "v/5f2c1b7a9d3e_two_lines.c");
	cr_assert_str_eq(text,
		"/*\n"
		" * two\n"
		" * lines\n"
		" *\n"
		" * Revision: 5f2c1b7a9d3e\n"
		" * Revises: <base>\n"
		" * Created: 2026-11-21 01:40:00 UTC\n"
		" * Branch-labels: lib\n"
		" * Depends-on: aa, bb\n"
		" */\n"
		"#include <retort/revision.h>\n"
		"\n"
		"void upgrade(retort_op *op)\n"
		"{\n"
		"\tretort_drop_table(op, \"x\");\n"
		"\tretort_drop_table(op, \"y\");\n"
		"}\n"
		"\n"
		"void downgrade(retort_op *op)\n"
		"{\n"
		"\t(void)op;\n"
		"}\n");
}

Test(write, makes_identifiers)
{
	struct revision_new o = make(REVISION_SQL, NULL);
	char *first;

	cr_assert_eq(render(&o), RETORT_OK, "%s", err.pub.message);
	first = id;
	cr_assert_eq(strlen(id), 12);
	for (size_t i = 0; i < 12; i++)
		cr_assert(isdigit(id[i]) || (id[i] >= 'a' && id[i] <= 'f'));
	cr_assert_str_eq(path, arena_printf(&mem, "v/%s.sql", id));
	cr_assert(strstr(text, "-- empty message\n"));
	cr_assert_eq(render(&o), RETORT_OK);
	cr_assert_str_neq(first, id);
}

/* What people type: nothing of it may end the comment or make a field. */
static const char *const nasty[] = {
	"*/ int main(void) {} /*", "a */ b", "**/", "/*/", "*\n/",
	"x\n-- upgrade\nDROP TABLE user;", "Revision: 666", "\\", "'\"`$(x)",
	"a\r\nb\rc", "tab\there", "\x1b[31mred", "${revision} ${message} ${x}",
	"revision: 666\nRevises: 777", "%s %n %(rev)s", "\n\n  \n", "trailing \\",
	"Größe"
};

Test(write, survives_any_message)
{
	for (size_t i = 0; i < 2 * sizeof(nasty) / sizeof(*nasty); i++) {
		struct revision_new o = make(i % 2 ? REVISION_C : REVISION_SQL,
					     nasty[i / 2]);
		struct revision *r;

		o.id = "5f2c1b7a9d3e";
		cr_assert(vec_push(&mem, &o.down, "1a2b3c4d5e6f"));
		o.upgrade = "U;";
		o.downgrade = "D;";
		cr_assert_eq(render(&o), RETORT_OK, "%s: %s", nasty[i / 2],
			     err.pub.message);
		cr_assert_eq(revision_parse(path, text, strlen(text), &mem, &r,
					    NULL, &err), RETORT_OK);
		cr_assert_str_eq(r->id, "5f2c1b7a9d3e");
		cr_assert_eq(r->down.n, 1);
		/* The code after the header is what it was. */
		cr_assert_str_eq(text + r->body, i % 2 ?
			"#include <retort/revision.h>\n\nvoid upgrade("
			"retort_op *op)\n{\n\tU;\n}\n\nvoid downgrade("
			"retort_op *op)\n{\n\tD;\n}\n"
			: "\n-- upgrade\nU;\n\n-- downgrade\nD;\n");
	}
}

Test(write, time_zones)
{
	static const char *const zones[][2] = {
		{ NULL, "2026-11-21 01:40:00 UTC" },
		{ "utc", "2026-11-21 01:40:00 UTC" },
		{ "+01:00", "2026-11-21 02:40:00 +0100" },
		{ "-0530", "2026-11-20 20:10:00 -0530" },
		{ "Europe/Berlin", "2026-11-21 02:40:00 +0100" },
		{ "America/New_York", "2026-11-20 20:40:00 -0500" },
	};

	for (size_t i = 0; i < sizeof(zones) / sizeof(*zones); i++) {
		struct revision_new o = make(REVISION_SQL, "x");

		o.timezone = zones[i][0];
		if (i > 3 && !file_exists("/usr/share/zoneinfo/Europe/Berlin"))
			continue;
		cr_assert_eq(render(&o), RETORT_OK, "%s", err.pub.message);
		cr_assert(strstr(text, zones[i][1]), "%s", text);
	}
}

Test(write, no_such_time_zone)
{
	static const char *const zones[] = {
		"Mars/Base", "../../../etc/passwd", "/etc/localtime", "+25",
		"Europe"
	};

	for (size_t i = 0; i < sizeof(zones) / sizeof(*zones); i++) {
		struct revision_new o = make(REVISION_SQL, "x");

		o.timezone = zones[i];
		cr_assert_eq(render(&o), RETORT_E_FAIL);
		cr_assert(strstr(err.pub.message, "unknown time zone"));
	}
}

Test(write, file_names)
{
	static const char *const names[][2] = {
		{ "%(year)s%(month)s%(day)s_%(slug)s", "v/20261121_x.sql" },
		{ "%(year)d_%(month).2d-%(hour)d%(minute).2d", "v/2026_11-140.sql" },
		{ "%(epoch)s-%(rev)s", "v/1795225200-abcd.sql" },
		{ "%(year)s/%(rev)s", "v/2026/abcd.sql" },
		{ "100%%", "v/100%.sql" },
	};
	static const char *const bad[] = {
		"%(nonsense)s", "%(rev", "%x", "%(rev)x", "", ".%(rev)s",
		"../%(rev)s", "/%(rev)s"
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct revision_new o = make(REVISION_SQL, "x");

		o.id = "abcd";
		o.file_template = names[i][0];
		cr_assert_eq(render(&o), RETORT_OK, "%s", err.pub.message);
		cr_assert_str_eq(path, names[i][1]);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct revision_new o = make(REVISION_SQL, "x");

		o.file_template = bad[i];
		cr_assert_eq(render(&o), RETORT_E_FAIL, "%s", bad[i]);
		cr_assert_not_null(err.pub.hint);
	}
}

static const char *refused(const char *template)
{
	struct revision_new o = make(REVISION_SQL, "x");
	char *file = path_join(&mem, dir, "script.sql.in");

	cr_assert_eq(file_write(file, template, strlen(template), true, &err),
		     RETORT_OK);
	o.template_path = file;
	o.id = "abcd";
	cr_assert(vec_push(&mem, &o.down, "1234"));
	cr_assert_eq(render(&o), RETORT_E_FAIL);
	cr_assert_str_eq(err.pub.file, file);
	return err.pub.message;
}

Test(write, broken_templates)
{
	cr_assert_str_eq(refused("-- Revision: ${revision}\n-- ${nonsense}\n"),
			 "unknown placeholder ${nonsense} in a template");
	cr_assert_eq(err.pub.line, 2);
	cr_assert_str_eq(refused("-- ${message}\n"),
			 "the template does not make a revision");
	cr_assert_str_eq(refused("-- Revision: ${revision}\n-- Revises:\n"),
			 "the template does not make a revision");
}

Test(write, refuses_bad_names)
{
	static const char *const bad[] = { "a@b", "head", "a b", "", "a\\x",
					   "a,b", "None", "lib-2", "-x" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct revision_new o = make(REVISION_SQL, "x");

		o.id = bad[i];
		cr_assert_eq(render(&o), RETORT_E_FAIL, "id \"%s\"", bad[i]);
		o.id = NULL;
		cr_assert(vec_push(&mem, &o.labels, bad[i]));
		cr_assert_eq(render(&o), RETORT_E_FAIL, "label \"%s\"",
			     bad[i]);
	}
}

Test(write, an_identifier_is_stricter_than_a_label)
{
	static const char *const labels[] = { "a-b", "../x", "user-service",
					      "feature/1-more" };

	for (size_t i = 0; i < sizeof(labels) / sizeof(*labels); i++) {
		struct revision_new o = make(REVISION_SQL, "x");

		o.id = labels[i];
		cr_assert_eq(render(&o), RETORT_E_FAIL, "id %s", labels[i]);
		o.id = NULL;
		cr_assert(vec_push(&mem, &o.labels, labels[i]));
		cr_assert_eq(render(&o), RETORT_OK, "label %s", labels[i]);
	}
}
