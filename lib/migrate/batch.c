/*
 * A revision in one round trip: BEGIN, the check of the version rows, its
 * statements, our rows and COMMIT.
 */
#include <stdlib.h>
#include <string.h>

#include "migrate/run.h"

enum { AT_ONCE = 200 };	/* statements; between them a run can be cancelled */

VEC_OF(requests, struct request);

bool run_can_batch(const struct run *r, const struct work *w)
{
	bool told = r->o->hooks && r->o->hooks->on_version_apply;

	return r->site.dialect->run_many && r->created && !w->calls.n && !told &&
	       !run_sets_session(r, w);
}

/* `name`: of one that comes again, or NULL. */
static retort_status add(struct requests *list, struct arena *mem,
			 const char *name, const char *sql, struct err *err)
{
	const struct request q = { .name = name, .sql = sql };

	return vec_push(mem, list, q) ? RETORT_OK : err_nomem(err);
}

static retort_status add_ours(struct run *r, struct requests *list,
			      struct arena *mem, enum stmt_id id, int n,
			      const char *const *arg, struct err *err)
{
	const struct version_tables *t = &r->tables;
	struct request q = { .name = stmt_name[id], .n = n, .arg = arg };

	if (!r->sql[id])
		r->sql[id] = version_sql(r->site.dialect, id, t->schema,
					 t->table, r->mem);
	q.sql = r->sql[id];
	return q.sql && vec_push(mem, list, q) ? RETORT_OK : err_nomem(err);
}

/* A row that becomes another one. */
static retort_status add_from_to(struct run *r, const struct step *st,
				 enum stmt_id id, struct requests *list,
				 struct arena *mem, struct err *err)
{
	const char **both = arena_array(mem, const char *, 2);

	if (!both)
		return err_nomem(err);
	both[0] = st->delete_rows.v[0];
	both[1] = st->insert_rows.v[0];
	return add_ours(r, list, mem, id, 2, both, err);
}

static retort_status add_version(struct run *r, const struct step *st,
				 struct requests *list, struct arena *mem,
				 struct err *err)
{
	const struct strings *gone = &st->delete_rows, *new = &st->insert_rows;

	if (gone->n == 1 && new->n == 1)
		return add_from_to(r, st, STMT_VERSION_UPDATE, list, mem, err);
	for (size_t i = 0; i < gone->n; i++)
		TRY(add_ours(r, list, mem, STMT_VERSION_DELETE, 1, &gone->v[i],
			     err));
	for (size_t i = 0; i < new->n; i++)
		TRY(add_ours(r, list, mem, STMT_VERSION_INSERT, 1, &new->v[i],
			     err));
	return RETORT_OK;
}

/* The log's row; when it is finished the server knows best. */
static retort_status add_log(struct run *r, const struct step *st,
			     const struct work *w, struct requests *list,
			     struct arena *mem, struct err *err)
{
	const char **arg = arena_array(mem, const char *, 7);

	if (!arg)
		return err_nomem(err);
	arg[0] = st->revision->id;
	arg[1] = way_word(st->way);
	arg[2] = r->started;
	arg[3] = r->o->user;
	arg[4] = r->git_commit;
	arg[5] = w->content;
	arg[6] = RETORT_VERSION;
	return add_ours(r, list, mem, STMT_LOG_DONE, 7, arg, err);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/*
 * Where a history has no branches the row is checked and changed at once, which
 * also keeps others from changing it.
 */
static bool moves_at_once(const struct run *r, const struct step *st)
{
	return r->rows.n == 1 && st->delete_rows.n == 1 &&
	       st->insert_rows.n == 1 &&
	       !strcmp(r->rows.v[0], st->delete_rows.v[0]);
}

/* A statement that fails when the rows are not those of the plan. */
static retort_status add_check(struct run *r, struct requests *list,
			       struct arena *mem, struct err *err)
{
	struct buf b = { .mem = mem };
	const char **sorted = arena_array(mem, const char *, r->rows.n + 1);
	const char **arg = arena_array(mem, const char *, 1);

