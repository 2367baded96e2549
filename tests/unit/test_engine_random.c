/*
 * Random operations on random tables with rows. What must come of the rows is
 * worked out here, from the operations alone, against a copy of the file.
 * RETORT_SEED and RETORT_ROUNDS choose what is run.
 */
#include "engine_world.h"

TestSuite(engine_random, .init = world_enter, .fini = world_leave);

#define TABLES 3

static unsigned long long state;

static unsigned rnd(unsigned n)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(state >> 33) % n;
}

/* A column: where its values come from. */
struct mcol {
	const char *name;
	const char *origin;	/* in the copy; NULL: added */
	const char *filled;	/* SQL of the value of an added one */
};

struct mtable {
	const char *name, *origin;
	VEC(struct mcol) cols;
};

struct model {
	struct world *w;
	struct schema *s;	/* after the operations so far */
	struct mtable t[TABLES];
	int names;
};

static const char *fresh(struct model *m, const char *stem)
{
	return arena_printf(&m->w->mem, "%s%d", stem, m->names++);
}

static void make_table(struct world *w, int i)
{
	struct buf b = { .mem = &w->mem };
	static const char *const types[] = { "INTEGER", "TEXT", "VARCHAR(9)",
					     "NUMERIC", "" };

	buf_addf(&b, "CREATE TABLE t%d (id INTEGER PRIMARY KEY%s", i,
		 rnd(3) ? "" : " AUTOINCREMENT");
	for (int c = 0; c < 4; c++)
		buf_addf(&b, ", c%d %s%s%s", c, types[rnd(5)],
			 rnd(4) ? "" : " NOT NULL DEFAULT 3",
			 rnd(5) ? "" : " CHECK (1)");
	if (i && rnd(2))
		buf_addf(&b, ", r INTEGER REFERENCES t%d (id) ON DELETE "
			 "CASCADE", i - 1);
	if (!rnd(3))
		buf_add(&b, ", CHECK (c0 IS NULL OR c0 <> 99)");
	buf_addf(&b, ", UNIQUE (c1, id));");
	for (int r = 0; r < 1 + (int)rnd(8); r++)
		buf_addf(&b, "INSERT INTO t%d (id, c0, c1, c2, c3) VALUES "
			 "(%d, %u, %u, %s, '%u');", i, r * 3 + 1, rnd(50),
			 rnd(50), rnd(4) ? "7" : "8", rnd(50));
	buf_addf(&b, "CREATE INDEX ix%d ON t%d (c0, c2 DESC);", i, i);
	buf_addf(&b, "DELETE FROM t%d WHERE id = 4;", i);
	buf_addf(&b, "CREATE TRIGGER g%d AFTER DELETE ON t%d BEGIN "
		 "UPDATE t0 SET id = id WHERE id = OLD.id; END;", i, i);
	buf_addf(&b, "CREATE VIEW v%d AS SELECT id FROM t%d;", i, i);
	sql(w, buf_text(&b));
}

static void model_init(struct model *m, struct world *w)
{
	*m = (struct model){ .w = w };
	m->s = world_schema(w);
	for (int i = 0; i < TABLES; i++) {
		struct table *t = m->s->tables.v[i];

		m->t[i].name = m->t[i].origin = t->name;
		for (size_t c = 0; c < t->columns.n; c++) {
			const char *n = t->columns.v[c]->name;
			struct mcol col = { n, n, NULL };

			cr_assert(vec_push(&w->mem, &m->t[i].cols, col));
		}
	}
}

/* Does the operation fit? Else it is taken back. */
static bool fits(struct model *m, struct op *o)
{
	struct schema *copy = schema_copy(&m->w->mem, m->s);
	SCRATCH_ERR(ignored);

	if (op_apply(copy, o, &ignored)) {
		m->w->ops.n--;
		return false;
	}
	m->s = copy;
	return true;
}

static void random_add(struct model *m, struct mtable *t)
{
	static const struct { const char *def, *value; } kinds[] = {
		{ "%s TEXT", "NULL" }, { "%s INTEGER DEFAULT 5", "5" },
		{ "%s TEXT NOT NULL DEFAULT 'x'", "'x'" },
		{ "%s TEXT DEFAULT (1 + 1)", "'2'" },
		{ "%s INTEGER DEFAULT -1 CHECK (1)", "-1" },
	};
	unsigned k = rnd(5);
	const char *name = fresh(m, "n");
	struct op *o = add_column(m->w, t->name,
				  arena_printf(&m->w->mem, kinds[k].def, name));
	struct mcol c = { name, NULL, kinds[k].value };

	if (!rnd(3))
		o->after = "id";
	if (fits(m, o))
		cr_assert(vec_push(&m->w->mem, &t->cols, c));
}

