#include "migrate/check.h"

#include <string.h>

#include "base/map.h"
#include "git/git.h"
#include "migrate/work.h"

static void hint_at_missing(const struct graph *g, const char *id,
			    struct err *err)
{
	SCRATCH(tmp);
	const char *line = arena_printf(&tmp, "Revision: %s", id);
	struct git_file f;

	for (size_t i = 0; line && i < g->directories.n; i++) {
		if (!git_find_line(g->directories.v[i], line, &tmp, &f))
			continue;
		err_hint(err, "git has it, in commit %.12s (%s). To bring it "
			 "back: git checkout %.12s -- ':/%s'", f.commit,
			 f.summary, f.commit, f.path);
		return;
	}
	err_hint(err, "Restore the file, from another branch perhaps, or check "
		 "that this is the right database. \"db stamp --purge\" says "
		 "anew where the database is.");
}

retort_status run_check_rows(const struct graph *g, const struct strings *rows,
			     struct err *err)
{
	for (size_t i = 0; i < rows->n; i++) {
		if (map_get(&g->by_id, rows->v[i]))
			continue;
		err_set(err, RETORT_E_NOTFOUND,
			"Can't locate revision identified by '%s'", rows->v[i]);
		err_detail(err, "The database is at this revision, but the "
			   "project has no file for it.");
		hint_at_missing(g, rows->v[i], err);
		return RETORT_E_NOTFOUND;
	}
	return RETORT_OK;
}

retort_status run_check_apart(const struct graph *g,
			      const struct strings *rows, struct err *err)
{
	SCRATCH(tmp);
	struct revisions list = {0};
	retort_status rc;

	for (size_t i = 0; i < rows->n; i++) {
		struct revision *r = map_get(&g->by_id, rows->v[i]);

		if (r && !vec_push(&tmp, &list, r))
			return err_nomem(err);
	}
	rc = graph_check_apart(g, &list, true, err);
	if (rc != RETORT_E_FAIL)
		return rc;
	err_detail(err, "The version table holds both, and the one includes the "
		   "other.");
	err_hint(err, "\"db stamp --purge\" with what the database really is at "
		 "says it anew.");
	return rc;
}

VEC_OF(todo, const struct revision *);

/* Revisions that `rows` stand on, themselves included, into a map. */
static bool applied(const struct graph *g, const struct strings *rows,
		    struct map *seen)
{
	struct todo todo = {0};

	for (size_t i = 0; i < rows->n; i++) {
		const struct revision *r = map_get(&g->by_id, rows->v[i]);

		if (r && !vec_push(seen->mem, &todo, r))
			return false;
	}
	while (todo.n) {
		const struct revision *r = todo.v[--todo.n];

		if (map_get(seen, r->id))
			continue;
		if (!map_put(seen, r->id, map_get(&g->by_id, r->id)))
			return false;
		for (size_t i = 0; i < r->below.n; i++)
			if (!vec_push(seen->mem, &todo, r->below.v[i]))
				return false;
	}
	return true;
}

static retort_status compare_file(const struct revision *r,
				  const struct log_row *row, struct arena *mem,
				  struct strings *out, struct err *err)
{
	char *now, *line;

	TRY(revision_blob_id(r, mem, &now, err));
	if (!strcmp(now, row->content))
		return RETORT_OK;
	line = arena_printf(mem, "%s: revision %s was changed after it was "
			    "applied", r->path, r->id);
	return line && vec_push(mem, out, line) ? RETORT_OK : err_nomem(err);
}

retort_status run_changed_files(const struct version_tables *t,
				const struct graph *g,
				const struct strings *rows, struct arena *mem,
				struct strings *out, struct err *err)
{
	struct map here = { .mem = mem }, last = { .mem = mem };
	struct log_rows log = {0};

	if (!applied(g, rows, &here))
		return err_nomem(err);
	TRY(log_contents(t, mem, &log, err));
	for (size_t i = 0; i < log.n; i++)
		if (!map_put(&last, log.v[i]->revision, log.v[i]))
			return err_nomem(err);
	for (size_t i = 0; i < g->revisions.n; i++) {
		const struct revision *r = g->revisions.v[i];
		const struct log_row *row = map_get(&last, r->id);

		if (row && row->content && map_get(&here, r->id))
			TRY(compare_file(r, row, mem, out, err));
	}
	return RETORT_OK;
}

retort_status run_next_rows(const struct strings *rows, const struct step *st,
			    struct arena *mem, struct strings *out,
			    struct err *err)
{
	struct strings next = {0};

	for (size_t i = 0; i < rows->n; i++)
		if (!strings_has(&st->delete_rows, rows->v[i]) &&
		    !vec_push(mem, &next, rows->v[i]))
			return err_nomem(err);
	for (size_t i = 0; i < st->insert_rows.n; i++)
		if (!vec_push(mem, &next, st->insert_rows.v[i]))
			return err_nomem(err);
	*out = next;
	return RETORT_OK;
}

const char *run_git_commit(const struct run_options *o, struct arena *mem)
{
	if (o->git_commit || !o->git_directory)
		return o->git_commit;
	return git_head(o->git_directory, mem);
}

static void say_waiting(void *payload)
{
	const struct run_options *const *o = payload;

	run_log(*o, RETORT_LOG_INFO, "Waiting for another migration to end");
}

/* As SQL names it. */
static char *table_name(const struct conn *c, const struct run_options *o,
			struct arena *mem)
{
	const char *schema = o->version_schema;
	char *table = c->ops->quote_name(mem, o->version_table);
	char *outer = schema ? c->ops->quote_name(mem, schema) : NULL;

	if (!schema || !table)
		return table;
	return outer ? arena_printf(mem, "%s.%s", outer, table) : NULL;
}

retort_status run_lock(struct conn *c, const struct run_options *o,
		       struct err *err)
{
	SCRATCH(tmp);
	char *table = table_name(c, o, &tmp);
	int ms = o->lock_timeout_ms < 0 ? 0 : o->lock_timeout_ms;

	if (c->ops->in_transaction(c))
		return err_set(err, RETORT_E_USAGE,
			       "the connection is in a transaction");
	if (!table)
		return err_nomem(err);
	return c->ops->lock(c, table, ms, say_waiting, &o, err);
}

void run_say_where(const struct strings *rows, struct err *err)
{
	SCRATCH(tmp);
	const char *ids = join_ids(&tmp, rows);
	const char *old = err->pub.detail ? err->pub.detail : "";
	const char *gap = *old ? "\n" : "";

	if (rows->n)
		err_detail(err, "%s%sThe database is at revision %s.", old,
			   gap, ids ? ids : "");
	else
		err_detail(err, "%s%sThe database is at no revision, as "
			   "before the first one.", old, gap);
}
