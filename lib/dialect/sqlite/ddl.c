#include <string.h>

#include "base/ascii.h"
#include "dialect/sqlite/engine.h"
#include "schema/words.h"
#include "sql/token.h"

void ddl_name(struct buf *b, const char *name)
{
	const char *q = sql_quote_name(b->mem, name);

	if (!q)
		b->failed = true;
	else
		buf_add(b, q);
}

static void add_names(struct buf *b, const struct strings *names)
{
	for (size_t i = 0; i < names->n; i++) {
		if (i)
			buf_add(b, ", ");
		ddl_name(b, names->v[i]);
	}
}

static void add_parts(struct buf *b, const struct parts *parts)
{
	for (size_t i = 0; i < parts->n; i++) {
		const struct part *p = &parts->v[i];

		if (i)
			buf_add(b, ", ");
		if (p->column)
			ddl_name(b, p->column);
		else
			buf_add(b, p->expr);
		if (p->collation) {
			buf_add(b, " COLLATE ");
			ddl_name(b, p->collation);
		}
		if (p->descending)
			buf_add(b, " DESC");
	}
}

static void add_conflict(struct buf *b, enum retort_conflict c)
{
	if (c)
		buf_addf(b, " ON CONFLICT %s", conflict_word(c));
}

static void add_constraint_name(struct buf *b, const char *name)
{
	if (!name)
		return;
	buf_add(b, "CONSTRAINT ");
	ddl_name(b, name);
	buf_addc(b, ' ');
}

static void add_references(struct buf *b, const struct constraint *c)
{
	buf_add(b, "REFERENCES ");
	ddl_name(b, c->ref_table);
	if (c->ref_columns.n) {
		buf_add(b, " (");
		add_names(b, &c->ref_columns);
		buf_addc(b, ')');
	}
	if (c->on_delete)
		buf_addf(b, " ON DELETE %s", action_word(c->on_delete));
	if (c->on_update)
		buf_addf(b, " ON UPDATE %s", action_word(c->on_update));
	if (c->match) {
		buf_add(b, " MATCH ");
		ddl_name(b, c->match);
	}
	if (c->deferrable)
		buf_add(b, " DEFERRABLE");
	else if (c->explicit_not_deferrable)
		buf_add(b, " NOT DEFERRABLE");
	if (c->initially_deferred)
		buf_add(b, " INITIALLY DEFERRED");
}

/* DEFAULT takes a literal or something in parentheses. */
static void add_default(struct buf *b, const char *sql)
{
	struct lexer lx = { .at = sql, .line = 1 };
	struct token t = token_next(&lx);
	bool sign = token_is_op(&t, "-") || token_is_op(&t, "+");

	buf_add(b, " DEFAULT ");
	if (token_is_op(&t, "(")) {
		buf_add(b, sql);
		return;
	}
	if (sign)
		t = token_next(&lx);
	t = token_next(&lx);
	if (t.kind == TOKEN_END)
		buf_add(b, sql);
	else
		buf_addf(b, "(%s)", sql);
}

void ddl_column(struct buf *b, const struct column *c,
		const struct constraint *inline_pk)
{
	ddl_name(b, c->name);
	if (c->type.text && *c->type.text)
		buf_addf(b, " %s", c->type.text);
	if (inline_pk) {
		buf_addc(b, ' ');
		add_constraint_name(b, inline_pk->name);
		buf_add(b, "PRIMARY KEY");
		if (inline_pk->parts.v[0].descending)
			buf_add(b, " DESC");
		add_conflict(b, inline_pk->conflict);
		if (c->autoincrement)
			buf_add(b, " AUTOINCREMENT");
	}
	if (c->not_null) {
		buf_addc(b, ' ');
		add_constraint_name(b, c->not_null_name);
		buf_add(b, "NOT NULL");
		add_conflict(b, c->not_null_conflict);
	}
	if (c->default_sql)
		add_default(b, c->default_sql);
	if (c->collation) {
		buf_add(b, " COLLATE ");
		ddl_name(b, c->collation);
	}
	if (c->generated)
		buf_addf(b, " GENERATED ALWAYS AS (%s) %s", c->generated_sql,
			 c->generated == GENERATED_STORED ? "STORED"
							  : "VIRTUAL");
}

