/* Sequences: of an identity, of a serial, of their own. */
#include <stdlib.h>
#include <string.h>

#include "dialect/filter.h"
#include "dialect/postgresql/reflect.h"

enum { NAME_MAX_BYTES = 63 };

static size_t clip(const char *s, size_t n)
{
	while (n && ((unsigned char)s[n] & 0xc0) == 0x80)
		n--;
	return n;
}

/* The name that the server gives to the sequence of a column. */
static char *usual_name(struct arena *mem, const char *table,
			const char *column)
{
	size_t a = strlen(table), b = strlen(column);

	while (a + b > NAME_MAX_BYTES - strlen("__seq"))
		if (a > b)
			a--;
		else
			b--;
	return arena_printf(mem, "%.*s_%.*s_seq", (int)clip(table, a), table,
			    (int)clip(column, b), column);
}

static bool has_usual_name(struct reading *r, const struct rel *sequence,
			   const struct rel *table, const char *column)
{
	char *name = usual_name(&r->tmp, table->name, column);

	if (!name)
		r->rc = err_nomem(r->err);
	return name && !strcmp(name, sequence->name) &&
	       text_same(sequence->schema, table->schema);
}

static retort_status set_identity(struct reading *r, struct rel *sequence,
				  struct rel *table, struct column *c,
				  const char *options)
{
	struct buf b = { .mem = r->mem };

	sequence->node.owner = &table->node;
	sequence->counts = c->name;
	if (!has_usual_name(r, sequence, table, c->name))
		buf_addf(&b, " SEQUENCE NAME %s", sequence->sql);
	buf_add(&b, options);
	if (b.failed || !buf_text(&b))
		return err_nomem(r->err);
	if (b.n)
		c->identity_sql = b.s + 1;
	return r->rc;
}

static bool counts(const char *type)
{
	return !strcmp(type, "integer") || !strcmp(type, "bigint") ||
	       !strcmp(type, "smallint");
}

/* Would "serial" make this column and this sequence, but for its options? */
static bool is_serial(struct reading *r, struct rel *sequence,
		      struct rel *table, struct column *c)
{
	char *text = pg_quote_text(&r->tmp, sequence->sql);
	char *next = text ? arena_printf(&r->tmp, "nextval(%s::regclass)",
					 text) : NULL;

	if (!next)
		r->rc = err_nomem(r->err);
	return next && c->not_null && !c->inherited && c->default_sql &&
	       !strcmp(c->default_sql, next) && counts(c->type.text) &&
	       sequence->unlogged == table->unlogged &&
	       has_usual_name(r, sequence, table, c->name);
}

static retort_status set_serial(struct reading *r, struct rel *sequence,
				struct rel *table, struct column *c,
				const char *const cell[])
{
	struct buf b = { .mem = r->mem };

	if (strcmp(c->type.text, cell[1]))
		buf_addf(&b, " AS %s", cell[1]);
	buf_add(&b, cell[2]);
	if (b.failed || !buf_text(&b))
		return err_nomem(r->err);
	if (b.n)
		c->identity_sql = b.s + 1;
	c->serial = sequence->sql;
	c->default_sql = NULL;
	sequence->node.owner = &table->node;
	sequence->counts = c->name;
	return RETORT_OK;
}

static retort_status add_sequence(struct reading *r, struct rel *rel,
				  const char *const cell[])
{
	struct object *o = arena_new(r->mem, struct object);
	struct buf b = { .mem = r->mem };

	if (!o)
		return err_nomem(r->err);
	o->kind = OBJECT_OTHER;
	o->word = "SEQUENCE";
	o->schema = rel->schema;
	o->name = rel->name;
	buf_addf(&b, "CREATE %sSEQUENCE %s", rel->unlogged ? "UNLOGGED " : "",
		 rel->sql);
	if (strcmp(cell[1], "bigint"))
		buf_addf(&b, " AS %s", cell[1]);
	buf_add(&b, cell[2]);
	o->create_sql = buf_text(&b);
	if (!o->create_sql)
		return err_nomem(r->err);
	return add_object(r, &rel->node, o, rel->sql);
}

/* A sequence of its own that goes with a column. */
static retort_status own(struct reading *r, struct rel *sequence,
			 struct rel *table, const char *column)
{
	char *name = pg_quote_name(&r->tmp, column);
	char *key = arena_printf(r->mem, "owned sequence %s", sequence->name);
	char *set = name ? arena_printf(r->mem,
		"ALTER SEQUENCE %s OWNED BY %s.%s", sequence->sql, table->sql,
		name) : NULL;
	char *reset = arena_printf(r->mem, "ALTER SEQUENCE %s OWNED BY NONE",
				   sequence->sql);

	if (!key || !set || !reset)
		return err_nomem(r->err);
	return add_facet(r, &table->node, key, set, reset);
}

/* oid, type, options, owner, its column, how it is owned */
static retort_status on_sequence(struct reading *r, const char *const cell[])
{
	struct rel *rel = rel_of(r, cell[0]);
	struct rel *table = cell[3] ? rel_of(r, cell[3]) : NULL;
	struct att *att = table ? att_of(table, atol(cell[4])) : NULL;

	if (!rel)
		return RETORT_OK;
	if (table && table->left_out) {
		rel->left_out = true;
		return RETORT_OK;
	}
	if (att && !att->column)
		att = NULL;
	TRY(add_node(r, "pg_class", cell[0], &rel->node));
	if (att && *cell[5] == 'i')
		return set_identity(r, rel, table, att->column, cell[2]);
	if (att && is_serial(r, rel, table, att->column))
		return set_serial(r, rel, table, att->column, cell);
	TRY(r->rc);
	rel->left_out = filter_excludes(r->o, rel->name);
	if (rel->left_out)
		return RETORT_OK;
	TRY(add_sequence(r, rel, cell));
	return att ? own(r, rel, table, att->name) : RETORT_OK;
}

retort_status read_sequences(struct reading *r)
{
	return read_rows(r, sql_postgresql_sequences, 1, on_sequence);
}
