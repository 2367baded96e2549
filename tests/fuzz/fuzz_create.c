/*
 * Any bytes as a CREATE statement. What SQLite prepares must parse; what is
 * known from a parse must hold together; no text function may fail on it.
 */
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/create.h"
#include "sql/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(cond, sql)                                                    \
	do {                                                               \
		if (!(cond)) {                                             \
			fprintf(stderr, "not so: %s\nof: %s\n", #cond, sql); \
			abort();                                           \
		}                                                          \
	} while (0)

static sqlite3 *db;

static void open_db(void)
{
	if (db)
		return;
	MUST(sqlite3_open(":memory:", &db) == SQLITE_OK, "");
	MUST(sqlite3_exec(db, "CREATE TABLE t(a, b INT, c TEXT, desc);"
			  "CREATE VIEW v AS SELECT 1 AS a",
			  NULL, NULL, NULL) == SQLITE_OK, "");
}

static void check_texts(struct arena *mem, const char *sql)
{
	const char *s = sql_strip(mem, sql), *q = sql_quote_name(mem, sql);
	struct lexer lx = { .at = q, .line = 1 };
	struct token t = token_next(&lx);

	MUST(s && q, sql);
	MUST(sql_same(sql, sql) && sql_same(s, sql), sql);
	MUST(t.s == q && !q[t.n], sql);	/* a name is one token */
	MUST(!strcmp(token_name(mem, &t), sql), sql);
	MUST(sql_rename_column(mem, sql, "t", "a", "b c"), sql);
	MUST(sql_rename_table(mem, sql, "t", "b c"), sql);
	if (strstr(sql, "\1\2"))
		return;
	MUST(!strcmp(sql_rename_table(mem, sql, "\1\2", "x"), sql), sql);
	MUST(!strcmp(sql_rename_column(mem, sql, "t", "\1\2", "x"), sql), sql);
}

static void check_table(const struct table *t, const char *sql)
{
	MUST(t->name, sql);
	for (size_t i = 0; i < t->columns.n; i++)
		MUST(t->columns.v[i]->name && t->columns.v[i]->type.text, sql);
	for (size_t i = 0; i < t->constraints.n; i++) {
		const struct constraint *c = t->constraints.v[i];

		MUST((c->kind == CONSTRAINT_CHECK) == (c->check_sql != NULL), sql);
		MUST((c->kind == CONSTRAINT_CHECK) == (c->parts.n == 0), sql);
		for (size_t k = 0; k < c->parts.n; k++)
			MUST(!c->parts.v[k].column != !c->parts.v[k].expr, sql);
	}
}

static void check_create(struct arena *mem, const char *sql, bool must)
{
	struct create *c = NULL;
	struct err err = {0};
	retort_status rc = create_parse(sql, mem, &c, &err);

	MUST(rc == RETORT_OK || (c == NULL && err.pub.message), sql);
	if (must && rc != RETORT_OK)
		fprintf(stderr, "%s\n", err.pub.message);
	MUST(rc == RETORT_OK || !must, sql);
	err_clear(&err);
	if (rc == RETORT_OK && c->kind == CREATE_TABLE)
		check_table(c->table, sql);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SCRATCH(mem);
	char *sql = arena_strndup(&mem, (const char *)data, size);
	struct lexer lx = { .at = sql, .line = 1 };
	struct token first;
	sqlite3_stmt *st = NULL;
	const char *rest = NULL;
	bool accepted;

	open_db();
	MUST(sql, "");
	check_texts(&mem, sql);
	check_create(&mem, sql, false);
	first = token_next(&lx);
	if (!token_is(&first, "CREATE"))
		return 0;
	accepted = sqlite3_prepare_v2(db, sql, -1, &st, &rest) == SQLITE_OK && st;
	sqlite3_finalize(st);
	if (accepted)
		check_create(&mem, arena_strndup(&mem, sql,
						 (size_t)(rest - sql)), true);
	return 0;
}
