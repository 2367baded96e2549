/* Changes of a column. */
#include <string.h>

#include "dialect/postgresql/cast.h"
#include "dialect/postgresql/compile.h"
#include "op/mention.h"

/* `ALTER COLUMN c ` and what the caller adds. */
struct buf pg_begin_alter(struct pg_compiler *k, const struct column *c)
{
	struct buf b = { .mem = k->mem };

	buf_add(&b, "ALTER COLUMN ");
	pg_ddl_name(&b, c->name);
	buf_addc(&b, ' ');
	return b;
}

retort_status pg_alter_words(struct pg_compiler *k, const struct table *t,
			     const struct column *c, const char *words)
{
	struct buf b = pg_begin_alter(k, c);

	buf_add(&b, words);
	return pg_alter(k, t, &b);
}

/* What was said of what is made again: of it are the keys that end so. */
retort_status pg_keep_facets(struct pg_compiler *k, const struct table *t,
			     const char *of, const struct column *c)
{
	const char *end = arena_printf(k->mem, "%s %s", of, c->name);
	size_t n = end ? strlen(end) : 0;

	if (!end)
		return err_nomem(k->err);
	for (size_t i = 0; i < t->facets.n; i++) {
		const struct facet *f = &t->facets.v[i];
		size_t m = strlen(f->key);

		if (m > n && !strcmp(f->key + m - n, end) && f->set_sql)
			TRY(pg_emit_text(k, f->set_sql));
	}
	return RETORT_OK;
}

static retort_status set_default(struct pg_compiler *k, const struct table *t,
				 const struct column *c)
{
	struct buf b = pg_begin_alter(k, c);

	buf_addf(&b, "SET DEFAULT %s", c->default_sql);
	return pg_alter(k, t, &b);
}

/*
 * What hangs on a column by an expression: it is dropped before the column's
 * type changes and made again after.
 */
struct hanging {
	VEC(const struct constraint *) constraints;
	VEC(const struct index *) indexes;
	VEC(const struct column *) generated;
	VEC(const char *) names;	/* the column's and theirs */
};

static bool has_expressions(const struct index *x)
{
	for (size_t i = 0; i < x->parts.n; i++)
		if (!x->parts.v[i].column)
			return true;
	return x->where_sql;
}

static bool mentions_any(const struct pg_compiler *k, const struct hanging *h,
			 const struct constraint *c, const struct index *x,
			 size_t from)
{
	for (size_t i = from; i < h->names.n; i++)
		if (c ? constraint_mentions(k->s, c, h->names.v[i])
		      : index_mentions(k->s, x, h->names.v[i]))
			return true;
	return false;
}

/*
 * `whole`: also what names the column and has no expression. What names a
 * generated column goes with that.
 */
static bool hangs(const struct pg_compiler *k, const struct hanging *h,
		  const struct constraint *c, const struct index *x,
		  bool whole)
{
	bool expression = c ? c->kind == CONSTRAINT_CHECK ||
			      c->kind == CONSTRAINT_EXCLUDE
			    : has_expressions(x);

	return mentions_any(k, h, c, x, expression || whole ? 0 : 1);
}

static retort_status find_generated(struct pg_compiler *k,
				    const struct table *t, const char *name,
				    struct hanging *h)
{
	if (!vec_push(k->mem, &h->names, name))
		return err_nomem(k->err);
	for (size_t i = 0; i < t->columns.n; i++) {
		const struct column *g = t->columns.v[i];

		if (!g->generated || !strcmp(g->name, name) ||
		    !sql_mentions(g->generated_sql, name))
			continue;
		if (!vec_push(k->mem, &h->generated, g) ||
		    !vec_push(k->mem, &h->names, g->name))
			return err_nomem(k->err);
	}
	return RETORT_OK;
}

static retort_status find_hanging(struct pg_compiler *k,
				  const struct table *t, const char *name,
				  bool whole, struct hanging *h)
{
	TRY(find_generated(k, t, name, h));
	for (size_t i = 0; i < t->constraints.n; i++)
		if (hangs(k, h, t->constraints.v[i], NULL, whole) &&
		    !pg_is_aside(k, t->constraints.v[i], NULL) &&
		    !vec_push(k->mem, &h->constraints, t->constraints.v[i]))
			return err_nomem(k->err);
	for (size_t i = 0; i < t->indexes.n; i++)
		if (hangs(k, h, NULL, t->indexes.v[i], whole) &&
		    !pg_is_aside(k, NULL, t->indexes.v[i]) &&
		    !vec_push(k->mem, &h->indexes, t->indexes.v[i]))
			return err_nomem(k->err);
	return RETORT_OK;
}

