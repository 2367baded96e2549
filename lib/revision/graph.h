/* All revision files of a project: identifiers and plans. */
#ifndef RETORT_REVISION_GRAPH_H
#define RETORT_REVISION_GRAPH_H

#include "revision/revision.h"

struct graph {
	VEC(struct revision *) revisions;	/* topological, bases first */
	VEC(struct revision *) heads, bases;
	struct map *by_id;
	struct map *by_label;
};

VEC_OF(revisions, struct revision *);

/*
 * Read every revision below the directories (the names of files that are no
 * revisions are left alone). Duplicate ids and labels, cycles and missing
 * parents are errors with the files and lines.
 */
retort_status graph_load(const struct strings *directories, bool recursive,
			 struct arena *mem, struct graph **out,
			 struct err *err);

/* The same from revisions in memory, for tests. */
retort_status graph_build(const struct revisions *list, struct arena *mem,
			  struct graph **out, struct err *err);

/*
 * The revisions an identifier names (see "Revision identifiers" in the
 * documentation); none for "base". `current` are the rows of the version
 * table, NULL where the database is not known.
 */
retort_status graph_resolve(const struct graph *g, const char *identifier,
			    const struct strings *current, struct arena *mem,
			    struct revisions *out, struct err *err);

/* Exactly one, else the error that fits. *out is NULL for "base". */
retort_status graph_resolve_one(const struct graph *g, const char *identifier,
				const struct strings *current,
				struct arena *mem, struct revision **out,
				struct err *err);

/* One step of a plan: what happens to the rows of the version table. */
struct step {
	struct revision *revision;
	enum direction way;
	bool stamp;		/* rows only, nothing is run */
	struct strings from, to;	/* the rows before and after */
	struct strings delete_rows, insert_rows;
};

VEC_OF(steps, struct step);

/* From the rows `current` to a target, in order. */
retort_status graph_upgrade(const struct graph *g, const char *target,
			    const struct strings *current, struct arena *mem,
			    struct steps *out, struct err *err);
retort_status graph_downgrade(const struct graph *g, const char *target,
			      const struct strings *current,
			      struct arena *mem, struct steps *out,
			      struct err *err);
retort_status graph_stamp(const struct graph *g, const struct strings *targets,
			  const struct strings *current, struct arena *mem,
			  struct steps *out, struct err *err);

/* Newest first: `range` "a:b" with either end open or relative, or NULL. */
retort_status graph_range(const struct graph *g, const char *range,
			  const struct strings *current, struct arena *mem,
			  struct revisions *out, struct err *err);

#endif
