/* What is no table, what belongs to something, and what needs what. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dialect/filter.h"
#include "dialect/postgresql/reflect.h"

retort_status add_object(struct reading *r, struct node *node,
			 struct object *o, const char *ident)
{
	const char *word = o->word ? o->word :
		o->kind == OBJECT_TRIGGER ? "TRIGGER" :
		o->kind == OBJECT_VIEW ? "VIEW" : "TYPE";
	char *drop = arena_printf(r->mem, "DROP %s %s", word, ident);

	if (!drop || !vec_push(&r->tmp, &r->objects, node))
		return err_nomem(r->err);
	o->drop_sql = drop;
	node->key = drop + strlen("DROP ");
	node->object = o;
	return RETORT_OK;
}

static enum object_kind kind_of(const char *class, const char *labels)
{
	return labels ? OBJECT_ENUM :
	       !strcmp(class, "pg_trigger") ? OBJECT_TRIGGER : OBJECT_OTHER;
}

/* Behind the objects that belong to none, before those that do. */
static retort_status list_views(struct reading *r)
{
	for (; r->views_listed < r->views.n; r->views_listed++) {
		struct rel *rel = r->views.v[r->views_listed];

		TRY(add_object(r, &rel->node, rel->node.object, rel->sql));
	}
	return RETORT_OK;
}

/*
 * class, oid, schema, name, word, what DROP calls it, relation, statement,
 * labels
 */
static retort_status on_object(struct reading *r, const char *const cell[])
{
	struct rel *rel = cell[6] ? rel_of(r, cell[6]) : NULL;
	struct object *o;
	struct node *node;

	if (cell[6] && (!rel || rel->left_out))
		return RETORT_OK;
	if (!rel && filter_excludes(r->o, cell[3]))
		return RETORT_OK;
	if (rel)
		TRY(list_views(r));
	o = arena_new(r->mem, struct object);
	node = arena_new(&r->tmp, struct node);
	if (!o || !node)
		return err_nomem(r->err);
	o->kind = kind_of(cell[0], cell[8]);
	o->schema = cell[2] ? schema_of(r, cell[2]) : NULL;
	o->name = keep(r, cell[3]);
	if (o->kind == OBJECT_OTHER)
		o->word = keep(r, cell[4]);
	if (rel)
		o->table = rel->name;
	o->create_sql = keep(r, cell[7]);
	TRY(r->rc);
	TRY(read_array(r, cell[8], r->mem, &o->labels));
	TRY(add_node(r, cell[0], cell[1], node));
	return add_object(r, node, o, cell[5]);
}

static retort_status read_routines(struct reading *r)
{
	TRY(read_rows(r, sql_postgresql_object_routines, 2, on_object));
	return read_rows(r, sql_postgresql_object_aggregates, 1, on_object);
}

/* In the order in which they can be made, but for what needs say. */
retort_status read_objects(struct reading *r)
{
	if (r->schemas || has_any(r, "pg_extension pg_collation"))
		TRY(read_rows(r, sql_postgresql_object_globals, 2, on_object));
	if (has_any(r, "pg_type"))
		TRY(read_rows(r, sql_postgresql_object_types, 1, on_object));
	if (r->sequences)
		TRY(read_sequences(r));
	if (has_any(r, "pg_proc"))
		TRY(read_routines(r));
	if (has_any(r, "pg_operator"))
		TRY(read_rows(r, sql_postgresql_object_operators, 1,
			      on_object));
	if (has_any(r, "pg_trigger pg_rewrite pg_policy pg_statistic_ext"))
		TRY(read_rows(r, sql_postgresql_object_members, 2, on_object));
	return RETORT_OK;
}

static struct node *owner(struct node *node)
{
	while (node && node->owner)
		node = node->owner;
	return node;
}

