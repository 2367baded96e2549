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
static retort_status below_heads(const struct graph *g,
				 const struct identifier *id,
				 struct arena *mem, struct revisions *out,
				 bool *outside, struct err *err)
{
	for (size_t i = 0; i < g->real_heads.n; i++) {
		struct revision *head = g->real_heads.v[i];
		struct place p;

		if (id->label && !strings_has(&head->all_labels, id->label))
			continue;
		TRY(walk_steps(g, head, NULL, id->steps, &p, err));
		*outside = *outside || p.outside;
		if (p.revision && !vec_push(mem, out, p.revision))
			return err_nomem(err);
	}
	return RETORT_OK;
}

/* The lower end. One that lies past the base is looked at from `upper`. */
static retort_status resolve_lower(const struct graph *g,
				   const struct strings *lower,
				   const struct strings *upper, bool lenient,
				   struct arena *mem, struct revisions *out,
				   struct err *err)
{
	struct revisions list = {0};
	bool outside = false;

	for (size_t i = 0; i < lower->n; i++) {
		struct identifier id;
		struct revisions some;

		TRY(identifier_parse(lower->v[i], mem, &id, err));
		if (id.relative && !id.symbol && id.steps < 0) {
			TRY(below_heads(g, &id, mem, &list, &outside, err));
			continue;
		}
		TRY(graph_resolve(g, lower->v[i], &no_strings, mem, &some,
				  err));
		for (size_t j = 0; j < some.n; j++)
			if (!vec_push(mem, &list, some.v[j]))
				return err_nomem(err);
	}
	if (outside) {
		const char *label;
		struct revision *r;

		TRY(resolve_downgrade(g, lower->v[0], upper, lenient, mem,
				      &label, &r, err));
		list.n = 0;
		if (r && !vec_push(mem, &list, r))
			return err_nomem(err);
	}
	*out = list;
	return RETORT_OK;
}

/* The upper end: one may be relative to the lower one. */
static retort_status resolve_upper(const struct graph *g,
				   const struct strings *upper,
				   const struct strings *lower, bool lenient,
				   struct arena *mem, struct revisions *out,
				   struct err *err)
{
	struct revisions list = {0};

	if (upper->n == 1)
		return resolve_upgrade(g, upper->v[0], lower, lenient, mem,
				       out, err);
	for (size_t i = 0; i < upper->n; i++) {
		struct revisions some;

		TRY(resolve_upgrade(g, upper->v[i], lower, lenient, mem, &some,
				    err));
		for (size_t j = 0; j < some.n; j++)
			if (!vec_push(mem, &list, some.v[j]))
				return err_nomem(err);
	}
	*out = list;
	return RETORT_OK;
}

/* "label@…" as the lower end: only targets of that branch. */
static retort_status keep_branch(const struct graph *g,
				 const struct strings *lower,
				 struct arena *mem, struct revisions *targets,
				 struct err *err)
{
	struct identifier id;
	struct revision *branch;
	const char *label;
	struct revisions kept = {0};

	if (lower->n != 1 || !strchr(lower->v[0], '@'))
		return RETORT_OK;
	TRY(identifier_parse(lower->v[0], mem, &id, err));
	TRY(resolve_branch(g, id.label, &branch, err));
	label = id.label;
	if (!strcmp(branch->id, label) && branch->all_labels.n)
		label = branch->all_labels.v[0];
	for (size_t i = 0; i < targets->n; i++)
		if (strings_has(&targets->v[i]->all_labels, label) &&
		    !vec_push(mem, &kept, targets->v[i]))
			return err_nomem(err);
	*targets = kept;
	return RETORT_OK;
}

static retort_status check_ancestors(const struct revision_set *required,
				     const struct revisions *current,
				     const struct strings *lower,
				     const struct strings *upper,
				     struct err *err)
{
	SCRATCH(tmp);
	const char *a = joined(&tmp, lower), *b = joined(&tmp, upper);

	if (!a || !b)
		return err_nomem(err);
	for (size_t i = 0; i < current->n; i++)
		if (!required->has[current->v[i]->index])
			return not_ancestor(a, b, err);
	return RETORT_OK;
}

static retort_status collect_upgrade(const struct graph *g,
				     const struct strings *upper,
				     const struct strings *lower,
				     const struct iterate_options *o,
				     struct arena *mem,
				     struct revision_set *needs,
				     struct revisions *targets,
				     struct err *err)
{
	struct revision_set required, have, above;
	struct revisions current;

