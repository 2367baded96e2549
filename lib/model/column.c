#include <string.h>

#include "model/declare.h"

static retort_status enum_type(struct declare *x, const char *column,
			       const retort_type *in, struct type *out)
{
	if (!in->name || !*in->name)
		return declare_error(x, "the ENUM of column \"%s\" has no name",
				     column);
	for (size_t i = 0; in->labels && in->labels[i]; i++) {
		const char *label = declare_text(x, in->labels[i]);

		if (strings_has(&out->labels, in->labels[i]))
			return declare_error(x, "enum \"%s\" of column \"%s\" "
					     "has the label \"%s\" twice",
					     in->name, column, in->labels[i]);
		if (!label || !vec_push(x->mem, &out->labels, label))
			return err_nomem(x->err);
	}
	if (!out->labels.n)
		return declare_error(x, "enum \"%s\" of column \"%s\" has no "
				     "labels", in->name, column);
	return RETORT_OK;
}

static retort_status array_type(struct declare *x, const char *column,
				const retort_type *in, struct type *out)
{
	struct type *element = arena_new(x->mem, struct type);

	if (!element)
		return err_nomem(x->err);
	if (!in->element)
		return declare_error(x, "the array of column \"%s\" has no "
				     "element type", column);
	out->element = element;
	return declare_type(x, column, in->element, element);
}

retort_status declare_type(struct declare *x, const char *column,
			   const retort_type *in, struct type *out)
{
	*out = (struct type){
		.kind = in->kind,
		.length = in->given > 0 ? in->length : -1,
		.scale = in->given > 1 ? in->scale : -1,
		.name = declare_text(x, in->name)
	};
	if (in->kind == RETORT_TYPE_ENUM)
		return enum_type(x, column, in, out);
	if (in->kind == RETORT_TYPE_ARRAY)
		return array_type(x, column, in, out);
	if (in->kind == RETORT_TYPE_VERBATIM && !in->name)
		return declare_error(x, "column \"%s\" has no type", column);
	if (in->given > 0 && in->length < 1)
		return declare_error(x, "the type of column \"%s\" has the "
				     "length %d", column, in->length);
	if (in->kind != RETORT_TYPE_NUMERIC && in->given > 1)
		return declare_error(x, "the type of column \"%s\" takes one "
				     "number, not two", column);
	return declare_done(x);
}

static void replace(const char **text, const char *with)
{
	if (with)
		*text = *with ? with : NULL;
}

/* The column as this dialect has it. */
static retort_column overridden(const struct declare *x,
				const retort_column *in)
{
	retort_column c = *in;

	for (size_t i = 0; i < in->n_overrides; i++) {
		const retort_override *o = &in->overrides[i];

		if (!declare_wanted(x, o->dialect))
			continue;
		if (o->type.kind || o->type.name)
			c.type = o->type;
		replace(&c.server_default, o->server_default);
		replace(&c.collation, o->collation);
		replace(&c.generated, o->generated);
	}
	return c;
}

/* Attributes that mean nothing without another one are mistakes. */
static retort_status check_column(struct declare *x, const retort_column *c)
{
	const unsigned of_key = RETORT_DEFERRABLE | RETORT_INITIALLY_DEFERRED;

	TRY(declare_name(x, "column", c->name));
	if (!c->references &&
	    (c->on_delete || c->on_update || c->match || (c->flags & of_key)))
		return declare_error(x, "column \"%s\" has options of a foreign "
				     "key, but no .references", c->name);
	if (!c->generated && (c->flags & RETORT_STORED))
		return declare_error(x, "column \"%s\" is STORED, but has no "
				     ".generated", c->name);
	if (c->generated && c->server_default)
		return declare_error(x, "column \"%s\" is generated and cannot "
				     "have a server default", c->name);
	if (!c->check && c->check_name)
		return declare_error(x, "column \"%s\" has a .check_name, but "
				     "no .check", c->name);
	return RETORT_OK;
}

retort_status declare_column_only(struct declare *x, const retort_column *in,
				  struct column **out)
{
	const retort_column c = overridden(x, in);
	struct column *n = arena_new(x->mem, struct column);

