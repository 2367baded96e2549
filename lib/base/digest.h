/* SHA-1, as git names its objects: for telling texts apart, not for secrets. */
#ifndef RETORT_BASE_DIGEST_H
#define RETORT_BASE_DIGEST_H

#include <stddef.h>

enum { DIGEST_SIZE = 41 };	/* in hexadecimal, with the NUL */

/* Of `a` and, behind it, `b`. `out` may be one of them. */
void digest(const char *a, size_t n_a, const char *b, size_t n_b,
	    char out[DIGEST_SIZE]);

#endif
