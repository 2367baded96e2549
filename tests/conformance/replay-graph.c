/* replay-graph FILE: Alembic's recorded answers about histories, and ours. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "revision/graph.h"

struct replay {
	struct arena mem;	/* of one record */
	struct err err;
	struct graph *g;
	json_t *graphs;		/* by the name of the test */
	char *why;
};

static char *text_of(struct replay *r, const json_t *v)
{
	return arena_strdup(&r->mem, json_string_value(v));
}

/* A string, a list of strings, or null. */
static struct strings list_of(struct replay *r, json_t *v)
{
	struct strings list = {0};
	json_t *item;
	size_t i;

	if (json_is_string(v) && !vec_push(&r->mem, &list, text_of(r, v)))
		abort();
	json_array_foreach(v, i, item)
		if (!vec_push(&r->mem, &list, text_of(r, item)))
			abort();
	return list;
}

static retort_status build(struct replay *r, json_t *nodes)
{
	struct revisions list = {0};
	json_t *node;
	size_t i;

	json_array_foreach(nodes, i, node) {
		struct revision *rev = arena_new(&r->mem, struct revision);

		if (!rev || !vec_push(&r->mem, &list, rev))
			abort();
		rev->id = text_of(r, json_object_get(node, "rev"));
		rev->down = list_of(r, json_object_get(node, "down"));
		rev->depends_on = list_of(r, json_object_get(node, "deps"));
		rev->labels = list_of(r, json_object_get(node, "labels"));
		rev->message = rev->doc = "";
	}
	return graph_build(&list, &r->mem, &r->g, &r->err);
}

static bool same_set(const struct strings *a, const struct strings *b)
{
	for (size_t i = 0; i < a->n; i++)
		if (!strings_has(b, a->v[i]))
			return false;
	for (size_t i = 0; i < b->n; i++)
		if (!strings_has(a, b->v[i]))
			return false;
	return true;
}

static char *shown(struct replay *r, const struct strings *list)
{
	struct buf b = { .mem = &r->mem };

	for (size_t i = 0; i < list->n; i++)
		buf_addf(&b, "%s%s", i ? " " : "", list->v[i]);
	return buf_text(&b);
}

static bool differs(struct replay *r, const struct strings *got,
		    const struct strings *wanted)
{
	bool same = got->n == wanted->n;

	for (size_t i = 0; same && i < got->n; i++)
		same = !strcmp(got->v[i], wanted->v[i]);
	if (!same)
		r->why = arena_printf(&r->mem, "got [%s], wanted [%s]",
				      shown(r, got), shown(r, wanted));
	return !same;
}

static struct strings ids_of(struct replay *r, const struct revisions *list)
{
	struct strings ids = {0};

	for (size_t i = 0; i < list->n; i++)
		if (!vec_push(&r->mem, &ids, list->v[i]->id))
			abort();
	return ids;
}

/*
 * Where the database is: rows, or an identifier that a test gave instead.
 * Rows are whole identifiers of revisions that exist.
 */
static retort_status rows_of(struct replay *r, json_t *v, struct strings *out)
{
	struct strings list = list_of(r, v);
	struct revisions some;

	*out = list;
	if (!json_is_string(v))
		return RETORT_OK;
	if (graph_resolve(r->g, list.v[0], NULL, &r->mem, &some, &r->err) < 0)
		return r->err.pub.code;
	*out = ids_of(r, &some);
	return RETORT_OK;
}

static char *step_text(struct replay *r, const char *rev, bool up, bool stamp,
		       const struct strings *from, const struct strings *to)
{
	struct strings a = *from, b = *to;
	struct buf s = { .mem = &r->mem };

	/* The order within a step is an accident: sort. */
	for (size_t i = 1; i < a.n; i++)
		for (size_t j = i; j && strcmp(a.v[j], a.v[j - 1]) < 0; j--) {
			const char *t = a.v[j];

			a.v[j] = a.v[j - 1];
			a.v[j - 1] = t;
		}
	for (size_t i = 1; i < b.n; i++)
		for (size_t j = i; j && strcmp(b.v[j], b.v[j - 1]) < 0; j--) {
			const char *t = b.v[j];

			b.v[j] = b.v[j - 1];
			b.v[j - 1] = t;
		}
	buf_addf(&s, "%s%s%s:%s>%s", up ? "+" : "-", stamp ? "stamp" : "",
		 rev ? rev : "", shown(r, &a), shown(r, &b));
	return buf_text(&s);
}

