/* What the guard refuses, and rebuilds that it does without a copy. */
#include "engine_world.h"

TestSuite(engine_guard, .init = world_enter, .fini = world_leave);
TestSuite(schema_edit, .init = world_enter, .fini = world_leave);

static const char people[] =
	"CREATE TABLE log (t);"
	"CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INTEGER, "
	"UNIQUE (a));"
	"CREATE TABLE c (id INTEGER PRIMARY KEY, tid INTEGER REFERENCES t (id)"
	" ON DELETE CASCADE);"
	"CREATE INDEX t_b ON t (b DESC) WHERE b > 1;"
	"CREATE TRIGGER tt AFTER INSERT ON t BEGIN "
	"INSERT INTO log VALUES (NEW.a); END;"
	"CREATE VIEW v AS SELECT a FROM t;"
	"INSERT INTO t VALUES (1, 'x', 1), (2, 'y', 2), (5, 'z', 5);"
	"INSERT INTO c VALUES (1, 2), (2, 5);"
	"ANALYZE;";

#define REBUILD \
	"CREATE TABLE n (id INTEGER PRIMARY KEY, a TEXT, b INTEGER, k, " \
	"UNIQUE (a));" \
	"INSERT INTO n (id, a, b) SELECT id, a, b FROM t;" \
	"DROP TABLE t;" \
	"PRAGMA legacy_alter_table = ON;" \
	"ALTER TABLE n RENAME TO t;" \
	"PRAGMA legacy_alter_table = OFF;"
#define INDEXES "CREATE INDEX t_b ON t (b DESC) WHERE b > 1;"
#define TRIGGERS "CREATE TRIGGER tt AFTER INSERT ON t BEGIN " \
	"INSERT INTO log VALUES (NEW.a); END;"

Test(engine_guard, a_careful_hand_is_let_through)
{
	struct world *w = world_open(people);

	cr_assert(!world_hand(w, REBUILD INDEXES TRIGGERS), "%s",
		  w->err.pub.message);
	ask_is(w, "SELECT id, a, b, k FROM t", "1|x|1|-;2|y|2|-;5|z|5|-");
	ask_is(w, "SELECT count(*) FROM c", "2");
	ask_is(w, "SELECT count(*) FROM sqlite_stat1 WHERE tbl = 't'", "2");
	world_close(w);
}

Test(engine_guard, forgotten_trigger)
{
	struct world *w = world_open(people);

	must_refuse(w, world_hand(w, REBUILD INDEXES),
		    "loses trigger \"tt\" of \"t\"");
	world_close(w);
}

Test(engine_guard, forgotten_index)
{
	struct world *w = world_open(people);

	must_refuse(w, world_hand(w, REBUILD TRIGGERS),
		    "loses index \"t_b\" of \"t\"");
	world_close(w);
}

Test(engine_guard, dropped_by_name_is_meant)
{
	struct world *w = world_open(people);

	cr_assert(!world_hand(w, "DROP INDEX t_b; DROP TRIGGER tt;" REBUILD),
		  "%s", w->err.pub.message);
	ask_is(w, "SELECT count(*) FROM sqlite_schema WHERE name IN ('t_b', "
	       "'tt')", "0");
	world_close(w);
}

Test(engine_guard, forgotten_rows)
{
	struct world *w = world_open(people);

	must_refuse(w, world_hand(w,
		"CREATE TABLE n (id INTEGER PRIMARY KEY, a TEXT, b INTEGER);"
		"INSERT INTO n SELECT * FROM t WHERE b < 5; DROP TABLE t;"
		"ALTER TABLE n RENAME TO t;"), "would lose rows: it has 3, "
		"the new one 2");
	ask_is(w, "SELECT count(*) FROM t", "3");
	world_close(w);
}

Test(engine_guard, forgotten_rows_of_a_table_renamed_away)
{
	struct world *w = world_open(people);

	must_refuse(w, world_hand(w,
		"PRAGMA legacy_alter_table = ON;"
		"ALTER TABLE t RENAME TO o;"
		"CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INTEGER);"
		"INSERT INTO t SELECT * FROM o WHERE b < 5; DROP TABLE o;"),
		"would lose rows");
	world_close(w);
}

Test(engine_guard, triggers_of_a_table_renamed_away)
{
	struct world *w = world_open(people);

	must_refuse(w, world_hand(w,
		"PRAGMA legacy_alter_table = ON;"
		"ALTER TABLE t RENAME TO o;"
		"CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INTEGER);"
		"INSERT INTO t SELECT * FROM o; DROP TABLE o;" INDEXES),
		"loses trigger \"tt\"");
	world_close(w);
}

