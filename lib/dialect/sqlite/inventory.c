/* What the database holds before the script, and what of it must be there after. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "dialect/sqlite/guard.h"
#include "op/mention.h"
#include "sql/token.h"

struct collect {
	struct guard *g;
	struct arena *mem;
	struct things *things;
	bool failed;
};

/* table, index, view, trigger */
static size_t type_number(const char *type)
{
	if (!strcmp(type, "trigger"))
		return 3;
	return *type == 'i' ? 1 : *type == 'v' ? 2 : 0;
}

static int keep_thing(void *payload, int n, const char *const cell[])
{
	struct collect *c = payload;
	struct thing t = {
		.type = arena_strdup(c->mem, cell[0]),
		.name = arena_strdup(c->mem, cell[1]),
		.table = arena_strdup(c->mem, cell[2]),
		.sql = arena_strdup(c->mem, cell[3]),
	};

	(void)n;
	t.first_table = t.table;
	c->failed = !t.type || !t.name || !t.table || (cell[3] && !t.sql) ||
		    !vec_push(c->mem, c->things, t) ||
		    !map_put(&c->things->at[type_number(t.type)], t.name,
			     (void *)(uintptr_t)c->things->n);
	return c->failed;
}

retort_status things_read(struct guard *g, const char *schema,
			  struct arena *mem, struct things *out,
			  struct err *err)
{
	struct collect c = { .g = g, .mem = mem, .things = out };

	for (size_t i = 0; i < 4; i++)
		out->at[i] = (struct map){ .mem = mem, .fold = true };
	TRY(guard_sql(g, arena_printf(mem, "SELECT type, name, tbl_name, sql "
				      "FROM %s WHERE sql IS NOT NULL", schema),
		      keep_thing, &c, err));
	return c.failed ? err_nomem(err) : RETORT_OK;
}

struct thing *things_find(const struct things *list, const char *type,
			  const char *name)
{
	const struct map *map = &list->at[type_number(type)];
	uintptr_t at = (uintptr_t)map_get(map, name);

	return at ? &list->v[at - 1] : NULL;
}

static bool is_rebuilt(const struct guard *g, const char *name)
{
	bool dropped = false, back = false;

	for (size_t i = 0; i < g->script->stmts.n; i++) {
		const struct step *s = &g->steps[i];

		dropped |= s->kind == STEP_DROP_TABLE &&
			   same_name(s->name, name);
		back |= s->kind == STEP_RENAME_TABLE && same_name(s->to, name);
	}
	return dropped && back;
}

static int refuse_special(void *payload, int n, const char *const cell[])
{
	struct collect *c = payload;

	(void)n;
	if (!is_concerned(c->g, cell[0]) ||
	    (!strcmp(cell[1], "virtual") && !is_rebuilt(c->g, cell[0])))
		return 0;
	c->failed = true;
	return 1;
}

/* Virtual tables keep their rows elsewhere, in tables that are theirs. */
static retort_status refuse_virtual(struct guard *g, struct err *err)
{
	struct collect c = { .g = g };

	TRY(guard_sql(g, "SELECT name, type FROM pragma_table_list WHERE "
		      "schema = 'main' AND type IN ('virtual', 'shadow')",
		      refuse_special, &c, err));
	if (!c.failed)
		return RETORT_OK;
	return err_set(err, RETORT_E_FAIL,
		       "cannot rebuild a virtual table or a table that "
		       "belongs to one");
}

static retort_status read_temporary(struct guard *g, struct err *err)
{
	struct things all = {0};

	TRY(things_read(g, "temp.sqlite_schema", &g->mem, &all, err));
	for (size_t i = 0; i < all.n; i++) {
		struct thing t = all.v[i];

		if (!strcmp(t.type, "trigger") &&
		    is_concerned(g, t.table) &&
		    !vec_push(&g->mem, &g->temp_triggers, t))
			return err_nomem(err);
		if ((!strcmp(t.type, "table") || !strcmp(t.type, "view")) &&
		    is_concerned(g, t.name))
			return err_set(err, RETORT_E_FAIL, "temporary %s "
				       "\"%s\" hides the table of that name",
				       t.type, t.name);
	}
	return RETORT_OK;
}

static int keep_sequence(void *payload, int n, const char *const cell[])
{
	struct collect *c = payload;
	struct sequence s = {
		.table = arena_strdup(&c->g->mem, cell[0]),
		.seq = cell[1] ? strtoll(cell[1], NULL, 10) : 0,
	};

	(void)n;
	s.first_table = s.table;
	c->failed = cell[0] && (!s.table ||
		    !vec_push(&c->g->mem, &c->g->sequences, s));
	return c->failed;
}

