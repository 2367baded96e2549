#include "sql/split.h"

#include <string.h>

#include "sql/keyword.h"
#include "sql/token.h"

/* How far into a statement: whether a semicolon is its end. */
enum state {
	AT_START,
	AFTER_EXPLAIN,
	AFTER_CREATE,
	PLAIN,		/* no trigger: ends at the next semicolon */
	TRIGGER,	/* not yet at its BEGIN */
	BODY,
	BODY_START,	/* after BEGIN or a semicolon: END would be the end */
	BODY_END
};

static enum state next_state(enum state now, const struct token *t)
{
	enum keyword kw = t->kind == TOKEN_WORD ? keyword_of(t->s, t->n)
						: KW_NONE;

	switch (now) {
	case AT_START:
		return kw == KW_CREATE ? AFTER_CREATE
		     : kw == KW_EXPLAIN ? AFTER_EXPLAIN : PLAIN;
	case AFTER_EXPLAIN:
		return kw == KW_CREATE ? AFTER_CREATE
		     : kw == KW_QUERY || kw == KW_PLAN ? now : PLAIN;
	case AFTER_CREATE:
		return kw == KW_TRIGGER ? TRIGGER
		     : kw == KW_TEMP || kw == KW_TEMPORARY ? now : PLAIN;
	case TRIGGER:
		return kw == KW_BEGIN ? BODY_START : now;
	case BODY_START:
		return kw == KW_END ? BODY_END
		     : token_is_op(t, ";") ? now : BODY;
	case BODY:
		return token_is_op(t, ";") ? BODY_START : now;
	default:
		return now;
	}
}

/* Does the text end inside this token? */
static bool is_open(const struct token *t)
{
	if (t->kind != TOKEN_BAD || t->s[t->n])
		return false;
	if (t->n > 1 && (*t->s | 0x20) == 'x' && t->s[1] == '\'')
		return t->n == 2 || t->s[t->n - 1] != '\'';
	return strchr("'\"`[/", *t->s);
}

static retort_status open_token(struct err *err, const struct token *t)
{
	if (*t->s == '/')
		err_set(err, RETORT_E_FAIL,
			"a comment that starts in line %d does not end", t->line);
	else
		err_set(err, RETORT_E_FAIL,
			"a quote that starts in line %d does not end", t->line);
	err_hint(err, "Close it; or one before it is closed too early.");
	err_where(err, NULL, t->line);
	return RETORT_E_FAIL;
}

static retort_status open_trigger(struct err *err, int line)
{
	err_set(err, RETORT_E_FAIL,
		"the trigger that starts in line %d has no END", line);
	err_hint(err, "The body of a trigger ends in \"; END;\".");
	err_where(err, NULL, line);
	return RETORT_E_FAIL;
}

retort_status split_sqlite(const char *sql, struct arena *mem, char **text,
			   int *line, const char **rest, struct err *err)
{
	struct lexer lx = { .at = sql, .line = 1 };
	const char *start = NULL, *end = NULL;
	enum state state = AT_START;
	int first = 1;
	struct token t;

	while ((t = token_next(&lx)).kind != TOKEN_END) {
		bool semicolon = token_is_op(&t, ";");

		if (is_open(&t))
			return open_token(err, &t);
		if (semicolon && !start)
			continue;	/* an empty statement */
		if (semicolon && state != BODY && state != BODY_START)
			break;
		if (!start) {
			start = t.s;
			first = t.line;
		}
		state = next_state(state, &t);
		end = t.s + t.n;
	}
	if (t.kind == TOKEN_END && (state == BODY || state == BODY_START))
		return open_trigger(err, first);
	if (start) {
		char *s = arena_strndup(mem, start, (size_t)(end - start));

		if (!s)
			return err_nomem(err);
		*text = s;
		*line = first;
	} else {
		*text = NULL;
	}
	*rest = lx.at;
	return RETORT_OK;
}