static struct strings steps_of(struct replay *r, const struct steps *steps)
{
	struct strings list = {0};

	for (size_t i = 0; i < steps->n; i++) {
		const struct step *s = &steps->v[i];

		if (!vec_push(&r->mem, &list,
			      step_text(r, s->revision ? s->revision->id
						       : NULL,
					s->way == UPGRADE, s->stamp, &s->from,
					&s->to)))
			abort();
	}
	return list;
}

static struct strings wanted_steps(struct replay *r, json_t *result)
{
	struct strings list = {0};
	json_t *s;
	size_t i;

	json_array_foreach(result, i, s) {
		struct strings from = list_of(r, json_object_get(s, "frm"));
		struct strings to = list_of(r, json_object_get(s, "to"));

		if (!vec_push(&r->mem, &list, step_text(r,
			      json_string_value(json_object_get(s, "rev")),
			      json_is_true(json_object_get(s, "up")),
			      json_is_true(json_object_get(s, "stamp")),
			      &from, &to)))
			abort();
	}
	return list;
}

/* Ask for a plan. Several targets at once are iterated, not planned. */
static retort_status ask_plan(struct replay *r, const char *op, json_t *args,
			      struct strings *out)
{
	json_t *target = json_array_get(args, 0);
	struct strings to = list_of(r, target), rows;
	const char *one = to.n ? to.v[0] : "base";
	struct steps steps = {0};
	retort_status rc = rows_of(r, json_array_get(args, 1), &rows);

	if (rc < 0)
		return rc;
	if (!strcmp(op, "stamp"))
		rc = graph_stamp(r->g, &to, &rows, &r->mem, &steps, &r->err);
	else if (!strcmp(op, "downgrade"))
		rc = graph_downgrade(r->g, one, &rows, &r->mem, &steps,
				     &r->err);
	else if (to.n < 2)
		rc = graph_upgrade(r->g, one, &rows, &r->mem, &steps, &r->err);
	else
		rc = graph_upgrade_to(r->g, &to, &rows, &r->mem, &steps,
				      &r->err);
	*out = steps_of(r, &steps);
	return rc;
}

static bool flag(json_t *kw, const char *name, bool otherwise)
{
	json_t *v = json_object_get(kw, name);

	return v ? json_is_true(v) : otherwise;
}

static retort_status ask_iterate(struct replay *r, json_t *args, json_t *kw,
				 struct strings *out)
{
	struct iterate_options o = {
		.inclusive = flag(kw, "inclusive", false),
		.implicit_base = flag(kw, "implicit_base", false),
		.lenient = !flag(kw, "assert_relative_length", true),
		.for_downgrade = flag(kw, "select_for_downgrade", false)
	};
	struct strings upper = list_of(r, json_array_get(args, 0));
	struct strings lower = list_of(r, json_array_get(args, 1));
	struct revisions list = {0};
	retort_status rc = graph_iterate(r->g, &upper, &lower, &o, &r->mem,
					 &list, &r->err);

	*out = ids_of(r, &list);
	return rc;
}

static retort_status ask_revisions(struct replay *r, const char *op,
				   json_t *args, struct strings *out)
{
	struct strings names = list_of(r, json_array_get(args, 0));
	struct revisions list = {0};
	struct revision *one;

	for (size_t i = 0; i < names.n; i++) {
		retort_status rc = strcmp(op, "get_revision")
			? graph_resolve(r->g, names.v[i], NULL, &r->mem, &list,
					&r->err)
			: graph_resolve_one(r->g, names.v[i], NULL, &r->mem,
					    &one, &r->err);

		if (rc < 0)
			return rc;
		if (!strcmp(op, "get_revision") && one &&
		    !vec_push(&r->mem, &list, one))
			abort();
	}
	*out = ids_of(r, &list);
	return RETORT_OK;
}

