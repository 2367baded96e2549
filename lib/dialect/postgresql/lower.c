/*
 * A schema of models as PostgreSQL holds it: types in the server's spelling,
 * enums as objects that tables share, what SQLite alone knows left out or
 * refused.
 */
#include "dialect/postgresql/lower.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/map.h"

retort_status lower_refuse(struct lowering *l, int line, const char *fmt, ...)
{
	SCRATCH(tmp);
	va_list ap;
	const char *why;

	va_start(ap, fmt);
	why = arena_vprintf(&tmp, fmt, ap);
	va_end(ap);
	if (l->t)
		err_set(l->err, RETORT_E_FAIL, "table \"%s\": %s", l->t->name,
			why ? why : "out of memory");
	else
		err_set(l->err, RETORT_E_FAIL, "%s",
			why ? why : "out of memory");
	err_where_source(l->err, l->t ? l->t->source : l->source, line);
	return RETORT_E_FAIL;
}

retort_status lower_name(struct lowering *l, const char *kind,
			 const char *name)
{
	if (!name || strlen(name) <= PG_NAME_MAX)
		return RETORT_OK;
	lower_refuse(l, 0, "the name of %s \"%s\" is longer than %d bytes",
		     kind, name, PG_NAME_MAX);
	err_hint(l->err, "PostgreSQL would cut it off. Give it a shorter one.");
	return RETORT_E_FAIL;
}

/* "public" is the default one. */
static retort_status lower_schema_name(struct lowering *l, const char **name)
{
	if (*name && !strcmp(*name, "public"))
		*name = NULL;
	return lower_name(l, "schema", *name);
}

static retort_status lower_collation(struct lowering *l, int line,
				     const char **collation)
{
	static const char *const foreign[] = { "BINARY", "NOCASE", "RTRIM" };

	if (!*collation)
		return RETORT_OK;
	if (!strcmp(*collation, "default")) {
		*collation = NULL;
		return RETORT_OK;
	}
	for (size_t i = 0; i < sizeof(foreign) / sizeof(*foreign); i++) {
		if (strcasecmp(*collation, foreign[i]))
			continue;
		lower_refuse(l, line, "PostgreSQL has no collation \"%s\"",
			     *collation);
		err_hint(l->err, "Say another one for it with OVERRIDES("
			 "OVERRIDE(\"postgresql\", .collation = …)); \"\" is "
			 "none.");
		return RETORT_E_FAIL;
	}
	return RETORT_OK;
}

/* Columns */

static bool is_word(const char *sql, const char *word)
{
	return sql && !strcasecmp(sql, word);
}

/* 0 and 1 are no truth values here. */
static void lower_default(struct column *c)
{
	if (is_word(c->default_sql, "NULL"))
		c->default_sql = NULL;
	if (c->type.kind != RETORT_TYPE_BOOLEAN)
		return;
	if (is_word(c->default_sql, "0"))
		c->default_sql = "false";
	else if (is_word(c->default_sql, "1"))
		c->default_sql = "true";
}

static retort_status no_conflict(struct lowering *l, int line,
				 enum retort_conflict conflict)
{
	if (!conflict)
		return RETORT_OK;
	lower_refuse(l, line, "PostgreSQL has no ON CONFLICT of a constraint");
	err_hint(l->err, "Write ON CONFLICT in the INSERT, or declare it for "
		 "the other database only, with `.only`.");
	return RETORT_E_FAIL;
}

static bool counts(const char *type)
{
	return !strcmp(type, "integer") || !strcmp(type, "bigint") ||
	       !strcmp(type, "smallint");
}

static retort_status lower_counter(struct lowering *l, struct column *c)
{
	if (c->autoincrement && !c->identity && !c->serial)
		c->identity = IDENTITY_BY_DEFAULT;
	c->autoincrement = false;
	if (!c->identity && !c->serial)
		return RETORT_OK;
	if (!counts(c->type.text))
		return lower_refuse(l, c->line, "column \"%s\" counts up and "
				    "must be INTEGER, BIGINT or SMALLINT, "
				    "not %s", c->name, c->type.text);
	if (c->default_sql)
		return lower_refuse(l, c->line, "column \"%s\" counts up and "
				    "cannot have a default", c->name);
	c->not_null = true;
	return RETORT_OK;
}