retort_status add_facet(struct reading *r, struct node *node, const char *key,
			const char *set_sql, const char *reset_sql)
{
	struct facet f = { key, set_sql, reset_sql };
	struct facets *list = NULL;

	node = owner(node);
	if (node->table)
		list = &node->table->facets;
	else if (node->object)
		list = &node->object->facets;
	return !list || vec_push(r->mem, list, f) ? RETORT_OK
						  : err_nomem(r->err);
}

static struct node *find_node(struct reading *r, const char *class,
			      const char *oid)
{
	char key[64];

	snprintf(key, sizeof(key), "%s %s", class, oid);
	return map_get(&r->nodes, key);
}

/* class, oid, key, statement, what takes it back */
static retort_status on_facet(struct reading *r, const char *const cell[])
{
	struct node *node = find_node(r, cell[0], cell[1]);
	const struct rel *rel = strcmp(cell[0], "pg_class") ? NULL
		: rel_of(r, cell[1]);
	const char *key, *set, *reset;

	if (!node)
		return RETORT_OK;
	key = rel && rel->counts
		? arena_printf(r->mem, "%s on sequence of %s", cell[2],
			       rel->counts)
		: keep(r, cell[2]);
	if (!key)
		return err_nomem(r->err);
	set = keep(r, cell[3]);
	reset = keep(r, cell[4]);
	TRY(r->rc);
	return add_facet(r, node, key, set, reset);
}

/* A comment that is a statement of its own, on `what`. */
static retort_status add_comment(struct reading *r, struct node *node,
				 const char *key, const char *what,
				 const char *text)
{
	char *literal = pg_quote_text(&r->tmp, text), *set, *reset;

	if (!literal || !what || !key)
		return err_nomem(r->err);
	set = arena_printf(r->mem, "COMMENT ON %s IS %s", what, literal);
	reset = arena_printf(r->mem, "COMMENT ON %s IS NULL", what);
	if (!set || !reset)
		return err_nomem(r->err);
	return add_facet(r, node, key, set, reset);
}

static retort_status comment_column(struct reading *r, struct rel *rel,
				    struct att *att, const char *text)
{
	char *name = att->name ? pg_quote_name(&r->tmp, att->name) : NULL;

	if (att->column) {
		att->column->comment = keep(r, text);
		return r->rc;
	}
	if (!name)
		return att->name ? err_nomem(r->err) : RETORT_OK;
	return add_comment(r, &rel->node,
			   arena_printf(r->mem, "comment column %s", att->name),
			   arena_printf(&r->tmp, "COLUMN %s.%s", rel->sql, name),
			   text);
}

static retort_status comment_rel(struct reading *r, struct rel *rel,
				 long number, const char *text)
{
	struct att *att = att_of(rel, number);

	if (rel->left_out)
		return RETORT_OK;
	if (number)
		return att ? comment_column(r, rel, att, text) : RETORT_OK;
	if (rel->node.table) {
		rel->node.table->comment = keep(r, text);
		return r->rc;
	}
	if (rel->kind == 'S' && rel->node.owner)
		return add_comment(r, &rel->node,
			arena_printf(r->mem, "comment on sequence of %s",
				     rel->counts),
			arena_printf(&r->tmp, "SEQUENCE %s", rel->sql), text);
	return rel->node.key ? add_comment(r, &rel->node, "comment",
					   rel->node.key, text) : RETORT_OK;
}

static retort_status comment_index(struct reading *r, struct read_index *x,
				   const char *text)
{
	const char *name;

	if (x->own) {
		x->own->comment = keep(r, text);
		return r->rc;
	}
	name = sql_name(r, x->rel->schema, x->index.name);
	TRY(r->rc);
	return add_comment(r, &x->rel->node,
		arena_printf(r->mem, "comment index %s", x->index.name),
		arena_printf(&r->tmp, "INDEX %s", name), text);
}