/* Their error and ours: the same words, or ours for the same class. */
static bool wrong_error(struct replay *r, json_t *error)
{
	static const char *const ours[][2] = {
		{ "MultipleHeads", "Multiple head revisions are present for "
		  "given argument '" },
		{ "RangeNotAncestorError", "Requested range " },
		{ "ResolutionError", "Can't locate revision identified by '" },
		{ "ResolutionError", "Multiple revisions start with '" },
		{ "RevisionError", "Can't locate revision identified by '" },
		{ "RevisionError", "Revision " },
		{ "KeyError", "Revision " },
		{ NULL, NULL }
	};
	const char *class = json_string_value(json_array_get(error, 0));
	const char *text = json_string_value(json_array_get(error, 1));
	const char *message = r->err.pub.message;

	if (!strncmp(message, text, strlen(text)))
		return false;
	for (size_t i = 0; ours[i][0]; i++)
		if (!strcmp(ours[i][0], class) &&
		    !strncmp(message, ours[i][1], strlen(ours[i][1])))
			return false;
	r->why = arena_printf(&r->mem, "got error \"%s\", wanted %s \"%s\"",
			      message, class, text);
	return true;
}

static bool replay_question(struct replay *r, json_t *record)
{
	const char *op = json_string_value(json_object_get(record, "op"));
	json_t *args = json_object_get(record, "args");
	json_t *error = json_object_get(record, "error");
	json_t *result = json_object_get(record, "result");
	bool plan = !strcmp(op, "upgrade") || !strcmp(op, "downgrade") ||
		    !strcmp(op, "stamp");
	struct strings got = {0}, wanted;
	retort_status rc = build(r, json_object_get(record, "graph"));

	if (rc == RETORT_OK && plan)
		rc = ask_plan(r, op, args, &got);
	else if (rc == RETORT_OK && !strcmp(op, "iterate"))
		rc = ask_iterate(r, args, json_object_get(record, "kw"), &got);
	else if (rc == RETORT_OK)
		rc = ask_revisions(r, op, args, &got);
	if (rc < 0 && error)
		return !wrong_error(r, error);
	if (rc < 0 || error) {
		r->why = arena_printf(&r->mem, rc < 0 ? "error: %s"
				      : "no error%s", rc < 0
				      ? r->err.pub.message : "");
		return false;
	}
	wanted = plan ? wanted_steps(r, result) : list_of(r, result);
	return !differs(r, &got, &wanted);
}

/* A graph of nothing but the step: for when the record has none. */
static json_t *graph_of_step(const struct strings *before,
			     const struct strings *top,
			     const struct strings *below)
{
	json_t *nodes = json_array(), *down = json_array();
	const struct strings *lists[] = { below, before };

	for (size_t l = 0; l < 2; l++)
		for (size_t i = 0; i < lists[l]->n; i++) {
			if (l && (strings_has(below, lists[l]->v[i]) ||
				  strings_has(top, lists[l]->v[i])))
				continue;
			json_array_append_new(nodes, json_pack(
				"{s:s, s:[], s:[], s:[]}", "rev",
				lists[l]->v[i], "down", "deps", "labels"));
		}
	for (size_t i = 0; i < below->n; i++)
		json_array_append_new(down, json_string(below->v[i]));
	for (size_t i = 0; i < top->n; i++)
		json_array_append_new(nodes, json_pack(
			"{s:s, s:O, s:[], s:[]}", "rev", top->v[i], "down",
			down, "deps", "labels"));
	json_decref(down);
	return nodes;
}

