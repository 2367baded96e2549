/*
 * Other names of sequences and of the labels of enums, as --rename or the
 * models tell. The models go on telling when it is done: what is not called
 * by the old name any more is left alone.
 */
#include <string.h>

#include "diff/differ.h"

static bool has_name_of_its_own(const struct object *o)
{
	return o->word && !strcmp(o->word, "SEQUENCE");
}

static struct object *find(const struct schema *s, const char *schema,
			   const char *name)
{
	for (size_t i = 0; i < s->objects.n; i++) {
		struct object *o = s->objects.v[i];

		if (has_name_of_its_own(o) && name_same(s, o->name, name) &&
		    name_same(s, o->schema, schema))
			return o;
	}
	return NULL;
}

/* The enum that "mood.glad" names a label of; *label is "glad". */
static struct object *enum_of(struct differ *d, const struct schema *s,
			      const char *text, const char **label)
{
	for (const char *dot = strchr(text, '.'); dot;
	     dot = strchr(dot + 1, '.')) {
		size_t n = (size_t)(dot - text);

		for (size_t i = 0; i < s->objects.n; i++) {
			struct object *o = s->objects.v[i];
			const char *key = o->kind != OBJECT_ENUM ? NULL :
				o->schema ? arena_printf(d->tmp, "%s.%s",
							 o->schema, o->name)
					  : o->name;

			if (!key || strlen(key) != n || strncmp(key, text, n))
				continue;
			*label = dot + 1;
			return o;
		}
	}
	return NULL;
}

bool differ_names_object(struct differ *d, const char *name)
{
	const char *label;

	return find(d->live, NULL, name) || enum_of(d, d->live, name, &label);
}

static retort_status rename_op(struct differ *d, const struct object *old,
			       const struct object *now, const char *from,
			       const char *to)
{
	struct op *op = ops_add(d->mem, &d->renames, OP_ALTER_OBJECT);
	struct object *renamed;

	if (!op)
		return err_nomem(d->err);
	op->object = object_copy(d->mem, now);
	op->old_object = object_copy(d->mem, old);
	op->from = arena_strdup(d->mem, from);
	op->to = arena_strdup(d->mem, to);
	if (!op->object || !op->old_object || !op->from || !op->to)
		return err_nomem(d->err);
	op->schema = op->object->schema;
	TRY(differ_copy_live(d));
	TRY(op_apply(d->renamed, op, d->err));
	renamed = schema_object(d->renamed, now->kind, now->schema, now->name);
	if (renamed)
		renamed->was = op->from;
	return RETORT_OK;
}

/* The live one with another name; what else differs is compared afterwards. */
static retort_status rename_object(struct differ *d, const struct object *live,
				   const struct object *wanted)
{
	struct object *now = object_copy(d->tmp, live);
	const char *name = strchr(wanted->drop_sql, ' ');
	const char *old = strchr(live->drop_sql, ' '), *at;

	if (!now)
		return err_nomem(d->err);
	name = strchr(name + 1, ' ');
	old = strchr(old + 1, ' ');
	at = strstr(live->create_sql, old);
	if (at)
		now->create_sql = arena_printf(d->tmp, "%.*s%s%s",
			(int)(at - live->create_sql), live->create_sql, name,
			at + strlen(old));
	now->name = wanted->name;
	now->drop_sql = wanted->drop_sql;
	now->facets.n = 0;
	if (!now->create_sql)
		return err_nomem(d->err);
	return rename_op(d, live, now, live->name, wanted->name);
}

static bool can_tell(const struct object *o)
{
	return o->drop_sql && !strncmp(o->drop_sql, "DROP SEQUENCE ", 14);
}

static retort_status try_object(struct differ *d, const char *was,
				const struct object *wanted, bool *done)
{
	const struct object *live = find(d->work, wanted->schema, was);

	*done = live && can_tell(live) && can_tell(wanted) &&
		!find(d->wanted, wanted->schema, was) &&
		!find(d->work, wanted->schema, wanted->name);
	return *done ? rename_object(d, live, wanted) : RETORT_OK;
}

static retort_status try_label(struct differ *d, const struct object *wanted,
			       const char *from, const char *to, bool *done)
{
	const struct object *live = schema_object(d->work, OBJECT_ENUM,
						  wanted->schema, wanted->name);

	*done = live && strings_has(&live->labels, from) &&
		!strings_has(&live->labels, to) &&
		strings_has(&wanted->labels, to) &&
		!strings_has(&wanted->labels, from);
	return *done ? rename_op(d, live, live, from, to) : RETORT_OK;
}

static retort_status refuse(struct differ *d, const struct diff_rename *r,
			    const char *what)
{
	err_set(d->err, RETORT_E_NOTFOUND, "cannot rename \"%s\" to \"%s\"",
		r->from, r->to);
	err_hint(d->err, "The database must have the old %s and not the new "
		 "one, and the models the new one and not the old.", what);
	return RETORT_E_NOTFOUND;
}

static retort_status as_told(struct differ *d, const struct diff_rename *r)
{
	const char *label;
	const struct object *type = enum_of(d, d->live, r->from, &label);
	const struct object *wanted = type
		? schema_object(d->wanted, OBJECT_ENUM, type->schema,
				type->name)
		: find(d->wanted, NULL, r->to);
	bool done = false;

	if (wanted && type)
		TRY(try_label(d, wanted, label, r->to, &done));
	else if (wanted)
		TRY(try_object(d, r->from, wanted, &done));
	return done ? RETORT_OK : refuse(d, r, type ? "label" : "sequence");
}

static retort_status by_model(struct differ *d, const struct object *o)
{
	bool done;

	if (o->was && has_name_of_its_own(o))
		TRY(try_object(d, o->was, o, &done));
	for (size_t i = 0; i + 1 < o->renamed.n; i += 2)
		TRY(try_label(d, o, o->renamed.v[i], o->renamed.v[i + 1],
			      &done));
	return RETORT_OK;
}

retort_status differ_rename_objects(struct differ *d)
{
	for (size_t i = 0; i < d->o->renames.n; i++)
		if (!schema_table(d->live, NULL, d->o->renames.v[i].from) &&
		    differ_names_object(d, d->o->renames.v[i].from))
			TRY(as_told(d, &d->o->renames.v[i]));
	for (size_t i = 0; i < d->wanted->objects.n; i++)
		TRY(by_model(d, d->wanted->objects.v[i]));
	return RETORT_OK;
}
