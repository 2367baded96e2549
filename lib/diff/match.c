#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/near.h"
#include "diff/differ.h"

static retort_status make_pairs(struct differ *d)
{
	const struct schema *live = d->live;

	d->n_pairs = live->tables.n;
	d->pairs = arena_array(d->tmp, struct pair, d->n_pairs + 1);
	d->by_name = (struct map){ .mem = d->tmp, .fold = live->fold_case };
	if (!d->pairs || !map_reserve(&d->by_name, d->n_pairs))
		return err_nomem(d->err);
	for (size_t i = 0; i < d->n_pairs; i++) {
		const struct table *t = live->tables.v[i];
		const char *key = table_key(d->tmp, t->schema, t->name);

		d->pairs[i].live = d->pairs[i].work = t;
		if (!key || !map_put(&d->by_name, key, &d->pairs[i]))
			return err_nomem(d->err);
	}
	return RETORT_OK;
}

static retort_status match_names(struct differ *d)
{
	for (size_t i = 0; i < d->wanted->tables.n; i++) {
		struct table *t = d->wanted->tables.v[i];
		struct pair *p = differ_pair(d, t->schema, t->name);

		t->settled = false;
		if (p)
			p->wanted = t;
		else if (!vec_push(d->tmp, &d->added, t))
			return err_nomem(d->err);
	}
	return RETORT_OK;
}

retort_status differ_copy_live(struct differ *d)
{
	if (d->renamed)
		return RETORT_OK;
	/* `wanted` may go on using texts of it after normalize(). */
	d->renamed = schema_copy(d->wanted->mem, d->live);
	if (!d->renamed)
		return err_nomem(d->err);
	d->work = d->renamed;
	for (size_t i = 0; i < d->n_pairs; i++)
		d->pairs[i].work = d->renamed->tables.v[i];
	return RETORT_OK;
}

retort_status differ_rename(struct differ *d, struct pair *p,
			    enum op_kind kind, const char *from,
			    const char *to)
{
	struct op *op = differ_op(d, &d->renames, kind, p->work);

	if (!op)
		return RETORT_E_NOMEM;
	op->from = arena_strdup(d->mem, from);
	op->to = arena_strdup(d->mem, to);
	if (!op->from || !op->to)
		return err_nomem(d->err);
	TRY(differ_copy_live(d));
	return op_apply(d->renamed, op, d->err);
}

retort_status differ_rename_table(struct differ *d, struct pair *p,
				  struct table *t)
{
	const char *key = table_key(d->tmp, t->schema, t->name);

	TRY(differ_rename(d, p, OP_RENAME_TABLE, p->work->name, t->name));
	if (!key || !map_put(&d->by_name, key, p))
		return err_nomem(d->err);
	p->wanted = t;
	return RETORT_OK;
}

static retort_status rename_pair(struct differ *d, struct pair *p, size_t at)
{
	TRY(differ_rename_table(d, p, d->added.v[at]));
	vec_remove(&d->added, at);
	return RETORT_OK;
}

static struct pair *live_pair(const struct differ *d, const char *name)
{
	for (size_t i = 0; i < d->n_pairs; i++)
		if (name_same(d->live, d->pairs[i].live->name, name))
			return &d->pairs[i];
	return NULL;
}

static long added_at(const struct differ *d, const char *name)
{
	for (size_t i = 0; i < d->added.n; i++)
		if (name_same(d->wanted, d->added.v[i]->name, name))
			return (long)i;
	return -1;
}

static retort_status bad_rename(struct differ *d, const struct diff_rename *r,
				const char *why, const char *name)
{
	err_set(d->err, RETORT_E_NOTFOUND,
		"cannot rename \"%s\" to \"%s\": %s \"%s\"", r->from, r->to,
		why, name);
	err_hint(d->err, "The old name is one of the database, the new one of "
		 "the models: OLD:NEW, of a column TABLE.OLD:NEW.");
	return RETORT_E_NOTFOUND;
}

static retort_status did_you_mean(struct differ *d, const struct near *n)
{
	if (n->best)
		err_hint(d->err, "Did you mean \"%s\"?", n->best);
	return d->err->pub.code;
}

/* The same, of a name that is not there; in which tables it is not. */
static retort_status no_such_table(struct differ *d,
				   const struct diff_rename *r,
				   const char *why, const struct schema *s,
				   const char *name)
{
	struct near n = near_start(name);

	bad_rename(d, r, why, name);
	for (size_t i = 0; i < s->tables.n; i++)
		near_try(&n, s->tables.v[i]->name);
	return did_you_mean(d, &n);
}

static retort_status no_such_column(struct differ *d,
				    const struct diff_rename *r,
				    const char *why, const struct table *t,
				    const char *name)
{
	struct near n = near_start(name);

	bad_rename(d, r, why, name);
	for (size_t i = 0; i < t->columns.n; i++)
		near_try(&n, t->columns.v[i]->name);
	return did_you_mean(d, &n);
}

