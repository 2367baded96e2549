/* Labels of enums and objects that get another name, in all texts there are. */
#include "op/rename.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "sql/token.h"

/* A text that stands for it in the server's spelling, and the new one. */
struct change {
	struct schema *s;
	const char *from, *to;
	/* Of a label: it alone, the new one, and what follows an array. */
	const char *label, *new_label, *array;
	bool failed;
};

static bool in_name(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '$' || c == '"' ||
	       c == '.' || (unsigned char)c > 127;
}

/* Is what stands at `at` the whole of it? */
static bool stands_alone(const struct change *c, const char *text,
			 const char *at)
{
	const char *end = at + strlen(c->from);

	return (at == text || (!in_name(at[-1]) && at[-1] != '\'')) &&
	       !in_name(*end) && *end != '\'';
}

/* One element of an array's text up to `end`; *s goes behind it. */
static const char *read_element(struct arena *mem, const char **s,
				const char *end)
{
	struct buf b = { .mem = mem };
	bool quoted = **s == '"';

	for (*s += quoted; *s < end && **s != (quoted ? '"' : ','); ++*s) {
		if (quoted && **s == '\\' && *s + 1 < end)
			++*s;
		if (**s == '\'')	/* as SQL doubles them */
			++*s;
		buf_addc(&b, **s);
	}
	*s += quoted && *s < end;
	return buf_text(&b);
}

static void add_element(struct buf *b, const char *s)
{
	bool quote = !*s || strpbrk(s, "{},\"\\ \t\n\r\v\f") ||
		     !strcasecmp(s, "NULL");

	if (quote)
		buf_addc(b, '"');
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			buf_addc(b, '\\');
		buf_addc(b, *s);
		if (*s == '\'')
			buf_addc(b, *s);
	}
	if (quote)
		buf_addc(b, '"');
}

/* The elements between '{ and }', with the label's new name. */
static void add_elements(struct change *c, struct buf *b, const char *s,
			 const char *end)
{
	while (s < end) {
		const char *start = s;
		const char *item = read_element(b->mem, &s, end);

		if (item && !strcmp(item, c->label))
			add_element(b, c->new_label);
		else
			buf_addn(b, start, (size_t)(s - start));
		b->failed |= !item;
		if (s < end)
			buf_addc(b, *s++);
	}
}

/* The end of a quoted text, behind its last quote. */
static const char *end_of_quoted(const char *s)
{
	for (s++; *s && (*s != '\'' || s[1] == '\''); s++)
		s += *s == '\'';
	return *s ? s + 1 : s;
}

/* '{a,"b c"}'::type[] */
static void in_arrays(struct change *c, const char **text)
{
	struct buf b = { .mem = c->s->mem };
	const char *rest = *text;

	if (!rest || !c->array || !strstr(rest, c->array))
		return;
	for (const char *s = rest; (s = strchr(s, '\''));) {
		const char *end = end_of_quoted(s);

		if (end - s > 4 && s[1] == '{' && end[-2] == '}' &&
		    !strncmp(end, c->array, strlen(c->array))) {
			buf_addn(&b, rest, (size_t)(s + 2 - rest));
			add_elements(c, &b, s + 2, end - 2);
			rest = end - 2;
		}
		s = end;
	}
	buf_add(&b, rest);
	*text = buf_text(&b);
	c->failed |= !*text;
}

static void in_text(struct change *c, const char **text)
{
	struct buf b = { .mem = c->s->mem };
	const char *rest = *text, *at = rest;
	bool any = false;

	in_arrays(c, text);
	at = rest = *text;
	while (rest && (at = strstr(at, c->from))) {
		if (!stands_alone(c, *text, at)) {
			at++;
			continue;
		}
		buf_addn(&b, rest, (size_t)(at - rest));
		buf_add(&b, c->to);
		rest = at += strlen(c->from);
		any = true;
	}
	if (!any)
		return;
	buf_add(&b, rest);
	*text = buf_text(&b);
	c->failed |= !*text;
}

static void in_parts(struct change *c, struct parts *parts)
{
	for (size_t i = 0; i < parts->n; i++)
		in_text(c, &parts->v[i].expr);
}

static void in_facets(struct change *c, struct facets *facets)
{
	for (size_t i = 0; i < facets->n; i++) {
		in_text(c, &facets->v[i].set_sql);
		in_text(c, &facets->v[i].reset_sql);
	}
}

static void in_needs(struct change *c, struct strings *needs)
{
	for (size_t i = 0; i < needs->n; i++)
		in_text(c, &needs->v[i]);
}

