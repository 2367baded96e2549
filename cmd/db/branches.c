#include "cmd.h"

static int run(struct env *env, int n, char **argv)
{
	retort_revisions list, children;

	(void)n, (void)argv;
	if (retort_branches(env->db, &list) < 0)
		return fail(env);
	print_branches(env->out);
	for (size_t i = 0; i < list.n; i++) {
		if (retort_children(env->db, list.v[i]->id, &children) < 0)
			return fail(env);
		print_branch(env->out, list.v[i], &children);
	}
	return 0;
}

const struct cmd cmd_branches = {
	.name = "branches", .summary = "show where the history branches",
	.needs = NEEDS_PROJECT, .pages = true, .run = run
};
