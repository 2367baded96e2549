/* A command on each of many databases. */
#ifndef DB_FLEET_H
#define DB_FLEET_H

#include "targets.h"

/* What came of one target. The texts that are not known are NULL. */
struct outcome {
	retort_status code;
	int exit;		/* the status that the command alone would have */
	size_t revisions;	/* gone through */
	bool moves;		/* by which alone `to` is not `from` */
	long long ms;
	const char *from, *to;	/* revisions, "<base>" for none */
	bool reports;		/* what is pending and wrong is known: */
	size_t pending, problems;
	const char *lines;	/* what is told beside, a line each */
	retort_error error;	/* where `code` is not RETORT_OK */
};

/*
 * Do it, in a worker: the session is turned to the target. What is set stays
 * valid until the next call.
 */
typedef void fleet_work(retort *db, const void *how, struct outcome *out);

enum fleet_kind {
	FLEET_CHANGES,	/* what is done stays done */
	FLEET_PLANS,	/* it is only said what would be */
	FLEET_ASKS	/* nothing but a question */
};

/* The list is read, and `work` done on each. */
int fleet_run(struct env *env, fleet_work *work, const void *how,
	      enum fleet_kind kind);

/* For `work`: the session's error, unless there is one already. */
void fleet_failed(retort *db, struct outcome *out);

/* For `work`: their identifiers as text; NULL: no memory. */
const char *fleet_revisions(const retort_revisions *at, bool marks);

/* For `work`: the revisions of the version table as text, or an error. */
const char *fleet_where(retort *db, struct outcome *out, bool marks);

#endif
