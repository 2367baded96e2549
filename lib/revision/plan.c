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
	const struct query q = { g, s->mem, s->err };
	struct revision_set set;

	TRY(walk_reach(&q, current, WALK_BELOW, &set));
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

retort_status graph_step(const struct graph *g, struct revision *r,
			 enum direction way, const struct strings *current,
			 struct arena *mem, struct step *out, struct err *err)
{
	struct revisions rows, one = { &r, 1, 1 };
	struct steps steps;
	SCRATCH(tmp);
	const struct query here = { g, &tmp, err };

	TRY(resolve_rows(&here, current, &rows));
	TRY(make_steps(g, &one, way, &rows, mem, &steps, err));
	*out = steps.v[0];
	return RETORT_OK;
}

retort_status graph_upgrade_to(const struct graph *g,
			       const struct strings *targets,
			       const struct strings *current,
			       struct arena *mem, struct steps *out,
			       struct err *err)
{
	const struct iterate_options o = { .implicit_base = true };
	SCRATCH(tmp);
	const struct query here = { g, &tmp, err };
	struct revisions rows, list;

	TRY(resolve_rows(&here, current, &rows));
	TRY(graph_iterate(g, targets, current, &o, &tmp, &list, err));
	return make_steps(g, &list, UPGRADE, &rows, mem, out, err);
}

retort_status graph_upgrade(const struct graph *g, const char *target,
			    const struct strings *current, struct arena *mem,
			    struct steps *out, struct err *err)
{
	const struct strings to = { &target, 1, 1 };

	return graph_upgrade_to(g, &to, current, mem, out, err);
}

retort_status graph_downgrade(const struct graph *g, const char *target,
			      const struct strings *current,
			      struct arena *mem, struct steps *out,
			      struct err *err)
{
	const struct iterate_options o = { .for_downgrade = true };
	const struct strings to = { &target, 1, 1 };
	SCRATCH(tmp);
	const struct query here = { g, &tmp, err };
	struct revisions rows, list;

	TRY(resolve_rows(&here, current, &rows));
	TRY(graph_iterate(g, current, &to, &o, &tmp, &list, err));
	return make_steps(g, &list, DOWNGRADE, &rows, mem, out, err);
}

/* What a stamp has to know. */
struct stamper {
	const struct graph *g;
	struct arena *mem;
	struct err *err;
	const struct strings *current;
	struct revisions rows;		/* as they are in the database */
	struct revisions heads;		/* those the targets are about */
	struct strings present;		/* as they will be, step by step */
	struct steps steps;
};

/* The rows of the lineage of a target; for the base, of its branch. */
static retort_status stamp_heads(struct stamper *s, const char *target)
{
	const struct query q = { s->g, s->mem, s->err };
	struct revisions found, against = {0};
	struct identifier id;

	TRY(identifier_parse(target, s->mem, &id, s->err));
	TRY(graph_resolve(s->g, target, s->current, s->mem, &against, s->err));
	found = s->rows;
	if (id.label) {
		struct revision *branch;

		TRY(resolve_branch(&q, id.label, &branch));
		if (!vec_push(s->mem, &against, branch))
			return err_nomem(s->err);
	}
	for (size_t i = 0; i < found.n; i++) {
		bool of, known = false;

		TRY(walk_shares_lineage(&q, found.v[i], &against, true,
					&of));
		for (size_t j = 0; j < s->heads.n; j++)
			known = known || s->heads.v[j] == found.v[i];
		if (of && !known && !vec_push(s->mem, &s->heads, found.v[i]))
			return err_nomem(s->err);
	}
	return RETORT_OK;
}

static bool take_out(struct strings *list, const char *s)
{
	for (size_t i = 0; i < list->n; i++)
		if (!strcmp(list->v[i], s)) {
			vec_remove(list, i);
			return true;
		}
	return false;
}

