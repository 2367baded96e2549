#include "dialect/dialect.h"

#include <string.h>

#include "base/ascii.h"

static const struct dialect *const dialects[] = {
	&dialect_sqlite, &dialect_postgresql
};

#define N_DIALECTS (sizeof(dialects) / sizeof(dialects[0]))

/*
 * Does `url` start with `scheme` ("sqlite:")? SQLAlchemy's form with a driver
 * ("sqlite+pysqlite:") is the same database.
 */
static bool scheme_matches(const char *url, const char *scheme)
{
	size_t n = strlen(scheme) - 1;

	if (ascii_ncasecmp(url, scheme, n))
		return false;
	url += n;
	if (*url == '+')
		url += 1 + strspn(url + 1, "abcdefghijklmnopqrstuvwxyz"
					   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					   "0123456789_-.");
	return *url == ':';
}

const struct dialect *dialect_for_url(const char *url)
{
	for (size_t i = 0; i < N_DIALECTS; i++)
		for (const char *const *s = dialects[i]->schemes; *s; s++)
			if (scheme_matches(url, *s))
				return dialects[i];
	for (size_t i = 0; i < N_DIALECTS; i++)
		if (dialects[i]->claims && dialects[i]->claims(url))
			return dialects[i];
	return NULL;
}

const struct dialect *dialect_by_name(const char *name)
{
	for (size_t i = 0; i < N_DIALECTS; i++)
		if (!strcmp(dialects[i]->name, name))
			return dialects[i];
	return NULL;
}

const struct dialect *dialect_default(void)
{
	return &dialect_sqlite;
}

char *dialect_default_url(struct arena *mem, const char *name)
{
	return arena_printf(mem, "sqlite:%s.db", name);
}

/* What means something else in a URL is written as %XX. */
char *dialect_file_url(struct arena *mem, const char *path)
{
	struct buf b = { .mem = mem };

	buf_add(&b, "sqlite:");
	while (path[0] == '/' && path[1] == '/')
		path++;
	for (; *path; path++) {
		if (strchr("%?", *path))
			buf_addf(&b, "%%%02X", (unsigned char)*path);
		else
			buf_addc(&b, *path);
	}
	return buf_text(&b);
}

/* Only the scheme is shown: what follows may hold a password. */
static retort_status unknown_url(const char *url, struct err *err)
{
	size_t n = strcspn(url, ":/?#@");

	if (!*url)
		err_set(err, RETORT_E_USAGE, "the database URL is empty");
	else if (url[n] == ':')
		err_set(err, RETORT_E_USAGE,
			"cannot use a database URL of the kind \"%.*s:\"",
			(int)n, url);
	else
		err_set(err, RETORT_E_USAGE,
			"the database URL does not start with a kind of database");
	err_hint(err, "Write sqlite:///FILE for a file in the working "
		 "directory, sqlite:////FOLDER/FILE for one anywhere.");
	return RETORT_E_USAGE;
}

retort_status dialect_need(const char *url, const struct dialect **out,
			   struct err *err)
{
	const struct dialect *d = dialect_for_url(url);

	if (!d)
		return unknown_url(url, err);
	*out = d;
	return RETORT_OK;
}

/* Would a semicolon behind the text be part of a comment? */
static bool ends_in_comment(const char *sql)
{
	const char *last = strrchr(sql, '\n');

	return strstr(last ? last : sql, "--");
}

void stmt_print(const struct stmt *s, struct buf *out)
{
	for (const char *note = s->note; note && *note;) {
		size_t n = strcspn(note, "\n");

		buf_addf(out, "-- %.*s\n", (int)n, note);
		note += n + (note[n] == '\n');
	}
	buf_addf(out, "%s%s;\n", s->sql, ends_in_comment(s->sql) ? "\n" : "");
}

retort_status conn_open(const char *url, const struct conn_options *o,
			struct conn **out, struct err *err)
{
	const struct dialect *d;

	TRY(dialect_need(url, &d, err));
	return d->open(url, o, out, err);
}

void conn_close(struct conn *c)
{
	if (c)
		c->ops->close(c);
}

retort_status conn_run(struct conn *c, enum stmt_id id, int n,
		       const char *const arg[], row_fn *row, void *payload,
		       struct err *err)
{
	return c->ops->run(c, c->ops->sql[id], n, arg, row, payload, err);
}

retort_status conn_exec(struct conn *c, const char *sql, struct err *err)
{
	return c->ops->run(c, sql, 0, NULL, NULL, NULL, err);
}

/* Not in the middle of a character, and with a mark that there is more. */
static void cut(char *out, size_t size)
{
	size_t n = size - sizeof("...");

	while (n && ((unsigned char)out[n] & 0xc0) == 0x80)
		n--;
	strcpy(out + n, "...");
}

void sql_beginning(const char *sql, char *out, size_t size)
{
	size_t n = 0;

	for (; *sql && n < size - 1; sql++) {
		unsigned char c = (unsigned char)*sql;
		bool space = c <= ' ' || c == 0x7f;

		if (!space)
			out[n++] = (char)c;
		else if (n && out[n - 1] != ' ')
			out[n++] = ' ';
	}
	out[n] = '\0';
	if (*sql)
		cut(out, size);
}
