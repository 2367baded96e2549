/*
 * A schema of models as SQLite holds it. A type's text is chosen so that its
 * affinity leaves a stored value as it is; what SQLite has no word for and
 * does not change what a row may be is left out, anything else is refused.
 */
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/map.h"
#include "dialect/sqlite/sqlite.h"
#include "schema/words.h"
#include "sql/token.h"

/* Of types with a length there are few, and each is that of many columns. */
enum { N_SIZED = 32 };

struct lowering {
	struct schema *s;
	struct table *t;
	struct err *err;
	struct type sized[N_SIZED];	/* with their texts, as last seen */
};

__attribute__((format(printf, 3, 4)))
static retort_status refuse(struct lowering *l, int line, const char *fmt, ...)
{
	SCRATCH(tmp);
	va_list ap;
	const char *why;

	va_start(ap, fmt);
	why = arena_vprintf(&tmp, fmt, ap);
	va_end(ap);
	err_set(l->err, RETORT_E_FAIL, "table \"%s\": %s", l->t->name,
		why ? why : "out of memory");
	err_where_source(l->err, l->t->source, line);
	return RETORT_E_FAIL;
}

/* A word that gives another affinity, or none, has one here that does not. */
static const char *plain_text(enum retort_type_kind kind)
{
	switch (kind) {
	case RETORT_TYPE_TIMESTAMPTZ:
		return "TIMESTAMP";
	case RETORT_TYPE_INTERVAL:	/* INT would be its affinity */
	case RETORT_TYPE_ENUM:
		return "TEXT";
	case RETORT_TYPE_JSONB:
	case RETORT_TYPE_ARRAY:
		return "JSON";
	case RETORT_TYPE_UUID:
		return "CHAR(36)";
	default:
		return type_word(kind);
	}
}

/* NULL: a STRICT table has nothing that holds it. */
static const char *const strict_text[] = {
	[RETORT_TYPE_INTEGER] = "INTEGER",
	[RETORT_TYPE_BIGINT] = "INTEGER",
	[RETORT_TYPE_SMALLINT] = "INTEGER",
	[RETORT_TYPE_BOOLEAN] = "INTEGER",
	[RETORT_TYPE_VARCHAR] = "TEXT",
	[RETORT_TYPE_CHAR] = "TEXT",
	[RETORT_TYPE_TEXT] = "TEXT",
	[RETORT_TYPE_NUMERIC] = NULL,
	[RETORT_TYPE_REAL] = "REAL",
	[RETORT_TYPE_DOUBLE] = "REAL",
	[RETORT_TYPE_DATE] = "TEXT",
	[RETORT_TYPE_TIME] = "TEXT",
	[RETORT_TYPE_TIMESTAMP] = "TEXT",
	[RETORT_TYPE_TIMESTAMPTZ] = "TEXT",
	[RETORT_TYPE_INTERVAL] = "TEXT",
	[RETORT_TYPE_BLOB] = "BLOB",
	[RETORT_TYPE_JSON] = "TEXT",
	[RETORT_TYPE_JSONB] = "TEXT",
	[RETORT_TYPE_UUID] = "TEXT",
	[RETORT_TYPE_ENUM] = "TEXT",
	[RETORT_TYPE_ARRAY] = "TEXT",
};

static bool is_strict_type(const char *text)
{
	static const char *const known[] = {
		"INT", "INTEGER", "REAL", "TEXT", "BLOB", "ANY"
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!ascii_casecmp(text, known[i]))
			return true;
	return false;
}

static retort_status lower_strict_type(struct lowering *l, struct column *c)
{
	struct type *t = &c->type;
	bool known = t->kind == RETORT_TYPE_VERBATIM;

	t->text = known ? t->text ? t->text : t->name : strict_text[t->kind];
	if (t->text && is_strict_type(t->text))
		return RETORT_OK;
	refuse(l, c->line, "column \"%s\" cannot be %s in a STRICT table",
	       c->name, known ? t->text && *t->text ? t->text : "without type"
			      : plain_text(t->kind));
	err_hint(l->err, "STRICT tables know INTEGER, REAL, TEXT, BLOB and "
		 "TYPE(\"ANY\").");
	return RETORT_E_FAIL;
}

