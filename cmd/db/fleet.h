/* A command on each of many databases. */
#ifndef DB_FLEET_H
#define DB_FLEET_H

#include "targets.h"

/* What came of one target. The texts that are not known are NULL. */
struct outcome {
	retort_status code;
	int exit;		/* the status that the command alone would have */
	size_t revisions;	/* gone through */
	long long ms;
	const char *from, *to;	/* revisions, "<base>" for none */
	const char *lines;	/* what is told beside, a line each */
	retort_error error;	/* where `code` is not RETORT_OK */
};

/*
 * Do it, in a worker: the session is turned to the target. What is set stays
 * valid until the next call.
 */
typedef void fleet_work(retort *db, const void *how, struct outcome *out);

/*
 * The list is read, and `work` done on each. `plan`: nothing is changed, what
 * would be done is said.
 */
int fleet_run(struct env *env, fleet_work *work, const void *how, bool plan);

/* For `work`: the session's error, unless there is one already. */
void fleet_failed(retort *db, struct outcome *out);

/* For `work`: the revisions of the version table as text, or an error. */
const char *fleet_where(retort *db, struct outcome *out, bool marks);

#endif
