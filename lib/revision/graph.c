#include "revision/walk.h"

#include <stdlib.h>
#include <string.h>

struct builder {
	struct graph *g;
	struct arena *mem;
	struct err *err;
	bool has_dependencies;	/* any revision */
	/* For link_below(): marks, and the number that is set now. */
	size_t *mark, now;
	size_t *lowest;		/* order of the first dependent */
	struct revisions up;
};

static retort_status nomem(struct builder *b)
{
	return err_nomem(b->err);
}

/* Not an error of one file only: say where the other one is. */
static void also(struct err *err, const struct revision *r, int line)
{
	if (r->path)
		err_detail(err, "The other one is %s:%d.", r->path, line);
}

static retort_status add_id(struct builder *b, struct revision *r)
{
	const struct revision *old = map_get(&b->g->by_id, r->id);

	if (old) {
		err_set(b->err, RETORT_E_FAIL,
			"Revision %s is present more than once", r->id);
		err_where(b->err, r->path, r->id_line);
		also(b->err, old, old->id_line);
		err_hint(b->err, "Give one of the two files an identifier of "
			 "its own, or delete it.");
		return RETORT_E_FAIL;
	}
	return map_put(&b->g->by_id, r->id, r) ? RETORT_OK : nomem(b);
}

static retort_status add_label(struct builder *b, struct revision *r,
			       const char *label)
{
	const struct revision *old = map_get(&b->g->by_label, label);

	if (!old)
		old = map_get(&b->g->by_id, label);
	if (old) {
		err_set(b->err, RETORT_E_FAIL, "Branch name '%s' in revision "
			"%s already used by revision %s", label, r->id,
			old->id);
		err_where(b->err, r->path, r->labels_line);
		if (old != r)
			also(b->err, old, old->labels_line ? old->labels_line
							   : old->id_line);
		err_hint(b->err, "Choose another label; one is written in one "
			 "revision only, and is no identifier.");
		return RETORT_E_FAIL;
	}
	return map_put(&b->g->by_label, label, r) ? RETORT_OK : nomem(b);
}

static retort_status add_names(struct builder *b)
{
	const struct revisions *list = &b->g->loaded;

	if (!map_reserve(&b->g->by_id, list->n))
		return nomem(b);
	for (size_t i = 0; i < list->n; i++)
		TRY(add_id(b, list->v[i]));
	for (size_t i = 0; i < list->n; i++)
		for (size_t j = 0; j < list->v[i]->labels.n; j++)
			TRY(add_label(b, list->v[i], list->v[i]->labels.v[j]));
	return RETORT_OK;
}

static retort_status missing(struct builder *b, const struct revision *r,
			     const char *id, int line)
{
	err_set(b->err, RETORT_E_FAIL,
		"Revision %s referenced from %s is not present", id, r->id);
	err_where(b->err, r->path, line);
	err_hint(b->err, "Bring its file back, or correct the header of %s.",
		 r->path ? r->path : r->id);
	return RETORT_E_FAIL;
}

static retort_status self_loop(struct builder *b, const struct revision *r,
			       const char *kind, int line)
{
	err_set(b->err, RETORT_E_FAIL, "%s is detected in revisions (%s)",
		kind, r->id);
	err_where(b->err, r->path, line);
	err_hint(b->err, "A revision cannot come after itself: correct the "
		 "header.");
	return RETORT_E_FAIL;
}

static bool has(const struct revisions *list, const struct revision *r)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->v[i] == r)
			return true;
	return false;
}

static bool add_once(struct arena *mem, struct revisions *list,
		     struct revision *r)
{
	return has(list, r) || vec_push(mem, list, r);
}

/* Most revisions have one parent and one child. */
static bool add_child(struct arena *mem, struct revision *parent,
		      struct revision *child)
{
	return (parent->children.n || vec_reserve(mem, &parent->children, 1)) &&
	       vec_push(mem, &parent->children, child);
}