static retort_status lower_column(struct lowering *l, struct column *c)
{
	TRY(lower_name(l, "column", c->name));
	TRY(lower_type(l, c));
	TRY(no_conflict(l, c->line, c->not_null_conflict));
	TRY(lower_collation(l, c->line, &c->collation));
	lower_default(c);
	/* Computed when written, not when read: the values are the same. */
	if (c->generated)
		c->generated = GENERATED_STORED;
	c->not_null_name = NULL;
	return lower_counter(l, c);
}

/* Constraints and indexes */

static retort_status lower_parts(struct lowering *l, struct parts *parts,
				 const struct constraint *key)
{
	for (size_t i = 0; i < parts->n; i++) {
		struct part *p = &parts->v[i];

		if (key && (p->collation || p->descending || p->nulls))
			return lower_refuse(l, 0, "PostgreSQL has no COLLATE "
					    "and no DESC in a key (\"%s\")",
					    key->name ? key->name : "");
		TRY(lower_collation(l, 0, &p->collation));
		if (p->nulls == (p->descending ? NULLS_FIRST : NULLS_LAST))
			p->nulls = NULLS_DEFAULT;
	}
	return RETORT_OK;
}

/* A name as the server would give one. */
static const char *server_name(struct lowering *l, const struct constraint *k)
{
	static const char *const words[] = {
		[CONSTRAINT_PRIMARY_KEY] = "pkey", [CONSTRAINT_UNIQUE] = "key",
		[CONSTRAINT_CHECK] = "check", [CONSTRAINT_FOREIGN_KEY] = "fkey",
		[CONSTRAINT_EXCLUDE] = "excl",
	};
	struct buf columns = { .mem = l->s->mem };
	const char *word = words[k->kind], *name;

	for (size_t i = 0; i < k->parts.n; i++)
		buf_addf(&columns, "%s%s", i ? "_" : "",
			 k->parts.v[i].column ? k->parts.v[i].column : "expr");
	if (!buf_text(&columns))
		return NULL;
	for (int n = 0;; n++) {
		name = pg_object_name(l->s->mem, l->t->name,
				      k->kind == CONSTRAINT_PRIMARY_KEY ||
				      !columns.n ? NULL : columns.s, word);
		if (!name || !table_constraint(l->s, l->t, name))
			return name;
		word = arena_printf(l->s->mem, "%s%d", words[k->kind], n + 1);
		if (!word)
			return NULL;
	}
}

/* The columns of a key are never NULL. */
static void key_is_not_null(struct lowering *l, const struct constraint *k)
{
	for (size_t i = 0; i < k->parts.n; i++) {
		struct column *c = table_column(l->s, l->t,
						k->parts.v[i].column);

		if (c)
			c->not_null = true;
	}
}

/* "REFERENCES t" is "REFERENCES t (its primary key)". */
static retort_status name_columns(struct lowering *l, struct constraint *k)
{
	const struct table *t = k->ref_columns.n ? NULL
		: schema_table(l->s, k->ref_schema, k->ref_table);
	const struct constraint *pk = t ? table_primary_key(t) : NULL;

	if (!pk)
		return RETORT_OK;
	for (size_t i = 0; i < pk->parts.n; i++)
		if (!vec_push(l->s->mem, &k->ref_columns,
			      pk->parts.v[i].column))
			return err_nomem(l->err);
	return RETORT_OK;
}

static retort_status lower_constraint(struct lowering *l,
				      struct constraint *k)
{
	bool key = k->kind == CONSTRAINT_PRIMARY_KEY ||
		   k->kind == CONSTRAINT_UNIQUE;

