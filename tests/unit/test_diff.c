#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diff_world.h"

/* Random schemas ------------------------------------------------------ */

struct random {
	uint64_t state;
};

static unsigned rnd(struct random *r, unsigned n)
{
	r->state += 0x9e3779b97f4a7c15u;
	uint64_t z = r->state;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (unsigned)((z ^ (z >> 31)) % n);
}

static bool one_in(struct random *r, unsigned n)
{
	return rnd(r, n) == 0;
}

#define PICK(r, list) (list)[rnd((r), sizeof(list) / sizeof(*(list)))]

static struct parts some_parts(struct random *r, struct arena *mem,
			       const struct table *t)
{
	struct parts parts = {0};
	size_t n = 1 + rnd(r, 2), at = rnd(r, (unsigned)t->columns.n);

	for (size_t i = 0; i < n && i < t->columns.n; i++) {
		struct part p = { .column =
			t->columns.v[(at + i) % t->columns.n]->name };

		cr_assert(vec_push(mem, &parts, p));
	}
	return parts;
}

static struct column *random_column(struct random *r, struct arena *mem,
				    const char *name)
{
	static const char *const types[] = {
		"INTEGER", "TEXT", "VARCHAR(80)", "NUMERIC(8, 2)", "BLOB"
	};
	static const char *const defaults[] = { "0", "'x'", "(1 + 1)" };
	struct column *c = arena_new(mem, struct column);

	c->name = name;
	c->type.text = PICK(r, types);
	c->not_null = one_in(r, 3);
	if (one_in(r, 4))
		c->default_sql = PICK(r, defaults);
	if (one_in(r, 8))
		c->collation = "NOCASE";
	return c;
}

static void random_columns(struct random *r, struct arena *mem,
			   struct table *t)
{
	size_t n = 1 + rnd(r, 5), first = rnd(r, 4);

	for (size_t i = 0; i < n; i++)
		cr_assert(vec_push(mem, &t->columns, random_column(r, mem,
			arena_printf(mem, "c%zu", first + i))));
	if (n > 1 && one_in(r, 4)) {
		struct column *c = t->columns.v[n - 1];

		c->default_sql = NULL;
		c->generated = one_in(r, 2) ? GENERATED_STORED
					    : GENERATED_VIRTUAL;
		c->generated_sql = arena_printf(mem, "%s + 1",
						t->columns.v[0]->name);
	}
}

static struct constraint *add_constraint(struct arena *mem, struct table *t,
					 enum constraint_kind kind)
{
	struct constraint *c = arena_new(mem, struct constraint);

	c->kind = kind;
	cr_assert(vec_push(mem, &t->constraints, c));
	return c;
}

static void random_constraints(struct random *r, struct arena *mem,
			       struct table *t)
{
	struct constraint *c;

	if (!one_in(r, 4)) {
		c = add_constraint(mem, t, CONSTRAINT_PRIMARY_KEY);
		c->parts = some_parts(r, mem, t);
		c->name = one_in(r, 2) ? "pk" : NULL;
		c->auto_name = c->name && one_in(r, 2);
	}
	for (size_t i = rnd(r, 3); i-- > 0;) {
		c = add_constraint(mem, t, CONSTRAINT_UNIQUE);
		c->parts = some_parts(r, mem, t);
		c->name = one_in(r, 2) ? arena_printf(mem, "uq%zu", i) : NULL;
		c->auto_name = c->name && one_in(r, 2);
	}
	for (size_t i = rnd(r, 3); i-- > 0;) {
		c = add_constraint(mem, t, CONSTRAINT_CHECK);
		c->check_sql = arena_printf(mem, "%s > %u",
			t->columns.v[rnd(r, (unsigned)t->columns.n)]->name,
			rnd(r, 2));
		c->name = one_in(r, 2) ? arena_printf(mem, "ck%zu", i) : NULL;
	}
}

