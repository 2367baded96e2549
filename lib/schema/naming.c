#include "schema/naming.h"

#include <stdint.h>
#include <string.h>

#include "base/buf.h"

/* Some databases cut longer names off; so that none changes, none is longer. */
enum { NAME_MAX_BYTES = 63, NAME_KEPT = 54 };

static const struct naming by_default = {
	.ix = "ix_%(table)s_%(columns)s",
	.uq = "uq_%(table)s_%(columns)s",
	.ck = "ck_%(table)s_%(columns)s",
	.fk = "fk_%(table)s_%(columns)s_%(ref_table)s",
	.pk = "pk_%(table)s"
};

static const char *or_default(const char *pattern, const char *usual)
{
	return pattern ? pattern : usual;
}

struct naming naming_complete(const struct naming *n)
{
	static const struct naming none;

	n = n ? n : &none;
	return (struct naming){
		.ix = or_default(n->ix, by_default.ix),
		.uq = or_default(n->uq, by_default.uq),
		.ck = or_default(n->ck, by_default.ck),
		.fk = or_default(n->fk, by_default.fk),
		.pk = or_default(n->pk, by_default.pk)
	};
}

/* The word at `at` of a pattern: "%(word)s". 0: there is none. */
static size_t placeholder(const char *at, const char **word, size_t *n)
{
	const char *end;

	if (strncmp(at, "%(", 2))
		return 0;
	end = strchr(at, ')');
	if (!end || end[1] != 's')
		return 0;
	*word = at + 2;
	*n = (size_t)(end - *word);
	return (size_t)(end + 2 - at);
}

static bool is(const char *word, size_t n, const char *a, const char *b)
{
	return (strlen(a) == n && !memcmp(word, a, n)) ||
	       (strlen(b) == n && !memcmp(word, b, n));
}

static void add_columns(struct buf *b, const struct strings *columns)
{
	for (size_t i = 0; columns && i < columns->n; i++) {
		if (i)
			buf_addc(b, '_');
		buf_add(b, columns->v[i]);
	}
}

/* A long name keeps its start and ends in a number made of all of it. */
static char *shortened(struct arena *mem, char *name)
{
	uint32_t h = 2166136261u;
	size_t keep = NAME_KEPT;

	if (!name || strlen(name) <= NAME_MAX_BYTES)
		return name;
	for (const char *p = name; *p; p++)
		h = (h ^ (unsigned char)*p) * 16777619u;
	while (keep && ((unsigned char)name[keep] & 0xc0) == 0x80)
		keep--;
	return arena_printf(mem, "%.*s_%08x", (int)keep, name, (unsigned)h);
}

char *naming_apply(struct arena *mem, const char *pattern, const char *table,
		   const struct strings *columns, const char *ref_table,
		   const char *hint)
{
	struct buf b = { .mem = mem };
	const char *word;
	size_t n, skip;

	for (const char *p = pattern; *p; p += skip) {
		skip = placeholder(p, &word, &n);
		if (!skip) {
			buf_addc(&b, *p);
			skip = 1;
		} else if (is(word, n, "table", "table_name")) {
			buf_add(&b, table);
		} else if (is(word, n, "columns", "column_0_N_name")) {
			add_columns(&b, columns);
		} else if (is(word, n, "column", "column_0_name")) {
			buf_add(&b, columns && columns->n ? columns->v[0] : "");
		} else if (is(word, n, "ref_table", "referred_table") ||
			   is(word, n, "referred_table_name",
			      "referred_table_name")) {
			buf_add(&b, ref_table ? ref_table : "");
		} else if (is(word, n, "name", "constraint_name")) {
			buf_add(&b, hint ? hint : "");
		} else {
			buf_addn(&b, p, skip);
		}
	}
	return shortened(mem, buf_text(&b));
}

const char *naming_pattern(const struct naming *n, enum constraint_kind kind)
{
	switch (kind) {
	case CONSTRAINT_PRIMARY_KEY:
		return n->pk;
	case CONSTRAINT_UNIQUE:
		return n->uq;
	case CONSTRAINT_FOREIGN_KEY:
		return n->fk;
	default:
		return n->ck;
	}
}
