#include "revision/resolve.h"

#include <string.h>

/* Relative to where the database is: "+1", "label@-1", "current-1". */
static bool from_current(const struct identifier *id)
{
	return !id->symbol || !strcmp(id->symbol, "current");
}

bool graph_needs_rows(const char *identifier)
{
	SCRATCH(tmp);
	SCRATCH_ERR(err);
	struct identifier id;

	return identifier_parse(identifier, &tmp, &id, &err) < 0 ||
	       from_current(&id);
}

/* From a named place up or down. */
static retort_status from_symbol(const struct query *q,
				 const struct identifier *id, bool lenient,
				 struct place *out)
{
	struct revision *start;

	TRY(resolve_symbol_one(q, id->label, id->symbol, &start));
	TRY(walk_steps(q, start, id->label, id->steps, out));
	return out->outside && !lenient ? no_such_steps(id, q->err) : RETORT_OK;
}

/* Those of a set that closes downwards which have no child in it. */
static retort_status tips(const struct query *q,
			  const struct revision_set *set, bool dependencies,
			  struct revisions *out)
{
	struct revisions list = {0};

	for (size_t i = 0; i < set->list.n; i++) {
		struct revision *r = set->list.v[i];
		const struct revisions *e = dependencies ? &r->above
							 : &r->children;
		bool tip = true;

		for (size_t j = 0; j < e->n; j++)
			tip = tip && !set->has[e->v[j]->index];
		if (tip && !vec_push(q->mem, &list, r))
			return err_nomem(q->err);
	}
	*out = list;
	return RETORT_OK;
}

/*
 * The place of the rows on a branch. A branch that no row names may still be
 * there below one, by a dependency or before a branch point.
 */
static retort_status on_branch(const struct query *q,
			       const struct revisions *rows, const char *label,
			       bool going_up, struct revisions *out)
{
	struct revision_set active, on = {0};
	struct revisions list;

	TRY(filter_lineage(q, rows, label, false, out));
	if (out->n)
		return RETORT_OK;
	TRY(walk_reach(q, rows, WALK_BELOW, &active));
	if (!going_up) {
		TRY(tips(q, &active, false, &list));
		return filter_lineage(q, &list, label, false, out);
	}
	TRY(filter_lineage(q, &active.list, label, false, &list));
	TRY(set_init(q, &on));
	for (size_t i = 0; i < list.n; i++)
		TRY(set_add(q, &on, list.v[i]));
	return tips(q, &on, true, out);
}

static retort_status ambiguous_upgrade(struct err *err)
{
	err_set(err, RETORT_E_FAIL,
		"Ambiguous upgrade from multiple current revisions");
	err_hint(err, "Name the branch (label@+1), or the revision to go to.");
	return RETORT_E_FAIL;
}

/* "+N" from where the database is. */
static retort_status up_from_rows(const struct query *q,
				  const struct identifier *id,
				  const struct revisions *rows, bool lenient,
				  struct place *out)
{
	SCRATCH(tmp);
	const struct query here = { q->g, &tmp, q->err };
	struct revisions start = *rows;

	if (id->label)
		TRY(on_branch(&here, rows, id->label, true, &start));
	if (start.n > 1)
		return ambiguous_upgrade(q->err);
	TRY(walk_steps(q, start.n ? start.v[0] : NULL, id->label, id->steps,
		       out));
	return out->outside && !lenient ? no_such_steps(id, q->err) : RETORT_OK;
}

/* Where the database is; it may be given by other than rows. */
static retort_status rows_of(const struct query *q,
			     const struct strings *current,
			     struct revisions *out)
{
	struct revisions list = {0};

	for (size_t i = 0; current && i < current->n; i++) {
		struct revisions some;

		TRY(graph_resolve(q->g, current->v[i], NULL, q->mem, &some,
				  q->err));
		for (size_t j = 0; j < some.n; j++)
			if ((!list.n || list.v[list.n - 1] != some.v[j]) &&
			    !vec_push(q->mem, &list, some.v[j]))
				return err_nomem(q->err);
	}
	*out = list;
	return RETORT_OK;
}

