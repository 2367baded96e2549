/*
 * Each kind of thing where there is no other of its kind: queries for what is
 * not there are not sent, and none must be missed for that.
 */
#include "pg_world.h"

#include "base/buf.h"

static const struct {
	const char *sql;
	const char *found;	/* in what is read */
} alone[] = {
	/* objects */
	{ "CREATE TYPE mood AS ENUM ('sad')", "mood" },
	{ "CREATE DOMAIN age AS integer", "age" },
	{ "CREATE TYPE pair AS (a integer)", "pair" },
	{ "CREATE TYPE span AS RANGE (SUBTYPE = time)", "span" },
	{ "CREATE SEQUENCE counter", "counter" },
	{ "CREATE FUNCTION twice(integer) RETURNS integer LANGUAGE sql AS "
	  "'SELECT 2 * $1'", "twice" },
	{ "CREATE PROCEDURE work() LANGUAGE sql AS ''", "work" },
	{ "CREATE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer)",
	  "total" },
	{ "CREATE OPERATOR === (FUNCTION = int4eq, LEFTARG = integer, "
	  "RIGHTARG = integer)", "===" },
	{ "CREATE COLLATION german (LOCALE = 'C')", "german" },
	{ "CREATE VIEW seen AS SELECT 1 AS one", "seen" },
	{ "CREATE MATERIALIZED VIEW stored AS SELECT 1 AS one", "stored" },
	{ "CREATE TRIGGER same BEFORE UPDATE ON t FOR EACH ROW EXECUTE "
	  "FUNCTION suppress_redundant_updates_trigger()", "same" },
	{ "CREATE RULE never AS ON DELETE TO t DO NOTHING", "never" },
	{ "CREATE POLICY mine ON t", "mine" },
	{ "CREATE STATISTICS two ON id, name FROM t", "two" },
	{ "CREATE SCHEMA more", "more" },
	{ "CREATE SCHEMA else_where; CREATE EXTENSION citext SCHEMA "
	  "else_where", "citext" },

	/* facets */
	{ "ALTER TABLE t ENABLE ROW LEVEL SECURITY", "row security" },
	{ "ALTER TABLE t REPLICA IDENTITY FULL", "replica identity" },
	{ "ALTER TABLE t CLUSTER ON t_pkey", "cluster" },
	{ "CREATE INDEX low ON t (lower(name)); ALTER INDEX low ALTER COLUMN 1 "
	  "SET STATISTICS 7", "statistics low 1" },
	{ "ALTER TABLE t ALTER name SET STORAGE PLAIN", "storage name" },
	{ "CREATE VIEW seen AS SELECT id FROM t; ALTER VIEW seen ALTER id "
	  "SET DEFAULT 7", "default id" },
	{ "CREATE TRIGGER same BEFORE UPDATE ON t FOR EACH ROW EXECUTE "
	  "FUNCTION suppress_redundant_updates_trigger(); "
	  "ALTER TABLE t DISABLE TRIGGER same", "DISABLE TRIGGER" },
	{ "CREATE RULE never AS ON DELETE TO t DO NOTHING; "
	  "ALTER TABLE t DISABLE RULE never", "DISABLE RULE" },
	{ "CREATE STATISTICS two ON id, name FROM t; "
	  "ALTER STATISTICS two SET STATISTICS 7", "SET STATISTICS 7" },
	{ "CREATE TYPE pair AS (a integer); COMMENT ON COLUMN pair.a IS 'one'",
	  "comment attribute a" },
	{ "CREATE DOMAIN age AS integer; ALTER DOMAIN age ADD CONSTRAINT old "
	  "CHECK (VALUE > 7) NOT VALID", "constraint old" },
	{ "COMMENT ON TABLE t IS 'all of them'", "all of them" },
	{ "COMMENT ON COLUMN t.name IS 'as spoken'", "as spoken" },
	{ "COMMENT ON INDEX t_pkey IS 'to be quick'", "to be quick" },

	/* grants */
	{ "GRANT SELECT ON t TO retort_reader", "GRANT SELECT ON TABLE t" },
	{ "GRANT SELECT (name) ON t TO retort_reader", "GRANT SELECT (name)" },
	{ "CREATE SEQUENCE counter; GRANT USAGE ON SEQUENCE counter TO "
	  "retort_reader", "GRANT USAGE ON SEQUENCE" },
	{ "CREATE PROCEDURE work() LANGUAGE sql AS ''; REVOKE EXECUTE ON "
	  "PROCEDURE work FROM PUBLIC", "REVOKE EXECUTE" },
	{ "CREATE DOMAIN age AS integer; REVOKE USAGE ON DOMAIN age FROM "
	  "PUBLIC", "REVOKE USAGE ON TYPE" },
	{ "CREATE SCHEMA more; GRANT USAGE ON SCHEMA more TO retort_reader",
	  "GRANT USAGE ON SCHEMA" },

	/* what needs what */
	{ "CREATE TABLE u (a t)", "TABLE u needs TABLE t" },
	{ "CREATE TABLE u (a t[])", "TABLE u needs TABLE t" },
	{ "CREATE TABLE u (a integer DEFAULT (ROW(7, 'x')::t).id)",
	  "TABLE u needs TABLE t" },
	{ "CREATE TABLE u (a integer, CHECK (a <> (ROW(7, 'x')::t).id))",
	  "TABLE u needs TABLE t" },
	{ "CREATE TABLE u (a regclass DEFAULT 't'::regclass)",
	  "TABLE u needs TABLE t" },
	{ "CREATE SEQUENCE counter; CREATE TABLE u (a bigint DEFAULT "
	  "nextval('counter'))", "TABLE u needs SEQUENCE counter" },
	{ "CREATE VIEW seen AS SELECT id FROM t", "VIEW seen needs TABLE t" },
	{ "CREATE TABLE more.u (a integer)", "TABLE more.u needs SCHEMA more" },

	/* what is only told of */
	{ "CREATE TYPE shell", "base type \"shell\"" },
	{ "CREATE FUNCTION ef() RETURNS event_trigger LANGUAGE plpgsql AS "
	  "'BEGIN END'; CREATE EVENT TRIGGER et ON ddl_command_start "
	  "EXECUTE FUNCTION ef()", "event trigger \"et\"" },
	{ "CREATE PUBLICATION p FOR ALL TABLES", "publication \"p\"" },
	{ "CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1' PUBLICATION p "
	  "WITH (connect = false)", "subscription \"s\"" },
	{ "CREATE CAST (integer AS json) WITH INOUT", "cast from integer" },
	{ "CREATE FOREIGN DATA WRAPPER f", "foreign data wrapper \"f\"" },
	{ "CREATE FOREIGN DATA WRAPPER f; CREATE SERVER s FOREIGN DATA "
	  "WRAPPER f", "server \"s\"" },
	{ "CREATE LANGUAGE l HANDLER plpgsql_call_handler", "language \"l\"" },
	{ "CREATE ACCESS METHOD h TYPE TABLE HANDLER heap_tableam_handler",
	  "access method \"h\"" },
	{ "CREATE TRANSFORM FOR integer LANGUAGE sql (FROM SQL WITH FUNCTION "
	  "prsd_lextype(internal), TO SQL WITH FUNCTION int4recv(internal))",
	  "transform of integer" },
	{ "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO retort_reader",
	  "default privileges" },
	{ "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES "
	  "TO retort_reader", "default privileges" },
	{ "CREATE TEXT SEARCH CONFIGURATION c (COPY = simple)",
	  "text search configuration \"c\"" },
	{ "CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = simple)",
	  "text search dictionary \"d\"" },
	{ "CREATE TEXT SEARCH TEMPLATE e (LEXIZE = dsimple_lexize)",
	  "text search template \"e\"" },
	{ "CREATE TEXT SEARCH PARSER p (START = prsd_start, GETTOKEN = "
	  "prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype)",
	  "text search parser \"p\"" },
	{ "CREATE OPERATOR FAMILY f USING btree", "operator family \"f\"" },
	{ "CREATE OPERATOR CLASS c FOR TYPE integer USING btree FAMILY "
	  "integer_ops AS STORAGE integer", "operator class \"c\"" },
	{ "CREATE CONVERSION c FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8",
	  "conversion \"c\"" },
};

