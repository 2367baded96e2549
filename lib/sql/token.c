#include "sql/token.h"

#include <string.h>

#include "base/ascii.h"
#include "sql/keyword.h"

enum { SPACE = 1, DIGIT = 2, HEX = 4, LETTER = 8, WORD = 16 };

#define S SPACE
#define W WORD
#define L (LETTER | WORD)
#define H (LETTER | WORD | HEX)
#define D (DIGIT | WORD | HEX)
/* What SQLite takes each byte for; 128 and above are letters. */
static const unsigned char class_of[256] = {
	0, 0, 0, 0, 0, 0, 0, 0, 0, S, S, 0, S, S, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	S, 0, 0, 0, W, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	D, D, D, D, D, D, D, D, D, D, 0, 0, 0, 0, 0, 0,
	0, H, H, H, H, H, H, L, L, L, L, L, L, L, L, L,
	L, L, L, L, L, L, L, L, L, L, L, 0, 0, 0, 0, L,
	0, H, H, H, H, H, H, L, L, L, L, L, L, L, L, L,
	L, L, L, L, L, L, L, L, L, L, L, 0, 0, 0, 0, 0,
	L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L,
	L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L,
	L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L,
	L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L,
	L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L,
	L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L,
	L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L,
	L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L,
};
#undef S
#undef W
#undef L
#undef H
#undef D

static bool is(unsigned class, char c)
{
	return class_of[(unsigned char)c] & class;
}

static const char *skip_block(struct lexer *lx, const char *s)
{
	for (s += 2; *s; s++) {
		if (*s == '\n')
			lx->line++;
		else if (*s == '*' && s[1] == '/')
			return s + 2;
	}
	return NULL;
}

/* To the next token; false in a comment that does not end. */
static bool skip_space(struct lexer *lx)
{
	for (;;) {
		const char *s = lx->at;

		if (is(SPACE, *s)) {
			do	/* a vertical tab is space after one only */
				lx->line += *s == '\n';
			while (is(SPACE, *++s) || *s == '\v');
			lx->at = s;
		} else if (*s == '-' && s[1] == '-') {
			lx->at += strcspn(s, "\n");
		} else if (*s == '/' && s[1] == '*') {
			s = skip_block(lx, s);
			if (!s)
				return false;
			lx->at = s;
		} else if (!strncmp(s, "\xef\xbb\xbf", 3)) {
			lx->at += 3;	/* a byte order mark is space */
		} else {
			return true;
		}
	}
}

/* A quote with its closing one, or with [ ]. */
static size_t quoted(struct lexer *lx, enum token_kind *kind)
{
	const char *s = lx->at;
	char q = *s == '[' ? ']' : *s;
	size_t i;

	for (i = 1; s[i]; i++) {
		if (s[i] == '\n')
			lx->line++;
		if (s[i] != q)
			continue;
		if (q == ']' || s[i + 1] != q) {
			*kind = q == '\'' ? TOKEN_STRING : TOKEN_QUOTED;
			return i + 1;
		}
		i++;
	}
	*kind = TOKEN_BAD;
	return i;
}

/* After the x of x'00'. */
static size_t blob(struct lexer *lx, enum token_kind *kind)
{
	const char *s = lx->at;
	size_t i = 2;

	while (is(HEX, s[i]))
		i++;
	*kind = s[i] == '\'' && i % 2 == 0 ? TOKEN_BLOB : TOKEN_BAD;
	for (; s[i] && s[i] != '\''; i++)
		lx->line += s[i] == '\n';
	return s[i] ? i + 1 : i;
}

static size_t number(const char *s, enum token_kind *kind)
{
	size_t i = 0;

	*kind = TOKEN_NUMBER;
	if (s[0] == '0' && (s[1] | 0x20) == 'x' && is(HEX, s[2])) {
		for (i = 2; is(HEX, s[i]); i++)
			;
	} else {
		while (is(DIGIT, s[i]))
			i++;
		if (s[i] == '.')
			for (i++; is(DIGIT, s[i]); i++)
				;
		if ((s[i] | 0x20) == 'e') {
			size_t sign = s[i + 1] == '+' || s[i + 1] == '-';

			if (is(DIGIT, s[i + 1 + sign]))
				for (i += 1 + sign; is(DIGIT, s[i]); i++)
					;
		}
	}
	while (is(WORD, s[i])) {
		*kind = TOKEN_BAD;
		i++;
	}
	return i;
}

