#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dialect/postgresql/pg.h"

#define DEFAULT_LOCK_TIMEOUT_MS 5000

static struct pg_conn *cast(struct conn *c)
{
	return (struct pg_conn *)c;
}

/* A server's message without the newline at its end. */
static char *one_line(struct arena *mem, const char *s)
{
	size_t n = strlen(s);

	while (n && (s[n - 1] == '\n' || s[n - 1] == ' '))
		n--;
	return arena_strndup(mem, s, n);
}

/* Errors that say something else than "the server refused a statement". */
struct meaning {
	const char *sqlstate;	/* or the first letters of several */
	retort_status status;
	const char *hint;
};

static const struct meaning meanings[] = {
	{ "55P03", RETORT_E_LOCKED, "Somebody else holds a lock on it. Run it "
	  "again when the traffic is low, or give a longer lock timeout." },
	{ "40P01", RETORT_E_LOCKED, "Two transactions waited for each other "
	  "and this one was chosen to give way. Run it again." },
	{ "40001", RETORT_E_LOCKED, "Another transaction changed the same "
	  "rows. Run it again." },
	{ "28P01", RETORT_E_UNREACHABLE, "Check the user and the password of "
	  "the URL, $PGPASSWORD or the passfile." },
	{ "28000", RETORT_E_UNREACHABLE, "Check the user of the URL and the "
	  "server's pg_hba.conf." },
	{ "3D000", RETORT_E_UNREACHABLE, "Check the name in the URL, or make "
	  "it with \"createdb\"." },
	{ "57P03", RETORT_E_UNREACHABLE, "The server is starting or stopping. "
	  "Wait a little and run it again." },
	{ "57P0", RETORT_E_UNREACHABLE, "The server ended the connection. The "
	  "transaction under way was rolled back; run it again." },
	{ "53300", RETORT_E_UNREACHABLE, "The server has no connection left. "
	  "Wait a little and run it again." },
	{ "08", RETORT_E_UNREACHABLE, "The connection was lost. The "
	  "transaction under way was rolled back; run it again." },
	{ "25006", RETORT_E_DATABASE, "The server is a read-only standby, or "
	  "the session was made read-only. Connect to the primary; with "
	  "several hosts target_session_attrs=read-write finds it." },
	{ "42501", RETORT_E_DATABASE, "The role of this connection may not do "
	  "that. Connect as the owner, or have it granted." },
	{ "53100", RETORT_E_DATABASE, "Make room on the server's disk and run "
	  "it again." },
	{ "53200", RETORT_E_DATABASE, "The server ran out of memory for locks; "
	  "raise max_locks_per_transaction, or use fewer objects in one "
	  "revision." }
};

static const struct meaning *meaning_of(const char *sqlstate)
{
	for (size_t i = 0; i < sizeof(meanings) / sizeof(*meanings); i++)
		if (!strncmp(sqlstate, meanings[i].sqlstate,
			     strlen(meanings[i].sqlstate)))
			return &meanings[i];
	return NULL;
}

static retort_status fail_canceled(struct pg_conn *c, struct err *err)
{
	if (atomic_exchange(&c->interrupted, 0))
		return err_set(err, RETORT_E_INTERRUPTED, "interrupted");
	err_set(err, RETORT_E_DATABASE,
		"the statement was cancelled, or took longer than the "
		"statement timeout");
	err_hint(err, "Set a longer statement timeout, or none.");
	return RETORT_E_DATABASE;
}

retort_status pg_fail_connection(struct pg_conn *c, struct err *err)
{
	SCRATCH(tmp);
	char *text = one_line(&tmp, c->pq->PQerrorMessage(c->db));

	if (!text)
		return err_nomem(err);
	err_set(err, RETORT_E_UNREACHABLE, "could not connect to \"%s\"",
		c->shown);
	err_detail(err, "%s", text);
	if (c->pq->PQconnectionNeedsPassword(c->db))
		err_hint(err, "The server wants a password: put it into "
			 "$PGPASSWORD or a passfile (~/.pgpass).");
	else if (strstr(text, "starting up"))
		err_hint(err, "The server is starting. Wait a little and run "
			 "it again.");
	else if (strstr(text, "password authentication failed"))
		err_hint(err, "Check the user and the password of the URL, "
			 "$PGPASSWORD or the passfile.");
	else if (strstr(text, "does not exist"))
		err_hint(err, "Check the name in the URL, or make it with "
			 "\"createdb\".");
	else
		err_hint(err, "Check host and port, and that the server runs.");
	return RETORT_E_UNREACHABLE;
}

/* The connection broke under a statement. */
static retort_status fail_lost(struct pg_conn *c, struct err *err)
{
	SCRATCH(tmp);
	char *text = one_line(&tmp, c->pq->PQerrorMessage(c->db));

	err_set(err, RETORT_E_UNREACHABLE,
		"lost the connection to \"%s\"", c->shown);
	if (text && *text)
		err_detail(err, "%s", text);
	err_hint(err, "The transaction under way was rolled back by the "
		 "server; run it again.");
	return RETORT_E_UNREACHABLE;
}

static void add_detail(struct pg_conn *c, const PGresult *r, struct err *err)
{
	const char *detail = c->pq->PQresultErrorField(r, PG_DIAG_MESSAGE_DETAIL);
	const char *context = c->pq->PQresultErrorField(r, PG_DIAG_CONTEXT);

	if (detail && context)
		err_detail(err, "%s %s", detail, context);
	else if (detail || context)
		err_detail(err, "%s", detail ? detail : context);
}

