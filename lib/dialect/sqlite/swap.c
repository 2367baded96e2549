/*
 * Renames put off and made at once. To give a new table the old one's name
 * SQLite reads the whole schema anew, which for many rebuilds in one script of
 * a large schema takes longer than all else. Where many come, the new tables
 * keep their first names until a statement needs them, or the end, and their
 * rows of sqlite_schema are then changed as RENAME would.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "dialect/sqlite/guard.h"
#include "sql/create.h"
#include "sql/token.h"

enum { WORTH_IT = 8 };	/* renames in a script */

static bool is_temporary(const char *name)
{
	return name && !ascii_ncasecmp(name, REBUILD_PREFIX,
				       strlen(REBUILD_PREFIX));
}

void swap_begin(struct guard *g)
{
	size_t n = 0;

	for (size_t i = 0; i < g->script->stmts.n; i++)
		n += g->steps[i].kind == STEP_RENAME_TABLE &&
		     is_temporary(g->steps[i].name);
	g->puts_off = n >= WORTH_IT && !g->script->has_calls &&
		      !schema_is_closed(g);
	g->waiting = (struct map){ .mem = &g->mem, .fold = true };
}

static bool is_waiting(const struct guard *g, const char *table)
{
	return table && map_get(&g->waiting, table);
}

/* What is known of a table that is to get the name `to`. */
struct look {
	struct arena *mem;
	const char *temp, *to;
	struct swap swap;
	bool other, failed;	/* more than a table and its own keys */
};

static int look_row(void *payload, int n, const char *const cell[])
{
	struct look *l = payload;
	long long rowid = strtoll(cell[0], NULL, 10);

	(void)n;
	if (!same_name(cell[3], l->temp)) {
		l->other = true;
	} else if (!strcmp(cell[1], "table")) {
		l->swap.sql = arena_strdup(l->mem, cell[4]);
		l->swap.from = arena_strdup(l->mem, cell[2]);
		l->failed |= !l->swap.sql || !l->swap.from;
		l->swap.rowid = rowid;
	} else if (cell[4]) {
		l->other = true;
	} else {
		l->failed |= !vec_push(l->mem, &l->swap.keys, rowid);
	}
	return l->failed;
}

/* The stored text under the other name, as RENAME leaves it. */
static char *renamed_text(struct arena *mem, const struct step *s,
			  const char *to)
{
	const char *end = s->after;
	char *name = sql_quote_name(mem, to);

	while (isspace((unsigned char)end[-1]))
		end--;
	return name ? arena_printf(mem, "CREATE TABLE %s%s", name, end) : NULL;
}

static retort_status read_swap(struct guard *g, const struct step *s,
			       struct look *l, struct err *err)
{
	const char *arg[] = { s->name, s->to };
	struct step stored = {0};
	SCRATCH(tmp);

	TRY(sqlite_run(&g->conn->base, "SELECT rowid, type, name, tbl_name, "
		       "sql FROM main.sqlite_schema WHERE tbl_name = ?1 "
		       "COLLATE NOCASE OR name = ?2 COLLATE NOCASE", 2, arg,
		       look_row, l, err));
	if (l->failed)
		return err_nomem(err);
	if (l->other || !l->swap.sql)
		return RETORT_OK;
	TRY(step_read(l->swap.sql, &tmp, &stored, err));
	if (stored.kind != STEP_CREATE_TABLE ||
	    !same_name(stored.name, s->name)) {
		l->other = true;
		return RETORT_OK;
	}
	l->swap.sql = renamed_text(&g->mem, &stored, s->to);
	return l->swap.sql ? RETORT_OK : err_nomem(err);
}

/*
 * By its present rules RENAME also changes what others say of the table, by
 * its older ones it changes the table alone.
 */
static retort_status put_off_rename(struct guard *g, size_t i, bool *taken,
				    struct err *err)
{
	const struct step *s = &g->steps[i];
	struct look l = { .mem = &g->mem, .temp = s->name, .to = s->to };
	long long older = 0;
	static char present[] = "";

