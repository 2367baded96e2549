/* Several statements in one round trip: libpq's pipeline mode. */
#include <string.h>

#include "dialect/postgresql/pg.h"

/* Is it prepared already, of the first `known`, or by one before it? */
static bool is_prepared(const struct pg_conn *c, size_t known,
			const struct request *q, size_t i)
{
	const struct strings old = { c->prepared.v, known, known };

	if (strings_has(&old, q[i].name))
		return true;
	for (size_t k = 0; k < i; k++)
		if (q[k].name && !strcmp(q[k].name, q[i].name))
			return true;
	return false;
}

static bool send_one(struct pg_conn *c, const struct request *q, size_t i)
{
	const struct libpq *pq = c->pq;

	if (!q[i].name)
		return pq->PQsendQueryParams(c->db, q[i].sql, q[i].n, NULL,
					     q[i].arg, NULL, NULL, 0);
	if (!is_prepared(c, c->prepared.n, q, i) &&
	    !pq->PQsendPrepare(c->db, q[i].name, q[i].sql, q[i].n, NULL))
		return false;
	return pq->PQsendQueryPrepared(c->db, q[i].name, q[i].n, q[i].arg, NULL,
				       NULL, 0);
}

static bool send_all(struct pg_conn *c, const struct request *q, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!send_one(c, q, i))
			return false;
	return c->pq->PQpipelineSync(c->db);
}

/* The result of one query; `rc` is what those before it came to. */
static retort_status take_result(struct pg_conn *c, const struct request *q,
				 retort_status rc, struct err *err)
{
	PGresult *r, *next;

	pg_wait(c, q->sql);
	r = c->pq->PQgetResult(c->db);
	if (!r)
		return rc < 0 ? rc : pg_fail_lost(c, err);
	if (rc == RETORT_OK)
		switch (c->pq->PQresultStatus(r)) {
		case PGRES_COMMAND_OK:
		case PGRES_EMPTY_QUERY:
			break;
		case PGRES_TUPLES_OK:
			rc = pg_each_row(c, r, q->row, q->payload, err);
			break;
		default:
			rc = pg_fail(c, r, err);
		}
	c->pq->PQclear(r);
	while ((next = c->pq->PQgetResult(c->db)))	/* to its end */
		c->pq->PQclear(next);
	return rc;
}

/* Where it was prepared just now, that has a result of its own. */
static retort_status take_both(struct pg_conn *c, size_t known,
			       const struct request *q, size_t i,
			       retort_status rc, struct err *err)
{
	char *name;

	if (q[i].name && !is_prepared(c, known, q, i)) {
		rc = take_result(c, &q[i], rc, err);
		name = arena_strdup(&c->mem, q[i].name);
		if (rc == RETORT_OK &&
		    (!name || !vec_push(&c->mem, &c->prepared, name)))
			rc = err_nomem(err);
	}
	return take_result(c, &q[i], rc, err);
}

/* After the last query the server says that it is in step again. */
static void take_sync(struct pg_conn *c)
{
	PGresult *r = c->pq->PQgetResult(c->db);

	c->pq->PQclear(r);
	c->pq->PQexitPipelineMode(c->db);
}

retort_status pg_run_many(struct conn *base, const struct request *q, size_t n,
			  size_t *failed, struct err *err)
{
	struct pg_conn *c = (struct pg_conn *)base;
	retort_status rc = RETORT_OK;
	const size_t known = c->prepared.n;

	*failed = 0;
	if (pg_interrupted(c))
		return err_set(err, RETORT_E_INTERRUPTED, "interrupted");
	if (!c->pq->PQenterPipelineMode(c->db) || !send_all(c, q, n)) {
		pg_fail_lost(c, err);
		c->pq->PQexitPipelineMode(c->db);
		return RETORT_E_UNREACHABLE;
	}
	for (size_t i = 0; i < n; i++) {
		bool before = rc == RETORT_OK;

		rc = take_both(c, known, q, i, rc, err);
		if (rc < 0 && before)
			*failed = i;
	}
	take_sync(c);
	return rc;
}
