#include "sql/parse.h"

#include <string.h>

void parse_advance(struct parser *p)
{
	p->end = p->t.s + p->t.n;
	p->t = token_next(&p->lx);
	p->kw = p->t.kind == TOKEN_WORD ? keyword_of(p->t.s, p->t.n) : KW_NONE;
	/* A comment may be ended by the end of the text. */
	if (p->t.kind == TOKEN_BAD && p->t.s[0] == '/')
		p->t = (struct token){ TOKEN_END, p->lx.at, 0, p->lx.line };
}

struct token parse_peek(const struct parser *p)
{
	struct lexer lx = p->lx;

	return token_next(&lx);
}

bool parse_at_op(const struct parser *p, char op)
{
	return p->t.kind == TOKEN_OPERATOR && p->t.n == 1 && *p->t.s == op;
}

bool parse_accept_op(struct parser *p, char op)
{
	if (!parse_at_op(p, op))
		return false;
	parse_advance(p);
	return true;
}

bool parse_accept(struct parser *p, enum keyword kw)
{
	if (p->kw != kw)
		return false;
	parse_advance(p);
	return true;
}

retort_status parse_bad(struct parser *p)
{
	int n = p->t.n > 60 ? 60 : (int)p->t.n;

	if (p->t.kind == TOKEN_END)
		err_set(p->err, RETORT_E_FAIL, "cannot parse a CREATE statement: "
			"it ends too early, in line %d", p->t.line);
	else
		err_set(p->err, RETORT_E_FAIL, "cannot parse a CREATE statement: "
			"unexpected %.*s in line %d", n, p->t.s, p->t.line);
	err_where(p->err, NULL, p->t.line);
	return RETORT_E_FAIL;
}

retort_status parse_expect_op(struct parser *p, char op)
{
	return parse_accept_op(p, op) ? RETORT_OK : parse_bad(p);
}

retort_status parse_expect(struct parser *p, enum keyword kw)
{
	return parse_accept(p, kw) ? RETORT_OK : parse_bad(p);
}

bool parse_at_name(const struct parser *p)
{
	return p->t.kind == TOKEN_QUOTED || p->t.kind == TOKEN_STRING ||
	       (p->t.kind == TOKEN_WORD && keyword_is_name(p->kw));
}

retort_status parse_name(struct parser *p, const char **out)
{
	if (!parse_at_name(p))
		return parse_bad(p);
	*out = token_name(p->mem, &p->t);
	if (!*out)
		return err_nomem(p->err);
	parse_advance(p);
	return RETORT_OK;
}

retort_status parse_collation(struct parser *p, const char **out)
{
	if (!keyword_is_id(p->kw))
		return parse_bad(p);
	return parse_name(p, out);
}

retort_status parse_text(struct parser *p, const char *start,
			 const char **out)
{
	*out = arena_strndup(p->mem, start, (size_t)(p->end - start));
	return *out ? RETORT_OK : err_nomem(p->err);
}

retort_status parse_parens(struct parser *p, bool keep, const char **out)
{
	const char *start = p->t.s, *end = NULL, *inner;
	size_t depth = 1;

	TRY(parse_expect_op(p, '('));
	for (inner = p->t.s; depth; parse_advance(p)) {
		if (p->t.kind == TOKEN_END || p->t.kind == TOKEN_BAD ||
		    parse_at_op(p, ';'))
			return parse_bad(p);
		depth += parse_at_op(p, '(');
		depth -= parse_at_op(p, ')');
		end = p->end;	/* of what stands before the last ")" */
	}
	if (keep)
		return parse_text(p, start, out);
	if (end <= inner)
		return parse_bad(p);	/* nothing within */
	*out = arena_strndup(p->mem, inner, (size_t)(end - inner));
	return *out ? RETORT_OK : err_nomem(p->err);
}
