/*
 * A rebuild names the columns it copies. One that the table got since the
 * script was written, or that a hand forgot, would go without a word; so every
 * column must be named by what fills the new table, if only in a comment.
 */
#include <string.h>
#include <strings.h>

#include "dialect/sqlite/guard.h"
#include "op/mention.h"

static bool is_word_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || (c & 0x80);
}

/* As sql_mentions(), in comments too. */
static bool has_word(const char *sql, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = sql; *p; p++)
		if (!strncasecmp(p, word, n) && !is_word_byte(p[n]) &&
		    (p == sql || !is_word_byte(p[-1])))
			return true;
	return false;
}

struct columns {
	struct arena *mem;
	struct strings names;
	bool failed;
};

static int keep_column(void *payload, int n, const char *const cell[])
{
	struct columns *c = payload;
	const char *name = arena_strdup(c->mem, cell[0]);

	(void)n;
	c->failed = !name || !vec_push(c->mem, &c->names, name);
	return c->failed;
}

/* Does statement `j` put something into `table`? */
static bool fills(const struct guard *g, size_t j, const char *table)
{
	return g->steps[j].kind == STEP_OTHER &&
	       sql_mentions(g->script->stmts.v[j].sql, table);
}

/* `comment` is the column's name as a comment can say it. */
static bool is_taken(const struct guard *g, size_t i, const char *new,
		     const char *column, const char *comment)
{
	for (size_t j = 0; j < i; j++) {
		const char *sql = g->script->stmts.v[j].sql;

		if (fills(g, j, new) &&
		    (sql_has_star(sql) || sql_mentions(sql, column) ||
		     has_word(sql, comment)))
			return true;
	}
	return false;
}

retort_status columns_check(struct guard *g, size_t i, const char *old,
			    const char *new, struct err *err)
{
	SCRATCH(tmp);
	struct columns c = { .mem = &tmp };
	const char *arg[] = { old };

	TRY(sqlite_run(&g->conn->base, "SELECT name FROM "
		       "pragma_table_xinfo(?1, 'main') WHERE hidden = 0", 1,
		       arg, keep_column, &c, err));
	if (c.failed)
		return err_nomem(err);
	for (size_t k = 0; k < c.names.n; k++) {
		const char *name = c.names.v[k];
		struct buf b = { .mem = &tmp };

		name_in_comment(&b, name);
		if (!buf_text(&b))
			return err_nomem(err);
		if (is_taken(g, i, new, name, b.s))
			continue;
		err_set(err, RETORT_E_FAIL, "the rebuild of table \"%s\" "
			"would lose column \"%s\": nothing copies it", old,
			name);
		err_hint(err, "Copy it; or, when it is to go, say so in a "
			 "comment inside the INSERT: /* without %s */.", b.s);
		return RETORT_E_FAIL;
	}
	return RETORT_OK;
}
