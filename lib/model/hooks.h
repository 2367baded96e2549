/* The functions of <retort/hooks.h> that a models library exports. */
#ifndef RETORT_MODEL_HOOKS_H
#define RETORT_MODEL_HOOKS_H

#include "base/err.h"
#include "base/vec.h"
/* Those of lib/schema are others. */
#ifndef RETORT_NO_SHORT_NAMES
# define RETORT_NO_SHORT_NAMES
#endif
#include "retort/hooks.h"

enum { HOOK_TIMEOUT_MS = 10000 };

/* All NULL: there are none. Valid as long as the library is loaded. */
struct hooks {
	bool (*include_name)(const retort_hook *, const retort_hook_name *);
	bool (*include_object)(const retort_hook *,
			       const retort_hook_object *);
	int (*compare_type)(const retort_hook *, const retort_hook_object *,
			    const retort_hook_object *);
	int (*compare_server_default)(const retort_hook *,
				      const retort_hook_object *,
				      const retort_hook_object *);
	const char *(*render_type)(const retort_hook *,
				   const retort_hook_object *);
	int (*process_revision_directives)(const retort_hook *,
					   retort_directives *);
	int (*on_version_apply)(const retort_hook *,
				const retort_version_step *, retort_op *);
	/* What each of them is told; set by the owner. */
	const char *dialect, *section, *tag;
	const retort_hook_value *x;
	size_t n_x;
	int timeout_ms;		/* 0: HOOK_TIMEOUT_MS */
	const volatile int *cancelled;	/* 1: they are given up; or NULL */
};

/*
 * Look them up in a loaded library, which the user knows as `shown`. An error
 * where they were made for another version of the header. *ignored is the name
 * of a function that would be a hook, had its file included the header.
 */
retort_status hooks_find(void *handle, const char *shown, struct hooks *out,
			 const char **ignored, struct err *err);

bool hooks_any(const struct hooks *h);

/* May the files have a hook of that name? Without loading them. */
retort_status hooks_mentioned(const struct strings *paths, const char *name,
			      bool *out, struct err *err);

/* Hooks being called. */
struct hook_call {
	retort_hook pub;	/* first: what the hooks are given */
	struct err *err;
	retort_status rc;	/* of the first failure; sticks */
	char *what;		/* which hook, and about what */
};

void hook_call_init(struct hook_call *c, const struct hooks *h, char *what,
		    struct err *err);

enum { HOOK_WHAT = 400 };

/* Before each call: which hook it is, and about what. */
__attribute__((format(printf, 2, 3)))
void hook_about(struct hook_call *c, const char *fmt, ...);

/* After it: was it a failure? `answer` is at most `most`. */
retort_status hook_end(struct hook_call *c, int answer, int most);

/*
 * Call hooks: `body` in a child process, where a crash is an error that names
 * the hook, and then here.
 */
typedef retort_status hook_body(struct hook_call *c, void *payload);
retort_status hooks_run(const struct hooks *h, hook_body *body, void *payload,
			struct err *err);

/* Memory that a child shares with us; NULL: none. */
char *hook_shared(void);
void hook_unshare(char **shared);

extern const char hook_crash_hint[], hook_late_hint[];

#endif
