/*
 * A revision that is not one transaction. Each statement is recorded when it is
 * done: in one transaction with it where it may stand in one, so that what is
 * done and what is recorded cannot differ. A digest of all texts so far tells
 * whether the file was changed where it has run.
 */
#include <string.h>

#include "base/digest.h"
#include "migrate/run.h"

/* Mark the database as being inside the revision. */
static retort_status mark_begun(struct run *r, const struct step *st,
				const struct work *w, struct err *err)
{
	struct log_row row = {
		.revision = st->revision->id,
		.direction = way_word(st->way),
		.started = r->started,
		.user = r->o->user,
		.git_commit = r->git_commit,
		.content = w->content,
	};

	TRY(run_ensure_tables(r, err));
	TRY(run_check_version(r, err));
	return log_insert(&r->tables, &row, err);
}

static void say_unfinished(const struct work *w, size_t at, bool resumed,
			   struct err *err)
{
	const char *old = err->pub.detail;

	if (err->pub.code == RETORT_E_NOMEM)
		return;
	err_detail(err, "%s%sRevision %s is half done: %zu of its %zu "
		   "statements have run.", old ? old : "", old ? "\n" : "",
		   w->revision->id, at, w->script.stmts.n);
	if (resumed)
		err_hint(err, "The statement may have run before the last run "
			 "was stopped. If so, put the database right by hand "
			 "and finish with \"db stamp\".");
	else
		err_hint(err, "Put right what stopped it and run it again: it "
			 "goes on with this statement. Or put the database "
			 "right by hand and finish with \"db stamp\".");
}

/* Statements done so far, and the digest of their texts. */
struct done {
	size_t n;
	char before[DIGEST_SIZE], now[DIGEST_SIZE];
};

/*
 * Functions have no text: where there are some it is all of the file that must
 * stay as it is.
 */
static void done_none(const struct work *w, struct done *d)
{
	const char *text = w->calls.n && w->content ? w->content : "";

	d->n = 0;
	digest(text, strlen(text), "", 0, d->now);
}

static void done_next(const struct work *w, struct done *d)
{
	const char *sql = w->script.stmts.v[d->n++].sql;

	memcpy(d->before, d->now, DIGEST_SIZE);
	digest(d->before, DIGEST_SIZE, sql, strlen(sql), d->now);
}

/* Is what has run still what the file begins with? */
static bool is_same(const struct run *r, const struct work *w,
		    struct done *d)
{
	done_none(w, d);
	if (!w->script.no_transaction ||
	    r->resume_at + r->begun > w->script.stmts.n)
		return false;
	while (d->n < r->resume_at + r->begun)
		done_next(w, d);
	return r->resume_done ? !strcmp(r->resume_done, d->now)
			      : !r->resume_at && !r->begun;
}

retort_status run_check_done(const struct run *r, const struct work *w,
			     struct err *err)
{
	struct done d;

	if (is_same(r, w, &d))
		return RETORT_OK;
	err_set(err, RETORT_E_FAIL, "cannot go on with revision %s: what has "
		"run of its file was changed since", w->revision->id);
	err_where(err, w->revision->path, 0);
	err_hint(err, "Restore the file: only the statements after number %zu "
		 "may change. Or put the database right by hand and say where "
		 "it is with \"db stamp\".", r->resume_at + r->begun);
	return RETORT_E_FAIL;
}

static retort_status note(struct run *r, const struct work *w, long long n,
			  const char *digest, struct err *err)
{
	return log_progress(&r->tables, w->revision->id, n, digest, err);
}

/* It runs by itself. What was marked as begun may have come to its end. */
static retort_status run_alone(struct run *r, const struct work *w,
			       const struct done *d, bool mark,
			       struct err *err)
{
	SCRATCH_ERR(ignored);
	retort_status rc;

	if (mark)
		TRY(note(r, w, -(long long)d->n, d->now, err));
	rc = work_run_one(&r->site, w, d->n - 1, NULL, err);
	if (rc == RETORT_OK)
		return note(r, w, (long long)d->n, d->now, err);
	if (mark)	/* it failed, and did not stop in between */
		note(r, w, (long long)d->n - 1, d->before, &ignored);
	return rc;
}

/* In a transaction with the record, or *alone is set and nothing was done. */
static retort_status run_recorded(struct run *r, const struct work *w,
				  const struct done *done, bool *alone,
				  struct err *err)
{
	const struct dialect *d = r->site.dialect;
	struct conn *c = r->site.conn;
	retort_status rc;

	TRY(d->begin(c, err));
	rc = work_run_one(&r->site, w, done->n - 1, NULL, err);
	*alone = rc < 0 && d->must_be_alone(err);
	if (rc == RETORT_OK)
		rc = note(r, w, (long long)done->n, done->now, err);
	if (rc == RETORT_OK)
		rc = d->commit(c, err);
	if (rc < 0)
		d->rollback(c);
	return rc;
}

/*
 * Transactions of the revision's own are left to it. What it records inside
 * one counts when that is committed.
 */
