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

static bool stands_on(const struct pg_compiler *k, const struct object *o,
		      const struct table *t, const char *key,
		      const char *column)
{
	if (o->table && name_same(k->s, o->table, t->name) &&
	    name_same(k->s, o->schema, t->schema))
		return sql_mentions(o->create_sql, column);
	if (is_routine(o) && !has_parsed_body(o))
		return false;
	return needs(o, key, t->name) &&
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

/* The last made first; those that are gone already are not there. */
static retort_status drop_marked(struct pg_compiler *k, struct marks *m)
{
	mark_dependents(k, m);
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
	struct buf key = { .mem = k->mem };
	struct marks m;

	if (!k->s->objects.n)
		return RETORT_OK;
	buf_add(&key, "TABLE ");
	pg_ddl_table_name(&key, t);
	if (!buf_text(&key))
		return err_nomem(k->err);
	TRY(start(k, &m));
	for (size_t i = 0; i < k->s->objects.n; i++) {
		const struct object *o = k->s->objects.v[i];

		m.gone[i] = can_go(o) && stands_on(k, o, t, key.s, column);
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

retort_status pg_settle(struct pg_compiler *k)
{
	for (size_t i = k->aside.n; i-- > 0;) {
		const struct object *o = by_key(k, k->aside.v[i]);

		if (o)
			TRY(pg_create_object(k, o));
	}
	k->aside.n = 0;
	return RETORT_OK;
}
