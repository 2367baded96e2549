#include "cmd.h"

static bool resolve_dependencies;

static const struct opt options[] = {
	{ OPT_FLAG, 0, "resolve-dependencies", &resolve_dependencies, NULL,
	  "leave out what another head depends on" },
	OPT_END
};

static int run(struct env *env, int n, char **argv)
{
	retort_revisions list;

	(void)n, (void)argv;
	if (retort_heads(env->db, resolve_dependencies, &list) < 0)
		return fail(env);
	if (!list.n)
		say_no_revisions(env);
	print_revisions(env->out, "heads", &list, STYLE_LABELS);
	return 0;
}

const struct cmd cmd_heads = {
	.name = "heads", .summary = "show the newest revision of each branch",
	.needs = NEEDS_PROJECT, .pages = true, .options = options, .run = run
};
