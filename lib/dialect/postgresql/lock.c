/*
 * The runner's lock: a session advisory lock, tried again and again. One that
 * waited inside the server would hold a snapshot, and CREATE INDEX
 * CONCURRENTLY of the holder would wait for that: a deadlock.
 */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "dialect/postgresql/pg.h"

enum { TRY_EVERY_MS = 50 };

/* FNV-1a; advisory locks are per database already. */
static int64_t key_of(const char *version_table)
{
	uint64_t h = 14695981039346656037u;

	for (const char *s = "retort:"; *s; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	for (const char *s = version_table; *s; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	return (int64_t)h;
}

static int read_bool(void *payload, int n, const char *const cell[])
{
	(void)n;
	*(bool *)payload = cell[0] && *cell[0] == 't';
	return 1;
}

static retort_status fail_locked(int timeout_ms, struct err *err)
{
	err_set(err, RETORT_E_LOCKED,
		"could not get the lock of another run within %d ms", timeout_ms);
	err_hint(err, "Another \"db\" is changing this database. Wait until it "
		 "is done, or give a longer --lock-timeout.");
	return RETORT_E_LOCKED;
}

retort_status pg_lock(struct conn *base, const char *version_table,
		      int timeout_ms, void (*waiting)(void *),
		      void *payload, struct err *err)
{
	struct pg_conn *c = (struct pg_conn *)base;
	const char *const arg[] = { c->lock_key };
	const struct timespec pause = { 0, TRY_EVERY_MS * 1000000L };
	struct timespec start, now;

	if (c->standby)
		return pg_fail_standby(c, err);
	TRY(pg_check_pooler(c, err));
	snprintf(c->lock_key, sizeof(c->lock_key), "%" PRId64,
		 key_of(version_table));
	clock_gettime(CLOCK_MONOTONIC, &start);
	for (bool first = true; ; first = false) {
		TRY(pg_run(base, "SELECT pg_try_advisory_lock($1::bigint)", 1,
			   arg, read_bool, &c->locked, err));
		if (c->locked)
			return RETORT_OK;
		clock_gettime(CLOCK_MONOTONIC, &now);
		if ((now.tv_sec - start.tv_sec) * 1000 +
		    (now.tv_nsec - start.tv_nsec) / 1000000 >= timeout_ms)
			return fail_locked(timeout_ms, err);
		if (first && waiting)
			waiting(payload);
		nanosleep(&pause, NULL);
		if (atomic_exchange(&c->interrupted, 0))
			return err_set(err, RETORT_E_INTERRUPTED,
				       "interrupted");
	}
}

void pg_unlock(struct conn *base)
{
	struct pg_conn *c = (struct pg_conn *)base;
	const char *const arg[] = { c->lock_key };
	SCRATCH_ERR(ignored);

	if (!c->locked)
		return;
	c->locked = false;
	pg_run(base, "SELECT pg_advisory_unlock($1::bigint)", 1, arg, NULL,
	       NULL, &ignored);
}
