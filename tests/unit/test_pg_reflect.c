/* The live schema of a real server. */
#include "pg_world.h"

#include <stdlib.h>

#include "base/process.h"
#include "diff/diff.h"

static const char *both[] = { "public", "other" };
static const struct reflect_options two = { .schemas = { both, 2, 2 } };

static struct schema *reflect(struct conn *c, struct arena *mem,
			      const struct reflect_options *o)
{
	SCRATCH_ERR(err);
	struct schema *s = NULL;

	cr_assert(!c->ops->reflect(c, o, mem, &s, &err), "%s",
		  err.pub.message);
	return s;
}

static char *dump(struct conn *c, struct arena *mem,
		  const struct reflect_options *o)
{
	return schema_dump(mem, reflect(c, mem, o));
}

/* A database with everything, made once and copied. */
static struct conn *everything(const char *name)
{
	struct conn *c = pg_world_database(name);

	pg_world_load(c, "tests/pg/all.sql");
	return c;
}

/* Line by line, so that a failure names what differs. */
static void same_lines(const char *got, const char *expected)
{
	while (*got || *expected) {
		size_t n = strcspn(got, "\n"), m = strcspn(expected, "\n");

		cr_assert(n == m && !memcmp(got, expected, n),
			  "got      %.*s\nexpected %.*s", (int)n, got, (int)m,
			  expected);
		got += n + (got[n] == '\n');
		expected += m + (expected[m] == '\n');
	}
}

Test(pg_reflect, reads_everything, .timeout = 120)
{
	SCRATCH(mem);
	SCRATCH_ERR(err);
	struct conn *c = everything("reads_everything");
	char *expected;

	cr_assert(!file_read("tests/pg/all.dump", &mem, &expected, NULL, &err));
	same_lines(dump(c, &mem, &two), expected);
	conn_close(c);
}

/* As good as its tables and its order are: what fails waits for the rest. */
static void create_all(struct conn *c, const struct script *script)
{
	SCRATCH(mem);
	bool *done = arena_array(&mem, bool, script->stmts.n + 1);
	size_t left = script->stmts.n, before;

	pg_world_exec(c, "SET check_function_bodies = off");
	do {
		before = left;
		for (size_t i = 0; i < script->stmts.n; i++) {
			SCRATCH_ERR(err);

			if (done[i])
				continue;
			done[i] = !conn_exec(c, script->stmts.v[i].sql, &err);
			left -= done[i];
		}
	} while (left && left < before);
	for (size_t i = 0; i < script->stmts.n; i++)
		if (!done[i])
			pg_world_exec(c, script->stmts.v[i].sql);
}

