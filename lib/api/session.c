#include "api/session.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/near.h"
#include "base/map.h"
#include "migrate/check.h"

#define DEFAULT_LOCK_TIMEOUT_MS 5000

const char *retort_version(void)
{
	return RETORT_VERSION;
}

const char *retort_nearest(const char *typed, const char *const *names,
			   size_t n)
{
	struct near near = near_start(typed);

	for (size_t i = 0; i < n; i++)
		near_try(&near, names[i]);
	return near.best;
}

/* Copy one text option; NULL stays NULL. */
static bool keep(retort *db, const char **s)
{
	if (!*s)
		return true;
	*s = arena_strdup(&db->mem, *s);
	return *s != NULL;
}

static bool keep_pairs(retort *db)
{
	retort_pair *x = arena_array(&db->mem, retort_pair, db->o.n_x);

	if (!x)
		return false;
	for (size_t i = 0; i < db->o.n_x; i++) {
		x[i] = db->o.x[i];
		if (!keep(db, &x[i].key) || !keep(db, &x[i].value))
			return false;
	}
	db->o.x = x;
	return true;
}

static retort_status copy_options(retort *db, const retort_options *o)
{
	const char **const texts[] = {
		&db->o.directory, &db->o.config, &db->o.section, &db->o.url,
		&db->o.models, &db->o.version_table, &db->o.user,
		&db->o.cache_directory, &db->o.compiler,
		&db->o.include_directory, &db->o.git_commit,
		&db->o.base_directory, &db->o.schemas,
	};
	size_t n = o->size < sizeof(db->o) ? o->size : sizeof(db->o);

	if (o->size < offsetof(retort_options, directory) + sizeof(void *))
		return err_set(&db->err, RETORT_E_USAGE,
			       "retort_options.size is not set");
	memcpy(&db->o, o, n);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (!keep(db, texts[i]))
			return err_nomem(&db->err);
	return keep_pairs(db) ? RETORT_OK : err_nomem(&db->err);
}

void session_log(retort *db, retort_log_level level, const char *fmt, ...)
{
	SCRATCH(tmp);
	va_list ap;
	const char *text;

	if (!db->o.log)
		return;
	va_start(ap, fmt);
	text = arena_vprintf(&tmp, fmt, ap);
	va_end(ap);
	db->o.log(db->o.payload, level, text ? text : "out of memory");
}

static retort_status no_project(retort *db, const char *path)
{
	err_set(&db->err, RETORT_E_NOTFOUND,
		"could not find the configuration \"%s\"", path);
	err_hint(&db->err, "\"db init\" makes a project.");
	return RETORT_E_NOTFOUND;
}

/* The configuration file, or its defaults where there is no project. */
static retort_status read_config(retort *db)
{
	const char *path = db->o.config;
	const char *directory = db->o.directory ? db->o.directory : ".";

	if (!path && db->o.directory)
		path = path_join(&db->mem, directory, "db.ini");
	if (!path) {
		if (db->o.directory)
			return err_nomem(&db->err);
		return config_defaults(directory, &db->mem, &db->config)
			? RETORT_OK : err_nomem(&db->err);
	}
	if (!file_exists(path))
		return no_project(db, path);
	TRY(config_read(path, db->o.section, &db->mem, &db->config, &db->err));
	for (size_t i = 0; i < db->config.warnings.n; i++)
		session_log(db, RETORT_LOG_WARNING, "%s",
			    db->config.warnings.v[i]);
	return RETORT_OK;
}

