#include "api/hook_include.h"

#include "api/hook_object.h"
#include "op/op.h"

/* A thing to ask about, as it is on either side (or NULL). */
struct item {
	retort_hook_kind kind;
	struct item *owner;	/* its schema or table; or NULL */
	const void *live;
	void *wanted;
	const struct table *live_table;	/* of a member; or of the item */
	struct table *wanted_table;
	const char *schema;	/* RETORT_HOOK_SCHEMA: the name */
	struct strings gone;	/* a table: its columns that are left out */
	bool out;
};

struct asking {
	const struct hooks *h;
	const struct schema *live;
	struct schema *wanted;
	struct arena *mem;
	VEC(struct item *) items;
	struct map by_schema, by_table;	/* -> struct item */
	struct table_map live_tables;
};

static struct item *add(struct asking *a, retort_hook_kind kind,
			struct item *owner, const void *live, void *wanted)
{
	struct item *x = arena_new(a->mem, struct item);

	if (!x || !vec_push(a->mem, &a->items, x))
		return NULL;
	x->kind = kind;
	x->owner = owner;
	x->live = live;
	x->wanted = wanted;
	if (owner) {
		x->live_table = owner->live_table;
		x->wanted_table = owner->wanted_table;
	}
	return x;
}

static const char *key_of(struct arena *mem, const char *schema,
			  const char *name)
{
	return arena_printf(mem, "%s\n%s", schema ? schema : "", name);
}

/* The item of a live schema, made when it is first seen. */
static struct item *schema_item(struct asking *a, const char *name)
{
	struct item *x = map_get(&a->by_schema, name ? name : "");

	if (x)
		return x;
	x = add(a, RETORT_HOOK_SCHEMA, NULL, a->live, NULL);
	if (!x || !map_put(&a->by_schema, name ? name : "", x))
		return NULL;
	x->schema = name;
	return x;
}

static bool gather_columns(struct asking *a, struct item *t)
{
	const struct table *live = t->live_table;
	struct table *wanted = t->wanted_table;
	bool ok = true;

	for (size_t i = 0; ok && wanted && i < wanted->columns.n; i++) {
		struct column *c = wanted->columns.v[i], *was = NULL;

		if (live)
			was = table_column(a->live, live, c->name);
		if (live && !was && c->was)
			was = table_column(a->live, live, c->was);
		ok = add(a, RETORT_HOOK_COLUMN, t, was, c) != NULL;
	}
	for (size_t i = 0; ok && live && i < live->columns.n; i++) {
		const struct column *c = live->columns.v[i];
		bool seen = false;

		for (size_t k = 0; wanted && k < wanted->columns.n; k++)
			seen |= name_same(a->live, wanted->columns.v[k]->name,
					  c->name) ||
				name_same(a->live, wanted->columns.v[k]->was,
					  c->name);
		ok = seen || add(a, RETORT_HOOK_COLUMN, t, c, NULL);
	}
	return ok;
}

static bool was_paired(const struct asking *a, size_t from, const void *live)
{
	for (size_t i = from; i < a->items.n; i++)
		if (a->items.v[i]->live == live)
			return true;
	return false;
}

/* A NULL kind is said where the object is made. */
static bool gather_constraints(struct asking *a, struct item *t)
{
	const struct table *live = t->live_table;
	struct table *wanted = t->wanted_table;
	size_t first = a->items.n;
	bool ok = true;

	for (size_t i = 0; ok && wanted && i < wanted->constraints.n; i++) {
		struct constraint *k = wanted->constraints.v[i];

		ok = add(a, RETORT_HOOK_CHECK_CONSTRAINT, t, live ?
			 op_find_constraint(a->live, live, k) : NULL, k);
	}
	for (size_t i = 0; ok && live && i < live->constraints.n; i++)
		ok = was_paired(a, first, live->constraints.v[i]) ||
		     add(a, RETORT_HOOK_CHECK_CONSTRAINT, t,
			 live->constraints.v[i], NULL);
	return ok;
}

