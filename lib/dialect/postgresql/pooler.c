/*
 * A pooler between us and the server gives each transaction whichever session
 * is free: the runner's lock, and all that SET does, would be lost between
 * two. One that lends a session for as long as the connection lasts is fine.
 */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "dialect/postgresql/pg.h"

enum { WAIT_MS = 3000 };

static const char ask[] = "SELECT pg_backend_pid()";

static int read_number(void *payload, int n, const char *const cell[])
{
	(void)n;
	*(int *)payload = cell[0] ? atoi(cell[0]) : 0;
	return 1;
}

static retort_status backend_of(struct pg_conn *c, int *pid, struct err *err)
{
	return pg_run(&c->base, ask, 0, NULL, read_number, pid, err);
}

/*
 * The server's process behind another connection, or 0: a pooler that has no
 * second one to lend lets it wait.
 */
static int other_backend(struct pg_conn *c, PGconn *other)
{
	struct pollfd p = { .fd = c->pq->PQsocket(other), .events = POLLIN };
	PGresult *r;
	int pid = 0;

	if (!c->pq->PQsendQueryParams(other, "BEGIN", 0, NULL, NULL, NULL,
				      NULL, 0))
		return 0;
	while (c->pq->PQisBusy(other))
		if (poll(&p, 1, WAIT_MS) <= 0 ||
		    !c->pq->PQconsumeInput(other))
			return 0;
	while ((r = c->pq->PQgetResult(other)))
		c->pq->PQclear(r);
	r = c->pq->PQexecParams(other, ask, 0, NULL, NULL, NULL, NULL, 0);
	if (c->pq->PQresultStatus(r) == PGRES_TUPLES_OK)
		pid = atoi(c->pq->PQgetvalue(r, 0, 0));
	c->pq->PQclear(r);
	return pid;
}

/* While another holds a session in a transaction: is ours still our own? */
static retort_status session_is_lent(struct pg_conn *c, int pid, bool *own,
				     struct err *err)
{
	const char *const keys[] = { "connect_timeout", "dbname", NULL };
	const char *const values[] = { "3", c->url, NULL };
	PGconn *other = c->pq->PQconnectdbParams(keys, values, 1);
	retort_status rc = RETORT_OK;
	int theirs = 0, now = pid;

	if (other && c->pq->PQstatus(other) == CONNECTION_OK)
		theirs = other_backend(c, other);
	if (theirs && theirs != pid)
		rc = backend_of(c, &now, err);
	if (other)
		c->pq->PQfinish(other);
	*own = theirs != pid && now == pid;
	return rc;
}

retort_status pg_check_pooler(struct pg_conn *c, struct err *err)
{
	bool own = true;
	int pid;

	TRY(backend_of(c, &pid, err));
	if (pid == c->pq->PQbackendPID(c->db))
		return RETORT_OK;
	TRY(session_is_lent(c, pid, &own, err));
	if (own)
		return RETORT_OK;
	err_set(err, RETORT_E_UNREACHABLE, "cannot run migrations over \"%s\": "
		"it is a pooler in transaction mode", c->shown);
	err_hint(err, "The lock that keeps two runs apart would be lost between "
		 "two statements. Name the server itself, or a pooler in "
		 "session mode.");
	return RETORT_E_UNREACHABLE;
}
