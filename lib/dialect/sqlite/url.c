#include <ctype.h>
#include <string.h>
#include <sys/stat.h>

#include "base/ascii.h"
#include "base/file.h"
#include "dialect/sqlite/sqlite.h"

/* Parameters of SQLite's own "file:" URIs. */
static const char *const uri_parameters[] = {
	"mode", "cache", "vfs", "nolock", "immutable", "psow", "modeof", NULL
};

/* What SQLAlchemy hands to Python's driver; they mean nothing here. */
static const char *const driver_parameters[] = {
	"uri", "timeout", "check_same_thread", "cached_statements",
	"detect_types", "isolation_level", "autocommit", NULL
};

/* Values that must not be shown. */
static const char *const secret_parameters[] = {
	"key", "hexkey", "textkey", "password", "passphrase", NULL
};

static bool is_one_of(const char *s, size_t n, const char *const list[])
{
	for (; *list; list++)
		if (strlen(*list) == n && !ascii_ncasecmp(s, *list, n))
			return true;
	return false;
}

static int hex(char c)
{
	return isdigit((unsigned char)c) ? c - '0'
		: tolower((unsigned char)c) - 'a' + 10;
}

/* A % that no two hexadecimal digits follow stands for itself. */
static char *decode(struct arena *mem, const char *s, size_t n)
{
	char *out = arena_alloc(mem, n + 1), *w = out;

	if (!out)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '%' && i + 2 < n &&
		    isxdigit((unsigned char)s[i + 1]) &&
		    isxdigit((unsigned char)s[i + 2])) {
			*w++ = (char)(hex(s[i + 1]) * 16 + hex(s[i + 2]));
			i += 2;
		} else {
			*w++ = s[i];
		}
	}
	*w = '\0';
	return out;
}

static void encode(struct buf *b, const char *s)
{
	for (; *s; s++) {
		if (strchr("%?#", *s))
			buf_addf(b, "%%%02X", (unsigned char)*s);
		else
			buf_addc(b, *s);
	}
}

static retort_status bad_parameter(const char *p, size_t n, struct err *err)
{
	err_set(err, RETORT_E_USAGE,
		"unknown parameter \"%.*s\" in the database URL", (int)n, p);
	err_hint(err, "SQLite knows mode, cache, vfs, nolock, immutable and "
		 "psow. Write %%3F for a question mark in a file name.");
	return RETORT_E_USAGE;
}

/* Keep SQLite's parameters of "a=1&b=2", each with a leading "&". */
static retort_status take_query(const char *q, struct buf *kept,
				struct err *err)
{
	while (*q) {
		size_t n = strcspn(q, "&"), name = strcspn(q, "=&");

		if (is_one_of(q, name, uri_parameters)) {
			buf_addc(kept, '&');
			buf_addn(kept, q, n);
		} else if (name && !is_one_of(q, name, driver_parameters)) {
			return bad_parameter(q, name, err);
		}
		q += n;
		if (*q)
			q++;
	}
	return RETORT_OK;
}

/* "path?query" without the scheme and its slashes. */
static retort_status take_path(const char *s, struct arena *mem,
			       struct sqlite_target *out, struct err *err)
{
	size_t n = strcspn(s, "?");
	struct buf query = { .mem = mem }, uri = { .mem = mem };
	char *path = decode(mem, s, n);

	if (!path)
		return err_nomem(err);
	if (s[n])
		TRY(take_query(s + n + 1, &query, err));
	if (query.failed)
		return err_nomem(err);
	out->memory = !*path || !strcmp(path, ":memory:");
	if (!query.n && strncmp(path, "file:", 5)) {
		out->file = out->memory ? arena_strdup(mem, ":memory:") : path;
		return out->file ? RETORT_OK : err_nomem(err);
	}
	out->uri = true;
	if (strncmp(path, "file:", 5)) {
		buf_add(&uri, "file:");
		encode(&uri, out->memory ? ":memory:" : path);
	} else {
		buf_addn(&uri, s, n);	/* SQLite decodes it itself */
	}
	if (query.n) {
		buf_addc(&uri, '?');
		buf_add(&uri, buf_text(&query) ? query.s + 1 : "");
	}
	out->file = buf_text(&uri);
	return out->file ? RETORT_OK : err_nomem(err);
}

static retort_status has_host(const char *rest, struct err *err)
{
	err_set(err, RETORT_E_USAGE,
		"the URL of an SQLite database cannot name a host");
	if (!strchr(rest, '@'))
		err_hint(err, "Write sqlite:///%s for a file in the working "
			 "directory, sqlite:////%s for one from the root.",
			 rest, rest);
	return RETORT_E_USAGE;
}