static retort_status drop_column(struct pg_compiler *k, const struct table *t,
				 const struct column *c)
{
	struct buf b = { .mem = k->mem };

	buf_add(&b, "DROP COLUMN ");
	pg_ddl_name(&b, c->name);
	return pg_alter(k, t, &b);
}

static retort_status add_column(struct pg_compiler *k, struct table *t,
				const struct column *c)
{
	struct buf b = { .mem = k->mem };

	buf_add(&b, "ADD COLUMN ");
	pg_ddl_column(&b, c);
	TRY(pg_alter(k, t, &b));
	k->adds_column = true;
	TRY(pg_make_serial(k, t, c));
	TRY(pg_keep_facets(k, t, "", c));
	if (c->comment)
		TRY(pg_comment_column(k, t, c));
	return pg_own_parts_below(k, t, c->name);
}

/* What is unique may be referred to. */
static retort_status put_keys_aside(struct pg_compiler *k,
				    const struct table *t,
				    const struct hanging *h)
{
	for (size_t i = 0; i < h->constraints.n; i++)
		if (h->constraints.v[i]->kind != CONSTRAINT_FOREIGN_KEY)
			TRY(pg_put_keys_aside(k, t,
					      &h->constraints.v[i]->parts,
					      false));
	for (size_t i = 0; i < h->indexes.n; i++)
		if (h->indexes.v[i]->unique)
			TRY(pg_put_keys_aside(k, t, &h->indexes.v[i]->parts,
					      false));
	return RETORT_OK;
}

static retort_status drop_hanging(struct pg_compiler *k,
				  const struct table *t,
				  const struct hanging *h)
{
	TRY(put_keys_aside(k, t, h));
	for (size_t i = 0; i < h->indexes.n; i++) {
		struct buf b = { .mem = k->mem };

		buf_add(&b, "DROP INDEX ");
		pg_ddl_qualified(&b, t->schema, h->indexes.v[i]->name);
		TRY(pg_emit(k, &b));
	}
	for (size_t i = 0; i < h->constraints.n; i++)
		if (h->constraints.v[i]->name)
			TRY(pg_drop_constraint(k, t,
					       h->constraints.v[i]->name,
					       false));
	for (size_t i = 0; i < h->generated.n; i++)
		TRY(drop_column(k, t, h->generated.v[i]));
	return RETORT_OK;
}

static retort_status make_hanging(struct pg_compiler *k,
				  struct table *t,
				  const struct hanging *h)
{
	for (size_t i = 0; i < h->generated.n; i++) {
		struct column *g = table_column(k->s, t,
						h->generated.v[i]->name);
		const struct op *op = pg_later(k, t, g->name,
					       CHANGE_GENERATED);

		if (op && op->column->generated)
			g->generated_sql = op->column->generated_sql;
		TRY(add_column(k, t, g));
	}
	if (h->generated.n && (h->constraints.n || h->indexes.n))
		TRY(pg_flush(k));
	for (size_t i = 0; i < h->constraints.n; i++)
		if (h->constraints.v[i]->name)
			TRY(pg_add_constraint(k, t, h->constraints.v[i]));
	for (size_t i = 0; i < h->indexes.n; i++)
		TRY(pg_create_index(k, t, h->indexes.v[i], false));
	return RETORT_OK;
}

/* Of a table and its children; generated columns go and come with theirs. */
static retort_status drop_all_hanging(struct pg_compiler *k,
				      const struct pg_tables *family,
				      const char *column, bool whole,
				      struct hanging **out)
{
	struct hanging *h = arena_array(k->mem, struct hanging, family->n);

	if (!h)
		return err_nomem(k->err);
	for (size_t i = 0; i < family->n; i++)
		TRY(find_hanging(k, family->v[i], column, whole, &h[i]));
	for (size_t i = family->n; i-- > 0;) {
		if (i)
			h[i].generated.n = 0;
		TRY(drop_hanging(k, family->v[i], &h[i]));
	}
	*out = h;
	return RETORT_OK;
}

static retort_status make_all_hanging(struct pg_compiler *k,
				      const struct pg_tables *family,
				      const struct hanging *h)
{
	for (size_t i = 0; i < family->n; i++)
		TRY(make_hanging(k, family->v[i], &h[i]));
	return RETORT_OK;
}

/* Foreign keys of and to a column, whichever of the tables has them. */
static retort_status put_column_keys_aside(struct pg_compiler *k,
					   const struct pg_tables *family,
					   const char *column)
{
	struct part part = { .column = column };
	const struct parts parts = { &part, 1, 1 };

	for (size_t i = 0; i < family->n; i++)
		TRY(pg_put_keys_aside(k, family->v[i], &parts, true));
	return RETORT_OK;
}