Test(engine_guard, forgotten_column)
{
	struct world *w = world_open(people);

	must_refuse(w, world_hand(w,
		"CREATE TABLE n (id INTEGER PRIMARY KEY, a TEXT, b INTEGER);"
		"INSERT INTO n (id, a) SELECT id, a FROM t; DROP TABLE t;"
		"ALTER TABLE n RENAME TO t;"), "would lose column \"b\"");
	world_close(w);
}

Test(engine_guard, column_that_came_after_the_script_was_written)
{
	struct world *w = world_open(people);

	constraint(w, OP_ADD_CONSTRAINT, "t", "CONSTRAINT u UNIQUE (b)");
	world_compile(w);
	sql(w, "ALTER TABLE t ADD COLUMN by_hand DEFAULT 1");
	must_refuse(w, world_run(w), "would lose column \"by_hand\"");
	world_close(w);
}

Test(engine_guard, short_form_of_a_rebuild)
{
	struct world *w = world_open("CREATE TABLE t (id INTEGER PRIMARY KEY, "
				     "a); INSERT INTO t VALUES (1, 2)");

	cr_assert(!world_hand(w,
		"CREATE TABLE _retort_new_t (id INTEGER PRIMARY KEY, a NOT "
		"NULL);"
		"INSERT INTO _retort_new_t (id, a) SELECT id, a FROM t;"
		"DROP TABLE t; ALTER TABLE _retort_new_t RENAME TO t;"), "%s",
		w->err.pub.message);
	ask_is(w, "SELECT sql FROM sqlite_schema", "CREATE TABLE t (id INTEGER "
	       "PRIMARY KEY, a NOT NULL)");
	ask_is(w, "SELECT id, a FROM t", "1|2");
	world_close(w);
}

Test(engine_guard, forgotten_rename)
{
	struct world *w = world_open(people);

	must_refuse(w, world_hand(w, "DROP TABLE c;"
		"CREATE TABLE _retort_new_t (id INTEGER PRIMARY KEY);"
		"INSERT INTO _retort_new_t SELECT id FROM t; DROP TABLE t;"),
		"leaves table \"_retort_new_t\" behind");
	world_close(w);
}

Test(engine_guard, index_named_as_a_rebuild)
{
	struct world *w = world_open(people);

	cr_assert(!world_hand(w, REBUILD INDEXES TRIGGERS
			      "CREATE INDEX _retort_new_t ON t (a);"), "%s",
		  w->err.pub.message);
	world_close(w);
}

Test(engine_guard, broken_view)
{
	struct world *w = world_open(people);

	must_refuse(w, world_hand(w,
		"CREATE TABLE n (id INTEGER PRIMARY KEY, b INTEGER);"
		"INSERT INTO n /* without a */ SELECT id, b FROM t;"
		"DROP TABLE t;"
		"PRAGMA legacy_alter_table = ON;"
		"ALTER TABLE n RENAME TO t;" INDEXES
		"CREATE TRIGGER tt AFTER INSERT ON t BEGIN SELECT 1; END;"),
		"view \"v\" does not work any more: no such column: a");
	world_close(w);
}

Test(engine_guard, temporary_table_that_hides_the_real_one)
{
	struct world *w = world_open(people);

	sql(w, "CREATE TEMP TABLE t (x)");
	must_refuse(w, world_hand(w, REBUILD INDEXES TRIGGERS),
		    "temporary table \"t\" hides");
	world_close(w);
}

Test(engine_guard, ended_transaction)
{
	struct world *w = world_open(people);

	must_refuse(w, world_hand(w, "ROLLBACK; CREATE TABLE z (a)"),
		    "ended the transaction");
	world_close(w);
}

Test(engine_guard, old_violations_are_no_error_new_ones_are)
{
	struct world *w = world_open(people);

	sql(w, "PRAGMA foreign_keys = OFF; INSERT INTO c VALUES (9, 99);"
	    "PRAGMA foreign_keys = ON");
	cr_assert(!world_hand(w, REBUILD INDEXES TRIGGERS), "%s",
		  w->err.pub.message);
	ask_is(w, "SELECT count(*) FROM pragma_foreign_key_check", "1");
	must_refuse(w, world_hand(w, "DELETE FROM t WHERE id = 5;"
				  "DROP TABLE log;"
				  "CREATE TABLE log (t);"
				  "ALTER TABLE t ADD COLUMN more"),
		    "1 row of table \"c\" would refer to rows of \"t\"");
	cr_assert_str_eq(w->err.pub.detail, "The first by rowid: 2.");
	world_close(w);
}

