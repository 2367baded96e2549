/* Reflection tells what SQLite's pragmas tell, and what they do not. */
#include <criterion/criterion.h>
#include <string.h>
#include <strings.h>

#include "dialect/filter.h"
#include "dialect/sqlite/sqlite.h"
#include "sql/token.h"

static struct arena mem;
static struct conn *c;

static void enter(void)
{
	SCRATCH_ERR(err);

	cr_assert(!conn_open("sqlite://", NULL, &c, &err));
}

static void leave(void)
{
	conn_close(c);
	arena_clear(&mem);
}

TestSuite(reflect, .init = enter, .fini = leave);

static void exec(const char *sql)
{
	SCRATCH_ERR(err);

	cr_assert(!conn_exec(c, sql, &err), "%s: %s", sql, err.pub.message);
}

static struct schema *read_with(const struct reflect_options *o)
{
	SCRATCH_ERR(err);
	struct schema *s = NULL;

	cr_assert(!sqlite_reflect(c, o, &mem, &s, &err), "%s",
		  err.pub.message);
	return s;
}

static struct schema *read_schema(void)
{
	return read_with(NULL);
}

/* Lines of facts, one a row of a query or one a thing of the schema. */
static int add_line(void *payload, int n, const char *const cell[])
{
	struct buf *b = payload;

	for (int i = 0; i < n; i++)
		buf_addf(b, "%s%s", i ? "|" : "", cell[i] ? cell[i] : "-");
	buf_addc(b, '\n');
	return 0;
}

static char *facts(const char *sql)
{
	SCRATCH_ERR(err);
	struct buf b = { .mem = &mem };

	cr_assert(!c->ops->run(c, sql, 0, NULL, add_line, &b, &err), "%s: %s",
		  sql, err.pub.message);
	return buf_text(&b);
}

/* name|type|not null|default|kind of generated */
static const char *columns_query =
	"SELECT m.name, x.name, x.type, x.\"notnull\", x.dflt_value, x.hidden "
	"FROM sqlite_schema m, pragma_table_xinfo(m.name) x "
	"WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' "
	"ORDER BY m.rowid, x.cid";

static bool in_without_rowid_key(const struct schema *s,
				 const struct table *t,
				 const struct column *col)
{
	const struct constraint *pk = table_primary_key(t);

	for (size_t i = 0; t->without_rowid && pk && i < pk->parts.n; i++)
		if (name_same(s, pk->parts.v[i].column, col->name))
			return true;
	return false;
}

static char *our_columns(const struct schema *s)
{
	struct buf b = { .mem = &mem };

	for (size_t i = 0; i < s->tables.n; i++) {
		const struct table *t = s->tables.v[i];

		for (size_t k = 0; k < t->columns.n; k++) {
			const struct column *x = t->columns.v[k];
			char *def = x->default_sql
				? sql_strip(&mem, x->default_sql) : NULL;

			buf_addf(&b, "%s|%s|%s|%d|%s|%d\n", t->name, x->name,
				 x->type.text,
				 x->not_null || in_without_rowid_key(s, t, x),
				 def ? def : "-",
				 x->generated == GENERATED_VIRTUAL ? 2
				 : x->generated == GENERATED_STORED ? 3 : 0);
		}
	}
	return buf_text(&b);
}

/* table|column|place in the key, of tables with a key */
static const char *keys_query =
	"SELECT m.name, x.name, x.pk FROM sqlite_schema m, "
	"pragma_table_xinfo(m.name) x WHERE m.type = 'table' AND x.pk > 0 "
	"AND m.name NOT LIKE 'sqlite_%' ORDER BY m.rowid, x.pk";

static char *our_keys(const struct schema *s)
{
	struct buf b = { .mem = &mem };

	for (size_t i = 0; i < s->tables.n; i++) {
		const struct table *t = s->tables.v[i];
		const struct constraint *pk = table_primary_key(t);

		for (size_t k = 0; pk && k < pk->parts.n; k++)
			buf_addf(&b, "%s|%s|%zu\n", t->name,
				 table_column(s, t, pk->parts.v[k].column)
				 ->name, k + 1);
	}
	return buf_text(&b);
}

