#include <string.h>

#include "diff/differ.h"
#include "op/mention.h"
#include "sql/token.h"

/* A view, trigger or other object on its way. */
struct node {
	const struct object *object;	/* as it is, or is wanted */
	struct strings names;		/* that its text has in it */
	bool star;
	bool moved;			/* to be dropped, or to be created */
	bool seen;			/* while putting in order */
};

struct nodes {
	struct node *v;
	size_t n;
	struct map by_name;		/* what others can depend on */
};

/* All words and quoted names of a text. */
static bool names_of(struct arena *mem, struct node *node)
{
	struct lexer lx = { .at = node->object->create_sql, .line = 1 };
	struct token t;

	if (!lx.at)
		return true;
	for (t = token_next(&lx); t.kind != TOKEN_END && t.kind != TOKEN_BAD;
	     t = token_next(&lx)) {
		const char *name;

		node->star |= token_is_op(&t, "*");
		if (t.kind != TOKEN_WORD && t.kind != TOKEN_QUOTED)
			continue;
		name = token_name(mem, &t);
		if (!name || !vec_push(mem, &node->names, name))
			return false;
	}
	return true;
}

static retort_status read_nodes(struct differ *d, const struct schema *s,
				struct nodes *nodes)
{
	nodes->n = s->objects.n;
	nodes->v = arena_array(d->tmp, struct node, nodes->n + 1);
	nodes->by_name = (struct map){ .mem = d->tmp, .fold = s->fold_case };
	if (!nodes->v)
		return err_nomem(d->err);
	for (size_t i = 0; i < nodes->n; i++) {
		struct node *node = &nodes->v[i];

		node->object = s->objects.v[i];
		if (!names_of(d->tmp, node))
			return err_nomem(d->err);
		if (node->object->kind != OBJECT_TRIGGER &&
		    !map_put(&nodes->by_name, node->object->name, node))
			return err_nomem(d->err);
	}
	return RETORT_OK;
}

/* What happens to tables that makes views and triggers be in the way. */
struct hazard {
	bool dropped;			/* the whole table */
	struct strings columns;		/* dropped ones */
};

static retort_status add_hazard(struct differ *d, struct map *hazards,
				const struct pair *p)
{
	struct hazard *h = arena_new(d->tmp, struct hazard);

	if (!h)
		return err_nomem(d->err);
	h->dropped = !p->wanted;
	for (size_t i = 0; i < p->ops.n; i++)
		if (p->ops.v[i]->kind == OP_DROP_COLUMN &&
		    !vec_push(d->tmp, &h->columns, p->ops.v[i]->name))
			return err_nomem(d->err);
	if (!h->dropped && !h->columns.n)
		return RETORT_OK;
	return map_put(hazards, p->live->name, h) ? RETORT_OK
						  : err_nomem(d->err);
}

static bool has_name(const struct differ *d, const struct strings *names,
		     const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (name_same(d->live, names->v[i], name))
			return true;
	return false;
}

static bool in_the_way(const struct differ *d, const struct map *hazards,
		       const struct node *node)
{
	for (size_t i = 0; i < node->names.n; i++) {
		const struct hazard *h = map_get(hazards, node->names.v[i]);

		if (!h)
			continue;
		if (h->dropped || node->star)
			return true;
		for (size_t k = 0; k < h->columns.n; k++)
			if (has_name(d, &node->names, h->columns.v[k]))
				return true;
	}
	return false;
}

static struct object *wanted_object(struct differ *d, const struct map *wanted,
				    const struct object *o)
{
	SCRATCH(tmp);
	const char *key = arena_printf(&tmp, "%d\n%s\n%s", (int)o->kind,
				       o->schema ? o->schema : "", o->name);
	struct object *w = key ? map_get(wanted, key) : NULL;

	d->no_memory |= !key;
	return w && name_same(d->live, w->table, o->table) ? w : NULL;
}

