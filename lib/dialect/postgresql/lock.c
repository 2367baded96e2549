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

/*
 * The schema and name of the version table, whether it is there already or will
 * be made: tenants in schemas of one database do not wait for each other, and
 * however a schema was chosen, its runs do.
 */
static const char who[] =
	"SELECT coalesce((SELECT n.nspname FROM pg_catalog.pg_class c "
	"JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
	"WHERE c.oid = to_regclass($1)), "
	"p[array_length(p, 1) - 1], current_schema()) || '.' || "
	"p[array_length(p, 1)] FROM parse_ident($1) p";

static int read_text(void *payload, int n, const char *const cell[])
{
	(void)n;
	buf_add(payload, cell[0] ? cell[0] : "");
	return 1;
}

/* FNV-1a; advisory locks are per database already. */
static retort_status find_key(struct pg_conn *c, const char *version_table,
			      struct err *err)
{
	SCRATCH(tmp);
	struct buf b = { .mem = &tmp };
	uint64_t h = 14695981039346656037u;

	buf_add(&b, "retort:");
	TRY(pg_run(&c->base, who, 1, &version_table, read_text, &b, err));
	if (!buf_text(&b))
		return err_nomem(err);
	for (const char *s = b.s; *s; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	snprintf(c->lock_key, sizeof(c->lock_key), "%" PRId64, (int64_t)h);
	return RETORT_OK;
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
	TRY(find_key(c, version_table, err));
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
