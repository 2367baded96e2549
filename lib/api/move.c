#include "api/session.h"

#include <string.h>

#include "migrate/version.h"

/* "a:b" of offline SQL -> both ends; without a colon `from` is the default. */
static retort_status split_range(const char *target, const char *from,
				 struct arena *mem, const char *out[2],
				 struct err *err)
{
	const char *colon = strchr(target, ':');

	if (!colon) {
		out[0] = from;
		out[1] = target;
		return RETORT_OK;
	}
	out[0] = colon == target ? from
		: arena_strndup(mem, target, (size_t)(colon - target));
	out[1] = colon[1] ? colon + 1 : "heads";
	return out[0] ? RETORT_OK : err_nomem(err);
}

static retort_status no_revisions(retort *db, const char *commit)
{
	err_set(&db->err, RETORT_E_NOTFOUND,
		"commit \"%s\" has no revision files", commit);
	err_hint(&db->err, "It may be older than the project, or its revisions "
		 "lay somewhere else; name the revision to go to.");
	return RETORT_E_NOTFOUND;
}

static retort_status not_here(retort *db, const char *commit,
			      const struct revision *r)
{
	err_set(&db->err, RETORT_E_NOTFOUND, "revision %s of commit \"%s\" has "
		"no file here", r->id, commit);
	err_detail(&db->err, "There it is %s.", r->path);
	err_hint(&db->err, "What is checked out is older, or of another branch: "
		 "check that commit out, or merge it.");
	return RETORT_E_NOTFOUND;
}

/* The heads of a commit's revision files, which must be here as well. */
static retort_status commit_heads(retort *db, const char *commit,
				  struct arena *mem, struct strings *out)
{
	const struct config *c = &db->config;
	struct graph *then;

	TRY(graph_load_commit(&c->version_locations, c->recursive, commit, mem,
			      &then, &db->err));
	if (!then->loaded.n)
		return no_revisions(db, commit);
	for (size_t i = 0; i < then->real_heads.n; i++) {
		const struct revision *r = then->real_heads.v[i];

		if (!map_get(&db->graph->by_id, r->id))
			return not_here(db, commit, r);
		if (!vec_push(mem, out, r->id))
			return err_nomem(&db->err);
	}
	return RETORT_OK;
}

static const char *to_commit(const retort_move *move)
{
	return move->size > offsetof(retort_move, to_commit) ? move->to_commit
							     : NULL;
}

static retort_status offline(retort *db, enum direction way,
			     const char *target, const retort_move *move,
			     const struct strings *targets)
{
	SCRATCH(tmp);
	const struct dialect *d;
	const char *from_to[2];
	struct run_options o = session_run_options(db);
	const struct run_output out = { move->sql, move->sql_payload };

	o.targets = targets;
	if (way == DOWNGRADE && !strchr(target, ':')) {
		err_set(&db->err, RETORT_E_USAGE, "downgrade with --sql "
			"requires <fromrev>:<torev>");
		err_hint(&db->err, "The database is not asked where it is; "
			 "write head:base, for example.");
		return RETORT_E_USAGE;
	}
	o.hooks = &db->library.hooks;
	TRY(session_dialect(db, &d));
	TRY(split_range(target, "base", &tmp, from_to, &db->err));
	return run_offline(d, way, from_to, &o, &out, &db->err);
}

static retort_status connect_for(retort *db, const retort_move *move)
{
	return move && move->dry_run ? session_connect_reading(db)
				     : session_connect(db);
}

/* Before a database is opened: a hook that cannot be had is an error. */
static retort_status load_hooks(retort *db, const retort_move *move)
{
	const struct hooks *h;

	TRY(session_hooks(db, "on_version_apply", &h));
	db->library.hooks.tag = move ? move->tag : NULL;
	return RETORT_OK;
}

