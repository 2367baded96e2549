/* A table made anew under another name, filled, and put in the old one's place. */
#include <string.h>
#include <strings.h>

#include "dialect/sqlite/engine.h"
#include "dialect/sqlite/sqlite.h"
#include "op/mention.h"
#include "sql/token.h"

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

		if (col->generated || !s)
			continue;
		if (s->using_sql)
			add_pair(l, col->name, s->using_sql, true);
		else if (s->origin)
			add_pair(l, col->name, s->column, false);
	}
}

static bool is_copied(const struct table_change *c, const struct schema *s,
		      const struct column *old)
{
	const struct column *now = table_column(s, c->now, old->name);

	for (size_t i = 0; i < c->sources.n; i++)
		if (c->sources.v[i].origin &&
		    name_same(s, c->sources.v[i].column, old->name))
			return now && !now->generated;
	return false;
}

void name_in_comment(struct buf *b, const char *name)
{
	for (; *name; name++) {
		buf_addc(b, *name);
		if (name[0] == '*' && name[1] == '/')
			buf_addc(b, ' ');
	}
}

/* Columns that go are named: the guard takes others for forgotten. */
static void add_left_out(const struct compiler *k,
			 const struct table_change *c, struct buf *b)
{
	const char *gap = " /* without ";

	for (size_t i = 0; i < c->renamed->columns.n; i++) {
		const struct column *old = c->renamed->columns.v[i];

		if (old->generated || is_copied(c, k->schema, old))
			continue;
		buf_add(b, gap);
		name_in_comment(b, old->name);
		gap = ", ";
	}
	if (gap[0] == ',')
		buf_add(b, " */");
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
	buf_addf(&b, " (%s)", l.into.s);
	add_left_out(k, c, &b);
	buf_addf(&b, "\nSELECT %s FROM ", l.from.s);
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
	char *q_temp = sql_quote_text(k->mem, temp);
	char *q_name = sql_quote_text(k->mem, c->name);
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

/* Is there "table." in the expression? */
static bool qualifies(const char *sql, const char *table)
{
	struct lexer lx = { .at = sql, .line = 1 };
	struct token t, last = {0};

	if (!sql)
		return false;
	for (t = token_next(&lx); t.kind != TOKEN_END; t = token_next(&lx)) {
		if (token_is_op(&t, ".") && last.s && token_names(&last, table))
			return true;
		last = t;
	}
	return false;
}

static bool qualifies_itself(const struct table *t)
{
	for (size_t i = 0; i < t->constraints.n; i++)
		if (qualifies(t->constraints.v[i]->check_sql, t->name))
			return true;
	return false;
}

bool table_requalify(struct arena *mem, struct table *t, const char *from,
		     const char *to)
{
	const char *quoted = sql_quote_name(mem, to);

	for (size_t i = 0; i < t->constraints.n && quoted; i++) {
		const char **sql = &t->constraints.v[i]->check_sql;

		if (*sql && !(*sql = sql_rename_table(mem, *sql, from, quoted)))
			return false;
	}
	return quoted;
}

/* A CHECK can name its table only by the name the table has then. */
static retort_status write_create(struct compiler *k,
				  const struct table_change *c,
				  const char *temp, const char *note)
{
	struct table *t = table_copy(k->mem, c->now);
	struct buf b = { .mem = k->mem };
	char *sql;

	if (!t || !table_requalify(k->mem, t, c->name, temp))
		return err_nomem(k->err);
	sql = ddl_create_table(k->mem, t, temp);
	if (!sql)
		return err_nomem(k->err);
	buf_add(&b, sql);
	return compiler_emit(k, &b, note);
}

static retort_status write_words(struct compiler *k, const char *before,
				 const char *name)
{
	struct buf b = { .mem = k->mem };

	buf_add(&b, before);
	if (name)
		ddl_name(&b, name);
	return compiler_emit(k, &b, NULL);
}

/*
 * By its older rules RENAME leaves views, triggers and other tables' foreign
 * keys alone: all of them name the table by the name it gets.
 */
static retort_status write_swap(struct compiler *k,
				const struct table_change *c, const char *temp,
				bool older)
{
	struct buf b = { .mem = k->mem };

	TRY(write_words(k, "DROP TABLE ", c->name));
	if (older)
		TRY(write_words(k, "PRAGMA legacy_alter_table = ON", NULL));
	buf_add(&b, "ALTER TABLE ");
	ddl_name(&b, temp);
	buf_add(&b, " RENAME TO ");
	ddl_name(&b, c->name);
	TRY(compiler_emit(k, &b, NULL));
	if (older)
		TRY(write_words(k, "PRAGMA legacy_alter_table = OFF", NULL));
	return RETORT_OK;
}

VEC_OF(objects, struct object *);

static bool is_in_the_way(const struct compiler *k, const struct object *o,
			  const char *table, const struct objects *found)
{
	if (o->kind == OBJECT_OTHER ||
	    (o->kind == OBJECT_TRIGGER && name_same(k->schema, o->table, table)))
		return false;
	if (sql_mentions(o->create_sql, table))
		return true;
	for (size_t i = 0; i < found->n; i++)
		if (found->v[i]->kind == OBJECT_VIEW &&
		    sql_mentions(o->create_sql, found->v[i]->name))
			return true;
	return false;
}

/*
 * Views and other tables' triggers that name the table, or a view that does.
 * By its present rules RENAME does not go through while they name nothing.
 */
static retort_status find_in_the_way(struct compiler *k,
				     const struct table_change *c,
				     struct objects *out)
{
	const struct schema *s = k->schema;
	size_t n;

	do {
		struct objects found = {0};

		n = out->n;
		for (size_t i = 0; i < s->objects.n; i++)
			if (is_in_the_way(k, s->objects.v[i], c->name, out) &&
			    !vec_push(k->mem, &found, s->objects.v[i]))
				return err_nomem(k->err);
		*out = found;
	} while (out->n > n);
	return RETORT_OK;
}

static retort_status drop_objects(struct compiler *k,
				  const struct objects *list)
{
	for (size_t i = list->n; i-- > 0;)
		TRY(write_words(k, list->v[i]->kind == OBJECT_VIEW
				? "DROP VIEW " : "DROP TRIGGER ",
				list->v[i]->name));
	return RETORT_OK;
}

static retort_status create_objects(struct compiler *k,
				    const struct objects *list)
{
	for (size_t i = 0; i < list->n; i++)
		TRY(write_words(k, list->v[i]->create_sql, NULL));
	return RETORT_OK;
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

/* A name that no table has; longer where somebody used the plain one. */
static char *temporary_name(struct compiler *k, const struct table_change *c)
{
	char *name = arena_printf(k->mem, REBUILD_PREFIX "%s", c->name);

	while (name && schema_table(k->schema, c->now->schema, name))
		name = arena_printf(k->mem, REBUILD_PREFIX "%s", name);
	return name;
}

retort_status change_rebuild(struct compiler *k, const struct table_change *c)
{
	char *temp = temporary_name(k, c);
	char *note = arena_printf(k->mem, "SQLite cannot change table %s in "
				  "place: make it anew and move the rows.",
				  c->name);
	bool older = !qualifies_itself(c->now);
	struct objects in_the_way = {0};

	if (!temp || !note)
		return err_nomem(k->err);
	k->out->guarded = true;
	if (!older)
		TRY(find_in_the_way(k, c, &in_the_way));
	TRY(drop_objects(k, &in_the_way));
	TRY(write_create(k, c, temp, note));
	TRY(write_copy(k, c, temp));
	TRY(write_sequence(k, c, temp));
	TRY(write_swap(k, c, temp, older));
	TRY(write_dependents(k, c));
	return create_objects(k, &in_the_way);
}
