#include "op/mention.h"

#include "sql/token.h"

/*
 * Is the bare word none of a column though one is called so? *cases counts the
 * CASEs that are open. Only words that every database reserves.
 */
static bool is_grammar(const struct token *t, int *cases)
{
	static const char *const reserved[] = {
		"AND", "OR", "NOT", "NULL", "IN", "WHEN", "THEN", "ELSE"
	};

	if (t->kind != TOKEN_WORD)
		return false;
	if (token_is(t, "CASE"))
		return ++*cases;
	if (*cases && token_is(t, "END"))
		return (*cases)--;
	for (size_t i = 0; i < sizeof(reserved) / sizeof(*reserved); i++)
		if (token_is(t, reserved[i]))
			return true;
	return false;
}

bool sql_mentions(const char *sql, const char *name)
{
	struct lexer lx = { .at = sql, .line = 1 };
	struct token t;
	int cases = 0;

	if (!sql || !name)
		return false;
	for (t = token_next(&lx); t.kind != TOKEN_END; t = token_next(&lx))
		if (!is_grammar(&t, &cases) && t.kind != TOKEN_STRING &&
		    token_names(&t, name))
			return true;
	return false;
}

bool sql_has_star(const char *sql)
{
	struct lexer lx = { .at = sql, .line = 1 };
	struct token t;

	if (!sql)
		return false;
	for (t = token_next(&lx); t.kind != TOKEN_END; t = token_next(&lx))
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
