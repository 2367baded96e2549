/*
 * Random schemas and random changes to them, on a real server: the upgrade
 * gives what is wanted, a second comparison finds nothing, the downgrade gives
 * what was there. RETORT_SEED and RETORT_ROUNDS choose what is run.
 */
#include "pg_random.h"

#include "dialect/postgresql/ddl.h"
#include "diff/diff.h"
#include "migrate/runner.h"

static unsigned long long seed_now;

static const char *doing = "";	/* the operations */

#define CHECK_OK(expr, what)                                                 \
	cr_assert(!(expr), "seed %llu: %s:%s\n%s\n%s\n%s", seed_now, what,  \
		  doing,                                                     \
		  err.pub.message, err.pub.detail ? err.pub.detail : "",     \
		  err.pub.hint ? err.pub.hint : "")

static const char *names[] = { "", "app" };

static struct schema *reflect(struct conn *c, struct arena *mem)
{
	struct reflect_options o = { .schemas = { names, 2, 2 } };
	struct schema *s = NULL;
	SCRATCH_ERR(err);

	CHECK_OK(c->ops->reflect(c, &o, mem, &s, &err), "reflect");
	return s;
}

static char *describe(struct arena *mem, const struct ops *list)
{
	struct buf b = { .mem = mem };

	for (size_t i = 0; i < list->n; i++) {
		const struct object *o = list->v[i]->object;

		buf_addf(&b, "\n\t%s", op_describe(mem, list->v[i]));
		if (o && o->create_sql)
			buf_addf(&b, " {%s}", o->create_sql);
	}
	return buf_text(&b);
}

static void carry_out(struct conn *c, const struct schema *before,
		      const struct ops *list, struct arena *mem,
		      const char *what)
{
	struct schema *copy = schema_copy(mem, before);
	struct script script = {0};
	SCRATCH_ERR(err);

	doing = describe(mem, list);
	CHECK_OK(c->ops->compile(copy, list, mem, &script, &err), what);
	if (!script.no_transaction)
		CHECK_OK(run_script(c, &script, &err), what);
	for (size_t i = 0; script.no_transaction && i < script.stmts.n; i++)
		CHECK_OK(conn_exec(c, script.stmts.v[i].sql, &err),
			 script.stmts.v[i].sql);
	doing = "";
}

static void compare(struct conn *c, const struct schema *live,
		    struct schema *wanted, struct arena *mem, struct diff *out)
{
	SCRATCH_ERR(err);

	CHECK_OK(diff_schemas(c->ops, c, live, wanted, NULL, mem, out, &err),
		 "diff");
}

static void expect_nothing(struct conn *c, const struct schema *now,
			   const struct spec *spec, struct arena *mem,
			   const char *what)
{
	struct diff again = {0};

	compare(c, now, build(mem, spec), mem, &again);
	cr_assert(!again.up.n, "seed %llu: %s: a second comparison finds%s",
		  seed_now, what, describe(mem, &again.up));
}

/* The first line that one has and the other has not. */
static char *first_difference(struct arena *mem, const char *a, const char *b)
{
	while (*a && *b) {
		size_t n = strcspn(a, "\n"), m = strcspn(b, "\n");

		if (n != m || strncmp(a, b, n))
			break;
		a += n + (a[n] != '\0');
		b += m + (b[m] != '\0');
	}
	return arena_printf(mem, "expected %.*s\nfound %.*s",
			    (int)strcspn(a, "\n"), a, (int)strcspn(b, "\n"),
			    b);
}

/* Has it a column that is given its value, in both? */
static bool holds(const struct spec *s, const struct spec *other, int i, int k)
{
	if (!s->t[i].c[k].there || (k == 5 && s->t[i].c[k].value))
		return false;
	return !other || (other->t[i].c[k].there &&
			  s->t[i].c[k].type == other->t[i].c[k].type &&
			  (k < 5 || !other->t[i].c[k].value));
}

static const char *column(struct building *b, int k)
{
	return quoted(b, column_names[b->spec->t[b->i].c[k].renamed][k]);
}

