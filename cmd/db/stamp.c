#include "move.h"

static const struct opt options[] = {
	SQL_OPTION,
	TAG_OPTION,
	{ OPT_FLAG, 0, "purge", &move_options.purge, NULL,
	  "forget what the version table says first" },
	OPT_END
};

static int run(struct env *env, int n, char **argv)
{
	static const char *const head[] = { "head" };
	const char *const *targets =
		n ? (const char *const *)(argv + 1) : head;
	retort_move move = move_from_options(env, NULL);

	if (retort_stamp(env->db, targets, n ? (size_t)n : 1,
			 move_options.purge, &move) < 0)
		return fail(env);
	print_data_list(env->out, "stamped", targets, n ? (size_t)n : 1);
	return 0;
}

const struct cmd cmd_stamp = {
	.name = "stamp", .arguments = "[REVISION...]",
	.summary = "say what the database is at, without running anything",
	.needs = NEEDS_PROJECT, .max_args = -1, .options = options, .run = run
};
