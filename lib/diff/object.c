#include <string.h>

#include "diff/differ.h"
#include "op/mention.h"
#include "sql/token.h"

/* A view, trigger or other object on its way. */
struct node {
	const struct object *object;	/* as it is, or is wanted */
	struct strings names;		/* that its text has in it */
	size_t n_head;			/* of them before the first string */
	bool star;
	VEC(struct node *) on;		/* what it stands on */
	bool moved;			/* to be dropped, or to be created */
	bool altered;			/* in its place */
	bool seen;			/* while putting in order */
};

struct nodes {
	struct node *v;
	size_t n;
	struct map by_name;		/* what others can depend on */
	struct map by_key;		/* "TYPE mood" -> struct node */
	bool exact;			/* `needs` of each says all */
};

/* What others call it in their needs, or NULL. */
static const char *need_of(const struct object *o)
{
	return o->drop_sql && !strncmp(o->drop_sql, "DROP ", 5)
		? o->drop_sql + 5 : NULL;
}

/* All words and quoted names of a text. */
static bool names_of(struct arena *mem, struct node *node)
{
	struct lexer lx = { .at = node->object->create_sql, .line = 1 };
	struct token t;
	bool quoted = false;

	if (!lx.at)
		return true;
	for (t = token_next(&lx); t.kind != TOKEN_END && t.kind != TOKEN_BAD;
	     t = token_next(&lx)) {
		const char *name;

		node->star |= token_is_op(&t, "*");
		if (!quoted)
			node->n_head = node->names.n;
		quoted |= t.kind == TOKEN_STRING || *t.s == '$';
		if (t.kind != TOKEN_WORD && t.kind != TOKEN_QUOTED)
			continue;
		name = token_name(mem, &t);
		if (!name || !vec_push(mem, &node->names, name))
			return false;
	}
	if (!quoted)
		node->n_head = node->names.n;
	return true;
}

static retort_status stand_on(struct differ *d, struct node *node,
			      struct node *on)
{
	for (size_t i = 0; on && i < node->on.n; i++)
		if (node->on.v[i] == on)
			return RETORT_OK;
	if (!on || on == node || vec_push(d->tmp, &node->on, on))
		return RETORT_OK;
	return err_nomem(d->err);
}

/* By what the database says it needs; else by the names in its text. */
static retort_status link_node(struct differ *d, const struct nodes *nodes,
			       struct node *node)
{
	const struct strings *needs = &node->object->needs;

	for (size_t i = 0; i < needs->n; i++)
		TRY(stand_on(d, node, map_get(&nodes->by_key, needs->v[i])));
	if (needs->n || nodes->exact)
		return RETORT_OK;
	for (size_t i = 0; i < node->names.n; i++)
		if (!name_same(d->wanted, node->names.v[i],
			       node->object->name))
			TRY(stand_on(d, node, map_get(&nodes->by_name,
						      node->names.v[i])));
	return RETORT_OK;
}

static retort_status read_node(struct differ *d, struct nodes *nodes,
			       struct node *node)
{
	const char *key = need_of(node->object);

	if (!names_of(d->tmp, node) ||
	    (node->object->kind != OBJECT_TRIGGER &&
	     !map_put(&nodes->by_name, node->object->name, node)) ||
	    (key && !map_put(&nodes->by_key, key, node)))
		return err_nomem(d->err);
	return RETORT_OK;
}

