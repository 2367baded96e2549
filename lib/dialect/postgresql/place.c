/* Which database, and which schema of it. */
#include <stdlib.h>
#include <string.h>

#include "dialect/postgresql/pg.h"

/* What of an address says where, and not as whom or how. */
static bool says_where(const char *keyword)
{
	static const char *const words[] = {
		"host", "hostaddr", "port", "dbname", "service", "options"
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strcmp(keyword, words[i]))
			return true;
	return false;
}

retort_status pg_identity(const char *url, const char *base,
			  struct arena *mem, char **out, struct err *err)
{
	const struct libpq *pq;
	struct buf b = { .mem = mem };
	char *plain = pg_url(mem, url), *shown = pg_show_url(mem, url);
	PQconninfoOption *all;

	(void)base;
	TRY(libpq_load(&pq, err));
	if (!plain || !shown)
		return err_nomem(err);
	TRY(pg_check_url(pq, plain, shown, err));
	all = pq->PQconninfoParse(plain, NULL);
	for (PQconninfoOption *o = all; o && o->keyword; o++)
		if (o->val && says_where(o->keyword))
			buf_addf(&b, "%s=%s ", o->keyword, o->val);
	pq->PQconninfoFree(all);
	*out = all ? buf_text(&b) : NULL;
	return *out ? RETORT_OK : err_nomem(err);
}

/* What a session in a schema asks about it. */
struct home {
	bool there, used;
};

static int read_home(void *payload, int n, const char *const cell[])
{
	struct home *h = payload;

	(void)n;
	h->there = cell[0] && *cell[0] == 't';
	h->used = cell[1] && *cell[1] == 't';
	return 1;
}

retort_status pg_check_home(struct pg_conn *c, struct err *err)
{
	static const char sql[] =
		"SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace "
		"WHERE nspname = $1), current_schema() = $1";
	const char *home = c->options.home;
	struct home h = {0};

	if (!home)
		return RETORT_OK;
	TRY(pg_run(&c->base, sql, 1, &home, read_home, &h, err));
	if (h.used)
		return RETORT_OK;
	if (!h.there) {
		err_set(err, RETORT_E_UNREACHABLE,
			"schema \"%s\" does not exist", home);
		err_hint(err, "CREATE SCHEMA makes one; migrations begin "
			 "in it.");
	} else {
		err_set(err, RETORT_E_UNREACHABLE,
			"schema \"%s\" cannot be used by this role", home);
		err_hint(err, "GRANT USAGE, CREATE ON SCHEMA gives the right "
			 "to.");
	}
	return RETORT_E_UNREACHABLE;
}
