
#include "base/ascii.h"
#include "sql/parse.h"

static retort_status second_primary_key(struct parser *p)
{
	err_set(p->err, RETORT_E_FAIL, "cannot parse a CREATE statement: a "
		"second primary key in line %d", p->t.line);
	err_where(p->err, NULL, p->t.line);
	return RETORT_E_FAIL;
}

static retort_status new_constraint(struct parser *p, enum constraint_kind kind,
				    struct constraint **out)
{
	struct constraint *c = arena_new(p->mem, struct constraint);

	if (!c || !vec_push(p->mem, &p->table->constraints, c))
		return err_nomem(p->err);
	if (kind == CONSTRAINT_PRIMARY_KEY) {
		if (p->primary)
			return second_primary_key(p);
		p->primary = c;
	}
	if (kind == CONSTRAINT_FOREIGN_KEY)
		p->foreign = c;
	c->kind = kind;
	c->name = p->constraint;
	p->constraint = NULL;
	*out = c;
	return RETORT_OK;
}

/* As new_constraint(), of one column. */
static retort_status new_inline(struct parser *p, enum constraint_kind kind,
				const struct column *col,
				struct constraint **out)
{
	struct part part = { .column = col->name };

	TRY(new_constraint(p, kind, out));
	if (!vec_push(p->mem, &(*out)->parts, part))
		return err_nomem(p->err);
	return RETORT_OK;
}

/* [ON CONFLICT …] */
static retort_status conflict(struct parser *p, enum retort_conflict *out)
{
	if (!parse_accept(p, KW_ON))
		return RETORT_OK;
	TRY(parse_expect(p, KW_CONFLICT));
	switch (p->kw) {
	case KW_ROLLBACK:
		*out = RETORT_CONFLICT_ROLLBACK;
		break;
	case KW_ABORT:
		*out = RETORT_CONFLICT_ABORT;
		break;
	case KW_FAIL:
		*out = RETORT_CONFLICT_FAIL;
		break;
	case KW_IGNORE:
		*out = RETORT_CONFLICT_IGNORE;
		break;
	case KW_REPLACE:
		*out = RETORT_CONFLICT_REPLACE;
		break;
	default:
		return parse_bad(p);
	}
	parse_advance(p);
	return RETORT_OK;
}

static bool at_literal(const struct parser *p)
{
	switch (p->t.kind) {
	case TOKEN_STRING: case TOKEN_BLOB: case TOKEN_NUMBER:
		return true;
	case TOKEN_WORD:
		return p->kw == KW_NULL || p->kw == KW_CURRENT_DATE ||
		       p->kw == KW_CURRENT_TIME ||
		       p->kw == KW_CURRENT_TIMESTAMP;
	default:
		return false;
	}
}

/* After DEFAULT: (expression), [+|-] literal, or a name. */
static retort_status default_value(struct parser *p, struct column *col)
{
	const char *start = p->t.s;

	if (parse_at_op(p, '('))
		return parse_parens(p, true, &col->default_sql);
	if (parse_at_op(p, '+') || parse_at_op(p, '-')) {
		parse_advance(p);
		if (!at_literal(p))
			return parse_bad(p);
	} else if (!at_literal(p) && p->t.kind != TOKEN_QUOTED &&
		   !(p->t.kind == TOKEN_WORD &&
		     (keyword_is_id(p->kw) || p->kw == KW_INDEXED))) {
		return parse_bad(p);
	}
	parse_advance(p);
	return parse_text(p, start, &col->default_sql);
}

/* After AS: (expression) [STORED | VIRTUAL] */
static retort_status generated(struct parser *p, struct column *col)
{
	TRY(parse_parens(p, false, &col->generated_sql));
	col->generated = GENERATED_VIRTUAL;
	if (token_is(&p->t, "STORED"))
		col->generated = GENERATED_STORED;
	else if (p->kw != KW_VIRTUAL)
		return RETORT_OK;
	parse_advance(p);
	return RETORT_OK;
}

static retort_status action(struct parser *p, enum retort_action *out)
{
	if (parse_accept(p, KW_SET)) {
		*out = p->kw == KW_NULL ? RETORT_SET_NULL : RETORT_SET_DEFAULT;
		return parse_accept(p, KW_NULL) ? RETORT_OK
						: parse_expect(p, KW_DEFAULT);
	}
	if (parse_accept(p, KW_NO)) {
		*out = RETORT_NO_ACTION;
		return parse_expect(p, KW_ACTION);
	}
	if (p->kw != KW_CASCADE && p->kw != KW_RESTRICT)
		return parse_bad(p);
	*out = p->kw == KW_CASCADE ? RETORT_CASCADE : RETORT_RESTRICT;
	parse_advance(p);
	return RETORT_OK;
}

