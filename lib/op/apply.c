#include <string.h>

#include "op/op.h"

#include "op/apply.h"
#include "op/mention.h"
#include "op/rename.h"
#include "sql/token.h"

static const char *const constraint_names[] = {
	[CONSTRAINT_PRIMARY_KEY] = "primary key",
	[CONSTRAINT_UNIQUE] = "unique constraint",
	[CONSTRAINT_CHECK] = "check constraint",
	[CONSTRAINT_FOREIGN_KEY] = "foreign key",
	[CONSTRAINT_EXCLUDE] = "exclude constraint",
};

static retort_status find_table(const struct schema *s, const struct op *op,
				const char *name, struct table **out,
				struct err *err)
{
	struct table *t = schema_table(s, op->schema, name);

	if (!t) {
		err_set(err, RETORT_E_NOTFOUND, "no table \"%s\"",
			name ? name : "");
		return RETORT_E_NOTFOUND;
	}
	*out = t;
	return RETORT_OK;
}

static retort_status find_column(const struct schema *s, const struct table *t,
				 const char *name, struct column **out,
				 struct err *err)
{
	struct column *c = table_column(s, t, name);

	if (!c) {
		err_set(err, RETORT_E_NOTFOUND,
			"no column \"%s\" in table \"%s\"",
			name ? name : "", t->name);
		return RETORT_E_NOTFOUND;
	}
	*out = c;
	return RETORT_OK;
}

static retort_status no_column(const struct schema *s, const struct table *t,
			       const char *name, struct err *err)
{
	if (table_column(s, t, name))
		return err_set(err, RETORT_E_FAIL,
			       "table \"%s\" already has a column \"%s\"",
			       t->name, name);
	return RETORT_OK;
}

retort_status apply_no_relation(const struct schema *s, const char *schema,
				 const char *name, struct err *err)
{
	if (schema_table(s, schema, name))
		return err_set(err, RETORT_E_FAIL,
			       "there is already a table \"%s\"", name);
	if (schema_object(s, OBJECT_VIEW, schema, name))
		return err_set(err, RETORT_E_FAIL,
			       "there is already a view \"%s\"", name);
	return RETORT_OK;
}

static retort_status create_table(struct schema *s, const struct op *op,
				  struct err *err)
{
	struct table *t;

	if (op->if_not_exists &&
	    schema_table(s, op->def->schema, op->def->name))
		return RETORT_OK;
	TRY(apply_no_relation(s, op->def->schema, op->def->name, err));
	t = table_copy(s->mem, op->def);
	if (!t || !vec_push(s->mem, &s->tables, t))
		return err_nomem(err);
	return RETORT_OK;
}

static retort_status drop_table(struct schema *s, const struct op *op,
				struct err *err)
{
	const char *name = op->table ? op->table
			 : op->def ? op->def->name : NULL;
	struct table *t;

	if (op->if_exists && !schema_table(s, op->schema, name))
		return RETORT_OK;
	TRY(find_table(s, op, name, &t, err));
	apply_drop_triggers(s, t->schema, t->name);
	for (size_t i = 0; i < s->tables.n; i++)
		if (s->tables.v[i] == t) {
			vec_remove(&s->tables, i);
			break;
		}
	return RETORT_OK;
}

static retort_status apply_rename_table(struct schema *s, const struct op *op,
					struct err *err)
{
	struct table *t;

	TRY(find_table(s, op, op->from, &t, err));
	if (!name_same(s, op->from, op->to))
		TRY(apply_no_relation(s, op->schema, op->to, err));
	return rename_table(s, t, op->to) ? RETORT_OK : err_nomem(err);
}

static bool set_text(struct schema *s, const char **out, const char *text)
{
	*out = arena_strdup(s->mem, text);
	return *out || !text;
}

/* What only a server database has. */
static bool take_storage(struct schema *s, struct table *t,
			 const struct table *def)
{
	const struct table *copy = table_copy(s->mem, def);

	if (!copy)
		return false;
	t->unlogged = copy->unlogged;
	t->inherits = copy->inherits;
	t->partition_by = copy->partition_by;
	t->partition_of = copy->partition_of;
	t->partition_bound = copy->partition_bound;
	t->with = copy->with;
	t->tablespace = copy->tablespace;
	return true;
}

static retort_status alter_table(struct schema *s, const struct op *op,
				 struct err *err)
{
	struct table *t;

