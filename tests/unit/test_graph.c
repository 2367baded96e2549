#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "revision/graph.h"

static struct arena mem;
static struct err err;
static char dir[64];

static void set_up(void)
{
	strcpy(dir, "/tmp/retort-graph-XXXXXX");
	cr_assert(mkdtemp(dir));
}

static void tear_down(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	cr_assert_eq(system(command), 0);
	arena_clear(&mem);
	err_clear(&err);
}

TestSuite(graph, .init = set_up, .fini = tear_down);

/* "id<parent,parent!dependency[label]", as one writes a graph by hand. */
static struct revision *node(const char *text)
{
	struct revision *r = arena_new(&mem, struct revision);
	char *s = arena_strdup(&mem, text), *end = s + strlen(s);
	struct strings *list = NULL;
	char *word = s, stop;

	for (char *c = s; c <= end; c++) {
		if (*c && !strchr("<!,[]", *c))
			continue;
		stop = *c;
		*c = '\0';
		if (*word && !r->id)
			r->id = word;
		else if (*word)
			cr_assert(vec_push(&mem, list, word));
		list = stop == '<' ? &r->down : stop == '!' ? &r->depends_on
		     : stop == '[' ? &r->labels : list;
		word = c + 1;
	}
	r->message = r->doc = "";
	return r;
}

static retort_status try_build(const char *text, struct graph **g)
{
	struct revisions list = {0};
	char *s = arena_strdup(&mem, text);

	for (char *w = strtok(s, " "); w; w = strtok(NULL, " "))
		cr_assert(vec_push(&mem, &list, node(w)));
	return graph_build(&list, &mem, g, &err);
}

static struct graph *build(const char *text)
{
	struct graph *g = NULL;

	cr_assert_eq(try_build(text, &g), RETORT_OK, "%s", err.pub.message);
	return g;
}

static struct strings words(const char *text)
{
	struct strings list = {0};
	char *s = arena_strdup(&mem, text);

	for (char *w = strtok(s, " "); w; w = strtok(NULL, " "))
		cr_assert(vec_push(&mem, &list, w));
	return list;
}

static void add_all(struct buf *b, const struct strings *list)
{
	for (size_t i = 0; i < list->n; i++)
		buf_addf(b, "%s%s", i ? "," : "", list->v[i]);
}

/* "+id:-row,+row ..." */
static const char *plan(const struct graph *g, enum direction way,
			const char *target, const char *rows)
{
	struct strings current = words(rows);
	struct steps steps = {0};
	struct buf b = { .mem = &mem };
	retort_status rc = (way == UPGRADE ? graph_upgrade : graph_downgrade)
		(g, target, &current, &mem, &steps, &err);

	if (rc < 0)
		return err.pub.message;
	for (size_t i = 0; i < steps.n; i++) {
		const struct step *s = &steps.v[i];

		buf_addf(&b, "%s%s:", b.n ? " " : "", s->revision->id);
		add_all(&b, &s->delete_rows);
		buf_addc(&b, '>');
		add_all(&b, &s->insert_rows);
		cr_assert_eq(s->way, way);
	}
	return buf_text(&b);
}

static const char *ids(const struct revisions *list)
{
	struct buf b = { .mem = &mem };

	for (size_t i = 0; i < list->n; i++)
		buf_addf(&b, "%s%s", i ? " " : "", list->v[i]->id);
	return buf_text(&b);
}

static const char *resolved(const struct graph *g, const char *identifier,
			    const char *rows)
{
	struct strings current = words(rows ? rows : "");
	struct revisions list;

	if (graph_resolve(g, identifier, rows ? &current : NULL, &mem, &list,
			  &err) < 0)
		return err.pub.message;
	return ids(&list);
}