	if (!n)
		return err_nomem(x->err);
	TRY(check_column(x, &c));
	TRY(declare_type(x, c.name, &c.type, &n->type));
	n->name = declare_text(x, c.name);
	n->was = declare_text(x, c.was);
	n->not_null = c.flags & RETORT_NOT_NULL;
	n->not_null_conflict = c.on_conflict;
	n->not_null_name = declare_text(x, c.not_null_name);
	n->default_sql = declare_text(x, c.server_default);
	n->collation = declare_text(x, c.collation);
	n->generated_sql = declare_text(x, c.generated);
	if (c.generated)
		n->generated = c.flags & RETORT_STORED ? GENERATED_STORED
						       : GENERATED_VIRTUAL;
	if (c.flags & RETORT_IDENTITY)
		n->identity = IDENTITY_BY_DEFAULT;
	if (c.flags & RETORT_IDENTITY_ALWAYS)
		n->identity = IDENTITY_ALWAYS;
	n->identity_sql = declare_text(x, c.identity_options);
	n->inherited = c.flags & RETORT_INHERITED;
	if (c.flags & RETORT_SERIAL)
		n->serial = "";
	n->autoincrement = c.flags & RETORT_AUTOINCREMENT;
	n->comment = declare_text(x, c.comment);
	n->line = x->m ? x->m->line : 0;
	*out = n;
	return declare_done(x);
}

/* Append a constraint made of one column's attributes. */
static retort_status add(struct declare *x, const retort_constraint *c)
{
	struct constraint *made = NULL;

	TRY(declare_constraint(x, c, &made));
	if (!vec_push(x->mem, &x->table->constraints, made))
		return err_nomem(x->err);
	return RETORT_OK;
}

/* "table.column", "schema.table.column", or "table" for its primary key. */
static retort_status add_reference(struct declare *x, const retort_column *c)
{
	const char *const own[] = { c->name, NULL };
	const char *dot = strrchr(c->references, '.');
	const char *other[2] = { dot ? dot + 1 : NULL, NULL };
	retort_constraint key = {
		.kind = RETORT_CONSTRAINT_FOREIGN_KEY,
		.columns = own,
		.name = c->references_name,
		.on_delete = c->on_delete,
		.on_update = c->on_update,
		.match = c->match,
		.deferrable = c->flags & (RETORT_DEFERRABLE |
					  RETORT_INITIALLY_DEFERRED),
		.initially_deferred = c->flags & RETORT_INITIALLY_DEFERRED,
		.unchecked = c->unchecked
	};
	SCRATCH(tmp);

	key.ref_table = dot ? arena_strndup(&tmp, c->references,
					    (size_t)(dot - c->references))
			    : c->references;
	if (!key.ref_table)
		return err_nomem(x->err);
	if (dot)
		key.ref_columns = other;
	return add(x, &key);
}

static retort_status add_unique(struct declare *x, const retort_column *c)
{
	const char *const own[] = { c->name, NULL };

	return add(x, &(retort_constraint){
		.kind = RETORT_CONSTRAINT_UNIQUE, .columns = own,
		.name = c->unique_name, .on_conflict = c->unique_on_conflict
	});
}

/* The name of an unnamed CHECK of a column is made of that column. */
static retort_status add_check(struct declare *x, const retort_column *c)
{
	const struct naming *n = x->naming;
	struct strings own = {0};
	struct constraint *made;

	TRY(add(x, &(retort_constraint){
		.kind = RETORT_CONSTRAINT_CHECK, .expression = c->check,
		.name = c->check_name
	}));
	made = x->table->constraints.v[x->table->constraints.n - 1];
	if (!made->auto_name)
		return RETORT_OK;
	if (!vec_push(x->mem, &own, c->name))
		return err_nomem(x->err);
	made->name = declare_convention(x, n->ck, &own, NULL);
	return declare_done(x);
}

static retort_status add_index(struct declare *x, const retort_column *c)
{
	const char *const own[] = { c->name, NULL };
	struct index *made = NULL;

	TRY(declare_index(x, &(retort_index){ .columns = own }, &made));
	if (!vec_push(x->mem, &x->table->indexes, made))
		return err_nomem(x->err);
	return RETORT_OK;
}

retort_status declare_column(struct declare *x, const retort_column *c)
{
	struct column *made = NULL;

	TRY(declare_column_only(x, c, &made));
	if (table_column(&x->names, x->table, made->name))
		return declare_error(x, "column \"%s\" is declared twice",
				     made->name);
	if (!vec_push(x->mem, &x->table->columns, made))
		return err_nomem(x->err);
	if (c->flags & RETORT_UNIQUE)
		TRY(add_unique(x, c));
	if (c->check)
		TRY(add_check(x, c));
	if (c->references)
		TRY(add_reference(x, c));
	if (c->flags & RETORT_INDEX)
		TRY(add_index(x, c));
	return RETORT_OK;
}