static retort_status index_objects(struct differ *d, const struct schema *s,
				   struct map *map)
{
	map->mem = d->tmp;
	map->fold = s->fold_case;
	for (size_t i = 0; i < s->objects.n; i++) {
		struct object *o = s->objects.v[i];
		const char *key = arena_printf(d->tmp, "%d\n%s\n%s",
					       (int)o->kind,
					       o->schema ? o->schema : "",
					       o->name);

		if (!key || !map_put(map, key, o))
			return err_nomem(d->err);
	}
	return RETORT_OK;
}

static bool same_object(const struct object *work, const struct object *wanted)
{
	return text_same(work->create_sql, wanted->create_sql) ||
	       sql_same(work->create_sql, wanted->create_sql);
}

static retort_status keep(struct differ *d, const struct object *o)
{
	const char *note = arena_printf(d->mem,
		"\"%s\" is in the database and not in the models; kept",
		o->name);

	if (!note || !vec_push(d->mem, &d->out->notes, note))
		return err_nomem(d->err);
	return RETORT_OK;
}

/* Those that are not wanted, are wanted otherwise, or are in the way. */
static retort_status mark_drops(struct differ *d, struct nodes *live,
				const struct map *wanted)
{
	struct map hazards = { .mem = d->tmp, .fold = d->live->fold_case };

	for (size_t i = 0; i < d->n_pairs; i++)
		if (!d->pairs[i].wanted || d->pairs[i].ops.n)
			TRY(add_hazard(d, &hazards, &d->pairs[i]));
	for (size_t i = 0; i < live->n; i++) {
		const struct object *work = d->work->objects.v[i];
		struct object *w = wanted_object(d, wanted, work);

		if (!w && work->kind == OBJECT_OTHER)
			TRY(keep(d, work));
		else
			live->v[i].moved = !w || !same_object(work, w);
		if (w && !live->v[i].moved &&
		    !differ_adopt(d, &w->create_sql, work->create_sql))
			return err_nomem(d->err);
		if (hazards.n && work->kind != OBJECT_OTHER &&
		    in_the_way(d, &hazards, &live->v[i]))
			live->v[i].moved = true;
	}
	return RETORT_OK;
}

static bool on_moved(const struct nodes *live, const struct node *node)
{
	for (size_t i = 0; i < node->names.n; i++) {
		const struct node *on = map_get(&live->by_name,
						node->names.v[i]);

		if (on && on != node && on->moved)
			return true;
	}
	return false;
}

/* What stands on a view that goes must go too. */
static void mark_dependents(struct nodes *live)
{
	bool again = true;

	while (again) {
		again = false;
		for (size_t i = 0; i < live->n; i++) {
			struct node *node = &live->v[i];

			if (node->moved ||
			    node->object->kind == OBJECT_OTHER ||
			    !on_moved(live, node))
				continue;
			node->moved = again = true;
		}
	}
}

/* Dependencies first. An explicit stack: chains may be long. */
static retort_status visit(struct differ *d, struct nodes *nodes,
			   struct node *from, struct node **out, size_t *n)
{
	VEC(struct node *) stack = {0};

	if (from->seen)
		return RETORT_OK;
	if (!vec_push(d->tmp, &stack, from))
		return err_nomem(d->err);
	while (stack.n) {
		struct node *node = stack.v[stack.n - 1];
		struct node *on = NULL;

		node->seen = true;
		for (size_t i = 0; !on && i < node->names.n; i++) {
			on = map_get(&nodes->by_name, node->names.v[i]);
			if (on && on->seen)
				on = NULL;
		}
		if (!on) {
			out[(*n)++] = node;
			stack.n--;
		} else if (!vec_push(d->tmp, &stack, on)) {
			return err_nomem(d->err);
		}
	}
	return RETORT_OK;
}

static retort_status in_order(struct differ *d, struct nodes *nodes,
			      struct node ***out)
{
	size_t n = 0;

	*out = arena_array(d->tmp, struct node *, nodes->n + 1);
	if (!*out)
		return err_nomem(d->err);
	/* Triggers last: nothing depends on one. */
	for (size_t i = 0; i < nodes->n; i++)
		if (nodes->v[i].object->kind != OBJECT_TRIGGER)
			TRY(visit(d, nodes, &nodes->v[i], *out, &n));
	for (size_t i = 0; i < nodes->n; i++)
		TRY(visit(d, nodes, &nodes->v[i], *out, &n));
	return RETORT_OK;
}

