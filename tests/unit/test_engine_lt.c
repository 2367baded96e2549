/* Each row LT1 to LT20 of what SQLite does to a schema change. */
#include "engine_world.h"

TestSuite(engine_lt, .init = world_enter, .fini = world_leave);

/* A parent with everything a table can have, a child that cascades. */
static const char family[] =
	"CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT DEFAULT 'x', b INTEGER"
	" CHECK (b > 0), UNIQUE (a));"
	"CREATE TABLE c (id INTEGER PRIMARY KEY, pid INTEGER REFERENCES p (id)"
	" ON DELETE CASCADE ON UPDATE CASCADE);"
	"CREATE INDEX p_b ON p (b);"
	"INSERT INTO p VALUES (1, 'one', 10), (2, 'two', 20), (7, 'seven', 70);"
	"INSERT INTO c VALUES (1, 1), (2, 7);";

static void check_family(struct world *w)
{
	ask_is(w, "SELECT id, a, b FROM p ORDER BY id",
	       "1|one|10;2|two|20;7|seven|70");
	ask_is(w, "SELECT id, pid FROM c ORDER BY id", "1|1;2|7");
}

/* A change that only a rebuild can make. */
static void force_rebuild(struct world *w, const char *table)
{
	constraint(w, OP_ADD_CONSTRAINT, table,
		   arena_printf(&w->mem, "CONSTRAINT u_%s UNIQUE (id)", table));
}

Test(engine_lt, lt1_foreign_keys_are_off_before_begin)
{
	struct world *w = world_open(family);

	force_rebuild(w, "p");
	world_apply(w);
	check_family(w);
	world_close(w);
}

Test(engine_lt, lt1_inside_a_transaction_is_refused)
{
	struct world *w = world_open(family);
	struct guard *g = NULL;

	force_rebuild(w, "p");
	world_compile(w);
	cr_assert(w->script.guarded);
	sql(w, "BEGIN");
	cr_assert(w->c->ops->guard_open(w->c, &w->script, &g, &w->err) ==
		  RETORT_E_USAGE);
	cr_assert_null(g);
	sql(w, "ROLLBACK");
	ask_is(w, "PRAGMA foreign_keys", "1");
	world_close(w);
}

Test(engine_lt, lt1_inside_a_transaction_with_foreign_keys_off)
{
	struct world *w = world_open(family);
	struct guard *g = NULL;

	force_rebuild(w, "p");
	world_compile(w);
	sql(w, "PRAGMA foreign_keys = OFF; BEGIN");
	cr_assert(!w->c->ops->guard_open(w->c, &w->script, &g, &w->err));
	cr_assert(!world_steps(w, g), "%s", w->err.pub.message);
	w->c->ops->guard_close(g);
	sql(w, "COMMIT");
	world_same(w);
	check_family(w);
	world_close(w);
}

Test(engine_lt, lt2_deferred_keys_do_not_stand_in_for_the_guard)
{
	struct world *w = world_open(family);

	sql(w, "PRAGMA defer_foreign_keys = ON");
	force_rebuild(w, "p");
	world_apply(w);
	check_family(w);
	world_close(w);
}

Test(engine_lt, lt3_foreign_keys_of_children_keep_their_parent)
{
	struct world *w = world_open(family);

	force_rebuild(w, "p");
	world_apply(w);
	ask_is(w, "SELECT \"table\" FROM pragma_foreign_key_list('c')", "p");
	sql(w, "DELETE FROM p WHERE id = 7");
	ask_is(w, "SELECT id FROM c", "1");
	world_close(w);
}

Test(engine_lt, lt3_a_hand_written_rename_away_is_refused)
{
	struct world *w = world_open(family);

	must_refuse(w, world_hand(w,
		"ALTER TABLE p RENAME TO old_p;"
		"CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT, b INTEGER);"
		"INSERT INTO p SELECT * FROM old_p; DROP TABLE old_p;"
		"CREATE INDEX p_b ON p (b);"), "would refer to rows of");
	check_family(w);
	world_close(w);
}

Test(engine_lt, lt3_self_reference)
{
	struct world *w = world_open(
		"CREATE TABLE n (id INTEGER PRIMARY KEY, up INTEGER REFERENCES "
		"n (id) ON DELETE SET NULL);"
		"INSERT INTO n VALUES (1, NULL), (2, 1);");

	force_rebuild(w, "n");
	world_apply(w);
	ask_is(w, "SELECT \"table\" FROM pragma_foreign_key_list('n')", "n");
	sql(w, "DELETE FROM n WHERE id = 1");
	ask_is(w, "SELECT id, up FROM n", "2|-");
	world_close(w);
}

