#include "cmd.h"

static int run(struct env *env, int n, char **argv)
{
	retort_changes changes = {0};

	(void)n, (void)argv;
	if (retort_check(env->db, &changes) < 0)
		return fail(env);
	if (changes.n)
		print_message(env->out, "message",
			      "New upgrade operations detected: %zu", changes.n);
	else
		print_message(env->out, "message",
			      "No new upgrade operations detected.");
	print_changes(env->out, "operations", &changes);
	return changes.n ? EXIT_DIFFERS : 0;
}

const struct cmd cmd_check = {
	.name = "check",
	.summary = "would db migrate write something?",
	.needs = NEEDS_PROJECT, .run = run
};