/* class, oid, column, text */
static retort_status on_comment(struct reading *r, const char *const cell[])
{
	bool of_rel = !strcmp(cell[0], "pg_class");
	struct rel *rel = of_rel ? rel_of(r, cell[1]) : NULL;
	struct read_index *x = of_rel ? map_get(&r->indexes, cell[1]) : NULL;
	struct node *node;

	if (rel)
		return comment_rel(r, rel, atol(cell[2]), cell[3]);
	if (x)
		return comment_index(r, x, cell[3]);
	if (!strcmp(cell[0], "pg_constraint")) {
		struct constraint *c = map_get(&r->constraints, cell[1]);

		if (c)
			c->comment = keep(r, cell[3]);
		return r->rc;
	}
	node = find_node(r, cell[0], cell[1]);
	if (!node || !strcmp(cell[0], "pg_extension"))
		return RETORT_OK;	/* an extension brings its own */
	return add_comment(r, node, "comment", node->key, cell[3]);
}

/* kind and name */
static retort_status on_unread(struct reading *r, const char *const cell[])
{
	return add_note(r, arena_printf(r->mem, "%s is left as it is",
					cell[0]));
}

retort_status read_facets(struct reading *r)
{
	if (has_other(r, "pg_class pg_depend pg_type pg_collation pg_proc "
		      "pg_operator pg_trigger pg_rewrite pg_policy "
		      "pg_statistic_ext pg_extension") ||
	    has_any(r, "pg_type"))
		TRY(read_rows(r, sql_postgresql_unread, 1, on_unread));
	if (r->facets)
		TRY(read_rows(r, sql_postgresql_facets, 1, on_facet));
	if (r->column_facets)
		TRY(read_rows(r, sql_postgresql_column_facets, 1, on_facet));
	if (r->index_facets)
		TRY(read_rows(r, sql_postgresql_index_facets, 1, on_facet));
	if (has_any(r, "pg_type pg_trigger pg_rewrite pg_statistic_ext"))
		TRY(read_rows(r, sql_postgresql_state_facets, 1, on_facet));
	TRY(read_rows(r, sql_postgresql_comments, 0, on_comment));
	if (r->grants || r->column_grants || r->schemas ||
	    has_any(r, "pg_proc pg_type"))
		TRY(read_rows_with(r, sql_postgresql_grants,
				   r->column_grants ? "t" : "f", on_facet));
	return RETORT_OK;
}

/* class and oid of what needs, class and oid of what is needed */
static retort_status on_need(struct reading *r, const char *const cell[])
{
	struct node *from = owner(find_node(r, cell[0], cell[1]));
	struct node *to = owner(find_node(r, cell[2], cell[3]));
	struct strings *list;

	if (!from || !to || from == to)
		return RETORT_OK;
	list = from->table ? &from->table->needs : &from->object->needs;
	if (strings_has(list, to->key))
		return RETORT_OK;
	return vec_push(&r->tmp, &from->needs, to) &&
	       vec_push(r->mem, list, to->key) ? RETORT_OK : err_nomem(r->err);
}

/* An object behind all that it needs, through tables as well. */
static retort_status list_object(struct reading *r, struct node *node)
{
	if (node->done)
		return RETORT_OK;
	node->done = true;
	for (size_t i = 0; i < node->needs.n; i++)
		TRY(list_object(r, node->needs.v[i]));
	return !node->object || vec_push(r->mem, &r->schema->objects,
					 node->object)
		? RETORT_OK : err_nomem(r->err);
}

retort_status read_needs(struct reading *r)
{
	if (!r->schemas && !r->views.n && !has_other(r, "pg_class"))
		return RETORT_OK;
	/* Its joins are written in the order they are best done in. */
	TRY(read_rows(r, "SET LOCAL join_collapse_limit = 1", 0, NULL));
	return read_rows(r, sql_postgresql_depends, 0, on_need);
}

retort_status list_objects(struct reading *r)
{
	TRY(list_views(r));
	for (size_t i = 0; i < r->objects.n; i++)
		TRY(list_object(r, r->objects.v[i]));
	return RETORT_OK;
}
