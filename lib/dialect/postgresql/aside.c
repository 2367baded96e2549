/*
 * What stands in the way of a change: views on a column whose type changes,
 * functions that take a type that is made anew. They are dropped, those that
 * stand on them first, and made again when the change is done.
 */
#include <string.h>
#include <strings.h>

#include "dialect/postgresql/compile.h"
#include "op/mention.h"

/* "VIEW s.v", as in the lists of what others need. */
static char *key_of(struct pg_compiler *k, const struct object *o)
{
	struct buf b = { .mem = k->mem };
	const char *word = pg_object_word(o);

	if (o->drop_sql && !strncasecmp(o->drop_sql, "DROP ", 5))
		return arena_strdup(k->mem, o->drop_sql + 5);
	buf_addf(&b, "%s ", word ? word : "OBJECT");
	if (o->table) {
		pg_ddl_name(&b, o->name);
		buf_add(&b, " ON ");
		pg_ddl_qualified(&b, o->schema, o->table);
	} else {
		pg_ddl_qualified(&b, o->schema, o->name);
	}
	return buf_text(&b);
}

static struct object *by_key(struct pg_compiler *k, const char *key)
{
	for (size_t i = 0; i < k->s->objects.n; i++) {
		const char *other = key_of(k, k->s->objects.v[i]);

		if (other && !strcmp(other, key))
			return k->s->objects.v[i];
	}
	return NULL;
}

/* What may be dropped and made again, with nothing lost. */
static bool can_go(const struct object *o)
{
	static const char *const words[] = {
		"VIEW", "MATERIALIZED VIEW", "FUNCTION", "PROCEDURE",
		"TRIGGER", "RULE", "POLICY", "STATISTICS",
	};
	const char *word = pg_object_word(o);

	for (size_t i = 0; word && i < sizeof(words) / sizeof(*words); i++)
		if (!strcmp(word, words[i]))
			return true;
	return false;
}

static bool is_routine(const struct object *o)
{
	const char *word = pg_object_word(o);

	return word && (!strcmp(word, "FUNCTION") ||
			!strcmp(word, "PROCEDURE"));
}

/* A body that is a string is looked at by the server when it runs. */
static bool has_parsed_body(const struct object *o)
{
	return o->create_sql && (sql_mentions(o->create_sql, "ATOMIC") ||
				 sql_mentions(o->create_sql, "RETURN"));
}

static bool needs(const struct object *o, const char *key, const char *name)
{
	if (o->needs.n)
		return strings_has(&o->needs, key);
	return sql_mentions(o->create_sql, name);
}

bool pg_needs_object(struct pg_compiler *k, const struct object *o,
		     const struct object *other)
{
	const char *key = key_of(k, other);

	return key && needs(o, key, other->name);
}

/* Spelled one way or another. */
static bool needs_table(const struct pg_compiler *k, const struct object *o,
			const struct table *t)
{
	for (size_t i = 0; i < o->needs.n; i++)
		if (!strncmp(o->needs.v[i], "TABLE ", 6) &&
		    schema_table_called(k->s, o->needs.v[i] + 6) == t)
			return true;
	return !o->needs.n && sql_mentions(o->create_sql, t->name);
}

static bool stands_on(const struct pg_compiler *k, const struct object *o,
		      const struct table *t, const char *column)
{
	if (o->table && name_same(k->s, o->table, t->name) &&
	    name_same(k->s, o->schema, t->schema))
		return sql_mentions(o->create_sql, column);
	if (is_routine(o) && !has_parsed_body(o))
		return false;
	return needs_table(k, o, t) &&
	       (sql_mentions(o->create_sql, column) ||
		sql_has_star(o->create_sql));
}

/* Marks of objects, one for each of the schema. */
struct marks {
	bool *gone;
	char **key;
};

static bool on_marked(const struct pg_compiler *k, const struct marks *m,
		      const struct object *o)
{
	for (size_t i = 0; i < k->s->objects.n; i++) {
		const struct object *on = k->s->objects.v[i];

		if (!m->gone[i] || on == o)
			continue;
		if (o->table && name_same(k->s, o->table, on->name) &&
		    name_same(k->s, o->schema, on->schema))
			return true;
		if (needs(o, m->key[i], on->name))
			return true;
	}
	return false;
}

static void mark_dependents(struct pg_compiler *k, struct marks *m)
{
	for (bool again = true; again;) {
		again = false;
		for (size_t i = 0; i < k->s->objects.n; i++) {
			const struct object *o = k->s->objects.v[i];

			if (m->gone[i] || !can_go(o) || !on_marked(k, m, o))
				continue;
			m->gone[i] = again = true;
		}
	}
}

