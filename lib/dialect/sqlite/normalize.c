/*
 * Give what means the same in the models the spelling of the live database,
 * so that a comparison of texts sees no difference where there is none.
 */
#include <string.h>

#include "base/ascii.h"
#include "dialect/sqlite/meaning.h"
#include "sql/token.h"

struct normalizing {
	const struct schema *live;
	struct schema *wanted;
	struct meaning meaning;
	struct map live_tables, wanted_tables;	/* by name */
	struct err *err;
};

/* A live table and the one that is wanted in its place. */
struct pair {
	const struct table *live;
	struct table *wanted;
};

static retort_status take(struct normalizing *n, const char *live,
			  const char **wanted)
{
	if (*wanted && !strcmp(live, *wanted))
		return RETORT_OK;
	*wanted = arena_strdup(n->wanted->mem, live);
	return *wanted ? RETORT_OK : err_nomem(n->err);
}

/* An expression over the columns of `t`, or (NULL) a default. */
static retort_status match_expr(struct normalizing *n, const struct table *t,
				const char *live, const char **wanted,
				bool *same)
{
	*same = live && *wanted && !strcmp(live, *wanted);
	if (*same || !live || !*wanted)
		return RETORT_OK;
	*same = sql_same(live, *wanted);
	if (!*same)
		TRY(meaning_expr(&n->meaning, t, live, *wanted, same, n->err));
	return *same ? take(n, live, wanted) : RETORT_OK;
}

static bool is_null_literal(const char *sql)
{
	return sql && sql_same(sql, "NULL");
}

/* No default and DEFAULT NULL are one thing. */
static retort_status match_default(struct normalizing *n, const char *live,
				   const char **wanted)
{
	bool same;

	if (!live && is_null_literal(*wanted)) {
		*wanted = NULL;
		return RETORT_OK;
	}
	if (!*wanted && is_null_literal(live))
		return take(n, live, wanted);
	return match_expr(n, NULL, live, wanted, &same);
}

static const char *or_binary(const char *collation)
{
	return collation ? collation : "BINARY";
}

/*
 * Does SQLite see to it by itself that the column is never NULL? The rowid
 * under another name, and the key of a table without one.
 */
static bool is_never_null(const struct schema *s, const struct table *t,
			  const struct column *c)
{
	const struct constraint *pk = table_primary_key(t);

	for (size_t i = 0; pk && i < pk->parts.n; i++) {
		const struct part *p = &pk->parts.v[i];

		if (!name_same(s, p->column, c->name))
			continue;
		return t->without_rowid ||
			(pk->parts.n == 1 && !p->descending && c->type.text &&
			 !ascii_casecmp(c->type.text, "INTEGER"));
	}
	return false;
}

static retort_status match_column(struct normalizing *n,
				  const struct pair *p,
				  const struct column *live,
				  struct column *wanted)
{
	bool same;

	if (live->type.text && wanted->type.text &&
	    type_same(&live->type, &wanted->type))
		TRY(take(n, live->type.text, &wanted->type.text));
	if (!ascii_casecmp(or_binary(live->collation),
			or_binary(wanted->collation)))
		wanted->collation = live->collation;
	if (is_never_null(n->live, p->live, live) &&
	    is_never_null(n->live, p->wanted, wanted))
		wanted->not_null = live->not_null;
	TRY(match_default(n, live->default_sql, &wanted->default_sql));
	return match_expr(n, p->live, live->generated_sql,
			  &wanted->generated_sql, &same);
}

/* A part's own collation may repeat that of its column. */
static void match_collation(struct normalizing *n, const struct pair *p,
			    const struct part *live, struct part *wanted)
{
	const struct column *a, *b;
	const char *x, *y;

	if (!live->collation && !wanted->collation)
		return;
	a = table_column(n->live, p->live, live->column);
	b = table_column(n->live, p->wanted, wanted->column);
	if (!a || !b || ascii_casecmp(or_binary(a->collation),
				   or_binary(b->collation)))
		return;
	x = live->collation ? live->collation : or_binary(a->collation);
	y = wanted->collation ? wanted->collation : or_binary(b->collation);
	if (!ascii_casecmp(x, y))
		wanted->collation = live->collation;
}

static retort_status match_parts(struct normalizing *n, const struct pair *p,
				 const struct parts *live,
				 struct parts *wanted)
{
	bool same;

	if (live->n != wanted->n)
		return RETORT_OK;
	for (size_t i = 0; i < live->n; i++) {
		if (live->v[i].column && wanted->v[i].column)
			match_collation(n, p, &live->v[i], &wanted->v[i]);
		else
			TRY(match_expr(n, p->live, live->v[i].expr,
				       &wanted->v[i].expr, &same));
	}
	return RETORT_OK;
}

static bool columns_same(const struct schema *s, const struct parts *a,
			 const struct parts *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!name_same(s, a->v[i].column, b->v[i].column))
			return false;
	return true;
}