static retort_status change_type(struct pg_compiler *k, const struct table *t,
				 const struct column *old,
				 const struct column *now,
				 const char *using_sql)
{
	struct buf name = { .mem = k->mem }, b = pg_begin_alter(k, now);

	pg_ddl_name(&name, now->name);
	if (!using_sql && buf_text(&name))
		using_sql = pg_cast(k->mem, name.s, old->type.text,
				    now->type.text);
	if (!using_sql)
		return err_nomem(k->err);
	buf_addf(&b, "TYPE %s", now->type.text);
	if (now->collation)
		buf_addf(&b, " COLLATE %s", *now->collation == '"'
			 ? now->collation
			 : pg_quote_name(k->mem, now->collation));
	if (*using_sql)
		buf_addf(&b, " USING %s", using_sql);
	return pg_alter(k, t, &b);
}

/* A default that the new type may not have. */
static bool any_default(const struct pg_compiler *k,
			const struct pg_tables *family, const char *column)
{
	for (size_t i = 1; i < family->n; i++)
		if (table_column(k->s, family->v[i], column)->default_sql)
			return true;
	return false;
}
/*
 * An index that only includes the column is built anew, and the server does not
 * put back the foreign keys that stand on it.
 */
static retort_status put_including_aside(struct pg_compiler *k,
					 const struct table *t,
					 const char *column)
{
	for (size_t i = 0; i < t->constraints.n; i++)
		if (strings_has(&t->constraints.v[i]->include, column))
			TRY(pg_put_keys_aside(k, t,
					      &t->constraints.v[i]->parts,
					      false));
	for (size_t i = 0; i < t->indexes.n; i++)
		if (t->indexes.v[i]->unique &&
		    strings_has(&t->indexes.v[i]->include, column))
			TRY(pg_put_keys_aside(k, t, &t->indexes.v[i]->parts,
					      false));
	return RETORT_OK;
}

/* The server has no way from one key of a partitioned table to another. */
static retort_status need_no_key(struct pg_compiler *k,
				 const struct pg_tables *family,
				 const char *column)
{
	for (size_t i = 0; i < family->n; i++) {
		const struct table *t = family->v[i];

		if (!t->partition_by || !sql_mentions(t->partition_by, column))
			continue;
		err_set(k->err, RETORT_E_FAIL, "cannot change the type of "
			"column \"%s\": table \"%s\" is partitioned by it",
			column, t->name);
		err_hint(k->err, "Make a new table, copy the rows and drop "
			 "the old one.");
		return RETORT_E_FAIL;
	}
	return RETORT_OK;
}

retort_status pg_retype(struct pg_compiler *k, struct table *t,
			const struct column *old, const struct column *now,
			const char *using_sql)
{
	struct pg_tables family = {0};
	struct hanging *h;

	TRY(pg_family(k, t, now->name, &family));
	TRY(need_no_key(k, &family, now->name));
	if (!pg_comparable(k->mem, old->type.text, now->type.text))
		TRY(put_column_keys_aside(k, &family, now->name));
	for (size_t i = 0; i < family.n; i++)
		TRY(put_including_aside(k, family.v[i], now->name));
	TRY(drop_all_hanging(k, &family, now->name, false, &h));
	if (k->adds_column)
		TRY(pg_flush(k));
	if (!old->serial && !old->generated &&
	    (old->default_sql || any_default(k, &family, now->name)))
		TRY(pg_alter_words(k, t, old, "DROP DEFAULT"));
	TRY(change_type(k, t, old, now, using_sql));
	if (now->default_sql && !now->serial && !now->generated)
		TRY(set_default(k, t, now));
	if (h->generated.n || family.n > 1)
		TRY(pg_flush(k));
	return make_all_hanging(k, &family, h);
}

/* Generated columns */

/* What is in a generated column can be made again; that of another cannot. */
static retort_status make_again(struct pg_compiler *k, struct table *t,
				const struct column *now)
{
	struct pg_tables family = {0};
	struct hanging *h;

	TRY(pg_family(k, t, now->name, &family));
	TRY(drop_all_hanging(k, &family, now->name, true, &h));
	TRY(drop_column(k, t, now));
	TRY(add_column(k, t, now));
	TRY(pg_flush(k));
	return make_all_hanging(k, &family, h);
}

static bool must_make_again(const struct column *old, const struct column *now)
{
	if (!now->generated)
		return false;
	return !old->generated ||
	       !text_same(old->generated_sql, now->generated_sql) ||
	       !type_same(&old->type, &now->type) ||
	       !text_same(old->collation, now->collation);
}

static retort_status rename_first(struct pg_compiler *k, const struct table *t,
				  const char *from, const char *to)
{
	const char *const was[2] = { t->name, from };
	struct buf b = { .mem = k->mem };

	buf_add(&b, "ALTER TABLE ");
	pg_ddl_table_name(&b, t);
	buf_add(&b, " RENAME COLUMN ");
	pg_ddl_name(&b, from);
	buf_add(&b, " TO ");
	pg_ddl_name(&b, to);
	TRY(pg_emit(k, &b));
	return pg_rename_counter(k, t, table_column(k->s, t, to), was);
}