void ddl_constraint(struct buf *b, const struct constraint *c)
{
	add_constraint_name(b, c->name);
	switch (c->kind) {
	case CONSTRAINT_PRIMARY_KEY:
	case CONSTRAINT_UNIQUE:
		buf_add(b, c->kind == CONSTRAINT_UNIQUE ? "UNIQUE ("
							: "PRIMARY KEY (");
		add_parts(b, &c->parts);
		buf_addc(b, ')');
		break;
	case CONSTRAINT_CHECK:
		buf_addf(b, "CHECK (%s)", c->check_sql);
		break;
	case CONSTRAINT_FOREIGN_KEY:
		buf_add(b, "FOREIGN KEY (");
		add_parts(b, &c->parts);
		buf_add(b, ") ");
		add_references(b, c);
		break;
	case CONSTRAINT_EXCLUDE:
		b->failed = true;	/* lower() refuses it */
		break;
	}
	add_conflict(b, c->conflict);
}

void ddl_inline_constraint(struct buf *b, const struct constraint *c)
{
	if (c->kind != CONSTRAINT_FOREIGN_KEY) {
		ddl_constraint(b, c);
		return;
	}
	add_constraint_name(b, c->name);
	add_references(b, c);
}

/*
 * AUTOINCREMENT can only stand behind its column. So must the DESC of an
 * INTEGER PRIMARY KEY: there it keeps the column from being the rowid, in a
 * table constraint it does not.
 */
static const struct constraint *inline_pk_of(const struct table *t,
					     const struct column *c)
{
	const struct constraint *pk = table_primary_key(t);
	const struct part *p = pk && pk->parts.n == 1 ? pk->parts.v : NULL;

	if (!p || !p->column || ascii_casecmp(p->column, c->name) ||
	    p->collation)
		return NULL;
	if (c->autoincrement)
		return pk;
	return p->descending && !t->without_rowid ? pk : NULL;
}

static void add_options(struct buf *b, const struct table *t)
{
	const char *gap = " ";

	if (t->without_rowid) {
		buf_add(b, " WITHOUT ROWID");
		gap = ", ";
	}
	if (t->strict)
		buf_addf(b, "%sSTRICT", gap);
	if (t->suffix_sql)
		buf_addf(b, " %s", t->suffix_sql);
}

char *ddl_create_table(struct arena *mem, const struct table *t,
		       const char *name)
{
	struct buf b = { .mem = mem };
	const struct constraint *inlined = NULL;

	buf_add(&b, "CREATE TABLE ");
	ddl_name(&b, name);
	buf_add(&b, " (");
	for (size_t i = 0; i < t->columns.n; i++) {
		const struct constraint *pk = inline_pk_of(t, t->columns.v[i]);

		buf_add(&b, i ? ",\n\t" : "\n\t");
		ddl_column(&b, t->columns.v[i], pk);
		if (pk)
			inlined = pk;
	}
	for (size_t i = 0; i < t->constraints.n; i++) {
		if (t->constraints.v[i] == inlined)
			continue;
		buf_add(&b, ",\n\t");
		ddl_constraint(&b, t->constraints.v[i]);
	}
	buf_add(&b, "\n)");
	add_options(&b, t);
	return buf_text(&b);
}

char *ddl_create_index(struct arena *mem, const struct table *t,
		       const struct index *i)
{
	struct buf b = { .mem = mem };

	buf_addf(&b, "CREATE %sINDEX ", i->unique ? "UNIQUE " : "");
	ddl_name(&b, i->name);
	buf_add(&b, " ON ");
	ddl_name(&b, t->name);
	buf_add(&b, " (");
	add_parts(&b, &i->parts);
	buf_addc(&b, ')');
	if (i->where_sql)
		buf_addf(&b, " WHERE %s", i->where_sql);
	return buf_text(&b);
}

const struct column *table_rowid_alias(const struct schema *s,
				       const struct table *t)
{
	const struct constraint *pk = table_primary_key(t);
	const struct column *c;

	if (t->without_rowid || !pk || pk->parts.n != 1 ||
	    !pk->parts.v[0].column || pk->parts.v[0].descending)
		return NULL;
	c = table_column(s, t, pk->parts.v[0].column);
	return c && c->type.text && !ascii_casecmp(c->type.text, "INTEGER")
		? c : NULL;
}

static bool has_column(const struct table *t, const char *name)
{
	for (size_t i = 0; i < t->columns.n; i++)
		if (!ascii_casecmp(t->columns.v[i]->name, name))
			return true;
	return false;
}

const char *table_rowid_name(const struct table *a, const struct table *b)
{
	static const char *const names[] = { "rowid", "_rowid_", "oid" };

	for (size_t i = 0; i < 3; i++)
		if (!has_column(a, names[i]) && !has_column(b, names[i]))
			return names[i];
	return NULL;
}
