/* A real SQLite file, operations on it, and what came of them. */
#ifndef ENGINE_WORLD_H
#define ENGINE_WORLD_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dialect/sqlite/guard.h"
#include "sql/create.h"
#include "sql/split.h"

struct world {
	struct arena mem;
	struct err err;
	struct conn *c;
	struct ops ops;
	struct script script;
	struct schema *after;	/* what the compiler says comes of it */
};

static char world_dir[] = "/tmp/retort-engine-XXXXXX";

static inline void world_enter(void)
{
	cr_assert(mkdtemp(world_dir));
	cr_assert(!chdir(world_dir));
}

static inline void world_leave(void)
{
	char cmd[64];

	snprintf(cmd, sizeof(cmd), "rm -rf '%s'", world_dir);
	cr_assert(!chdir("/"));
	cr_assert(!system(cmd));
}

static inline void sql(struct world *w, const char *text)
{
	SCRATCH_ERR(err);

	cr_assert(!conn_exec(w->c, text, &err), "%s: %s", text,
		  err.pub.message);
}

static inline struct world *world_open(const char *text)
{
	struct world *w = calloc(1, sizeof(*w));

	cr_assert(w && !conn_open("sqlite:world.db", NULL, &w->c, &w->err));
	sql(w, "PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON");
	sql(w, text);
	return w;
}

static inline void world_close(struct world *w)
{
	conn_close(w->c);
	err_clear(&w->err);
	arena_clear(&w->mem);
	free(w);
}

static inline int world_cell(void *payload, int n, const char *const cell[])
{
	struct buf *b = payload;

	if (b->n)
		buf_addc(b, ';');
	for (int i = 0; i < n; i++)
		buf_addf(b, "%s%s", i ? "|" : "", cell[i] ? cell[i] : "-");
	return 0;
}

/* The rows of a query: cells joined by |, rows by ; */
static inline const char *ask(struct world *w, const char *query)
{
	struct buf b = { .mem = &w->mem };
	SCRATCH_ERR(err);

	cr_assert(!w->c->ops->run(w->c, query, 0, NULL, world_cell, &b, &err),
		  "%s: %s", query, err.pub.message);
	return buf_text(&b);
}

#define ask_is(w, query, expected)                                        \
	do {                                                              \
		const char *got_ = ask((w), (query));                     \
		cr_assert_str_eq(got_, (expected), "%s:\n got %s\nwant %s", \
				 (query), got_, (expected));              \
	} while (0)

/* The schema read by the parser, not by the dialect's reflection. */
struct world_read {
	struct world *w;
	struct schema *s;
};

static inline int world_object(void *payload, int n, const char *const cell[])
{
	struct world_read *r = payload;
	struct create *c = NULL;
	struct table *t;
	SCRATCH_ERR(err);

	(void)n;
	cr_assert(!create_parse(cell[0], &r->w->mem, &c, &err), "%s: %s",
		  cell[0], err.pub.message);
	if (c->kind == CREATE_TABLE) {
		cr_assert(vec_push(&r->w->mem, &r->s->tables, c->table));
	} else if (c->kind == CREATE_INDEX) {
		t = schema_table(r->s, NULL, c->on);
		cr_assert(t && vec_push(&r->w->mem, &t->indexes, c->index));
	} else if (c->kind == CREATE_VIEW || c->kind == CREATE_TRIGGER) {
		cr_assert(vec_push(&r->w->mem, &r->s->objects, c->object));
	}
	return 0;
}

static inline struct schema *world_schema(struct world *w)
{
	struct world_read r = { w, schema_new(&w->mem, true) };
	SCRATCH_ERR(err);

	cr_assert(r.s);
	cr_assert(!w->c->ops->run(w->c, "SELECT sql FROM sqlite_schema WHERE "
				  "sql IS NOT NULL AND name NOT LIKE "
				  "'sqlite\\_%' ESCAPE '\\' ORDER BY type <> "
				  "'table', rowid", 0, NULL, world_object, &r,
				  &err), "%s", err.pub.message);
	return r.s;
}

static inline struct op *op(struct world *w, enum op_kind kind,
			    const char *table)
{
	struct op *o = ops_add(&w->mem, &w->ops, kind);

	cr_assert(o);
	o->table = table;
	return o;
}

static inline struct create *parsed(struct world *w, const char *text)
{
	struct create *c = NULL;
	SCRATCH_ERR(err);

	cr_assert(!create_parse(arena_strdup(&w->mem, text), &w->mem, &c,
				&err), "%s: %s", text, err.pub.message);
	return c;
}

static inline struct table *wrapped(struct world *w, const char *def)
{
	return parsed(w, arena_printf(&w->mem, "CREATE TABLE t (%s)",
				      def))->table;
}

static inline struct op *add_column(struct world *w, const char *table,
				    const char *def)
{
	struct op *o = op(w, OP_ADD_COLUMN, table);

	o->column = wrapped(w, def)->columns.v[0];
	return o;
}

static inline struct op *drop_column(struct world *w, const char *table,
				     const char *name)
{
	struct op *o = op(w, OP_DROP_COLUMN, table);

	o->name = name;
	return o;
}

