/* Can a view be read, can a table with triggers be written? */
#include <string.h>

#include "dialect/sqlite/guard.h"

/* SQLite looks at a view's or trigger's names only when it is used. */
static int prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *s = NULL;
	int rc = sql ? sqlite3_prepare_v2(db, sql, -1, &s, NULL)
		     : SQLITE_NOMEM;

	sqlite3_finalize(s);
	return rc;
}

/* Column names of a table or view, generated ones left out. */
static bool add_assignments(sqlite3 *db, struct buf *b, const char *name)
{
	sqlite3_stmt *s = NULL;
	bool first = true;

	if (sqlite3_prepare_v2(db, "SELECT name FROM pragma_table_xinfo(?1, "
			       "'main') WHERE hidden = 0", -1, &s, NULL))
		return false;
	sqlite3_bind_text(s, 1, name, -1, SQLITE_STATIC);
	while (sqlite3_step(s) == SQLITE_ROW) {
		const char *col = (const char *)sqlite3_column_text(s, 0);

		if (!col)
			break;
		buf_add(b, first ? " SET " : ", ");
		ddl_name(b, col);
		buf_add(b, " = ");
		ddl_name(b, col);
		first = false;
	}
	return sqlite3_finalize(s) == SQLITE_OK && !first;
}

static char *use_sql(sqlite3 *db, const char *name, unsigned what,
		     struct arena *mem)
{
	struct buf b = { .mem = mem };
	const char *before = what == CAN_SELECT ? "SELECT * FROM main." :
			     what == CAN_INSERT ? "INSERT INTO main." :
			     what == CAN_UPDATE ? "UPDATE main." :
						  "DELETE FROM main.";

	buf_add(&b, before);
	ddl_name(&b, name);
	if (what == CAN_INSERT)
		buf_add(&b, " DEFAULT VALUES");
	if (what == CAN_UPDATE && !add_assignments(db, &b, name))
		return arena_strdup(mem, "UPDATE");	/* cannot be */
	return buf_text(&b);
}

retort_status usable_for(sqlite3 *db, const struct thing *t, unsigned *out,
			 struct err *err)
{
	bool view = !strcmp(t->type, "view");
	unsigned first = view ? CAN_SELECT : CAN_INSERT;
	unsigned last = view ? CAN_SELECT : CAN_DELETE;

	*out = 0;
	if (!view && strcmp(t->type, "trigger"))
		return RETORT_OK;
	for (unsigned what = first; what <= last; what <<= 1) {
		SCRATCH(tmp);
		int rc = prepare(db, use_sql(db, view ? t->name : t->table,
					     what, &tmp));

		if (rc == SQLITE_NOMEM)
			return err_nomem(err);
		if (rc == SQLITE_OK)
			*out |= what;
	}
	return RETORT_OK;
}

char *usable_error(sqlite3 *db, const struct thing *t, unsigned what,
		   struct arena *mem)
{
	bool view = !strcmp(t->type, "view");

	prepare(db, use_sql(db, view ? t->name : t->table, what, mem));
	return arena_strdup(mem, sqlite3_errmsg(db));
}

/* Of what is there: that a view cannot be written is no fault. */
static bool names_nothing(const char *text)
{
	return !strncmp(text, "no such column", 14) ||
	       !strncmp(text, "no such table", 13) ||
	       strstr(text, " has no column named ");
}

/* Which trigger of its table it is SQLite does not say. */
static retort_status add_broken(const struct thing *t, const char *why,
				struct arena *mem, struct strings *out,
				struct err *err)
{
	bool view = !strcmp(t->type, "view");
	char *text = arena_printf(mem, "%s \"%s\" does not work: %s",
				  view ? "view" : "a trigger of",
				  view ? t->name : t->table, why);

	return text && vec_push(mem, out, text) ? RETORT_OK : err_nomem(err);
}

static retort_status find_broken(sqlite3 *db, const struct thing *t,
				 struct arena *mem, struct strings *out,
				 struct err *err)
{
	bool view = !strcmp(t->type, "view");

	for (unsigned what = view ? CAN_SELECT : CAN_INSERT;
	     what <= (view ? CAN_SELECT : CAN_DELETE); what <<= 1) {
		SCRATCH(tmp);
		int rc = prepare(db, use_sql(db, view ? t->name : t->table,
					     what, &tmp));

		if (rc == SQLITE_NOMEM)
			return err_nomem(err);
		if (rc == SQLITE_OK || !names_nothing(sqlite3_errmsg(db)))
			continue;
		return add_broken(t, sqlite3_errmsg(db), mem, out, err);
	}
	return RETORT_OK;
}

retort_status sqlite_broken(struct conn *c, struct arena *mem,
			    struct strings *out, struct err *err)
{
	struct sqlite_conn *conn = (struct sqlite_conn *)c;
	struct guard g = { .conn = conn };
	struct things all = {0};
	SCRATCH(tmp);

	TRY(things_read(&g, "main.sqlite_schema", &tmp, &all, err));
	for (size_t i = 0; i < all.n; i++)
		if (!strcmp(all.v[i].type, "view") ||
		    !strcmp(all.v[i].type, "trigger"))
			TRY(find_broken(conn->db, &all.v[i], mem, out, err));
	return RETORT_OK;
}
