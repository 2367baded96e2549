/*
 * Random schemas that SQL makes, of what no model says but verbatim, and random
 * changes to them: the upgrade gives the one that is wanted, the downgrade the
 * one that was there. RETORT_SEED and RETORT_ROUNDS choose what is run.
 */
#include "pg_random_sql.h"

#include "diff/diff.h"
#include "migrate/runner.h"

enum { MOST = 256 };

static unsigned long long state, seed_now;
static const char *doing = "";

static unsigned rnd(unsigned n)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(state >> 33) % n;
}

/* What each row chose: the number of its piece. */
struct spec {
	unsigned v[MOST];
};

static unsigned pieces(const struct choice *c)
{
	unsigned n = 0;

	while (n < 7 && c->piece[n])
		n++;
	return n;
}

static void roll(struct spec *s, unsigned chance, bool all)
{
	size_t at = 0;

	for (size_t i = 0; i < sizeof(choices) / sizeof(*choices); i++)
		for (size_t k = 0; k < choices[i].n; k++, at++) {
			const struct choice *c = &choices[i].v[k];

			cr_assert(at < MOST);
			if (c->name && *c->name == '!' && !all)
				continue;
			if (rnd(100) < chance)
				s->v[at] = rnd(pieces(c));
		}
}

/* What was chosen, by the names of the rows. */
struct chosen {
	const char *name;
	const char *piece;
	unsigned number;
};

static const struct chosen *find(const struct chosen *list, size_t n,
				 const char *name, size_t len)
{
	for (size_t i = n; i-- > 0;) {
		const char *s = list[i].name + (*list[i].name == '!');

		if (strlen(s) == len && !strncmp(s, name, len))
			return &list[i];
	}
	cr_assert(false, "no row \"%.*s\"", (int)len, name);
	return NULL;
}

static bool is_met(const struct chosen *list, size_t n, const char *needs)
{
	while (needs && *needs) {
		size_t word = strcspn(needs, " "), len = strcspn(needs, " =");
		const struct chosen *c = find(list, n, needs, len);

		if (!*c->piece || (len < word && c->number !=
				   (unsigned)atoi(needs + len + 1)))
			return false;
		needs += word + strspn(needs + word, " ");
	}
	return true;
}

static const char *script_of(struct arena *mem, const struct spec *s)
{
	struct chosen list[MOST];
	size_t n = 0, at = 0;
	struct buf b = { .mem = mem };

	for (size_t i = 0; i < sizeof(choices) / sizeof(*choices); i++)
		for (size_t k = 0; k < choices[i].n; k++, at++) {
			const struct choice *c = &choices[i].v[k];
			const char *piece = is_met(list, n, c->needs)
				? c->piece[s->v[at]] : "";

			if (c->name)
				list[n++] = (struct chosen){
					c->name, piece, s->v[at] };
			buf_add(&b, piece);
			if (*piece && piece[strlen(piece) - 1] == ';')
				buf_addc(&b, '\n');
		}
	return buf_text(&b);
}

#define CHECK_OK(expr, what)                                                 \
	cr_assert(!(expr), "seed %llu: %s:\n%s\n%s\n%s\n%s", seed_now, what, \
		  doing, err.pub.message,                                    \
		  err.pub.detail ? err.pub.detail : "",                      \
		  err.pub.hint ? err.pub.hint : "")

/* The database is what `sql` makes of an empty one. */
static struct schema *make(struct conn *c, const char *sql, struct arena *mem)
{
	static const char *names[] = { "", "Other Place" };
	static const struct reflect_options o = { .schemas = { names, 2, 2 } };
	struct schema *s = NULL;
	SCRATCH_ERR(err);

	if (sql) {
		pg_world_exec(c, "DROP SCHEMA IF EXISTS \"Other Place\" CASCADE");
		pg_world_exec(c, "DROP SCHEMA public CASCADE");
		pg_world_exec(c, "CREATE SCHEMA public");
	}
	for (struct stmt stmt; sql;) {
		CHECK_OK(c->ops->split(sql, mem, &stmt, &sql, &err), sql);
		if (!stmt.sql)
			break;
		CHECK_OK(conn_exec(c, stmt.sql, &err), stmt.sql);
	}
	CHECK_OK(c->ops->reflect(c, &o, mem, &s, &err), "reflect");
	return s;
}

static void add_script(struct buf *b, const struct script *script)
{
	buf_add(b, "\n");
	for (size_t i = 0; i < script->stmts.n; i++)
		buf_addf(b, "%s;\n", script->stmts.v[i].sql);
}

