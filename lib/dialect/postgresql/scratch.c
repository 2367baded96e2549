/* A database for trying things out, on the same server; dropped on close. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "dialect/postgresql/ddl.h"

static int read_one(void *payload, int n, const char *const cell[])
{
	for (int i = 0; i < n; i++)
		buf_add(((struct buf **)payload)[i], cell[i] ? cell[i] : "");
	return 1;
}

static retort_status fail_not_tried(struct err *err)
{
	if (err->pub.code == RETORT_E_NOMEM ||
	    err->pub.code == RETORT_E_INTERRUPTED)
		return err->pub.code;
	err_context(err, "could not make a scratch database");
	if (!err->pub.hint)
		err_hint(err, "Let the role create databases, or name a "
			 "server where it may with dev_url.");
	err->pub.code = RETORT_E_UNREACHABLE;
	return RETORT_E_UNREACHABLE;
}

/* Encoding and collation as those of the database that is copied. */
static retort_status create_sql(struct pg_conn *c, const char *name,
				struct arena *mem, const char **out,
				struct err *err)
{
	static const char sql[] =
		"SELECT pg_encoding_to_char(encoding), datcollate, datctype, "
		"to_jsonb(d) ->> 'datlocprovider', "
		"coalesce(to_jsonb(d) ->> 'daticulocale', "
		"to_jsonb(d) ->> 'datlocale') "
		"FROM pg_database d WHERE datname = current_database()";
	struct buf cell[5], b = { .mem = mem };
	struct buf *cells[5];

	for (int i = 0; i < 5; i++) {
		cell[i] = (struct buf){ .mem = mem };
		cells[i] = &cell[i];
	}
	TRY(pg_run(&c->base, sql, 0, NULL, read_one, cells, err));
	buf_add(&b, "CREATE DATABASE ");
	pg_ddl_name(&b, name);
	buf_add(&b, " TEMPLATE template0 ENCODING ");
	pg_ddl_text(&b, buf_text(&cell[0]) ? cell[0].s : "");
	buf_add(&b, " LC_COLLATE ");
	pg_ddl_text(&b, buf_text(&cell[1]) ? cell[1].s : "");
	buf_add(&b, " LC_CTYPE ");
	pg_ddl_text(&b, buf_text(&cell[2]) ? cell[2].s : "");
	if (buf_text(&cell[3]) && !strcmp(cell[3].s, "i")) {
		buf_add(&b, " LOCALE_PROVIDER icu ICU_LOCALE ");
		pg_ddl_text(&b, buf_text(&cell[4]) ? cell[4].s : "");
	}
	*out = buf_text(&b);
	return *out ? RETORT_OK : err_nomem(err);
}

static int each_statement(void *payload, int n, const char *const cell[])
{
	struct buf *b = payload;

	(void)n;
	buf_addf(b, "%s\n", cell[0]);
	return 0;
}

/* Schemas and extensions are not for a migration to make: they come first. */
static retort_status copy_surroundings(struct pg_conn *from, struct conn *to,
				       struct err *err)
{
	static const char sql[] =
		"SELECT format('CREATE SCHEMA IF NOT EXISTS %I', nspname) "
		"FROM pg_namespace n WHERE EXISTS (SELECT FROM pg_extension "
		"WHERE extnamespace = n.oid) AND nspname NOT LIKE 'pg\\_%' "
		"OR nspname = current_schema() "
		"UNION ALL "
		"SELECT format('CREATE EXTENSION IF NOT EXISTS %I SCHEMA %I', "
		"extname, nspname) FROM pg_extension e "
		"JOIN pg_namespace n ON n.oid = extnamespace "
		"WHERE nspname <> 'pg_catalog'";
	SCRATCH(tmp);
	struct buf b = { .mem = &tmp };
	char *next;

	TRY(pg_run(&from->base, sql, 0, NULL, each_statement, &b, err));
	if (!buf_text(&b))
		return err_nomem(err);
	for (char *s = b.s; *s; s = next) {
		next = strchr(s, '\n');
		*next++ = '\0';
		TRY(conn_exec(to, s, err));
	}
	return RETORT_OK;
}

/* The same place, another database. */
static retort_status scratch_url(struct pg_conn *c, const char *name,
				 struct arena *mem, const char **out,
				 struct err *err)
{
	struct buf b = { .mem = mem };
	const char *url = c->url, *rest = strstr(url, "://");
	const char *slash, *query;

	if (!rest) {	/* the last of two words with one key counts */
		buf_addf(&b, "%s dbname=%s", url, name);
	} else {
		slash = rest + 3 + strcspn(rest + 3, "/?");
		query = strchr(slash, '?');
		buf_addn(&b, url, (size_t)(slash - url));
		buf_addf(&b, "/%s%s", name, query ? query : "");
	}
	*out = buf_text(&b);
	return *out ? RETORT_OK : err_nomem(err);
}

static retort_status open_scratch(struct pg_conn *c, const char *name,
				  struct conn **out, struct err *err)
{
	SCRATCH(tmp);
	struct conn_options o = c->options;
	struct pg_conn *made;
	const char *url;

	o.read_only = false;
	TRY(scratch_url(c, name, &tmp, &url, err));
	TRY(pg_open(url, &o, out, err));
	made = (struct pg_conn *)*out;
	made->scratch = arena_strdup(&made->mem, name);
	made->maker = arena_strdup(&made->mem, c->url);
	if (!made->scratch || !made->maker) {
		pg_close(*out);
		return err_nomem(err);
	}
	return RETORT_OK;
}

static void drop_database(struct pg_conn *c, const char *name)
{
	SCRATCH(tmp);
	SCRATCH_ERR(ignored);
	struct buf b = { .mem = &tmp };

	buf_add(&b, "DROP DATABASE IF EXISTS ");
	pg_ddl_name(&b, name);
	if (buf_text(&b))
		conn_exec(&c->base, b.s, &ignored);
}

static char *scratch_name(struct arena *mem)
{
	static atomic_uint count;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return arena_printf(mem, "retort_scratch_%ld_%lx_%u", (long)getpid(),
			    (unsigned long)(now.tv_sec ^ now.tv_nsec),
			    atomic_fetch_add(&count, 1));
}

static retort_status make(struct pg_conn *c, struct conn **out,
			  struct err *err)
{
	SCRATCH(tmp);
	char *name = scratch_name(&tmp);
	const char *sql;
	retort_status rc;

	if (!name)
		return err_nomem(err);
	TRY(create_sql(c, name, &tmp, &sql, err));
	TRY(conn_exec(&c->base, sql, err));
	rc = open_scratch(c, name, out, err);
	if (rc < 0) {
		drop_database(c, name);
		return rc;
	}
	rc = copy_surroundings(c, *out, err);
	if (rc < 0)
		pg_close(*out);
	return rc;
}

retort_status pg_scratch(struct conn *base, struct conn **out,
			 struct err *err)
{
	struct conn *made;

	if (!base) {
		err_set(err, RETORT_E_UNREACHABLE,
			"a scratch database needs a server");
		err_hint(err, "Name one with --url, or dev_url in db.ini.");
		return RETORT_E_UNREACHABLE;
	}
	if (make((struct pg_conn *)base, &made, err) < 0)
		return fail_not_tried(err);
	*out = made;
	return RETORT_OK;
}

/* Called when the connection to it is closed already. */
void pg_scratch_drop(const char *maker, const char *name)
{
	SCRATCH_ERR(ignored);
	struct conn *c;

	if (pg_open(maker, NULL, &c, &ignored) < 0)
		return;
	drop_database((struct pg_conn *)c, name);
	pg_close(c);
}
