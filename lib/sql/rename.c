#include <string.h>

#include "base/buf.h"
#include "sql/keyword.h"
#include "sql/token.h"

/* A text that is read and written again, token by token. */
struct rewrite {
	struct lexer lx;
	struct token before, prev, t, next;
	enum keyword kw;	/* of t */
	const char *kept;	/* up to here it is written */
	struct buf out;
	const char *to;		/* the new name as it is written */
};

static void rewrite_open(struct rewrite *r, struct arena *mem, const char *sql,
			 const char *to)
{
	*r = (struct rewrite){
		.lx = { .at = sql, .line = 1 }, .kept = sql,
		.out = { .mem = mem }, .to = to
	};
	r->next = token_next(&r->lx);
}

static bool rewrite_step(struct rewrite *r)
{
	r->before = r->prev;
	r->prev = r->t;
	r->t = r->next;
	if (r->t.kind == TOKEN_END)
		return false;
	r->kw = r->t.kind == TOKEN_WORD ? keyword_of(r->t.s, r->t.n) : KW_NONE;
	r->next = token_next(&r->lx);
	return true;
}

static void rewrite_replace(struct rewrite *r)
{
	buf_addn(&r->out, r->kept, (size_t)(r->t.s - r->kept));
	buf_add(&r->out, r->to);
	r->kept = r->t.s + r->t.n;
}

static char *rewrite_close(struct rewrite *r)
{
	buf_add(&r->out, r->kept);
	return buf_text(&r->out);
}

static bool is_name(const struct rewrite *r)
{
	return r->t.kind == TOKEN_QUOTED ||
	       (r->t.kind == TOKEN_WORD && keyword_is_name(r->kw));
}

/* Does the word stand for itself here, or is it a keyword? */
static bool is_operand(const struct rewrite *r)
{
	switch (r->kw) {
	case KW_NONE:
		return true;
	case KW_CURRENT_DATE: case KW_CURRENT_TIME: case KW_CURRENT_TIMESTAMP:
		return false;
	case KW_LIKE: case KW_GLOB: case KW_REGEXP: case KW_MATCH:
		if (token_is(&r->prev, "NOT"))
			return false;
		break;
	default:
		break;
	}
	return !token_ends_expression(&r->prev);
}

/* Is it a table, a view or such, by the word before it? */
static bool names_object(const struct rewrite *r)
{
	if (r->prev.kind != TOKEN_WORD)
		return false;
	switch (keyword_of(r->prev.s, r->prev.n)) {
	case KW_TABLE: case KW_VIEW: case KW_TRIGGER: case KW_INDEX:
	case KW_EXISTS: case KW_FROM: case KW_JOIN: case KW_INTO:
	case KW_UPDATE: case KW_REFERENCES: case KW_COLLATE:
		return true;
	default:
		return false;
	}
}

static bool qualifies(const struct rewrite *r, const struct rename_scope *in)
{
	if (in->statement && (token_is(&r->before, "NEW") ||
			      token_is(&r->before, "OLD")))
		return in->row;
	return in->any_qualifier ||
	       (in->table && token_names(&r->before, in->table));
}

/* `bare`: a name without qualifier is one of the table's columns here. */
static bool names_column(const struct rewrite *r, const char *from,
			 const struct rename_scope *in, bool bare)
{
	if (!is_name(r) || !token_names(&r->t, from))
		return false;
	if (token_is_op(&r->next, "(") || token_is_op(&r->next, "."))
		return false;
	if (token_is_op(&r->prev, "."))
		return qualifies(r, in);
	return bare && !names_object(r) && is_operand(r);
}

char *sql_rename_in(struct arena *mem, const char *sql,
		    const struct rename_scope *in, const char *from,
		    const char *to)
{
	struct rewrite r;
	bool type = false;	/* in CAST (… AS type) */
	bool header = in->row;	/* in CREATE TRIGGER … UPDATE OF … */

	rewrite_open(&r, mem, sql, to);
	while (rewrite_step(&r)) {
		if (r.kw == KW_AS)
			type = true;
		else if (!is_name(&r) && r.t.kind != TOKEN_STRING)
			type = false;
		if (r.kw == KW_ON)
			header = false;
		if (!type && names_column(&r, from, in, in->bare || header))
			rewrite_replace(&r);
	}
	return rewrite_close(&r);
}

char *sql_rename_column(struct arena *mem, const char *sql, const char *table,
			const char *from, const char *to)
{
	const struct rename_scope in = { .table = table, .bare = true };

	return sql_rename_in(mem, sql, &in, from, to);
}

/* Where in a statement a table may be named. */
struct tables {
	const char *from;
	VEC(bool) list;		/* for each "(": in the list after FROM? */
	bool expected;		/* the next name is a table's */
	bool source;		/* and may be hidden by a WITH */
	bool after_table;	/* an alias may follow */
	bool header;		/* before the ON of CREATE */
	bool alias, with;	/* some alias, some WITH is named `from` */
};

static bool *list_top(struct tables *s)
{
	return &s->list.v[s->list.n - 1];
}

static void expect(struct tables *s, bool source)
{
	s->expected = true;
	s->source = source;
	if (source)
		*list_top(s) = true;
}

