/* How a value of one type becomes one of another where none says. */
#include <string.h>

#include "dialect/postgresql/cast.h"

enum family {
	NUMBER, TRUTH, STRING, MOMENT, CLOCK, SPAN, DOCUMENT, ADDRESS, BITS,
	OTHER
};

static const struct {
	const char *name;
	enum family family;
} families[] = {
	{ "smallint", NUMBER }, { "integer", NUMBER }, { "bigint", NUMBER },
	{ "numeric", NUMBER }, { "real", NUMBER },
	{ "double precision", NUMBER }, { "boolean", TRUTH },
	{ "character varying", STRING }, { "character", STRING },
	{ "text", STRING }, { "name", STRING }, { "\"char\"", STRING },
	{ "date", MOMENT }, { "timestamp without time zone", MOMENT },
	{ "timestamp with time zone", MOMENT },
	{ "time without time zone", CLOCK }, { "time with time zone", CLOCK },
	{ "interval", SPAN }, { "json", DOCUMENT }, { "jsonb", DOCUMENT },
	{ "inet", ADDRESS }, { "cidr", ADDRESS }, { "bit", BITS },
	{ "bit varying", BITS },
};

/* "timestamp(3) without time zone" -> "timestamp without time zone" */
static char *base_of(struct arena *mem, const char *type)
{
	struct buf b = { .mem = mem };
	int depth = 0;

	for (; *type; type++) {
		depth += *type == '(';
		if (!depth)
			buf_addc(&b, *type);
		depth -= *type == ')';
	}
	while (b.n && b.s[b.n - 1] == ' ')
		b.n--;
	return buf_text(&b);
}

static enum family family_of(const char *base)
{
	for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++)
		if (!strcmp(base, families[i].name))
			return families[i].family;
	return OTHER;
}

static bool is_array(const char *type)
{
	size_t n = strlen(type);

	return n > 2 && !strcmp(type + n - 2, "[]");
}

/* Does the server cast it by itself when it is assigned? */
static bool assigns(const char *from, enum family a, const char *to,
		    enum family b)
{
	if (!strcmp(from, to) || b == STRING)
		return true;
	if (a == b)
		return a != OTHER;
	if (b == CLOCK)
		return (a == MOMENT && strcmp(from, "date")) || a == SPAN;
	return a == CLOCK && b == SPAN && !strcmp(from,
						  "time without time zone");
}

/* "mood" and "mood[]"? */
static bool is_of(const char *element, const char *array)
{
	size_t n = strlen(element);

	return !strncmp(element, array, n) && !strcmp(array + n, "[]");
}

/* numbers <-> boolean; arrays; the rest by way of text */
static void add_expression(struct buf *b, const char *column,
			   const char *from, const char *to)
{
	char *base_from = base_of(b->mem, from), *base_to = base_of(b->mem, to);
	enum family a, z;

	if (!base_from || !base_to) {
		b->failed = true;
		return;
	}
	a = family_of(base_from);
	z = family_of(base_to);
	if (is_array(to) && !is_array(from))
		buf_addf(b, "CASE WHEN %s IS NOT NULL THEN ARRAY[%s%s]::%s END",
			 column, column, is_of(from, to) ? "" : "::text", to);
	else if (is_array(to))
		buf_addf(b, "%s::text[]::%s", column, to);
	else if (a == NUMBER && z == TRUTH)
		buf_addf(b, "%s <> 0", column);
	else if (a == TRUTH && z == NUMBER)
		buf_addf(b, "%s::integer::%s", column, to);
	else if (a == STRING)
		buf_addf(b, "%s::%s", column, to);
	else
		buf_addf(b, "%s::text::%s", column, to);
}

char *pg_cast(struct arena *mem, const char *column, const char *from,
	      const char *to)
{
	struct buf b = { .mem = mem };
	char *base_from = base_of(mem, from), *base_to = base_of(mem, to);

	if (!base_from || !base_to)
		return NULL;
	if (!assigns(base_from, family_of(base_from), base_to,
		     family_of(base_to)))
		add_expression(&b, column, from, to);
	return buf_text(&b);
}

bool pg_comparable(struct arena *mem, const char *a, const char *b)
{
	char *x = base_of(mem, a), *y = base_of(mem, b);

	return x && y && (!strcmp(x, y) || (family_of(x) == family_of(y) &&
					    family_of(x) != OTHER));
}