retort_status sqlite_url(const char *url, struct arena *mem,
			 struct sqlite_target *out, struct err *err)
{
	const char *rest = strchr(url, ':');
	struct sqlite_target t = {0};

	if (!ascii_ncasecmp(url, "file:", 5)) {
		t.uri = true;
		t.memory = strstr(url, "mode=memory") != NULL ||
			!strncmp(url + 5, ":memory:", 8);
		t.file = arena_strdup(mem, url);
		if (!t.file)
			return err_nomem(err);
		*out = t;
		return RETORT_OK;
	}
	if (!rest || !rest[1]) {
		err_set(err, RETORT_E_USAGE, "the database URL names no file");
		err_hint(err, "Write sqlite:///FILE, or sqlite:// for a "
			 "database in memory.");
		return RETORT_E_USAGE;
	}
	rest++;
	if (!strncmp(rest, "//", 2)) {
		rest += 2;
		if (*rest && *rest != '/' && *rest != '?')
			return has_host(rest, err);
		if (*rest == '/')
			rest++;
	}
	TRY(take_path(rest, mem, &t, err));
	*out = t;
	return RETORT_OK;
}

retort_status sqlite_locate(const char *url, const struct conn_options *o,
			    struct arena *mem, struct sqlite_target *out,
			    struct err *err)
{
	TRY(sqlite_url(url, mem, out, err));
	if (!o || !o->base_directory || out->uri || out->memory)
		return RETORT_OK;
	out->file = path_join(mem, o->base_directory, out->file);
	return out->file ? RETORT_OK : err_nomem(err);
}

/* A name that begins with a dash would be an option. */
retort_status sqlite_shell(const char *url, const struct conn_options *o,
			   struct arena *mem, retort_program *out,
			   struct err *err)
{
	const char **argv = arena_array(mem, const char *, 3);
	struct sqlite_target t = {0};

	TRY(sqlite_locate(url, o, mem, &t, err));
	if (*t.file == '-')
		t.file = arena_printf(mem, "./%s", t.file);
	if (!argv || !t.file)
		return err_nomem(err);
	argv[0] = "sqlite3";
	argv[1] = t.file;
	*out = (retort_program){ .argv = argv, .n_argv = 2 };
	return RETORT_OK;
}

/* Links of either kind lead to one file. */
retort_status sqlite_identity(const char *url, const char *base,
			      struct arena *mem, char **out, struct err *err)
{
	struct sqlite_target t = {0};
	struct stat st;
	char *folder, *whole;
	const struct conn_options o = { .base_directory = base };

	TRY(sqlite_locate(url, &o, mem, &t, err));
	*out = NULL;
	if (t.memory)
		return RETORT_OK;
	if (t.uri) {
		*out = t.file;
	} else if (!stat(t.file, &st)) {
		*out = arena_printf(mem, "file %llu %llu",
				    (unsigned long long)st.st_dev,
				    (unsigned long long)st.st_ino);
	} else {
		folder = path_dirname(mem, t.file);
		whole = folder ? path_absolute(mem, folder) : NULL;
		*out = whole ? path_join(mem, whole, path_basename(t.file))
			     : t.file;
	}
	return *out ? RETORT_OK : err_nomem(err);
}

/* A password may stand before an @ (SQLCipher) or in a parameter. */
char *sqlite_show_url(struct arena *mem, const char *url)
{
	struct buf b = { .mem = mem };
	const char *slashes = strstr(url, "://");
	const char *s = url;

	if (slashes) {
		const char *host = slashes + 3, *end = host + strcspn(host, "/");
		const char *at = end;

		while (at > host && *at != '@')
			at--;
		if (*at == '@' && memchr(host, ':', (size_t)(at - host))) {
			buf_addn(&b, url, (size_t)(host - url));
			buf_add(&b, ":***");
			s = at;
		}
	}
	while (*s) {
		size_t n = strcspn(s, "?&");
		size_t name;

		buf_addn(&b, s, n);
		s += n;
		if (!*s)
			break;
		buf_addc(&b, *s++);
		name = strcspn(s, "=&");
		if (s[name] == '=' && is_one_of(s, name, secret_parameters)) {
			buf_addn(&b, s, name + 1);
			buf_add(&b, "***");
			s += strcspn(s, "&");
		}
	}
	return buf_text(&b);
}
