#include <string.h>

#include "model/declare.h"
#include "sql/token.h"

/* An entry of a list, cut from the end as its modifiers are understood. */
struct entry {
	VEC(struct token) tokens;
	size_t n;		/* tokens left */
};

static bool name_token(const struct token *t)
{
	return t->kind == TOKEN_WORD || t->kind == TOKEN_QUOTED;
}

static bool word(const struct entry *e, size_t from_end, const char *text)
{
	const struct token *t;

	if (e->n <= from_end)
		return false;
	t = &e->tokens.v[e->n - from_end];
	return t->kind == TOKEN_WORD && token_is(t, text);
}

/* A character that is no token of its own, in a database that has casts. */
static bool foreign_operator(const struct declare *x, const struct token *t)
{
	return x->d->caps & CAP_OPCLASS && t->n == 1 && strchr(":@#?!", *t->s);
}

static retort_status read_tokens(struct declare *x, const char *text,
				 struct arena *tmp, struct entry *e)
{
	struct lexer lx = { .at = text, .line = 1 };
	struct token t;

	for (t = token_next(&lx); t.kind != TOKEN_END; t = token_next(&lx)) {
		if (t.kind == TOKEN_BAD && !foreign_operator(x, &t))
			return declare_error(x, "\"%s\" is neither a column "
					     "nor an expression", text);
		if (!vec_push(tmp, &e->tokens, t))
			return err_nomem(x->err);
	}
	e->n = e->tokens.n;
	if (!e->n)
		return declare_error(x, "a list of columns has an empty entry");
	return RETORT_OK;
}

static void take_order(struct entry *e, struct part *out)
{
	if (e->n > 2 && word(e, 2, "nulls") &&
	    (word(e, 1, "first") || word(e, 1, "last"))) {
		out->nulls = word(e, 1, "first") ? NULLS_FIRST : NULLS_LAST;
		e->n -= 2;
	}
	if (e->n > 1 && (word(e, 1, "asc") || word(e, 1, "desc"))) {
		out->descending = word(e, 1, "desc");
		e->n--;
	}
}

/* A word after a name or a parenthesis, where the database has such. */
static void take_opclass(struct declare *x, struct entry *e, struct part *out)
{
	const struct token *last, *before;

	if (!(x->d->caps & CAP_OPCLASS) || e->n < 2 || word(e, 2, "collate"))
		return;
	last = &e->tokens.v[e->n - 1];
	before = last - 1;
	if (!name_token(last) || *last->s == '[' ||
	    !(name_token(before) || token_is_op(before, ")")))
		return;
	out->opclass = arena_strndup(x->mem, last->s, last->n);
	x->nomem |= !out->opclass;
	e->n--;
}

static void take_collation(struct declare *x, struct entry *e,
			   struct part *out)
{
	if (e->n < 3 || !word(e, 2, "collate"))
		return;
	out->collation = token_name(x->mem, &e->tokens.v[e->n - 1]);
	x->nomem |= !out->collation;
	e->n -= 2;
}

/* What is left after the modifiers is a name or an expression. */
static retort_status take_rest(struct declare *x, const struct entry *e,
			       bool columns_only, struct part *out)
{
	const struct token *first = e->tokens.v, *last = first + e->n - 1;
	const char *text = arena_strndup(x->mem, first->s,
					 (size_t)(last->s + last->n - first->s));
	struct column *c;

	if (!text)
		return err_nomem(x->err);
	if (e->n > 1 || !name_token(first)) {
		if (!columns_only)
			out->expr = text;
		else if (x->partial)
			out->column = text;
		else
			return declare_error(x, "there is no column \"%s\"",
					     text);
		return RETORT_OK;
	}
	out->column = token_name(x->mem, first);
	if (!out->column)
		return err_nomem(x->err);
	if (x->partial)
		return RETORT_OK;
	c = table_column(&x->names, x->table, out->column);
	if (!c)
		return declare_error(x, "there is no column \"%s\"",
				     out->column);
	out->column = c->name;
	return RETORT_OK;
}

retort_status declare_part(struct declare *x, const char *text,
			   bool columns_only, struct part *out)
{
	const struct column *c = table_column(&x->names, x->table, text);
	struct entry e = {0};
	SCRATCH(tmp);

	*out = (struct part){0};
	if (c) {
		out->column = c->name;
		return RETORT_OK;
	}
	TRY(read_tokens(x, text, &tmp, &e));
	take_order(&e, out);
	take_opclass(x, &e, out);
	take_collation(x, &e, out);
	TRY(take_rest(x, &e, columns_only, out));
	return declare_done(x);
}

/* In a revision the columns are not known: then a name that is no function. */
static const char *column_of(struct declare *x, const struct token *t,
			     const struct token *next)
{
	const char *name;
	const struct column *c;

	if (!name_token(t))
		return NULL;
	name = token_name(x->mem, t);
	if (!name) {
		x->nomem = true;
		return NULL;
	}
	c = table_column(&x->names, x->table, name);
	if (c || !x->partial)
		return c ? c->name : NULL;
	if (t->kind == TOKEN_WORD &&
	    (sql_is_keyword(name) || token_is_op(next, "(")))
		return NULL;
	return name;
}

retort_status declare_columns_in(struct declare *x, const char *sql,
				 struct strings *out)
{
	struct lexer lx = { .at = sql, .line = 1 };
	struct token t = token_next(&lx), next;

	for (; t.kind != TOKEN_END; t = next) {
		const char *name;

		next = token_next(&lx);
		name = column_of(x, &t, &next);
		if (name && !strings_has(out, name) &&
		    !vec_push(x->mem, out, name))
			return err_nomem(x->err);
	}
	return declare_done(x);
}
