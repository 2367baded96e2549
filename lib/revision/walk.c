#include "revision/walk.h"

#include <string.h>

retort_status set_init(const struct query *q, struct revision_set *out)
{
	*out = (struct revision_set){0};
	out->has = arena_array(q->mem, bool, q->g->loaded.n + 1);
	return out->has ? RETORT_OK : err_nomem(q->err);
}

retort_status set_add(const struct query *q, struct revision_set *s,
		      struct revision *r)
{
	if (s->has[r->index])
		return RETORT_OK;
	if (!vec_push(q->mem, &s->list, r))
		return err_nomem(q->err);
	s->has[r->index] = true;
	return RETORT_OK;
}

static const struct revisions *edges_of(const struct revision *r,
					enum walk_edges edges)
{
	switch (edges) {
	case WALK_PARENTS:
		return &r->parents;
	case WALK_CHILDREN:
		return &r->children;
	case WALK_BELOW:
		return &r->below;
	case WALK_ABOVE:
		break;
	}
	return &r->above;
}

/* Add all that is reached from s->list.v[at] on: the list is the queue. */
static retort_status flood(const struct query *q, struct revision_set *s,
			   size_t at, enum walk_edges edges)
{
	for (; at < s->list.n; at++) {
		const struct revisions *e = edges_of(s->list.v[at], edges);

		for (size_t i = 0; i < e->n; i++)
			TRY(set_add(q, s, e->v[i]));
	}
	return RETORT_OK;
}

retort_status walk_reach(const struct query *q, const struct revisions *from,
			 enum walk_edges edges, struct revision_set *out)
{
	TRY(set_init(q, out));
	for (size_t i = 0; i < from->n; i++)
		TRY(set_add(q, out, from->v[i]));
	return flood(q, out, 0, edges);
}

/* Of `from`, which ones are reached from from->v[i] without itself? */
static retort_status overlap(const struct query *q,
			     const struct revisions *from, size_t i,
			     enum walk_edges edges)
{
	SCRATCH(tmp);
	const struct query here = { q->g, &tmp, q->err };
	struct revisions one = { &from->v[i], 1, 1 };
	struct revision_set reached;
	struct buf names = { .mem = &tmp };

	TRY(walk_reach(&here, &one, edges, &reached));
	for (size_t j = 0; j < from->n; j++)
		if (from->v[j] != from->v[i] && reached.has[from->v[j]->index])
			buf_addf(&names, "%s%s", names.n ? ", " : "",
				 from->v[j]->id);
	if (!buf_text(&names))
		return err_nomem(q->err);
	if (!names.n)
		return RETORT_OK;
	err_set(q->err, RETORT_E_FAIL, "Requested revision %s overlaps with "
		"other requested revisions %s", from->v[i]->id, names.s);
	err_hint(q->err, "One of them already includes the other: leave out the "
		 "older one.");
	return RETORT_E_FAIL;
}

retort_status walk_reach_apart(const struct query *q,
			       const struct revisions *from,
			       enum walk_edges edges, struct revision_set *out)
{
	SCRATCH(tmp);
	const struct query here = { q->g, &tmp, q->err };
	struct revision_set start;
	bool apart = true;

	TRY(walk_reach(q, from, edges, out));
	/* Reached a second time, over an edge? */
	TRY(set_init(&here, &start));
	for (size_t i = 0; i < from->n; i++)
		TRY(set_add(&here, &start, from->v[i]));
	for (size_t i = 0; i < out->list.n; i++) {
		const struct revisions *e = edges_of(out->list.v[i], edges);

		for (size_t j = 0; j < e->n; j++)
			apart = apart && !start.has[e->v[j]->index];
	}
	for (size_t i = 0; !apart && i < start.list.n; i++)
		TRY(overlap(q, &start.list, i, edges));
	return RETORT_OK;
}

retort_status graph_check_apart(const struct graph *g,
				const struct revisions *list,
				bool dependencies, struct err *err)
{
	SCRATCH(tmp);
	const struct query q = { g, &tmp, err };
	struct revision_set reached;

	return walk_reach_apart(&q, list, dependencies ? WALK_BELOW
						       : WALK_PARENTS, &reached);
}

retort_status walk_shares_lineage(const struct query *q,
				  const struct revision *r,
				  const struct revisions *against,
				  bool dependencies, bool *out)
{
	SCRATCH(tmp);
	const struct query here = { q->g, &tmp, q->err };
	struct revision *self = q->g->loaded.v[r->index];
	struct revisions one = { &self, 1, 1 };
	struct revision_set up, down;
	bool shares = !against->n;

	TRY(walk_reach(&here, &one, dependencies ? WALK_ABOVE : WALK_CHILDREN,
		       &up));
	TRY(walk_reach(&here, &one, dependencies ? WALK_BELOW : WALK_PARENTS,
		       &down));
	for (size_t i = 0; i < against->n; i++)
		shares = shares || up.has[against->v[i]->index] ||
			 down.has[against->v[i]->index];
	*out = shares;
	return RETORT_OK;
}
