#include "migrate/applied.h"
#include "migrate/check.h"
#include "migrate/replay.h"
#include "migrate/version.h"

#include <string.h>

/* One call of run_offline(). */
struct offline {
	const struct dialect *dialect;
	struct version_tables tables;	/* names only */
	const struct run_options *o;
	struct site site;	/* a scratch database, where one is needed */
	struct arena *mem;
	struct strings rows;	/* of the version table, before the step */
	struct buf *all;	/* what is printed when nothing has failed */
};

static retort_status put(struct offline *f, struct buf *b, struct err *err)
{
	if (!buf_text(b))
		return err_nomem(err);
	buf_addn(f->all, b->s, b->n);
	buf_reset(b);
	return f->all->failed ? err_nomem(err) : RETORT_OK;
}

/* Half a script would be run up to where it ends: all of it, or none. */
static retort_status print_all(const struct buf *all,
			       const struct run_output *out, struct err *err)
{
	if (all->n && out->write(out->payload, all->s, all->n))
		return err_set(err, RETORT_E_FAIL, "could not write the SQL");
	return RETORT_OK;
}

static void add_stmt(struct buf *b, const struct stmt *s)
{
	stmt_print(s, b);
	buf_addc(b, '\n');
}

/* A statement on the version table. */
static retort_status add_version(struct offline *f, enum stmt_id id,
				 const char *const arg[], struct buf *b,
				 struct err *err)
{
	char *sql = version_text(f->dialect, id, &f->tables, arg, b->mem);

	if (!sql)
		return err_nomem(err);
	for (size_t n = strlen(sql); n && sql[n - 1] == '\n'; n--)
		sql[n - 1] = '\0';
	buf_addf(b, "%s;\n\n", sql);
	return RETORT_OK;
}

static retort_status add_rows(struct offline *f, const struct step *st,
			      struct buf *b, struct err *err)
{
	if (st->delete_rows.n == 1 && st->insert_rows.n == 1) {
		const char *const arg[] = { st->delete_rows.v[0],
					    st->insert_rows.v[0] };

		return add_version(f, STMT_VERSION_UPDATE, arg, b, err);
	}
	for (size_t i = 0; i < st->delete_rows.n; i++)
		TRY(add_version(f, STMT_VERSION_DELETE, &st->delete_rows.v[i],
				b, err));
	for (size_t i = 0; i < st->insert_rows.n; i++)
		TRY(add_version(f, STMT_VERSION_INSERT, &st->insert_rows.v[i],
				b, err));
	return RETORT_OK;
}

/* What the hook executes; the rows become what they are after the step. */
static retort_status tell(struct offline *f, const struct step *st,
			  struct buf *b, struct err *err)
{
	const struct applied a = {
		.o = f->o, .dialect = f->dialect, .printed = b, .step = st,
		.rows = &f->rows
	};
	struct strings next = {0};

	TRY(run_applied(&a, err));
	TRY(run_next_rows(&f->rows, st, f->mem, &next, err));
	f->rows = next;
	return RETORT_OK;
}

static void add_title(struct buf *b, const struct step *st)
{
	const struct revision *r = st->revision;
	const char *down = join_ids(b->mem, &r->down);
	bool up = st->way == UPGRADE, text = r->message && *r->message;

	if (!down)
		b->failed = true;
	else
		buf_addf(b, "-- Running %s %s -> %s%s%s\n\n", way_word(st->way),
			 up ? down : r->id, up ? r->id : down,
			 text ? ", " : "", text ? r->message : "");
}

static retort_status refuse_calls(const struct work *w, struct err *err)
{
	if (!w->calls.n)
		return RETORT_OK;
	err_set(err, RETORT_E_FAIL, "cannot print revision %s as SQL: it calls "
		"a C function", w->revision->id);
	err_where(err, w->revision->path, 0);
	err_hint(err, "Run it on the database itself.");
	return RETORT_E_FAIL;
}

/* What the revision set for the session is not for what follows. */
static void add_reset(const struct dialect *d, const struct work *w,
		      struct buf *b)
{
	for (size_t i = 0; d->sets_session && i < w->script.stmts.n; i++)
		if (d->sets_session(w->script.stmts.v[i].sql)) {
			buf_addf(b, "%s;\n\n", d->reset_sql);
			return;
		}
}

