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

/* The "(" that belongs to the ")" at `close`; -1 when there is none. */
static long open_of(const struct entry *e, size_t close)
{
	long depth = 0;

	for (long i = (long)close; i >= 0; i--) {
		depth += token_is_op(&e->tokens.v[i], ")");
		depth -= token_is_op(&e->tokens.v[i], "(");
		if (!depth)
			return i;
	}
	return -1;
}

/* Where the name starts, with its schema, whose last word is before `end`. */
static long name_before(const struct entry *e, long end)
{
	const struct token *v = e->tokens.v;

	if (end < 1 || !name_token(&v[end - 1]) || *v[end - 1].s == '[')
		return -1;
	return end > 2 && token_is_op(&v[end - 2], ".") &&
	       name_token(&v[end - 3]) ? end - 3 : end - 1;
}

/* Are the first `n` tokens a name, a call, or all in parentheses? */
static bool simple(const struct entry *e, long n)
{
	const struct token *v = e->tokens.v;
	long open;

	if (n > 2 && v[n - 2].kind == TOKEN_WORD &&
	    token_is(&v[n - 2], "collate"))
		n -= 2;
	if (n < 1 || (n == 1 && name_token(v)))
		return n == 1;
	if (!token_is_op(&v[n - 1], ")"))
		return false;
	open = open_of(e, (size_t)n - 1);
	return !open || (open > 0 && !name_before(e, open));
}

/* A word after what is simple, maybe with parameters: "c ops (n = 1)". */
static void take_opclass(struct declare *x, struct entry *e, struct part *out)
{
	const struct token *last = &e->tokens.v[e->n - 1], *first;
	long end = (long)e->n, start;

	if (!(x->d->caps & CAP_OPCLASS) || e->n < 2 || word(e, 2, "collate"))
		return;
	if (token_is_op(last, ")"))
		end = open_of(e, e->n - 1);
	start = name_before(e, end);
	if (start < 1 || !simple(e, start))
		return;
	first = &e->tokens.v[start];
	out->opclass = arena_strndup(x->mem, first->s,
				     (size_t)(last->s + last->n - first->s));
	x->nomem |= !out->opclass;
	e->n = (size_t)start;
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
	bool wrapped = x->d->caps & CAP_OPCLASS && e->n > 2 &&
		       token_is_op(last, ")") && !open_of(e, e->n - 1);
	const char *text;
	struct column *c;

	/* The database puts its own around an expression. */
	if (wrapped) {
		first++;
		last--;
	}
	text = arena_strndup(x->mem, first->s,
			     (size_t)(last->s + last->n - first->s));
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
