/* Identifiers of revisions, taken apart. Internal. */
#ifndef RETORT_REVISION_RESOLVE_H
#define RETORT_REVISION_RESOLVE_H

#include "revision/walk.h"

/* A place in the history: a revision, or the base below all of them. */
struct place {
	struct revision *revision;	/* NULL: the base */
	bool outside;			/* the walk went past the end */
};

/* An identifier such as "label@symbol+N". */
struct identifier {
	const char *text;	/* as it was given */
	const char *label;	/* before the @, or NULL */
	const char *symbol;	/* without the steps; NULL: there is none */
	bool relative;
	long steps;
};

retort_status identifier_parse(const char *text, struct arena *mem,
			       struct identifier *out, struct err *err);

/* The revisions "label@symbol" names; none for the base. */
retort_status resolve_symbol(const struct query *q, const char *label,
			     const char *symbol, struct revisions *out);
/* At most one; *out is NULL for the base. */
retort_status resolve_symbol_one(const struct query *q, const char *label,
				 const char *symbol, struct revision **out);

/* The revision a branch is named after: a label or a revision. */
retort_status resolve_branch(const struct query *q, const char *label,
			     struct revision **out);

/* The error of an identifier that names several revisions. */
retort_status resolve_several(const char *identifier,
			      const struct revisions *list, struct err *err);

/* Those of `list` that are of the branch. */
retort_status filter_lineage(const struct query *q,
			     const struct revisions *list, const char *label,
			     bool dependencies, struct revisions *out);

/*
 * Up (steps > 0) or down from a place, one line: "Ambiguous walk" where there
 * are several. With `label`, up only along that branch. Where it ends early,
 * out->outside is set and out->revision is where it ended.
 */
retort_status walk_steps(const struct query *q, struct revision *from,
			 const char *label, long steps, struct place *out);

/* The rows of a version table as revisions, each once. */
retort_status resolve_rows(const struct query *q, const struct strings *rows,
			   struct revisions *out);

/* "Relative revision -1 didn't produce 1 migrations", and a hint. */
retort_status no_such_steps(const struct identifier *id, struct err *err);

/* Where an upgrade to `id` goes, from the rows. */
retort_status resolve_upgrade(const struct query *q, const char *target,
			      const struct strings *current, bool lenient,
			      struct revisions *out);

/* Where a downgrade goes, and the branch it is confined to (or NULL). */
retort_status resolve_downgrade(const struct query *q, const char *target,
				const struct strings *current, bool lenient,
				const char **label, struct revision **out);

#endif
