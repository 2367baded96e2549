/* on_version_apply() of <retort/hooks.h>. */
#ifndef RETORT_MIGRATE_APPLIED_H
#define RETORT_MIGRATE_APPLIED_H

#include "migrate/runner.h"

/*
 * Tell the hook, where there is one, that `st` has been done to the version
 * table, which had `rows` before. What it executes runs on `c`, in the open
 * transaction; where `c` is NULL it goes to `printed`. In a child process: a
 * crash is an error.
 */
struct applied {
	const struct run_options *o;
	const struct dialect *dialect;
	struct conn *conn;
	struct buf *printed;
	const struct step *step;
	const struct strings *rows;
};

retort_status run_applied(const struct applied *a, struct err *err);

#endif
