#include <jansson.h>
#include <stdlib.h>

#include "api/inspect.h"
#include "schema/words.h"

/* A failed allocation gives NULL, which jansson hands upwards. */
static void set_text(json_t *o, const char *key, const char *value)
{
	if (value)
		json_object_set_new(o, key, json_string(value));
}

static void set_true(json_t *o, const char *key, bool value)
{
	if (value)
		json_object_set_new(o, key, json_true());
}

static json_t *names(const struct strings *list)
{
	json_t *a = json_array();

	for (size_t i = 0; i < list->n; i++)
		json_array_append_new(a, json_string(list->v[i]));
	return a;
}

static json_t *column_json(const struct column *c)
{
	json_t *o = json_object();

	set_text(o, "name", c->name);
	set_text(o, "type", c->type.text);
	set_true(o, "not_null", c->not_null);
	set_text(o, "not_null_on_conflict", conflict_word(c->not_null_conflict));
	set_text(o, "not_null_name", c->not_null_name);
	set_text(o, "default", c->default_sql);
	set_text(o, "collation", c->collation);
	set_text(o, "generated", c->generated_sql);
	set_true(o, "stored", c->generated == GENERATED_STORED);
	set_true(o, "autoincrement", c->autoincrement);
	set_text(o, "comment", c->comment);
	return o;
}

static json_t *parts_json(const struct parts *parts)
{
	json_t *a = json_array();

	for (size_t i = 0; i < parts->n; i++) {
		const struct part *p = &parts->v[i];
		json_t *o = json_object();

		set_text(o, "column", p->column);
		set_text(o, "expression", p->expr);
		set_text(o, "collation", p->collation);
		set_text(o, "operator_class", p->opclass);
		set_true(o, "descending", p->descending);
		if (p->nulls != NULLS_DEFAULT)
			set_text(o, "nulls", p->nulls == NULLS_FIRST ? "first"
								     : "last");
		json_array_append_new(a, o);
	}
	return a;
}

static void set_reference(json_t *o, const struct constraint *c)
{
	json_t *ref = json_object();

	set_text(ref, "schema", c->ref_schema);
	set_text(ref, "table", c->ref_table);
	json_object_set_new(ref, "columns", names(&c->ref_columns));
	json_object_set_new(o, "references", ref);
	set_text(o, "on_delete", action_word(c->on_delete));
	set_text(o, "on_update", action_word(c->on_update));
	set_text(o, "match", c->match);
	set_true(o, "deferrable", c->deferrable);
	set_true(o, "initially_deferred", c->initially_deferred);
}

static json_t *constraint_json(const struct constraint *c)
{
	static const char *const kinds[] = {
		[CONSTRAINT_PRIMARY_KEY] = "primary_key",
		[CONSTRAINT_UNIQUE] = "unique",
		[CONSTRAINT_CHECK] = "check",
		[CONSTRAINT_FOREIGN_KEY] = "foreign_key",
		[CONSTRAINT_EXCLUDE] = "exclude",
	};
	json_t *o = json_object();

	set_text(o, "kind", kinds[c->kind]);
	set_text(o, "name", c->name);
	if (c->parts.n)
		json_object_set_new(o, "columns", parts_json(&c->parts));
	set_text(o, "check", c->check_sql);
	set_text(o, "exclude", c->exclude_sql);
	if (c->kind == CONSTRAINT_FOREIGN_KEY)
		set_reference(o, c);
	set_text(o, "on_conflict", conflict_word(c->conflict));
	return o;
}

static json_t *index_json(const struct index *i)
{
	json_t *o = json_object();

	set_text(o, "name", i->name);
	set_true(o, "unique", i->unique);
	json_object_set_new(o, "columns", parts_json(&i->parts));
	set_text(o, "where", i->where_sql);
	set_text(o, "method", i->method);
	if (i->include.n)
		json_object_set_new(o, "include", names(&i->include));
	set_text(o, "with", i->with);
	return o;
}

static json_t *table_json(const struct table *t)
{
	json_t *o = json_object(), *columns = json_array();
	json_t *constraints = json_array(), *indexes = json_array();

	set_text(o, "schema", t->schema);
	set_text(o, "name", t->name);
	for (size_t i = 0; i < t->columns.n; i++)
		json_array_append_new(columns, column_json(t->columns.v[i]));
	for (size_t i = 0; i < t->constraints.n; i++)
		json_array_append_new(constraints,
				      constraint_json(t->constraints.v[i]));
	for (size_t i = 0; i < t->indexes.n; i++)
		json_array_append_new(indexes, index_json(t->indexes.v[i]));
	json_object_set_new(o, "columns", columns);
	json_object_set_new(o, "constraints", constraints);
	json_object_set_new(o, "indexes", indexes);
	set_true(o, "strict", t->strict);
	set_true(o, "without_rowid", t->without_rowid);
	set_text(o, "comment", t->comment);
	set_text(o, "suffix", t->suffix_sql);
	return o;
}

static json_t *object_json(const struct object *x)
{
	static const char *const kinds[] = {
		[OBJECT_VIEW] = "view",
		[OBJECT_TRIGGER] = "trigger", [OBJECT_ENUM] = "enum",
		[OBJECT_OTHER] = "other",
	};
	json_t *o = json_object();

	set_text(o, "kind", kinds[x->kind]);
	set_text(o, "schema", x->schema);
	set_text(o, "name", x->name);
	set_text(o, "table", x->table);
	set_text(o, "sql", x->create_sql);
	return o;
}

static json_t *build(const struct schema *s)
{
	json_t *o = json_object(), *tables = json_array();
	json_t *objects = json_array();

	for (size_t i = 0; i < s->tables.n; i++)
		json_array_append_new(tables, table_json(s->tables.v[i]));
	for (size_t i = 0; i < s->objects.n; i++)
		json_array_append_new(objects, object_json(s->objects.v[i]));
	json_object_set_new(o, "tables", tables);
	json_object_set_new(o, "objects", objects);
	json_object_set_new(o, "notes", names(&s->notes));
	return o;
}

retort_status schema_json(const struct schema *s, struct arena *mem,
			  char **out, struct err *err)
{
	json_t *o = build(s);
	char *text = o ? json_dumps(o, JSON_INDENT(2)) : NULL;

	*out = text ? arena_printf(mem, "%s\n", text) : NULL;
	free(text);
	json_decref(o);
	return *out ? RETORT_OK : err_nomem(err);
}