static int keep_analyzed(void *payload, int n, const char *const cell[])
{
	struct collect *c = payload;
	const char *name;

	(void)n;
	if (!cell[0] || !is_concerned(c->g, cell[0]))
		return 0;
	name = arena_strdup(&c->g->mem, cell[0]);
	c->failed = !name || !vec_push(&c->g->mem, &c->g->analyzed, name);
	return c->failed;
}

static retort_status read_counters(struct guard *g, struct err *err)
{
	struct collect c = { .g = g };

	if (things_find(&g->before, "table", "sqlite_sequence"))
		TRY(guard_sql(g, "SELECT name, seq FROM main.sqlite_sequence",
			      keep_sequence, &c, err));
	if (!c.failed && things_find(&g->before, "table", "sqlite_stat1"))
		TRY(guard_sql(g, "SELECT DISTINCT tbl FROM main.sqlite_stat1",
			      keep_analyzed, &c, err));
	return c.failed ? err_nomem(err) : RETORT_OK;
}

retort_status inventory_begin(struct guard *g, struct err *err)
{
	TRY(refuse_virtual(g, err));
	TRY(things_read(g, "main.sqlite_schema", &g->mem, &g->before, err));
	TRY(read_temporary(g, err));
	for (size_t i = 0; i < g->before.n; i++)
		TRY(usable_for(g->conn->db, &g->before.v[i],
			       &g->before.v[i].usable, err));
	return read_counters(g, err);
}

static bool dropped_by_name(const struct guard *g, const struct thing *t)
{
	enum step_kind kind = !strcmp(t->type, "index") ? STEP_DROP_INDEX :
			      !strcmp(t->type, "trigger") ? STEP_DROP_TRIGGER :
			      !strcmp(t->type, "view") ? STEP_DROP_VIEW :
							 STEP_DROP_TABLE;

	for (size_t i = 0; i < g->script->stmts.n; i++)
		if (g->steps[i].kind == kind && !g->steps[i].done &&
		    same_name(g->steps[i].name, t->name))
			return true;
	return false;
}

static bool is_table_or_view(const struct thing *t)
{
	return t && (!strcmp(t->type, "table") || !strcmp(t->type, "view"));
}

/* Indexes and triggers go with their table; one that is back has them all. */
static bool went_with_table(const struct thing *t, const struct things *now)
{
	if (is_table_or_view(t))
		return false;
	for (size_t i = 0; i < now->n; i++)
		if (is_table_or_view(&now->v[i]) &&
		    (same_name(now->v[i].name, t->table) ||
		     same_name(now->v[i].name, t->first_table)))
			return false;
	return true;
}

static retort_status check_there(struct guard *g, const struct things *now,
				 struct err *err)
{
	for (size_t i = 0; i < g->before.n; i++) {
		const struct thing *t = &g->before.v[i];

		if (!ascii_ncasecmp(t->name, "sqlite_", 7) ||
		    things_find(now, t->type, t->name) ||
		    dropped_by_name(g, t) || went_with_table(t, now))
			continue;
		err_set(err, RETORT_E_FAIL, "the script loses %s \"%s\"%s%s%s",
			t->type, t->name, is_table_or_view(t) ? "" : " of \"",
			is_table_or_view(t) ? "" : t->table,
			is_table_or_view(t) ? "" : "\"");
		err_hint(err, "Create it again after the rebuild, or drop it "
			 "by name.");
		return RETORT_E_FAIL;
	}
	for (size_t i = 0; i < now->n; i++)
		if (!strcmp(now->v[i].type, "table") &&
		    !strncmp(now->v[i].name, REBUILD_PREFIX,
			     strlen(REBUILD_PREFIX)) &&
		    !things_find(&g->before, "table", now->v[i].name))
			return err_set(err, RETORT_E_FAIL, "the script leaves "
				       "table \"%s\" behind", now->v[i].name);
	return RETORT_OK;
}

/* The lowest verb that worked before and does not now; 0: none. */
static unsigned lost_use(unsigned before, unsigned now)
{
	unsigned lost = before & ~now;

	return lost & (~lost + 1);
}