retort_status sqlite_lower_strict(struct schema *s, struct table *t,
				  struct column *c, struct err *err)
{
	struct lowering l = { .s = s, .t = t, .err = err };

	return lower_strict_type(&l, c);
}

static bool has_length(const struct type *t)
{
	return t->length > 0 && (t->kind == RETORT_TYPE_VARCHAR ||
				 t->kind == RETORT_TYPE_CHAR ||
				 t->kind == RETORT_TYPE_NUMERIC);
}

static const char *sized_text(struct lowering *l, const struct type *t)
{
	unsigned place = (unsigned)t->kind * 7 + (unsigned)t->length;
	struct type *last = &l->sized[place % N_SIZED];

	if (last->text && last->kind == t->kind &&
	    last->length == t->length && last->scale == t->scale)
		return last->text;
	*last = *t;
	if (t->kind == RETORT_TYPE_NUMERIC && t->scale >= 0)
		last->text = arena_printf(l->s->mem, "%s(%d, %d)",
					  plain_text(t->kind), t->length,
					  t->scale);
	else
		last->text = arena_printf(l->s->mem, "%s(%d)",
					  plain_text(t->kind), t->length);
	return last->text;
}

static retort_status lower_type(struct lowering *l, struct column *c)
{
	struct type *t = &c->type;

	if (l->t->strict)
		return lower_strict_type(l, c);
	if (t->kind == RETORT_TYPE_VERBATIM) {
		if (!t->text)
			t->text = t->name ? t->name : "";
		return RETORT_OK;
	}
	t->text = has_length(t) ? sized_text(l, t) : plain_text(t->kind);
	return t->text ? RETORT_OK : err_nomem(l->err);
}

/* column IN ('a', 'b') */
static const char *enum_check(struct arena *mem, const struct column *c)
{
	struct buf b = { .mem = mem };
	const char *name = sql_quote_name(mem, c->name);

	if (!name)
		return NULL;
	buf_addf(&b, "%s IN (", name);
	for (size_t i = 0; i < c->type.labels.n; i++) {
		const char *label = sql_quote_text(mem, c->type.labels.v[i]);

		if (!label)
			return NULL;
		buf_addf(&b, "%s%s", i ? ", " : "", label);
	}
	buf_addc(&b, ')');
	return buf_text(&b);
}

static retort_status lower_enum(struct lowering *l, struct column *c)
{
	struct arena *mem = l->s->mem;
	struct constraint *k = arena_new(mem, struct constraint);

	if (!k)
		return err_nomem(l->err);
	if (!c->type.labels.n)
		return refuse(l, c->line, "ENUM column \"%s\" has no labels",
			      c->name);
	k->kind = CONSTRAINT_CHECK;
	k->auto_name = true;
	k->check_sql = enum_check(mem, c);
	k->name = arena_printf(mem, "ck_%s_%s", l->t->name, c->name);
	if (k->name && table_constraint(l->s, l->t, k->name))
		k->name = arena_printf(mem, "%s_enum", k->name);
	if (!k->check_sql || !k->name ||
	    !vec_push(mem, &l->t->constraints, k))
		return err_nomem(l->err);
	return RETORT_OK;
}

/* Is all of it, from an opening parenthesis on, one pair of them? */
static bool is_parenthesised(struct lexer *lx)
{
	struct token t;

	for (int depth = 1; depth; ) {
		t = token_next(lx);
		if (t.kind == TOKEN_END || t.kind == TOKEN_BAD)
			return false;
		depth += token_is_op(&t, "(") - token_is_op(&t, ")");
	}
	return token_next(lx).kind == TOKEN_END;
}

