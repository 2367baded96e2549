#include <stdint.h>

#include "base/map.h"
#include "model/declare.h"

/* What is declared so far, by name; and what is looked up at the end. */
struct whole {
	struct declare x;
	struct schema *schema;
	struct arena tmp;
	struct map tables;	/* "schema.name" -> struct table * */
	struct map views, triggers;	/* … -> struct object * */
	struct map indexes;	/* … -> struct index * */
	struct declared_keys keys;
	VEC(const retort_model *) on;	/* triggers, to be looked up */
};

static const char *key_of(struct whole *w, const char *schema,
			  const char *name)
{
	if (!schema)
		return name;
	return arena_printf(&w->tmp, "%s.%s", schema, name);
}

static retort_status declared_already(struct whole *w, const char *kind,
				      const char *key, const char *source)
{
	return declare_error(&w->x, "%s \"%s\" is declared already at %s", kind,
			     key, source ? source : "?");
}

static retort_status add_table(struct whole *w)
{
	struct table *t = arena_new(w->schema->mem, struct table);
	const struct table *other;
	const struct object *view;
	const char *key;
	void *before;

	if (!t)
		return err_nomem(w->x.err);
	w->x.table = t;
	TRY(declare_table(&w->x));
	key = key_of(w, t->schema, t->name);
	if (!key || !map_claim(&w->tables, key, t, &before))
		return err_nomem(w->x.err);
	other = before;
	if (other)
		return declared_already(w, "table", key, other->source);
	view = map_get(&w->views, key);
	if (view)
		return declared_already(w, "table", key, view->source);
	return vec_push(w->schema->mem, &w->schema->tables, t)
		? RETORT_OK : err_nomem(w->x.err);
}

/* Put an object into a map where its key must not be yet. */
static retort_status claim(struct whole *w, struct map *m, const char *kind,
			   const char *key, struct object *o)
{
	const struct object *other;
	void *before;

	if (!key || !map_claim(m, key, o, &before))
		return err_nomem(w->x.err);
	other = before;
	return other ? declared_already(w, kind, key, other->source)
		     : RETORT_OK;
}

static retort_status add_view(struct whole *w, struct object *o)
{
	const char *key = key_of(w, o->schema, o->name);
	const struct table *t = key ? map_get(&w->tables, key) : NULL;

	if (t)
		return declared_already(w, "view", key, t->source);
	return claim(w, &w->views, "view", key, o);
}

/* Two of one name may be on two tables, but where names are the schema's. */
static retort_status add_trigger(struct whole *w, struct object *o)
{
	const char *name = w->schema->fold_case ? o->name
		: arena_printf(&w->tmp, "%s\" on \"%s", o->name, o->table);

	if (!name)
		return err_nomem(w->x.err);
	TRY(claim(w, &w->triggers, "trigger", key_of(w, o->schema, name), o));
	return vec_push(&w->tmp, &w->on, w->x.m) ? RETORT_OK
						 : err_nomem(w->x.err);
}

static retort_status add_object(struct whole *w)
{
	struct object *o = NULL;

	w->x.table = NULL;
	TRY(declare_object(&w->x, &o));
	if (o->kind == OBJECT_VIEW)
		TRY(add_view(w, o));
	if (o->kind == OBJECT_TRIGGER)
		TRY(add_trigger(w, o));
	if (!vec_push(w->schema->mem, &w->schema->objects, o))
		return err_nomem(w->x.err);
	return RETORT_OK;
}

/* The table a key names: as it is written, or in a schema. */
static retort_status find_target(struct whole *w, struct declared_key *k,
				 struct table **out)
{
	struct constraint *c = k->key;
	const char *whole = c->ref_table;
	const char *key = key_of(w, k->table->schema, whole);

	if (!key)
		return err_nomem(w->x.err);
	*out = map_get(&w->tables, key);
	if (*out) {
		c->ref_schema = (*out)->schema;
		c->ref_table = (*out)->name;
		return RETORT_OK;
	}
	*out = map_get(&w->tables, whole);
	declare_split(&w->x, whole, &c->ref_schema, &c->ref_table);
	TRY(declare_done(&w->x));
	key = key_of(w, c->ref_schema, c->ref_table);
	if (!key)
		return err_nomem(w->x.err);
	if (!*out)
		*out = map_get(&w->tables, key);
	return RETORT_OK;
}

static retort_status missing(struct whole *w, const struct declared_key *k,
			     const char *column)
{
	const char *own = k->key->parts.v[0].column;

	if (column)
		declare_error(&w->x, "column \"%s\" references column \"%s\" "
			      "of table \"%s\", which has no such column", own,
			      column, k->key->ref_table);
	else
		declare_error(&w->x, "column \"%s\" references table \"%s\", "
			      "which is not declared", own, k->key->ref_table);
	err_hint(w->x.err, "Declare it, or write .unchecked = true beside the "
		 "reference when it is to stay.");
	return RETORT_E_FAIL;
}

