/*
 * The server is its own normaliser: what the models say otherwise than the
 * database is made in a scratch schema, read back by the same reflection, and
 * rolled back. All of it is one transaction, each statement under a
 * savepoint: one that fails leaves its text as it was.
 */
#include "dialect/postgresql/normalize.h"

#include <string.h>

#include "sql/token.h"

#define SCRATCH_SCHEMA "retort_scratch"

struct normalizing {
	struct suspects s;
	struct conn *c;
	const char *home;	/* the default schema, quoted */
	const char *scratch;	/* the one for trying */
	const char *schema;	/* of the models' things this round is for */
	const char *path;
	struct err *err;
};

/* Try a statement; *ok tells. A lost connection is an error. */
static retort_status try(struct normalizing *n, const char *sql, bool *ok)
{
	SCRATCH_ERR(err);
	retort_status rc;

	if (!sql)
		return err_nomem(n->err);
	TRY(conn_exec(n->c, "SAVEPOINT retort_try", n->err));
	rc = conn_exec(n->c, sql, &err);
	*ok = rc == RETORT_OK;
	if (rc == RETORT_E_NOMEM || rc == RETORT_E_INTERRUPTED ||
	    rc == RETORT_E_UNREACHABLE) {
		err_move(n->err, &err);
		return rc;
	}
	if (!*ok)
		TRY(conn_exec(n->c, "ROLLBACK TO SAVEPOINT retort_try",
			      n->err));
	return conn_exec(n->c, "RELEASE SAVEPOINT retort_try", n->err);
}

/* A copy of a table without what needs no trying. */
static retort_status trial_table(struct normalizing *n, const struct table *t,
				 struct table **out)
{
	struct table *copy = table_copy(n->s.mem, t);

	if (!copy)
		return err_nomem(n->err);
	copy->schema = NULL;
	for (size_t i = copy->constraints.n; i-- > 0;) {
		struct constraint *c = copy->constraints.v[i];

		c->not_valid = false;
		if (c->kind == CONSTRAINT_FOREIGN_KEY ||
		    ((c->kind == CONSTRAINT_PRIMARY_KEY ||
		      c->kind == CONSTRAINT_UNIQUE) && !c->with))
			vec_remove(&copy->constraints, i);
	}
	*out = copy;
	return RETORT_OK;
}

static retort_status make_table(struct normalizing *n, const struct table *t)
{
	struct buf b = { .mem = n->s.mem };
	struct table *trial = NULL;
	bool ok;

	TRY(trial_table(n, t, &trial));
	pg_ddl_create_table(&b, trial);
	TRY(try(n, buf_text(&b), &ok));
	for (size_t i = 0; ok && i < trial->indexes.n; i++) {
		struct buf sql = { .mem = n->s.mem };
		bool ignored;

		pg_ddl_create_index(&sql, trial, trial->indexes.v[i], false);
		TRY(try(n, buf_text(&sql), &ignored));
	}
	return RETORT_OK;
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && !strcmp(s + n - m, end);
}

/* The statement, for a name without schema; a copy of a query stays empty. */
static const char *trial_sql(struct normalizing *n, const struct object *o)
{
	struct buf b = { .mem = n->s.mem };
	size_t start, length;
	const char *word = pg_object_word(o), *name;

	if (o->kind == OBJECT_ENUM) {
		struct object bare = *o;

		bare.schema = NULL;
		pg_ddl_create_enum(&b, &bare, bare.name);
		return buf_text(&b);
	}
	if (!statement_name(o->create_sql, &start, &length))
		return o->create_sql;
	name = o->create_sql + start;
	for (size_t i = 0; i < length; i++)
		if (name[i] == '.' && *name != '"') {
			length -= i + 1;
			name += i + 1;
			i = 0;
		}
	buf_addn(&b, o->create_sql, start);
	buf_add(&b, name);
	if (word && !strcmp(word, "MATERIALIZED VIEW") &&
	    !ends_with(o->create_sql, "DATA"))
		buf_add(&b, " WITH NO DATA");
	return buf_text(&b);
}

static bool in_round(const struct normalizing *n, const char *schema)
{
	return text_same(schema, n->schema);
}

static bool is_view(const struct object *o)
{
	return o->kind == OBJECT_VIEW;
}

/* Make those not made yet; what stands on others is tried again. */
static retort_status make_objects(struct normalizing *n, bool views,
				  bool *made)
{
	for (bool again = true; again;) {
		again = false;
		for (size_t i = 0; i < n->s.objects.n; i++) {
			const struct object *o = n->s.objects.v[i];

			if (made[i] || (is_view(o) && !views) ||
			    !in_round(n, o->schema))
				continue;
			TRY(try(n, trial_sql(n, o), &made[i]));
			again |= made[i];
		}
	}
	return RETORT_OK;
}

static retort_status make_all(struct normalizing *n)
{
	bool *made = arena_array(n->s.mem, bool, n->s.objects.n + 1);

	if (!made)
		return err_nomem(n->err);
	TRY(make_objects(n, false, made));
	for (size_t i = 0; i < n->s.tables.n; i++)
		if (in_round(n, n->s.tables.v[i]->schema))
			TRY(make_table(n, n->s.tables.v[i]));
	return make_objects(n, true, made);
}

