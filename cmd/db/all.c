#include "all.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "session.h"

/* The databases: names of sections, NULL for [db] itself. */
struct databases {
	char **v;
	size_t n;
};

bool may_run_all(const struct env *env, const struct cmd *c)
{
	const char *other = env->global.section ? "-n"
		: env->global.url ? "--url" : NULL;

	if (c->needs != NEEDS_PROJECT) {
		misuse(c->name, "--all is for commands that use the databases "
		       "of a project");
		return false;
	}
	if (other)
		misuse(c->name, "--all and %s do not go together", other);
	return !other;
}

int worse(int a, int b)
{
	static const int order[] = {
		EXIT_DONE, EXIT_DIFFERS, EXIT_LOCKED, EXIT_UNREACHABLE,
		EXIT_USAGE, EXIT_FAILED
	};

	if (a > EXIT_LOCKED || b > EXIT_LOCKED)	/* a signal */
		return a > b ? a : b;
	for (size_t i = sizeof(order) / sizeof(*order); i--;)
		if (a == order[i] || b == order[i])
			return order[i];
	return EXIT_FAILED;
}

static bool add(struct databases *to, const char *name)
{
	char **more = realloc(to->v, (to->n + 1) * sizeof(*more));
	char *copy = name ? strdup(name) : NULL;

	if (!more || (name && !copy))
		return false;
	to->v = more;
	to->v[to->n++] = copy;
	return true;
}

static void clear(struct databases *d)
{
	for (size_t i = 0; i < d->n; i++)
		free(d->v[i]);
	free(d->v);
}

/* [db] is one of them where it says which. */
static int list(struct env *env, struct databases *out)
{
	const char *const *names;
	size_t n;
	bool ok = true;

	if (retort_sections(env->db, &names, &n) < 0)
		return fail(env);
	if (retort_url(env->db) || !n)
		ok = add(out, NULL);
	for (size_t i = 0; ok && i < n; i++)
		ok = add(out, names[i]);
	if (ok)
		return 0;
	perror("db");
	return EXIT_FAILED;
}

/* Are both streams one terminal, or one file? */
static bool same_output(void)
{
	struct stat a, b;

	return !fstat(STDOUT_FILENO, &a) && !fstat(STDERR_FILENO, &b) &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* Where each stream can be told apart from the other it has the heading. */
static void heading(struct env *env, const char *name)
{
	char text[80];

	if (name)
		snprintf(text, sizeof(text), "[db \"%s\"]", name);
	else
		strcpy(text, "[db]");
	print_database(env->out, name, text);
	if (!env->global.quiet && (env->global.json || !same_output()))
		fprintf(stderr, "%s\n", text);
}

static void say_skipped(const struct databases *d, size_t from)
{
	fputs("db: not done:", stderr);
	for (size_t i = from; i < d->n; i++)
		fprintf(stderr, "%s %s", i > from ? "," : "",
			d->v[i] ? d->v[i] : "[db]");
	fputs("\nhint: --continue-on-error goes on when one fails.\n", stderr);
}

static bool goes_on(const struct env *env, int rc)
{
	if (rc >= EXIT_INTERRUPTED || session_signal())
		return false;
	return !rc || rc == EXIT_DIFFERS || env->global.continue_on_error;
}

int run_all(struct env *env, const struct cmd *c, int n, char **argv,
	    int (*once)(const struct cmd *c, int n, char **argv))
{
	struct databases d = {0};
	int rc = session_open(env, c), all = 0;

	if (!rc)
		rc = list(env, &d);
	session_close(env);
	env->reopened = true;
	for (size_t i = 0; !rc && i < d.n; i++) {
		int one;

		env->global.section = d.v[i];
		heading(env, d.v[i]);
		one = once(c, n, argv);
		print_database_end(env->out, one);
		all = worse(all, one);
		if (goes_on(env, one))
			continue;
		if (i + 1 < d.n)
			say_skipped(&d, i + 1);
		break;
	}
	env->global.section = NULL;
	clear(&d);
	return rc ? rc : all;
}