static bool gather_indexes(struct asking *a, struct item *t)
{
	const struct table *live = t->live_table;
	struct table *wanted = t->wanted_table;
	size_t first = a->items.n;
	bool ok = true;

	for (size_t i = 0; ok && wanted && i < wanted->indexes.n; i++) {
		struct index *x = wanted->indexes.v[i];

		ok = add(a, RETORT_HOOK_INDEX, t, live ?
			 table_index(a->live, live, x->name) : NULL, x);
	}
	for (size_t i = 0; ok && live && i < live->indexes.n; i++)
		ok = was_paired(a, first, live->indexes.v[i]) ||
		     add(a, RETORT_HOOK_INDEX, t, live->indexes.v[i], NULL);
	return ok;
}

static bool add_table(struct asking *a, const struct table *live,
		      struct table *wanted)
{
	const struct table *any = live ? live : wanted;
	const char *key = key_of(a->mem, any->schema, any->name);
	struct item *schema, *t;

	schema = live ? schema_item(a, live->schema)
		      : map_get(&a->by_schema, any->schema ? any->schema : "");
	t = add(a, RETORT_HOOK_TABLE, schema, live, wanted);
	if (!t || !key || !map_put(&a->by_table, key, t))
		return false;
	t->live_table = live;
	t->wanted_table = wanted;
	return gather_columns(a, t) && gather_constraints(a, t) &&
	       gather_indexes(a, t);
}

static bool gather_tables(struct asking *a)
{
	const struct schema *live = a->live;

	for (size_t i = 0; i < live->tables.n; i++)
		if (!schema_item(a, live->tables.v[i]->schema))
			return false;
	for (size_t i = 0; i < a->wanted->tables.n; i++) {
		struct table *t = a->wanted->tables.v[i], *was;

		was = table_map_get(&a->live_tables, t->schema, t->name);
		if (!was && t->was)
			was = table_map_get(&a->live_tables, t->schema,
					    t->was);
		if (!add_table(a, was, t))
			return false;
	}
	for (size_t i = 0; i < live->tables.n; i++) {
		const struct table *t = live->tables.v[i];
		const char *key = key_of(a->mem, t->schema, t->name);

		if (!key || (!map_get(&a->by_table, key) &&
			     !add_table(a, t, NULL)))
			return false;
	}
	return true;
}

/* The table of a trigger; else its schema, where that is live. */
static struct item *owner_of(struct asking *a, const struct object *o)
{
	const char *key = o->table ? key_of(a->mem, o->schema, o->table)
				   : NULL;
	struct item *t = key ? map_get(&a->by_table, key) : NULL;

	return t ? t : map_get(&a->by_schema, o->schema ? o->schema : "");
}

static bool add_object(struct asking *a, const struct object *live,
		       struct object *wanted)
{
	const struct object *any = live ? live : wanted;
	retort_hook_object seen;

	return hook_of_object(any, &seen) &&
	       add(a, seen.kind, owner_of(a, any), live, wanted);
}

static bool same_object(const struct schema *s, const struct object *a,
			const struct object *b)
{
	return a->kind == b->kind && name_same(s, a->schema, b->schema) &&
	       name_same(s, a->table, b->table) &&
	       name_same(s, a->name, b->name);
}

static bool gather_objects(struct asking *a)
{
	size_t first = a->items.n;

	for (size_t i = 0; i < a->wanted->objects.n; i++) {
		struct object *o = a->wanted->objects.v[i], *was = NULL;

		for (size_t k = 0; !was && k < a->live->objects.n; k++)
			if (same_object(a->live, a->live->objects.v[k], o))
				was = a->live->objects.v[k];
		if (!add_object(a, was, o))
			return false;
	}
	for (size_t i = 0; i < a->live->objects.n; i++)
		if (!was_paired(a, first, a->live->objects.v[i]) &&
		    !add_object(a, a->live->objects.v[i], NULL))
			return false;
	return true;
}