	if (!is_temporary(s->name) || is_waiting(g, s->to))
		return RETORT_OK;
	TRY(guard_number(g, "PRAGMA legacy_alter_table", &older, err));
	if (!older)
		return RETORT_OK;
	TRY(read_swap(g, s, &l, err));
	if (l.other || !l.swap.sql)
		return RETORT_OK;
	l.swap.to = s->to;
	if (!vec_push(&g->mem, &g->swaps, l.swap) ||
	    !map_put(&g->waiting, s->to, present))
		return err_nomem(err);
	*taken = true;
	return RETORT_OK;
}

/* An index or trigger of a table that waits can wait with it. */
static retort_status put_off_create(struct guard *g, size_t i, bool *taken,
				    struct err *err)
{
	SCRATCH(tmp);
	SCRATCH_ERR(ignored);
	struct create *c = NULL;

	if (!g->swaps.n ||
	    create_parse(g->script->stmts.v[i].sql, &tmp, &c, &ignored) ||
	    !is_waiting(g, c->on))
		return RETORT_OK;
	if (!vec_push(&g->mem, &g->put_off, i))
		return err_nomem(err);
	*taken = true;
	return RETORT_OK;
}

/*
 * Does the statement end with its only FROM and one table, which is *from? Or
 * has it no SELECT at all?
 */
static bool reads_one_table(const char *sql, struct arena *mem,
			    const char **from)
{
	struct lexer lx = { .at = sql, .line = 1 };
	size_t selects = 0;
	struct token t;

	*from = NULL;
	while ((t = token_next(&lx)).kind != TOKEN_END) {
		selects += token_is(&t, "SELECT");
		if (!token_is(&t, "FROM"))
			continue;
		t = token_next(&lx);
		*from = token_name(mem, &t);
		t = token_next(&lx);
		return *from && selects == 1 && t.kind == TOKEN_END;
	}
	return !selects;
}

/* INSERT INTO _retort_new_x (…) SELECT … FROM x */
static bool is_plain_copy(struct guard *g, const char *sql)
{
	SCRATCH(tmp);
	struct lexer lx = { .at = sql, .line = 1 };
	struct token t = token_next(&lx);
	const char *from, *into;

	if (!token_is(&t, "INSERT"))
		return false;
	t = token_next(&lx);
	if (!token_is(&t, "INTO"))
		return false;
	t = token_next(&lx);
	into = token_name(&tmp, &t);
	return is_temporary(into) && reads_one_table(sql, &tmp, &from) &&
	       from && same_name(into + strlen(REBUILD_PREFIX), from) &&
	       guard_has_table(g, from);
}

/* The statements about sqlite_sequence that the compiler writes. */
static bool is_sequence_copy(const char *sql)
{
	static const char *const starts[] = {
		"DELETE FROM sqlite_sequence WHERE name = '" REBUILD_PREFIX,
		"INSERT INTO sqlite_sequence (name, seq)\n"
		"SELECT '" REBUILD_PREFIX,
	};

	return !strncmp(sql, starts[0], strlen(starts[0])) ||
	       !strncmp(sql, starts[1], strlen(starts[1]));
}

static bool is_older_rules(const char *sql)
{
	return sql_same(sql, "PRAGMA legacy_alter_table = ON") ||
	       sql_same(sql, "PRAGMA legacy_alter_table = OFF");
}

/* Can the statement run while tables wait for their names? */
static bool may_go_ahead(struct guard *g, size_t i)
{
	SCRATCH(tmp);
	const struct step *s = &g->steps[i];
	const char *sql = g->script->stmts.v[i].sql, *from;

	switch (s->kind) {
	case STEP_CREATE_TABLE:
		return is_temporary(s->name) && reads_one_table(sql, &tmp, &from) && !from;
	case STEP_DROP_TABLE:
		return !is_waiting(g, s->name);
	case STEP_OTHER:
		return is_plain_copy(g, sql) || is_sequence_copy(sql) ||
		       is_older_rules(sql);
	default:
		return false;
	}
}

