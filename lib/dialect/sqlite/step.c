/* What a statement does, by its first tokens. */
#include <string.h>

#include "base/ascii.h"
#include "dialect/sqlite/guard.h"
#include "sql/token.h"

struct reader {
	struct lexer lx;
	struct token t;		/* the next one */
	struct arena *mem;
};

static void advance(struct reader *r)
{
	r->t = token_next(&r->lx);
}

static bool take(struct reader *r, const char *word)
{
	if (!token_is(&r->t, word))
		return false;
	advance(r);
	return true;
}

static bool is_name(const struct token *t)
{
	return t->kind == TOKEN_WORD || t->kind == TOKEN_QUOTED ||
	       t->kind == TOKEN_STRING;
}

/*
 * [schema.]name. *out is NULL when it is not of the main database, or not a
 * name at all. False: out of memory.
 */
static bool take_name(struct reader *r, const char **out)
{
	char *schema = NULL, *name;

	*out = NULL;
	if (!is_name(&r->t))
		return true;
	name = token_name(r->mem, &r->t);
	advance(r);
	if (token_is_op(&r->t, ".")) {
		advance(r);
		schema = name;
		name = is_name(&r->t) ? token_name(r->mem, &r->t) : NULL;
		if (is_name(&r->t) && !name)
			return false;
		advance(r);
	}
	if (!schema || !ascii_casecmp(schema, "main"))
		*out = name;
	return name || schema;
}

static void skip_exists(struct reader *r)
{
	if (!take(r, "IF"))
		return;
	take(r, "NOT");
	take(r, "EXISTS");
}

static enum step_kind drop_kind(struct reader *r)
{
	if (take(r, "TABLE"))
		return STEP_DROP_TABLE;
	if (take(r, "INDEX"))
		return STEP_DROP_INDEX;
	if (take(r, "TRIGGER"))
		return STEP_DROP_TRIGGER;
	return take(r, "VIEW") ? STEP_DROP_VIEW : STEP_OTHER;
}

static enum step_kind create_kind(struct reader *r)
{
	take(r, "UNIQUE");
	if (take(r, "TABLE"))
		return STEP_CREATE_TABLE;
	if (take(r, "INDEX"))
		return STEP_CREATE_INDEX;
	return take(r, "TRIGGER") ? STEP_CREATE_TRIGGER : STEP_OTHER;
}

static enum step_kind alter_kind(struct reader *r)
{
	return take(r, "TABLE") ? STEP_ALTER_TABLE : STEP_OTHER;
}

static bool read_step(struct reader *r, struct step *s)
{
	if (take(r, "DROP"))
		s->kind = drop_kind(r);
	else if (take(r, "CREATE"))
		s->kind = create_kind(r);
	else if (take(r, "ALTER"))
		s->kind = alter_kind(r);
	if (s->kind == STEP_OTHER)
		return true;
	skip_exists(r);
	if (!take_name(r, &s->name))
		return false;
	s->after = r->t.s;
	if (!s->name) {
		s->kind = STEP_OTHER;
	} else if (s->kind == STEP_ALTER_TABLE && take(r, "RENAME") &&
		   take(r, "TO")) {
		s->kind = STEP_RENAME_TABLE;
		return take_name(r, &s->to) && s->to;
	}
	return true;
}

retort_status step_read(const char *sql, struct arena *mem, struct step *out,
			struct err *err)
{
	struct reader r = { .lx = { .at = sql, .line = 1 }, .mem = mem };
	struct step s = {0};

	advance(&r);
	if (!read_step(&r, &s))
		return err_nomem(err);
	*out = s;
	return RETORT_OK;
}
