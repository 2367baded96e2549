#include <string.h>

#include "model/declare.h"

/* The columns of a list, as parts; not one of them twice. */
static retort_status read_parts(struct declare *x, const char *kind,
				const char *const *list, bool columns_only,
				struct parts *out)
{
	for (size_t i = 0; list && list[i]; i++) {
		struct part p;

		TRY(declare_part(x, list[i], columns_only, &p));
		for (size_t k = 0; p.column && k < out->n; k++)
			if (columns_only &&
			    name_same(&x->names, out->v[k].column, p.column))
				return declare_error(x, "%s has column \"%s\" "
						     "twice", kind, p.column);
		if (!vec_push(x->mem, out, p))
			return err_nomem(x->err);
	}
	if (!out->n)
		return declare_error(x, "%s has no columns", kind);
	return RETORT_OK;
}

static bool ordinary(const struct parts *parts)
{
	for (size_t i = 0; i < parts->n; i++)
		if (parts->v[i].collation || parts->v[i].descending ||
		    parts->v[i].opclass || parts->v[i].nulls)
			return false;
	return true;
}

retort_status declare_names(struct declare *x, const char *const *list,
			    struct strings *out)
{
	for (size_t i = 0; list && list[i]; i++) {
		const char *name = declare_text(x, list[i]);

		if (!*list[i] && !(x->d->caps & CAP_ANY_NAME))
			return declare_error(x, "a list has an empty name");
		if (!name || !vec_push(x->mem, out, name))
			return err_nomem(x->err);
	}
	return RETORT_OK;
}

/* Columns of the other table: a name as it is, or quoted. */
static retort_status ref_names(struct declare *x, const char *const *list,
			       struct strings *out)
{
	struct declare other = *x;
	struct table unknown = {0};

	other.table = &unknown;
	other.partial = true;
	for (size_t i = 0; list && list[i]; i++) {
		struct part p;

		TRY(declare_name(x, "referenced column", list[i]));
		TRY(declare_part(&other, list[i], true, &p));
		if (!vec_push(x->mem, out, p.column))
			return err_nomem(x->err);
	}
	return RETORT_OK;
}

static retort_status foreign_key(struct declare *x, const retort_constraint *c,
				 struct constraint *out)
{
	if (!c->ref_table || !*c->ref_table)
		return declare_error(x, "a foreign key names no table");
	TRY(read_parts(x, "a foreign key", c->columns, true, &out->parts));
	if (!ordinary(&out->parts))
		return declare_error(x, "a foreign key takes names of columns, "
				     "without COLLATE or DESC");
	TRY(ref_names(x, c->ref_columns, &out->ref_columns));
	TRY(declare_names(x, c->set_columns, &out->set_columns));
	if (out->ref_columns.n && out->ref_columns.n != out->parts.n)
		return declare_error(x, "the foreign key to \"%s\" has %zu "
				     "columns and references %zu", c->ref_table,
				     out->parts.n, out->ref_columns.n);
	out->ref_table = declare_text(x, c->ref_table);
	out->on_delete = c->on_delete;
	out->on_update = c->on_update;
	out->match = declare_text(x, c->match);
	if (x->partial || !x->keys)
		declare_split(x, out->ref_table, &out->ref_schema,
			      &out->ref_table);
	if (x->keys && !vec_push(x->mem, x->keys,
				 ((struct declared_key){ x->m, x->table, out,
							 c->unchecked })))
		return err_nomem(x->err);
	return declare_done(x);
}

static retort_status expression(struct declare *x, const retort_constraint *c,
				const char *kind, const char **out)
{
	if (!c->expression || !*c->expression)
		return declare_error(x, "%s has no expression", kind);
	*out = declare_text(x, c->expression);
	return declare_done(x);
}

static retort_status read_kind(struct declare *x, const retort_constraint *c,
			       struct constraint *out)
{
	switch (c->kind) {
	case RETORT_CONSTRAINT_PRIMARY_KEY:
		out->kind = CONSTRAINT_PRIMARY_KEY;
		return read_parts(x, "a primary key", c->columns, true,
				  &out->parts);
	case RETORT_CONSTRAINT_UNIQUE:
		out->kind = CONSTRAINT_UNIQUE;
		return read_parts(x, "a unique constraint", c->columns, true,
				  &out->parts);
	case RETORT_CONSTRAINT_FOREIGN_KEY:
		out->kind = CONSTRAINT_FOREIGN_KEY;
		return foreign_key(x, c, out);
	case RETORT_CONSTRAINT_CHECK:
		out->kind = CONSTRAINT_CHECK;
		return expression(x, c, "a CHECK", &out->check_sql);
	case RETORT_CONSTRAINT_EXCLUDE:
		out->kind = CONSTRAINT_EXCLUDE;
		return expression(x, c, "an EXCLUDE", &out->exclude_sql);
	}
	return declare_error(x, "a constraint is of the unknown kind %d",
			     (int)c->kind);
}

