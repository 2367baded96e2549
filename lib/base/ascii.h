/*
 * Comparing words and names with ASCII case folded, whatever the locale: under
 * some, strcasecmp() holds that "ID" is not "id".
 */
#ifndef RETORT_BASE_ASCII_H
#define RETORT_BASE_ASCII_H

#include <stdbool.h>
#include <stddef.h>

static inline bool ascii_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline bool ascii_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9');
}

static inline int ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : (unsigned char)c;
}

/* As strcasecmp(3) and strncasecmp(3). */
static inline int ascii_casecmp(const char *a, const char *b)
{
	/* Most often they are spelled alike. */
	for (; *a && *a == *b; a++)
		b++;
	for (; *a && ascii_lower(*a) == ascii_lower(*b); a++)
		b++;
	return ascii_lower(*a) - ascii_lower(*b);
}

static inline int ascii_ncasecmp(const char *a, const char *b, size_t n)
{
	for (; n && *a && *a == *b; a++, n--)
		b++;
	for (; n && *a && ascii_lower(*a) == ascii_lower(*b); a++, n--)
		b++;
	return n ? ascii_lower(*a) - ascii_lower(*b) : 0;
}

#endif
