/*
 * Random schemas, and random changes to them, as a server can hold them: small
 * numbers of which everything is made.
 */
#ifndef RETORT_TESTS_PG_RANDOM_H
#define RETORT_TESTS_PG_RANDOM_H

#include "pg_world.h"

#define TABLES 4
#define COLUMNS 6

static unsigned long long state;

static unsigned rnd(unsigned n)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(state >> 33) % n;
}

/* What a schema is made of: small numbers, some of which change. */
struct spec {
	struct {
		unsigned there, renamed, id, key, comment, unique, check, fk,
			 index, index_how, view, trigger, storage, exclude,
			 security;
		struct {
			unsigned there, renamed, type, not_null, value,
				 comment;
		} c[COLUMNS];
	} t[TABLES];
	unsigned labels[2], reorder[2], function, view_on_view, matview,
		 domain, policy, sequence, routine, over_matview;
	bool rows;	/* there are some: what they forbid is not asked for */
};

static void roll(unsigned *v, unsigned n, unsigned chance)
{
	if (rnd(100) < chance)
		*v = rnd(n);
}

static void roll_all(struct spec *s, unsigned p)
{
	for (int i = 0; i < TABLES; i++) {
		roll(&s->t[i].there, 5, p / 2);
		roll(&s->t[i].renamed, 2, p / 2);
		roll(&s->t[i].id, 5, p);
		roll(&s->t[i].key, 3, p);
		roll(&s->t[i].comment, 3, p);
		roll(&s->t[i].unique, 3, p);
		roll(&s->t[i].check, 4, p);
		roll(&s->t[i].fk, 6, p);
		roll(&s->t[i].index, 7, p);
		roll(&s->t[i].index_how, 4, p);
		roll(&s->t[i].view, 3, p);
		roll(&s->t[i].trigger, 3, p);
		roll(&s->t[i].storage, 4, p);
		roll(&s->t[i].exclude, 3, p);
		roll(&s->t[i].security, 3, p);
		for (int k = 0; k < COLUMNS; k++) {
			roll(&s->t[i].c[k].there, 4, p);
			roll(&s->t[i].c[k].renamed, 2, p / 2);
			roll(&s->t[i].c[k].type, 17, p);
			roll(&s->t[i].c[k].not_null, 3, p);
			roll(&s->t[i].c[k].value, 3, p);
			roll(&s->t[i].c[k].comment, 4, p);
		}
	}
	for (int e = 0; e < 2; e++) {
		roll(&s->labels[e], 31, p * 2);
		roll(&s->reorder[e], 4, p);
	}
	roll(&s->function, 4, p);
	roll(&s->view_on_view, 2, p);
	roll(&s->matview, 3, p);
	roll(&s->over_matview, 2, p);
	roll(&s->domain, 3, p);
	roll(&s->policy, 3, p);
	roll(&s->sequence, 3, p);
	roll(&s->routine, 3, p);
}

struct building {
	struct arena *mem;
	struct schema *s;
	const struct spec *spec;
	struct table *t;
	int i;
	bool has_mood;
};

#define TEXT(...) arena_printf(b->mem, __VA_ARGS__)

/* What each is called before and after it is renamed. */
static const char *const column_names[2][COLUMNS] = {
	{ "c0", "c1", "c2", "c3", "c4", "c5" },
	{ "D 0", "order", "End", "select", "a\"b", "\303\274" }
};
static const char *const table_names[2][TABLES] = {
	{ "t0", "t1", "t2", "t3" }, { "Table 0", "user", "Grant", "left" }
};

static void add_column(struct building *b, const char *name, struct type type,
		       const char *value)
{
	struct column *c = arena_new(b->mem, struct column);

	c->name = name;
	c->type = type;
	c->default_sql = value;
	cr_assert(vec_push(b->mem, &b->t->columns, c));
}

static struct column *last(struct building *b)
{
	return b->t->columns.v[b->t->columns.n - 1];
}