static retort_status start(struct pg_compiler *k, struct marks *m)
{
	size_t n = k->s->objects.n;

	m->gone = arena_array(k->mem, bool, n + 1);
	m->key = arena_array(k->mem, char *, n + 1);
	if (!m->gone || !m->key)
		return err_nomem(k->err);
	for (size_t i = 0; i < n; i++)
		if (!(m->key[i] = key_of(k, k->s->objects.v[i])))
			return err_nomem(k->err);
	return RETORT_OK;
}

bool pg_is_aside(const struct pg_compiler *k, const struct constraint *c,
		 const struct index *x)
{
	for (size_t i = 0; i < k->keys.n; i++)
		if (k->keys.v[i].c == c && k->keys.v[i].x == x)
			return true;
	return false;
}

static retort_status put_key_aside(struct pg_compiler *k, struct table *t,
				   struct constraint *c)
{
	struct aside_key key = { t, c, NULL };

	if (pg_is_aside(k, c, NULL))
		return RETORT_OK;
	if (!vec_push(k->mem, &k->keys, key))
		return err_nomem(k->err);
	return pg_drop_constraint(k, t, c->name, false);
}

static retort_status put_index_aside(struct pg_compiler *k, struct table *t,
				     struct index *x)
{
	struct aside_key key = { t, NULL, x };
	struct buf b = { .mem = k->mem };

	if (pg_is_aside(k, NULL, x))
		return RETORT_OK;
	if (!vec_push(k->mem, &k->keys, key))
		return err_nomem(k->err);
	buf_add(&b, "DROP INDEX ");
	pg_ddl_qualified(&b, t->schema, x->name);
	return pg_emit(k, &b);
}

/* Is a routine called by an expression of a table? */
static bool is_called(const struct marks *m, const struct schema *s,
		      const struct constraint *c, const struct index *x)
{
	SCRATCH(tmp);

	for (size_t i = 0; i < s->objects.n; i++) {
		const struct object *o = s->objects.v[i];
		const char *name = m->gone[i] && is_routine(o)
			? arena_strndup(&tmp, o->name, strcspn(o->name, "("))
			: NULL;

		if (name && (c ? sql_mentions(c->check_sql, name) ||
				 sql_mentions(c->exclude_sql, name)
			       : index_mentions(s, x, name)))
			return true;
	}
	return false;
}

/* Checks and indexes that call what is dropped. */
static retort_status put_callers_aside(struct pg_compiler *k, struct table *t,
				       const struct marks *m)
{
	for (size_t i = 0; i < t->constraints.n; i++)
		if (t->constraints.v[i]->name &&
		    is_called(m, k->s, t->constraints.v[i], NULL))
			TRY(put_key_aside(k, t, t->constraints.v[i]));
	for (size_t i = 0; i < t->indexes.n; i++)
		if (is_called(m, k->s, NULL, t->indexes.v[i]))
			TRY(put_index_aside(k, t, t->indexes.v[i]));
	return RETORT_OK;
}

/* The last made first; those that are gone already are not there. */
static retort_status drop_marked(struct pg_compiler *k, struct marks *m)
{
	mark_dependents(k, m);
	for (size_t i = 0; i < k->s->tables.n; i++)
		TRY(put_callers_aside(k, k->s->tables.v[i], m));
	for (size_t i = k->s->objects.n; i-- > 0;) {
		if (!m->gone[i] || strings_has(&k->aside, m->key[i]))
			continue;
		TRY(pg_drop_object(k, k->s->objects.v[i], false));
		if (!vec_push(k->mem, &k->aside, m->key[i]))
			return err_nomem(k->err);
	}
	return RETORT_OK;
}

retort_status pg_put_aside(struct pg_compiler *k, const struct table *t,
			   const char *column)
{
	struct marks m;

	if (!k->s->objects.n)
		return RETORT_OK;
	TRY(start(k, &m));
	for (size_t i = 0; i < k->s->objects.n; i++) {
		const struct object *o = k->s->objects.v[i];

		m.gone[i] = can_go(o) && stands_on(k, o, t, column);
	}
	return drop_marked(k, &m);
}

retort_status pg_put_aside_users(struct pg_compiler *k,
				 const struct object *type)
{
	const char *key = key_of(k, type);
	struct marks m;

	if (!key)
		return err_nomem(k->err);
	TRY(start(k, &m));
	for (size_t i = 0; i < k->s->objects.n; i++) {
		const struct object *o = k->s->objects.v[i];

		m.gone[i] = o->kind != OBJECT_ENUM && can_go(o) &&
			    needs(o, key, type->name);
	}
	return drop_marked(k, &m);
}

