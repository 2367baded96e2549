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

/* The editor may be a command with arguments, as git takes it. */
static int edit_file(const char *path)
{
	pid_t child = fork();
	int status = 0;
	char *line;

	if (child < 0) {
		perror("db: could not start the editor");
		return EXIT_FAILED;
	}
	if (!child) {
		line = malloc(strlen(editor()) + 8);
		if (line) {
			strcpy(line, editor());
			strcat(line, " \"$1\"");
			execl("/bin/sh", "sh", "-c", line, "db", path,
			      (char *)NULL);
		}
		_exit(127);
	}
	if (waitpid(child, &status, 0) < 0 || !WIFEXITED(status) ||
	    WEXITSTATUS(status)) {
		fprintf(stderr, "db: the editor \"%s\" failed\n"
			"hint: $VISUAL or $EDITOR names another.\n", editor());
		return EXIT_FAILED;
	}
	return 0;
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