static retort_status link_parents(struct builder *b, struct revision *r)
{
	if (r->down.n && !vec_reserve(b->mem, &r->parents, r->down.n))
		return nomem(b);
	for (size_t i = 0; i < r->down.n; i++) {
		struct revision *p = map_get(&b->g->by_id, r->down.v[i]);

		if (!p)
			return missing(b, r, r->down.v[i], r->down_line);
		if (p == r)
			return self_loop(b, r, "Self-loop", r->down_line);
		if (!add_once(b->mem, &r->parents, p) ||
		    !add_child(b->mem, p, r))
			return nomem(b);
	}
	return RETORT_OK;
}

/* A dependency may be written as a branch label. */
static retort_status link_dependencies(struct builder *b, struct revision *r)
{
	for (size_t i = 0; i < r->depends_on.n; i++) {
		const char *name = r->depends_on.v[i];
		struct revision *d = map_get(&b->g->by_id, name);

		if (!d)
			d = map_get(&b->g->by_label, name);
		if (!d)
			return missing(b, r, name, r->depends_line);
		if (d == r)
			return self_loop(b, r, "Dependency self-loop",
					 r->depends_line);
		if (!add_once(b->mem, &r->dependencies, d) ||
		    !vec_push(b->mem, &d->dependents, r))
			return nomem(b);
		b->has_dependencies = true;
	}
	return RETORT_OK;
}

static retort_status link_all(struct builder *b)
{
	const struct revisions *list = &b->g->loaded;

	for (size_t i = 0; i < list->n; i++)
		TRY(link_parents(b, list->v[i]));
	for (size_t i = 0; i < list->n; i++)
		TRY(link_dependencies(b, list->v[i]));
	return RETORT_OK;
}

/*
 * Bases first. A revision whose parents and dependencies are all placed is
 * placed next; those that never are, are on a cycle or above one.
 */
static retort_status order(struct builder *b, bool dependencies, size_t *left,
			   struct revisions *out)
{
	const struct revisions *list = &b->g->loaded;

	if (!vec_reserve(b->mem, out, list->n))
		return nomem(b);
	for (size_t i = 0; i < list->n; i++) {
		struct revision *r = list->v[i];

		left[i] = r->parents.n;
		if (dependencies)
			left[i] += r->dependencies.n;
		if (!left[i] && !vec_push(b->mem, out, r))
			return nomem(b);
	}
	for (size_t at = 0; at < out->n; at++) {
		const struct revision *r = out->v[at];

		for (size_t i = 0; i < r->children.n; i++)
			if (!--left[r->children.v[i]->index] &&
			    !vec_push(b->mem, out, r->children.v[i]))
				return nomem(b);
		for (size_t i = 0; dependencies && i < r->dependents.n; i++)
			if (!--left[r->dependents.v[i]->index] &&
			    !vec_push(b->mem, out, r->dependents.v[i]))
				return nomem(b);
	}
	return RETORT_OK;
}

static struct revision *still_left(const struct revisions *list,
				   const size_t *left)
{
	for (size_t i = 0; i < list->n; i++)
		if (left[list->v[i]->index])
			return list->v[i];
	return NULL;
}

static int by_id(const void *a, const void *b)
{
	const struct revision *const *x = a, *const *y = b;

	return strcmp((*x)->id, (*y)->id);
}

/* Going down from what is left over stays in it, and so comes to a cycle. */
static retort_status find_cycle(struct builder *b, bool dependencies,
				const size_t *left, struct revisions *out)
{
	SCRATCH(tmp);
	size_t *when = arena_array(&tmp, size_t, b->g->loaded.n);
	struct revision *r = still_left(&b->g->loaded, left);
	struct revisions path = {0};

	if (!when)
		return nomem(b);
	while (!when[r->index]) {
		struct revision *down = still_left(&r->parents, left);

		if (!vec_push(&tmp, &path, r))
			return nomem(b);
		when[r->index] = path.n;
		if (!down && dependencies)
			down = still_left(&r->dependencies, left);
		r = down;
	}
	for (size_t i = when[r->index] - 1; i < path.n; i++)
		if (!vec_push(b->mem, out, path.v[i]))
			return nomem(b);
	qsort(out->v, out->n, sizeof(*out->v), by_id);
	return RETORT_OK;
}

