/* Around a script that drops and re-creates tables: nothing may get lost. */
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "dialect/sqlite/guard.h"
#include "sql/token.h"

const char sqlite_guard_prologue[] =
	"PRAGMA foreign_keys = OFF;\n";
const char sqlite_guard_epilogue[] =
	"-- A row that this shows is a broken foreign key.\n"
	"PRAGMA foreign_key_check;\n"
	"PRAGMA foreign_keys = ON;\n";

bool same_name(const char *a, const char *b)
{
	return a && b && !ascii_casecmp(a, b);
}

bool is_concerned(const struct guard *g, const char *table)
{
	return map_get(&g->concerned, table);
}

retort_status guard_sql(struct guard *g, const char *sql, row_fn *row,
			void *payload, struct err *err)
{
	if (!sql)
		return err_nomem(err);
	return sqlite_run(&g->conn->base, sql, 0, NULL, row, payload, err);
}

static int keep_number(void *payload, int n, const char *const cell[])
{
	if (n && cell[0])
		*(long long *)payload = strtoll(cell[0], NULL, 10);
	return 1;
}

retort_status guard_number(struct guard *g, const char *sql, long long *out,
			   struct err *err)
{
	return guard_sql(g, sql, keep_number, out, err);
}

char *guard_count_sql(struct arena *mem, const char *table)
{
	struct buf b = { .mem = mem };

	buf_add(&b, "SELECT count(*) FROM main.");
	ddl_name(&b, table);
	return buf_text(&b);
}

static retort_status read_pragma(struct guard *g, const char *name, int *out,
				 struct err *err)
{
	SCRATCH(tmp);
	long long value = 0;

	TRY(guard_number(g, arena_printf(&tmp, "PRAGMA %s", name), &value,
			 err));
	*out = (int)value;
	return RETORT_OK;
}

static retort_status too_late(struct err *err)
{
	err_set(err, RETORT_E_USAGE, "cannot switch foreign keys off inside a "
		"transaction");
	err_detail(err, "SQLite ignores the switch there, and a table that is "
		   "dropped then takes its children's rows along.");
	return RETORT_E_USAGE;
}

static retort_status switch_off(struct guard *g, struct err *err)
{
	int left = 0;

	TRY(read_pragma(g, "foreign_keys", &g->foreign_keys, err));
	if (g->foreign_keys && sqlite_in_transaction(&g->conn->base))
		return too_late(err);
	TRY(read_pragma(g, "legacy_alter_table", &g->legacy_alter_table, err));
	TRY(read_pragma(g, "ignore_check_constraints", &g->ignore_checks, err));
	g->pragmas_changed = true;
	TRY(guard_sql(g, "PRAGMA foreign_keys = OFF;"
		      "PRAGMA legacy_alter_table = OFF;"
		      "PRAGMA ignore_check_constraints = OFF", NULL, NULL,
		      err));
	TRY(read_pragma(g, "foreign_keys", &left, err));
	if (left)
		return err_set(err, RETORT_E_FAIL,
			       "could not switch foreign keys off");
	return RETORT_OK;
}

static bool concern(struct guard *g, const char *table)
{
	static char present[] = "";

	return !table || map_put(&g->concerned, table, present);
}

static retort_status read_steps(struct guard *g, struct err *err)
{
	size_t n = g->script->stmts.n;

	g->concerned = (struct map){ .mem = &g->mem, .fold = true };
	g->steps = arena_array(&g->mem, struct step, n ? n : 1);
	if (!g->steps)
		return err_nomem(err);
	for (size_t i = 0; i < n; i++) {
		struct step *s = &g->steps[i];

		TRY(step_read(g->script->stmts.v[i].sql, &g->mem, s, err));
		if (s->kind != STEP_DROP_TABLE && s->kind != STEP_ALTER_TABLE &&
		    s->kind != STEP_CREATE_TABLE &&
		    s->kind != STEP_RENAME_TABLE)
			continue;
		if (!concern(g, s->name) || !concern(g, s->to))
			return err_nomem(err);
	}
	return RETORT_OK;
}

/* Is the table dropped in step `i` there again later? */
static bool comes_back(const struct step *steps, size_t n, size_t i)
{
	for (size_t j = i + 1; j < n; j++)
		if ((steps[j].kind == STEP_CREATE_TABLE &&
		     same_name(steps[j].name, steps[i].name)) ||
		    (steps[j].kind == STEP_RENAME_TABLE &&
		     same_name(steps[j].to, steps[i].name)))
			return true;
	return false;
}

static bool changes_rows(const char *sql)
{
	struct lexer lx = { .at = sql, .line = 1 };
	struct token t = token_next(&lx);

	return token_is(&t, "DELETE") || token_is(&t, "UPDATE") ||
	       token_is(&t, "REPLACE") || token_is(&t, "WITH");
}

