#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dialect/postgresql/pg.h"

#define DEFAULT_LOCK_TIMEOUT_MS 5000

static struct pg_conn *cast(struct conn *c)
{
	return (struct pg_conn *)c;
}

/* "NOTICE:  …" without what is of no use outside the server. */
void pg_receive_notice(void *payload, const PGresult *r)
{
	SCRATCH(tmp);
	struct pg_conn *c = payload;
	const char *severity = c->pq->PQresultErrorField(r, PG_DIAG_SEVERITY);
	const char *text = c->pq->PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
	const char *detail = c->pq->PQresultErrorField(r, PG_DIAG_MESSAGE_DETAIL);
	char *line;

	if (!c->options.notice || !text)
		return;
	line = arena_printf(&tmp, "%s: %s%s%s", severity ? severity : "NOTICE",
			    text, detail ? ". " : "", detail ? detail : "");
	c->options.notice(c->options.payload, line ? line : "out of memory");
}

/* What is kept of the options must live as long as the connection. */
static bool keep_texts(struct pg_conn *c, const char *url,
		       const char *database)
{
	const char *dev = c->options.dev_url;
	const char *path = c->options.search_path, *home = c->options.home;

	c->url = pg_url(&c->mem, url);
	c->shown = pg_show_url(&c->mem, url);
	c->database = database ? arena_strdup(&c->mem, database) : NULL;
	c->options.dev_url = dev ? arena_strdup(&c->mem, dev) : NULL;
	c->options.search_path = path ? arena_strdup(&c->mem, path) : NULL;
	c->search_path = c->options.search_path;
	c->options.home = home ? arena_strdup(&c->mem, home) : NULL;
	return c->url && c->shown && !database == !c->database &&
	       !dev == !c->options.dev_url &&
	       !path == !c->options.search_path && !home == !c->options.home;
}

static struct pg_conn *conn_new(const char *url, const char *database,
				const struct conn_options *o)
{
	struct pg_conn *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->base.ops = &dialect_postgresql;
	if (o)
		c->options = *o;
	if (!o || o->lock_timeout_ms < 0)
		c->options.lock_timeout_ms = DEFAULT_LOCK_TIMEOUT_MS;
	if (keep_texts(c, url, database))
		return c;
	arena_clear(&c->mem);
	free(c);
	return NULL;
}

static int read_session(void *payload, int n, const char *const cell[])
{
	struct pg_conn *c = payload;

	c->standby = cell[0] && *cell[0] == 't';
	c->homeless = cell[n - 1] && *cell[n - 1] == 't';
	return 1;
}

/* The texts that the server prints must not depend on the user's settings. */
retort_status pg_set_up(struct pg_conn *c, struct err *err)
{
	static const char sql[] =
		"SELECT pg_is_in_recovery(), "
		"set_config('lock_timeout', $1, false), "
		"set_config('statement_timeout', $2, false), "
		"set_config('idle_in_transaction_session_timeout', '0', false), "
		"set_config('standard_conforming_strings', 'on', false), "
		"set_config('quote_all_identifiers', 'off', false), "
		"CASE WHEN $3 = 'on' THEN set_config("
		"'default_transaction_read_only', 'on', false) END, "
		"CASE WHEN $4 <> '' THEN set_config('search_path', $4, false) "
		"END, current_schema() IS NULL";
	char lock[16], statement[16];
	const char *arg[] = { lock, statement,
		c->options.read_only ? "on" : "off",
		c->search_path ? c->search_path : "" };

	snprintf(lock, sizeof(lock), "%d", c->options.lock_timeout_ms);
	snprintf(statement, sizeof(statement), "%d",
		 c->options.statement_timeout_ms > 0
		 ? c->options.statement_timeout_ms : 0);
	return pg_run(&c->base, sql, 4, arg, read_session, c, err);
}

retort_status pg_reset_session(struct conn *base, struct err *err)
{
	static const struct request all[] = {
		{ .sql = "RESET SESSION AUTHORIZATION" },
		{ .sql = "RESET ALL" },
		{ .sql = "DEALLOCATE ALL" }
	};
	size_t ignored;

	cast(base)->prepared.n = 0;	/* they may be gone, too */
	TRY(pg_run_many(base, all, 3, &ignored, err));
	return pg_set_up(cast(base), err);
}

/* What libpq made of URL, environment and service file for a keyword. */
static bool option_has(struct pg_conn *c, const char *keyword, char mark)
{
	PQconninfoOption *all = c->pq->PQconninfo(c->db), *o = all;
	bool found;

	while (o && o->keyword && strcmp(o->keyword, keyword))
		o++;
	found = o && o->keyword && o->val && strchr(o->val, mark);
	c->pq->PQconninfoFree(all);
	return found;
}

/*
 * What stands before "dbname" gives way to what the URL says. A server that
 * does not answer is not waited for as long as TCP would.
 */
static retort_status connect_as(struct pg_conn *c, const char *attributes,
				struct err *err)
{
	const char *const keys[] = { "fallback_application_name",
		attributes ? "target_session_attrs" : "client_encoding",
		"dbname", "client_encoding", c->database ? "dbname" : NULL,
		NULL };
	const char *const values[] = { "retort",
		attributes ? attributes : "UTF8", c->url, "UTF8", c->database,
		NULL };

