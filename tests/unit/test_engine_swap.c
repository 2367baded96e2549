/* Many rebuilds in one script: the new tables get their names all at once. */
#include "engine_world.h"

TestSuite(engine_swap, .init = world_enter, .fini = world_leave);

#define TABLES 12
#define ALL "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY 1, 2"

/* Each table refers to the one before it, the first to itself. */
static void add_table(struct buf *b, int i)
{
	int r = i ? i - 1 : 0;

	buf_addf(b, "CREATE TABLE \"t %d\" (id INTEGER PRIMARY KEY%s, "
		 "a TEXT UNIQUE, b VARCHAR(9), r INTEGER REFERENCES \"t %d\" "
		 "(id) ON DELETE CASCADE, k TEXT COLLATE NOCASE, "
		 "CONSTRAINT ab UNIQUE (a, b));", i,
		 i % 3 ? "" : " AUTOINCREMENT", r);
	buf_addf(b, "CREATE INDEX i%d ON \"t %d\" (b DESC) WHERE b > 1;", i, i);
	buf_addf(b, "CREATE TRIGGER g%d AFTER UPDATE OF b ON \"t %d\" BEGIN "
		 "UPDATE \"t %d\" SET k = 'g'; END;", i, i, r);
	buf_addf(b, "CREATE VIEW v%d AS SELECT a, b FROM \"t %d\";", i, i);
	buf_addf(b, "INSERT INTO \"t %d\" VALUES (3, 'x', '1', 3, 'k'), "
		 "(7, 'y', '2', 7, 'K');", i);
}

static struct world *many_tables(void)
{
	struct arena mem = {0};
	struct buf b = { .mem = &mem };
	struct world *w;

	for (int i = 0; i < TABLES; i++)
		add_table(&b, i);
	buf_add(&b, "CREATE TABLE plain (x); INSERT INTO \"t 0\" (id) "
		"VALUES (90); DELETE FROM \"t 0\" WHERE id = 90; ANALYZE;");
	w = world_open(buf_text(&b));
	arena_clear(&mem);
	return w;
}

/* A new default for b in every table, which is a rebuild of each. */
static void change_all(struct world *w)
{
	for (int i = 0; i < TABLES; i++)
		alter_column(w, arena_printf(&w->mem, "t %d", i), "b",
			     "b VARCHAR(9) DEFAULT 'new'")->changes =
			CHANGE_DEFAULT;
}

/* What SQLite itself makes of the script. */
static const char *by_rename(struct world *w)
{
	struct world other = { .script = w->script };
	const char *all, *got;

	cr_assert(!system("cp world.db copy.db"));
	cr_assert(!conn_open("sqlite:copy.db", NULL, &other.c, &other.err));
	for (size_t i = 0; i < w->script.stmts.n; i++)
		sql(&other, w->script.stmts.v[i].sql);
	all = ask(&other, ALL);
	got = arena_printf(&w->mem, "%s\n%s", all,
			   ask(&other, "SELECT * FROM sqlite_sequence "
			       "ORDER BY name"));
	conn_close(other.c);
	arena_clear(&other.mem);
	return got;
}

Test(engine_swap, as_sqlite_renames)
{
	struct world *w = many_tables();
	const char *want, *rows;

	rows = ask(w, "SELECT * FROM \"t 0\"");
	change_all(w);
	world_compile(w);
	want = by_rename(w);
	cr_assert(!world_run(w), "%s", w->err.pub.message);
	world_same(w);
	cr_assert_str_eq(arena_printf(&w->mem, "%s\n%s", ask(w, ALL),
				      ask(w, "SELECT * FROM sqlite_sequence "
					  "ORDER BY name")), want);
	ask_is(w, "SELECT * FROM \"t 0\"", rows);
	ask_is(w, "SELECT count(*) FROM sqlite_schema WHERE sql LIKE "
	       "'%retort%' OR name LIKE '%retort%' OR tbl_name LIKE "
	       "'%retort%'", "0");
	ask_is(w, "PRAGMA integrity_check", "ok");
	ask_is(w, "PRAGMA foreign_key_check", "");
	ask_is(w, "PRAGMA foreign_keys", "1");
	ask_is(w, "SELECT count(DISTINCT tbl) FROM sqlite_stat1", "12");
	ask_is(w, "PRAGMA writable_schema", "0");
	world_close(w);
}