	TRY(no_conflict(l, 0, k->conflict));
	TRY(lower_schema_name(l, &k->ref_schema));
	TRY(lower_parts(l, &k->parts, key ? k : NULL));
	if (k->match && !strcasecmp(k->match, "SIMPLE"))
		k->match = NULL;
	k->explicit_not_deferrable = false;
	if (k->kind == CONSTRAINT_PRIMARY_KEY)
		key_is_not_null(l, k);
	if (k->kind == CONSTRAINT_FOREIGN_KEY)
		TRY(name_columns(l, k));
	if (!k->name) {
		k->name = server_name(l, k);
		k->auto_name = true;
	}
	return k->name ? lower_name(l, "constraint", k->name)
		       : err_nomem(l->err);
}

static retort_status lower_index(struct lowering *l, struct index *x)
{
	TRY(lower_name(l, "index", x->name));
	TRY(lower_parts(l, &x->parts, NULL));
	if (x->method && !strcmp(x->method, "btree"))
		x->method = NULL;
	return RETORT_OK;
}

/* What the models say of SQLite's tables means nothing here. */
static retort_status lower_table(struct lowering *l)
{
	struct table *t = l->t;

	TRY(lower_name(l, "table", t->name));
	TRY(lower_schema_name(l, &t->schema));
	t->strict = t->without_rowid = false;
	for (size_t i = 0; i < t->columns.n; i++)
		TRY(lower_column(l, t->columns.v[i]));
	for (size_t i = 0; i < t->constraints.n; i++)
		TRY(lower_constraint(l, t->constraints.v[i]));
	for (size_t i = 0; i < t->indexes.n; i++)
		TRY(lower_index(l, t->indexes.v[i]));
	return RETORT_OK;
}

/* Objects */

/* A view that holds its rows is another kind of object. */
static retort_status lower_view(struct lowering *l, struct object *o)
{
	const char *word = pg_word_of(o->create_sql);
	struct buf drop = { .mem = l->s->mem };

	if (word && !strcmp(word, "MATERIALIZED VIEW")) {
		o->kind = OBJECT_OTHER;
		o->word = word;
	}
	if (o->drop_sql)
		return RETORT_OK;
	/* By this name others may say that they need it. */
	buf_addf(&drop, "DROP %s ", o->word ? o->word : "VIEW");
	pg_ddl_qualified(&drop, o->schema, o->name);
	o->drop_sql = buf_text(&drop);
	return o->drop_sql ? RETORT_OK : err_nomem(l->err);
}

/* An enum that is declared alone; one of a column has its statements. */
static retort_status lower_enum_object(struct lowering *l, struct object *o)
{
	struct buf create = { .mem = l->s->mem }, drop = create;

	for (size_t i = 0; i < o->labels.n; i++)
		TRY(lower_name(l, "label", o->labels.v[i]));
	pg_ddl_create_enum(&create, o, o->name);
	buf_add(&drop, "DROP TYPE ");
	pg_ddl_qualified(&drop, o->schema, o->name);
	o->create_sql = buf_text(&create);
	o->drop_sql = buf_text(&drop);
	return o->create_sql && o->drop_sql ? RETORT_OK : err_nomem(l->err);
}

static retort_status lower_object(struct lowering *l, struct object *o)
{
	l->source = o->source;
	TRY(lower_schema_name(l, &o->schema));
	if (o->kind != OBJECT_OTHER) {
		TRY(lower_name(l, o->kind == OBJECT_ENUM ? "enum" : "object",
			       o->name));
		if (o->kind == OBJECT_VIEW)
			TRY(lower_view(l, o));
		if (o->kind == OBJECT_ENUM && !o->create_sql)
			return lower_enum_object(l, o);
		return RETORT_OK;
	}
	if (!o->word && o->create_sql)
		o->word = pg_word_of(o->create_sql);
	return RETORT_OK;
}

static retort_status add_schema(struct schema *s, const char *name,
				struct err *err)
{
	struct object *o;

