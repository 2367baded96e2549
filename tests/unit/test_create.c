/* The parser of CREATE statements, against SQLite's own reading of them. */
#include "create_oracle.h"

/* Executed, must be accepted; each is compared with the pragmas. */
static const char *const tables[] = {
	"CREATE TABLE t(a)",
	"CREATE TABLE t(a,b,c)",
	"create table if not exists main.t(a int)",
	"CREATE TEMP TABLE t2(a); CREATE TABLE t(a /* x */, -- y\n b)",
	"CREATE TABLE \"t\"\"x\"(\"a\"\"b\", `c``d`, [e\"f], 'g''h')",
	"CREATE TABLE [t]([] int, a text)",
	"CREATE TABLE t(\"\" text, a UNIQUE)",
	"CREATE TABLE 't'('a' 'b', 'c d' \"e f\")",
	"CREATE TABLE \"\"(a)",
	"CREATE TABLE t\xc3\xa9(\xc3\xa4 int, \xe6\x97\xa5 text)",
	"CREATE TABLE t(a$b int, _c text)",
	/* types */
	"CREATE TABLE t(a UNSIGNED BIG INT, b VARCHAR (255, 3), c DOUBLE"
	" PRECISION, d TIMESTAMP WITHOUT TIME ZONE, e NUMERIC( 8 ,2 ),"
	" f FLOAT(+5), g DEC(-1, -2), h X(1.5), i INT(0x10))",
	"CREATE TABLE t(a INTEGER_OR_TEXT, b \"VARCHAR(20)\", c [my type] x(3))",
	"CREATE TABLE t(a integer/* c */primary key, b DOUBLE /* X */ PRECISION)",
	"CREATE TABLE t(a \"my type\", b 'x' 'y', c \"x\" y, d [x], e"
	" \"VARCHAR(20)\"(3), f \"\", g \"a\"\"b\", h x \"y\", i \"a,b\", j \"a'b\","
	" k `z z`, l \"integer\", m \"INT\"\"x\" generated always as (1), n \"\""
	" generated always as (1), o ''(3), p \"int /* c */ x\", q [a\"b], r"
	" \"[x]\", s \"a b\" /**/, t 'generated always' as (1), u \"x\" 'y''z',"
	" v 'x y' [z], w \"x\" generated always as (2), x \"not null\")",
	"CREATE TABLE t(a varchar\n\t(10), b big\n int, c 'x' 'y')",
	"CREATE TABLE t(a generated always as (1), b int generated always as (2)"
	" stored, c GENERATED  ALWAYS AS (a), d as (1) virtual, e text as (2), z)",
	"CREATE TABLE t(a X generated always, b some long type always,"
	" c generated, d always, e int always, f generated always)",
	"CREATE TABLE t(a int not null generated always as (b), b)",
	"CREATE TABLE t(a int as (b) stored not null, b, c as (b) unique)",
	"CREATE TABLE t(a desc, b asc, c key, d action no, e if, f temp temp)",
	/* defaults */
	"CREATE TABLE t(a default 1, b default -1, c default +1, d default - 1,"
	" e default 'x', f default \"x\", g default x, h default null,"
	" i default current_timestamp, j default (1 + (2)), k default x'00',"
	" l default 1.5e3, m default true, n default 0x1F, o default -x'00',"
	" p default current_date, q default [x], r default `x`, s default .5)",
	"CREATE TABLE t(a default(1), b default ( 'a)b' || ')' ), c default"
	"(/* a ) */ 1 -- )\n ), d default + 'x', e default - null)",
	"CREATE TABLE t(a default indexed, b default key, c default desc)",
	"CREATE TABLE t(a default 1 default 2)",
	"CREATE TABLE t(a default -9223372036854775808 not null)",
	"CREATE TABLE t(a default (datetime('now','localtime')), b"
	" default (CASE WHEN 1 THEN (2) ELSE 3 END))",
	/* column constraints */
	"CREATE TABLE t(a NOT NULL, b NULL, c NOT NULL ON CONFLICT FAIL,"
	" d NULL ON CONFLICT IGNORE, e NULL NOT NULL, f NOT NULL NULL)",
	"CREATE TABLE t(a PRIMARY KEY, b UNIQUE, c UNIQUE ON CONFLICT REPLACE)",
	"CREATE TABLE t(a INTEGER PRIMARY KEY ASC ON CONFLICT ROLLBACK)",
	"CREATE TABLE t(a INTEGER PRIMARY KEY DESC)",
	"CREATE TABLE t(a INT PRIMARY KEY)",
	"CREATE TABLE t(a \"INTEGER\" PRIMARY KEY)",
	"CREATE TABLE t(a INTEGER(4) PRIMARY KEY)",
	"CREATE TABLE t(a INTEGER PRIMARY KEY ON CONFLICT ABORT AUTOINCREMENT)",
	"CREATE TABLE t(a INTEGER CONSTRAINT x PRIMARY KEY ASC AUTOINCREMENT)",
	"CREATE TABLE t(a COLLATE nocase UNIQUE, b UNIQUE COLLATE rtrim,"
	" c COLLATE \"NOCASE\" PRIMARY KEY, d COLLATE nocase COLLATE binary)",
	"CREATE TABLE t(a CONSTRAINT x NOT NULL CONSTRAINT y UNIQUE)",
	"CREATE TABLE t(a CONSTRAINT foo, b CONSTRAINT x CONSTRAINT y NOT NULL)",
	"CREATE TABLE t(a CONSTRAINT x DEFAULT 1 CONSTRAINT y COLLATE nocase"
	" CONSTRAINT z NULL CONSTRAINT [g] CHECK (a) CONSTRAINT 'k')",
	"CREATE TABLE t(a CHECK (a > 0) CHECK (a <> ')') CHECK ((a)))",
	"CREATE TABLE t(a REFERENCES p, b REFERENCES p(x), c REFERENCES p(x)"
	" ON DELETE CASCADE ON UPDATE SET NULL MATCH FULL, d REFERENCES \"q r\""
	" ON UPDATE NO ACTION ON DELETE RESTRICT ON INSERT CASCADE)",
	"CREATE TABLE t(a REFERENCES p DEFERRABLE, b REFERENCES p NOT DEFERRABLE"
	" INITIALLY DEFERRED, c REFERENCES p DEFERRABLE INITIALLY DEFERRED,"
	" d REFERENCES p DEFERRABLE INITIALLY IMMEDIATE NOT NULL)",
	"CREATE TABLE t(a REFERENCES p REFERENCES q(z) ON DELETE SET DEFAULT)",
	"CREATE TABLE t(a DEFERRABLE, b NOT DEFERRABLE UNIQUE)",
	"CREATE TABLE t(a REFERENCES p MATCH SIMPLE MATCH x ON DELETE CASCADE"
	" ON DELETE SET NULL)",
	"CREATE TABLE t(a INT REFERENCES t(b), b INT UNIQUE)",
	/* table constraints */
	"CREATE TABLE t(a, b, PRIMARY KEY(a, b))",
	"CREATE TABLE t(a, b, PRIMARY KEY(b DESC, a COLLATE nocase ASC))",
	"CREATE TABLE t(a INTEGER, PRIMARY KEY(a))",
	"CREATE TABLE t(a INTEGER, PRIMARY KEY(a DESC))",
	"CREATE TABLE t(a INTEGER, PRIMARY KEY(A AUTOINCREMENT))",
	"CREATE TABLE t(a INTEGER, b, PRIMARY KEY('a' ASC AUTOINCREMENT)"
	" ON CONFLICT IGNORE)",
	"CREATE TABLE t(a, b, UNIQUE(a), UNIQUE(b COLLATE rtrim DESC),"
	" UNIQUE(a, b) ON CONFLICT FAIL)",
	"CREATE TABLE t(a, b, UNIQUE(\"a\"), UNIQUE([b]), UNIQUE(`b`, 'a'))",
	"CREATE TABLE t(a, b, UNIQUE((a)), UNIQUE(((b)) COLLATE nocase DESC))",
	"CREATE TABLE t(a, b, UNIQUE(a COLLATE rtrim COLLATE nocase))",
	"CREATE TABLE t(a, UNIQUE(a) CHECK(a) CHECK (a > 1) ON CONFLICT FAIL)",
	"CREATE TABLE t(a, CONSTRAINT x UNIQUE(a) CONSTRAINT y CHECK(a),"
	" CONSTRAINT z FOREIGN KEY(a) REFERENCES p)",
	"CREATE TABLE t(a, CONSTRAINT x)",
	"CREATE TABLE t(a, CONSTRAINT x, CONSTRAINT y CONSTRAINT z UNIQUE (a))",
	"CREATE TABLE t(a, b, FOREIGN KEY(a, b) REFERENCES p)",
	"CREATE TABLE t(a, b, FOREIGN KEY(a, b) REFERENCES p(x, y) ON DELETE"
	" SET DEFAULT DEFERRABLE INITIALLY DEFERRED,"
	" FOREIGN KEY ('b') REFERENCES [q](\"z\") NOT DEFERRABLE CHECK(1))",
	"CREATE TABLE t(a INT, a2 PRIMARY KEY, UNIQUE(a2, a))",
	"CREATE TABLE t(a, \"desc\", UNIQUE(desc desc), UNIQUE(a, desc asc))",
	/* options */
	"CREATE TABLE t(a PRIMARY KEY) WITHOUT ROWID",
	"CREATE TABLE t(a INTEGER PRIMARY KEY) WITHOUT ROWID",
	"CREATE TABLE t(a INTEGER PRIMARY KEY DESC) WITHOUT ROWID",
	"CREATE TABLE t(a INTEGER, PRIMARY KEY(a DESC)) WITHOUT ROWID",
	"CREATE TABLE t(a, b, PRIMARY KEY(b DESC, a)) without rowid",
	"CREATE TABLE t(a INT) STRICT",
	"CREATE TABLE t(a INT PRIMARY KEY, b ANY, c blob) strict, WITHOUT rowid;",
	"CREATE TABLE t(a text primary key, b real) WITHOUT ROWID , STRICT ; ;",
	/* comments, space, case */
	"CREATE/**/TABLE/**/t/**/(/**/a/**/INT/**/NOT/**/NULL/**/,/**/b/**/ANY)"
	"/**/STRICT",
	"CREATE TABLE t(\n  a INT, -- b TEXT,\n  /* c REAL, */ d INT -- last\n"
	"  -- , PRIMARY KEY (a)\n  /* UNIQUE (a) */\n, CHECK (a /* ) */ > 0))",
	"CREATE TABLE t(a CHECK (a IN ('x', \"y\", [a], `a`, ')', '(')))",
	"-- leading\n/* more */ CREATE TABLE t(a) -- trailing",
	"CREATE TABLE t(a) /* not ended",
	"\xef\xbb\xbf" "CREATE TABLE t(a\xef\xbb\xbf, b)",
	"CREATE \v\f\r\n\tTABLE t(a \v)",
	"cReAtE tAbLe T(A iNt NoT nUlL pRiMaRy KeY, b rEfErEnCeS P(X))",
	"CREATE TABLE t(a INT PRIMARY KEY NOT NULL UNIQUE ON CONFLICT IGNORE"
	" DEFAULT 3 COLLATE nocase CHECK(a) REFERENCES x)",
	"CREATE TABLE t(rowid, oid, _rowid_)",
	"CREATE TABLE t(true, false, x CHECK (x = true))",
	"CREATE TABLE t(left, right, natural, cross, inner, outer, full, indexed)",
	"CREATE TABLE left(a)", "CREATE TABLE indexed(a)", "CREATE TABLE temp(a)",
	"CREATE TABLE main.replace(a)", "CREATE TABLE view(view view)",
	"CREATE TABLE t(a REFERENCES left(right), b REFERENCES indexed,"
	" c COLLATE nocase REFERENCES 'p'('x'))",
	"CREATE TABLE t(strict, without, rowid)",
};

