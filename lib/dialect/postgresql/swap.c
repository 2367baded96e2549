/*
 * A type whose labels go, or that is made of something else: the server cannot
 * change it. A new one takes its place, and so do new ones of all types that
 * stand on it; the columns go over from one to the other.
 */
#include <string.h>

#include "dialect/postgresql/compile.h"

#define OLD_SUFFIX "_retort_old"

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
	bool checked;		/* its rows may have a label that goes */
};

struct swap {
	struct pg_compiler *k;
	VEC(const struct object *) types;	/* each after those it needs */
	VEC(struct use) uses;
	struct strings gone;			/* labels of the first type */
};

static bool is_type(const struct object *o)
{
	const char *word = pg_object_word(o);

	return word && (!strcmp(word, "TYPE") || !strcmp(word, "DOMAIN"));
}

static bool is_swapped(const struct swap *x, const struct object *o)
{
	for (size_t i = 0; i < x->types.n; i++)
		if (x->types.v[i] == o)
			return true;
	return false;
}

static retort_status add_type(struct swap *x, const struct object *o)
{
	return vec_push(x->k->mem, &x->types, o) ? RETORT_OK
						 : err_nomem(x->k->err);
}

/* The type and those that are made of it, as they were found. */
static retort_status find_types(struct swap *x, const struct object *first)
{
	const struct schema *s = x->k->s;

	TRY(add_type(x, first));
	for (size_t at = 0; at < x->types.n; at++)
		for (size_t i = 0; i < s->objects.n; i++) {
			const struct object *o = s->objects.v[i];

			if (is_type(o) && !is_swapped(x, o) &&
			    pg_needs_object(x->k, o, x->types.v[at]))
				TRY(add_type(x, o));
		}
	return RETORT_OK;
}

/* Does one of those from `at` on have to be there before this one? */
static bool waits(const struct swap *x, size_t at, const struct object *o)
{
	for (size_t i = at; i < x->types.n; i++)
		if (x->types.v[i] != o &&
		    pg_needs_object(x->k, o, x->types.v[i]))
			return true;
	return false;
}

static void order_types(struct swap *x)
{
	for (size_t at = 0; at < x->types.n; at++) {
		size_t i = at;
		const struct object *o;

		while (i < x->types.n && waits(x, at, x->types.v[i]))
			i++;
		if (i == x->types.n)
			return;
		o = x->types.v[i];
		x->types.v[i] = x->types.v[at];
		x->types.v[at] = o;
	}
}

static retort_status find_uses_of(struct swap *x, const struct object *o,
				  bool checked)
{
	struct pg_compiler *k = x->k;
	struct buf type = { .mem = k->mem };

	pg_ddl_qualified(&type, o->schema, o->name);
	if (!buf_text(&type))
		return err_nomem(k->err);
	for (size_t i = 0; i < k->s->tables.n; i++) {
		struct table *t = k->s->tables.v[i];

		for (size_t m = 0; m < t->columns.n; m++) {
			struct use u = { t, t->columns.v[m],
				uses(t->columns.v[m], type.s), checked };

			if (u.how && !pg_has_from_parent(k, t, u.c) &&
			    !vec_push(k->mem, &x->uses, u))
				return err_nomem(k->err);
		}
	}
	return RETORT_OK;
}

/* Is what the type is made of the type itself? Then a label is the value. */
static bool is_domain(const struct object *o)
{
	const char *word = pg_object_word(o);

	return word && !strcmp(word, "DOMAIN");
}

static retort_status find_uses(struct swap *x, const struct object *first)
{
	for (size_t i = 0; i < x->types.n; i++)
		TRY(find_uses_of(x, x->types.v[i], x->types.v[i] == first ||
				 is_domain(x->types.v[i])));
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
	TRY(pg_retype(k, u->t, old, u->c, b.s));
	return pg_follow_retyped(k, u->t, u->c);
}

static const char *kept_name(struct pg_compiler *k, const struct object *o)
{
	return pg_object_name(k->mem, o->name, NULL, &OLD_SUFFIX[1]);
}

static retort_status rename_types(struct swap *x)
{
	for (size_t i = 0; i < x->types.n; i++) {
		const struct object *o = x->types.v[i];
		struct buf b = { .mem = x->k->mem };
		const char *kept = kept_name(x->k, o);

		if (!kept)
			return err_nomem(x->k->err);
		buf_addf(&b, "ALTER %s ", pg_object_word(o));
		pg_ddl_qualified(&b, o->schema, o->name);
		buf_add(&b, " RENAME TO ");
		pg_ddl_name(&b, kept);
		TRY(pg_emit(x->k, &b));
	}
	return RETORT_OK;
}

static retort_status drop_types(struct swap *x)
{
	for (size_t i = x->types.n; i-- > 0;) {
		const struct object *o = x->types.v[i];
		struct buf b = { .mem = x->k->mem };
		const char *kept = kept_name(x->k, o);

		if (!kept)
			return err_nomem(x->k->err);
		buf_addf(&b, "DROP %s ", pg_object_word(o));
		pg_ddl_qualified(&b, o->schema, kept);
		TRY(pg_emit(x->k, &b));
	}
	return RETORT_OK;
}

static retort_status create_types(struct swap *x)
{
	for (size_t i = 0; i < x->types.n; i++) {
		const struct object *o = x->types.v[i];
		struct buf b = { .mem = x->k->mem };

		if (o->kind != OBJECT_ENUM) {
			TRY(pg_emit_text(x->k, o->create_sql));
			continue;
		}
		pg_ddl_create_enum(&b, o, o->name);
		TRY(pg_emit(x->k, &b));
	}
	return RETORT_OK;
}

static retort_status labels_gone(struct pg_compiler *k,
				 const struct strings *old,
				 const struct strings *now,
				 struct strings *out)
{
	for (size_t i = 0; i < old->n; i++)
		if (!strings_has(now, old->v[i]) &&
		    !vec_push(k->mem, out, old->v[i]))
			return err_nomem(k->err);
	return RETORT_OK;
}

retort_status pg_swap_type(struct pg_compiler *k, const struct object *now,
			   const struct strings *old)
{
	struct swap x = { .k = k };
	const struct object *o = schema_object(k->s, now->kind, now->schema,
					       now->name);

	TRY(labels_gone(k, old, &o->labels, &x.gone));
	TRY(find_types(&x, o));
	order_types(&x);
	TRY(find_uses(&x, o));
	for (size_t i = 0; i < x.uses.n; i++)
		if (x.uses.v[i].checked)
			TRY(check_rows(k, x.uses.v[i].t, x.uses.v[i].c,
				       x.uses.v[i].how, &x.gone));
	for (size_t i = 0; i < x.uses.n; i++)
		TRY(pg_put_aside_family(k, x.uses.v[i].t,
					x.uses.v[i].c->name));
	for (size_t i = 0; i < x.types.n; i++)
		TRY(pg_put_aside_users(k, x.types.v[i]));
	TRY(rename_types(&x));
	TRY(create_types(&x));
	for (size_t i = 0; i < x.uses.n; i++)
		TRY(retype(k, &x.uses.v[i]));
	TRY(drop_types(&x));
	for (size_t i = 0; i < x.types.n; i++)
		TRY(pg_set_facets(k, &x.types.v[i]->facets));
	return RETORT_OK;
}
