/* The server's lexical rules, as far as cutting and looking at words needs. */
#ifndef RETORT_DIALECT_POSTGRESQL_LEX_H
#define RETORT_DIALECT_POSTGRESQL_LEX_H

#include <stdbool.h>
#include <stddef.h>

enum pg_token_kind {
	PG_END,
	PG_WORD,	/* unquoted: a keyword or a name */
	PG_QUOTED,	/* "x", U&"x" */
	PG_STRING,	/* 'x' with any letter before it, $x$…$x$ */
	PG_NUMBER,
	PG_OTHER,	/* one byte of an operator or of punctuation */
	PG_OPEN		/* a quote, comment or dollar quote without end */
};

struct pg_token {
	enum pg_token_kind kind;
	const char *s;	/* into the text, quotes included */
	size_t n;
	int line;	/* from 1 */
};

/* `{ .at = text, .line = 1 }`. Space and comments are passed over. */
struct pg_lexer {
	const char *at;
	int line;
};

/* standard_conforming_strings is on: a backslash in '…' is a backslash. */
struct pg_token pg_token_next(struct pg_lexer *lx);

/* An unquoted word, in any case? */
bool pg_token_is(const struct pg_token *t, const char *word);

#endif
