#include <string.h>

#include "diff/differ.h"

/* A proof under way, on a database of its own. */
struct proof {
	const struct dialect *d;
	struct conn *c;
	struct reflect_options all;	/* every schema there is */
	struct arena *mem;
	struct err *err;
};

static retort_status run_guarded(struct proof *p, const struct script *s,
				 struct guard *g)
{
	TRY(p->d->guard_begin(g, p->err));
	for (size_t i = 0; i < s->stmts.n; i++)
		TRY(p->d->guard_run(g, i, p->err));
	return p->d->guard_check(g, p->err);
}

static retort_status run_plain(struct proof *p, const struct script *s)
{
	for (size_t i = 0; i < s->stmts.n; i++)
		TRY(p->d->run(p->c, s->stmts.v[i].sql, 0, NULL, NULL, NULL,
			      p->err));
	return RETORT_OK;
}

static retort_status run_in_transaction(struct proof *p, const struct script *s,
					struct guard *g)
{
	retort_status rc;

	TRY(p->d->begin(p->c, p->err));
	rc = g ? run_guarded(p, s, g) : run_plain(p, s);
	if (rc == RETORT_OK)
		rc = p->d->commit(p->c, p->err);
	if (rc < 0)
		p->d->rollback(p->c);
	return rc;
}

static retort_status run(struct proof *p, const struct script *s)
{
	struct guard *g = NULL;
	retort_status rc;

	if (s->no_transaction)
		return run_plain(p, s);
	if (s->guarded && p->d->guard_open)
		TRY(p->d->guard_open(p->c, s, &g, p->err));
	rc = run_in_transaction(p, s, g);
	if (g)
		p->d->guard_close(g);
	return rc;
}

/* Compile `list` for a database that is as `before`, and run it. */
static retort_status carry_out(struct proof *p, const struct schema *before,
			       const struct ops *list)
{
	struct script script = {0};
	struct schema *copy = schema_copy(p->mem, before);

	if (!copy)
		return err_nomem(p->err);
	TRY(p->d->compile(copy, list, p->mem, &script, p->err));
	return run(p, &script);
}

/* Everything of `s` from nothing. */
static retort_status create(struct proof *p, const struct schema *s)
{
	struct schema *empty = schema_new(p->mem, s->fold_case);
	struct schema *copy = schema_copy(p->mem, s);
	struct diff all = {0};

	if (!empty || !copy)
		return err_nomem(p->err);
	TRY(diff_schemas(p->d, NULL, empty, copy, NULL, p->mem, &all, p->err));
	return carry_out(p, empty, &all.up);
}

/* The lines up to the first that is not in the other, as one sentence. */
static void say_difference(struct err *err, const char *expected,
			   const char *got)
{
	while (*expected && *got) {
		size_t n = strcspn(expected, "\n"), m = strcspn(got, "\n");

		if (n != m || strncmp(expected, got, n))
			break;
		expected += n + (expected[n] != '\0');
		got += m + (got[m] != '\0');
	}
	err_detail(err, "Expected: %.*s. Found: %.*s.",
		   *expected ? (int)strcspn(expected, "\n") : 7,
		   *expected ? expected : "nothing",
		   *got ? (int)strcspn(got, "\n") : 7, *got ? got : "nothing");
}

/* Is the database now as `expected`? *out is how it is. */
static retort_status compare(struct proof *p, const struct schema *expected,
			     const char *what, struct schema **out)
{
	const char *a, *b;

	TRY(p->d->reflect(p->c, &p->all, p->mem, out, p->err));
	TRY(p->d->normalize(p->c, expected, *out, p->err));
	a = schema_dump(p->mem, expected);
	b = schema_dump(p->mem, *out);
	if (!a || !b)
		return err_nomem(p->err);
	if (!strcmp(a, b))
		return RETORT_OK;
	err_set(p->err, RETORT_E_FAIL, "%s", what);
	say_difference(p->err, a, b);
	return RETORT_E_FAIL;
}

/* Errors that say nothing about the revision. */
static bool is_other(const struct err *err)
{
	return err->pub.code == RETORT_E_NOMEM ||
	       err->pub.code == RETORT_E_INTERRUPTED;
}

static retort_status not_tried(struct err *err)
{
	if (is_other(err))
		return err->pub.code;
	err_context(err, "could not make a copy of the schema");
	err->pub.code = RETORT_E_UNREACHABLE;
	return RETORT_E_UNREACHABLE;
}

static retort_status failed(struct err *err, const char *way)
{
	if (is_other(err))
		return err->pub.code;
	err_context(err, "the %s does not work", way);
	err->pub.code = RETORT_E_FAIL;
	return RETORT_E_FAIL;
}

static retort_status find_broken(struct proof *p, struct strings *out)
{
	return p->d->broken ? p->d->broken(p->c, p->mem, out, p->err)
			    : RETORT_OK;
}

/* What did not work before may go on so. */
static retort_status check_broken(struct proof *p, const struct strings *before)
{
	struct strings now = {0};

	TRY(find_broken(p, &now));
	for (size_t i = 0; i < now.n; i++) {
		if (strings_has(before, now.v[i]))
			continue;
		err_set(p->err, RETORT_E_FAIL, "after the upgrade %s",
			now.v[i]);
		return RETORT_E_FAIL;
	}
	return RETORT_OK;
}

static retort_status prove(struct proof *p, const struct schema *live,
			   const struct schema *wanted,
			   const struct diff *diff)
{
	struct schema *now, *then;
	struct strings broken = {0};

	if (create(p, live) < 0 ||
	    compare(p, live, "the copy differs", &now) < 0)
		return not_tried(p->err);
	TRY(find_broken(p, &broken));
	if (carry_out(p, now, &diff->up) < 0)
		return failed(p->err, "upgrade");
	TRY(compare(p, wanted, "the upgrade does not give the models' schema",
		    &then));
	TRY(check_broken(p, &broken));
	if (carry_out(p, then, &diff->down) < 0)
		return failed(p->err, "downgrade");
	return compare(p, live, "the downgrade does not give the schema from "
		       "before", &now);
}

/* "" is the default one; where it is the only one it is not said. */
static bool add_schema(struct proof *p, const char *name)
{
	struct strings *list = &p->all.schemas;

	if (!name || strings_has(list, name))
		return true;
	return (list->n || vec_push(p->mem, list, "")) &&
	       vec_push(p->mem, list, name);
}

static bool add_schemas(struct proof *p, const struct schema *s)
{
	for (size_t i = 0; i < s->tables.n; i++)
		if (!add_schema(p, s->tables.v[i]->schema))
			return false;
	for (size_t i = 0; i < s->objects.n; i++) {
		const struct object *o = s->objects.v[i];
		bool schema = o->word && !strcmp(o->word, "SCHEMA");

		if (!add_schema(p, schema ? o->name : o->schema))
			return false;
	}
	return true;
}

retort_status diff_prove(const struct dialect *d, struct conn *conn,
			 const struct schema *live,
			 const struct schema *wanted, const struct diff *diff,
			 struct err *err)
{
	SCRATCH(mem);
	struct proof p = { .d = d, .all.declared = wanted, .mem = &mem, .err = err };
	retort_status rc;

	if (!add_schemas(&p, live) || !add_schemas(&p, wanted))
		return err_nomem(err);
	if (d->scratch(conn, &p.c, err) < 0)
		return not_tried(err);
	rc = prove(&p, live, wanted, diff);
	d->close(p.c);
	return rc;
}