retort_status pg_fail(struct pg_conn *c, const PGresult *r, struct err *err)
{
	const char *state = c->pq->PQresultErrorField(r, PG_DIAG_SQLSTATE);
	const char *text = c->pq->PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
	const char *hint = c->pq->PQresultErrorField(r, PG_DIAG_MESSAGE_HINT);
	const struct meaning *m;

	if (c->pq->PQstatus(c->db) != CONNECTION_OK && !state)
		return fail_lost(c, err);
	if (state && !strcmp(state, "57014"))
		return fail_canceled(c, err);
	m = state ? meaning_of(state) : NULL;
	err_set(err, m ? m->status : RETORT_E_DATABASE, "%s",
		text ? text : c->pq->PQresultErrorMessage(r));
	add_detail(c, r, err);
	if (hint)
		err_hint(err, "%s", hint);
	else if (m)
		err_hint(err, "%s", m->hint);
	if (state)
		err_sqlstate(err, state);
	return m ? m->status : RETORT_E_DATABASE;
}

/* Notices are not errors: dropped until somebody wants them in the log. */
static void drop_notice(void *payload, const PGresult *r)
{
	(void)payload, (void)r;
}

static struct pg_conn *conn_new(const char *url, const struct conn_options *o)
{
	struct pg_conn *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->base.ops = &dialect_postgresql;
	if (o)
		c->options = *o;
	if (!o || o->lock_timeout_ms < 0)
		c->options.lock_timeout_ms = DEFAULT_LOCK_TIMEOUT_MS;
	c->url = pg_url(&c->mem, url);
	c->shown = pg_show_url(&c->mem, url);
	if (c->url && c->shown)
		return c;
	arena_clear(&c->mem);
	free(c);
	return NULL;
}

/*
 * What every session of ours starts with. The texts that the server prints
 * must not depend on the user's settings.
 */
static retort_status set_up(struct pg_conn *c, struct err *err)
{
	static const char sql[] =
		"SELECT set_config('lock_timeout', $1, false), "
		"set_config('statement_timeout', $2, false), "
		"set_config('idle_in_transaction_session_timeout', '0', false), "
		"set_config('standard_conforming_strings', 'on', false), "
		"set_config('quote_all_identifiers', 'off', false), "
		"set_config('default_transaction_read_only', $3, false)";
	char lock[16], statement[16];
	const char *arg[] = { lock, statement,
		c->options.read_only ? "on" : "off" };

	snprintf(lock, sizeof(lock), "%d", c->options.lock_timeout_ms);
	snprintf(statement, sizeof(statement), "%d",
		 c->options.statement_timeout_ms > 0
		 ? c->options.statement_timeout_ms : 0);
	return pg_run(&c->base, sql, 3, arg, NULL, NULL, err);
}

/*
 * Of several hosts the primary is wanted, unless the URL says otherwise: what
 * stands before "dbname" gives way to what the URL says.
 */
static retort_status connect_to(struct pg_conn *c, struct err *err)
{
	const char *hosts = c->options.read_only ? "any" : "read-write";
	const char *const keys[] = { "fallback_application_name",
		"target_session_attrs", "dbname", "client_encoding", NULL };
	const char *const values[] = { "retort",
		strchr(c->url, ',') ? hosts : "any", c->url, "UTF8", NULL };

	c->db = c->pq->PQconnectdbParams(keys, values, 1);
	if (!c->db)
		return err_nomem(err);
	if (c->pq->PQstatus(c->db) != CONNECTION_OK)
		return pg_fail_connection(c, err);
	c->pq->PQsetNoticeReceiver(c->db, drop_notice, NULL);
	c->cancel = c->pq->PQgetCancel(c->db);
	return set_up(c, err);
}

retort_status pg_open(const char *url, const struct conn_options *o,
		      struct conn **out, struct err *err)
{
	const struct libpq *pq;
	struct pg_conn *c;
	retort_status rc;

	TRY(libpq_load(&pq, err));
	c = conn_new(url, o);
	if (!c)
		return err_nomem(err);
	c->pq = pq;
	rc = connect_to(c, err);
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
	if (c->cancel)
		c->pq->PQfreeCancel(c->cancel);
	if (c->db)
		c->pq->PQfinish(c->db);	/* the lock ends with the session */
	if (c->scratch)
		pg_scratch_drop(c->maker, c->scratch);
	arena_clear(&c->mem);
	free(c);
}

/* Hand the rows to the caller; every cell as text. */
static retort_status each_row(struct pg_conn *c, const PGresult *r,
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

	if (atomic_exchange(&c->interrupted, 0))
		return err_set(err, RETORT_E_INTERRUPTED, "interrupted");
	r = c->pq->PQexecParams(c->db, sql, n, NULL, arg, NULL, NULL, 0);
	switch (c->pq->PQresultStatus(r)) {
	case PGRES_COMMAND_OK:
	case PGRES_EMPTY_QUERY:
		rc = RETORT_OK;
		break;
	case PGRES_TUPLES_OK:
		rc = each_row(c, r, row, payload, err);
		break;
	default:
		rc = r ? pg_fail(c, r, err) : fail_lost(c, err);
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

/* PQcancel() is safe in a signal handler; its buffer must be our own. */
void pg_interrupt(struct conn *base)
{
	struct pg_conn *c = cast(base);
	char ignored[256];

	atomic_store(&c->interrupted, 1);
	if (c->cancel)
		c->pq->PQcancel(c->cancel, ignored, sizeof(ignored));
}