static void random_indexes(struct random *r, struct arena *mem,
			   struct table *t, unsigned *serial)
{
	for (size_t i = rnd(r, 3); i-- > 0;) {
		struct index *x = arena_new(mem, struct index);

		/* Names are from one pool: they move between tables. */
		x->name = arena_printf(mem, "ix%u", (*serial)++);
		x->unique = one_in(r, 3);
		x->parts = some_parts(r, mem, t);
		x->parts.v[0].descending = one_in(r, 4);
		if (one_in(r, 4))
			x->where_sql = arena_printf(mem, "%s IS NOT NULL",
						    t->columns.v[0]->name);
		cr_assert(vec_push(mem, &t->indexes, x));
	}
}

static void random_keys(struct random *r, struct schema *s)
{
	for (size_t i = 0; i < s->tables.n; i++) {
		struct table *t = s->tables.v[i];
		const struct table *to =
			s->tables.v[rnd(r, (unsigned)s->tables.n)];
		struct constraint *c;
		struct part p = { .column = t->columns.v[0]->name };
		const char *column = to->columns.v[0]->name;

		if (one_in(r, 3))
			continue;
		c = add_constraint(s->mem, t, CONSTRAINT_FOREIGN_KEY);
		c->ref_table = to->name;
		c->on_delete = one_in(r, 2) ? RETORT_CASCADE : RETORT_NO_ACTION;
		cr_assert(vec_push(s->mem, &c->parts, p));
		cr_assert(vec_push(s->mem, &c->ref_columns, column));
	}
}

static void random_objects(struct random *r, struct schema *s)
{
	size_t n = rnd(r, 4);

	for (size_t i = 0; i < n; i++) {
		struct object *o = arena_new(s->mem, struct object);
		const struct table *t =
			s->tables.v[rnd(r, (unsigned)s->tables.n)];

		o->kind = one_in(r, 2) ? OBJECT_TRIGGER : OBJECT_VIEW;
		o->name = arena_printf(s->mem, "o%zu", i);
		if (o->kind == OBJECT_TRIGGER) {
			o->table = t->name;
			o->create_sql = arena_printf(s->mem,
				"CREATE TRIGGER o%zu AFTER INSERT ON %s BEGIN "
				"SELECT new.%s; END", i, t->name,
				t->columns.v[0]->name);
		} else {
			bool over = i && s->objects.v[0]->kind == OBJECT_VIEW;

			o->create_sql = arena_printf(s->mem,
				"CREATE VIEW o%zu AS SELECT %s FROM %s", i,
				over ? "*" : t->columns.v[0]->name,
				over ? "o0" : t->name);
		}
		cr_assert(vec_push(s->mem, &s->objects, o));
	}
}

/* `seeds[i]` makes table i: the same seed, the same table. */
static struct schema *random_schema(struct arena *mem, const uint64_t *seeds,
				    size_t n, uint64_t seed)
{
	struct schema *s = schema_new(mem, true);
	struct random top = { seed };
	unsigned serial = 0;

	for (size_t i = 0; i < n; i++) {
		struct random r = { seeds[i] };
		struct table *t = arena_new(mem, struct table);

		if (one_in(&r, 5))
			continue;
		t->name = arena_printf(mem, "t%zu", i);
		t->without_rowid = one_in(&r, 8);
		random_columns(&r, mem, t);
		random_constraints(&r, mem, t);
		random_indexes(&r, mem, t, &serial);
		cr_assert(vec_push(mem, &s->tables, t));
	}
	if (s->tables.n) {
		random_keys(&top, s);
		random_objects(&top, s);
	}
	return s;
}

/* Some tables and columns of `b` say that they were others of `a`. */
static void random_was(struct random *r, struct arena *mem, struct schema *b)
{
	for (size_t i = 0; i < b->tables.n; i++) {
		struct table *t = b->tables.v[i];

		if (one_in(r, 3))
			t->was = arena_printf(mem, "t%u", rnd(r, 6));
		for (size_t k = 0; k < t->columns.n; k++)
			if (one_in(r, 6))
				t->columns.v[k]->was =
					arena_printf(mem, "c%u", rnd(r, 8));
	}
}

