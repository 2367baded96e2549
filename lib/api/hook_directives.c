#include "api/hook_directives.h"

#include "revision/recorder.h"

/* One call of the hook. */
struct directives {
	retort_directives pub;	/* first: what the hook holds */
	struct directing *x;
	struct hook_call *c;
	struct ops list[2];
	bool have_down;		/* list[RETORT_DOWNGRADE] is made */
	retort_directive shown;
	/* Operations that are being added to list[side] before `at`. */
	retort_op_api op_api;
	struct recorder recorder;
	struct ops added;
	retort_side side;
	size_t at;
};

static struct directives *mine(retort_directives *d)
{
	return (struct directives *)d;
}

static void nomem(struct directives *d)
{
	if (!d->c->rc)
		d->c->rc = err_nomem(d->c->err);
}

static bool one_way(const struct op *op)
{
	return op->kind == OP_EXECUTE || op->kind == OP_BULK_INSERT;
}

/* What was added since the last call takes its place. */
static void flush(struct directives *d)
{
	struct ops *list = &d->list[d->side];

	if (d->recorder.rc && !d->c->rc)
		d->c->rc = d->recorder.rc;
	for (size_t i = 0; i < d->added.n; i++) {
		d->x->changed = true;
		if (!vec_insert(d->x->mem, list, d->at, d->added.v[i]))
			nomem(d);
		d->at++;
	}
	d->added.n = 0;
}

/* The downgrade is made of what the upgrade is now. */
static void make_down(struct directives *d)
{
	struct ops back = {0};

	d->have_down = true;
	if (d->c->rc)
		return;
	if (!d->x->changed) {
		d->list[RETORT_DOWNGRADE] = d->x->down;
		return;
	}
	for (size_t i = 0; i < d->list[RETORT_UPGRADE].n; i++) {
		struct op *op = d->list[RETORT_UPGRADE].v[i];

		if (!one_way(op) && !vec_push(d->x->mem, &back, op))
			nomem(d);
	}
	d->list[RETORT_DOWNGRADE] = (struct ops){0};
	if (!d->c->rc && d->x->live)
		d->c->rc = ops_reverse(d->x->live, &back, d->x->mem,
				       &d->list[RETORT_DOWNGRADE],
				       d->c->err);
	if (d->c->rc)
		err_context(d->c->err, "%s", d->c->what);
}

/* The list, up to date; NULL: something has failed, or is out of range. */
static struct ops *list_of(struct directives *d, retort_side side, size_t i,
			   bool end)
{
	struct ops *list;

	flush(d);
	if (!d->c->rc && side != RETORT_UPGRADE && side != RETORT_DOWNGRADE)
		d->c->rc = err_set(d->c->err, RETORT_E_FAIL, "%s: %d is neither "
				   "RETORT_UPGRADE nor RETORT_DOWNGRADE",
				   d->c->what, (int)side);
	if (d->c->rc)
		return NULL;
	if (side == RETORT_DOWNGRADE && !d->have_down)
		make_down(d);
	list = &d->list[side];
	if (!d->c->rc && i >= list->n + end)
		d->c->rc = err_set(d->c->err, RETORT_E_FAIL, "%s: there is no "
				   "operation %zu in the %s, which has %zu",
				   d->c->what, i,
				   side == RETORT_UPGRADE ? "upgrade"
							  : "downgrade",
				   list->n);
	return d->c->rc ? NULL : list;
}

static const retort_new_revision_info *info(retort_directives *d)
{
	return &mine(d)->x->info;
}

static size_t count(retort_directives *d, retort_side side)
{
	struct ops *list = list_of(mine(d), side, 0, true);

	return list ? list->n : 0;
}

static const char *member_name(const struct op *op)
{
	if (op->name)
		return op->name;
	if (op->constraint)
		return op->constraint->name;
	if (op->index)
		return op->index->name;
	return op->column ? op->column->name : op->from;
}

