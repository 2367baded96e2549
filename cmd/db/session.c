#include "session.h"

#include <ctype.h>
#include <libgen.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "secret.h"
#include "targets.h"
#include "term.h"

static volatile sig_atomic_t caught;
static retort *volatile cancel_this;

static void on_signal(int sig)
{
	if (caught) {	/* the second one means it */
		signal(sig, SIG_DFL);
		raise(sig);
		return;
	}
	caught = sig;
	if (cancel_this)
		retort_cancel(cancel_this);
}

void session_catch_signals(struct env *env)
{
	struct sigaction sa = { .sa_handler = on_signal };

	cancel_this = env->db;
	sigemptyset(&sa.sa_mask);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
}

int session_signal(void)
{
	return caught;
}

__attribute__((format(printf, 1, 2)))
static char *print_to_heap(const char *fmt, ...)
{
	char *s = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&s, &n);
	va_list ap;

	if (!f)
		return NULL;
	va_start(ap, fmt);
	vfprintf(f, fmt, ap);
	va_end(ap);
	return fclose(f) ? NULL : s;
}

static bool exists(const char *path)
{
	struct stat st;

	return path && !stat(path, &st);
}

/* migrations/db.ini here or in a directory above. */
static char *find_directory(void)
{
	char cwd[PATH_MAX];

	if (!getcwd(cwd, sizeof(cwd)))
		return NULL;
	for (bool here = true; ; here = false) {
		char *dir = here ? strdup("migrations")
				 : print_to_heap("%s/migrations", cwd);
		char *ini = dir ? print_to_heap("%s/db.ini", dir) : NULL;
		bool found = exists(ini);
		char *slash = strrchr(cwd, '/');

		free(ini);
		if (found)
			return dir;
		free(dir);
		if (!slash || !cwd[1])
			return NULL;
		slash[slash == cwd] = '\0';
	}
}

