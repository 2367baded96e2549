#include <string.h>

#include "dialect/postgresql/pg.h"

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
	{ "55P04", RETORT_E_DATABASE, "A value of an enum can be used after "
	  "it was committed: write \"transaction=off\" on the line of the "
	  "section, or add the value in a revision of its own." },
	{ "2D000", RETORT_E_DATABASE, "What commits by itself needs "
	  "\"transaction=off\" on the line of the section." },
	{ "25001", RETORT_E_DATABASE, "Write \"transaction=off\" on the line "
	  "of the section." },
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
	{ "57P0", RETORT_E_UNREACHABLE, "The server ended the connection. What "
	  "was not committed was rolled back; run it again." },
	{ "53300", RETORT_E_UNREACHABLE, "The server has no connection left. "
	  "Wait a little and run it again." },
	{ "08", RETORT_E_UNREACHABLE, "The connection was lost. What was not "
	  "committed was rolled back; run it again." },
	{ "25006", RETORT_E_UNREACHABLE, "The server is a read-only standby, or "
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
	if (pg_interrupted(c))
		return err_set(err, RETORT_E_INTERRUPTED, "interrupted");
	err_set(err, RETORT_E_DATABASE,
		"the statement was cancelled, or took longer than the "
		"statement timeout");
	err_hint(err, "Set a longer statement_timeout in the configuration, or "
		 "none.");
	err_sqlstate(err, "57014");
	return RETORT_E_DATABASE;
}

/* What to do about a connection that could not be made, by libpq's text. */
static const struct {
	const char *text, *hint;
} connection_hints[] = {
	{ "starting up", "The server is starting. Wait a little and run it "
	  "again." },
	{ "shutting down", "The server is stopping. Wait a little and run it "
	  "again." },
	{ "recovery mode", "The server is recovering from a crash. Wait a "
	  "little and run it again." },
	{ "not accepting connections", "The server is a standby that answers no "
	  "queries. Connect to the primary, or wait a little." },
	{ "not yet accepting", "The server is starting. Wait a little and run "
	  "it again." },
	{ "password authentication failed", "Check the user and the password "
	  "of the URL, $PGPASSWORD or the passfile." },
	{ "no pg_hba.conf entry", "The server's pg_hba.conf does not let this "
	  "user in from here; ask who runs it." },
	{ "session is read-only", "None of the hosts is a primary. Name it in "
	  "the URL." },
	{ "server is in hot standby", "None of the hosts is a primary. Name "
	  "it in the URL." },
	{ "too many", "The server has no connection left. Wait a little and "
	  "run it again." },
	{ "remaining connection slots", "The server has no connection left. "
	  "Wait a little and run it again." },
	{ "definition of service", "Check the name of the service, and "
	  "~/.pg_service.conf." },
	{ "role \"", "Check the user of the URL or $PGUSER." },
	{ "database \"", "Check the name in the URL, or make it with "
	  "\"createdb\"." },
	{ "SSL", "Check sslmode and the certificates that the URL names." },
	{ "certificate", "Check sslmode and the certificates that the URL "
	  "names." },
	{ "translate host name", "Check the name of the host in the URL." },
	{ "", "Check host and port, and that the server runs." }
};

retort_status pg_fail_connection(struct pg_conn *c, struct err *err)
{
	SCRATCH(tmp);
	char *text = one_line(&tmp, c->pq->PQerrorMessage(c->db));
	size_t i = 0;

	if (!text)
		return err_nomem(err);
	err_set(err, RETORT_E_UNREACHABLE, "could not connect to \"%s\"",
		c->shown);
	err_detail(err, "%s", text);
	if (c->pq->PQconnectionNeedsPassword(c->db)) {
		err_hint(err, "The server wants a password: put it into "
			 "$PGPASSWORD or a passfile (~/.pgpass).");
		return RETORT_E_UNREACHABLE;
	}
	while (!strstr(text, connection_hints[i].text))
		i++;
	err_hint(err, "%s", connection_hints[i].hint);
	return RETORT_E_UNREACHABLE;
}

retort_status pg_fail_standby(struct pg_conn *c, struct err *err)
{
	err_set(err, RETORT_E_UNREACHABLE, "cannot change \"%s\": it is a "
		"read-only standby", c->shown);
	err_hint(err, "Connect to the primary. Where the URL names all hosts "
		 "(postgresql://a,b/db) it is found.");
	return RETORT_E_UNREACHABLE;
}

/* The connection broke under a statement. */
retort_status pg_fail_lost(struct pg_conn *c, struct err *err)
{
	SCRATCH(tmp);
	char *text = one_line(&tmp, c->pq->PQerrorMessage(c->db));

	err_set(err, RETORT_E_UNREACHABLE,
		"lost the connection to \"%s\"", c->shown);
	if (text && *text)
		err_detail(err, "%s", text);
	err_hint(err, "What was not committed was rolled back by the server; "
		 "run it again.");
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
		return pg_fail_lost(c, err);
	if (state && !strcmp(state, "57014"))
		return fail_canceled(c, err);
	m = state ? meaning_of(state) : NULL;
	err_set(err, m ? m->status : RETORT_E_DATABASE, "%s",
		text ? text : c->pq->PQresultErrorMessage(r));
	add_detail(c, r, err);
	if (m || hint)
		err_hint(err, "%s", m ? m->hint : hint);
	if (state)
		err_sqlstate(err, state);
	return m ? m->status : RETORT_E_DATABASE;
}

struct path {
	char *list, *role, *closed;
	struct arena *mem;
};

static int read_path(void *payload, int n, const char *const cell[])
{
	struct path *p = payload;

	(void)n;
	p->list = arena_strdup(p->mem, cell[0]);
	p->role = arena_strdup(p->mem, cell[1]);
	p->closed = arena_strdup(p->mem, cell[2]);
	return 1;
}

retort_status pg_fail_homeless(struct pg_conn *c, struct err *err)
{
	SCRATCH(tmp);
	struct path p = { .mem = &tmp };

	TRY(pg_run(&c->base, sql_postgresql_homeless, 0, NULL, read_path, &p,
		   err));
	if (!p.list || !p.role)
		return err_nomem(err);
	if (p.closed) {
		err_set(err, RETORT_E_DATABASE, "role \"%s\" may not use "
			"schema %s of the search path", p.role, p.closed);
		err_hint(err, "GRANT USAGE ON SCHEMA %s TO it, or connect as "
			 "another role.", p.closed);
		return RETORT_E_DATABASE;
	}
	err_set(err, RETORT_E_DATABASE,
		"no schema of the search path exists: %s",
		*p.list ? p.list : "it is empty");
	err_hint(err, "Create one of them, put options=-csearch_path%%3DNAME "
		 "into the URL, or name schemas with include_schemas and "
		 "version_table_schema in db.ini.");
	return RETORT_E_DATABASE;
}

/* It may have got one since. */
retort_status pg_need_home(struct conn *base, struct err *err)
{
	struct pg_conn *c = (struct pg_conn *)base;

	if (c->homeless)
		TRY(pg_set_up(c, err));
	return c->homeless ? pg_fail_homeless(c, err) : RETORT_OK;
}
