#include "sql/create.h"

#include "sql/parse.h"

/* All tokens up to the end; only ";" may follow the last of them. */
static retort_status to_end(struct parser *p, const char *start,
			    const char **out)
{
	const char *end = p->end;
	bool closed = false;

	if (p->t.kind == TOKEN_END || parse_at_op(p, ';'))
		return parse_bad(p);
	for (; p->t.kind != TOKEN_END; parse_advance(p)) {
		bool semicolon = parse_at_op(p, ';');

		if (p->t.kind == TOKEN_BAD || (closed && !semicolon))
			return parse_bad(p);
		closed = semicolon;
		if (!closed)
			end = p->t.s + p->t.n;
	}
	*out = arena_strndup(p->mem, start, (size_t)(end - start));
	return *out ? RETORT_OK : err_nomem(p->err);
}

/* Nothing but ";" to the end. */
static retort_status at_end(struct parser *p)
{
	while (parse_accept_op(p, ';'))
		;
	return p->t.kind == TOKEN_END ? RETORT_OK : parse_bad(p);
}

/* [IF NOT EXISTS] [schema .] name */
static retort_status object_name(struct parser *p, struct create *c)
{
	struct token next = parse_peek(p);

	if (p->kw == KW_IF && token_is(&next, "NOT")) {
		parse_advance(p);
		parse_advance(p);
		TRY(parse_expect(p, KW_EXISTS));
		c->if_not_exists = true;
	}
	TRY(parse_name(p, &c->name));
	if (!parse_accept_op(p, '.'))
		return RETORT_OK;
	c->schema = c->name;
	return parse_name(p, &c->name);
}

static retort_status create_table(struct parser *p, struct create *c)
{
	c->kind = CREATE_TABLE;
	TRY(object_name(p, c));
	c->table = p->table = arena_new(p->mem, struct table);
	if (!c->table)
		return err_nomem(p->err);
	c->table->schema = c->schema;
	c->table->name = c->name;
	if (parse_accept(p, KW_AS))
		return to_end(p, p->t.s, &c->as_select);
	TRY(parse_table_body(p));
	return at_end(p);
}

static retort_status create_virtual(struct parser *p, struct create *c)
{
	const char *rest;

	c->kind = CREATE_VIRTUAL_TABLE;
	TRY(parse_expect(p, KW_TABLE));
	TRY(object_name(p, c));
	TRY(parse_expect(p, KW_USING));
	TRY(parse_name(p, &c->module));
	if (!parse_at_op(p, '('))
		return at_end(p);
	return to_end(p, p->t.s, &rest);
}

static retort_status create_index(struct parser *p, struct create *c,
				  bool unique)
{
	struct index *i = arena_new(p->mem, struct index);

	if (!i)
		return err_nomem(p->err);
	c->kind = CREATE_INDEX;
	c->index = i;
	TRY(object_name(p, c));
	i->name = c->name;
	i->unique = unique;
	TRY(parse_expect(p, KW_ON));
	TRY(parse_name(p, &c->on));
	TRY(parse_parts(p, &i->parts, NULL));
	if (parse_accept(p, KW_WHERE))
		return to_end(p, p->t.s, &i->where_sql);
	return at_end(p);
}

static retort_status new_object(struct parser *p, struct create *c,
				enum object_kind kind)
{
	c->object = arena_new(p->mem, struct object);
	if (!c->object)
		return err_nomem(p->err);
	TRY(object_name(p, c));
	c->object->kind = kind;
	c->object->schema = c->schema;
	c->object->name = c->name;
	return RETORT_OK;
}

static retort_status create_view(struct parser *p, struct create *c,
				 const char *start)
{
	const char *columns;

	c->kind = CREATE_VIEW;
	TRY(new_object(p, c, OBJECT_VIEW));
	if (parse_at_op(p, '('))
		TRY(parse_parens(p, false, &columns));
	TRY(parse_expect(p, KW_AS));
	return to_end(p, start, &c->object->create_sql);
}

/* [BEFORE | AFTER | INSTEAD OF] (DELETE | INSERT | UPDATE [OF columns]) */
static retort_status trigger_event(struct parser *p)
{
	const char *column;

	if (parse_accept(p, KW_INSTEAD))
		TRY(parse_expect(p, KW_OF));
	else if (!parse_accept(p, KW_BEFORE))
		parse_accept(p, KW_AFTER);
	if (parse_accept(p, KW_DELETE) || parse_accept(p, KW_INSERT))
		return RETORT_OK;
	TRY(parse_expect(p, KW_UPDATE));
	if (!parse_accept(p, KW_OF))
		return RETORT_OK;
	do
		TRY(parse_name(p, &column));
	while (parse_accept_op(p, ','));
	return RETORT_OK;
}

/* The body holds semicolons; it is not looked at but for its last word. */
static retort_status trigger_body(struct parser *p, const char *start,
				  const char **out)
{
	const char *end = NULL;

	for (; p->t.kind != TOKEN_END; parse_advance(p)) {
		if (p->t.kind == TOKEN_BAD)
			return parse_bad(p);
		if (p->kw == KW_END)
			end = p->t.s + p->t.n;
		else if (!parse_at_op(p, ';'))
			end = NULL;
	}
	if (!end)
		return parse_bad(p);
	*out = arena_strndup(p->mem, start, (size_t)(end - start));
	return *out ? RETORT_OK : err_nomem(p->err);
}

static retort_status create_trigger(struct parser *p, struct create *c,
				    const char *start)
{
	c->kind = CREATE_TRIGGER;
	TRY(new_object(p, c, OBJECT_TRIGGER));
	TRY(trigger_event(p));
	TRY(parse_expect(p, KW_ON));
	TRY(parse_name(p, &c->on));
	if (parse_accept_op(p, '.'))
		TRY(parse_name(p, &c->on));
	c->object->table = c->on;
	return trigger_body(p, start, &c->object->create_sql);
}

static retort_status create_any(struct parser *p, struct create *c)
{
	const char *start = p->t.s;

	TRY(parse_expect(p, KW_CREATE));
	if (parse_accept(p, KW_UNIQUE)) {
		TRY(parse_expect(p, KW_INDEX));
		return create_index(p, c, true);
	}
	if (parse_accept(p, KW_INDEX))
		return create_index(p, c, false);
	if (parse_accept(p, KW_VIRTUAL))
		return create_virtual(p, c);
	c->temporary = parse_accept(p, KW_TEMP) ||
		       parse_accept(p, KW_TEMPORARY);
	if (parse_accept(p, KW_TABLE))
		return create_table(p, c);
	if (parse_accept(p, KW_VIEW))
		return create_view(p, c, start);
	if (parse_accept(p, KW_TRIGGER))
		return create_trigger(p, c, start);
	return parse_bad(p);
}

retort_status create_parse(const char *sql, struct arena *mem,
			   struct create **out, struct err *err)
{
	struct parser p = {
		.lx = { .at = sql, .line = 1 }, .t = { .s = sql },
		.mem = mem, .err = err
	};
	struct create *c = arena_new(mem, struct create);

	if (!c)
		return err_nomem(err);
	parse_advance(&p);
	TRY(create_any(&p, c));
	*out = c;
	return RETORT_OK;
}
