#include "migrate/replay.h"

#include "migrate/check.h"

static retort_status run_body(struct site *s, const struct work *w,
			      struct guard *g, struct err *err)
{
	const struct dialect *d = s->dialect;

	if (w->script.no_transaction)
		return work_run(s, w, NULL, err);
	if (g)
		TRY(d->guard_begin(g, err));
	TRY(work_run(s, w, g, err));
	return g ? d->guard_check(g, err) : RETORT_OK;
}

static retort_status run_around(struct site *s, const struct work *w,
				struct guard *g, struct err *err)
{
	const struct dialect *d = s->dialect;
	bool transaction = !w->script.no_transaction;
	retort_status rc;

	if (transaction)
		TRY(d->begin(s->conn, err));
	rc = run_body(s, w, g, err);
	if (rc == RETORT_OK && transaction)
		rc = d->commit(s->conn, err);
	if (rc < 0)
		d->rollback(s->conn);
	return rc;
}

retort_status replay_step(struct site *s, const struct step *st,
			  struct err *err)
{
	SCRATCH(tmp);
	const struct dialect *d = s->dialect;
	struct work w = { .revision = st->revision, .way = st->way };
	struct guard *g = NULL;
	retort_status rc;

	if (st->stamp)
		return RETORT_OK;
	rc = work_prepare(s, &w, &tmp, err);
	if (rc == RETORT_OK && w.script.guarded && d->guard_open)
		rc = d->guard_open(s->conn, &w.script, &g, err);
	if (rc == RETORT_OK)
		rc = run_around(s, &w, g, err);
	if (g)
		d->guard_close(g);
	if (rc < 0 || w.opaque)
		site_forget_schema(s);
	work_clear(&w);
	return rc;
}

/* A target at a time: heads of several branches are all gone to. */
static retort_status replay_to(struct site *s, const struct strings *targets,
			       struct err *err)
{
	SCRATCH(tmp);
	struct strings rows = {0};

	for (size_t i = 0; i < targets->n; i++) {
		struct steps plan = {0};

		TRY(graph_upgrade(s->o->graph, targets->v[i], &rows, &tmp,
				  &plan, err));
		for (size_t j = 0; j < plan.n; j++) {
			TRY(replay_step(s, &plan.v[j], err));
			TRY(run_next_rows(&rows, &plan.v[j], &tmp, &rows,
					  err));
		}
	}
	return RETORT_OK;
}

/* Like `like`, or on the server that is named for it. */
static retort_status make_scratch(struct site *s, struct conn *like,
				  struct err *err)
{
	const struct dialect *d = s->dialect;
	const struct conn_options o = { .lock_timeout_ms = -1 };
	struct conn *server;
	retort_status rc;

	if (like || !(d->caps & CAP_SERVER) || !s->o->scratch_url)
		return d->scratch(like, &s->conn, err);
	TRY(d->open(s->o->scratch_url, &o, &server, err));
	rc = d->scratch(server, &s->conn, err);
	conn_close(server);
	return rc;
}

retort_status replay_open(struct site *s, struct conn *like,
			  const struct strings *targets, struct err *err)
{
	retort_status rc;

	TRY(make_scratch(s, like, err));
	rc = replay_to(s, targets, err);
	if (rc == RETORT_OK)
		return rc;
	if (rc != RETORT_E_NOMEM && rc != RETORT_E_INTERRUPTED)
		err_context(err, "could not run the revisions on a scratch "
			    "database");
	site_clear(s);
	conn_close(s->conn);
	s->conn = NULL;
	return rc;
}

retort_status run_scratch(const struct dialect *d, struct conn *like,
			  const struct strings *targets,
			  const struct run_options *o, struct conn **out,
			  struct err *err)
{
	struct site s = { .dialect = d, .o = o };

	TRY(replay_open(&s, like, targets, err));
	site_clear(&s);
	*out = s.conn;
	return RETORT_OK;
}