static void add_enum(struct building *b, int e, struct type *t)
{
	static const char *const all[] = { "new", "low", "mid", "it's", "top" };
	const unsigned bits = b->spec->labels[e] | 1;

	t->kind = RETORT_TYPE_ENUM;
	t->name = e ? "Level" : "mood";
	b->has_mood |= !e && b->i != 3;
	for (int i = 0; i < 5; i++)
		if (bits & (1u << i))
			cr_assert(vec_push(b->mem, &t->labels, all[i]));
	if (b->spec->reorder[e] == 1 && t->labels.n > 2) {
		const char *x = t->labels.v[1];

		t->labels.v[1] = t->labels.v[2];
		t->labels.v[2] = x;
	}
}

static const struct {
	enum retort_type_kind kind;
	int length, scale;
	const char *values[2];
} kinds[] = {
	{ RETORT_TYPE_INTEGER, -1, -1, { "7", "(1 + 1)" } },
	{ RETORT_TYPE_BIGINT, -1, -1, { "8", "abs(-3)" } },
	{ RETORT_TYPE_VARCHAR, 20, -1, { "'x'", "upper('y')" } },
	{ RETORT_TYPE_VARCHAR, 30, -1, { "'x'", "NULL" } },
	{ RETORT_TYPE_TEXT, -1, -1, { "'it''s'", "md5('a')" } },
	{ RETORT_TYPE_NUMERIC, 8, 2, { "0", "1.5" } },
	{ RETORT_TYPE_BOOLEAN, -1, -1, { "0", "true" } },
	{ RETORT_TYPE_DATE, -1, -1, { "CURRENT_DATE", "'2020-01-01'" } },
	{ RETORT_TYPE_TIMESTAMP, -1, -1, { "CURRENT_TIMESTAMP", "now()" } },
	{ RETORT_TYPE_TIMESTAMPTZ, -1, -1, { "now()", "NULL" } },
	{ RETORT_TYPE_JSONB, -1, -1, { "'{}'", "'[1, 2]'" } },
	{ RETORT_TYPE_UUID, -1, -1, { "gen_random_uuid()", "NULL" } },
	{ RETORT_TYPE_VERBATIM, -1, -1, { "'{1,2}'", "NULL" } },
	{ RETORT_TYPE_ENUM, -1, -1, { "'new'", "NULL" } },
	{ RETORT_TYPE_ENUM, -1, -1, { "'new'", "NULL" } },
	{ RETORT_TYPE_ARRAY, -1, -1, { "'{new}'", "NULL" } },
	{ RETORT_TYPE_TEXT, -1, -1, { "'d'", "NULL" } },
};

static struct type column_type(struct building *b, unsigned k)
{
	struct type t = { .kind = kinds[k].kind, .length = kinds[k].length,
			  .scale = kinds[k].scale };
	struct type *element;

	if (t.kind == RETORT_TYPE_VERBATIM)
		t.name = "int4[]";
	if (t.kind == RETORT_TYPE_ENUM)
		add_enum(b, (int)k - 13, &t);
	if (k == 16 && b->spec->domain)
		t = (struct type){ .kind = RETORT_TYPE_VERBATIM,
				   .length = -1, .scale = -1, .name = "short" };
	if (t.kind == RETORT_TYPE_ARRAY) {
		element = arena_new(b->mem, struct type);
		add_enum(b, 0, element);
		t.element = element;
	}
	return t;
}

static void add_id(struct building *b)
{
	const unsigned how = b->spec->t[b->i].id;
	struct type t = { .kind = how == 1 ? RETORT_TYPE_BIGINT
					   : RETORT_TYPE_INTEGER,
			  .length = -1, .scale = -1 };
	struct column *c;

	add_column(b, "id", t, NULL);
	c = last(b);
	if (how == 2)
		c->autoincrement = true;
	if (how == 3)
		c->identity = IDENTITY_ALWAYS;
	if (how == 3 && b->i == 1)
		c->identity_sql = "START WITH 10 INCREMENT BY 2";
	if (how == 4)
		c->serial = "";
	c->not_null = how == 1;
}