/* A side of the item; false: no memory. */
static bool describe(const struct item *x, bool live, struct arena *mem,
		     retort_hook_object *out)
{
	const void *it = live ? x->live : x->wanted;
	const struct table *t = live ? x->live_table : x->wanted_table;
	bool ok;

	switch (x->kind) {
	case RETORT_HOOK_TABLE:
		ok = hook_of_table(mem, it, out);
		break;
	case RETORT_HOOK_COLUMN:
		ok = hook_of_column(mem, t, it, out);
		break;
	case RETORT_HOOK_INDEX:
		ok = hook_of_index(mem, t, it, out);
		break;
	case RETORT_HOOK_CHECK_CONSTRAINT:
		ok = hook_of_constraint(mem, t, it, out);
		break;
	default:
		ok = hook_of_object(it, out);
		break;
	}
	out->reflected = live;
	return ok;
}

/* *out: it takes no part. */
static retort_status ask_name(struct hook_call *c, struct asking *a,
			      struct item *x, const retort_hook_object *o)
{
	SCRATCH(tmp);
	const retort_hook_name name = {
		.size = sizeof(name), .kind = o->kind, .type = o->type,
		.name = o->name, .table = o->table, .schema = o->schema
	};
	bool answer;

	/* A thing without a name cannot be left out by it. */
	if (!a->h->include_name || (!name.name && o->kind != RETORT_HOOK_SCHEMA))
		return RETORT_OK;
	hook_about(c, "include_name() for %s", hook_called(&tmp, o));
	answer = a->h->include_name(&c->pub, &name);
	TRY(hook_end(c, answer, true));
	x->out = !answer;
	return RETORT_OK;
}

static retort_status ask_object(struct hook_call *c, struct asking *a,
				struct item *x, const retort_hook_object *o)
{
	SCRATCH(tmp);
	bool answer;

	if (x->out || !a->h->include_object)
		return RETORT_OK;
	hook_about(c, "include_object() for %s", hook_called(&tmp, o));
	answer = a->h->include_object(&c->pub, o);
	TRY(hook_end(c, answer, true));
	x->out = !answer;
	return RETORT_OK;
}

static bool any_gone(const struct item *x, const struct parts *parts)
{
	for (size_t i = 0; i < parts->n; i++)
		if (parts->v[i].column &&
		    strings_has(&x->owner->gone, parts->v[i].column))
			return true;
	return false;
}

/* What needs a column that is left out is left out with it. */
static bool needs_gone(const struct item *x)
{
	const struct constraint *k[] = { x->live, x->wanted };
	const struct index *i[] = { x->live, x->wanted };

	for (size_t n = 0; n < 2; n++) {
		if (x->kind == RETORT_HOOK_CHECK_CONSTRAINT && k[n] &&
		    any_gone(x, &k[n]->parts))
			return true;
		if (x->kind == RETORT_HOOK_INDEX && i[n] &&
		    any_gone(x, &i[n]->parts))
			return true;
	}
	return false;
}

static retort_status ask_about(struct hook_call *c, struct asking *a,
			       struct item *x)
{
	SCRATCH(tmp);
	retort_hook_object live, wanted;

	if ((x->live && !describe(x, true, &tmp, &live)) ||
	    (x->wanted && !describe(x, false, &tmp, &wanted)))
		return err_nomem(c->err);
	if (x->live)
		TRY(ask_name(c, a, x, &live));
	if (x->live && x->wanted)
		wanted.compare_to = &live;
	TRY(ask_object(c, a, x, x->wanted ? &wanted : &live));
	if (x->out && x->kind == RETORT_HOOK_COLUMN &&
	    !vec_push(a->mem, &x->owner->gone,
		      x->wanted ? wanted.name : live.name))
		return err_nomem(c->err);
	return RETORT_OK;
}

static retort_status ask_all(struct hook_call *c, void *payload)
{
	struct asking *a = payload;

	for (size_t i = 0; i < a->items.n; i++) {
		struct item *x = a->items.v[i];
		const retort_hook_object schema = {
			.kind = RETORT_HOOK_SCHEMA, .name = x->schema,
			.type = hook_kind_word(RETORT_HOOK_SCHEMA)
		};

		x->out = x->owner && (x->owner->out || needs_gone(x));
		if (x->out)
			continue;
		TRY(x->kind == RETORT_HOOK_SCHEMA
			? ask_name(c, a, x, &schema) : ask_about(c, a, x));
	}
	return RETORT_OK;
}

