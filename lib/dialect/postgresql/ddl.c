#include "dialect/postgresql/ddl.h"

#include <string.h>
#include <strings.h>

#include "sql/token.h"

static const char *const actions[] = {
	[RETORT_NO_ACTION] = NULL,
	[RETORT_RESTRICT] = "RESTRICT",
	[RETORT_CASCADE] = "CASCADE",
	[RETORT_SET_NULL] = "SET NULL",
	[RETORT_SET_DEFAULT] = "SET DEFAULT",
};

static void add_or_fail(struct buf *b, const char *s)
{
	if (s)
		buf_add(b, s);
	else
		b->failed = true;
}

void pg_ddl_name(struct buf *b, const char *name)
{
	add_or_fail(b, pg_quote_name(b->mem, name));
}

void pg_ddl_qualified(struct buf *b, const char *schema, const char *name)
{
	if (schema) {
		pg_ddl_name(b, schema);
		buf_addc(b, '.');
	}
	pg_ddl_name(b, name);
}

void pg_ddl_text(struct buf *b, const char *text)
{
	add_or_fail(b, pg_quote_text(b->mem, text));
}

void pg_ddl_table_name(struct buf *b, const struct table *t)
{
	pg_ddl_qualified(b, t->schema, t->name);
}

static void add_names(struct buf *b, const struct strings *names)
{
	buf_addc(b, '(');
	for (size_t i = 0; i < names->n; i++) {
		if (i)
			buf_add(b, ", ");
		pg_ddl_name(b, names->v[i]);
	}
	buf_addc(b, ')');
}

/* A name that the server spelled may have its quotes already. */
static void add_spelled(struct buf *b, const char *word, const char *name)
{
	buf_add(b, word);
	if (*name == '"')
		buf_add(b, name);
	else
		pg_ddl_name(b, name);
}

static void add_part(struct buf *b, const struct part *p)
{
	if (p->column)
		pg_ddl_name(b, p->column);
	else
		buf_addf(b, "(%s)", p->expr);
	if (p->collation)
		add_spelled(b, " COLLATE ", p->collation);
	if (p->opclass)
		buf_addf(b, " %s", p->opclass);
	if (p->descending)
		buf_add(b, " DESC");
	if (p->nulls == NULLS_FIRST)
		buf_add(b, " NULLS FIRST");
	if (p->nulls == NULLS_LAST)
		buf_add(b, " NULLS LAST");
}

static void add_parts(struct buf *b, const struct parts *parts)
{
	buf_addc(b, '(');
	for (size_t i = 0; i < parts->n; i++) {
		if (i)
			buf_add(b, ", ");
		add_part(b, &parts->v[i]);
	}
	buf_addc(b, ')');
}

static const char *serial_word(const struct column *c)
{
	const char *type = c->type.text ? c->type.text : "";

	return !strcmp(type, "bigint") ? "bigserial"
		: !strcmp(type, "smallint") ? "smallserial" : "serial";
}

void pg_ddl_identity(struct buf *b, const struct column *c)
{
	buf_addf(b, "GENERATED %s AS IDENTITY",
		 c->identity == IDENTITY_ALWAYS ? "ALWAYS" : "BY DEFAULT");
	if (c->identity_sql)
		buf_addf(b, " (%s)", c->identity_sql);
}

void pg_ddl_column(struct buf *b, const struct column *c)
{
	pg_ddl_name(b, c->name);
	buf_addf(b, " %s", c->serial ? serial_word(c) : c->type.text);
	if (c->collation)
		add_spelled(b, " COLLATE ", c->collation);
	if (c->generated)
		buf_addf(b, " GENERATED ALWAYS AS (%s) STORED",
			 c->generated_sql);
	else if (c->identity) {
		buf_addc(b, ' ');
		pg_ddl_identity(b, c);
	} else if (c->default_sql && !c->serial)
		buf_addf(b, " DEFAULT %s", c->default_sql);
	if (c->not_null)
		buf_add(b, " NOT NULL");
}

static void add_references(struct buf *b, const struct constraint *c)
{
	buf_add(b, " REFERENCES ");
	pg_ddl_qualified(b, c->ref_schema, c->ref_table);
	if (c->ref_columns.n) {
		buf_addc(b, ' ');
		add_names(b, &c->ref_columns);
	}
	if (c->match && strcmp(c->match, "SIMPLE"))
		buf_addf(b, " MATCH %s", c->match);
	if (actions[c->on_update])
		buf_addf(b, " ON UPDATE %s", actions[c->on_update]);
	if (actions[c->on_delete])
		buf_addf(b, " ON DELETE %s", actions[c->on_delete]);
	if (c->set_columns.n) {
		buf_addc(b, ' ');
		add_names(b, &c->set_columns);
	}
}

