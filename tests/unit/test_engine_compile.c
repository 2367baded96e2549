/* Which statements come of which operations. */
#include "engine_world.h"

TestSuite(engine_compile, .init = world_enter, .fini = world_leave);

static size_t count(const char *text, const char *part)
{
	size_t n = 0;

	for (; (text = strstr(text, part)); text++)
		n++;
	return n;
}

Test(engine_compile, one_rebuild_for_all_of_a_table)
{
	struct world *w = world_open(
		"CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT, y TEXT, z);"
		"CREATE TABLE b (id INTEGER PRIMARY KEY, x TEXT);"
		"CREATE INDEX a_x ON a (x);"
		"INSERT INTO a VALUES (1, 'x', '2', 3); INSERT INTO b VALUES "
		"(1, 'q');");

	alter_column(w, "a", "x", "x TEXT NOT NULL");
	alter_column(w, "b", "x", "x TEXT NOT NULL");
	rename_to(w, "a", "y", "why");
	alter_column(w, "a", "why", "why INTEGER NOT NULL");
	drop_column(w, "a", "z");
	add_column(w, "a", "n TEXT NOT NULL DEFAULT 'd'")->after = "id";
	constraint(w, OP_ADD_CONSTRAINT, "a", "CONSTRAINT u UNIQUE (why)");
	create_index(w, "CREATE INDEX a_n ON a (n)");
	world_apply(w);
	cr_assert_eq(count(script_text(w), "DROP TABLE a;"), 1, "%s",
		     script_text(w));
	ask_is(w, "SELECT id, n, x, why, typeof(why) FROM a",
	       "1|d|x|2|integer");
	world_close(w);
}

Test(engine_compile, renames_reach_everything_that_names_the_column)
{
	struct world *w = world_open(
		"CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT UNIQUE, b);"
		"CREATE TABLE c (pa TEXT REFERENCES p (a));"
		"CREATE INDEX p_i ON p (a, lower(b)) WHERE b <> '';"
		"CREATE VIEW v AS SELECT a AS q FROM p;"
		"CREATE TRIGGER t AFTER UPDATE OF a ON p BEGIN "
		"UPDATE c SET pa = NEW.a WHERE pa = OLD.a; END;"
		"INSERT INTO p VALUES (1, 'k', 'x'); "
		"INSERT INTO c VALUES ('k');");

	rename_to(w, "p", "a", "key");
	rename_to(w, "p", "b", "select");
	alter_column(w, "p", "select", "\"select\" TEXT NOT NULL");
	world_compile(w);
	cr_assert(!world_run(w), "%s\n%s", w->err.pub.message,
		  script_text(w));
	ask_is(w, "SELECT \"to\" FROM pragma_foreign_key_list('c')", "key");
	ask_is(w, "SELECT q FROM v", "k");
	sql(w, "PRAGMA foreign_keys = OFF; UPDATE p SET key = 'm'");
	ask_is(w, "SELECT pa FROM c", "m");
	ask_is(w, "PRAGMA integrity_check", "ok");
	world_close(w);
}

Test(engine_compile, columns_swap_names)
{
	struct world *w = world_open(
		"CREATE TABLE t (id INTEGER PRIMARY KEY, a, b UNIQUE);"
		"INSERT INTO t VALUES (1, 'a', 'b');");

	rename_to(w, "t", "a", "tmp");
	rename_to(w, "t", "b", "a");
	rename_to(w, "t", "tmp", "b");
	world_apply(w);
	ask_is(w, "SELECT a, b FROM t", "b|a");
	world_close(w);
}

Test(engine_compile, name_of_a_dropped_column_is_taken)
{
	struct world *w = world_open(
		"CREATE TABLE t (id INTEGER PRIMARY KEY, a, b UNIQUE);"
		"INSERT INTO t VALUES (1, 'a', 'b');");

	constraint(w, OP_DROP_CONSTRAINT, "t", "UNIQUE (b)");
	drop_column(w, "t", "b");
	rename_to(w, "t", "a", "b");
	add_column(w, "t", "a TEXT");
	world_apply(w);
	ask_is(w, "SELECT id, a, b FROM t", "1|-|a");
	world_close(w);
}

Test(engine_compile, dropped_and_added_again_is_empty)
{
	struct world *w = world_open(
		"CREATE TABLE t (id INTEGER PRIMARY KEY, a);"
		"INSERT INTO t VALUES (1, 'a');");

	drop_column(w, "t", "a");
	add_column(w, "t", "a TEXT");
	world_apply(w);
	ask_is(w, "SELECT id, a FROM t", "1|-");
	world_close(w);
}

