/*
 * The server is its own normaliser: what the models say otherwise than the
 * database is made in a scratch schema, read back by the same reflection, and
 * rolled back. All of it is one transaction, each statement under a
 * savepoint: one that fails leaves its text as it was.
 */
#include "dialect/postgresql/normalize.h"

#include <string.h>

#include "base/map.h"
#include "dialect/postgresql/lex.h"

#define SCRATCH_SCHEMA "retort_scratch"

struct normalizing {
	struct suspects s;
	struct conn *c;
	bool own_schemas;	/* one for each of the models' */
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

static const struct place *place_of(const struct normalizing *n,
				    const char *schema)
{
	for (size_t i = 0; i < n->s.places.n; i++)
		if (text_same(n->s.places.v[i].schema, schema))
			return &n->s.places.v[i];
	return &n->s.places.v[0];
}

static bool move(struct normalizing *n, const char **sql)
{
	const char *moved = move_names(&n->s, *sql);

	if (*sql && !moved)
		return false;
	*sql = moved;
	return true;
}

static bool move_parts(struct normalizing *n, struct parts *parts)
{
	for (size_t i = 0; i < parts->n; i++)
		if (!move(n, &parts->v[i].expr) ||
		    !move(n, &parts->v[i].opclass) ||
		    !move(n, &parts->v[i].collation))
			return false;
	return true;
}

/* All that it names is where it is tried. */
static bool move_table(struct normalizing *n, struct table *t)
{
	bool ok = true;

	for (size_t i = 0; ok && i < t->columns.n; i++) {
		struct column *c = t->columns.v[i];

		ok = move(n, &c->type.text) && move(n, &c->default_sql) &&
		     move(n, &c->generated_sql);
	}
	for (size_t i = 0; ok && i < t->constraints.n; i++)
		ok = move(n, &t->constraints.v[i]->check_sql) &&
		     move(n, &t->constraints.v[i]->exclude_sql);
	for (size_t i = 0; ok && i < t->indexes.n; i++)
		ok = move_parts(n, &t->indexes.v[i]->parts) &&
		     move(n, &t->indexes.v[i]->where_sql);
	for (size_t i = 0; ok && i < t->inherits.n; i++)
		ok = move(n, &t->inherits.v[i]);
	return ok && move(n, &t->partition_of);
}

/* A copy of a table without what needs no trying. */
static retort_status trial_table(struct normalizing *n, const struct table *t,
				 struct table **out)
{
	struct table *copy = table_copy(n->s.mem, t);

