#include <string.h>
#include <strings.h>

#include "api/autogen.h"
#include "api/hook_compare.h"
#include "api/hook_include.h"
#include "base/map.h"
#include "dialect/filter.h"

/* A head that others depend on need not have a row of its own. */
static bool at_heads(const struct graph *g, const struct strings *rows)
{
	for (size_t i = 0; i < g->real_heads.n; i++)
		if (!strings_has(rows, g->real_heads.v[i]->id))
			return false;
	for (size_t i = 0; i < rows->n; i++) {
		const struct revision *r = map_get(&g->by_id, rows->v[i]);

		if (!r || !revision_is_head(r))
			return false;
	}
	return true;
}

retort_status autogen_up_to_date(retort *db)
{
	SCRATCH(tmp);
	struct strings rows = {0};

	TRY(session_rows(db, &tmp, &rows));
	if (at_heads(db->graph, &rows))
		return RETORT_OK;
	err_set(&db->err, RETORT_E_FAIL, "Target database is not up to date.");
	err_hint(&db->err, "Bring it up with \"db upgrade\" first.");
	return RETORT_E_FAIL;
}

static int note_row(void *payload, int n, const char *const cell[])
{
	(void)n, (void)cell;
	*(bool *)payload = true;
	return 1;
}

/* For warnings only: what cannot be found out counts as rows. */
static bool has_rows(void *payload, const struct table *t)
{
	SCRATCH(tmp);
	SCRATCH_ERR(err);
	struct conn *c = payload;
	char *name = c->ops->quote_name(&tmp, t->name);
	char *schema = t->schema ? c->ops->quote_name(&tmp, t->schema) : NULL;
	char *sql = !name ? NULL
		: arena_printf(&tmp, "SELECT 1 FROM %s%s%s LIMIT 1",
			       schema ? schema : "", schema ? "." : "", name);
	bool found = false;

	if (!sql || c->ops->run(c, sql, 0, NULL, note_row, &found, &err) < 0)
		return true;
	return found;
}

retort_status autogen_renames(retort *db, const char *const *texts, size_t n,
			      struct arena *mem, struct diff_options *out)
{
	for (size_t i = 0; i < n; i++) {
		const char *colon = strchr(texts[i], ':');
		struct diff_rename r;

		if (!colon || colon == texts[i] || !colon[1]) {
			err_set(&db->err, RETORT_E_USAGE,
				"cannot use \"%s\" as a rename", texts[i]);
			err_hint(&db->err, "Write OLD:NEW for a table, "
				 "TABLE.OLD:NEW for a column.");
			return RETORT_E_USAGE;
		}
		r.from = arena_strndup(mem, texts[i],
				       (size_t)(colon - texts[i]));
		r.to = arena_strdup(mem, colon + 1);
		if (!r.from || !r.to || !vec_push(mem, &out->renames, r))
			return err_nomem(&db->err);
	}
	return RETORT_OK;
}

static struct diff_options configured(retort *db)
{
	return (struct diff_options){
		.compare_type = db->config.compare_type,
		.compare_server_default = db->config.compare_server_default,
	};
}

retort_status autogen_compare(retort *db, struct comparison *c)
{
	struct diff_options *o = &c->options;
	struct reflect_options reflect = db->reflect;

	TRY(session_connect_reading(db));
	c->dialect = db->conn->ops;
	TRY(session_models(db, &db->config.models, c->dialect, c->mem,
			   &c->wanted));
	reflect.declared = c->wanted;
	TRY(c->dialect->reflect(db->conn, &reflect, c->mem, &c->live,
				&db->err));
	TRY(filter_wanted(&db->reflect, c->live, c->wanted, &db->err));
	TRY(hook_include(&db->library.hooks, c->live, c->wanted, &db->err));
	o->compare_type = db->config.compare_type;
	o->compare_server_default = db->config.compare_server_default;
	o->has_rows = has_rows;
	o->rows_payload = db->conn;
	hook_compare(&db->library.hooks, o);
	return diff_schemas(c->dialect, db->conn, c->live, c->wanted, o,
			    c->mem, &c->diff, &db->err);
}

static retort_status check(retort *db, retort_changes *out)
{
	SCRATCH(mem);
	struct comparison c = { .mem = &mem };

	TRY(autogen_up_to_date(db));
	TRY(autogen_compare(db, &c));
	return changes_public(db, &c.diff.up, &c.diff.notes, out);
}

retort_status retort_check(retort *db, retort_changes *out)
{
	TRY(session_begin(db));
	return session_end(db, check(db, out));
}

/* One side of a retort_diff(). */
struct side {
	const char *text;
	enum { SIDE_DATABASE, SIDE_URL, SIDE_MODELS, SIDE_FILES,
	       SIDE_REVISION } kind;
	const char *server;	/* the other side, where it is a URL */
	struct conn *conn;	/* closed at the end, but for the session's */
	struct schema *schema;
};

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && !strcmp(s + n - m, end);
}

