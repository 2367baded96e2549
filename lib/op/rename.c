#include "op/rename.h"

#include <string.h>

#include "op/mention.h"
#include "sql/token.h"

/* One rename; `from` and `to` live as long as the schema. */
struct renaming {
	struct schema *s;
	struct table *t;
	const char *from, *to;
	const char *to_sql;	/* as SQL writes it */
	bool failed;
};

static bool set_names(struct renaming *r, const char *to)
{
	r->to = to ? arena_strdup(r->s->mem, to) : NULL;
	r->to_sql = !to ? NULL : r->s->quote_name ? r->s->quote_name(r->s->mem, to)
				     : sql_quote_name(r->s->mem, to);
	return r->to && r->to_sql;
}

static void in_text(struct renaming *r, const char **sql, const char *table)
{
	const char *text;

	if (!*sql || r->failed)
		return;
	text = table ? sql_rename_column(r->s->mem, *sql, table, r->from,
					    r->to_sql)
		     : sql_rename_table(r->s->mem, *sql, r->from, r->to_sql);
	if (text)
		*sql = text;
	else
		r->failed = true;
}

static void in_names(struct renaming *r, struct strings *names)
{
	for (size_t i = 0; i < names->n; i++)
		if (name_same(r->s, names->v[i], r->from))
			names->v[i] = r->to;
}

static bool refers(const struct renaming *r, const struct constraint *c,
		   const char *name)
{
	return c->kind == CONSTRAINT_FOREIGN_KEY &&
	       name_same(r->s, c->ref_table, name) &&
	       name_same(r->s, c->ref_schema, r->t->schema);
}

/* `column` tells whether it is a column or the table that is renamed. */
static void in_parts(struct renaming *r, struct parts *parts, bool column)
{
	for (size_t i = 0; i < parts->n; i++) {
		struct part *p = &parts->v[i];

		if (column && p->column && name_same(r->s, p->column, r->from))
			p->column = r->to;
		in_text(r, &p->expr, column ? r->t->name : NULL);
	}
}

static void in_own_table(struct renaming *r, bool column)
{
	const char *table = column ? r->t->name : NULL;

	for (size_t i = 0; i < r->t->columns.n; i++)
		in_text(r, &r->t->columns.v[i]->generated_sql, table);
	for (size_t i = 0; i < r->t->constraints.n; i++) {
		struct constraint *c = r->t->constraints.v[i];

		in_parts(r, &c->parts, column);
		in_text(r, &c->check_sql, table);
		in_text(r, &c->exclude_sql, table);
		if (column)
			in_names(r, &c->set_columns);
	}
	for (size_t i = 0; i < r->t->indexes.n; i++) {
		struct index *x = r->t->indexes.v[i];

		in_parts(r, &x->parts, column);
		in_text(r, &x->where_sql, table);
		if (column)
			in_names(r, &x->include);
	}
}

static void table_in_references(struct renaming *r)
{
	for (size_t i = 0; i < r->s->tables.n; i++) {
		struct table *t = r->s->tables.v[i];

		for (size_t k = 0; k < t->constraints.n; k++)
			if (refers(r, t->constraints.v[k], r->from))
				t->constraints.v[k]->ref_table = r->to;
	}
}

/* Is the token what stands before the name of a table? */
static bool introduces(const struct token *t)
{
	return token_is(t, "ON") || token_is(t, "TABLE") ||
	       token_is(t, "COLUMN") || token_is(t, "SEQUENCE");
}

/* `ALTER TABLE s.t …`, `GRANT … ON t`, "TABLE t": the name of the table. */
static const struct token *find_target(const struct renaming *r,
				       const char *sql, struct token *out)
{
	struct lexer lx = { .at = sql, .line = 1 };
	struct token t = token_next(&lx);

	while (t.kind != TOKEN_END) {
		bool target = introduces(&t);
		struct lexer ahead;

		t = token_next(&lx);
		if (!target || t.kind == TOKEN_END)
			continue;
		ahead = lx;
		*out = t;
		if (r->t->schema && token_names(&t, r->t->schema)) {
			token_next(&ahead);
			*out = token_next(&ahead);
		}
		if (token_names(out, r->from))
			return out;
	}
	return NULL;
}

static void in_target(struct renaming *r, const char **sql)
{
	struct token t;
	const char *text;

	if (!*sql || r->failed || !find_target(r, *sql, &t)) {
		in_text(r, sql, NULL);
		return;
	}
	text = arena_printf(r->s->mem, "%.*s%s%s", (int)(t.s - *sql), *sql,
			    r->to_sql, t.s + t.n);
	if (text)
		*sql = text;
	else
		r->failed = true;
	in_text(r, sql, NULL);
}

/* "storage x" is of column x. */
static void in_key(struct renaming *r, const char **key)
{
	size_t n = strlen(*key), m = strlen(r->from);
	const char *text;

	if (n <= m || (*key)[n - m - 1] != ' ' ||
	    strcmp(*key + n - m, r->from) != 0)
		return;
	text = arena_printf(r->s->mem, "%.*s%s", (int)(n - m), *key, r->to);
	if (text)
		*key = text;
	else
		r->failed = true;
}

