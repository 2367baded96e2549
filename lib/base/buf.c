#include "base/buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Room for n more bytes and the terminator. */
static bool reserve(struct buf *b, size_t n)
{
	size_t want, cap;
	char *s;

	if (b->failed || n > SIZE_MAX / 4 || b->n > SIZE_MAX / 4) {
		b->failed = true;
		return false;
	}
	want = b->n + n + 1;
	if (want <= b->cap)
		return true;
	cap = b->cap ? b->cap : 64;
	while (cap < want)
		cap *= 2;
	s = arena_alloc(b->mem, cap);
	if (!s) {
		b->failed = true;
		return false;
	}
	if (b->n)
		memcpy(s, b->s, b->n);
	b->s = s;
	b->cap = cap;
	return true;
}

void buf_addn(struct buf *b, const char *s, size_t n)
{
	if (!reserve(b, n))
		return;
	if (n)
		memcpy(b->s + b->n, s, n);
	b->n += n;
	b->s[b->n] = '\0';
}

void buf_add(struct buf *b, const char *s)
{
	buf_addn(b, s, strlen(s));
}

void buf_addc(struct buf *b, char c)
{
	buf_addn(b, &c, 1);
}

void buf_add_quoted(struct buf *b, const char *s, char mark)
{
	buf_addc(b, mark);
	for (; *s; s++) {
		if (*s == mark)
			buf_addc(b, mark);
		buf_addc(b, *s);
	}
	buf_addc(b, mark);
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || !reserve(b, (size_t)n)) {
		b->failed = true;
		return;
	}
	va_start(ap, fmt);
	vsnprintf(b->s + b->n, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->n += (size_t)n;
}

char *buf_text(struct buf *b)
{
	if (!reserve(b, 0))
		return NULL;
	b->s[b->n] = '\0';
	return b->s;
}

void buf_reset(struct buf *b)
{
	b->n = 0;
	b->failed = false;
}