static char *pg_dump(struct arena *mem, const char *database)
{
	const char *argv[] = { "pg_dump", "-s", "-O", "-d",
			       pg_world_url(mem, database), NULL };
	const struct process p = { argv, NULL, NULL };
	SCRATCH_ERR(err);
	char *out = NULL;
	int status;

	cr_assert(!process_run(&p, mem, &out, &status, &err), "%s",
		  err.pub.message);
	cr_assert(!status, "%s", out);
	return out;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Its statements, sorted: order is no property of a schema. */
static char *sorted(struct arena *mem, char *text)
{
	struct strings parts = {0};
	struct buf b = { .mem = mem };

	for (char *end; *text; text = end) {
		end = strstr(text, "\n\n");
		if (end)
			*end++ = '\0';
		else
			end = text + strlen(text);
		text += strspn(text, "\n");
		if (*text && strncmp(text, "--", 2) && *text != '\\')
			cr_assert(vec_push(mem, &parts, text));
	}
	qsort(parts.v, parts.n, sizeof(*parts.v), by_text);
	for (size_t i = 0; i < parts.n; i++)
		buf_addf(&b, "%s\n", parts.v[i]);
	return buf_text(&b);
}

/* PostgreSQL's own dump is the judge. */
Test(pg_reflect, loses_nothing, .timeout = 120)
{
	SCRATCH(mem);
	SCRATCH_ERR(err);
	struct conn *from = everything("loses_nothing");
	struct conn *to = pg_world_database("loses_nothing_2");
	struct schema *s = reflect(from, &mem, &two);
	struct schema *empty = schema_new(&mem, false);
	struct script script = {0};
	struct diff all = {0};

	cr_assert(!diff_schemas(NULL, NULL, empty, s, NULL, &mem, &all, &err),
		  "%s", err.pub.message);
	cr_assert(!from->ops->compile(empty, &all.up, &mem, &script, &err),
		  "%s", err.pub.message);
	create_all(to, &script);
	same_lines(sorted(&mem, pg_dump(&mem, "loses_nothing_2")),
		   sorted(&mem, pg_dump(&mem, "loses_nothing")));
	same_lines(dump(to, &mem, &two), schema_dump(&mem, s));
	conn_close(from);
	conn_close(to);
}

static long needed_at(const struct schema *s, const char *key)
{
	for (size_t i = 0; i < s->objects.n; i++)
		if (!strcmp(s->objects.v[i]->drop_sql + strlen("DROP "), key))
			return (long)i;
	return -1;
}

Test(pg_reflect, objects_stand_behind_what_they_need, .timeout = 120)
{
	SCRATCH(mem);
	struct conn *c = everything("objects_stand_behind");
	struct schema *s = reflect(c, &mem, &two);
	struct table *t = schema_table(s, NULL, "base");
	size_t n = 0;

	for (size_t i = 0; i < s->objects.n; i++)
		for (size_t k = 0; k < s->objects.v[i]->needs.n; k++) {
			const char *need = s->objects.v[i]->needs.v[k];

			n++;
			cr_expect(needed_at(s, need) < (long)i, "%s: %s",
				  s->objects.v[i]->drop_sql, need);
			cr_expect(needed_at(s, need) >= 0 ||
				  !strncmp(need, "TABLE ", 6), "%s", need);
		}
	cr_expect(n > 20);
	cr_expect(strings_has(&t->needs, "FUNCTION is_even(integer)"));
	cr_expect(strings_has(&t->needs, "SEQUENCE loose"));
	cr_expect(strings_has(&t->needs, "TYPE mood"));
	cr_expect(strings_has(&schema_table(s, NULL, "Types")->needs,
			      "EXTENSION citext"));
	conn_close(c);
}

Test(pg_reflect, any_role_reads_the_same, .timeout = 120)
{
	SCRATCH(mem);
	struct conn *c = everything("any_role");
	char *as_owner = dump(c, &mem, &two);

	pg_world_exec(c, "SET ROLE retort_reader");
	same_lines(dump(c, &mem, &two), as_owner);
	conn_close(c);
}

Test(pg_reflect, settings_of_the_session_do_not_show, .timeout = 120)
{
	SCRATCH(mem);
	struct conn *c = everything("settings");
	char *plain = dump(c, &mem, &two);

	pg_world_exec(c, "SET DateStyle = 'German'");
	pg_world_exec(c, "SET IntervalStyle = 'iso_8601'");
	pg_world_exec(c, "SET TimeZone = 'Asia/Tokyo'");
	pg_world_exec(c, "SET quote_all_identifiers = on");
	pg_world_exec(c, "SET search_path = public, other");
	same_lines(dump(c, &mem, &two), plain);
	conn_close(c);
}

static int first_cell(void *payload, int n, const char *const cell[])
{
	(void)n;
	snprintf(payload, 64, "%s", cell[0]);
	return 1;
}

Test(pg_reflect, leaves_an_open_transaction_as_it_was)
{
	SCRATCH(mem);
	SCRATCH_ERR(err);
	struct conn *c = pg_world_database("open_transaction");
	struct schema *s;
	char path[64];

	cr_assert(!c->ops->begin(c, &err));
	pg_world_exec(c, "SET LOCAL search_path = public, pg_temp");
	pg_world_exec(c, "CREATE TABLE public.t (a integer)");
	s = reflect(c, &mem, NULL);
	cr_expect(s->tables.n == 1, "sees what the transaction made");
	cr_assert(!c->ops->run(c, "SHOW search_path", 0, NULL, first_cell,
			       path, &err));
	cr_expect_str_eq(path, "public, pg_temp");
	cr_assert(c->ops->in_transaction(c));
	cr_assert(!c->ops->commit(c, &err));
	s = reflect(c, &mem, NULL);
	cr_expect(!c->ops->in_transaction(c));
	cr_expect(s->tables.n == 1);
	conn_close(c);
}

Test(pg_reflect, the_default_schema_has_no_name)
{
	SCRATCH(mem);
	struct conn *c = pg_world_database("default_schema");
	static const char *names[] = { "app" };
	const struct reflect_options o = { .schemas = { names, 1, 1 } };
	struct schema *s;

	pg_world_exec(c, "CREATE SCHEMA app");
	pg_world_exec(c, "CREATE TYPE app.e AS ENUM ('x')");
	pg_world_exec(c, "CREATE TABLE app.t (a app.e PRIMARY KEY)");
	pg_world_exec(c, "CREATE TABLE public.p (a app.e REFERENCES app.t)");

	s = reflect(c, &mem, NULL);
	cr_assert(s->tables.n == 1);
	cr_expect_str_eq(s->tables.v[0]->name, "p");
	cr_expect(!s->tables.v[0]->schema);
	cr_expect_str_eq(s->tables.v[0]->columns.v[0]->type.text, "app.e");
	cr_expect_str_eq(s->tables.v[0]->constraints.v[0]->ref_schema, "app");
	cr_expect_str_eq(s->tables.v[0]->constraints.v[0]->ref_columns.v[0],
			 "a");

	s = reflect(c, &mem, &o);
	cr_assert(s->tables.n == 1);
	cr_expect_str_eq(s->tables.v[0]->schema, "app");

	pg_world_exec(c, "SET search_path = app, public");
	s = reflect(c, &mem, NULL);
	cr_assert(s->tables.n == 1);
	cr_expect_str_eq(s->tables.v[0]->name, "t");
	cr_expect(!s->tables.v[0]->schema);
	cr_expect_str_eq(s->tables.v[0]->columns.v[0]->type.text, "e");
	conn_close(c);
}

/* What a scratch schema holds reads as if it stood where it is meant to. */
Test(pg_reflect, a_scratch_schema_reads_like_the_default_one)
{
	SCRATCH(mem);
	SCRATCH_ERR(err);
	static const char *const names[] = { "public", "scratch" };
	const struct pg_place place = { "scratch", "scratch, public" };
	struct conn *c = pg_world_database("scratch_schema");
	struct schema *s[2];

	pg_world_exec(c, "CREATE SCHEMA scratch");
	pg_world_exec(c, "CREATE TYPE e AS ENUM ('x')");
	for (int i = 0; i < 2; i++) {
		pg_world_exec(c, arena_printf(&mem, "SET search_path = %s, public",
					      names[i]));
		pg_world_exec(c, "CREATE TABLE t (a e DEFAULT 'x', b integer "
			      "CHECK (b > 1))");
		pg_world_exec(c, "CREATE VIEW v AS SELECT a FROM t");
		pg_world_exec(c, "CREATE FUNCTION f(t) RETURNS e LANGUAGE sql "
			      "AS 'SELECT $1.a'");
		pg_world_exec(c, "CREATE STATISTICS st ON a, b FROM t");
		pg_world_exec(c, "CREATE RULE r AS ON DELETE TO t DO NOTHING");
	}
	pg_world_exec(c, "RESET search_path");
	s[0] = reflect(c, &mem, NULL);
	cr_assert(!pg_reflect_at(c, NULL, &place, &mem, &s[1], &err), "%s",
		  err.pub.message);
	for (size_t i = 0; i < s[0]->objects.n; i++)
		if (s[0]->objects.v[i]->kind == OBJECT_ENUM)
			vec_remove(&s[0]->objects, i);
	same_lines(schema_dump(&mem, s[1]), schema_dump(&mem, s[0]));
	conn_close(c);
}

Test(pg_reflect, leaves_out_what_is_excluded_and_what_is_ours)
{
	SCRATCH(mem);
	static const char *excluded[] = { "x*" };
	const struct reflect_options o = { .exclude = { excluded, 1, 1 },
					   .version_table = "db_version" };
	struct conn *c = pg_world_database("leaves_out");
	struct schema *s;

	pg_world_exec(c, "CREATE TABLE db_version (version_num varchar(255))");
	pg_world_exec(c, "CREATE TABLE db_version_log (id bigint "
		      "GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY)");
	pg_world_exec(c, "CREATE TABLE x1 (id serial PRIMARY KEY)");
	pg_world_exec(c, "CREATE TABLE y (id integer REFERENCES x1)");
	pg_world_exec(c, "CREATE VIEW xv AS SELECT * FROM y");
	pg_world_exec(c, "CREATE RULE r AS ON DELETE TO x1 DO NOTHING");
	s = reflect(c, &mem, &o);
	cr_assert(s->tables.n == 1);
	cr_expect_str_eq(s->tables.v[0]->name, "y");
	cr_expect_str_eq(s->tables.v[0]->constraints.v[0]->ref_table, "x1");
	cr_expect_str_eq(s->tables.v[0]->constraints.v[0]->ref_columns.v[0],
			 "id");
	cr_expect(!s->objects.n);
	cr_expect(s->notes.n == 4, "%zu notes", s->notes.n);
	conn_close(c);
}

static struct type type_of(struct schema *s, size_t i)
{
	return s->tables.v[0]->columns.v[i]->type;
}

Test(pg_reflect, types_are_the_generic_ones_where_they_can)
{
	SCRATCH(mem);
	struct conn *c = pg_world_database("types");
	struct schema *s;

	pg_world_exec(c, "CREATE TABLE t (a varchar(80), b numeric(8, 2), "
		      "c numeric(5, -2), d varchar, e integer[], "
		      "f timestamp(3), g char(3), h varchar(5)[])");
	s = reflect(c, &mem, NULL);
	cr_expect(type_of(s, 0).kind == RETORT_TYPE_VARCHAR);
	cr_expect(type_of(s, 0).length == 80);
	cr_expect(type_of(s, 1).kind == RETORT_TYPE_NUMERIC);
	cr_expect(type_of(s, 1).length == 8 && type_of(s, 1).scale == 2);
	cr_expect(type_of(s, 2).kind == RETORT_TYPE_VERBATIM);
	cr_expect_str_eq(type_of(s, 2).text, "numeric(5,-2)");
	cr_expect(type_of(s, 3).kind == RETORT_TYPE_VARCHAR);
	cr_expect(type_of(s, 3).length < 0);
	cr_expect(type_of(s, 4).kind == RETORT_TYPE_ARRAY);
	cr_expect(type_of(s, 4).element->kind == RETORT_TYPE_INTEGER);
	cr_expect(type_of(s, 5).kind == RETORT_TYPE_VERBATIM);
	cr_expect(type_of(s, 6).kind == RETORT_TYPE_CHAR);
	cr_expect(type_of(s, 7).element->length == 5);
	conn_close(c);
}

Test(pg_reflect, serial_is_what_serial_makes)
{
	SCRATCH(mem);
	struct conn *c = pg_world_database("serials");
	struct column *col[5];
	struct schema *s;

	pg_world_exec(c, "CREATE TABLE t (a serial, b serial, c bigserial, "
		      "d serial, e serial)");
	pg_world_exec(c, "ALTER TABLE t ALTER b TYPE bigint");
	pg_world_exec(c, "ALTER TABLE t ALTER c DROP NOT NULL");
	pg_world_exec(c, "ALTER SEQUENCE t_d_seq INCREMENT 2");
	pg_world_exec(c, "ALTER SEQUENCE t_e_seq RENAME TO \"Other\"");
	s = reflect(c, &mem, NULL);
	for (int i = 0; i < 5; i++)
		col[i] = s->tables.v[0]->columns.v[i];
	cr_expect_str_eq(col[0]->serial, "t_a_seq");
	cr_expect(!col[0]->default_sql);
	cr_expect(!col[0]->identity_sql);
	cr_expect_str_eq(col[1]->serial, "t_b_seq");
	cr_expect_str_eq(col[1]->identity_sql, "AS integer");
	cr_expect(!col[2]->serial && col[2]->default_sql);
	cr_expect_str_eq(col[3]->serial, "t_d_seq");
	cr_expect_str_eq(col[3]->identity_sql, "INCREMENT BY 2");
	cr_expect(!col[4]->serial && col[4]->default_sql);
	cr_expect(s->objects.n == 2);
	cr_expect(s->tables.v[0]->facets.n == 2);
	conn_close(c);
}

/* The texts of all statements, as the server takes them. */
Test(pg_reflect, every_statement_prepares)
{
	SCRATCH(mem);
	struct conn *c = pg_world_database("prepares");

	pg_world_exec(c, "CREATE TABLE \"{table}\" (version_num varchar)");
	pg_world_exec(c, arena_printf(&mem, "SET search_path = public"));
	pg_world_exec(c, sql_postgresql[STMT_LOG_CREATE]);
	for (int i = 0; i < STMT__COUNT; i++)
		if (i != STMT_VERSION_CREATE && i != STMT_LOG_CREATE)
			pg_world_exec(c, arena_printf(&mem,
				"PREPARE s%d AS %s", i, sql_postgresql[i]));
	for (const struct private_sql *p = sql_postgresql_private; p->name; p++)
		pg_world_exec(c, arena_printf(&mem, "PREPARE %s AS %s",
					      p->name, p->sql));
	conn_close(c);
}

static struct libpq counting;
static const struct libpq *counted;
static int executed, trips;

static PGresult *count_exec(PGconn *db, const char *sql, int n,
			    const Oid *types, const char *const *values,
			    const int *lengths, const int *formats, int format)
{
	executed++;
	trips++;
	return counted->PQexecParams(db, sql, n, types, values, lengths,
				     formats, format);
}

static int count_send(PGconn *db, const char *sql, int n, const Oid *types,
		      const char *const *values, const int *lengths,
		      const int *formats, int format)
{
	executed++;
	return counted->PQsendQueryParams(db, sql, n, types, values, lengths,
					  formats, format);
}

static int count_sync(PGconn *db)
{
	trips++;
	return counted->PQpipelineSync(db);
}

/* Tables from..to with all that a table may have, and a view of each. */
static void add_tables(struct conn *c, struct arena *mem, int from, int to)
{
	pg_world_exec(c, arena_printf(mem,
		"DO $$BEGIN FOR i IN %d .. %d LOOP EXECUTE format("
		"'CREATE TABLE t%%s (id serial PRIMARY KEY, t text "
		"DEFAULT ''x'', CHECK (t <> %%L)); CREATE INDEX ON t%%s "
		"(lower(t)); CREATE VIEW v%%s AS TABLE t%%s', i, i, i, i, "
		"i); END LOOP; END$$", from, to));
}

/* The queries that read so many tables. */
static int queries_of(struct conn *c, size_t tables)
{
	SCRATCH(mem);

	executed = trips = 0;
	cr_assert(reflect(c, &mem, NULL)->tables.n == tables);
	cr_expect_eq(trips, 3, "%d", trips);
	return executed;
}

Test(pg_reflect, the_number_of_queries_is_fixed, .timeout = 120)
{
	SCRATCH(mem);
	struct conn *c = pg_world_database("queries");
	struct pg_conn *pg = (struct pg_conn *)c;
	int plain, all;

	pg_world_exec(c, "CREATE TABLE t (a integer)");
	counting = *pg->pq;
	counted = pg->pq;
	counting.PQexecParams = count_exec;
	counting.PQsendQueryParams = count_send;
	counting.PQpipelineSync = count_sync;
	pg->pq = &counting;
	plain = queries_of(c, 1);
	cr_expect(plain < 16, "what is not there is asked for: %d", plain);
	add_tables(c, &mem, 1, 1);
	all = queries_of(c, 2);
	cr_expect(all > plain && all < 40, "%d", all);
	add_tables(c, &mem, 2, 300);
	cr_expect_eq(queries_of(c, 301), all);
	conn_close(c);
}

static long left;
static bool failed;

static void *fail_one(size_t n)
{
	if (left-- == 0) {
		failed = true;
		return NULL;
	}
	return malloc(n);
}

Test(pg_reflect, each_allocation_fails_with_a_report, .timeout = 300)
{
	SCRATCH(whole);
	struct conn *c = everything("allocations");
	char *expected = dump(c, &whole, &two);

	failed = true;
	for (long n = 0; failed; n += 1 + n / 16) {
		SCRATCH(mem);
		SCRATCH_ERR(err);
		struct schema *s = NULL;
		retort_status rc;

		left = n;
		failed = false;
		arena_malloc = fail_one;
		rc = c->ops->reflect(c, &two, &mem, &s, &err);
		arena_malloc = malloc;
		cr_expect(rc == (failed ? RETORT_E_NOMEM : RETORT_OK),
			  "allocation %ld: %d", n, rc);
		cr_expect(!c->ops->in_transaction(c));
		if (!rc)
			cr_expect_str_eq(schema_dump(&mem, s), expected);
	}
	conn_close(c);
}
