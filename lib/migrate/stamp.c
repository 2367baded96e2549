#include "migrate/applied.h"
#include "migrate/check.h"
#include "migrate/work.h"

struct stamp {
	struct conn *conn;
	struct version_tables tables;
	const struct strings *targets;
	bool purge;
	const struct run_options *o;
	struct arena *mem;
};

retort_status run_check_targets(const struct graph *g,
				const struct strings *targets,
				const struct strings *rows, struct err *err)
{
	SCRATCH(tmp);
	struct revisions list = {0};

	for (size_t i = 0; i < targets->n; i++) {
		struct revisions found = {0};

		TRY(graph_resolve(g, targets->v[i], rows, &tmp, &found, err));
		for (size_t j = 0; j < found.n; j++)
			if (!vec_push(&tmp, &list, found.v[j]))
				return err_nomem(err);
	}
	return graph_check_apart(g, &list, true, err);
}

/* The rows as they are, and the steps from there. */
static retort_status plan_stamp(struct stamp *s, struct strings *rows,
				struct steps *out, struct err *err)
{
	if (!s->purge) {
		TRY(version_read(s->conn, s->tables.schema, s->tables.table,
				 s->mem, rows, err));
		TRY(run_check_rows(s->o->graph, rows, err));
		TRY(run_check_apart(s->o->graph, rows, err));
	}
	TRY(run_check_targets(s->o->graph, s->targets, rows, err));
	return graph_stamp(s->o->graph, s->targets, rows, s->mem, out, err);
}

static void announce(const struct stamp *s, const struct step *st)
{
	SCRATCH(tmp);
	const char *from = join_ids(&tmp, &st->delete_rows);
	const char *to = join_ids(&tmp, &st->insert_rows);

	run_log(s->o, RETORT_LOG_INFO, "%s stamp_revision %s -> %s",
		s->o->dry_run ? "Would run" : "Running", from ? from : "",
		to ? to : "");
}

/* What was half done is settled by hand. */
static retort_status abandon(struct stamp *s, struct err *err)
{
	struct log_rows rows = {0};

	TRY(log_unfinished(&s->tables, s->mem, &rows, err));
	for (size_t i = 0; i < rows.n; i++)
		TRY(log_abandon(&s->tables, rows.v[i]->revision, err));
	return RETORT_OK;
}

static retort_status log_stamp(struct stamp *s, const struct step *st,
			       struct err *err)
{
	char now[32];
	struct log_row row = {
		.direction = "stamp",
		.started = now,
		.finished = now,
		.user = s->o->user,
		.git_commit = run_git_commit(s->o, s->mem),
	};

	now_text(now);
	for (size_t i = 0; i < st->insert_rows.n; i++) {
		row.revision = st->insert_rows.v[i];
		TRY(log_insert(&s->tables, &row, err));
	}
	return RETORT_OK;
}

/* The hook hears of it; `rows` become what they are now. */
static retort_status tell(struct stamp *s, const struct step *st,
			  struct strings *rows, struct err *err)
{
	const struct applied a = {
		.o = s->o, .dialect = s->conn->ops, .conn = s->conn,
		.step = st, .rows = rows
	};
	struct strings next = {0};

	TRY(run_applied(&a, err));
	TRY(run_next_rows(rows, st, s->mem, &next, err));
	*rows = next;
	return RETORT_OK;
}

static retort_status in_transaction(struct stamp *s, struct err *err)
{
	struct strings rows = {0};
	struct steps steps = {0};

	TRY(version_create(&s->tables, err));
	TRY(plan_stamp(s, &rows, &steps, err));
	if (s->purge)
		TRY(version_run(&s->tables, STMT_VERSION_PURGE, 0, NULL, NULL,
				NULL, err));
	TRY(abandon(s, err));
	for (size_t i = 0; i < steps.n; i++) {
		const struct step *st = &steps.v[i];

		TRY(check_cancelled(s->o, err));
		announce(s, st);
		TRY(version_write(&s->tables, &st->delete_rows,
				  &st->insert_rows, err));
		TRY(log_stamp(s, st, err));
		TRY(tell(s, st, &rows, err));
	}
	return RETORT_OK;
}

static retort_status stamp_locked(struct stamp *s, struct err *err)
{
	const struct dialect *d = s->conn->ops;
	retort_status rc;

	TRY(d->begin(s->conn, err));
	rc = in_transaction(s, err);
	if (rc == RETORT_OK)
		rc = d->commit(s->conn, err);
	if (rc < 0)
		d->rollback(s->conn);
	return rc;
}

retort_status run_stamp(struct conn *c, const struct strings *targets,
			bool purge, const struct run_options *o,
			struct err *err)
{
	SCRATCH(mem);
	struct strings rows = {0};
	struct steps steps = {0};
	struct stamp s = {
		.conn = c,
		.tables = { c, o->version_schema, o->version_table },
		.targets = targets,
		.purge = purge,
		.o = o,
		.mem = &mem,
	};
	retort_status rc;

	if (o->dry_run) {
		TRY(plan_stamp(&s, &rows, &steps, err));
		for (size_t i = 0; i < steps.n; i++)
			announce(&s, &steps.v[i]);
		return RETORT_OK;
	}
	TRY(run_lock(c, o, err));
	rc = stamp_locked(&s, err);
	c->ops->unlock(c);
	return rc;
}
