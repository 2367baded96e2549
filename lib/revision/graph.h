/* All revision files of a project: identifiers and plans. */
#ifndef RETORT_REVISION_GRAPH_H
#define RETORT_REVISION_GRAPH_H

#include "base/map.h"
#include "revision/revision.h"

struct graph {
	struct strings directories;	/* it was read from */
	struct revisions revisions;	/* topological, bases first */
	struct revisions loaded;	/* in the order they were read */
	struct revisions heads, bases;	/* by Revises */
	struct revisions real_heads;	/* heads nothing depends on either */
	struct map by_id, by_label;
};

static inline bool revision_is_head(const struct revision *r)
{
	return !r->children.n;
}

static inline bool revision_is_base(const struct revision *r)
{
	return !r->parents.n;
}

static inline bool revision_is_branch_point(const struct revision *r)
{
	return r->children.n > 1;
}

static inline bool revision_is_merge_point(const struct revision *r)
{
	return r->parents.n > 1;
}

/*
 * Read every revision below the directories (the names of files that are no
 * revisions are left alone). Duplicate ids and labels, cycles and missing
 * parents are errors with the files and lines.
 */
retort_status graph_load(const struct strings *directories, bool recursive,
			 struct arena *mem, struct graph **out,
			 struct err *err);

/* Only *.sql and *.c; what an editor leaves behind is hidden or has a ~. */
bool graph_may_be_revision(const char *name);

/*
 * The same of the files that a git commit has in these directories. The texts
 * are not there, and the paths are from the top of the repository.
 */
retort_status graph_load_commit(const struct strings *directories,
				bool recursive, const char *commit,
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

/* Does it start where the database is: "+1", "label@-1", "current"? */
bool graph_needs_rows(const char *identifier);

/* Exactly one, else the error that fits. *out is NULL for "base". */
retort_status graph_resolve_one(const struct graph *g, const char *identifier,
				const struct strings *current,
				struct arena *mem, struct revision **out,
				struct err *err);

/*
 * What lies between two places, newest first: for an upgrade to `upper` from
 * the rows or the place `lower`; or `for_downgrade` from `upper` to `lower`.
 * One element of a list may be any identifier; none is the base.
 */
struct iterate_options {
	bool inclusive;		/* `lower` too */
	bool implicit_base;	/* branches beside `lower`, from their bases */
	bool lenient;		/* steps past the end stop there */
	bool for_downgrade;
};

retort_status graph_iterate(const struct graph *g, const struct strings *upper,
			    const struct strings *lower,
			    const struct iterate_options *o, struct arena *mem,
			    struct revisions *out, struct err *err);

/* One step of a plan: what happens to the rows of the version table. */
struct step {
	struct revision *revision;	/* NULL for a stamp */
	enum direction way;
	bool stamp;		/* rows only, nothing is run */
	struct strings from, to;	/* from which revisions to which */
	/*
	 * What is done to the version table. Where both have one row it may
	 * be an UPDATE.
	 */
	struct strings delete_rows, insert_rows;
};

VEC_OF(steps, struct step);

/* From the rows `current` to a target, in order. */
retort_status graph_upgrade(const struct graph *g, const char *target,
			    const struct strings *current, struct arena *mem,
			    struct steps *out, struct err *err);
/* To several targets at once. */
retort_status graph_upgrade_to(const struct graph *g,
			       const struct strings *targets,
			       const struct strings *current,
			       struct arena *mem, struct steps *out,
			       struct err *err);
retort_status graph_downgrade(const struct graph *g, const char *target,
			      const struct strings *current,
			      struct arena *mem, struct steps *out,
			      struct err *err);
retort_status graph_stamp(const struct graph *g, const struct strings *targets,
			  const struct strings *current, struct arena *mem,
			  struct steps *out, struct err *err);

/*
 * An error when one of them already includes another, by Revises and where
 * that counts by Depends-on ("Requested revision X overlaps with other
 * requested revisions Y").
 */
retort_status graph_check_apart(const struct graph *g,
				const struct revisions *list,
				bool dependencies, struct err *err);

/*
 * One step alone, from the rows as they are now: what a step of a plan does
 * to them, if they are not what they were when the plan was made.
 */
retort_status graph_step(const struct graph *g, struct revision *r,
			 enum direction way, const struct strings *current,
			 struct arena *mem, struct step *out, struct err *err);

/* Newest first: `range` "a:b" with either end open or relative, or NULL. */
retort_status graph_range(const struct graph *g, const char *range,
			  const struct strings *current, struct arena *mem,
			  struct revisions *out, struct err *err);

#endif
