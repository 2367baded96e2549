/* Going through the graph: sets of revisions, lineage, order. Internal. */
#ifndef RETORT_REVISION_WALK_H
#define RETORT_REVISION_WALK_H

#include "revision/graph.h"

/* What all functions here need: where results live, where a report goes. */
struct query {
	const struct graph *g;
	struct arena *mem;
	struct err *err;
};

/* A set of revisions; `has` is indexed by revision.index. */
struct revision_set {
	bool *has;
	struct revisions list;
};

enum walk_edges {
	WALK_PARENTS,		/* Revises, downwards */
	WALK_CHILDREN,		/* Revises, upwards */
	WALK_BELOW,		/* with dependencies, downwards */
	WALK_ABOVE		/* with dependencies, upwards */
};

/* The revisions reached from `from`, these included. */
retort_status walk_reach(const struct query *q, const struct revisions *from,
			 enum walk_edges edges, struct revision_set *out);

/*
 * As walk_reach(), and an error when one of `from` is reached from another
 * one ("Requested revision X overlaps with other requested revisions Y").
 */
retort_status walk_reach_apart(const struct query *q,
			       const struct revisions *from,
			       enum walk_edges edges, struct revision_set *out);

/* Is one of `against` an ancestor or descendant of `r`, or `r` itself? */
retort_status walk_shares_lineage(const struct query *q,
				  const struct revision *r,
				  const struct revisions *against,
				  bool dependencies, bool *out);

/*
 * `set` in order, newest first, beginning at those of `heads` that are in it.
 * A line is followed down as far as nothing above is left out; between heads
 * the order of reading decides.
 */
retort_status walk_sort(const struct query *q, const struct revision_set *set,
			const struct revisions *heads, struct revisions *out);

retort_status set_init(const struct query *q, struct revision_set *out);
retort_status set_add(const struct query *q, struct revision_set *s,
		      struct revision *r);

#endif
