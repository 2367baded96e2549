/* Histories of real projects, where the checkout has ../shared beside it. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "revision/graph.h"

static struct arena mem;
static struct err err;

static void tear_down(void)
{
	arena_clear(&mem);
	err_clear(&err);
}

TestSuite(real_graphs, .fini = tear_down);

static const char *find_directory(void)
{
	const char *shared = getenv("SHARED");
	const char *const tries[] = { shared, "../shared", "../../shared" };

	for (size_t i = 0; i < 3; i++) {
		char *dir = tries[i] ? path_join(&mem, tries[i], "graphs")
				     : NULL;

		if (dir && file_is_directory(dir))
			return dir;
	}
	return NULL;
}

static struct strings list_of(json_t *v)
{
	struct strings list = {0};
	json_t *item;
	size_t i;

	json_array_foreach(v, i, item)
		cr_assert(vec_push(&mem, &list, json_string_value(item)));
	return list;
}

static struct strings ids_of(const struct revisions *list)
{
	struct strings ids = {0};

	for (size_t i = 0; i < list->n; i++)
		cr_assert(vec_push(&mem, &ids, list->v[i]->id));
	return ids;
}

static void same_set(const char *what, const struct strings *got, json_t *v)
{
	struct strings wanted = list_of(v);

	cr_assert_eq(got->n, wanted.n, "%s: %zu, wanted %zu", what, got->n,
		     wanted.n);
	for (size_t i = 0; i < wanted.n; i++)
		cr_assert(strings_has(got, wanted.v[i]), "%s: no %s", what,
			  wanted.v[i]);
}

static int by_file(const void *a, const void *b)
{
	const struct revision *const *x = a, *const *y = b;

	return strcmp((*x)->path, (*y)->path);
}

/* In which order directories were read shows in the order of the heads. */
static void heads_first(struct revisions *list, json_t *heads)
{
	struct strings ids = list_of(heads);
	struct revisions sorted = {0};

	for (size_t i = 0; i < ids.n; i++)
		for (size_t j = 0; j < list->n; j++)
			if (!strcmp(list->v[j]->id, ids.v[i]))
				cr_assert(vec_push(&mem, &sorted, list->v[j]));
	for (size_t j = 0; j < list->n; j++)
		if (!strings_has(&ids, list->v[j]->id))
			cr_assert(vec_push(&mem, &sorted, list->v[j]));
	*list = sorted;
}

static struct graph *build(json_t *root)
{
	struct revisions list = {0};
	struct graph *g;
	json_t *node;
	size_t i;

	json_array_foreach(json_object_get(root, "revisions"), i, node) {
		struct revision *r = arena_new(&mem, struct revision);

		r->id = json_string_value(json_object_get(node, "id"));
		r->path = json_string_value(json_object_get(node, "file"));
		r->down = list_of(json_object_get(node, "down_revision"));
		r->depends_on = list_of(json_object_get(node, "depends_on"));
		r->labels = list_of(json_object_get(node, "branch_labels"));
		r->message = r->doc = "";
		cr_assert(vec_push(&mem, &list, r));
	}
	qsort(list.v, list.n, sizeof(*list.v), by_file);
	heads_first(&list, json_object_get(json_object_get(root,
						"alembic_1_8_1"), "heads"));
	cr_assert_eq(graph_build(&list, &mem, &g, &err), RETORT_OK, "%s",
		     err.pub.message);
	return g;
}

static void check_points(const struct graph *g, json_t *stats)
{
	struct strings branch = {0}, merge = {0};
	struct strings heads = ids_of(&g->heads), bases = ids_of(&g->bases);
	struct strings real = ids_of(&g->real_heads);

	for (size_t i = 0; i < g->loaded.n; i++) {
		const struct revision *r = g->loaded.v[i];

		if (revision_is_branch_point(r))
			cr_assert(vec_push(&mem, &branch, r->id));
		if (revision_is_merge_point(r))
			cr_assert(vec_push(&mem, &merge, r->id));
	}
	same_set("heads", &heads, json_object_get(stats, "heads"));
	same_set("effective heads", &real,
		 json_object_get(stats, "effective_heads"));
	same_set("bases", &bases, json_object_get(stats, "bases"));
	same_set("branch points", &branch,
		 json_object_get(stats, "branch_points"));
	same_set("merge points", &merge,
		 json_object_get(stats, "merge_points"));
}

