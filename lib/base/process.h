#ifndef RETORT_BASE_PROCESS_H
#define RETORT_BASE_PROCESS_H

#include <stdbool.h>

#include "base/err.h"

/*
 * Run argv[0] (looked up in PATH) in directory `dir` (NULL: the present one)
 * with standard input empty, and wait. What it prints on both outputs, mixed,
 * goes to *output. *exit_status is the exit code, or 128 + the signal.
 * An error only when it could not be started.
 */
retort_status process_run(const char *const argv[], const char *dir,
			  struct arena *mem, char **output, int *exit_status,
			  struct err *err);

/*
 * A pipe whose ends are above the standard descriptors (a host process may
 * have closed those) and stay here over an exec.
 */
bool pipe_open(int *from, int *to);

#endif
