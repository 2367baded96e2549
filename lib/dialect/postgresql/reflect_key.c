/* Indexes and constraints. */
#include <stdlib.h>
#include <string.h>

#include "dialect/postgresql/reflect.h"

static retort_status on_opclass(struct reading *r, const char *const cell[])
{
	struct opclass *o = arena_new(&r->tmp, struct opclass);
	char *oid = arena_strdup(&r->tmp, cell[0]);

	if (!o || !oid || !map_put(&r->opclasses, oid, o))
		return err_nomem(r->err);
	o->name = keep(r, cell[1]);
	o->is_default = is_true(cell[2]);
	o->type = arena_strdup(&r->tmp, cell[3]);
	o->for_many = is_true(cell[4]);
	return o->type ? r->rc : err_nomem(r->err);
}

/* Is it what the server takes for a column of this type? */
static bool is_usual(const struct opclass *o, const struct att *att)
{
	return o->is_default &&
	       (!att || o->for_many || !strcmp(o->type, att->type));
}

/* Where in the vectors of an index we are. */
struct place {
	const char *key, *class, *collation, *option;
	size_t expr;		/* the next expression */
	struct strings exprs;
	size_t part;
	struct strings params;	/* of operator classes; "NULL" for none */
};

/* The next oid of a vector, as text. */
static const char *next_oid(const char **s, char to[24])
{
	size_t n;

	*s += strspn(*s, " ");
	n = strcspn(*s, " ");
	n = n < 23 ? n : 23;
	memcpy(to, *s, n);
	to[n] = '\0';
	*s += n;
	return to;
}

static void read_order(struct part *p, long option)
{
	bool first = option & 2;

	p->descending = option & 1;
	if (first != p->descending)
		p->nulls = first ? NULLS_FIRST : NULLS_LAST;
}

static bool has_params(const struct place *at)
{
	return at->part < at->params.n &&
	       strcmp(at->params.v[at->part], "NULL") != 0;
}

static retort_status read_part(struct reading *r, struct rel *rel,
			       struct place *at, struct part *p)
{
	enum { DEFAULT_COLLATION = 100 };
	char class[24], collation[24];
	struct opclass *o;
	struct att *att;
	long key = 0, option = 0;

	next_number(&at->key, &key);
	next_number(&at->option, &option);
	o = map_get(&r->opclasses, next_oid(&at->class, class));
	next_oid(&at->collation, collation);
	att = att_of(rel, key);
	if (att)
		p->column = att->name;
	else if (at->expr < at->exprs.n)
		p->expr = bare(r, at->exprs.v[at->expr++]);
	if (o && !is_usual(o, att))
		p->opclass = o->name;
	if (o && has_params(at))
		p->opclass = arena_printf(r->mem, "%s (%s)", o->name,
					  at->params.v[at->part]);
	if (o && has_params(at) && !p->opclass)
		return err_nomem(r->err);
	at->part++;
	if (strcmp(collation, "0") &&
	    (att ? strcmp(collation, att->collation) != 0
		 : atol(collation) != DEFAULT_COLLATION))
		p->collation = map_get(&r->collations, collation);
	read_order(p, option);
	return r->rc;
}

/* Cells 6 to 12. */
static retort_status read_parts(struct reading *r, struct rel *rel,
				struct index *index, const char *const cell[])
{
	struct place at = { .key = cell[7], .class = cell[8],
			    .collation = cell[9], .option = cell[10] };
	long n = atol(cell[6]), key;

	TRY(read_array(r, cell[12], &r->tmp, &at.exprs));
	TRY(read_array(r, cell[18], &r->tmp, &at.params));
	for (long i = 0; i < n; i++) {
		struct part p = {0};

		TRY(read_part(r, rel, &at, &p));
		if (!vec_push(r->mem, &index->parts, p))
			return err_nomem(r->err);
	}
	while (next_number(&at.key, &key)) {
		struct att *att = att_of(rel, key);

		if (att && !vec_push(r->mem, &index->include, att->name))
			return err_nomem(r->err);
	}
	return RETORT_OK;
}

