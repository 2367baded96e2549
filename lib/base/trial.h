/*
 * Run somebody else's code in a child process first, so that its crash is an
 * error and nothing more.
 */
#ifndef RETORT_BASE_TRIAL_H
#define RETORT_BASE_TRIAL_H

#include <stdbool.h>

#include "base/err.h"

struct trial {
	const char *what;	/* "upgrade() of revision \"x\"" */
	const char *crash_hint, *late_hint;
	int timeout_ms;		/* < 0: none */
	const volatile int *cancelled;	/* 1: the child is ended; or NULL */
	void *payload;
	/* In the child; it may ask the parent with trial_ask(). */
	void (*run)(void *payload);
	/*
	 * In the parent: the child asks; the answer is to be given through
	 * `to`. NULL where it never does. Not zero: the child is ended.
	 */
	int (*serve)(void *payload, int from, int to);
	/* What the child printed, where it came to its end; or NULL. */
	void (*printed)(void *payload, const char *text);
};

/*
 * RETORT_OK when the child came to its end, well or not: what it met there is
 * met again outside. The error names a signal, an exit() or the time.
 */
retort_status trial_run(const struct trial *t, struct err *err);

/* In the child: announce a question, then write to *to and read *from. */
bool trial_ask(int *from, int *to);

/* All of it, whatever interrupts; false at the end or on an error. */
bool trial_read(int fd, void *to, size_t n);
bool trial_write(int fd, const void *from, size_t n);

#endif
