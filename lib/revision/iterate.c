#include "revision/resolve.h"

#include <string.h>

/* An error for a range that is none; `detail` says why. */
static retort_status not_ancestor(const char *lower, const char *upper,
				  struct err *err)
{
	err_set(err, RETORT_E_FAIL, "Requested range %s:%s does not refer to "
		"ancestor/descendant revisions along the same branch", lower,
		upper);
	err_detail(err, "Revision %s is not an ancestor of revision %s.",
		   lower, upper);
	err_hint(err, "The older revision stands before the colon; \"db "
		 "history\" shows which way they lie.");
	return RETORT_E_FAIL;
}

/* A list of identifiers as one text, for messages. */
static char *joined(struct arena *mem, const struct strings *list)
{
	struct buf b = { .mem = mem };

	for (size_t i = 0; list && i < list->n; i++)
		buf_addf(&b, "%s%s", i ? ", " : "", list->v[i]);
	return b.n || b.failed ? buf_text(&b) : arena_strdup(mem, "base");
}

static const struct strings no_strings;

/* "-N" as the lower end: below the heads. */
static retort_status below_heads(const struct query *q,
				 const struct identifier *id,
				 struct revisions *out, bool *outside)
{
	for (size_t i = 0; i < q->g->real_heads.n; i++) {
		struct revision *head = q->g->real_heads.v[i];
		struct place p;

		if (id->label && !strings_has(&head->all_labels, id->label))
			continue;
		TRY(walk_steps(q, head, NULL, id->steps, &p));
		*outside = *outside || p.outside;
		if (p.revision && !vec_push(q->mem, out, p.revision))
			return err_nomem(q->err);
	}
	return RETORT_OK;
}

/* The lower end. One that lies past the base is looked at from `upper`. */
static retort_status resolve_lower(const struct query *q,
				   const struct strings *lower,
				   const struct strings *upper, bool lenient,
				   struct revisions *out)
{
	struct revisions list = {0};
	bool outside = false;

	for (size_t i = 0; i < lower->n; i++) {
		struct identifier id;
		struct revisions some;

		TRY(identifier_parse(lower->v[i], q->mem, &id, q->err));
		if (id.relative && !id.symbol && id.steps < 0) {
			TRY(below_heads(q, &id, &list, &outside));
			continue;
		}
		TRY(graph_resolve(q->g, lower->v[i], &no_strings, q->mem,
				  &some, q->err));
		for (size_t j = 0; j < some.n; j++)
			if (!vec_push(q->mem, &list, some.v[j]))
				return err_nomem(q->err);
	}
	if (outside) {
		const char *label;
		struct revision *r;

		TRY(resolve_downgrade(q, lower->v[0], upper, lenient, &label,
				      &r));
		list.n = 0;
		if (r && !vec_push(q->mem, &list, r))
			return err_nomem(q->err);
	}
	*out = list;
	return RETORT_OK;
}

/* The upper end: one may be relative to the lower one. */
static retort_status resolve_upper(const struct query *q,
				   const struct strings *upper,
				   const struct strings *lower, bool lenient,
				   struct revisions *out)
{
	struct revisions list = {0};

	if (upper->n == 1)
		return resolve_upgrade(q, upper->v[0], lower, lenient, out);
	for (size_t i = 0; i < upper->n; i++) {
		struct revisions some;

		TRY(resolve_upgrade(q, upper->v[i], lower, lenient, &some));
		for (size_t j = 0; j < some.n; j++)
			if (!vec_push(q->mem, &list, some.v[j]))
				return err_nomem(q->err);
	}
	*out = list;
	return RETORT_OK;
}

/* "label@…" as the lower end: only targets of that branch. */
static retort_status keep_branch(const struct query *q,
				 const struct strings *lower,
				 struct revisions *targets)
{
	struct identifier id;
	struct revision *branch;
	const char *label;
	struct revisions kept = {0};

	if (lower->n != 1 || !strchr(lower->v[0], '@'))
		return RETORT_OK;
	TRY(identifier_parse(lower->v[0], q->mem, &id, q->err));
	TRY(resolve_branch(q, id.label, &branch));
	label = id.label;
	if (!strcmp(branch->id, label) && branch->all_labels.n)
		label = branch->all_labels.v[0];
	for (size_t i = 0; i < targets->n; i++)
		if (strings_has(&targets->v[i]->all_labels, label) &&
		    !vec_push(q->mem, &kept, targets->v[i]))
			return err_nomem(q->err);
	*targets = kept;
	return RETORT_OK;
}

static retort_status check_ancestors(const struct query *q,
				     const struct revision_set *required,
				     const struct revisions *current,
				     const struct strings *lower,
				     const struct strings *upper)
{
	SCRATCH(tmp);
	const char *a = joined(&tmp, lower), *b = joined(&tmp, upper);

	if (!a || !b)
		return err_nomem(q->err);
	for (size_t i = 0; i < current->n; i++)
		if (!required->has[current->v[i]->index])
			return not_ancestor(a, b, q->err);
	return RETORT_OK;
}

static retort_status collect_upgrade(const struct query *q,
				     const struct strings *upper,
				     const struct strings *lower,
				     const struct iterate_options *o,
				     struct revision_set *needs,
				     struct revisions *targets)
{
	struct revision_set required, have, above;
	struct revisions current;