retort_status pg_put_aside_family(struct pg_compiler *k, struct table *t,
				  const char *column)
{
	struct pg_tables family = {0};

	TRY(pg_family(k, t, column, &family));
	for (size_t i = 0; i < family.n; i++)
		TRY(pg_put_aside(k, family.v[i], column));
	return RETORT_OK;
}

/* Foreign keys */

static bool has_part(const struct parts *parts, const char *name)
{
	for (size_t i = 0; i < parts->n; i++)
		if (text_same(parts->v[i].column, name))
			return true;
	return false;
}

/* Does it refer to all of these columns and no others, or to any of them? */
static bool refers_to(const struct pg_compiler *k, const struct constraint *c,
		      const struct table *t, const struct parts *columns,
		      bool any)
{
	const struct constraint *pk = table_primary_key(t);
	size_t n = c->ref_columns.n ? c->ref_columns.n : pk ? pk->parts.n : 0;
	size_t found = 0;

	if (!name_same(k->s, c->ref_table, t->name) ||
	    !name_same(k->s, c->ref_schema, t->schema))
		return false;
	for (size_t i = 0; i < n; i++)
		found += has_part(columns, c->ref_columns.n
				  ? c->ref_columns.v[i]
				  : pk->parts.v[i].column);
	return found && (any || found == n);
}

static bool goes_from(const struct constraint *c, const struct parts *columns)
{
	for (size_t i = 0; i < columns->n; i++)
		if (has_part(&c->parts, columns->v[i].column))
			return true;
	return false;
}

retort_status pg_put_keys_aside(struct pg_compiler *k, const struct table *t,
				const struct parts *columns, bool both_ways)
{
	for (size_t i = 0; i < k->s->tables.n; i++) {
		struct table *from = k->s->tables.v[i];

		for (size_t n = 0; n < from->constraints.n; n++) {
			struct constraint *c = from->constraints.v[n];

			bool ours = both_ways && from == t &&
				    goes_from(c, columns);

			if (c->kind == CONSTRAINT_FOREIGN_KEY && c->name &&
			    (ours || refers_to(k, c, t, columns, both_ways)))
				TRY(put_key_aside(k, from, c));
		}
	}
	return RETORT_OK;
}

static bool forget(struct pg_compiler *k, const struct constraint *c,
		   const struct index *x)
{
	for (size_t i = 0; i < k->keys.n; i++)
		if (k->keys.v[i].c == c && k->keys.v[i].x == x) {
			vec_remove(&k->keys, i);
			return true;
		}
	return false;
}

bool pg_forget_key(struct pg_compiler *k, const struct constraint *c)
{
	return forget(k, c, NULL);
}

bool pg_forget_index(struct pg_compiler *k, const struct index *x)
{
	return forget(k, NULL, x);
}

static bool still_wanted(const struct pg_compiler *k,
			 const struct aside_key *key)
{
	bool table = false;

	for (size_t i = 0; i < k->s->tables.n; i++)
		table |= k->s->tables.v[i] == key->t;
	for (size_t i = 0; table && i < key->t->constraints.n; i++)
		if (key->c && key->t->constraints.v[i] == key->c)
			return true;
	for (size_t i = 0; table && i < key->t->indexes.n; i++)
		if (key->x && key->t->indexes.v[i] == key->x)
			return true;
	return false;
}

/* Foreign keys alone, or all others. */
static retort_status make_keys(struct pg_compiler *k, bool foreign)
{
	for (size_t i = 0; i < k->keys.n; i++) {
		const struct aside_key *key = &k->keys.v[i];
		bool is = key->c && key->c->kind == CONSTRAINT_FOREIGN_KEY;

		if (is != foreign || !still_wanted(k, key))
			continue;
		TRY(key->c ? pg_add_constraint(k, key->t, key->c)
			   : pg_create_index(k, key->t, key->x, false));
	}
	return RETORT_OK;
}

retort_status pg_settle(struct pg_compiler *k)
{
	TRY(make_keys(k, true));
	for (size_t i = k->aside.n; i-- > 0;) {
		const struct object *o = by_key(k, k->aside.v[i]);

		if (o)
			TRY(pg_create_object(k, o));
	}
	TRY(make_keys(k, false));
	k->keys.n = 0;
	k->aside.n = 0;
	return RETORT_OK;
}