static retort_status object_op(struct differ *d, struct ops *list,
			       enum op_kind kind, const struct object *o)
{
	struct op *op = ops_add(d->mem, list, kind);

	if (!op)
		return err_nomem(d->err);
	op->object = object_copy(d->mem, o);
	if (!op->object || (kind == OP_DROP_OBJECT && !warn_drop_object(d, op)))
		return err_nomem(d->err);
	op->schema = op->object->schema;
	return RETORT_OK;
}

static retort_status drop_objects(struct differ *d, struct nodes *live)
{
	struct node **order;

	TRY(in_order(d, live, &order));
	for (size_t i = live->n; i-- > 0;)
		if (order[i]->moved)
			TRY(object_op(d, &d->drop_objects, OP_DROP_OBJECT,
				      order[i]->object));
	return RETORT_OK;
}

static bool stands_on_tables(const struct differ *d, const struct node *node)
{
	for (size_t i = 0; i < node->names.n; i++)
		for (size_t k = 0; k < d->wanted->tables.n; k++)
			if (name_same(d->wanted, node->names.v[i],
				      d->wanted->tables.v[k]->name))
				return true;
	return false;
}

static retort_status create_objects(struct differ *d, struct nodes *wanted)
{
	struct node **order;

	TRY(in_order(d, wanted, &order));
	for (size_t i = 0; i < wanted->n; i++) {
		const struct object *o = order[i]->object;
		bool first = o->kind == OBJECT_OTHER &&
			     !stands_on_tables(d, order[i]);

		if (order[i]->moved)
			TRY(object_op(d, first ? &d->first_objects
					       : &d->create_objects,
				      OP_CREATE_OBJECT, o));
	}
	return RETORT_OK;
}

/* Created: those wanted that are not there, or not any more. */
static retort_status mark_creates(struct differ *d, const struct nodes *live,
				  struct nodes *wanted)
{
	struct map kept = { .mem = d->tmp, .fold = d->live->fold_case };

	for (size_t i = 0; i < live->n; i++) {
		const struct object *o = d->work->objects.v[i];
		const char *key;

		if (live->v[i].moved)
			continue;
		key = arena_printf(d->tmp, "%d\n%s\n%s", (int)o->kind,
				   o->schema ? o->schema : "", o->name);
		if (!key || !map_put(&kept, key, d->work->objects.v[i]))
			return err_nomem(d->err);
	}
	for (size_t i = 0; i < wanted->n; i++)
		wanted->v[i].moved =
			!wanted_object(d, &kept, wanted->v[i].object);
	return RETORT_OK;
}

/* Nothing to do where all is there, and no table changes under it. */
static bool nothing_to_do(struct differ *d, const struct map *wanted)
{
	if (d->work->objects.n != d->wanted->objects.n)
		return false;
	for (size_t i = 0; i < d->n_pairs; i++)
		if (!d->pairs[i].wanted || d->pairs[i].ops.n)
			return false;
	for (size_t i = 0; i < d->work->objects.n; i++) {
		const struct object *o = d->work->objects.v[i];
		const struct object *w = wanted_object(d, wanted, o);

		if (!w || !text_same(o->create_sql, w->create_sql))
			return false;
	}
	return true;
}

retort_status differ_objects(struct differ *d)
{
	struct nodes live = {0}, wanted = {0};
	struct map by_name = {0};

	if (!d->live->objects.n && !d->wanted->objects.n)
		return RETORT_OK;
	TRY(index_objects(d, d->wanted, &by_name));
	if (nothing_to_do(d, &by_name))
		return RETORT_OK;
	TRY(read_nodes(d, d->live, &live));
	TRY(read_nodes(d, d->wanted, &wanted));
	TRY(mark_drops(d, &live, &by_name));
	mark_dependents(&live);
	TRY(mark_creates(d, &live, &wanted));
	TRY(drop_objects(d, &live));
	return create_objects(d, &wanted);
}