static retort_status match(struct parser *p, const char **out)
{
	TRY(parse_name(p, out));
	if (!ascii_casecmp(*out, "SIMPLE"))
		*out = NULL;	/* what is meant without it */
	else if (!ascii_casecmp(*out, "FULL"))
		*out = "FULL";
	else if (!ascii_casecmp(*out, "PARTIAL"))
		*out = "PARTIAL";
	return RETORT_OK;
}

/* A column of a FOREIGN KEY; SQLite passes over COLLATE and ASC here. */
static retort_status key_column(struct parser *p, const char **out)
{
	const char *collation;

	TRY(parse_name(p, out));
	if (parse_accept(p, KW_COLLATE))
		TRY(parse_collation(p, &collation));
	if (!parse_accept(p, KW_ASC))
		parse_accept(p, KW_DESC);
	return RETORT_OK;
}

/* After REFERENCES: table [(columns)] and what is to happen. */
static retort_status references(struct parser *p, struct constraint *c)
{
	enum retort_action unused;
	const char *column;

	TRY(parse_name(p, &c->ref_table));
	if (parse_accept_op(p, '(')) {
		do {
			TRY(key_column(p, &column));
			if (!vec_push(p->mem, &c->ref_columns, column))
				return err_nomem(p->err);
		} while (parse_accept_op(p, ','));
		TRY(parse_expect_op(p, ')'));
	}
	for (;;) {
		if (parse_accept(p, KW_MATCH)) {
			TRY(match(p, &c->match));
		} else if (!parse_accept(p, KW_ON)) {
			return RETORT_OK;
		} else if (parse_accept(p, KW_DELETE)) {
			TRY(action(p, &c->on_delete));
		} else if (parse_accept(p, KW_UPDATE)) {
			TRY(action(p, &c->on_update));
		} else {
			TRY(parse_expect(p, KW_INSERT));
			TRY(action(p, &unused));
		}
	}
}

/* After [NOT] DEFERRABLE: [INITIALLY …] of a foreign key, or of none. */
static retort_status deferrable(struct parser *p, struct constraint *c,
				bool not)
{
	bool deferred = false;

	if (parse_accept(p, KW_INITIALLY)) {
		deferred = p->kw == KW_DEFERRED;
		if (!deferred && p->kw != KW_IMMEDIATE)
			return parse_bad(p);
		parse_advance(p);
	}
	if (c) {
		c->explicit_not_deferrable = not;
		c->deferrable = !not;
		c->initially_deferred = !not && deferred;
	}
	return RETORT_OK;
}

/* As a constraint of its own it is about the table's last foreign key. */
static retort_status defer_last(struct parser *p, bool not)
{
	p->constraint = NULL;
	return deferrable(p, p->foreign, not);
}

/* After NOT: NULL or DEFERRABLE */
static retort_status column_not(struct parser *p, struct column *col)
{
	if (parse_accept(p, KW_DEFERRABLE))
		return defer_last(p, true);
	TRY(parse_expect(p, KW_NULL));
	col->not_null = true;
	col->not_null_name = p->constraint;
	col->not_null_conflict = RETORT_CONFLICT_NONE;
	p->constraint = NULL;
	return conflict(p, &col->not_null_conflict);
}

static retort_status column_primary_key(struct parser *p, struct column *col)
{
	struct constraint *c;

	TRY(parse_expect(p, KW_KEY));
	TRY(new_inline(p, CONSTRAINT_PRIMARY_KEY, col, &c));
	if (!parse_accept(p, KW_ASC))
		c->parts.v[0].descending = parse_accept(p, KW_DESC);
	TRY(conflict(p, &c->conflict));
	if (parse_accept(p, KW_AUTOINCREMENT))
		col->autoincrement = true;
	return RETORT_OK;
}

/* Those that become a constraint of the table; `kw` has been read. */
static retort_status column_table_constraint(struct parser *p,
					     struct column *col,
					     enum keyword kw)
{
	struct constraint *c;

	switch (kw) {
	case KW_UNIQUE:
		TRY(new_inline(p, CONSTRAINT_UNIQUE, col, &c));
		return conflict(p, &c->conflict);
	case KW_REFERENCES:
		TRY(new_inline(p, CONSTRAINT_FOREIGN_KEY, col, &c));
		return references(p, c);
	case KW_CHECK:
		TRY(new_constraint(p, CONSTRAINT_CHECK, &c));
		return parse_parens(p, false, &c->check_sql);
	default:
		return column_primary_key(p, col);
	}
}