/* Options go over the configuration. */
static retort_status combine(retort *db)
{
	struct config *c = &db->config;

	db->url = db->o.url ? db->o.url : c->url;
	db->base_directory = db->o.url ? NULL : db->o.base_directory;
	if (db->o.version_table)
		c->version_table = db->o.version_table;
	db->version_schema = c->version_schema;
	if (db->o.models) {
		c->models = (struct strings){0};
		if (!config_words(db->o.models, &db->mem, &c->models))
			return err_nomem(&db->err);
	}
	if (db->o.schemas) {
		c->schemas = (struct strings){0};
		if (!config_words(db->o.schemas, &db->mem, &c->schemas))
			return err_nomem(&db->err);
	}
	if (db->o.lock_timeout_ms)
		c->lock_timeout_ms = db->o.lock_timeout_ms;
	else if (!c->lock_timeout_ms)
		c->lock_timeout_ms = DEFAULT_LOCK_TIMEOUT_MS;
	if (db->o.statement_timeout_ms)
		c->statement_timeout_ms = db->o.statement_timeout_ms;
	db->compile = (struct compile_options){
		.cache_directory = db->o.cache_directory,
		.compiler = db->o.compiler ? db->o.compiler : "cc",
		.include_directory = db->o.include_directory,
		.cancelled = &db->cancelled,
	};
	db->reflect = (struct reflect_options){
		.schemas = c->schemas,
		.exclude = c->exclude,
		.include = c->include,
		.version_table = c->version_table,
		.version_schema = c->version_schema,
	};
	return RETORT_OK;
}

static retort_status open_session(const retort_options *o, retort *db)
{
	err_clear(&db->err);
	TRY(copy_options(db, o));
	TRY(read_config(db));
	return combine(db);
}

/* A session that memory did not suffice for has nothing to say. */
static retort_status opened(retort_status rc, retort **out)
{
	if (rc == RETORT_E_NOMEM) {
		retort_close(*out);
		*out = NULL;
	}
	return rc;
}

retort_status retort_open(const retort_options *options, retort **out)
{
	retort *db = arena_malloc(sizeof(*db));

	*out = db;
	if (!db)
		return RETORT_E_NOMEM;
	memset(db, 0, sizeof(*db));
	return opened(open_session(options, db), out);
}

retort_status retort_open_sqlite(struct sqlite3 *handle,
				 const retort_options *options, retort **out)
{
	struct conn_options o = { .lock_timeout_ms = -1 };
	retort *db;

	TRY(retort_open(options, out));
	db = *out;
	o.lock_timeout_ms = db->config.lock_timeout_ms;
	return opened(dialect_default()->adopt(handle, &o, &db->conn,
					       &db->err), out);
}

void retort_close(retort *db)
{
	if (!db)
		return;
	if (db->conn)
		conn_close(db->conn);
	model_unload(&db->library);
	arena_clear(&db->results);
	arena_clear(&db->target);
	arena_clear(&db->mem);
	err_clear(&db->err);
	free(db);
}

void retort_forget(retort *db)
{
	db->graph = NULL;
	arena_clear(&db->results);
}

const retort_error *retort_last_error(const retort *db)
{
	return &db->err.pub;
}

void retort_cancel(retort *db)
{
	db->cancelled = 1;
	if (db->conn)
		db->conn->ops->interrupt(db->conn);
}

/* What stands in for an absent database is for one call, and for reading. */
static void drop_absent(retort *db)
{
	struct conn *c = db->conn;

	if (!c || !c->absent)
		return;
	db->conn = NULL;
	conn_close(c);
}

retort_status session_begin(retort *db)
{
	err_clear(&db->err);
	drop_absent(db);
	if (!db->config.version_table)
		return err_set(&db->err, RETORT_E_USAGE,
			       "the session was not opened");
	return RETORT_OK;
}

/*
 * Whatever stopped after a cancellation was stopped by it: Ctrl-C reaches a
 * compiler that runs for the call as well.
 */
retort_status session_end(retort *db, retort_status rc)
{
	if (rc < 0 && rc != RETORT_E_NOMEM && db->cancelled) {
		if (rc != RETORT_E_INTERRUPTED)
			rc = err_set(&db->err, RETORT_E_INTERRUPTED,
				     "interrupted");
		db->cancelled = 0;
	}
	return rc;
}