static void add_columns(struct building *b)
{
	for (int k = 0; k < COLUMNS; k++) {
		const unsigned type = b->spec->t[b->i].c[k].type;
		const unsigned renamed = b->spec->t[b->i].c[k].renamed;
		const unsigned value = b->spec->t[b->i].c[k].value;
		struct column *c;

		if (b->spec->t[b->i].c[k].there == 0)
			continue;
		add_column(b, column_names[renamed][k],
			   k == 5 && value
			   ? (struct type){ .kind = RETORT_TYPE_BIGINT }
			   : column_type(b, type),
			   value ? kinds[type].values[value - 1] : NULL);
		c = last(b);
		c->was = column_names[!renamed][k];
		c->not_null = !b->spec->rows &&
			      b->spec->t[b->i].c[k].not_null == 1;
		if (b->spec->t[b->i].c[k].comment == 1)
			c->comment = TEXT("column '%d'", k);
		if (k == 5 && value) {	/* generated */
			c->default_sql = NULL;
			c->generated = GENERATED_STORED;
			c->generated_sql = value == 1 ? "id * 2" : "(id + 1)";
		}
	}
}

static struct constraint *add_constraint(struct building *b,
					 enum constraint_kind kind,
					 const char *name)
{
	struct constraint *c = arena_new(b->mem, struct constraint);

	c->kind = kind;
	c->name = name;
	cr_assert(vec_push(b->mem, &b->t->constraints, c));
	return c;
}

static void add_part(struct building *b, struct parts *parts,
		     const char *column)
{
	cr_assert(vec_push(b->mem, parts, ((struct part){ .column = column })));
}

static const char *some_column(struct building *b)
{
	return b->t->columns.n > 1 ? b->t->columns.v[1]->name : "id";
}

static const char *quoted(struct building *b, const char *name)
{
	return pg_quote_name(b->mem, name);
}

static bool is_there(const struct building *b, int i)
{
	return b->spec->t[i].there != 0;
}

static const char *table_name(const struct building *b, int i)
{
	return table_names[b->spec->t[i].renamed][i];
}

static void add_foreign_key(struct building *b)
{
	static const enum retort_action actions[] = {
		RETORT_NO_ACTION, RETORT_CASCADE, RETORT_SET_NULL
	};
	const unsigned fk = b->spec->t[b->i].fk;
	const int to = (b->i + 1 + (int)(fk % 2)) % TABLES;
	struct constraint *c;
	struct type t = { .kind = RETORT_TYPE_INTEGER };

	if (fk < 2 || !is_there(b, to) || !b->spec->t[to].key)
		return;
	add_column(b, "r", t, NULL);
	c = add_constraint(b, CONSTRAINT_FOREIGN_KEY, TEXT("fk_%d", b->i));
	add_part(b, &c->parts, "r");
	c->ref_table = table_name(b, to);
	c->ref_schema = to == 3 ? "app" : NULL;
	if (fk > 3)
		cr_assert(vec_push(b->mem, &c->ref_columns, "id"));
	c->on_delete = actions[fk % 3];
	c->deferrable = fk == 5;
}

static void add_constraints(struct building *b)
{
	static const char *const checks[] = { "id > 0", "id BETWEEN 1 AND 9",
					      "id IN (1, 2) OR id <> 5" };
	const unsigned check = b->spec->t[b->i].check;
	struct constraint *c;

	if (b->spec->t[b->i].key) {
		c = add_constraint(b, CONSTRAINT_PRIMARY_KEY,
				   b->spec->t[b->i].key == 1 ? NULL
				   : TEXT("pk_%d", b->i));
		add_part(b, &c->parts, "id");
	}
	if (b->spec->t[b->i].unique == 1) {
		c = add_constraint(b, CONSTRAINT_UNIQUE, NULL);
		add_part(b, &c->parts, some_column(b));
		c->nulls_not_distinct = b->i == 2;
		if (!strcmp(some_column(b), "id"))
			add_part(b, &c->parts, "id"), c->parts.n--;
	}
	if (check)
		add_constraint(b, CONSTRAINT_CHECK, TEXT("ck_%d", b->i))
			->check_sql = checks[check - 1];
	if (check == 2)
		b->t->constraints.v[b->t->constraints.n - 1]->comment = "why";
	if (b->spec->t[b->i].exclude == 1) {
		add_column(b, "e", (struct type){ .kind = RETORT_TYPE_VERBATIM,
			.length = -1, .scale = -1, .name = "int4range" }, NULL);
		add_constraint(b, CONSTRAINT_EXCLUDE, TEXT("ex_%d", b->i))
			->exclude_sql = "USING gist (e WITH &&) WHERE (id>0)";
	}
	add_foreign_key(b);
}

