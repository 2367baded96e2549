/* C sources -> shared library, in a private cache. */
#ifndef RETORT_MODEL_COMPILE_H
#define RETORT_MODEL_COMPILE_H

#include "base/err.h"
#include "base/vec.h"

struct compile_options {
	const char *cache_directory;	/* made 0700 when missing */
	const char *compiler;		/* "cc" */
	const char *include_directory;	/* NULL: none to add */
	/* How long a C revision may take to record; 0: 10 s. */
	int record_timeout_ms;
	const volatile int *cancelled;	/* 1: what runs is ended; or NULL */
};

/*
 * The path of the shared library made of `sources`, compiled when the cache
 * does not have it. The key is the content of the sources and of what they
 * include, the compiler and the options. Two processes at once are safe: each
 * writes its own temporary file and renames it.
 */
retort_status compile_shared(const struct strings *sources,
			     const struct compile_options *o,
			     struct arena *mem, char **path, struct err *err);

#endif
