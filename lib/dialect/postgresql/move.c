/* Names of suspects, moved to the scratch schemas and back. */
#include <string.h>

#include "dialect/postgresql/lex.h"
#include "dialect/postgresql/normalize.h"

static bool is_name(const struct pg_token *t)
{
	return t->kind == PG_WORD || t->kind == PG_QUOTED;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* Does the token name this, of which only `n` bytes count? */
static bool names(const struct pg_token *t, const char *name, size_t n)
{
	if (t->kind == PG_QUOTED)
		return t->n == n + 2 && !strncmp(t->s + 1, name, n);
	for (size_t i = 0; i < t->n && i < n; i++)
		if (lower(t->s[i]) != name[i])
			return false;
	return t->kind == PG_WORD && t->n == n;
}

static bool is_suspect(const struct suspects *s, const char *schema,
		       const struct pg_token *t)
{
	for (size_t i = 0; i < s->tables.n; i++)
		if (text_same(s->tables.v[i]->schema, schema) &&
		    names(t, s->tables.v[i]->name,
			  strlen(s->tables.v[i]->name)))
			return true;
	for (size_t i = 0; i < s->objects.n; i++) {
		const char *name = s->objects.v[i]->name;

		if (text_same(s->objects.v[i]->schema, schema) &&
		    names(t, name, strcspn(name, "(")))
			return true;
	}
	return false;
}

/* The place that `schema.name` is moved to, or NULL. */
static const struct place *place_of(const struct suspects *s,
				    const struct pg_token *schema,
				    const struct pg_token *name)
{
	for (size_t i = 0; i < s->places.n; i++) {
		const struct place *p = &s->places.v[i];
		const char *said = p->schema ? p->schema : s->home;

		if (names(schema, said, strlen(said)) &&
		    is_suspect(s, p->schema, name))
			return p;
	}
	return NULL;
}

const char *move_names(const struct suspects *s, const char *sql)
{
	struct buf b = { .mem = s->mem };
	struct pg_lexer lx = { .at = sql, .line = 1 };
	struct pg_token t[3] = {0};
	const char *from = sql;

	if (!sql || !s->places.n)
		return sql;
	for (;;) {
		const struct place *p;

		t[0] = t[1];
		t[1] = t[2];
		t[2] = pg_token_next(&lx);
		if (t[2].kind == PG_END || t[2].kind == PG_OPEN)
			break;
		if (!is_name(&t[0]) || !is_name(&t[2]) ||
		    t[1].kind != PG_OTHER || *t[1].s != '.')
			continue;
		p = place_of(s, &t[0], &t[2]);
		if (!p)
			continue;
		buf_addn(&b, from, (size_t)(t[0].s - from));
		buf_add(&b, p->scratch);
		from = t[0].s + t[0].n;
	}
	buf_add(&b, from);
	return buf_text(&b);
}

const char *move_back(const struct suspects *s, struct arena *mem,
		      const char *sql)
{
	for (size_t i = 0; sql && i < s->places.n; i++) {
		const struct place *p = &s->places.v[i];
		const char *at, *from = sql;
		struct buf b = { .mem = mem };
		size_t n = strlen(p->scratch);

		if (!p->schema || !strstr(sql, p->scratch))
			continue;
		while ((at = strstr(from, p->scratch))) {
			buf_addn(&b, from, (size_t)(at - from));
			if (at[n] == '.')
				pg_ddl_name(&b, p->schema);
			else
				buf_add(&b, p->scratch);
			from = at + n;
		}
		buf_add(&b, from);
		sql = buf_text(&b);
	}
	return sql;
}
