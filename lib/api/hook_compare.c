#include "api/hook_compare.h"

#include <string.h>

#include "api/hook_object.h"

_Static_assert((int)VERDICT_SAME == RETORT_HOOK_SAME &&
	       (int)VERDICT_DIFFERENT == RETORT_HOOK_DIFFERENT, "verdicts");

typedef int compare_fn(const retort_hook *, const retort_hook_object *,
		       const retort_hook_object *);

struct comparing {
	const struct hooks *h;
	struct diff_columns *list;
	bool types, defaults;	/* are compared */
};

static retort_status ask(struct hook_call *c, compare_fn *f, const char *name,
			 const retort_hook_object side[2], enum verdict *out)
{
	SCRATCH(tmp);
	int answer;

	if (!f)
		return RETORT_OK;
	hook_about(c, "%s() for %s", name, hook_called(&tmp, &side[1]));
	answer = f(&c->pub, &side[0], &side[1]);
	TRY(hook_end(c, answer, RETORT_HOOK_DIFFERENT));
	*out = (enum verdict)answer;
	return RETORT_OK;
}

static retort_status ask_all(struct hook_call *c, void *payload)
{
	const struct comparing *a = payload;

	for (size_t i = 0; i < a->list->n; i++) {
		struct diff_column *x = &a->list->v[i];
		retort_hook_object side[2];

		hook_of_column(NULL, x->live_table, x->live, &side[0]);
		hook_of_column(NULL, x->wanted_table, x->wanted, &side[1]);
		side[0].reflected = true;
		side[0].compare_to = &side[1];
		side[1].compare_to = &side[0];
		TRY(ask(c, a->types ? a->h->compare_type : NULL,
			"compare_type", side, &x->type));
		TRY(ask(c, a->defaults ? a->h->compare_server_default : NULL,
			"compare_server_default", side, &x->server_default));
	}
	return RETORT_OK;
}

static retort_status compare(void *payload, struct diff_columns *list,
			     struct err *err)
{
	const struct diff_options *o = payload;
	struct comparing a = { o->hooks, list, o->compare_type,
			       o->compare_server_default };

	return hooks_run(o->hooks, ask_all, &a, err);
}

void hook_compare(const struct hooks *h, struct diff_options *o)
{
	if (!h->compare_type && !h->compare_server_default)
		return;
	o->hooks = h;
	o->compare = compare;
	o->compare_payload = o;
}

struct rendering {
	const struct hooks *h;
	struct ops *ops;
	struct arena *mem;
	bool changed;
};

/* The type as the hook spells it, or NULL. */
static retort_status spell(struct hook_call *c, const struct hooks *h,
			   const struct table *t, const struct column *col,
			   const char **out)
{
	SCRATCH(tmp);
	retort_hook_object o;

	hook_of_column(NULL, t, col, &o);
	hook_about(c, "render_type() for %s", hook_called(&tmp, &o));
	*out = h->render_type(&c->pub, &o);
	TRY(hook_end(c, 0, 0));
	if (!*out || **out)
		return RETORT_OK;
	c->rc = err_set(c->err, RETORT_E_FAIL, "%s returned no type", c->what);
	return c->rc;
}

static retort_status set_type(struct rendering *r, struct column *col,
			      const char *text, struct err *err)
{
	text = arena_strdup(r->mem, text);
	if (!text)
		return err_nomem(err);
	col->type = (struct type){
		.kind = RETORT_TYPE_VERBATIM, .length = -1, .scale = -1,
		.name = text, .text = text
	};
	r->changed = true;
	return RETORT_OK;
}

/* Is it another than the one that would be written? */
static bool is_new(const struct column *col, const char *text)
{
	return text && (!col->type.text || strcmp(text, col->type.text));
}

static retort_status render_table(struct hook_call *c, struct rendering *r,
				  struct op *op)
{
	struct table *copy = NULL;

	for (size_t i = 0; i < op->def->columns.n; i++) {
		const char *text;

		TRY(spell(c, r->h, op->def, op->def->columns.v[i], &text));
		if (!is_new(op->def->columns.v[i], text))
			continue;
		if (!copy && !(copy = table_copy(r->mem, op->def)))
			return err_nomem(c->err);
		TRY(set_type(r, copy->columns.v[i], text, c->err));
	}
	if (copy)
		op->def = copy;
	return RETORT_OK;
}

static retort_status render_column(struct hook_call *c, struct rendering *r,
				   struct op *op)
{
	const struct table t = { .schema = op->schema, .name = op->table };
	struct column *copy;
	const char *text;

	TRY(spell(c, r->h, &t, op->column, &text));
	if (!is_new(op->column, text))
		return RETORT_OK;
	copy = column_copy(r->mem, op->column);
	if (!copy)
		return err_nomem(c->err);
	TRY(set_type(r, copy, text, c->err));
	op->column = copy;
	return RETORT_OK;
}

static retort_status render_all(struct hook_call *c, void *payload)
{
	struct rendering *r = payload;

	for (size_t i = 0; i < r->ops->n; i++) {
		struct op *op = r->ops->v[i];

		if (op->kind == OP_CREATE_TABLE)
			TRY(render_table(c, r, op));
		else if (op->kind == OP_ADD_COLUMN ||
			 (op->kind == OP_ALTER_COLUMN &&
			  (op->changes & CHANGE_TYPE)))
			TRY(render_column(c, r, op));
	}
	return RETORT_OK;
}

retort_status hook_render(const struct hooks *h, struct ops *ops,
			  struct arena *mem, bool *changed, struct err *err)
{
	struct rendering r = { .h = h, .ops = ops, .mem = mem };

	*changed = false;
	if (!h->render_type || !ops->n)
		return RETORT_OK;
	TRY(hooks_run(h, render_all, &r, err));
	*changed = r.changed;
	return RETORT_OK;
}
