/* Changes of a column. */
#include <string.h>

#include "dialect/postgresql/cast.h"
#include "dialect/postgresql/compile.h"
#include "op/mention.h"

/* `ALTER COLUMN c ` and what the caller adds. */
static struct buf begin(struct pg_compiler *k, const struct column *c)
{
	struct buf b = { .mem = k->mem };

	buf_add(&b, "ALTER COLUMN ");
	pg_ddl_name(&b, c->name);
	buf_addc(&b, ' ');
	return b;
}

static retort_status alter_words(struct pg_compiler *k, const struct table *t,
				 const struct column *c, const char *words)
{
	struct buf b = begin(k, c);

	buf_add(&b, words);
	return pg_alter(k, t, &b);
}

static retort_status set_default(struct pg_compiler *k, const struct table *t,
				 const struct column *c)
{
	struct buf b = begin(k, c);

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
		    !vec_push(k->mem, &h->constraints, t->constraints.v[i]))
			return err_nomem(k->err);
	for (size_t i = 0; i < t->indexes.n; i++)
		if (hangs(k, h, NULL, t->indexes.v[i], whole) &&
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

/* What was said of what is made again: of it are the keys that end so. */
static retort_status keep_facets(struct pg_compiler *k, const struct table *t,
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

static retort_status add_column(struct pg_compiler *k, const struct table *t,
				const struct column *c)
{
	struct buf b = { .mem = k->mem };

	buf_add(&b, "ADD COLUMN ");
	pg_ddl_column(&b, c);
	TRY(pg_alter(k, t, &b));
	k->adds_column = true;
	TRY(pg_make_serial(k, t, c));
	TRY(keep_facets(k, t, "", c));
	return c->comment ? pg_comment_column(k, t, c) : RETORT_OK;
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
				  const struct table *t,
				  const struct hanging *h)
{
	for (size_t i = 0; i < h->generated.n; i++)
		TRY(add_column(k, t, h->generated.v[i]));
	if (h->generated.n && (h->constraints.n || h->indexes.n))
		TRY(pg_flush(k));
	for (size_t i = 0; i < h->constraints.n; i++)
		if (h->constraints.v[i]->name)
			TRY(pg_add_constraint(k, t, h->constraints.v[i]));
	for (size_t i = 0; i < h->indexes.n; i++)
		TRY(pg_create_index(k, t, h->indexes.v[i], false));
	return RETORT_OK;
}

static retort_status change_type(struct pg_compiler *k, const struct table *t,
				 const struct column *old,
				 const struct column *now,
				 const char *using_sql)
{
	struct buf name = { .mem = k->mem }, b = begin(k, now);

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

retort_status pg_retype(struct pg_compiler *k, struct table *t,
			const struct column *old, const struct column *now,
			const char *using_sql)
{
	struct part part = { .column = now->name };
	const struct parts parts = { &part, 1, 1 };
	struct hanging h = {0};

	if (!pg_comparable(k->mem, old->type.text, now->type.text))
		TRY(pg_put_keys_aside(k, t, &parts, true));
	TRY(find_hanging(k, t, now->name, false, &h));
	TRY(drop_hanging(k, t, &h));
	if (k->adds_column)
		TRY(pg_flush(k));
	if (old->default_sql && !old->serial && !old->generated)
		TRY(alter_words(k, t, old, "DROP DEFAULT"));
	TRY(change_type(k, t, old, now, using_sql));
	if (now->default_sql && !now->serial && !now->generated)
		TRY(set_default(k, t, now));
	if (h.generated.n)
		TRY(pg_flush(k));
	return make_hanging(k, t, &h);
}

/* Generated columns */

/* What is in a generated column can be made again; that of another cannot. */
static retort_status make_again(struct pg_compiler *k, struct table *t,
				const struct column *now)
{
	struct hanging h = {0};

	TRY(find_hanging(k, t, now->name, true, &h));
	TRY(drop_hanging(k, t, &h));
	TRY(drop_column(k, t, now));
	TRY(add_column(k, t, now));
	TRY(pg_flush(k));
	return make_hanging(k, t, &h);
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

/* Counters: serial and identity */

static retort_status sequence_name(struct pg_compiler *k,
				   const struct table *t,
				   const struct column *c, const char **out)
{
	struct buf b = { .mem = k->mem };
	const char *name = pg_serial_name(k->mem, t->name, c->name);

	if (!name)
		return err_nomem(k->err);
	pg_ddl_qualified(&b, t->schema, name);
	*out = buf_text(&b);
	return *out ? RETORT_OK : err_nomem(k->err);
}

/* 'schema.table', 'column': what pg_get_serial_sequence() takes. */
static void add_serial_of(struct buf *b, const struct table *t,
			  const struct column *c)
{
	struct buf name = { .mem = b->mem };

	pg_ddl_table_name(&name, t);
	buf_add(b, "pg_get_serial_sequence(");
	pg_ddl_text(b, buf_text(&name) ? name.s : "");
	buf_add(b, ", ");
	pg_ddl_text(b, c->name);
	buf_addc(b, ')');
	b->failed |= name.failed;
}

/* The counter goes on behind the greatest value there is. */
static retort_status count_on(struct pg_compiler *k, const struct table *t,
			      const struct column *c)
{
	struct buf b = { .mem = k->mem };

	buf_add(&b, "SELECT setval(");
	add_serial_of(&b, t, c);
	buf_add(&b, ", max(");
	pg_ddl_name(&b, c->name);
	buf_add(&b, ")) FROM ");
	pg_ddl_table_name(&b, t);
	buf_add(&b, " HAVING max(");
	pg_ddl_name(&b, c->name);
	buf_add(&b, ") > 0");
	return pg_emit(k, &b);
}

static retort_status add_identity(struct pg_compiler *k,
				  const struct table *t,
				  const struct column *c)
{
	struct buf b = begin(k, c);

	buf_add(&b, "ADD ");
	pg_ddl_identity(&b, c);
	return pg_alter(k, t, &b);
}

#define KEPT_SUFFIX "_retort_old"

static retort_status on_sequence(struct pg_compiler *k, const char *before,
				 const char *name, const char *after)
{
	struct buf b = { .mem = k->mem };

	buf_addf(&b, "%s%s%s", before, name, after);
	return pg_emit(k, &b);
}

/* serial -> identity: the new counter takes over where the old one is. */
static retort_status serial_to_identity(struct pg_compiler *k,
					const struct table *t,
					const struct column *old,
					const struct column *now)
{
	const char *name, *kept = KEPT_SUFFIX;
	struct buf b = { .mem = k->mem };

	TRY(sequence_name(k, t, old, &name));
	TRY(alter_words(k, t, now, "DROP DEFAULT"));
	TRY(on_sequence(k, "ALTER SEQUENCE ", name, " OWNED BY NONE"));
	TRY(on_sequence(k, "ALTER SEQUENCE ", name, " RENAME TO " KEPT_SUFFIX));
	TRY(add_identity(k, t, now));
	if (t->schema) {
		pg_ddl_qualified(&b, t->schema, KEPT_SUFFIX);
		kept = buf_text(&b);
		b = (struct buf){ .mem = k->mem };
	}
	if (!kept)
		return err_nomem(k->err);
	buf_add(&b, "SELECT setval(");
	add_serial_of(&b, t, now);
	buf_addf(&b, ", last_value, is_called) FROM %s", kept);
	TRY(pg_emit(k, &b));
	TRY(on_sequence(k, "DROP SEQUENCE ", kept, ""));
	return keep_facets(k, t, " on sequence of", now);
}

static retort_status own_sequence(struct pg_compiler *k,
				  const struct table *t,
				  const struct column *c, const char *name)
{
	struct buf b = { .mem = k->mem };

	buf_addf(&b, "ALTER SEQUENCE %s OWNED BY ", name);
	pg_ddl_table_name(&b, t);
	buf_addc(&b, '.');
	pg_ddl_name(&b, c->name);
	TRY(pg_emit(k, &b));
	b = begin(k, c);
	buf_add(&b, "SET DEFAULT nextval(");
	pg_ddl_text(&b, name);
	buf_add(&b, "::regclass)");
	return pg_alter(k, t, &b);
}

/* identity -> serial: by way of a sequence of another name. */
static retort_status identity_to_serial(struct pg_compiler *k,
					const struct table *t,
					const struct column *now)
{
	const char *name, *plain;
	struct buf b = { .mem = k->mem }, kept = { .mem = k->mem };

	TRY(sequence_name(k, t, now, &name));
	pg_ddl_qualified(&kept, t->schema, KEPT_SUFFIX);
	if (!buf_text(&kept))
		return err_nomem(k->err);
	buf_addf(&b, "CREATE SEQUENCE %s AS %s", kept.s, now->type.text);
	TRY(pg_emit(k, &b));
	buf_addf(&b, "SELECT setval('%s', nextval(", kept.s);
	add_serial_of(&b, t, now);
	buf_add(&b, "), false)");
	TRY(pg_emit(k, &b));
	TRY(alter_words(k, t, now, "DROP IDENTITY"));
	plain = pg_serial_name(k->mem, t->name, now->name);
	if (plain)
		plain = pg_quote_name(k->mem, plain);
	if (!plain)
		return err_nomem(k->err);
	buf_addf(&b, "ALTER SEQUENCE %s RENAME TO %s", kept.s, plain);
	TRY(pg_emit(k, &b));
	TRY(own_sequence(k, t, now, name));
	if (now->identity_sql) {
		b = (struct buf){ .mem = k->mem };
		pg_ddl_alter_serial(&b, t, now, now->identity_sql);
		TRY(pg_emit(k, &b));
	}
	return keep_facets(k, t, " on sequence of", now);
}

static retort_status drop_counter(struct pg_compiler *k,
				  const struct table *t,
				  const struct column *old,
				  const struct column *now)
{
	const char *name;

	if (old->identity)
		return alter_words(k, t, now, "DROP IDENTITY");
	TRY(sequence_name(k, t, old, &name));
	TRY(alter_words(k, t, now, "DROP DEFAULT"));
	return on_sequence(k, "DROP SEQUENCE ", name, "");
}

static retort_status make_counter(struct pg_compiler *k,
				  const struct table *t,
				  const struct column *now)
{
	const char *name;

	if (now->identity) {
		TRY(add_identity(k, t, now));
		return count_on(k, t, now);
	}
	TRY(sequence_name(k, t, now, &name));
	TRY(on_sequence(k, "CREATE SEQUENCE ", name,
			!strcmp(now->type.text, "bigint") ? ""
			: !strcmp(now->type.text, "smallint")
			? " AS smallint" : " AS integer"));
	TRY(own_sequence(k, t, now, name));
	TRY(pg_make_serial(k, t, now));
	return count_on(k, t, now);
}

/* The words of a sequence's options: each group begins with one of these. */
static const char *const option_words[] = {
	"START WITH", "INCREMENT BY", "MINVALUE", "MAXVALUE", "NO MINVALUE",
	"NO MAXVALUE", "CACHE", "NO CYCLE", "CYCLE",
};

static size_t option_at(const char *s)
{
	size_t n;

	for (size_t i = 0; i < sizeof(option_words) / sizeof(*option_words);
	     i++) {
		n = strlen(option_words[i]);
		if (!strncmp(s, option_words[i], n))
			return n;
	}
	return 0;
}

static void set_options(struct buf *b, const char *options)
{
	while (options && *options) {
		size_t n = option_at(options);

		if (n) {
			buf_addf(b, " SET %.*s", (int)n, options);
			options += n;
		} else {
			buf_addc(b, *options++);
		}
	}
}

/* Options that are said no more go back to what they are without. */
static retort_status alter_identity(struct pg_compiler *k,
				    const struct table *t,
				    const struct column *old,
				    const struct column *now)
{
	struct buf b = begin(k, now);

	buf_addf(&b, "SET GENERATED %s",
		 now->identity == IDENTITY_ALWAYS ? "ALWAYS" : "BY DEFAULT");
	if (!text_same(old->identity_sql, now->identity_sql)) {
		if (old->identity_sql)
			buf_add(&b, " SET INCREMENT BY 1 SET NO MINVALUE "
				"SET NO MAXVALUE SET START WITH 1 "
				"SET CACHE 1 SET NO CYCLE");
		TRY(pg_alter(k, t, &b));
		if (!now->identity_sql)
			return RETORT_OK;
		TRY(pg_flush(k));
		b = begin(k, now);
		set_options(&b, now->identity_sql);
		/* the first space stands already */
	}
	return pg_alter(k, t, &b);
}

static retort_status change_counter(struct pg_compiler *k,
				    const struct table *t,
				    const struct column *old,
				    const struct column *now)
{
	if (old->identity && now->identity)
		return alter_identity(k, t, old, now);
	if (old->serial && now->serial)
		return pg_change_serial(k, t, old, now);
	if (old->serial && now->identity)
		return serial_to_identity(k, t, old, now);
	if (old->identity && now->serial)
		return identity_to_serial(k, t, now);
	if (old->identity || (old->serial && !now->serial))
		TRY(drop_counter(k, t, old, now));
	else if ((now->identity || now->serial) && !old->serial)
		return make_counter(k, t, now);
	return RETORT_OK;
}

static bool counter_changes(const struct column *old, const struct column *now)
{
	return old->identity != now->identity || !old->serial != !now->serial ||
	       !text_same(old->identity_sql, now->identity_sql) ||
	       (now->serial && !type_same(&old->type, &now->type));
}

/* All of it */

/* A counter's sequence goes by the name of its table and column. */
retort_status pg_rename_counter(struct pg_compiler *k, const struct table *t,
				const struct column *c,
				const char *const was[2])
{
	const char *from = pg_serial_name(k->mem, was[0], was[1]);
	const char *to = pg_serial_name(k->mem, t->name, c->name);
	struct buf b = { .mem = k->mem };

	if (!from || !to)
		return err_nomem(k->err);
	if (!strcmp(from, to) || (!c->serial && !c->identity) ||
	    (c->identity_sql && strstr(c->identity_sql, "SEQUENCE NAME")))
		return RETORT_OK;
	buf_add(&b, "ALTER SEQUENCE ");
	pg_ddl_qualified(&b, t->schema, from);
	buf_add(&b, " RENAME TO ");
	pg_ddl_name(&b, to);
	return pg_emit(k, &b);
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
		TRY(alter_words(k, t, now, "DROP EXPRESSION"));
	if (old->not_null && !now->not_null && !now->identity) {
		if (old->identity)
			TRY(change_counter(k, t, old, now));
		TRY(alter_words(k, t, now, "DROP NOT NULL"));
	}
	if (default_changes && old->default_sql && !now->default_sql)
		TRY(alter_words(k, t, now, "DROP DEFAULT"));
	if (!old->not_null && now->not_null)
		TRY(alter_words(k, t, now, "SET NOT NULL"));
	if (counter_changes(old, now) &&
	    !(old->identity && old->not_null && !now->not_null))
		TRY(change_counter(k, t, old, now));
	if (default_changes && now->default_sql && !retyped)
		TRY(set_default(k, t, now));
	return RETORT_OK;
}

static retort_status change_column(struct pg_compiler *k, struct table *t,
				   struct column *old,
				   const struct column *now,
				   const char *using_sql)
{
	bool retyped = !type_same(&old->type, &now->type) ||
		       !text_same(old->collation, now->collation);

	if (retyped || must_make_again(old, now))
		TRY(pg_put_aside(k, t, now->name));
	if (must_make_again(old, now))
		return make_again(k, t, now);
	if (k->adds_column)
		TRY(pg_flush(k));
	if (retyped && (old->identity || old->serial) && !now->identity &&
	    !now->serial) {
		TRY(drop_counter(k, t, old, now));
		TRY(pg_flush(k));
		old->identity = IDENTITY_NO;
		old->serial = NULL;
	}
	if (retyped && old->generated && !now->generated) {
		TRY(alter_words(k, t, now, "DROP EXPRESSION"));
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

	if (!was)
		return op_apply(k->s, op, k->err);	/* says what is not */
	old = column_copy(k->mem, was);
	TRY(op_apply(k->s, op, k->err));
	now = op->changes & CHANGE_NAME && op->column->name
		? table_column(k->s, t, op->column->name)
		: table_column(k->s, t, op->name);
	if (!old || !now)
		return err_nomem(k->err);
	if (strcmp(old->name, now->name) && !now->inherited)
		TRY(rename_first(k, t, old->name, now->name));
	old->name = now->name;
	if (now->inherited) {	/* changed with that of the parent */
		old->type = now->type;
		old->collation = now->collation;
		old->generated = now->generated;
		old->generated_sql = now->generated_sql;
	}
	TRY(change_column(k, t, old, now, op->using_sql));
	if (!text_same(old->comment, now->comment))
		return pg_comment_column(k, t, now);
	return RETORT_OK;
}
