#include <string.h>

#include "op/c_text.h"
#include "op/print_c.h"
#include "schema/words.h"
#include "sql/create.h"
#include "sql/token.h"

static void add_enum(struct buf *b, const struct type *t)
{
	buf_add(b, "ENUM(");
	buf_add_c_string(b, t->name ? t->name : "");
	for (size_t i = 0; i < t->labels.n; i++) {
		buf_add(b, ", ");
		buf_add_c_string(b, t->labels.v[i]);
	}
	buf_addc(b, ')');
}

static bool takes_length(const struct type *t)
{
	return t->kind == RETORT_TYPE_VARCHAR || t->kind == RETORT_TYPE_CHAR ||
	       t->kind == RETORT_TYPE_NUMERIC;
}

/*
 * Where the database has no such type, what it has instead: an ENUM that
 * became TEXT has its CHECK beside it.
 */
static struct type as_stored(const struct type *t)
{
	struct type stored = *t;

	if (!t->text)
		return stored;
	create_type_kind(&stored);
	return stored.kind == RETORT_TYPE_VERBATIM ? *t : stored;
}

void c_type(struct c_text *p, struct buf *b, const struct type *type)
{
	const struct type t = as_stored(type);

	if (t.kind == RETORT_TYPE_VERBATIM) {
		buf_add(b, "TYPE(");
		buf_add_c_string(b, t.name ? t.name : t.text ? t.text : "");
		buf_addc(b, ')');
	} else if (t.kind == RETORT_TYPE_ENUM) {
		add_enum(b, &t);
	} else if (t.kind == RETORT_TYPE_ARRAY) {
		buf_add(b, "ARRAY_OF(");
		c_type(p, b, t.element);
		buf_addc(b, ')');
	} else if (takes_length(&t) && t.length > 0) {
		buf_addf(b, "%s(%d", type_word(t.kind), t.length);
		if (t.kind == RETORT_TYPE_NUMERIC && t.scale >= 0)
			buf_addf(b, ", %d", t.scale);
		buf_addc(b, ')');
	} else if (takes_length(&t)) {
		buf_add(b, t.kind == RETORT_TYPE_NUMERIC ? "NUMERIC_ANY"
							 : type_word(t.kind));
		buf_add(b, t.kind == RETORT_TYPE_NUMERIC ? "" : "()");
	} else {
		buf_add(b, type_word(t.kind));
	}
}

void c_conflict(struct buf *b, const char *name, enum retort_conflict c)
{
	if (c)
		buf_addf(b, ", .%s = CONFLICT_%s", name, conflict_word(c));
}

static void add_action(struct buf *b, const char *name, enum retort_action a)
{
	if (!a)
		return;
	buf_addf(b, ", .%s = ", name);
	for (const char *s = action_word(a); *s; s++)
		buf_addc(b, *s == ' ' ? '_' : *s);
}

/* May it stand in a list as it is? Anything else is quoted there. */
static bool plain_name(const char *s)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ_";
	size_t n = strspn(s, letters);

	return n && !s[n + strspn(s + n, "abcdefghijklmnopqrstuvwxyz"
				  "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789")];
}

static void add_name(struct buf *b, const char *s)
{
	if (plain_name(s))
		buf_add(b, s);
	else
		buf_add_quoted(b, s, '"');
}

static void add_part(struct c_text *p, struct buf *b, const struct part *part)
{
	struct buf sql = { .mem = &p->tmp };
	const char *text;

	if (part->column)
		add_name(&sql, part->column);
	else
		buf_addf(&sql, part->opclass && *part->expr != '(' ? "(%s)"
			 : "%s", part->expr);
	if (part->collation) {
		buf_add(&sql, " COLLATE ");
		add_name(&sql, part->collation);
	}
	if (part->opclass)
		buf_addf(&sql, " %s", part->opclass);
	if (part->descending)
		buf_add(&sql, " DESC");
	if (part->nulls)
		buf_add(&sql, part->nulls == NULLS_FIRST ? " NULLS FIRST"
							 : " NULLS LAST");
	text = buf_text(&sql);
	if (text)
		c_string(p, b, text);
	b->failed |= !text;
}

static void add_parts(struct c_text *p, struct buf *b,
		      const struct parts *parts)
{
	buf_add(b, "LIST(");
	for (size_t i = 0; i < parts->n; i++) {
		if (i)
			buf_add(b, ", ");
		add_part(p, b, &parts->v[i]);
	}
	buf_addc(b, ')');
}

