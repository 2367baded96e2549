#include <string.h>

#include "dialect/postgresql/pg.h"

/* What is said of a connection, on its way to psql. */
struct telling {
	struct arena *mem;
	struct err *err;
	VEC(retort_pair) environment;
	struct buf rest;	/* key=value: what no variable stands for */
	bool several, said;	/* hosts; which of them is wanted */
};

static retort_status set(struct telling *t, const char *key, const char *value)
{
	const retort_pair pair = { key, arena_strdup(t->mem, value) };

	return pair.value && vec_push(t->mem, &t->environment, pair)
		? RETORT_OK : err_nomem(t->err);
}

/* Arguments can be seen by everybody on the machine. */
static retort_status cannot_hide(struct telling *t, const char *keyword)
{
	err_set(t->err, RETORT_E_FAIL, "cannot hand \"%s\" of the database URL "
		"to psql without showing it", keyword);
	err_hint(t->err, "Leave it out of the URL and let psql ask for it.");
	return RETORT_E_FAIL;
}

static void add_rest(struct telling *t, const PQconninfoOption *o)
{
	buf_addf(&t->rest, "%s%s='", t->rest.n ? " " : "", o->keyword);
	for (const char *s = o->val; *s; s++) {
		if (*s == '\'' || *s == '\\')
			buf_addc(&t->rest, '\\');
		buf_addc(&t->rest, *s);
	}
	buf_addc(&t->rest, '\'');
}

static retort_status tell(struct telling *t, const PQconninfoOption *o)
{
	if (!o->val)
		return RETORT_OK;
	if (!strncmp(o->keyword, "host", 4))
		t->several |= strchr(o->val, ',') != NULL;
	if (!strcmp(o->keyword, "target_session_attrs"))
		t->said = true;
	if (o->envvar)
		return set(t, o->envvar, o->val);
	if (*o->dispchar == '*')
		return cannot_hide(t, o->keyword);
	add_rest(t, o);
	return RETORT_OK;
}

static retort_status finish(struct telling *t, retort_program *out)
{
	const char **argv = arena_array(t->mem, const char *, 3);

	if (t->several && !t->said)
		TRY(set(t, "PGTARGETSESSIONATTRS", "read-write"));
	if (!argv || t->rest.failed)
		return err_nomem(t->err);
	argv[0] = "psql";
	argv[1] = t->rest.n ? buf_text(&t->rest) : NULL;
	*out = (retort_program){
		.argv = argv, .n_argv = t->rest.n ? 2 : 1,
		.environment = t->environment.v,
		.n_environment = t->environment.n
	};
	return RETORT_OK;
}

/* libpq takes the URL apart; what it says goes into the environment. */
retort_status pg_shell(const char *url, const struct conn_options *o,
		       struct arena *mem, retort_program *out,
		       struct err *err)
{
	struct telling t = { .mem = mem, .err = err, .rest = { .mem = mem } };
	char *plain = pg_url(mem, url), *shown = pg_show_url(mem, url);
	retort_status rc = RETORT_OK;
	PQconninfoOption *options;
	const struct libpq *pq;

	(void)o;
	if (!plain || !shown)
		return err_nomem(err);
	TRY(libpq_load(&pq, err));
	TRY(pg_check_url(pq, plain, shown, err));
	options = pq->PQconninfoParse(plain, NULL);
	if (!options)
		return err_nomem(err);
	for (size_t i = 0; rc == RETORT_OK && options[i].keyword; i++)
		rc = tell(&t, &options[i]);
	pq->PQconninfoFree(options);
	return rc < 0 ? rc : finish(&t, out);
}