Test(engine_lt, lt4_views_and_triggers_of_others_name_the_table)
{
	struct world *w = world_open(family);

	sql(w, "CREATE VIEW v AS SELECT id, a FROM p;"
	    "CREATE VIEW vv AS SELECT a FROM v;"
	    "CREATE TRIGGER vi INSTEAD OF INSERT ON v BEGIN "
	    "INSERT INTO p (a, b) VALUES (NEW.a, 1); END;"
	    "CREATE TRIGGER ct AFTER INSERT ON c BEGIN "
	    "UPDATE p SET b = b + 1 WHERE id = NEW.pid; END;");
	force_rebuild(w, "p");
	world_apply(w);
	check_family(w);
	ask_is(w, "SELECT a FROM vv", "one;seven;two");
	sql(w, "INSERT INTO c VALUES (3, 2); INSERT INTO v (a) VALUES ('new')");
	ask_is(w, "SELECT id, a, b FROM p WHERE id IN (2, 8)",
	       "2|two|21;8|new|1");
	world_close(w);
}

/* RENAME must rewrite the CHECK then, and so looks at all views. */
Test(engine_lt, lt4_check_that_names_its_own_table)
{
	struct world *w = world_open(
		"CREATE TABLE q (id INTEGER PRIMARY KEY, a, b AS (a + 1), "
		"CHECK (\"q\".a <> 9));"
		"CREATE TABLE o (x); INSERT INTO q VALUES (1, 2);"
		"CREATE VIEW vv AS SELECT b FROM v;"
		"CREATE VIEW v AS SELECT a, b FROM q;"
		"CREATE TRIGGER vi INSTEAD OF DELETE ON vv BEGIN "
		"DELETE FROM q; END;"
		"CREATE TRIGGER ot AFTER INSERT ON o BEGIN "
		"UPDATE q SET a = NEW.x; END;");

	force_rebuild(w, "q");
	world_compile(w);
	cr_assert(!world_run(w), "%s\n%s", w->err.pub.message,
		  script_text(w));
	sql(w, "INSERT INTO o VALUES (5)");
	ask_is(w, "SELECT b FROM vv", "6");
	cr_assert(conn_exec(w->c, "UPDATE q SET a = 9", &w->err));
	sql(w, "DELETE FROM vv");
	ask_is(w, "SELECT count(*) FROM q", "0");
	cr_assert_null(strstr(ask(w, "SELECT sql FROM sqlite_schema"),
			      "_retort_new"));
	world_close(w);
}

Test(engine_lt, lt5_indexes_triggers_temp_triggers_and_statistics)
{
	struct world *w = world_open(family);

	sql(w, "CREATE TABLE log (t);"
	    "CREATE UNIQUE INDEX p_part ON p (lower(a) DESC) WHERE b > 0;"
	    "CREATE TRIGGER pt AFTER UPDATE OF b ON p WHEN NEW.b > 5 BEGIN "
	    "INSERT INTO log VALUES ('main'); END;"
	    "CREATE TEMP TRIGGER tt AFTER UPDATE ON p BEGIN "
	    "INSERT INTO log VALUES ('temp'); END;"
	    "CREATE TRIGGER temp.uu AFTER UPDATE ON p BEGIN "
	    "INSERT INTO log VALUES ('temp2'); END;"
	    "ANALYZE;");
	force_rebuild(w, "p");
	world_apply(w);
	ask_is(w, "SELECT count(*) FROM log", "0");
	sql(w, "UPDATE p SET b = 11 WHERE id = 1");
	ask_is(w, "SELECT t FROM log ORDER BY t", "main;temp;temp2");
	ask_is(w, "SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'p' AND idx "
	       "IN ('p_b', 'p_part')", "2");
	world_close(w);
}

