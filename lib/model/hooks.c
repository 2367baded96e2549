#define _DEFAULT_SOURCE	/* MAP_ANONYMOUS */
#define _GNU_SOURCE	/* dladdr() */
#include "model/hooks.h"

#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "base/file.h"
#include "base/trial.h"

const char hook_crash_hint[] = "Nothing was changed. Compile the models with "
	"-g and run db in a debugger, with \"set follow-fork-mode child\".";
const char hook_late_hint[] = "A hook only answers; it is asked about many "
	"things.";

static void *member(struct hooks *h, size_t i)
{
	void *const members[] = {
		&h->include_name, &h->include_object, &h->compare_type,
		&h->compare_server_default, &h->render_type,
		&h->process_revision_directives, &h->on_version_apply
	};

	return members[i];
}

static const char *const names[] = {
	"include_name", "include_object", "compare_type",
	"compare_server_default", "render_type",
	"process_revision_directives", "on_version_apply", NULL
};

/* Of the library itself: one that it is linked with has other functions. */
static void *symbol(void *handle, const char *name, const void *base)
{
	void *p = dlsym(handle, name);
	Dl_info info;

	return p && dladdr(p, &info) && info.dli_fbase == base ? p : NULL;
}

retort_status hooks_find(void *handle, const char *shown, struct hooks *out,
			 const char **ignored, struct err *err)
{
	void *models = dlsym(handle, "retort_models_v1");
	const int *abi;
	Dl_info info;

	*ignored = NULL;
	*out = (struct hooks){0};
	if (!models || !dladdr(models, &info))
		return RETORT_OK;
	abi = symbol(handle, "retort_hooks_abi", info.dli_fbase);
	if (abi && *abi != RETORT_HOOKS_ABI) {
		err_set(err, RETORT_E_FAIL, "cannot use the hooks in \"%s\": "
			"they were compiled with another version of "
			"<retort/hooks.h>", shown);
		err_detail(err, "The library has ABI %d, this program %d.",
			   *abi, RETORT_HOOKS_ABI);
		err_hint(err, "Compile the models again.");
		return RETORT_E_FAIL;
	}
	for (size_t i = 0; names[i]; i++) {
		void *f = symbol(handle, names[i], info.dli_fbase);

		if (abi)
			*(void **)member(out, i) = f;
		else if (f)
			*ignored = names[i];
	}
	return RETORT_OK;
}

bool hooks_any(const struct hooks *h)
{
	return h->include_name || h->include_object || h->compare_type ||
	       h->compare_server_default || h->render_type ||
	       h->process_revision_directives || h->on_version_apply;
}

static bool contains(const char *text, size_t n, const char *word)
{
	size_t len = strlen(word);
	const char *end = text + n, *p = text;

	while (p && (size_t)(end - p) >= len) {
		if (!memcmp(p, word, len))
			return true;
		p = memchr(p + 1, *word, (size_t)(end - p) - 1);
	}
	return false;
}

retort_status hooks_mentioned(const struct strings *paths, const char *name,
			      bool *out, struct err *err)
{
	*out = false;
	for (size_t i = 0; i < paths->n && !*out; i++) {
		SCRATCH(tmp);
		char *text;
		size_t n;

		if (!file_exists(paths->v[i]) ||
		    file_is_directory(paths->v[i]))
			continue;
		TRY(file_read(paths->v[i], &tmp, &text, &n, err));
		*out = contains(text, n, name);
	}
	return RETORT_OK;
}

static void fail(const retort_hook *hook, const char *file, int line,
		 const char *fmt, va_list ap)
{
	/* The hook was given the first member of ours. */
	struct hook_call *c = (struct hook_call *)(uintptr_t)hook;
	SCRATCH(tmp);
	char *text;

	if (c->rc)
		return;
	text = arena_vprintf(&tmp, fmt, ap);
	c->rc = text ? err_set(c->err, RETORT_E_FAIL, "%s: %s", c->what, text)
		     : err_nomem(c->err);
	err_where(c->err, file, line);
}

static const retort_hook_api api = {
	.abi = RETORT_HOOKS_ABI, .size = sizeof(api), .fail = fail
};

void hook_call_init(struct hook_call *c, const struct hooks *h, char *what,
		    struct err *err)
{
	*c = (struct hook_call){
		.pub = {
			.size = sizeof(retort_hook), .api = &api,
			.dialect = h->dialect, .section = h->section,
			.tag = h->tag, .x = h->x, .n_x = h->n_x
		},
		.err = err,
		.what = what,
	};
}

void hook_about(struct hook_call *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(c->what, HOOK_WHAT, fmt, ap);
	va_end(ap);
}

retort_status hook_end(struct hook_call *c, int answer, int most)
{
	if (c->rc)
		return c->rc;
	if (answer >= 0 && answer <= most)
		return RETORT_OK;
	c->rc = err_set(c->err, RETORT_E_FAIL, "%s returned %d", c->what,
			answer);
	if (answer > most && most)
		err_hint(c->err, "It may return 0 to %d, or less than 0 to "
			 "fail.", most);
	else if (answer > most)
		err_hint(c->err, "It may return 0, or less than 0 to fail.");
	return c->rc;
}

char *hook_shared(void)
{
	char *p = mmap(NULL, HOOK_WHAT, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

void hook_unshare(char **shared)
{
	if (*shared)
		munmap(*shared, HOOK_WHAT);
	*shared = NULL;
}

struct attempt {
	const struct hooks *h;
	hook_body *body;
	void *payload;
	char *what;
};

static void try(void *payload)
{
	struct attempt *a = payload;
	struct hook_call c;
	SCRATCH_ERR(err);

	hook_call_init(&c, a->h, a->what, &err);
	a->body(&c, a->payload);
}

retort_status hooks_run(const struct hooks *h, hook_body *body, void *payload,
			struct err *err)
{
	__attribute__((cleanup(hook_unshare))) char *what = hook_shared();
	struct attempt a = { h, body, payload, what };
	const struct trial t = {
		.what = what, .payload = &a, .run = try,
		.crash_hint = hook_crash_hint, .late_hint = hook_late_hint,
		.timeout_ms = h->timeout_ms ? h->timeout_ms : HOOK_TIMEOUT_MS,
		.cancelled = h->cancelled
	};
	struct hook_call c;

	if (!what)
		return err_nomem(err);
	strcpy(what, "a hook");
	TRY(trial_run(&t, err));
	hook_call_init(&c, h, what, err);
	return body(&c, payload);
}