static retort_status cycle(struct builder *b, bool dependencies,
			   const size_t *left)
{
	SCRATCH(tmp);
	struct revisions found = {0};
	struct buf ids = { .mem = &tmp }, paths = { .mem = &tmp };

	TRY(find_cycle(b, dependencies, left, &found));
	for (size_t i = 0; i < found.n; i++) {
		buf_addf(&ids, "%s%s", i ? ", " : "", found.v[i]->id);
		if (i < 10 && found.v[i]->path)
			buf_addf(&paths, "%s%s", i ? ", " : "",
				 found.v[i]->path);
	}
	if (!buf_text(&ids) || !buf_text(&paths))
		return nomem(b);
	err_set(b->err, RETORT_E_FAIL, "%s is detected in revisions (%s)",
		dependencies ? "Dependency cycle" : "Cycle", ids.s);
	if (paths.n)
		err_detail(b->err, "The files are %s%s.", paths.s,
			   found.n > 10 ? ", and others" : "");
	err_where(b->err, found.v[0]->path, dependencies
		  ? found.v[0]->depends_line : found.v[0]->down_line);
	err_hint(b->err, "Correct the line %s of one of them.",
		 dependencies ? "Depends-on" : "Revises");
	return RETORT_E_FAIL;
}

static retort_status order_all(struct builder *b)
{
	SCRATCH(tmp);
	size_t *left = arena_array(&tmp, size_t, b->g->loaded.n + 1);
	struct revisions *all = &b->g->revisions;

	if (!left)
		return nomem(b);
	TRY(order(b, false, left, all));
	if (all->n < b->g->loaded.n)
		return cycle(b, false, left);
	if (b->has_dependencies) {
		*all = (struct revisions){0};
		TRY(order(b, true, left, all));
	}
	if (all->n < b->g->loaded.n)
		return cycle(b, true, left);
	for (size_t i = 0; i < all->n; i++)
		all->v[i]->order = i;
	return RETORT_OK;
}

static retort_status mark(struct builder *b, struct revision *r)
{
	if (b->mark[r->index] == b->now)
		return RETORT_OK;
	b->mark[r->index] = b->now;
	return vec_push(b->mem, &b->up, r) ? RETORT_OK : nomem(b);
}

/* Has an ancestor of `r`, by Revises, the dependency `d` too? */
static retort_status inherited(struct builder *b, const struct revision *r,
			       const struct revision *d, bool *out)
{
	size_t lowest = b->lowest[d->index];

	*out = false;
	if (lowest == r->order)
		return RETORT_OK;
	b->up.n = 0;
	b->now++;
	for (size_t i = 0; i < r->parents.n; i++)
		TRY(mark(b, r->parents.v[i]));
	for (size_t at = 0; at < b->up.n && !*out; at++) {
		const struct revision *a = b->up.v[at];

		*out = has(&a->dependencies, d);
		for (size_t i = 0; i < a->parents.n; i++)
			if (a->parents.v[i]->order >= lowest)
				TRY(mark(b, a->parents.v[i]));
	}
	return RETORT_OK;
}

static retort_status prepare_below(struct builder *b)
{
	const struct revisions *list = &b->g->revisions;

	if (!b->has_dependencies)
		return RETORT_OK;
	b->mark = arena_array(b->mem, size_t, list->n + 1);
	b->lowest = arena_array(b->mem, size_t, list->n + 1);
	if (!b->mark || !b->lowest)
		return nomem(b);
	for (size_t i = list->n; i-- > 0;)
		for (size_t j = 0; j < list->v[i]->dependencies.n; j++)
			b->lowest[list->v[i]->dependencies.v[j]->index] = i;
	return RETORT_OK;
}

static retort_status link_below(struct builder *b, struct revision *r)
{
	if (!r->dependencies.n) {
		r->below = r->parents;
		return RETORT_OK;
	}
	for (size_t i = 0; i < r->parents.n; i++)
		if (!vec_push(b->mem, &r->below, r->parents.v[i]))
			return nomem(b);
	for (size_t i = 0; i < r->dependencies.n; i++) {
		struct revision *d = r->dependencies.v[i];
		bool inherits;

		TRY(inherited(b, r, d, &inherits));
		if (!inherits && !add_once(b->mem, &r->below, d))
			return nomem(b);
	}
	return RETORT_OK;
}

