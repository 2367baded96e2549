/*
 * The spellings of a database's address. No password may come out of here, nor
 * a piece of one that was written wrongly.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "dialect/postgresql/pg.h"

/* A URI in parts; all point into it. `query` is at its "?", or at the end. */
struct uri {
	const char *start, *authority, *hosts, *path, *query, *end;
	const char *colon;	/* before the password, or NULL */
};

static bool read_uri(const char *url, struct uri *u)
{
	const char *s = strstr(url, "://"), *at;

	if (!s)
		return false;
	u->start = url;
	u->hosts = u->authority = s + 3;
	u->end = url + strlen(url);
	u->path = u->authority + strcspn(u->authority, "/?");
	u->query = u->path + strcspn(u->path, "?");
	for (at = u->authority; at < u->path; at++)
		if (*at == '@')
			u->hosts = at + 1;
	u->colon = u->hosts > u->authority
		? memchr(u->authority, ':', (size_t)(u->hosts - u->authority))
		: NULL;
	return true;
}

/* Is the text before `end` host:port, or several of them? */
static bool is_host_list(const char *s, const char *end)
{
	while (s < end) {
		if (*s == '[')
			s += strcspn(s, "]");
		while (s < end && *s != ':' && *s != ',')
			s++;
		if (s < end && *s == ':')
			for (s++; s < end && isdigit((unsigned char)*s); s++)
				;
		if (s < end && *s++ != ',')
			return false;
	}
	return true;
}

/*
 * Is a character of the password taken for the end of the user's part? libpq
 * would look for a host of that name, and say so.
 */
static bool is_ambiguous(const struct uri *u)
{
	const char *p;
	int signs = 0;

	for (p = u->authority; p < u->path; p++)
		signs += *p == '@';
	return signs > 1 ||
	       memchr(u->path, '@', (size_t)(u->query - u->path)) ||
	       strpbrk(u->authority, "# \t\r\n") ||
	       !is_host_list(u->hosts, u->path);
}

static int hex(char c)
{
	return isdigit((unsigned char)c) ? c - '0'
	     : isxdigit((unsigned char)c) ? (c | 0x20) - 'a' + 10 : -1;
}

/*
 * Is the value of a keyword secret? Its %XX are decoded; one that is written
 * wrongly counts as well.
 */
static bool is_secret(const char *key, size_t n)
{
	static const char *const parts[] = { "pass", "pw", "secret", "scram" };
	char plain[32];
	size_t used = 0;

	for (size_t i = 0; i < n && used < sizeof(plain) - 1; used++) {
		bool coded = key[i] == '%' && i + 2 < n &&
			     hex(key[i + 1]) >= 0 && hex(key[i + 2]) >= 0;
		int c = coded ? hex(key[i + 1]) * 16 + hex(key[i + 2])
			      : key[i];

		plain[used] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
		i += coded ? 3 : 1;
	}
	plain[used] = '\0';
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (strstr(plain, parts[i]))
			return strcmp(plain, "passfile") != 0;
	return false;
}

/* The end of a key=value string's value that starts at `s`. */
static const char *value_end(const char *s)
{
	bool quoted = *s == '\'';

	for (s += quoted; *s; s++) {
		if (*s == '\\' && s[1])
			s++;
		else if (quoted ? *s == '\'' : strchr(" \t\r\n", *s) != NULL)
			return s + quoted;
	}
	return s;
}

/*
 * Did "password=…" or a URL get into the value of something else? libpq would
 * take it for a name, and quote it.
 */
static bool holds_secret(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t start = i;

		if (n - i > 3 && !strncmp(s + i, "://", 3))
			return true;
		while (i < n && (isalnum((unsigned char)s[i]) || s[i] == '_'))
			i++;
		if (i < n && s[i] == '=' && is_secret(s + start, i - start))
			return true;
	}
	return false;
}

static char *show_pairs(struct arena *mem, const char *s)
{
	struct buf b = { .mem = mem };

	while (*s) {
		size_t key = strcspn(s, "= \t\r\n");
		const char *eq = s + key + strspn(s + key, " \t\r\n");
		const char *value, *end;

		if (strchr(" \t\r\n", *s)) {
			buf_addc(&b, *s++);
			continue;
		}
		if (*eq != '=')
			break;	/* a piece of a value without quotes */
		value = eq + 1 + strspn(eq + 1, " \t\r\n");
		end = value_end(value);
		if (is_secret(s, key) ||
		    holds_secret(value, (size_t)(end - value)))
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

		if (key + 1 == n)
			buf_addf(b, "%c***", *s);	/* no key: whatever */
		else if (is_secret(s + 1, key))
			buf_addf(b, "%.*s=***", (int)key + 1, s);
		else
			buf_addn(b, s, n);
		s += n;
	}
}

char *pg_show_url(struct arena *mem, const char *url)
{
	struct buf b = { .mem = mem };
	struct uri u;

	if (!read_uri(url, &u))
		return show_pairs(mem, url);
	buf_addn(&b, u.start, (size_t)(u.authority - u.start));
	if (is_ambiguous(&u)) {
		buf_add(&b, "***");
		return buf_text(&b);
	}
	if (u.colon) {
		buf_addn(&b, u.authority, (size_t)(u.colon - u.authority));
		buf_add(&b, ":***@");
	} else {
		u.hosts = u.authority;
	}
	buf_addn(&b, u.hosts, (size_t)(u.query - u.hosts));
	show_query(&b, u.query);
	return buf_text(&b);
}

