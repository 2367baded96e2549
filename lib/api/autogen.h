/* From models and databases to differences. */
#ifndef RETORT_API_AUTOGEN_H
#define RETORT_API_AUTOGEN_H

#include "api/session.h"

/* The live database beside the models, and what lies between. */
struct comparison {
	struct arena *mem;
	const struct dialect *dialect;
	struct schema *live, *wanted;
	struct diff_options options;
	struct diff diff;
};

/* RETORT_E_FAIL "Target database is not up to date." unless it is. */
retort_status autogen_up_to_date(retort *db);

/* Compare the database with the models; `mem` and `options` are set. */
retort_status autogen_compare(retort *db, struct comparison *c);

/*
 * "old:new" texts into `out`. RETORT_E_USAGE for one of another form.
 */
retort_status autogen_renames(retort *db, const char *const *texts, size_t n,
			      struct arena *mem, struct diff_options *out);

/* A section of a revision. */
struct section {
	struct script script;	/* what `text` is made of; empty in C */
	const char *text;
	const char *options;	/* behind the section's word, or NULL */
};

/*
 * `ops` as SQL for a database that is as `before`, which becomes as it is
 * afterwards.
 */
retort_status autogen_sql(retort *db, const struct dialect *d,
			  struct schema *before, const struct ops *ops,
			  struct arena *mem, struct section *out);

/* The same as the body of a C function. */
retort_status autogen_c(retort *db, const struct ops *ops, struct arena *mem,
			struct section *out);

#endif
