#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "model/model.h"
#include "revision/record.h"

static char dir[] = "/tmp/retort-docs-XXXXXX";
static char cache[64], include[4096], models_md[4096], revisions_md[4096],
	    hooks_md[4096];
static struct arena mem;
static struct err err;
static struct compile_options options;

static void set_up(void)
{
	char here[3072];

	cr_assert(getcwd(here, sizeof(here)));
	snprintf(include, sizeof(include), "%s/lib/include", here);
	snprintf(models_md, sizeof(models_md), "%s/docs/models.md", here);
	snprintf(revisions_md, sizeof(revisions_md), "%s/docs/revisions.md",
		 here);
	snprintf(hooks_md, sizeof(hooks_md), "%s/docs/hooks.md", here);
	cr_assert(mkdtemp(dir));
	cr_assert_eq(chdir(dir), 0);
	snprintf(cache, sizeof(cache), "%s/cache", dir);
	options = (struct compile_options){
		.cache_directory = cache, .compiler = "cc -Wall -Wextra "
			"-pedantic -Werror -Wno-unused-parameter",
		.include_directory = include
	};
}

static void tear_down(void)
{
	char command[128];

	err_clear(&err);
	arena_clear(&mem);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	cr_assert_eq(system(command), 0);
}

TestSuite(docs, .init = set_up, .fini = tear_down);

/* The blocks of a text that are marked as being in `language`. */
static struct strings blocks_in(const char *text, const char *language)
{
	const char *mark, *end;
	struct strings found = {0};

	mark = arena_printf(&mem, "\n```%s\n", language);
	while ((text = strstr(text, mark))) {
		text += strlen(mark);
		end = strstr(text, "\n```");
		cr_assert(end);
		cr_assert(vec_push(&mem, &found,
				   arena_strndup(&mem, text,
						 (size_t)(end - text) + 1)));
		text = end + 1;
	}
	return found;
}

static struct strings blocks(const char *page, const char *language)
{
	char *text = NULL;

	cr_assert_eq(file_read(page, &mem, &text, NULL, &err), RETORT_OK);
	return blocks_in(text, language);
}

static void write_file(const char *name, const char *text)
{
	cr_assert_eq(file_write(name, text, strlen(text), true, &err),
		     RETORT_OK);
}

static void fine(retort_status rc, const char *what)
{
	cr_assert_eq(rc, RETORT_OK, "%s\n%s\n%s", err.pub.message,
		     err.pub.detail ? err.pub.detail : "", what);
}

/* The models of the page before that section, or of it. */
static struct strings of_section(bool section)
{
	char *text = NULL, *start, *end;

	cr_assert_eq(file_read(models_md, &mem, &text, NULL, &err), RETORT_OK);
	start = strstr(text, "\n## On PostgreSQL\n");
	cr_assert(start);
	end = strstr(start + 1, "\n## ");
	cr_assert(end);
	*end = '\0';
	if (!section)
		*start = '\0';
	return blocks_in(section ? start : text, "c");
}

static struct schema *load(const struct strings *c, const struct dialect *d,
			   struct model_library *lib)
{
	struct strings paths = {0};
	struct schema *s = NULL;
	struct buf all = { .mem = &mem };

	buf_add(&all, "#include <retort/model.h>\n");
	for (size_t i = 0; i < c->n; i++)
		buf_add(&all, c->v[i]);
	write_file("models.c", buf_text(&all));
	cr_assert(vec_push(&mem, &paths, "models.c"));
	fine(model_load(&paths, &options, lib, &err), "");
	fine(model_schema(lib->models, d, NULL, &mem, &s, &err), "");
	return s;
}

Test(docs, models)
{
	struct strings c = of_section(false);
	struct model_library lib = {0};
	struct schema *s = load(&c, &dialect_sqlite, &lib);

	cr_expect_eq(s->tables.n, 10);
	cr_expect_eq(s->objects.n, 3);
	model_unload(&lib);
}

