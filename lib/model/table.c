#include <ctype.h>
#include <string.h>

#include "model/declare.h"
#include "sql/token.h"

/* The table's name: its own, or made of the model's. */
static retort_status table_name(struct declare *x, const char **out)
{
	const retort_model *m = x->m;

	if (m->table) {
		*out = declare_text(x, m->table);
		return declare_name(x, "table", m->table);
	}
	for (const char *p = m->model; p && *p; p++) {
		if (isalnum((unsigned char)*p) || *p == '_' ||
		    (unsigned char)*p >= 0x80)
			continue;
		declare_error(x, "the name of a model is a C identifier");
		err_hint(x->err, "Use TABLE(\"name\", …) to give the table's "
			 "own name.");
		return RETORT_E_FAIL;
	}
	TRY(declare_name(x, "model", m->model));
	*out = model_table_name(x->mem, m->model);
	if (!*out)
		return err_nomem(x->err);
	return declare_name(x, "table", *out);
}

static retort_status read_facets(struct declare *x, struct facets *out)
{
	for (size_t i = 0; i < x->m->n_facets; i++) {
		const retort_facet *in = &x->m->facets[i];
		const struct facet f = {
			.key = declare_text(x, in->key),
			.set_sql = declare_text(x, in->set_sql),
			.reset_sql = declare_text(x, in->reset_sql)
		};

		if (!in->key || !in->set_sql)
			return declare_error(x, "a facet has no key or no SQL");
		if (!vec_push(x->mem, out, f))
			return err_nomem(x->err);
	}
	return declare_done(x);
}

/* Where and how it is stored. */
static retort_status read_storage(struct declare *x)
{
	const retort_model *m = x->m;
	struct table *t = x->table;

	t->unlogged = m->unlogged;
	t->partition_by = declare_text(x, m->partition_by);
	t->partition_of = declare_text(x, m->partition_of);
	t->partition_bound = declare_text(x, m->partition_bound);
	t->with = declare_text(x, m->with);
	t->tablespace = declare_text(x, m->tablespace);
	TRY(declare_names(x, m->inherits, &t->inherits));
	TRY(declare_names(x, m->needs, &t->needs));
	return read_facets(x, &t->facets);
}

static retort_status read_head(struct declare *x)
{
	const retort_model *m = x->m;
	struct table *t = x->table;

	TRY(table_name(x, &t->name));
	t->schema = declare_text(x, m->schema);
	t->was = declare_text(x, m->was);
	t->comment = declare_text(x, m->comment);
	t->strict = m->strict;
	t->without_rowid = m->without_rowid;
	if (m->file) {
		t->source = arena_printf(x->mem, "%s:%d", m->file, m->line);
		x->nomem |= !t->source;
	}
	x->unnamed = m->unnamed;
	TRY(read_storage(x));
	return declare_done(x);
}

static bool in_key(const struct declare *x, const retort_column *c)
{
	return c->flags & RETORT_PRIMARY_KEY && declare_wanted(x, c->only);
}

/* The columns flagged PRIMARY_KEY, in their order, as one constraint. */
static retort_status read_key(struct declare *x)
{
	const retort_model *m = x->m;
	retort_constraint key = { .kind = RETORT_CONSTRAINT_PRIMARY_KEY };
	struct constraint *made = NULL;
	struct strings columns = {0};
	SCRATCH(tmp);

	for (size_t i = 0; i < m->n_columns; i++) {
		if (!in_key(x, &m->columns[i]))
			continue;
		if (!vec_push(&tmp, &columns, m->columns[i].name))
			return err_nomem(x->err);
		if (m->columns[i].primary_key_on_conflict)
			key.on_conflict = m->columns[i].primary_key_on_conflict;
	}
	if (!columns.n)
		return RETORT_OK;
	if (!vec_push(&tmp, &columns, NULL))
		return err_nomem(x->err);
	key.columns = columns.v;
	TRY(declare_constraint(x, &key, &made));
	if (!vec_insert(x->mem, &x->table->constraints, 0, made))
		return err_nomem(x->err);
	return RETORT_OK;
}