	TRY(find_table(s, op, op->table, &t, err));
	t->strict = op->def->strict;
	t->without_rowid = op->def->without_rowid;
	if (!set_text(s, &t->comment, op->def->comment) ||
	    !set_text(s, &t->suffix_sql, op->def->suffix_sql))
		return err_nomem(err);
	return take_storage(s, t, op->def) ? RETORT_OK : err_nomem(err);
}

static retort_status place_of(const struct schema *s, const struct table *t,
			      const struct op *op, size_t *at, struct err *err)
{
	const char *beside = op->after ? op->after : op->before;
	long i;

	*at = t->columns.n;
	if (!beside)
		return RETORT_OK;
	if (op->after && !*op->after) {
		*at = 0;
		return RETORT_OK;
	}
	i = table_column_at(s, t, beside);
	if (i < 0)
		return err_set(err, RETORT_E_NOTFOUND,
			       "no column \"%s\" in table \"%s\"", beside,
			       t->name);
	*at = (size_t)i + (op->after != NULL);
	return RETORT_OK;
}

static retort_status add_column(struct schema *s, const struct op *op,
				struct err *err)
{
	struct table *t;
	struct column *c;
	size_t at;

	TRY(find_table(s, op, op->table, &t, err));
	if (op->if_not_exists && table_column(s, t, op->column->name))
		return RETORT_OK;
	TRY(no_column(s, t, op->column->name, err));
	TRY(place_of(s, t, op, &at, err));
	c = column_copy(s->mem, op->column);
	if (!c || !vec_insert(s->mem, &t->columns, at, c))
		return err_nomem(err);
	return RETORT_OK;
}

/* Does a text of `t` name a column other than `column`? */
static bool names_another(const struct schema *s, const struct table *t,
			  const char *column, const struct constraint *c,
			  const struct index *x)
{
	for (size_t i = 0; i < t->columns.n; i++) {
		const char *name = t->columns.v[i]->name;

		if (!name_same(s, name, column) &&
		    (c ? constraint_mentions(s, c, name)
		       : index_mentions(s, x, name)))
			return true;
	}
	return false;
}

static retort_status refuse(const struct table *t, const char *column,
			    const char *what, const char *name,
			    struct err *err)
{
	err_set(err, RETORT_E_FAIL,
		"cannot drop column \"%s\" of table \"%s\": %s%s%s%s needs it",
		column, t->name, what, name ? " \"" : "", name ? name : "",
		name ? "\"" : "");
	err_hint(err, "Drop that first.");
	return RETORT_E_FAIL;
}

static retort_status column_needed(const struct schema *s,
				   const struct table *t, const char *name,
				   struct err *err)
{
	for (size_t i = 0; i < t->columns.n; i++)
		if (!name_same(s, t->columns.v[i]->name, name) &&
		    sql_mentions(t->columns.v[i]->generated_sql, name))
			return refuse(t, name, "generated column",
				      t->columns.v[i]->name, err);
	for (size_t i = 0; i < t->constraints.n; i++) {
		const struct constraint *c = t->constraints.v[i];

		if (constraint_mentions(s, c, name) &&
		    names_another(s, t, name, c, NULL))
			return refuse(t, name, constraint_names[c->kind],
				      c->name, err);
	}
	for (size_t i = 0; i < t->indexes.n; i++)
		if (index_mentions(s, t->indexes.v[i], name) &&
		    names_another(s, t, name, NULL, t->indexes.v[i]))
			return refuse(t, name, "index", t->indexes.v[i]->name,
				      err);
	if (t->columns.n == 1)
		return err_set(err, RETORT_E_FAIL, "cannot drop column \"%s\": "
			       "table \"%s\" has no other", name, t->name);
	return RETORT_OK;
}

/* What is about the one column goes with it. */
static retort_status drop_column(struct schema *s, const struct op *op,
				 struct err *err)
{
	struct table *t;
	struct column *c;
	size_t at;

	TRY(find_table(s, op, op->table, &t, err));
	if (op->if_exists && !table_column(s, t, op->name))
		return RETORT_OK;
	TRY(find_column(s, t, op->name, &c, err));
	at = (size_t)table_column_at(s, t, op->name);
	TRY(column_needed(s, t, op->name, err));
	for (size_t i = t->constraints.n; i-- > 0;)
		if (constraint_mentions(s, t->constraints.v[i], op->name))
			vec_remove(&t->constraints, i);
	for (size_t i = t->indexes.n; i-- > 0;)
		if (index_mentions(s, t->indexes.v[i], op->name))
			vec_remove(&t->indexes, i);
	vec_remove(&t->columns, at);
	return RETORT_OK;
}

