/* Changes of an enum, and of other objects that stay. */
#include <string.h>

#include "dialect/postgresql/compile.h"
#include "dialect/postgresql/normalize.h"
#include "op/mention.h"

static bool has_label(const struct strings *labels, const char *s)
{
	return strings_has(labels, s);
}

/* Are the labels of `a` those of `b`, in the same order, and perhaps more? */
static bool only_adds(const struct strings *old, const struct strings *now)
{
	size_t at = 0;

	for (size_t i = 0; i < now->n && at < old->n; i++)
		at += !strcmp(now->v[i], old->v[at]);
	return at == old->n;
}

static retort_status add_value(struct pg_compiler *k, const struct object *o,
			       const struct strings *old, size_t i)
{
	struct buf b = { .mem = k->mem };
	const char *next = NULL, *label = o->labels.v[i];
	const char *quoted = pg_quote_text(k->mem, label);

	for (size_t n = i + 1; n < o->labels.n && !next; n++)
		if (has_label(old, o->labels.v[n]))
			next = o->labels.v[n];
	buf_add(&b, "ALTER TYPE ");
	pg_ddl_qualified(&b, o->schema, o->name);
	buf_add(&b, " ADD VALUE ");
	pg_ddl_text(&b, label);
	if (next) {
		buf_add(&b, " BEFORE ");
		pg_ddl_text(&b, next);
	}
	if (!quoted || !vec_push(k->mem, &k->new_labels, quoted))
		return err_nomem(k->err);
	return pg_emit(k, &b);
}

static retort_status add_values(struct pg_compiler *k, const struct object *o,
				const struct strings *old)
{
	for (size_t i = 0; i < o->labels.n; i++)
		if (!has_label(old, o->labels.v[i]))
			TRY(add_value(k, o, old, i));
	return RETORT_OK;
}

static retort_status rename_label(struct pg_compiler *k, const struct op *op)
{
	struct buf b = { .mem = k->mem };
	const struct object *o = op->object;

	buf_add(&b, "ALTER TYPE ");
	pg_ddl_qualified(&b, o->schema, o->name);
	buf_add(&b, " RENAME VALUE ");
	pg_ddl_text(&b, op->from);
	buf_add(&b, " TO ");
	pg_ddl_text(&b, op->to);
	return pg_emit(k, &b);
}

static retort_status alter_enum(struct pg_compiler *k, const struct op *op,
				const struct strings *old)
{
	const struct object *o = schema_object(k->s, OBJECT_ENUM,
					       op->object->schema,
					       op->object->name);

	if (op->from && op->to)
		return rename_label(k, op);
	if (only_adds(old, &o->labels))
		return add_values(k, o, old);
	return pg_swap_type(k, o, old);
}

/* What stands behind `CREATE SEQUENCE name`. */
static const char *sequence_options(const struct object *o)
{
	size_t start, n;

	return statement_name(o->create_sql, &start, &n)
		? o->create_sql + start + n : "";
}

static bool is_unlogged(const struct object *o)
{
	return !strncmp(o->create_sql, "CREATE UNLOGGED ", 16);
}

/* All goes back to what it is unsaid, then to what is said. */
static retort_status alter_sequence(struct pg_compiler *k,
				    const struct object *old,
				    const struct object *now)
{
	const char *options = sequence_options(now);
	struct buf b = { .mem = k->mem };

	if (is_unlogged(old) != is_unlogged(now)) {
		buf_add(&b, "ALTER SEQUENCE ");
		pg_ddl_qualified(&b, now->schema, now->name);
		buf_addf(&b, " SET %s",
			 is_unlogged(now) ? "UNLOGGED" : "LOGGED");
		TRY(pg_emit(k, &b));
	}
	buf_add(&b, "ALTER SEQUENCE ");
	pg_ddl_qualified(&b, now->schema, now->name);
	buf_add(&b, " AS bigint INCREMENT BY 1 NO MINVALUE NO MAXVALUE "
		"START WITH 1 CACHE 1 NO CYCLE");
	TRY(pg_emit(k, &b));
	if (!*options)
		return RETORT_OK;
	buf_add(&b, "ALTER SEQUENCE ");
	pg_ddl_qualified(&b, now->schema, now->name);
	buf_add(&b, options);
	return pg_emit(k, &b);
}

static retort_status rename_object(struct pg_compiler *k, const struct op *op)
{
	struct buf b = { .mem = k->mem };

	TRY(op_apply(k->s, op, k->err));
	buf_addf(&b, "ALTER %s ", pg_object_word(op->object));
	pg_ddl_qualified(&b, op->object->schema, op->from);
	buf_add(&b, " RENAME TO ");
	pg_ddl_name(&b, op->to);
	return pg_emit(k, &b);
}

retort_status pg_alter_object(struct pg_compiler *k, const struct op *op)
{
	const struct object *o = op->object;
	const struct object *was = schema_object_like(k->s, o);
	struct object *old = was ? object_copy(k->mem, was) : NULL;

	if (op_renames_object(op))
		return rename_object(k, op);
	TRY(op_apply(k->s, op, k->err));
	if (!old)
		return err_nomem(k->err);
	if (o->kind == OBJECT_ENUM)
		return alter_enum(k, op, &old->labels);
	if (o->word && !strcmp(o->word, "SEQUENCE"))
		return alter_sequence(k, old, o);
	if (o->word && (!strcmp(o->word, "DOMAIN") || !strcmp(o->word, "TYPE")))
		return pg_swap_type(k, o, &old->labels);
	return pg_emit_text(k, o->create_sql);
}