Test(engine_compile, default_of_an_added_column_changes)
{
	struct world *w = world_open("CREATE TABLE t (id INTEGER PRIMARY KEY);"
				     "INSERT INTO t VALUES (1);");

	add_column(w, "t", "a TEXT NOT NULL DEFAULT 'now'");
	alter_column(w, "t", "a", "a TEXT NOT NULL");
	add_column(w, "t", "b TEXT");
	alter_column(w, "t", "b", "b TEXT DEFAULT 'later'");
	world_apply(w);
	ask_is(w, "SELECT id, a, b FROM t", "1|now|-");
	world_close(w);
}

Test(engine_compile, key_comes_to_a_table_without_one)
{
	struct world *w = world_open("CREATE TABLE t (a TEXT);"
		"INSERT INTO t VALUES ('x'), ('y'), ('z');"
		"DELETE FROM t WHERE a = 'x';");

	add_column(w, "t", "id INTEGER");
	constraint(w, OP_ADD_CONSTRAINT, "t", "CONSTRAINT k PRIMARY KEY (id)");
	world_apply(w);
	ask_is(w, "SELECT id, a FROM t", "2|y;3|z");
	constraint(w, OP_DROP_CONSTRAINT, "t", "CONSTRAINT k PRIMARY KEY (id)");
	drop_column(w, "t", "id");
	world_apply(w);
	ask_is(w, "SELECT rowid, a FROM t", "2|y;3|z");
	world_close(w);
}

Test(engine_compile, without_rowid_and_back)
{
	struct world *w = world_open("CREATE TABLE t (k TEXT PRIMARY KEY NOT "
		"NULL, a); INSERT INTO t VALUES ('x', 1), ('b', 2);");
	struct op *o = op(w, OP_ALTER_TABLE, "t");

	o->old_def = world_schema(w)->tables.v[0];
	o->def = table_copy(&w->mem, o->old_def);
	o->def->without_rowid = true;
	world_apply(w);
	ask_is(w, "SELECT k, a FROM t", "b|2;x|1");
	o = op(w, OP_ALTER_TABLE, "t");
	o->old_def = world_schema(w)->tables.v[0];
	o->def = table_copy(&w->mem, o->old_def);
	o->def->without_rowid = false;
	world_apply(w);
	ask_is(w, "SELECT rowid, k FROM t", "1|b;2|x");
	world_close(w);
}

Test(engine_compile, indexes_alone_need_no_rebuild)
{
	struct world *w = world_open("CREATE TABLE t (a, b);"
		"CREATE INDEX i ON t (a); CREATE INDEX j ON t (b);");
	struct op *o = op(w, OP_DROP_INDEX, NULL);

	o->name = "i";
	create_index(w, "CREATE UNIQUE INDEX i ON t (b COLLATE NOCASE, a + 1 "
		     "DESC) WHERE a > 0");
	o = op(w, OP_RENAME_INDEX, "t");
	o->from = "j";
	o->to = "jj";
	world_apply(w);
	cr_assert(!w->script.guarded);
	ask_is(w, "SELECT name FROM sqlite_schema WHERE type = 'index' "
	       "ORDER BY 1", "i;jj");
	world_close(w);
}

Test(engine_compile, an_index_moves_to_another_table)
{
	struct world *w = world_open("CREATE TABLE t (a); CREATE TABLE u (a "
		"TEXT); CREATE INDEX i ON t (a);");
	struct op *o;

	alter_column(w, "u", "a", "a TEXT NOT NULL");
	o = op(w, OP_DROP_INDEX, "t");
	o->name = "i";
	create_index(w, "CREATE INDEX i ON u (a)");
	world_apply(w);
	ask_is(w, "SELECT tbl_name FROM sqlite_schema WHERE name = 'i'", "u");
	world_close(w);
}

Test(engine_compile, odd_names_everywhere)
{
	struct world *w = world_open(
		"CREATE TABLE \"a b'c\" (\"x\"\"y\" INTEGER PRIMARY KEY "
		"AUTOINCREMENT, \"select\" TEXT, \xc3\xa9t\xc3\xa9);"
		"CREATE INDEX \"i;\" ON \"a b'c\" (\"select\");"
		"INSERT INTO \"a b'c\" VALUES (3, 's', 'e');");

	alter_column(w, "a b'c", "select", "\"select\" TEXT NOT NULL");
	constraint(w, OP_ADD_CONSTRAINT, "a b'c",
		   "CONSTRAINT \"c c\" UNIQUE (\"select\")");
	world_apply(w);
	ask_is(w, "SELECT * FROM \"a b'c\"", "3|s|e");
	ask_is(w, "SELECT name, seq FROM sqlite_sequence", "a b'c|3");
	world_close(w);
}