/* One row a table: what keeps its type keeps its value, the rest is NULL. */
static void insert_rows(struct conn *c, const struct spec *s,
			const struct spec *after, struct arena *mem)
{
	struct building b = { .mem = mem, .spec = s };

	for (b.i = 0; b.i < TABLES; b.i++) {
		struct buf sql = { .mem = mem };

		if (!is_there(&b, b.i))
			continue;
		buf_addf(&sql, "INSERT INTO %s (id", from(&b, b.i));
		for (int k = 0; k < COLUMNS; k++)
			if (holds(s, NULL, b.i, k))
				buf_addf(&sql, ", %s", column(&b, k));
		buf_add(&sql, ") OVERRIDING SYSTEM VALUE VALUES (1");
		for (int k = 0; k < COLUMNS; k++)
			if (holds(s, NULL, b.i, k))
				buf_add(&sql, s->t[b.i].c[k].type ==
					after->t[b.i].c[k].type
					? ", DEFAULT" : ", NULL");
		buf_add(&sql, ")");
		pg_world_exec(c, buf_text(&sql));
	}
}

static int on_row(void *payload, int n, const char *const cell[])
{
	(void)n;
	buf_addf(payload, "%s\n", cell[0] ? cell[0] : "NULL");
	return 0;
}

/* What the rows have in the columns that both have, of the same type. */
static char *read_rows(struct conn *c, const struct spec *s,
		       const struct spec *other, struct arena *mem)
{
	struct building b = { .mem = mem, .spec = s };
	struct buf out = { .mem = mem };
	SCRATCH_ERR(err);

	for (b.i = 0; b.i < TABLES; b.i++) {
		struct buf sql = { .mem = mem };

		if (!is_there(&b, b.i) || !other->t[b.i].there)
			continue;
		buf_add(&sql, "SELECT concat_ws(',', id");
		for (int k = 0; k < COLUMNS; k++)
			if (holds(s, other, b.i, k))
				buf_addf(&sql, ", %s", column(&b, k));
		buf_addf(&sql, ") FROM %s", from(&b, b.i));
		CHECK_OK(c->ops->run(c, buf_text(&sql), 0, NULL, on_row, &out,
				     &err), sql.s);
	}
	return buf_text(&out);
}

/* 'table', 'id': what asks for the sequence that a column counts with. */
static const char *sequence_of(struct building *b, int i)
{
	return arena_printf(b->mem, "pg_get_serial_sequence(%s, 'id')",
			    pg_quote_text(b->mem, from(b, i)));
}

/* What the counters that both have give next: where they were moved to? */
static char *read_counters(struct conn *c, const struct spec *s,
			   const struct spec *other, struct arena *mem)
{
	struct building b = { .mem = mem, .spec = s };
	struct buf out = { .mem = mem };
	SCRATCH_ERR(err);

	for (b.i = 0; b.i < TABLES; b.i++) {
		struct buf name = { .mem = mem };
		const char *sql = arena_printf(mem, "SELECT %s",
					       sequence_of(&b, b.i));

		if (!is_there(&b, b.i) || !other->t[b.i].there ||
		    s->t[b.i].id < 2 || other->t[b.i].id < 2)
			continue;
		CHECK_OK(c->ops->run(c, sql, 0, NULL, on_row, &name, &err),
			 sql);
		sql = arena_printf(mem, "SELECT last_value + is_called::int "
			"BETWEEN %d AND %d FROM %s", 41 + 10 * b.i,
			45 + 10 * b.i, buf_text(&name));
		CHECK_OK(c->ops->run(c, sql, 0, NULL, on_row, &out, &err),
			 sql);
	}
	return buf_text(&out);
}

/* The counters of all tables that have one, and who may use them. */
static void move_counters(struct conn *c, const struct spec *s,
			  struct arena *mem)
{
	struct building b = { .mem = mem, .spec = s };