static retort_status add_work(struct offline *f, const struct step *st,
			      const struct work *w, struct buf *b,
			      struct err *err)
{
	const struct dialect *d = f->dialect;
	bool guarded = w->script.guarded && d->guard_prologue;
	bool transaction = !w->script.no_transaction &&
			   !f->o->one_transaction;

	TRY(refuse_calls(w, err));
	add_title(b, st);
	if (guarded && !f->o->one_transaction)
		buf_addf(b, "%s\n", d->guard_prologue);
	if (transaction)
		buf_add(b, "BEGIN;\n\n");
	for (size_t i = 0; i < w->script.stmts.n; i++)
		add_stmt(b, &w->script.stmts.v[i]);
	add_reset(d, w, b);
	TRY(add_rows(f, st, b, err));
	TRY(tell(f, st, b, err));
	if (transaction)
		buf_add(b, "COMMIT;\n\n");
	if (guarded && !f->o->one_transaction && d->guard_epilogue)
		buf_addf(b, "%s\n", d->guard_epilogue);
	return RETORT_OK;
}

/* On the scratch database the schema must be as before when it is printed. */
static retort_status print_step(struct offline *f, const struct step *st,
				struct err *err)
{
	SCRATCH(mem);
	struct buf b = { .mem = &mem };
	struct work w = { .revision = st->revision, .way = st->way };
	retort_status rc;

	TRY(check_cancelled(f->o, err));
	if (st->stamp) {
		TRY(add_rows(f, st, &b, err));
		TRY(tell(f, st, &b, err));
		return put(f, &b, err);
	}
	rc = work_prepare(&f->site, &w, &mem, err);
	if (rc == RETORT_OK)
		rc = add_work(f, st, &w, &b, err);
	work_clear(&w);
	if (rc == RETORT_OK)
		rc = put(f, &b, err);
	if (rc < 0 || !f->site.conn)
		return rc;
	site_forget_schema(&f->site);
	return replay_step(&f->site, st, err);
}

/* C revisions are compiled against a schema, which must be made first. */
static retort_status prepare_site(struct offline *f, const struct steps *plan,
				  const struct strings *rows, struct err *err)
{
	for (size_t i = 0; i < plan->n; i++)
		if (plan->v[i].revision->format == REVISION_C &&
		    !plan->v[i].stamp)
			return replay_open(&f->site, NULL, rows, err);
	return RETORT_OK;
}

static retort_status print_head(struct offline *f, const struct strings *rows,
				struct err *err)
{
	SCRATCH(mem);
	struct buf b = { .mem = &mem };

	if (f->o->one_transaction && f->dialect->guard_prologue)
		buf_addf(&b, "%s\n", f->dialect->guard_prologue);
	if (f->o->one_transaction)
		buf_add(&b, "BEGIN;\n\n");
	if (!rows->n)
		TRY(add_version(f, STMT_VERSION_CREATE, NULL, &b, err));
	return b.n ? put(f, &b, err) : RETORT_OK;
}

static retort_status print_tail(struct offline *f, struct err *err)
{
	SCRATCH(mem);
	struct buf b = { .mem = &mem };

	if (!f->o->one_transaction)
		return RETORT_OK;
	buf_add(&b, "COMMIT;\n\n");
	if (f->dialect->guard_epilogue)
		buf_addf(&b, "%s\n", f->dialect->guard_epilogue);
	return put(f, &b, err);
}

static retort_status print_plan(struct offline *f, const struct steps *plan,
				const struct strings *rows, struct err *err)
{
	retort_status rc;

	TRY(prepare_site(f, plan, rows, err));
	rc = print_head(f, rows, err);
	for (size_t i = 0; rc == RETORT_OK && i < plan->n; i++)
		rc = print_step(f, &plan->v[i], err);
	if (rc == RETORT_OK)
		rc = print_tail(f, err);
	site_clear(&f->site);
	if (f->site.conn)
		conn_close(f->site.conn);
	return rc;
}

/* What the version table would hold at `from`. */
static retort_status rows_at(const struct graph *g, const char *from,
			     struct arena *mem, struct strings *out,
			     struct err *err)
{
	struct revisions found = {0};

	TRY(graph_resolve(g, from, NULL, mem, &found, err));
	for (size_t i = 0; i < found.n; i++)
		if (!vec_push(mem, out, found.v[i]->id))
			return err_nomem(err);
	return RETORT_OK;
}

