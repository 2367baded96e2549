#include "base/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const retort_error no_error = { .message = "no error" };

void err_clear(struct err *e)
{
	arena_clear(&e->mem);
	e->pub = no_error;
}

/* Formatting must not lose the code: out of memory leaves a fixed text. */
static const char *text(struct err *e, const char *fmt, va_list ap)
{
	const char *s = arena_vprintf(&e->mem, fmt, ap);

	return s ? s : "out of memory";
}

/* The arguments may point into the report that is being replaced. */
retort_status err_set(struct err *e, retort_status code, const char *fmt, ...)
{
	struct arena old = e->mem;
	va_list ap;

	e->mem = (struct arena){0};
	e->pub = (retort_error){ .code = code };
	va_start(ap, fmt);
	e->pub.message = text(e, fmt, ap);
	va_end(ap);
	arena_clear(&old);
	return code;
}

retort_status err_nomem(struct err *e)
{
	err_clear(e);
	e->pub.code = RETORT_E_NOMEM;
	e->pub.message = "out of memory";
	return RETORT_E_NOMEM;
}

void err_detail(struct err *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	e->pub.detail = text(e, fmt, ap);
	va_end(ap);
}

void err_hint(struct err *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	e->pub.hint = text(e, fmt, ap);
	va_end(ap);
}

void err_where(struct err *e, const char *file, int line)
{
	e->pub.file = arena_strdup(&e->mem, file);
	e->pub.line = line;
}

void err_where_source(struct err *e, const char *source, int line)
{
	const char *colon = source ? strrchr(source, ':') : NULL;
	char *file;

	if (!source)
		return;
	file = arena_strndup(&e->mem, source, colon ? (size_t)(colon - source)
						    : strlen(source));
	if (!file)
		return;
	e->pub.file = file;
	e->pub.line = line ? line : colon ? atoi(colon + 1) : 0;
}

void err_sqlstate(struct err *e, const char *sqlstate)
{
	e->pub.sqlstate = arena_strdup(&e->mem, sqlstate);
}

void err_context(struct err *e, const char *fmt, ...)
{
	va_list ap;
	const char *context, *whole;

	va_start(ap, fmt);
	context = text(e, fmt, ap);
	va_end(ap);
	whole = arena_printf(&e->mem, "%s: %s", context, e->pub.message);
	if (whole)
		e->pub.message = whole;
}

void err_move(struct err *to, struct err *from)
{
	err_clear(to);
	*to = *from;
	from->mem = (struct arena){0};
	from->pub = no_error;
}
