#include "api/session.h"

#include "migrate/check.h"

struct reporting {
	retort *db;
	struct arena *mem;
	struct strings rows;
	struct strings problems;	/* texts in db->results */
};

__attribute__((format(printf, 2, 3)))
static retort_status problem(struct reporting *r, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = arena_vprintf(&r->db->results, fmt, ap);
	va_end(ap);
	return text && vec_push(&r->db->results, &r->problems, text)
		? RETORT_OK : err_nomem(&r->db->err);
}

static retort_status known_rows(struct reporting *r, struct map *current,
				struct revisions *out)
{
	const struct graph *g = r->db->graph;

	for (size_t i = 0; i < r->rows.n; i++) {
		struct revision *rev = map_get(&g->by_id, r->rows.v[i]);

		if (!rev) {
			TRY(problem(r, "the database is at revision %s, "
				    "which has no file", r->rows.v[i]));
			continue;
		}
		if (!map_put(current, rev->id, rev) ||
		    !vec_push(r->mem, out, rev))
			return err_nomem(&r->db->err);
	}
	return RETORT_OK;
}

/* What an upgrade to the heads would run; nothing where that is unclear. */
static retort_status pending(struct reporting *r, struct revisions *out)
{
	SCRATCH_ERR(err);
	struct steps plan = {0};
	retort_status rc = graph_upgrade(r->db->graph, "heads", &r->rows,
					 r->mem, &plan, &err);

	if (rc == RETORT_E_NOMEM)
		return err_nomem(&r->db->err);
	if (rc < 0)
		return problem(r, "%s", err.pub.message);
	for (size_t i = 0; i < plan.n; i++)
		if (!vec_push(r->mem, out, plan.v[i].revision))
			return err_nomem(&r->db->err);
	return RETORT_OK;
}

static retort_status database_problems(struct reporting *r)
{
	const struct config *c = &r->db->config;
	const struct version_tables t = { r->db->conn, c->version_schema,
					  c->version_table };
	struct log_rows log = {0};
	struct strings changed = {0};

	TRY(log_unfinished(&t, r->mem, &log, &r->db->err));
	for (size_t i = 0; i < log.n; i++)
		TRY(problem(r, "the %s of revision %s is half done: %lld "
			    "statements have run", log.v[i]->direction,
			    log.v[i]->revision, log.v[i]->statements));
	TRY(run_changed_files(&t, r->db->graph, &r->rows, r->mem, &changed,
			      &r->db->err));
	for (size_t i = 0; i < changed.n; i++)
		TRY(problem(r, "%s", changed.v[i]));
	return RETORT_OK;
}

static retort_status join(retort *db, const struct strings *list,
			  const char **out)
{
	struct buf b = { .mem = &db->results };

	for (size_t i = 0; i < list->n; i++)
		buf_addf(&b, "%s%s", i ? " " : "", list->v[i]);
	*out = buf_text(&b);
	return *out ? RETORT_OK : err_nomem(&db->err);
}

/* What can be said without a database. */
static retort_status project_part(retort *db, retort_report *out)
{
	const struct dialect *d;

	TRY(session_graph(db));
	TRY(session_dialect(db, &d));
	out->dialect = d->name;
	out->url = db->url ? d->show_url(&db->results, db->url) : "";
	out->directory = db->config.directory;
	if (!out->url)
		return err_nomem(&db->err);
	return join(db, &db->config.models, &out->models);
}

static retort_status report(retort *db, retort_report *out)
{
	SCRATCH(mem);
	struct reporting r = { .db = db, .mem = &mem };
	struct map current = { .mem = &mem };
	struct revisions at = {0}, todo = {0};
	retort_report found = {0};

	TRY(project_part(db, &found));
	TRY(session_connect_reading(db));
	TRY(version_read(db->conn, db->config.version_schema,
			 db->config.version_table, &mem, &r.rows, &db->err));
	TRY(known_rows(&r, &current, &at));
	if (at.n == r.rows.n)
		TRY(pending(&r, &todo));
	TRY(database_problems(&r));
	TRY(revisions_public(db, &db->graph->heads, &current, &found.heads));
	TRY(revisions_public(db, &at, &current, &found.current));
	TRY(revisions_public(db, &todo, NULL, &found.pending));
	found.problems = r.problems.v;
	found.n_problems = r.problems.n;
	*out = found;
	return RETORT_OK;
}

retort_status retort_status_report(retort *db, retort_report *out)
{
	TRY(session_begin(db));
	return session_end(db, report(db, out));
}