/* With `quoted` a name that is not plain stands in SQL's quotes. */
static void add_names(struct c_text *p, struct buf *b,
		      const struct strings *names, bool quoted)
{
	struct part part = {0};

	buf_add(b, "LIST(");
	for (size_t i = 0; i < names->n; i++) {
		if (i)
			buf_add(b, ", ");
		part.column = names->v[i];
		if (quoted)
			add_part(p, b, &part);
		else
			buf_add_c_string(b, names->v[i]);
	}
	buf_addc(b, ')');
}

/* Names ----------------------------------------------------------------------- */

bool c_has_unnamed(const struct table *t)
{
	for (size_t i = 0; i < t->constraints.n; i++)
		if (!t->constraints.v[i]->name)
			return true;
	return false;
}

/* Would the convention give `name` again? Not said where it is not sure. */
static bool conventional(struct c_text *p, const char *pattern,
			 const struct table *t, const struct parts *parts,
			 const char *ref_table, const char *name)
{
	struct strings columns = {0};
	const char *again;

	if (!pattern || !parts->n)
		return false;
	for (size_t i = 0; i < parts->n; i++)
		if (!parts->v[i].column ||
		    !vec_push(&p->tmp, &columns, parts->v[i].column))
			return false;
	again = naming_apply(&p->tmp, pattern, t->name, &columns, ref_table,
			     columns.v[0]);
	return again && !strcmp(again, name);
}

/*
 * The name to write. A table where some have none must name the others, as
 * there the convention gives none.
 */
static const char *constraint_name(struct c_text *p, const struct table *t,
				   const struct constraint *k)
{
	/* that of a CHECK is made of what is in the expression */
	if (p->naming && k->name && !c_has_unnamed(t) &&
	    k->kind != CONSTRAINT_CHECK && k->kind != CONSTRAINT_EXCLUDE &&
	    conventional(p, naming_pattern(p->naming, k->kind), t, &k->parts,
			 k->ref_table, k->name))
		return NULL;
	return k->name;
}

static const char *index_name(struct c_text *p, const struct table *t,
			      const struct index *i)
{
	if (p->naming && conventional(p, p->naming->ix, t, &i->parts, NULL,
				      i->name))
		return NULL;
	return i->name;
}

/* Columns and their flags ------------------------------------------------- */

static bool one_column(const struct parts *parts)
{
	const struct part *p = parts->v;

	return parts->n == 1 && p->column && !p->collation && !p->descending &&
	       !p->opclass && !p->nulls;
}

/* Names without a dot or quotes, as `.references` needs them. */
static bool plain_target(const struct constraint *k)
{
	return plain_name(k->ref_table) && k->ref_columns.n <= 1 &&
	       (!k->ref_columns.n || plain_name(k->ref_columns.v[0])) &&
	       (!k->ref_schema || plain_name(k->ref_schema)) &&
	       (!k->ref_schema || k->ref_columns.n);
}

/* No name to write, and nothing that attributes of a column cannot say. */
static bool fits_column(struct c_text *p, const struct table *t,
			const struct constraint *k)
{
	if (k->comment || !one_column(&k->parts) || k->not_valid ||
	    k->nulls_not_distinct || k->explicit_not_deferrable ||
	    k->set_columns.n || k->include.n || k->with || k->tablespace ||
	    constraint_name(p, t, k))
		return false;
	if (k->kind == CONSTRAINT_FOREIGN_KEY)
		return plain_target(k) && (k->ref_schema || !p->schema);
	return !k->deferrable && (k->kind == CONSTRAINT_PRIMARY_KEY ||
				  k->kind == CONSTRAINT_UNIQUE);
}

/* The first of its kind that the column's own attributes can say. */
static const struct constraint *inline_of(struct c_text *p,
					  const struct table *t,
					  const char *column,
					  enum constraint_kind kind)
{
	for (size_t i = 0; t && i < t->constraints.n; i++) {
		const struct constraint *k = t->constraints.v[i];

		if (k->kind == kind && k->parts.n &&
		    k->parts.v[0].column &&
		    !strcmp(k->parts.v[0].column, column) &&
		    fits_column(p, t, k))
			return k;
	}
	return NULL;
}