static retort_status check_usable(struct guard *g, const struct things *now,
				  struct err *err)
{
	for (size_t i = 0; i < g->before.n; i++) {
		const struct thing *was = &g->before.v[i];
		const struct thing *is = was->usable
			? things_find(now, was->type, was->name) : NULL;
		unsigned now_usable, lost;
		SCRATCH(tmp);

		if (!is)
			continue;
		TRY(usable_for(g->conn->db, is, &now_usable, err));
		lost = lost_use(was->usable, now_usable);
		if (!lost)
			continue;
		err_set(err, RETORT_E_FAIL, "%s \"%s\" does not work any more: "
			"%s", is->type, is->name,
			usable_error(g->conn->db, is, lost, &tmp));
		err_hint(err, "Drop it before the change and create it anew "
			 "after it.");
		return RETORT_E_FAIL;
	}
	return RETORT_OK;
}

/* sqlite_temp_schema says CREATE TRIGGER, without the word TEMP. */
static char *temp_trigger_sql(struct arena *mem, const char *sql)
{
	struct lexer lx = { .at = sql, .line = 1 };
	struct token t = token_next(&lx), dot;

	t = token_next(&lx);		/* TRIGGER */
	t = token_next(&lx);		/* the name, or its schema */
	dot = token_next(&lx);
	if (token_is_op(&dot, "."))
		return arena_strdup(mem, sql);
	return arena_printf(mem, "CREATE TEMP TRIGGER %s", t.s);
}

static retort_status restore_temp_triggers(struct guard *g,
					   const struct things *now,
					   struct err *err)
{
	struct things temp = {0};
	SCRATCH(tmp);

	TRY(things_read(g, "temp.sqlite_schema", &tmp, &temp, err));
	for (size_t i = 0; i < g->temp_triggers.n; i++) {
		const struct thing *t = &g->temp_triggers.v[i];
		retort_status rc;

		if (things_find(&temp, "trigger", t->name) ||
		    dropped_by_name(g, t) || went_with_table(t, now))
			continue;
		rc = guard_sql(g, temp_trigger_sql(&tmp, t->sql), NULL, NULL,
			       err);
		if (rc) {
			err_context(err, "could not create temporary trigger "
				    "\"%s\" again", t->name);
			return rc;
		}
	}
	return RETORT_OK;
}

static retort_status check_sequence(struct guard *g, const struct sequence *s,
				    const struct things *now, struct err *err)
{
	long long seq = -1;
	SCRATCH(tmp);
	const char *name = things_find(now, "table", s->first_table)
		? s->first_table : s->table;
	const struct thing *t = things_find(now, "table", name);
	struct buf b = { .mem = &tmp };
	const char *q = sql_quote_text(&tmp, name);

	if (!t || !sql_mentions(t->sql, "AUTOINCREMENT"))
		return RETORT_OK;
	if (!q)
		return err_nomem(err);
	buf_addf(&b, "SELECT max(seq) FROM main.sqlite_sequence WHERE name = "
		 "%s COLLATE NOCASE", q);
	TRY(guard_number(g, buf_text(&b), &seq, err));
	if (seq >= s->seq)
		return RETORT_OK;
	err_set(err, RETORT_E_FAIL, "the AUTOINCREMENT counter of table "
		"\"%s\" would go back from %lld to %lld", name, s->seq,
		seq < 0 ? 0 : seq);
	err_hint(err, "Copy its row of sqlite_sequence.");
	return RETORT_E_FAIL;
}

static retort_status analyze_again(struct guard *g, const struct things *now,
				   struct err *err)
{
	for (size_t i = 0; i < g->analyzed.n; i++) {
		const char *name = g->analyzed.v[i];
		long long left = 0;
		SCRATCH(tmp);
		struct buf b = { .mem = &tmp };
		const char *q = sql_quote_text(&tmp, name);

		if (!things_find(now, "table", name))
			continue;
		if (!q)
			return err_nomem(err);
		buf_addf(&b, "SELECT count(*) FROM main.sqlite_stat1 WHERE tbl "
			 "= %s COLLATE NOCASE", q);
		TRY(guard_number(g, buf_text(&b), &left, err));
		if (left)
			continue;
		buf_reset(&b);
		buf_add(&b, "ANALYZE main.");
		ddl_name(&b, name);
		TRY(guard_sql(g, buf_text(&b), NULL, NULL, err));
	}
	return RETORT_OK;
}

retort_status inventory_check(struct guard *g, struct err *err)
{
	struct things now = {0};
	SCRATCH(tmp);

	TRY(things_read(g, "main.sqlite_schema", &tmp, &now, err));
	TRY(check_there(g, &now, err));
	TRY(restore_temp_triggers(g, &now, err));
	TRY(check_usable(g, &now, err));
	for (size_t i = 0; i < g->sequences.n; i++)
		TRY(check_sequence(g, &g->sequences.v[i], &now, err));
	return analyze_again(g, &now, err);
}
