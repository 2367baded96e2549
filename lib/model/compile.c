#include "model/compile.h"

#include <errno.h>
#include <fcntl.h>
#include <sha256.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/process.h"
#include "model/manifest.h"
#include "model/prune.h"

/* A source that keeps changing while it is compiled is an error at last. */
enum { ATTEMPTS = 3 };

static const char *const flags[] = {
	"-std=gnu17", "-O0", "-g0", "-fPIC", "-shared", "-Wl,-Bsymbolic", NULL
};

/* One compilation: what is asked for, and the temporary names it uses. */
struct job {
	const struct strings *sources;
	const struct compile_options *o;
	struct arena *mem;
	struct err *err;
	char *key;		/* of the request: names the manifest */
	char *manifest_path;
	char *stem;		/* temporary files begin with this */
	struct strings temporary;	/* to be removed */
	struct manifest manifest;
	const char *superseded;	/* content key in the cache, or NULL */
};

static void job_clear(struct job *j)
{
	for (size_t i = 0; i < j->temporary.n; i++)
		unlink(j->temporary.v[i]);
}

/* A name of our own in the cache, removed at the end. */
static char *temporary(struct job *j, const char *suffix)
{
	char *path = arena_printf(j->mem, "%s%s", j->stem, suffix);

	if (!path || !vec_push(j->mem, &j->temporary, path))
		return NULL;
	return path;
}

