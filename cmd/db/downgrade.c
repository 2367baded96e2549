#include "move.h"

static const struct opt options[] = {
	MOVE_OPTIONS,
	OPT_END
};

static int run(struct env *env, int n, char **argv)
{
	retort_move move = move_from_options(n ? argv[1] : NULL);
	size_t moved = 0;

	if (retort_downgrade(env->db, &move, &moved) < 0)
		return fail(env);
	print_number(env->out, "revisions", (long long)moved);
	return 0;
}

const struct cmd cmd_downgrade = {
	.name = "downgrade", .arguments = "[REVISION]",
	.summary = "take revisions back (default: one)",
	.needs = NEEDS_PROJECT, .max_args = 1, .options = options,
	.lock_timeout_ms = &move_options.lock_timeout_ms, .run = run
};