retort_status session_no_url(retort *db)
{
	SCRATCH(tmp);
	const char *example = dialect_default_url(&tmp, "app");

	err_set(&db->err, RETORT_E_FAIL, "no database is named");
	if (db->config.file)
		err_where(&db->err, db->config.file, 0);
	if (!db->o.section && db->config.sections.n)
		err_hint(&db->err, "The project has several: -n %s names one, "
			 "--all means each.", db->config.sections.v[0]);
	else if (!db->config.file)
		err_hint(&db->err, "Name it with --url or DATABASE_URL (\"%s\" "
			 "is a file in the working directory), or make a "
			 "project with \"db init\".", example ? example : "");
	else
		err_hint(&db->err, "Set \"url\" in the configuration, "
			 "DATABASE_URL, or --url; \"%s\" is a file in the "
			 "working directory.", example ? example : "");
	return RETORT_E_FAIL;
}

retort_status session_dialect(retort *db, const struct dialect **out)
{
	if (db->conn) {
		*out = db->conn->ops;
		return RETORT_OK;
	}
	if (!db->url || !*db->url)
		return session_no_url(db);
	return dialect_need(db->url, out, &db->err);
}

/* What the server says, as it comes. */
static void log_notice(void *payload, const char *text)
{
	static const char warning[] = "WARNING: ";
	size_t n = sizeof(warning) - 1;

	if (!strncmp(text, warning, n))
		session_log(payload, RETORT_LOG_WARNING, "%s", text + n);
	else
		session_log(payload, RETORT_LOG_INFO, "%s", text);
}

static retort_status connect_with(retort *db, struct conn_options o)
{
	const struct dialect *d;

	if (!o.may_be_absent)
		drop_absent(db);
	if (db->conn)
		return RETORT_OK;
	TRY(session_dialect(db, &d));
	o.lock_timeout_ms = db->config.lock_timeout_ms < 0
		? 0 : db->config.lock_timeout_ms;
	o.statement_timeout_ms = db->config.statement_timeout_ms;
	o.dev_url = db->config.dev_url;
	o.notice = log_notice;
	o.payload = db;
	o.watcher = db->o.statement;
	o.watcher_payload = db->o.payload;
	o.cancelled = &db->cancelled;
	o.base_directory = db->base_directory;
	o.search_path = db->search_path;
	o.home = db->home;
	if (db->must_exist) {
		o.must_exist = true;
		o.may_be_absent = false;
	}
	return conn_open(db->url, &o, &db->conn, &db->err);
}

retort_status session_connect(retort *db)
{
	return connect_with(db, (struct conn_options){0});
}

retort_status session_connect_existing(retort *db)
{
	return connect_with(db, (struct conn_options){ .must_exist = true });
}

retort_status session_connect_reading(retort *db)
{
	return connect_with(db, (struct conn_options){ .may_be_absent = true });
}

retort_status session_graph(retort *db)
{
	static const struct strings nowhere = {0};
	const struct strings *where = &db->config.version_locations;

	if (db->graph)
		return RETORT_OK;
	if (!db->o.directory && !db->config.file)
		return err_set(&db->err, RETORT_E_USAGE,
			       "the session has no project");
	if (db->config.may_have_none &&
	    !file_exists(db->config.version_locations.v[0]))
		where = &nowhere;
	return graph_load(where, db->config.recursive, &db->results,
			  &db->graph, &db->err);
}

retort_status session_rows(retort *db, struct arena *mem, struct strings *out)
{
	TRY(session_graph(db));
	TRY(session_connect_reading(db));
	TRY(version_read(db->conn, db->config.version_schema,
			 db->config.version_table, mem, out, &db->err));
	return run_check_rows(db->graph, out, &db->err);
}

struct run_options session_run_options(retort *db)
{
	return (struct run_options){
		.graph = db->graph,
		.version_table = db->config.version_table,
		.version_schema = db->config.version_schema,
		.compile = &db->compile,
		.naming = &db->config.naming,
		.reflect = &db->reflect,
		.x = db->o.x,
		.n_x = db->o.n_x,
		.user = db->o.user,
		.git_commit = db->o.git_commit,
		.git_directory = db->config.directory,
		.one_transaction = db->config.one_transaction,
		.lock_timeout_ms = db->config.lock_timeout_ms,
		.tries = db->config.lock_tries,
		.scratch_url = db->config.dev_url ? db->config.dev_url : db->url,
		.log = db->o.log,
		.progress = db->o.progress,
		.payload = db->o.payload,
		.cancelled = &db->cancelled,
	};
}