Test(graph, linear_plans)
{
	const struct graph *g = build("a< b<a c<b d<c");

	cr_assert_str_eq(ids(&g->revisions), "a b c d");
	cr_assert_str_eq(ids(&g->heads), "d");
	cr_assert_str_eq(ids(&g->bases), "a");
	cr_assert_str_eq(plan(g, UPGRADE, "head", ""),
			 "a:>a b:a>b c:b>c d:c>d");
	cr_assert_str_eq(plan(g, UPGRADE, "c", "b"), "c:b>c");
	cr_assert_str_eq(plan(g, UPGRADE, "head", "d"), "");
	cr_assert_str_eq(plan(g, UPGRADE, "+1", ""), "a:>a");
	cr_assert_str_eq(plan(g, UPGRADE, "+2", "b"), "c:b>c d:c>d");
	cr_assert_str_eq(plan(g, DOWNGRADE, "-1", "d"), "d:d>c");
	cr_assert_str_eq(plan(g, DOWNGRADE, "base", "b"), "b:b>a a:a>");
	cr_assert_str_eq(plan(g, DOWNGRADE, "b", "d"), "d:d>c c:c>b");
	cr_assert_str_eq(plan(g, DOWNGRADE, "-2", "b"), "b:b>a a:a>");
}

Test(graph, plans_that_cannot_be)
{
	const struct graph *g = build("a< b<a c<b d<c");

	cr_assert_str_eq(plan(g, UPGRADE, "+2", "c"),
			 "Relative revision +2 didn't produce 2 migrations");
	cr_assert_not_null(err.pub.hint);
	cr_assert_str_eq(plan(g, DOWNGRADE, "-3", "b"),
			 "Relative revision -3 didn't produce 3 migrations");
	cr_assert_str_eq(plan(g, DOWNGRADE, "-1", ""),
			 "Relative revision -1 didn't produce 1 migrations");
	cr_assert_str_eq(plan(g, DOWNGRADE, "+1", "b"),
			 "Relative revision +1 didn't produce 1 migrations");
	cr_assert_str_eq(plan(g, UPGRADE, "-1", "b"),
			 "Relative revision -1 didn't produce 1 migrations");
	cr_assert_str_eq(plan(g, DOWNGRADE, "c", "b"), "Destination c is not "
			 "a valid downgrade target from current head(s)");
	cr_assert_str_eq(plan(g, UPGRADE, "zz", "b"),
			 "Can't locate revision identified by 'zz'");
	cr_assert_str_eq(plan(g, UPGRADE, "head", "zz"),
			 "Can't locate revision identified by 'zz'");
	cr_assert_eq(err.pub.code, RETORT_E_NOTFOUND);
}

Test(graph, branches_and_merges)
{
	const struct graph *g = build("a< b1<a b2<a m<b1,b2");

	cr_assert_str_eq(plan(g, UPGRADE, "head", ""),
			 "a:>a b2:a>b2 b1:>b1 m:b1,b2>m");
	cr_assert_str_eq(plan(g, DOWNGRADE, "base", "m"),
			 "m:m>b1,b2 b1:b1> b2:b2>a a:a>");
	cr_assert_str_eq(plan(g, DOWNGRADE, "a", "b1 b2"), "b1:b1> b2:b2>a");
	cr_assert(revision_is_branch_point(map_get(&g->by_id, "a")));
	cr_assert(revision_is_merge_point(map_get(&g->by_id, "m")));
}

Test(graph, identifiers)
{
	const struct graph *g =
		build("aaaa1< aaaa2<aaaa1 bbbb1<[lib] bbbb2<bbbb1");

	cr_assert_str_eq(resolved(g, "aaaa2", NULL), "aaaa2");
	cr_assert_str_eq(resolved(g, "bbbb2-1", NULL), "bbbb1");
	cr_assert_str_eq(resolved(g, "base", NULL), "");
	cr_assert_str_eq(resolved(g, "heads", NULL), "aaaa2 bbbb2");
	cr_assert_str_eq(resolved(g, "lib", NULL), "bbbb1");
	cr_assert_str_eq(resolved(g, "lib@head", NULL), "bbbb2");
	cr_assert_str_eq(resolved(g, "lib@base+1", NULL), "bbbb1");
	cr_assert_str_eq(resolved(g, "lib@head-1", NULL), "bbbb1");
	cr_assert_str_eq(resolved(g, "current", "aaaa1"), "aaaa1");
	cr_assert_str_eq(resolved(g, "current+1", "aaaa1"), "aaaa2");
	cr_assert_str_eq(resolved(g, "-1", "aaaa2"), "aaaa1");
	cr_assert_str_eq(resolved(g, "aaaa", NULL), "Multiple revisions start "
			 "with 'aaaa': 'aaaa1', 'aaaa2'");
	cr_assert_str_eq(resolved(g, "head", NULL),
			 "Multiple head revisions are present for given "
			 "argument 'head'; please specify a specific target "
			 "revision, '<branchname>@head' to narrow to a "
			 "specific head, or 'heads' for all heads");
	cr_assert_str_eq(resolved(g, "", NULL),
			 "Can't locate revision identified by ''");
	cr_assert_str_eq(resolved(g, "nolib@head", NULL),
			 "Can't locate revision identified by 'nolib'");
	cr_assert_str_eq(resolved(g, "lib@aaaa1", NULL),
			 "Can't locate revision identified by 'aaaa1'");
}

