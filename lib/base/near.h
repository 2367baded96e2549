/* "Did you mean": the name that looks most like one that is not there. */
#ifndef RETORT_BASE_NEAR_H
#define RETORT_BASE_NEAR_H

#include <stddef.h>

struct near {
	const char *name;
	const char *best;	/* NULL: none looks like it */
	size_t least;
};

struct near near_start(const char *name);

/* Make `candidate` the best where it looks more like the name. */
void near_try(struct near *n, const char *candidate);

#endif