Test(engine_lt, lt6_autoincrement_goes_on)
{
	struct world *w = world_open(
		"CREATE TABLE s (id INTEGER PRIMARY KEY AUTOINCREMENT, a);"
		"INSERT INTO s (a) VALUES (1), (2), (3);"
		"DELETE FROM s WHERE id = 3;");

	force_rebuild(w, "s");
	world_apply(w);
	ask_is(w, "SELECT name, seq FROM sqlite_sequence", "s|3");
	sql(w, "INSERT INTO s (a) VALUES (4)");
	ask_is(w, "SELECT max(id) FROM s", "4");
	world_close(w);
}

Test(engine_lt, lt6_empty_table_keeps_its_counter)
{
	struct world *w = world_open(
		"CREATE TABLE s (id INTEGER PRIMARY KEY AUTOINCREMENT, a);"
		"INSERT INTO s (a) VALUES (1), (2); DELETE FROM s;");

	force_rebuild(w, "s");
	world_apply(w);
	ask_is(w, "SELECT name, seq FROM sqlite_sequence", "s|2");
	world_close(w);
}

Test(engine_lt, lt6_new_autoincrement_starts_at_the_highest)
{
	struct world *w = world_open("CREATE TABLE s (id INTEGER PRIMARY KEY, "
				     "a); INSERT INTO s VALUES (41, 1)");
	struct op *o = alter_column(w, "s", "id", "id INTEGER");

	o->column->autoincrement = true;
	world_apply(w);
	ask_is(w, "SELECT name, seq FROM sqlite_sequence", "s|41");
	world_close(w);
}

Test(engine_lt, lt6_a_forgotten_counter_is_refused)
{
	struct world *w = world_open(
		"CREATE TABLE s (id INTEGER PRIMARY KEY AUTOINCREMENT, a);"
		"INSERT INTO s (a) VALUES (1), (2); DELETE FROM s WHERE id=2;");

	must_refuse(w, world_hand(w,
		"CREATE TABLE n (id INTEGER PRIMARY KEY AUTOINCREMENT, a, b);"
		"INSERT INTO n (id, a) SELECT id, a FROM s; DROP TABLE s;"
		"ALTER TABLE n RENAME TO s"), "would go back from 2 to 1");
	ask_is(w, "SELECT seq FROM sqlite_sequence", "2");
	world_close(w);
}

Test(engine_lt, lt7_implicit_rowids_stay)
{
	struct world *w = world_open(
		"CREATE TABLE t (id TEXT, rowid TEXT);"
		"INSERT INTO t VALUES ('a', 'r'), ('b', 's'), ('c', 't');"
		"DELETE FROM t WHERE id = 'a';");

	force_rebuild(w, "t");
	world_apply(w);
	ask_is(w, "SELECT oid, id, rowid FROM t", "2|b|s;3|c|t");
	world_close(w);
}

Test(engine_lt, lt7_external_content_search_finds_its_rows)
{
	struct world *w = world_open(
		"CREATE TABLE d (id TEXT, body TEXT);"
		"INSERT INTO d VALUES ('x', 'gone'), ('y', 'kept words');"
		"DELETE FROM d WHERE id = 'x';");

	force_rebuild(w, "d");
	world_compile(w);
	sql(w, "CREATE VIRTUAL TABLE f USING fts5(body, content = 'd');"
	    "INSERT INTO f (f) VALUES ('rebuild')");
	cr_assert(!world_run(w), "%s", w->err.pub.message);
	ask_is(w, "SELECT rowid, body FROM f WHERE f MATCH 'kept'",
	       "2|kept words");
	world_close(w);
}

Test(engine_lt, lt8_generated_columns_are_not_copied)
{
	struct world *w = world_open(
		"CREATE TABLE g (id INTEGER PRIMARY KEY, v AS (a + 1), a INT, "
		"s INT AS (a * 2) STORED NOT NULL);"
		"INSERT INTO g (id, a) VALUES (1, 5), (2, 6);");

	force_rebuild(w, "g");
	world_apply(w);
	ask_is(w, "SELECT id, v, a, s FROM g", "1|6|5|10;2|7|6|12");
	world_close(w);
}

