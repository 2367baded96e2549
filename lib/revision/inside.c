#include "revision/inside.h"

#include <string.h>

#include "base/ascii.h"

static bool at(const char *p, const char *end, const char *text, size_t n)
{
	return (size_t)(end - p) >= n && !memcmp(p, text, n);
}

static bool in_word(char c)
{
	return ascii_alnum(c) || c == '_' || (unsigned char)c >= 128;
}

/* The length of "$tag$", or 0. */
static size_t tag_length(const char *p, const char *start, const char *end)
{
	size_t n = 1;

	if (*p != '$' || (p > start && in_word(p[-1])))
		return 0;
	while (p + n < end && in_word(p[n]))
		n++;
	return p + n < end && p[n] == '$' ? n + 1 : 0;
}

/* The E of E'...', which is no end of a longer word. */
static bool has_prefix_e(const char *p, const char *start)
{
	return p > start && (p[-1] == 'e' || p[-1] == 'E') &&
	       (p - 1 == start || !in_word(p[-2]));
}

/* A character in no quote and no comment. */
static void outside(struct inside *in, const char *p, const char *start,
		    const char *end)
{
	size_t n;

	if (*p == '\'' || *p == '"' || *p == '`') {
		in->what = *p;
		in->backslashes = *p == '\'' && has_prefix_e(p, start);
	} else if (at(p, end, "--", 2)) {
		in->what = '-';
	} else if (at(p, end, "/*", 2)) {
		in->what = '*';
		in->skip = 1;
	} else if (!in->tag && (n = tag_length(p, start, end))) {
		in->tag = p;
		in->n_tag = n;
		in->skip = n - 1;
	}
}

void inside_step(struct inside *in, const char *p, const char *start,
		 const char *end)
{
	if (in->skip) {
		in->skip--;
	} else if (in->tag && at(p, end, in->tag, in->n_tag)) {
		*in = (struct inside){ .skip = in->n_tag - 1 };
	} else if (!in->what) {
		outside(in, p, start, end);
	} else if (in->what == '-') {
		in->what = *p == '\n' ? 0 : '-';
	} else if (in->what == '*') {
		if (at(p, end, "*/", 2)) {
			in->what = 0;
			in->skip = 1;
		}
	} else if (in->backslashes && *p == '\\') {
		in->skip = 1;
	} else if (*p == in->what) {
		if (p + 1 < end && p[1] == *p)
			in->skip = 1;	/* doubled: one of the text */
		else
			in->what = 0;
	}
}

void inside_add(const struct inside *in, const char *value, struct buf *to)
{
	for (const char *v = value; *v; v++) {
		if (in->what == '-' && (*v == '\n' || *v == '\r')) {
			buf_addc(to, ' ');
			continue;
		}
		if (in->what == '*' && *v == '/')
			buf_addc(to, ' ');
		if (in->what && *v == in->what && *v != '-' && *v != '*')
			buf_addc(to, *v);
		if (in->backslashes && *v == '\\')
			buf_addc(to, '\\');
		buf_addc(to, *v);
	}
}
