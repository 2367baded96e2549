/* What the runner asks about statements that run again, or did not run. */
#include <string.h>

#include "dialect/postgresql/lex.h"
#include "dialect/postgresql/pg.h"

bool pg_worth_retry(const struct err *err)
{
	const char *s = err->pub.sqlstate;

	return s && (!strcmp(s, "55P03") || !strcmp(s, "40001") ||
		     !strcmp(s, "40P01"));
}

/* 2D000: a procedure that commits was called in a transaction. */
bool pg_must_be_alone(const struct err *err)
{
	const char *s = err->pub.sqlstate;

	return s && (!strcmp(s, "25001") || !strcmp(s, "2D000"));
}

/* A statement that makes or drops an index without a lock. */
struct concurrent {
	enum { NOT_CONCURRENT, CREATES, DROPS, REBUILDS } what;
	char *index;	/* as written, with its schema; NULL: not named */
	char *table;
};

struct reader {
	struct pg_lexer lx;
	struct pg_token t;
};

static void next(struct reader *r)
{
	r->t = pg_token_next(&r->lx);
}

static bool take(struct reader *r, const char *word)
{
	if (!pg_token_is(&r->t, word))
		return false;
	next(r);
	return true;
}

static bool at_name(const struct reader *r)
{
	return r->t.kind == PG_WORD || r->t.kind == PG_QUOTED;
}

/* a.b as it stands, for to_regclass(); NULL where no name is. */
static char *take_name(struct reader *r, struct arena *mem)
{
	const char *start = r->t.s, *end = start;

	while (at_name(r)) {
		end = r->t.s + r->t.n;
		next(r);
		if (r->t.kind != PG_OTHER || *r->t.s != '.')
			break;
		next(r);
	}
	return end > start ? arena_strndup(mem, start, (size_t)(end - start))
			   : NULL;
}

static void read_create(struct reader *r, struct arena *mem,
			struct concurrent *out)
{
	take(r, "UNIQUE");
	if (!take(r, "INDEX") || !take(r, "CONCURRENTLY"))
		return;
	out->what = CREATES;
	if (take(r, "IF") && take(r, "NOT"))
		take(r, "EXISTS");
	if (!pg_token_is(&r->t, "ON"))
		out->index = take_name(r, mem);
	if (!take(r, "ON"))
		return;
	take(r, "ONLY");
	out->table = take_name(r, mem);
}

static void read_drop(struct reader *r, struct arena *mem,
		      struct concurrent *out)
{
	if (!take(r, "INDEX") || !take(r, "CONCURRENTLY"))
		return;
	out->what = DROPS;
	if (take(r, "IF"))
		take(r, "EXISTS");
	out->index = take_name(r, mem);
}

/* REINDEX [(options)] INDEX | TABLE CONCURRENTLY name */
static void read_reindex(struct reader *r, struct arena *mem,
			 struct concurrent *out)
{
	while (r->t.kind == PG_OTHER || pg_token_is(&r->t, "VERBOSE") ||
	       pg_token_is(&r->t, "CONCURRENTLY") ||
	       pg_token_is(&r->t, "TABLESPACE"))
		next(r);
	bool index = take(r, "INDEX"), table = !index && take(r, "TABLE");

	if ((!index && !table) || !take(r, "CONCURRENTLY"))
		return;
	out->what = REBUILDS;
	*(index ? &out->index : &out->table) = take_name(r, mem);
}

static struct concurrent read_statement(const char *sql, struct arena *mem)
{
	struct reader r = { .lx = { .at = sql, .line = 1 } };
	struct concurrent out = { .what = NOT_CONCURRENT };

	next(&r);
	if (take(&r, "CREATE"))
		read_create(&r, mem, &out);
	else if (take(&r, "DROP"))
		read_drop(&r, mem, &out);
	else if (take(&r, "REINDEX"))
		read_reindex(&r, mem, &out);
	return out;
}

/* An index as the server has it. */
struct found {
	struct arena *mem;
	struct strings names;	/* quoted, with their schemas */
	bool valid, failed;
};

static int take_index(void *payload, int n, const char *const cell[])
{
	struct found *f = payload;
	char *name = arena_strdup(f->mem, cell[0]);

	(void)n;
	f->valid = *cell[1] == 't';
	f->failed |= !name || !vec_push(f->mem, &f->names, name);
	return f->failed;
}

static retort_status find(struct conn *c, const char *sql, const char *name,
			  const char *table, struct found *out,
			  struct err *err)
{
	const char *const arg[] = { name, table };

	TRY(pg_run(c, sql, 2, arg, take_index, out, err));
	return out->failed ? err_nomem(err) : RETORT_OK;
}

static retort_status drop_all(struct conn *c, struct found *f, char **said,
			      struct err *err)
{
	for (size_t i = 0; i < f->names.n; i++) {
		char *sql = arena_printf(f->mem, "DROP INDEX CONCURRENTLY %s",
					 f->names.v[i]);

		if (!sql)
			return err_nomem(err);
		TRY(pg_run(c, sql, 0, NULL, NULL, NULL, err));
		*said = arena_printf(f->mem, "Dropped the invalid index %s, "
				     "which was left half built",
				     f->names.v[i]);
		if (!*said)
			return err_nomem(err);
	}
	return RETORT_OK;
}

/*
 * The index is in the schema of its table. Valid, when it was stopped while it
 * was made: then it had come to its end.
 */
static retort_status after_create(struct conn *c, const struct concurrent *s,
				  bool begun, struct found *f, bool *done,
				  char **said, struct err *err)
{
	if (!s->index || !s->table)
		return RETORT_OK;
	TRY(find(c, sql_postgresql_index_of_table, s->index, s->table, f,
		 err));
	if (!f->names.n)
		return RETORT_OK;
	if (f->valid) {
		*done = begun;
		return RETORT_OK;
	}
	return drop_all(c, f, said, err);
}

retort_status pg_before_retry(struct conn *c, const char *sql, bool begun,
			      struct arena *mem, bool *done, char **said,
			      struct err *err)
{
	const struct concurrent s = read_statement(sql, mem);
	struct found f = { .mem = mem };

	*done = false;
	switch (s.what) {
	case CREATES:
		return after_create(c, &s, begun, &f, done, said, err);
	case DROPS:
		if (!s.index || !begun)
			return RETORT_OK;
		TRY(find(c, sql_postgresql_index_named, s.index, NULL, &f,
			 err));
		*done = !f.names.n;
		return RETORT_OK;
	case REBUILDS:
		TRY(find(c, sql_postgresql_index_rebuilt, s.index, s.table, &f,
			 err));
		return drop_all(c, &f, said, err);
	default:
		return RETORT_OK;
	}
}

bool pg_sets_session(const char *sql)
{
	struct reader r = { .lx = { .at = sql, .line = 1 } };

	next(&r);
	if (take(&r, "SET"))
		return !pg_token_is(&r.t, "LOCAL") &&
		       !pg_token_is(&r.t, "TRANSACTION") &&
		       !pg_token_is(&r.t, "CONSTRAINTS");
	return pg_token_is(&r.t, "RESET") || pg_token_is(&r.t, "DISCARD") ||
	       pg_token_is(&r.t, "DEALLOCATE") ||
	       (pg_token_is(&r.t, "SELECT") && strstr(sql, "set_config"));
}