static struct strings apply(struct replay *r, const struct strings *rows,
			    const struct step *s)
{
	struct strings after = {0};

	for (size_t i = 0; i < rows->n; i++)
		if (!strings_has(&s->delete_rows, rows->v[i]) &&
		    !vec_push(&r->mem, &after, rows->v[i]))
			abort();
	for (size_t i = 0; i < s->insert_rows.n; i++)
		if (!vec_push(&r->mem, &after, s->insert_rows.v[i]))
			abort();
	return after;
}

/* What a step from some revisions to others does to the rows. */
static retort_status ask_rows(struct replay *r, json_t *graph, bool up,
			      const struct strings *from,
			      const struct strings *to, struct strings *rows)
{
	const struct strings *top = up ? to : from, *below = up ? from : to;
	json_t *own = graph_of_step(rows, top, below);
	struct step step = {0};
	struct steps steps = {0};
	struct revision *rev;
	bool stamp = top->n != 1;
	retort_status rc = build(r, graph && !up ? graph : own);

	rev = rc < 0 || stamp ? NULL : map_get(&r->g->by_id, top->v[0]);
	if (rev && !up) {
		struct revisions b = rev->below;
		struct strings names = ids_of(r, &b);

		stamp = !same_set(&names, below);
	}
	if (rc == RETORT_OK && stamp) {
		rc = graph_stamp(r->g, to, rows, &r->mem, &steps, &r->err);
		if (steps.n)
			step = steps.v[0];
	} else if (rc == RETORT_OK) {
		rc = graph_step(r->g, rev, up ? UPGRADE : DOWNGRADE, rows,
				&r->mem, &step, &r->err);
	}
	if (rc == RETORT_OK)
		*rows = apply(r, rows, &step);
	json_decref(own);
	return rc;
}

static bool replay_rows(struct replay *r, json_t *record)
{
	json_t *step = json_object_get(record, "step");
	struct strings from = list_of(r, json_array_get(step, 0));
	struct strings to = list_of(r, json_array_get(step, 1));
	struct strings rows = list_of(r, json_object_get(record, "before"));
	struct strings after = list_of(r, json_object_get(record, "after"));
	const char *test = json_string_value(json_object_get(record, "test"));

	if (ask_rows(r, json_object_get(r->graphs, test),
		     json_is_true(json_array_get(step, 2)), &from, &to,
		     &rows) < 0) {
		r->why = arena_printf(&r->mem, "error: %s",
				      r->err.pub.message);
		return false;
	}
	if (same_set(&rows, &after))
		return true;
	r->why = arena_printf(&r->mem, "rows [%s], wanted [%s]",
			      shown(r, &rows), shown(r, &after));
	return false;
}

static bool replay(struct replay *r, json_t *record)
{
	const char *op = json_string_value(json_object_get(record, "op"));
	const char *test = json_string_value(json_object_get(record, "test"));
	json_t *graph = json_object_get(record, "graph");

	if (graph)
		json_object_set(r->graphs, test, graph);
	return !strcmp(op, "version_table") ? replay_rows(r, record)
					    : replay_question(r, record);
}

int main(int argc, char **argv)
{
	struct replay r = { .graphs = json_object() };
	size_t passed = 0, failed = 0, cap = 0;
	FILE *f = argc == 2 ? fopen(argv[1], "r") : NULL;
	char *line = NULL;

	if (!f) {
		fprintf(stderr, "usage: replay-graph FILE\n");
		return 2;
	}
	while (getline(&line, &cap, f) > 0) {
		json_t *record = json_loads(line, 0, NULL);

		if (record && replay(&r, record)) {
			passed++;
		} else {
			failed++;
			printf("%s %s: %s\n",
			       json_string_value(json_object_get(record,
								 "test")),
			       json_string_value(json_object_get(record, "op")),
			       r.why ? r.why : "not a record");
		}
		json_decref(record);
		arena_clear(&r.mem);
		r.why = NULL;
	}
	printf("%zu passed, %zu failed\n", passed, failed);
	free(line);
	fclose(f);
	json_decref(r.graphs);
	err_clear(&r.err);
	return failed != 0;
}
