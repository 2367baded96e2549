#include <ctype.h>
#include <string.h>

#include "api/session.h"

const char *retort_url(retort *db)
{
	const struct dialect *d = db->url && *db->url ? dialect_for_url(db->url)
						      : NULL;

	return d ? d->show_url(&db->results, db->url) : NULL;
}

retort_status retort_sections(retort *db, const char *const **names, size_t *n)
{
	TRY(session_begin(db));
	*names = db->config.sections.v;
	*n = db->config.sections.n;
	return RETORT_OK;
}

/* "kind:", of more than the one letter that a path may begin with. */
static bool has_scheme(const char *s)
{
	const char *end = s;

	while (isalnum((unsigned char)*end) || (*end && strchr("+-.", *end)))
		end++;
	return end - s > 1 && *end == ':';
}

/* One name of "a, \"B c\""; NULL with an error, or at the end. */
static char *next_schema(const char **at, struct arena *mem, struct err *err)
{
	const char *s = *at + strspn(*at, " \t");
	bool quoted = *s == '"';
	size_t n = quoted ? strcspn(++s, "\"") : strcspn(s, ",");
	const char *end = s + n + (quoted && s[n]);
	char *name;

	end += strspn(end, " \t");
	while (!quoted && n && strchr(" \t", s[n - 1]))
		n--;
	if (!n || (quoted && s[n] != '"') || (*end && *end != ',')) {
		err_set(err, RETORT_E_USAGE,
			"cannot read \"%s\" as names of schemas", *at);
		err_hint(err, "Write schema=NAME, or NAME,NAME where the "
			 "second is only searched.");
		return NULL;
	}
	*at = end + (*end == ',');
	name = arena_strndup(mem, s, n);
	if (!name)
		err_nomem(err);
	return name;
}

static retort_status take_schemas(retort *db, const struct dialect *d,
				  const char *list)
{
	struct buf path = { .mem = &db->target };

	if (!(d->caps & CAP_SCHEMAS)) {
		err_set(&db->err, RETORT_E_USAGE, "cannot use schema \"%s\": a "
			"database of the kind \"%s\" has none", list, d->name);
		err_hint(&db->err, "Name a file for each.");
		return RETORT_E_USAGE;
	}
	while (!path.n || *list) {
		char *name = next_schema(&list, &db->target, &db->err), *quoted;

		if (!name)
			return db->err.pub.code;
		quoted = d->quote_name(&db->target, name);
		buf_addf(&path, "%s%s", path.n ? ", " : "",
			 quoted ? quoted : "");
		if (!quoted || !buf_text(&path))
			return err_nomem(&db->err);
		if (!db->home)
			db->home = name;
	}
	db->search_path = path.s;
	return RETORT_OK;
}

/* As the session was opened. */
static void use_own(retort *db)
{
	struct conn *c = db->conn;

	db->conn = NULL;
	conn_close(c);
	arena_clear(&db->target);
	db->url = db->o.url ? db->o.url : db->config.url;
	db->base_directory = db->o.url ? NULL : db->o.base_directory;
	db->must_exist = false;
	db->search_path = db->home = NULL;
	db->reflect.schemas = db->config.schemas;
	db->config.version_schema = db->version_schema;
	db->reflect.version_schema = db->version_schema;
}

static retort_status use(retort *db, const retort_target *t)
{
	const struct dialect *d;

	if (t->size < offsetof(retort_target, must_exist))
		return err_set(&db->err, RETORT_E_USAGE,
			       "retort_target.size is not set");
	db->must_exist = t->size >= sizeof(*t) && t->must_exist;
	if (t->url) {
		db->base_directory = NULL;
		db->url = dialect_for_url(t->url) || has_scheme(t->url)
			? arena_strdup(&db->target, t->url)
			: dialect_file_url(&db->target, t->url);
		if (!db->url)
			return err_nomem(&db->err);
	}
	TRY(session_dialect(db, &d));
	if (t->schema) {
		TRY(take_schemas(db, d, t->schema));
		db->reflect.schemas = (struct strings){0};
		db->config.version_schema = db->home;
		db->reflect.version_schema = db->home;
	}
	return RETORT_OK;
}

retort_status retort_use(retort *db, const retort_target *t)
{
	retort_status rc;

	TRY(session_begin(db));
	use_own(db);
	rc = t ? use(db, t) : RETORT_OK;
	if (rc < 0)
		use_own(db);
	return session_end(db, rc);
}

static retort_status identity(retort *db, const char **out)
{
	const struct dialect *d;
	char *where;

	TRY(session_dialect(db, &d));
	TRY(d->identity(db->url, db->base_directory, &db->target, &where,
			&db->err));
	if (where && db->home) {
		where = arena_printf(&db->target, "%s schema %s", where,
				     db->home);
		if (!where)
			return err_nomem(&db->err);
	}
	*out = where;
	return RETORT_OK;
}

retort_status retort_identity(retort *db, const char **out)
{
	TRY(session_begin(db));
	return session_end(db, identity(db, out));
}

/* The whole text is one statement? */
static retort_status one_statement(const struct dialect *d, const char *sql,
				   struct err *err)
{
	SCRATCH(tmp);
	struct stmt s = {0};
	const char *rest = sql;

	TRY(d->split(sql, &tmp, &s, &rest, err));
	if (!s.sql) {
		err_set(err, RETORT_E_USAGE, "the query is empty");
		err_hint(err, "It is one SELECT.");
		return RETORT_E_USAGE;
	}
	s.sql = NULL;
	TRY(d->split(rest, &tmp, &s, &rest, err));
	if (!s.sql)
		return RETORT_OK;
	err_set(err, RETORT_E_USAGE, "the query is more than one statement");
	err_hint(err, "It is one SELECT.");
	return RETORT_E_USAGE;
}

static retort_status query(retort *db, const char *sql, retort_row_fn *row,
			   void *payload)
{
	const struct dialect *d;
	struct conn_options o = {
		.read_only = true, .must_exist = true,
		.lock_timeout_ms = db->config.lock_timeout_ms < 0
			? 0 : db->config.lock_timeout_ms,
		.statement_timeout_ms = db->config.statement_timeout_ms,
		.base_directory = db->base_directory,
		.search_path = db->search_path, .home = db->home
	};
	struct conn *c = NULL, *kept = db->conn;
	retort_status rc;

	TRY(session_dialect(db, &d));
	TRY(one_statement(d, sql, &db->err));
	TRY(conn_open(db->url, &o, &c, &db->err));
	db->conn = c;	/* for retort_cancel() */
	rc = d->run(c, sql, 0, NULL, row, payload, &db->err);
	db->conn = kept;
	conn_close(c);
	if (rc < 0 && db->err.pub.sqlstate &&
	    !strcmp(db->err.pub.sqlstate, "25006"))
		err_hint(&db->err, "The query may only read.");
	return rc;
}

retort_status retort_query(retort *db, const char *sql, retort_row_fn *row,
			   void *payload)
{
	TRY(session_begin(db));
	return session_end(db, query(db, sql, row, payload));
}
