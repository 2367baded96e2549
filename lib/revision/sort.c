#include "revision/walk.h"

#include <stdlib.h>

/*
 * The order is the one that users of Alembic know: follow one head down its
 * line; at a revision that another line still needs, change to that line.
 * Which lines still need a revision is known from a count of what stands on
 * it, so that nothing is walked twice.
 */
struct line {
	struct revision *head;
	size_t before, after;	/* a ring of those that have not ended */
};

/* Going up from a revision: the next of those above it to look at. */
struct frame {
	const struct revision *r;
	size_t next;
};

struct sorter {
	const struct revision_set *set;
	struct arena *mem;
	struct err *err;
	struct revision_set all;	/* the heads and all below them */
	size_t *waiting;	/* of those in `all`: how many above are left */
	size_t *skip;		/* so many of r->above are done, or not in it */
	bool *done, *seen;
	size_t *place;		/* of its line, 0: it heads none */
	VEC(struct line) lines;	/* from 1; [0] is the ring's beginning */
	VEC(struct frame) stack;
	struct revisions touched;
};

static retort_status sorter_init(struct sorter *s, const struct graph *g,
				 const struct revisions *heads)
{
	const struct query q = { g, s->mem, s->err };

	TRY(walk_reach(&q, heads, WALK_BELOW, &s->all));
	s->waiting = arena_array(s->mem, size_t, g->loaded.n + 1);
	s->skip = arena_array(s->mem, size_t, g->loaded.n + 1);
	s->place = arena_array(s->mem, size_t, g->loaded.n + 1);
	s->done = arena_array(s->mem, bool, g->loaded.n + 1);
	s->seen = arena_array(s->mem, bool, g->loaded.n + 1);
	if (!s->waiting || !s->skip || !s->place || !s->done || !s->seen ||
	    !vec_push(s->mem, &s->lines, (struct line){0}))
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
	size_t at = s->lines.n, last = s->lines.v[0].before;
	struct line line = { r, last, 0 };

	if (!vec_push(s->mem, &s->lines, line))
		return err_nomem(s->err);
	s->lines.v[last].after = s->lines.v[0].before = at;
	s->place[r->index] = at;
	return RETORT_OK;
}

/* Take a line out of the ring; where to go on: the one before, or the first. */
static size_t end_line(struct sorter *s, size_t at)
{
	const struct line *l = &s->lines.v[at];

	s->lines.v[l->before].after = l->after;
	s->lines.v[l->after].before = l->before;
	return l->before ? l->before : s->lines.v[0].after;
}

/* `r` is done. What is not in the set and waits for nothing is done too. */
static retort_status release(struct sorter *s, struct revision *r)
{
	struct revisions *todo = &s->touched;

	todo->n = 0;
	if (!vec_push(s->mem, todo, r))
		return err_nomem(s->err);
	while (todo->n) {
		const struct revision *last = todo->v[--todo->n];

		s->done[last->index] = true;
		for (size_t i = 0; i < last->below.n; i++) {
			struct revision *b = last->below.v[i];

			if (--s->waiting[b->index] || s->set->has[b->index])
				continue;
			if (!vec_push(s->mem, todo, b))
				return err_nomem(s->err);
		}
	}
	return RETORT_OK;
}

/* The next revision above, of those left, to look at; NULL: no more. */
static struct revision *next_above(struct sorter *s, struct frame *f)
{
	size_t *skip = &s->skip[f->r->index];

	while (f->next < f->r->above.n) {
		struct revision *a = f->r->above.v[f->next];
		bool gone = !s->all.has[a->index] || s->done[a->index];

		if (gone && *skip == f->next)
			++*skip;
		f->next++;
		if (!gone && !s->seen[a->index])
			return a;
	}
	return NULL;
}

static retort_status enter(struct sorter *s, struct revision *r)
{
	struct frame f = { r, s->skip[r->index] };

	s->seen[r->index] = true;
	return vec_push(s->mem, &s->stack, f) &&
	       vec_push(s->mem, &s->touched, r) ? RETORT_OK
						: err_nomem(s->err);
}

/* The line after `at` in the ring, without that of `r`; 0: none. */
static size_t other_line(const struct sorter *s, const struct revision *r,
			 size_t at)
{
	at = s->lines.v[at].after;
	return at && s->lines.v[at].head == r ? s->lines.v[at].after : at;
}

/* The first line, other than its own, whose head stands above `r`. */
static retort_status line_above(struct sorter *s, struct revision *r,
				size_t *out)
{
	size_t first = other_line(s, r, 0), best = s->lines.n;

	*out = first;
	if (!first || !other_line(s, r, first))
		return RETORT_OK;	/* no other one can be it */
	s->stack.n = s->touched.n = 0;
	TRY(enter(s, r));
	while (s->stack.n && best != first) {
		struct revision *a =
			next_above(s, &s->stack.v[s->stack.n - 1]);

		if (!a) {
			s->stack.n--;
			continue;
		}
		if (s->place[a->index] && s->place[a->index] < best)
			best = s->place[a->index];
		TRY(enter(s, a));
	}
	for (size_t i = 0; i < s->touched.n; i++)
		s->seen[s->touched.v[i]->index] = false;
	*out = best < s->lines.n ? best : 0;
	return RETORT_OK;
}

/* After `r` of line `at`: its line goes on below, or ends. */
static retort_status go_down(struct sorter *s, struct revision *r, size_t at,
			     size_t *next)
{
	bool placed = false;

	s->place[r->index] = 0;
	for (size_t i = 0; i < r->below.n; i++) {
		struct revision *b = r->below.v[i];

		if (!s->set->has[b->index] || s->place[b->index])
			continue;
		if (placed) {
			TRY(add_line(s, b));
			continue;
		}
		s->lines.v[at].head = b;
		s->place[b->index] = at;
		placed = true;
	}
	*next = placed ? at : end_line(s, at);
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

retort_status walk_sort(const struct query *q, const struct revision_set *set,
			const struct revisions *heads, struct revisions *out)
{
	SCRATCH(tmp);
	struct sorter s = { .set = set, .mem = &tmp, .err = q->err };
	struct revisions list = {0};
	size_t at;

	TRY(start_lines(&s, q->g, heads));
	/* Place 0 is no line: none is left, or none leads on. */
	for (at = s.lines.v[0].after; at;) {
		struct revision *r = s.lines.v[at].head;

		if (s.waiting[r->index]) {
			TRY(line_above(&s, r, &at));
			continue;
		}
		if (!vec_push(q->mem, &list, r))
			return err_nomem(q->err);
		TRY(release(&s, r));
		TRY(go_down(&s, r, at, &at));
	}
	if (list.n < set->list.n) {
		err_set(q->err, RETORT_E_FAIL, "the revisions asked for are "
			"not connected with each other");
		err_hint(q->err, "Ask for those of one branch; \"db history "
			 "--graph\" shows the branches.");
		return RETORT_E_FAIL;
	}
	*out = list;
	return RETORT_OK;
}