/* An index of a materialized view goes with it. */
static retort_status add_view_index(struct reading *r, struct rel *rel,
				    const char *const cell[])
{
	const char *name = sql_name(r, rel->schema, cell[2]);
	char *key = arena_printf(r->mem, "index %s", cell[2]);
	char *drop = arena_printf(r->mem, "DROP INDEX %s", name ? name : "");
	const char *create = keep(r, cell[17]);

	if (!name || !key || !drop || !create)
		return err_nomem(r->err);
	return add_facet(r, &rel->node, key, create, drop);
}

/*
 * table, oid, name, unique, valid, method, number of key columns, columns,
 * operator classes, collations, order, nulls not distinct, expressions,
 * predicate, options, tablespace, part of a parent's, statement, parameters
 * of operator classes, may have facets
 */
static retort_status on_index(struct reading *r, const char *const cell[])
{
	struct rel *rel = rel_of(r, cell[0]);
	struct read_index *x;
	char *oid;

	r->index_facets |= is_true(cell[19]);
	if (!rel || rel->left_out || is_true(cell[16]))
		return RETORT_OK;
	x = arena_new(&r->tmp, struct read_index);
	oid = arena_strdup(&r->tmp, cell[1]);
	if (!x || !oid || !map_put(&r->indexes, oid, x) ||
	    !vec_push(&r->tmp, &r->index_list, x))
		return err_nomem(r->err);
	x->rel = rel;
	x->index.name = keep(r, cell[2]);
	if (rel->kind == 'm')
		return add_view_index(r, rel, cell);
	x->index.unique = is_true(cell[3]);
	x->index.invalid = !is_true(cell[4]);
	x->index.method = keep(r, cell[5]);
	x->index.nulls_not_distinct = is_true(cell[11]);
	x->index.where_sql = bare(r, cell[13]);
	x->index.with = keep(r, cell[14]);
	x->index.tablespace = keep(r, cell[15]);
	TRY(read_parts(r, rel, &x->index, cell));
	return r->rc;
}

retort_status read_indexes(struct reading *r)
{
	TRY(read_rows(r, sql_postgresql_opclasses, 0, on_opclass));
	return read_rows(r, sql_postgresql_indexes, 1, on_index);
}

/* What no constraint is made of. */
retort_status add_indexes(struct reading *r)
{
	for (size_t i = 0; i < r->index_list.n; i++) {
		struct read_index *x = r->index_list.v[i];
		struct table *t = x->rel->node.table;
		struct index *index;

		if (x->of_constraint || !t)
			continue;
		index = arena_new(r->mem, struct index);
		if (!index || !vec_push(r->mem, &t->indexes, index))
			return err_nomem(r->err);
		*index = x->index;
		x->own = index;
		if (index->invalid)
			TRY(add_note(r, arena_printf(r->mem, "index \"%s\" of "
				"table \"%s\" is not valid", index->name,
				t->name)));
	}
	return RETORT_OK;
}

static retort_action action_of(const char *letter)
{
	switch (*letter) {
	case 'r':
		return RETORT_RESTRICT;
	case 'c':
		return RETORT_CASCADE;
	case 'n':
		return RETORT_SET_NULL;
	case 'd':
		return RETORT_SET_DEFAULT;
	default:
		return RETORT_NO_ACTION;
	}
}

/* Names of the columns that an array numbers. */
static retort_status read_columns(struct reading *r, struct rel *rel,
				  const char *numbers, struct strings *out)
{
	long number;

	while (next_number(&numbers, &number)) {
		struct att *att = att_of(rel, number);

		if (att && att->name && !vec_push(r->mem, out, att->name))
			return err_nomem(r->err);
	}
	return RETORT_OK;
}