static bool run(sqlite3 *db, const char *sql)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

static sqlite3 *memory(void)
{
	sqlite3 *db;

	cr_assert_eq(sqlite3_open(":memory:", &db), SQLITE_OK);
	return db;
}

/* Each text of a table that the database stores; how many. */
static int agree_on_stored(sqlite3 *db)
{
	sqlite3_stmt *st = query(db, "SELECT sql FROM sqlite_schema WHERE "
				 "type = 'table' AND name NOT LIKE 'sqlite\\_%' "
				 "ESCAPE '\\'", NULL);
	int n = 0;

	for (; sqlite3_step(st) == SQLITE_ROW; n++)
		agree_on_table(db, cell(st, 0));
	sqlite3_finalize(st);
	return n;
}

Test(create, tables_agree_with_the_pragmas)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
		sqlite3 *db = memory();

		cr_expect(run(db, tables[i]), "%s: %s", tables[i],
			  sqlite3_errmsg(db));
		if (agree_on_stored(db) == 1 && !strstr(tables[i], "TEMP"))
			agree_on_table(db, tables[i]);
		sqlite3_close(db);
	}
}

/* %1$s is a keyword. What SQLite refuses is passed over. */
static const char *const places[] = {
	"CREATE TABLE t(%1$s)", "CREATE TABLE t(a %1$s)",
	"CREATE TABLE t(a, %1$s int not null)", "CREATE TABLE %1$s(a)",
	"CREATE TABLE t(a %1$s(3) UNIQUE)", "CREATE TABLE t(a x %1$s NOT NULL)",
	"CREATE TABLE t(a, CONSTRAINT %1$s UNIQUE(a))",
	"CREATE TABLE t(a CONSTRAINT %1$s NOT NULL)",
	"CREATE TABLE t(a CONSTRAINT %1$s, b)",
	"CREATE TABLE t(a REFERENCES %1$s, b REFERENCES p(%1$s))",
	"CREATE TABLE t(a REFERENCES p MATCH %1$s NOT NULL)",
	"CREATE TABLE t(a DEFAULT %1$s)", "CREATE TABLE t(a DEFAULT -%1$s)",
	"CREATE TABLE t(a DEFAULT %1$s NOT NULL)",
	"CREATE TABLE t(a DEFAULT (%1$s))",
	"CREATE TABLE t(%1$s, UNIQUE(%1$s))",
	"CREATE TABLE t(%1$s, b, UNIQUE(b, %1$s DESC))",
	"CREATE TABLE t(%1$s INTEGER, PRIMARY KEY(%1$s ASC AUTOINCREMENT))",
	"CREATE TABLE t(%1$s, UNIQUE((%1$s)))",
	"CREATE TABLE t(%1$s, UNIQUE(%1$s COLLATE nocase))",
	"CREATE TABLE t(%1$s, FOREIGN KEY(%1$s) REFERENCES t(%1$s))",
	"CREATE TABLE t(%1$s %1$s %1$s)", "CREATE TABLE t(a int) %1$s",
	"CREATE TABLE t(a, b AS (%1$s))", "CREATE TABLE t(a AS (1) %1$s, b)",
	"CREATE TABLE t(a CHECK (%1$s))", "CREATE TABLE t(a) WITHOUT %1$s",
	"CREATE TABLE t(a int NOT NULL ON CONFLICT %1$s)",
	"CREATE TABLE t(a REFERENCES p ON DELETE %1$s ON UPDATE SET %1$s)",
	"CREATE TABLE t(a %1$s KEY)", "CREATE TABLE t(a, %1$s (a))",
};