static void add_key(struct buf *b, const struct constraint *c)
{
	buf_add(b, c->kind == CONSTRAINT_UNIQUE ? "UNIQUE " : "PRIMARY KEY ");
	if (c->nulls_not_distinct)
		buf_add(b, "NULLS NOT DISTINCT ");
	add_parts(b, &c->parts);
	if (c->include.n) {
		buf_add(b, " INCLUDE ");
		add_names(b, &c->include);
	}
	if (c->with)
		buf_addf(b, " WITH (%s)", c->with);
	if (c->tablespace)
		add_spelled(b, " USING INDEX TABLESPACE ", c->tablespace);
}

void pg_ddl_constraint(struct buf *b, const struct constraint *c)
{
	if (c->name) {
		buf_add(b, "CONSTRAINT ");
		pg_ddl_name(b, c->name);
		buf_addc(b, ' ');
	}
	switch (c->kind) {
	case CONSTRAINT_PRIMARY_KEY:
	case CONSTRAINT_UNIQUE:
		add_key(b, c);
		break;
	case CONSTRAINT_CHECK:
		buf_addf(b, "CHECK (%s)", c->check_sql);
		break;
	case CONSTRAINT_FOREIGN_KEY:
		buf_add(b, "FOREIGN KEY ");
		add_parts(b, &c->parts);
		add_references(b, c);
		break;
	case CONSTRAINT_EXCLUDE:
		buf_addf(b, "EXCLUDE %s", c->exclude_sql);
		break;
	}
	if (c->no_inherit)
		buf_add(b, " NO INHERIT");
	if (c->deferrable)
		buf_add(b, " DEFERRABLE");
	if (c->initially_deferred)
		buf_add(b, " INITIALLY DEFERRED");
	if (c->not_valid)
		buf_add(b, " NOT VALID");
}

bool pg_ddl_inline(const struct constraint *c)
{
	return !c->not_valid;
}

/* Columns that only the parent declares are not said again. */
static size_t add_body(struct buf *b, const struct table *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->columns.n; i++) {
		if (t->columns.v[i]->inherited)
			continue;
		buf_add(b, n++ ? ",\n\t" : " (\n\t");
		pg_ddl_column(b, t->columns.v[i]);
	}
	for (size_t i = 0; i < t->constraints.n; i++) {
		if (!pg_ddl_inline(t->constraints.v[i]))
			continue;
		buf_add(b, n++ ? ",\n\t" : " (\n\t");
		pg_ddl_constraint(b, t->constraints.v[i]);
	}
	if (n)
		buf_add(b, "\n)");
	else if (!t->partition_of)
		buf_add(b, " ()");
	return n;
}

/* Of a partition the columns are its parent's; the list can only add. */
static void add_partition(struct buf *b, const struct table *t)
{
	size_t n = 0;

	buf_addf(b, " PARTITION OF %s", t->partition_of);
	for (size_t i = 0; i < t->constraints.n; i++) {
		if (!pg_ddl_inline(t->constraints.v[i]))
			continue;
		buf_add(b, n++ ? ",\n\t" : " (\n\t");
		pg_ddl_constraint(b, t->constraints.v[i]);
	}
	buf_addf(b, "%s %s", n ? "\n)" : "", t->partition_bound);
}

void pg_ddl_create_table(struct buf *b, const struct table *t)
{
	buf_addf(b, "CREATE %sTABLE ", t->unlogged ? "UNLOGGED " : "");
	pg_ddl_table_name(b, t);
	if (t->partition_of)
		add_partition(b, t);
	else
		add_body(b, t);
	for (size_t i = 0; i < t->inherits.n; i++)
		buf_addf(b, "%s%s", i ? ", " : " INHERITS (",
			 t->inherits.v[i]);
	if (t->inherits.n)
		buf_addc(b, ')');
	if (t->partition_by)
		buf_addf(b, " PARTITION BY %s", t->partition_by);
	if (t->with)
		buf_addf(b, " WITH (%s)", t->with);
	if (t->tablespace)
		add_spelled(b, " TABLESPACE ", t->tablespace);
	if (t->suffix_sql)
		buf_addf(b, " %s", t->suffix_sql);
}