/* Those that are attributes of the column; `kw` has been read. */
static retort_status column_attribute(struct parser *p, struct column *col,
				      enum keyword kw)
{
	enum retort_conflict unused;

	switch (kw) {
	case KW_NOT:
		return column_not(p, col);
	case KW_DEFERRABLE:
		return defer_last(p, false);
	case KW_NULL:
		TRY(conflict(p, &unused));
		break;
	case KW_DEFAULT:
		TRY(default_value(p, col));
		break;
	case KW_COLLATE:
		TRY(parse_collation(p, &col->collation));
		break;
	case KW_GENERATED:
		TRY(parse_expect(p, KW_ALWAYS));
		TRY(parse_expect(p, KW_AS));
		TRY(generated(p, col));
		break;
	default:
		TRY(generated(p, col));
		break;
	}
	p->constraint = NULL;
	return RETORT_OK;
}

retort_status parse_column_constraint(struct parser *p, struct column *col,
				      bool *found)
{
	enum keyword kw = p->kw;

	*found = true;
	switch (kw) {
	case KW_CONSTRAINT:
		parse_advance(p);
		return parse_name(p, &p->constraint);
	case KW_PRIMARY: case KW_UNIQUE: case KW_CHECK: case KW_REFERENCES:
		parse_advance(p);
		return column_table_constraint(p, col, kw);
	case KW_NOT: case KW_NULL: case KW_DEFAULT: case KW_COLLATE:
	case KW_GENERATED: case KW_AS: case KW_DEFERRABLE:
		parse_advance(p);
		return column_attribute(p, col, kw);
	default:
		*found = false;
		return RETORT_OK;
	}
}

static retort_status foreign_key(struct parser *p)
{
	struct constraint *c;
	struct part part = {0};
	bool not;

	TRY(parse_expect(p, KW_KEY));
	TRY(new_constraint(p, CONSTRAINT_FOREIGN_KEY, &c));
	TRY(parse_expect_op(p, '('));
	do {
		TRY(key_column(p, &part.column));
		if (!vec_push(p->mem, &c->parts, part))
			return err_nomem(p->err);
	} while (parse_accept_op(p, ','));
	TRY(parse_expect_op(p, ')'));
	TRY(parse_expect(p, KW_REFERENCES));
	TRY(references(p, c));
	not = parse_accept(p, KW_NOT);
	if (parse_accept(p, KW_DEFERRABLE))
		return deferrable(p, c, not);
	return not ? parse_bad(p) : RETORT_OK;
}

static void set_autoincrement(struct parser *p, const struct constraint *c)
{
	struct column *col;

	for (size_t i = 0; c->parts.n && i < p->table->columns.n; i++) {
		col = p->table->columns.v[i];
		if (c->parts.v[0].column &&
		    !ascii_casecmp(col->name, c->parts.v[0].column))
			col->autoincrement = true;
	}
}

/* PRIMARY KEY (…) and UNIQUE (…) */
static retort_status key(struct parser *p, enum constraint_kind kind)
{
	bool autoincrement = false;
	struct constraint *c;

	TRY(new_constraint(p, kind, &c));
	TRY(parse_parts(p, &c->parts, &autoincrement));
	if (autoincrement)
		set_autoincrement(p, c);
	return conflict(p, &c->conflict);
}

static retort_status table_check(struct parser *p)
{
	struct constraint *c;

	TRY(new_constraint(p, CONSTRAINT_CHECK, &c));
	TRY(parse_parens(p, false, &c->check_sql));
	return conflict(p, &c->conflict);
}

retort_status parse_table_constraint(struct parser *p, bool *found)
{
	*found = true;
	if (parse_accept(p, KW_CONSTRAINT))
		return parse_name(p, &p->constraint);
	if (parse_accept(p, KW_PRIMARY)) {
		TRY(parse_expect(p, KW_KEY));
		return key(p, CONSTRAINT_PRIMARY_KEY);
	}
	if (parse_accept(p, KW_UNIQUE))
		return key(p, CONSTRAINT_UNIQUE);
	if (parse_accept(p, KW_CHECK))
		return table_check(p);
	if (parse_accept(p, KW_FOREIGN))
		return foreign_key(p);
	*found = false;
	return RETORT_OK;
}
