#include "migrate/runner.h"

#include <string.h>

#include "migrate/check.h"
#include "migrate/version.h"
#include "migrate/work.h"

/* One call of run_move(). */
struct run {
	struct site site;
	struct version_tables tables;
	enum direction way;
	const struct run_options *o;
	struct arena *mem;
	struct strings rows;	/* of the version table, as last seen */
	size_t done, total;
	bool created;		/* our tables are known to be there */
	bool covered;		/* the guard is open around all revisions */
	bool moved_elsewhere;	/* the rows were not those of the plan */
	const char *unfinished;	/* the revision that is half done, or NULL */
	size_t resume_at;	/* the statement it goes on with */
	long long began;	/* the revision, by now_ms() */
	char started[32];	/* the same for people, in UTC */
};

static bool same_rows(const struct strings *a, const struct strings *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!strings_has(b, a->v[i]))
			return false;
	return true;
}

static void announce(const struct run *r, const struct step *st,
		     const char *verb)
{
	SCRATCH(tmp);
	const struct revision *rev = st->revision;
	const char *down = join_ids(&tmp, &rev->down);
	bool up = st->way == UPGRADE, text = rev->message && *rev->message;

	run_log(r->o, RETORT_LOG_INFO, "%s %s %s -> %s%s%s", verb,
		way_word(st->way), up ? (down ? down : "") : rev->id,
		up ? rev->id : (down ? down : ""), text ? ", " : "",
		text ? rev->message : "");
}

/* Our tables, once in a run, inside the first transaction. */
static retort_status ensure_tables(struct run *r, struct err *err)
{
	if (r->created)
		return RETORT_OK;
	return version_create(&r->tables, err);
}

/* Inside the transaction: are the rows still those the plan was made from? */
static retort_status check_rows(struct run *r, struct err *err)
{
	SCRATCH(mem);
	struct strings rows = {0};

	TRY(version_rows(&r->tables, &mem, &rows, err));
	if (same_rows(&rows, &r->rows))
		return RETORT_OK;
	r->moved_elsewhere = true;
	err_set(err, RETORT_E_FAIL, "the version table was changed by another "
		"program while the migration ran");
	err_hint(err, "See what it did with \"db current\", then run it again.");
	return RETORT_E_FAIL;
}

static retort_status write_rows(struct run *r, const struct step *st,
				const struct work *w, struct err *err)
{
	char finished[32];
	struct log_row row = {
		.revision = st->revision->id,
		.direction = way_word(st->way),
		.started = r->started,
		.finished = finished,
		.duration_ms = now_ms() - r->began,
		.user = r->o->user,
		.git_commit = r->o->git_commit,
		.content = w->content,
	};

	now_text(finished);
	TRY(version_write(&r->tables, &st->delete_rows, &st->insert_rows, err));
	if (w->script.no_transaction)
		return log_finish(&r->tables, &row, err);
	return log_insert(&r->tables, &row, err);
}

/* Name the revision in an error that is about no statement of it. */
static retort_status in_revision(const struct work *w, retort_status rc,
				 struct err *err)
{
	if (rc == RETORT_E_FAIL || rc == RETORT_E_DATABASE) {
		err_context(err, "revision %s", w->revision->id);
		if (!err->pub.file)
			err_where(err, w->revision->path, 0);
	}
	return rc;
}

/* All that happens between BEGIN and COMMIT. */
static retort_status in_transaction(struct run *r, const struct step *st,
				    const struct work *w, struct guard *g,
				    struct err *err)
{
	const struct dialect *d = r->site.dialect;
	retort_status rc;

	TRY(ensure_tables(r, err));
	TRY(check_rows(r, err));
	if (g)
		TRY(d->guard_begin(g, err));
	TRY(work_run(&r->site, w, g, err));
	if (g && (rc = d->guard_check(g, err)) < 0)
		return in_revision(w, rc, err);
	return write_rows(r, st, w, err);
}

/* BEGIN, the body, COMMIT; in a run that is one transaction only the body. */
static retort_status run_guarded(struct run *r, const struct step *st,
				 const struct work *w, struct guard *g,
				 struct err *err)
{
	const struct dialect *d = r->site.dialect;
	struct conn *c = r->site.conn;
	retort_status rc;