static bool is_inline(struct c_text *p, const struct table *t,
		      const struct constraint *k)
{
	return one_column(&k->parts) &&
	       inline_of(p, t, k->parts.v[0].column, k->kind) == k;
}

/* An index that the flag of its column stands for. */
static bool is_flag(struct c_text *p, const struct table *t,
		    const struct index *i)
{
	return one_column(&i->parts) && !i->unique && !i->where_sql &&
	       !i->method && !i->include.n && !i->with && !i->tablespace &&
	       !i->nulls_not_distinct && !i->comment && !index_name(p, t, i);
}

static bool has_flag(struct c_text *p, const struct table *t,
		     const struct column *c)
{
	for (size_t i = 0; t && i < t->indexes.n; i++)
		if (is_flag(p, t, t->indexes.v[i]) &&
		    !strcmp(t->indexes.v[i]->parts.v[0].column, c->name))
			return true;
	return false;
}

static void add_word(struct buf *b, const char *word, bool set)
{
	if (set)
		buf_addf(b, "%s%s", b->n ? " | " : "", word);
}

/* Is all that `k` references in the schema that is printed? */
static bool target_known(const struct c_text *p, const struct constraint *k)
{
	const struct table *t;
	const struct constraint *key;

	if (!p->known)
		return true;
	t = schema_table(p->known, k->ref_schema, k->ref_table);
	if (!t)
		return false;
	for (size_t i = 0; i < k->ref_columns.n; i++)
		if (!table_column(p->known, t, k->ref_columns.v[i]))
			return false;
	key = table_primary_key(t);
	return k->ref_columns.n || (key && key->parts.n == k->parts.n);
}

static void add_key_options(struct c_text *p, struct buf *b,
			    const struct constraint *k)
{
	add_action(b, "on_delete", k->on_delete);
	add_action(b, "on_update", k->on_update);
	c_attribute(p, b, "match", k->match);
	c_flag(b, "unchecked", !target_known(p, k));
}

static void add_reference(struct c_text *p, struct buf *b,
			  const struct constraint *k)
{
	buf_add(b, ", .references = \"");
	if (k->ref_schema)
		buf_addf(b, "%s.", k->ref_schema);
	buf_add(b, k->ref_table);
	if (k->ref_columns.n)
		buf_addf(b, ".%s", k->ref_columns.v[0]);
	buf_addc(b, '"');
	add_key_options(p, b, k);
}

static void add_attributes(struct c_text *p, struct buf *b,
			   const struct column *c)
{
	c_conflict(b, "on_conflict", c->not_null ? c->not_null_conflict : 0);
	c_attribute(p, b, "not_null_name", c->not_null_name);
	c_attribute(p, b, "server_default", c->default_sql);
	c_attribute(p, b, "collation", c->collation);
	c_attribute(p, b, "generated", c->generated_sql);
	c_attribute(p, b, "identity_options", c->identity_sql);
	c_attribute(p, b, "comment", c->comment);
}

void c_column(struct c_text *p, const struct table *t, const struct column *c,
	      struct c_column *out)
{
	const struct constraint *pk, *uq, *fk;
	struct buf *b = &out->rest;

	pk = inline_of(p, t, c->name, CONSTRAINT_PRIMARY_KEY);
	uq = inline_of(p, t, c->name, CONSTRAINT_UNIQUE);
	fk = inline_of(p, t, c->name, CONSTRAINT_FOREIGN_KEY);
	out->name = out->type = out->rest = (struct buf){ .mem = &p->tmp };
	buf_add_c_string(&out->name, c->name);
	c_type(p, &out->type, &c->type);
	add_word(b, "PRIMARY_KEY", pk);
	add_word(b, "AUTOINCREMENT", c->autoincrement);
	add_word(b, "UNIQUE", uq);
	add_word(b, "NOT_NULL", c->not_null);
	add_word(b, "INDEX", has_flag(p, t, c));
	add_word(b, "STORED", c->generated == GENERATED_STORED);
	add_word(b, "IDENTITY", c->identity == IDENTITY_BY_DEFAULT);
	add_word(b, "IDENTITY_ALWAYS", c->identity == IDENTITY_ALWAYS);
	add_word(b, "SERIAL", c->serial);
	add_word(b, "INHERITED", c->inherited);
	add_word(b, fk && fk->initially_deferred ? "INITIALLY_DEFERRED"
						 : "DEFERRABLE",
		 fk && fk->deferrable);
	c_conflict(b, "primary_key_on_conflict", pk ? pk->conflict : 0);
	c_conflict(b, "unique_on_conflict", uq ? uq->conflict : 0);
	if (fk)
		add_reference(p, b, fk);
	add_attributes(p, b, c);
}

