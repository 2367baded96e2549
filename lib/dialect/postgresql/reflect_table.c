/* Relations and their columns. */
#include <stdlib.h>
#include <string.h>

#include "dialect/filter.h"
#include "dialect/postgresql/reflect.h"

retort_status add_note(struct reading *r, const char *text)
{
	return text && vec_push(r->mem, &r->schema->notes, text)
		? RETORT_OK : err_nomem(r->err);
}

static const char *kind_word(char kind)
{
	return kind == 'v' ? "view" : kind == 'm' ? "materialized view" :
	       kind == 'f' ? "foreign table" : "table";
}

/* The version table or its log? */
static bool is_ours(const struct reading *r, const struct rel *rel)
{
	const struct reflect_options *o = r->o;
	const char *schema = rel->schema ? rel->schema : r->home;
	size_t n;

	if (!o || !o->version_table)
		return false;
	n = strlen(o->version_table);
	return !strncmp(rel->name, o->version_table, n) &&
	       (!rel->name[n] || !strcmp(rel->name + n, "_log")) &&
	       !strcmp(schema, o->version_schema ? o->version_schema : r->home);
}

/* Why a relation is left out, or NULL. */
static const char *refused(const struct reading *r, const struct rel *rel)
{
	if (rel->kind == 'f')
		return "its rows are elsewhere";
	if (is_ours(r, rel))
		return "it holds the versions";
	return filter_excludes(r->o, rel->name) ? "excluded" : NULL;
}

/* Cells 5 to 9 of a table. */
static retort_status add_table(struct reading *r, struct rel *rel,
			       const char *const cell[])
{
	struct table *t = arena_new(r->mem, struct table);

	if (!t || !vec_push(&r->tmp, &r->tables, rel))
		return err_nomem(r->err);
	t->schema = rel->schema;
	t->name = rel->name;
	t->unlogged = rel->unlogged;
	t->with = keep(r, cell[6]);
	t->tablespace = keep(r, cell[7]);
	t->partition_by = keep(r, cell[8]);
	t->partition_bound = keep(r, cell[9]);
	rel->node.table = t;
	rel->node.key = arena_printf(r->mem, "TABLE %s", rel->sql);
	if (!rel->node.key)
		return err_nomem(r->err);
	return r->rc;
}

static retort_status add_view(struct reading *r, struct rel *rel,
			      const char *const cell[])
{
	bool stored = rel->kind == 'm';
	struct object *o = arena_new(r->mem, struct object);
	struct buf b = { .mem = r->mem };

	if (!o || !vec_push(&r->tmp, &r->views, rel))
		return err_nomem(r->err);
	o->kind = stored ? OBJECT_OTHER : OBJECT_VIEW;
	o->word = stored ? "MATERIALIZED VIEW" : NULL;
	o->schema = rel->schema;
	o->name = rel->name;
	buf_addf(&b, "CREATE %s %s", stored ? o->word : "VIEW", rel->sql);
	if (cell[6])
		buf_addf(&b, " WITH (%s)", cell[6]);
	if (cell[7])
		buf_addf(&b, " TABLESPACE %s", cell[7]);
	buf_addf(&b, " AS %s%s", cell[10],
		 is_true(cell[11]) ? " WITH NO DATA" : "");
	o->create_sql = buf_text(&b);
	rel->node.object = o;
	rel->node.key = arena_printf(r->mem, "%s %s", stored ? o->word : "VIEW",
				     rel->sql);
	return o->create_sql && rel->node.key ? RETORT_OK : err_nomem(r->err);
}

/*
 * oid, schema, name, kind, name in SQL or NULL, unlogged, options, tablespace,
 * partition key, partition bound, query, not populated, has facets, has grants
 */
static retort_status on_relation(struct reading *r, const char *const cell[])
{
	struct rel *rel = arena_new(&r->tmp, struct rel);
	char *oid = arena_strdup(&r->tmp, cell[0]);
	const char *why;

	if (!rel || !oid || !map_put(&r->rels, oid, rel))
		return err_nomem(r->err);
	rel->kind = *cell[3];
	rel->schema = schema_of(r, cell[1]);
	rel->name = keep(r, cell[2]);
	rel->sql = cell[4] ? keep(r, cell[4])
			   : sql_name(r, rel->schema, rel->name);
	rel->unlogged = is_true(cell[5]);
	r->facets |= is_true(cell[12]);
	r->grants |= is_true(cell[13]);
	TRY(r->rc);
	if (rel->kind == 'S') {
		r->sequences = true;
		return RETORT_OK;
	}
	why = refused(r, rel);
	if (why) {
		rel->left_out = true;
		return add_note(r, arena_printf(r->mem, "%s \"%s\" is left out: %s",
					    kind_word(rel->kind), rel->name,
					    why));
	}
	TRY(add_node(r, "pg_class", oid, &rel->node));
	return rel->kind == 'r' || rel->kind == 'p' ? add_table(r, rel, cell)
						     : add_view(r, rel, cell);
}