static void exec_each(struct conn *c, const char *sql)
{
	SCRATCH(mem);
	SCRATCH_ERR(err);
	struct stmt stmt;

	for (;;) {
		cr_assert(!c->ops->split(sql, &mem, &stmt, &sql, &err));
		if (!stmt.sql)
			break;
		pg_world_exec(c, stmt.sql);
	}
}

static void add_needs(struct buf *out, const char *kind, const char *schema,
		      const char *name, const struct strings *needs)
{
	for (size_t i = 0; i < needs->n; i++)
		buf_addf(out, "%s %s%s%s needs %s\n", kind,
			 schema ? schema : "", schema ? "." : "", name,
			 needs->v[i]);
}

/* All that is read, also what a dump does not have. */
static char *read_text(struct conn *c, struct arena *mem)
{
	static const char *names[] = { "public", "more" };
	const struct reflect_options o = { .schemas = { names, 2, 2 } };
	SCRATCH_ERR(err);
	struct buf b = { .mem = mem };
	struct schema *s;

	cr_assert(!c->ops->reflect(c, &o, mem, &s, &err), "%s",
		  err.pub.message);
	buf_add(&b, schema_dump(mem, s));
	for (size_t i = 0; i < s->tables.n; i++)
		add_needs(&b, "TABLE", s->tables.v[i]->schema,
			  s->tables.v[i]->name, &s->tables.v[i]->needs);
	for (size_t i = 0; i < s->objects.n; i++)
		add_needs(&b, "VIEW", s->objects.v[i]->schema,
			  s->objects.v[i]->name, &s->objects.v[i]->needs);
	for (size_t i = 0; i < s->notes.n; i++)
		buf_addf(&b, "%s\n", s->notes.v[i]);
	return buf_text(&b);
}

Test(pg_alone, nothing_is_missed_for_being_the_only_one, .timeout = 120)
{
	struct conn *c = pg_world_database("alone");

	pg_world_exec(c, "CREATE TABLE t (id integer PRIMARY KEY, name text)");
	for (size_t i = 0; i < sizeof(alone) / sizeof(*alone); i++) {
		SCRATCH(mem);
		char *text;

		cr_assert(!strstr(read_text(c, &mem), alone[i].found),
			  "%s: there before", alone[i].found);
		pg_world_exec(c, "BEGIN");
		if (strstr(alone[i].sql, " more."))
			pg_world_exec(c, "CREATE SCHEMA more");
		exec_each(c, alone[i].sql);
		text = read_text(c, &mem);
		cr_expect(strstr(text, alone[i].found), "%s: no \"%s\" in\n%s",
			  alone[i].sql, alone[i].found, text);
		pg_world_exec(c, "ROLLBACK");
	}
	conn_close(c);
}