static retort_status link_above(struct builder *b)
{
	const struct revisions *list = &b->g->loaded;

	TRY(prepare_below(b));
	for (size_t i = 0; i < list->n; i++)
		TRY(link_below(b, list->v[i]));
	for (size_t i = 0; i < list->n; i++) {
		struct revision *r = list->v[i];

		if (!r->dependents.n) {
			r->above = r->children;
			continue;
		}
		for (size_t j = 0; j < r->children.n; j++)
			if (!vec_push(b->mem, &r->above, r->children.v[j]))
				return nomem(b);
		for (size_t j = 0; j < r->dependents.n; j++)
			if (!has(&r->dependents.v[j]->parents, r) &&
			    !vec_push(b->mem, &r->above, r->dependents.v[j]))
				return nomem(b);
	}
	return RETORT_OK;
}

static retort_status find_ends(struct builder *b)
{
	struct graph *g = b->g;

	for (size_t i = 0; i < g->loaded.n; i++) {
		struct revision *r = g->loaded.v[i];

		if ((revision_is_head(r) && !vec_push(b->mem, &g->heads, r)) ||
		    (revision_is_base(r) && !vec_push(b->mem, &g->bases, r)) ||
		    (!r->above.n && !vec_push(b->mem, &g->real_heads, r)))
			return nomem(b);
	}
	return RETORT_OK;
}

static bool is_knot(const struct revision *r)
{
	return r->above.n > 1 || r->parents.n > 1;
}

static retort_status give_label(struct builder *b, struct revision *r,
				const char *label)
{
	if (strings_has(&r->all_labels, label))
		return RETORT_OK;
	return vec_push(b->mem, &r->all_labels, label) ? RETORT_OK : nomem(b);
}

/*
 * A label belongs to all revisions above the one it is written in; and to
 * those below down to a branch or merge, as long as there is none above.
 */
static retort_status spread_label(struct builder *b, struct revision *r,
				  const char *label)
{
	SCRATCH(tmp);
	const struct query q = { b->g, &tmp, b->err };
	struct revisions one = { &r, 1, 1 };
	struct revision_set above;
	bool line = true;

	TRY(walk_reach(&q, &one, WALK_CHILDREN, &above));
	for (size_t i = 0; i < above.list.n; i++) {
		TRY(give_label(b, above.list.v[i], label));
		line = line && !is_knot(above.list.v[i]);
	}
	while (line && r->parents.n == 1) {
		r = r->parents.v[0];
		line = !is_knot(r);
		if (line)
			TRY(give_label(b, r, label));
	}
	return RETORT_OK;
}

static retort_status spread_labels(struct builder *b)
{
	const struct revisions *list = &b->g->loaded;

	for (size_t i = 0; i < list->n; i++)
		for (size_t j = 0; j < list->v[i]->labels.n; j++)
			TRY(spread_label(b, list->v[i],
					 list->v[i]->labels.v[j]));
	return RETORT_OK;
}

static void reset(struct revision *r, size_t index)
{
	r->parents = r->children = (struct revisions){0};
	r->dependencies = r->dependents = (struct revisions){0};
	r->below = r->above = (struct revisions){0};
	r->all_labels = (struct strings){0};
	r->index = index;
	r->order = 0;
	r->shown = NULL;
}

retort_status graph_build(const struct revisions *list, struct arena *mem,
			  struct graph **out, struct err *err)
{
	struct builder b = { .g = arena_new(mem, struct graph), .mem = mem,
			     .err = err };

	if (!b.g)
		return nomem(&b);
	b.g->by_id.mem = b.g->by_label.mem = mem;
	if (!vec_reserve(mem, &b.g->loaded, list->n))
		return nomem(&b);
	for (size_t i = 0; i < list->n; i++) {
		reset(list->v[i], i);
		if (!vec_push(mem, &b.g->loaded, list->v[i]))
			return nomem(&b);
	}
	TRY(add_names(&b));
	TRY(link_all(&b));
	TRY(order_all(&b));
	TRY(link_above(&b));
	TRY(find_ends(&b));
	TRY(spread_labels(&b));
	*out = b.g;
	return RETORT_OK;
}