static retort_status rename_table_as_told(struct differ *d, struct pair *p,
					  const struct diff_rename *r)
{
	long at = added_at(d, r->to);

	if (p->wanted && name_same(d->work, p->wanted->name, r->to))
		return RETORT_OK;
	if (p->wanted)
		return bad_rename(d, r, "the models still have a table",
				  r->from);
	if (live_pair(d, r->to))
		return bad_rename(d, r, "the database already has a table",
				  r->to);
	if (at < 0)
		return no_such_table(d, r, "the models have no table",
				     d->wanted, r->to);
	return rename_pair(d, p, (size_t)at);
}

static retort_status tables_as_told(struct differ *d)
{
	for (size_t i = 0; i < d->o->renames.n; i++) {
		const struct diff_rename *r = &d->o->renames.v[i];
		struct pair *p = live_pair(d, r->from);

		if (p)
			TRY(rename_table_as_told(d, p, r));
		else if (!strchr(r->from, '.') &&
			 !differ_names_object(d, r->from))
			return no_such_table(d, r, "the database has no table",
					     d->live, r->from);
	}
	return RETORT_OK;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void add_folded(const struct differ *d, struct buf *b, const char *s)
{
	for (; *s; s++)
		buf_addc(b, d->live->fold_case && *s >= 'A' && *s <= 'Z'
			    ? (char)(*s | 0x20) : *s);
}

/* Columns and their types in one text, the same for tables that look alike. */
static const char *signature(struct differ *d, const struct table *t)
{
	const char **line = arena_array(d->tmp, const char *, t->columns.n + 1);
	struct buf all = { .mem = d->tmp };

	if (!line)
		return NULL;
	for (size_t i = 0; i < t->columns.n; i++) {
		const struct column *c = t->columns.v[i];
		struct buf b = { .mem = d->tmp };

		add_folded(d, &b, c->name);
		buf_addc(&b, ' ');
		if (c->type.text)
			add_folded(d, &b, c->type.text);
		line[i] = buf_text(&b);
		if (!line[i])
			return NULL;
	}
	qsort(line, t->columns.n, sizeof(*line), by_text);
	for (size_t i = 0; i < t->columns.n; i++)
		buf_addf(&all, "%s\n", line[i]);
	return buf_text(&all);
}

static retort_status ask(struct differ *d, const char *kind, const char *from,
			 const char *to, bool *yes)
{
	char *text = arena_printf(d->tmp, "was %s \"%s\" renamed to \"%s\"?",
				  kind, from, to);

	if (!text)
		return err_nomem(d->err);
	*yes = d->o->ask && d->o->ask(d->o->payload, text) == 1;
	return RETORT_OK;
}

/* A dropped table; the next that looks the same. */
struct dropped {
	struct pair *pair;
	struct dropped *next;
};

static retort_status gather_dropped(struct differ *d, struct map *alike)
{
	for (size_t i = d->n_pairs; i-- > 0;) {
		struct pair *p = &d->pairs[i];
		struct dropped *x;
		const char *key;

		if (p->wanted)
			continue;
		x = arena_new(d->tmp, struct dropped);
		key = signature(d, p->work);
		if (!x || !key)
			return err_nomem(d->err);
		x->pair = p;
		x->next = map_get(alike, key);
		if (!map_put(alike, key, x))
			return err_nomem(d->err);
	}
	return RETORT_OK;
}

/* *renamed: the added table at `at` was one of `x`. */
static retort_status ask_about_table(struct differ *d, struct dropped *x,
				     size_t at, bool *renamed)
{
	const struct table *t = d->added.v[at];

	*renamed = false;
	for (; x && !*renamed; x = x->next) {
		if (x->pair->wanted ||
		    !name_same(d->live, x->pair->work->schema, t->schema))
			continue;
		if (!d->o->ask) {
			if (!x->pair->looks_like)
				x->pair->looks_like = t->name;
			continue;
		}
		TRY(ask(d, "table", x->pair->work->name, t->name, renamed));
		if (*renamed)
			return rename_pair(d, x->pair, at);
	}
	return RETORT_OK;
}

static retort_status tables_by_question(struct differ *d)
{
	struct map alike = { .mem = d->tmp };

	if (!d->added.n)
		return RETORT_OK;
	TRY(gather_dropped(d, &alike));
	if (!alike.n)
		return RETORT_OK;
	for (size_t i = 0; i < d->added.n;) {
		const char *key = signature(d, d->added.v[i]);
		bool renamed;

		if (!key)
			return err_nomem(d->err);
		TRY(ask_about_table(d, map_get(&alike, key), i, &renamed));
		i += !renamed;
	}
	return RETORT_OK;
}

/* The same in all but the name? */
static bool columns_alike(const struct differ *d, const struct column *a,
			  const struct column *b)
{
	struct column x = *a, y = *b;

	x.name = y.name = "";
	x.comment = y.comment = NULL;
	return column_same(d->live, &x, &y);
}

static bool is_added(const struct differ *d, const struct pair *p,
		     const char *name)
{
	return table_column(d->work, p->wanted, name) &&
	       !table_column(d->work, p->work, name);
}

static retort_status ask_about_column(struct differ *d, struct pair *p,
				      const struct column *c)
{
	for (size_t i = 0; i < p->work->columns.n; i++) {
		const struct column *old = p->work->columns.v[i];
		const char *from;
		bool yes;

		if (table_column(d->work, p->wanted, old->name) ||
		    !columns_alike(d, old, c))
			continue;
		from = arena_printf(d->tmp, "%s.%s", p->work->name, old->name);
		if (!from)
			return err_nomem(d->err);
		TRY(ask(d, "column", from, c->name, &yes));
		if (yes)
			return differ_rename(d, p, OP_RENAME_COLUMN, old->name,
					     c->name);
	}
	return RETORT_OK;
}

bool differ_same_columns(const struct differ *d, const struct pair *p)
{
	if (p->work->columns.n != p->wanted->columns.n)
		return false;
	for (size_t i = 0; i < p->work->columns.n; i++)
		if (!name_same(d->work, p->work->columns.v[i]->name,
			       p->wanted->columns.v[i]->name))
			return false;
	return true;
}

retort_status differ_match_columns(struct differ *d, struct pair *p)
{
	TRY(differ_columns_by_was(d, p));
	if (differ_same_columns(d, p))
		return RETORT_OK;
	for (size_t i = 0; d->o->ask && i < p->wanted->columns.n; i++)
		if (is_added(d, p, p->wanted->columns.v[i]->name))
			TRY(ask_about_column(d, p, p->wanted->columns.v[i]));
	return RETORT_OK;
}

const struct column *differ_looks_like(const struct differ *d,
				       const struct pair *p,
				       const struct column *dropped)
{
	if (d->o->ask)
		return NULL;
	for (size_t i = 0; i < p->wanted->columns.n; i++) {
		const struct column *c = p->wanted->columns.v[i];

		if (!table_column(d->work, p->work, c->name) &&
		    columns_alike(d, dropped, c))
			return c;
	}
	return NULL;
}

static retort_status rename_column_as_told(struct differ *d,
					   const struct diff_rename *r,
					   const char *table,
					   const char *column)
{
	struct pair *p = live_pair(d, table);

	for (size_t i = 0; !p && i < d->n_pairs; i++)
		if (name_same(d->work, d->pairs[i].work->name, table))
			p = &d->pairs[i];
	if (!p)
		return no_such_table(d, r, "the database has no table",
				     d->live, table);
	if (!p->wanted)
		return no_such_table(d, r, "the models have no table",
				     d->wanted, table);
	if (!table_column(d->work, p->work, column))
		return no_such_column(d, r, "the database has no column",
				      p->work, column);
	if (table_column(d->work, p->wanted, column))
		return bad_rename(d, r, "the models still have a column",
				  r->from);
	if (table_column(d->work, p->work, r->to))
		return bad_rename(d, r, "the database already has a column",
				  r->to);
	if (!table_column(d->work, p->wanted, r->to))
		return no_such_column(d, r, "the models have no column",
				      p->wanted, r->to);
	return differ_rename(d, p, OP_RENAME_COLUMN, column, r->to);
}

static retort_status columns_as_told(struct differ *d)
{
	for (size_t i = 0; i < d->o->renames.n; i++) {
		const struct diff_rename *r = &d->o->renames.v[i];
		const char *dot = strrchr(r->from, '.');
		const char *table;

		if (!dot || live_pair(d, r->from) ||
		    differ_names_object(d, r->from))
			continue;
		table = arena_strndup(d->tmp, r->from,
				      (size_t)(dot - r->from));
		if (!table)
			return err_nomem(d->err);
		TRY(rename_column_as_told(d, r, table, dot + 1));
	}
	return RETORT_OK;
}

static retort_status match_columns(struct differ *d)
{
	for (size_t i = 0; i < d->n_pairs; i++) {
		struct pair *p = &d->pairs[i];

		if (!p->wanted)
			continue;
		p->wanted->settled = differ_settled(d, p);
		if (!p->wanted->settled)
			TRY(differ_match_columns(d, p));
	}
	/* A rename may have changed what names the column elsewhere. */
	for (size_t i = 0; d->renamed && i < d->wanted->tables.n; i++)
		d->wanted->tables.v[i]->settled = false;
	return RETORT_OK;
}

retort_status differ_match(struct differ *d)
{
	TRY(make_pairs(d));
	TRY(match_names(d));
	TRY(differ_rename_objects(d));
	TRY(tables_as_told(d));
	TRY(differ_tables_by_was(d));
	TRY(tables_by_question(d));
	TRY(columns_as_told(d));
	return match_columns(d);
}