/*
 * May it follow DEFAULT as it is? A literal, a signed number, a word; all else
 * must stand in parentheses.
 */
static bool is_plain_default(const char *sql)
{
	struct lexer lx = { sql, 1 };
	struct token t = token_next(&lx);

	if (token_is_op(&t, "("))
		return is_parenthesised(&lx);
	if (token_is_op(&t, "-") || token_is_op(&t, "+"))
		t = token_next(&lx);
	if (t.kind != TOKEN_WORD && t.kind != TOKEN_STRING &&
	    t.kind != TOKEN_NUMBER && t.kind != TOKEN_BLOB &&
	    t.kind != TOKEN_QUOTED)
		return false;
	return token_next(&lx).kind == TOKEN_END;
}

static retort_status lower_default(struct lowering *l, struct column *c)
{
	if (!c->default_sql || is_plain_default(c->default_sql))
		return RETORT_OK;
	c->default_sql = arena_printf(l->s->mem, "(%s)", c->default_sql);
	return c->default_sql ? RETORT_OK : err_nomem(l->err);
}

static retort_status lower_generated(struct lowering *l, struct column *c)
{
	const struct constraint *pk = table_primary_key(l->t);

	if (!c->generated_sql)
		return RETORT_OK;
	if (c->default_sql)
		return refuse(l, c->line, "generated column \"%s\" cannot have "
			      "a default", c->name);
	for (size_t i = 0; pk && i < pk->parts.n; i++)
		if (name_same(l->s, pk->parts.v[i].column, c->name))
			return refuse(l, c->line, "generated column \"%s\" "
				      "cannot be in the primary key", c->name);
	return RETORT_OK;
}

/* Only a column spelled INTEGER becomes the rowid, which counts itself up. */
static retort_status lower_autoincrement(struct lowering *l, struct column *c)
{
	const struct constraint *pk = table_primary_key(l->t);

	if (!c->autoincrement)
		return RETORT_OK;
	if (l->t->without_rowid)
		return refuse(l, c->line, "AUTOINCREMENT of column \"%s\" "
			      "needs a rowid, and the table is WITHOUT ROWID",
			      c->name);
	if (!pk || pk->parts.n != 1 ||
	    !name_same(l->s, pk->parts.v[0].column, c->name))
		return refuse(l, c->line, "AUTOINCREMENT column \"%s\" must be "
			      "the primary key alone", c->name);
	if (c->type.kind == RETORT_TYPE_BIGINT ||
	    c->type.kind == RETORT_TYPE_SMALLINT)
		c->type.text = "INTEGER";
	if (ascii_casecmp(c->type.text, "INTEGER"))
		return refuse(l, c->line, "AUTOINCREMENT column \"%s\" must be "
			      "INTEGER, not %s", c->name, c->type.text);
	return RETORT_OK;
}

static retort_status lower_column(struct lowering *l, struct column *c)
{
	TRY(lower_type(l, c));
	if (c->type.kind == RETORT_TYPE_ENUM)
		TRY(lower_enum(l, c));
	TRY(lower_default(l, c));
	TRY(lower_generated(l, c));
	TRY(lower_autoincrement(l, c));
	c->identity = IDENTITY_NO;
	c->comment = c->identity_sql = c->serial = NULL;
	c->inherited = false;
	return RETORT_OK;
}

/* "main" is the default one; SQLite has no other in a file. */
static retort_status lower_schema_name(struct lowering *l, const char **name)
{
	if (*name && ascii_casecmp(*name, "main")) {
		refuse(l, 0, "SQLite cannot keep it in a schema \"%s\"", *name);
		err_hint(l->err, "Leave the schema out, or declare the table "
			 "for the other database only with \".only\".");
		return RETORT_E_FAIL;
	}
	*name = NULL;
	return RETORT_OK;
}

static const char *constraint_word(const struct constraint *k)
{
	return k->kind == CONSTRAINT_PRIMARY_KEY ? "primary key"
		: k->kind == CONSTRAINT_UNIQUE ? "unique constraint"
		: k->kind == CONSTRAINT_CHECK ? "check constraint"
		: "foreign key";
}