	if (!copy)
		return err_nomem(n->err);
	copy->schema = place_of(n, t->schema)->scratch;
	for (size_t i = copy->constraints.n; i-- > 0;) {
		struct constraint *c = copy->constraints.v[i];

		c->not_valid = false;
		if (c->kind == CONSTRAINT_FOREIGN_KEY ||
		    ((c->kind == CONSTRAINT_PRIMARY_KEY ||
		      c->kind == CONSTRAINT_UNIQUE) && !c->with))
			vec_remove(&copy->constraints, i);
	}
	*out = copy;
	return move_table(n, copy) ? RETORT_OK : err_nomem(n->err);
}

/* Can the parent give it a default that is not its own? */
static bool inherits_default(const struct table *t, const struct column *c)
{
	if (c->generated || c->identity || c->serial)
		return false;
	return c->inherited || (t->inherits.n && !c->default_sql);
}

/* What columns have that CREATE TABLE does not say. */
static retort_status try_columns(struct normalizing *n, const struct table *t)
{
	bool ignored;

	for (size_t i = 0; i < t->columns.n; i++) {
		const struct column *c = t->columns.v[i];
		struct buf b = { .mem = n->s.mem };

		if (c->serial && c->identity_sql) {
			pg_ddl_alter_serial(&b, t, c, c->identity_sql);
			TRY(try(n, buf_text(&b), &ignored));
		}
		if (!inherits_default(t, c))
			continue;
		b = (struct buf){ .mem = n->s.mem };
		buf_add(&b, "ALTER TABLE ONLY ");
		pg_ddl_table_name(&b, t);
		buf_add(&b, " ALTER COLUMN ");
		pg_ddl_name(&b, c->name);
		buf_addf(&b, c->default_sql ? " SET DEFAULT %s"
					    : " DROP DEFAULT", c->default_sql);
		TRY(try(n, buf_text(&b), &ignored));
	}
	return RETORT_OK;
}

static retort_status make_table(struct normalizing *n, const struct table *t,
				bool *made)
{
	struct buf b = { .mem = n->s.mem };
	struct table *trial = NULL;

	TRY(trial_table(n, t, &trial));
	pg_ddl_create_table(&b, trial);
	TRY(try(n, buf_text(&b), made));
	if (*made)
		TRY(try_columns(n, trial));
	for (size_t i = 0; *made && i < trial->indexes.n; i++) {
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

/* Its name has no schema before it. */
static bool is_bare(const struct object *o)
{
	const char *word = pg_object_word(o);

	return o->table || !word || !strcmp(word, "SCHEMA") ||
	       !strcmp(word, "EXTENSION") || strstr(word, "TRIGGER") ||
	       !strcmp(word, "RULE") || !strcmp(word, "POLICY");
}

/* The name without its schema. */
static const char *last_name(const char *name, size_t *length)
{
	bool quoted = false;
	size_t start = 0;

	for (size_t i = 0; i < *length; i++) {
		quoted ^= name[i] == '"';
		if (name[i] == '.' && !quoted)
			start = i + 1;
	}
	*length -= start;
	return name + start;
}

/* The statement, for where it is tried; a copy of a query stays empty. */
static const char *trial_sql(struct normalizing *n, const struct object *o)
{
	const char *word = pg_object_word(o), *name, *sql;
	const char *scratch = place_of(n, o->schema)->scratch;
	struct buf b = { .mem = n->s.mem };
	size_t start, length;

	if (o->kind == OBJECT_ENUM) {
		struct object moved = *o;

		moved.schema = scratch;
		pg_ddl_create_enum(&b, &moved, o->name);
		return buf_text(&b);
	}
	sql = move_names(&n->s, o->create_sql);
	if (!sql || is_bare(o) || !statement_name(sql, &start, &length))
		return sql;
	name = sql + start;
	name = last_name(name, &length);
	buf_addn(&b, sql, start);
	pg_ddl_name(&b, scratch);
	buf_addf(&b, ".%s", name);
	if (word && !strcmp(word, "MATERIALIZED VIEW") &&
	    !ends_with(sql, "DATA"))
		buf_add(&b, " WITH NO DATA");
	return buf_text(&b);
}

/* What is made when the tables are there, so that it never meets live ones. */
static bool is_late(const struct object *o)
{
	return o->kind == OBJECT_VIEW || is_about_tables(o) ||
	       (o->word && !strcmp(o->word, "MATERIALIZED VIEW"));
}

/* Without the arguments of a routine. */
static const char *bare_name(const struct normalizing *n,
			     const struct object *o)
{
	return arena_strndup(n->s.mem, o->name, strcspn(o->name, "("));
}

/* Things on their way to where they are tried. */
struct making {
	bool *made, *table_made;
	struct map unmade;	/* name -> how many objects are not made */
	struct map tables;	/* the same of tables, until they were tried */
};

static bool add_unmade(struct map *m, const char *name)
{
	size_t *count = name ? map_get(m, name) : NULL;

	if (!count)
		count = arena_new(m->mem, size_t);
	if (!name || !count || !map_put(m, name, count))
		return false;
	++*count;
	return true;
}

static retort_status start_making(struct normalizing *n, struct making *m)
{
	bool ok;

	m->unmade = (struct map){ .mem = n->s.mem, .fold = true };
	m->tables = m->unmade;
	m->made = arena_array(n->s.mem, bool, n->s.objects.n + 1);
	m->table_made = arena_array(n->s.mem, bool, n->s.tables.n + 1);
	ok = m->made && m->table_made;
	for (size_t i = 0; ok && i < n->s.objects.n; i++)
		ok = add_unmade(&m->unmade, bare_name(n, n->s.objects.v[i]));
	for (size_t i = 0; ok && i < n->s.tables.n; i++)
		ok = add_unmade(&m->tables, n->s.tables.v[i]->name);
	return ok ? RETORT_OK : err_nomem(n->err);
}

/* Does it name one that is not made yet? It would find the live one. */
static bool names_one(const struct normalizing *n, const struct map *unmade,
		      const struct object *o)
{
	struct pg_lexer lx = { .at = o->create_sql, .line = 1 };
	const char *called = bare_name(n, o);
	const size_t *own = called ? map_get(unmade, called) : NULL;
	SCRATCH(tmp);

	while (lx.at && unmade->n) {
		struct pg_token t = pg_token_next(&lx);
		size_t quote = t.kind == PG_QUOTED;
		const char *name;
		const size_t *count;

		if (t.kind == PG_END || t.kind == PG_OPEN)
			return false;
		if (t.kind != PG_WORD && t.kind != PG_QUOTED)
			continue;
		name = arena_strndup(&tmp, t.s + quote, t.n - 2 * quote);
		count = name ? map_get(unmade, name) : NULL;
		if (count && *count && count != own)
			return true;
	}
	return false;
}

static retort_status make_object(struct normalizing *n, struct making *m,
				 size_t i)
{
	const struct object *o = n->s.objects.v[i];
	const char *name = bare_name(n, o);

	if (!name)
		return err_nomem(n->err);
	TRY(try(n, trial_sql(n, o), &m->made[i]));
	if (m->made[i])
		--*(size_t *)map_get(&m->unmade, name);
	return RETORT_OK;
}

/*
 * Make those not made yet, each after those that it names; what stands on
 * others is tried again.
 */
static retort_status make_objects(struct normalizing *n, bool late,
				  struct making *m)
{
	bool patient = true;

	for (bool again = true; again;) {
		again = false;
		for (size_t i = 0; i < n->s.objects.n; i++) {
			const struct object *o = n->s.objects.v[i];

			if (m->made[i] || (is_late(o) && !late) ||
			    names_one(n, &m->tables, o) ||
			    (patient && names_one(n, &m->unmade, o)))
				continue;
			TRY(make_object(n, m, i));
			again |= m->made[i];
		}
		if (!again && patient)
			again = !(patient = false);
	}
	return RETORT_OK;
}

/* Those not made yet; *missing tells whether some still are not. */
static retort_status make_tables(struct normalizing *n, struct making *m,
				 bool *missing)
{
	*missing = false;
	for (size_t i = 0; i < n->s.tables.n; i++) {
		if (!m->table_made[i])
			TRY(make_table(n, n->s.tables.v[i],
				       &m->table_made[i]));
		*missing |= !m->table_made[i];
	}
	m->tables.n = 0;
	return RETORT_OK;
}

/* A table may want a function that names another table. */
static retort_status make_all(struct normalizing *n)
{
	struct making m = {0};
	bool missing;

	TRY(start_making(n, &m));
	TRY(make_objects(n, false, &m));
	TRY(make_tables(n, &m, &missing));
	TRY(make_objects(n, true, &m));
	if (!missing)
		return RETORT_OK;
	TRY(make_tables(n, &m, &missing));
	return make_objects(n, true, &m);
}

/* "f" of the models is "f(integer)" of the database, where it is alone. */
static const struct object *made_object(const struct schema *got,
					const char *schema,
					const struct object *o)
{
	const struct object *found = NULL;
	size_t n = strlen(o->name);

	for (size_t i = 0; i < got->objects.n; i++) {
		const struct object *g = got->objects.v[i];
		const char *a = pg_object_word(g), *b = pg_object_word(o);

		if (g->kind != o->kind || (a && b && strcmp(a, b)) ||
		    !text_same(g->schema, schema) ||
		    (o->table && g->table && strcmp(o->table, g->table)))
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

/* What a schema of the models is called where it was read. */
static const char *read_as(const struct normalizing *n, const char *schema)
{
	const struct place *p = place_of(n, schema);

	return n->own_schemas && p != &n->s.places.v[0] ? p->scratch : NULL;
}

static retort_status take_all(struct normalizing *n, const struct schema *got)
{
	for (size_t i = 0; i < n->s.tables.n; i++) {
		struct table *t = n->s.tables.v[i];
		const struct table *g = schema_table(got,
			read_as(n, t->schema), t->name);

		if (g)
			TRY(take_table(&n->s, t, g));
	}
	for (size_t i = 0; i < n->s.objects.n; i++) {
		struct object *o = n->s.objects.v[i];
		const struct object *g = made_object(got,
			read_as(n, o->schema), o);

		if (g)
			TRY(take_object(&n->s, o, g));
	}
	return RETORT_OK;
}

static retort_status try_all(struct normalizing *n, const char *path)
{
	const struct place *first = &n->s.places.v[0];
	const struct pg_place place = { first->scratch, path };
	struct reflect_options all = {0};
	struct schema *got;

	for (size_t i = 0; n->own_schemas && i < n->s.places.n; i++)
		if (!vec_push(n->s.mem, &all.schemas,
			      i ? n->s.places.v[i].scratch : ""))
			return err_nomem(n->err);
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

static bool add_place(struct normalizing *n, const char *schema)
{
	struct place p = { .schema = schema };

	for (size_t i = 0; i < n->s.places.n; i++)
		if (text_same(n->s.places.v[i].schema, schema))
			return true;
	p.scratch = n->s.places.n
		? arena_printf(n->s.mem, SCRATCH_SCHEMA "_%zu", n->s.places.n)
		: SCRATCH_SCHEMA;
	return p.scratch && vec_push(n->s.mem, &n->s.places, p);
}

/* One for each schema that something is suspected in, the default one first. */
static bool find_places(struct normalizing *n)
{
	bool ok = add_place(n, NULL);

	for (size_t i = 0; ok && i < n->s.objects.n; i++)
		ok = add_place(n, n->s.objects.v[i]->schema);
	for (size_t i = 0; ok && i < n->s.tables.n; i++)
		ok = add_place(n, n->s.tables.v[i]->schema);
	return ok;
}

static retort_status cannot_try(struct normalizing *n)
{
	const char *state = n->err->pub.sqlstate;
	bool denied = state && !strcmp(state, "42501");

	err_context(n->err, "could not have the server spell what the models "
		    "say");
	if (denied)
		err_hint(n->err, "Models and database differ in texts that may "
			 "mean the same. Let the role make temporary tables "
			 "(GRANT TEMP ON DATABASE), and only the server can "
			 "tell.");
	return n->err->pub.code;
}

/* A role that may make no schema has one for temporary things. */
static retort_status make_temporary(struct normalizing *n)
{
	const char *name;
	retort_status rc;

	rc = conn_exec(n->c, "CREATE TEMP TABLE retort_scratch ()", n->err);
	if (rc < 0)
		return cannot_try(n);
	TRY(ask(n, "SELECT nspname FROM pg_namespace "
		"WHERE oid = pg_my_temp_schema()", &name));
	for (size_t i = 0; i < n->s.places.n; i++)
		n->s.places.v[i].scratch = name;
	return RETORT_OK;
}

static retort_status make_places(struct normalizing *n)
{
	n->own_schemas = true;
	for (size_t i = 0; n->own_schemas && i < n->s.places.n; i++)
		TRY(try(n, arena_printf(n->s.mem, "CREATE SCHEMA %s",
					n->s.places.v[i].scratch),
			&n->own_schemas));
	return n->own_schemas ? RETORT_OK : make_temporary(n);
}

/* What is tried may name what the session finds; *path is for reading it. */
static retort_status prepare(struct normalizing *n, const char **path)
{
	struct buf b = { .mem = n->s.mem };
	const char *arg[1];

	TRY(conn_exec(n->c, "SET LOCAL client_min_messages = error", n->err));
	TRY(ask(n, "SELECT coalesce(current_schema(), '')", &n->s.home));
	if (!find_places(n))
		return err_nomem(n->err);
	TRY(make_places(n));
	buf_addf(&b, "%s, ", n->own_schemas ? n->s.places.v[0].scratch
					    : "pg_temp");
	pg_ddl_name(&b, n->s.home);
	*path = buf_text(&b);
	if (!*path)
		return err_nomem(n->err);
	arg[0] = n->own_schemas ? n->s.places.v[0].scratch : "pg_temp";
	TRY(pg_run(n->c, sql_postgresql_search_also, 1, arg, NULL, NULL,
		   n->err));
	return conn_exec(n->c, "SET LOCAL check_function_bodies = off",
			 n->err);
}

static retort_status work(struct normalizing *n)
{
	const char *path = NULL;

	TRY(prepare(n, &path));
	return try_all(n, path);
}

static retort_status in_transaction(struct normalizing *n)
{
	bool inside = pg_in_transaction(n->c);
	SCRATCH_ERR(ignored);
	retort_status rc;

	TRY(conn_exec(n->c, inside ? "SAVEPOINT retort_normalize" : "BEGIN",
		      n->err));
	rc = work(n);
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