Test(create, keywords_agree_with_the_pragmas)
{
	int n, accepted = 0;
	const char *word;
	char name[64], sql[512];

	for (int i = -1; i < sqlite3_keyword_count(); i++) {
		if (i >= 0)
			sqlite3_keyword_name(i, &word, &n);
		snprintf(name, sizeof(name), "%.*s", i < 0 ? 5 : n,
			 i < 0 ? "WORDS" : word);
		for (size_t k = 0; k < sizeof(places) / sizeof(*places); k++) {
			sqlite3 *db = memory();

			snprintf(sql, sizeof(sql), places[k], name);
			if (run(db, sql)) {
				agree_on_table(db, sql);
				accepted++;
			}
			sqlite3_close(db);
		}
	}
	cr_expect_gt(accepted, 1000);
}

#define ON_TABLE "CREATE TABLE t(a, b, c INT, d TEXT, \"e f\", desc, asc)"

/* Indexes of that table. */
static const char *const indexes[] = {
	"CREATE INDEX i ON t(a)", "CREATE UNIQUE INDEX i ON t(a, b, c)",
	"CREATE INDEX IF NOT EXISTS main.i ON t(a DESC, b ASC)",
	"CREATE INDEX \"i j\" ON [t](\"e f\" COLLATE nocase DESC, 'a', `b`)",
	"CREATE INDEX i ON t(a) WHERE a IS NOT NULL",
	"CREATE INDEX i ON t(a)WHERE(a>0)AND b='where' ; -- end",
	"CREATE INDEX i ON t(lower(d), c + 1, (c), ((d)), -c, c COLLATE rtrim)",
	"CREATE INDEX i ON t(lower(d) COLLATE nocase DESC, (c + 1) DESC)",
	"CREATE INDEX i ON t(d || b COLLATE nocase, d COLLATE nocase || b)",
	"CREATE INDEX i ON t((d || b) COLLATE nocase ASC)",
	"CREATE INDEX i ON t(d COLLATE nocase COLLATE rtrim)",
	"CREATE INDEX i ON t((d COLLATE nocase) DESC)",
	"CREATE INDEX i ON t(((d COLLATE nocase) COLLATE rtrim))",
	"CREATE INDEX i ON t((lower(d) COLLATE nocase) COLLATE rtrim DESC)",
	"CREATE INDEX i ON t((lower(d) COLLATE nocase), NOT(d) COLLATE nocase)",
	"CREATE INDEX i ON t(-c COLLATE nocase, d COLLATE nocase IS NULL)",
	"CREATE INDEX i ON t(desc, asc)",
	"CREATE INDEX i ON t(desc desc, asc asc)",
	"CREATE INDEX i ON t(desc asc, asc desc)",
	"CREATE INDEX i ON t(c + desc, c + asc desc, NOT desc)",
	"CREATE INDEX i ON t(CASE WHEN a THEN b ELSE c END DESC, c)",
	"CREATE INDEX i ON t(CASE a WHEN b THEN c END COLLATE nocase)",
	"CREATE INDEX i ON t(CAST(a AS TEXT) COLLATE nocase DESC, a ISNULL desc)",
	"CREATE INDEX i ON t(a IN (1, 2), b BETWEEN 1 AND 2, coalesce(a, ','))",
	"CREATE INDEX i ON t(a NOTNULL DESC, a IS NULL DESC, a NOT NULL DESC)",
	"CREATE INDEX i ON t(d LIKE 'x' DESC, d NOT LIKE desc DESC)",
	"CREATE INDEX i ON t(a /* DESC */, b /* , c */ -- x\n DESC)",
	"CREATE INDEX i ON t(1 DESC, 'x' || 1, x'00', 1.5, NULL)",
	"CREATE INDEX i ON t(substr(d, 1, 3) COLLATE \"nocase\",\n\tjson_extract(d, '$.a)'))",
	"CREATE INDEX i ON t(a -> '$.x' DESC, b ->> 'y')",
	"CREATE INDEX i ON t(~c, - -c, +c, (c) + (d) DESC)",
	"CREATE INDEX i ON t(\"nocase\", \"desc\" desc, true, \"x\" COLLATE rtrim)",
};