	if (r->o->one_transaction)
		return in_transaction(r, st, w, g, err);
	TRY(d->begin(c, err));
	rc = in_transaction(r, st, w, g, err);
	if (rc == RETORT_OK && (rc = d->commit(c, err)) < 0)
		in_revision(w, rc, err);
	if (rc < 0)
		d->rollback(c);
	return rc;
}

static retort_status run_step(struct run *r, const struct step *st,
			      struct work *w, struct err *err)
{
	const struct dialect *d = r->site.dialect;
	struct guard *g = NULL;
	retort_status rc;

	w->script.guarded |= r->covered;
	if (w->script.guarded && d->guard_open)
		TRY(d->guard_open(r->site.conn, &w->script, &g, err));
	rc = run_guarded(r, st, w, g, err);
	if (g)
		d->guard_close(g);
	return rc;
}

/* Mark the database as being inside the revision. */
static retort_status mark_begun(struct run *r, const struct step *st,
				const struct work *w, struct err *err)
{
	struct log_row row = {
		.revision = st->revision->id,
		.direction = way_word(st->way),
		.started = r->started,
		.user = r->o->user,
		.git_commit = r->o->git_commit,
		.content = w->content,
	};

	TRY(ensure_tables(r, err));
	TRY(check_rows(r, err));
	return log_insert(&r->tables, &row, err);
}

/* A transaction around something of ours. */
typedef retort_status body_fn(struct run *r, const struct step *st,
			      const struct work *w, struct err *err);

static retort_status transact(struct run *r, const struct step *st,
			      const struct work *w, body_fn *body,
			      struct err *err)
{
	const struct dialect *d = r->site.dialect;
	retort_status rc;

	TRY(d->begin(r->site.conn, err));
	rc = body(r, st, w, err);
	if (rc == RETORT_OK)
		rc = d->commit(r->site.conn, err);
	if (rc < 0)
		d->rollback(r->site.conn);
	return rc;
}

static void say_unfinished(const struct work *w, size_t at, bool resumed,
			   struct err *err)
{
	const char *old = err->pub.detail;

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

/* Statement by statement; what is done is recorded after each. */
static retort_status run_piecemeal(struct run *r, const struct step *st,
				   const struct work *w, struct err *err)
{
	bool resumed = r->unfinished != NULL;
	size_t first = resumed ? r->resume_at : 0;
	retort_status rc;

	if (!resumed)
		TRY(transact(r, st, w, mark_begun, err));
	r->unfinished = w->revision->id;
	for (size_t i = first; i < w->script.stmts.n; i++) {
		rc = work_run_one(&r->site, w, i, NULL, err);
		if (rc == RETORT_OK)
			rc = log_progress(&r->tables, w->revision->id, i + 1,
					  err);
		if (rc < 0) {
			say_unfinished(w, i, resumed && i == first, err);
			return rc;
		}
	}
	TRY(transact(r, st, w, write_rows, err));
	r->unfinished = NULL;
	return RETORT_OK;
}

static retort_status refuse_mixed(const struct work *w, struct err *err)
{
	err_set(err, RETORT_E_FAIL, "cannot run revision %s, which is "
		"\"transaction=off\", in one transaction with others",
		w->revision->id);
	err_where(err, w->revision->path, 0);
	err_hint(err, "Run it with \"transaction = revision\" in the "
		 "configuration.");
	return RETORT_E_FAIL;
}

/* The version rows move without anything being run. */
static retort_status move_rows(struct run *r, const struct step *st,
			       const struct work *w, struct err *err)
{

	(void)w;
	TRY(ensure_tables(r, err));
	TRY(check_rows(r, err));
	return version_write(&r->tables, &st->delete_rows, &st->insert_rows,
			     err);
}

static retort_status run_prepared(struct run *r, const struct step *st,
				  struct work *w, struct arena *mem,
				  struct err *err)
{
	if (st->stamp)
		return r->o->one_transaction ? move_rows(r, st, w, err)
					     : transact(r, st, w, move_rows,
							err);
	TRY(work_prepare(&r->site, w, mem, err));
	if (!w->script.no_transaction)
		return run_step(r, st, w, err);
	if (r->o->one_transaction)
		return refuse_mixed(w, err);
	return run_piecemeal(r, st, w, err);
}

/* One revision, and what has to be known after it. */
static retort_status take_step(struct run *r, const struct step *st,
			       struct err *err)
{
	SCRATCH(tmp);
	struct work w = { .revision = st->revision, .way = st->way };
	struct strings next;
	retort_status rc;