/* Indexes made by CREATE INDEX: table|name|unique|partial|columns */
static const char *indexes_query =
	"SELECT m.name, i.name, i.\"unique\", i.partial, group_concat("
	"coalesce(x.name, '(expr)') || ' ' || x.coll || ' ' || x.\"desc\") "
	"FROM sqlite_schema m, pragma_index_list(m.name) i, "
	"pragma_index_xinfo(i.name) x "
	"WHERE m.type = 'table' AND i.origin = 'c' AND x.key "
	"GROUP BY m.rowid, i.name ORDER BY m.rowid, i.name";

static const char *part_collation(const struct schema *s,
				  const struct table *t,
				  const struct part *p)
{
	const struct column *x = p->column ? table_column(s, t, p->column)
					   : NULL;

	if (p->collation)
		return p->collation;
	return x && x->collation ? x->collation : "BINARY";
}

static int by_name(const void *a, const void *b)
{
	const struct index *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

static char *our_indexes(const struct schema *s)
{
	struct buf b = { .mem = &mem };

	for (size_t i = 0; i < s->tables.n; i++) {
		const struct table *t = s->tables.v[i];

		if (t->indexes.n)
			qsort(t->indexes.v, t->indexes.n,
			      sizeof(*t->indexes.v), by_name);
		for (size_t k = 0; k < t->indexes.n; k++) {
			const struct index *x = t->indexes.v[k];

			buf_addf(&b, "%s|%s|%d|%d|", t->name, x->name,
				 x->unique, x->where_sql != NULL);
			for (size_t p = 0; p < x->parts.n; p++)
				buf_addf(&b, "%s%s %s %d", p ? "," : "",
					 x->parts.v[p].column
					 ? table_column(s, t, x->parts.v[p]
							.column)->name
					 : "(expr)",
					 part_collation(s, t, &x->parts.v[p]),
					 x->parts.v[p].descending);
			buf_addc(&b, '\n');
		}
	}
	return buf_text(&b);
}

/* The pragma lists the last key of a table first. */
static const char *foreign_keys_query =
	"SELECT m.name, f.\"from\", f.\"table\", f.\"to\", f.on_update, "
	"f.on_delete FROM sqlite_schema m, pragma_foreign_key_list(m.name) f "
	"WHERE m.type = 'table' ORDER BY m.rowid, f.id DESC, f.seq";

static char *our_foreign_keys(const struct schema *s)
{
	static const char *const action[] = {
		"NO ACTION", "RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT"
	};
	struct buf b = { .mem = &mem };

	for (size_t i = 0; i < s->tables.n; i++)
		for (size_t k = 0; k < s->tables.v[i]->constraints.n; k++) {
			const struct table *t = s->tables.v[i];
			const struct constraint *f = t->constraints.v[k];

			if (f->kind != CONSTRAINT_FOREIGN_KEY)
				continue;
			for (size_t p = 0; p < f->parts.n; p++)
				buf_addf(&b, "%s|%s|%s|%s|%s|%s\n", t->name,
					 table_column(s, t, f->parts.v[p]
						      .column)->name,
					 f->ref_table, f->ref_columns.n
					 ? f->ref_columns.v[p] : "-",
					 action[f->on_update],
					 action[f->on_delete]);
		}
	return buf_text(&b);
}

static const char *tables_query =
	"SELECT l.name, l.wr, l.strict FROM sqlite_schema m "
	"JOIN pragma_table_list l ON l.name = m.name AND l.schema = 'main' "
	"WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' "
	"ORDER BY m.rowid";

static char *our_tables(const struct schema *s)
{
	struct buf b = { .mem = &mem };

	for (size_t i = 0; i < s->tables.n; i++)
		buf_addf(&b, "%s|%d|%d\n", s->tables.v[i]->name,
			 s->tables.v[i]->without_rowid,
			 s->tables.v[i]->strict);
	return buf_text(&b);
}

static struct schema *check_facts(const char *sql)
{
	struct schema *s;

	exec(sql);
	s = read_schema();
	cr_expect_str_eq(our_tables(s), facts(tables_query));
	cr_expect_str_eq(our_columns(s), facts(columns_query));
	cr_expect_str_eq(our_keys(s), facts(keys_query));
	cr_expect_str_eq(our_indexes(s), facts(indexes_query));
	cr_expect_str_eq(our_foreign_keys(s), facts(foreign_keys_query));
	return s;
}

Test(reflect, types_and_defaults)
{
	check_facts("CREATE TABLE t(a, b INTEGER, c VARCHAR(80) NOT NULL "
		    "DEFAULT 'x', d NUMERIC(8, 2) DEFAULT -1.5, e DOUBLE "
		    "PRECISION DEFAULT (1 + 1), f TIMESTAMP DEFAULT "
		    "CURRENT_TIMESTAMP, g BOOLEAN NOT NULL DEFAULT FALSE, "
		    "h INTEGER_OR_TEXT DEFAULT \"\", i BLOB DEFAULT x'00', "
		    "j CHAR(2) DEFAULT NULL)");
}

Test(reflect, primary_keys)
{
	check_facts("CREATE TABLE a(id INTEGER PRIMARY KEY AUTOINCREMENT);"
		    "CREATE TABLE b(x, y, z, PRIMARY KEY (z, x));"
		    "CREATE TABLE d(x TEXT PRIMARY KEY NOT NULL) "
		    "WITHOUT ROWID;"
		    "CREATE TABLE e(x TEXT, y INT, PRIMARY KEY(y DESC, x)) "
		    "STRICT, WITHOUT ROWID;"
		    "CREATE TABLE f(x)");
	cr_expect(read_schema()->tables.v[0]->columns.v[0]->autoincrement);
}

Test(reflect, indexes)
{
	check_facts("CREATE TABLE t(a COLLATE NOCASE, b, \"c d\");"
		    "CREATE INDEX i1 ON t(a);"
		    "CREATE UNIQUE INDEX i2 ON t(a COLLATE BINARY, b DESC);"
		    "CREATE INDEX i3 ON t(lower(b), \"c d\") "
		    "WHERE b IS NOT NULL AND a > 'x';"
		    "CREATE INDEX [odd name] ON t([c d])");
}

Test(reflect, foreign_keys)
{
	struct schema *s = check_facts(
		"CREATE TABLE p(a, b, PRIMARY KEY (a, b));"
		"CREATE TABLE q(x REFERENCES p, y REFERENCES r(id) ON DELETE "
		"CASCADE ON UPDATE SET NULL, z, CONSTRAINT fk FOREIGN KEY "
		"(x, z) REFERENCES p(a, b) MATCH FULL ON DELETE SET DEFAULT "
		"DEFERRABLE INITIALLY DEFERRED, FOREIGN KEY (z) REFERENCES "
		"missing (n) ON DELETE RESTRICT)");
	const struct constraint *k = table_constraint(
		s, s->tables.v[1], "fk");

	cr_assert(k != NULL);
	cr_expect(k->deferrable && k->initially_deferred);
	cr_expect_str_eq(k->match, "FULL");
}

Test(reflect, generated_columns)
{
	struct schema *s = check_facts(
		"CREATE TABLE t(a INT, b INT GENERATED ALWAYS AS (a * 2) "
		"STORED, c AS (a || 'x'), d TEXT AS (a) VIRTUAL NOT NULL)");

	cr_expect_str_eq(s->tables.v[0]->columns.v[1]->generated_sql,
			 "a * 2");
}

Test(reflect, what_no_pragma_tells)
{
	struct schema *s = check_facts(
		"CREATE TABLE t(a TEXT CONSTRAINT nn NOT NULL ON CONFLICT "
		"IGNORE COLLATE NOCASE, b INT CONSTRAINT ck CHECK (b > 0), "
		"CHECK (a <> ''), CHECK (a <> ''), CONSTRAINT uq UNIQUE "
		"(a, b) ON CONFLICT REPLACE)");
	const struct table *t = s->tables.v[0];

	cr_expect_str_eq(t->columns.v[0]->collation, "NOCASE");
	cr_expect_str_eq(t->columns.v[0]->not_null_name, "nn");
	cr_expect(t->columns.v[0]->not_null_conflict ==
		  RETORT_CONFLICT_IGNORE);
	cr_expect_str_eq(table_constraint(s, t, "ck")->check_sql, "b > 0");
	cr_expect(table_constraint(s, t, "uq")->conflict ==
		  RETORT_CONFLICT_REPLACE);
	cr_expect(t->constraints.n == 4);
}

Test(reflect, after_alter_table)
{
	check_facts("CREATE TABLE p(id INTEGER PRIMARY KEY);"
		    "CREATE TABLE t(a, b REFERENCES p);"
		    "CREATE INDEX i ON t(a);"
		    "ALTER TABLE t ADD COLUMN c TEXT NOT NULL DEFAULT 'x';"
		    "ALTER TABLE t RENAME COLUMN a TO \"group\";"
		    "ALTER TABLE p RENAME TO \"order\";"
		    "ALTER TABLE t RENAME TO T2;"
		    "CREATE TABLE copy AS SELECT * FROM T2");
}

Test(reflect, odd_names)
{
	check_facts("CREATE TABLE \"a \"\"b\"\" c\"(\"x.y\", `z``z`, [w w],"
		    " 'str' INT);"
		    "CREATE TABLE \"SELECT\"(\"FROM\" INTEGER PRIMARY KEY);"
		    "CREATE TABLE été(ключ TEXT, \"\" INT)");
}

Test(reflect, views_and_triggers_in_order)
{
	struct schema *s;

	exec("CREATE TABLE t(a);"
	     "CREATE VIEW v AS SELECT a FROM t;"
	     "CREATE TRIGGER g INSTEAD OF INSERT ON v BEGIN "
	     "INSERT INTO t VALUES (new.a); END;"
	     "CREATE TRIGGER h AFTER INSERT ON t WHEN new.a > 1 BEGIN "
	     "SELECT 1; SELECT 2; END;");
	s = read_schema();
	cr_assert(s->objects.n == 3);
	cr_expect_str_eq(s->objects.v[0]->name, "v");
	cr_expect(s->objects.v[0]->kind == OBJECT_VIEW);
	cr_expect_str_eq(s->objects.v[1]->table, "v");
	cr_expect_str_eq(s->objects.v[2]->table, "t");
	cr_expect_str_eq(s->objects.v[2]->create_sql,
			 "CREATE TRIGGER h AFTER INSERT ON t WHEN new.a > 1 "
			 "BEGIN SELECT 1; SELECT 2; END");
}

static bool noted(const struct schema *s, const char *text)
{
	for (size_t i = 0; i < s->notes.n; i++)
		if (strstr(s->notes.v[i], text))
			return true;
	return false;
}

Test(reflect, virtual_and_shadow_tables_are_left_out)
{
	struct schema *s;

	exec("CREATE TABLE docs(id INTEGER PRIMARY KEY AUTOINCREMENT, t);"
	     "CREATE VIRTUAL TABLE idx USING fts5(t, content=docs);"
	     "CREATE TABLE idx_archive(a);"
	     "ANALYZE");
	s = read_schema();
	cr_assert(s->tables.n == 2);
	cr_expect_str_eq(s->tables.v[0]->name, "docs");
	cr_expect_str_eq(s->tables.v[1]->name, "idx_archive");
	cr_expect(noted(s, "virtual table \"idx\" (fts5)"));
	cr_expect(noted(s, "\"idx_data\""));
	cr_expect(!noted(s, "sqlite_"));
}

Test(reflect, shadow_tables_of_a_module_that_is_not_there)
{
	struct schema *s;

	exec("CREATE TABLE x_data(a); CREATE TABLE xy(a);"
	     "PRAGMA writable_schema = on;"
	     "INSERT INTO sqlite_schema VALUES ('table', 'x', 'x', 0, "
	     "'CREATE VIRTUAL TABLE x USING no_such_module(a)')");
	s = read_schema();
	cr_assert(s->tables.n == 1);
	cr_expect_str_eq(s->tables.v[0]->name, "xy");
}

Test(reflect, our_own_and_excluded_tables)
{
	const char *exclude[] = { "tmp_*", "T2" };
	struct reflect_options o = { .version_table = "db_version",
		.exclude = { exclude, 2, 2 } };
	struct schema *s;

	exec("CREATE TABLE db_version(v); CREATE TABLE DB_VERSION_LOG(v);"
	     "CREATE TABLE db_version_more(v); CREATE TABLE tmp_x(a);"
	     "CREATE INDEX tmp_i ON tmp_x(a); CREATE TABLE t2(a);"
	     "CREATE TRIGGER g AFTER INSERT ON t2 BEGIN SELECT 1; END;"
	     "CREATE VIEW tmp_v AS SELECT 1; CREATE TABLE t3(a)");
	s = read_with(&o);
	cr_assert(s->tables.n == 2);
	cr_expect_str_eq(s->tables.v[0]->name, "db_version_more");
	cr_expect_str_eq(s->tables.v[1]->name, "t3");
	cr_expect(s->objects.n == 0);
	cr_expect(noted(s, "\"db_version\" is left out: it holds"));
	cr_expect(noted(s, "view \"tmp_v\" is left out: excluded"));
}

Test(reflect, only_included_tables)
{
	const char *include[] = { "a*" };
	struct reflect_options o = { .include = { include, 1, 1 } };

	exec("CREATE TABLE ab(x); CREATE TABLE b(x)");
	cr_expect(read_with(&o)->tables.n == 1);
}

Test(reflect, an_entry_that_cannot_be_read_is_named)
{
	SCRATCH_ERR(err);
	struct schema *s = NULL;

	exec("PRAGMA writable_schema = on; CREATE TABLE good(a);"
	     "INSERT INTO sqlite_schema VALUES ('table', 'bad', 'bad', 0, "
	     "'CREATE TABLE bad(a CHECK')");
	cr_expect(sqlite_reflect(c, NULL, &mem, &s, &err) < 0);
	cr_expect(strstr(err.pub.message, "\"bad\"") != NULL, "%s",
		  err.pub.message);
	cr_expect(err.pub.hint != NULL);
	cr_expect(s == NULL);
}

Test(reflect, an_index_without_its_table_is_an_error)
{
	SCRATCH_ERR(err);
	struct schema *s = NULL;

	exec("PRAGMA writable_schema = on;"
	     "INSERT INTO sqlite_schema VALUES ('index', 'i', 'gone', 0, "
	     "'CREATE INDEX i ON gone(a)')");
	cr_expect(sqlite_reflect(c, NULL, &mem, &s, &err) ==
		  RETORT_E_DATABASE);
	cr_expect(strstr(err.pub.message, "\"gone\"") != NULL);
}

static int count_statements(unsigned trace, void *n, void *stmt, void *x)
{
	(void)trace, (void)stmt, (void)x;
	++*(int *)n;
	return 0;
}

Test(reflect, number_of_queries_is_fixed)
{
	sqlite3 *db = ((struct sqlite_conn *)c)->db;
	int few = 0, many = 0;

	exec("CREATE TABLE t(a); CREATE VIRTUAL TABLE v USING fts5(a)");
	sqlite3_trace_v2(db, SQLITE_TRACE_PROFILE, count_statements, &few);
	read_schema();
	sqlite3_trace_v2(db, 0, NULL, NULL);
	for (int i = 0; i < 50; i++)
		exec(arena_printf(&mem, "CREATE TABLE t%d(a); CREATE INDEX "
				  "i%d ON t%d(a); CREATE VIEW v%d AS SELECT "
				  "1", i, i, i, i));
	exec("PRAGMA table_list");	/* it reads each view once */
	sqlite3_trace_v2(db, SQLITE_TRACE_PROFILE, count_statements, &many);
	cr_expect(read_schema()->tables.n == 51);
	cr_expect(few == many, "%d, then %d", few, many);
}

Test(reflect, filter_keeps_what_is_excluded)
{
	const char *exclude[] = { "t.secret", "old_*", "t.i2" };
	struct reflect_options o = { .exclude = { exclude, 3, 3 } };
	struct schema *live, *wanted;
	SCRATCH_ERR(err);

	exec("CREATE TABLE t(a, secret, b, UNIQUE (secret));"
	     "CREATE INDEX i1 ON t(secret); CREATE INDEX i2 ON t(a);"
	     "CREATE TRIGGER old_g AFTER INSERT ON t BEGIN SELECT 1; END;");
	live = read_with(&o);
	cr_expect(live->tables.v[0]->columns.n == 3);
	exec("DROP TABLE t; CREATE TABLE t(a, b); CREATE TABLE old_t(a)");
	wanted = read_schema();
	cr_assert(!filter_wanted(&o, live, wanted, &err));
	cr_assert(wanted->tables.n == 1);
	cr_expect_str_eq(schema_dump(&mem, wanted), schema_dump(&mem, live));
}