	for (b.i = 0; b.i < TABLES; b.i++) {
		if (!is_there(&b, b.i) || s->t[b.i].id < 2)
			continue;
		pg_world_exec(c, arena_printf(mem, "DO $$BEGIN PERFORM setval(%s, %d); "
			"EXECUTE 'GRANT USAGE ON SEQUENCE ' || %s || "
			"' TO retort_reader'; EXECUTE 'COMMENT ON SEQUENCE ' "
			"|| %s || ' IS $c$of it$c$'; END$$",
			sequence_of(&b, b.i), 40 + 10 * b.i,
			sequence_of(&b, b.i), sequence_of(&b, b.i)));
	}
}

/* What is said of columns that may be dropped, renamed or changed. */
static void mark_columns(struct conn *c, const struct spec *s,
			 struct arena *mem)
{
	struct building b = { .mem = mem, .spec = s };

	for (b.i = 0; b.i < TABLES; b.i++)
		for (int k = 0; k < COLUMNS; k++) {
			const char *name = column(&b, k);

			if (!is_there(&b, b.i) || !s->t[b.i].c[k].there ||
			    rnd(4))
				continue;
			pg_world_exec(c, arena_printf(mem, "GRANT UPDATE (%s) "
				"ON %s TO retort_reader", name, from(&b, b.i)));
			pg_world_exec(c, arena_printf(mem, "ALTER TABLE %s "
				"ALTER %s SET STATISTICS 50", from(&b, b.i),
				name));
		}
}

static void expect_rows(struct conn *c, const struct spec *s,
			const struct spec *other, const char *rows,
			struct arena *mem)
{
	const char *now = read_rows(c, s, other, mem);

	cr_assert(!strcmp(rows, now), "seed %llu: rows %s\nare now %s",
		  seed_now, rows, now);
}

/* What no model says, and no change may lose. */
static void by_hand(struct conn *c, const struct schema *live,
		    struct arena *mem)
{
	for (size_t i = 0; i < live->objects.n; i++) {
		const struct object *o = live->objects.v[i];
		const char *word = pg_object_word(o);
		const char *name = o->drop_sql ? o->drop_sql + 5 : NULL;

		if (!word || !name || !strcmp(word, "SCHEMA") || rnd(2))
			continue;
		pg_world_exec(c, arena_printf(mem, "COMMENT ON %s IS 'of %zu'",
					      name, i));
		if (strstr(word, "VIEW"))
			pg_world_exec(c, arena_printf(mem,
				"GRANT SELECT, REFERENCES (%s) ON %s TO "
				"retort_reader", *o->name == 'm' ||
				*o->name == 'O' ? "n" : "x",
				name + strlen(word) + 1));
		if (!strcmp(o->name, "m"))
			pg_world_exec(c, "CREATE INDEX \"By n\" ON m (n DESC) "
				      "WITH (fillfactor = 60)");
		if (!strcmp(word, "FUNCTION"))
			pg_world_exec(c, arena_printf(mem, "REVOKE ALL ON %s "
				"FROM PUBLIC", name));
	}
}

static const char *facets_of(struct arena *mem, const struct object *o)
{
	struct buf b = { .mem = mem };

	for (size_t i = 0; i < o->facets.n; i++)
		buf_addf(&b, "%s\n", o->facets.v[i].set_sql);
	return buf_text(&b);
}

static void expect_by_hand(const struct schema *live, const struct schema *now,
			   struct arena *mem)
{
	for (size_t i = 0; i < live->objects.n; i++) {
		const struct object *o = live->objects.v[i];

		for (size_t k = 0; k < now->objects.n; k++) {
			const struct object *n = now->objects.v[k];

			if (o->kind != n->kind || strcmp(o->name, n->name) ||
			    !text_same(o->schema, n->schema) || o->table)
				continue;
			cr_assert(!strcmp(facets_of(mem, o), facets_of(mem, n)),
				  "seed %llu: %s had\n%s and has\n%s",
				  seed_now, o->name, facets_of(mem, o),
				  facets_of(mem, n));
		}
	}
}