static void classify(struct side *s)
{
	if (!strcmp(s->text, "database"))
		s->kind = SIDE_DATABASE;
	else if (!strcmp(s->text, "models"))
		s->kind = SIDE_MODELS;
	else if (ends_with(s->text, ".c") || ends_with(s->text, ".so"))
		s->kind = SIDE_FILES;
	else if (strstr(s->text, "://") || dialect_for_url(s->text))
		s->kind = SIDE_URL;
	else
		s->kind = SIDE_REVISION;
}

/* The dialect both sides are compared in. */
static retort_status common_dialect(retort *db, const struct side *a,
				    const struct side *b,
				    const struct dialect **out)
{
	const struct side *with_url = a->kind == SIDE_URL ? a
		: b->kind == SIDE_URL ? b : NULL;

	if (!with_url && (db->conn || db->url))
		return session_dialect(db, out);
	if (with_url)
		return dialect_need(with_url->text, out, &db->err);
	*out = dialect_default();
	return RETORT_OK;
}

static retort_status run_to(retort *db, struct side *s,
			    const struct dialect *d)
{
	SCRATCH(tmp);
	struct strings targets = {0};
	struct strings rows = {0};
	struct revisions found = {0};
	struct run_options o;
	bool current = !strcmp(s->text, "current");

	TRY(session_graph(db));
	if (current)
		TRY(session_rows(db, &tmp, &rows));
	TRY(graph_resolve(db->graph, s->text, current ? &rows : NULL, &tmp,
			  &found, &db->err));
	for (size_t i = 0; i < found.n; i++)
		if (!vec_push(&tmp, &targets, found.v[i]->id))
			return err_nomem(&db->err);
	o = session_run_options(db);
	o.log = NULL;
	o.progress = NULL;
	if (s->server && !db->config.dev_url)
		o.scratch_url = s->server;
	return run_scratch(d, NULL, &targets, &o, &s->conn, &db->err);
}

static retort_status side_connect(retort *db, struct side *s,
				  const struct dialect *d)
{
	static const struct conn_options o = { .read_only = true,
					       .lock_timeout_ms = -1 };

	if (s->kind == SIDE_URL)
		return conn_open(s->text, &o, &s->conn, &db->err);
	if (s->kind == SIDE_REVISION)
		return run_to(db, s, d);
	TRY(session_connect_reading(db));
	s->conn = db->conn;
	return RETORT_OK;
}

/* `other` is the other side's schema where that is loaded, or NULL. */
static retort_status side_load(retort *db, struct side *s,
			       const struct schema *other,
			       const struct dialect *d, struct arena *mem)
{
	struct reflect_options reflect = db->reflect;
	struct strings paths = {0};

	if (s->kind == SIDE_MODELS)
		return session_models(db, &db->config.models, d, mem,
				      &s->schema);
	if (s->kind == SIDE_FILES) {
		if (!config_words(s->text, mem, &paths))
			return err_nomem(&db->err);
		return session_models(db, &paths, d, mem, &s->schema);
	}
	TRY(side_connect(db, s, d));
	reflect.declared = other;
	return s->conn->ops->reflect(s->conn, &reflect, mem, &s->schema,
				     &db->err);
}

static bool is_models(const struct side *s)
{
	return s->kind == SIDE_MODELS || s->kind == SIDE_FILES;
}

static void side_close(retort *db, struct side *s)
{
	if (s->conn && s->conn != db->conn)
		conn_close(s->conn);
}

static retort_status diff_sides(retort *db, struct side *a, struct side *b,
				bool sql, retort_changes *out)
{
	SCRATCH(mem);
	const struct dialect *d;
	struct diff_options o = configured(db);
	struct section section = {0};
	struct diff diff = {0};

	TRY(common_dialect(db, a, b, &d));
	a->server = b->kind == SIDE_URL ? b->text : NULL;
	b->server = a->kind == SIDE_URL ? a->text : NULL;
	if (is_models(a))
		TRY(side_load(db, a, NULL, d, &mem));
	TRY(side_load(db, b, a->schema, d, &mem));
	if (!a->schema)
		TRY(side_load(db, a, b->schema, d, &mem));
	TRY(filter_wanted(&db->reflect, a->schema, b->schema, &db->err));
	if (is_models(a) || is_models(b)) {
		TRY(hook_include(&db->library.hooks, a->schema, b->schema,
				 &db->err));
		hook_compare(&db->library.hooks, &o);
	}
	TRY(diff_schemas(d, a->conn ? a->conn : b->conn, a->schema, b->schema,
			 &o, &mem, &diff, &db->err));
	if (sql)
		TRY(autogen_sql(db, d, a->schema, &diff.up, &db->results,
				&section));
	TRY(changes_public(db, &diff.up, &diff.notes, out));
	out->sql = section.text;
	return RETORT_OK;
}

retort_status retort_diff(retort *db, const char *a, const char *b, bool sql,
			  retort_changes *out)
{
	struct side left = { .text = a }, right = { .text = b };
	retort_status rc;

	TRY(session_begin(db));
	classify(&left);
	classify(&right);
	rc = diff_sides(db, &left, &right, sql, out);
	side_close(db, &left);
	side_close(db, &right);
	return session_end(db, rc);
}
