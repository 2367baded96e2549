/* SQL text as tokens, and what can be said of a text by its tokens alone. */
#ifndef RETORT_SQL_TOKEN_H
#define RETORT_SQL_TOKEN_H

#include "base/arena.h"
#include "base/vec.h"

enum token_kind {
	TOKEN_END,
	TOKEN_WORD,	/* unquoted: a keyword or a name */
	TOKEN_QUOTED,	/* "x", `x`, [x]: a name */
	TOKEN_STRING,	/* 'x' */
	TOKEN_BLOB,	/* x'00' */
	TOKEN_NUMBER,
	TOKEN_PARAMETER,	/* ?, ?1, :a, @a, $a */
	TOKEN_OPERATOR,	/* one operator or punctuation, the longest */
	TOKEN_BAD	/* an unterminated quote or comment, a stray byte */
};

struct token {
	enum token_kind kind;
	const char *s;	/* into the text, quotes included */
	size_t n;
	int line;	/* from 1 */
};

/* SQLite's lexical rules. Space and comments are passed over. */
struct lexer {
	const char *at;
	int line;
};

struct token token_next(struct lexer *lx);

/* The word, in any case? For TOKEN_WORD only. */
bool token_is(const struct token *t, const char *word);
/* Operator or punctuation? */
bool token_is_op(const struct token *t, const char *op);
/* The name a TOKEN_WORD, _QUOTED or _STRING stands for, without quotes. */
char *token_name(struct arena *mem, const struct token *t);

/* Is it this name, in any quotes and any case of ASCII letters? */
bool token_names(const struct token *t, const char *name);
/*
 * Can an expression end with it? Where it can, a word that may be a name or
 * an operator (DESC, LIKE) is the operator; where it cannot, the name.
 */
bool token_ends_expression(const struct token *t);

/*
 * Do two expressions or statements have the same tokens? Space, comments, the
 * case of unquoted words and the kind of quotes around names do not matter,
 * nor parentheses around the whole. NULL equals NULL only.
 */
bool sql_same(const char *a, const char *b);
/* The same where the name of their table may be spelled in any case. */
bool sql_same_in(const char *a, const char *b, const char *table);

/* Without parentheses around the whole and space at both ends. */
char *sql_strip(struct arena *mem, const char *sql);

/*
 * Replace a column's name wherever an expression of its own table names it:
 * bare, or qualified by `table`. What is not changed keeps its bytes. Here and
 * below `to` is as SQL writes it, in quotes where it needs some.
 */
char *sql_rename_column(struct arena *mem, const char *sql, const char *table,
			const char *from, const char *to);

/* Which names in a view or trigger are columns of the table in question. */
struct rename_scope {
	const char *table;	/* those that it qualifies */
	bool statement;		/* NEW and OLD are rows, not tables */
	bool row;		/* and rows of the table: a trigger on it */
	bool bare;		/* those without qualifier */
	bool any_qualifier;	/* those with another: an alias */
};

char *sql_rename_in(struct arena *mem, const char *sql,
		    const struct rename_scope *in, const char *from,
		    const char *to);

/*
 * Replace a table's name in an expression, index, view or trigger: after FROM,
 * JOIN, INTO, UPDATE, IN, REFERENCES, the ON of CREATE, in the list after FROM,
 * and as a qualifier before a dot. What an alias or a WITH of the same name
 * hides is left alone.
 */
char *sql_rename_table(struct arena *mem, const char *sql, const char *from,
		       const char *to);

/* "quoted" where it must be; NULL when out of memory. */
char *sql_quote_name(struct arena *mem, const char *name);

/* 'text', each ' in it twice; NULL when out of memory. */
char *sql_quote_text(struct arena *mem, const char *s);
bool sql_is_keyword(const char *word);

#endif
