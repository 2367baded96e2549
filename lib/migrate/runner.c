#include "migrate/runner.h"

#include <string.h>
#include <time.h>

#include "migrate/applied.h"
#include "migrate/check.h"
#include "migrate/run.h"

enum { DEFAULT_TRIES = 3 };

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

retort_status run_ensure_tables(struct run *r, struct err *err)
{
	if (r->created)
		return RETORT_OK;
	TRY(version_create(&r->tables, err));
	return version_resolve(&r->tables, r->mem, err);
}

retort_status run_same_rows(struct run *r, const struct strings *rows,
			    struct err *err)
{
	r->checked = true;
	return same_rows(rows, &r->rows) ? RETORT_OK : run_moved(r, err);
}

retort_status run_moved(struct run *r, struct err *err)
{
	r->moved_elsewhere = true;
	err_set(err, RETORT_E_FAIL, "the version table was changed by another "
		"program while the migration ran");
	err_hint(err, "See what it did with \"db current\", then run it again.");
	return RETORT_E_FAIL;
}

/* In one transaction for all, only the first step can find others' rows. */
retort_status run_check_version(struct run *r, struct err *err)
{
	SCRATCH(mem);
	struct strings rows = {0};

	if (r->o->one_transaction && r->checked)
		return RETORT_OK;
	TRY(version_rows(&r->tables, &mem, &rows, err));
	return run_same_rows(r, &rows, err);
}

retort_status run_tell(struct run *r, const struct step *st, struct err *err)
{
	const struct applied a = {
		.o = r->o, .dialect = r->site.dialect, .conn = r->site.conn,
		.step = st, .rows = &r->rows
	};

	return run_applied(&a, err);
}

retort_status run_write_rows(struct run *r, const struct step *st,
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
		.git_commit = r->git_commit,
		.content = w->content,
	};

	now_text(finished);
	if (!r->o->one_transaction)
		TRY(version_write(&r->tables, &st->delete_rows,
				  &st->insert_rows, err));
	TRY(w->script.no_transaction ? log_finish(&r->tables, &row, err)
				     : log_insert(&r->tables, &row, err));
	return run_tell(r, st, err);
}

retort_status run_in_revision(const struct work *w, retort_status rc,
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

	TRY(run_ensure_tables(r, err));
	TRY(run_check_version(r, err));
	if (g)
		TRY(d->guard_begin(g, err));
	TRY(work_run(&r->site, w, g, err));
	if (g && (rc = d->guard_check(g, err)) < 0)
		return run_in_revision(w, rc, err);
	TRY(run_settle(r, w, err));
	return run_write_rows(r, st, w, err);
}

/* BEGIN, the body, COMMIT; in a run that is one transaction only the body. */
static retort_status run_guarded(struct run *r, const struct step *st,
				 const struct work *w, struct guard *g,
				 struct err *err)
{
	const struct dialect *d = r->site.dialect;
	struct conn *c = r->site.conn;
	retort_status rc;