static const char *refused(const char *text)
{
	struct graph *g = NULL;

	cr_assert_lt(try_build(text, &g), 0);
	cr_assert_null(g);
	cr_assert_not_null(err.pub.hint);
	return err.pub.message;
}

Test(graph, broken_ones)
{
	cr_assert_str_eq(refused("a< a<"),
			 "Revision a is present more than once");
	cr_assert_str_eq(refused("a<b b<a"),
			 "Cycle is detected in revisions (a, b)");
	cr_assert_str_eq(refused("x< a<c b<a c<b d<c"),
			 "Cycle is detected in revisions (a, b, c)");
	cr_assert_str_eq(refused("a<a"),
			 "Self-loop is detected in revisions (a)");
	cr_assert_str_eq(refused("a<!b b<!a"),
			 "Dependency cycle is detected in revisions (a, b)");
	cr_assert_str_eq(refused("a<!a"),
			 "Dependency self-loop is detected in revisions (a)");
	cr_assert_str_eq(refused("a<x"),
			 "Revision x referenced from a is not present");
	cr_assert_str_eq(refused("a<[l] b<a[l]"), "Branch name 'l' in "
			 "revision b already used by revision a");
	cr_assert_str_eq(refused("a< b<a[a]"), "Branch name 'a' in revision "
			 "b already used by revision a");
}

Test(graph, labels_are_inherited)
{
	const struct graph *g = build("z< a<z b<a[l] c<b");
	const struct revision *z = map_get(&g->by_id, "z");
	const struct revision *c = map_get(&g->by_id, "c");

	cr_assert(strings_has(&z->all_labels, "l"));
	cr_assert(strings_has(&c->all_labels, "l"));
	g = build("z< a<z b<a[l] c<b d<a");
	z = map_get(&g->by_id, "z");
	cr_assert_not(strings_has(&z->all_labels, "l"));
}

/* As deep as a history can be; a recursion would not live through it. */
Test(graph, deep)
{
	enum { N = 100000 };
	struct revisions list = {0};
	struct graph *g;
	struct strings none = {0}, rows = {0};
	struct steps steps;

	for (int i = 0; i < N; i++) {
		struct revision *r = arena_new(&mem, struct revision);

		r->id = arena_printf(&mem, "r%06d", i);
		if (i)
			cr_assert(vec_push(&mem, &r->down,
					   list.v[i - 1]->id));
		if (i == 10)
			cr_assert(vec_push(&mem, &r->labels, "l"));
		cr_assert(vec_push(&mem, &list, r));
	}
	cr_assert_eq(graph_build(&list, &mem, &g, &err), RETORT_OK);
	cr_assert_eq(graph_upgrade(g, "head", &none, &mem, &steps, &err),
		     RETORT_OK);
	cr_assert_eq(steps.n, N);
	cr_assert(vec_push(&mem, &rows, "r099999"));
	cr_assert_eq(graph_downgrade(g, "base", &rows, &mem, &steps, &err),
		     RETORT_OK);
	cr_assert_eq(steps.n, N);
	cr_assert_str_eq(steps.v[N - 1].revision->id, "r000000");
}