/* False: it is refused, as only what nobody can do may be. */
static bool carry_out(struct conn *c, const struct schema *before,
		      const struct ops *list, struct arena *mem,
		      const char *what)
{
	struct script script = {0};
	struct buf said = { .mem = mem };
	SCRATCH_ERR(err);
	retort_status rc = c->ops->compile(schema_copy(mem, before), list, mem,
					   &script, &err);

	if (rc && strstr(err.pub.message, "is partitioned by it"))
		return false;
	CHECK_OK(rc, what);
	add_script(&said, &script);
	doing = buf_text(&said);
	if (!script.no_transaction)
		CHECK_OK(run_script(c, &script, &err), what);
	for (size_t i = 0; script.no_transaction && i < script.stmts.n; i++)
		CHECK_OK(conn_exec(c, script.stmts.v[i].sql, &err),
			 script.stmts.v[i].sql);
	return true;
}

/* The lines that only `a` has. */
static char *lines_of(struct arena *mem, const char *a, const char *b)
{
	struct buf out = { .mem = mem };

	for (size_t n; *a; a += n + (a[n] != '\0')) {
		const char *at = b;

		n = strcspn(a, "\n");
		while (at && *at && (strncmp(at, a, n) || at[n] != '\n')) {
			at = strchr(at, '\n');
			at = at ? at + 1 : NULL;
		}
		if (!at || !*at)
			buf_addf(&out, "\n\t%.*s", (int)n, a);
	}
	return buf_text(&out);
}

/*
 * A column that was there when its table got a parent is its own, too: what
 * differs by that is in the lines of the columns as well.
 */
static const char *without_inherited(struct arena *mem, const char *dump)
{
	static const char word[] = " INHERITED";
	struct buf b = { .mem = mem };

	for (size_t n; *dump; dump += n + (dump[n] != '\0')) {
		char *line = arena_strndup(mem, dump, n = strcspn(dump, "\n"));
		char *at = strstr(line, word);

		if (strstr(line, " has  default ") ||
		    strstr(line, " has  not null "))
			continue;
		if (at)
			memmove(at, at + sizeof(word) - 1,
				strlen(at + sizeof(word) - 1) + 1);
		buf_addf(&b, "%s\n", line);
	}
	return buf_text(&b);
}

static void expect_same(struct arena *mem, const struct schema *wanted,
			const struct schema *got, const char *what)
{
	const char *a = without_inherited(mem, schema_dump(mem, wanted));
	const char *b = without_inherited(mem, schema_dump(mem, got));

	cr_assert(!strcmp(a, b), "seed %llu: %s: expected%s\nfound%s\nby%s",
		  seed_now, what, lines_of(mem, a, b), lines_of(mem, b, a),
		  doing);
}

static void play(struct conn *c, unsigned long long seed)
{
	SCRATCH(mem);
	SCRATCH_ERR(err);
	struct spec before = {0}, after;
	struct schema *wanted, *live, *now;
	struct diff diff = {0};

	seed_now = state = seed;
	roll(&before, 100, true);
	after = before;
	roll(&after, 8 + 12 * rnd(8), false);
	wanted = make(c, script_of(&mem, &after), &mem);
	live = make(c, script_of(&mem, &before), &mem);
	CHECK_OK(diff_schemas(c->ops, c, live, schema_copy(&mem, wanted), NULL,
			      &mem, &diff, &err), "diff");
	if (!carry_out(c, live, &diff.up, &mem, "upgrade"))
		return;
	now = make(c, NULL, &mem);
	expect_same(&mem, wanted, now, "upgraded");
	if (!carry_out(c, now, &diff.down, &mem, "downgrade"))
		return;
	expect_same(&mem, live, make(c, NULL, &mem), "downgraded");
}

/* Every second round, so that two can run at once. */
static void rounds_from(unsigned long long first)
{
	unsigned long long seed = pg_world_number("RETORT_SEED", 1);
	unsigned long long rounds = pg_world_number("RETORT_ROUNDS", 60);
	SCRATCH(mem);
	struct conn *c = pg_world_database(
		arena_printf(&mem, "pgsql_%ld", (long)getpid()));

	for (unsigned long long i = first; i < rounds; i += 2)
		play(c, seed + i);
	conn_close(c);
}

Test(pg_random_sql, changes)
{
	rounds_from(0);
}

Test(pg_random_sql, other_changes)
{
	rounds_from(1);
}