static void take_changes(struct column *c, const struct column *now,
			 unsigned changes)
{
	if (changes & CHANGE_TYPE)
		c->type = now->type;
	if (changes & CHANGE_NOT_NULL) {
		c->not_null = now->not_null;
		c->not_null_conflict = now->not_null_conflict;
		c->not_null_name = now->not_null_name;
	}
	if (changes & CHANGE_DEFAULT)
		c->default_sql = now->default_sql;
	if (changes & CHANGE_COLLATION)
		c->collation = now->collation;
	if (changes & CHANGE_GENERATED) {
		c->generated = now->generated;
		c->generated_sql = now->generated_sql;
	}
	if (changes & CHANGE_COMMENT)
		c->comment = now->comment;
	if (changes & CHANGE_IDENTITY) {
		c->identity = now->identity;
		c->autoincrement = now->autoincrement;
		c->identity_sql = now->identity_sql;
		c->serial = now->serial;
	}
}

static retort_status rename_to(struct schema *s, struct table *t,
			       struct column *c, const char *to,
			       struct err *err)
{
	if (!name_same(s, c->name, to))
		TRY(no_column(s, t, to, err));
	return rename_column(s, t, c, to) ? RETORT_OK : err_nomem(err);
}

static retort_status move_column(const struct schema *s, struct table *t,
				 struct column *c, const struct op *op,
				 struct err *err)
{
	long from = table_column_at(s, t, c->name);
	size_t to;

	TRY(place_of(s, t, op, &to, err));
	to -= (size_t)from < to;
	vec_remove(&t->columns, (size_t)from);
	vec_shift(t->columns.v, to, t->columns.n++, sizeof(*t->columns.v));
	t->columns.v[to] = c;
	return RETORT_OK;
}

static retort_status alter_column(struct schema *s, const struct op *op,
				  struct err *err)
{
	struct table *t;
	struct column *c, *now;

	TRY(find_table(s, op, op->table, &t, err));
	TRY(find_column(s, t, op->name, &c, err));
	now = column_copy(s->mem, op->column);
	if (!now)
		return err_nomem(err);
	if (now->name && !text_same(now->name, op->name))
		TRY(rename_to(s, t, c, now->name, err));
	take_changes(c, now, op->changes);
	return op->after || op->before ? move_column(s, t, c, op, err)
				       : RETORT_OK;
}

static retort_status apply_rename_column(struct schema *s, const struct op *op,
					 struct err *err)
{
	struct table *t;
	struct column *c;

	TRY(find_table(s, op, op->table, &t, err));
	TRY(find_column(s, t, op->from, &c, err));
	return rename_to(s, t, c, op->to, err);
}

static retort_status parts_exist(const struct schema *s, const struct table *t,
				 const struct parts *parts, struct err *err)
{
	struct column *c;

	for (size_t i = 0; i < parts->n; i++)
		if (parts->v[i].column)
			TRY(find_column(s, t, parts->v[i].column, &c, err));
	return RETORT_OK;
}

static retort_status add_constraint(struct schema *s, const struct op *op,
				    struct err *err)
{
	struct table *t;
	struct constraint *c;

	TRY(find_table(s, op, op->table, &t, err));
	TRY(parts_exist(s, t, &op->constraint->parts, err));
	if (op->constraint->kind == CONSTRAINT_PRIMARY_KEY &&
	    table_primary_key(t))
		return err_set(err, RETORT_E_FAIL,
			       "table \"%s\" already has a primary key",
			       t->name);
	c = constraint_copy(s->mem, op->constraint);
	if (!c || !vec_push(s->mem, &t->constraints, c))
		return err_nomem(err);
	for (size_t i = 0; op->using_index && i < t->indexes.n; i++)
		if (name_same(s, t->indexes.v[i]->name, op->using_index))
			vec_remove(&t->indexes, i--);
	return RETORT_OK;
}

/* Is nothing known of it but its name? Then its kind says nothing either. */
static bool only_named(const struct constraint *c)
{
	return c->name && !c->parts.n && !c->check_sql && !c->ref_table &&
	       !c->exclude_sql;
}

/* How well does `c` answer to what is to be dropped? 0: not at all. */
static int fits(const struct schema *s, const struct constraint *c,
		const struct constraint *wanted)
{
	bool structure = constraint_same_structure(s, c, wanted);

	if (only_named(wanted))
		return name_same(s, c->name, wanted->name);
	if (c->kind != wanted->kind)
		return 0;
	if (wanted->name && name_same(s, c->name, wanted->name))
		return structure ? 4 : 3;
	if (structure && (!wanted->name || wanted->auto_name))
		return c->name ? 1 : 2;
	return wanted->kind == CONSTRAINT_PRIMARY_KEY && !wanted->name;
}