/* What follows the type begins with a comma when there are no flags. */
static void join(struct buf *b, const struct buf *rest)
{
	const char *s = rest->n ? rest->s : "";

	b->failed |= rest->failed;
	if (!strncmp(s, ", ", 2))
		s += 2;
	if (*s)
		buf_addf(b, ", %s", s);
}

void c_column_alone(struct c_text *p, struct buf *b, const struct column *c)
{
	struct c_column text;

	c_column(p, NULL, c, &text);
	buf_addf(b, "COLUMN(%s, %s", buf_text(&text.name) ? text.name.s : "",
		 buf_text(&text.type) ? text.type.s : "");
	b->failed |= text.name.failed || text.type.failed;
	join(b, &text.rest);
	buf_addc(b, ')');
}

/* Constraints and indexes ---------------------------------------------------- */

static const char *const constraint_word[] = {
	[CONSTRAINT_PRIMARY_KEY] = "PRIMARY_KEY_ON",
	[CONSTRAINT_UNIQUE] = "UNIQUE_ON",
	[CONSTRAINT_CHECK] = "CHECK",
	[CONSTRAINT_FOREIGN_KEY] = "FOREIGN_KEY",
	[CONSTRAINT_EXCLUDE] = "EXCLUDE",
};

static void add_target(struct c_text *p, struct buf *b,
		       const struct constraint *k)
{
	add_parts(p, b, &k->parts);
	buf_add(b, ", ");
	if (p->schema && !k->ref_schema)
		c_qualified(p, b, "", k->ref_table);
	else
		c_qualified(p, b, k->ref_schema, k->ref_table);
	if (k->ref_columns.n) {
		buf_add(b, ", ");
		add_names(p, b, &k->ref_columns, true);
	}
}

static void add_constraint_options(struct c_text *p, struct buf *b,
				   const struct constraint *k)
{
	if (k->kind == CONSTRAINT_FOREIGN_KEY)
		add_key_options(p, b, k);
	if (k->set_columns.n) {
		buf_add(b, ", .set_columns = ");
		add_names(p, b, &k->set_columns, false);
	}
	c_flag(b, "deferrable", k->deferrable && !k->initially_deferred);
	c_flag(b, "initially_deferred", k->initially_deferred);
	c_flag(b, "explicit_not_deferrable", k->explicit_not_deferrable);
	c_flag(b, "not_valid", k->not_valid);
	c_flag(b, "no_inherit", k->no_inherit);
	c_flag(b, "nulls_not_distinct", k->nulls_not_distinct);
	c_conflict(b, "on_conflict", k->conflict);
	if (k->include.n) {
		buf_add(b, ", .include = ");
		add_names(p, b, &k->include, false);
	}
	c_attribute(p, b, "with", k->with);
	c_attribute(p, b, "tablespace", k->tablespace);
	c_attribute(p, b, "comment", k->comment);
}

void c_constraint_inner(struct c_text *p, struct buf *b,
			const struct constraint *k, const char *name)
{
	if (k->kind == CONSTRAINT_CHECK)
		c_string(p, b, k->check_sql);
	else if (k->kind == CONSTRAINT_EXCLUDE)
		c_string(p, b, k->exclude_sql);
	else if (k->kind == CONSTRAINT_FOREIGN_KEY)
		add_target(p, b, k);
	else
		add_parts(p, b, &k->parts);
	c_attribute(p, b, "name", name);
	add_constraint_options(p, b, k);
}

void c_constraint(struct c_text *p, struct buf *b, const struct constraint *k,
		  const char *name)
{
	buf_addf(b, "%s(", constraint_word[k->kind]);
	c_constraint_inner(p, b, k, name);
	buf_addc(b, ')');
}

