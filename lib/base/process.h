#ifndef RETORT_BASE_PROCESS_H
#define RETORT_BASE_PROCESS_H

#include <stdbool.h>

#include "base/err.h"

struct process {
	const char *const *argv;	/* argv[0] is looked up in PATH */
	const char *dir;		/* NULL: the present one */
	const volatile int *cancelled;	/* 1: it is ended; or NULL */
};

/*
 * Run it with standard input empty, and wait. What it prints on both outputs,
 * mixed, goes to *output. *exit_status is the exit code, or 128 + the signal.
 * An error only when it could not be started, or was cancelled.
 */
retort_status process_run(const struct process *p, struct arena *mem,
			  char **output, int *exit_status, struct err *err);

/*
 * A pipe whose ends are above the standard descriptors (a host process may
 * have closed those) and stay here over an exec.
 */
bool pipe_open(int *from, int *to);

#endif