static void add_facet(struct building *b, const char *key, const char *set,
		      const char *reset)
{
	struct facet f = { key, set, reset };

	cr_assert(vec_push(b->mem, &b->t->facets, f));
}

static void add_facets(struct building *b)
{
	const char *name = TEXT("%s%s", b->i == 3 ? "app." : "",
				quoted(b, b->t->name));

	if (b->spec->t[b->i].security != 1)
		return;
	add_facet(b, "row security",
		  TEXT("ALTER TABLE %s ENABLE ROW LEVEL SECURITY", name),
		  TEXT("ALTER TABLE %s DISABLE ROW LEVEL SECURITY", name));
	add_facet(b, "grant retort_reader",
		  TEXT("GRANT SELECT ON TABLE %s TO retort_reader", name),
		  TEXT("REVOKE SELECT ON TABLE %s FROM retort_reader", name));
}

static void add_index(struct building *b)
{
	const unsigned how = b->spec->t[b->i].index;
	struct index *x = arena_new(b->mem, struct index);
	const char *column = some_column(b);

	if (!how)
		return;
	x->name = TEXT(b->spec->t[b->i].index_how == 1 ? "Index %d" : "ix_%d",
		       b->i);
	x->unique = b->spec->t[b->i].index_how == 2;
	add_part(b, &x->parts, how == 6 ? "id" : column);
	if (how == 2)
		x->parts.v[0].descending = true;
	if (how == 3) {
		x->parts.v[0].column = NULL;
		x->parts.v[0].expr = TEXT("%s IS NULL", quoted(b, column));
	}
	if (how == 4)
		x->where_sql = "id>3";
	if (how == 5)
		cr_assert(vec_push(b->mem, &x->include, "id"));
	if (b->spec->t[b->i].index_how == 3)
		x->with = "fillfactor = 70";
	cr_assert(vec_push(b->mem, &b->t->indexes, x));
}

static bool indexable(struct building *b)
{
	return strcmp(some_column(b), "id") != 0;
}

static void add_table(struct building *b, int i)
{
	b->t = arena_new(b->mem, struct table);
	b->i = i;
	b->t->name = table_name(b, i);
	b->t->was = table_names[!b->spec->t[i].renamed][i];
	b->t->schema = i == 3 ? "app" : NULL;
	if (b->spec->t[i].comment == 1)
		b->t->comment = TEXT("table %d's", i);
	if (b->spec->t[i].storage == 1)
		b->t->with = "fillfactor=80";
	add_id(b);
	add_columns(b);
	add_constraints(b);
	if (indexable(b))
		add_index(b);
	add_facets(b);
	cr_assert(vec_push(b->mem, &b->s->tables, b->t));
}

static void add_object(struct building *b, enum object_kind kind,
		       const char *name, const char *table, const char *sql)
{
	struct object *o = arena_new(b->mem, struct object);

	o->kind = kind;
	o->name = name;
	o->table = table;
	o->create_sql = sql;
	cr_assert(vec_push(b->mem, &b->s->objects, o));
}

static const char *from(struct building *b, int i)
{
	return TEXT("%s%s", i == 3 ? "app." : "", quoted(b, table_name(b, i)));
}

