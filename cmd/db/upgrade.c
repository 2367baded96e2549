#include "move.h"

static const struct opt options[] = {
	MOVE_OPTIONS,
	TARGET_OPTIONS,
	OPT_END
};

static int run(struct env *env, int n, char **argv)
{
	return move_run(env, retort_upgrade, n ? argv[1] : NULL);
}

const struct cmd cmd_upgrade = {
	.name = "upgrade", .arguments = "[REVISION]",
	.summary = "apply revisions (default: up to the head)",
	.needs = NEEDS_PROJECT, .max_args = 1, .options = options,
	.lock_timeout_ms = &move_options.lock_timeout_ms,
	.statement_timeout_ms = &move_options.statement_timeout_ms, .run = run
};