static void show(const struct diff *d)
{
	SCRATCH(tmp);

	for (size_t i = 0; i < d->up.n; i++)
		fprintf(stderr, "up: %s\n", op_describe(&tmp, d->up.v[i]));
	for (size_t i = 0; i < d->down.n; i++)
		fprintf(stderr, "down: %s\n",
			op_describe(&tmp, d->down.v[i]));
}

static void same_dump(const struct schema *a, const struct schema *b,
		      const char *what, uint64_t seed)
{
	SCRATCH(tmp);
	const char *x = schema_dump(&tmp, a), *y = schema_dump(&tmp, b);

	cr_assert_str_eq(x, y, "seed %llu, %s:\n%s--- instead of\n%s",
			 (unsigned long long)seed, what, x, y);
}

/* Names that go round cannot always be told from ones that have done so. */
static bool is_refused(retort_status rc, const struct err *err)
{
	return rc == RETORT_E_FAIL && strstr(err->pub.message, "cannot tell");
}

static void round_trip(uint64_t seed, const struct dialect *d)
{
	SCRATCH(mem);
	SCRATCH_ERR(err);
	struct random r = { seed };
	uint64_t first[6], second[6];
	struct diff diff, again;
	struct schema *a, *b, *now;
	retort_status rc;

	for (size_t i = 0; i < 6; i++) {
		first[i] = rnd(&r, 1u << 30);
		second[i] = one_in(&r, 2) ? first[i] : rnd(&r, 1u << 30);
	}
	a = random_schema(&mem, first, 6, rnd(&r, 4));
	b = random_schema(&mem, second, 6, rnd(&r, 4));
	random_was(&r, &mem, b);
	if (getenv("SEED") && strtoull(getenv("SEED"), NULL, 10) == seed)
		fprintf(stderr, "a:\n%sb:\n%s", schema_dump(&mem, a),
			schema_dump(&mem, b));
	rc = diff_schemas(d, NULL, a, b, NULL, &mem, &diff, &err);
	if (is_refused(rc, &err))
		return;
	cr_assert_eq(rc, RETORT_OK, "seed %llu: %s", (unsigned long long)seed,
		     err.pub.message);
	if (getenv("SEED") && strtoull(getenv("SEED"), NULL, 10) == seed)
		show(&diff);
	now = schema_copy(&mem, a);
	apply_all(now, &diff.up);
	same_dump(now, b, "up", seed);
	cr_assert_eq(diff_schemas(d, NULL, now, b, NULL, &mem, &again, &err),
		     RETORT_OK);
	cr_assert_eq(again.up.n, 0, "seed %llu: %zu differences are left",
		     (unsigned long long)seed, again.up.n);
	apply_all(now, &diff.down);
	same_dump(now, a, "down", seed);
}

Test(diff, random_round_trips)
{
	for (uint64_t seed = 1; seed <= 4000; seed++)
		round_trip(seed, NULL);
}

static retort_status no_normalize(struct conn *c, const struct schema *live,
				  struct schema *wanted, struct err *err)
{
	(void)c, (void)live, (void)wanted, (void)err;
	return RETORT_OK;
}

/* Without inline keys: cut and added apart from their tables. */
Test(diff, random_round_trips_with_ordered_keys)
{
	static const struct dialect d = { .normalize = no_normalize };

	for (uint64_t seed = 1; seed <= 1000; seed++)
		round_trip(seed, &d);
}