/* REFERENCES p and REFERENCES p(its key) are one thing. */
static bool is_key_of(const struct schema *s, const struct map *tables,
		      const char *table, const struct strings *columns)
{
	const struct table *t = map_get(tables, table);
	const struct constraint *pk = t ? table_primary_key(t) : NULL;

	if (!pk || pk->parts.n != columns->n)
		return false;
	for (size_t i = 0; i < columns->n; i++)
		if (!name_same(s, pk->parts.v[i].column, columns->v[i]))
			return false;
	return true;
}

static bool is_key_in_both(const struct normalizing *n, const char *table,
			   const struct strings *columns)
{
	return is_key_of(n->live, &n->live_tables, table, columns) &&
	       is_key_of(n->wanted, &n->wanted_tables, table, columns);
}

static retort_status match_foreign_key(struct normalizing *n,
				       const struct constraint *live,
				       struct constraint *wanted)
{
	if (!name_same(n->live, live->ref_table, wanted->ref_table))
		return RETORT_OK;
	if (!live->match && wanted->match &&
	    !ascii_casecmp(wanted->match, "SIMPLE"))
		wanted->match = NULL;
	else if (live->match && !ascii_casecmp(live->match, "SIMPLE") &&
		 !wanted->match)
		TRY(take(n, live->match, &wanted->match));
	if (!live->ref_columns.n && wanted->ref_columns.n) {
		if (is_key_in_both(n, live->ref_table, &wanted->ref_columns))
			wanted->ref_columns.n = 0;
	} else if (live->ref_columns.n && !wanted->ref_columns.n &&
		   is_key_in_both(n, live->ref_table, &live->ref_columns)) {
		for (size_t i = 0; i < live->ref_columns.n; i++) {
			char *name = arena_strdup(n->wanted->mem,
						  live->ref_columns.v[i]);

			if (!name || !vec_push(n->wanted->mem,
					       &wanted->ref_columns, name))
				return err_nomem(n->err);
		}
	}
	return RETORT_OK;
}

/* Keys and UNIQUE: each with all of the same columns; there are few. */
static retort_status match_keys(struct normalizing *n, const struct pair *p,
				struct constraint *wanted)
{
	for (size_t i = 0; i < p->live->constraints.n; i++) {
		const struct constraint *live = p->live->constraints.v[i];

		if (live->kind != wanted->kind ||
		    !columns_same(n->live, &live->parts, &wanted->parts))
			continue;
		TRY(match_parts(n, p, &live->parts, &wanted->parts));
		if (live->kind == CONSTRAINT_FOREIGN_KEY)
			TRY(match_foreign_key(n, live, wanted));
	}
	return RETORT_OK;
}

enum pass { BY_NAME, BY_TOKENS, BY_MEANING };

static retort_status match_check(struct normalizing *n, const struct pair *p,
				 enum pass pass,
				 const struct constraint *live,
				 struct constraint *wanted, bool *same)
{
	*same = false;
	if (pass == BY_NAME) {
		*same = live->name && wanted->name &&
			name_same(n->live, live->name, wanted->name);
		if (*same)
			TRY(match_expr(n, p->live, live->check_sql,
				       &wanted->check_sql, &(bool){0}));
		return RETORT_OK;
	}
	if (pass == BY_TOKENS) {
		*same = sql_same(live->check_sql, wanted->check_sql);
		return *same ? take(n, live->check_sql, &wanted->check_sql)
			     : RETORT_OK;
	}
	return match_expr(n, p->live, live->check_sql, &wanted->check_sql,
			  same);
}

static retort_status match_checks_by(struct normalizing *n,
				     const struct pair *p, enum pass pass,
				     bool *live_done, bool *wanted_done)
{
	for (size_t w = 0; w < p->wanted->constraints.n; w++) {
		struct constraint *wanted = p->wanted->constraints.v[w];

		if (wanted->kind != CONSTRAINT_CHECK || wanted_done[w])
			continue;
		for (size_t l = 0; l < p->live->constraints.n; l++) {
			struct constraint *live = p->live->constraints.v[l];

			if (live->kind != CONSTRAINT_CHECK || live_done[l])
				continue;
			TRY(match_check(n, p, pass, live, wanted,
					&wanted_done[w]));
			live_done[l] = wanted_done[w];
			if (wanted_done[w])
				break;
		}
	}
	return RETORT_OK;
}

static retort_status match_constraints(struct normalizing *n,
				       const struct pair *p)
{
	SCRATCH(tmp);
	bool *live = arena_array(&tmp, bool, p->live->constraints.n + 1);
	bool *wanted = arena_array(&tmp, bool, p->wanted->constraints.n + 1);

	if (!live || !wanted)
		return err_nomem(n->err);
	for (size_t i = 0; i < p->wanted->constraints.n; i++)
		if (p->wanted->constraints.v[i]->kind != CONSTRAINT_CHECK)
			TRY(match_keys(n, p, p->wanted->constraints.v[i]));
	for (enum pass pass = BY_NAME; pass <= BY_MEANING; pass++)
		TRY(match_checks_by(n, p, pass, live, wanted));
	return RETORT_OK;
}

