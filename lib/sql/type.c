#include <string.h>
#include <strings.h>

#include "sql/create.h"
#include "sql/token.h"

/* How the generic types are spelled; `args` numbers follow in parentheses. */
static const struct {
	const char *word;
	enum retort_type_kind kind;
	int args;
} spelled[] = {
	{ "INTEGER", RETORT_TYPE_INTEGER, 0 },
	{ "BIGINT", RETORT_TYPE_BIGINT, 0 },
	{ "SMALLINT", RETORT_TYPE_SMALLINT, 0 },
	{ "BOOLEAN", RETORT_TYPE_BOOLEAN, 0 },
	{ "VARCHAR", RETORT_TYPE_VARCHAR, 1 },
	{ "CHAR", RETORT_TYPE_CHAR, 1 },
	{ "TEXT", RETORT_TYPE_TEXT, 0 },
	{ "NUMERIC", RETORT_TYPE_NUMERIC, 2 },
	{ "REAL", RETORT_TYPE_REAL, 0 },
	{ "DOUBLE", RETORT_TYPE_DOUBLE, 0 },
	{ "DATE", RETORT_TYPE_DATE, 0 },
	{ "TIME", RETORT_TYPE_TIME, 0 },
	{ "TIMESTAMP", RETORT_TYPE_TIMESTAMP, 0 },
	{ "BLOB", RETORT_TYPE_BLOB, 0 },
	{ "JSON", RETORT_TYPE_JSON, 0 },
};

/* A positive number written as plain digits; else -1. */
static int plain_number(const struct token *t)
{
	int v = 0;

	if (t->kind != TOKEN_NUMBER || t->n > 9 || *t->s == '0')
		return *t->s == '0' && t->n == 1 ? 0 : -1;
	for (size_t i = 0; i < t->n; i++) {
		if (t->s[i] < '0' || t->s[i] > '9')
			return -1;
		v = v * 10 + t->s[i] - '0';
	}
	return v;
}

/* ( n [, n] ) to the end; how many numbers, or -1. */
static int arguments(struct lexer *lx, int v[2])
{
	struct token t = token_next(lx);
	int n = 0;

	if (t.kind == TOKEN_END)
		return 0;
	if (!token_is_op(&t, "("))
		return -1;
	do {
		t = token_next(lx);
		if (n == 2 || (v[n] = plain_number(&t)) < 0)
			return -1;
		n++;
		t = token_next(lx);
	} while (token_is_op(&t, ","));
	if (!token_is_op(&t, ")"))
		return -1;
	t = token_next(lx);
	return t.kind == TOKEN_END ? n : -1;
}

void create_type_kind(struct type *t)
{
	struct lexer lx = { .at = t->text, .line = 1 };
	struct token word = token_next(&lx);
	int v[2] = { -1, -1 }, n;

	t->kind = RETORT_TYPE_VERBATIM;
	t->length = t->scale = -1;
	for (size_t i = 0; i < sizeof(spelled) / sizeof(*spelled); i++) {
		if (!token_is(&word, spelled[i].word))
			continue;
		n = arguments(&lx, v);
		if (n != spelled[i].args || (n && !v[0]))
			return;
		t->kind = spelled[i].kind;
		t->length = n > 0 ? v[0] : -1;
		t->scale = n > 1 ? v[1] : -1;
		return;
	}
}