/* A random schema as SQLite takes it. */
static void make_valid(struct schema *s)
{
	for (size_t i = 0; i < s->tables.n; i++) {
		struct table *t = s->tables.v[i];
		struct constraint *c = table_primary_key(t);
		struct part first = { .column = t->columns.v[0]->name };

		/* No generated column in it; what refers to it finds a key. */
		if (c) {
			c->parts.n = 1;
			c->parts.v[0] = first;
		}
		/* SQLite 3.40 cannot rename a column of both there. */
		for (size_t k = 0; k < t->constraints.n; k++)
			if (t->constraints.v[k]->kind == CONSTRAINT_UNIQUE)
				t->without_rowid = false;
		if (c)
			continue;
		t->without_rowid = false;
		c = add_constraint(s->mem, t, CONSTRAINT_UNIQUE);
		cr_assert(vec_push(s->mem, &c->parts, first));
	}
}

static void proof(uint64_t seed)
{
	SCRATCH(mem);
	SCRATCH_ERR(err);
	struct random r = { seed };
	uint64_t first[4], second[4];
	struct diff diff;
	struct schema *a, *b;
	retort_status rc;

	for (size_t i = 0; i < 4; i++) {
		first[i] = rnd(&r, 1u << 30);
		second[i] = one_in(&r, 2) ? first[i] : rnd(&r, 1u << 30);
	}
	a = random_schema(&mem, first, 4, rnd(&r, 4));
	b = random_schema(&mem, second, 4, rnd(&r, 4));
	random_was(&r, &mem, b);
	make_valid(a);
	make_valid(b);
	rc = diff_schemas(&dialect_sqlite, NULL, a, b, NULL, &mem, &diff,
			  &err);
	if (is_refused(rc, &err))
		return;
	cr_assert_eq(rc, RETORT_OK, "%s", err.pub.message);
	if (getenv("SEED") && strtoull(getenv("SEED"), NULL, 10) == seed)
		show(&diff);
	cr_assert_eq(diff_prove(&dialect_sqlite, NULL, a, b, &diff, &err),
		     RETORT_OK, "seed %llu: %s\n%s\nfrom\n%s\nto\n%s",
		     (unsigned long long)seed, err.pub.message,
		     err.pub.detail ? err.pub.detail : "",
		     schema_dump(&mem, a), schema_dump(&mem, b));
}

/* The same through a real database. */
Test(diff, random_proofs)
{
	for (uint64_t seed = 1; seed <= 150; seed++)
		proof(seed);
}

/* Small schemas by hand ------------------------------------------------ */

static struct constraint *constraint(struct schema *s, struct table *t,
				     enum constraint_kind kind,
				     const char *name, const char *column)
{
	struct constraint *c = add_constraint(s->mem, t, kind);
	struct part p = { .column = column };

	c->name = name;
	if (kind == CONSTRAINT_CHECK)
		c->check_sql = column;
	else
		cr_assert(vec_push(s->mem, &c->parts, p));
	return c;
}

static void foreign_key(struct schema *s, struct table *t, const char *column,
			const char *to)
{
	struct constraint *c = constraint(s, t, CONSTRAINT_FOREIGN_KEY, NULL,
					  column);

	c->ref_table = to;
}

static void object(struct schema *s, enum object_kind kind, const char *name,
		   const char *on, const char *sql)
{
	struct object *o = arena_new(s->mem, struct object);

	*o = (struct object){ .kind = kind, .name = name, .table = on,
			      .create_sql = sql };
	cr_assert(vec_push(s->mem, &s->objects, o));
}

/* The words and targets of the operations, one line. */
Test(diff, tables_are_created_after_those_they_refer_to)
{
	TWO(t);
	foreign_key(t.b, table(t.b, "post", COLUMNS_OF("id", "user_id")),
		    "user_id", "user");
	table(t.b, "user", COLUMNS_OF("id"));
	cr_assert_str_eq(found(&t.mem, t.a, t.b, &plain, &t.diff),
			 "add_table user, add_table post");
	cr_assert_str_eq(found(&t.mem, t.b, t.a, &plain, &t.diff),
			 "remove_table post, remove_table user");
}