/* table, its parent, the parent's name in SQL */
static retort_status on_parent(struct reading *r, const char *const cell[])
{
	struct rel *rel = rel_of(r, cell[0]), *parent = rel_of(r, cell[1]);
	struct table *t = rel ? rel->node.table : NULL;
	const char *name = keep(r, cell[2]);

	if (!t || !name)
		return r->rc;
	if (t->partition_bound)
		t->partition_of = name;
	else if (!vec_push(r->mem, &t->inherits, name))
		return err_nomem(r->err);
	return !parent || vec_push(&r->tmp, &rel->parents, parent)
		? RETORT_OK : err_nomem(r->err);
}

struct att *att_of(struct rel *rel, long number)
{
	return number > 0 && (size_t)number <= rel->atts.n
		? &rel->atts.v[number - 1] : NULL;
}

/* A place for the column of this number, behind those that were dropped. */
static struct att *add_att(struct reading *r, struct rel *rel, long number)
{
	while ((long)rel->atts.n < number)
		if (!vec_push(&r->tmp, &rel->atts, (struct att){0}))
			return NULL;
	return att_of(rel, number);
}

static retort_status read_type(struct reading *r, const char *text,
			       struct type *t)
{
	size_t n = strlen(text);
	struct type *element;
	char *inner;

	*t = (struct type){ .kind = RETORT_TYPE_VERBATIM, .length = -1,
			    .scale = -1, .text = text };
	pg_type_kind(t);
	if (n < 3 || strcmp(text + n - 2, "[]"))
		return RETORT_OK;
	inner = arena_strndup(r->mem, text, n - 2);
	element = arena_new(r->mem, struct type);
	if (!inner || !element)
		return err_nomem(r->err);
	t->kind = RETORT_TYPE_ARRAY;
	t->element = element;
	return read_type(r, inner, element);
}

static retort_status add_column(struct reading *r, struct att *att,
				const char *const cell[])
{
	struct column *c = arena_new(r->mem, struct column);
	const char *type = keep(r, cell[3]);

	if (!c || !type)
		return err_nomem(r->err);
	TRY(read_type(r, type, &c->type));
	att->column = c;
	c->name = att->name;
	c->not_null = is_true(cell[4]);
	c->identity = *cell[5] == 'a' ? IDENTITY_ALWAYS :
		      *cell[5] == 'd' ? IDENTITY_BY_DEFAULT : IDENTITY_NO;
	if (*cell[6]) {
		c->generated = *cell[6] == 's' ? GENERATED_STORED
					       : GENERATED_VIRTUAL;
		c->generated_sql = bare(r, cell[7]);
	} else {
		c->default_sql = keep(r, cell[7]);
	}
	if (cell[8])
		c->collation = map_get(&r->collations, cell[8]);
	c->inherited = !is_true(cell[10]);
	return r->rc;
}

/*
 * table, number, name, type, not null, identity, generated, default, collation
 * that is not the type's, collation, local, oid of the base type, has facets,
 * has grants
 */
static retort_status on_column(struct reading *r, const char *const cell[])
{
	struct rel *rel = rel_of(r, cell[0]);
	struct att *att;

	if (!rel)
		return RETORT_OK;
	r->column_facets |= is_true(cell[12]);
	r->column_grants |= is_true(cell[13]);
	att = add_att(r, rel, atol(cell[1]));
	if (!att)
		return err_nomem(r->err);
	att->name = keep(r, cell[2]);
	att->type = arena_strdup(&r->tmp, cell[11]);
	att->collation = arena_strdup(&r->tmp, cell[9]);
	if (!att->type || !att->collation)
		return err_nomem(r->err);
	if (rel->node.table)
		TRY(add_column(r, att, cell));
	return r->rc;
}

