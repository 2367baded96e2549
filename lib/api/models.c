#include "api/autogen.h"
#include "base/file.h"
#include "base/process.h"
#include "dialect/filter.h"

static retort_status copy_values(retort *db)
{
	if (db->x || !db->o.n_x)
		return RETORT_OK;
	db->x = arena_array(&db->mem, retort_hook_value, db->o.n_x);
	if (!db->x)
		return err_nomem(&db->err);
	for (size_t i = 0; i < db->o.n_x; i++)
		db->x[i] = (retort_hook_value){ db->o.x[i].key,
						db->o.x[i].value };
	return RETORT_OK;
}

/* Load the models. */
static retort_status load(retort *db, const struct strings *paths,
			  const struct dialect *d)
{
	struct model_library lib = {0};
	struct hooks *h = &db->library.hooks;

	TRY(copy_values(db));
	TRY(model_load(paths, &db->compile, &lib, &db->err));
	model_unload(&db->library);
	db->library = lib;
	db->hookless = !hooks_any(&lib.hooks);
	h->dialect = d ? d->name : NULL;
	h->section = db->o.section;
	h->x = db->x;
	h->n_x = db->o.n_x;
	h->timeout_ms = db->compile.record_timeout_ms;
	h->cancelled = &db->cancelled;
	if (lib.ignored_hook)
		session_log(db, RETORT_LOG_DEBUG, "%s() of the models is no "
			    "hook: its file does not include <retort/hooks.h>",
			    lib.ignored_hook);
	return RETORT_OK;
}

retort_status session_hooks(retort *db, const char *name,
			    const struct hooks **out)
{
	const struct strings *paths = &db->config.models;
	const struct dialect *d;
	bool mentioned;

	*out = &db->library.hooks;
	if (db->library.handle || db->hookless)
		return RETORT_OK;
	TRY(hooks_mentioned(paths, name, &mentioned, &db->err));
	if (!mentioned)
		return RETORT_OK;
	if (session_dialect(db, &d) < 0) {	/* none is named: none is told */
		err_clear(&db->err);
		d = NULL;
	}
	if (load(db, paths, d) < 0) {
		err_context(&db->err, "could not load the hook %s()", name);
		return db->err.pub.code;
	}
	return RETORT_OK;
}

/* "build" of the configuration, in the directory of its file. */
static retort_status run_build(retort *db)
{
	SCRATCH(tmp);
	const char *const argv[] = { "sh", "-c", db->config.build, NULL };
	const struct process p = { argv, db->config.directory,
				   &db->cancelled };
	char *output;
	int status;

	if (!db->config.build)
		return RETORT_OK;
	session_log(db, RETORT_LOG_DEBUG, "Running %s", db->config.build);
	TRY(process_run(&p, &tmp, &output, &status, &db->err));
	if (!status)
		return RETORT_OK;
	err_set(&db->err, RETORT_E_FAIL,
		"the build command failed with status %d: %s", status,
		db->config.build);
	err_detail(&db->err, "%s", output);
	err_hint(&db->err, "\"build\" in db.ini is this command; it runs in "
		 "the directory of db.ini.");
	err_where(&db->err, db->config.file, 0);
	return RETORT_E_FAIL;
}

static retort_status no_models(retort *db)
{
	err_set(&db->err, RETORT_E_FAIL, "no models are named");
	if (!db->config.file) {
		err_hint(&db->err, "Name the file (models.c), or make a project "
			 "with \"db init\".");
		return RETORT_E_FAIL;
	}
	err_where(&db->err, db->config.file, 0);
	err_hint(&db->err, "Set \"models\" in it to C sources or a shared "
		 "library: models = ../models.c");
	return RETORT_E_FAIL;
}

retort_status session_models(retort *db, const struct strings *paths,
			     const struct dialect *d, struct arena *mem,
			     struct schema **out)
{
	struct schema *s;

	if (!paths->n)
		return no_models(db);
	TRY(run_build(db));
	TRY(load(db, paths, d));
	TRY(model_schema(db->library.models, d, &db->config.naming, mem, &s,
			 &db->err));
	if (db->hookless)
		model_unload(&db->library);	/* all of it was copied */
	TRY(filter_wanted(&db->reflect, NULL, s, &db->err));
	*out = s;
	return RETORT_OK;
}