static retort_status read_nodes(struct differ *d, const struct schema *s,
				struct nodes *nodes)
{
	nodes->n = s->objects.n;
	nodes->v = arena_array(d->tmp, struct node, nodes->n + 1);
	nodes->by_name = (struct map){ .mem = d->tmp, .fold = s->fold_case };
	nodes->by_key = (struct map){ .mem = d->tmp };
	nodes->exact = d->d && (d->d->caps & CAP_NEEDS) && !s->says_little;
	if (!nodes->v)
		return err_nomem(d->err);
	for (size_t i = 0; i < nodes->n; i++) {
		nodes->v[i].object = s->objects.v[i];
		TRY(read_node(d, nodes, &nodes->v[i]));
	}
	for (size_t i = 0; i < nodes->n; i++)
		TRY(link_node(d, nodes, &nodes->v[i]));
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

static bool about_hazard(const struct differ *d, const struct hazard *h,
			 const struct node *node)
{
	if (h->dropped || node->star)
		return true;
	for (size_t k = 0; k < h->columns.n; k++)
		if (has_name(d, &node->names, h->columns.v[k]))
			return true;
	return false;
}

/* A trigger on the table is; what needs other things only is not. */
static bool may_be(const struct differ *d, const struct node *node,
		   const char *table)
{
	const struct object *o = node->object;

	if (!o->needs.n || name_same(d->live, o->table, table))
		return true;
	for (size_t i = 0; i < o->needs.n; i++) {
		const struct table *t = strncmp(o->needs.v[i], "TABLE ", 6)
			? NULL : schema_table_called(d->live,
						     o->needs.v[i] + 6);

		if (t && name_same(d->live, t->name, table))
			return true;
	}
	return false;
}

static bool in_the_way(const struct differ *d, const struct map *hazards,
		       const struct node *node)
{
	for (size_t i = 0; i < node->names.n; i++) {
		const struct hazard *h = map_get(hazards, node->names.v[i]);

		if (h && may_be(d, node, node->names.v[i]) &&
		    about_hazard(d, h, node))
			return true;
	}
	return false;
}

static struct object *wanted_object(struct differ *d, const struct map *wanted,
				    const struct object *o)
{
	SCRATCH(tmp);
	const char *key = object_key(&tmp, o);

	d->no_memory |= !key;
	return key ? map_get(wanted, key) : NULL;
}

static retort_status index_objects(struct differ *d, const struct schema *s,
				   struct map *map)
{
	map->mem = d->tmp;
	map->fold = s->fold_case;
	for (size_t i = 0; i < s->objects.n; i++) {
		struct object *o = s->objects.v[i];
		const char *key = object_key(d->tmp, o);

		if (!key || !map_put(map, key, o))
			return err_nomem(d->err);
	}
	return RETORT_OK;
}

static bool same_object(const struct object *work, const struct object *wanted)
{
	if (work->kind == OBJECT_ENUM) {
		for (size_t i = 0; i < work->labels.n &&
				   work->labels.n == wanted->labels.n; i++)
			if (strcmp(work->labels.v[i], wanted->labels.v[i]))
				return false;
		return work->labels.n == wanted->labels.n;
	}
	return text_same(work->create_sql, wanted->create_sql) ||
	       sql_same(work->create_sql, wanted->create_sql);
}

/* A routine that returns something else cannot take the other's place. */
static bool object_returns_same(const struct object *a, const struct object *b)
{
	const char *x = strstr(a->create_sql, "RETURNS ");
	const char *y = strstr(b->create_sql, "RETURNS ");
	size_t n = x ? strcspn(x, "\n") : 0, m = y ? strcspn(y, "\n") : 0;

	return n == m && (!n || !strncmp(x, y, n));
}

/* Can it become the other without being dropped? */
static bool can_alter(const struct differ *d, const struct object *work,
		      const struct object *wanted)
{
	static const char *const words[] = { "DOMAIN", "TYPE", "SEQUENCE" };

	if (!d->d || !(d->d->caps & CAP_ALTER_OBJECTS))
		return false;
	if (work->kind == OBJECT_ENUM)
		return true;
	for (size_t i = 0; work->word && i < 3; i++)
		if (!strcmp(work->word, words[i]))
			return true;
	return work->word && text_same(work->word, wanted->word) &&
	       !strncmp(wanted->create_sql, "CREATE OR REPLACE ", 18) &&
	       object_returns_same(work, wanted);
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

/* One of an unknown kind is never touched but by a model of it. */
static bool untouchable(const struct object *o)
{
	return o->kind == OBJECT_OTHER && !o->word;
}

static retort_status mark_drop(struct differ *d, struct node *node,
			       const struct object *work, struct object *w)
{
	if (!w && untouchable(work))
		return keep(d, work);
	if (w && !same_object(work, w) && can_alter(d, work, w)) {
		node->altered = true;
		return RETORT_OK;
	}
	node->moved = !w || !same_object(work, w);
	if (w && !node->moved &&
	    !differ_adopt(d, &w->create_sql, work->create_sql))
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

		TRY(mark_drop(d, &live->v[i], work,
			      wanted_object(d, wanted, work)));
		if (hazards.n && !untouchable(work) &&
		    work->kind != OBJECT_ENUM && !live->v[i].altered &&
		    in_the_way(d, &hazards, &live->v[i]))
			live->v[i].moved = true;
	}
	return RETORT_OK;
}

static bool on_moved(const struct node *node)
{
	for (size_t i = 0; i < node->on.n; i++)
		if (node->on.v[i]->moved)
			return true;
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

			if (node->moved || untouchable(node->object) ||
			    !on_moved(node))
				continue;
			node->moved = again = true;
			node->altered = false;
		}
	}
}