/* A CHECK whose table has been renamed names it in quotes and by its case. */
static struct constraint *find_check(const struct schema *s,
				     const struct table *t,
				     const struct constraint *wanted)
{
	if (!s->fold_case || wanted->kind != CONSTRAINT_CHECK ||
	    (wanted->name && !wanted->auto_name))
		return NULL;
	for (size_t i = 0; i < t->constraints.n; i++)
		if (t->constraints.v[i]->kind == CONSTRAINT_CHECK &&
		    sql_same_in(t->constraints.v[i]->check_sql,
				wanted->check_sql, t->name))
			return t->constraints.v[i];
	return NULL;
}

struct constraint *op_find_constraint(const struct schema *s,
				      const struct table *t,
				      const struct constraint *wanted)
{
	struct constraint *best = NULL;
	int best_fit = 0;

	for (size_t i = 0; i < t->constraints.n; i++) {
		int fit = fits(s, t->constraints.v[i], wanted);

		if (fit > best_fit) {
			best = t->constraints.v[i];
			best_fit = fit;
		}
	}
	return best ? best : find_check(s, t, wanted);
}

static retort_status drop_constraint(struct schema *s, const struct op *op,
				     struct err *err)
{
	const struct constraint *c = op->constraint, *found;
	struct table *t;

	TRY(find_table(s, op, op->table, &t, err));
	found = op_find_constraint(s, t, c);
	if (!found && op->if_exists)
		return RETORT_OK;
	if (!found && c->name)
		return err_set(err, RETORT_E_NOTFOUND,
			       "no %s \"%s\" on table \"%s\"",
			       only_named(c) ? "constraint"
					     : constraint_names[c->kind],
			       c->name, t->name);
	if (!found)
		return err_set(err, RETORT_E_NOTFOUND,
			       "no such %s on table \"%s\"",
			       constraint_names[c->kind], t->name);
	for (size_t i = 0; i < t->constraints.n; i++)
		if (t->constraints.v[i] == found) {
			vec_remove(&t->constraints, i);
			break;
		}
	return RETORT_OK;
}

struct table *op_index_table(const struct schema *s, const struct op *op,
			     const char *name)
{
	if (op->table)
		return schema_table(s, op->schema, op->table);
	for (size_t i = 0; i < s->tables.n; i++)
		if (name_same(s, s->tables.v[i]->schema, op->schema) &&
		    table_index(s, s->tables.v[i], name))
			return s->tables.v[i];
	return NULL;
}

static retort_status create_index(struct schema *s, const struct op *op,
				  struct err *err)
{
	struct table *t;
	struct index *x;

	TRY(find_table(s, op, op->table, &t, err));
	if (table_index(s, t, op->index->name))
		return op->if_not_exists ? RETORT_OK
		     : err_set(err, RETORT_E_FAIL,
			       "table \"%s\" already has an index \"%s\"",
			       t->name, op->index->name);
	TRY(parts_exist(s, t, &op->index->parts, err));
	x = index_copy(s->mem, op->index);
	if (!x || !vec_push(s->mem, &t->indexes, x))
		return err_nomem(err);
	return RETORT_OK;
}

static retort_status find_index(const struct schema *s, const struct op *op,
				const char *name, struct table **out,
				struct err *err)
{
	struct table *t = op_index_table(s, op, name);

	if (!t && op->table)
		return find_table(s, op, op->table, out, err);
	if (!t || !table_index(s, t, name))
		return err_set(err, RETORT_E_NOTFOUND, "no index \"%s\"%s%s%s",
			       name ? name : "", t ? " on table \"" : "",
			       t ? t->name : "", t ? "\"" : "");
	*out = t;
	return RETORT_OK;
}

static retort_status drop_index(struct schema *s, const struct op *op,
				struct err *err)
{
	const char *name = op->name ? op->name
			 : op->index ? op->index->name : NULL;
	struct table *t = op_index_table(s, op, name);

	if (op->if_exists && (!t || !table_index(s, t, name)))
		return RETORT_OK;
	TRY(find_index(s, op, name, &t, err));
	for (size_t i = 0; i < t->indexes.n; i++)
		if (name_same(s, t->indexes.v[i]->name, name)) {
			vec_remove(&t->indexes, i);
			break;
		}
	return RETORT_OK;
}