/* Others must not be able to put a library there that we then load. */
static retort_status private_directory(const char *path, struct err *err)
{
	struct stat st;
	const char *why = NULL;

	TRY(file_mkdirs(path, 0700, err));
	if (stat(path, &st))
		return err_set(err, RETORT_E_FAIL, "could not use the cache "
			       "directory \"%s\": %s", path, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		why = "it is no directory";
	else if (st.st_uid != geteuid())
		why = "it belongs to another user";
	else if (st.st_mode & (S_IWGRP | S_IWOTH))
		why = "other users may write there";
	if (!why)
		return RETORT_OK;
	err_set(err, RETORT_E_FAIL, "cannot use the cache directory \"%s\": %s",
		path, why);
	err_hint(err, "Compiled libraries are loaded from there. Name a "
		 "directory that only you can write to, or run chmod 700 on "
		 "it.");
	return RETORT_E_FAIL;
}

static void digest(SHA2_CTX *ctx, const char *s)
{
	SHA256Update(ctx, (const uint8_t *)s, strlen(s) + 1);
}

/* What is asked for, without the contents: the sources and how. */
static retort_status request_key(struct job *j)
{
	char hex[SHA256_DIGEST_STRING_LENGTH];
	const char *include = j->o->include_directory;
	const char *whole = include ? path_absolute(j->mem, include) : NULL;
	SHA2_CTX ctx;

	SHA256Init(&ctx);
	digest(&ctx, RETORT_VERSION);
	digest(&ctx, j->o->compiler ? j->o->compiler : "cc");
	digest(&ctx, include ? include : "");
	digest(&ctx, whole ? whole : "");
	for (size_t i = 0; flags[i]; i++)
		digest(&ctx, flags[i]);
	for (size_t i = 0; i < j->sources->n; i++) {
		const char *source = j->sources->v[i];
		char *absolute = path_absolute(j->mem, source);

		if (!absolute && file_exists(source))
			return err_nomem(j->err);
		if (!absolute)
			return file_exists(source) ? err_nomem(j->err)
				: err_set(j->err, RETORT_E_NOTFOUND,
					  "could not find \"%s\"", source);
		/* As written, too: it is in the library, as __FILE__. */
		digest(&ctx, source);
		digest(&ctx, absolute);
	}
	SHA256End(&ctx, hex);
	j->key = arena_strndup(j->mem, hex, 32);
	return j->key ? RETORT_OK : err_nomem(j->err);
}

static retort_status prepare(struct job *j)
{
	const char *dir = j->o->cache_directory;

	if (!dir)
		return err_set(j->err, RETORT_E_USAGE, "cannot compile \"%s\": "
			       "no cache directory is set", j->sources->v[0]);
	if (!j->sources->n)
		return err_set(j->err, RETORT_E_USAGE, "no sources to compile");
	TRY(private_directory(dir, j->err));
	TRY(request_key(j));
	j->manifest_path = arena_printf(j->mem, "%s/%s.list", dir, j->key);
	return j->manifest_path ? RETORT_OK : err_nomem(j->err);
}

/* A name that nobody else has; those of the temporary files begin with it. */
static retort_status take_stem(struct job *j)
{
	int fd;

	j->stem = arena_printf(j->mem, "%s/%s.XXXXXX", j->o->cache_directory,
			       j->key);
	if (!j->stem)
		return err_nomem(j->err);
	fd = mkstemp(j->stem);
	if (fd < 0) {
		err_set(j->err, RETORT_E_FAIL, "could not write in the cache "
			"directory \"%s\": %s", j->o->cache_directory,
			strerror(errno));
		err_hint(j->err, "Compiled libraries are kept there; it must "
			 "be writable and have room.");
		return RETORT_E_FAIL;
	}
	close(fd);
	if (vec_push(j->mem, &j->temporary, j->stem))
		return RETORT_OK;
	unlink(j->stem);
	return err_nomem(j->err);
}

/* The compiler and its own arguments, separated by spaces. */
static bool push_words(struct job *j, struct strings *argv, const char *words)
{
	while (*words) {
		size_t n = strcspn(words, " ");
		const char *word = n ? arena_strndup(j->mem, words, n) : NULL;

		if (n && (!word || !vec_push(j->mem, argv, word)))
			return false;
		words += n + (words[n] == ' ');
	}
	return true;
}

static bool push(struct job *j, struct strings *argv, const char *word)
{
	return vec_push(j->mem, argv, word);
}

static retort_status compiler_missing(struct job *j)
{
	const char *name = j->o->compiler ? j->o->compiler : "cc";

	err_set(j->err, RETORT_E_FAIL, "could not run the compiler \"%s\" for "
		"\"%s\": not found", name, j->sources->v[0]);
	err_hint(j->err, "Install a C compiler (Debian: apt install gcc "
		 "libc6-dev), or name one with \"compiler =\" in db.ini, or give "
		 "a shared library that is built already.");
	return RETORT_E_FAIL;
}

static retort_status run_compiler(struct job *j, struct strings *argv,
				  const char *what)
{
	struct process p = { .cancelled = j->o->cancelled };
	char *output = NULL;
	int status = 0;
	SCRATCH_ERR(why);

	if (!push(j, argv, NULL))
		return err_nomem(j->err);
	p.argv = argv->v;
	if (process_run(&p, j->mem, &output, &status, &why)) {
		if (why.pub.code == RETORT_E_NOTFOUND)
			return compiler_missing(j);
		err_move(j->err, &why);
		return j->err->pub.code;
	}
	if (status == 127)
		return compiler_missing(j);
	if (!status)
		return RETORT_OK;
	err_set(j->err, RETORT_E_FAIL, "could not compile \"%s\"", what);
	err_detail(j->err, "%s", output && *output ? output :
		   "The compiler says nothing.");
	err_hint(j->err, "Correct it and run it again; $CC names another "
		 "compiler.");
	err_where(j->err, what, 0);
	return RETORT_E_FAIL;
}

/* One source: straight to the library, or to an object when there are more. */
static retort_status compile_one(struct job *j, const char *source,
				 bool only, const char *output,
				 const char *deps)
{
	const char *include = j->o->include_directory;
	struct strings argv = {0};
	bool ok = push_words(j, &argv,
			     j->o->compiler ? j->o->compiler : "cc");

	for (size_t i = 0; ok && flags[i]; i++)
		if (only || (strcmp(flags[i], "-shared") &&
			     strncmp(flags[i], "-Wl,", 4)))
			ok = push(j, &argv, flags[i]);
	if (ok && include)
		ok = push(j, &argv, "-I") && push(j, &argv, include);
	if (ok && !only)
		ok = push(j, &argv, "-c");
	ok = ok && push(j, &argv, "-MD") && push(j, &argv, "-MF") &&
	     push(j, &argv, deps) && push(j, &argv, "-o") &&
	     push(j, &argv, output) && push(j, &argv, source);
	return ok ? run_compiler(j, &argv, source) : err_nomem(j->err);
}

static retort_status link_all(struct job *j, const struct strings *objects,
			      const char *library)
{
	struct strings argv = {0};
	bool ok = push_words(j, &argv,
			     j->o->compiler ? j->o->compiler : "cc");

	for (size_t i = 0; ok && flags[i]; i++)
		ok = push(j, &argv, flags[i]);
	ok = ok && push(j, &argv, "-o") && push(j, &argv, library);
	for (size_t i = 0; ok && i < objects->n; i++)
		ok = push(j, &argv, objects->v[i]);
	return ok ? run_compiler(j, &argv, j->sources->v[0])
		  : err_nomem(j->err);
}

/* Compile to temporary files and learn what was read. */
static retort_status compile_all(struct job *j, char **library)
{
	bool only = j->sources->n == 1;
	struct strings objects = {0};

	*library = temporary(j, ".so");
	for (size_t i = 0; i < j->sources->n; i++) {
		char suffix[48];
		char *object, *deps;

		snprintf(suffix, sizeof(suffix), ".%zu.o", i);
		object = only ? *library : temporary(j, suffix);
		snprintf(suffix, sizeof(suffix), ".%zu.d", i);
		deps = temporary(j, suffix);
		if (!*library || !object || !deps ||
		    !push(j, &objects, object))
			return err_nomem(j->err);
		TRY(compile_one(j, j->sources->v[i], only, object, deps));
		TRY(manifest_add_deps(&j->manifest, deps, j->err));
	}
	return only ? RETORT_OK : link_all(j, &objects, *library);
}

static char *library_path(struct job *j, const char *content_key)
{
	return arena_printf(j->mem, "%s/%s.so", j->o->cache_directory,
			    content_key);
}

static retort_status save_manifest(struct job *j)
{
	char *text = manifest_text(&j->manifest, j->mem);

	if (!text)
		return err_nomem(j->err);
	return file_write(j->manifest_path, text, strlen(text), true, j->err);
}

/* After a power cut there must be no empty library under a good name. */
static bool on_disk(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool ok = fd >= 0 && !fsync(fd);

	if (fd >= 0)
		close(fd);
	return ok;
}

/* What was compiled takes its place under the key of its content. */
static retort_status install(struct job *j, const char *library, char **out)
{
	char *path = library_path(j, j->manifest.content_key);

	if (!path)
		return err_nomem(j->err);
	if (!on_disk(library) || rename(library, path))
		return err_set(j->err, RETORT_E_FAIL, "could not write \"%s\": "
			       "%s", path, strerror(errno));
	TRY(save_manifest(j));
	if (j->superseded && strcmp(j->superseded, j->manifest.content_key)) {
		const char *old = library_path(j, j->superseded);

		if (!old)
			return err_nomem(j->err);
		cache_superseded(old);
	}
	cache_prune(j->o->cache_directory);
	*out = path;
	return RETORT_OK;
}

static retort_status compile_anew(struct job *j, char **out)
{
	TRY(take_stem(j));
	for (int i = 0; i < ATTEMPTS; i++) {
		struct timespec start = manifest_now();
		char *library = NULL;
		bool changed = false;

		j->manifest = (struct manifest){ .mem = j->mem,
						 .request_key = j->key };
		TRY(compile_all(j, &library));
		TRY(manifest_take(&j->manifest, &start, &changed, j->err));
		if (!changed)
			return install(j, library, out);
	}
	return err_set(j->err, RETORT_E_FAIL, "could not compile \"%s\": it "
		       "changes while it is read", j->sources->v[0]);
}

/*
 * What the cache has: at once when no file changed, after reading them all
 * when their times did.
 */
static retort_status look_up(struct job *j, char **out)
{
	char *text = NULL, *path;
	bool same = false;
	SCRATCH_ERR(ignored);

	if (file_read(j->manifest_path, j->mem, &text, NULL, &ignored) ||
	    !manifest_parse(&j->manifest, text))
		return RETORT_OK;
	path = library_path(j, j->manifest.content_key);
	if (!path)
		return err_nomem(j->err);
	if (!file_exists(path))
		return RETORT_OK;
	j->superseded = j->manifest.content_key;
	if (!manifest_is_fresh(&j->manifest)) {
		struct timespec start = manifest_now();

		TRY(manifest_retake(&j->manifest, &start, &same, j->err));
		if (!same)
			return RETORT_OK;
		TRY(save_manifest(j));
	}
	*out = path;
	return RETORT_OK;
}

retort_status compile_shared(const struct strings *sources,
			     const struct compile_options *o,
			     struct arena *mem, char **path, struct err *err)
{
	SCRATCH(tmp);
	__attribute__((cleanup(job_clear))) struct job j = {
		.sources = sources, .o = o, .mem = &tmp, .err = err
	};
	char *found = NULL;

	TRY(prepare(&j));
	j.manifest = (struct manifest){ .mem = &tmp, .request_key = j.key };
	TRY(look_up(&j, &found));
	if (!found)
		TRY(compile_anew(&j, &found));
	found = arena_strdup(mem, found);
	if (!found)
		return err_nomem(err);
	*path = found;
	return RETORT_OK;
}