/* Delete of `from` what is still there, and put `to`. */
static retort_status stamp_step(struct stamper *s, enum direction way,
				const struct revisions *from,
				const struct revision *to, struct arena *mem)
{
	struct step step = { .way = way, .stamp = true };

	TRY(names_of(mem, from, &step.from, s->err));
	for (size_t i = 0; i < from->n; i++)
		if (take_out(&s->present, from->v[i]->id))
			TRY(add_name(mem, &step.delete_rows, from->v[i],
				     s->err));
	if (to) {
		TRY(add_name(mem, &step.to, to, s->err));
		if (!strings_has(&s->present, to->id)) {
			TRY(add_name(mem, &step.insert_rows, to, s->err));
			TRY(add_name(s->mem, &s->present, to, s->err));
		}
	}
	return vec_push(mem, &s->steps, step) ? RETORT_OK : err_nomem(s->err);
}

/* The rows that are reached from `r`, added to `out`. */
static retort_status reached(struct stamper *s, struct revision *r,
			     enum walk_edges edges, struct revisions *out)
{
	SCRATCH(tmp);
	const struct query q = { s->g, &tmp, s->err };
	struct revisions one = { &r, 1, 1 };
	struct revision_set set;

	TRY(walk_reach(&q, &one, edges, &set));
	for (size_t i = 0; i < s->heads.n; i++)
		if (set.has[s->heads.v[i]->index] &&
		    !vec_push(s->mem, out, s->heads.v[i]))
			return err_nomem(s->err);
	return RETORT_OK;
}

static bool is_among(const struct revisions *list, const struct revision *r)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->v[i] == r)
			return true;
	return false;
}

/*
 * One target takes the place of all rows on its branches, if there is one on
 * its own line. Of several each takes those on its own line alone, and none of
 * another target.
 */
static retort_status stamp_to(struct stamper *s, struct revision *r,
			      const struct revisions *targets,
			      struct arena *mem)
{
	struct revisions line = {0}, own = {0};
	bool above;

	if (is_among(&s->heads, r))
		return RETORT_OK;
	TRY(reached(s, r, WALK_ABOVE, &line));
	above = line.n > 0;
	TRY(reached(s, r, WALK_BELOW, &line));
	for (size_t i = 0; targets->n > 1 && i < line.n; i++)
		if (!is_among(targets, line.v[i]) &&
		    !vec_push(s->mem, &own, line.v[i]))
			return err_nomem(s->err);
	if (targets->n == 1 && line.n)
		own = s->heads;
	return stamp_step(s, above ? DOWNGRADE : UPGRADE, &own, r, mem);
}

static retort_status stamp_base(struct stamper *s, struct arena *mem)
{
	for (size_t i = 0; i < s->heads.n; i++) {
		struct revisions one = { &s->heads.v[i], 1, 1 };

		TRY(stamp_step(s, DOWNGRADE, &one, NULL, mem));
	}
	return RETORT_OK;
}

static retort_status stamp_all(struct stamper *s, const struct strings *targets,
			       struct arena *mem)
{
	struct revisions to = {0};

	for (size_t i = 0; i < targets->n; i++) {
		struct revisions some;

		TRY(stamp_heads(s, targets->v[i]));
		TRY(graph_resolve(s->g, targets->v[i], s->current, s->mem, &some,
				  s->err));
		for (size_t j = 0; j < some.n; j++)
			if (!vec_push(s->mem, &to, some.v[j]))
				return err_nomem(s->err);
	}
	if (!to.n)
		return stamp_base(s, mem);
	for (size_t i = 0; i < to.n; i++)
		TRY(stamp_to(s, to.v[i], &to, mem));
	return RETORT_OK;
}

retort_status graph_stamp(const struct graph *g, const struct strings *targets,
			  const struct strings *current, struct arena *mem,
			  struct steps *out, struct err *err)
{
	const char *base = "base";
	const struct strings to_base = { &base, 1, 1 };
	SCRATCH(tmp);
	const struct query here = { g, &tmp, err };
	struct stamper s = { .g = g, .current = current, .mem = &tmp,
			     .err = err };

	TRY(resolve_rows(&here, current, &s.rows));
	TRY(names_of(&tmp, &s.rows, &s.present, err));
	TRY(stamp_all(&s, targets->n ? targets : &to_base, mem));
	*out = s.steps;
	return RETORT_OK;
}