	TRY(resolve_upper(g, upper, lower, o->lenient, mem, targets, err));
	TRY(keep_branch(g, lower, mem, targets, err));
	TRY(walk_reach_apart(g, targets, WALK_BELOW, mem, &required, err));
	TRY(resolve_lower(g, lower, upper, o->lenient, mem, &current, err));
	if (!o->implicit_base)
		TRY(check_ancestors(&required, &current, lower, upper, err));
	TRY(walk_reach_apart(g, &current, WALK_BELOW, mem, &have, err));
	TRY(walk_reach_apart(g, &current, WALK_CHILDREN, mem, &above, err));
	TRY(set_init(g, mem, needs, err));
	for (size_t i = 0; i < required.list.n; i++) {
		struct revision *r = required.list.v[i];
		bool want = !have.has[r->index];

		if (current.n && !o->implicit_base && !above.has[r->index])
			want = false;
		if (want)
			TRY(set_add(needs, r, mem, err));
	}
	for (size_t i = 0; o->inclusive && i < current.n; i++)
		TRY(set_add(needs, current.v[i], mem, err));
	return RETORT_OK;
}

/* The first revisions that a downgrade takes away. */
static retort_status find_roots(const struct graph *g,
				const struct revision *target,
				const char *label, bool inclusive,
				struct arena *mem, struct revisions *out,
				struct err *err)
{
	struct revision *branch;
	struct revisions all = target ? target->children : g->bases;
	struct revisions list = {0}, one = { &branch, 1, 1 };
	struct revision_set down;

	if (target && inclusive) {
		if (!vec_push(mem, out, g->loaded.v[target->index]))
			return err_nomem(err);
		return RETORT_OK;
	}
	*out = all;
	if (!label || all.n < 2)
		return RETORT_OK;
	TRY(resolve_branch(g, label, &branch, err));
	TRY(walk_reach(g, &one, WALK_PARENTS, mem, &down, err));
	for (size_t i = 0; i < all.n; i++)
		if (down.has[all.v[i]->index] &&
		    !vec_push(mem, &list, all.v[i]))
			return err_nomem(err);
	if (!list.n) {
		err_set(err, RETORT_E_FAIL, "Not a valid downgrade target "
			"from current heads");
		err_hint(err, "Nothing of the branch '%s' lies above it.",
			 label);
		return RETORT_E_FAIL;
	}
	*out = list;
	return RETORT_OK;
}

static retort_status not_target(const char *target, enum direction way,
				struct err *err)
{
	err_set(err, RETORT_E_FAIL, "Destination %s is not a valid %s target "
		"from current head(s)", target,
		way == UPGRADE ? "upgrade" : "downgrade");
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
static retort_status add_other_branches(const struct graph *g,
					const struct revisions *roots,
					const struct revision_set *active,
					struct arena *mem,
					struct revision_set *drop,
					struct err *err)
{
	struct revision_set kept;

	TRY(walk_reach(g, roots, WALK_BELOW, mem, &kept, err));
	for (size_t i = 0; i < active->list.n; i++)
		if (!kept.has[active->list.v[i]->index])
			TRY(set_add(drop, active->list.v[i], mem, err));
	return RETORT_OK;
}

static retort_status collect_downgrade(const struct graph *g,
				       const struct strings *upper,
				       const struct strings *lower,
				       const struct iterate_options *o,
				       struct arena *mem,
				       struct revision_set *drop,
				       struct revisions *heads,
				       struct err *err)
{
	struct revision *target = NULL;
	const char *label = NULL, *text = lower->n ? lower->v[0] : "base";
	struct revisions roots = {0};
	struct revision_set above, active;

	TRY(resolve_downgrade(g, text, upper, o->lenient, mem, &label,
			      &target, err));
	TRY(find_roots(g, target, label, o->inclusive, mem, &roots, err));
	TRY(resolve_upper(g, upper, &no_strings, o->lenient, mem, heads, err));
	TRY(walk_reach(g, &roots, WALK_ABOVE, mem, &above, err));
	TRY(walk_reach(g, heads, WALK_BELOW, mem, &active, err));
	TRY(set_init(g, mem, drop, err));
	for (size_t i = 0; i < active.list.n; i++)
		if (above.has[active.list.v[i]->index])
			TRY(set_add(drop, active.list.v[i], mem, err));
	if (o->implicit_base)
		TRY(add_other_branches(g, &roots, &active, mem, drop, err));
	if (target && !drop->list.n && !among(heads, target))
		return not_target(text, DOWNGRADE, err);
	return RETORT_OK;
}

retort_status graph_iterate(const struct graph *g, const struct strings *upper,
			    const struct strings *lower,
			    const struct iterate_options *o, struct arena *mem,
			    struct revisions *out, struct err *err)
{
	SCRATCH(tmp);
	struct revision_set set;
	struct revisions heads;

	upper = upper ? upper : &no_strings;
	lower = lower ? lower : &no_strings;
	TRY((o->for_downgrade ? collect_downgrade : collect_upgrade)
	    (g, upper, lower, o, &tmp, &set, &heads, err));
	return walk_sort(g, &set, &heads, mem, out, err);
}
