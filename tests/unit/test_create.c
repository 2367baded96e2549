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
