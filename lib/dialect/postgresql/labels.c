/* Changes of an enum, and of other objects that stay. */
#include <string.h>

#include "dialect/postgresql/compile.h"
#include "dialect/postgresql/normalize.h"
#include "op/mention.h"

#define OLD_SUFFIX "_retort_old"

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

/* "mood" -> 1, "mood[]" -> 2, anything else -> 0 */
static int uses(const struct column *c, const char *type)
{
	size_t n = strlen(type);

	if (!c->type.text || strncmp(c->type.text, type, n))
		return 0;
	return !c->type.text[n] ? 1 : !strcmp(c->type.text + n, "[]") ? 2 : 0;
}

/* Rows that hold a label that goes make the script stop, with their number. */
static retort_status check_rows(struct pg_compiler *k, const struct table *t,
				const struct column *c, int how,
				const struct strings *gone)
{
	struct buf b = { .mem = k->mem }, message = { .mem = k->mem };

	if (!gone->n)
		return RETORT_OK;
	buf_addf(&message, "column \"%s\" of table \"%s\" has rows with a "
		 "label that is to be removed", c->name, t->name);
	buf_add(&b, "DO $retort$\nBEGIN\n\tIF EXISTS (SELECT FROM ");
	pg_ddl_table_name(&b, t);
	buf_add(&b, " WHERE ");
	pg_ddl_name(&b, c->name);
	buf_add(&b, how == 2 ? "::text[] && ARRAY[" : "::text IN (");
	for (size_t i = 0; i < gone->n; i++) {
		buf_add(&b, i ? ", " : "");
		pg_ddl_text(&b, gone->v[i]);
	}
	buf_add(&b, how == 2 ? "])" : "))");
	buf_add(&b, " THEN\n\t\tRAISE EXCEPTION USING MESSAGE = ");
	pg_ddl_text(&b, buf_text(&message) ? message.s : "");
	buf_add(&b, ",\n\t\t\tHINT = 'Give these rows another label first.', "
		"ERRCODE = 'check_violation';\n\tEND IF;\nEND\n$retort$");
	b.failed |= message.failed;
	return pg_emit(k, &b);
}

struct use {
	struct table *t;
	struct column *c;
	int how;
};

static retort_status find_uses(struct pg_compiler *k, const struct object *o,
			       struct buf *type, struct use **out, size_t *n)
{
	VEC_OF(list, struct use) all = {0};

	pg_ddl_qualified(type, o->schema, o->name);
	if (!buf_text(type))
		return err_nomem(k->err);
	for (size_t i = 0; i < k->s->tables.n; i++) {
		struct table *t = k->s->tables.v[i];

		for (size_t m = 0; m < t->columns.n; m++) {
			struct use u = { t, t->columns.v[m],
					 uses(t->columns.v[m], type->s) };

			if (u.how && !u.c->inherited &&
			    !vec_push(k->mem, &all, u))
				return err_nomem(k->err);
		}
	}
	*out = all.v;
	*n = all.n;
	return RETORT_OK;
}

/* A default goes first: it is of the old type. */
static retort_status retype(struct pg_compiler *k, const struct use *u)
{
	struct column *old = column_copy(k->mem, u->c);
	struct buf b = { .mem = k->mem };

	if (!old)
		return err_nomem(k->err);
	pg_ddl_name(&b, u->c->name);
	buf_addf(&b, "::text%s::%s", u->how == 2 ? "[]" : "",
		 u->c->type.text);
	if (!buf_text(&b))
		return err_nomem(k->err);
	return pg_retype(k, u->t, old, u->c, b.s);
}

static retort_status rename_type(struct pg_compiler *k, const struct object *o,
				 const char *to)
{
	struct buf b = { .mem = k->mem };

	buf_addf(&b, "ALTER %s ", pg_object_word(o));
	pg_ddl_qualified(&b, o->schema, o->name);
	buf_add(&b, " RENAME TO ");
	pg_ddl_name(&b, to);
	return pg_emit(k, &b);
}

static retort_status drop_type(struct pg_compiler *k, const struct object *o,
			       const char *name)
{
	struct buf b = { .mem = k->mem };

	buf_addf(&b, "DROP %s ", pg_object_word(o));
	pg_ddl_qualified(&b, o->schema, name);
	return pg_emit(k, &b);
}

static retort_status set_facets(struct pg_compiler *k, const struct object *o)
{
	for (size_t i = 0; i < o->facets.n; i++)
		if (o->facets.v[i].set_sql)
			TRY(pg_emit_text(k, o->facets.v[i].set_sql));
	return RETORT_OK;
}

static retort_status labels_gone(struct pg_compiler *k,
				 const struct strings *old,
				 const struct strings *now,
				 struct strings *out)
{
	for (size_t i = 0; i < old->n; i++)
		if (!has_label(now, old->v[i]) &&
		    !vec_push(k->mem, out, old->v[i]))
			return err_nomem(k->err);
	return RETORT_OK;
}

static retort_status create_type(struct pg_compiler *k, const struct object *o)
{
	struct buf b = { .mem = k->mem };

	if (o->kind != OBJECT_ENUM)
		return pg_emit_text(k, o->create_sql);
	pg_ddl_create_enum(&b, o, o->name);
	return pg_emit(k, &b);
}

/*
 * A label cannot be taken out, nor moved, and what a type is made of cannot be
 * changed: a new one takes the old one's place.
 */
static retort_status swap_type(struct pg_compiler *k, const struct object *o,
			       const struct strings *old)
{
	const char *kept = pg_object_name(k->mem, o->name, NULL,
					  &OLD_SUFFIX[1]);
	struct strings gone = {0};
	struct buf type = { .mem = k->mem };
	struct use *use = NULL;
	size_t n = 0;

	if (!kept)
		return err_nomem(k->err);
	TRY(labels_gone(k, old, &o->labels, &gone));
	TRY(find_uses(k, o, &type, &use, &n));
	for (size_t i = 0; i < n; i++)
		TRY(check_rows(k, use[i].t, use[i].c, use[i].how, &gone));
	for (size_t i = 0; i < n; i++)
		TRY(pg_put_aside(k, use[i].t, use[i].c->name));
	TRY(pg_put_aside_users(k, o));
	TRY(rename_type(k, o, kept));
	TRY(create_type(k, o));
	for (size_t i = 0; i < n; i++)
		TRY(retype(k, &use[i]));
	TRY(drop_type(k, o, kept));
	return set_facets(k, o);
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
	return swap_type(k, o, old);
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
	const struct object *was = schema_object(k->s, o->kind, o->schema,
						 o->name);
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
		return swap_type(k, o, &old->labels);
	return pg_emit_text(k, o->create_sql);
}