static void random_column_op(struct model *m, struct mtable *t)
{
	size_t at = 1 + rnd((unsigned)t->cols.n - 1);
	struct mcol *c = &t->cols.v[at];
	static const char *const defs[] = {
		"%s TEXT", "%s VARCHAR(30)", "%s TEXT NOT NULL",
		"%s NUMERIC NOT NULL DEFAULT 4", "%s TEXT DEFAULT 'new'",
	};
	const char *to = rnd(4) ? fresh(m, "m") : "c9";

	switch (rnd(3)) {
	case 0:
		if (fits(m, drop_column(m->w, t->name, c->name)))
			vec_remove(&t->cols, at);
		break;
	case 1:
		if (fits(m, rename_to(m->w, t->name, c->name, to)))
			c->name = to;
		break;
	default:
		fits(m, alter_column(m->w, t->name, c->name,
				     arena_printf(&m->w->mem, defs[rnd(5)],
						  c->name)));
	}
}

static void random_rule(struct model *m, struct mtable *t)
{
	const struct table *now = schema_table(m->s, NULL, t->name);
	const char *col = t->cols.v[rnd((unsigned)t->cols.n)].name;
	const char *name = fresh(m, "k");
	struct op *o;

	switch (rnd(6)) {
	case 0:
		fits(m, constraint(m->w, OP_ADD_CONSTRAINT, t->name,
			arena_printf(&m->w->mem, "CONSTRAINT %s CHECK (%s IS "
				     "NULL OR %s <> %u)", name, col, col,
				     rnd(60))));
		break;
	case 1:
		fits(m, constraint(m->w, OP_ADD_CONSTRAINT, t->name,
			arena_printf(&m->w->mem, "CONSTRAINT %s UNIQUE (%s)",
				     name, col)));
		break;
	case 2:
		fits(m, constraint(m->w, OP_ADD_CONSTRAINT, t->name,
			arena_printf(&m->w->mem, "CONSTRAINT %s FOREIGN KEY "
				     "(id) REFERENCES %s (id)", name,
				     m->t[rnd(TABLES)].name)));
		break;
	case 3:
		if (!now->constraints.n)
			break;
		o = op(m->w, OP_DROP_CONSTRAINT, t->name);
		o->constraint = now->constraints.v[rnd(
			(unsigned)now->constraints.n)];
		if (o->constraint->kind == CONSTRAINT_PRIMARY_KEY)
			m->w->ops.n--;
		else
			fits(m, o);
		break;
	case 4:
		fits(m, create_index(m->w, arena_printf(&m->w->mem,
			"CREATE INDEX %s ON %s (%s DESC, id) WHERE %s > 3",
			name, t->name, col, col)));
		break;
	default:
		if (!now->indexes.n)
			break;
		o = op(m->w, OP_DROP_INDEX, t->name);
		o->name = now->indexes.v[0]->name;
		fits(m, o);
	}
}

static void random_op(struct model *m)
{
	struct mtable *t = &m->t[rnd(TABLES)];
	const char *to = fresh(m, "T");
	struct op *o;

	switch (rnd(9)) {
	case 0: case 1:
		random_add(m, t);
		break;
	case 2: case 3: case 4:
		random_column_op(m, t);
		break;
	case 5:
		o = op(m->w, OP_RENAME_TABLE, NULL);
		o->from = t->name;
		o->to = to;
		if (fits(m, o))
			t->name = to;
		break;
	default:
		random_rule(m, t);
	}
}

