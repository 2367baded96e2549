/* Inside which quote or comment of an SQL text a place is. Internal. */
#ifndef RETORT_REVISION_INSIDE_H
#define RETORT_REVISION_INSIDE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * For any database: 'text', "name", `name`, E'with \' backslashes', both
 * kinds of comment; and $tag$ with SQL of its own in it, whose quotes end
 * where it ends. All zero at the start of a text.
 */
struct inside {
	char what;		/* the quote; '-' or '*' in a comment; 0 */
	bool backslashes;
	size_t skip;		/* so many characters are looked at already */
	const char *tag;	/* "$tag$" that ends it, or NULL */
	size_t n_tag;
};

/* Go over the character at `p` of the text from `start` to `end`. */
void inside_step(struct inside *in, const char *p, const char *start,
		 const char *end);

/*
 * Add a value in such a place so that it does not end it: quotes are doubled,
 * and a comment stays one. Elsewhere it is added as it is.
 */
void inside_add(const struct inside *in, const char *value, struct buf *to);

#endif
