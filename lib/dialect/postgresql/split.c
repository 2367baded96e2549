#include <string.h>

#include "dialect/postgresql/lex.h"
#include "dialect/postgresql/pg.h"

/* What kind of statement it is, as far as its words are read. */
enum state {
	AT_START,
	AFTER_CREATE,	/* perhaps OR REPLACE */
	ROUTINE,	/* a function or procedure, before its body */
	AFTER_BEGIN,	/* ATOMIC would open the body */
	BODY_START,	/* END would be the end of the body */
	BODY,
	AFTER_COPY,	/* STDIN and STDOUT would be ours to feed */
	COPY_FROM,
	COPY_TO,
	AFTER_SET,
	SET_STRINGS,	/* SET standard_conforming_strings */
	PLAIN
};

struct cut {
	enum state state;
	size_t depth;		/* of parentheses */
	const char *start, *end;
	int line;		/* of the start */
	int open_line;		/* of the last ( at depth 0 */
	struct err *err;
};

static retort_status refuse(struct cut *c, int line, const char *hint)
{
	err_hint(c->err, "%s", hint);
	err_where(c->err, NULL, line);
	return RETORT_E_FAIL;
}

/* Only psql knows lines that start with a backslash. */
static retort_status refuse_meta(struct cut *c, const struct pg_token *t)
{
	int n = (int)strcspn(t->s, " \t\r\n;");

	err_set(c->err, RETORT_E_FAIL, "cannot run \"%.*s\" in line %d: it is "
		"a command of psql, not SQL", n < 40 ? n : 40, t->s, t->line);
	return refuse(c, t->line, "The statements go to the server itself. "
		      "Leave the line out, or write what it does in SQL.");
}

static retort_status refuse_copy(struct cut *c, const struct pg_token *t)
{
	err_set(c->err, RETORT_E_FAIL, "cannot run COPY with %s in line %d: "
		"nothing is there to %s", pg_token_is(t, "STDIN") ? "STDIN"
		: "STDOUT", t->line, pg_token_is(t, "STDIN")
		? "read the rows from" : "take the rows");
	return refuse(c, t->line, "Write the rows as INSERT (pg_dump "
		      "--inserts does), or load them apart from the "
		      "revision.");
}

static retort_status refuse_strings(struct cut *c, const struct pg_token *t)
{
	err_set(c->err, RETORT_E_FAIL, "cannot switch "
		"standard_conforming_strings off in line %d", t->line);
	return refuse(c, t->line, "Strings are read as the standard says; "
		      "where backslashes are escapes write E'…'.");
}

static retort_status refuse_open(struct cut *c, const struct pg_token *t)
{
	err_set(c->err, RETORT_E_FAIL, "a %s that starts in line %d does not "
		"end", *t->s == '/' ? "comment" : *t->s == '$' ? "dollar quote"
		: "quote", t->line);
	err_hint(c->err, "Close it; or one before it is closed too early.");
	err_where(c->err, NULL, t->line);
	return RETORT_E_FAIL;
}

/* SET standard_conforming_strings TO | = a value that means no. */
static bool switches_off(const struct pg_token *t)
{
	static const char *const no[] = { "off", "false", "no", "0" };

	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++) {
		size_t n = strlen(no[i]), quote = *t->s == '\'';

		if (t->n == n + 2 * quote &&
		    pg_token_is(&(struct pg_token){ .kind = PG_WORD, .n = n,
						    .s = t->s + quote }, no[i]))
			return true;
	}
	return false;
}

static enum state at_start(const struct pg_token *t)
{
	return pg_token_is(t, "CREATE") ? AFTER_CREATE
	     : pg_token_is(t, "COPY") ? AFTER_COPY
	     : pg_token_is(t, "SET") ? AFTER_SET : PLAIN;
}

static enum state after_create(const struct pg_token *t)
{
	if (pg_token_is(t, "OR") || pg_token_is(t, "REPLACE"))
		return AFTER_CREATE;
	return pg_token_is(t, "FUNCTION") || pg_token_is(t, "PROCEDURE")
		? ROUTINE : PLAIN;
}