/* "name unique partial: parts" */
static char *index_line(const char *name, int unique, int partial, char *parts)
{
	char *out = malloc(4096);

	snprintf(out, 4096, "%s %d %d:%s", name, unique, partial, parts);
	free(parts);
	return out;
}

static void agree_on_index(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *st = query(db, "SELECT name, \"unique\", partial FROM "
				 "pragma_index_list('t')", NULL);
	struct arena mem = {0};
	struct err err = {0};
	struct create *c = NULL, *t = NULL;
	char *a, *b;

	cr_assert_eq(sqlite3_step(st), SQLITE_ROW);
	cr_assert_eq(create_parse(ON_TABLE, &mem, &t, &err), RETORT_OK);
	a = index_line(cell(st, 0), sqlite3_column_int(st, 1),
		       sqlite3_column_int(st, 2), pragma_parts(db, cell(st, 0)));
	sqlite3_finalize(st);
	cr_assert_eq(create_parse(sql, &mem, &c, &err), RETORT_OK, "%s: %s",
		     sql, err.pub.message);
	cr_assert_eq(c->kind, CREATE_INDEX);
	cr_expect_str_eq(c->on, "t");
	cr_assert(create_bind_index(&mem, t->table, c->index));
	b = index_line(c->index->name, c->index->unique,
		       c->index->where_sql != NULL,
		       parsed_parts(NULL, &c->index->parts));
	cr_expect_str_eq(b, a, "%s\nparsed: %s\nSQLite: %s", sql, b, a);
	free(a);
	free(b);
	err_clear(&err);
	arena_clear(&mem);
}