static void in_facets(struct renaming *r, struct facets *list,
		      const char *table)
{
	for (size_t i = 0; i < list->n; i++) {
		struct facet *f = &list->v[i];

		if (table)
			in_key(r, &f->key);
		if (table) {
			in_text(r, &f->set_sql, table);
			in_text(r, &f->reset_sql, table);
		} else {
			in_target(r, &f->set_sql);
			in_target(r, &f->reset_sql);
		}
	}
}

/* `key` is of the sequence of that column. */
static bool is_of_sequence(const char *key, const char *column)
{
	static const char of[] = " on sequence of ";
	const char *at = strstr(key, of);

	return at && !strcmp(at + sizeof(of) - 1, column);
}

/* A sequence is called after its table and column: `was` and `now`. */
static void sequence_in_facets(struct renaming *r, const char *column,
			       const char *const was[2],
			       const char *const now[2])
{
	struct arena *mem = r->s->mem;
	struct renaming seq = { .s = r->s, .t = r->t };

	if (!r->s->sequence_name || r->failed)
		return;
	seq.from = r->s->sequence_name(mem, was[0], was[1]);
	if (!seq.from ||
	    !set_names(&seq, r->s->sequence_name(mem, now[0], now[1]))) {
		r->failed = true;
		return;
	}
	for (size_t i = 0; i < r->t->facets.n; i++) {
		struct facet *f = &r->t->facets.v[i];

		if (!is_of_sequence(f->key, column))
			continue;
		in_target(&seq, &f->set_sql);
		in_target(&seq, &f->reset_sql);
	}
	r->failed = seq.failed;
}

static void in_needs(struct renaming *r, struct strings *needs)
{
	for (size_t i = 0; i < needs->n; i++)
		if (!strncmp(needs->v[i], "TABLE ", 6) &&
		    schema_table_called(r->s, needs->v[i] + 6) == r->t)
			in_target(r, &needs->v[i]);
}

static void table_in_object(struct renaming *r, struct object *o)
{
	in_needs(r, &o->needs);
	if (o->table && name_same(r->s, o->table, r->from) &&
	    name_same(r->s, o->schema, r->t->schema)) {
		o->table = r->to;
		in_target(r, &o->drop_sql);
		in_facets(r, &o->facets, NULL);
		if (o->kind == OBJECT_OTHER) {
			in_target(r, &o->create_sql);
			return;
		}
	}
	if (sql_mentions(o->create_sql, r->from))
		in_text(r, &o->create_sql, NULL);
}

bool rename_table(struct schema *s, struct table *t, const char *to)
{
	struct renaming r = { .s = s, .t = t, .from = t->name };

	if (!set_names(&r, to))
		return false;
	for (size_t i = 0; i < t->columns.n; i++) {
		const char *column = t->columns.v[i]->name;

		sequence_in_facets(&r, column,
				   (const char *[]){ t->name, column },
				   (const char *[]){ r.to, column });
	}
	in_own_table(&r, false);
	table_in_references(&r);
	in_facets(&r, &t->facets, NULL);
	for (size_t i = 0; i < s->objects.n; i++)
		table_in_object(&r, s->objects.v[i]);
	t->name = r.to;
	return !r.failed;
}

static void column_in_references(struct renaming *r)
{
	for (size_t i = 0; i < r->s->tables.n; i++) {
		struct table *t = r->s->tables.v[i];

		for (size_t k = 0; k < t->constraints.n; k++)
			if (refers(r, t->constraints.v[k], r->t->name))
				in_names(r, &t->constraints.v[k]->ref_columns);
	}
}

/* Could the name in this text be another table's column, or a view's? */
static bool is_ambiguous(const struct renaming *r, const struct object *o)
{
	for (size_t i = 0; i < r->s->tables.n; i++) {
		const struct table *t = r->s->tables.v[i];

		if (t != r->t && table_column(r->s, t, r->from) &&
		    sql_mentions(o->create_sql, t->name))
			return true;
	}
	for (size_t i = 0; i < r->s->objects.n; i++) {
		const struct object *v = r->s->objects.v[i];

		if (v != o && v->kind == OBJECT_VIEW &&
		    sql_mentions(o->create_sql, v->name))
			return true;
	}
	return false;
}

static void column_in_object(struct renaming *r, struct object *o)
{
	struct rename_scope in = { .table = r->t->name, .statement = true };
	const char *text;

	if (r->failed || !sql_mentions(o->create_sql, r->t->name) ||
	    !sql_mentions(o->create_sql, r->from))
		return;
	in.row = o->table && name_same(r->s, o->table, r->t->name);
	in.bare = in.any_qualifier = !is_ambiguous(r, o);
	text = sql_rename_in(r->s->mem, o->create_sql, &in, r->from,
			     r->to_sql);
	if (text)
		o->create_sql = text;
	else
		r->failed = true;
}

bool rename_column(struct schema *s, struct table *t, struct column *c,
		   const char *to)
{
	struct renaming r = { .s = s, .t = t, .from = c->name };

	if (!set_names(&r, to))
		return false;
	sequence_in_facets(&r, c->name, (const char *[]){ t->name, c->name },
			   (const char *[]){ t->name, r.to });
	in_own_table(&r, true);
	in_facets(&r, &t->facets, t->name);
	column_in_references(&r);
	for (size_t i = 0; i < s->objects.n; i++)
		column_in_object(&r, s->objects.v[i]);
	c->name = r.to;
	return !r.failed;
}
