/* What ALTER TABLE can do, and do on a table with rows as on an empty one. */
#include <string.h>
#include <strings.h>

#include "dialect/sqlite/engine.h"
#include "op/mention.h"
#include "sql/token.h"

static const struct column_source *source_at(const struct table_change *c,
					     const struct schema *s,
					     const char *column)
{
	for (size_t i = 0; i < c->sources.n; i++)
		if (name_same(s, c->sources.v[i].column, column))
			return &c->sources.v[i];
	return NULL;
}

static bool is_added(const struct table_change *c, const struct schema *s,
		     const struct column *col)
{
	const struct column_source *from = source_at(c, s, col->name);

	return !from || !from->origin;
}

/* Is the column of the old table still there, with its values? */
static bool is_kept(const struct table_change *c, const struct schema *s,
		    const struct column *col)
{
	const struct column_source *from = source_at(c, s, col->name);

	return from && from->origin;
}

static bool names_text_same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/*
 * Nothing else than columns dropped and columns added behind; what is kept
 * stands in the same order.
 */
static bool columns_fit(const struct table_change *c, const struct schema *s)
{
	size_t i = 0, kept = 0;

	for (size_t j = 0; j < c->renamed->columns.n; j++) {
		const struct column *was = c->renamed->columns.v[j];
		const struct column *is;

		if (!is_kept(c, s, was))
			continue;
		is = i < c->now->columns.n ? c->now->columns.v[i++] : NULL;
		if (!is || !column_same(s, was, is) ||
		    !names_text_same(was->not_null_name, is->not_null_name))
			return false;
		if (source_at(c, s, is->name)->using_sql)
			return false;
		kept += !is->generated;
	}
	for (; i < c->now->columns.n; i++)
		if (!is_added(c, s, c->now->columns.v[i]))
			return false;
	return kept > 0;
}

static bool has_constraint(const struct schema *s, const struct table *t,
			   const struct constraint *c)
{
	for (size_t i = 0; i < t->constraints.n; i++)
		if (constraint_same(s, t->constraints.v[i], c) &&
		    text_same(t->constraints.v[i]->name, c->name))
			return true;
	return false;
}

/* May the constraint stand behind the column in ADD COLUMN? */
static bool goes_with(const struct schema *s, const struct constraint *k,
		      const struct column *col)
{
	if (k->kind == CONSTRAINT_FOREIGN_KEY)
		return k->parts.n == 1 && !col->default_sql &&
		       name_same(s, k->parts.v[0].column, col->name);
	return k->kind == CONSTRAINT_CHECK &&
	       sql_mentions(k->check_sql, col->name);
}

/* The added column that takes this new constraint along, or NULL. */
static const struct column *carrier(const struct table_change *c,
				    const struct schema *s,
				    const struct constraint *k)
{
	for (size_t i = 0; i < c->now->columns.n; i++) {
		const struct column *col = c->now->columns.v[i];

		if (is_added(c, s, col) && goes_with(s, k, col))
			return col;
	}
	return NULL;
}

/* Two constraints of a table may be the same: they are counted too. */
static bool constraints_fit(const struct table_change *c,
			    const struct schema *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->renamed->constraints.n; i++)
		if (!has_constraint(s, c->now, c->renamed->constraints.v[i]))
			return false;
	for (size_t i = 0; i < c->now->constraints.n; i++) {
		const struct constraint *k = c->now->constraints.v[i];

		if (has_constraint(s, c->renamed, k))
			kept++;
		else if (!carrier(c, s, k))
			return false;
	}
	return kept == c->renamed->constraints.n;
}

/* One literal, with a sign or without: never (1 + 1), CURRENT_TIME, (x). */
static bool is_constant(const char *sql)
{
	struct lexer lx = { .at = sql, .line = 1 };
	struct token t = token_next(&lx);
	bool number_only = token_is_op(&t, "-") || token_is_op(&t, "+");
	enum token_kind kind;

	if (number_only)
		t = token_next(&lx);
	kind = t.kind;
	if (kind == TOKEN_WORD && !token_is(&t, "NULL") &&
	    !token_is(&t, "TRUE") && !token_is(&t, "FALSE"))
		return false;
	t = token_next(&lx);
	if (t.kind != TOKEN_END)
		return false;
	return kind == TOKEN_NUMBER ||
	       (!number_only && (kind == TOKEN_STRING || kind == TOKEN_BLOB ||
				 kind == TOKEN_WORD));
}