static retort_status change_rest(struct pg_compiler *k, struct table *t,
				 const struct column *old,
				 const struct column *now, bool retyped)
{
	bool default_changes = !text_same(old->default_sql, now->default_sql);

	if (old->generated && !now->generated)
		TRY(pg_alter_words(k, t, now, "DROP EXPRESSION"));
	if (old->not_null && !now->not_null && !now->identity) {
		if (old->identity)
			TRY(pg_change_counter(k, t, old, now));
		if (pg_child_key(k, t, now))
			TRY(pg_drop_not_null_only(k, t, now));
		else if (!pg_parent_is_not_null(k, t, now))
			TRY(pg_alter_words(k, t, now, "DROP NOT NULL"));
	}
	if (default_changes && old->default_sql && !now->default_sql)
		TRY(pg_alter_words(k, t, now, "DROP DEFAULT"));
	if (!old->not_null && now->not_null)
		TRY(pg_alter_words(k, t, now, "SET NOT NULL"));
	if (pg_counter_changes(old, now) &&
	    !(old->identity && old->not_null && !now->not_null))
		TRY(pg_change_counter(k, t, old, now));
	if (!default_changes || !now->default_sql || retyped ||
	    pg_parent_will_count(k, t, now))
		return RETORT_OK;
	/* It gets the default when its parent's gets the type. */
	return pg_parent_has_type(k, t, now) ? set_default(k, t, now)
		: old->default_sql ? pg_alter_words(k, t, now, "DROP DEFAULT")
		: RETORT_OK;
}

/* With a column that it is made of it is made again, as it is to be. */
static bool is_retyped_later(const struct pg_compiler *k,
			     const struct table *t, const struct column *g)
{
	for (size_t i = 0; i < t->columns.n; i++) {
		const char *name = t->columns.v[i]->name;

		if (sql_mentions(g->generated_sql, name) &&
		    pg_later(k, t, name, CHANGE_TYPE))
			return true;
	}
	return false;
}

static retort_status change_column(struct pg_compiler *k, struct table *t,
				   struct column *old,
				   const struct column *now,
				   const char *using_sql)
{
	bool retyped = !type_same(&old->type, &now->type) ||
		       !text_same(old->collation, now->collation);

	if (retyped || must_make_again(old, now))
		TRY(pg_put_aside_family(k, t, now->name));
	if (must_make_again(old, now))
		return is_retyped_later(k, t, now) ? RETORT_OK
						   : make_again(k, t, now);
	if (k->adds_column)
		TRY(pg_flush(k));
	if (retyped && (old->identity || old->serial) && !now->identity &&
	    !now->serial) {
		TRY(pg_drop_counter(k, t, old, now));
		TRY(pg_flush(k));
		old->identity = IDENTITY_NO;
		old->serial = NULL;
	}
	if (retyped && old->generated && !now->generated) {
		TRY(pg_alter_words(k, t, now, "DROP EXPRESSION"));
		TRY(pg_flush(k));
		old->generated = GENERATED_NO;
	}
	if (retyped)
		TRY(pg_retype(k, t, old, now, using_sql));
	return change_rest(k, t, old, now, retyped);
}

retort_status pg_alter_column(struct pg_compiler *k, const struct op *op)
{
	struct table *t = schema_table(k->s, op->schema, op->table);
	const struct column *was = t ? table_column(k->s, t, op->name) : NULL;
	struct column *old, *now;
	bool from_parent;

	if (!was)
		return op_apply(k->s, op, k->err);	/* says what is not */
	old = column_copy(k->mem, was);
	TRY(op_apply(k->s, op, k->err));
	now = op->changes & CHANGE_NAME && op->column->name
		? table_column(k->s, t, op->column->name)
		: table_column(k->s, t, op->name);
	if (!old || !now)
		return err_nomem(k->err);
	from_parent = pg_has_from_parent(k, t, now);
	if (strcmp(old->name, now->name) && !from_parent)
		TRY(rename_first(k, t, old->name, now->name));
	old->name = now->name;
	if (from_parent) {	/* changed with that of the parent */
		old->type = now->type;
		old->collation = now->collation;
		old->generated = now->generated;
		old->generated_sql = now->generated_sql;
	}
	was = column_copy(k->mem, old);
	if (!was)
		return err_nomem(k->err);
	TRY(change_column(k, t, old, now, op->using_sql));
	TRY(pg_follow(k, t, was, now));
	if (!text_same(old->comment, now->comment))
		return pg_comment_column(k, t, now);
	return RETORT_OK;
}
