/*
 * Foreign key violations before and after: only new ones are an error. Those
 * that were there are kept in a private database, which spills to a file.
 */
#include <string.h>

#include "dialect/sqlite/guard.h"
#include "sql/token.h"

#define SHOWN_ROWS 3

static retort_status store_failed(struct guard *g, struct err *err)
{
	return err_set(err, RETORT_E_DATABASE,
		       "could not note foreign key violations: %s",
		       sqlite3_errmsg(g->violations));
}

static retort_status open_store(struct guard *g, struct err *err)
{
	if (g->violations)
		return RETORT_OK;
	if (sqlite3_open("", &g->violations) ||
	    sqlite3_exec(g->violations,
			 "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
			 "CREATE TABLE v (child COLLATE NOCASE, row, "
			 "parent COLLATE NOCASE, n);"
			 "CREATE UNIQUE INDEX vi ON v (child, row, parent);"
			 "BEGIN", NULL, NULL, NULL))
		return store_failed(g, err);
	return RETORT_OK;
}

/* One statement of the store; *changed rows are changed. */
static retort_status store_run(struct guard *g, const char *sql,
			       const char *const arg[3], int *changed,
			       struct err *err)
{
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(g->violations, sql, -1, &s, NULL);

	for (int i = 0; i < 3 && !rc; i++)
		if (i < sqlite3_bind_parameter_count(s))
			rc = sqlite3_bind_text(s, i + 1, arg[i] ? arg[i] : "",
					       -1, SQLITE_STATIC);
	if (!rc)
		rc = sqlite3_step(s);
	sqlite3_finalize(s);
	if (rc != SQLITE_DONE)
		return store_failed(g, err);
	if (changed)
		*changed = sqlite3_changes(g->violations);
	return RETORT_OK;
}

/* The tables whose keys the script may break, by their CREATE texts. */
static retort_status is_child(const struct guard *g, const struct thing *t,
			      bool *out, struct err *err)
{
	struct lexer lx = { .at = t->sql, .line = 1 };
	bool references = false, concerned = is_concerned(g, t->name);
	struct token k;
	SCRATCH(tmp);

	*out = false;
	if (strcmp(t->type, "table"))
		return RETORT_OK;
	for (k = token_next(&lx); k.kind != TOKEN_END; k = token_next(&lx)) {
		const char *name = NULL;

		if (k.kind == TOKEN_WORD || k.kind == TOKEN_QUOTED ||
		    k.kind == TOKEN_STRING) {
			name = token_name(&tmp, &k);
			if (!name)
				return err_nomem(err);
		}
		concerned |= name && is_concerned(g, name);
		references |= token_is(&k, "REFERENCES");
	}
	*out = references && concerned;
	return RETORT_OK;
}

struct each {
	struct guard *g;
	struct err *err;
	retort_status rc;
	bool after;
	unsigned long long fresh;
	const char *child, *parent;	/* of the first new one */
	struct buf rows;
};

static int note_violation(void *payload, int n, const char *const cell[])
{
	struct each *e = payload;

	(void)n;
	e->rc = open_store(e->g, e->err);
	if (!e->rc)
		e->rc = store_run(e->g, "INSERT INTO v VALUES (?1, ?2, ?3, 1) "
				  "ON CONFLICT DO UPDATE SET n = n + 1", cell,
				  NULL, e->err);
	return e->rc != RETORT_OK;
}

static void keep_first(struct each *e, const char *const cell[])
{
	if (e->fresh++ == 0) {
		e->child = arena_strdup(e->rows.mem, cell[0]);
		e->parent = arena_strdup(e->rows.mem, cell[2]);
	}
	if (!cell[1] || e->fresh > SHOWN_ROWS || !same_name(cell[0], e->child))
		return;
	buf_addf(&e->rows, "%s%s", e->rows.n ? ", " : "", cell[1]);
}

