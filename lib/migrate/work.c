#include "migrate/work.h"

#include <ctype.h>
#include <string.h>

#include "base/ascii.h"
#include "diff/diff.h"

void site_forget_schema(struct site *s)
{
	s->schema = NULL;
	arena_clear(&s->schema_mem);
}

void site_clear(struct site *s)
{
	site_forget_schema(s);
}

static retort_status site_schema(struct site *s, struct schema **out,
				 struct err *err)
{
	if (!s->schema)
		TRY(s->dialect->reflect(s->conn, s->o->reflect, &s->schema_mem,
					&s->schema, err));
	*out = s->schema;
	return RETORT_OK;
}

const char *way_word(enum direction way)
{
	return way == UPGRADE ? "upgrade" : "downgrade";
}

char *join_ids(struct arena *mem, const struct strings *ids)
{
	struct buf b = { .mem = mem };

	for (size_t i = 0; i < ids->n; i++)
		buf_addf(&b, "%s%s", i ? ", " : "", ids->v[i]);
	return buf_text(&b);
}

void run_log(const struct run_options *o, retort_log_level level,
	     const char *fmt, ...)
{
	SCRATCH(tmp);
	va_list ap;
	const char *text;

	if (!o->log)
		return;
	va_start(ap, fmt);
	text = arena_vprintf(&tmp, fmt, ap);
	va_end(ap);
	o->log(o->payload, level, text ? text : "out of memory");
}

retort_status check_cancelled(const struct run_options *o, struct err *err)
{
	if (!o->cancelled || !*o->cancelled)
		return RETORT_OK;
	return err_set(err, RETORT_E_INTERRUPTED, "interrupted");
}

static retort_status no_section(const struct work *w, const char *dialect,
				struct err *err)
{
	const struct revision *r = w->revision;

	err_set(err, RETORT_E_FAIL, "revision %s cannot be %s: it has no "
		"section \"-- %s\" for %s", r->id,
		w->way == UPGRADE ? "applied" : "taken back",
		way_word(w->way), dialect);
	err_where(err, r->path, 0);
	if (w->way == DOWNGRADE)
		err_hint(err, "Write the section, empty if nothing has to be "
			 "done, or leave the revision where it is.");
	else
		err_hint(err, "Write the section, empty if nothing has to be "
			 "done.");
	return RETORT_E_FAIL;
}

/* The word at `*at`, in any case? Then go past it and the space behind. */
static bool skip_word(const char **at, const char *word)
{
	size_t n = strlen(word);

	if (ascii_ncasecmp(*at, word, n) || isalnum((unsigned char)(*at)[n]) ||
	    (*at)[n] == '_')
		return false;
	*at += n;
	*at += strspn(*at, " \t\r\n");
	return true;
}

bool work_ends_transaction(const char *sql)
{
	if (skip_word(&sql, "ROLLBACK")) {
		skip_word(&sql, "TRANSACTION");
		return !skip_word(&sql, "TO");
	}
	return skip_word(&sql, "BEGIN") || skip_word(&sql, "COMMIT") ||
	       skip_word(&sql, "END") || skip_word(&sql, "START") ||
	       skip_word(&sql, "ABORT") ||
	       (skip_word(&sql, "PREPARE") && skip_word(&sql, "TRANSACTION"));
}

static retort_status refuse_statement(const struct work *w,
				      const struct stmt *st, const char *why,
				      struct err *err)
{
	err_set(err, RETORT_E_FAIL, "cannot run \"%.40s\" in revision %s: it "
		"runs in a transaction already", st->sql, w->revision->id);
	err_where(err, w->revision->path, st->line);
	if (why)
		err_hint(err, "%s", why);
	else
		err_hint(err, "Take the statement out, or write \"-- %s "
			 "transaction=off\".", way_word(w->way));
	return RETORT_E_FAIL;
}

