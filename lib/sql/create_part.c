#include <string.h>

#include "sql/parse.h"

/*
 * The last tokens of an expression: what may follow it (COLLATE, DESC, NULLS)
 * is told from its end.
 */
#define TAIL 8

struct item {
	struct token tail[TAIL];	/* ring */
	size_t n;			/* tokens seen */
	const char *start;
};

/* The token `back` from the end, 1 the last; an END when there is none. */
static struct token tail(const struct item *it, size_t back)
{
	if (back > it->n || back > TAIL)
		return (struct token){0};
	return it->tail[(it->n - back) % TAIL];
}

static enum keyword word_of(const struct token *t)
{
	return t->kind == TOKEN_WORD ? keyword_of(t->s, t->n) : KW_NONE;
}

static bool at_part_end(const struct parser *p)
{
	return p->t.kind == TOKEN_END || p->t.kind == TOKEN_BAD ||
	       parse_at_op(p, ',') || parse_at_op(p, ')') ||
	       parse_at_op(p, ';') || p->kw == KW_AUTOINCREMENT;
}

/* [ASC | DESC] [NULLS FIRST | NULLS LAST] */
static void direction(struct parser *p, struct part *part)
{
	if (!parse_accept(p, KW_ASC))
		part->descending = parse_accept(p, KW_DESC);
	if (!parse_accept(p, KW_NULLS))
		return;
	if (parse_accept(p, KW_FIRST))
		part->nulls = NULLS_FIRST;
	else if (parse_accept(p, KW_LAST))
		part->nulls = NULLS_LAST;
}

/* A column, as nearly all are; *done is false when it is something else. */
static retort_status plain_part(struct parser *p, struct part *part, bool *done)
{
	*done = false;
	if (!parse_at_name(p) || p->kw == KW_CURRENT_DATE ||
	    p->kw == KW_CURRENT_TIME || p->kw == KW_CURRENT_TIMESTAMP)
		return RETORT_OK;
	TRY(parse_name(p, &part->column));
	while (p->kw == KW_COLLATE) {
		parse_advance(p);
		TRY(parse_collation(p, &part->collation));
	}
	direction(p, part);
	*done = at_part_end(p);
	return RETORT_OK;
}

/* Take NULLS …, ASC or DESC, COLLATE off the end. */
static retort_status cut_tail(struct parser *p, struct item *it,
			      struct part *part)
{
	struct token last = tail(it, 1), before = tail(it, 2);

	if (it->n > 2 && token_is(&before, "NULLS") &&
	    (token_is(&last, "FIRST") || token_is(&last, "LAST"))) {
		part->nulls = token_is(&last, "LAST") ? NULLS_LAST : NULLS_FIRST;
		it->n -= 2;
		last = tail(it, 1);
		before = tail(it, 2);
	}
	if ((token_is(&last, "ASC") || token_is(&last, "DESC")) &&
	    token_ends_expression(&before)) {
		part->descending = token_is(&last, "DESC");
		it->n--;
	}
	last = tail(it, 1);
	part->expr = arena_strndup(p->mem, it->start,
				   (size_t)(last.s + last.n - it->start));
	return part->expr ? RETORT_OK : err_nomem(p->err);
}

/* Does the text end "COLLATE name", said of all that stands before? */
static retort_status cut_collation(struct parser *p, struct part *part)
{
	struct lexer lx = { .at = part->expr, .line = 1 };
	struct token t = token_next(&lx), next, name = {0};
	size_t depth = 0;
	const char *end = NULL;

	/* One operand: a token, a call, or parentheses. */
	if (t.kind != TOKEN_OPERATOR && token_is(&t, "CASE"))
		return RETORT_OK;
	if (t.kind == TOKEN_OPERATOR && !token_is_op(&t, "("))
		return RETORT_OK;
	depth = token_is_op(&t, "(");
	next = token_next(&lx);
	if (!depth && token_is_op(&next, "(")) {
		depth = 1;
		next = token_next(&lx);
	}
	for (; depth && next.kind != TOKEN_END; next = token_next(&lx)) {
		depth += token_is_op(&next, "(");
		depth -= token_is_op(&next, ")");
		t = next;
	}
	end = t.s + t.n;
	while (token_is(&next, "COLLATE")) {
		name = token_next(&lx);
		next = token_next(&lx);
	}
	if (next.kind != TOKEN_END || !name.s)
		return RETORT_OK;
	part->collation = token_name(p->mem, &name);
	part->expr = arena_strndup(p->mem, part->expr,
				   (size_t)(end - part->expr));
	return part->collation && part->expr ? RETORT_OK : err_nomem(p->err);
}

/* ((a)) is the column a. */
static retort_status column_in_parens(struct parser *p, struct part *part)
{
	char *bare = sql_strip(p->mem, part->expr);
	struct lexer lx = { .at = bare, .line = 1 };
	struct token t, next;
	enum keyword kw;

	if (!bare)
		return err_nomem(p->err);
	t = token_next(&lx);
	next = token_next(&lx);
	kw = word_of(&t);
	if (next.kind != TOKEN_END ||
	    (t.kind != TOKEN_QUOTED && t.kind != TOKEN_WORD) ||
	    !keyword_is_name(kw) || kw == KW_CURRENT_DATE ||
	    kw == KW_CURRENT_TIME || kw == KW_CURRENT_TIMESTAMP)
		return RETORT_OK;
	part->expr = NULL;
	part->column = token_name(p->mem, &t);
	return part->column ? RETORT_OK : err_nomem(p->err);
}

static retort_status expression_part(struct parser *p, struct part *part)
{
	struct item it = { .start = p->t.s };
	size_t depth = 0;

	for (; depth || !at_part_end(p); parse_advance(p)) {
		if (p->t.kind == TOKEN_END || p->t.kind == TOKEN_BAD ||
		    parse_at_op(p, ';'))
			return parse_bad(p);
		depth += parse_at_op(p, '(');
		depth -= parse_at_op(p, ')');
		it.tail[it.n++ % TAIL] = p->t;
	}
	if (!it.n)
		return parse_bad(p);
	TRY(cut_tail(p, &it, part));
	TRY(cut_collation(p, part));
	return column_in_parens(p, part);
}

retort_status parse_parts(struct parser *p, struct parts *out,
			  bool *autoincrement)
{
	struct parser start;
	struct part part;
	bool done;

	TRY(parse_expect_op(p, '('));
	do {
		start = *p;
		part = (struct part){0};
		TRY(plain_part(p, &part, &done));
		if (!done) {
			*p = start;
			part = (struct part){0};
			TRY(expression_part(p, &part));
		}
		if (!vec_push(p->mem, out, part))
			return err_nomem(p->err);
	} while (parse_accept_op(p, ','));
	if (autoincrement && parse_accept(p, KW_AUTOINCREMENT))
		*autoincrement = true;
	return parse_expect_op(p, ')');
}