/* What each word of the section becomes; tests/pg/docs.sh has a server. */
Test(docs, models_of_a_server)
{
	struct strings c = of_section(true);
	struct model_library lib = {0};
	struct schema *s = load(&c, &dialect_postgresql, &lib);
	struct table *ticket = schema_table(s, NULL, "ticket");
	struct table *rest = schema_table(s, NULL, "measurement_rest");
	struct table *city = schema_table(s, NULL, "city");
	struct object *mood = schema_object(s, OBJECT_ENUM, NULL, "priority");
	struct object *policy = schema_object(s, OBJECT_OTHER, NULL, "own_notes");
	struct object *number = schema_object(s, OBJECT_OTHER, NULL,
					      "ticket_number");

	cr_assert(ticket && rest && city && mood && policy && number);
	cr_expect(schema_table(s, "billing", "customer"));
	cr_expect_eq(mood->labels.n, 3);
	cr_expect_eq(mood->renamed.n, 2);
	cr_expect_str_eq(mood->renamed.v[1], "normal");
	cr_expect_str_eq(number->was, "ticket_seq");
	cr_expect_str_eq(policy->table, "note");
	cr_expect_eq(table_column(s, ticket, "id")->identity, IDENTITY_ALWAYS);
	cr_expect_str_eq(table_column(s, ticket, "id")->identity_sql,
			 "START WITH 100 INCREMENT BY 10");
	cr_expect(table_column(s, ticket, "legacy")->serial);
	cr_expect_str_eq(rest->partition_of, "measurement");
	cr_expect_str_eq(rest->partition_bound, "DEFAULT");
	cr_expect_str_eq(rest->with, "fillfactor=70");
	cr_expect(table_column(s, rest, "day")->inherited);
	cr_expect_str_eq(schema_table(s, NULL, "measurement")->partition_by,
			 "RANGE (day)");
	cr_expect(city->unlogged);
	cr_expect_eq(city->inherits.n, 1);
	cr_expect_eq(schema_table(s, NULL, "note")->facets.n, 2);
	model_unload(&lib);
}

/* A block that is no whole file is the body of upgrade(). */
static const char *whole(const char *block)
{
	if (strstr(block, "void upgrade("))
		return block;
	return arena_printf(&mem, "#include <string.h>\n"
			    "#include <retort/revision.h>\n"
			    "void upgrade(retort_op *op)\n{\n%s}\n", block);
}

static void record(const char *text, enum direction way)
{
	struct revision r = { .id = "5f2c1b7a9d3e", .path = "r.c" };
	struct revision_library lib = {0};
	struct ops ops = {0};
	bool server = strstr(text, "_enum(") || strstr(text, "_validate_");
	const struct dialect *d = server ? &dialect_postgresql
					 : &dialect_sqlite;

	fine(revision_record(&r, way, d, &options, NULL, &mem,
			     &ops, &lib, &err), text);
	revision_unload(&lib);
}

Test(docs, revisions_in_c)
{
	struct strings c = blocks(revisions_md, "c");

	cr_assert_geq(c.n, 9);
	for (size_t i = 0; i < c.n; i++) {
		const char *text = whole(c.v[i]);

		write_file("r.c", text);
		record(text, UPGRADE);
		if (strstr(text, "void downgrade("))
			record(text, DOWNGRADE);
	}
}

/* The headers are read as the page says. */
Test(docs, headers)
{
	struct strings sql = blocks(revisions_md, "sql");
	struct strings c = blocks(revisions_md, "c");
	struct revision *r = NULL;
	struct script script = {0};
	bool found = false;

	cr_assert_eq(sql.n, 1);
	write_file("r.sql", sql.v[0]);
	fine(revision_read("r.sql", &mem, &r, &err), sql.v[0]);
	cr_expect_str_eq(r->id, "5f2c1b7a9d3e");
	cr_expect_str_eq(r->down.v[0], "1a2b3c4d5e6f");
	cr_expect_str_eq(r->message, "add posts");
	fine(revision_section(r, UPGRADE, &dialect_sqlite, NULL, 0, &mem,
			      &script, &found, &err), "");
	cr_expect(found);
	cr_expect_eq(script.stmts.n, 2);
	write_file("r.c", c.v[0]);
	fine(revision_read("r.c", &mem, &r, &err), c.v[0]);
	cr_expect_str_eq(r->id, "7b1d0c55aa10");
	cr_expect_str_eq(r->down.v[0], "5f2c1b7a9d3e");
}

/* Each block is a whole file, and what it has are hooks. */
Test(docs, hooks)
{
	struct strings c = blocks(hooks_md, "c"), paths = {0};

	cr_assert_eq(c.n, 5);
	cr_assert(vec_push(&mem, &paths, "models.c"));
	for (size_t i = 0; i < c.n; i++) {
		struct model_library lib = {0};
		const struct hooks *h = &lib.hooks;

		write_file("models.c", arena_printf(&mem, "%s%s",
			   "#include <retort/model.h>\n"
			   "MODEL(A, COLUMNS(COLUMN(\"id\", INTEGER)));\n",
			   c.v[i]));
		fine(model_load(&paths, &options, &lib, &err), c.v[i]);
		cr_expect(h->include_object || h->compare_type ||
			  h->process_revision_directives ||
			  h->on_version_apply, "%s", c.v[i]);
		model_unload(&lib);
	}
}
