#include "cmd.h"

static int run(struct env *env, int n, char **argv)
{
	retort_revisions list;

	if (retort_resolve(env->db, n ? argv[1] : "head", &list) < 0)
		return fail(env);
	if (!list.n)
		say_no_revisions(env);
	print_revision_blocks(env->out, "revisions", &list);
	return 0;
}

const struct cmd cmd_show = {
	.name = "show", .arguments = "[REVISION]",
	.summary = "show one revision (default: the head)",
	.needs = NEEDS_PROJECT, .max_args = 1, .run = run
};