Test(create, indexes_agree_with_the_pragmas)
{
	for (size_t i = 0; i < sizeof(indexes) / sizeof(*indexes); i++) {
		sqlite3 *db = memory();

		cr_assert(run(db, ON_TABLE));
		cr_expect(run(db, indexes[i]), "%s: %s", indexes[i],
			  sqlite3_errmsg(db));
		agree_on_index(db, indexes[i]);
		sqlite3_close(db);
	}
}

static struct arena mem;
static struct err err;

static struct create *parse(const char *sql)
{
	struct create *c = NULL;

	cr_assert_eq(create_parse(sql, &mem, &c, &err), RETORT_OK, "%s: %s",
		     sql, err.pub.message);
	return c;
}

static void done(void)
{
	err_clear(&err);
	arena_clear(&mem);
}

Test(create, expressions_of_indexes_are_kept, .fini = done)
{
	struct index *i = parse("CREATE UNIQUE INDEX x ON t(lower( a )COLLATE z"
				" DESC, (a+b), c COLLATE \"q r\", a || b COLLATE"
				" z ASC) WHERE a > 0 /* x */ AND b -- y\n;")->index;

	cr_expect(i->unique);
	cr_expect_str_eq(i->where_sql, "a > 0 /* x */ AND b");
	cr_expect_str_eq(i->parts.v[0].expr, "lower( a )");
	cr_expect_str_eq(i->parts.v[0].collation, "z");
	cr_expect(i->parts.v[0].descending);
	cr_expect_str_eq(i->parts.v[1].expr, "(a+b)");
	cr_expect_str_eq(i->parts.v[2].column, "c");
	cr_expect_str_eq(i->parts.v[2].collation, "q r");
	cr_expect_null(i->parts.v[2].expr);
	cr_expect_str_eq(i->parts.v[3].expr, "a || b COLLATE z");
	cr_expect_null(i->parts.v[3].collation);
}