/* As wide as one can be: many lines that all wait for one revision. */
Test(graph, wide)
{
	enum { N = 50000 };
	struct revisions list = {0};
	struct graph *g;
	struct strings none = {0};
	struct steps steps;

	for (int i = 0; i < N; i++) {
		struct revision *r = arena_new(&mem, struct revision);

		r->id = arena_printf(&mem, "r%06d", i);
		if (i)
			cr_assert(vec_push(&mem, &r->down, i % 5 == 1
				? list.v[0]->id : list.v[i - 1]->id));
		if (i > 5 && i % 5 == 0)
			cr_assert(vec_push(&mem, &r->depends_on,
					   list.v[i - 5]->id));
		cr_assert(vec_push(&mem, &list, r));
	}
	cr_assert_eq(graph_build(&list, &mem, &g, &err), RETORT_OK);
	cr_assert_eq(graph_upgrade(g, "heads", &none, &mem, &steps, &err),
		     RETORT_OK);
	cr_assert_eq(steps.n, N);
}

/* The rows after these steps. */
static struct strings rows_after(const struct steps *steps, struct strings rows)
{
	for (size_t i = 0; i < steps->n; i++) {
		const struct step *s = &steps->v[i];

		for (size_t j = 0; j < s->delete_rows.n; j++)
			for (size_t k = rows.n; k-- > 0;)
				if (!strcmp(rows.v[k], s->delete_rows.v[j]))
					vec_remove(&rows, k);
		for (size_t j = 0; j < s->insert_rows.n; j++)
			cr_assert(vec_push(&mem, &rows, s->insert_rows.v[j]));
	}
	return rows;
}

/* Branches that are merged and branch again: no path is gone twice. */
Test(graph, merged_and_branched_again, .timeout = 60)
{
	enum { BRANCHES = 1000, TIMES = 3, ALL = TIMES * (BRANCHES + 1) };
	struct revisions list = {0}, range;
	struct strings none = {0}, rows;
	struct steps up, down;
	struct graph *g;

	for (int i = 0; i < ALL + BRANCHES; i++) {
		struct revision *r = arena_new(&mem, struct revision);
		int at = i % (BRANCHES + 1), first = i - at;

		r->id = arena_printf(&mem, "r%06d", i);
		for (int k = 0; !at && k < BRANCHES && first; k++)
			cr_assert(vec_push(&mem, &r->down,
					   list.v[first - BRANCHES + k]->id));
		if (at)
			cr_assert(vec_push(&mem, &r->down, list.v[first]->id));
		cr_assert(vec_push(&mem, &list, r));
	}
	cr_assert_eq(graph_build(&list, &mem, &g, &err), RETORT_OK);
	cr_assert_eq(graph_upgrade(g, "heads", &none, &mem, &up, &err),
		     RETORT_OK);
	cr_assert_eq(up.n, list.n);
	rows = rows_after(&up, none);
	cr_assert_eq(rows.n, g->heads.n);
	cr_assert_eq(graph_downgrade(g, "base", &rows, &mem, &down, &err),
		     RETORT_OK);
	cr_assert_eq(down.n, list.n);
	cr_assert_eq(rows_after(&down, rows).n, 0);
	cr_assert_eq(graph_range(g, NULL, NULL, &mem, &range, &err), RETORT_OK);
	cr_assert_eq(range.n, list.n);
}

static const char *stamped(const struct graph *g, const char *targets,
			   const char *current)
{
	struct strings to = words(targets), rows = words(current);
	struct buf b = { .mem = &mem };
	struct steps steps;

	if (graph_stamp(g, &to, &rows, &mem, &steps, &err) < 0)
		return err.pub.message;
	rows = rows_after(&steps, rows);
	add_all(&b, &rows);
	return buf_text(&b);
}

