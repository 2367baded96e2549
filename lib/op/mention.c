#include "op/mention.h"

#include <string.h>
#include <strings.h>

#include "sql/token.h"

static bool quoted_same(const struct token *t, const char *name)
{
	SCRATCH(tmp);
	const char *s;

	if (t->n < strlen(name) + 2)
		return false;
	s = token_name(&tmp, t);
	return s && !strcasecmp(s, name);
}

static bool token_names(const struct token *t, const char *name)
{
	if (t->kind == TOKEN_WORD)
		return t->n == strlen(name) && !strncasecmp(t->s, name, t->n);
	return t->kind == TOKEN_QUOTED && quoted_same(t, name);
}

bool sql_mentions(const char *sql, const char *name)
{
	struct lexer lx = { .at = sql, .line = 1 };
	struct token t;

	if (!sql || !name)
		return false;
	for (t = token_next(&lx); t.kind != TOKEN_END && t.kind != TOKEN_BAD;
	     t = token_next(&lx))
		if (token_names(&t, name))
			return true;
	return false;
}

bool sql_has_star(const char *sql)
{
	struct lexer lx = { .at = sql, .line = 1 };
	struct token t;

	if (!sql)
		return false;
	for (t = token_next(&lx); t.kind != TOKEN_END && t.kind != TOKEN_BAD;
	     t = token_next(&lx))
		if (token_is_op(&t, "*"))
			return true;
	return false;
}

bool parts_mention(const struct schema *s, const struct parts *parts,
		   const char *column)
{
	for (size_t i = 0; i < parts->n; i++) {
		const struct part *p = &parts->v[i];

		if (p->column ? name_same(s, p->column, column)
			      : sql_mentions(p->expr, column))
			return true;
	}
	return false;
}

bool constraint_mentions(const struct schema *s, const struct constraint *c,
			 const char *column)
{
	return parts_mention(s, &c->parts, column) ||
	       sql_mentions(c->check_sql, column) ||
	       sql_mentions(c->exclude_sql, column);
}

bool index_mentions(const struct schema *s, const struct index *i,
		    const char *column)
{
	for (size_t k = 0; k < i->include.n; k++)
		if (name_same(s, i->include.v[k], column))
			return true;
	return parts_mention(s, &i->parts, column) ||
	       sql_mentions(i->where_sql, column);
}