static void in_table(struct change *c, struct table *t)
{
	for (size_t i = 0; i < t->columns.n; i++) {
		in_text(c, &t->columns.v[i]->default_sql);
		in_text(c, &t->columns.v[i]->generated_sql);
	}
	for (size_t i = 0; i < t->constraints.n; i++) {
		in_parts(c, &t->constraints.v[i]->parts);
		in_text(c, &t->constraints.v[i]->check_sql);
		in_text(c, &t->constraints.v[i]->exclude_sql);
	}
	for (size_t i = 0; i < t->indexes.n; i++) {
		in_parts(c, &t->indexes.v[i]->parts);
		in_text(c, &t->indexes.v[i]->where_sql);
	}
	in_text(c, &t->partition_bound);
	in_facets(c, &t->facets);
}

static void in_schema(struct change *c)
{
	for (size_t i = 0; !c->failed && i < c->s->tables.n; i++)
		in_table(c, c->s->tables.v[i]);
	for (size_t i = 0; !c->failed && i < c->s->objects.n; i++) {
		in_text(c, &c->s->objects.v[i]->create_sql);
		in_facets(c, &c->s->objects.v[i]->facets);
	}
}

/* "mood" of "DROP TYPE mood"; NULL: it says no such thing. */
static const char *sql_name(const struct object *o)
{
	const char *s = o->drop_sql ? strchr(o->drop_sql, ' ') : NULL;

	s = s ? strchr(s + 1, ' ') : NULL;
	return s ? s + 1 : NULL;
}

/* 'label'::type, as the server writes it. */
static char *label_text(struct arena *mem, const char *label, const char *type)
{
	char *text = sql_quote_text(mem, label);

	return text ? arena_printf(mem, "%s::%s", text, type) : NULL;
}

bool rename_label(struct schema *s, struct object *type, size_t at,
		  const char *to)
{
	const char *name = sql_name(type) ? sql_name(type) : type->name;
	struct change c = { .s = s,
		.from = label_text(s->mem, type->labels.v[at], name),
		.to = label_text(s->mem, to, name) };
	char *copy = arena_strdup(s->mem, to), *old, *now;

	c.label = type->labels.v[at];
	c.new_label = to;
	c.array = arena_printf(s->mem, "::%s[]", name);
	if (!copy || !c.from || !c.to || !c.array)
		return false;
	in_schema(&c);
	old = sql_quote_text(s->mem, type->labels.v[at]);
	now = sql_quote_text(s->mem, to);
	if (!old || !now)
		return false;
	c.from = old;
	c.to = now;
	in_text(&c, &type->create_sql);
	type->labels.v[at] = copy;
	return !c.failed;
}

/* The object of that name, where only that is told. */
static struct object *named(struct schema *s, const struct object *o,
			    const struct object *as)
{
	struct object *now = object_copy(s->mem, o);
	const char *old = sql_name(o), *at, *name;

	if (!now || as->drop_sql)
		return as->drop_sql ? object_copy(s->mem, as) : NULL;
	name = s->quote_name ? s->quote_name(s->mem, as->name)
			     : sql_quote_name(s->mem, as->name);
	if (name && o->schema)
		name = arena_printf(s->mem, "%s.%s", s->quote_name
			? s->quote_name(s->mem, o->schema)
			: sql_quote_name(s->mem, o->schema), name);
	at = name && old ? strstr(o->create_sql, old) : NULL;
	now->name = arena_strdup(s->mem, as->name);
	if (!at || !now->name)
		return NULL;
	now->create_sql = arena_printf(s->mem, "%.*s%s%s",
		(int)(at - o->create_sql), o->create_sql, name,
		at + strlen(old));
	now->drop_sql = arena_printf(s->mem, "%.*s%s",
		(int)(old - o->drop_sql), o->drop_sql, name);
	return now->create_sql && now->drop_sql ? now : NULL;
}

/* 'name'::regclass in texts, the bare name in needs and facets. */
bool rename_object(struct schema *s, struct object *o,
		   const struct object *as)
{
	struct object *copy = named(s, o, as);
	const char *old = sql_name(o), *now = copy ? sql_name(copy) : NULL;
	struct change literal = { .s = s }, bare = { .s = s };

	if (!copy)
		return false;
	if (old && now) {
		literal.from = label_text(s->mem, old, "regclass");
		literal.to = label_text(s->mem, now, "regclass");
		bare.from = arena_strdup(s->mem, o->drop_sql + 5);
		bare.to = arena_strdup(s->mem, copy->drop_sql + 5);
		if (!literal.from || !literal.to || !bare.from || !bare.to)
			return false;
		in_schema(&literal);
		for (size_t i = 0; i < s->tables.n; i++)
			in_needs(&bare, &s->tables.v[i]->needs);
		for (size_t i = 0; i < s->objects.n; i++)
			in_needs(&bare, &s->objects.v[i]->needs);
	}
	*o = *copy;
	return !literal.failed && !bare.failed;
}
