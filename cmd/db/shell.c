#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "session.h"

static char **arguments(const retort_program *p, int n, char **argv)
{
	char **all = calloc(p->n_argv + (size_t)n + 1, sizeof(*all));

	if (!all)
		return NULL;
	for (size_t i = 0; i < p->n_argv; i++) {
		all[i] = strdup(p->argv[i]);
		if (!all[i])
			return NULL;
	}
	for (int i = 0; i < n; i++)
		all[p->n_argv + (size_t)i] = argv[i + 1];
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
	return cannot_run(all[0]);
}

const struct cmd cmd_shell = {
	.name = "shell", .arguments = "[-- ARGUMENT...]",
	.summary = "open the database in its own shell",
	.needs = NEEDS_SESSION, .max_args = -1, .run = run
};