static retort_status run_once(struct run *r, const struct work *w,
			      const struct done *done, struct err *err)
{
	const struct dialect *d = r->site.dialect;
	bool alone = false;
	retort_status rc;

	if (!d->must_be_alone)
		return run_alone(r, w, done, false, err);
	if (d->in_transaction(r->site.conn) ||
	    work_ends_transaction(w->script.stmts.v[done->n - 1].sql))
		return run_alone(r, w, done, false, err);
	rc = run_recorded(r, w, done, &alone, err);
	if (!alone)
		return rc;
	err_clear(err);
	return run_alone(r, w, done, true, err);
}

/* Take away what the last of them left when it failed or was stopped. */
static retort_status prepare_again(struct run *r, const struct work *w,
				   const struct done *last, bool begun,
				   bool *done, struct err *err)
{
	SCRATCH(tmp);
	const struct dialect *d = r->site.dialect;
	const char *sql = w->script.stmts.v[last->n - 1].sql;
	char *said = NULL;

	*done = false;
	if (!d->before_retry)
		return RETORT_OK;
	TRY(d->before_retry(r->site.conn, sql, begun, &tmp, done, &said, err));
	if (said)
		run_log(r->o, RETORT_LOG_WARNING, "%s", said);
	return *done ? note(r, w, (long long)last->n, last->now, err)
		     : RETORT_OK;
}

static retort_status run_one(struct run *r, const struct work *w,
			     const struct done *d, struct err *err)
{
	SCRATCH(tmp);
	char *what = arena_printf(&tmp, "statement %zu of revision %s", d->n,
				  w->revision->id);
	bool done = false;
	retort_status rc;

	if (!what)
		return err_nomem(err);
	for (int tries = 1; ; tries++) {
		rc = run_once(r, w, d, err);
		if (r->site.dialect->in_transaction(r->site.conn) ||
		    !run_try_again(r, what, tries, rc, err))
			return rc < 0 ? err->pub.code : rc;
		TRY(prepare_again(r, w, d, false, &done, err));
	}
}

/* What statements before the one to go on with have set for the session. */
static retort_status set_again(struct run *r, const struct work *w,
			       struct err *err)
{
	const struct dialect *d = r->site.dialect;

	for (size_t i = 0; d->sets_session && i < r->resume_at; i++)
		if (d->sets_session(w->script.stmts.v[i].sql))
			TRY(work_run_one(&r->site, w, i, NULL, err));
	return RETORT_OK;
}

/* Goes to where the last run was stopped. */
static retort_status resume(struct run *r, const struct work *w,
			    struct done *d, struct err *err)
{
	struct done next;
	bool done = false;

	done_none(w, d);
	while (d->n < r->resume_at)
		done_next(w, d);
	TRY(set_again(r, w, err));
	if (d->n == w->script.stmts.n)
		return RETORT_OK;
	next = *d;
	done_next(w, &next);
	TRY(prepare_again(r, w, &next, r->begun, &done, err));
	if (done)
		*d = next;
	return RETORT_OK;
}

static retort_status refuse_open(const struct work *w, struct err *err)
{
	err_set(err, RETORT_E_FAIL, "revision %s leaves its transaction open",
		w->revision->id);
	err_where(err, w->revision->path, 0);
	err_hint(err, "Put a COMMIT at its end.");
	return RETORT_E_FAIL;
}

/* The statements after those of `d`; *kept is how many are sure to stay. */
static retort_status run_rest(struct run *r, const struct work *w,
			      struct done *d, size_t *kept, struct err *err)
{
	struct conn *c = r->site.conn;
	retort_status rc;

	*kept = d->n;
	while (d->n < w->script.stmts.n) {
		done_next(w, d);
		rc = run_one(r, w, d, err);
		if (rc < 0 && r->site.dialect->must_be_alone)
			r->site.dialect->rollback(c);
		TRY(rc);
		if (!r->site.dialect->in_transaction(c))
			*kept = d->n;
	}
	return r->site.dialect->in_transaction(c) ? refuse_open(w, err)
						  : RETORT_OK;
}

static retort_status settle_and_write(struct run *r, const struct step *st,
				      const struct work *w, struct err *err)
{
	TRY(run_settle(r, w, err));
	return run_write_rows(r, st, w, err);
}

retort_status run_piecemeal(struct run *r, const struct step *st,
			    const struct work *w, struct err *err)
{
	bool resumed = r->unfinished != NULL;
	struct done d;
	size_t first, kept;
	retort_status rc;

	if (!resumed)
		TRY(run_transact(r, st, w, mark_begun, err));
	r->unfinished = w->revision->id;
	done_none(w, &d);
	if (resumed)
		TRY(resume(r, w, &d, err));
	first = d.n;
	rc = run_rest(r, w, &d, &kept, err);
	if (rc < 0) {
		say_unfinished(w, kept, resumed && kept == first && !r->site
			       .dialect->must_be_alone, err);
		return rc;
	}
	TRY(run_transact(r, st, w, settle_and_write, err));
	r->unfinished = NULL;
	return RETORT_OK;
}