static void add_views(struct building *b)
{
	for (int i = 0; i < TABLES; i++) {
		const struct table *t;
		const unsigned how = b->spec->t[i].view;

		if (!is_there(b, i) || !how)
			continue;
		t = schema_table(b->s, i == 3 ? "app" : NULL,
				 table_name(b, i));
		add_object(b, OBJECT_VIEW, TEXT("v%d", i), NULL,
			   TEXT("CREATE VIEW v%d AS SELECT id, %s AS x FROM %s"
				" WHERE id>%u", i,
				quoted(b, t->columns.v[how == 1 ? 0 :
				       t->columns.n - 1]->name), from(b, i),
				how));
		if (b->spec->view_on_view)
			add_object(b, OBJECT_VIEW, TEXT("w%d", i), NULL,
				   TEXT("CREATE VIEW w%d AS SELECT * FROM v%d",
					i, i));
	}
}

static void add_triggers(struct building *b)
{
	add_object(b, OBJECT_OTHER, "f", NULL,
		   TEXT("CREATE OR REPLACE FUNCTION f() RETURNS trigger "
			"LANGUAGE plpgsql AS $$BEGIN /* %u */ RETURN NEW; "
			"END$$", b->spec->function));
	for (int i = 0; i < 3; i++)
		if (is_there(b, i) && b->spec->t[i].trigger)
			add_object(b, OBJECT_TRIGGER, TEXT("g%d", i),
				   table_name(b, i),
				   TEXT("CREATE TRIGGER g%d BEFORE %s ON %s "
					"FOR EACH ROW EXECUTE FUNCTION f()", i,
					b->spec->t[i].trigger == 1 ? "INSERT"
					: "UPDATE OF id", from(b, i)));
}

static void add_matviews(struct building *b)
{
	const struct table *t;

	if (!b->spec->matview || !is_there(b, 0))
		return;
	t = schema_table(b->s, NULL, table_name(b, 0));
	add_object(b, OBJECT_OTHER, "m", NULL,
		   TEXT("CREATE MATERIALIZED VIEW m AS SELECT id+%u AS n, %s "
			"AS y FROM %s", b->spec->matview,
			quoted(b, t->columns.v[t->columns.n - 1]->name),
			from(b, 0)));
	if (b->spec->over_matview)
		add_object(b, OBJECT_VIEW, "Over m", NULL,
			   "CREATE VIEW \"Over m\" AS SELECT n FROM m");
}

static void add_rest(struct building *b)
{
	if (b->spec->domain)
		add_object(b, OBJECT_OTHER, "short", NULL,
			   TEXT("CREATE DOMAIN short AS varchar(%u) "
				"CHECK (VALUE<>'')", b->spec->domain * 5));
	if (b->spec->sequence)
		add_object(b, OBJECT_OTHER, "sq", NULL,
			   TEXT("CREATE SEQUENCE sq INCREMENT %u",
				b->spec->sequence));
	if (b->spec->routine && b->has_mood)
		add_object(b, OBJECT_OTHER, "h", NULL,
			   TEXT("CREATE OR REPLACE FUNCTION h(m mood) RETURNS "
				"%s LANGUAGE sql AS 'SELECT m::text'",
				b->spec->routine == 1 ? "text" : "varchar"));
	if (b->spec->policy && is_there(b, 1))
		add_object(b, OBJECT_OTHER, "p", table_name(b, 1),
			   TEXT("CREATE POLICY p ON %s USING (id>%u)",
				from(b, 1), b->spec->policy));
}

static struct schema *build(struct arena *mem, const struct spec *spec)
{
	struct building b = { .mem = mem, .spec = spec,
			      .s = schema_new(mem, false) };
	SCRATCH_ERR(err);

	for (int i = 0; i < TABLES; i++)
		if (is_there(&b, i))
			add_table(&b, i);
	add_views(&b);
	add_matviews(&b);
	add_triggers(&b);
	add_rest(&b);
	cr_assert(!dialect_postgresql.lower(b.s, &err), "%s", err.pub.message);
	return b.s;
}

#endif