static retort_status read_columns(struct declare *x)
{
	const retort_model *m = x->m;

	if (!vec_reserve(x->mem, &x->table->columns, m->n_columns))
		return err_nomem(x->err);
	for (size_t i = 0; i < m->n_columns; i++) {
		TRY(declare_name(x, "column", m->columns[i].name));
		if (declare_wanted(x, m->columns[i].only))
			TRY(declare_column(x, &m->columns[i]));
	}
	if (x->table->columns.n || x->d->caps & CAP_EMPTY_TABLES)
		return read_key(x);
	declare_error(x, "it has no columns");
	err_hint(x->err, "Write COLUMNS(COLUMN(\"id\", INTEGER, PRIMARY_KEY), "
		 "…) inside it.");
	return RETORT_E_FAIL;
}

static retort_status read_constraints(struct declare *x)
{
	const retort_model *m = x->m;

	for (size_t i = 0; i < m->n_constraints; i++) {
		struct constraint *c = NULL;

		if (!declare_wanted(x, m->constraints[i].only))
			continue;
		TRY(declare_constraint(x, &m->constraints[i], &c));
		if (c->kind == CONSTRAINT_PRIMARY_KEY &&
		    table_primary_key(x->table))
			return declare_error(x, "it has two primary keys");
		if (!vec_push(x->mem, &x->table->constraints, c))
			return err_nomem(x->err);
	}
	return RETORT_OK;
}

static retort_status read_indexes(struct declare *x)
{
	const retort_model *m = x->m;

	if (m->n_indexes && !x->table->indexes.n &&
	    !vec_reserve(x->mem, &x->table->indexes, m->n_indexes))
		return err_nomem(x->err);
	for (size_t i = 0; i < m->n_indexes; i++) {
		struct index *made = NULL;

		if (!declare_wanted(x, m->indexes[i].only))
			continue;
		TRY(declare_index(x, &m->indexes[i], &made));
		if (!vec_push(x->mem, &x->table->indexes, made))
			return err_nomem(x->err);
	}
	return RETORT_OK;
}

static retort_status check_autoincrement(struct declare *x)
{
	const struct constraint *key = table_primary_key(x->table);

	for (size_t i = 0; i < x->table->columns.n; i++) {
		const struct column *c = x->table->columns.v[i];

		if (c->autoincrement &&
		    (!key || key->parts.n != 1 ||
		     !name_same(&x->names, key->parts.v[0].column, c->name)))
			return declare_error(x, "column \"%s\" is AUTOINCREMENT "
					     "and not the primary key",
					     c->name);
	}
	return RETORT_OK;
}

/* The constraint of that name, but for the one at `but`. */
static bool taken(const struct declare *x, const char *name, size_t but)
{
	for (size_t i = 0; i < x->table->constraints.n; i++)
		if (i != but && x->table->constraints.v[i]->name &&
		    name_same(&x->names, x->table->constraints.v[i]->name,
			      name))
			return true;
	return false;
}

/* Two constraints of one name: a number for those the convention named. */
static retort_status tell_apart(struct declare *x)
{
	for (size_t i = 0; i < x->table->constraints.n; i++) {
		struct constraint *c = x->table->constraints.v[i];
		const char *name = c->name;

		if (!name || !taken(x, name, i))
			continue;
		if (!c->auto_name)
			continue;
		for (int n = 2; name && taken(x, name, i); n++)
			name = arena_printf(x->mem, "%s_%d", c->name, n);
		if (!name)
			return err_nomem(x->err);
		c->name = name;
	}
	return RETORT_OK;
}

retort_status declare_table(struct declare *x)
{
	TRY(read_head(x));
	TRY(read_columns(x));
	TRY(read_constraints(x));
	TRY(read_indexes(x));
	TRY(check_autoincrement(x));
	return tell_apart(x);
}

/* Without space and semicolons at the end. */
static const char *statement(struct declare *x, const char *sql)
{
	size_t n = strlen(sql);
	const char *copy;

	while (n && (sql[n - 1] == ';' || isspace((unsigned char)sql[n - 1])))
		n--;
	copy = arena_strndup(x->mem, sql, n);
	x->nomem |= !copy;
	return copy;
}