Test(engine_lt, lt9_everything_of_the_definition_stays)
{
	struct world *w = world_open(
		"CREATE TABLE p2 (x TEXT, y TEXT, PRIMARY KEY (x, y));"
		"CREATE TABLE t (id INT NOT NULL ON CONFLICT REPLACE DEFAULT 7,"
		" \"a b\" TEXT COLLATE NOCASE DEFAULT 'it''s',"
		" x TEXT, y TEXT, n REAL DEFAULT -1.5 CHECK (n < 9),"
		" ts TEXT DEFAULT (datetime('now')), CHECK (x <> y),"
		" CONSTRAINT k PRIMARY KEY (id, x COLLATE RTRIM DESC) ON "
		"CONFLICT IGNORE,"
		" CONSTRAINT fk FOREIGN KEY (x, y) REFERENCES p2 (x, y) ON "
		"UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED,"
		" UNIQUE (y) ON CONFLICT FAIL) STRICT, WITHOUT ROWID;"
		"INSERT INTO p2 VALUES ('p', 'q');"
		"INSERT INTO t (id, x, y) VALUES (1, 'p', 'q');");

	constraint(w, OP_ADD_CONSTRAINT, "t", "CHECK (id < 100)");
	world_apply(w);
	ask_is(w, "SELECT wr, strict FROM pragma_table_list('t')", "1|1");
	ask_is(w, "SELECT id, \"a b\", x, y, n FROM t", "1|it's|p|q|-1.5");
	sql(w, "INSERT INTO t (id, x, y) VALUES (1, 'p', 'z')");
	ask_is(w, "SELECT count(*) FROM t", "1");
	world_close(w);
}

/* The statement kinds of a script that is not a rebuild. */
static void must_be_native(struct world *w, bool native)
{
	world_compile(w);
	cr_assert(w->script.guarded == !native, "%s", script_text(w));
}

Test(engine_lt, lt10_added_columns_that_are_always_refused)
{
	static const char *const defs[] = {
		"s INT AS (id) STORED", "t TEXT DEFAULT CURRENT_TIMESTAMP",
		"e INT DEFAULT (1 + 1)", "n INT NOT NULL",
		"f INT DEFAULT (NULL) NOT NULL",
	};

	for (size_t i = 0; i < sizeof(defs) / sizeof(*defs); i++) {
		struct world *w = world_open("CREATE TABLE t (id INTEGER "
					     "PRIMARY KEY)");

		add_column(w, "t", defs[i]);
		must_be_native(w, false);
		world_close(w);
		cr_assert(!unlink("world.db"));
	}
}

Test(engine_lt, lt10_unique_and_key_come_by_a_rebuild)
{
	struct world *w = world_open("CREATE TABLE t (id INTEGER PRIMARY KEY);"
				     "INSERT INTO t VALUES (5), (9)");

	add_column(w, "t", "u INT");
	constraint(w, OP_ADD_CONSTRAINT, "t", "CONSTRAINT u_u UNIQUE (u)");
	world_apply(w);
	ask_is(w, "SELECT id, u FROM t", "5|-;9|-");
	world_close(w);
}

Test(engine_lt, lt11_added_columns_work_on_a_full_table)
{
	struct world *w = world_open(family);

	add_column(w, "p", "plain TEXT");
	add_column(w, "p", "fixed INT NOT NULL DEFAULT -3");
	add_column(w, "p", "e TEXT");
	constraint(w, OP_ADD_CONSTRAINT, "p", "CHECK (e IN ('a', 'b'))");
	add_column(w, "p", "r INT");
	constraint(w, OP_ADD_CONSTRAINT, "p",
		   "CONSTRAINT fk_r FOREIGN KEY (r) REFERENCES p (id)");
	add_column(w, "p", "v TEXT AS (a || b)");
	must_be_native(w, true);
	cr_assert(!world_run(w), "%s", w->err.pub.message);
	world_same(w);
	ask_is(w, "SELECT fixed, e, v FROM p WHERE id = 1", "-3|-|one10");
	world_close(w);
}

Test(engine_lt, lt11_filled_by_an_expression)
{
	struct world *w = world_open(family);

	add_column(w, "p", "made TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP");
	add_column(w, "p", "sum INT DEFAULT (1 + 1)");
	world_apply(w);
	ask_is(w, "SELECT count(*) FROM p WHERE made LIKE '20%' AND sum = 2",
	       "3");
	world_close(w);
}

Test(engine_lt, lt11_reference_with_a_default)
{
	struct world *w = world_open(family);

	add_column(w, "c", "other INT DEFAULT 2");
	constraint(w, OP_ADD_CONSTRAINT, "c",
		   "CONSTRAINT fk_o FOREIGN KEY (other) REFERENCES p (id)");
	world_apply(w);
	ask_is(w, "SELECT other FROM c", "2;2");
	world_close(w);
}