static retort_status read_reference(struct reading *r, struct rel *rel,
				    struct constraint *c,
				    const char *const cell[])
{
	struct rel *target = rel_of(r, cell[10]);

	if (target) {
		c->ref_schema = target->schema;
		c->ref_table = target->name;
		TRY(read_columns(r, target, cell[11], &c->ref_columns));
	} else if (cell[18]) {
		if (strcmp(cell[17], r->home))
			c->ref_schema = keep(r, cell[17]);
		c->ref_table = keep(r, cell[18]);
		TRY(read_array(r, cell[19], r->mem, &c->ref_columns));
	}
	c->on_update = action_of(cell[12]);
	c->on_delete = action_of(cell[13]);
	if (*cell[14] == 'f')
		c->match = "FULL";
	return read_columns(r, rel, cell[15], &c->set_columns);
}

static retort_status read_key(struct reading *r, struct rel *rel,
			      struct constraint *c, const char *const cell[])
{
	struct read_index *x = map_get(&r->indexes, cell[8]);
	struct strings columns = {0};

	if (c->kind != CONSTRAINT_FOREIGN_KEY && x) {
		c->parts = x->index.parts;
		c->include = x->index.include;
		c->with = x->index.with;
		c->tablespace = x->index.tablespace;
		c->nulls_not_distinct = x->index.nulls_not_distinct;
		x->of_constraint = true;
		return RETORT_OK;
	}
	TRY(read_columns(r, rel, cell[9], &columns));
	for (size_t i = 0; i < columns.n; i++)
		if (!vec_push(r->mem, &c->parts,
			      (struct part){ .column = columns.v[i] }))
			return err_nomem(r->err);
	return RETORT_OK;
}

/* The text after EXCLUDE says all, also when it is checked. */
static retort_status read_exclusion(struct reading *r, struct constraint *c,
				    const char *const cell[])
{
	struct read_index *x = map_get(&r->indexes, cell[8]);

	if (x)
		x->of_constraint = true;
	c->exclude_sql = keep(r, cell[16] + strlen("EXCLUDE "));
	return r->rc;
}

static retort_status read_kind(struct reading *r, struct rel *rel,
			       struct constraint *c, const char *const cell[])
{
	c->kind = *cell[3] == 'p' ? CONSTRAINT_PRIMARY_KEY :
		  *cell[3] == 'u' ? CONSTRAINT_UNIQUE :
		  *cell[3] == 'c' ? CONSTRAINT_CHECK :
		  *cell[3] == 'f' ? CONSTRAINT_FOREIGN_KEY : CONSTRAINT_EXCLUDE;
	if (c->kind == CONSTRAINT_EXCLUDE)
		return read_exclusion(r, c, cell);
	c->deferrable = is_true(cell[4]);
	c->initially_deferred = is_true(cell[5]);
	c->not_valid = !is_true(cell[6]);
	if (c->kind == CONSTRAINT_CHECK) {
		c->no_inherit = is_true(cell[7]);
		c->check_sql = bare(r, cell[16]);
		return r->rc;
	}
	TRY(read_key(r, rel, c, cell));
	if (c->kind == CONSTRAINT_FOREIGN_KEY)
		TRY(read_reference(r, rel, c, cell));
	return r->rc;
}

/*
 * table, oid, name, kind, deferrable, deferred, valid, no inherit, index,
 * columns, referenced table, its columns, on update, on delete, match, columns
 * to set, text; and of a table that is not read: schema, name, columns
 */
static retort_status on_constraint(struct reading *r,
				   const char *const cell[])
{
	struct rel *rel = rel_of(r, cell[0]);
	struct constraint *c;
	char *oid;

	if (!rel || !rel->node.table)
		return RETORT_OK;
	c = arena_new(r->mem, struct constraint);
	oid = arena_strdup(&r->tmp, cell[1]);
	if (!c || !oid || !map_put(&r->constraints, oid, c) ||
	    !vec_push(r->mem, &rel->node.table->constraints, c))
		return err_nomem(r->err);
	c->name = keep(r, cell[2]);
	return read_kind(r, rel, c, cell);
}

retort_status read_constraints(struct reading *r)
{
	return read_rows(r, sql_postgresql_constraints, 1, on_constraint);
}