Test(create, constraints_keep_what_no_pragma_tells, .fini = done)
{
	struct table *t = parse(
		"CREATE TABLE t(a INT CONSTRAINT nn NOT NULL ON CONFLICT FAIL"
		" CONSTRAINT pk PRIMARY KEY ON CONFLICT REPLACE, b TEXT COLLATE"
		" nocase UNIQUE ON CONFLICT IGNORE CONSTRAINT \"c k\" CHECK( b >"
		" '' ), c REFERENCES p ON DELETE CASCADE MATCH full DEFERRABLE"
		" INITIALLY DEFERRED, d AS ( a+1 ) STORED, CHECK (a > 0) ON"
		" CONFLICT ABORT, CONSTRAINT fk FOREIGN KEY (a, b) REFERENCES q(x,"
		" y) NOT DEFERRABLE, CONSTRAINT u UNIQUE (c) ON CONFLICT ROLLBACK"
		")")->table;
	struct constraint **c = t->constraints.v;

	cr_assert_eq(t->columns.n, 4);
	cr_expect_str_eq(t->columns.v[0]->not_null_name, "nn");
	cr_expect_eq(t->columns.v[0]->not_null_conflict, RETORT_CONFLICT_FAIL);
	cr_expect_str_eq(t->columns.v[1]->collation, "nocase");
	cr_expect_str_eq(t->columns.v[3]->generated_sql, "a+1");
	cr_assert_eq(t->constraints.n, 7);
	cr_expect_str_eq(c[0]->name, "pk");
	cr_expect_eq(c[0]->conflict, RETORT_CONFLICT_REPLACE);
	cr_expect_null(c[1]->name);
	cr_expect_eq(c[1]->conflict, RETORT_CONFLICT_IGNORE);
	cr_expect_str_eq(c[2]->name, "c k");
	cr_expect_str_eq(c[2]->check_sql, "b > ''");
	cr_expect_str_eq(c[3]->match, "FULL");
	cr_expect(c[3]->deferrable && c[3]->initially_deferred);
	cr_expect_str_eq(c[4]->check_sql, "a > 0");
	cr_expect_eq(c[4]->conflict, RETORT_CONFLICT_ABORT);
	cr_expect(c[5]->explicit_not_deferrable && !c[5]->deferrable);
	cr_expect_str_eq(c[5]->ref_columns.v[1], "y");
	cr_expect_str_eq(c[6]->name, "u");
	cr_expect_eq(c[6]->conflict, RETORT_CONFLICT_ROLLBACK);
}

Test(create, a_name_is_that_of_the_next_constraint_only, .fini = done)
{
	struct table *t = parse("CREATE TABLE t(a CONSTRAINT x CHECK (1) CHECK"
				" (2) CONSTRAINT y, b CHECK (3), CONSTRAINT z,"
				" CHECK (4) CONSTRAINT w CHECK (5))")->table;
	static const char *const names[] = { "x", NULL, NULL, NULL, "w" };

	cr_assert_eq(t->constraints.n, 5);
	for (size_t i = 0; i < 5; i++)
		cr_expect(text_same(t->constraints.v[i]->name, names[i]), "%zu",
			  i);
}

Test(create, descending_rowid_is_kept_apart, .fini = done)
{
	cr_expect(parse("CREATE TABLE t(a INTEGER PRIMARY KEY DESC)")
		  ->table->constraints.v[0]->parts.v[0].descending);
	cr_expect_not(parse("CREATE TABLE t(a INTEGER, PRIMARY KEY(A DESC))")
		      ->table->constraints.v[0]->parts.v[0].descending);
	cr_expect(parse("CREATE TABLE t(a INT, PRIMARY KEY(a DESC))")
		  ->table->constraints.v[0]->parts.v[0].descending);
	cr_expect(parse("CREATE TABLE t(a INTEGER, PRIMARY KEY(a DESC)) WITHOUT"
			" ROWID")->table->constraints.v[0]->parts.v[0].descending);
}

Test(create, defaults_are_kept_as_written, .fini = done)
{
	struct table *t = parse("CREATE TABLE t(a DEFAULT  - 1, b DEFAULT ( 1 ),"
				"c DEFAULT foo,d DEFAULT\"x\",e DEFAULT +.5)")
			  ->table;
	static const char *const texts[] = { "- 1", "( 1 )", "foo", "\"x\"", "+.5" };

	for (size_t i = 0; i < 5; i++)
		cr_expect_str_eq(t->columns.v[i]->default_sql, texts[i]);
}

Test(create, deferrable_alone_is_about_the_last_foreign_key, .fini = done)
{
	struct table *t = parse("CREATE TABLE t(a REFERENCES p, b REFERENCES q,"
				" c DEFERRABLE INITIALLY DEFERRED)")->table;

	cr_expect_not(t->constraints.v[0]->deferrable);
	cr_expect(t->constraints.v[1]->initially_deferred);
}