Test(diff, drop_and_add_is_told_to_be_perhaps_a_rename)
{
	TWO(t);
	table(t.a, "old", COLUMNS_OF("id", "x"));
	table(t.b, "new", COLUMNS_OF("id", "x"));
	cr_assert_str_eq(found(&t.mem, t.a, t.b, &plain, &t.diff),
			 "add_table new, remove_table old");
	cr_assert(strstr(t.diff.up.v[1]->warning, "--rename old:new"));
	cr_assert(t.diff.up.v[1]->loses_data);
}

static int yes(void *payload, const char *question)
{
	static char asked[100];

	snprintf(asked, sizeof(asked), "%s", question);
	*(const char **)payload = asked;
	return 1;
}

Test(diff, a_question_makes_it_a_rename)
{
	TWO(t);
	const char *asked = NULL;
	struct diff_options o = plain;

	o.ask = yes;
	o.payload = &asked;
	table(t.a, "old", COLUMNS_OF("id", "x"));
	table(t.b, "new", COLUMNS_OF("id", "x"));
	cr_assert_str_eq(found(&t.mem, t.a, t.b, &o, &t.diff),
			 "rename_table old");
	cr_assert_str_eq(asked, "was table \"old\" renamed to \"new\"?");
	cr_assert_str_eq(t.diff.down.v[0]->to, "old");
}

Test(diff, was_renames_while_the_old_name_is_live)
{
	TWO(t);
	struct table *n;

	table(t.a, "old", COLUMNS_OF("id", "x"));
	n = table(t.b, "new", COLUMNS_OF("id", "y"));
	n->was = "old";
	n->columns.v[1]->was = "x";
	cr_assert_str_eq(found(&t.mem, t.a, t.b, &plain, &t.diff),
			 "rename_table old, rename_column new.x");
	n = table(t.a, "new", COLUMNS_OF("id", "y"));
	cr_assert_str_eq(found(&t.mem, t.a, t.b, &plain, &t.diff),
			 "remove_table old");
}

Test(diff, told_renames)
{
	TWO(t);
	SCRATCH_ERR(err);
	struct diff_options o = plain;
	struct diff_rename table_rename = { "old", "new" };
	struct diff_rename column_rename = { "old.x", "y" };
	struct diff_rename unknown = { "none", "new" };

	table(t.a, "old", COLUMNS_OF("id", "x"));
	table(t.b, "new", COLUMNS_OF("id", "y"));
	cr_assert(vec_push(&t.mem, &o.renames, table_rename));
	cr_assert(vec_push(&t.mem, &o.renames, column_rename));
	cr_assert_str_eq(found(&t.mem, t.a, t.b, &o, &t.diff),
			 "rename_table old, rename_column new.x");
	o.renames.v[0] = unknown;
	cr_assert_eq(diff_schemas(NULL, NULL, t.a, t.b, &o, &t.mem, &t.diff,
				  &err), RETORT_E_NOTFOUND);
	cr_assert(strstr(err.pub.message, "\"none\""));
}

Test(diff, an_automatic_name_fits_any)
{
	TWO(t);
	struct table *a = table(t.a, "t", COLUMNS_OF("id"));
	struct table *b = table(t.b, "t", COLUMNS_OF("id"));
	struct constraint *c;

	constraint(t.a, a, CONSTRAINT_UNIQUE, NULL, "id");
	c = constraint(t.b, b, CONSTRAINT_UNIQUE, "uq_t_id", "id");
	c->auto_name = true;
	cr_assert_str_eq(found(&t.mem, t.a, t.b, &plain, &t.diff), "");
	cr_assert_null(c->name);
	c->name = "uq_t_id";
	c->auto_name = false;
	cr_assert_str_eq(found(&t.mem, t.a, t.b, &plain, &t.diff),
			 "remove_constraint t, add_constraint uq_t_id");
}