static void keyword_step(const struct rewrite *r, struct tables *s)
{
	switch (r->kw) {
	case KW_FROM:
		if (!token_is(&r->prev, "DISTINCT"))
			expect(s, true);
		break;
	case KW_JOIN:
		expect(s, true);
		break;
	case KW_INTO: case KW_REFERENCES:
		expect(s, false);
		break;
	case KW_UPDATE:
		if (!token_is(&r->prev, "ON") && !token_is(&r->prev, "DO"))
			expect(s, false);
		break;
	case KW_IN:
		s->expected = s->source = !token_is_op(&r->next, "(");
		break;
	case KW_ON:
		s->expected = s->header;
		s->header = s->source = false;
		break;
	case KW_OR:
		break;	/* UPDATE OR … */
	case KW_SELECT: case KW_VALUES: case KW_WHERE: case KW_GROUP:
	case KW_HAVING: case KW_ORDER: case KW_LIMIT: case KW_SET:
	case KW_UNION: case KW_EXCEPT: case KW_INTERSECT: case KW_RETURNING:
		*list_top(s) = s->expected = false;
		break;
	default:
		s->expected = false;
	}
}

static bool operator_step(const struct rewrite *r, struct arena *mem,
			  struct tables *s)
{
	switch (*r->t.s) {
	case '(':
		return vec_push(mem, &s->list, s->expected && s->source);
	case ')':
		s->list.n -= s->list.n > 1;
		s->expected = false;
		break;
	case ',':
		s->expected = s->source = *list_top(s);
		break;
	case '.':
		break;
	case ';':
		*list_top(s) = false;
		/* fall through */
	default:
		s->expected = false;
	}
	return true;
}

/* An alias, or the name of a WITH? */
static void note_other_names(const struct rewrite *r, struct tables *s,
			     bool after_table)
{
	if (!token_names(&r->t, s->from))
		return;
	if (after_table || token_is(&r->prev, "AS"))
		s->alias = true;
	if (token_is(&r->prev, "WITH") || token_is(&r->prev, "RECURSIVE") ||
	    (token_is_op(&r->prev, ",") && token_is(&r->next, "AS")))
		s->with = true;
}

/* Is the name before a dot that of a schema, before a table's? */
static bool is_schema(const struct rewrite *r)
{
	struct lexer lx = r->lx;
	struct token t;

	token_next(&lx);
	t = token_next(&lx);
	return token_is_op(&t, ".");
}

/* A name in the text; true when it is the table's. */
static bool name_step(const struct rewrite *r, struct tables *s)
{
	bool expected = s->expected, after_table = s->after_table, hidden;

	s->after_table = false;
	if (expected && token_is(&r->prev, "OR"))
		return false;	/* UPDATE OR ABORT */
	if (expected && token_is_op(&r->next, "."))
		return false;	/* the schema */
	s->expected = false;
	if (expected) {
		s->after_table = true;
		/* A WITH, or a function that gives rows. */
		hidden = s->source && (s->with || token_is_op(&r->next, "("));
	} else if (token_is_op(&r->next, ".")) {
		hidden = s->alias || s->with || is_schema(r);
	} else {
		note_other_names(r, s, after_table);
		return false;
	}
	return !hidden && token_names(&r->t, s->from);
}

static bool at_name(const struct rewrite *r, const struct tables *s)
{
	if (r->t.kind == TOKEN_STRING)
		return s->expected;
	if (!is_name(r))
		return false;
	return r->kw == KW_NONE || s->expected || token_is_op(&r->next, ".") ||
	       s->after_table || token_is(&r->prev, "AS");
}

/* CREATE UNIQUE INDEX, CREATE TEMP TRIGGER: the word before the kind. */
static bool is_created(const struct token *t)
{
	return token_is(t, "CREATE") || token_is(t, "UNIQUE") ||
	       token_is(t, "TEMP") || token_is(t, "TEMPORARY");
}

/* One pass; without `edit` it only finds what aliases there are. */
static bool tables_pass(struct rewrite *r, struct tables *s, bool edit)
{
	s->list.n = 0;
	s->expected = s->after_table = s->header = false;
	if (!vec_push(r->out.mem, &s->list, false))
		return false;
	while (rewrite_step(r)) {
		if (r->kw == KW_INDEX || r->kw == KW_TRIGGER)
			s->header = is_created(&r->prev);
		if (r->kw == KW_OF || r->kw == KW_AS || r->kw == KW_TABLE)
			s->expected = false;
		if (r->t.kind == TOKEN_OPERATOR) {
			s->after_table = false;
			if (!operator_step(r, r->out.mem, s))
				return false;
		} else if (at_name(r, s)) {
			if (name_step(r, s) && edit)
				rewrite_replace(r);
		} else if (r->kw) {
			s->after_table &= r->kw == KW_AS;
			keyword_step(r, s);
		}
	}
	return true;
}

char *sql_rename_table(struct arena *mem, const char *sql, const char *from,
		       const char *to)
{
	struct tables s = { .from = from };
	struct rewrite r;

	rewrite_open(&r, mem, sql, to);
	if (!tables_pass(&r, &s, false))
		return NULL;
	rewrite_open(&r, mem, sql, to);
	if (!tables_pass(&r, &s, true))
		return NULL;
	return rewrite_close(&r);
}
