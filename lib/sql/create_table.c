#include <string.h>

#include "base/ascii.h"
#include "base/buf.h"
#include "sql/parse.h"

static bool at_type_word(const struct parser *p)
{
	return p->t.kind == TOKEN_QUOTED || p->t.kind == TOKEN_STRING ||
	       (p->t.kind == TOKEN_WORD && keyword_is_id(p->kw));
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Is `word` the end of s[0..n)? Then n without it and the space before. */
static bool cut_word(const char *s, size_t *n, const char *word)
{
	size_t w = strlen(word);

	if (*n < w || ascii_ncasecmp(s + *n - w, word, w))
		return false;
	*n -= w;
	while (*n && is_space(s[*n - 1]))
		--*n;
	return true;
}

/* Cut comments off the end: what is left of "x -- y ALWAYS" without ALWAYS. */
static char *cut_comment(char *raw)
{
	struct lexer lx = { .at = raw, .line = 1 };
	struct token t;
	size_t n = 0;

	while ((t = token_next(&lx)).kind != TOKEN_END &&
	       t.kind != TOKEN_BAD)
		n = (size_t)(t.s + t.n - raw);
	raw[n] = '\0';
	return raw;
}

/* s[0..n) with its words joined by one space; as it is with a comment. */
static char *type_text(struct arena *mem, const char *s, size_t n)
{
	char *raw = arena_strndup(mem, s, n);
	struct lexer lx = { .at = raw, .line = 1 };
	struct buf b = { .mem = mem };
	struct token t;
	bool space = false, tight;

	if (!raw || !strpbrk(raw, " \t\n\f\r(/-"))
		return raw;
	if (strstr(raw, "--") || strstr(raw, "/*"))
		return cut_comment(raw);
	while ((t = token_next(&lx)).kind != TOKEN_END) {
		tight = t.kind == TOKEN_OPERATOR && strchr("(),", *t.s);
		if (space && !tight)
			buf_addc(&b, ' ');
		buf_addn(&b, t.s, t.n);
		space = t.kind != TOKEN_OPERATOR || *t.s == ',';
	}
	return buf_text(&b);
}

static retort_status signed_number(struct parser *p)
{
	if (!parse_accept_op(p, '-'))
		parse_accept_op(p, '+');
	if (p->t.kind != TOKEN_NUMBER)
		return parse_bad(p);
	parse_advance(p);
	return RETORT_OK;
}

/* Any words, then ( number [, number] ). */
static retort_status skip_type(struct parser *p)
{
	while (at_type_word(p))
		parse_advance(p);
	if (!parse_accept_op(p, '('))
		return RETORT_OK;
	TRY(signed_number(p));
	if (parse_accept_op(p, ','))
		TRY(signed_number(p));
	return parse_expect_op(p, ')');
}

/* Would it be read as the same type without quotes around it? */
static bool is_plain_type(struct arena *mem, const char *s)
{
	SCRATCH_ERR(err);
	struct parser p = {
		.lx = { .at = s, .line = 1 }, .t = { .s = s },
		.mem = mem, .err = &err
	};
	size_t n = strlen(s);

	if (strpbrk(s, "\"'`[") || cut_word(s, &n, "ALWAYS"))
		return false;
	parse_advance(&p);
	return p.t.s == s && skip_type(&p) == RETORT_OK &&
	       p.t.kind == TOKEN_END && p.end == s + strlen(s);
}

/*
 * SQLite takes the first word alone of a type that starts with a quote, but
 * of one in [ ] all between the first byte and the last one.
 */
static char *quoted_type(struct arena *mem, const char *s, size_t n)
{
	char *raw = arena_strndup(mem, s, n), *bare;
	struct lexer lx = { .at = raw, .line = 1 };
	struct token t;

	if (!raw)
		return NULL;
	t = token_next(&lx);
	if (*raw == '[' && strcspn(raw + 1, "\"'`[") + 2 >= n)
		bare = arena_strndup(mem, raw + 1, n - 2);
	else
		bare = token_name(mem, &t);
	if (bare && *bare && !is_plain_type(mem, bare))
		return cut_comment(raw);
	return bare;
}

static retort_status column_type(struct parser *p, struct type *type)
{
	const char *start = p->t.s;
	size_t n = 0;

	type->length = type->scale = -1;
	type->text = "";
	if (!at_type_word(p))
		return RETORT_OK;
	TRY(skip_type(p));
	n = (size_t)(p->end - start);
	/* SQLite reads GENERATED ALWAYS as words of the type, too. */
	if (n >= 16 && cut_word(start, &n, "ALWAYS"))
		cut_word(start, &n, "GENERATED");
	type->text = n && strchr("\"'`[", *start)
		   ? quoted_type(p->mem, start, n)
		   : type_text(p->mem, start, n);
	/* An ALWAYS that is left would go when it is read once more. */
	n = type->text ? strlen(type->text) : 0;
	if (n >= 16 && cut_word(type->text, &n, "ALWAYS"))
		type->text = sql_quote_name(p->mem, type->text);
	if (!type->text)
		return err_nomem(p->err);
	create_type_kind(type);
	return RETORT_OK;
}

static retort_status column(struct parser *p)
{
	struct column *col = arena_new(p->mem, struct column);
	bool found = true;

	if (!col || !vec_push(p->mem, &p->table->columns, col))
		return err_nomem(p->err);
	p->constraint = NULL;
	TRY(parse_name(p, &col->name));
	TRY(column_type(p, &col->type));
	while (found)
		TRY(parse_column_constraint(p, col, &found));
	return RETORT_OK;
}

/* WITHOUT ROWID, STRICT */
static retort_status table_options(struct parser *p)
{
	if (p->t.kind == TOKEN_END || parse_at_op(p, ';'))
		return RETORT_OK;
	do {
		if (parse_accept(p, KW_WITHOUT)) {
			if (!token_is(&p->t, "ROWID"))
				return parse_bad(p);
			p->table->without_rowid = true;
		} else if (token_is(&p->t, "STRICT")) {
			p->table->strict = true;
		} else {
			return parse_bad(p);
		}
		parse_advance(p);
	} while (parse_accept_op(p, ','));
	return RETORT_OK;
}

/*
 * INTEGER, PRIMARY KEY (a DESC) is the rowid as it is without DESC; only
 * INTEGER PRIMARY KEY DESC of the column is not. What means nothing goes.
 */
static void drop_idle_desc(struct parser *p, struct constraint *c)
{
	const struct column *col = NULL;

	if (c->parts.n != 1 || !c->parts.v[0].column)
		return;
	for (size_t i = 0; !col && i < p->table->columns.n; i++)
		if (!ascii_casecmp(p->table->columns.v[i]->name,
				c->parts.v[0].column))
			col = p->table->columns.v[i];
	if (col && !ascii_casecmp(col->type.text, "INTEGER"))
		c->parts.v[0].descending = false;
}

/* What follows the first constraint of the table; commas may be left out. */
static retort_status more_constraints(struct parser *p)
{
	bool found = true, comma;

	while (found) {
		comma = parse_accept_op(p, ',');
		if (comma)
			p->constraint = NULL;
		TRY(parse_table_constraint(p, &found));
		if (comma && !found)
			return parse_bad(p);
	}
	return RETORT_OK;
}

retort_status parse_table_body(struct parser *p)
{
	const struct constraint *inlined = NULL;
	bool found = false;

	TRY(parse_expect_op(p, '('));
	TRY(column(p));
	while (!found && parse_accept_op(p, ',')) {
		inlined = p->primary;	/* one that a column has */
		p->constraint = NULL;
		TRY(parse_table_constraint(p, &found));
		TRY(found ? more_constraints(p) : column(p));
	}
	TRY(parse_expect_op(p, ')'));
	TRY(table_options(p));
	if (p->primary != inlined && found && !p->table->without_rowid)
		drop_idle_desc(p, p->primary);
	return RETORT_OK;
}