static void same_order(const char *what, const struct strings *got, json_t *v)
{
	struct strings wanted = list_of(v);

	cr_assert_eq(got->n, wanted.n, "%s", what);
	for (size_t i = 0; i < got->n; i++)
		cr_assert_str_eq(got->v[i], wanted.v[i], "%s %zu: %s, not %s",
				 what, i, got->v[i], wanted.v[i]);
}

/* Every step up finds in place what it stands on. */
static void check_upgrade(const struct graph *g, const struct steps *steps)
{
	bool *active = arena_array(&mem, bool, g->loaded.n);

	for (size_t i = 0; i < steps->n; i++) {
		const struct revision *r = steps->v[i].revision;

		for (size_t j = 0; j < r->below.n; j++)
			cr_assert(active[r->below.v[j]->index]);
		cr_assert_not(active[r->index]);
		active[r->index] = true;
	}
}

static struct strings plan(const struct graph *g, enum direction way)
{
	struct strings rows = {0}, order = {0};
	struct steps steps;

	if (way == DOWNGRADE)
		rows = ids_of(&g->real_heads);
	cr_assert_eq((way == UPGRADE ? graph_upgrade : graph_downgrade)
		     (g, way == UPGRADE ? "heads" : "base", &rows, &mem,
		      &steps, &err), RETORT_OK, "%s", err.pub.message);
	cr_assert_eq(steps.n, g->loaded.n);
	if (way == UPGRADE)
		check_upgrade(g, &steps);
	for (size_t i = 0; i < steps.n; i++) {
		const struct step *s = &steps.v[i];

		for (size_t j = 0; j < s->delete_rows.n; j++)
			for (size_t k = rows.n; k-- > 0;)
				if (!strcmp(rows.v[k], s->delete_rows.v[j]))
					vec_remove(&rows, k);
		for (size_t j = 0; j < s->insert_rows.n; j++)
			cr_assert(vec_push(&mem, &rows, s->insert_rows.v[j]));
		cr_assert(vec_push(&mem, &order, s->revision->id));
	}
	cr_assert_eq(rows.n, way == UPGRADE ? g->real_heads.n : 0);
	return order;
}

static void check_file(const char *path)
{
	json_t *root = json_load_file(path, 0, NULL);
	json_t *alembic = json_object_get(root, "alembic_1_8_1");
	struct graph *g;
	struct revisions walk;
	struct strings up, down, all;

	cr_assert_not_null(root, "%s", path);
	g = build(root);
	check_points(g, json_object_get(root, "stats"));
	cr_assert_eq(graph_range(g, NULL, NULL, &mem, &walk, &err), RETORT_OK);
	all = ids_of(&walk);
	up = plan(g, UPGRADE);
	down = plan(g, DOWNGRADE);
	same_order("upgrade", &up, json_object_get(alembic, "upgrade_order"));
	same_order("walk", &all, json_object_get(alembic, "walk_order"));
	same_order("downgrade", &down,
		   json_object_get(alembic, "downgrade_order"));
	json_decref(root);
}

Test(real_graphs, all)
{
	const char *dir = find_directory();
	struct strings names;
	size_t n = 0;

	if (!dir)
		cr_skip_test("../shared/graphs is not there");
	cr_assert_eq(file_list(dir, &mem, &names, &err), RETORT_OK);
	for (size_t i = 0; i < names.n; i++) {
		if (!strstr(names.v[i], ".json"))
			continue;
		check_file(path_join(&mem, dir, names.v[i]));
		n++;
	}
	cr_assert_gt(n, 0);
}
