/* Which texts of the models the server may spell otherwise. */
#include <string.h>
#include <strings.h>

#include "dialect/postgresql/normalize.h"
#include "op/mention.h"
#include "sql/token.h"

static const struct table *live_table(const struct suspects *s,
				      const struct table *t)
{
	return table_map_get(&s->live_tables, t->schema, t->name);
}

static bool column_differs(const struct column *c, const struct column *live)
{
	if (!live)
		return c->default_sql || c->generated_sql || c->collation ||
		       c->identity_sql ||
		       c->type.kind == RETORT_TYPE_VERBATIM ||
		       c->type.kind == RETORT_TYPE_ARRAY;
	return !type_same(&c->type, &live->type) ||
	       !text_same(c->default_sql, live->default_sql) ||
	       !text_same(c->generated_sql, live->generated_sql) ||
	       !text_same(c->identity_sql, live->identity_sql) ||
	       !text_same(c->collation, live->collation);
}

static bool has_check(const struct table *live, const struct constraint *c)
{
	for (size_t i = 0; live && i < live->constraints.n; i++) {
		const struct constraint *l = live->constraints.v[i];

		if (l->kind == c->kind &&
		    text_same(l->check_sql, c->check_sql) &&
		    text_same(l->exclude_sql, c->exclude_sql))
			return true;
	}
	return false;
}

static bool has_texts(const struct index *x)
{
	for (size_t i = 0; i < x->parts.n; i++)
		if (x->parts.v[i].expr || x->parts.v[i].opclass ||
		    x->parts.v[i].collation)
			return true;
	return x->where_sql || x->with;
}

static bool index_differs(const struct suspects *s, const struct table *live,
			  const struct index *x)
{
	const struct index *l = live ? table_index(s->live, live, x->name)
				     : NULL;

	return has_texts(x) && !(l && index_same(s->live, l, x));
}

#define OTHER_NAME "SEQUENCE NAME "

/* The name of an identity's sequence is kept: models say none. */
static retort_status keep_sequence_name(struct suspects *s, struct column *c,
					const struct column *live)
{
	const char *name = live && live->identity ? live->identity_sql : NULL;
	size_t n;

	if (!c->identity || !name ||
	    strncmp(name, OTHER_NAME, sizeof(OTHER_NAME) - 1) ||
	    (c->identity_sql && strstr(c->identity_sql, OTHER_NAME)))
		return RETORT_OK;
	n = sizeof(OTHER_NAME) - 1 + strcspn(name + sizeof(OTHER_NAME) - 1,
					     " ");
	c->identity_sql = arena_printf(s->wanted->mem, "%.*s%s%s", (int)n,
				       name, c->identity_sql ? " " : "",
				       c->identity_sql ? c->identity_sql : "");
	return c->identity_sql ? RETORT_OK : err_nomem(s->err);
}

static retort_status keep_sequence_names(struct suspects *s, struct table *t)
{
	const struct table *live = live_table(s, t);

	for (size_t i = 0; live && i < t->columns.n; i++)
		TRY(keep_sequence_name(s, t->columns.v[i],
				       table_column(s->live, live,
						    t->columns.v[i]->name)));
	return RETORT_OK;
}

static bool table_differs(const struct suspects *s, const struct table *t)
{
	const struct table *live = live_table(s, t);

	if (t->partition_bound &&
	    !(live && text_same(t->partition_bound, live->partition_bound)))
		return true;
	for (size_t i = 0; i < t->columns.n; i++)
		if (column_differs(t->columns.v[i], live
				   ? table_column(s->live, live,
						  t->columns.v[i]->name)
				   : NULL))
			return true;
	for (size_t i = 0; i < t->constraints.n; i++) {
		const struct constraint *c = t->constraints.v[i];

		if ((c->kind == CONSTRAINT_CHECK ||
		     c->kind == CONSTRAINT_EXCLUDE || c->with) &&
		    !has_check(live, c))
			return true;
	}
	for (size_t i = 0; i < t->indexes.n; i++)
		if (index_differs(s, live, t->indexes.v[i]))
			return true;
	return false;
}

static const struct object *live_object(const struct suspects *s,
					const struct object *o)
{
	for (size_t i = 0; i < s->live->objects.n; i++) {
		const struct object *l = s->live->objects.v[i];

		if (l->kind == o->kind && name_same(s->live, l->name, o->name) &&
		    name_same(s->live, l->schema, o->schema) &&
		    (l->kind != OBJECT_TRIGGER ||
		     name_same(s->live, l->table, o->table)) &&
		    text_same(l->create_sql, o->create_sql))
			return l;
	}
	return NULL;
}

bool is_about_tables(const struct object *o)
{
	const char *word = pg_object_word(o);

	return word && (strstr(word, "TRIGGER") || !strcmp(word, "RULE") ||
			!strcmp(word, "POLICY") || !strcmp(word, "STATISTICS"));
}