Test(engine_guard, violations_follow_a_renamed_table)
{
	struct world *w = world_open(people);

	sql(w, "PRAGMA foreign_keys = OFF; INSERT INTO c VALUES (9, 99);"
	    "PRAGMA foreign_keys = ON");
	cr_assert(!world_hand(w, "ALTER TABLE c RENAME TO d;"
			      "ALTER TABLE t RENAME TO u"), "%s",
		  w->err.pub.message);
	world_close(w);
}

Test(engine_guard, pragmas_are_put_back_as_they_were)
{
	struct world *w = world_open(people);

	sql(w, "PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON;"
	    "PRAGMA ignore_check_constraints = ON");
	cr_assert(!world_hand(w, REBUILD INDEXES TRIGGERS));
	ask_is(w, "PRAGMA foreign_keys", "0");
	ask_is(w, "PRAGMA legacy_alter_table", "1");
	ask_is(w, "PRAGMA ignore_check_constraints", "1");
	world_close(w);
}

static bool needs(struct world *w, const char *text)
{
	bool out = false;

	w->script = (struct script){0};
	for (;;) {
		struct stmt s = {0};
		char *one = NULL;

		cr_assert(!split_sqlite(text, &w->mem, &one, &s.line, &text,
					&w->err));
		if (!one)
			break;
		s.sql = one;
		cr_assert(vec_push(&w->mem, &w->script.stmts, s));
	}
	cr_assert(!w->c->ops->needs_guard(&w->script, &out, &w->err));
	return out;
}

Test(engine_guard, scripts_that_need_it_unasked)
{
	struct world *w = world_open("");

	cr_assert(needs(w, REBUILD));
	cr_assert(needs(w, "DELETE FROM c;" REBUILD));
	cr_assert(needs(w, "DROP TABLE IF EXISTS main.t"));
	cr_assert(needs(w, "DROP TABLE t; CREATE TABLE t (a); DELETE FROM c"));
	cr_assert(!needs(w, "DELETE FROM c WHERE id = 1; DROP TABLE t"));
	cr_assert(!needs(w, "DROP INDEX t; CREATE TABLE t (a); -- DROP TABLE t"));
	world_close(w);
}

/* Was the table left in its place? */
static const char *root(struct world *w)
{
	return ask(w, "SELECT rootpage FROM sqlite_schema WHERE name = 't'");
}

static void edited(struct world *w, bool expected)
{
	const char *before = root(w);

	world_apply(w);
	cr_assert(!strcmp(before, root(w)) == expected, "%s", script_text(w));
	ask_is(w, "SELECT id, a, b FROM t", "1|x|1;2|y|2;5|z|5");
	ask_is(w, "SELECT id, tid FROM c", "1|2;2|5");
	ask_is(w, "SELECT count(*) FROM log", "3");
	ask_is(w, "SELECT count(*) FROM sqlite_stat1 WHERE tbl = 't'", "2");
	sql(w, "INSERT INTO t (a, b) VALUES ('new', 8)");
	ask_is(w, "SELECT count(*) FROM log", "4");
}

Test(schema_edit, rules_alone)
{
	struct world *w = world_open(people);

	alter_column(w, "t", "a", "a TEXT NOT NULL");
	constraint(w, OP_ADD_CONSTRAINT, "t",
		   "CONSTRAINT k CHECK (b > 0 OR t.a = 'neg')");
	edited(w, true);
	ask_is(w, "SELECT a FROM v WHERE a = 'x'", "x");
	cr_assert(conn_exec(w->c, "INSERT INTO t (b) VALUES (1)", &w->err));
	cr_assert(conn_exec(w->c, "INSERT INTO t (a, b) VALUES (1, 0)",
			    &w->err));
	world_close(w);
}

Test(schema_edit, is_seen_by_other_connections)
{
	struct world *w = world_open(people);
	struct conn *other = NULL;

	cr_assert(!conn_open("sqlite:world.db", NULL, &other, &w->err));
	cr_assert(!conn_exec(other, "SELECT * FROM t", &w->err));
	alter_column(w, "t", "b", "b INTEGER NOT NULL");
	edited(w, true);
	cr_assert(conn_exec(other, "INSERT INTO t (a) VALUES ('p')", &w->err));
	conn_close(other);
	world_close(w);
}

Test(schema_edit, foreign_key_and_length)
{
	struct world *w = world_open(people);

	alter_column(w, "t", "a", "a VARCHAR(80)");
	constraint(w, OP_ADD_CONSTRAINT, "t", "CONSTRAINT f FOREIGN KEY (id) "
		   "REFERENCES t (id)");
	edited(w, true);
	alter_column(w, "t", "a", "a INTEGER");
	sql(w, "DELETE FROM t WHERE id > 5; DELETE FROM log WHERE t = 'new'");
	edited(w, false);
	world_close(w);
}