static int compare_violation(void *payload, int n, const char *const cell[])
{
	struct each *e = payload;
	int known = 0;

	(void)n;
	if (e->g->violations)
		e->rc = store_run(e->g, "UPDATE v SET n = n - 1 WHERE child = "
				  "?1 AND row = ?2 AND parent = ?3 AND n > 0",
				  cell, &known, e->err);
	if (!e->rc && !known)
		keep_first(e, cell);
	return e->rc != RETORT_OK;
}

/*
 * The key that is no key ("foreign key mismatch") stops the check: it counts
 * as a violation without a row.
 */
static retort_status check_table(struct each *e, const char *name,
				 struct err *err)
{
	SCRATCH(tmp);
	SCRATCH_ERR(why);
	struct sqlite_watch *watch = &e->g->conn->watch;
	const char *arg[] = { name };
	const char *mismatch[3] = { name, NULL, NULL };
	row_fn *row = e->after ? compare_violation : note_violation;
	retort_status rc;

	watch->doing = arena_printf(&tmp, "check the foreign keys of %s", name);
	rc = sqlite_run(&e->g->conn->base, "SELECT \"table\", rowid, parent "
			"FROM pragma_foreign_key_check(?1)", 1, arg, row, e,
			&why);
	watch->doing = NULL;
	if (rc == RETORT_E_DATABASE && why.pub.message &&
	    strstr(why.pub.message, "foreign key mismatch")) {
		mismatch[2] = why.pub.message;
		row(e, 3, mismatch);
		rc = RETORT_OK;
	}
	if (rc)
		err_move(err, &why);
	return rc ? rc : e->rc;
}

static retort_status check_all(struct each *e, const struct things *things,
			       struct err *err)
{
	for (size_t i = 0; i < things->n; i++) {
		bool child;

		TRY(is_child(e->g, &things->v[i], &child, err));
		if (child)
			TRY(check_table(e, things->v[i].name, err));
	}
	return RETORT_OK;
}

retort_status violations_begin(struct guard *g, struct err *err)
{
	struct each e = { .g = g, .err = err };

	return check_all(&e, &g->before, err);
}

retort_status violations_rename(struct guard *g, const char *from,
				const char *to, struct err *err)
{
	const char *arg[3] = { from, to, NULL };

	if (!g->violations)
		return RETORT_OK;
	TRY(store_run(g, "UPDATE OR REPLACE v SET child = ?2 WHERE child = ?1",
		      arg, NULL, err));
	return store_run(g, "UPDATE OR REPLACE v SET parent = ?2 WHERE parent "
			 "= ?1", arg, NULL, err);
}

static retort_status report(const struct each *e, const struct things *now,
			    struct err *err)
{
	bool mismatch = !strncmp(e->parent, "foreign key mismatch", 20);

	if (mismatch)
		return err_set(err, RETORT_E_FAIL, "the script breaks a foreign "
			       "key of table \"%s\": %s", e->child, e->parent);
	err_set(err, RETORT_E_FAIL, "%llu row%s of table \"%s\" would refer to "
		"rows of \"%s\" that do not exist", e->fresh,
		e->fresh == 1 ? "" : "s", e->child, e->parent);
	if (!things_find(now, "table", e->parent))
		err_detail(err, "There would be no table \"%s\".", e->parent);
	else if (e->rows.n)
		err_detail(err, "The first by rowid: %s.", e->rows.s);
	err_hint(err, "Delete or mend these rows first, or drop the foreign "
		 "key.");
	return RETORT_E_FAIL;
}

retort_status violations_check(struct guard *g, struct err *err)
{
	SCRATCH(tmp);
	struct things now = {0};
	struct each e = { .g = g, .err = err, .after = true,
			  .rows.mem = &tmp };

	TRY(things_read(g, "main.sqlite_schema", &tmp, &now, err));
	TRY(check_all(&e, &now, err));
	if (!e.fresh)
		return RETORT_OK;
	if (!e.child || !e.parent || !buf_text(&e.rows))
		return err_nomem(err);
	return report(&e, &now, err);
}