static retort_status go(retort *db, enum direction way,
			const retort_move *move, size_t *moved)
{
	static const retort_move none = { .size = sizeof(none) };
	SCRATCH(tmp);
	struct strings heads = {0};
	const struct strings *targets = NULL;
	const char *target, *commit;
	struct run_options o;

	if (!move)
		move = &none;
	target = move->target ? move->target : way == UPGRADE ? "head" : "-1";
	commit = to_commit(move);
	TRY(session_graph(db));
	if (commit) {
		TRY(commit_heads(db, commit, &tmp, &heads));
		targets = &heads;
	}
	TRY(load_hooks(db, move));
	if (move->sql) {
		TRY(offline(db, way, target, move, targets));
		if (moved)
			*moved = 0;
		return RETORT_OK;
	}
	TRY(connect_for(db, move));
	o = session_run_options(db);
	o.hooks = &db->library.hooks;
	o.dry_run = move->dry_run;
	o.targets = targets;
	return run_move(db->conn, way, target, &o, moved, &db->err);
}

retort_status retort_upgrade(retort *db, const retort_move *move,
			     size_t *moved)
{
	TRY(session_begin(db));
	return session_end(db, go(db, UPGRADE, move, moved));
}

retort_status retort_downgrade(retort *db, const retort_move *move,
			       size_t *moved)
{
	TRY(session_begin(db));
	return session_end(db, go(db, DOWNGRADE, move, moved));
}

static retort_status stamp(retort *db, const struct strings *targets,
			   bool purge, const retort_move *move)
{
	struct run_options o;
	const struct dialect *d;

	TRY(session_graph(db));
	TRY(load_hooks(db, move));
	if (move && move->sql) {
		const struct run_output out = { move->sql, move->sql_payload };

		TRY(session_dialect(db, &d));
		o = session_run_options(db);
		o.hooks = &db->library.hooks;
		return run_offline_stamp(d, targets, &o, &out, &db->err);
	}
	TRY(connect_for(db, move));
	o = session_run_options(db);
	o.hooks = &db->library.hooks;
	o.dry_run = move && move->dry_run;
	return run_stamp(db->conn, targets, purge, &o, &db->err);
}

retort_status retort_stamp(retort *db, const char *const *targets, size_t n,
			   bool purge, const retort_move *move)
{
	SCRATCH(tmp);
	struct strings list = {0};

	TRY(session_begin(db));
	for (size_t i = 0; i < n; i++)
		if (!vec_push(&tmp, &list, targets[i]))
			return err_nomem(&db->err);
	return session_end(db, stamp(db, &list, purge, move));
}

/* The CREATE TABLE statements of our own tables. */
static retort_status write_tables(retort *db, const retort_move *move)
{
	SCRATCH(tmp);
	const struct config *c = &db->config;
	const struct dialect *d;
	struct buf b = { .mem = &tmp };
	static const enum stmt_id ids[] = { STMT_VERSION_CREATE,
					    STMT_LOG_CREATE };

	TRY(session_dialect(db, &d));
	for (size_t i = 0; i < 2; i++) {
		char *sql = version_sql(d, ids[i], c->version_schema,
					c->version_table, &tmp);

		if (!sql)
			return err_nomem(&db->err);
		sql[strlen(sql) - (sql[strlen(sql) - 1] == '\n')] = '\0';
		buf_addf(&b, "%s;\n\n", sql);
	}
	if (!buf_text(&b))
		return err_nomem(&db->err);
	if (move->sql(move->sql_payload, b.s, b.n))
		return err_set(&db->err, RETORT_E_FAIL,
			       "could not write the SQL");
	return RETORT_OK;
}

static retort_status ensure_version(retort *db, const retort_move *move)
{
	if (move && move->sql)
		return write_tables(db, move);
	TRY(connect_for(db, move));
	if (move && move->dry_run)
		return RETORT_OK;
	return version_ensure(db->conn, db->config.version_schema,
			      db->config.version_table, &db->err);
}

retort_status retort_ensure_version(retort *db, const retort_move *move)
{
	TRY(session_begin(db));
	return session_end(db, ensure_version(db, move));
}
