#include "api/autogen.h"
#include "base/file.h"
#include "base/process.h"
#include "dialect/filter.h"

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
	TRY(filter_wanted(&db->reflect, NULL, s, &db->err));
	*out = s;
	return RETORT_OK;
}