/* A table of the new column alone, with the constraints it brings. */
static bool alone(struct compiler *k, const struct table_change *c,
		  const struct column *col, struct table *out)
{
	struct column *copy = column_copy(k->mem, col);

	out->name = c->name;
	out->strict = c->now->strict;
	if (!copy || !vec_push(k->mem, &out->columns, copy))
		return false;
	for (size_t i = 0; i < c->now->constraints.n; i++) {
		struct constraint *con = c->now->constraints.v[i];

		if (con->kind == CONSTRAINT_CHECK &&
		    !has_constraint(k->schema, c->renamed, con) &&
		    carrier(c, k->schema, con) == col &&
		    !vec_push(k->mem, &out->constraints, con))
			return false;
	}
	return true;
}

/* SQLite looks at the rows for some of this: then so much is a rebuild. */
static retort_status column_fits(struct compiler *k,
				 const struct table_change *c,
				 const struct column *col, bool *out)
{
	struct table t = {0};

	*out = false;
	if (source_at(c, k->schema, col->name)->using_sql)
		return RETORT_OK;
	if (col->autoincrement || col->generated == GENERATED_STORED)
		return RETORT_OK;
	if (col->default_sql && !is_constant(col->default_sql))
		return RETORT_OK;
	if (!alone(k, c, col, &t))
		return err_nomem(k->err);
	if (col->generated) {
		*out = !col->not_null && !t.constraints.n && !t.strict;
		return RETORT_OK;
	}
	return probe_default_row(&t, out, k->err);
}

static retort_status added_fit(struct compiler *k,
			       const struct table_change *c, bool *out)
{
	*out = true;
	for (size_t i = 0; *out && i < c->now->columns.n; i++)
		if (is_added(c, k->schema, c->now->columns.v[i]))
			TRY(column_fits(k, c, c->now->columns.v[i], out));
	return RETORT_OK;
}

static void add_drop_column(struct buf *b, const struct table_change *c,
			    const struct column *col)
{
	buf_add(b, "ALTER TABLE ");
	ddl_name(b, c->name);
	buf_add(b, " DROP COLUMN ");
	ddl_name(b, col->name);
}

/*
 * Does anything of the table need the column? A CHECK that was written behind
 * the column goes with it whatever it is about, and where it was written is not
 * known: any CHECK counts.
 */
static bool is_needed(const struct schema *s, const struct table_change *c,
		      const struct column *col)
{
	const struct table *t = c->renamed;

	for (size_t i = 0; i < t->constraints.n; i++)
		if (t->constraints.v[i]->kind == CONSTRAINT_CHECK ||
		    constraint_mentions(s, t->constraints.v[i], col->name))
			return true;
	for (size_t i = 0; i < c->now->indexes.n; i++)
		if (index_mentions(s, c->now->indexes.v[i], col->name))
			return true;
	for (size_t i = 0; i < t->columns.n; i++)
		if (sql_mentions(t->columns.v[i]->generated_sql, col->name))
			return true;
	return false;
}

static bool is_referenced(const struct schema *s, const struct table *by,
			  const char *table, const char *column)
{
	for (size_t i = 0; i < by->constraints.n; i++) {
		const struct constraint *k = by->constraints.v[i];

		if (!name_same(s, k->ref_table, table))
			continue;
		for (size_t j = 0; j < k->ref_columns.n; j++)
			if (name_same(s, k->ref_columns.v[j], column))
				return true;
	}
	return false;
}

static bool is_parent_key(const struct schema *s,
			  const struct table_change *c,
			  const struct column *col)
{
	for (size_t i = 0; i < s->tables.n; i++)
		if (is_referenced(s, s->tables.v[i], c->name, col->name))
			return true;
	return false;
}

static retort_status drop_fits(struct compiler *k,
			       const struct table_change *c,
			       const struct column *col, bool *out)
{
	struct buf b = { .mem = k->mem };

	*out = false;
	if (is_needed(k->schema, c, col) || is_parent_key(k->schema, c, col))
		return RETORT_OK;
	*out = true;
	if (!k->schema->objects.n)
		return RETORT_OK;
	add_drop_column(&b, c, col);
	if (!buf_text(&b))
		return err_nomem(k->err);
	return probe_alter(k->schema, c->renamed, b.s, out, k->err);
}

