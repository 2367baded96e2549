#include "api/hook_object.h"

const char *hook_kind_word(retort_hook_kind kind)
{
	static const char *const words[] = {
		[RETORT_HOOK_SCHEMA] = "schema",
		[RETORT_HOOK_TABLE] = "table",
		[RETORT_HOOK_COLUMN] = "column",
		[RETORT_HOOK_INDEX] = "index",
		[RETORT_HOOK_UNIQUE_CONSTRAINT] = "unique_constraint",
		[RETORT_HOOK_FOREIGN_KEY_CONSTRAINT] = "foreign_key_constraint",
		[RETORT_HOOK_PRIMARY_KEY] = "primary_key",
		[RETORT_HOOK_CHECK_CONSTRAINT] = "check_constraint",
		[RETORT_HOOK_EXCLUDE_CONSTRAINT] = "exclude_constraint",
		[RETORT_HOOK_VIEW] = "view",
		[RETORT_HOOK_TRIGGER] = "trigger",
		[RETORT_HOOK_ENUM] = "enum",
		[RETORT_HOOK_OTHER] = "other",
	};

	return words[kind];
}

static retort_hook_object start(retort_hook_kind kind, const struct table *t)
{
	return (retort_hook_object){
		.size = sizeof(retort_hook_object),
		.kind = kind,
		.type = hook_kind_word(kind),
		.schema = t ? t->schema : NULL,
		.table = t ? t->name : NULL,
	};
}

bool hook_of_table(struct arena *mem, const struct table *t,
		   retort_hook_object *out)
{
	const char **names = arena_array(mem, const char *, t->columns.n + 1);

	if (!names)
		return false;
	for (size_t i = 0; i < t->columns.n; i++)
		names[i] = t->columns.v[i]->name;
	*out = start(RETORT_HOOK_TABLE, t);
	out->table = NULL;
	out->name = t->name;
	out->columns = names;
	out->comment = t->comment;
	return true;
}

bool hook_of_column(struct arena *mem, const struct table *t,
		    const struct column *c, retort_hook_object *out)
{
	(void)mem;
	*out = start(RETORT_HOOK_COLUMN, t);
	out->name = c->name;
	out->column_type = c->type.text;
	out->server_default = c->default_sql;
	out->not_null = c->not_null;
	out->definition = c->generated_sql;
	out->comment = c->comment;
	return true;
}

static const char **names_of(struct arena *mem, const struct parts *parts)
{
	const char **names = arena_array(mem, const char *, parts->n + 1);

	for (size_t i = 0; names && i < parts->n; i++)
		names[i] = parts->v[i].column ? parts->v[i].column
					      : parts->v[i].expr;
	return names;
}

bool hook_of_constraint(struct arena *mem, const struct table *t,
			const struct constraint *k, retort_hook_object *out)
{
	static const retort_hook_kind kinds[] = {
		[CONSTRAINT_PRIMARY_KEY] = RETORT_HOOK_PRIMARY_KEY,
		[CONSTRAINT_UNIQUE] = RETORT_HOOK_UNIQUE_CONSTRAINT,
		[CONSTRAINT_CHECK] = RETORT_HOOK_CHECK_CONSTRAINT,
		[CONSTRAINT_FOREIGN_KEY] = RETORT_HOOK_FOREIGN_KEY_CONSTRAINT,
		[CONSTRAINT_EXCLUDE] = RETORT_HOOK_EXCLUDE_CONSTRAINT,
	};

	*out = start(kinds[k->kind], t);
	out->name = k->name;
	out->columns = names_of(mem, &k->parts);
	out->unique = k->kind == CONSTRAINT_UNIQUE;
	out->ref_table = k->ref_table;
	out->definition = k->check_sql ? k->check_sql : k->exclude_sql;
	out->comment = k->comment;
	return out->columns != NULL;
}

bool hook_of_index(struct arena *mem, const struct table *t,
		   const struct index *x, retort_hook_object *out)
{
	*out = start(RETORT_HOOK_INDEX, t);
	out->name = x->name;
	out->columns = names_of(mem, &x->parts);
	out->unique = x->unique;
	out->definition = x->where_sql;
	out->comment = x->comment;
	return out->columns != NULL;
}

bool hook_of_object(const struct object *o, retort_hook_object *out)
{
	static const retort_hook_kind kinds[] = {
		[OBJECT_VIEW] = RETORT_HOOK_VIEW,
		[OBJECT_TRIGGER] = RETORT_HOOK_TRIGGER,
		[OBJECT_ENUM] = RETORT_HOOK_ENUM,
		[OBJECT_OTHER] = RETORT_HOOK_OTHER,
	};

	*out = start(kinds[o->kind], NULL);
	out->schema = o->schema;
	out->table = o->table;
	out->name = o->name;
	out->definition = o->create_sql;
	return true;
}

const char *hook_called(struct arena *mem, const retort_hook_object *o)
{
	const char *name = o->name ? o->name : "";
	char *s;

	s = arena_printf(mem, "%s \"%s%s%s%s%s\"", o->type,
			 o->schema ? o->schema : "", o->schema ? "." : "",
			 o->table ? o->table : "", o->table ? "." : "", name);
	return s ? s : "";
}
