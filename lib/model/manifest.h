/*
 * What a compiled library was made of: the files the compiler read, as they
 * were then. A file whose size, time and inode are the same has not changed.
 */
#ifndef RETORT_MODEL_MANIFEST_H
#define RETORT_MODEL_MANIFEST_H

#include <time.h>

#include "base/err.h"
#include "base/vec.h"

struct manifest_file {
	const char *path;
	long long size, seconds, nanoseconds, inode;
};

struct manifest {
	struct arena *mem;
	const char *request_key;	/* which sources, compiled how */
	const char *content_key;	/* that and all content */
	VEC(struct manifest_file) files;
};

/* The time by the clock that files get theirs from. */
struct timespec manifest_now(void);

/* The files of a make rule, as the compiler writes it (-MD). */
retort_status manifest_add_deps(struct manifest *m, const char *deps_path,
				struct err *err);

/*
 * Read all files: sets their states and the content key. *changed when one was
 * written at `start` or later, so that it may have been read in another state.
 */
retort_status manifest_take(struct manifest *m, const struct timespec *start,
			    bool *changed, struct err *err);

/* The same again; *same when the content key is what it was. */
retort_status manifest_retake(struct manifest *m,
			      const struct timespec *start, bool *same,
			      struct err *err);

bool manifest_is_fresh(const struct manifest *m);

/* Its file: NULL without memory; false when it cannot be used. */
char *manifest_text(const struct manifest *m, struct arena *mem);
bool manifest_parse(struct manifest *m, const char *text);

#endif