retort_status sqlite_needs_guard(const struct script *s, bool *out,
				 struct err *err)
{
	SCRATCH(tmp);
	struct step *steps = arena_array(&tmp, struct step, s->stmts.n + 1);
	bool drops = false, changes = false, needs;

	if (!steps)
		return err_nomem(err);
	for (size_t i = 0; i < s->stmts.n; i++) {
		TRY(step_read(s->stmts.v[i].sql, &tmp, &steps[i], err));
		drops |= steps[i].kind == STEP_DROP_TABLE;
		changes |= changes_rows(s->stmts.v[i].sql);
	}
	needs = drops && !changes;
	for (size_t i = 0; drops && !needs && i < s->stmts.n; i++)
		needs = steps[i].kind == STEP_DROP_TABLE &&
			comes_back(steps, s->stmts.n, i);
	*out = needs;
	return RETORT_OK;
}

retort_status sqlite_guard_open(struct conn *c, const struct script *s,
				struct guard **out, struct err *err)
{
	struct guard *g = calloc(1, sizeof(*g));
	retort_status rc;

	if (!g)
		return err_nomem(err);
	g->conn = (struct sqlite_conn *)c;
	g->script = s;
	rc = read_steps(g, err);
	if (!rc)
		rc = switch_off(g, err);
	if (rc) {
		sqlite_guard_close(g);
		return rc;
	}
	*out = g;
	return RETORT_OK;
}

retort_status sqlite_guard_begin(struct guard *g, struct err *err)
{
	int on = 0;

	TRY(read_pragma(g, "foreign_keys", &on, err));
	if (on || !sqlite_in_transaction(&g->conn->base))
		return err_set(err, RETORT_E_USAGE, "the guard needs a "
			       "transaction with foreign keys off");
	TRY(inventory_begin(g, err));
	swap_begin(g);
	return violations_begin(g, err);
}

/*
 * The table that takes the place of the one dropped in step `i`: a later one
 * that gets its name, or an earlier one made after this one gave it away.
 * NULL: it is dropped for good.
 */
static const char *replacement(const struct guard *g, size_t i)
{
	const char *name = g->steps[i].name, *first = NULL;

	for (size_t j = i + 1; j < g->script->stmts.n; j++) {
		const struct step *s = &g->steps[j];

		if (s->kind == STEP_CREATE_TABLE && same_name(s->name, name))
			return NULL;
		if (s->kind == STEP_RENAME_TABLE && same_name(s->to, name))
			return s->name;
	}
	for (size_t j = 0; j < i; j++) {
		const struct step *s = &g->steps[j];

		if (s->kind == STEP_RENAME_TABLE && same_name(s->to, name))
			first = s->name;
		if (s->kind == STEP_CREATE_TABLE && same_name(s->name, first))
			return s->name;
	}
	return NULL;
}

bool guard_has_table(struct guard *g, const char *name)
{
	return sqlite3_table_column_metadata(g->conn->db, "main", name, NULL,
					     NULL, NULL, NULL, NULL,
					     NULL) == SQLITE_OK;
}

/* Before a table that was copied goes: has the copy all that it has? */
static retort_status compare_copy(struct guard *g, size_t i, struct err *err)
{
	const char *old = g->steps[i].name, *new = replacement(g, i);
	long long before = 0, after = 0;
	SCRATCH(tmp);

	if (!new || !guard_has_table(g, old) || !guard_has_table(g, new))
		return RETORT_OK;
	TRY(guard_number(g, guard_count_sql(&tmp, old), &before, err));
	TRY(guard_number(g, guard_count_sql(&tmp, new), &after, err));
	if (before == after)
		return before ? columns_check(g, i, old, new, err) : RETORT_OK;
	err_set(err, RETORT_E_FAIL, "the rebuild of table \"%s\" would %s rows: "
		"it has %lld, the new one %lld", old,
		after < before ? "lose" : "add", before, after);
	err_hint(err, "Copy every row; delete the rows that are to go in a "
		 "DELETE of its own before.");
	return RETORT_E_FAIL;
}

static void follow_rename(struct guard *g, const char *from, const char *to)
{
	for (size_t i = 0; i < g->before.n; i++) {
		struct thing *t = &g->before.v[i];

		if (same_name(t->table, from))
			t->table = to;
		if (!strcmp(t->type, "table") && same_name(t->name, from))
			t->name = to;
	}
	for (size_t i = 0; i < g->sequences.n; i++)
		if (same_name(g->sequences.v[i].table, from))
			g->sequences.v[i].table = to;
	for (size_t i = 0; i < g->analyzed.n; i++)
		if (same_name(g->analyzed.v[i], from))
			g->analyzed.v[i] = to;
}