static retort_status rename_index(struct schema *s, const struct op *op,
				  struct err *err)
{
	struct table *t;

	TRY(find_index(s, op, op->from, &t, err));
	if (!set_text(s, &table_index(s, t, op->from)->name, op->to))
		return err_nomem(err);
	return RETORT_OK;
}

static retort_status rename_constraint(struct schema *s, const struct op *op,
				       struct err *err)
{
	struct constraint *c;
	struct table *t;

	TRY(find_table(s, op, op->table, &t, err));
	c = table_constraint(s, t, op->from);
	if (!c)
		return err_set(err, RETORT_E_NOTFOUND,
			       "no constraint \"%s\" on table \"%s\"",
			       op->from, t->name);
	return set_text(s, &c->name, op->to) ? RETORT_OK : err_nomem(err);
}

static retort_status validate_constraint(struct schema *s,
					 const struct op *op, struct err *err)
{
	struct constraint *c;
	struct table *t;

	TRY(find_table(s, op, op->table, &t, err));
	c = table_constraint(s, t, op->name);
	if (!c)
		return err_set(err, RETORT_E_NOTFOUND,
			       "no constraint \"%s\" on table \"%s\"",
			       op->name, t->name);
	c->not_valid = false;
	return RETORT_OK;
}

static retort_status find_facets(struct schema *s, const struct op *op,
				 struct facets **out, struct err *err)
{
	const struct object *o = op->object;
	struct object *found;
	struct table *t;

	if (!o) {
		TRY(find_table(s, op, op->table, &t, err));
		*out = &t->facets;
		return RETORT_OK;
	}
	found = schema_object_like(s, o);
	if (!found)
		return err_set(err, RETORT_E_NOTFOUND, "no %s \"%s\"",
			       apply_object_names[o->kind], o->name);
	*out = &found->facets;
	return RETORT_OK;
}

static void forget_facet(struct facets *list, const char *key)
{
	for (size_t i = list->n; i-- > 0;)
		if (text_same(list->v[i].key, key))
			vec_remove(list, i);
}

static retort_status reset_facet(struct schema *s, const struct op *op,
				 struct err *err)
{
	struct facets *list = NULL;

	TRY(find_facets(s, op, &list, err));
	forget_facet(list, op->facet->key);
	return RETORT_OK;
}

static retort_status set_facet(struct schema *s, const struct op *op,
			       struct err *err)
{
	struct facet f = {0};
	struct facets *list = NULL;

	TRY(find_facets(s, op, &list, err));
	forget_facet(list, op->facet->key);
	if (!set_text(s, &f.key, op->facet->key) ||
	    !set_text(s, &f.set_sql, op->facet->set_sql) ||
	    !set_text(s, &f.reset_sql, op->facet->reset_sql) ||
	    !vec_push(s->mem, list, f))
		return err_nomem(err);
	return RETORT_OK;
}

typedef retort_status apply_fn(struct schema *, const struct op *,
			       struct err *);

static apply_fn *const apply[] = {
	[OP_CREATE_TABLE] = create_table,
	[OP_DROP_TABLE] = drop_table,
	[OP_RENAME_TABLE] = apply_rename_table,
	[OP_ALTER_TABLE] = alter_table,
	[OP_ADD_COLUMN] = add_column,
	[OP_DROP_COLUMN] = drop_column,
	[OP_ALTER_COLUMN] = alter_column,
	[OP_RENAME_COLUMN] = apply_rename_column,
	[OP_ADD_CONSTRAINT] = add_constraint,
	[OP_DROP_CONSTRAINT] = drop_constraint,
	[OP_CREATE_INDEX] = create_index,
	[OP_DROP_INDEX] = drop_index,
	[OP_RENAME_INDEX] = rename_index,
	[OP_CREATE_OBJECT] = apply_create_object,
	[OP_DROP_OBJECT] = apply_drop_object,
	[OP_ALTER_OBJECT] = apply_alter_object,
	[OP_RENAME_CONSTRAINT] = rename_constraint,
	[OP_VALIDATE_CONSTRAINT] = validate_constraint,
	[OP_SET_FACET] = set_facet,
	[OP_RESET_FACET] = reset_facet,
	[OP_EXECUTE] = NULL,
	[OP_BULK_INSERT] = NULL,
	[OP_CALL] = NULL,
};

retort_status op_apply(struct schema *s, const struct op *op, struct err *err)
{
	return apply[op->kind] ? apply[op->kind](s, op, err) : RETORT_OK;
}