void c_index_inner(struct c_text *p, struct buf *b, const struct index *i,
		   const char *name)
{
	add_parts(p, b, &i->parts);
	c_attribute(p, b, "name", name);
	c_flag(b, "unique", i->unique);
	c_attribute(p, b, "where", i->where_sql);
	c_attribute(p, b, "method", i->method);
	if (i->include.n) {
		buf_add(b, ", .include = ");
		add_names(p, b, &i->include, false);
	}
	c_attribute(p, b, "with", i->with);
	c_attribute(p, b, "tablespace", i->tablespace);
	c_flag(b, "nulls_not_distinct", i->nulls_not_distinct);
	c_attribute(p, b, "comment", i->comment);
}

/* The body of a table ----------------------------------------------------------- */

/* The widest that others are lined up with; a longer one stands out. */
static size_t widest(const struct c_column *v, size_t n, bool types)
{
	size_t max = 0;

	for (size_t i = 0; i < n; i++) {
		size_t w = types ? v[i].type.n : v[i].name.n;

		if (w > max && w <= 28 && (!types || v[i].rest.n))
			max = w;
	}
	return max;
}

static void columns_body(struct c_text *p, const struct table *t,
			 const struct c_column *v)
{
	size_t name = widest(v, t->columns.n, false);
	size_t type = widest(v, t->columns.n, true);
	struct buf b = { .mem = &p->tmp };

	for (size_t i = 0; i < t->columns.n; i++) {
		const struct c_column *c = &v[i];
		int gap = (int)(name > c->name.n ? name - c->name.n : 0);

		if (c->name.failed || c->type.failed || c->rest.failed)
			b.failed = true;
		buf_addf(&b, "COLUMN(%s, %*s%s", c->name.s, gap, "",
			 c->type.s);
		if (c->rest.n) {
			gap = (int)(type > c->type.n ? type - c->type.n : 0);
			buf_addf(&b, ", %*s%s", gap, "",
				 c->rest.s + 2 * !strncmp(c->rest.s, ", ", 2));
		}
		buf_add(&b, "),");
		c_line(p, &b);
	}
}

static void columns_block(struct c_text *p, const struct table *t,
			  const char *end)
{
	struct c_column *v = arena_array(&p->tmp, struct c_column,
					 t->columns.n + 1);

	if (!v) {
		p->out->failed = true;
		return;
	}
	c_fill(p, "COLUMNS(");
	p->depth++;
	for (size_t i = 0; i < t->columns.n; i++)
		c_column(p, t, t->columns.v[i], &v[i]);
	columns_body(p, t, v);
	p->depth--;
	c_fill(p, end);
}

static void constraints_block(struct c_text *p, const struct table *t,
			      const char *end)
{
	struct buf b = { .mem = &p->tmp };

	c_fill(p, "CONSTRAINTS(");
	p->depth++;
	for (size_t i = 0; i < t->constraints.n; i++) {
		const struct constraint *k = t->constraints.v[i];

		if (is_inline(p, t, k))
			continue;
		c_constraint(p, &b, k, constraint_name(p, t, k));
		buf_addc(&b, ',');
		c_line(p, &b);
	}
	p->depth--;
	c_fill(p, end);
}

static void indexes_block(struct c_text *p, const struct table *t,
			  const char *end)
{
	struct buf b = { .mem = &p->tmp };

	c_fill(p, "INDEXES(");
	p->depth++;
	for (size_t i = 0; i < t->indexes.n; i++) {
		const struct index *x = t->indexes.v[i];

		if (is_flag(p, t, x))
			continue;
		buf_add(&b, "INDEX_ON(");
		c_index_inner(p, &b, x, index_name(p, t, x));
		buf_add(&b, "),");
		c_line(p, &b);
	}
	p->depth--;
	c_fill(p, end);
}

void c_table_body(struct c_text *p, const struct table *t, const char *end)
{
	const char *last = arena_printf(&p->tmp, ")%s", end);
	bool constraints = false, indexes = false;

	for (size_t i = 0; i < t->constraints.n; i++)
		constraints |= !is_inline(p, t, t->constraints.v[i]);
	for (size_t i = 0; i < t->indexes.n; i++)
		indexes |= !is_flag(p, t, t->indexes.v[i]);
	if (!last) {
		p->out->failed = true;
		return;
	}
	p->depth++;
	p->schema = t->schema;
	if (t->columns.n)
		columns_block(p, t, constraints || indexes ? ")," : last);
	if (constraints)
		constraints_block(p, t, indexes ? ")," : last);
	if (indexes)
		indexes_block(p, t, last);
	p->schema = NULL;
	p->depth--;
}
