#include <fnmatch.h>
#include <string.h>

#include "api/autogen.h"
#include "base/file.h"
#include "base/process.h"

/* "build" of the configuration, in the directory of its file. */
static retort_status run_build(retort *db)
{
	SCRATCH(tmp);
	const char *const argv[] = { "sh", "-c", db->config.build, NULL };
	char *output;
	int status;

	if (!db->config.build)
		return RETORT_OK;
	session_log(db, RETORT_LOG_DEBUG, "Running %s", db->config.build);
	TRY(process_run(argv, db->config.directory, &tmp, &output, &status,
			&db->err));
	if (!status)
		return RETORT_OK;
	err_set(&db->err, RETORT_E_FAIL,
		"the build command failed with status %d: %s", status,
		db->config.build);
	err_detail(&db->err, "%s", output);
	err_where(&db->err, db->config.file, 0);
	return RETORT_E_FAIL;
}

static bool matches(const struct strings *globs, const char *name)
{
	for (size_t i = 0; i < globs->n; i++)
		if (!fnmatch(globs->v[i], name, 0))
			return true;
	return false;
}

static bool table_kept(const struct reflect_options *o, const char *name)
{
	if (matches(&o->exclude, name))
		return false;
	return !o->include.n || matches(&o->include, name);
}

static bool column_kept(const struct reflect_options *o,
			const struct table *t, const char *column)
{
	SCRATCH(tmp);
	const char *name = arena_printf(&tmp, "%s.%s", t->name, column);

	return !name || !matches(&o->exclude, name);
}

void schema_filter(struct schema *s, const struct reflect_options *o)
{
	for (size_t i = s->tables.n; i-- > 0; ) {
		struct table *t = s->tables.v[i];

		if (!table_kept(o, t->name)) {
			vec_remove(&s->tables, i);
			continue;
		}
		for (size_t j = t->columns.n; j-- > 0; )
			if (!column_kept(o, t, t->columns.v[j]->name))
				vec_remove(&t->columns, j);
	}
	for (size_t i = s->objects.n; i-- > 0; ) {
		const struct object *x = s->objects.v[i];

		if (!table_kept(o, x->name) ||
		    (x->table && !table_kept(o, x->table)))
			vec_remove(&s->objects, i);
	}
}

static retort_status no_models(retort *db)
{
	err_set(&db->err, RETORT_E_FAIL, "no models are named");
	if (db->config.file)
		err_where(&db->err, db->config.file, 0);
	err_hint(&db->err, "Set \"models\" in the configuration to C sources "
		 "or a shared library.");
	return RETORT_E_FAIL;
}

retort_status session_models(retort *db, const struct strings *paths,
			     const struct dialect *d, struct arena *mem,
			     struct schema **out)
{
	struct model_library lib = {0};
	struct schema *s;
	retort_status rc;

	if (!paths->n)
		return no_models(db);
	TRY(run_build(db));
	TRY(model_load(paths, &db->compile, &lib, &db->err));
	rc = model_schema(lib.models, d, &db->config.naming, mem, &s,
			  &db->err);
	model_unload(&lib);
	if (rc < 0)
		return rc;
	schema_filter(s, &db->reflect);
	*out = s;
	return RETORT_OK;
}
