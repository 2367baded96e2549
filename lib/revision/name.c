#include "revision/name.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "base/file.h"

/* One character of UTF-8: its length in bytes, and its code point. */
static size_t decode(const char *s, uint32_t *c)
{
	unsigned char b = (unsigned char)*s;
	size_t n = b < 0x80 ? 1 : b < 0xC0 ? 1 : b < 0xE0 ? 2 : b < 0xF0 ? 3 : 4;

	*c = n == 1 ? b : b & (0xFFu >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if (((unsigned char)s[i] & 0xC0) != 0x80) {
			*c = 0xFFFD;
			return i;
		}
		*c = *c << 6 | ((unsigned char)s[i] & 0x3F);
	}
	return n;
}

/*
 * A letter, digit or underscore. Beyond ASCII all is taken for a letter but
 * the blocks of punctuation and symbols.
 */
static bool in_word(uint32_t c)
{
	if (c < 0x80)
		return isalnum((int)c) || c == '_';
	if (c < 0xC0)
		return c == 0xAA || c == 0xB5 || c == 0xBA;
	return c != 0xD7 && c != 0xF7 && !(c >= 0x2000 && c <= 0x206F) &&
	       !(c >= 0x20A0 && c <= 0x20CF) && !(c >= 0x2190 && c <= 0x2BFF) &&
	       !(c >= 0x3000 && c <= 0x3004) && !(c >= 0x3008 && c <= 0x3020) &&
	       !(c >= 0xFF00 && c <= 0xFF0F) && !(c >= 0xD800 && c <= 0xF8FF) &&
	       c != 0xFFFD && c < 0x1F000;
}

/* Cut after `length` characters, and then at the last "_" before. */
static void truncate_slug(struct buf *b, size_t length)
{
	size_t at = 0, chars = 0;
	uint32_t c;

	while (at < b->n && chars < length) {
		at += decode(b->s + at, &c);
		chars++;
	}
	if (at >= b->n)
		return;
	b->n = at;
	while (at && b->s[at - 1] != '_')
		at--;
	if (at)
		b->n = at - 1;
	buf_addc(b, '_');
}

char *revision_slug(struct arena *mem, const char *message, int length)
{
	struct buf b = { .mem = mem };
	bool between = false;

	for (const char *s = message ? message : ""; *s;) {
		uint32_t c;
		size_t n = decode(s, &c);

		if (in_word(c)) {
			if (between && b.n)
				buf_addc(&b, '_');
			between = false;
			if (c < 0x80)
				buf_addc(&b, (char)tolower((int)c));
			else
				buf_addn(&b, s, n);
		} else {
			between = true;
		}
		s += n;
	}
	if (!buf_text(&b))
		return NULL;
	truncate_slug(&b, length > 0 ? (size_t)length : 40);
	return buf_text(&b);
}

struct namer {
	const struct revision_new *o;
	const char *id, *slug;
	long long now;
	const struct tm *when;
	struct err *err;
};

static retort_status bad_template(const struct namer *f, const char *at)
{
	err_set(f->err, RETORT_E_FAIL,
		"cannot read file_template \"%s\" at \"%s\"",
		f->o->file_template, at);
	err_hint(f->err, "It may hold %%(rev)s, %%(slug)s, %%(year)s, "
		 "%%(month)s, %%(day)s, %%(hour)s, %%(minute)s, %%(second)s "
		 "and %%(epoch)s.");
	return RETORT_E_FAIL;
}

static bool is_name(const char *s, size_t n, const char *name)
{
	return strlen(name) == n && !memcmp(s, name, n);
}

/* The number that a name stands for, and its usual width; -1: none. */
static long long number_of(const struct namer *f, const char *s, size_t n,
			   int *width)
{
	*width = is_name(s, n, "year") ? 4 : is_name(s, n, "epoch") ? 1 : 2;
	if (is_name(s, n, "year"))
		return f->when->tm_year + 1900;
	if (is_name(s, n, "month"))
		return f->when->tm_mon + 1;
	if (is_name(s, n, "day"))
		return f->when->tm_mday;
	if (is_name(s, n, "hour"))
		return f->when->tm_hour;
	if (is_name(s, n, "minute"))
		return f->when->tm_min;
	if (is_name(s, n, "second"))
		return f->when->tm_sec;
	return is_name(s, n, "epoch") ? f->now : -1;
}

/* "%(name)s", "%(name)d", "%(name).2d" at *s. */
static retort_status add_field(const struct namer *f, const char **s,
			       struct buf *out)
{
	const char *name = *s + 2, *close = strchr(name, ')'), *p;
	int width, given = 0;
	long long number;
	size_t n;

	if (!close)
		return bad_template(f, *s);
	n = (size_t)(close - name);
	for (p = close + 1; *p == '.' || isdigit((unsigned char)*p); p++)
		given = *p == '.' ? 0 : (given * 10 + *p - '0') % 100;
	if (*p != 's' && *p != 'd')
		return bad_template(f, *s);
	number = number_of(f, name, n, &width);
	if (number >= 0)
		buf_addf(out, "%0*lld", p > close + 1 ? given
			 : *p == 's' ? width : 1, number);
	else if (is_name(name, n, "rev"))
		buf_add(out, f->id);
	else if (is_name(name, n, "slug"))
		buf_add(out, f->slug);
	else
		return bad_template(f, *s);
	*s = p + 1;
	return RETORT_OK;
}

static retort_status fill_name(const struct namer *f, struct buf *out)
{
	const char *s = f->o->file_template ? f->o->file_template
					    : "%(rev)s_%(slug)s";

	while (*s) {
		if (s[0] == '%' && s[1] == '%') {
			buf_addc(out, '%');
			s += 2;
		} else if (s[0] == '%' && s[1] == '(') {
			TRY(add_field(f, &s, out));
		} else if (s[0] == '%') {
			return bad_template(f, s);
		} else {
			buf_addc(out, *s++);
		}
	}
	/* Without a slug nothing is left to be set apart. */
	while (!*f->slug && out->n && strchr("_-", out->s[out->n - 1]))
		out->n--;
	return buf_text(out) ? RETORT_OK : err_nomem(f->err);
}

retort_status revision_file_name(const struct revision_new *o, const char *id,
				 long long now, const struct tm *when,
				 struct arena *mem, char **out,
				 struct err *err)
{
	SCRATCH(tmp);
	struct namer f = { o, id, NULL, now, when, err };
	struct buf name = { .mem = &tmp };

	f.slug = revision_slug(&tmp, o->message, o->slug_length);
	if (!f.slug)
		return err_nomem(err);
	TRY(fill_name(&f, &name));
	if (!name.n || *name.s == '.' || *name.s == '/' ||
	    strstr(name.s, "..")) {
		err_set(err, RETORT_E_FAIL, "file_template makes the file "
			"name \"%s\"", name.s);
		err_hint(err, "A name that begins with a dot is not read, and "
			 "one outside of the directory neither.");
		return RETORT_E_FAIL;
	}
	buf_add(&name, o->format == REVISION_C ? ".c" : ".sql");
	*out = buf_text(&name) ? path_join(mem, o->directory, name.s) : NULL;
	return *out ? RETORT_OK : err_nomem(err);
}