/* What makes the second look at a table needed. */
static void other_case(struct table *t) { t->name = "T"; }
static void other_column(struct table *t) { t->columns.v[1]->name = "X"; }
static void other_type(struct table *t) { t->columns.v[0]->type.text = "integer"; }
static void other_default(struct table *t) { t->columns.v[0]->default_sql = "(0)"; }
static void told_by_was(struct table *t) { t->columns.v[0]->was = "x"; }
static void other_key_name(struct table *t) { t->constraints.v[0]->name = "PK"; }
static void other_key(struct table *t) { t->constraints.v[0]->parts.v[0].column = "x"; }
static void no_key(struct table *t) { t->constraints.n = 0; }
static void is_strict(struct table *t) { t->strict = true; }

static struct table *table_with_key(struct schema *s)
{
	struct table *t = table(s, "t", COLUMNS_OF("id", "x"));

	constraint(s, t, CONSTRAINT_PRIMARY_KEY, "pk", "id");
	return t;
}

Test(diff, a_table_that_is_as_wanted_is_settled)
{
	static void (*const change[])(struct table *) = {
		other_case, other_column, other_type, other_default,
		told_by_was, other_key_name, other_key, no_key, is_strict
	};
	TWO(same);

	table_with_key(same.a);
	table_with_key(same.b);
	found(&same.mem, same.a, same.b, &plain, &same.diff);
	cr_assert(same.b->tables.v[0]->settled);
	for (size_t i = 0; i < sizeof(change) / sizeof(*change); i++) {
		TWO(t);
		struct table *b;

		table_with_key(t.a);
		b = table_with_key(t.b);
		change[i](b);
		b->settled = true;
		found(&t.mem, t.a, t.b, &plain, &t.diff);
		cr_expect_not(b->settled, "%zu", i);
	}
}

/* A key that named the old column names the new one, which is to be seen. */
Test(diff, nothing_is_settled_when_something_is_renamed)
{
	TWO(t);
	struct table *renamed;

	table(t.a, "p", COLUMNS_OF("old"));
	table(t.a, "q", COLUMNS_OF("id"));
	renamed = table(t.b, "p", COLUMNS_OF("new"));
	renamed->columns.v[0]->was = "old";
	table(t.b, "q", COLUMNS_OF("id"));
	cr_assert_str_eq(found(&t.mem, t.a, t.b, &plain, &t.diff),
			 "rename_column p.old");
	cr_assert_not(t.b->tables.v[1]->settled);
}

Test(diff, repeated_constraints_are_counted)
{
	TWO(t);
	struct table *a = table(t.a, "t", COLUMNS_OF("id"));
	struct table *b = table(t.b, "t", COLUMNS_OF("id"));

	constraint(t.a, a, CONSTRAINT_CHECK, NULL, "id > 0");
	constraint(t.a, a, CONSTRAINT_CHECK, NULL, "id > 0");
	constraint(t.b, b, CONSTRAINT_CHECK, NULL, "id > 0");
	cr_assert_str_eq(found(&t.mem, t.a, t.b, &plain, &t.diff),
			 "remove_constraint t");
}

Test(diff, a_view_over_a_view_goes_first_and_comes_last)
{
	TWO(t);

	table(t.a, "t", COLUMNS_OF("id", "x"));
	table(t.b, "t", COLUMNS_OF("id"));
	object(t.a, OBJECT_VIEW, "b", NULL, "CREATE VIEW b AS SELECT x FROM t");
	object(t.a, OBJECT_VIEW, "a", NULL, "CREATE VIEW a AS SELECT x FROM b");
	object(t.b, OBJECT_VIEW, "a", NULL, "CREATE VIEW a AS SELECT x FROM b");
	object(t.b, OBJECT_VIEW, "b", NULL,
	       "CREATE VIEW b AS SELECT id AS x FROM t");
	cr_assert_str_eq(found(&t.mem, t.a, t.b, &plain, &t.diff),
			 "remove_view a, remove_view b, remove_column t.x, "
			 "add_view b, add_view a");
}

