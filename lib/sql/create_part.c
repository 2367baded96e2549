#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "sql/parse.h"

/*
 * The last tokens of an expression: what may follow it (COLLATE, DESC, NULLS)
 * is told from its end.
 */
#define TAIL 8

struct item {
	struct token tail[TAIL];	/* ring */
	size_t n;			/* tokens seen */
	const char *start;
};

/* The token `back` from the end, 1 the last; an END when there is none. */
static struct token tail(const struct item *it, size_t back)
{
	if (back > it->n || back > TAIL)
		return (struct token){0};
	return it->tail[(it->n - back) % TAIL];
}

static bool at_part_end(const struct parser *p)
{
	return p->t.kind == TOKEN_END || p->t.kind == TOKEN_BAD ||
	       parse_at_op(p, ',') || parse_at_op(p, ')') ||
	       parse_at_op(p, ';') || p->kw == KW_AUTOINCREMENT;
}

/* [ASC | DESC] [NULLS FIRST | NULLS LAST] */
static void direction(struct parser *p, struct part *part)
{
	if (!parse_accept(p, KW_ASC))
		part->descending = parse_accept(p, KW_DESC);
	if (!parse_accept(p, KW_NULLS))
		return;
	if (parse_accept(p, KW_FIRST))
		part->nulls = NULLS_FIRST;
	else if (parse_accept(p, KW_LAST))
		part->nulls = NULLS_LAST;
}

static bool at_column(const struct parser *p)
{
	return parse_at_name(p) && p->kw != KW_CURRENT_DATE &&
	       p->kw != KW_CURRENT_TIME && p->kw != KW_CURRENT_TIMESTAMP;
}

/* name [COLLATE name]… */
static retort_status column_collated(struct parser *p, struct part *part)
{
	TRY(parse_name(p, &part->column));
	while (parse_accept(p, KW_COLLATE))
		TRY(parse_collation(p, &part->collation));
	return RETORT_OK;
}

/* A column, as nearly all are; *done is false when it is something else. */
static retort_status plain_part(struct parser *p, struct part *part, bool *done)
{
	*done = false;
	if (!at_column(p))
		return RETORT_OK;
	TRY(column_collated(p, part));
	direction(p, part);
	*done = at_part_end(p);
	return RETORT_OK;
}

/* Take NULLS …, ASC or DESC, COLLATE off the end. */
static retort_status cut_tail(struct parser *p, struct item *it,
			      struct part *part)
{
	struct token last = tail(it, 1), before = tail(it, 2);

	if (it->n > 2 && token_is(&before, "NULLS") &&
	    (token_is(&last, "FIRST") || token_is(&last, "LAST"))) {
		part->nulls = token_is(&last, "LAST") ? NULLS_LAST : NULLS_FIRST;
		it->n -= 2;
		last = tail(it, 1);
		before = tail(it, 2);
	}
	if ((token_is(&last, "ASC") || token_is(&last, "DESC")) &&
	    token_ends_expression(&before)) {
		part->descending = token_is(&last, "DESC");
		it->n--;
	}
	last = tail(it, 1);
	part->expr = arena_strndup(p->mem, it->start,
				   (size_t)(last.s + last.n - it->start));
	return part->expr ? RETORT_OK : err_nomem(p->err);
}

/*
 * One operand: a token, a call, ( … ) or CASE … END, with signs before it, which
 * bind closer than COLLATE. False: it is none.
 */
static bool skip_operand(struct parser *p)
{
	size_t depth = 0;
	bool first = true;

	while (parse_at_op(p, '-') || parse_at_op(p, '+') || parse_at_op(p, '~'))
		parse_advance(p);
	if (p->t.kind == TOKEN_WORD && p->kw != KW_CASE && p->kw != KW_NULL &&
	    !keyword_is_name(p->kw))
		return false;
	if (p->t.kind == TOKEN_OPERATOR && !parse_at_op(p, '('))
		return false;
	do {
		if (p->t.kind == TOKEN_END)
			return false;
		depth += parse_at_op(p, '(') || p->kw == KW_CASE;
		depth -= (parse_at_op(p, ')') || p->kw == KW_END) && depth;
		parse_advance(p);
		if (first && !depth && parse_at_op(p, '('))
			depth = 1, parse_advance(p);
		first = false;
	} while (depth);
	return true;
}

