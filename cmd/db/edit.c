#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd.h"

static const char *editor(void)
{
	static const char *const names[] = { "DB_EDITOR", "VISUAL", "EDITOR" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const char *s = getenv(names[i]);

		if (s && *s)
			return s;
	}
	return "vi";
}

/* In the child. The editor may be a command with arguments, as git takes it. */
_Noreturn static void become_editor(const char *path)
{
	char *line = malloc(strlen(editor()) + 8);

	if (!strpbrk(editor(), " \t\n'\"\\$|&;<>(){}*?~`=#")) {
		execlp(editor(), editor(), path, (char *)NULL);
	} else if (line) {
		strcpy(line, editor());
		strcat(line, " \"$1\"");
		execl("/bin/sh", "sh", "-c", line, "db", path, (char *)NULL);
	}
	_exit(127);
}

/* Did it end well? */
static bool wait_for(pid_t child)
{
	int status = 0;

	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return false;
	return WIFEXITED(status) && !WEXITSTATUS(status);
}

/* Ctrl-C while it runs is for the editor. */
static int edit_file(const char *path)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction old;
	pid_t child;
	bool ok;

	sigaction(SIGINT, &ignore, &old);
	child = fork();
	if (!child) {
		sigaction(SIGINT, &old, NULL);
		become_editor(path);
	}
	ok = child > 0 && wait_for(child);
	sigaction(SIGINT, &old, NULL);
	if (child < 0)
		perror("db: could not start the editor");
	else if (!ok)
		fprintf(stderr, "db: the editor \"%s\" failed\n"
			"hint: $VISUAL or $EDITOR names another.\n", editor());
	return ok ? 0 : EXIT_FAILED;
}

static int run(struct env *env, int n, char **argv)
{
	retort_revisions list;
	int rc = 0;

	if (retort_resolve(env->db, n ? argv[1] : "head", &list) < 0)
		return fail(env);
	if (!list.n)
		say_no_revisions(env);
	for (size_t i = 0; !rc && i < list.n; i++)
		rc = edit_file(list.v[i]->path);
	print_data_revisions(env->out, "revisions", &list);
	return rc;
}

const struct cmd cmd_edit = {
	.name = "edit", .arguments = "[REVISION]",
	.summary = "open a revision in the editor (default: the head)",
	.needs = NEEDS_PROJECT, .max_args = 1, .run = run
};
