#include "revision/resolve.h"

#include <string.h>

/* Relative to where the database is: "+1", "label@-1", "current-1". */
static bool from_current(const struct identifier *id)
{
	return !id->symbol || !strcmp(id->symbol, "current");
}

/* From a named place up or down. */
static retort_status from_symbol(const struct graph *g,
				 const struct identifier *id, bool lenient,
				 struct place *out, struct err *err)
{
	struct revision *start;

	TRY(resolve_symbol_one(g, id->label, id->symbol, &start, err));
	TRY(walk_steps(g, start, id->label, id->steps, out, err));
	return out->outside && !lenient ? no_such_steps(id, err) : RETORT_OK;
}

/* Those of a set that closes downwards which have no child in it. */
static retort_status tips(const struct revision_set *set, bool dependencies,
			  struct arena *mem, struct revisions *out,
			  struct err *err)
{
	struct revisions list = {0};

	for (size_t i = 0; i < set->list.n; i++) {
		struct revision *r = set->list.v[i];
		const struct revisions *e = dependencies ? &r->above
							 : &r->children;
		bool tip = true;

		for (size_t j = 0; j < e->n; j++)
			tip = tip && !set->has[e->v[j]->index];
		if (tip && !vec_push(mem, &list, r))
			return err_nomem(err);
	}
	*out = list;
	return RETORT_OK;
}

/*
 * The place of the rows on a branch. A branch that no row names may still be
 * there below one, by a dependency or before a branch point.
 */
static retort_status on_branch(const struct graph *g,
			       const struct revisions *rows, const char *label,
			       bool going_up, struct arena *mem,
			       struct revisions *out, struct err *err)
{
	struct revision_set active, on = {0};
	struct revisions list;

	TRY(filter_lineage(g, rows, label, false, mem, out, err));
	if (out->n)
		return RETORT_OK;
	TRY(walk_reach(g, rows, WALK_BELOW, mem, &active, err));
	if (!going_up) {
		TRY(tips(&active, false, mem, &list, err));
		return filter_lineage(g, &list, label, false, mem, out, err);
	}
	TRY(filter_lineage(g, &active.list, label, false, mem, &list, err));
	TRY(set_init(g, mem, &on, err));
	for (size_t i = 0; i < list.n; i++)
		TRY(set_add(&on, list.v[i], mem, err));
	return tips(&on, true, mem, out, err);
}

static retort_status ambiguous_upgrade(struct err *err)
{
	err_set(err, RETORT_E_FAIL,
		"Ambiguous upgrade from multiple current revisions");
	err_hint(err, "Name the branch (label@+1), or the revision to go to.");
	return RETORT_E_FAIL;
}

/* "+N" from where the database is. */
static retort_status up_from_rows(const struct graph *g,
				  const struct identifier *id,
				  const struct revisions *rows, bool lenient,
				  struct place *out, struct err *err)
{
	SCRATCH(tmp);
	struct revisions start = *rows;

	if (id->label)
		TRY(on_branch(g, rows, id->label, true, &tmp, &start, err));
	if (start.n > 1)
		return ambiguous_upgrade(err);
	TRY(walk_steps(g, start.n ? start.v[0] : NULL, id->label, id->steps,
		       out, err));
	return out->outside && !lenient ? no_such_steps(id, err) : RETORT_OK;
}

/* Where the database is; it may be given by other than rows. */
static retort_status rows_of(const struct graph *g,
			     const struct strings *current, struct arena *mem,
			     struct revisions *out, struct err *err)
{
	struct revisions list = {0};

	for (size_t i = 0; current && i < current->n; i++) {
		struct revisions some;

		TRY(graph_resolve(g, current->v[i], NULL, mem, &some, err));
		for (size_t j = 0; j < some.n; j++)
			if ((!list.n || list.v[list.n - 1] != some.v[j]) &&
			    !vec_push(mem, &list, some.v[j]))
				return err_nomem(err);
	}
	*out = list;
	return RETORT_OK;
}

retort_status resolve_upgrade(const struct graph *g, const char *target,
			      const struct strings *current, bool lenient,
			      struct arena *mem, struct revisions *out,
			      struct err *err)
{
	struct revisions rows, list = {0};
	struct identifier id;
	struct place p;

