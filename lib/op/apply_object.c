/* Operations on views, triggers, enums and the rest. */
#include <string.h>

#include "op/apply.h"
#include "op/rename.h"

const char *const apply_object_names[] = {
	[OBJECT_VIEW] = "view",
	[OBJECT_TRIGGER] = "trigger", [OBJECT_ENUM] = "enum",
	[OBJECT_OTHER] = "object",
};

void apply_drop_triggers(struct schema *s, const char *schema,
			 const char *name)
{
	for (size_t i = s->objects.n; i-- > 0;) {
		const struct object *o = s->objects.v[i];

		if (o->kind == OBJECT_TRIGGER && name_same(s, o->table, name) &&
		    name_same(s, o->schema, schema))
			vec_remove(&s->objects, i);
	}
}

retort_status apply_create_object(struct schema *s, const struct op *op,
				  struct err *err)
{
	const struct object *o = op->object;
	struct object *copy;

	if (schema_object_like(s, o))
		return op->if_not_exists ? RETORT_OK
		     : err_set(err, RETORT_E_FAIL, "there is already a %s \"%s\"",
			       apply_object_names[o->kind], o->name);
	if (o->kind == OBJECT_VIEW)
		TRY(apply_no_relation(s, o->schema, o->name, err));
	copy = object_copy(s->mem, o);
	if (!copy || !vec_push(s->mem, &s->objects, copy))
		return err_nomem(err);
	return RETORT_OK;
}

retort_status apply_drop_object(struct schema *s, const struct op *op,
				struct err *err)
{
	const struct object *o = op->object;
	const struct object *found = schema_object_like(s, o);

	if (!found)
		return op->if_exists ? RETORT_OK
		     : err_set(err, RETORT_E_NOTFOUND, "no %s \"%s\"",
			       apply_object_names[o->kind], o->name);
	for (size_t i = 0; i < s->objects.n; i++)
		if (s->objects.v[i] == found) {
			vec_remove(&s->objects, i);
			break;
		}
	if (o->kind == OBJECT_VIEW)
		apply_drop_triggers(s, o->schema, o->name);
	return RETORT_OK;
}

static size_t label_at(const struct strings *labels, const char *label)
{
	size_t i = 0;

	while (i < labels->n && strcmp(labels->v[i], label))
		i++;
	return i;
}

static retort_status no_label(const struct object *o, const char *label,
			      struct err *err)
{
	return err_set(err, RETORT_E_NOTFOUND,
		       "enum \"%s\" has no label '%s'", o->name, label);
}

static retort_status add_label(struct schema *s, const struct op *op,
			       struct object *o, struct err *err)
{
	const char *next = op->before ? op->before : op->after, *copy;
	size_t at = next ? label_at(&o->labels, next) : o->labels.n;

	if (strings_has(&o->labels, op->to))
		return op->if_not_exists ? RETORT_OK
		     : err_set(err, RETORT_E_FAIL, "enum \"%s\" already has "
			       "a label '%s'", o->name, op->to);
	if (next && at == o->labels.n)
		return no_label(o, next, err);
	copy = arena_strdup(s->mem, op->to);
	if (!copy || !vec_insert(s->mem, &o->labels,
				 at + (next && !op->before), copy))
		return err_nomem(err);
	return RETORT_OK;
}

static retort_status change_labels(struct schema *s, const struct op *op,
				   struct object *o, struct err *err)
{
	size_t at;

	if (!op->from)
		return add_label(s, op, o, err);
	at = label_at(&o->labels, op->from);
	if (at == o->labels.n)
		return no_label(o, op->from, err);
	if (!op->to) {
		vec_remove(&o->labels, at);
		return RETORT_OK;
	}
	if (strings_has(&o->labels, op->to))
		return err_set(err, RETORT_E_FAIL, "enum \"%s\" already has "
			       "a label '%s'", o->name, op->to);
	return rename_label(s, o, at, op->to) ? RETORT_OK : err_nomem(err);
}

static retort_status no_object(const struct object *o, const char *name,
			       struct err *err)
{
	return err_set(err, RETORT_E_NOTFOUND, "no %s \"%s\"",
		       apply_object_names[o->kind], name);
}

static retort_status rename_it(struct schema *s, const struct op *op,
			       struct err *err)
{
	const struct object *o = op->object;
	struct object *found = schema_object(s, o->kind, o->schema, op->from);

	if (!found)
		return no_object(o, op->from, err);
	if (schema_object(s, o->kind, o->schema, op->to))
		return err_set(err, RETORT_E_FAIL, "there is already a %s \"%s\"",
			       apply_object_names[o->kind], op->to);
	return rename_object(s, found, o) ? RETORT_OK : err_nomem(err);
}

retort_status apply_alter_object(struct schema *s, const struct op *op,
				 struct err *err)
{
	const struct object *o = op->object;
	struct object *found, *copy;

	if (op_renames_object(op))
		return rename_it(s, op, err);
	found = schema_object_like(s, o);
	if (!found)
		return no_object(o, o->name, err);
	if (op->from || op->to)
		return change_labels(s, op, found, err);
	copy = object_copy(s->mem, o);
	if (!copy)
		return err_nomem(err);
	copy->facets = found->facets;	/* have operations of their own */
	*found = *copy;
	return RETORT_OK;
}