Test(engine_lt, lt11_check_that_the_default_breaks)
{
	struct world *w = world_open(family);

	add_column(w, "c", "k INT DEFAULT 0");
	constraint(w, OP_ADD_CONSTRAINT, "c", "CHECK (k > 0)");
	world_compile(w);
	cr_assert(w->script.guarded);
	must_refuse(w, world_run(w), "CHECK constraint failed");
	world_close(w);
}

Test(engine_lt, lt11_not_null_without_default_on_rows)
{
	struct world *w = world_open(family);

	add_column(w, "p", "must TEXT NOT NULL");
	world_compile(w);
	must_refuse(w, world_run(w), "cannot add column \"must\" to table "
		    "\"p\": it is NOT NULL and has no default");
	check_family(w);
	sql(w, "DELETE FROM c; DELETE FROM p");
	add_column(w, "p", "must TEXT NOT NULL");
	world_apply(w);
	world_close(w);
}

Test(engine_lt, lt12_unused_column_is_dropped_in_place)
{
	struct world *w = world_open(family);

	sql(w, "ALTER TABLE c ADD COLUMN junk TEXT");
	drop_column(w, "c", "junk");
	must_be_native(w, true);
	cr_assert(!world_run(w), "%s", w->err.pub.message);
	world_same(w);
	check_family(w);
	world_close(w);
}

Test(engine_lt, lt12_check_behind_the_column_about_another_one)
{
	struct world *w = world_open("CREATE TABLE t (id INTEGER PRIMARY KEY, "
				     "a INT CHECK (b > 0), b INT)");

	drop_column(w, "t", "a");
	world_apply(w);
	cr_assert(conn_exec(w->c, "INSERT INTO t (b) VALUES (-1)", &w->err));
	world_close(w);
}

Test(engine_lt, lt12_used_columns_go_by_a_rebuild)
{
	struct world *w = world_open(family);

	constraint(w, OP_DROP_CONSTRAINT, "p", "UNIQUE (a)");
	drop_column(w, "p", "a");
	world_apply(w);
	ask_is(w, "SELECT * FROM p", "1|10;2|20;7|70");
	ask_is(w, "SELECT count(*) FROM c", "2");
	world_close(w);
}

Test(engine_lt, lt12_column_of_a_view)
{
	struct world *w = world_open(family);

	sql(w, "ALTER TABLE p ADD COLUMN seen; CREATE VIEW v AS SELECT seen "
	    "FROM p");
	drop_column(w, "p", "seen");
	world_compile(w);
	must_refuse(w, world_run(w), "view \"v\" does not work any more");
	world_close(w);
}

Test(engine_lt, lt12_column_of_a_trigger)
{
	struct world *w = world_open(family);

	sql(w, "ALTER TABLE p ADD COLUMN seen; CREATE TRIGGER pt AFTER INSERT "
	    "ON p BEGIN UPDATE c SET pid = NEW.seen WHERE 0; END");
	drop_column(w, "p", "seen");
	world_compile(w);
	must_refuse(w, world_run(w), "trigger \"pt\" does not work any more");
	world_close(w);
}

Test(engine_lt, lt13_column_that_another_table_references)
{
	struct world *w = world_open(
		"CREATE TABLE p (id INTEGER PRIMARY KEY, code TEXT UNIQUE);"
		"CREATE TABLE c (pc TEXT REFERENCES p (code));"
		"INSERT INTO p VALUES (1, 'x'); INSERT INTO c VALUES ('x');");

	constraint(w, OP_DROP_CONSTRAINT, "p", "UNIQUE (code)");
	drop_column(w, "p", "code");
	world_compile(w);
	must_refuse(w, world_run(w), "breaks a foreign key of table \"c\"");
	world_close(w);
}

Test(engine_lt, lt14_a_broken_view_does_not_stop_a_rebuild_or_a_drop)
{
	struct world *w = world_open(family);

	sql(w, "ALTER TABLE p ADD COLUMN junk TEXT;"
	    "CREATE VIEW broken AS SELECT * FROM nowhere;");
	drop_column(w, "p", "junk");
	world_apply(w);
	check_family(w);
	ask_is(w, "SELECT name FROM sqlite_schema WHERE type = 'view'",
	       "broken");
	world_close(w);
}

