#include "move.h"

static const struct opt options[] = {
	SQL_OPTION,
	OPT_END
};

static int run(struct env *env, int n, char **argv)
{
	retort_move move = move_from_options(env, NULL);

	(void)n, (void)argv;
	if (retort_ensure_version(env->db, &move) < 0)
		return fail(env);
	return 0;
}

const struct cmd cmd_ensure_version = {
	.name = "ensure-version",
	.summary = "create the version table where it is missing",
	.needs = NEEDS_PROJECT, .options = options, .run = run
};
