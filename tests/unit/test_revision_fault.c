/* Each allocation in turn fails; each failure is reported, none is lost. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "revision/graph.h"
#include "revision/write.h"

static char dir[64];
static size_t left;	/* allocations until the one that fails */

static void set_up(void)
{
	strcpy(dir, "/tmp/retort-fault-XXXXXX");
	cr_assert(mkdtemp(dir));
}

static void tear_down(void)
{
	char command[128];

	arena_malloc = malloc;
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	cr_assert_eq(system(command), 0);
}

TestSuite(revision_fault, .init = set_up, .fini = tear_down);

static void *fail_one(size_t n)
{
	return left && !--left ? NULL : malloc(n);
}

static void put(struct arena *mem, const char *name, const char *text)
{
	struct err err = {0};
	char *path = path_join(mem, dir, name);

	cr_assert_eq(file_write(path, text, strlen(text), true, &err),
		     RETORT_OK);
}

static void put_all(void)
{
	struct arena mem = {0};

	put(&mem, "1.sql", "-- one\n-- Revision: aaaa1\n-- Revises:\n"
	    "-- Branch-labels: lib\n\n-- upgrade dialect=sqlite\nSELECT ${K};"
	    "\nSELECT 2;\n-- downgrade\nSELECT 3;\n");
	put(&mem, "2.c", "/*\n * two\n * Revision: bbbb2\n * Revises: aaaa1\n"
	    " */\n");
	put(&mem, "3.sql", "-- three\n-- Revision: cccc3\n-- Revises: aaaa1\n");
	put(&mem, "4.sql", "-- four\n-- Revision: dddd4\n-- Revises: bbbb2, "
	    "cccc3\n");
	put(&mem, "5.sql", "-- five\n-- Revision: eeee5\n-- Revises:\n"
	    "-- Depends-on: lib\n");
	arena_clear(&mem);
}

/* All that a session asks of its revisions. */
static retort_status plans(const struct graph *g, struct arena *mem,
			   struct err *err)
{
	const char *row[] = { "dddd4", "eeee5" }, *one[] = { "aaaa1" };
	const struct strings none = {0}, rows = { row, 2, 2 };
	const struct strings target = { one, 1, 1 };
	struct revisions list;
	struct steps steps;

	TRY(graph_upgrade(g, "heads", &none, mem, &steps, err));
	cr_assert_eq(steps.n, 5);
	TRY(graph_upgrade(g, "lib@+1", &none, mem, &steps, err));
	cr_assert_eq(steps.n, 1);
	TRY(graph_downgrade(g, "lib@base", &rows, mem, &steps, err));
	TRY(graph_downgrade(g, "base", &rows, mem, &steps, err));
	cr_assert_eq(steps.n, 5);
	TRY(graph_stamp(g, &target, &rows, mem, &steps, err));
	cr_assert_eq(steps.n, 1);
	TRY(graph_resolve(g, "lib@head-1+", NULL, mem, &list, err) ==
	    RETORT_E_NOMEM ? RETORT_E_NOMEM : RETORT_OK);
	TRY(graph_resolve(g, "eee", NULL, mem, &list, err));
	cr_assert_eq(list.n, 1);
	TRY(graph_range(g, "aaaa1:dddd4", NULL, mem, &list, err));
	cr_assert_eq(list.n, 4);
	return RETORT_OK;
}

static retort_status sections(const struct graph *g, struct arena *mem,
			      struct err *err)
{
	const struct revision *r = map_get(&g->by_id, "aaaa1");
	const retort_pair x = { "K", "1" };
	struct script s = {0};
	bool found;
	char *id;

	TRY(revision_section(r, UPGRADE, &dialect_sqlite, &x, 1, mem, &s,
			     &found, err));
	cr_assert(found);
	cr_assert_eq(s.stmts.n, 2);
	cr_assert_str_eq(s.stmts.v[0].sql, "SELECT 1");
	return revision_blob_id(r, mem, &id, err);
}

static retort_status writing(struct arena *mem, struct err *err)
{
	const char *down[] = { "aaaa1" };
	struct revision_new o = {
		.id = "ffff6", .message = "six */", .down = { down, 1, 1 },
		.template_path = "migrations_template/script.sql.in",
		.directory = dir, .slug_length = 40, .timezone = "+01:00",
		.upgrade = "SELECT 1;\nSELECT 2;"
	};
	char *id, *path, *text;

	TRY(revision_render(&o, mem, &id, &path, &text, err));
	cr_assert(strstr(text, "SELECT 2;"));
	cr_assert(strstr(path, "/ffff6_six.sql"));
	return RETORT_OK;
}

static retort_status everything(struct err *err)
{
	SCRATCH(mem);
	struct strings dirs = {0};
	struct graph *g;

	if (!vec_push(&mem, &dirs, dir))
		return err_nomem(err);
	TRY(graph_load(&dirs, true, &mem, &g, err));
	TRY(plans(g, &mem, err));
	TRY(sections(g, &mem, err));
	return writing(&mem, err);
}

Test(revision_fault, each_allocation)
{
	retort_status rc = RETORT_E_NOMEM;
	size_t n = 0;

	put_all();
	arena_malloc = fail_one;
	while (rc != RETORT_OK) {
		struct err err = {0};

		left = ++n;
		rc = everything(&err);
		/* Where it was an error's own text, the code stays. */
		cr_assert(rc == RETORT_OK || rc == RETORT_E_NOMEM,
			  "allocation %zu: %d %s", n, rc, err.pub.message);
		if (rc < 0)
			cr_assert_str_eq(err.pub.message, "out of memory");
		err_clear(&err);
		cr_assert_lt(n, 100000);
	}
	cr_assert_gt(n, 3);	/* very many with -DDEBUG */
}