retort_status resolve_upgrade(const struct query *q, const char *target,
			      const struct strings *current, bool lenient,
			      struct revisions *out)
{
	struct revisions rows, list = {0};
	struct identifier id;
	struct place p;

	TRY(identifier_parse(target, q->mem, &id, q->err));
	if (!id.relative && strcmp(id.symbol, "current"))
		return resolve_symbol(q, id.label, id.symbol, out);
	if (from_current(&id)) {
		if (id.relative && id.steps <= 0)
			return no_such_steps(&id, q->err);
		TRY(rows_of(q, current, &rows));
		if (!id.relative) {
			*out = rows;
			return RETORT_OK;
		}
		TRY(up_from_rows(q, &id, &rows, lenient, &p));
	} else {
		TRY(from_symbol(q, &id, lenient, &p));
	}
	if (p.revision && !vec_push(q->mem, &list, p.revision))
		return err_nomem(q->err);
	*out = list;
	return RETORT_OK;
}

/* "-N" from where the database is; the branch it then is confined to. */
static retort_status down_from_rows(const struct query *q,
				    const struct identifier *id,
				    const struct revisions *rows, bool lenient,
				    const char **label, struct place *out)
{
	SCRATCH(tmp);
	const struct query here = { q->g, &tmp, q->err };
	struct revisions start = *rows;

	if (id->label)
		TRY(on_branch(&here, rows, id->label, false, &start));
	if (!start.n)
		return no_such_steps(id, q->err);
	if (id->label && start.n > 1) {
		err_set(q->err, RETORT_E_FAIL, "Ambiguous walk");
		err_detail(q->err, "The database is at several revisions of the "
			   "branch '%s'.", id->label);
		err_hint(q->err, "Name the revision to go to.");
		return RETORT_E_FAIL;
	}
	if (!id->label)
		*label = start.v[0]->id;
	TRY(walk_steps(q, start.v[0], NULL, id->steps, out));
	return out->outside && !lenient ? no_such_steps(id, q->err) : RETORT_OK;
}

/* A target without steps. */
static retort_status down_to(const struct query *q,
			     const struct identifier *id,
			     const struct strings *current,
			     struct revision **out)
{
	SCRATCH(tmp);
	const struct query here = { q->g, &tmp, q->err };
	struct revisions rows;
	bool heads = !strncmp(id->symbol, "head", 4);

	if (strcmp(id->symbol, "current"))
		return resolve_symbol_one(q, heads ? id->label : NULL,
					  id->symbol, out);
	TRY(rows_of(&here, current, &rows));
	if (rows.n > 1) {
		err_set(q->err, RETORT_E_FAIL, "Ambiguous walk");
		err_detail(q->err, "The database is at several revisions.");
		err_hint(q->err, "Name the revision to go to.");
		return RETORT_E_FAIL;
	}
	*out = rows.n ? rows.v[0] : NULL;
	return RETORT_OK;
}

retort_status resolve_downgrade(const struct query *q, const char *target,
				const struct strings *current, bool lenient,
				const char **label, struct revision **out)
{
	struct revisions rows;
	struct identifier id;
	struct place p;

	TRY(identifier_parse(target, q->mem, &id, q->err));
	*label = id.label;
	if (!id.relative)
		return down_to(q, &id, current, out);
	if (!from_current(&id)) {
		TRY(from_symbol(q, &id, lenient, &p));
	} else {
		if (id.steps >= 0)
			return no_such_steps(&id, q->err);
		TRY(rows_of(q, current, &rows));
		TRY(down_from_rows(q, &id, &rows, lenient, label, &p));
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
	const struct query q = { g, mem, err };
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
		return resolve_rows(&q, current, out);
	if (!id.relative || id.steps >= 0)
		return resolve_upgrade(&q, identifier, current, false, out);
	TRY(resolve_downgrade(&q, identifier, current, false, &label, &r));
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
