#include <dlfcn.h>
#include <string.h>
#include <stdio.h>

#include "base/file.h"
#include "model/model.h"

static bool is_source(const char *path)
{
	size_t n = strlen(path);

	return n > 2 && !strcmp(path + n - 2, ".c");
}

static retort_status no_library(const char *path, const char *why,
				struct err *err)
{
	err_set(err, RETORT_E_FAIL, "cannot load the models \"%s\": it is "
		"neither a C source nor a shared library", path);
	if (why)
		err_detail(err, "%s", why);
	err_hint(err, "Name .c files, or a library made with cc -shared "
		 "-fPIC.");
	err_where(err, path, 0);
	return RETORT_E_FAIL;
}

/* An ELF file, at least; what the loader thinks of the rest comes after. */
static retort_status check_file(const char *path, struct arena *mem,
				struct err *err)
{
	char *head = NULL;
	size_t n = 0;

	if (file_is_directory(path))
		return no_library(path, NULL, err);
	TRY(file_read_head(path, 4, mem, &head, &n, err));
	if (n < 4 || memcmp(head, "\177ELF", 4))
		return no_library(path, NULL, err);
	return RETORT_OK;
}

static retort_status check_models(const char *path, const retort_models *m,
				  struct err *err)
{
	if (m->abi != RETORT_MODEL_ABI ||
	    m->model_size != sizeof(retort_model)) {
		err_set(err, RETORT_E_FAIL, "cannot use the models \"%s\": they "
			"were compiled with another version of "
			"<retort/model.h>", path);
		err_detail(err, "The library has ABI %d, this program %d.",
			   m->abi, RETORT_MODEL_ABI);
		err_hint(err, "Compile the models again.");
		return RETORT_E_FAIL;
	}
	if (m->begin == m->end) {
		err_set(err, RETORT_E_FAIL, "\"%s\" declares no models", path);
		err_hint(err, "Write MODEL(Name, COLUMNS(…)); in it.");
		return RETORT_E_FAIL;
	}
	return RETORT_OK;
}

static retort_status no_accessor(const char *path, struct err *err)
{
	err_set(err, RETORT_E_FAIL, "\"%s\" declares no models", path);
	err_hint(err, "It does not export retort_models_v1(): one of its "
		 "sources must include <retort/model.h>, and a version script "
		 "must leave that name global.");
	err_where(err, path, 0);
	return RETORT_E_FAIL;
}

/* `shown` is what the user named; `path` is what is loaded for it. */
static retort_status open_library(const char *path, const char *shown,
				  struct model_library *out, struct err *err)
{
	const retort_models *(*models)(void);
	retort_status rc;
	void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);

	if (!handle)
		return no_library(shown, dlerror(), err);
	*(void **)&models = dlsym(handle, "retort_models_v1");
	rc = models ? check_models(shown, models(), err)
		    : no_accessor(shown, err);
	if (rc == RETORT_OK)
		rc = hooks_find(handle, shown, &out->hooks,
				&out->ignored_hook, err);
	if (rc) {
		dlclose(handle);
		return rc;
	}
	out->handle = handle;
	out->models = models();
	return RETORT_OK;
}

/* Sources, or one library; not both. */
static retort_status check_paths(const struct strings *paths, bool *sources,
				 struct err *err)
{
	size_t n = 0;

	for (size_t i = 0; i < paths->n; i++) {
		if (!file_exists(paths->v[i])) {
			err_set(err, RETORT_E_NOTFOUND, "could not find the "
				"models \"%s\"", paths->v[i]);
			err_hint(err, "\"models\" in db.ini names C sources or a "
				 "shared library, relative to db.ini.");
			return RETORT_E_NOTFOUND;
		}
		n += is_source(paths->v[i]);
	}
	*sources = n;
	if (!paths->n)
		return err_set(err, RETORT_E_USAGE, "no models are named");
	if (n ? n != paths->n : paths->n > 1)
		return err_set(err, RETORT_E_USAGE, "the models are C sources "
			       "or one shared library, not a mixture");
	return RETORT_OK;
}

retort_status model_load(const struct strings *paths,
			 const struct compile_options *o,
			 struct model_library *out, struct err *err)
{
	const char *shown;
	bool sources = false;
	char *path = NULL;
	SCRATCH(tmp);

	TRY(check_paths(paths, &sources, err));
	shown = paths->v[0];
	if (sources) {
		TRY(compile_shared(paths, o, &tmp, &path, err));
	} else {
		TRY(check_file(shown, &tmp, err));
		path = path_absolute(&tmp, shown);
		if (!path)
			return err_nomem(err);
	}
	return open_library(path, shown, out, err);
}

void model_unload(struct model_library *lib)
{
	if (lib->handle)
		dlclose(lib->handle);
	*lib = (struct model_library){0};
}
