#include "revision/resolve.h"

#include <string.h>

/*
 * The rows of the version table, while a plan is made: the tips of what is
 * active. A revision is active when it is at or below a row.
 */
struct rows {
	const struct graph *g;
	struct arena *mem;
	struct err *err;
	bool *active, *row;
	size_t *above;		/* how many of r->above are active */
};

static retort_status rows_init(struct rows *s, const struct graph *g,
			       const struct revisions *current)
{
	struct revision_set set;

	TRY(walk_reach(g, current, WALK_BELOW, s->mem, &set, s->err));
	s->g = g;
	s->active = set.has;
	s->row = arena_array(s->mem, bool, g->loaded.n + 1);
	s->above = arena_array(s->mem, size_t, g->loaded.n + 1);
	if (!s->row || !s->above)
		return err_nomem(s->err);
	for (size_t i = 0; i < set.list.n; i++)
		for (size_t j = 0; j < set.list.v[i]->below.n; j++)
			s->above[set.list.v[i]->below.v[j]->index]++;
	for (size_t i = 0; i < current->n; i++)
		s->row[current->v[i]->index] = true;
	return RETORT_OK;
}

static retort_status add_name(struct arena *mem, struct strings *list,
			      const struct revision *r, struct err *err)
{
	return vec_push(mem, list, r->id) ? RETORT_OK : err_nomem(err);
}

static retort_status names_of(struct arena *mem, const struct revisions *list,
			      struct strings *out, struct err *err)
{
	for (size_t i = 0; i < list->n; i++)
		TRY(add_name(mem, out, list->v[i], err));
	return RETORT_OK;
}

/* The new revision takes the place of the rows it stands on. */
static retort_status rows_up(struct rows *s, const struct revision *r,
			     struct arena *mem, struct step *out)
{
	for (size_t i = 0; i < r->below.n; i++) {
		const struct revision *b = r->below.v[i];

		s->above[b->index]++;
		if (!s->row[b->index])
			continue;
		s->row[b->index] = false;
		TRY(add_name(mem, &out->delete_rows, b, s->err));
	}
	s->active[r->index] = s->row[r->index] = true;
	return add_name(mem, &out->insert_rows, r, s->err);
}

/* Below it, what nothing else stands on gets a row of its own again. */
static retort_status rows_down(struct rows *s, const struct revision *r,
			       struct arena *mem, struct step *out)
{
	if (s->row[r->index])
		TRY(add_name(mem, &out->delete_rows, r, s->err));
	s->active[r->index] = s->row[r->index] = false;
	for (size_t i = 0; i < r->below.n; i++) {
		const struct revision *b = r->below.v[i];

		if (--s->above[b->index] || s->row[b->index])
			continue;
		s->row[b->index] = true;
		TRY(add_name(mem, &out->insert_rows, b, s->err));
	}
	return RETORT_OK;
}

static retort_status add_step(struct rows *s, struct revision *r,
			      enum direction way, struct arena *mem,
			      struct steps *out)
{
	struct step step = { .revision = r, .way = way };

	TRY(add_name(mem, way == UPGRADE ? &step.to : &step.from, r, s->err));
	TRY(names_of(mem, &r->below, way == UPGRADE ? &step.from : &step.to,
		     s->err));
	TRY((way == UPGRADE ? rows_up : rows_down)(s, r, mem, &step));
	return vec_push(mem, out, step) ? RETORT_OK : err_nomem(s->err);
}

/* Newest first in `list`. */
static retort_status make_steps(const struct graph *g,
				const struct revisions *list,
				enum direction way,
				const struct revisions *current,
				struct arena *mem, struct steps *out,
				struct err *err)
{
	SCRATCH(tmp);
	struct rows s = { .mem = &tmp, .err = err };
	struct steps steps = {0};

	TRY(rows_init(&s, g, current));
	for (size_t i = 0; i < list->n; i++) {
		size_t at = way == UPGRADE ? list->n - 1 - i : i;

		TRY(add_step(&s, list->v[at], way, mem, &steps));
	}
	*out = steps;
	return RETORT_OK;
}

retort_status graph_upgrade(const struct graph *g, const char *target,
			    const struct strings *current, struct arena *mem,
			    struct steps *out, struct err *err)
{
	const struct iterate_options o = { .implicit_base = true };
	const struct strings to = { &target, 1, 1 };
	SCRATCH(tmp);
	struct revisions rows, list;

	TRY(resolve_rows(g, current, &tmp, &rows, err));
	TRY(graph_iterate(g, &to, current, &o, &tmp, &list, err));
	return make_steps(g, &list, UPGRADE, &rows, mem, out, err);
}

retort_status graph_downgrade(const struct graph *g, const char *target,
			      const struct strings *current,
			      struct arena *mem, struct steps *out,
			      struct err *err)
{
	const struct iterate_options o = { .for_downgrade = true };
	const struct strings to = { &target, 1, 1 };
	SCRATCH(tmp);
	struct revisions rows, list;

	TRY(resolve_rows(g, current, &tmp, &rows, err));
	TRY(graph_iterate(g, current, &to, &o, &tmp, &list, err));
	return make_steps(g, &list, DOWNGRADE, &rows, mem, out, err);
}