/* Dependencies first. An explicit stack: chains may be long. */
static retort_status visit(struct differ *d, struct node *from,
			   struct node **out, size_t *n)
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
		for (size_t i = 0; !on && i < node->on.n; i++)
			if (!node->on.v[i]->seen)
				on = node->on.v[i];
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
			TRY(visit(d, &nodes->v[i], *out, &n));
	for (size_t i = 0; i < nodes->n; i++)
		TRY(visit(d, &nodes->v[i], *out, &n));
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

/* Types and the like that a live table needs go when the tables are gone. */
static bool tables_stand_on(const struct differ *d, const struct object *o)
{
	const char *key = need_of(o);

	if (o->kind == OBJECT_ENUM || (o->word && !strcmp(o->word, "SCHEMA")))
		return true;
	for (size_t i = 0; key && i < d->live->tables.n; i++)
		if (strings_has(&d->live->tables.v[i]->needs, key))
			return true;
	return false;
}

/* Does one of those that go last need it? */
static bool last_stand_on(const struct differ *d, const struct object *o)
{
	const char *key = need_of(o);

	for (size_t i = 0; key && i < d->last_objects.n; i++)
		if (strings_has(&d->last_objects.v[i]->object->needs, key))
			return true;
	return false;
}

static retort_status drop_objects(struct differ *d, struct nodes *live)
{
	struct node **order;

	TRY(in_order(d, live, &order));
	for (size_t i = live->n; i-- > 0;) {
		const struct object *o = order[i]->object;

		if (order[i]->moved)
			TRY(object_op(d, tables_stand_on(d, o) ||
					 last_stand_on(d, o)
					 ? &d->last_objects : &d->drop_objects,
				      OP_DROP_OBJECT, o));
	}
	return RETORT_OK;
}

/*
 * Of a routine whose body is a string the head alone: the body is looked at
 * when it runs.
 */
static size_t bound_names(const struct node *node)
{
	const char *word = node->object->word;

	return word && (!strcmp(word, "FUNCTION") ||
			!strcmp(word, "PROCEDURE")) &&
	       !sql_mentions(node->object->create_sql, "ATOMIC")
		? node->n_head : node->names.n;
}

/* Without a connection nothing has been asked what it needs. */
static bool needs_are_known(const struct differ *d, const struct object *o)
{
	return d->d && d->conn && (d->d->caps & CAP_NEEDS) && need_of(o);
}

static bool names_a_table(const struct differ *d, const struct node *node)
{
	for (size_t i = 0; i < bound_names(node); i++)
		for (size_t k = 0; k < d->wanted->tables.n; k++)
			if (name_same(d->wanted, node->names.v[i],
				      d->wanted->tables.v[k]->name))
				return true;
	return false;
}

