/* Going through the graph: sets of revisions, lineage, order. Internal. */
#ifndef RETORT_REVISION_WALK_H
#define RETORT_REVISION_WALK_H

#include "revision/graph.h"

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
retort_status walk_reach(const struct graph *g, const struct revisions *from,
			 enum walk_edges edges, struct arena *mem,
			 struct revision_set *out, struct err *err);

/*
 * As walk_reach(), and an error when one of `from` is reached from another
 * one ("Requested revision X overlaps with other requested revisions Y").
 */
retort_status walk_reach_apart(const struct graph *g,
			       const struct revisions *from,
			       enum walk_edges edges, struct arena *mem,
			       struct revision_set *out, struct err *err);

/* Is one of `against` an ancestor or descendant of `r`, or `r` itself? */
retort_status walk_shares_lineage(const struct graph *g,
				  const struct revision *r,
				  const struct revisions *against,
				  bool dependencies, bool *out,
				  struct err *err);

/*
 * `set` in order, newest first, beginning at those of `heads` that are in it.
 * A line is followed down as far as nothing above is left out; between heads
 * the order of reading decides.
 */
retort_status walk_sort(const struct graph *g, const struct revision_set *set,
			const struct revisions *heads, struct arena *mem,
			struct revisions *out, struct err *err);

retort_status set_init(const struct graph *g, struct arena *mem,
		       struct revision_set *out, struct err *err);
retort_status set_add(struct revision_set *s, struct revision *r,
		      struct arena *mem, struct err *err);

#endif
