/*
 * Renames by `.was`. It stays in the models when the rename is done, so it
 * tells of one only where what is live does not look like that already.
 */
#include "base/buf.h"
#include "diff/differ.h"

/* Tables or columns of one comparison: what has a name now, and a model. */
struct namespace {
	struct differ *d;
	struct pair *p;		/* whose columns; NULL: tables */
	size_t n;		/* models */
};

/* One model that tells of a rename, by its number. */
static const char *model_name(const struct namespace *x, size_t i)
{
	return x->p ? x->p->wanted->columns.v[i]->name
		    : x->d->wanted->tables.v[i]->name;
}

static const char *model_was(const struct namespace *x, size_t i)
{
	const char *was = x->p ? x->p->wanted->columns.v[i]->was
			       : x->d->wanted->tables.v[i]->was;

	return was && !name_same(x->d->wanted, was, model_name(x, i)) ? was
								      : NULL;
}

/* In the schema of table model `i`; for columns of no account. */
static struct pair *live_table(const struct namespace *x, size_t i,
			       const char *name)
{
	return differ_pair(x->d, x->d->wanted->tables.v[i]->schema, name);
}

static bool is_live(const struct namespace *x, size_t i, const char *name)
{
	if (x->p)
		return table_column(x->d->work, x->p->work, name);
	return live_table(x, i, name);
}

/* The number of the model of that name, or `n`. */
static size_t model_at(const struct namespace *x, size_t i, const char *name)
{
	for (size_t k = 0; k < x->n; k++)
		if (name_same(x->d->wanted, model_name(x, k), name) &&
		    (x->p || name_same(x->d->wanted,
				       x->d->wanted->tables.v[k]->schema,
				       x->d->wanted->tables.v[i]->schema)))
			return k;
	return x->n;
}

/* Texts are left out: they may be spelled in another way. */
static bool column_looks_like(const struct column *a, const struct column *b)
{
	return type_same(&a->type, &b->type) && a->not_null == b->not_null &&
	       a->generated == b->generated;
}

/* Is the live column one of the model's, by its name or an older one? */
static bool is_claimed(const struct schema *s, const struct column *live,
		       const struct table *model)
{
	for (size_t i = 0; i < model->columns.n; i++)
		if (name_same(s, live->name, model->columns.v[i]->name) ||
		    name_same(s, live->name, model->columns.v[i]->was))
			return true;
	return false;
}

/*
 * Does what is called `name` look like model `i`? A table does when it would
 * lose no column.
 */
static bool looks_like(const struct namespace *x, const char *name, size_t i)
{
	const struct table *live;

	if (x->p)
		return column_looks_like(table_column(x->d->work, x->p->work,
						      name),
					 x->p->wanted->columns.v[i]);
	live = live_table(x, i, name)->work;
	for (size_t k = 0; k < live->columns.n; k++)
		if (!is_claimed(x->d->work, live->columns.v[k],
				x->d->wanted->tables.v[i]))
			return false;
	return true;
}

/*
 * Does the name that model `i` had become free: is it no model's, or that of
 * one which had another name, and so on?
 */
static bool becomes_free(const struct namespace *x, size_t i)
{
	for (size_t steps = 0; steps <= x->n; steps++) {
		const char *was = model_was(x, i);
		size_t next;

		if (!was || !is_live(x, i, was))
			return false;
		next = model_at(x, i, was);
		if (next == x->n)
			return true;
		i = next;
	}
	return false;
}

/* The model of the old name is another, new thing of that name. */
static bool is_taken_anew(const struct namespace *x, size_t i)
{
	const char *was = model_was(x, i);
	size_t other = model_at(x, i, was);

	return looks_like(x, was, i) && !looks_like(x, was, other);
}

static retort_status rename_to(const struct namespace *x, const char *from,
			       size_t i)
{
	struct differ *d = x->d;
	struct table *t;
	struct pair *p;

	if (x->p)
		return differ_rename(d, x->p, OP_RENAME_COLUMN, from,
				     model_name(x, i));
	t = d->wanted->tables.v[i];
	p = live_table(x, i, from);
	if (p->wanted && !vec_push(d->tmp, &d->added, p->wanted))
		return err_nomem(d->err);
	for (size_t k = d->added.n; k-- > 0;)
		if (d->added.v[k] == t)
			vec_remove(&d->added, k);
	return differ_rename_table(d, p, t);
}

/* *done: something was renamed, which may have made another name free. */
static retort_status rename_added(const struct namespace *x, bool *done)
{
	*done = false;
	for (size_t i = 0; i < x->n; i++) {
		const char *was = model_was(x, i);

		if (!was || is_live(x, i, model_name(x, i)) ||
		    !is_live(x, i, was))
			continue;
		if (!becomes_free(x, i) && !is_taken_anew(x, i))
			continue;
		TRY(rename_to(x, was, i));
		*done = true;
	}
	return RETORT_OK;
}

VEC_OF(numbers, size_t);