static retort_status on_collation(struct reading *r, const char *const cell[])
{
	char *oid = arena_strdup(&r->tmp, cell[0]);
	char *name = arena_strdup(r->mem, cell[1]);

	return oid && name && map_put(&r->collations, oid, name)
		? RETORT_OK : err_nomem(r->err);
}

static struct column *column_of(struct rel *rel, const char *name)
{
	for (size_t i = 0; i < rel->atts.n; i++)
		if (rel->atts.v[i].column &&
		    !strcmp(rel->atts.v[i].name, name))
			return rel->atts.v[i].column;
	return NULL;
}

static retort_status alter_inherited(struct reading *r, struct rel *rel,
				     const char *column, const char *word,
				     const char *const change[2])
{
	char *name = pg_quote_name(&r->tmp, column), *sql[2];
	char *key = arena_printf(r->mem, "%s %s", word, column);

	for (int i = 0; i < 2; i++)
		sql[i] = name ? arena_printf(r->mem,
			"ALTER TABLE ONLY %s ALTER COLUMN %s %s", rel->sql,
			name, change[i]) : NULL;
	if (!key || !sql[0] || !sql[1])
		return err_nomem(r->err);
	return add_facet(r, &rel->node, key, sql[0], sql[1]);
}

static char *default_change(struct reading *r, const struct column *c)
{
	return c->default_sql
		? arena_printf(&r->tmp, "SET DEFAULT %s", c->default_sql)
		: arena_strdup(&r->tmp, "DROP DEFAULT");
}

/* What is in the primary key is never NULL. */
static bool is_in_key(const struct rel *rel, const struct column *c)
{
	const struct constraint *key = table_primary_key(rel->node.table);

	for (size_t i = 0; key && i < key->parts.n; i++)
		if (text_same(key->parts.v[i].column, c->name))
			return true;
	return false;
}

/* What an inherited column has that its parent's has not. */
static retort_status compare_inherited(struct reading *r, struct rel *rel,
				       struct column *c)
{
	const struct column *p = NULL;
	const char *change[2];

	for (size_t i = 0; i < rel->parents.n && !p; i++)
		p = column_of(rel->parents.v[i], c->name);
	if (!p)
		return RETORT_OK;
	if (c->not_null && !p->not_null && !is_in_key(rel, c)) {
		change[0] = "SET NOT NULL", change[1] = "DROP NOT NULL";
		TRY(alter_inherited(r, rel, c->name, "not null", change));
	}
	if (c->generated || text_same(c->default_sql, p->default_sql))
		return RETORT_OK;
	change[0] = default_change(r, c), change[1] = default_change(r, p);
	if (!change[0] || !change[1])
		return err_nomem(r->err);
	return alter_inherited(r, rel, c->name, "default", change);
}

/* A table behind its parents. */
static retort_status list_table(struct reading *r, struct rel *rel)
{
	struct table *t = rel->node.table;

	if (rel->listed || !t)
		return RETORT_OK;
	rel->listed = true;
	for (size_t i = 0; i < rel->parents.n; i++)
		TRY(list_table(r, rel->parents.v[i]));
	for (size_t i = 0; rel->parents.n && i < t->columns.n; i++)
		if (t->columns.v[i]->inherited)
			TRY(compare_inherited(r, rel, t->columns.v[i]));
	return vec_push(r->mem, &r->schema->tables, t)
		? RETORT_OK : err_nomem(r->err);
}

retort_status read_relations(struct reading *r)
{
	TRY(read_rows(r, sql_postgresql_collations, 0, on_collation));
	TRY(read_rows(r, sql_postgresql_relations, 1, on_relation));
	TRY(read_rows(r, sql_postgresql_inherits, 0, on_parent));
	return read_rows(r, sql_postgresql_columns, 1, on_column);
}

/* In the order of their numbers. */
static retort_status list_columns(struct reading *r, struct rel *rel)
{
	for (size_t i = 0; i < rel->atts.n; i++) {
		struct column *c = rel->atts.v[i].column;

		if (c && !vec_push(r->mem, &rel->node.table->columns, c))
			return err_nomem(r->err);
	}
	return RETORT_OK;
}

retort_status list_tables(struct reading *r)
{
	for (size_t i = 0; i < r->tables.n; i++)
		TRY(list_columns(r, r->tables.v[i]));
	for (size_t i = 0; i < r->tables.n; i++)
		TRY(list_table(r, r->tables.v[i]));
	return RETORT_OK;
}
