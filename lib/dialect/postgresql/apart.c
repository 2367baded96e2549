/*
 * A label added to an enum cannot be used before it is committed. A script that
 * does both is no transaction; what must stand alone does, and the statements
 * between are transactions of their own, so that no table is left half changed.
 */
#include <string.h>

#include "dialect/postgresql/compile.h"

static bool adds_label(const char *sql)
{
	return strstr(sql, " ADD VALUE ");
}

/* CONCURRENTLY may be a word in a text: then a statement more stands alone. */
static bool stands_alone(const char *sql)
{
	return adds_label(sql) || strstr(sql, " CONCURRENTLY ");
}

static bool uses_label(const struct pg_compiler *k, const char *sql)
{
	for (size_t i = 0; i < k->new_labels.n; i++)
		if (strstr(sql, k->new_labels.v[i]))
			return true;
	return false;
}

static bool uses_new_labels(const struct pg_compiler *k)
{
	bool added = false;

	for (size_t i = 0; i < k->out->stmts.n; i++) {
		const char *sql = k->out->stmts.v[i].sql;

		if (adds_label(sql))
			added = true;
		else if (added && uses_label(k, sql))
			return true;
	}
	return false;
}

static bool put(struct pg_compiler *k, struct script *out, const char *sql)
{
	const struct stmt s = { .sql = sql };

	return vec_push(k->mem, &out->stmts, s);
}

/* Statements `from` to `to`, not included. */
static bool put_together(struct pg_compiler *k, struct script *out,
			 size_t from, size_t to)
{
	bool several = to > from + 1;

	if (several && !put(k, out, "BEGIN"))
		return false;
	for (size_t i = from; i < to; i++)
		if (!vec_push(k->mem, &out->stmts, k->out->stmts.v[i]))
			return false;
	return !several || put(k, out, "COMMIT");
}

static bool set_apart(struct pg_compiler *k, struct script *out)
{
	size_t from = 0, n = k->out->stmts.n;

	for (size_t i = 0; i < n; i++) {
		if (!stands_alone(k->out->stmts.v[i].sql))
			continue;
		if (!put_together(k, out, from, i) ||
		    !put_together(k, out, i, i + 1))
			return false;
		from = i + 1;
	}
	return put_together(k, out, from, n);
}

retort_status pg_set_apart(struct pg_compiler *k, const struct ops *list)
{
	struct script script = { .no_transaction = true };

	if (!uses_new_labels(k))
		return RETORT_OK;
	k->out->no_transaction = true;
	for (size_t i = 0; i < list->n; i++)
		if (list->v[i]->kind == OP_EXECUTE)
			return RETORT_OK;	/* may have transactions */
	if (!set_apart(k, &script))
		return err_nomem(k->err);
	*k->out = script;
	return RETORT_OK;
}
