#include "secret.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Where a URL or key=value pairs with a password begin in it, or NULL. */
static char *secret_in(char *arg)
{
	char *url = strstr(arg, "://");

	if (url && (strchr(url, '@') || strchr(url, '?')))
		return url + 3;
	for (char *s = arg; *s; s++)
		if (!strncasecmp(s, "pass", 4) && strchr(s, '='))
			return !strncmp(arg, "--url=", 6) ? arg + 6 : arg;
	return NULL;
}

bool secret_hide(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		char *secret = secret_in(argv[i]), *copy;

		if (!secret)
			continue;
		copy = strdup(argv[i]);
		if (!copy)
			return false;
		memset(secret, '*', strlen(secret));
		argv[i] = copy;
	}
	return true;
}

/* The end of what may be "name:password", from behind "://" on. */
static const char *end_of_user(const char *s)
{
	const char *end = s + strcspn(s, " \t\n\"'"), *at = end;

	while (at > s && at[-1] != '@')
		at--;
	return at > s ? at - 1 : end;
}

/* "://host:5432/…" has no password. */
static bool is_port(const char *s, const char *end)
{
	size_t n = strspn(s, "0123456789");

	return s + n == end || (s[n] == '/' && *end != '@') || s[n] == ',';
}

void secret_print(FILE *to, const char *text)
{
	const char *mark;

	while ((mark = strstr(text, "://"))) {
		const char *user = mark + 3, *end = end_of_user(user);
		const char *colon = memchr(user, ':', (size_t)(end - user));

		if (colon && (*end == '@' || !is_port(colon + 1, end))) {
			fwrite(text, 1, (size_t)(colon - text), to);
			fputs(":***", to);
			text = end;
		} else {
			fwrite(text, 1, (size_t)(user - text), to);
			text = user;
		}
	}
	fputs(text, to);
}

void secret_vprint(FILE *to, const char *fmt, va_list ap)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	if (!f)
		return;
	vfprintf(f, fmt, ap);
	if (!fclose(f))
		secret_print(to, text);
	free(text);
}

void secret_printf(FILE *to, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	secret_vprint(to, fmt, ap);
	va_end(ap);
}
