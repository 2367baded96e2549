/*
 * Waiting for the server: for a connection, and for the result of a statement.
 * Whoever waits may be interrupted, and told how far a statement has come, which
 * a second connection asks.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "dialect/postgresql/pg.h"

enum {
	LOOK_EVERY_MS = 100,	/* whether to stop */
	GIVE_UP_MS = 3000,	/* after a statement was cancelled */
	ASK_AFTER_MS = 1500,	/* how far a statement is */
	ANSWER_MS = 2000	/* to that, or it is not asked again */
};

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Is there something to do? A signal ends it early. */
static bool wait_a_little(struct pg_conn *c, PGconn *db, short events)
{
	struct pollfd p = { .fd = c->pq->PQsocket(db), .events = events };

	return poll(&p, 1, LOOK_EVERY_MS) > 0;
}

static bool asked_to_stop(const struct pg_conn *c)
{
	return atomic_load(&c->interrupted) ||
	       (c->parent && atomic_load(&c->parent->interrupted));
}

/* Connecting ------------------------------------------------------------ */

static bool given_up(const struct pg_conn *c)
{
	return c->options.cancelled && *c->options.cancelled;
}

/* As libpq would; and with several hosts each has so long. */
static long long timeout_ms(struct pg_conn *c, PGconn *db, bool *several)
{
	PQconninfoOption *all = c->pq->PQconninfo(db);
	long seconds = 0;

	*several = false;
	for (PQconninfoOption *o = all; o && o->keyword; o++) {
		if (!o->val)
			continue;
		if (!strcmp(o->keyword, "connect_timeout"))
			seconds = strtol(o->val, NULL, 10);
		else if (!strncmp(o->keyword, "host", 4))
			*several |= strchr(o->val, ',') != NULL;
	}
	c->pq->PQconninfoFree(all);
	return seconds <= 0 ? 0 : seconds < 2 ? 2000 : seconds * 1000LL;
}

static retort_status fail_late(struct pg_conn *c, long long ms,
			       struct err *err)
{
	err_set(err, RETORT_E_UNREACHABLE, "could not connect to \"%s\"",
		c->shown);
	err_detail(err, "It did not answer within %lld s.", ms / 1000);
	err_hint(err, "Check host and port, and that no firewall is in between; "
		 "or give it longer with connect_timeout.");
	return RETORT_E_UNREACHABLE;
}

static retort_status poll_connection(struct pg_conn *c, PGconn *db,
				     long long ms, struct err *err)
{
	const long long start = now_ms();
	PostgresPollingStatusType s = PGRES_POLLING_WRITING;

	while (s == PGRES_POLLING_WRITING || s == PGRES_POLLING_READING) {
		short events = s == PGRES_POLLING_WRITING ? POLLOUT : POLLIN;

		if (given_up(c))
			return err_set(err, RETORT_E_INTERRUPTED,
				       "interrupted");
		if (ms && now_ms() - start >= ms)
			return fail_late(c, ms, err);
		if (wait_a_little(c, db, events))
			s = c->pq->PQconnectPoll(db);
	}
	return RETORT_OK;
}

retort_status pg_connect(struct pg_conn *c, const char *const *keys,
			 const char *const *values, struct err *err)
{
	bool several;
	long long ms;

	c->db = c->pq->PQconnectStartParams(keys, values, 1);
	if (!c->db)
		return err_nomem(err);
	if (c->pq->PQstatus(c->db) == CONNECTION_BAD)
		return RETORT_OK;	/* which the caller sees */
	c->pq->PQsetNoticeReceiver(c->db, pg_receive_notice, c);
	ms = timeout_ms(c, c->db, &several);
	if (!ms || !several)
		return poll_connection(c, c->db, ms, err);
	/* To go on with the next host in time is left to libpq. */
	c->pq->PQfinish(c->db);
	c->db = c->pq->PQconnectdbParams(keys, values, 1);
	if (!c->db)
		return err_nomem(err);
	c->pq->PQsetNoticeReceiver(c->db, pg_receive_notice, c);
	return RETORT_OK;
}

/* Progress -------------------------------------------------------------- */

/* What the second connection says of the first. */
struct said {
	char phase[64];
	unsigned long long done, total;
};

static unsigned long long number(const char *s)
{
	return s ? strtoull(s, NULL, 10) : 0;
}

static void read_progress(struct pg_conn *c, const PGresult *r,
			  struct said *out)
{
	const char *waits = c->pq->PQgetvalue(r, 0, 0);

	if (*waits)
		snprintf(out->phase, sizeof(out->phase),
			 ": waits for session %s", waits);
	else if (!c->pq->PQgetisnull(r, 0, 1))
		snprintf(out->phase, sizeof(out->phase), ": %s",
			 c->pq->PQgetvalue(r, 0, 1));
	else
		return;
	out->done = number(c->pq->PQgetvalue(r, 0, 2));
	out->total = number(c->pq->PQgetvalue(r, 0, 3));
}

static void ignore_notice(void *payload, const PGresult *r)
{
	(void)payload, (void)r;
}