/*
 * Names that go round: each live, each said to have been another of them. The
 * numbers of the models in `ring`, from the smallest; none: no such ring.
 */
static retort_status find_ring(const struct namespace *x, size_t first,
			       struct numbers *ring)
{
	size_t i = first;

	ring->n = 0;
	do {
		const char *was = model_was(x, i);

		if (!was || i < first || ring->n > x->n ||
		    !is_live(x, i, model_name(x, i)) || !is_live(x, i, was)) {
			ring->n = 0;
			return RETORT_OK;
		}
		if (!vec_push(x->d->tmp, ring, i))
			return err_nomem(x->d->err);
		i = model_at(x, i, was);
		if (i == x->n) {
			ring->n = 0;
			return RETORT_OK;
		}
	} while (i != first);
	return RETORT_OK;
}

static char *ring_text(const struct namespace *x, const struct numbers *ring)
{
	struct buf b = { .mem = x->d->mem };

	for (size_t k = 0; k < ring->n; k++)
		buf_addf(&b, "%s\"%s\"", k ? ", " : "",
			 model_name(x, ring->v[k]));
	return buf_text(&b);
}

static retort_status note_ring(const struct namespace *x,
			       const struct numbers *ring)
{
	char *names = ring_text(x, ring), *note;

	if (!names)
		return err_nomem(x->d->err);
	note = arena_printf(x->d->mem, "%s %s look alike: whether they have "
			    "changed names is not to be seen, they are left "
			    "as they are", x->p ? "columns" : "tables", names);
	return note && vec_push(x->d->mem, &x->d->out->notes, note)
		? RETORT_OK : err_nomem(x->d->err);
}

static retort_status refuse_ring(const struct namespace *x,
				 const struct numbers *ring)
{
	char *names = ring_text(x, ring);

	if (!names)
		return err_nomem(x->d->err);
	err_set(x->d->err, RETORT_E_FAIL, "cannot tell whether %s %s have "
		"changed names already", x->p ? "columns" : "tables", names);
	err_hint(x->d->err, "Change only the names in one revision and the "
		 "rest in the next; or take \".was\" away, and rename them in "
		 "a revision by hand, through a third name.");
	return RETORT_E_FAIL;
}

static char *free_name(const struct namespace *x, size_t i)
{
	struct differ *d = x->d;
	char *name = arena_printf(d->tmp, "retort_aside_%s", model_name(x, i));

	while (name && (is_live(x, i, name) || model_at(x, i, name) < x->n))
		name = arena_printf(d->tmp, "%s_", name);
	return name;
}

static retort_status put_aside(const struct namespace *x, size_t i,
			       const char *name)
{
	struct differ *d = x->d;
	const char *key;
	struct pair *p;

	if (x->p)
		return differ_rename(d, x->p, OP_RENAME_COLUMN,
				     model_name(x, i), name);
	p = live_table(x, i, model_name(x, i));
	TRY(differ_rename(d, p, OP_RENAME_TABLE, model_name(x, i), name));
	p->wanted = NULL;
	key = table_key(d->tmp, p->work->schema, name);
	return key && map_put(&d->by_name, key, p) ? RETORT_OK
						   : err_nomem(d->err);
}

/* The first of the ring goes aside, so that each next finds its name free. */
static retort_status turn_ring(const struct namespace *x,
			       const struct numbers *ring)
{
	const char *aside = free_name(x, ring->v[0]);
	size_t last = ring->n - 1;

	if (!aside)
		return err_nomem(x->d->err);
	TRY(put_aside(x, ring->v[0], aside));
	for (size_t k = 0; k < last; k++)
		TRY(rename_to(x, model_was(x, ring->v[k]), ring->v[k]));
	return rename_to(x, aside, ring->v[last]);
}

static retort_status rename_ring(const struct namespace *x,
				 const struct numbers *ring)
{
	bool before = true, after = true;

	for (size_t k = 0; k < ring->n; k++) {
		size_t i = ring->v[k];

		before &= looks_like(x, model_was(x, i), i);
		after &= looks_like(x, model_name(x, i), i);
	}
	if (before && after)
		return note_ring(x, ring);
	if (after)
		return RETORT_OK;
	return before ? turn_ring(x, ring) : refuse_ring(x, ring);
}

static retort_status by_was(const struct namespace *x)
{
	struct numbers ring = {0};
	bool done = true;

	while (done)
		TRY(rename_added(x, &done));
	for (size_t i = 0; i < x->n; i++) {
		TRY(find_ring(x, i, &ring));
		if (ring.n > 1)
			TRY(rename_ring(x, &ring));
	}
	return RETORT_OK;
}

retort_status differ_tables_by_was(struct differ *d)
{
	const struct namespace x = { d, NULL, d->wanted->tables.n };

	return by_was(&x);
}

retort_status differ_columns_by_was(struct differ *d, struct pair *p)
{
	const struct namespace x = { d, p, p->wanted->columns.n };

	return by_was(&x);
}