static inline struct op *alter_column(struct world *w, const char *table,
				      const char *name, const char *def)
{
	struct op *o = op(w, OP_ALTER_COLUMN, table);

	o->name = name;
	o->column = wrapped(w, def)->columns.v[0];
	o->changes = CHANGE_TYPE | CHANGE_NOT_NULL | CHANGE_DEFAULT |
		CHANGE_COLLATION | CHANGE_GENERATED | CHANGE_IDENTITY;
	return o;
}

static inline struct op *rename_to(struct world *w, const char *table,
				   const char *from, const char *to)
{
	struct op *o = op(w, OP_RENAME_COLUMN, table);

	o->from = from;
	o->to = to;
	return o;
}

static inline struct op *constraint(struct world *w, enum op_kind kind,
				    const char *table, const char *def)
{
	struct op *o = op(w, kind, table);
	struct table *t = wrapped(w, arena_printf(&w->mem, "x_x, %s", def));

	cr_assert(t->constraints.n == 1);
	o->constraint = t->constraints.v[0];
	return o;
}

static inline struct op *create_index(struct world *w, const char *text)
{
	struct create *c = parsed(w, text);
	struct op *o = op(w, OP_CREATE_INDEX, c->on);

	o->index = c->index;
	return o;
}

static inline const char *script_text(struct world *w)
{
	struct buf b = { .mem = &w->mem };

	for (size_t i = 0; i < w->script.stmts.n; i++)
		buf_addf(&b, "%s;\n", w->script.stmts.v[i].sql);
	return buf_text(&b);
}

static inline retort_status world_steps(struct world *w, struct guard *g)
{
	const struct dialect *d = w->c->ops;

	if (g)
		TRY(d->guard_begin(g, &w->err));
	for (size_t i = 0; i < w->script.stmts.n; i++)
		TRY(g ? d->guard_run(g, i, &w->err)
		      : conn_exec(w->c, w->script.stmts.v[i].sql, &w->err));
	return g ? d->guard_check(g, &w->err) : RETORT_OK;
}

/* Run w->script as the runner does. */
static inline retort_status world_run(struct world *w)
{
	const struct dialect *d = w->c->ops;
	struct guard *g = NULL;
	retort_status rc;

	err_clear(&w->err);
	if (w->script.guarded)
		TRY(d->guard_open(w->c, &w->script, &g, &w->err));
	cr_assert(!d->begin(w->c, &w->err));
	rc = world_steps(w, g);
	if (!rc)
		rc = d->commit(w->c, &w->err);
	d->rollback(w->c);
	if (g)
		d->guard_close(g);
	return rc;
}

/* SQL written by hand, under the guard. */
static inline retort_status world_hand(struct world *w, const char *text)
{
	w->script = (struct script){ .guarded = true };
	for (;;) {
		struct stmt s = {0};
		char *one = NULL;

		cr_assert(!split_sqlite(text, &w->mem, &one, &s.line, &text,
					&w->err));
		if (!one)
			return world_run(w);
		s.sql = one;
		cr_assert(vec_push(&w->mem, &w->script.stmts, s));
	}
}

static inline void world_compile(struct world *w)
{
	w->after = world_schema(w);
	w->script = (struct script){0};
	cr_assert(!w->c->ops->compile(w->after, &w->ops, &w->mem, &w->script,
				      &w->err), "%s", w->err.pub.message);
	w->ops.n = 0;
}

/* What the compiler says came of it must be what is there. */
static inline void world_same(struct world *w)
{
	char *want = schema_dump(&w->mem, w->after);
	char *got = schema_dump(&w->mem, world_schema(w));

	cr_assert(want && got);
	cr_assert_str_eq(got, want, "script:\n%s\ngot:\n%s\nwant:\n%s",
			 script_text(w), got, want);
}

static inline void world_apply(struct world *w)
{
	world_compile(w);
	cr_assert(!world_run(w), "%s\n%s", w->err.pub.message,
		  script_text(w));
	world_same(w);
	ask_is(w, "PRAGMA integrity_check", "ok");
	ask_is(w, "PRAGMA foreign_keys", "1");
	ask_is(w, "PRAGMA legacy_alter_table", "0");
	ask_is(w, "PRAGMA foreign_key_check", "");
}

/* Fails with `text` in the message, and nothing is changed. */
static inline void world_refused(struct world *w, retort_status rc,
				 const char *dump, const char *text)
{
	cr_assert(rc < 0, "went through:\n%s", script_text(w));
	cr_assert(w->err.pub.message && strstr(w->err.pub.message, text),
		  "%s", w->err.pub.message);
	cr_assert_str_eq(ask(w, "SELECT sql FROM sqlite_schema"), dump);
	ask_is(w, "PRAGMA foreign_keys", "1");
	ask_is(w, "PRAGMA legacy_alter_table", "0");
}

#define must_refuse(w, run, text)                                         \
	do {                                                              \
		const char *dump_ = ask((w), "SELECT sql FROM sqlite_schema"); \
		world_refused((w), (run), dump_, (text));                 \
	} while (0)

#endif