static bool second_connection(struct pg_conn *c)
{
	SCRATCH_ERR(ignored);
	const char *const keys[] = { "fallback_application_name", "dbname",
		"client_encoding", c->database ? "dbname" : NULL, NULL };
	const char *const values[] = { "retort", c->url, "UTF8", c->database,
		NULL };

	c->other = c->pq->PQconnectStartParams(keys, values, 1);
	if (!c->other || c->pq->PQstatus(c->other) == CONNECTION_BAD)
		return false;
	c->pq->PQsetNoticeReceiver(c->other, ignore_notice, NULL);
	return poll_connection(c, c->other, ANSWER_MS, &ignored) == RETORT_OK &&
	       c->pq->PQstatus(c->other) == CONNECTION_OK;
}

/* One row, or NULL. */
static PGresult *query_progress(struct pg_conn *c)
{
	const long long start = now_ms();
	char pid[16];
	const char *const arg[] = { pid };

	snprintf(pid, sizeof(pid), "%d", c->pq->PQbackendPID(c->db));
	if (!c->pq->PQsendQueryParams(c->other, sql_postgresql_progress, 1,
				      NULL, arg, NULL, NULL, 0))
		return NULL;
	while (c->pq->PQisBusy(c->other)) {
		wait_a_little(c, c->other, POLLIN);
		if (now_ms() - start > ANSWER_MS || asked_to_stop(c) ||
		    !c->pq->PQconsumeInput(c->other))
			return NULL;
	}
	return c->pq->PQgetResult(c->other);
}

/* Where the server does not tell, it is not asked again. */
static void ask(struct pg_conn *c, struct said *out)
{
	PGresult *r = NULL, *end;

	if (c->other_failed)
		return;
	if (c->other || second_connection(c))
		r = query_progress(c);
	if (c->pq->PQresultStatus(r) == PGRES_TUPLES_OK)
		read_progress(c, r, out);
	else
		c->other_failed = true;
	c->pq->PQclear(r);
	while (!c->other_failed && (end = c->pq->PQgetResult(c->other)))
		c->pq->PQclear(end);
}

static void tell(struct pg_conn *c, const char *sql, long long ms, bool ended)
{
	struct said said = {0};
	char begin[64], what[140];
	retort_statement s = {
		.size = sizeof(s), .what = what, .elapsed_ms = ms,
		.ended = ended
	};

	if (!ended && ms >= ASK_AFTER_MS)
		ask(c, &said);
	sql_beginning(sql, begin, sizeof(begin));
	snprintf(what, sizeof(what), "%s%s", begin, said.phase);
	s.done = said.done < said.total ? said.done : said.total;
	s.total = said.total;
	c->options.watcher(c->options.watcher_payload, &s);
}

/* Statements ------------------------------------------------------------ */

/*
 * PQcancel() waits for the server, which may be what does not answer: a process
 * of its own does that.
 */
static pid_t send_cancel(struct pg_conn *c)
{
	char ignored[256];
	pid_t pid = c->cancel ? fork() : -1;

	if (!pid) {
		c->pq->PQcancel(c->cancel, ignored, sizeof(ignored));
		_exit(0);
	}
	return pid;
}

/* It ends soon when the server answers; else it is ended. */
static void end_cancel(pid_t pid)
{
	const struct timespec pause = { 0, 10 * 1000000L };
	int status;

	for (int i = 0; pid > 0 && i < 50; i++) {
		if (waitpid(pid, &status, WNOHANG))
			return;
		nanosleep(&pause, NULL);
	}
	if (pid <= 0)
		return;
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
}

void pg_wait(struct pg_conn *c, const char *sql)
{
	const long long start = now_ms();
	long long cancelled = 0, next = start + WATCH_AFTER_MS, now;
	bool told = false;
	pid_t cancel = -1;

	while (c->pq->PQisBusy(c->db)) {
		now = now_ms();
		if (!cancelled && asked_to_stop(c)) {
			cancel = send_cancel(c);
			cancelled = now;
		}
		if (cancelled && now - cancelled >= GIVE_UP_MS)
			shutdown(c->pq->PQsocket(c->db), SHUT_RDWR);
		if (c->options.watcher && sql && !cancelled && now >= next) {
			told = true;
			tell(c, sql, now - start, false);
			next = now_ms() + WATCH_EVERY_MS;
		}
		wait_a_little(c, c->db, POLLIN);
		if (!c->pq->PQconsumeInput(c->db))
			break;
	}
	end_cancel(cancel);
	if (told)
		tell(c, sql, now_ms() - start, true);
}

/* COPY has no end that could be waited for. */
static bool is_copy(const struct pg_conn *c, const PGresult *r)
{
	ExecStatusType s = c->pq->PQresultStatus(r);

	return s == PGRES_COPY_IN || s == PGRES_COPY_OUT ||
	       s == PGRES_COPY_BOTH;
}

PGresult *pg_exec(struct pg_conn *c, const char *sql, int n,
		  const char *const arg[])
{
	const struct libpq *pq = c->pq;
	PGresult *r = NULL, *next;

	/* Only this ends a COPY that a statement began. */
	if (pq->PQtransactionStatus(c->db) == PQTRANS_ACTIVE)
		return pq->PQexecParams(c->db, sql, n, NULL, arg, NULL, NULL,
					0);
	if (!pq->PQsendQueryParams(c->db, sql, n, NULL, arg, NULL, NULL, 0))
		return NULL;
	do {
		pg_wait(c, sql);
		next = pq->PQgetResult(c->db);
		if (next) {
			pq->PQclear(r);
			r = next;
		}
	} while (next && !is_copy(c, r));
	return r;
}