static const struct {
	const char *sql, *on, *text;
} triggers[] = {
	{ "CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT 1; END;", "t",
	  "CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT 1; END" },
	{ "create temp trigger if not exists main.\"x y\" instead of update of"
	  " a, \"b\", on_ on main.[v w] for each row when new.a > 'end;' begin"
	  " select case when 1 then 2 end; delete from z; end -- x\n", "v w",
	  "create temp trigger if not exists main.\"x y\" instead of update of"
	  " a, \"b\", on_ on main.[v w] for each row when new.a > 'end;' begin"
	  " select case when 1 then 2 end; delete from z; end" },
	{ "CREATE TRIGGER before BEFORE DELETE ON begin BEGIN SELECT 1; END",
	  "begin",
	  "CREATE TRIGGER before BEFORE DELETE ON begin BEGIN SELECT 1; END" },
	{ "CREATE TRIGGER x DELETE ON 't' BEGIN UPDATE end SET a=1; END ;; ",
	  "t", "CREATE TRIGGER x DELETE ON 't' BEGIN UPDATE end SET a=1; END" },
};

Test(create, triggers, .fini = done)
{
	for (size_t i = 0; i < sizeof(triggers) / sizeof(*triggers); i++) {
		struct create *c = parse(triggers[i].sql);

		cr_assert_eq(c->kind, CREATE_TRIGGER);
		cr_expect_str_eq(c->on, triggers[i].on);
		cr_expect_eq(c->object->kind, OBJECT_TRIGGER);
		cr_expect_str_eq(c->object->table, triggers[i].on);
		cr_expect_str_eq(c->object->create_sql, triggers[i].text);
	}
}

Test(create, views, .fini = done)
{
	struct create *c = parse(" /* x */ CREATE TEMPORARY VIEW IF NOT EXISTS"
				 " temp.[v](a, \"b)\") AS SELECT 1, ';' ; -- y");

	cr_assert_eq(c->kind, CREATE_VIEW);
	cr_expect(c->temporary && c->if_not_exists);
	cr_expect_str_eq(c->schema, "temp");
	cr_expect_str_eq(c->object->name, "v");
	cr_expect_str_eq(c->object->create_sql, "CREATE TEMPORARY VIEW IF NOT"
			 " EXISTS temp.[v](a, \"b)\") AS SELECT 1, ';'");
}

Test(create, other_tables, .fini = done)
{
	struct create *c = parse("CREATE VIRTUAL TABLE IF NOT EXISTS x.\"f g\""
				 " USING fts5(a, b, content='', =, (x));");

	cr_assert_eq(c->kind, CREATE_VIRTUAL_TABLE);
	cr_expect_str_eq(c->name, "f g");
	cr_expect_str_eq(c->module, "fts5");
	c = parse("CREATE VIRTUAL TABLE f USING \"m n\"");
	cr_expect_str_eq(c->module, "m n");
	c = parse("CREATE TABLE t AS SELECT a, b FROM c;");
	cr_assert_eq(c->kind, CREATE_TABLE);
	cr_expect_str_eq(c->as_select, "SELECT a, b FROM c");
}

static const struct {
	const char *sql, *message;
	int line;
} broken[] = {
	{ "", "it ends too early, in line 1", 1 },
	{ "SELECT 1", "unexpected SELECT in line 1", 1 },
	{ "CREATE TABLE t(\n  a INT,\n  b CHECK a\n)", "unexpected a in line 3", 3 },
	{ "CREATE TABLE t(a", "it ends too early, in line 1", 1 },
	{ "CREATE TABLE t()", "unexpected ) in line 1", 1 },
	{ "CREATE TABLE t(a,)", "unexpected ) in line 1", 1 },
	{ "CREATE TABLE t(a, UNIQUE(a), b)", "unexpected b in line 1", 1 },
	{ "CREATE TABLE t(a CHECK (1;2))", "unexpected ; in line 1", 1 },
	{ "CREATE TABLE t(a CHECK ((1))", "it ends too early, in line 1", 1 },
	{ "CREATE TABLE t(a 'x)", "unexpected 'x) in line 1", 1 },
	{ "CREATE TABLE t(a) WITH\nROWID", "unexpected WITH in line 1", 1 },
	{ "CREATE TABLE t(a); SELECT 1", "unexpected SELECT in line 1", 1 },
	{ "CREATE TABLE t(a DEFAULT select)", "unexpected select in line 1", 1 },
	{ "CREATE INDEX i ON t()", "unexpected ) in line 1", 1 },
	{ "CREATE INDEX i ON t(a,)", "unexpected ) in line 1", 1 },
	{ "CREATE VIEW v AS", "it ends too early, in line 1", 1 },
	{ "CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT 1;",
	  "it ends too early, in line 1", 1 },
	{ "CREATE TABLE t(a int ON CONFLICT FAIL)", "unexpected ON in line 1", 1 },
};

