#include "dialect/postgresql/lex.h"

#include <string.h>

#include "base/ascii.h"

/* A byte of 128 or above is a letter. */
static bool starts_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       (unsigned char)c >= 128;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/* Past a block comment, which may hold others; NULL: it does not end. */
static const char *skip_block(struct pg_lexer *lx, const char *s)
{
	size_t depth = 0;

	for (; *s; s++) {
		if (*s == '\n') {
			lx->line++;
		} else if (*s == '/' && s[1] == '*') {
			depth++;
			s++;
		} else if (*s == '*' && s[1] == '/') {
			s++;
			if (!--depth)
				return s + 1;
		}
	}
	return NULL;
}

/* To the next token; false in a comment that does not end. */
static bool skip_space(struct pg_lexer *lx)
{
	for (;;) {
		const char *s = lx->at;

		if (is_space(*s)) {
			lx->line += *s == '\n';
			lx->at++;
		} else if (*s == '-' && s[1] == '-') {
			lx->at += strcspn(s, "\r\n");
		} else if (*s == '/' && s[1] == '*') {
			int line = lx->line;

			s = skip_block(lx, s);
			if (!s) {
				lx->line = line;
				return false;
			}
			lx->at = s;
		} else {
			return true;
		}
	}
}

/* Past the closing quote of what opens at `s`; NULL: there is none. */
static const char *skip_quoted(struct pg_lexer *lx, const char *s, bool escapes)
{
	char q = *s++;

	for (; *s; s++) {
		if (*s == '\n')
			lx->line++;
		else if (escapes && *s == '\\' && s[1] && s[1] != '\n')
			s++;
		else if (*s == q && s[1] == q)
			s++;
		else if (*s == q)
			return s + 1;
	}
	return NULL;
}

/*
 * A string goes on where another quote follows after space with a line end in
 * it; line comments count as space. Then its escapes hold there, too.
 */
static const char *continued(struct pg_lexer *lx, const char *s)
{
	int lines = 0;
	bool broken = false;

	for (;; s++) {
		if (*s == '-' && s[1] == '-')
			s += strcspn(s, "\r\n");
		if (!is_space(*s))
			break;
		lines += *s == '\n';
		broken |= *s == '\n' || *s == '\r';
	}
	if (*s != '\'' || !broken)
		return NULL;
	lx->line += lines;
	return s;
}

static const char *skip_string(struct pg_lexer *lx, const char *s, bool escapes)
{
	const char *next;

	while ((s = skip_quoted(lx, s, escapes)) && (next = continued(lx, s)))
		s = next;
	return s;
}

/* The length of "$tag$" at `s`, 0 where there is none. */
static size_t dollar_tag(const char *s)
{
	size_t n = 1;

	if (starts_word(s[n]))
		for (n++; starts_word(s[n]) || is_digit(s[n]); n++)
			;
	return s[n] == '$' ? n + 1 : 0;
}

static const char *skip_dollar(struct pg_lexer *lx, const char *s, size_t tag)
{
	for (const char *p = s + tag; *p; p++) {
		if (*p == '\n')
			lx->line++;
		else if (*p == '$' && !strncmp(p, s, tag))
			return p + tag;
	}
	return NULL;
}

/* How many letters stand before the quote of a constant: E'', B'', U&''. */
static size_t prefix(const char *s)
{
	if (strchr("eEbBxXnN", *s) && s[1] == '\'')
		return 1;
	if ((*s == 'u' || *s == 'U') && s[1] == '&' &&
	    (s[2] == '\'' || s[2] == '"'))
		return 2;
	return 0;
}

static const char *skip_word(const char *s)
{
	while (starts_word(*s) || is_digit(*s) || *s == '$')
		s++;
	return s;
}

/* Digits, letters of an exponent or of junk, one point. */
static const char *skip_number(const char *s)
{
	while (is_digit(*s))
		s++;
	if (*s == '.' && s[1] != '.')
		for (s++; is_digit(*s); s++)
			;
	if ((*s == 'e' || *s == 'E') &&
	    (is_digit(s[1]) || ((s[1] == '+' || s[1] == '-') && is_digit(s[2]))))
		for (s += 2; is_digit(*s); s++)
			;
	return s;
}

/* The end of the token at `s`, NULL when it has none. */
static const char *skip_token(struct pg_lexer *lx, const char *s,
			      enum pg_token_kind *kind)
{
	size_t before = prefix(s), tag;

	if (s[before] == '\'') {
		*kind = PG_STRING;
		return skip_string(lx, s + before, *s == 'e' || *s == 'E');
	}
	if (s[before] == '"') {
		*kind = PG_QUOTED;
		return skip_quoted(lx, s + before, false);
	}
	if (*s == '$' && (tag = dollar_tag(s))) {
		*kind = PG_STRING;
		return skip_dollar(lx, s, tag);
	}
	if (starts_word(*s)) {
		*kind = PG_WORD;
		return skip_word(s + 1);
	}
	if (is_digit(*s) || (*s == '.' && is_digit(s[1]))) {
		*kind = PG_NUMBER;
		return skip_number(s);
	}
	*kind = PG_OTHER;
	return s + 1;
}

struct pg_token pg_token_next(struct pg_lexer *lx)
{
	struct pg_token t = { .kind = PG_OPEN };
	bool outside = skip_space(lx);
	const char *end = NULL;

	t.s = lx->at;
	t.line = lx->line;
	if (outside && !*t.s)
		t.kind = PG_END;
	else if (outside && !(end = skip_token(lx, t.s, &t.kind)))
		t.kind = PG_OPEN;
	t.n = end ? (size_t)(end - t.s) : strlen(t.s);
	lx->at = t.s + t.n;
	return t;
}

bool pg_token_is(const struct pg_token *t, const char *word)
{
	return t->kind == PG_WORD && !ascii_ncasecmp(t->s, word, t->n) &&
	       !word[t->n];
}