	TRY(check_cancelled(r->o, err));
	/* Before: what is committed must not fail any more. */
	TRY(run_next_rows(&r->rows, st, r->mem, &next, err));
	r->began = now_ms();
	now_text(r->started);
	if (!st->stamp)
		announce(r, st, "Running");
	rc = run_prepared(r, st, &w, &tmp, err);
	if (rc < 0 || w.opaque)
		site_forget_schema(&r->site);
	work_clear(&w);
	if (rc < 0)
		return rc;
	r->rows = next;
	r->created = true;
	r->done++;
	if (r->o->progress)
		r->o->progress(r->o->payload, way_word(r->way), r->done,
			       r->total);
	return RETORT_OK;
}

static retort_status take_steps(struct run *r, const struct steps *plan,
				struct err *err)
{
	r->total = r->done + plan->n;
	for (size_t i = 0; i < plan->n; i++)
		TRY(take_step(r, &plan->v[i], err));
	return RETORT_OK;
}

/* Does a revision need the guard? Of one in C it is not known before. */
static retort_status needs_guard(struct run *r, const struct steps *plan,
				 bool *out, struct err *err)
{
	*out = false;
	for (size_t i = 0; i < plan->n && !*out; i++) {
		SCRATCH(tmp);
		const struct step *st = &plan->v[i];
		struct script script = {0};
		bool found;

		if (st->stamp)
			continue;
		if (st->revision->format == REVISION_SQL)
			TRY(revision_section(st->revision, st->way,
					     r->site.dialect, r->o->x,
					     r->o->n_x, &tmp, &script, &found,
					     err));
		*out = script.guarded || st->revision->format == REVISION_C;
	}
	return RETORT_OK;
}

/*
 * transaction = all: every revision or none. What a guard switches can only be
 * switched before BEGIN, so one is opened around them; each revision has its
 * own, too, for what it checks.
 */
static retort_status take_steps_at_once(struct run *r,
					const struct steps *plan,
					struct err *err)
{
	static const struct script nothing = { .guarded = true };
	const struct dialect *d = r->site.dialect;
	const struct strings before = r->rows;
	struct guard *g = NULL;
	retort_status rc;

	if (d->guard_open)
		TRY(needs_guard(r, plan, &r->covered, err));
	if (r->covered)
		TRY(d->guard_open(r->site.conn, &nothing, &g, err));
	rc = d->begin(r->site.conn, err);
	if (rc == RETORT_OK)
		rc = take_steps(r, plan, err);
	if (rc == RETORT_OK)
		rc = d->commit(r->site.conn, err);
	if (rc < 0) {
		d->rollback(r->site.conn);
		r->rows = before;
		r->done = 0;
	}
	if (g)
		d->guard_close(g);
	return rc;
}

static retort_status make_plan(struct run *r, const char *target,
			       struct arena *mem, struct steps *out,
			       struct err *err)
{
	const struct graph *g = r->o->graph;

	r->rows = (struct strings){0};
	TRY(version_read(r->site.conn, r->tables.schema, r->tables.table, mem,
			 &r->rows, err));
	TRY(run_check_rows(g, &r->rows, err));
	return r->way == UPGRADE
		? graph_upgrade(g, target, &r->rows, mem, out, err)
		: graph_downgrade(g, target, &r->rows, mem, out, err);
}

/* A revision that an earlier run left half done must be the next step. */
static retort_status check_unfinished(struct run *r, const struct steps *plan,
				      struct arena *mem, struct err *err)
{
	struct log_rows rows = {0};
	const struct log_row *row;
	const struct step *next = plan->n ? &plan->v[0] : NULL;
	char *content;