static retort_status refuse_constraint(struct lowering *l,
				       const struct constraint *k,
				       const char *what)
{
	refuse(l, 0, "SQLite has no %s (%s%s%s)", what, constraint_word(k),
	       k->name ? " " : "", k->name ? k->name : "");
	err_hint(l->err, "Declare it for the other database only, with "
		 "\".only\".");
	return RETORT_E_FAIL;
}

static retort_status lower_parts(struct lowering *l, const char *owner,
				 struct parts *parts)
{
	for (size_t i = 0; i < parts->n; i++) {
		struct part *p = &parts->v[i];

		p->opclass = NULL;
		if (p->nulls == (p->descending ? NULLS_FIRST : NULLS_LAST))
			return refuse(l, 0, "SQLite cannot put NULLs %s in "
				      "\"%s\"", p->descending ? "first" : "last",
				      owner ? owner : "an index");
		p->nulls = NULLS_DEFAULT;
	}
	return RETORT_OK;
}

static retort_status lower_constraint(struct lowering *l,
				      struct constraint *k)
{
	if (k->kind == CONSTRAINT_EXCLUDE) {
		refuse(l, 0, "SQLite has no EXCLUDE constraints");
		err_hint(l->err, "Declare it for the other database only, "
			 "with \".only\".");
		return RETORT_E_FAIL;
	}
	if (k->kind != CONSTRAINT_FOREIGN_KEY &&
	    (k->deferrable || k->initially_deferred))
		return refuse_constraint(l, k, "deferrable constraints but "
					 "foreign keys");
	if (k->set_columns.n)
		return refuse_constraint(l, k, "SET NULL for some columns only");
	if (k->nulls_not_distinct)
		return refuse_constraint(l, k, "NULLS NOT DISTINCT");
	TRY(lower_schema_name(l, &k->ref_schema));
	TRY(lower_parts(l, k->name, &k->parts));
	k->not_valid = k->no_inherit = false;
	k->comment = NULL;
	return RETORT_OK;
}

static retort_status lower_index(struct lowering *l, struct index *x)
{
	if (x->method && ascii_casecmp(x->method, "btree")) {
		refuse(l, 0, "SQLite has no %s indexes (\"%s\")", x->method,
		       x->name);
		err_hint(l->err, "Declare it for the other database only, "
			 "with \".only\".");
		return RETORT_E_FAIL;
	}
	if (x->unique && x->nulls_not_distinct)
		return refuse(l, 0, "SQLite has no NULLS NOT DISTINCT (index "
			      "\"%s\")", x->name);
	TRY(lower_parts(l, x->name, &x->parts));
	x->method = x->with = x->tablespace = x->comment = NULL;
	x->include.n = 0;
	x->nulls_not_distinct = x->invalid = false;
	return RETORT_OK;
}

/* What only a server has means nothing here. */
static void lower_storage(struct table *t)
{
	t->unlogged = false;
	t->inherits.n = t->needs.n = t->facets.n = 0;
	t->partition_by = t->partition_of = t->partition_bound = NULL;
	t->with = t->tablespace = NULL;
}

static retort_status lower_table(struct lowering *l)
{
	struct table *t = l->t;
	size_t constraints = t->constraints.n;

	if (!ascii_ncasecmp(t->name, "sqlite_", 7))
		return refuse(l, 0, "names that start with \"sqlite_\" are "
			      "SQLite's own");
	if (t->without_rowid && !table_primary_key(t))
		return refuse(l, 0, "a WITHOUT ROWID table must have a "
			      "primary key");
	TRY(lower_schema_name(l, &t->schema));
	for (size_t i = 0; i < constraints; i++)
		TRY(lower_constraint(l, t->constraints.v[i]));
	for (size_t i = 0; i < t->columns.n; i++)
		TRY(lower_column(l, t->columns.v[i]));
	for (size_t i = 0; i < t->indexes.n; i++)
		TRY(lower_index(l, t->indexes.v[i]));
	t->comment = t->suffix_sql = NULL;
	lower_storage(t);
	return RETORT_OK;
}