static const struct index *find_index(struct normalizing *n,
				      const struct table *t,
				      const struct index *wanted)
{
	const struct index *x = NULL;

	if (wanted->name)
		x = table_index(n->live, t, wanted->name);
	for (size_t i = 0; !x && wanted->auto_name && i < t->indexes.n; i++)
		if (t->indexes.v[i]->unique == wanted->unique &&
		    columns_same(n->live, &t->indexes.v[i]->parts,
				 &wanted->parts))
			x = t->indexes.v[i];
	return x;
}

static retort_status match_indexes(struct normalizing *n,
				   const struct pair *p)
{
	bool same;

	for (size_t i = 0; i < p->wanted->indexes.n; i++) {
		struct index *wanted = p->wanted->indexes.v[i];
		const struct index *live = find_index(n, p->live, wanted);

		if (!live)
			continue;
		TRY(match_parts(n, p, &live->parts, &wanted->parts));
		TRY(match_expr(n, p->live, live->where_sql,
			       &wanted->where_sql, &same));
	}
	return RETORT_OK;
}

/* Most often it is in the same place. */
static const struct column *find_column(struct normalizing *n,
					const struct table *t,
					const struct column *wanted,
					size_t place)
{
	const struct column *c = NULL;

	if (place < t->columns.n &&
	    name_same(n->live, t->columns.v[place]->name, wanted->name))
		return t->columns.v[place];
	c = table_column(n->live, t, wanted->name);
	return c || !wanted->was ? c : table_column(n->live, t, wanted->was);
}

static retort_status match_table(struct normalizing *n, const struct pair *p)
{
	for (size_t i = 0; i < p->wanted->columns.n; i++) {
		struct column *wanted = p->wanted->columns.v[i];
		const struct column *live = find_column(n, p->live, wanted, i);

		if (live)
			TRY(match_column(n, p, live, wanted));
	}
	TRY(match_constraints(n, p));
	return match_indexes(n, p);
}

static bool by_name(const struct schema *s, struct map *out)
{
	if (!map_reserve(out, s->tables.n))
		return false;
	for (size_t i = 0; i < s->tables.n; i++)
		if (!map_put(out, s->tables.v[i]->name, s->tables.v[i]))
			return false;
	return true;
}

static bool all_settled(const struct schema *wanted)
{
	for (size_t i = 0; i < wanted->tables.n; i++)
		if (!wanted->tables.v[i]->settled)
			return false;
	return true;
}

static retort_status match_tables(struct normalizing *n)
{
	if (all_settled(n->wanted))
		return RETORT_OK;
	if (!by_name(n->live, &n->live_tables) ||
	    !by_name(n->wanted, &n->wanted_tables))
		return err_nomem(n->err);
	for (size_t i = 0; i < n->wanted->tables.n; i++) {
		struct table *t = n->wanted->tables.v[i];
		struct pair p = { map_get(&n->live_tables, t->name), t };

		if (!p.live && t->was)
			p.live = map_get(&n->live_tables, t->was);
		if (p.live && !t->settled)
			TRY(match_table(n, &p));
	}
	return RETORT_OK;
}

static retort_status match_object(struct normalizing *n,
				  const struct object *live,
				  struct object *wanted)
{
	const char *a = meaning_body(live->create_sql);
	const char *b = meaning_body(wanted->create_sql);
	bool same;

	if (!a || !b || !strcmp(live->create_sql, wanted->create_sql))
		return RETORT_OK;
	same = sql_same(a, b);
	if (!same && live->kind == OBJECT_VIEW)
		TRY(meaning_view(&n->meaning, live, wanted, &same, n->err));
	else if (!same)
		TRY(meaning_trigger(&n->meaning, live, wanted, &same, n->err));
	return same ? take(n, live->create_sql, &wanted->create_sql)
		    : RETORT_OK;
}

static retort_status match_objects(struct normalizing *n,
				   enum object_kind kind)
{
	SCRATCH(tmp);
	struct map objects = { .mem = &tmp, .fold = true };

	for (size_t i = 0; i < n->live->objects.n; i++)
		if (n->live->objects.v[i]->kind == kind &&
		    !map_put(&objects, n->live->objects.v[i]->name,
			     n->live->objects.v[i]))
			return err_nomem(n->err);
	for (size_t i = 0; i < n->wanted->objects.n; i++) {
		struct object *wanted = n->wanted->objects.v[i];
		const struct object *live = map_get(&objects, wanted->name);

		if (wanted->kind == kind && live)
			TRY(match_object(n, live, wanted));
	}
	return RETORT_OK;
}

retort_status sqlite_normalize(struct conn *c, const struct schema *live,
			       struct schema *wanted, struct err *err)
{
	SCRATCH(tmp);
	struct normalizing n = {
		.live = live, .wanted = wanted, .meaning = { .live = live },
		.live_tables = { .mem = &tmp, .fold = true },
		.wanted_tables = { .mem = &tmp, .fold = true },
		.err = err
	};
	retort_status rc;

	(void)c;
	rc = match_tables(&n);
	if (!rc)
		rc = match_objects(&n, OBJECT_VIEW);
	if (!rc)
		rc = match_objects(&n, OBJECT_TRIGGER);
	meaning_clear(&n.meaning);
	return rc;
}