/* Beside the program: PREFIX/share/retort when installed, else the sources. */
static char *beside_program(const char *installed, const char *in_tree)
{
	char exe[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	char *path, *above;

	if (n <= 0)
		return NULL;
	exe[n] = '\0';
	above = dirname(dirname(exe));
	path = print_to_heap("%s/%s", above, installed);
	if (exists(path))
		return path;
	free(path);
	path = print_to_heap("%s/%s", above, in_tree);
	if (exists(path))
		return path;
	free(path);
	return NULL;
}

static char *include_directory(void)
{
	char *model = beside_program("include/retort/model.h",
				     "lib/include/retort/model.h");

	if (model)
		model[strlen(model) - strlen("/retort/model.h")] = '\0';
	return model;
}

static char *cache_directory(void)
{
	const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	if (xdg && *xdg == '/')
		return print_to_heap("%s/retort", xdg);
	if (home && *home)
		return print_to_heap("%s/.cache/retort", home);
	return print_to_heap("/tmp/retort-%ld", (long)getuid());
}

static int parse_pairs(struct env *env, retort_pair *out)
{
	const struct opt_list *x = &env->global.x;

	for (size_t i = 0; i < x->n; i++) {
		char *s, *eq;

		if (out[i].key)
			continue;	/* of an earlier session, the same */
		s = strdup(x->v[i]);
		eq = s ? strchr(s, '=') : NULL;
		if (!eq) {
			free(s);
			return misuse(NULL, "-x needs KEY=VALUE, not \"%s\"",
				      x->v[i]);
		}
		*eq = '\0';
		out[i] = (retort_pair){ s, eq + 1 };
	}
	return 0;
}

/* One that is not empty and has lost its configuration, say. */
static int no_configuration(const char *directory)
{
	secret_printf(stderr, "db: could not find \"%s/db.ini\"\n", directory);
	secret_printf(stderr, "hint: The directory is there, its configuration "
		      "is not: bring it back, or name one with -c FILE. Where "
		      "the directory is empty, \"db init%s%s\" makes the project.\n",
		      strcmp(directory, "migrations") ? " " : "",
		      strcmp(directory, "migrations") ? directory : "");
	return EXIT_FAILED;
}

static int no_project(const struct env *env)
{
	const char *directory = env->global.directory;

	if (exists(directory ? directory : "migrations"))
		return no_configuration(directory ? directory : "migrations");
	if (directory)
		secret_printf(stderr, "db: could not find a project in \"%s\"\n"
			      "hint: \"db init %s\" makes one there.\n",
			      directory, directory);
	else
		fputs("db: could not find a \"migrations\" directory here or "
		      "above\n"
		      "hint: \"db init\" makes one; -d DIR names another.\n",
		      stderr);
	return EXIT_FAILED;
}

static char *parent_of(const char *path)
{
	char *parent = strdup(path), *slash = parent ? strrchr(parent, '/')
						     : NULL;

	if (slash)
		slash[slash == parent] = '\0';
	return parent;
}

static bool has_configuration(const struct env *env)
{
	char *ini;
	bool found;

	if (env->global.config)
		return true;
	ini = print_to_heap("%s/db.ini", env->directory);
	found = exists(ini);
	free(ini);
	return found;
}

/*
 * $DATABASE_URL; of a section $DATABASE_URL_NAME, so that no database gets the
 * revisions of another.
 */
static const char *url_of_environment(const char *section)
{
	char name[128];
	int n = snprintf(name, sizeof(name), "DATABASE_URL%s%s",
			 section ? "_" : "", section ? section : "");

	if (n < 0 || (size_t)n >= sizeof(name))
		return NULL;
	for (char *p = name; *p; p++)
		*p = isalnum((unsigned char)*p)
			? (char)toupper((unsigned char)*p) : '_';
	return getenv(name);
}

static int open_with(struct env *env, const struct cmd *c, retort_options *o)
{
	static retort_pair pairs[OPT_LIST_MAX];
	const struct passwd *who = getpwuid(geteuid());
	const char *url = url_of_environment(env->global.section);
	char *cache, *include;
	int rc = parse_pairs(env, pairs);

	if (rc)
		return rc;
	cache = cache_directory();
	include = include_directory();
	o->x = pairs;
	o->n_x = env->global.x.n;
	o->url = env->global.url ? env->global.url : url && *url ? url : NULL;
	o->user = who ? who->pw_name : NULL;
	o->cache_directory = cache;
	o->include_directory = include;
	o->compiler = getenv("CC");
	o->lock_timeout_ms = c->lock_timeout_ms ? *c->lock_timeout_ms : 0;
	o->statement_timeout_ms = c->statement_timeout_ms
		? *c->statement_timeout_ms : 0;
	o->schemas = c->schemas ? *c->schemas : NULL;
	env->term->muted = env->reopened;	/* the file was complained of */
	if (retort_open(o, &env->db) < 0)
		rc = env->db ? fail(env) : EXIT_FAILED;
	env->term->muted = false;
	free(cache);
	free(include);
	return rc;
}

/* Of many targets the bar shows how many are done, not what each is at. */
static bool watches(const struct env *env)
{
	return env->term->bar && !target_options.file && !target_options.query;
}

int session_open(struct env *env, const struct cmd *c)
{
	const struct globals *g = &env->global;
	retort_options o = {
		.size = sizeof(o), .config = g->config, .section = g->section,
		.log = term_log, .progress = term_progress,
		.statement = watches(env) ? term_statement : NULL,
		.ask = term_interactive() ? term_ask : NULL,
		.payload = env->term
	};
	char *base = NULL;
	int rc;

	env->share = beside_program("share/retort/migrations_template",
				    "migrations_template");
	env->directory = g->directory ? strdup(g->directory) : find_directory();
	if (c->needs == NEEDS_NOTHING)
		return 0;
	if (env->directory && !has_configuration(env)) {
		if (c->needs == NEEDS_PROJECT)
			return no_project(env);
		free(env->directory);
		env->directory = NULL;
	}
	if (c->needs == NEEDS_PROJECT && !env->directory)
		return no_project(env);
	o.directory = env->directory;
	if (!g->directory && env->directory && *env->directory == '/')
		o.base_directory = base = parent_of(env->directory);
	rc = open_with(env, c, &o);
	free(base);
	return rc;
}

void session_close(struct env *env)
{
	cancel_this = NULL;
	retort_close(env->db);
	free(env->directory);
	free(env->share);
	env->db = NULL;
	env->directory = env->share = NULL;
}