/* "f" of the models is "f(integer)" of the database, where it is alone. */
static const struct object *made_object(const struct schema *got,
					const struct object *o)
{
	const struct object *found = NULL;
	size_t n = strlen(o->name);

	for (size_t i = 0; i < got->objects.n; i++) {
		const struct object *g = got->objects.v[i];
		const char *a = pg_object_word(g), *b = pg_object_word(o);

		if (g->kind != o->kind || (a && b && strcmp(a, b)))
			continue;
		if (!strcmp(g->name, o->name))
			return g;
		if (strncmp(g->name, o->name, n) || g->name[n] != '(')
			continue;
		if (found)
			return NULL;
		found = g;
	}
	return found;
}

static retort_status take_all(struct normalizing *n, const struct schema *got)
{
	for (size_t i = 0; i < n->s.tables.n; i++) {
		struct table *t = n->s.tables.v[i];
		const struct table *g = in_round(n, t->schema)
			? schema_table(got, NULL, t->name) : NULL;

		if (g)
			TRY(take_table(&n->s, t, g));
	}
	for (size_t i = 0; i < n->s.objects.n; i++) {
		struct object *o = n->s.objects.v[i];
		const struct object *g = in_round(n, o->schema)
			? made_object(got, o) : NULL;

		if (g)
			TRY(take_object(&n->s, o, g));
	}
	return RETORT_OK;
}

static retort_status round_of(struct normalizing *n)
{
	static const struct reflect_options all = {0};
	const struct pg_place place = { n->scratch, n->path };
	struct schema *got;

	TRY(make_all(n));
	TRY(pg_reflect_at(n->c, &all, &place, n->s.mem, &got, n->err));
	return take_all(n, got);
}

static int read_text(void *payload, int n, const char *const cell[])
{
	struct buf *b = payload;

	(void)n;
	buf_add(b, cell[0] ? cell[0] : "public");
	return 1;
}

static retort_status ask(struct normalizing *n, const char *sql,
			 const char **out)
{
	struct buf b = { .mem = n->s.mem };

	TRY(pg_run(n->c, sql, 0, NULL, read_text, &b, n->err));
	*out = buf_text(&b);
	return *out ? RETORT_OK : err_nomem(n->err);
}

/* A role that may make no schema has one for temporary things. */
static retort_status make_place(struct normalizing *n)
{
	const char *first = SCRATCH_SCHEMA;
	struct buf b = { .mem = n->s.mem };
	bool ok;

	TRY(ask(n, "SELECT quote_ident(current_schema())", &n->home));
	TRY(try(n, "CREATE SCHEMA " SCRATCH_SCHEMA, &ok));
	n->scratch = SCRATCH_SCHEMA;
	if (!ok) {
		TRY(try(n, "CREATE TEMP TABLE retort_scratch ()", &ok));
		TRY(ask(n, "SELECT nspname FROM pg_namespace "
			"WHERE oid = pg_my_temp_schema()", &n->scratch));
		first = "pg_temp";
	}
	n->path = arena_printf(n->s.mem, "%s, %s", first, n->home);
	if (!n->path)
		return err_nomem(n->err);
	buf_addf(&b, "SET LOCAL search_path = %s", n->path);
	if (!buf_text(&b))
		return err_nomem(n->err);
	TRY(conn_exec(n->c, b.s, n->err));
	return conn_exec(n->c, "SET LOCAL check_function_bodies = off",
			 n->err);
}

static bool take_schema(struct normalizing *n, struct strings *list,
			const char *schema)
{
	for (size_t i = 0; i < list->n; i++)
		if (text_same(list->v[i], schema))
			return true;
	return vec_push(n->s.mem, list, schema);
}

/* One round for each schema that something is suspected in. */
static retort_status all_rounds(struct normalizing *n)
{
	struct strings schemas = {0};

	TRY(make_place(n));
	for (size_t i = 0; i < n->s.objects.n; i++)
		if (!take_schema(n, &schemas, n->s.objects.v[i]->schema))
			return err_nomem(n->err);
	for (size_t i = 0; i < n->s.tables.n; i++)
		if (!take_schema(n, &schemas, n->s.tables.v[i]->schema))
			return err_nomem(n->err);
	for (size_t i = 0; i < schemas.n; i++) {
		n->schema = schemas.v[i];
		TRY(conn_exec(n->c, "SAVEPOINT retort_round", n->err));
		TRY(round_of(n));
		TRY(conn_exec(n->c, "ROLLBACK TO SAVEPOINT retort_round",
			      n->err));
	}
	return RETORT_OK;
}

static retort_status in_transaction(struct normalizing *n)
{
	bool inside = pg_in_transaction(n->c);
	SCRATCH_ERR(ignored);
	retort_status rc;

	TRY(conn_exec(n->c, inside ? "SAVEPOINT retort_normalize" : "BEGIN",
		      n->err));
	rc = all_rounds(n);
	if (!inside) {
		pg_rollback(n->c);
		return rc;
	}
	conn_exec(n->c, "ROLLBACK TO SAVEPOINT retort_normalize", &ignored);
	conn_exec(n->c, "RELEASE SAVEPOINT retort_normalize", &ignored);
	return rc;
}

retort_status pg_normalize(struct conn *c, const struct schema *live,
			   struct schema *wanted, struct err *err)
{
	SCRATCH(tmp);
	struct normalizing n = {
		.s = { .live = live, .wanted = wanted, .mem = &tmp,
		       .err = err },
		.c = c, .err = err,
	};

	/* What was read from a database is spelled as it spells. */
	if (!wanted->says_little)
		return RETORT_OK;
	TRY(suspects_find(&n.s));
	if (!c || c->ops != &dialect_postgresql ||
	    (!n.s.tables.n && !n.s.objects.n))
		return RETORT_OK;
	return in_transaction(&n);
}
