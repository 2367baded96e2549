#ifndef RETORT_BASE_BUF_H
#define RETORT_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/*
 * A growing string in an arena. `{ .mem = arena }` is a valid empty one.
 * A failed allocation sticks: later additions do nothing and buf_text()
 * returns NULL, so one check at the end is enough.
 */
struct buf {
	struct arena *mem;
	char *s;
	size_t n, cap;
	bool failed;
};

void buf_add(struct buf *b, const char *s);
void buf_addn(struct buf *b, const char *s, size_t n);
void buf_addc(struct buf *b, char c);
/* `s` between two of `mark`, each `mark` in it twice. */
void buf_add_quoted(struct buf *b, const char *s, char mark);

__attribute__((format(printf, 2, 3)))
void buf_addf(struct buf *b, const char *fmt, ...);

/* The text so far, terminated; "" for an empty one; NULL out of memory. */
char *buf_text(struct buf *b);

/* Forget the text, keep the space. */
void buf_reset(struct buf *b);

#endif