	if (!name)
		return RETORT_OK;
	for (size_t i = 0; i < s->objects.n; i++) {
		o = s->objects.v[i];
		if (o->word && !strcmp(o->word, "SCHEMA") &&
		    !strcmp(o->name, name))
			return RETORT_OK;
	}
	o = arena_new(s->mem, struct object);
	if (!o)
		return err_nomem(err);
	o->kind = OBJECT_OTHER;
	o->word = "SCHEMA";
	o->name = name;
	o->create_sql = arena_printf(s->mem, "CREATE SCHEMA %s",
				     pg_quote_name(s->mem, name));
	o->drop_sql = arena_printf(s->mem, "DROP SCHEMA %s",
				   pg_quote_name(s->mem, name));
	return o->create_sql && o->drop_sql &&
	       vec_insert(s->mem, &s->objects, 0, o) ? RETORT_OK
						    : err_nomem(err);
}

/* The schemas that tables are in are wanted too. */
static retort_status add_schemas(struct schema *s, struct err *err)
{
	for (size_t i = 0; i < s->tables.n; i++)
		TRY(add_schema(s, s->tables.v[i]->schema, err));
	return RETORT_OK;
}

/* A child counts with the sequence of its parent. */
static bool take_counter(struct schema *s, const struct table *parent,
			 struct column *c)
{
	struct buf name = { .mem = s->mem }, sql = { .mem = s->mem };
	const char *sequence = pg_serial_name(s->mem, parent->name, c->name);

	if (!sequence)
		return false;
	pg_ddl_qualified(&name, parent->schema, sequence);
	buf_add(&sql, "nextval(");
	pg_ddl_text(&sql, buf_text(&name) ? name.s : "");
	buf_add(&sql, "::regclass)");
	c->default_sql = buf_text(&sql);
	return name.s && c->default_sql;
}

static retort_status take_column(struct schema *s, struct table *t,
				 const struct table *parent,
				 const struct column *of, struct err *err)
{
	struct column *c = column_copy(s->mem, of);

	if (!c || !vec_push(s->mem, &t->columns, c) ||
	    (of->serial && !take_counter(s, parent, c)))
		return err_nomem(err);
	c->inherited = true;
	c->comment = c->serial = c->identity_sql = NULL;
	c->identity = IDENTITY_NO;
	return RETORT_OK;
}

static retort_status take_columns(struct schema *s, struct table *t,
				  const char *parent, struct err *err,
				  bool *again)
{
	const struct table *p = parent ? schema_table_called(s, parent) : NULL;

	for (size_t i = 0; p && p != t && i < p->columns.n; i++) {
		struct column *c = table_column(s, t, p->columns.v[i]->name);

		if (c && t->partition_of)
			c->inherited = true;
		if (c)
			continue;
		TRY(take_column(s, t, p, p->columns.v[i], err));
		*again = true;
	}
	return RETORT_OK;
}

/* The columns of a parent need not be said again. */
static retort_status inherit_columns(struct schema *s, struct err *err)
{
	bool again = true;

	while (again) {
		again = false;
		for (size_t i = 0; i < s->tables.n; i++) {
			struct table *t = s->tables.v[i];

			TRY(take_columns(s, t, t->partition_of, err, &again));
			for (size_t k = 0; k < t->inherits.n; k++)
				TRY(take_columns(s, t, t->inherits.v[k], err,
						 &again));
		}
	}
	return RETORT_OK;
}

retort_status pg_lower(struct schema *s, struct err *err)
{
	struct lowering l = { .s = s, .err = err };

	s->fold_case = false;
	s->says_little = true;
	s->quote_name = pg_quote_name;
	s->sequence_name = pg_serial_name;
	/* First of all the enums, which columns may name with their labels. */
	for (size_t i = 0; i < s->objects.n; i++)
		TRY(lower_object(&l, s->objects.v[i]));
	for (size_t i = 0; i < s->tables.n; i++) {
		l.t = s->tables.v[i];
		TRY(lower_table(&l));
	}
	TRY(inherit_columns(s, err));
	return add_schemas(s, err);
}