/* What has a name: a table, an index of it, or a view (no table). */
struct named {
	const char *kind;
	const struct table *table;
};

static retort_status refuse_name(struct lowering *l, const struct named *one,
				 const char *name, const struct named *other)
{
	bool index = other->table && *other->kind == 'i';
	const char *of = index ? " of table " : "";
	const char *table = index ? other->table->name : "";

	if (l->t)
		return refuse(l, 0, "the name of %s \"%s\" is taken by %s%s%s",
			      one->kind, name, other->kind, of, table);
	return err_set(l->err, RETORT_E_FAIL,
		       "the name of %s \"%s\" is taken by %s%s%s", one->kind,
		       name, other->kind, of, table);
}

/* Tables, views and indexes share one space of names. */
static retort_status take_name(struct lowering *l, struct map *names,
			       const char *kind, const char *name)
{
	struct named *one;
	void *other = NULL;

	if (!name)
		return RETORT_OK;
	one = arena_new(names->mem, struct named);
	if (!one || !map_claim(names, name, one, &other))
		return err_nomem(l->err);
	*one = (struct named){ kind, l->t };
	return other ? refuse_name(l, one, name, other) : RETORT_OK;
}

static size_t n_indexes(const struct schema *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->tables.n; i++)
		n += s->tables.v[i]->indexes.n;
	return n;
}

static retort_status check_names(struct lowering *l)
{
	SCRATCH(tmp);
	struct map names = { .mem = &tmp, .fold = true };

	if (!map_reserve(&names, l->s->tables.n + n_indexes(l->s)))
		return err_nomem(l->err);
	for (size_t i = 0; i < l->s->tables.n; i++) {
		l->t = l->s->tables.v[i];
		TRY(take_name(l, &names, "table", l->t->name));
	}
	for (size_t i = 0; i < l->s->tables.n; i++) {
		l->t = l->s->tables.v[i];
		for (size_t k = 0; k < l->t->indexes.n; k++)
			TRY(take_name(l, &names, "index",
				      l->t->indexes.v[k]->name));
	}
	l->t = NULL;
	for (size_t i = 0; i < l->s->objects.n; i++) {
		const struct object *o = l->s->objects.v[i];
		retort_status rc = RETORT_OK;

		if (o->kind == OBJECT_VIEW)
			rc = take_name(l, &names, "view", o->name);
		if (rc == RETORT_E_FAIL)
			err_where_source(l->err, o->source, 0);
		TRY(rc);
	}
	return RETORT_OK;
}

static retort_status lower_object(struct lowering *l, struct object *o)
{
	if (o->schema && ascii_casecmp(o->schema, "main")) {
		err_set(l->err, RETORT_E_FAIL,
			"\"%s\": SQLite cannot keep it in a schema \"%s\"",
			o->name, o->schema);
		err_where_source(l->err, o->source, 0);
		return RETORT_E_FAIL;
	}
	o->schema = NULL;
	o->needs.n = o->facets.n = 0;
	return RETORT_OK;
}

/* Types of their own are of other databases. */
static void drop_enums(struct schema *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->objects.n; i++)
		if (s->objects.v[i]->kind != OBJECT_ENUM)
			s->objects.v[n++] = s->objects.v[i];
	s->objects.n = n;
}

retort_status sqlite_lower(struct schema *s, struct err *err)
{
	struct lowering l = { .s = s, .err = err };

	s->fold_case = true;
	drop_enums(s);
	for (size_t i = 0; i < s->tables.n; i++) {
		l.t = s->tables.v[i];
		TRY(lower_table(&l));
	}
	for (size_t i = 0; i < s->objects.n; i++)
		TRY(lower_object(&l, s->objects.v[i]));
	return check_names(&l);
}
