#include "dialect/postgresql/libpq.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

static struct libpq functions;
static const char *missing;	/* what could not be loaded */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void)
{
	/* Lazily: it brings libraries whose thousands of names few need. */
	void *handle = dlopen("libpq.so.5", RTLD_LAZY | RTLD_LOCAL);
	void *p;

	if (!handle) {
		missing = "libpq.so.5";
		return;
	}
#define LOAD(name)                                                         \
	p = dlsym(handle, #name);                                          \
	if (!p)                                                            \
		missing = #name;                                           \
	memcpy(&functions.name, &p, sizeof(p));
	LIBPQ_FUNCTIONS(LOAD)
#undef LOAD
}

retort_status libpq_load(const struct libpq **out, struct err *err)
{
	pthread_once(&once, load);
	if (missing) {
		err_set(err, RETORT_E_UNREACHABLE,
			"could not load \"%s\", the client library of PostgreSQL",
			missing);
		err_hint(err, "Debian's package libpq5 has it.");
		return RETORT_E_UNREACHABLE;
	}
	*out = &functions;
	return RETORT_OK;
}
