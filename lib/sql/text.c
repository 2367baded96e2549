#include <string.h>

#include "base/ascii.h"
#include "base/buf.h"
#include "sql/keyword.h"
#include "sql/token.h"

/*
 * How many pairs of parentheses are around the whole: as many as are open at
 * every token between the first ones and the last ones. *tokens counts all.
 */
static size_t layers(const char *sql, size_t *tokens)
{
	struct lexer lx = { .at = sql, .line = 1 };
	size_t depth = 0, least = 0, closing = 0, n = 0;
	bool leading = true;
	struct token t;

	for (; (t = token_next(&lx)).kind != TOKEN_END; n++) {
		if (token_is_op(&t, ")")) {
			if (!depth)
				return *tokens = 0;
			depth--;
			closing++;
			continue;
		}
		closing = 0;
		if (token_is_op(&t, "(")) {
			if (!leading && depth < least)
				least = depth;
			depth++;
			if (leading)
				least = depth;
			continue;
		}
		leading = false;
		if (depth < least)
			least = depth;
	}
	*tokens = n;
	return depth ? 0 : least < closing ? least : closing;
}

/* The text without parentheses around the whole: [*start, *end). */
static void strip(const char *sql, const char **start, const char **end)
{
	struct lexer lx = { .at = sql, .line = 1 };
	size_t n, skip = layers(sql, &n);
	struct token t;

	*start = *end = sql;
	for (size_t i = 0; (t = token_next(&lx)).kind != TOKEN_END; i++) {
		if (i == skip)
			*start = t.s;
		if (i >= skip && (!skip || i < n - skip))
			*end = t.s + t.n;
	}
	if (*end < *start)
		*end = *start;
}

char *sql_strip(struct arena *mem, const char *sql)
{
	const char *start, *end;

	strip(sql, &start, &end);
	return arena_strndup(mem, start, (size_t)(end - start));
}

/* The next byte of a name in quotes, or -1 at its end. */
static int quoted_byte(const struct token *t, size_t *i)
{
	char q = *t->s;

	if (++*i >= t->n - 1)
		return -1;
	if (t->s[*i] == q && q != '[')
		++*i;
	return (unsigned char)t->s[*i];
}

static int fold(int c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

/* Two names in quotes: the same bytes? */
static bool quoted_same(const struct token *a, const struct token *b)
{
	size_t i = 0, k = 0;
	int x, y;

	do {
		x = quoted_byte(a, &i);
		y = quoted_byte(b, &k);
	} while (x == y && x >= 0);
	return x == y;
}

/* A word, which is not one with a meaning of its own, and a quoted name? */
static bool word_same(const struct token *word, const struct token *quoted)
{
	size_t i = 0, k = 0;

	if (keyword_of(word->s, word->n) || token_is(word, "TRUE") ||
	    token_is(word, "FALSE"))
		return false;
	for (; k < word->n; k++)
		if (fold((unsigned char)word->s[k]) !=
		    fold(quoted_byte(quoted, &i)))
			return false;
	return quoted_byte(quoted, &i) < 0;
}

bool token_names(const struct token *t, const char *name)
{
	size_t i = 0, k = 0;
	int c;

	switch (t->kind) {
	case TOKEN_WORD:
		return !ascii_ncasecmp(t->s, name, t->n) && !name[t->n];
	case TOKEN_QUOTED: case TOKEN_STRING:
		break;
	default:
		return false;
	}
	do
		c = quoted_byte(t, &i);
	while (c >= 0 && fold(c) == fold((unsigned char)name[k++]));
	return c < 0 && !name[k];
}

bool token_ends_expression(const struct token *t)
{
	switch (t->kind) {
	case TOKEN_END: case TOKEN_BAD:
		return false;
	case TOKEN_OPERATOR:
		return *t->s == ')';
	case TOKEN_WORD:
		break;
	default:
		return true;
	}
	switch (keyword_of(t->s, t->n)) {
	case KW_NULL: case KW_ISNULL: case KW_NOTNULL:
		return true;
	case KW_LIKE: case KW_GLOB: case KW_REGEXP: case KW_MATCH:
		return false;
	default:
		return keyword_is_name(keyword_of(t->s, t->n));
	}
}

static bool token_same(const struct token *a, const struct token *b)
{
	if (a->kind == TOKEN_WORD && b->kind == TOKEN_QUOTED)
		return word_same(a, b);
	if (b->kind == TOKEN_WORD && a->kind == TOKEN_QUOTED)
		return word_same(b, a);
	if (a->kind != b->kind)
		return false;
	if (a->kind == TOKEN_QUOTED)
		return quoted_same(a, b);
	if (a->n != b->n)
		return false;
	if (a->kind == TOKEN_WORD)
		return !ascii_ncasecmp(a->s, b->s, a->n);
	return !memcmp(a->s, b->s, a->n);
}

bool sql_same_in(const char *a, const char *b, const char *table)
{
	const char *a_end, *b_end;
	struct lexer x = { .line = 1 }, y = { .line = 1 };
	struct token t, u;

	if (!a || !b)
		return a == b;
	strip(a, &x.at, &a_end);
	strip(b, &y.at, &b_end);
	for (;;) {
		bool x_done = x.at >= a_end, y_done = y.at >= b_end;

		if (x_done || y_done)
			return x_done && y_done;
		t = token_next(&x);
		u = token_next(&y);
		if (!token_same(&t, &u) &&
		    !(table && token_names(&t, table) &&
		      token_names(&u, table)))
			return false;
	}
}

bool sql_same(const char *a, const char *b)
{
	return sql_same_in(a, b, NULL);
}

bool sql_is_keyword(const char *w)
{
	return keyword_of(w, strlen(w)) != KW_NONE;
}

static bool is_plain(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";

	return *name && !(*name >= '0' && *name <= '9') &&
	       !name[strspn(name, letters)] && !sql_is_keyword(name);
}

char *sql_quote_name(struct arena *mem, const char *name)
{
	struct buf b = { .mem = mem };

	if (is_plain(name))
		return arena_strdup(mem, name);
	buf_add_quoted(&b, name, '"');
	return buf_text(&b);
}

char *sql_quote_text(struct arena *mem, const char *s)
{
	struct buf b = { .mem = mem };

	buf_add_quoted(&b, s, '\'');
	return buf_text(&b);
}
