#include "revision/record.h"

#include <dlfcn.h>

#include "base/trial.h"
#include "revision/recorder.h"

enum { TIMEOUT_MS = 10000 };

/* What is tried in a child, and then done. */
struct attempt {
	const struct revision *r;
	enum direction way;
	const char *library;
	const struct dialect *d;
	const struct naming *naming;
	struct arena *mem;
	struct ops *out;
	struct err *err;
	void *handle;
	int timeout_ms;
	const volatile int *cancelled;
};

static const char *function_of(enum direction way)
{
	return way == UPGRADE ? "upgrade" : "downgrade";
}

static retort_status check_abi(struct attempt *a)
{
	const int *abi = dlsym(a->handle, "retort_revision_abi");

	if (abi && *abi == RETORT_OP_ABI)
		return RETORT_OK;
	if (abi)
		err_set(a->err, RETORT_E_FAIL, "cannot use the revision: it was "
			"compiled with another version of <retort/revision.h>");
	else
		err_set(a->err, RETORT_E_FAIL, "cannot use the revision: it "
			"does not include <retort/revision.h>");
	return RETORT_E_FAIL;
}

static retort_status no_function(struct attempt *a)
{
	err_set(a->err, RETORT_E_FAIL, "revision \"%s\" defines no %s()",
		a->r->id, function_of(a->way));
	if (a->way == DOWNGRADE)
		err_hint(a->err, "Without it the revision cannot be taken "
			 "back. Write void downgrade(retort_op *op).");
	else
		err_hint(a->err, "Write void upgrade(retort_op *op).");
	return RETORT_E_FAIL;
}

static retort_status check_batch(struct recorder *r)
{
	if (r->rc < 0)
		return r->rc;
	if (r->batch)
		recorder_refuse(r, r->batch_line, "the batch of table \"%s\" is "
				"not ended", r->batch_table);
	return r->rc;
}

/* Load it and run the function: in the child first, and then here. */
static retort_status run(struct attempt *a)
{
	void (*function)(retort_op *op);
	struct recorder r = {
		.op.api = &recorder_api, .path = a->r->path, .d = a->d,
		.naming = a->naming, .mem = a->mem, .err = a->err,
		.out = a->out
	};

	a->handle = dlopen(a->library, RTLD_NOW | RTLD_LOCAL);
	if (!a->handle) {
		err_set(a->err, RETORT_E_FAIL, "could not load the compiled "
			"revision \"%s\"", a->r->id);
		err_detail(a->err, "%s", dlerror());
		err_hint(a->err, "A revision may use what <retort/revision.h> "
			 "and the C library have, and nothing else.");
		return RETORT_E_FAIL;
	}
	TRY(check_abi(a));
	*(void **)&function = dlsym(a->handle, function_of(a->way));
	if (!function)
		return no_function(a);
	function(&r.op);
	return check_batch(&r);
}

static void try(void *payload)
{
	run(payload);
}

/* In a child process, whose end is no end of ours. */
static retort_status probe(struct attempt *a)
{
	SCRATCH(tmp);
	const struct trial t = {
		.what = arena_printf(&tmp, "%s() of revision \"%s\"",
				     function_of(a->way), a->r->id),
		.crash_hint = "Nothing was changed. Compile it with -g and run "
			      "it in a debugger, or write the revision in SQL.",
		.late_hint = "It only records what is to be done; work on rows "
			     "belongs into SQL, or a function given to "
			     "retort_call().",
		.timeout_ms = a->timeout_ms, .cancelled = a->cancelled,
		.payload = a,
		.run = try,
	};

	return t.what ? trial_run(&t, a->err) : err_nomem(a->err);
}

retort_status revision_record(const struct revision *r, enum direction way,
			      const struct dialect *d,
			      const struct compile_options *o,
			      const struct naming *naming, struct arena *mem,
			      struct ops *out, struct revision_library *lib,
			      struct err *err)
{
	struct strings sources = {0};
	struct ops recorded = {0};
	char *library = NULL;
	retort_status rc;
	SCRATCH(tmp);
	struct attempt a = {
		.r = r, .way = way, .d = d, .naming = naming, .mem = mem,
		.out = &recorded, .err = err,
		.timeout_ms = o->record_timeout_ms ? o->record_timeout_ms
						   : TIMEOUT_MS,
		.cancelled = o->cancelled
	};

	if (!vec_push(&tmp, &sources, r->path))
		return err_nomem(err);
	TRY(compile_shared(&sources, o, &tmp, &library, err));
	a.library = library;
	rc = probe(&a);
	if (rc == RETORT_OK)
		rc = run(&a);
	if (rc < 0) {
		if (!err->pub.file)
			err_where(err, r->path, 0);
		if (a.handle)
			dlclose(a.handle);
		return rc;
	}
	*out = recorded;
	lib->handle = a.handle;
	return RETORT_OK;
}

void revision_unload(struct revision_library *lib)
{
	if (lib->handle)
		dlclose(lib->handle);
	*lib = (struct revision_library){0};
}