/* In a list of `wanted`: take out, put in or replace. */
#define SETTLE(mem_, list_, x_, copy_, at_)                                 \
	(settle_old((void **)(list_)->v, &(list_)->n, (x_), (copy_)) ||     \
	 !(copy_) ||                                                        \
	 vec_insert((mem_), (list_),                                        \
		    (at_) < (list_)->n ? (at_) : (list_)->n, (copy_)))

/* True: it was there, and is replaced, or taken out. */
static bool settle_old(void **v, size_t *n, const struct item *x, void *copy)
{
	for (size_t i = 0; i < *n; i++) {
		if (v[i] != x->wanted)
			continue;
		if (copy)
			v[i] = copy;
		else
			vec_unshift(v, i, (*n)--, sizeof(*v));
		return true;
	}
	return false;
}

static size_t place_of(const struct item *x)
{
	const struct table *t = x->live_table;

	for (size_t i = 0; t && i < t->columns.n; i++)
		if (t->columns.v[i] == x->live)
			return i;
	return (size_t)-1;
}

static bool settle_member(struct arena *mem, const struct item *x)
{
	struct table *t = x->wanted_table;
	struct column *c;
	struct constraint *k;
	struct index *i;

	switch (x->kind) {
	case RETORT_HOOK_COLUMN:
		c = x->live ? column_copy(mem, x->live) : NULL;
		return (c || !x->live) &&
		       SETTLE(mem, &t->columns, x, c, place_of(x));
	case RETORT_HOOK_CHECK_CONSTRAINT:
		k = x->live ? constraint_copy(mem, x->live) : NULL;
		return (k || !x->live) &&
		       SETTLE(mem, &t->constraints, x, k, (size_t)-1);
	default:
		i = x->live ? index_copy(mem, x->live) : NULL;
		return (i || !x->live) &&
		       SETTLE(mem, &t->indexes, x, i, (size_t)-1);
	}
}

static bool settle(struct asking *a, const struct item *x)
{
	struct schema *s = a->wanted;
	struct table *t;
	struct object *o;

	switch (x->kind) {
	case RETORT_HOOK_SCHEMA:
		return true;
	case RETORT_HOOK_TABLE:
		t = x->live ? table_copy(s->mem, x->live) : NULL;
		return (t || !x->live) &&
		       SETTLE(s->mem, &s->tables, x, t, (size_t)-1);
	case RETORT_HOOK_COLUMN:
	case RETORT_HOOK_INDEX:
	case RETORT_HOOK_CHECK_CONSTRAINT:
		/* With its table; or the table is dropped, whole. */
		return x->owner->out || !x->wanted_table ||
		       settle_member(s->mem, x);
	default:
		o = x->live ? object_copy(s->mem, x->live) : NULL;
		return (o || !x->live) &&
		       SETTLE(s->mem, &s->objects, x, o, (size_t)-1);
	}
}

retort_status hook_include(const struct hooks *h, const struct schema *live,
			   struct schema *wanted, struct err *err)
{
	SCRATCH(mem);
	struct asking a = {
		.h = h, .live = live, .wanted = wanted, .mem = &mem,
		.by_schema = { .mem = &mem },
		.by_table = { .mem = &mem, .fold = live->fold_case }
	};

	if (!h->include_name && !h->include_object)
		return RETORT_OK;
	if (!table_map_init(&a.live_tables, live, &mem) ||
	    !gather_tables(&a) || !gather_objects(&a))
		return err_nomem(err);
	TRY(hooks_run(h, ask_all, &a, err));
	for (size_t i = 0; i < a.items.n; i++)
		if (a.items.v[i]->out && !settle(&a, a.items.v[i]))
			return err_nomem(err);
	return RETORT_OK;
}
