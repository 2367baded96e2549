#include "api/session.h"

#include <string.h>

#include "base/map.h"

static bool copy_list(struct arena *mem, const struct strings *list,
		      const char *const **out, size_t *n)
{
	const char **v = arena_array(mem, const char *, list->n + 1);

	if (!v)
		return false;
	if (list->n)
		memcpy(v, list->v, list->n * sizeof(*v));
	*out = v;
	*n = list->n;
	return true;
}

/* Their identifiers. */
static bool copy_ids(struct arena *mem, const struct revisions *list,
		     const char *const **out, size_t *n)
{
	const char **v = arena_array(mem, const char *, list->n + 1);

	if (!v)
		return false;
	for (size_t i = 0; i < list->n; i++)
		v[i] = list->v[i]->id;
	*out = v;
	*n = list->n;
	return true;
}

static bool copy_relations(struct arena *mem, const struct revision *r,
			   retort_revision *p)
{
	return copy_list(mem, &r->down, &p->down, &p->n_down) &&
	       copy_list(mem, &r->depends_on, &p->depends_on,
			 &p->n_depends_on) &&
	       copy_list(mem, &r->all_labels, &p->labels, &p->n_labels) &&
	       copy_ids(mem, &r->children, &p->children, &p->n_children) &&
	       copy_ids(mem, &r->dependencies, &p->dependencies,
			&p->n_dependencies);
}

const retort_revision *revision_public(retort *db, struct revision *r,
				       bool is_current)
{
	struct arena *mem = &db->results;
	retort_revision *p;

	/* One is the child of many: `branches` asks for each once. */
	if (r->shown && !is_current)
		return r->shown;
	p = arena_new(mem, retort_revision);
	if (!p || !copy_relations(mem, r, p))
		return NULL;
	p->id = r->id;
	p->message = r->message ? r->message : "";
	p->doc = r->doc ? r->doc : p->message;
	p->path = r->path;
	p->created = r->created;
	p->format = r->format == REVISION_C ? "c" : "sql";
	p->is_head = revision_is_head(r);
	p->is_base = revision_is_base(r);
	p->is_branch_point = revision_is_branch_point(r);
	p->is_merge_point = revision_is_merge_point(r);
	p->is_current = is_current;
	p->is_dependency = r->dependents.n > 0;
	if (!is_current)
		r->shown = p;
	return p;
}

retort_status revisions_public(retort *db, const struct revisions *list,
			       const struct map *current,
			       retort_revisions *out)
{
	const retort_revision **v = arena_array(&db->results,
						const retort_revision *,
						list->n + 1);

	if (!v)
		return err_nomem(&db->err);
	for (size_t i = 0; i < list->n; i++) {
		struct revision *r = list->v[i];

		v[i] = revision_public(db, r,
				       current && map_get(current, r->id));
		if (!v[i])
			return err_nomem(&db->err);
	}
	*out = (retort_revisions){ v, list->n };
	return RETORT_OK;
}

/* The rows as a set. */
static retort_status row_set(retort *db, const struct strings *rows,
			     struct map *out)
{
	for (size_t i = 0; i < rows->n; i++) {
		struct revision *r = map_get(&db->graph->by_id, rows->v[i]);

		if (r && !map_put(out, r->id, r))
			return err_nomem(&db->err);
	}
	return RETORT_OK;
}

/* Does a range name something that only the database knows? */
static retort_status needs_database(retort *db, const char *range, bool *out)
{
	SCRATCH(tmp);
	char *start = arena_strdup(&tmp, range ? range : ""), *end;

	if (!start)
		return err_nomem(&db->err);
	end = strchr(start, ':');
	if (end)
		*end++ = '\0';
	*out = graph_needs_rows(start) || (end && graph_needs_rows(end));
	return RETORT_OK;
}