/* What was worked out is there in the rows, and fits few other types. */
static void keep_generated(const struct spec *before, struct spec *after)
{
	for (int i = 0; i < TABLES; i++)
		if (!before->t[i].c[5].value != !after->t[i].c[5].value)
			after->t[i].c[5] = before->t[i].c[5];
}

/* One change, there and back; `live` is what `before` gave. */
static void change(struct conn *c, const struct spec *before,
		   const struct schema *live, struct arena *mem)
{
	struct spec after = *before;
	struct schema *wanted, *now;
	struct diff diff = {0};
	const char *a, *b, *counters, *rows = "";
	SCRATCH_ERR(err);

	roll_all(&after, 20);
	if (before->rows) {
		keep_generated(before, &after);
		insert_rows(c, before, &after, mem);
		rows = read_rows(c, before, &after, mem);
	}
	counters = read_counters(c, before, &after, mem);
	wanted = build(mem, &after);
	compare(c, live, wanted, mem, &diff);
	if (diff.up.n && !rnd(8))
		CHECK_OK(diff_prove(c->ops, c, live, wanted, &diff, &err),
			 "proof");
	carry_out(c, live, &diff.up, mem, "upgrade");
	now = reflect(c, mem);
	expect_nothing(c, now, &after, mem, "upgraded");
	expect_by_hand(live, now, mem);
	if (before->rows)
		expect_rows(c, &after, before, rows, mem);
	a = read_counters(c, &after, before, mem);
	cr_assert(!strcmp(counters, a), "seed %llu: counters %s\nare now %s",
		  seed_now, counters, a);
	carry_out(c, now, &diff.down, mem, "downgrade");
	if (before->rows)
		expect_rows(c, before, &after, rows, mem);
	a = read_counters(c, before, &after, mem);
	cr_assert(!strcmp(counters, a), "seed %llu: counters %s\nare then %s",
		  seed_now, counters, a);
	a = schema_dump(mem, live);
	b = schema_dump(mem, reflect(c, mem));
	cr_assert(!strcmp(a, b), "seed %llu: downgraded: %s\nup%s\ndown%s",
		  seed_now, first_difference(mem, a, b),
		  describe(mem, &diff.up), describe(mem, &diff.down));
}

static void play(struct conn *c, unsigned long long seed)
{
	SCRATCH(mem);
	const struct schema *empty = schema_new(&mem, false);
	struct spec before = {0};
	struct schema *live;
	struct diff diff = {0};

	seed_now = state = seed;
	before.rows = rnd(2);
	roll_all(&before, 100);
	compare(c, empty, build(&mem, &before), &mem, &diff);
	carry_out(c, empty, &diff.up, &mem, "create");
	live = reflect(c, &mem);
	expect_nothing(c, live, &before, &mem, "created");
	if (rnd(2)) {
		by_hand(c, live, &mem);
		move_counters(c, &before, &mem);
		mark_columns(c, &before, &mem);
		live = reflect(c, &mem);
	}
	change(c, &before, live, &mem);
	if (!before.rows)	/* what was dropped is empty now */
		change(c, &before, live, &mem);
}

/* Every second round, so that two can run at once. */
static void rounds_from(unsigned long long first)
{
	unsigned long long seed = pg_world_number("RETORT_SEED", 1);
	unsigned long long rounds = pg_world_number("RETORT_ROUNDS", 160);
	SCRATCH(mem);
	struct conn *c = pg_world_database(
		arena_printf(&mem, "pgrnd_%ld", (long)getpid()));

	for (unsigned long long i = first; i < rounds; i += 2) {
		pg_world_exec(c, "DROP SCHEMA IF EXISTS app CASCADE");
		pg_world_exec(c, "DROP SCHEMA public CASCADE");
		pg_world_exec(c, "CREATE SCHEMA public");
		play(c, seed + i);
	}
	conn_close(c);
}

Test(pg_random, changes)
{
	rounds_from(0);
}

Test(pg_random, other_changes)
{
	rounds_from(1);
}