/* ?1 :a @a $a $a::b(c) */
static size_t parameter(const char *s, enum token_kind *kind)
{
	size_t i = 1, letters = 0;

	*kind = TOKEN_PARAMETER;
	if (*s == '?') {
		while (is(DIGIT, s[i]))
			i++;
		return i;
	}
	for (; s[i]; i++) {
		if (is(WORD, s[i])) {
			letters++;
		} else if (s[i] == '(' && letters) {
			do
				i++;
			while (s[i] && !is(SPACE, s[i]) && s[i] != ')');
			if (s[i] == ')')
				i++;
			else
				*kind = TOKEN_BAD;
			break;
		} else if (s[i] == ':' && s[i + 1] == ':') {
			i++;
		} else {
			break;
		}
	}
	if (!letters)
		*kind = TOKEN_BAD;
	return i;
}

static size_t operator(const char *s, enum token_kind *kind)
{
	*kind = TOKEN_OPERATOR;
	switch (*s) {
	case '-':
		return s[1] != '>' ? 1 : s[2] == '>' ? 3 : 2;
	case '<':
		return s[1] == '=' || s[1] == '>' || s[1] == '<' ? 2 : 1;
	case '>':
		return s[1] == '=' || s[1] == '>' ? 2 : 1;
	case '=':
		return s[1] == '=' ? 2 : 1;
	case '|':
		return s[1] == '|' ? 2 : 1;
	case '!':
		if (s[1] == '=')
			return 2;
		break;
	case ':':
		return 2;
	case '(': case ')': case ';': case '+': case '*': case '/':
	case '%': case ',': case '&': case '~': case '.':
		return 1;
	}
	*kind = TOKEN_BAD;
	return 1;
}

static size_t word(const char *s, enum token_kind *kind)
{
	size_t i = 1;

	*kind = TOKEN_WORD;
	while (is(WORD, s[i]))
		i++;
	return i;
}

static size_t scan(struct lexer *lx, enum token_kind *kind)
{
	const char *s = lx->at;

	if (is(LETTER, *s) && s[1] != '\'')
		return word(s, kind);
	switch (*s) {
	case '\0':
		*kind = TOKEN_END;
		return 0;
	case '\'': case '"': case '`': case '[':
		return quoted(lx, kind);
	case 'x': case 'X':
		return s[1] == '\'' ? blob(lx, kind) : word(s, kind);
	case ':':
		if (s[1] == ':')	/* a cast, in other databases */
			break;
		return parameter(s, kind);
	case '?': case '@': case '$': case '#':
		return parameter(s, kind);
	case '.':
		if (!is(DIGIT, s[1]))
			break;
		return number(s, kind);
	default:
		if (is(LETTER, *s))
			return word(s, kind);
		if (is(DIGIT, *s))
			return number(s, kind);
	}
	return operator(s, kind);
}

struct token token_next(struct lexer *lx)
{
	struct token t = {0};

	if (!skip_space(lx)) {
		t = (struct token){ TOKEN_BAD, lx->at, strlen(lx->at), lx->line };
		for (const char *s = t.s; (s = strchr(s, '\n')); s++)
			t.line--;	/* the comment was counted */
	} else {
		t.s = lx->at;
		t.line = lx->line;
		t.n = scan(lx, &t.kind);
	}
	lx->at += t.n;
	return t;
}

bool token_is(const struct token *t, const char *w)
{
	return t->kind == TOKEN_WORD && !ascii_ncasecmp(t->s, w, t->n) &&
	       !w[t->n];
}

bool token_is_op(const struct token *t, const char *op)
{
	return t->kind == TOKEN_OPERATOR && !strncmp(t->s, op, t->n) &&
	       !op[t->n];
}

char *token_name(struct arena *mem, const struct token *t)
{
	char q, *name;
	size_t n = 0;

	if (t->kind != TOKEN_QUOTED && t->kind != TOKEN_STRING)
		return arena_strndup(mem, t->s, t->n);
	name = arena_strndup(mem, t->s + 1, t->n - 2);
	q = *t->s;
	if (!name || q == '[' || !strchr(name, q))
		return name;
	for (const char *s = name; *s; s++) {
		name[n++] = *s;
		if (*s == q)
			s++;
	}
	name[n] = '\0';
	return name;
}