static retort_status check_statements(const struct dialect *d,
				      const struct work *w, struct err *err)
{
	const struct script *s = &w->script;

	if (s->no_transaction && s->guarded) {
		err_set(err, RETORT_E_FAIL, "cannot use \"transaction=off\" "
			"together with \"foreign_keys=off\" in revision %s",
			w->revision->id);
		err_where(err, w->revision->path, 0);
		err_hint(err, "A table that is created anew must be so in one "
			 "transaction; take out \"transaction=off\".");
		return RETORT_E_FAIL;
	}
	for (size_t i = 0; i < s->stmts.n && !s->no_transaction; i++) {
		const struct stmt *st = &s->stmts.v[i];
		const char *why = d->not_in_transaction
			? d->not_in_transaction(st->sql) : NULL;

		if (why || work_ends_transaction(st->sql))
			return refuse_statement(w, st, why, err);
	}
	return RETORT_OK;
}

static retort_status prepare_sql(struct site *s, struct work *w,
				 struct arena *mem, struct err *err)
{
	bool found;

	TRY(revision_section(w->revision, w->way, s->dialect, s->o->x,
			     s->o->n_x, mem, &w->script, &found, err));
	if (!found)
		return no_section(w, s->dialect->name, err);
	w->opaque = w->script.stmts.n > 0;
	return RETORT_OK;
}

/* Compile a run of operations and append what comes out. */
static retort_status compile_part(struct site *s, struct work *w,
				  const struct ops *part, struct arena *mem,
				  struct err *err)
{
	struct script script = {0};
	struct schema *before;

	if (!part->n)
		return RETORT_OK;
	TRY(site_schema(s, &before, err));
	TRY(s->dialect->compile(before, part, mem, &script, err));
	for (size_t i = 0; i < script.stmts.n; i++)
		if (!vec_push(mem, &w->script.stmts, script.stmts.v[i]))
			return err_nomem(err);
	w->script.guarded |= script.guarded;
	w->script.no_transaction |= script.no_transaction;
	return RETORT_OK;
}

/* Does the text begin with CREATE, ALTER or DROP? */
static bool changes_schema(const char *sql)
{
	return skip_word(&sql, "CREATE") || skip_word(&sql, "ALTER") ||
	       skip_word(&sql, "DROP");
}

/* An empty database becomes as the schema that is known. */
static retort_status build_scratch(struct site *s, struct conn *c,
				   struct arena *mem, struct err *err)
{
	struct schema *empty = schema_new(mem, s->schema->fold_case);
	struct schema *wanted = schema_copy(mem, s->schema);
	struct script script = {0};
	struct diff all = {0};

	if (!empty || !wanted)
		return err_nomem(err);
	TRY(diff_schemas(NULL, NULL, empty, wanted, NULL, mem, &all, err));
	TRY(s->dialect->compile(empty, &all.up, mem, &script, err));
	return run_script(c, &script, err);
}

/*
 * What SQL of the revision's own does to the schema shows on a scratch
 * database. Where it cannot be tried there, the schema stays as it was.
 */
static retort_status follow_sql(struct site *s, const char *sql,
				struct err *err)
{
	SCRATCH(mem);
	SCRATCH_ERR(ignored);
	struct conn *c;
	retort_status rc;

	TRY(s->dialect->scratch(s->conn, &c, err));
	rc = build_scratch(s, c, &mem, &ignored);
	if (rc == RETORT_OK)
		rc = conn_exec(c, sql, &ignored);
	if (rc == RETORT_OK)
		rc = s->dialect->reflect(c, s->o->reflect, &s->schema_mem,
					 &s->schema, &ignored);
	conn_close(c);
	return rc == RETORT_E_NOMEM ? err_nomem(err) : RETORT_OK;
}

/* Is there an operation behind `at` that needs to know the schema? */
static bool more_changes(const struct ops *ops, size_t at)
{
	for (size_t i = at + 1; i < ops->n; i++)
		if (ops->v[i]->kind != OP_EXECUTE &&
		    ops->v[i]->kind != OP_CALL &&
		    ops->v[i]->kind != OP_BULK_INSERT)
			return true;
	return false;
}

/* Behind SQL that changes the schema and behind calls a new part begins. */
static retort_status compile_ops(struct site *s, struct work *w,
				 const struct ops *ops, struct arena *mem,
				 struct err *err)
{
	struct ops part = {0};

