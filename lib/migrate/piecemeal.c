/*
 * A revision that is not one transaction. Each statement is recorded when it is
 * done: in one transaction with it where it may stand in one, so that what is
 * done and what is recorded cannot differ.
 */
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

static retort_status note(struct run *r, const struct work *w, long long done,
			  struct err *err)
{
	return log_progress(&r->tables, w->revision->id, done, err);
}

/* It runs by itself. What was marked as begun may have come to its end. */
static retort_status run_alone(struct run *r, const struct work *w, size_t i,
			       bool mark, struct err *err)
{
	SCRATCH_ERR(ignored);
	retort_status rc;

	if (mark)
		TRY(note(r, w, -(long long)i - 1, err));
	rc = work_run_one(&r->site, w, i, NULL, err);
	if (rc == RETORT_OK)
		return note(r, w, (long long)i + 1, err);
	if (mark)	/* it failed, and did not stop in between */
		note(r, w, (long long)i, &ignored);
	return rc;
}

/* In a transaction with the record, or *alone is set and nothing was done. */
static retort_status run_recorded(struct run *r, const struct work *w,
				  size_t i, bool *alone, struct err *err)
{
	const struct dialect *d = r->site.dialect;
	struct conn *c = r->site.conn;
	retort_status rc;

	TRY(d->begin(c, err));
	rc = work_run_one(&r->site, w, i, NULL, err);
	*alone = rc < 0 && d->must_be_alone(err);
	if (rc == RETORT_OK)
		rc = note(r, w, (long long)i + 1, err);
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
static retort_status run_once(struct run *r, const struct work *w, size_t i,
			      struct err *err)
{
	const struct dialect *d = r->site.dialect;
	bool alone = false;
	retort_status rc;

	if (!d->must_be_alone)
		return run_alone(r, w, i, false, err);
	if (d->in_transaction(r->site.conn) ||
	    work_ends_transaction(w->script.stmts.v[i].sql))
		return run_alone(r, w, i, false, err);
	rc = run_recorded(r, w, i, &alone, err);
	if (!alone)
		return rc;
	err_clear(err);
	return run_alone(r, w, i, true, err);
}

/* Take away what a statement left that failed or was stopped. */
static retort_status prepare_again(struct run *r, const struct work *w,
				   size_t i, bool begun, bool *done,
				   struct err *err)
{
	SCRATCH(tmp);
	const struct dialect *d = r->site.dialect;
	char *said = NULL;

	*done = false;
	if (!d->before_retry)
		return RETORT_OK;
	TRY(d->before_retry(r->site.conn, w->script.stmts.v[i].sql, begun,
			    &tmp, done, &said, err));
	if (said)
		run_log(r->o, RETORT_LOG_WARNING, "%s", said);
	return *done ? note(r, w, (long long)i + 1, err) : RETORT_OK;
}

static retort_status run_one(struct run *r, const struct work *w, size_t i,
			     struct err *err)
{
	SCRATCH(tmp);
	char *what = arena_printf(&tmp, "statement %zu of revision %s", i + 1,
				  w->revision->id);
	bool done = false;
	retort_status rc;

	if (!what)
		return err_nomem(err);
	for (int tries = 1; ; tries++) {
		rc = run_once(r, w, i, err);
		if (r->site.dialect->in_transaction(r->site.conn) ||
		    !run_try_again(r, what, tries, rc, err))
			return rc < 0 ? err->pub.code : rc;
		TRY(prepare_again(r, w, i, false, &done, err));
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

static retort_status resume(struct run *r, const struct work *w, size_t *first,
			    struct err *err)
{
	bool done = false;

	*first = r->resume_at;
	TRY(set_again(r, w, err));
	if (*first < w->script.stmts.n)
		TRY(prepare_again(r, w, *first, r->begun, &done, err));
	*first += done;
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

/* The statements from `first`; *kept is how many are sure to stay. */
static retort_status run_rest(struct run *r, const struct work *w,
			      size_t first, size_t *kept, struct err *err)
{
	struct conn *c = r->site.conn;
	retort_status rc;

	*kept = first;
	for (size_t i = first; i < w->script.stmts.n; i++) {
		rc = run_one(r, w, i, err);
		if (rc < 0 && r->site.dialect->must_be_alone)
			r->site.dialect->rollback(c);
		TRY(rc);
		if (!r->site.dialect->in_transaction(c))
			*kept = i + 1;
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
	size_t first = 0, kept;
	retort_status rc;

	if (!resumed)
		TRY(run_transact(r, st, w, mark_begun, err));
	r->unfinished = w->revision->id;
	if (resumed)
		TRY(resume(r, w, &first, err));
	rc = run_rest(r, w, first, &kept, err);
	if (rc < 0) {
		say_unfinished(w, kept, resumed && kept == first && !r->site
			       .dialect->must_be_alone, err);
		return rc;
	}
	TRY(run_transact(r, st, w, settle_and_write, err));
	r->unfinished = NULL;
	return RETORT_OK;
}