	TRY(identifier_parse(target, mem, &id, err));
	if (!id.relative && strcmp(id.symbol, "current"))
		return resolve_symbol(g, id.label, id.symbol, mem, out, err);
	if (from_current(&id)) {
		if (id.relative && id.steps <= 0)
			return no_such_steps(&id, err);
		TRY(rows_of(g, current, mem, &rows, err));
		if (!id.relative) {
			*out = rows;
			return RETORT_OK;
		}
		TRY(up_from_rows(g, &id, &rows, lenient, &p, err));
	} else {
		TRY(from_symbol(g, &id, lenient, &p, err));
	}
	if (p.revision && !vec_push(mem, &list, p.revision))
		return err_nomem(err);
	*out = list;
	return RETORT_OK;
}

/* "-N" from where the database is; the branch it then is confined to. */
static retort_status down_from_rows(const struct graph *g,
				    const struct identifier *id,
				    const struct revisions *rows, bool lenient,
				    const char **label, struct place *out,
				    struct err *err)
{
	SCRATCH(tmp);
	struct revisions start = *rows;

	if (id->label)
		TRY(on_branch(g, rows, id->label, false, &tmp, &start, err));
	if (!start.n)
		return no_such_steps(id, err);
	if (id->label && start.n > 1) {
		err_set(err, RETORT_E_FAIL, "Ambiguous walk");
		err_detail(err, "The database is at several revisions of the "
			   "branch '%s'.", id->label);
		err_hint(err, "Name the revision to go to.");
		return RETORT_E_FAIL;
	}
	if (!id->label)
		*label = start.v[0]->id;
	TRY(walk_steps(g, start.v[0], NULL, id->steps, out, err));
	return out->outside && !lenient ? no_such_steps(id, err) : RETORT_OK;
}

/* A target without steps. */
static retort_status down_to(const struct graph *g,
			     const struct identifier *id,
			     const struct strings *current,
			     struct revision **out, struct err *err)
{
	SCRATCH(tmp);
	struct revisions rows;
	bool heads = !strncmp(id->symbol, "head", 4);

	if (strcmp(id->symbol, "current"))
		return resolve_symbol_one(g, heads ? id->label : NULL,
					  id->symbol, out, err);
	TRY(rows_of(g, current, &tmp, &rows, err));
	if (rows.n > 1)
		return err_set(err, RETORT_E_FAIL, "Ambiguous walk");
	*out = rows.n ? rows.v[0] : NULL;
	return RETORT_OK;
}

retort_status resolve_downgrade(const struct graph *g, const char *target,
				const struct strings *current, bool lenient,
				struct arena *mem, const char **label,
				struct revision **out, struct err *err)
{
	struct revisions rows;
	struct identifier id;
	struct place p;

	TRY(identifier_parse(target, mem, &id, err));
	*label = id.label;
	if (!id.relative)
		return down_to(g, &id, current, out, err);
	if (!from_current(&id)) {
		TRY(from_symbol(g, &id, lenient, &p, err));
	} else {
		if (id.steps >= 0)
			return no_such_steps(&id, err);
		TRY(rows_of(g, current, mem, &rows, err));
		TRY(down_from_rows(g, &id, &rows, lenient, label, &p, err));
	}
	*out = p.revision;
	return RETORT_OK;
}

retort_status graph_resolve(const struct graph *g, const char *identifier,
			    const struct strings *current, struct arena *mem,
			    struct revisions *out, struct err *err)
{
	struct revisions list = {0};
	struct identifier id;
	struct revision *r;
	const char *label;

	TRY(identifier_parse(identifier, mem, &id, err));
	if (from_current(&id) && !current) {
		err_set(err, RETORT_E_FAIL, "\"%s\" is relative to the "
			"database, which is not asked here", identifier);
		err_hint(err, "Name a revision: head-1, base+1 or by its "
			 "identifier.");
		return RETORT_E_FAIL;
	}
	if (!id.relative && !id.label && !strcmp(id.symbol, "current"))
		return resolve_rows(g, current, mem, out, err);
	if (!id.relative || id.steps >= 0)
		return resolve_upgrade(g, identifier, current, false, mem, out,
				       err);
	TRY(resolve_downgrade(g, identifier, current, false, mem, &label, &r,
			      err));
	if (r && !vec_push(mem, &list, r))
		return err_nomem(err);
	*out = list;
	return RETORT_OK;
}

retort_status graph_resolve_one(const struct graph *g, const char *identifier,
				const struct strings *current,
				struct arena *mem, struct revision **out,
				struct err *err)
{
	struct revisions list;

	TRY(graph_resolve(g, identifier, current, mem, &list, err));
	if (list.n > 1)
		return resolve_several(identifier, &list, err);
	*out = list.n ? list.v[0] : NULL;
	return RETORT_OK;
}