/* No columns named: the primary key of the table, which must fit. */
static retort_status check_key_of(struct whole *w, struct declared_key *k,
				  const struct table *target)
{
	const struct constraint *key = table_primary_key(target);

	if (k->unchecked || (key && key->parts.n == k->key->parts.n))
		return RETORT_OK;
	return declare_error(&w->x, "the foreign key to \"%s\" has %zu columns "
			     "and the primary key there has %zu", target->name,
			     k->key->parts.n, key ? key->parts.n : 0);
}

static retort_status resolve(struct whole *w, struct declared_key *k)
{
	struct strings *columns = &k->key->ref_columns;
	struct table *target = NULL;

	w->x.m = k->m;
	w->x.table = k->table;
	TRY(find_target(w, k, &target));
	if (!target)
		return k->unchecked ? RETORT_OK : missing(w, k, NULL);
	for (size_t i = 0; i < columns->n; i++) {
		const struct column *c = table_column(&w->x.names, target,
						      columns->v[i]);

		if (c)
			columns->v[i] = c->name;
		else if (!k->unchecked)
			return missing(w, k, columns->v[i]);
	}
	return columns->n ? RETORT_OK : check_key_of(w, k, target);
}

static retort_status check_trigger(struct whole *w, const retort_model *m)
{
	const char *key = key_of(w, m->schema, m->on);

	w->x.m = m;
	if (!key)
		return err_nomem(w->x.err);
	if (m->unchecked || map_get(&w->tables, key) ||
	    map_get(&w->views, key))
		return RETORT_OK;
	declare_error(&w->x, "it is on \"%s\", which is not declared", m->on);
	err_hint(w->x.err, "Declare the table or view, or write .unchecked = "
		 "true.");
	return RETORT_E_FAIL;
}

static retort_status index_clash(struct whole *w, const struct table *t,
				 const char *name)
{
	w->x.m = NULL;
	w->x.table = NULL;
	declare_error(&w->x, "index \"%s\" of table \"%s\" is declared twice",
		      name, t->name);
	if (t->source)
		err_detail(w->x.err, "The second one is at %s.", t->source);
	return RETORT_E_FAIL;
}

/* An index that the convention named gives way to one named by hand. */
static retort_status name_index(struct whole *w, const struct table *t,
				struct index *i)
{
	const char *name = i->name;
	void *before = NULL;

	for (int n = 2;; n++) {
		const char *key = name ? key_of(w, t->schema, name) : NULL;

		if (!key || !map_claim(&w->indexes, key, i, &before))
			return err_nomem(w->x.err);
		if (!before)
			break;
		if (!i->auto_name)
			return index_clash(w, t, i->name);
		name = arena_printf(w->schema->mem, "%s_%d", i->name, n);
	}
	i->name = name;
	return RETORT_OK;
}

/* First those with names of their own, then the others. */
static retort_status name_indexes(struct whole *w, bool by_convention)
{
	for (size_t n = 0; n < w->schema->tables.n; n++) {
		struct table *t = w->schema->tables.v[n];

		for (size_t i = 0; i < t->indexes.n; i++)
			if (t->indexes.v[i]->auto_name == by_convention)
				TRY(name_index(w, t, t->indexes.v[i]));
	}
	return RETORT_OK;
}

static retort_status check(struct whole *w)
{
	for (size_t i = 0; i < w->keys.n; i++)
		TRY(resolve(w, &w->keys.v[i]));
	for (size_t i = 0; i < w->on.n; i++)
		TRY(check_trigger(w, w->on.v[i]));
	TRY(name_indexes(w, false));
	return name_indexes(w, true);
}

static retort_status read_all(struct whole *w, const retort_models *models)
{
	for (const retort_model *const *m = models->begin; m < models->end;
	     m++) {
		/* Padding a linker may have put between two files. */
		if (!*m)
			continue;
		w->x.m = *m;
		if (!declare_wanted(&w->x, (*m)->only))
			continue;
		if ((*m)->kind == RETORT_OBJECT_TABLE)
			TRY(add_table(w));
		else
			TRY(add_object(w));
	}
	return check(w);
}

static void whole_clear(struct whole *w)
{
	arena_clear(&w->tmp);
}

retort_status model_schema(const retort_models *models,
			   const struct dialect *d,
			   const struct naming *naming, struct arena *mem,
			   struct schema **out, struct err *err)
{
	__attribute__((cleanup(whole_clear))) struct whole w = {0};
	bool fold = d->caps & CAP_FOLD_CASE;

	declare_init(&w.x, d, naming, mem, err);
	w.x.keys = &w.keys;
	w.tables = w.views = w.triggers = w.indexes =
		(struct map){ .mem = &w.tmp, .fold = fold };
	w.schema = schema_new(mem, fold);
	if (!w.schema ||
	    !map_reserve(&w.tables, (size_t)(models->end - models->begin)))
		return err_nomem(err);
	TRY(read_all(&w, models));
	TRY(d->lower(w.schema, err));
	*out = w.schema;
	return RETORT_OK;
}