Test(diff, views_that_are_not_in_the_way_stay)
{
	TWO(t);

	table(t.a, "t", COLUMNS_OF("id", "x"));
	table(t.b, "t", COLUMNS_OF("id", "x"));
	t.b->tables.v[0]->columns.v[1]->not_null = true;
	object(t.a, OBJECT_VIEW, "v", NULL, "CREATE VIEW v AS SELECT x FROM t");
	object(t.b, OBJECT_VIEW, "v", NULL,
	       "create view \"v\" as select x from [t]");
	cr_assert_str_eq(found(&t.mem, t.a, t.b, &plain, &t.diff),
			 "modify_nullable t.x");
	cr_assert(strstr(t.diff.up.v[0]->warning, "IS NULL"));
}

static bool no_rows(void *payload, const struct table *t)
{
	(void)payload;
	(void)t;
	return false;
}

Test(diff, a_not_null_column_without_default_is_warned_about)
{
	TWO(t);
	struct diff_options o = plain;

	table(t.a, "t", COLUMNS_OF("id"));
	table(t.b, "t", COLUMNS_OF("id", "x"));
	t.b->tables.v[0]->columns.v[1]->not_null = true;
	found(&t.mem, t.a, t.b, &plain, &t.diff);
	cr_assert(strstr(t.diff.up.v[0]->warning, "server_default"));
	o.has_rows = no_rows;
	found(&t.mem, t.a, t.b, &o, &t.diff);
	cr_assert_null(t.diff.up.v[0]->warning);
}

Test(diff, what_is_not_compared_is_taken_over)
{
	TWO(t);
	struct diff_options o = {0};

	table(t.a, "t", COLUMNS_OF("id"));
	table(t.b, "t", COLUMNS_OF("id"));
	t.b->tables.v[0]->columns.v[0]->type.text = "TEXT";
	t.b->tables.v[0]->columns.v[0]->default_sql = "1";
	cr_assert_str_eq(found(&t.mem, t.a, t.b, &o, &t.diff), "");
	same_dump(t.a, t.b, "taken over", 0);
}

Test(diff, changes_of_a_table_are_one_batch)
{
	TWO(t);
	struct table *b;

	table(t.a, "t", COLUMNS_OF("id", "x"));
	b = table(t.b, "t", COLUMNS_OF("id", "y"));
	constraint(t.b, b, CONSTRAINT_CHECK, "ck", "y > 0");
	found(&t.mem, t.a, t.b, &plain, &t.diff);
	cr_assert_eq(t.diff.up.n, 3);
	for (size_t i = 0; i < 3; i++) {
		cr_assert_eq(t.diff.up.v[i]->batch, 1);
		cr_assert_eq(t.diff.down.v[i]->batch, 1);
	}
}

Test(diff, an_index_name_may_move_to_another_table)
{
	TWO(t);
	struct index x = { .name = "ix" };
	struct part p = { .column = "id" };
	struct index *i = &x;
	struct table *has = table(t.a, "b", COLUMNS_OF("id"));
	struct table *gets = table(t.b, "a", COLUMNS_OF("id"));

	table(t.a, "a", COLUMNS_OF("id"));
	table(t.b, "b", COLUMNS_OF("id"));
	cr_assert(vec_push(&t.mem, &x.parts, p));
	cr_assert(vec_push(&t.mem, &has->indexes, i));
	cr_assert(vec_push(&t.mem, &gets->indexes, i));
	cr_assert_str_eq(found(&t.mem, t.a, t.b, &plain, &t.diff),
			 "remove_index ix, add_index ix");
	cr_assert_str_eq(t.diff.up.v[0]->table, "b");
}

static struct object *other(struct schema *s, const char *sql)
{
	object(s, OBJECT_OTHER, "fts", NULL, sql);
	s->objects.v[s->objects.n - 1]->drop_sql = "DROP TABLE fts";
	return s->objects.v[s->objects.n - 1];
}