	TRY(resolve_upper(q, upper, lower, o->lenient, targets));
	TRY(keep_branch(q, lower, targets));
	TRY(walk_reach_apart(q, targets, WALK_BELOW, &required));
	TRY(resolve_lower(q, lower, upper, o->lenient, &current));
	if (!o->implicit_base)
		TRY(check_ancestors(q, &required, &current, lower, upper));
	TRY(walk_reach_apart(q, &current, WALK_BELOW, &have));
	TRY(walk_reach_apart(q, &current, WALK_CHILDREN, &above));
	TRY(set_init(q, needs));
	for (size_t i = 0; i < required.list.n; i++) {
		struct revision *r = required.list.v[i];
		bool want = !have.has[r->index];

		if (current.n && !o->implicit_base && !above.has[r->index])
			want = false;
		if (want)
			TRY(set_add(q, needs, r));
	}
	for (size_t i = 0; o->inclusive && i < current.n; i++)
		TRY(set_add(q, needs, current.v[i]));
	return RETORT_OK;
}

/* The first revisions that a downgrade takes away. */
static retort_status find_roots(const struct query *q,
				const struct revision *target,
				const char *label, bool inclusive,
				struct revisions *out)
{
	struct revision *branch;
	struct revisions all = target ? target->children : q->g->bases;
	struct revisions list = {0}, one = { &branch, 1, 1 };
	struct revision_set down;

	if (target && inclusive) {
		if (!vec_push(q->mem, out, q->g->loaded.v[target->index]))
			return err_nomem(q->err);
		return RETORT_OK;
	}
	*out = all;
	if (!label || all.n < 2)
		return RETORT_OK;
	TRY(resolve_branch(q, label, &branch));
	TRY(walk_reach(q, &one, WALK_PARENTS, &down));
	for (size_t i = 0; i < all.n; i++)
		if (down.has[all.v[i]->index] &&
		    !vec_push(q->mem, &list, all.v[i]))
			return err_nomem(q->err);
	if (!list.n) {
		err_set(q->err, RETORT_E_FAIL, "Not a valid downgrade target "
			"from current heads");
		err_hint(q->err, "Nothing of the branch '%s' lies above it.",
			 label);
		return RETORT_E_FAIL;
	}
	*out = list;
	return RETORT_OK;
}

static retort_status not_target(const char *target, struct err *err)
{
	err_set(err, RETORT_E_FAIL, "Destination %s is not a valid downgrade "
		"target from current head(s)", target);
	err_hint(err, "\"db current\" shows where the database is, and \"db "
		 "history\" what lies below it.");
	return RETORT_E_FAIL;
}

static bool among(const struct revisions *list, const struct revision *r)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->v[i] == r)
			return true;
	return false;
}

/* With implicit_base: what is active and not below the roots goes too. */
static retort_status add_other_branches(const struct query *q,
					const struct revisions *roots,
					const struct revision_set *active,
					struct revision_set *drop)
{
	struct revision_set kept;

	TRY(walk_reach(q, roots, WALK_BELOW, &kept));
	for (size_t i = 0; i < active->list.n; i++)
		if (!kept.has[active->list.v[i]->index])
			TRY(set_add(q, drop, active->list.v[i]));
	return RETORT_OK;
}

static retort_status collect_downgrade(const struct query *q,
				       const struct strings *upper,
				       const struct strings *lower,
				       const struct iterate_options *o,
				       struct revision_set *drop,
				       struct revisions *heads)
{
	struct revision *target = NULL;
	const char *label = NULL, *text = lower->n ? lower->v[0] : "base";
	struct revisions roots = {0};
	struct revision_set above, active;

	TRY(resolve_downgrade(q, text, upper, o->lenient, &label, &target));
	TRY(find_roots(q, target, label, o->inclusive, &roots));
	TRY(resolve_upper(q, upper, &no_strings, o->lenient, heads));
	TRY(walk_reach(q, &roots, WALK_ABOVE, &above));
	TRY(walk_reach(q, heads, WALK_BELOW, &active));
	TRY(set_init(q, drop));
	for (size_t i = 0; i < active.list.n; i++)
		if (above.has[active.list.v[i]->index])
			TRY(set_add(q, drop, active.list.v[i]));
	if (o->implicit_base)
		TRY(add_other_branches(q, &roots, &active, drop));
	if (target && !drop->list.n && !among(heads, target))
		return not_target(text, q->err);
	return RETORT_OK;
}

retort_status graph_iterate(const struct graph *g, const struct strings *upper,
			    const struct strings *lower,
			    const struct iterate_options *o, struct arena *mem,
			    struct revisions *out, struct err *err)
{
	SCRATCH(tmp);
	const struct query q = { g, mem, err }, here = { g, &tmp, err };
	struct revision_set set;
	struct revisions heads;

	upper = upper ? upper : &no_strings;
	lower = lower ? lower : &no_strings;
	TRY((o->for_downgrade ? collect_downgrade : collect_upgrade)
	    (&here, upper, lower, o, &set, &heads));
	return walk_sort(&q, &set, &heads, out);
}
