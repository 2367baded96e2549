#include "git/libgit2.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

static struct libgit2 functions;
static bool loaded;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void)
{
	void *handle = dlopen("libgit2.so." LIBGIT2_SOVERSION,
			      RTLD_NOW | RTLD_LOCAL);
	void *p;

	if (!handle)
		return;
	loaded = true;
#define LOAD(name)                                                         \
	p = dlsym(handle, #name);                                          \
	loaded = loaded && p;                                              \
	memcpy(&functions.name, &p, sizeof(p));
	LIBGIT2_FUNCTIONS(LOAD)
#undef LOAD
	loaded = loaded && functions.git_libgit2_init() > 0;
}

const struct libgit2 *libgit2_load(void)
{
	pthread_once(&once, load);
	return loaded ? &functions : NULL;
}