Test(diff, a_verbatim_object_is_kept_unless_it_changes)
{
	TWO(t);

	table(t.a, "t", COLUMNS_OF("id"));
	table(t.b, "t", COLUMNS_OF("id"));
	other(t.a, "CREATE VIRTUAL TABLE fts USING fts5(id)");
	cr_assert_str_eq(found(&t.mem, t.a, t.b, &plain, &t.diff), "");
	cr_assert(strstr(t.diff.notes.v[0], "\"fts\""));
	other(t.b, "CREATE VIRTUAL TABLE fts USING fts5(t)");
	cr_assert_str_eq(found(&t.mem, t.a, t.b, &plain, &t.diff),
			 "remove_object fts, add_object fts");
	cr_assert(t.diff.up.v[0]->loses_data);
}

Test(diff, a_declared_virtual_table_is_found_again)
{
	TWO(t);
	SCRATCH_ERR(err);

	table(t.a, "t", COLUMNS_OF("id"));
	table(t.b, "t", COLUMNS_OF("id"));
	other(t.b, "CREATE VIRTUAL TABLE fts USING fts5(id)");
	cr_assert_str_eq(found(&t.mem, t.a, t.b, &plain, &t.diff),
			 "add_object fts");
	cr_assert_eq(diff_prove(&dialect_sqlite, NULL, t.a, t.b, &t.diff,
				&err), RETORT_OK, "%s", err.pub.message);
}

/* Memory --------------------------------------------------------------- */

static size_t allocations_left;

static void *few(size_t n)
{
	return allocations_left && --allocations_left ? malloc(n) : NULL;
}

/* A view, a rename, an answer, keys both ways: most of the code. */
static void fill_pair(struct schema *a, struct schema *b)
{
	struct table *t = table(a, "old", COLUMNS_OF("id", "x", "gone"));
	struct table *n = table(b, "new", COLUMNS_OF("id", "y", "added"));

	n->was = "old";
	n->columns.v[1]->was = "x";
	n->columns.v[0]->not_null = true;
	constraint(a, t, CONSTRAINT_UNIQUE, "uq", "x");
	constraint(b, n, CONSTRAINT_CHECK, NULL, "y > 0");
	table(a, "dropped", COLUMNS_OF("id", "z"));
	table(b, "like", COLUMNS_OF("id", "z"));
	foreign_key(b, n, "y", "like");
	foreign_key(b, b->tables.v[1], "z", "new");
	object(a, OBJECT_VIEW, "v", NULL, "CREATE VIEW v AS SELECT x FROM old");
	object(b, OBJECT_VIEW, "v", NULL, "CREATE VIEW v AS SELECT y FROM new");
	object(b, OBJECT_VIEW, "w", NULL, "CREATE VIEW w AS SELECT * FROM v");
}

static retort_status diff_with(size_t n, const struct dialect *d)
{
	SCRATCH_ERR(err);
	TWO(t);
	retort_status rc;

	fill_pair(t.a, t.b);
	allocations_left = n;
	arena_malloc = few;
	rc = diff_schemas(d, NULL, t.a, t.b, &plain, &t.mem, &t.diff, &err);
	arena_malloc = malloc;
	if (rc < 0)
		cr_assert_str_eq(err.pub.message, "out of memory",
				 "allocation %zu: %s", n, err.pub.message);
	return rc;
}

Test(diff, each_failed_allocation_is_reported)
{
	static const struct dialect ordered = { .normalize = no_normalize };
	size_t n = 1;

	while (diff_with(n, NULL) == RETORT_E_NOMEM)
		n++;
	cr_assert_gt(n, 2);
	cr_assert_eq(diff_with(n, NULL), RETORT_OK);
	for (n = 1; diff_with(n, &ordered) == RETORT_E_NOMEM;)
		n++;
	cr_assert_eq(diff_with(n, &ordered), RETORT_OK);
}