static retort_status dropped_fit(struct compiler *k,
				 const struct table_change *c, bool *out)
{
	*out = true;
	for (size_t i = 0; *out && i < c->renamed->columns.n; i++)
		if (!is_kept(c, k->schema, c->renamed->columns.v[i]))
			TRY(drop_fits(k, c, c->renamed->columns.v[i], out));
	return RETORT_OK;
}

retort_status change_is_native(struct compiler *k,
			       const struct table_change *c, bool *out)
{
	const struct table *was = c->renamed, *is = c->now;

	*out = was->strict == is->strict &&
	       was->without_rowid == is->without_rowid &&
	       text_same(was->suffix_sql, is->suffix_sql) &&
	       columns_fit(c, k->schema) && constraints_fit(c, k->schema);
	if (*out)
		TRY(added_fit(k, c, out));
	if (*out)
		TRY(dropped_fit(k, c, out));
	return RETORT_OK;
}

retort_status change_renames(struct compiler *k, const struct table_change *c)
{
	struct buf b = { .mem = k->mem };

	for (size_t i = 0; i < c->sources.n; i++) {
		const struct column_source *s = &c->sources.v[i];

		if (!s->origin || !strcmp(s->origin, s->column))
			continue;
		buf_add(&b, "ALTER TABLE ");
		ddl_name(&b, c->name);
		buf_add(&b, " RENAME COLUMN ");
		ddl_name(&b, s->origin);
		buf_add(&b, " TO ");
		ddl_name(&b, s->column);
		TRY(compiler_emit(k, &b, NULL));
	}
	return RETORT_OK;
}

static retort_status write_drops(struct compiler *k,
				 const struct table_change *c)
{
	struct buf b = { .mem = k->mem };

	for (size_t i = 0; i < c->renamed->columns.n; i++) {
		if (is_kept(c, k->schema, c->renamed->columns.v[i]))
			continue;
		add_drop_column(&b, c, c->renamed->columns.v[i]);
		TRY(compiler_emit(k, &b, NULL));
	}
	return RETORT_OK;
}

static retort_status write_add(struct compiler *k,
			       const struct table_change *c,
			       const struct column *col)
{
	struct buf b = { .mem = k->mem };

	buf_add(&b, "ALTER TABLE ");
	ddl_name(&b, c->name);
	buf_add(&b, " ADD COLUMN ");
	ddl_column(&b, col, NULL);
	for (size_t i = 0; i < c->now->constraints.n; i++) {
		const struct constraint *con = c->now->constraints.v[i];

		if (has_constraint(k->schema, c->renamed, con) ||
		    carrier(c, k->schema, con) != col)
			continue;
		buf_addc(&b, ' ');
		ddl_inline_constraint(&b, con);
	}
	return compiler_emit(k, &b, NULL);
}

static retort_status write_indexes(struct compiler *k,
				   const struct table_change *c, bool drop)
{
	struct buf b = { .mem = k->mem };

	for (size_t i = 0; i < c->now->indexes.n; i++) {
		const struct index *now = c->now->indexes.v[i];
		const struct index *was = table_index(k->schema, c->renamed,
						      now->name);

		if ((was && text_same(was->name, now->name) &&
		     index_same(k->schema, was, now)) || (drop && !was))
			continue;
		if (drop) {
			buf_add(&b, "DROP INDEX ");
			ddl_name(&b, now->name);
		} else {
			char *sql = ddl_create_index(k->mem, c->now, now);

			if (!sql)
				return err_nomem(k->err);
			buf_add(&b, sql);
		}
		TRY(compiler_emit(k, &b, NULL));
	}
	return RETORT_OK;
}

retort_status change_native(struct compiler *k, const struct table_change *c)
{
	TRY(write_indexes(k, c, true));
	TRY(write_drops(k, c));
	for (size_t i = 0; i < c->now->columns.n; i++)
		if (is_added(c, k->schema, c->now->columns.v[i]))
			TRY(write_add(k, c, c->now->columns.v[i]));
	return write_indexes(k, c, false);
}
