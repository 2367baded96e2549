/* The server's own parser as the judge of how a text is cut. */
#ifndef PG_ORACLE_H
#define PG_ORACLE_H

#include <pg_query.h>
#include <stdio.h>
#include <string.h>

#include "dialect/postgresql/lex.h"
#include "dialect/postgresql/pg.h"

/* What we refuse although the server's grammar has it. */
static inline bool refused_on_purpose(const struct err *err)
{
	return strstr(err->pub.message, "cannot run COPY") ||
	       strstr(err->pub.message, "standard_conforming_strings");
}

/* Space and comments only? */
static inline bool nothing_between(struct arena *mem, const char *from,
				   const char *to)
{
	char *gap = from <= to
		? arena_strndup(mem, from, (size_t)(to - from)) : NULL;
	struct pg_lexer lx = { .at = gap, .line = 1 };

	return gap && pg_token_next(&lx).kind == PG_END;
}

static inline size_t count_pg_tokens(const char *sql)
{
	struct pg_lexer lx = { .at = sql, .line = 1 };
	struct pg_token t;
	size_t n = 0;

	while ((t = pg_token_next(&lx)).kind != PG_END && t.kind != PG_OPEN)
		n += t.kind != PG_OTHER || *t.s != ';';
	return n;
}

/*
 * Cut `sql` and compare with the parser, where that can read it: NULL, or what
 * is wrong. *n is the number of statements that were compared. (The library's
 * scanner makes tokens of comments; so, unlike the server's, it cannot read a
 * string that goes on behind one.)
 */
static inline const char *cut_differs(const char *sql, struct arena *mem,
				      size_t *n)
{
	SCRATCH_ERR(err);
	PgQuerySplitResult theirs = pg_query_split_with_parser(sql);
	const char *at = sql, *rest, *wrong = NULL, *from;
	size_t tokens = 0, i = 0;
	struct stmt st;
	bool stopped = false;

	*n = 0;
	for (; !wrong; at = rest, i++) {
		if (pg_split(at, mem, &st, &rest, &err) < 0) {
			stopped = true;
			if (!err.pub.message || err.pub.line < 1)
				wrong = "an error without text or line";
			else if (!theirs.error && !refused_on_purpose(&err))
				wrong = arena_strdup(mem, err.pub.message);
			break;
		}
		if (!st.sql)
			break;
		tokens += count_pg_tokens(st.sql);
		if (rest <= at || !*st.sql || st.line < 1) {
			wrong = "no progress";
		} else if (theirs.error) {
			continue;
		} else if (i >= (size_t)theirs.n_stmts) {
			wrong = arena_printf(mem, "too many: %.200s", st.sql);
		} else {
			from = sql + theirs.stmts[i]->stmt_location;
			at = strstr(at, st.sql);
			if (at < from || !nothing_between(mem, from, at) ||
			    !nothing_between(mem, at + strlen(st.sql), from +
					     theirs.stmts[i]->stmt_len))
				wrong = arena_printf(mem, "cut as %.200s\n"
					"instead of %.*s", st.sql,
					theirs.stmts[i]->stmt_len, from);
		}
	}
	if (!wrong && !stopped && tokens != count_pg_tokens(sql))
		wrong = "tokens were lost";
	if (!wrong && !stopped && !theirs.error) {
		*n = i;
		if (i < (size_t)theirs.n_stmts)
			wrong = "too few";
	}
	pg_query_free_split_result(theirs);
	return wrong;
}

#endif
