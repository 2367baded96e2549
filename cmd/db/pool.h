/*
 * Tasks done by several processes. A process, not a thread: a revision in C
 * that crashes, or a library that is not ready for threads, then harms one task.
 */
#ifndef DB_POOL_H
#define DB_POOL_H

#include <stdio.h>

#include <retort/retort.h>

#include "term.h"

struct pool {
	size_t n;		/* of tasks */
	size_t jobs;		/* at once */
	retort *db;		/* what a signal cancels in a worker */
	struct term *term;	/* what is logged in one comes out here */
	void *payload;
	/* In a worker: do task `i`, and write what came of it. */
	void (*work)(void *payload, size_t i, FILE *result);
	/* It was given to a worker. */
	void (*begun)(void *payload, size_t i);
	/*
	 * What came of it; NULL: its process ended with `status` of waitpid().
	 * False: no further task is begun.
	 */
	bool (*done)(void *payload, size_t i, const char *result, size_t n,
		     int status);
	/* A line that task `i` logged. */
	void (*said)(void *payload, size_t i, retort_log_level level,
		     const char *text);
};

/*
 * Do them all, or as many as are begun before one says stop or a signal comes.
 * Those that run then come to their end: by a signal they are cancelled. -1: no
 * process could be started, errno says why.
 */
int pool_run(const struct pool *p);

#endif
