/* Questions to SQLite itself, on an empty database in memory. */
#include <sqlite3.h>
#include <strings.h>

#include "dialect/sqlite/engine.h"
#include "op/mention.h"

static void close_db(sqlite3 **db)
{
	sqlite3_close(*db);
}

#define PROBE(name) __attribute__((cleanup(close_db))) sqlite3 *name = NULL

static retort_status probe_open(sqlite3 **db, struct err *err)
{
	int rc = sqlite3_open(":memory:", db);

	if (rc == SQLITE_OK)
		return RETORT_OK;
	if (rc == SQLITE_NOMEM)
		return err_nomem(err);
	return err_set(err, RETORT_E_DATABASE,
		       "could not open a database in memory: %s",
		       sqlite3_errstr(rc));
}

/* True when SQLite takes it; out of memory is an error, the rest a no. */
static retort_status probe_exec(sqlite3 *db, const char *sql, bool *out,
				struct err *err)
{
	int rc = sql ? sqlite3_exec(db, sql, NULL, NULL, NULL)
		     : SQLITE_NOMEM;

	if (rc == SQLITE_NOMEM)
		return err_nomem(err);
	*out = rc == SQLITE_OK;
	return RETORT_OK;
}

retort_status probe_default_row(const struct table *t, bool *out,
				struct err *err)
{
	SCRATCH(tmp);
	struct buf b = { .mem = &tmp };
	PROBE(db);

	TRY(probe_open(&db, err));
	TRY(probe_exec(db, ddl_create_table(&tmp, t, t->name), out, err));
	if (!*out)
		return RETORT_OK;
	buf_add(&b, "INSERT INTO ");
	ddl_name(&b, t->name);
	buf_add(&b, " DEFAULT VALUES");
	return probe_exec(db, buf_text(&b), out, err);
}

static bool any_mentions(const struct schema *s, const char *name)
{
	for (size_t i = 0; i < s->objects.n; i++)
		if (sql_mentions(s->objects.v[i]->create_sql, name))
			return true;
	return false;
}

static retort_status make_tables(sqlite3 *db, const struct schema *s,
				 const struct table *instead, bool *out,
				 struct err *err)
{
	for (size_t i = 0; *out && i < s->tables.n; i++) {
		const struct table *t = s->tables.v[i];
		SCRATCH(tmp);

		if (name_same(s, t->name, instead->name))
			t = instead;
		else if (!any_mentions(s, t->name))
			continue;
		TRY(probe_exec(db, ddl_create_table(&tmp, t, t->name), out,
			       err));
	}
	return RETORT_OK;
}

retort_status probe_alter(const struct schema *s, const struct table *t,
			  const char *sql, bool *out, struct err *err)
{
	PROBE(db);

	*out = true;
	TRY(probe_open(&db, err));
	TRY(make_tables(db, s, t, out, err));
	for (size_t i = 0; *out && i < s->objects.n; i++)
		TRY(probe_exec(db, s->objects.v[i]->create_sql, out, err));
	return *out ? probe_exec(db, sql, out, err) : RETORT_OK;
}