static enum state after_set(const struct pg_token *t)
{
	return pg_token_is(t, "standard_conforming_strings") ? SET_STRINGS
	     : pg_token_is(t, "SESSION") || pg_token_is(t, "LOCAL")
	     ? AFTER_SET : PLAIN;
}

/* COPY table FROM, COPY (query) TO: the next word says where. */
static enum state after_copy(const struct pg_token *t)
{
	return pg_token_is(t, "FROM") ? COPY_FROM
	     : pg_token_is(t, "TO") ? COPY_TO : AFTER_COPY;
}

/* Called for the tokens outside parentheses only. */
static enum state next_state(enum state now, const struct pg_token *t)
{
	switch (now) {
	case AT_START:
		return at_start(t);
	case AFTER_CREATE:
		return after_create(t);
	case ROUTINE:
		return pg_token_is(t, "BEGIN") ? AFTER_BEGIN : ROUTINE;
	case AFTER_BEGIN:
		return pg_token_is(t, "ATOMIC") ? BODY_START
		     : pg_token_is(t, "BEGIN") ? AFTER_BEGIN : ROUTINE;
	case BODY_START:
		return pg_token_is(t, "END") ? PLAIN
		     : *t->s == ';' ? BODY_START : BODY;
	case BODY:
		return *t->s == ';' ? BODY_START : BODY;
	case AFTER_COPY:
		return after_copy(t);
	case AFTER_SET:
		return after_set(t);
	case COPY_FROM:
	case COPY_TO:
		return PLAIN;
	default:
		return now;
	}
}

static void count_parens(struct cut *c, const struct pg_token *t)
{
	if (t->kind != PG_OTHER)
		return;
	if (*t->s == '(' && !c->depth++)
		c->open_line = t->line;
	else if (*t->s == ')' && c->depth)
		c->depth--;
}

/* One more token of the statement. */
static retort_status take(struct cut *c, const struct pg_token *t)
{
	if (t->kind == PG_OPEN)
		return refuse_open(c, t);
	if (t->kind == PG_OTHER && *t->s == '\\')
		return refuse_meta(c, t);
	if ((c->state == COPY_FROM && pg_token_is(t, "STDIN")) ||
	    (c->state == COPY_TO && pg_token_is(t, "STDOUT")))
		return refuse_copy(c, t);
	if (c->state == SET_STRINGS && switches_off(t))
		return refuse_strings(c, t);
	if (!c->start) {
		c->start = t->s;
		c->line = t->line;
	}
	if (!c->depth)
		c->state = next_state(c->state, t);
	count_parens(c, t);
	c->end = t->s + t->n;
	return RETORT_OK;
}

/* The text is at its end: is the statement? */
static retort_status check_whole(struct cut *c)
{
	if (c->depth) {
		err_set(c->err, RETORT_E_FAIL, "a parenthesis that opens in "
			"line %d is not closed", c->open_line);
		err_hint(c->err, "Close it, or take it away.");
		err_where(c->err, NULL, c->open_line);
		return RETORT_E_FAIL;
	}
	if (c->state == BODY || c->state == BODY_START) {
		err_set(c->err, RETORT_E_FAIL, "the routine that starts in "
			"line %d has no END", c->line);
		return refuse(c, c->line, "Its body starts with BEGIN ATOMIC "
			      "and ends in \"; END;\".");
	}
	return RETORT_OK;
}

retort_status pg_split(const char *sql, struct arena *mem, struct stmt *out,
		       const char **rest, struct err *err)
{
	struct pg_lexer lx = { .at = sql, .line = 1 };
	struct cut c = { .err = err };
	struct stmt found = {0};
	struct pg_token t;

	while ((t = pg_token_next(&lx)).kind != PG_END) {
		bool semicolon = t.kind == PG_OTHER && *t.s == ';' && !c.depth;

		if (semicolon && !c.start)
			continue;	/* an empty statement */
		if (semicolon && c.state != BODY && c.state != BODY_START)
			break;
		TRY(take(&c, &t));
	}
	if (t.kind == PG_END)
		TRY(check_whole(&c));
	if (c.start) {
		found.sql = arena_strndup(mem, c.start,
					  (size_t)(c.end - c.start));
		found.line = c.line;
		if (!found.sql)
			return err_nomem(err);
	}
	*out = found;
	*rest = lx.at;
	return RETORT_OK;
}
