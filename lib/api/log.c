#include "api/session.h"

#include "migrate/version.h"

/* Of a log row's revision, or NULL. */
static const char *message_of(const struct graph *g, const char *id)
{
	const struct revision *r = g ? map_get(&g->by_id, id) : NULL;

	return r ? r->message ? r->message : "" : NULL;
}

static retort_log_entry entry_public(const struct graph *g,
				     const struct log_row *row)
{
	return (retort_log_entry){
		.revision = row->revision,
		.direction = row->direction,
		.started = row->started,
		.finished = row->finished,
		.duration_ms = row->duration_ms,
		.statements = row->statements,
		.user = row->user,
		.git_commit = row->git_commit,
		.content = row->content,
		.version = row->version,
		.message = message_of(g, row->revision),
	};
}

static retort_status read_log(retort *db, size_t limit,
			      retort_log_entries *out)
{
	const struct config *c = &db->config;
	struct log_rows rows = {0};
	retort_log_entry *v;

	if (db->o.directory || c->file)
		TRY(session_graph(db));
	TRY(session_connect_reading(db));
	const struct version_tables t = { db->conn, c->version_schema,
					  c->version_table };
	TRY(log_read(&t, limit, &db->results, &rows, &db->err));
	v = arena_array(&db->results, retort_log_entry, rows.n + 1);
	if (!v)
		return err_nomem(&db->err);
	for (size_t i = 0; i < rows.n; i++)
		v[i] = entry_public(db->graph, rows.v[i]);
	*out = (retort_log_entries){ v, rows.n };
	return RETORT_OK;
}

retort_status retort_read_log(retort *db, size_t limit,
			      retort_log_entries *out)
{
	TRY(session_begin(db));
	return session_end(db, read_log(db, limit, out));
}

static retort_status shell(retort *db, retort_program *out)
{
	const struct conn_options o = {
		.base_directory = db->o.url ? NULL : db->o.base_directory
	};
	const struct dialect *d;

	if (!db->url)
		return session_no_url(db);
	TRY(session_dialect(db, &d));
	return d->shell(db->url, &o, &db->results, out, &db->err);
}

retort_status retort_shell(retort *db, retort_program *out)
{
	TRY(session_begin(db));
	return session_end(db, shell(db, out));
}