	if (!g && run_can_batch(r, w))
		return run_batched(r, st, w, err);
	if (r->o->one_transaction)
		return in_transaction(r, st, w, g, err);
	TRY(d->begin(c, err));
	rc = in_transaction(r, st, w, g, err);
	if (rc == RETORT_OK && (rc = d->commit(c, err)) < 0)
		run_in_revision(w, rc, err);
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

retort_status run_transact(struct run *r, const struct step *st,
			   const struct work *w, run_body *body,
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

bool run_sets_session(const struct run *r, const struct work *w)
{
	const struct dialect *d = r->site.dialect;

	for (size_t i = 0; d->sets_session && i < w->script.stmts.n; i++)
		if (d->sets_session(w->script.stmts.v[i].sql))
			return true;
	return false;
}

retort_status run_settle(struct run *r, const struct work *w, struct err *err)
{
	return run_sets_session(r, w)
		? r->site.dialect->reset_session(r->site.conn, err)
		: RETORT_OK;
}

bool run_try_again(struct run *r, const char *what, int tries,
		   retort_status rc, struct err *err)
{
	const struct dialect *d = r->site.dialect;
	int limit = r->o->tries > 0 ? r->o->tries : DEFAULT_TRIES;
	long ms = 100L << (tries < 5 ? tries : 5);
	struct timespec pause;

	if (rc >= 0 || tries >= limit || !d->worth_retry ||
	    !d->worth_retry(err))
		return false;
	ms += now_ms() % 50;	/* two that met need not meet again */
	run_log(r->o, RETORT_LOG_WARNING, "%s: %s; try %d of %d in %.1f s",
		what, err->pub.message, tries + 1, limit, (double)ms / 1000);
	pause = (struct timespec){ ms / 1000, ms % 1000 * 1000000 };
	nanosleep(&pause, NULL);
	if (check_cancelled(r->o, err) < 0)
		return false;
	err_clear(err);
	return true;
}

/* A revision that did not get its locks is rolled back and tried again. */
static retort_status run_tries(struct run *r, const struct step *st,
			       struct work *w, struct err *err)
{
	SCRATCH(tmp);
	char *what = arena_printf(&tmp, "revision %s", st->revision->id);
	retort_status rc;

	if (!what)
		return err_nomem(err);
	for (int tries = 1; ; tries++) {
		rc = run_step(r, st, w, err);
		if (r->o->one_transaction ||
		    !run_try_again(r, what, tries, rc, err))
			return rc < 0 ? err->pub.code : rc;
	}
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
	TRY(run_ensure_tables(r, err));
	TRY(run_check_version(r, err));
	if (!r->o->one_transaction)
		TRY(version_write(&r->tables, &st->delete_rows,
				  &st->insert_rows, err));
	return run_tell(r, st, err);
}

static retort_status run_prepared(struct run *r, const struct step *st,
				  struct work *w, struct arena *mem,
				  struct err *err)
{
	if (st->stamp)
		return r->o->one_transaction ? move_rows(r, st, w, err)
					     : run_transact(r, st, w,
							    move_rows, err);
	TRY(work_prepare(&r->site, w, mem, err));
	if (r->unfinished)
		TRY(run_check_done(r, w, err));
	if (!w->script.no_transaction)
		return run_tries(r, st, w, err);
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
 * The version rows are written once, at the end: a row that is updated again
 * and again in one transaction is searched for longer each time.
 */
static retort_status write_all_rows(struct run *r, const struct strings *before,
				    struct err *err)
{
	struct strings gone = {0}, new = {0};

	for (size_t i = 0; i < before->n; i++)
		if (!strings_has(&r->rows, before->v[i]) &&
		    !vec_push(r->mem, &gone, before->v[i]))
			return err_nomem(err);
	for (size_t i = 0; i < r->rows.n; i++)
		if (!strings_has(before, r->rows.v[i]) &&
		    !vec_push(r->mem, &new, r->rows.v[i]))
			return err_nomem(err);
	return version_write(&r->tables, &gone, &new, err);
}

static retort_status take_all(struct run *r, const struct steps *plan,
			      const struct strings *before, struct err *err)
{
	const struct dialect *d = r->site.dialect;
	retort_status rc = d->begin(r->site.conn, err);

	r->checked = false;
	if (rc == RETORT_OK)
		rc = take_steps(r, plan, err);
	if (rc == RETORT_OK)
		rc = write_all_rows(r, before, err);
	if (rc == RETORT_OK)
		rc = d->commit(r->site.conn, err);
	if (rc < 0) {
		d->rollback(r->site.conn);
		site_forget_schema(&r->site);
		r->rows = *before;
		r->created = false;
		r->done = 0;
	}
	return rc;
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
	for (int tries = 1; ; tries++) {
		rc = take_all(r, plan, &before, err);
		if (!run_try_again(r, "all revisions", tries, rc, err))
			break;
	}
	if (rc < 0)
		rc = err->pub.code;
	if (g)
		d->guard_close(g);
	return rc;
}

/* A downgrade goes to one place. */
static retort_status down_to(const struct run_options *o,
			     const struct strings *rows, struct arena *mem,
			     struct steps *out, struct err *err)
{
	size_t there = 0;

	for (size_t i = 0; i < rows->n; i++)
		there += strings_has(o->targets, rows->v[i]);
	if (there == rows->n && there == o->targets->n)
		return RETORT_OK;
	if (o->targets->n < 2)
		return graph_downgrade(o->graph, o->targets->n
				       ? o->targets->v[0] : "base", rows, mem,
				       out, err);
	err_set(err, RETORT_E_FAIL, "cannot downgrade to several heads at once");
	err_hint(err, "Name a revision of one branch after the other: %s.",
		 join_ids(mem, o->targets));
	return RETORT_E_FAIL;
}

retort_status run_plan(const struct run_options *o, enum direction way,
		       const char *target, const struct strings *rows,
		       struct arena *mem, struct steps *out, struct err *err)
{
	if (o->targets && way == DOWNGRADE)
		return down_to(o, rows, mem, out, err);
	if (o->targets)
		return graph_upgrade_to(o->graph, o->targets, rows, mem, out,
					err);
	return way == UPGRADE
		? graph_upgrade(o->graph, target, rows, mem, out, err)
		: graph_downgrade(o->graph, target, rows, mem, out, err);
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
	TRY(run_check_apart(g, &r->rows, err));
	return run_plan(r->o, r->way, target, &r->rows, mem, out, err);
}

/* A revision that an earlier run left half done must be the next step. */
static retort_status check_unfinished(struct run *r, const struct steps *plan,
				      struct arena *mem, struct err *err)
{
	struct log_rows rows = {0};
	const struct log_row *row;
	const struct step *next = plan->n ? &plan->v[0] : NULL;

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
	r->unfinished = row->revision;
	r->resume_at = (size_t)row->statements;
	r->begun = row->begun;
	r->resume_done = row->done;
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
		    graph_needs_rows(target)) {
			if (!r->unfinished && rc != RETORT_E_NOMEM)
				run_say_where(&r->rows, err);
			return rc;
		}
	}
}

/* Alembic takes the first row, too, and says so. */
static void warn_ambiguous(struct run *r, const char *target,
			   const struct steps *plan)
{
	if (r->way == DOWNGRADE && r->rows.n > 1 && plan->n &&
	    !r->o->targets && !strchr(target, '@') && graph_needs_rows(target))
		run_log(r->o, RETORT_LOG_WARNING, "downgrade %s from multiple "
			"heads is ambiguous: it starts at %s; name the branch "
			"(label@%s) or the revision to go to", target,
			plan->v[0].revision->id, target);
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
	warn_ambiguous(r, target, &plan);
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
	warn_ambiguous(r, target, &plan);
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
		r.git_commit = run_git_commit(o, &mem);
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