	for (size_t i = 0; i < ops->n; i++) {
		struct op *op = ops->v[i];
		bool follow = op->kind == OP_EXECUTE &&
			      changes_schema(op->sql) && more_changes(ops, i);

		w->opaque |= op->kind == OP_EXECUTE || op->kind == OP_CALL;
		if (op->kind != OP_CALL && !vec_push(mem, &part, op))
			return err_nomem(err);
		if (op->kind != OP_CALL && !follow)
			continue;
		TRY(compile_part(s, w, &part, mem, err));
		part.n = 0;
		if (follow) {
			TRY(follow_sql(s, op->sql, err));
			continue;
		}
		struct work_call call = { w->script.stmts.n, op->call };
		if (!vec_push(mem, &w->calls, call))
			return err_nomem(err);
	}
	return compile_part(s, w, &part, mem, err);
}

static void hint_at_schema(retort_status rc, struct err *err)
{
	if (!err->pub.hint && (rc == RETORT_E_FAIL || rc == RETORT_E_NOTFOUND))
		err_hint(err, "The database has another schema than the "
			 "revision was written for; \"db inspect\" shows it.");
}

static retort_status prepare_c(struct site *s, struct work *w,
			       struct arena *mem, struct err *err)
{
	const struct run_options *o = s->o;
	struct ops ops = {0};
	retort_status rc;

	TRY(revision_record(w->revision, w->way, s->dialect, o->compile,
			    o->naming, mem, &ops, &w->library, err));
	rc = compile_ops(s, w, &ops, mem, err);
	w->script.has_calls = w->calls.n > 0;
	if (rc < 0) {
		/* Compiling may have changed the schema half way. */
		site_forget_schema(s);
		hint_at_schema(rc, err);
		if (!err->pub.file)
			err_where(err, w->revision->path, 0);
	}
	return rc;
}

retort_status work_prepare(struct site *s, struct work *w, struct arena *mem,
			   struct err *err)
{
	TRY(revision_blob_id(w->revision, mem, &w->content, err));
	if (w->revision->format == REVISION_SQL)
		TRY(prepare_sql(s, w, mem, err));
	else
		TRY(prepare_c(s, w, mem, err));
	return check_statements(s->dialect, w, err);
}

void work_clear(struct work *w)
{
	if (w->library.handle)
		revision_unload(&w->library);
	w->library.handle = NULL;
}

retort_status work_failed(const struct work *w, size_t i, retort_status rc,
			  struct err *err)
{
	const struct stmt *st = &w->script.stmts.v[i];

	if (rc == RETORT_E_NOMEM || rc == RETORT_E_INTERRUPTED)
		return rc;
	if (!err->pub.file)
		err_where(err, w->revision->path,
			  err->pub.line ? err->pub.line : st->line);
	if (!err->pub.detail)
		err_detail(err, "The statement is: %.2000s", st->sql);
	if (!err->pub.hint && !w->script.no_transaction)
		err_hint(err, "What the revision had done is rolled back: put "
			 "right what stopped it and run it again.");
	err_context(err, "revision %s", w->revision->id);
	return rc;
}

static retort_status run_calls(struct site *s, const struct work *w, size_t at,
			       struct err *err)
{
	for (size_t i = 0; i < w->calls.n; i++)
		if (w->calls.v[i].at == at)
			TRY(revision_call(w->revision, s->conn,
					  &w->calls.v[i].call, err));
	return RETORT_OK;
}

retort_status work_run_one(struct site *s, const struct work *w, size_t i,
			   struct guard *g, struct err *err)
{
	const struct dialect *d = s->dialect;
	retort_status rc;

	TRY(check_cancelled(s->o, err));
	TRY(run_calls(s, w, i, err));
	rc = g ? d->guard_run(g, i, err)
	       : d->run(s->conn, w->script.stmts.v[i].sql, 0, NULL, NULL, NULL,
			err);
	if (rc < 0)
		return work_failed(w, i, rc, err);
	if (!w->script.no_transaction && !d->in_transaction(s->conn)) {
		rc = err_set(err, RETORT_E_FAIL,
			     "the statement ended the transaction");
		return work_failed(w, i, rc, err);
	}
	return RETORT_OK;
}

retort_status work_run(struct site *s, const struct work *w, struct guard *g,
		       struct err *err)
{
	size_t n = w->script.stmts.n;

	for (size_t i = 0; i < n; i++)
		TRY(work_run_one(s, w, i, g, err));
	TRY(run_calls(s, w, n, err));
	return check_cancelled(s->o, err);
}