const char *declare_convention(struct declare *x, const char *pattern,
			       const struct strings *columns,
			       const char *ref_table)
{
	const char *hint = columns->n ? columns->v[0] : "expr";
	const char *name = naming_apply(x->mem, pattern, x->table->name,
					columns, ref_table, hint);

	x->nomem |= !name;
	return name;
}

static retort_status part_names(struct declare *x, const struct parts *parts,
				struct strings *out)
{
	for (size_t i = 0; i < parts->n; i++) {
		const struct part *p = &parts->v[i];

		if (!p->column)
			TRY(declare_columns_in(x, p->expr, out));
		else if (!vec_push(x->mem, out, p->column))
			return err_nomem(x->err);
	}
	if (!out->n && !vec_push(x->mem, out, "expr"))
		return err_nomem(x->err);
	return RETORT_OK;
}

static retort_status name_constraint(struct declare *x, const char *name,
				     struct constraint *c)
{
	struct strings columns = {0};

	if (name || x->unnamed) {
		c->name = name && *name ? declare_text(x, name) : NULL;
		return c->name ? declare_name(x, "constraint", c->name)
			       : declare_done(x);
	}
	if (c->check_sql)
		TRY(declare_columns_in(x, c->check_sql, &columns));
	if (!columns.n)
		TRY(part_names(x, &c->parts, &columns));
	c->name = declare_convention(x, naming_pattern(x->naming, c->kind),
				     &columns, c->ref_table);
	c->auto_name = true;
	return declare_done(x);
}

/* AUTOINCREMENT is written on the column; inspection has it on the key. */
static retort_status autoincrement(struct declare *x,
				   const struct constraint *c)
{
	struct column *k;

	if (c->kind != CONSTRAINT_PRIMARY_KEY || c->parts.n != 1)
		return declare_error(x, ".autoincrement needs a primary key of "
				     "one column");
	k = table_column(&x->names, x->table, c->parts.v[0].column);
	if (k)
		k->autoincrement = true;
	return RETORT_OK;
}

retort_status declare_constraint(struct declare *x, const retort_constraint *c,
				 struct constraint **out)
{
	struct constraint *n = arena_new(x->mem, struct constraint);

	if (!n)
		return err_nomem(x->err);
	TRY(read_kind(x, c, n));
	TRY(name_constraint(x, c->name, n));
	if (c->autoincrement)
		TRY(autoincrement(x, n));
	n->deferrable = c->deferrable || c->initially_deferred;
	n->initially_deferred = c->initially_deferred;
	n->explicit_not_deferrable = c->explicit_not_deferrable;
	n->not_valid = c->not_valid;
	n->no_inherit = c->no_inherit;
	n->nulls_not_distinct = c->nulls_not_distinct;
	n->conflict = c->on_conflict;
	n->comment = declare_text(x, c->comment);
	TRY(declare_names(x, c->include, &n->include));
	n->with = declare_text(x, c->with);
	n->tablespace = declare_text(x, c->tablespace);
	*out = n;
	return declare_done(x);
}

retort_status declare_index(struct declare *x, const retort_index *in,
			    struct index **out)
{
	struct index *n = arena_new(x->mem, struct index);
	struct strings columns = {0};

	if (!n)
		return err_nomem(x->err);
	TRY(read_parts(x, "an index", in->columns, false, &n->parts));
	TRY(declare_names(x, in->include, &n->include));
	n->auto_name = !in->name;
	if (in->name) {
		TRY(declare_name(x, "index", in->name));
		n->name = declare_text(x, in->name);
	} else {
		TRY(part_names(x, &n->parts, &columns));
		n->name = declare_convention(x, x->naming->ix, &columns, NULL);
	}
	n->unique = in->unique;
	n->where_sql = declare_text(x, in->where);
	n->method = declare_text(x, in->method);
	n->with = declare_text(x, in->with);
	n->tablespace = declare_text(x, in->tablespace);
	n->nulls_not_distinct = in->nulls_not_distinct;
	n->comment = declare_text(x, in->comment);
	*out = n;
	return declare_done(x);
}