/* "NOT NULL constraint failed: _retort_new_x.c" -> x and c. */
static bool null_in_copy(const char *text, struct arena *mem,
			 const char **table, const char **column)
{
	static const char start[] =
		"NOT NULL constraint failed: " REBUILD_PREFIX;
	const char *dot;

	if (strncmp(text, start, sizeof(start) - 1))
		return false;
	text += sizeof(start) - 1;
	dot = strchr(text, '.');
	*table = dot ? arena_strndup(mem, text, (size_t)(dot - text)) : NULL;
	*column = dot ? dot + 1 : NULL;
	return *table;
}

static retort_status report_null(struct guard *g, const char *table,
				 const char *column, struct err *err)
{
	SCRATCH(tmp);
	SCRATCH_ERR(ignored);
	struct buf b = { .mem = &tmp };
	long long nulls = -1;
	const char *col = arena_strdup(&tmp, column);

	if (!col)
		return err_nomem(err);
	buf_add(&b, "SELECT count(*) FROM main.");
	ddl_name(&b, table);
	buf_add(&b, " WHERE ");
	ddl_name(&b, col);
	buf_add(&b, " IS NULL");
	if (sqlite3_table_column_metadata(g->conn->db, "main", table, col,
					  NULL, NULL, NULL, NULL, NULL)) {
		err_set(err, RETORT_E_DATABASE, "cannot add column \"%s\" to "
			"table \"%s\": it is NOT NULL and has no default",
			col, table);
		err_detail(err, "The table has rows, and nothing says what "
			   "they get in the new column.");
		err_hint(err, "Give the column a default; or add it without "
			 "NOT NULL, fill it, and add NOT NULL after that.");
		return RETORT_E_DATABASE;
	}
	guard_number(g, buf_text(&b), &nulls, &ignored);
	err_set(err, RETORT_E_DATABASE,
		"cannot make column \"%s\" of table \"%s\" NOT NULL: "
		"%lld row%s NULL in it", col, table, nulls,
		nulls == 1 ? " has" : "s have");
	err_hint(err, "Fill them with an UPDATE first.");
	return RETORT_E_DATABASE;
}

/* SQLite's text without the name that is only there for the rebuild. */
static retort_status report(struct guard *g, const char *sql,
			    retort_status rc, struct err *err)
{
	const char *at = err->pub.message, *found;
	const char *table = NULL, *column = NULL;
	SCRATCH(tmp);
	struct buf b = { .mem = &tmp };

	if (rc != RETORT_E_DATABASE || !at || !strstr(sql, REBUILD_PREFIX) ||
	    !strstr(at, REBUILD_PREFIX))
		return rc;
	if (null_in_copy(at, &tmp, &table, &column))
		return report_null(g, table, column, err);
	while ((found = strstr(at, REBUILD_PREFIX))) {
		buf_addn(&b, at, (size_t)(found - at));
		at = found + strlen(REBUILD_PREFIX);
	}
	buf_add(&b, at);
	if (!buf_text(&b))
		return err_nomem(err);
	return err_set(err, rc, "could not copy the rows: %s", b.s);
}

retort_status sqlite_guard_run(struct guard *g, size_t i, struct err *err)
{
	const struct step *s = &g->steps[i];
	const char *sql = g->script->stmts.v[i].sql;
	bool put_off = false;
	retort_status rc;

	if (s->kind == STEP_CREATE_TABLE && !s->done)
		TRY(schema_edit(g, i, err));
	if (s->done)
		return RETORT_OK;
	TRY(swap_take(g, i, &put_off, err));
	if (s->kind == STEP_DROP_TABLE)
		TRY(compare_copy(g, i, err));
	rc = put_off ? RETORT_OK : guard_sql(g, sql, NULL, NULL, err);
	if (rc)
		return report(g, sql, rc, err);
	if (!sqlite_in_transaction(&g->conn->base))
		return err_set(err, RETORT_E_FAIL,
			       "the statement ended the transaction");
	if (s->kind != STEP_RENAME_TABLE)
		return RETORT_OK;
	follow_rename(g, s->name, s->to);
	return violations_rename(g, s->name, s->to, err);
}

retort_status sqlite_guard_check(struct guard *g, struct err *err)
{
	TRY(swap_finish(g, err));
	TRY(inventory_check(g, err));
	return violations_check(g, err);
}

static void set_pragma(struct guard *g, const char *name, int value)
{
	char sql[64];

	sqlite3_snprintf(sizeof(sql), sql, "PRAGMA %s = %d", name, value);
	sqlite3_exec(g->conn->db, sql, NULL, NULL, NULL);
}

void sqlite_guard_close(struct guard *g)
{
	if (!g)
		return;
	if (g->pragmas_changed) {
		set_pragma(g, "foreign_keys", g->foreign_keys);
		set_pragma(g, "legacy_alter_table", g->legacy_alter_table);
		set_pragma(g, "ignore_check_constraints", g->ignore_checks);
	}
	sqlite3_close(g->violations);
	arena_clear(&g->mem);
	free(g);
}
