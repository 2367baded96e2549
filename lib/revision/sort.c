#include "revision/walk.h"

#include <stdlib.h>

/*
 * The order is the one that users of Alembic know: follow one head down its
 * line; at a revision that another line still needs, change to that line.
 * Which lines still need a revision is known from a count of what stands on
 * it, so that nothing is walked twice.
 */
struct sorter {
	const struct revision_set *set;
	struct arena *mem;
	struct err *err;
	struct revision_set all;	/* the heads and all below them */
	size_t *waiting;	/* of those in `all`: how many above are left */
	bool *done, *seen;
	size_t *place;		/* 1 + the place in `line`, 0: not there */
	struct revisions line;	/* the present head of each line, or NULL */
	size_t first;		/* no line is left before this one */
};

static retort_status sorter_init(struct sorter *s, const struct graph *g,
				 const struct revisions *heads)
{
	TRY(walk_reach(g, heads, WALK_BELOW, s->mem, &s->all, s->err));
	s->waiting = arena_array(s->mem, size_t, g->loaded.n + 1);
	s->place = arena_array(s->mem, size_t, g->loaded.n + 1);
	s->done = arena_array(s->mem, bool, g->loaded.n + 1);
	s->seen = arena_array(s->mem, bool, g->loaded.n + 1);
	if (!s->waiting || !s->place || !s->done || !s->seen)
		return err_nomem(s->err);
	for (size_t i = 0; i < s->all.list.n; i++) {
		const struct revision *r = s->all.list.v[i];

		for (size_t j = 0; j < r->below.n; j++)
			s->waiting[r->below.v[j]->index]++;
	}
	return RETORT_OK;
}

static retort_status add_line(struct sorter *s, struct revision *r)
{
	if (!vec_push(s->mem, &s->line, r))
		return err_nomem(s->err);
	s->place[r->index] = s->line.n;
	return RETORT_OK;
}

/* `r` is done. What is not in the set and waits for nothing is done too. */
static retort_status release(struct sorter *s, struct revision *r)
{
	SCRATCH(tmp);
	struct revisions todo = {0};

	if (!vec_push(&tmp, &todo, r))
		return err_nomem(s->err);
	while (todo.n) {
		const struct revision *last = todo.v[--todo.n];

		s->done[last->index] = true;
		for (size_t i = 0; i < last->below.n; i++) {
			struct revision *b = last->below.v[i];

			if (--s->waiting[b->index] || s->set->has[b->index])
				continue;
			if (!vec_push(&tmp, &todo, b))
				return err_nomem(s->err);
		}
	}
	return RETORT_OK;
}

/* The first line, other than its own, whose head stands above `r`. */
static retort_status line_above(struct sorter *s, struct revision *r,
				size_t *out)
{
	struct revisions todo = {0};
	size_t best = s->line.n;
	SCRATCH(tmp);

	while (s->first < s->line.n && !s->line.v[s->first])
		s->first++;
	if (!vec_push(&tmp, &todo, r))
		return err_nomem(s->err);
	for (size_t at = 0; at < todo.n && best != s->first; at++) {
		const struct revision *u = todo.v[at];
		size_t place = s->place[u->index];

		if (u != r && place && place - 1 < best)
			best = place - 1;
		for (size_t i = 0; i < u->above.n; i++) {
			struct revision *a = u->above.v[i];

			if (!s->all.has[a->index] || s->done[a->index] ||
			    s->seen[a->index])
				continue;
			if (!vec_push(&tmp, &todo, a))
				return err_nomem(s->err);
			s->seen[a->index] = true;
		}
	}
	for (size_t i = 0; i < todo.n; i++)
		s->seen[todo.v[i]->index] = false;
	*out = best;
	return RETORT_OK;
}

/* After `r` of line `at`: its line goes on below, or ends. */
static retort_status go_down(struct sorter *s, struct revision *r, size_t at,
			     size_t *next)
{
	bool placed = false;

	s->place[r->index] = 0;
	s->line.v[at] = NULL;
	for (size_t i = 0; i < r->below.n; i++) {
		struct revision *b = r->below.v[i];

		if (!s->set->has[b->index] || s->place[b->index])
			continue;
		if (placed) {
			TRY(add_line(s, b));
			continue;
		}
		s->line.v[at] = b;
		s->place[b->index] = at + 1;
		placed = true;
	}
	*next = at;
	if (placed)
		return RETORT_OK;
	/* The line before, or else the first one after. */
	while (*next > 0 && !s->line.v[*next])
		--*next;
	while (*next < s->line.n && !s->line.v[*next])
		++*next;
	return RETORT_OK;
}

static int by_index(const void *a, const void *b)
{
	const struct revision *const *x = a, *const *y = b;

	return ((*x)->index > (*y)->index) - ((*x)->index < (*y)->index);
}

/* The heads that are in the set, each once, in the order of reading. */
static retort_status start_lines(struct sorter *s, const struct graph *g,
				 const struct revisions *heads)
{
	struct revisions in = {0};

	for (size_t i = 0; i < heads->n; i++)
		if (s->set->has[heads->v[i]->index] &&
		    !vec_push(s->mem, &in, heads->v[i]))
			return err_nomem(s->err);
	if (in.n)
		qsort(in.v, in.n, sizeof(*in.v), by_index);
	TRY(sorter_init(s, g, &in));
	for (size_t i = 0; i < in.n; i++)
		if (!i || in.v[i] != in.v[i - 1])
			TRY(add_line(s, in.v[i]));
	return RETORT_OK;
}

retort_status walk_sort(const struct graph *g, const struct revision_set *set,
			const struct revisions *heads, struct arena *mem,
			struct revisions *out, struct err *err)
{
	SCRATCH(tmp);
	struct sorter s = { .set = set, .mem = &tmp, .err = err };
	struct revisions list = {0};
	size_t at = 0;

	TRY(start_lines(&s, g, heads));
	while (at < s.line.n) {
		struct revision *r = s.line.v[at];

		if (s.waiting[r->index]) {
			TRY(line_above(&s, r, &at));
			continue;
		}
		if (!vec_push(mem, &list, r))
			return err_nomem(err);
		TRY(release(&s, r));
		TRY(go_down(&s, r, at, &at));
	}
	if (list.n < set->list.n)
		return err_set(err, RETORT_E_FAIL, "the revisions asked for "
			       "are not connected with each other");
	*out = list;
	return RETORT_OK;
}
