#include <string.h>
#include <strings.h>

#include "dialect/postgresql/pg.h"

/* "postgresql+psycopg2://…" is "postgresql://…" to libpq. */
char *pg_url(struct arena *mem, const char *url)
{
	const char *colon = strchr(url, ':'), *plus = strchr(url, '+');

	if (!strncasecmp(url, "postgres", 8) && plus && colon && plus < colon)
		return arena_printf(mem, "postgresql%s", colon);
	return arena_strdup(mem, url);
}

/* The end of a key=value string's value that starts at `s`. */
static const char *value_end(const char *s)
{
	if (*s != '\'')
		return s + strcspn(s, " \t\n");
	for (s++; *s && *s != '\''; s++)
		if (*s == '\\' && s[1])
			s++;
	return *s ? s + 1 : s;
}

static bool is_secret(const char *key, size_t n)
{
	static const char *const secrets[] = { "password", "sslpassword" };

	for (size_t i = 0; i < sizeof(secrets) / sizeof(*secrets); i++)
		if (strlen(secrets[i]) == n && !strncasecmp(secrets[i], key, n))
			return true;
	return false;
}

static char *show_pairs(struct arena *mem, const char *s)
{
	struct buf b = { .mem = mem };

	while (*s) {
		size_t key = strcspn(s, "= \t\n");
		const char *eq = s + key + strspn(s + key, " \t\n");
		const char *value, *end;

		if (!key || *eq != '=') {
			buf_addc(&b, *s++);
			continue;
		}
		value = eq + 1 + strspn(eq + 1, " \t\n");
		end = value_end(value);
		if (is_secret(s, key))
			buf_addf(&b, "%.*s=***", (int)key, s);
		else
			buf_addn(&b, s, (size_t)(end - s));
		s = end;
	}
	return buf_text(&b);
}

/* Query parameters of a URI, the secret ones hidden. */
static void show_query(struct buf *b, const char *s)
{
	while (*s) {
		size_t n = strcspn(s + 1, "&") + 1, key = strcspn(s + 1, "=&");

		if (is_secret(s + 1, key))
			buf_addf(b, "%.*s=***", (int)key + 1, s);
		else
			buf_addn(b, s, n);
		s += n;
	}
}

static char *show_uri(struct arena *mem, const char *url, const char *rest)
{
	struct buf b = { .mem = mem };
	const char *end = rest + strcspn(rest, "/?");
	const char *at = NULL, *colon, *query;

	for (const char *p = rest; p < end; p++)
		if (*p == '@')
			at = p;
	buf_addn(&b, url, (size_t)(rest - url));
	colon = at ? memchr(rest, ':', (size_t)(at - rest)) : NULL;
	if (colon) {
		buf_addn(&b, rest, (size_t)(colon - rest));
		buf_add(&b, ":***");
		rest = at;
	}
	query = strchr(rest, '?');
	if (!query)
		query = rest + strlen(rest);
	buf_addn(&b, rest, (size_t)(query - rest));
	show_query(&b, query);
	return buf_text(&b);
}

char *pg_show_url(struct arena *mem, const char *url)
{
	const char *rest = strstr(url, "://");

	return rest ? show_uri(mem, url, rest + 3) : show_pairs(mem, url);
}