/* A range the wrong way round would print nothing, which looks like success. */
static retort_status check_range(const struct graph *g, enum direction way,
				 const char *const from_to[2],
				 const struct strings *rows, struct err *err)
{
	SCRATCH(mem);
	struct strings to = {0};

	TRY(rows_at(g, from_to[1], &mem, &to, err));
	for (size_t i = 0; i < to.n; i++)
		if (strings_has(rows, to.v[i]))
			return RETORT_OK;
	if (!to.n && !rows->n)
		return RETORT_OK;
	err_set(err, RETORT_E_FAIL, "Destination %s is not a valid %s target "
		"from current head(s)", from_to[1], way_word(way));
	err_hint(err, "The range is FROM:TO, and %s lies the other way from %s; "
		 "\"db history\" shows how they lie.", from_to[1],
		 from_to[0]);
	return RETORT_E_FAIL;
}

retort_status run_offline(const struct dialect *d, enum direction way,
			  const char *const from_to[2],
			  const struct run_options *o,
			  const struct run_output *out, struct err *err)
{
	SCRATCH(mem);
	struct buf all = { .mem = &mem };
	struct offline f = {
		.dialect = d,
		.tables = { NULL, o->version_schema, o->version_table },
		.o = o,
		.site = { .dialect = d, .o = o },
		.mem = &mem,
		.all = &all,
	};
	struct strings rows = {0};
	struct steps plan = {0};

	TRY(rows_at(o->graph, from_to[0], &mem, &rows, err));
	TRY(run_plan(o, way, from_to[1], &rows, &mem, &plan, err));
	if (!plan.n && !o->targets)
		TRY(check_range(o->graph, way, from_to, &rows, err));
	f.rows = rows;
	TRY(print_plan(&f, &plan, &rows, err));
	return print_all(&all, out, err);
}

/* Of "a:b" the start, which is the same for all: Alembic's words. */
static retort_status take_start(const char *target, struct arena *mem,
				const char **from, const char **to,
				struct err *err)
{
	const char *colon = strchr(target, ':'), *start;

	*to = target;
	if (!colon)
		return RETORT_OK;
	start = colon == target ? "base"
		: arena_strndup(mem, target, (size_t)(colon - target));
	if (!start)
		return err_nomem(err);
	if (*from && strcmp(*from, start)) {
		err_set(err, RETORT_E_FAIL, "Stamp operation with --sql only "
			"supports a single starting revision at a time");
		err_hint(err, "Begin one range with \"heads:\" when the "
			 "database is at several.");
		return RETORT_E_FAIL;
	}
	*from = start;
	*to = colon[1] ? colon + 1 : "heads";
	return RETORT_OK;
}

/* From rows that are known, only what changes is written. */
static retort_status print_stamp(struct offline *f, const struct steps *plan,
				 bool known, const struct run_output *out,
				 struct err *err)
{
	struct buf b = { .mem = f->mem };

	buf_add(&b, "BEGIN;\n\n");
	if (!f->rows.n)
		TRY(add_version(f, STMT_VERSION_CREATE, NULL, &b, err));
	if (!known)
		TRY(add_version(f, STMT_VERSION_PURGE, NULL, &b, err));
	for (size_t i = 0; i < plan->n; i++) {
		TRY(add_rows(f, &plan->v[i], &b, err));
		TRY(tell(f, &plan->v[i], &b, err));
	}
	buf_add(&b, "COMMIT;\n");
	return buf_text(&b) ? print_all(&b, out, err) : err_nomem(err);
}

retort_status run_offline_stamp(const struct dialect *d,
				const struct strings *targets,
				const struct run_options *o,
				const struct run_output *out, struct err *err)
{
	SCRATCH(mem);
	struct offline f = {
		.dialect = d,
		.tables = { NULL, o->version_schema, o->version_table },
		.o = o,
		.mem = &mem,
	};
	const char *from = NULL, *one;
	struct strings to = {0};
	struct steps plan = {0};

	for (size_t i = 0; i < targets->n; i++) {
		TRY(take_start(targets->v[i], &mem, &from, &one, err));
		if (!vec_push(&mem, &to, one))
			return err_nomem(err);
	}
	if (from)
		TRY(rows_at(o->graph, from, &mem, &f.rows, err));
	TRY(run_check_targets(o->graph, &to, &f.rows, err));
	TRY(graph_stamp(o->graph, &to, &f.rows, &mem, &plan, err));
	return print_stamp(&f, &plan, from, out, err);
}
