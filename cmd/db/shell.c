#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "session.h"

static void release(char **all)
{
	for (size_t i = 0; all && all[i]; i++)
		free(all[i]);
	free(all);
}

/* The program's and the user's, to outlive the session; NULL: no memory. */
static char **arguments(const retort_program *p, int n, char **argv)
{
	size_t total = p->n_argv + (size_t)n;
	char **all = calloc(total + 1, sizeof(*all));

	for (size_t i = 0; all && i < total; i++) {
		all[i] = strdup(i < p->n_argv ? p->argv[i]
					      : argv[i - p->n_argv + 1]);
		if (!all[i]) {
			release(all);
			return NULL;
		}
	}
	return all;
}

static int cannot_run(const char *program)
{
	fprintf(stderr, "db: could not run \"%s\": %s\n", program,
		strerror(errno));
	fputs("hint: It is a program of its own: install it, or put its folder "
	      "into PATH.\n", stderr);
	return EXIT_FAILED;
}

/* It takes the place of this process: its exit status is ours. */
static int run(struct env *env, int n, char **argv)
{
	retort_program p;
	char **all;
	int rc;

	if (env->global.json)
		return misuse("shell", "has no --json");
	if (retort_shell(env->db, &p) < 0)
		return fail(env);
	for (size_t i = 0; i < p.n_environment; i++)
		setenv(p.environment[i].key, p.environment[i].value, 1);
	all = arguments(&p, n, argv);
	if (!all) {
		perror("db");
		return EXIT_FAILED;
	}
	session_close(env);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	execvp(all[0], all);
	rc = cannot_run(all[0]);
	release(all);
	return rc;
}

const struct cmd cmd_shell = {
	.name = "shell", .arguments = "[-- ARGUMENT...]",
	.summary = "open the database in its own shell",
	.needs = NEEDS_SESSION, .max_args = -1, .run = run
};
