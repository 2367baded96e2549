/*
 * Any bytes as a script. Each statement is whole by SQLite's own rule, and
 * nothing but semicolons, space and comments is between them.
 */
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/split.h"
#include "sql/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(cond, sql)                                                    \
	do {                                                               \
		if (!(cond)) {                                             \
			fprintf(stderr, "not so: %s\nof: %s\n", #cond, sql); \
			abort();                                           \
		}                                                          \
	} while (0)

/* $a(b): SQLite reads it as one token, but sqlite3_complete() does not. */
static bool has_array(const char *sql)
{
	struct lexer lx = { .at = sql, .line = 1 };
	struct token t;

	while ((t = token_next(&lx)).kind != TOKEN_END)
		if ((t.kind == TOKEN_PARAMETER || t.kind == TOKEN_BAD) &&
		    memchr(t.s, '(', t.n))
			return true;
	return false;
}

/* sqlite3_complete() has a rule of its own for these when they are wrong. */
static bool is_special(const char *sql)
{
	struct lexer lx = { .at = sql, .line = 1 };
	struct token t = token_next(&lx);

	if (has_array(sql))
		return true;
	if (token_is(&t, "EXPLAIN"))
		return true;
	if (!token_is(&t, "CREATE"))
		return false;
	do
		t = token_next(&lx);
	while (token_is(&t, "TEMP") || token_is(&t, "TEMPORARY"));
	return token_is(&t, "TRIGGER");
}

static int count_lines(const char *from, const char *to)
{
	int n = 1;

	for (; from < to; from++)
		n += *from == '\n';
	return n;
}

static size_t count_tokens(const char *sql)
{
	struct lexer lx = { .at = sql, .line = 1 };
	struct token t;
	size_t n = 0;

	while ((t = token_next(&lx)).kind != TOKEN_END)
		n += !token_is_op(&t, ";");
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SCRATCH(mem);
	SCRATCH_ERR(err);
	char *sql = arena_strndup(&mem, (const char *)data, size), *text;
	const char *at = sql, *rest = NULL, *whole;
	size_t tokens = 0;
	int line = 0;

	MUST(sql, "");
	for (;; at = rest) {
		text = NULL;
		if (split_sqlite(at, &mem, &text, &line, &rest, &err) < 0) {
			MUST(err.pub.message && err.pub.line > 0, at);
			return 0;
		}
		if (!text)
			break;
		MUST(rest > at && *text, at);
		MUST(line <= count_lines(at, rest), at);
		whole = arena_printf(&mem, "%s;", text);
		MUST(is_special(text) || sqlite3_complete(whole), text);
		tokens += count_tokens(text);
	}
	MUST(tokens == count_tokens(sql), sql);
	return 0;
}