static retort_status give_name(struct guard *g, const struct swap *s,
			       bool sequences, struct err *err)
{
	SCRATCH(tmp);
	struct conn *c = &g->conn->base;
	const char *arg[] = { s->to, s->sql,
			      arena_printf(&tmp, "%lld", s->rowid) };
	const char *both[] = { s->to, s->from };

	if (!arg[2])
		return err_nomem(err);
	TRY(sqlite_run(c, "UPDATE main.sqlite_schema SET name = ?1, tbl_name = "
		       "?1, sql = ?2 WHERE rowid = ?3", 3, arg, NULL, NULL,
		       err));
	for (size_t i = 0; i < s->keys.n; i++) {
		const char *key[] = { s->to, s->from,
				      arena_printf(&tmp, "%lld", s->keys.v[i]) };

		if (!key[2])
			return err_nomem(err);
		TRY(sqlite_run(c, "UPDATE main.sqlite_schema SET name = "
			       "'sqlite_autoindex_' || ?1 || substr(name, "
			       "length(?2) + 18), tbl_name = ?1 "
			       "WHERE rowid = ?3", 3, key, NULL, NULL, err));
	}
	return sequences ? sqlite_run(c, "UPDATE main.sqlite_sequence SET name "
				      "= ?1 WHERE name = ?2", 2, both, NULL,
				      NULL, err)
			 : RETORT_OK;
}

static retort_status give_names(struct guard *g, struct err *err)
{
	SCRATCH(tmp);
	long long version = 0, sequences = 0;

	TRY(guard_number(g, "SELECT count(*) FROM main.sqlite_schema WHERE "
			 "name = 'sqlite_sequence'", &sequences, err));
	for (size_t i = 0; i < g->swaps.n; i++)
		TRY(give_name(g, &g->swaps.v[i], sequences, err));
	TRY(guard_number(g, "PRAGMA main.schema_version", &version, err));
	return guard_sql(g, arena_printf(&tmp, "PRAGMA main.schema_version = "
					 "%lld", version + 1), NULL, NULL,
			 err);
}

/* RENAME itself would have found what makes the schema unreadable. */
static retort_status check_names(struct guard *g, struct err *err)
{
	/* What runs first after the change of the version reads it all anew. */
	TRY(guard_sql(g, "SELECT 1 FROM main.sqlite_schema", NULL, NULL, err));
	for (size_t i = 0; i < g->swaps.n; i++)
		if (!guard_has_table(g, g->swaps.v[i].to))
			return err_set(err, RETORT_E_FAIL, "could not give "
				       "table \"%s\" its name",
				       g->swaps.v[i].to);
	return RETORT_OK;
}

static retort_status run_put_off(struct guard *g, struct err *err)
{
	for (size_t i = 0; i < g->put_off.n; i++) {
		const struct stmt *s = &g->script->stmts.v[g->put_off.v[i]];
		retort_status rc = guard_sql(g, s->sql, NULL, NULL, err);

		if (rc && rc != RETORT_E_NOMEM && rc != RETORT_E_INTERRUPTED) {
			err_detail(err, "The statement is: %.2000s", s->sql);
			err->pub.line = s->line;
		}
		TRY(rc);
	}
	return RETORT_OK;
}

retort_status swap_finish(struct guard *g, struct err *err)
{
	retort_status rc;

	if (!g->swaps.n)
		return RETORT_OK;
	TRY(guard_sql(g, "PRAGMA writable_schema = ON", NULL, NULL, err));
	rc = give_names(g, err);
	sqlite3_exec(g->conn->db, "PRAGMA writable_schema = OFF", NULL, NULL,
		     NULL);
	TRY(rc);
	TRY(check_names(g, err));
	TRY(run_put_off(g, err));
	g->swaps.n = g->put_off.n = 0;
	g->waiting = (struct map){ .mem = &g->mem, .fold = true };
	return RETORT_OK;
}

retort_status swap_take(struct guard *g, size_t i, bool *taken,
			struct err *err)
{
	enum step_kind kind = g->steps[i].kind;

	*taken = false;
	if (!g->puts_off)
		return RETORT_OK;
	if (kind == STEP_RENAME_TABLE)
		TRY(put_off_rename(g, i, taken, err));
	else if (kind == STEP_CREATE_INDEX || kind == STEP_CREATE_TRIGGER)
		TRY(put_off_create(g, i, taken, err));
	return *taken || may_go_ahead(g, i) ? RETORT_OK : swap_finish(g, err);
}