	TRY(log_unfinished(&r->tables, mem, &rows, err));
	if (!rows.n)
		return RETORT_OK;
	row = rows.v[rows.n - 1];
	if (!next || strcmp(next->revision->id, row->revision) ||
	    strcmp(way_word(next->way), row->direction)) {
		err_set(err, RETORT_E_FAIL, "the %s of revision %s was stopped "
			"after %lld statements and is half done",
			row->direction, row->revision, row->statements);
		err_hint(err, "Finish it with \"db %s\", or put the database "
			 "right by hand and say where it is with \"db stamp\".",
			 row->direction);
		return RETORT_E_FAIL;
	}
	TRY(revision_blob_id(next->revision, mem, &content, err));
	if (row->content && strcmp(content, row->content)) {
		err_set(err, RETORT_E_FAIL, "cannot go on with revision %s: "
			"its file was changed while it was half done",
			row->revision);
		err_where(err, next->revision->path, 0);
		err_hint(err, "Restore the file, or put the database right by "
			 "hand and say where it is with \"db stamp\".");
		return RETORT_E_FAIL;
	}
	r->unfinished = row->revision;
	r->resume_at = (size_t)row->statements;
	run_log(r->o, RETORT_LOG_WARNING, "Going on with %s of %s after "
		"statement %lld, where it was stopped", row->direction,
		row->revision, row->statements);
	return RETORT_OK;
}

static retort_status warn_changed(struct run *r, struct arena *mem,
				  struct err *err)
{
	struct strings lines = {0};

	TRY(run_changed_files(&r->tables, r->o->graph, &r->rows, mem, &lines,
			      err));
	for (size_t i = 0; i < lines.n; i++)
		run_log(r->o, RETORT_LOG_WARNING, "%s", lines.v[i]);
	return RETORT_OK;
}

/*
 * Plans again when somebody else moved the database between plan and
 * transaction; a relative target would then mean something else.
 */
static retort_status move_locked(struct run *r, const char *target,
				 struct arena *mem, struct err *err)
{
	for (int tries = 0; ; tries++) {
		struct steps plan = {0};
		retort_status rc;

		TRY(make_plan(r, target, mem, &plan, err));
		TRY(check_unfinished(r, &plan, mem, err));
		if (!tries)
			TRY(warn_changed(r, mem, err));
		r->moved_elsewhere = false;
		rc = r->o->one_transaction && plan.n
			? take_steps_at_once(r, &plan, err)
			: take_steps(r, &plan, err);
		if (rc == RETORT_OK)
			return rc;
		if (!r->moved_elsewhere || tries == 10 ||
		    strpbrk(target, "+-")) {
			if (!r->unfinished && rc != RETORT_E_NOMEM)
				run_say_where(&r->rows, err);
			return rc;
		}
	}
}

/*
 * Where there is nothing to do no lock is needed, nor the right to write. The
 * work of a run that holds the lock is not seen yet, so then there is.
 */
static retort_status nothing_to_do(struct run *r, const char *target,
				   struct arena *mem, bool *out,
				   struct err *err)
{
	struct steps plan = {0};

	TRY(make_plan(r, target, mem, &plan, err));
	*out = !plan.n;
	if (plan.n)
		return RETORT_OK;
	TRY(check_unfinished(r, &plan, mem, err));
	return warn_changed(r, mem, err);
}

/* dry_run: say what would be done. */
static retort_status only_plan(struct run *r, const char *target,
			       struct arena *mem, struct err *err)
{
	struct steps plan = {0};

	TRY(make_plan(r, target, mem, &plan, err));
	for (size_t i = 0; i < plan.n; i++)
		if (!plan.v[i].stamp)
			announce(r, &plan.v[i], "Would run");
	r->done = plan.n;
	return RETORT_OK;
}

retort_status run_move(struct conn *c, enum direction way, const char *target,
		       const struct run_options *o, size_t *moved,
		       struct err *err)
{
	SCRATCH(mem);
	struct run r = {
		.site = { .dialect = c->ops, .conn = c, .o = o },
		.tables = { c, o->version_schema, o->version_table },
		.way = way,
		.o = o,
		.mem = &mem,
	};
	bool nothing = false;
	retort_status rc;

	TRY(check_cancelled(o, err));
	if (o->dry_run)
		TRY(only_plan(&r, target, &mem, err));
	else
		TRY(nothing_to_do(&r, target, &mem, &nothing, err));
	if (!o->dry_run && !nothing) {
		TRY(run_lock(c, o, err));
		rc = move_locked(&r, target, &mem, err);
		c->ops->unlock(c);
		site_clear(&r.site);
		TRY(rc);
	}
	if (moved)
		*moved = r.done;
	return RETORT_OK;
}
