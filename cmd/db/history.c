#include "cmd.h"

static const char *range;
static bool indicate_current;

static const struct opt options[] = {
	{ OPT_STRING, 'r', "rev-range", &range, "FROM:TO",
	  "a range; either end may be open or relative" },
	{ OPT_FLAG, 'i', "indicate-current", &indicate_current, NULL,
	  "ask the database which one is current" },
	OPT_END
};

static int run(struct env *env, int n, char **argv)
{
	retort_revisions list;

	(void)n, (void)argv;
	if (retort_history(env->db, range, indicate_current, &list) < 0)
		return fail(env);
	print_revisions(env->out, "revisions", &list,
			STYLE_HISTORY | STYLE_LABELS | STYLE_TREE);
	return 0;
}

const struct cmd cmd_history = {
	.name = "history", .summary = "list the revisions, newest first",
	.needs = NEEDS_PROJECT, .options = options, .run = run
};