/* Behind its parents: it is not tried as a child of those that are live. */
static bool add_table(struct suspects *s, struct table *t)
{
	struct table *p = t->partition_of
		? schema_table_called(s->wanted, t->partition_of) : NULL;

	for (size_t i = 0; i < s->tables.n; i++)
		if (s->tables.v[i] == t)
			return true;
	if (p && p != t && !add_table(s, p))
		return false;
	for (size_t i = 0; i < t->inherits.n; i++) {
		p = schema_table_called(s->wanted, t->inherits.v[i]);
		if (p && p != t && !add_table(s, p))
			return false;
	}
	return vec_push(s->mem, &s->tables, t);
}

/* Is there a table of that name with these columns? */
static bool is_live(const struct suspects *s, const struct table *t)
{
	const struct table *live = live_table(s, t);

	for (size_t i = 0; live && i < t->columns.n; i++) {
		const struct column *c = table_column(s->live, live,
						      t->columns.v[i]->name);

		if (!c || !type_same(&c->type, &t->columns.v[i]->type))
			return false;
	}
	return live;
}

/*
 * A trigger is tried on a copy, never on the table itself; a view wants its
 * tables as they are to be.
 */
static bool add_tables_of(struct suspects *s, const struct object *o)
{
	for (size_t i = 0; i < s->wanted->tables.n; i++) {
		struct table *t = s->wanted->tables.v[i];

		if ((is_about_tables(o) || !is_live(s, t)) &&
		    sql_mentions(o->create_sql, t->name) && !add_table(s, t))
			return false;
	}
	return true;
}

static bool has_labels(const struct object *o, const struct strings *labels)
{
	for (size_t i = 0; i < labels->n; i++)
		if (!strings_has(&o->labels, labels->v[i]))
			return false;
	return true;
}

static retort_status find_object(struct suspects *s, struct object *o)
{
	const struct object *live;

	if (o->kind == OBJECT_ENUM) {
		live = schema_object(s->live, OBJECT_ENUM, o->schema, o->name);
		if (live)
			TRY(take_object(s, o, live));
		if (live && !live->was && has_labels(live, &o->labels))
			return RETORT_OK;
		return vec_push(s->mem, &s->objects, o) ? RETORT_OK
						       : err_nomem(s->err);
	}
	live = live_object(s, o);
	if (live)
		TRY(take_object(s, o, live));
	if (live && !live->was)
		return RETORT_OK;
	if (!pg_object_word(o))
		return RETORT_OK;
	if (!vec_push(s->mem, &s->objects, o))
		return err_nomem(s->err);
	return add_tables_of(s, o) ? RETORT_OK : err_nomem(s->err);
}

retort_status suspects_find(struct suspects *s)
{
	if (!table_map_init(&s->live_tables, s->live, s->mem))
		return err_nomem(s->err);
	for (size_t i = 0; i < s->wanted->tables.n; i++) {
		struct table *t = s->wanted->tables.v[i];

		TRY(keep_sequence_names(s, t));
		if (table_differs(s, t) && !add_table(s, t))
			return err_nomem(s->err);
	}
	for (size_t i = 0; i < s->wanted->objects.n; i++)
		TRY(find_object(s, s->wanted->objects.v[i]));
	return RETORT_OK;
}

/* Words that may stand between CREATE and the name. */
static bool is_head(const struct token *t)
{
	static const char *const head[] = {
		"CREATE", "OR", "REPLACE", "TEMP", "TEMPORARY", "UNLOGGED",
		"MATERIALIZED", "RECURSIVE", "CONSTRAINT", "VIEW", "FUNCTION",
		"PROCEDURE", "AGGREGATE", "TRIGGER", "RULE", "POLICY",
		"DOMAIN", "TYPE", "SEQUENCE", "STATISTICS", "COLLATION",
		"EXTENSION", "SCHEMA", "IF", "NOT", "EXISTS",
	};

	for (size_t i = 0; i < sizeof(head) / sizeof(*head); i++)
		if (token_is(t, head[i]))
			return true;
	return false;
}

bool statement_name(const char *sql, size_t *start, size_t *n)
{
	struct lexer lx = { .at = sql, .line = 1 }, ahead;
	struct token t = token_next(&lx), last;

	while (t.kind == TOKEN_WORD && is_head(&t))
		t = token_next(&lx);
	if (t.kind != TOKEN_WORD && t.kind != TOKEN_QUOTED)
		return false;
	*start = (size_t)(t.s - sql);
	last = t;
	ahead = lx;
	t = token_next(&ahead);
	if (token_is_op(&t, "."))
		last = token_next(&ahead);
	*n = (size_t)(last.s + last.n - sql) - *start;
	return true;
}