void pg_ddl_create_index(struct buf *b, const struct table *t,
			 const struct index *i, bool concurrently)
{
	buf_addf(b, "CREATE %sINDEX %s", i->unique ? "UNIQUE " : "",
		 concurrently ? "CONCURRENTLY " : "");
	pg_ddl_name(b, i->name);
	buf_add(b, " ON ");
	pg_ddl_table_name(b, t);
	if (i->method)
		buf_addf(b, " USING %s", i->method);
	buf_addc(b, ' ');
	add_parts(b, &i->parts);
	if (i->include.n) {
		buf_add(b, " INCLUDE ");
		add_names(b, &i->include);
	}
	if (i->nulls_not_distinct)
		buf_add(b, " NULLS NOT DISTINCT");
	if (i->with)
		buf_addf(b, " WITH (%s)", i->with);
	if (i->tablespace)
		add_spelled(b, " TABLESPACE ", i->tablespace);
	if (i->where_sql)
		buf_addf(b, " WHERE %s", i->where_sql);
}

void pg_ddl_create_enum(struct buf *b, const struct object *o,
			const char *name)
{
	buf_add(b, "CREATE TYPE ");
	pg_ddl_qualified(b, o->schema, name);
	buf_add(b, " AS ENUM (");
	for (size_t i = 0; i < o->labels.n; i++) {
		if (i)
			buf_add(b, ", ");
		pg_ddl_text(b, o->labels.v[i]);
	}
	buf_addc(b, ')');
}

static const char *const object_words[] = {
	"MATERIALIZED VIEW", "VIEW", "FUNCTION", "PROCEDURE", "AGGREGATE",
	"CONSTRAINT TRIGGER", "EVENT TRIGGER", "TRIGGER", "RULE", "POLICY",
	"DOMAIN", "TYPE", "SEQUENCE", "EXTENSION", "SCHEMA", "STATISTICS",
	"COLLATION", "OPERATOR CLASS", "OPERATOR FAMILY", "OPERATOR", "CAST",
	"TEXT SEARCH CONFIGURATION", "TEXT SEARCH DICTIONARY",
	"FOREIGN TABLE", "FOREIGN DATA WRAPPER", "SERVER", "PUBLICATION",
};

const char *pg_word_of(const char *sql)
{
	struct lexer lx = { .at = sql, .line = 1 };
	struct token t = token_next(&lx);

	if (!token_is(&t, "CREATE"))
		return NULL;
	t = token_next(&lx);
	if (token_is(&t, "OR")) {
		token_next(&lx);
		t = token_next(&lx);
	}
	if (token_is(&t, "UNLOGGED"))
		t = token_next(&lx);
	for (size_t i = 0; i < sizeof(object_words) / sizeof(*object_words); i++) {
		size_t n = strlen(object_words[i]);

		if (!strncasecmp(t.s, object_words[i], n) &&
		    strchr(" \t\n", t.s[n]))
			return object_words[i];
	}
	return NULL;
}

const char *pg_object_word(const struct object *o)
{
	if (o->word)
		return o->word;
	if (o->kind == OBJECT_OTHER && o->create_sql)
		return pg_word_of(o->create_sql);
	return o->kind == OBJECT_VIEW ? "VIEW"
		: o->kind == OBJECT_TRIGGER ? "TRIGGER"
		: o->kind == OBJECT_ENUM ? "TYPE" : NULL;
}

/* Not in the middle of a character. */
static size_t clip(const char *s, size_t n)
{
	while (n && ((unsigned char)s[n] & 0xc0) == 0x80)
		n--;
	return n;
}

/* As makeObjectName() of the server: the longer name is cut first. */
char *pg_object_name(struct arena *mem, const char *table, const char *column,
		     const char *word)
{
	size_t n = strlen(table), m = column ? strlen(column) : 0;
	size_t room = PG_NAME_MAX - strlen(word) - 1 - (column != NULL);

	while (n + m > room)
		if (n > m)
			n--;
		else
			m--;
	n = clip(table, n);
	m = column ? clip(column, m) : 0;
	return arena_printf(mem, "%.*s%s%.*s_%s", (int)n, table,
			    column ? "_" : "", (int)m, column ? column : "",
			    word);
}

char *pg_serial_name(struct arena *mem, const char *table, const char *column)
{
	return pg_object_name(mem, table, column, "seq");
}