	if (c->cancel)
		c->pq->PQfreeCancel(c->cancel);
	if (c->db)
		c->pq->PQfinish(c->db);
	c->cancel = NULL;
	c->db = NULL;
	TRY(pg_connect(c, keys, values, err));
	if (c->pq->PQstatus(c->db) != CONNECTION_OK)
		return pg_fail_connection(c, err);
	c->cancel = c->pq->PQgetCancel(c->db);
	return pg_set_up(c, err);
}

/*
 * Of several hosts the primary is wanted, unless the URL says otherwise. How
 * many there are, libpq alone knows: they may stand in a service file.
 */
static retort_status connect_to(struct pg_conn *c, struct err *err)
{
	TRY(pg_check_url(c->pq, c->url, c->shown, err));
	TRY(connect_as(c, NULL, err));
	if (!c->standby || c->options.read_only ||
	    !(option_has(c, "host", ',') || option_has(c, "hostaddr", ',')))
		return RETORT_OK;
	return connect_as(c, "read-write", err);
}

retort_status pg_open(const char *url, const struct conn_options *o,
		      struct conn **out, struct err *err)
{
	return pg_open_database(url, NULL, o, out, err);
}

retort_status pg_open_database(const char *url, const char *database,
			       const struct conn_options *o,
			       struct conn **out, struct err *err)
{
	const struct libpq *pq;
	struct pg_conn *c;
	retort_status rc;

	TRY(libpq_load(&pq, err));
	c = conn_new(url, database, o);
	if (!c)
		return err_nomem(err);
	c->pq = pq;
	rc = connect_to(c, err);
	if (rc == RETORT_OK && !database)
		rc = pg_check_home(c, err);
	if (rc < 0) {
		pg_close(&c->base);
		return rc;
	}
	*out = &c->base;
	return RETORT_OK;
}

void pg_close(struct conn *base)
{
	struct pg_conn *c = cast(base);

	if (!c)
		return;
	pg_scratch_part(c);
	if (c->cancel)
		c->pq->PQfreeCancel(c->cancel);
	if (c->other)
		c->pq->PQfinish(c->other);
	if (c->db)
		c->pq->PQfinish(c->db);	/* the lock ends with the session */
	if (c->scratch)
		pg_scratch_drop(c->maker, c->scratch);
	arena_clear(&c->mem);
	free(c);
}

/* Hand the rows to the caller; every cell as text. */
retort_status pg_each_row(struct pg_conn *c, const PGresult *r,
			  row_fn *row, void *payload, struct err *err)
{
	SCRATCH(tmp);
	int rows = c->pq->PQntuples(r), width = c->pq->PQnfields(r);
	const char **cell = arena_array(&tmp, const char *, (size_t)width + 1);

	if (!cell)
		return err_nomem(err);
	for (int i = 0; row && i < rows; i++) {
		for (int k = 0; k < width; k++)
			cell[k] = c->pq->PQgetisnull(r, i, k)
				? NULL : c->pq->PQgetvalue(r, i, k);
		if (row(payload, width, cell))
			break;
	}
	return RETORT_OK;
}

retort_status pg_run(struct conn *base, const char *sql,
		     int n, const char *const arg[],
		     row_fn *row, void *payload, struct err *err)
{
	struct pg_conn *c = cast(base);
	retort_status rc;
	PGresult *r;

	if (pg_interrupted(c))
		return err_set(err, RETORT_E_INTERRUPTED, "interrupted");
	r = pg_exec(c, sql, n, arg);
	switch (c->pq->PQresultStatus(r)) {
	case PGRES_COMMAND_OK:
	case PGRES_EMPTY_QUERY:
		rc = RETORT_OK;
		break;
	case PGRES_TUPLES_OK:
		rc = pg_each_row(c, r, row, payload, err);
		break;
	default:
		rc = r ? pg_fail(c, r, err) : pg_fail_lost(c, err);
	}
	c->pq->PQclear(r);
	return rc;
}

retort_status pg_begin(struct conn *c, struct err *err)
{
	return pg_run(c, "BEGIN", 0, NULL, NULL, NULL, err);
}

/* COMMIT of a transaction that failed answers ROLLBACK: not an error to SQL. */
retort_status pg_commit(struct conn *base, struct err *err)
{
	struct pg_conn *c = cast(base);

	if (c->pq->PQtransactionStatus(c->db) == PQTRANS_INERROR) {
		pg_rollback(base);
		return err_set(err, RETORT_E_DATABASE,
			       "could not commit: a statement had failed");
	}
	return pg_run(base, "COMMIT", 0, NULL, NULL, NULL, err);
}

void pg_rollback(struct conn *base)
{
	struct pg_conn *c = cast(base);
	int interrupted = atomic_exchange(&c->interrupted, 0);
	SCRATCH_ERR(ignored);

	if (pg_in_transaction(base))
		pg_run(base, "ROLLBACK", 0, NULL, NULL, NULL, &ignored);
	atomic_store(&c->interrupted, interrupted);
}

bool pg_in_transaction(struct conn *base)
{
	struct pg_conn *c = cast(base);
	PGTransactionStatusType s = c->pq->PQtransactionStatus(c->db);

	return s == PQTRANS_INTRANS || s == PQTRANS_INERROR;
}

/* Whoever waits for the server looks at this, at once after a signal. */
void pg_interrupt(struct conn *base)
{
	atomic_store(&cast(base)->interrupted, 1);
}

bool pg_interrupted(struct pg_conn *c)
{
	return atomic_exchange(&c->interrupted, 0) ||
	       (c->parent && atomic_load(&c->parent->interrupted));
}