Test(graph, several_stamps)
{
	struct graph *g = build("a l1<a[left] l2<l1 r1<a[right] r2<r1!l1 o1 o2<o1");

	cr_assert_str_eq(stamped(g, "l2 r2 o2", "l2 o1"), "l2,r2,o2");
	cr_assert_str_eq(stamped(g, "l1 r1", "l2 r2"), "l1,r1");
	cr_assert_str_eq(stamped(g, "l1 r1", "a"), "l1,r1");
	cr_assert_str_eq(stamped(g, "heads", "o1"), "l2,r2,o2");
	cr_assert_str_eq(stamped(g, "l1", "l2 o2"), "o2,l1");
}

Test(graph, overlapping)
{
	struct graph *g = build("a b<a c<a!b d<c");
	struct revisions bc = {0}, ad = {0};

	cr_assert(vec_push(&mem, &bc, map_get(&g->by_id, "b")));
	cr_assert(vec_push(&mem, &bc, map_get(&g->by_id, "c")));
	cr_assert(vec_push(&mem, &ad, map_get(&g->by_id, "d")));
	cr_assert(vec_push(&mem, &ad, map_get(&g->by_id, "a")));
	cr_assert_eq(graph_check_apart(g, &bc, false, &err), RETORT_OK);
	cr_assert_eq(graph_check_apart(g, &bc, true, &err), RETORT_E_FAIL);
	cr_assert_str_eq(err.pub.message, "Requested revision c overlaps with "
			 "other requested revisions b");
	cr_assert_eq(graph_check_apart(g, &ad, false, &err), RETORT_E_FAIL);
	cr_assert_not_null(err.pub.hint);
}

static void put(const char *name, const char *text)
{
	char *path = path_join(&mem, dir, name);

	cr_assert_eq(file_write(path, text, strlen(text), true, &err),
		     RETORT_OK);
}

static retort_status load(bool recursive, struct graph **g)
{
	struct strings dirs = {0};

	cr_assert(vec_push(&mem, &dirs, dir));
	return graph_load(&dirs, recursive, &mem, g, &err);
}

Test(graph, reads_a_directory)
{
	struct graph *g = NULL;

	put("1_one.sql", "-- one\n--\n-- Revision: 1111\n-- Revises:\n\n");
	put("2_two.c", "/*\n * two\n *\n * Revision: 2222\n * Revises: 1111"
	    "\n */\n#include <x.h>\n");
	put("notes.sql", "SELECT 1;\n");
	put("README", "-- Revision: 3333\n-- Revises: nothing\n");
	put(".#2_two.c", "/*\n * Revision: 2222\n * Revises: 1111\n */\n");
	cr_assert_eq(load(false, &g), RETORT_OK, "%s", err.pub.message);
	cr_assert_str_eq(ids(&g->revisions), "1111 2222");
	cr_assert_str_eq(g->revisions.v[0]->message, "one");
	cr_assert_eq(g->revisions.v[1]->format, REVISION_C);

	put("3_three.sql", "-- three\n-- Revision: 3333\n-- Revises: 4444\n");
	cr_assert_lt(load(false, &g), 0);
	cr_assert_str_eq(err.pub.message,
			 "Revision 4444 referenced from 3333 is not present");
	cr_assert_not_null(strstr(err.pub.file, "/3_three.sql"));
	cr_assert_eq(err.pub.line, 3);
}

Test(graph, names_both_files_of_an_id)
{
	struct graph *g = NULL;

	put("1.sql", "-- Revision: 1111\n-- Revises:\n");
	put("2.sql", "-- x\n-- Revision: 1111\n-- Revises:\n");
	cr_assert_lt(load(false, &g), 0);
	cr_assert_str_eq(err.pub.message,
			 "Revision 1111 is present more than once");
	cr_assert_not_null(strstr(err.pub.file, "/2.sql"));
	cr_assert_eq(err.pub.line, 2);
	cr_assert_not_null(strstr(err.pub.detail, "/1.sql:1."));
}

Test(graph, no_directory)
{
	struct strings dirs = {0};
	struct graph *g = NULL;

	cr_assert(vec_push(&mem, &dirs, "/nonexistent/versions"));
	cr_assert_lt(graph_load(&dirs, false, &mem, &g, &err), 0);
	cr_assert_not_null(strstr(err.pub.message, "/nonexistent/versions"));
}
