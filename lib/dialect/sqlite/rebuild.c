/* A table made anew under another name, filled, and put in the old one's place. */
#include <string.h>
#include <strings.h>

#include "dialect/sqlite/engine.h"
#include "dialect/sqlite/sqlite.h"
#include "op/mention.h"

/* The two lists of INSERT INTO … (into) SELECT from. */
struct copy_lists {
	struct buf into, from;
	bool any;
};

static void add_pair(struct copy_lists *l, const char *into, const char *from,
		     bool expression)
{
	if (l->any) {
		buf_add(&l->into, ", ");
		buf_add(&l->from, ", ");
	}
	l->any = true;
	ddl_name(&l->into, into);
	if (expression)
		buf_add(&l->from, from);
	else
		ddl_name(&l->from, from);
}

static const struct column_source *source_of(const struct compiler *k,
					     const struct table_change *c,
					     const char *column)
{
	for (size_t i = 0; i < c->sources.n; i++)
		if (name_same(k->schema, c->sources.v[i].column, column))
			return &c->sources.v[i];
	return NULL;
}

/*
 * Stored rowids point at rows: they stay, whether the rowid is a column of the
 * new table or not.
 */
static void add_rowid(const struct compiler *k, const struct table_change *c,
		      struct copy_lists *l)
{
	const struct column *alias = table_rowid_alias(k->schema, c->now);
	const struct column_source *s =
		alias ? source_of(k, c, alias->name) : NULL;
	const char *rowid = table_rowid_name(c->renamed, c->now);
	const char *from = rowid;

	if (c->now->without_rowid || c->renamed->without_rowid || !rowid)
		return;
	if (alias && s && s->origin)
		return;		/* copied as a column */
	if (table_rowid_alias(k->schema, c->renamed))
		from = table_rowid_alias(k->schema, c->renamed)->name;
	add_pair(l, alias ? alias->name : rowid, from, false);
}

static void add_columns(const struct compiler *k, const struct table_change *c,
			struct copy_lists *l)
{
	for (size_t i = 0; i < c->now->columns.n; i++) {
		const struct column *col = c->now->columns.v[i];
		const struct column_source *s = source_of(k, c, col->name);

		if (col->generated || !s || !s->origin)
			continue;
		if (s->using_sql)
			add_pair(l, col->name, s->using_sql, true);
		else
			add_pair(l, col->name, s->column, false);
	}
}

static retort_status write_copy(struct compiler *k,
				const struct table_change *c, const char *temp)
{
	struct copy_lists l = { .into.mem = k->mem, .from.mem = k->mem };
	struct buf b = { .mem = k->mem };

	add_rowid(k, c, &l);
	add_columns(k, c, &l);
	if (!l.any)
		return RETORT_OK;
	if (!buf_text(&l.into) || !buf_text(&l.from))
		return err_nomem(k->err);
	buf_add(&b, "INSERT INTO ");
	ddl_name(&b, temp);
	buf_addf(&b, " (%s)\nSELECT %s FROM ", l.into.s, l.from.s);
	ddl_name(&b, c->name);
	return compiler_emit(k, &b, NULL);
}

static bool has_autoincrement(const struct table *t)
{
	for (size_t i = 0; i < t->columns.n; i++)
		if (t->columns.v[i]->autoincrement)
			return true;
	return false;
}

/* A number that was given out must not be given out again. */
static retort_status write_sequence(struct compiler *k,
				    const struct table_change *c,
				    const char *temp)
{
	char *q_temp = sqlite_quote_text(k->mem, temp);
	char *q_name = sqlite_quote_text(k->mem, c->name);
	struct buf b = { .mem = k->mem };

	if (!has_autoincrement(c->old) || !has_autoincrement(c->now))
		return RETORT_OK;
	if (!q_temp || !q_name)
		return err_nomem(k->err);
	buf_addf(&b, "DELETE FROM sqlite_sequence WHERE name = %s", q_temp);
	TRY(compiler_emit(k, &b, NULL));
	buf_addf(&b, "INSERT INTO sqlite_sequence (name, seq)\n"
		 "SELECT %s, seq FROM sqlite_sequence WHERE name = %s",
		 q_temp, q_name);
	return compiler_emit(k, &b, NULL);
}

/*
 * By its older rules RENAME leaves views, triggers and other tables' foreign
 * keys alone: all of them name the table by the name it gets.
 */
static retort_status write_swap(struct compiler *k,
				const struct table_change *c, const char *temp)
{
	struct buf b = { .mem = k->mem };

	buf_add(&b, "DROP TABLE ");
	ddl_name(&b, c->name);
	TRY(compiler_emit(k, &b, NULL));
	buf_add(&b, "PRAGMA legacy_alter_table = ON");
	TRY(compiler_emit(k, &b, NULL));
	buf_add(&b, "ALTER TABLE ");
	ddl_name(&b, temp);
	buf_add(&b, " RENAME TO ");
	ddl_name(&b, c->name);
	TRY(compiler_emit(k, &b, NULL));
	buf_add(&b, "PRAGMA legacy_alter_table = OFF");
	return compiler_emit(k, &b, NULL);
}

static retort_status write_dependents(struct compiler *k,
				      const struct table_change *c)
{
	struct buf b = { .mem = k->mem };

	for (size_t i = 0; i < c->now->indexes.n; i++) {
		const char *sql = ddl_create_index(k->mem, c->now,
						   c->now->indexes.v[i]);

		if (!sql)
			return err_nomem(k->err);
		buf_add(&b, sql);
		TRY(compiler_emit(k, &b, NULL));
	}
	for (size_t i = 0; i < k->schema->objects.n; i++) {
		const struct object *o = k->schema->objects.v[i];

		if (o->kind != OBJECT_TRIGGER ||
		    !name_same(k->schema, o->table, c->name))
			continue;
		buf_add(&b, o->create_sql);
		TRY(compiler_emit(k, &b, NULL));
	}
	return RETORT_OK;
}

retort_status change_rebuild(struct compiler *k, const struct table_change *c)
{
	char *temp = arena_printf(k->mem, REBUILD_PREFIX "%s", c->name);
	char *note = arena_printf(k->mem, "SQLite cannot change table %s in "
				  "place: make it anew and move the rows.",
				  c->name);
	struct buf b = { .mem = k->mem };
	char *create;

	if (!temp || !note)
		return err_nomem(k->err);
	k->out->guarded = true;
	TRY(change_renames(k, c));
	create = ddl_create_table(k->mem, c->now, temp);
	if (!create)
		return err_nomem(k->err);
	buf_add(&b, create);
	TRY(compiler_emit(k, &b, note));
	TRY(write_copy(k, c, temp));
	TRY(write_sequence(k, c, temp));
	TRY(write_swap(k, c, temp));
	return write_dependents(k, c);
}