	if (!sorted || !arg)
		return err_nomem(err);
	for (size_t i = 0; i < r->rows.n; i++)
		sorted[i] = r->rows.v[i];
	qsort(sorted, r->rows.n, sizeof(*sorted), by_text);
	for (size_t i = 0; i < r->rows.n; i++)
		buf_addf(&b, "%s ", sorted[i]);
	arg[0] = buf_text(&b);
	if (!arg[0])
		return err_nomem(err);
	return add_ours(r, list, mem, STMT_VERSION_CHECK, 1, arg, err);
}

static retort_status add_begin(struct run *r, const struct step *st,
			       struct requests *list, struct arena *mem,
			       struct err *err)
{
	TRY(add(list, mem, "BEGIN", "BEGIN", err));
	return moves_at_once(r, st)
		? add_from_to(r, st, STMT_VERSION_MOVE, list, mem, err)
		: add_check(r, list, mem, err);
}

/* The rows are not those of the plan, or there is another reason. */
static retort_status check_failed(struct run *r, const struct work *w,
				  retort_status rc, struct err *err)
{
	SCRATCH(mem);
	SCRATCH_ERR(ignored);
	struct strings rows = {0};

	if (rc != RETORT_E_DATABASE)
		return rc;
	r->site.dialect->rollback(r->site.conn);
	if (version_rows(&r->tables, &mem, &rows, &ignored) == RETORT_OK &&
	    run_same_rows(r, &rows, &ignored) < 0)
		return run_moved(r, err);
	return run_in_revision(w, rc, err);
}

/* `failed` counts from what was added before the statements from `first`. */
static retort_status explain(struct run *r, const struct work *w, size_t first,
			     long failed, retort_status rc, struct err *err)
{
	if (failed < 0)
		return check_failed(r, w, rc, err);
	if (first + (size_t)failed < w->script.stmts.n)
		return work_failed(w, first + (size_t)failed, rc, err);
	return run_in_revision(w, rc, err);
}

/* Statements from *at, and at the end what belongs to us. */
static retort_status send(struct run *r, const struct step *st,
			  const struct work *w, size_t *at, struct err *err)
{
	SCRATCH(mem);
	struct requests list = {0};
	size_t first = *at, before, failed, n = w->script.stmts.n;
	retort_status rc;

	if (!first && !r->o->one_transaction)
		TRY(add_begin(r, st, &list, &mem, err));
	before = list.n;
	for (; *at < n && *at - first < AT_ONCE; ++*at)
		TRY(add(&list, &mem, NULL, w->script.stmts.v[*at].sql,
			err));
	if (*at == n && !r->o->one_transaction) {
		TRY(add_log(r, st, w, &list, &mem, err));
		if (!moves_at_once(r, st))
			TRY(add_version(r, st, &list, &mem, err));
		TRY(add(&list, &mem, "COMMIT", "COMMIT", err));
	}
	if (!list.n)
		return RETORT_OK;
	rc = r->site.dialect->run_many(r->site.conn, list.v, list.n, &failed,
				       err);
	if (rc == RETORT_OK)
		return rc;
	return explain(r, w, first, (long)failed - (long)before, rc, err);
}

static retort_status send_all(struct run *r, const struct step *st,
			      const struct work *w, struct err *err)
{
	size_t at = 0;

	do {
		TRY(check_cancelled(r->o, err));
		TRY(send(r, st, w, &at, err));
	} while (at < w->script.stmts.n);
	return RETORT_OK;
}

retort_status run_batched(struct run *r, const struct step *st,
			  const struct work *w, struct err *err)
{
	retort_status rc;

	if (r->o->one_transaction) {
		TRY(run_check_version(r, err));
		TRY(send_all(r, st, w, err));
		return run_write_rows(r, st, w, err);
	}
	rc = send_all(r, st, w, err);
	if (rc < 0)
		r->site.dialect->rollback(r->site.conn);
	return rc;
}
