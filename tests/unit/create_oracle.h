/*
 * What a CREATE TABLE or CREATE INDEX means, written as text twice: as SQLite's
 * pragmas tell it, and as it follows from what create_parse() read. The two
 * must be equal.
 */
#ifndef RETORT_TESTS_CREATE_ORACLE_H
#define RETORT_TESTS_CREATE_ORACLE_H

#include <criterion/criterion.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sql/create.h"
#include "sql/token.h"

#define LINES 256

/* Lines of text that are sorted before they are compared. */
struct facts {
	char *line[LINES];
	size_t n;
};

__attribute__((format(printf, 2, 3)))
static void fact(struct facts *f, const char *fmt, ...)
{
	va_list ap;
	char *s;

	cr_assert_lt(f->n, (size_t)LINES);
	va_start(ap, fmt);
	s = malloc(8192);
	cr_assert(s);
	vsnprintf(s, 8192, fmt, ap);
	va_end(ap);
	f->line[f->n++] = s;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorted, each line once, joined; the facts are gone afterwards. */
static char *facts_text(struct facts *f)
{
	size_t size, i;
	char *out;
	FILE *to = open_memstream(&out, &size);

	qsort(f->line, f->n, sizeof(*f->line), by_text);
	for (i = 0; i < f->n; i++)
		if (!i || strcmp(f->line[i - 1], f->line[i]))
			fprintf(to, "%s\n", f->line[i]);
	for (i = 0; i < f->n; i++)
		free(f->line[i]);
	fclose(to);
	return out;
}

/* Letters in one case, without space and comments: types, expressions. */
static const char *squeeze(const char *s)
{
	static char ring[4][4096];
	static int turn;
	char *out = ring[turn++ % 4];
	struct lexer lx = { .at = s ? s : "", .line = 1 };
	struct token t;
	size_t n = 0;

	for (; (t = token_next(&lx)).kind != TOKEN_END; )
		for (size_t i = 0; i < t.n && n < sizeof(ring[0]) - 1; i++)
			out[n++] = (char)(t.s[i] >= 'A' && t.s[i] <= 'Z'
					  ? t.s[i] | 0x20 : t.s[i]);
	out[n] = '\0';
	return out;
}

/* A name with its letters in one case. */
static const char *lower(const char *s)
{
	static char ring[4][256];
	static int turn;
	char *out = ring[turn++ % 4];
	size_t n = 0;

	for (; *s && n < sizeof(ring[0]) - 1; s++)
		out[n++] = (char)(*s >= 'A' && *s <= 'Z' ? *s | 0x20 : *s);
	out[n] = '\0';
	return out;
}

static const char *cell(sqlite3_stmt *st, int i)
{
	return (const char *)sqlite3_column_text(st, i);
}

/* A statement with one text parameter, which may be unused. */
static sqlite3_stmt *query(sqlite3 *db, const char *sql, const char *arg)
{
	sqlite3_stmt *st;

	cr_assert_eq(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK,
		     "%s: %s", sql, sqlite3_errmsg(db));
	sqlite3_bind_text(st, 1, arg, -1, SQLITE_TRANSIENT);
	return st;
}

/* The columns of an index: "name desc collation, …"; expressions as "()". */
static char *pragma_parts(sqlite3 *db, const char *index)
{
	sqlite3_stmt *st = query(db, "SELECT cid, name, \"desc\", coll FROM "
				 "pragma_index_xinfo(?1) WHERE key", index);
	size_t size;
	char *out;
	FILE *to = open_memstream(&out, &size);

	while (sqlite3_step(st) == SQLITE_ROW)
		fprintf(to, " %s/%s/%s", sqlite3_column_int(st, 0) == -2
			? "()" : lower(cell(st, 1)), cell(st, 2),
			lower(cell(st, 3)));
	sqlite3_finalize(st);
	fclose(to);
	return out;
}

static void pragma_columns(sqlite3 *db, const char *table, struct facts *f)
{
	sqlite3_stmt *st = query(db, "SELECT cid, name, type, \"notnull\", "
				 "dflt_value, pk, hidden FROM "
				 "pragma_table_xinfo(?1)", table);

	while (sqlite3_step(st) == SQLITE_ROW)
		fact(f, "column %d [%s] type %s notnull %d default %s pk %d "
		     "hidden %d", sqlite3_column_int(st, 0), cell(st, 1),
		     squeeze(cell(st, 2)), sqlite3_column_int(st, 3),
		     squeeze(cell(st, 4)), sqlite3_column_int(st, 5),
		     sqlite3_column_int(st, 6));
	sqlite3_finalize(st);
}

static void pragma_keys(sqlite3 *db, const char *table, struct facts *f)
{
	sqlite3_stmt *st = query(db, "SELECT name, \"unique\", origin, partial "
				 "FROM pragma_index_list(?1) WHERE origin <> 'c'",
				 table);

	while (sqlite3_step(st) == SQLITE_ROW) {
		char *parts = pragma_parts(db, cell(st, 0));

		fact(f, "key %s%s", cell(st, 2), parts);
		free(parts);
	}
	sqlite3_finalize(st);
	st = query(db, "SELECT id, seq, \"table\", \"from\", \"to\", on_update,"
		   " on_delete FROM pragma_foreign_key_list(?1)", table);
	while (sqlite3_step(st) == SQLITE_ROW)
		fact(f, "foreign key %d.%d [%s] from [%s] to [%s] update %s "
		     "delete %s", sqlite3_column_int(st, 0),
		     sqlite3_column_int(st, 1), cell(st, 2), cell(st, 3),
		     cell(st, 4) ? cell(st, 4) : "", cell(st, 5), cell(st, 6));
	sqlite3_finalize(st);
}

/* As the pragmas tell the table. */
static char *pragma_facts(sqlite3 *db, const char *table)
{
	struct facts f = {0};
	sqlite3_stmt *st = query(db, "SELECT wr, strict FROM pragma_table_list "
				 "WHERE name = ?1", table);

	cr_assert_eq(sqlite3_step(st), SQLITE_ROW);
	fact(&f, "table [%s] without_rowid %d strict %d", table,
	     sqlite3_column_int(st, 0), sqlite3_column_int(st, 1));
	sqlite3_finalize(st);
	st = query(db, "SELECT 1 FROM sqlite_schema "
		   "WHERE name = 'sqlite_sequence'", NULL);
	fact(&f, "autoincrement %d", sqlite3_step(st) == SQLITE_ROW);
	sqlite3_finalize(st);
	pragma_columns(db, table, &f);
	pragma_keys(db, table, &f);
	return facts_text(&f);
}

static const struct column *find_column(const struct table *t, const char *name)
{
	for (size_t i = 0; name && i < t->columns.n; i++)
		if (!strcasecmp(t->columns.v[i]->name, name))
			return t->columns.v[i];
	return NULL;
}

static const struct constraint *primary_key(const struct table *t)
{
	for (size_t i = 0; i < t->constraints.n; i++)
		if (t->constraints.v[i]->kind == CONSTRAINT_PRIMARY_KEY)
			return t->constraints.v[i];
	return NULL;
}

static int pk_position(const struct table *t, const char *name)
{
	const struct constraint *c = primary_key(t);

	for (size_t i = 0; c && i < c->parts.n; i++)
		if (c->parts.v[i].column &&
		    !strcasecmp(c->parts.v[i].column, name))
			return (int)i + 1;
	return 0;
}

/* SQLite shows the inside of ( ). */
static const char *shown_default(const char *s)
{
	static char inside[4096];

	if (!s || *s != '(')
		return s ? s : "";
	snprintf(inside, sizeof(inside), "%.*s", (int)strlen(s) - 2, s + 1);
	return inside;
}

/* SQLite shows a type without quotes. */
static const char *shown_type(const char *s)
{
	struct arena mem = {0};
	struct lexer lx = { .at = s, .line = 1 };
	struct token t = token_next(&lx);
	static char inner[4096];
	const char *out = squeeze(s);

	if (*s == '[' && strcspn(s + 1, "\"'`[") + 2 >= strlen(s)) {
		snprintf(inner, sizeof(inner), "%.*s", (int)strlen(s) - 2,
			 s + 1);
		out = squeeze(inner);
	} else if (t.kind == TOKEN_QUOTED || t.kind == TOKEN_STRING) {
		out = squeeze(token_name(&mem, &t));
	}
	arena_clear(&mem);
	return out;
}

static void parsed_columns(const struct table *t, struct facts *f)
{
	for (size_t i = 0; i < t->columns.n; i++) {
		const struct column *c = t->columns.v[i];
		int pk = pk_position(t, c->name);

		fact(f, "column %zu [%s] type %s notnull %d default %s pk %d "
		     "hidden %d", i, c->name, shown_type(c->type.text),
		     c->not_null || (t->without_rowid && pk),
		     squeeze(shown_default(c->default_sql)), pk,
		     c->generated == GENERATED_VIRTUAL ? 2
		     : c->generated == GENERATED_STORED ? 3 : 0);
	}
}

/* Would it be the rowid in a table with rowids? */
static bool is_integer_key(const struct table *t, const struct constraint *c)
{
	const struct column *col = find_column(t, c->parts.v[0].column);

	return c->kind == CONSTRAINT_PRIMARY_KEY && c->parts.n == 1 && col &&
	       !strcasecmp(col->type.text, "INTEGER") &&
	       !c->parts.v[0].descending;
}

/* `t` may be NULL: an index, of columns that are not known. */
static char *parsed_parts(const struct table *t, const struct parts *parts)
{
	size_t size;
	char *out;
	FILE *to = open_memstream(&out, &size);

	for (size_t i = 0; i < parts->n; i++) {
		const struct part *p = &parts->v[i];
		const struct column *c = t ? find_column(t, p->column) : NULL;

		fprintf(to, " %s/%d/%s", p->column ? lower(p->column) : "()",
			p->descending, lower(p->collation ? p->collation
			: c && c->collation ? c->collation : "BINARY"));
	}
	fclose(to);
	return out;
}

static const char *action_text(enum retort_action a)
{
	static const char *const text[] = {
		"NO ACTION", "RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT"
	};

	return text[a];
}

static void parsed_foreign(const struct constraint *c, int id, struct facts *f)
{
	for (size_t k = 0; k < c->parts.n; k++)
		fact(f, "foreign key %d.%zu [%s] from [%s] to [%s] update %s "
		     "delete %s", id, k, c->ref_table, c->parts.v[k].column,
		     c->ref_columns.n ? c->ref_columns.v[k] : "",
		     action_text(c->on_update), action_text(c->on_delete));
}

/* Keys as SQLite makes indexes of them: one for all with the same columns. */
struct keys {
	const char *origin[64];
	const struct parts *parts[64];
	size_t n;
};

static bool same_columns(const struct table *t, const struct parts *a,
			 const struct parts *b)
{
	struct parts x = *a, y = *b;
	struct part v[2][64];
	char *s, *u;
	bool same;

	memcpy(x.v = v[0], a->v, a->n * sizeof(*a->v));
	memcpy(y.v = v[1], b->v, b->n * sizeof(*b->v));
	for (size_t i = 0; i < x.n; i++)
		x.v[i].descending = false;
	for (size_t i = 0; i < y.n; i++)
		y.v[i].descending = false;
	s = parsed_parts(t, &x);
	u = parsed_parts(t, &y);
	same = !strcmp(s, u);
	free(s);
	free(u);
	return same;
}

static void add_key(struct keys *k, const struct table *t,
		    const struct constraint *c)
{
	const char *origin = c->kind == CONSTRAINT_UNIQUE ? "u" : "pk";

	for (size_t i = 0; i < k->n; i++) {
		if (!same_columns(t, k->parts[i], &c->parts))
			continue;
		if (c->kind == CONSTRAINT_PRIMARY_KEY)
			k->origin[i] = origin;
		return;
	}
	k->origin[k->n] = origin;
	k->parts[k->n++] = &c->parts;
}

static void parsed_keys(const struct table *t, struct facts *f)
{
	struct constraint late = { .kind = CONSTRAINT_CHECK };
	struct part part;
	struct keys k = {0};
	int id = 0;

	for (size_t i = t->constraints.n; i-- > 0;)
		if (t->constraints.v[i]->kind == CONSTRAINT_FOREIGN_KEY)
			parsed_foreign(t->constraints.v[i], id++, f);
	for (size_t i = 0; i < t->constraints.n; i++) {
		const struct constraint *c = t->constraints.v[i];

		if (c->kind != CONSTRAINT_PRIMARY_KEY &&
		    c->kind != CONSTRAINT_UNIQUE)
			continue;
		if (is_integer_key(t, c))
			late = *c;
		else
			add_key(&k, t, c);
	}
	/* Of an INTEGER key SQLite does not look at COLLATE. */
	if (late.kind == CONSTRAINT_PRIMARY_KEY && t->without_rowid) {
		part = late.parts.v[0];
		part.collation = NULL;
		late.parts.v = &part;
		add_key(&k, t, &late);
	}
	for (size_t i = 0; i < k.n; i++) {
		char *parts = parsed_parts(t, k.parts[i]);

		fact(f, "key %s%s", k.origin[i], parts);
		free(parts);
	}
}

/* The same from what was parsed. */
static char *parsed_facts(const struct table *t)
{
	struct facts f = {0};
	bool autoincrement = false;

	for (size_t i = 0; i < t->columns.n; i++)
		autoincrement |= t->columns.v[i]->autoincrement;
	fact(&f, "table [%s] without_rowid %d strict %d", t->name,
	     t->without_rowid, t->strict);
	fact(&f, "autoincrement %d", autoincrement);
	parsed_columns(t, &f);
	parsed_keys(t, &f);
	return facts_text(&f);
}

/* Parse a text of CREATE TABLE that `db` holds and compare. */
static void agree_on_table(sqlite3 *db, const char *sql)
{
	struct arena mem = {0};
	struct err err = {0};
	struct create *c = NULL;
	char *a, *b;

	cr_expect_eq(create_parse(sql, &mem, &c, &err), RETORT_OK, "%s\n%s",
		     err.pub.message, sql);
	if (c) {
		cr_assert_eq(c->kind, CREATE_TABLE);
		a = pragma_facts(db, c->name);
		b = parsed_facts(c->table);
		cr_expect_str_eq(b, a, "%s\nparsed:\n%s\nSQLite:\n%s", sql, b, a);
		free(a);
		free(b);
	}
	err_clear(&err);
	arena_clear(&mem);
}

#endif