/* A parser of the text without parentheses around it. */
static retort_status open_inner(const struct parser *outer, const char *text,
				struct parser *p)
{
	char *bare = sql_strip(outer->mem, text);

	if (!bare)
		return err_nomem(outer->err);
	*p = (struct parser){
		.lx = { .at = bare, .line = outer->t.line },
		.t = { .s = bare }, .mem = outer->mem, .err = outer->err
	};
	parse_advance(p);
	return RETORT_OK;
}

/* Is all of it a column, but for COLLATE and parentheses? */
static retort_status inner_column(const struct parser *outer, const char *text,
				  struct part *part)
{
	struct part column = {0};
	struct parser p;

	TRY(open_inner(outer, text, &p));
	if (!at_column(&p))
		return RETORT_OK;
	TRY(column_collated(&p, &column));
	if (p.t.kind != TOKEN_END)
		return RETORT_OK;
	part->expr = NULL;
	part->column = column.column;
	if (!part->collation)
		part->collation = column.collation;
	return RETORT_OK;
}

/* "operand COLLATE name", and not "a || b COLLATE name", which is b's. */
static retort_status cut_collation(const struct parser *outer,
				   struct part *part)
{
	const char *collation = NULL, *start, *end;
	struct parser p;

	TRY(open_inner(outer, part->expr, &p));
	start = p.t.s;
	if (!skip_operand(&p) || p.kw != KW_COLLATE)
		return RETORT_OK;
	end = p.end;
	while (parse_accept(&p, KW_COLLATE))
		TRY(parse_collation(&p, &collation));
	if (p.t.kind != TOKEN_END)
		return RETORT_OK;
	part->collation = collation;
	part->expr = arena_strndup(p.mem, start, (size_t)(end - start));
	return part->expr ? RETORT_OK : err_nomem(p.err);
}

static retort_status expression_part(struct parser *p, struct part *part)
{
	struct item it = { .start = p->t.s };
	size_t depth = 0;

	for (; depth || !at_part_end(p); parse_advance(p)) {
		if (p->t.kind == TOKEN_END || p->t.kind == TOKEN_BAD ||
		    parse_at_op(p, ';'))
			return parse_bad(p);
		depth += parse_at_op(p, '(');
		depth -= parse_at_op(p, ')');
		it.tail[it.n++ % TAIL] = p->t;
	}
	if (!it.n)
		return parse_bad(p);
	TRY(cut_tail(p, &it, part));
	TRY(cut_collation(p, part));
	return inner_column(p, part->expr, part);
}

retort_status parse_parts(struct parser *p, struct parts *out,
			  bool *autoincrement)
{
	struct parser start;
	struct part part;
	bool done;

	TRY(parse_expect_op(p, '('));
	do {
		start = *p;
		part = (struct part){0};
		TRY(plain_part(p, &part, &done));
		if (!done) {
			*p = start;
			part = (struct part){0};
			TRY(expression_part(p, &part));
		}
		if (!vec_push(p->mem, out, part))
			return err_nomem(p->err);
	} while (parse_accept_op(p, ','));
	if (autoincrement && parse_accept(p, KW_AUTOINCREMENT))
		*autoincrement = true;
	return parse_expect_op(p, ')');
}

static bool has_column(const struct table *t, const char *name)
{
	for (size_t i = 0; i < t->columns.n; i++)
		if (!strcasecmp(t->columns.v[i]->name, name))
			return true;
	return !strcasecmp(name, "rowid") || !strcasecmp(name, "oid") ||
	       !strcasecmp(name, "_rowid_");
}

/*
 * What "x" is where no column is called so. In an index SQLite takes even 'x'
 * for a name, but not an expression.
 */
static char *as_string(struct arena *mem, const char *name)
{
	struct buf b = { .mem = mem };

	buf_add(&b, "('");
	for (; *name; name++)
		buf_add(&b, *name == '\'' ? "''" : (char[]){ *name, '\0' });
	buf_add(&b, "' || '')");
	return buf_text(&b);
}

bool create_bind_index(struct arena *mem, const struct table *t,
		       struct index *i)
{
	for (size_t k = 0; k < i->parts.n; k++) {
		struct part *p = &i->parts.v[k];

		if (!p->column || has_column(t, p->column))
			continue;
		p->expr = !strcasecmp(p->column, "true") ||
			  !strcasecmp(p->column, "false")
			  ? p->column : as_string(mem, p->column);
		if (!p->expr)
			return false;
		p->column = NULL;
	}
	return true;
}