Test(engine_swap, triggers_work_after_it)
{
	struct world *w = many_tables();

	sql(w, "CREATE TEMP TABLE seen (x); CREATE TEMP TRIGGER tt AFTER "
	    "INSERT ON \"t 5\" BEGIN INSERT INTO seen VALUES (NEW.id); END");
	change_all(w);
	world_apply(w);
	sql(w, "INSERT INTO \"t 5\" (id, a) VALUES (20, 'z')");
	ask_is(w, "SELECT x FROM seen", "20");
	ask_is(w, "SELECT b FROM \"t 5\" WHERE id = 20", "new");
	sql(w, "UPDATE \"t 5\" SET b = 5 WHERE id = 3");
	ask_is(w, "SELECT DISTINCT k FROM \"t 4\"", "g");
	world_close(w);
}

/* Statement `at` of the compiled script is followed by another. */
static void insert_statement(struct world *w, size_t at, const char *text)
{
	struct stmt s = { .sql = text, .line = 77 };

	cr_assert(vec_insert(&w->mem, &w->script.stmts, at, s));
}

static size_t find_statement(struct world *w, const char *start)
{
	for (size_t i = 0; i < w->script.stmts.n; i++)
		if (!strncmp(w->script.stmts.v[i].sql, start, strlen(start)))
			return i;
	cr_assert(0, "no statement %s", start);
	return 0;
}

Test(engine_swap, what_needs_a_name_finds_it)
{
	static const char *const between[] = {
		"INSERT INTO \"t 1\" (id, b) VALUES (50, 'q')",
		"UPDATE plain SET x = (SELECT max(a) FROM v1)",
		"CREATE TABLE extra AS SELECT * FROM \"t 1\"",
		"CREATE TABLE _retort_new_extra AS SELECT * FROM \"t 1\"",
		"DROP VIEW v1",
		"CREATE INDEX more ON plain (x)",
		("CREATE TRIGGER more AFTER INSERT ON plain BEGIN "
		 "DELETE FROM \"t 1\"; END"),
		"ALTER TABLE \"t 1\" ADD COLUMN last TEXT",
		"ALTER TABLE \"t 1\" RENAME TO other",
		"DROP TABLE \"t 1\"",
		"PRAGMA user_version = 4",
	};

	for (size_t i = 0; i < sizeof(between) / sizeof(*between); i++) {
		struct world *w = many_tables();

		change_all(w);
		world_compile(w);
		insert_statement(w, find_statement(w, "CREATE TABLE \"_retort_"
						   "new_t 4\""), between[i]);
		if (i == 3)
			insert_statement(w, w->script.stmts.n,
					 "DROP TABLE _retort_new_extra");
		cr_assert(!world_run(w) || i == 8 || i == 9, "%s: %s",
			  between[i], w->err.pub.message);
		ask_is(w, "PRAGMA integrity_check", "ok");
		if (i < 8)
			ask_is(w, "SELECT dflt_value FROM "
			       "pragma_table_info('t 11') WHERE name = 'b'",
			       "'new'");
		world_close(w);
		cr_assert(!system("rm -f world.db"));
	}
}

Test(engine_swap, an_index_that_fails_is_named)
{
	struct world *w = many_tables();
	size_t at;

	change_all(w);
	world_compile(w);
	at = find_statement(w, "CREATE INDEX i3");
	w->script.stmts.v[at].sql = "CREATE UNIQUE INDEX i3 ON \"t 3\" "
				    "(id / 100)";
	w->script.stmts.v[at].line = 31;
	must_refuse(w, world_run(w), "UNIQUE constraint failed");
	cr_assert(strstr(w->err.pub.detail, "CREATE UNIQUE INDEX i3"));
	cr_assert_eq(w->err.pub.line, 31);
	ask_is(w, "PRAGMA writable_schema", "0");
	world_close(w);
}

Test(engine_swap, a_name_that_is_taken)
{
	struct world *w = many_tables();
	size_t at;

	change_all(w);
	world_compile(w);
	at = find_statement(w, "ALTER TABLE \"_retort_new_t 3\"");
	w->script.stmts.v[at].sql = "ALTER TABLE \"_retort_new_t 3\" RENAME TO "
				    "plain";
	must_refuse(w, world_run(w), "already another table");
	world_close(w);
}

Test(engine_swap, a_lost_index_is_missed)
{
	struct world *w = many_tables();

	change_all(w);
	world_compile(w);
	vec_remove(&w->script.stmts, find_statement(w, "CREATE INDEX i6"));
	must_refuse(w, world_run(w), "loses index \"i6\"");
	world_close(w);
}

Test(engine_swap, a_defensive_application)
{
	struct world *w = many_tables();

	sqlite3_db_config(((struct sqlite_conn *)w->c)->db,
			  SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	change_all(w);
	world_apply(w);
	world_close(w);
}