static retort_status history(retort *db, const char *range, bool mark_current,
			     retort_revisions *out)
{
	SCRATCH(tmp);
	struct strings rows = {0};
	struct map current = { .mem = &tmp };
	struct revisions list = {0};
	bool ask = false;

	TRY(session_graph(db));
	TRY(needs_database(db, range, &ask));
	ask = ask || mark_current;
	if (ask)
		TRY(session_rows(db, &tmp, &rows));
	TRY(row_set(db, &rows, &current));
	TRY(graph_range(db->graph, range, ask ? &rows : NULL, &tmp, &list,
			&db->err));
	return revisions_public(db, &list, &current, out);
}

retort_status retort_history(retort *db, const char *range, bool mark_current,
			     retort_revisions *out)
{
	TRY(session_begin(db));
	return session_end(db, history(db, range, mark_current, out));
}

static retort_status heads(retort *db, bool dependencies,
			   retort_revisions *out)
{
	TRY(session_graph(db));
	return revisions_public(db, dependencies ? &db->graph->real_heads
						 : &db->graph->heads,
				NULL, out);
}

retort_status retort_heads(retort *db, bool dependencies,
			   retort_revisions *out)
{
	TRY(session_begin(db));
	return session_end(db, heads(db, dependencies, out));
}

static retort_status branches(retort *db, retort_revisions *out)
{
	SCRATCH(tmp);
	struct revisions list = {0};

	TRY(session_graph(db));
	for (size_t i = db->graph->revisions.n; i-- > 0; ) {
		struct revision *r = db->graph->revisions.v[i];

		if (r->children.n > 1 && !vec_push(&tmp, &list, r))
			return err_nomem(&db->err);
	}
	return revisions_public(db, &list, NULL, out);
}

retort_status retort_branches(retort *db, retort_revisions *out)
{
	TRY(session_begin(db));
	return session_end(db, branches(db, out));
}

static retort_status children(retort *db, const char *id,
			      retort_revisions *out)
{
	SCRATCH(tmp);
	struct revision *r;
	struct revisions list = {0};

	TRY(session_graph(db));
	TRY(graph_resolve_one(db->graph, id, NULL, &tmp, &r, &db->err));
	for (size_t i = 0; r && i < r->children.n; i++)
		if (!vec_push(&tmp, &list, r->children.v[i]))
			return err_nomem(&db->err);
	return revisions_public(db, &list, NULL, out);
}

retort_status retort_children(retort *db, const char *id,
			      retort_revisions *out)
{
	TRY(session_begin(db));
	return session_end(db, children(db, id, out));
}

retort_status session_rows_for(retort *db, const char *identifier,
			       struct arena *mem, const struct strings **out)
{
	struct strings *rows = NULL;

	if (graph_needs_rows(identifier)) {
		rows = arena_new(mem, struct strings);
		if (!rows)
			return err_nomem(&db->err);
		TRY(session_rows(db, mem, rows));
	}
	*out = rows;
	return RETORT_OK;
}

static retort_status resolve(retort *db, const char *identifier,
			     retort_revisions *out)
{
	SCRATCH(tmp);
	const struct strings *rows;
	struct revisions list = {0};

	TRY(session_graph(db));
	TRY(session_rows_for(db, identifier, &tmp, &rows));
	TRY(graph_resolve(db->graph, identifier, rows, &tmp, &list, &db->err));
	return revisions_public(db, &list, NULL, out);
}

retort_status retort_resolve(retort *db, const char *identifier,
			     retort_revisions *out)
{
	TRY(session_begin(db));
	return session_end(db, resolve(db, identifier, out));
}

static retort_status current(retort *db, retort_revisions *out)
{
	SCRATCH(tmp);
	struct strings rows = {0};
	struct map set = { .mem = &tmp };
	struct revisions list = {0};

	TRY(session_rows(db, &tmp, &rows));
	TRY(row_set(db, &rows, &set));
	for (size_t i = 0; i < rows.n; i++)
		if (!vec_push(&tmp, &list, map_get(&set, rows.v[i])))
			return err_nomem(&db->err);
	return revisions_public(db, &list, &set, out);
}

retort_status retort_current(retort *db, retort_revisions *out)
{
	TRY(session_begin(db));
	return session_end(db, current(db, out));
}