static bool is_create(const char *sql)
{
	struct lexer lx = { .at = sql, .line = 1 };
	struct token t = token_next(&lx);

	return t.kind == TOKEN_WORD && token_is(&t, "create");
}

static retort_status view_sql(struct declare *x, struct object *o,
			      const char *select)
{
	const char *schema = o->schema ? x->d->quote_name(x->mem, o->schema)
				       : "";
	const char *name = x->d->quote_name(x->mem, o->name);

	if (!schema || !name)
		return err_nomem(x->err);
	o->create_sql = arena_printf(x->mem, "CREATE VIEW %s%s%s AS %s",
				     schema, *schema ? "." : "", name, select);
	return o->create_sql ? RETORT_OK : err_nomem(x->err);
}

static enum object_kind object_kind(retort_object_kind kind)
{
	return kind == RETORT_OBJECT_VIEW ? OBJECT_VIEW :
	       kind == RETORT_OBJECT_ENUM ? OBJECT_ENUM :
	       kind == RETORT_OBJECT_TRIGGER ? OBJECT_TRIGGER : OBJECT_OTHER;
}

static retort_status object_sql(struct declare *x, struct object *o)
{
	const char *sql = x->m->sql ? statement(x, x->m->sql) : "";

	if (!sql)
		return err_nomem(x->err);
	if (o->kind == OBJECT_ENUM)
		return o->labels.n ? RETORT_OK
				   : declare_error(x, "it has no labels");
	if (!*sql)
		return declare_error(x, "it has no SQL");
	if (o->kind == OBJECT_VIEW && !is_create(sql))
		return view_sql(x, o, sql);
	if (o->kind == OBJECT_TRIGGER && !is_create(sql))
		return declare_error(x, "its SQL does not begin with CREATE");
	o->create_sql = sql;
	return RETORT_OK;
}

/* Any text is a label, also none. */
static retort_status read_labels(struct declare *x, struct strings *out)
{
	for (size_t i = 0; x->m->labels && x->m->labels[i]; i++) {
		const char *label = declare_text(x, x->m->labels[i]);

		if (strings_has(out, x->m->labels[i]))
			return declare_error(x, "it has the label \"%s\" "
					     "twice", x->m->labels[i]);
		if (!label || !vec_push(x->mem, out, label))
			return err_nomem(x->err);
	}
	return RETORT_OK;
}

static retort_status read_renamed(struct declare *x, struct strings *out)
{
	for (size_t i = 0; x->m->renamed_labels && x->m->renamed_labels[i];
	     i++) {
		const char *label = declare_text(x, x->m->renamed_labels[i]);

		if (!label || !vec_push(x->mem, out, label))
			return err_nomem(x->err);
	}
	if (out->n % 2)
		return declare_error(x, "of the renamed label \"%s\" it does "
				     "not say the new name",
				     out->v[out->n - 1]);
	return RETORT_OK;
}

retort_status declare_object(struct declare *x, struct object **out)
{
	const retort_model *m = x->m;
	struct object *o = arena_new(x->mem, struct object);

	if (!o)
		return err_nomem(x->err);
	o->kind = object_kind(m->kind);
	TRY(declare_name(x, o->kind == OBJECT_VIEW ? "view" :
			 o->kind == OBJECT_TRIGGER ? "trigger" :
			 o->kind == OBJECT_ENUM ? "enum" : "object",
			 m->table));
	o->schema = declare_text(x, m->schema);
	o->name = declare_text(x, m->table);
	o->table = declare_text(x, m->on);
	o->was = declare_text(x, m->was);
	o->drop_sql = m->drop_sql ? statement(x, m->drop_sql) : NULL;
	if (m->file)
		o->source = arena_printf(x->mem, "%s:%d", m->file, m->line);
	x->nomem |= m->file && !o->source;
	if (o->kind == OBJECT_TRIGGER && (!o->table || !*o->table))
		return declare_error(x, "it names no table");
	TRY(read_labels(x, &o->labels));
	TRY(read_renamed(x, &o->renamed));
	TRY(declare_names(x, m->needs, &o->needs));
	TRY(read_facets(x, &o->facets));
	TRY(object_sql(x, o));
	*out = o;
	return declare_done(x);
}