Test(engine_lt, lt14_a_broken_view_stops_a_rename_by_name)
{
	struct world *w = world_open(family);

	sql(w, "CREATE VIEW broken AS SELECT * FROM nowhere;");
	rename_to(w, "p", "a", "z");
	world_compile(w);
	must_refuse(w, world_run(w), "error in view broken");
	check_family(w);
	world_close(w);
}

Test(engine_lt, lt15_case_only_renames)
{
	struct world *w = world_open(family);
	struct op *o = op(w, OP_RENAME_TABLE, NULL);

	o->from = "p";
	o->to = "P";
	rename_to(w, "P", "a", "A");
	world_apply(w);
	ask_is(w, "SELECT name FROM sqlite_schema WHERE type = 'table'", "P;c");
	check_family(w);
	sql(w, "DELETE FROM p WHERE id = 1");
	ask_is(w, "SELECT count(*) FROM c", "1");
	world_close(w);
}

Test(engine_lt, lt16_strict_refuses_what_does_not_fit)
{
	struct world *w = world_open("CREATE TABLE t (id INTEGER PRIMARY KEY, "
				     "n INT); INSERT INTO t VALUES (1, 'x')");
	struct op *o = op(w, OP_ALTER_TABLE, "t");

	o->old_def = world_schema(w)->tables.v[0];
	o->def = table_copy(&w->mem, o->old_def);
	o->def->strict = true;
	world_compile(w);
	must_refuse(w, world_run(w), "cannot store TEXT value in INT column "
		    "t.n");
	ask_is(w, "SELECT n FROM t", "x");
	world_close(w);
}

Test(engine_lt, lt16_type_change_converts_by_using)
{
	struct world *w = world_open("CREATE TABLE t (id INTEGER PRIMARY KEY, "
				     "n TEXT); INSERT INTO t VALUES (1, '7s')");
	struct op *o = alter_column(w, "t", "n", "n INTEGER");

	o->using_sql = "CAST(n AS INTEGER)";
	world_apply(w);
	ask_is(w, "SELECT n, typeof(n) FROM t", "7|integer");
	world_close(w);
}

Test(engine_lt, lt17_drop_table_does_not_take_children_along)
{
	struct world *w = world_open(family);
	struct op *o = op(w, OP_DROP_TABLE, "p");

	(void)o;
	world_compile(w);
	cr_assert(w->script.guarded);
	must_refuse(w, world_run(w), "2 rows of table \"c\" would refer to");
	check_family(w);
	world_close(w);
}

Test(engine_lt, lt18_double_quoted_strings_survive_a_rebuild)
{
	struct world *w = world_open(
		"CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT DEFAULT \"d\" "
		"CHECK (a <> \"no\")); INSERT INTO t (id) VALUES (1);");

	force_rebuild(w, "t");
	world_apply(w);
	sql(w, "INSERT INTO t (id) VALUES (2)");
	ask_is(w, "SELECT a FROM t", "d;d");
	world_close(w);
}

Test(engine_lt, lt19_virtual_tables_are_refused)
{
	struct world *w = world_open("CREATE VIRTUAL TABLE f USING fts5(b);"
				     "INSERT INTO f VALUES ('word')");

	must_refuse(w, world_hand(w,
		"CREATE TABLE n (b); INSERT INTO n SELECT b FROM f;"
		"DROP TABLE f; ALTER TABLE n RENAME TO f"), "virtual table");
	must_refuse(w, world_hand(w,
		"CREATE TABLE n (id INTEGER PRIMARY KEY, c0);"
		"INSERT INTO n SELECT id, c0 FROM f_content;"
		"DROP TABLE f_content; ALTER TABLE n RENAME TO f_content"),
		"virtual table");
	ask_is(w, "SELECT b FROM f WHERE f MATCH 'word'", "word");
	world_close(w);
}

Test(engine_lt, lt20_nothing_newer_than_the_floor)
{
	struct world *w = world_open(family);

	alter_column(w, "p", "b", "b INTEGER NOT NULL");
	constraint(w, OP_ADD_CONSTRAINT, "p", "CONSTRAINT k CHECK (b < 99)");
	world_compile(w);
	cr_assert_null(strstr(script_text(w), "SET NOT NULL"));
	cr_assert_null(strstr(script_text(w), "ADD C"));
	cr_assert(!world_run(w), "%s", w->err.pub.message);
	world_same(w);
	check_family(w);
	world_close(w);
}
