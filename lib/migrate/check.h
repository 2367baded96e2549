/* What is looked at before anything is run. */
#ifndef RETORT_MIGRATE_CHECK_H
#define RETORT_MIGRATE_CHECK_H

#include "migrate/runner.h"
#include "migrate/version.h"

/* Is every row a revision of the project? RETORT_E_NOTFOUND if not. */
retort_status run_check_rows(const struct graph *g, const struct strings *rows,
			     struct err *err);

/* Does none of them include another? */
retort_status run_check_apart(const struct graph *g,
			      const struct strings *rows, struct err *err);
/* The same of what a stamp names; `rows` for what is relative to them. */
retort_status run_check_targets(const struct graph *g,
				const struct strings *targets,
				const struct strings *rows, struct err *err);

/*
 * Applied revisions whose file is not what it was when they were applied: one
 * line each.
 */
retort_status run_changed_files(const struct version_tables *t,
				const struct graph *g,
				const struct strings *rows, struct arena *mem,
				struct strings *out, struct err *err);

/* The rows of the version table after a step. */
retort_status run_next_rows(const struct strings *rows, const struct step *st,
			    struct arena *mem, struct strings *out,
			    struct err *err);

/* What is checked out, for the log; NULL where that is not known. */
const char *run_git_commit(const struct run_options *o, struct arena *mem);

/* The runner's lock, waited for as the options say; the log says it waits. */
retort_status run_lock(struct conn *c, const struct run_options *o,
		       struct err *err);

/*
 * Where the database is, as a sentence behind the detail of an error that
 * stands in `err`.
 */
void run_say_where(const struct strings *rows, struct err *err);

#endif