/* Does it need a table, itself or by what it stands on? */
static bool stands_on_tables(const struct differ *d, const struct node *node,
			     int depth)
{
	const struct strings *needs = &node->object->needs;

	if (node->object->kind == OBJECT_ENUM)
		return false;
	for (size_t i = 0; i < needs->n; i++)
		if (!strncmp(needs->v[i], "TABLE ", 6))
			return true;
	if (!needs->n && !needs_are_known(d, node->object) &&
	    names_a_table(d, node))
		return true;
	for (size_t i = 0; i < node->on.n && depth < 100; i++)
		if (stands_on_tables(d, node->on.v[i], depth + 1))
			return true;
	return false;
}

static retort_status create_objects(struct differ *d, struct nodes *wanted)
{
	struct node **order;

	TRY(in_order(d, wanted, &order));
	for (size_t i = 0; i < wanted->n; i++) {
		const struct object *o = order[i]->object;
		bool first = (o->kind == OBJECT_OTHER ||
			      o->kind == OBJECT_ENUM) && !o->table &&
			     !stands_on_tables(d, order[i], 0);

		if (order[i]->moved)
			TRY(object_op(d, first ? &d->first_objects
					       : &d->create_objects,
				      OP_CREATE_OBJECT, o));
	}
	return RETORT_OK;
}

static retort_status alter_op(struct differ *d, struct ops *list,
			      const struct object *old,
			      const struct object *now)
{
	struct op *op = ops_add(d->mem, list, OP_ALTER_OBJECT);

	if (!op)
		return err_nomem(d->err);
	op->object = object_copy(d->mem, now);
	op->old_object = object_copy(d->mem, old);
	if (!op->object || !op->old_object || !warn_alter_object(d, op))
		return err_nomem(d->err);
	op->schema = op->object->schema;
	return RETORT_OK;
}

/* The labels of both: those added in their places among those to go. */
static retort_status join_labels(struct differ *d, const struct object *old,
				 struct object *both)
{
	size_t at = 0;

	for (size_t i = 0; i < old->labels.n; i++) {
		size_t k = 0;

		while (k < both->labels.n &&
		       strcmp(both->labels.v[k], old->labels.v[i]))
			k++;
		if (k < both->labels.n) {
			at = k + 1;
			continue;
		}
		if (!vec_insert(d->mem, &both->labels, at, old->labels.v[i]))
			return err_nomem(d->err);
		at++;
	}
	return RETORT_OK;
}

/* New labels before they are used, old ones when they are used no more. */
static retort_status alter_object(struct differ *d, const struct object *old,
				  const struct object *now)
{
	struct object *both = object_copy(d->mem, now);
	size_t kept = 0;

	if (!both)
		return err_nomem(d->err);
	if (now->kind != OBJECT_ENUM)
		return alter_op(d, &d->grown, old, now);
	for (size_t i = 0; i < old->labels.n; i++)
		kept += strings_has(&now->labels, old->labels.v[i]);
	if (kept == old->labels.n && now->labels.n > kept)
		return alter_op(d, &d->grown, old, now);
	if (kept == now->labels.n)
		return alter_op(d, &d->shrunk, old, now);
	TRY(join_labels(d, old, both));
	TRY(alter_op(d, &d->grown, old, both));
	return alter_op(d, &d->shrunk, both, now);
}

static retort_status alter_objects(struct differ *d, const struct nodes *live,
				   const struct map *wanted)
{
	for (size_t i = 0; i < live->n; i++) {
		const struct object *old = d->work->objects.v[i];

		if (live->v[i].altered)
			TRY(alter_object(d, old,
					 wanted_object(d, wanted, old)));
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
		key = object_key(d->tmp, o);
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

		if (!w || !text_same(o->create_sql, w->create_sql) ||
		    !same_object(o, w))
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
	TRY(alter_objects(d, &live, &by_name));
	return create_objects(d, &wanted);
}