/* Every row is there under its rowid with every value that stays. */
static void compare_rows_of(struct world *w, const struct mtable *t)
{
	struct buf b = { .mem = &w->mem };

	buf_addf(&b, "SELECT (SELECT count(*) FROM main.%s) || ' ' || "
		 "(SELECT count(*) FROM old.%s) = count(*) || ' ' || count(*) "
		 "FROM main.%s n JOIN old.%s o ON n.rowid = o.rowid WHERE 1",
		 t->name, t->origin, t->name, t->origin);
	for (size_t i = 0; i < t->cols.n; i++) {
		const struct mcol *c = &t->cols.v[i];

		if (c->origin)
			buf_addf(&b, " AND CAST(n.%s AS TEXT) IS "
				 "CAST(o.%s AS TEXT)", c->name, c->origin);
		else
			buf_addf(&b, " AND CAST(n.%s AS TEXT) IS CAST(%s AS "
				 "TEXT)", c->name, c->filled);
	}
	cr_assert_str_eq(ask(w, buf_text(&b)), "1", "%s\n%s\nnew %s\nold %s",
		b.s, script_text(w),
		ask(w, arena_printf(&w->mem, "SELECT * FROM main.%s",
				    t->name)),
		ask(w, arena_printf(&w->mem, "SELECT * FROM old.%s",
				    t->origin)));
}

static void compare_counter(struct world *w, const struct mtable *t)
{
	const char *query = arena_printf(&w->mem,
		"SELECT count(*) FROM old.sqlite_sequence o LEFT JOIN "
		"main.sqlite_sequence n ON n.name = '%s' WHERE o.name = '%s' "
		"AND n.seq IS NOT o.seq", t->name, t->origin);

	if (*ask(w, "SELECT 1 FROM old.sqlite_schema WHERE name = "
		 "'sqlite_sequence'"))
		ask_is(w, query, "0");
}

static void compare(struct model *m, bool done)
{
	struct world *w = m->w;
	struct model same;

	if (!done) {
		model_init(&same, w);
		cr_assert_str_eq(ask(w, "SELECT group_concat(sql, '\n') FROM "
				     "sqlite_schema"),
				 ask(w, "SELECT group_concat(sql, '\n') FROM "
				     "old.sqlite_schema"));
		m = &same;
	} else {
		struct schema *now = world_schema(w);

		now->objects.n = w->after->objects.n = 0;
		cr_assert_str_eq(schema_dump(&w->mem, now),
				 schema_dump(&w->mem, w->after),
				 "%s\ngot:\n%s\nwant:\n%s", script_text(w),
				 schema_dump(&w->mem, now),
				 schema_dump(&w->mem, w->after));
	}
	for (int i = 0; i < TABLES; i++) {
		compare_rows_of(w, &m->t[i]);
		compare_counter(w, &m->t[i]);
	}
	ask_is(w, "SELECT group_concat(name) FROM (SELECT name FROM "
	       "sqlite_schema WHERE type IN ('view', 'trigger') ORDER BY 1)",
	       "g0,g1,g2,v0,v1,v2");
	ask_is(w, "PRAGMA main.integrity_check", "ok");
	ask_is(w, "PRAGMA main.foreign_key_check", "");
	ask_is(w, "PRAGMA foreign_keys", "1");
}

static bool one_round(unsigned long long seed)
{
	struct world *w = world_open("");
	struct model m;
	bool done;

	state = seed * 7919 + 1;
	rnd(2);
	for (int i = 0; i < TABLES; i++)
		make_table(w, i);
	if (rnd(2))
		sql(w, "ANALYZE");
	if (!rnd(3))
		sql(w, "ALTER TABLE t1 ADD COLUMN late TEXT DEFAULT 'l'");
	cr_assert(!system("cp world.db old.db"));
	sqlite3_db_config(((struct sqlite_conn *)w->c)->db,
			  SQLITE_DBCONFIG_DEFENSIVE, (int)rnd(2), NULL);
	model_init(&m, w);
	for (unsigned n = 1 + rnd(6); n > 0; n--)
		random_op(&m);
	world_compile(w);
	done = !world_run(w);
	sql(w, "ATTACH 'old.db' AS old");
	compare(&m, done);
	sql(w, "DETACH old");
	world_close(w);
	cr_assert(!unlink("world.db") && !unlink("old.db"));
	return done;
}

Test(engine_random, rows_survive, .timeout = 300)
{
	const char *seed = getenv("RETORT_SEED");
	const char *rounds = getenv("RETORT_ROUNDS");
	unsigned long long first = seed ? strtoull(seed, NULL, 10) : 1;
	unsigned n = rounds ? (unsigned)atoi(rounds) : 150, done = 0;

	for (unsigned i = 0; i < n; i++) {
		cr_log_info("seed %llu", first + i);
		done += one_round(first + i);
	}
	cr_assert(n < 20 || done > n / 2, "only %u of %u went through", done, n);
}