static const retort_directive *at(retort_directives *self, retort_side side,
				  size_t i)
{
	struct directives *d = mine(self);
	struct arena *mem = d->x->mem;
	struct ops *list = list_of(d, side, i, false);
	const struct op *op = list ? list->v[i] : NULL;

	if (!op)
		return NULL;
	d->shown = (retort_directive){
		.size = sizeof(d->shown),
		.kind = op_word(op),
		.object = op_target(mem, op),
		.text = op_describe(mem, op),
		.warning = op->warning,
		.loses_data = op->loses_data,
		.schema = op->def ? op->def->schema
			: op->object ? op->object->schema : op->schema,
		.table = op->def ? op->def->name
			: op->object ? op->object->table : op->table,
		.name = op->object ? op->object->name : member_name(op),
		.sql = op->sql,
	};
	if (!d->shown.object || !d->shown.text)
		nomem(d);
	return d->c->rc ? NULL : &d->shown;
}

static void drop(retort_directives *self, retort_side side, size_t i)
{
	struct ops *list = list_of(mine(self), side, i, false);

	if (!list)
		return;
	vec_remove(list, i);
	mine(self)->x->changed = true;
}

static void move(retort_directives *self, retort_side side, size_t from,
		 size_t to)
{
	struct directives *d = mine(self);
	struct ops *list = list_of(d, side, from > to ? from : to, false);
	struct op *op;

	if (!list || from == to)
		return;
	op = list->v[from];
	vec_remove(list, from);
	if (!vec_insert(d->x->mem, list, to, op))
		nomem(d);
	d->x->changed = true;
}

/* What cannot be written into a file. */
static void no_call(retort_op *op, int line, retort_call_fn *run, void *arg)
{
	(void)run, (void)arg;
	recorder_refuse(recorder_of(op), line, "retort_call() has no place in "
			"process_revision_directives()");
}

static retort_op *insert(retort_directives *self, retort_side side,
			 size_t place)
{
	struct directives *d = mine(self);
	struct directing *x = d->x;

	if (!x->info.autogenerate && !d->c->rc)
		d->c->rc = err_set(d->c->err, RETORT_E_FAIL, "%s: operations "
				   "can be added to a revision that compares "
				   "the models, and to no other", d->c->what);
	if (list_of(d, side, place, true)) {
		d->side = side;
		d->at = place;
	}
	d->op_api = recorder_api;
	d->op_api.call = no_call;
	d->recorder = (struct recorder){
		.op.api = &d->op_api, .path = x->models, .d = x->dialect,
		.naming = x->naming, .mem = x->mem, .err = d->c->err,
		.out = &d->added, .rc = d->c->rc
	};
	return &d->recorder.op;
}

static void set_text(retort_directives *self, const char *text,
		     const char **out)
{
	struct directives *d = mine(self);

	flush(d);
	if (d->c->rc)
		return;
	*out = arena_strdup(d->x->mem, text ? text : "");
	if (!*out)
		nomem(d);
}

static void set_message(retort_directives *d, const char *text)
{
	set_text(d, text, &mine(d)->x->message);
	mine(d)->x->info.message = mine(d)->x->message;
}

static void set_rev_id(retort_directives *d, const char *id)
{
	set_text(d, id, &mine(d)->x->rev_id);
	mine(d)->x->info.rev_id = mine(d)->x->rev_id;
}

static const retort_directives_api api = {
	.abi = RETORT_HOOKS_ABI, .size = sizeof(api), .info = info,
	.count = count, .at = at, .drop = drop, .move = move,
	.insert = insert, .set_message = set_message,
	.set_rev_id = set_rev_id
};

static retort_status direct(struct hook_call *c, void *payload)
{
	struct directing *x = payload;
	struct directives d = {
		.pub.api = &api, .x = x, .c = c,
		.list = { [RETORT_UPGRADE] = x->up }
	};
	int answer;

	hook_about(c, "process_revision_directives()");
	answer = x->h->process_revision_directives(&c->pub, &d.pub);
	flush(&d);
	TRY(hook_end(c, answer, 0));
	for (size_t i = 0; i < d.list[RETORT_UPGRADE].n; i++)
		x->one_way |= !d.have_down &&
			      one_way(d.list[RETORT_UPGRADE].v[i]);
	if (!d.have_down)
		make_down(&d);
	x->up = d.list[RETORT_UPGRADE];
	x->down = d.list[RETORT_DOWNGRADE];
	return c->rc;
}

retort_status hook_directives(struct directing *x, struct err *err)
{
	if (!x->h->process_revision_directives)
		return RETORT_OK;
	return hooks_run(x->h, direct, x, err);
}