/* Where ":port" starts in a host of `n` bytes; NULL: there is none. */
static const char *port_of(const char *s, size_t n)
{
	const char *colon = memchr(s, ':', n), *end = s + n;

	if (*s == '[')
		colon = memchr(s, ']', n) ? strchr(s, ']') + 1 : NULL;
	if (!colon || colon >= end || *colon != ':' ||
	    memchr(colon + 1, ':', (size_t)(end - colon - 1)))
		return NULL;	/* ::1 is an address */
	return colon;
}

/* "host=a:1" of a query, as SQLAlchemy repeats it for several hosts. */
static void add_host(const char *s, size_t n, bool first, struct buf *hosts,
		     struct buf *ports)
{
	const char *port = port_of(s, n);
	size_t host = port ? (size_t)(port - s) : n;

	buf_addf(hosts, "%s%.*s", first ? "" : ",", (int)host, s);
	buf_addf(ports, "%s%.*s", first ? "" : ",",
		 port ? (int)(n - host - 1) : 0, port ? port + 1 : "");
}

/* Several host= and host=name:port become host=a,b&port=1,2. */
static char *join_hosts(struct arena *mem, char *url)
{
	struct buf b = { .mem = mem }, hosts = { .mem = mem };
	struct buf ports = { .mem = mem };
	const char *query = strchr(url, '?'), *s = query;
	bool ported = false;
	int n = 0;

	while (s && *s) {
		size_t length = strcspn(s + 1, "&") + 1;

		if (!strncmp(s + 1, "host=", 5)) {
			ported |= port_of(s + 6, length - 6) != NULL;
			add_host(s + 6, length - 6, !n++, &hosts, &ports);
		} else {
			buf_addf(&b, "%c%.*s", b.n ? '&' : '?',
				 (int)length - 1, s + 1);
		}
		s += length;
	}
	if (n < 2 && !ported)
		return url;
	return arena_printf(mem, "%.*s%s%chost=%s%s%s", (int)(query - url), url,
			    buf_text(&b), b.n ? '&' : '?', buf_text(&hosts),
			    ported ? "&port=" : "",
			    ported ? buf_text(&ports) : "");
}

/* "postgresql+psycopg2://…" is "postgresql://…" to libpq. */
char *pg_url(struct arena *mem, const char *url)
{
	const char *colon = strchr(url, ':'), *plus = strchr(url, '+');
	bool driver = !ascii_ncasecmp(url, "postgres", 8) && plus && colon &&
		      plus < colon;
	char *plain = driver ? arena_printf(mem, "postgresql%s", colon)
			     : arena_strdup(mem, url);

	return plain && strstr(plain, "://") ? join_hosts(mem, plain) : plain;
}

static retort_status bad_url(const char *shown, const char *hint,
			     struct err *err)
{
	err_set(err, RETORT_E_UNREACHABLE, "cannot read the database URL \"%s\"",
		shown);
	err_hint(err, "%s", hint);
	return RETORT_E_UNREACHABLE;
}

/* libpq's text for it quotes the place, which may be in a password. */
static const char *why_not(const char *text)
{
	if (text && strstr(text, "percent-encoded"))
		return "A % in it is written %25.";
	if (text && strstr(text, "URI query parameter"))
		return "It has a parameter that libpq does not know.";
	if (text && strstr(text, "connection option"))
		return "It has a keyword that libpq does not know.";
	return "Write postgresql://USER:PASSWORD@HOST:PORT/DATABASE, or "
	       "key=value pairs with quotes ('…') around values that hold "
	       "spaces.";
}

static bool hides_secret(const PQconninfoOption *o)
{
	for (; o->keyword; o++)
		if (o->val && !is_secret(o->keyword, strlen(o->keyword)) &&
		    holds_secret(o->val, strlen(o->val)))
			return true;
	return false;
}

static bool ports_are_numbers(const PQconninfoOption *o)
{
	for (; o->keyword; o++)
		if (!strcmp(o->keyword, "port") && o->val &&
		    o->val[strspn(o->val, "0123456789,")])
			return false;
	return true;
}

retort_status pg_check_url(const struct libpq *pq, const char *url,
			   const char *shown, struct err *err)
{
	static const char encode[] = "In a user, a password or the name of a "
		"database write @ : / ? # and % as %40 %3A %2F %3F %23 %25.";
	PQconninfoOption *options;
	char *text = NULL;
	retort_status rc = RETORT_OK;
	struct uri u;

	if (read_uri(url, &u) && is_ambiguous(&u))
		return bad_url(shown, encode, err);
	options = pq->PQconninfoParse(url, &text);
	if (!options)
		rc = bad_url(shown, why_not(text), err);
	else if (!ports_are_numbers(options))
		rc = bad_url(shown, encode, err);
	else if (hides_secret(options))
		rc = bad_url(shown, "A name in it holds a password or a URL; "
			     "key=value pairs are separated by spaces.", err);
	pq->PQconninfoFree(options);
	pq->PQfreemem(text);
	return rc;
}
