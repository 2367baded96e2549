/*
 * How far a statement has come. SQLite does not say, but what a statement does
 * for each row stands in its program: where that is one loop over one table,
 * the rows it went through are counted by SQLite, or follow from the number of
 * steps.
 */
#include <stdio.h>
#include <string.h>

#include "dialect/sqlite/engine.h"
#include "dialect/sqlite/sqlite.h"
#include "sql/token.h"

/* What EXPLAIN says of the loops of a statement. */
struct loops {
	int scans, sorts;	/* loops over tables and over a sorter */
	bool counted;		/* SQLite counts the rows of the scan */
	unsigned scan_steps, sort_steps;	/* for each row */
	int cursor;		/* of the scan */
	int root;		/* the page where its table begins */
	int roots[64];		/* of each cursor */
	bool unclear;
};

static void read_step(struct loops *l, sqlite3_stmt *s)
{
	const char *op = (const char *)sqlite3_column_text(s, 1);
	int addr = sqlite3_column_int(s, 0), p1 = sqlite3_column_int(s, 2);
	int p2 = sqlite3_column_int(s, 3);

	if (!op)
		return;
	if ((!strcmp(op, "OpenRead") || !strcmp(op, "OpenWrite")) && p1 >= 0 &&
	    p1 < 64 && !sqlite3_column_int(s, 4))
		l->roots[p1] = p2;
	if (!strcmp(op, "SorterNext") && !l->sorts++)
		l->sort_steps = (unsigned)(addr - p2 + 1);
	if (!strcmp(op, "Prev") || !strcmp(op, "VNext"))
		l->unclear = true;
	if (strcmp(op, "Next") || l->scans++)
		return;
	l->scan_steps = (unsigned)(addr - p2 + 1);
	l->counted = sqlite3_column_int(s, 6) == SQLITE_STMTSTATUS_FULLSCAN_STEP;
	l->cursor = p1;
}

static sqlite3_stmt *prepare(struct sqlite_conn *c, const char *sql)
{
	sqlite3_stmt *s = NULL;

	if (sql && sqlite3_prepare_v2(c->db, sql, -1, &s, NULL) == SQLITE_OK)
		return s;
	sqlite3_finalize(s);
	return NULL;
}

/* One loop over one table, all of it? */
static bool read_loops(struct sqlite_conn *c, const char *sql,
		       struct loops *out)
{
	SCRATCH(tmp);
	sqlite3_stmt *s = prepare(c, arena_printf(&tmp, "EXPLAIN %s", sql));

	while (s && sqlite3_step(s) == SQLITE_ROW)
		read_step(out, s);
	sqlite3_finalize(s);
	if (out->unclear || out->scans != 1 || out->sorts > 1 ||
	    out->cursor < 0 || out->cursor >= 64)
		return false;
	out->root = out->roots[out->cursor];
	return out->root > 1;
}

static unsigned long long first_number(sqlite3_stmt *s)
{
	unsigned long long n = 0;

	if (s && sqlite3_step(s) == SQLITE_ROW)
		n = (unsigned long long)sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return n;
}

static unsigned long long count_rows(struct sqlite_conn *c, int root)
{
	SCRATCH(tmp);
	struct buf b = { .mem = &tmp };
	sqlite3_stmt *s = prepare(c, "SELECT tbl_name FROM main.sqlite_schema "
				  "WHERE rootpage = ?1");

	buf_add(&b, "SELECT count(*) FROM main.");
	if (s)
		sqlite3_bind_int(s, 1, root);
	if (s && sqlite3_step(s) == SQLITE_ROW)
		ddl_name(&b, (const char *)sqlite3_column_text(s, 0));
	sqlite3_finalize(s);
	return first_number(prepare(c, buf_text(&b)));
}

/* The index of a part of the table takes fewer steps, who knows how many. */
static bool is_whole_index(const char *sql)
{
	struct lexer lx = { .at = sql, .line = 1 };
	struct token t = token_next(&lx);
	bool create = token_is(&t, "CREATE");

	while (t.kind != TOKEN_END && !token_is(&t, "WHERE"))
		t = token_next(&lx);
	return create && t.kind == TOKEN_END;
}

static bool goes_through_rows(const struct sqlite_watch *w, const char *sql)
{
	static const char *const words[] = {
		"INSERT", "UPDATE", "DELETE", "REPLACE", "CREATE"
	};
	struct lexer lx = { .at = sql, .line = 1 };
	struct token t = token_next(&lx);
	bool create = token_is(&t, "CREATE");

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (token_is(&t, words[i])) {
			t = token_next(&lx);
			return !create || token_is(&t, "INDEX") ||
			       token_is(&t, "UNIQUE");
		}
	return w->doing;
}

static void measure(struct sqlite_conn *c, const char *sql)
{
	struct sqlite_watch *w = &c->watch;
	struct loops l = {0};

	w->rows = w->per_row = 0;
	if (!goes_through_rows(w, sql) || !read_loops(c, sql, &l))
		return;
	if (l.counted ? l.sorts > 0 : !is_whole_index(sql))
		return;
	w->rows = count_rows(c, l.root);
	if (!l.counted)
		w->per_row = l.scan_steps + l.sort_steps;
}

void watch_begin(struct sqlite_conn *c, sqlite3_stmt *s, const char *sql,
		 int n_args)
{
	struct sqlite_watch *w = &c->watch;

	if (!w->tell || (n_args && !w->doing))
		return;
	measure(c, sql);
	w->sql = sql;
	w->calls = 0;
	w->began = sqlite_now_ms();
	w->next = w->began + WATCH_AFTER_MS;
	w->stmt = s;
}

/* A rebuild is told of by its table. */
static void name_it(const struct sqlite_watch *w, char *out, size_t size)
{
	struct lexer lx = { .at = w->sql, .line = 1 };
	struct token t = token_next(&lx);
	bool copy = token_is(&t, "INSERT");
	SCRATCH(tmp);
	const char *text = w->doing, *name = NULL;

	token_next(&lx);
	t = token_next(&lx);
	if (!text && copy)
		name = token_name(&tmp, &t);
	if (name && !strncmp(name, REBUILD_PREFIX, strlen(REBUILD_PREFIX)))
		text = arena_printf(&tmp, "copy the rows of %s",
				    name + strlen(REBUILD_PREFIX));
	sql_beginning(text ? text : w->sql, out, size);
}

static void tell(struct sqlite_watch *w, int64_t now, bool ended)
{
	char what[80];
	retort_statement s = {
		.size = sizeof(s), .what = what, .total = w->rows,
		.elapsed_ms = now - w->began, .ended = ended
	};

	name_it(w, what, sizeof(what));
	if (w->rows && !w->per_row)
		s.done = (unsigned)sqlite3_stmt_status(
			w->stmt, SQLITE_STMTSTATUS_FULLSCAN_STEP, 0);
	else if (w->rows)
		s.done = w->calls * SQLITE_PROGRESS_EVERY / w->per_row;
	if (s.done > s.total)
		s.done = s.total;
	w->tell(w->payload, &s);
}

void watch_tick(struct sqlite_conn *c)
{
	struct sqlite_watch *w = &c->watch;
	int64_t now = sqlite_now_ms();

	w->calls++;
	if (now < w->next)
		return;
	w->next = now + WATCH_EVERY_MS;
	w->told = true;
	tell(w, now, false);
}

void watch_end(struct sqlite_conn *c)
{
	struct sqlite_watch *w = &c->watch;

	if (w->stmt && w->told)
		tell(w, sqlite_now_ms(), true);
	w->stmt = NULL;
	w->told = false;
}