Test(schema_edit, foreign_key_that_rows_break)
{
	struct world *w = world_open(people);

	constraint(w, OP_ADD_CONSTRAINT, "t", "CONSTRAINT f FOREIGN KEY (b) "
		   "REFERENCES c (id)");
	world_compile(w);
	must_refuse(w, world_run(w), "1 row of table \"t\" would refer to");
	world_close(w);
}

Test(schema_edit, new_key_is_a_copy)
{
	struct world *w = world_open(people);

	constraint(w, OP_ADD_CONSTRAINT, "t", "CONSTRAINT u UNIQUE (b)");
	world_compile(w);
	cr_assert(!world_run(w), "%s", w->err.pub.message);
	world_same(w);
	ask_is(w, "SELECT count(*) FROM pragma_index_list('t')", "3");
	ask_is(w, "PRAGMA integrity_check", "ok");
	world_close(w);
}

Test(schema_edit, nulls_are_counted)
{
	struct world *w = world_open(people);

	sql(w, "INSERT INTO t (id) VALUES (6), (7)");
	alter_column(w, "t", "a", "a TEXT NOT NULL");
	world_compile(w);
	must_refuse(w, world_run(w), "cannot make column \"a\" of table \"t\" "
		    "NOT NULL: 2 rows have NULL in it");
	world_close(w);
}

Test(schema_edit, check_that_rows_break)
{
	struct world *w = world_open(people);

	constraint(w, OP_ADD_CONSTRAINT, "t", "CONSTRAINT k CHECK (b < 5)");
	world_compile(w);
	must_refuse(w, world_run(w), "CHECK constraint failed: k");
	world_close(w);
}

/* Rows older than the column read the default they were added with. */
Test(schema_edit, default_of_an_added_column)
{
	struct world *w = world_open(people);

	sql(w, "ALTER TABLE t ADD COLUMN d TEXT DEFAULT 'old'");
	alter_column(w, "t", "d", "d TEXT DEFAULT 'new'");
	edited(w, false);
	ask_is(w, "SELECT d FROM t WHERE id < 6", "old;old;old");
	sql(w, "DELETE FROM t WHERE id > 5; DELETE FROM log WHERE t = 'new'");
	alter_column(w, "t", "d", "d TEXT NOT NULL DEFAULT 'new'");
	edited(w, true);
	ask_is(w, "SELECT d FROM t WHERE id < 6", "old;old;old");
	world_close(w);
}

Test(schema_edit, default_dropped_from_an_added_column)
{
	struct world *w = world_open(people);

	sql(w, "ALTER TABLE t ADD COLUMN d TEXT DEFAULT 'old'");
	alter_column(w, "t", "d", "d TEXT");
	edited(w, false);
	ask_is(w, "SELECT d FROM t WHERE id < 6", "old;old;old");
	world_close(w);
}

Test(schema_edit, not_where_the_application_forbids_it)
{
	struct world *w = world_open(people);

	sqlite3_db_config(((struct sqlite_conn *)w->c)->db,
			  SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	alter_column(w, "t", "b", "b INTEGER NOT NULL");
	edited(w, false);
	world_close(w);
}

Test(schema_edit, not_when_an_index_changes_along)
{
	struct world *w = world_open(people);
	struct op *o = op(w, OP_DROP_INDEX, "t");

	o->name = "t_b";
	create_index(w, "CREATE INDEX t_b ON t (b, a)");
	alter_column(w, "t", "b", "b INTEGER NOT NULL");
	edited(w, false);
	world_close(w);
}

Test(schema_edit, counter_and_temp_trigger_stay)
{
	struct world *w = world_open(
		"CREATE TABLE log (x);"
		"CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a);"
		"INSERT INTO t VALUES (1, 1), (9, 2); DELETE FROM t WHERE id=9;"
		"CREATE TEMP TRIGGER q AFTER INSERT ON t BEGIN "
		"INSERT INTO log VALUES (1); END;");
	const char *before = root(w);

	alter_column(w, "t", "a", "a NOT NULL");
	world_apply(w);
	cr_assert_str_eq(root(w), before);
	ask_is(w, "SELECT seq FROM sqlite_sequence", "9");
	sql(w, "INSERT INTO t (a) VALUES (3)");
	ask_is(w, "SELECT max(id) FROM t", "10");
	ask_is(w, "SELECT count(*) FROM log", "1");
	world_close(w);
}