Test(engine_compile, rows_are_inserted_in_pieces)
{
	struct world *w = world_open("CREATE TABLE t (a, \"b c\")");
	struct op *o = op(w, OP_BULK_INSERT, "t");

	o->insert = arena_new(&w->mem, struct op_insert);
	cr_assert(vec_push(&w->mem, &o->insert->columns, "a"));
	cr_assert(vec_push(&w->mem, &o->insert->columns, "b c"));
	for (int i = 0; i < 250; i++) {
		const char **row = arena_array(&w->mem, const char *, 2);

		row[0] = arena_printf(&w->mem, "%d", i);
		row[1] = i % 2 ? "'it''s'" : NULL;
		cr_assert(vec_push(&w->mem, &o->insert->rows, row));
	}
	world_apply(w);
	cr_assert_eq(w->script.stmts.n, 3);
	ask_is(w, "SELECT count(*), sum(a), count(\"b c\") FROM t",
	       "250|31125|125");
	world_close(w);
}

Test(engine_compile, text_of_a_table)
{
	struct world *w = world_open("");
	struct op *o = op(w, OP_CREATE_TABLE, NULL);

	o->def = parsed(w, "CREATE TABLE posts (id INTEGER PRIMARY KEY "
			"AUTOINCREMENT, title VARCHAR(80) NOT NULL DEFAULT '', "
			"u INTEGER CONSTRAINT fk REFERENCES users (id) ON "
			"DELETE CASCADE, CHECK (title <> 'x'))")->table;
	world_apply(w);
	cr_assert_str_eq(script_text(w),
		"CREATE TABLE posts (\n"
		"\tid INTEGER PRIMARY KEY AUTOINCREMENT,\n"
		"\ttitle VARCHAR(80) NOT NULL DEFAULT '',\n"
		"\tu INTEGER,\n"
		"\tCONSTRAINT fk FOREIGN KEY (u) REFERENCES users (id) ON "
		"DELETE CASCADE,\n"
		"\tCHECK (title <> 'x')\n"
		");\n", "%s", script_text(w));
	world_close(w);
}

Test(engine_compile, missing_table_is_named)
{
	struct world *w = world_open("CREATE TABLE t (a)");

	add_column(w, "nope", "x");
	cr_assert(w->c->ops->compile(world_schema(w), &w->ops, &w->mem,
				     &w->script, &w->err) ==
		  RETORT_E_NOTFOUND);
	cr_assert(strstr(w->err.pub.message, "nope"));
	world_close(w);
}

static int fuse;

static void *fused_malloc(size_t n)
{
	return fuse-- == 0 ? NULL : malloc(n);
}

/* Compile and run under the guard, and roll back. */
static retort_status change(struct world *w, struct schema *before)
{
	const struct dialect *d = w->c->ops;
	struct arena mem = {0};
	struct script script = {0};
	struct guard *g = NULL;
	retort_status rc;

	rc = d->compile(before, &w->ops, &mem, &script, &w->err);
	if (!rc)
		rc = d->guard_open(w->c, &script, &g, &w->err);
	if (!rc)
		rc = d->begin(w->c, &w->err);
	if (!rc)
		rc = d->guard_begin(g, &w->err);
	for (size_t i = 0; !rc && i < script.stmts.n; i++)
		rc = d->guard_run(g, i, &w->err);
	if (!rc)
		rc = d->guard_check(g, &w->err);
	d->rollback(w->c);
	d->guard_close(g);
	arena_clear(&mem);
	return rc;
}

/* The allocations of arenas are made to fail, one after the other. */
static void fail_each(const char *rule)
{
	struct world *w = world_open(
		"CREATE TABLE p (id INTEGER PRIMARY KEY AUTOINCREMENT, a, b "
		"TEXT, CHECK (p.a > 0)); CREATE INDEX i ON p (a);"
		"CREATE TABLE c (p REFERENCES p (id));"
		"CREATE VIEW v AS SELECT a FROM p;"
		"CREATE TRIGGER t AFTER INSERT ON p BEGIN SELECT 1; END;"
		"INSERT INTO p VALUES (1, 2, 3); ANALYZE;");

	for (int at = 0;; at++) {
		struct schema *before = world_schema(w);
		retort_status rc;

		w->ops.n = 0;
		rename_to(w, "p", "b", "c");
		alter_column(w, "p", "a", "a NOT NULL");
		constraint(w, OP_ADD_CONSTRAINT, "p", rule);
		err_clear(&w->err);
		fuse = at;
		arena_malloc = fused_malloc;
		rc = change(w, before);
		arena_malloc = malloc;
		ask_is(w, "PRAGMA foreign_keys", "1");
		if (!rc) {
			cr_assert_gt(at, 3);
			break;
		}
		cr_assert_eq(rc, RETORT_E_NOMEM, "%d: %s", at,
			     w->err.pub.message);
	}
	world_close(w);
}

Test(engine_compile, each_failed_allocation_of_a_copy_is_reported)
{
	fail_each("UNIQUE (a)");
}

Test(engine_compile, each_failed_allocation_of_an_edit_is_reported)
{
	fail_each("CHECK (c <> 'x')");
}