Test(create, what_is_wrong_is_said_with_its_line, .fini = done)
{
	for (size_t i = 0; i < sizeof(broken) / sizeof(*broken); i++) {
		struct create *c = NULL;

		cr_expect_eq(create_parse(broken[i].sql, &mem, &c, &err),
			     RETORT_E_FAIL, "%s", broken[i].sql);
		cr_assert_not_null(err.pub.message, "%s", broken[i].sql);
		cr_expect(strstr(err.pub.message, broken[i].message), "%s: %s",
			  broken[i].sql, err.pub.message);
		cr_expect_eq(err.pub.line, broken[i].line, "%s", broken[i].sql);
		cr_expect_null(c);
	}
}

static const struct {
	const char *text;
	enum retort_type_kind kind;
	int length, scale;
} kinds[] = {
	{ "INTEGER", RETORT_TYPE_INTEGER, -1, -1 },
	{ "integer", RETORT_TYPE_INTEGER, -1, -1 },
	{ "INT", RETORT_TYPE_VERBATIM, -1, -1 },
	{ "INTEGER(4)", RETORT_TYPE_VERBATIM, -1, -1 },
	{ "VARCHAR(80)", RETORT_TYPE_VARCHAR, 80, -1 },
	{ "VARCHAR (80)", RETORT_TYPE_VARCHAR, 80, -1 },
	{ "VARCHAR", RETORT_TYPE_VERBATIM, -1, -1 },
	{ "VARCHAR(0)", RETORT_TYPE_VERBATIM, -1, -1 },
	{ "VARCHAR(080)", RETORT_TYPE_VERBATIM, -1, -1 },
	{ "VARCHAR(80) X", RETORT_TYPE_VERBATIM, -1, -1 },
	{ "VARCHAR(-80)", RETORT_TYPE_VERBATIM, -1, -1 },
	{ "VARCHAR(99999999999)", RETORT_TYPE_VERBATIM, -1, -1 },
	{ "NUMERIC(8,2)", RETORT_TYPE_NUMERIC, 8, 2 },
	{ "NUMERIC(8, 0)", RETORT_TYPE_NUMERIC, 8, 0 },
	{ "NUMERIC(8)", RETORT_TYPE_VERBATIM, -1, -1 },
	{ "NUMERIC(8,2,1)", RETORT_TYPE_VERBATIM, -1, -1 },
	{ "NUMERIC", RETORT_TYPE_VERBATIM, -1, -1 },
	{ "DOUBLE", RETORT_TYPE_DOUBLE, -1, -1 },
	{ "DOUBLE PRECISION", RETORT_TYPE_VERBATIM, -1, -1 },
	{ "TIMESTAMP", RETORT_TYPE_TIMESTAMP, -1, -1 },
	{ "TIMESTAMP WITHOUT TIME ZONE", RETORT_TYPE_VERBATIM, -1, -1 },
	{ "CHAR(36)", RETORT_TYPE_CHAR, 36, -1 },
	{ "", RETORT_TYPE_VERBATIM, -1, -1 },
	{ "(", RETORT_TYPE_VERBATIM, -1, -1 },
	{ "'INTEGER'", RETORT_TYPE_VERBATIM, -1, -1 },
};

Test(create, kinds_of_types)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct type t = { .text = kinds[i].text };

		create_type_kind(&t);
		cr_expect_eq(t.kind, kinds[i].kind, "%s", t.text);
		cr_expect_eq(t.length, kinds[i].length, "%s", t.text);
		cr_expect_eq(t.scale, kinds[i].scale, "%s", t.text);
	}
}

Test(create, words_of_a_type_are_joined, .fini = done)
{
	static const char *const types[][2] = {
		{ "VARCHAR (255,3)", "VARCHAR(255, 3)" },
		{ "UNSIGNED \n BIG\tINT", "UNSIGNED BIG INT" },
		{ "DEC( -1 , + 2 )", "DEC(-1, +2)" },
		{ "DOUBLE /* X */ PRECISION", "DOUBLE /* X */ PRECISION" },
		{ "\"INTEGER\"", "INTEGER" }, { "[a b]", "a b" },
		{ "'a,b'", "'a,b'" }, { "`NOT NULL`", "`NOT NULL`" }, { "", "" },
		{ "\"\"", "" }, { "\"x generated always\"",
				  "\"x generated always\"" },
		{ "INT GENERATED ALWAYS AS (1)", "INT" },
		{ "some long type always generated always as (1)",
		  "\"some long type always\"" },
	};
	char sql[256];

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		snprintf(sql, sizeof(sql), "CREATE TABLE t(a %s)", types[i][0]);
		cr_expect_str_eq(parse(sql)->table->columns.v[0]->type.text,
				 types[i][1]);
	}
}
