#include "move.h"

static const struct opt options[] = {
	SQL_OPTION,
	{ OPT_FLAG, 0, "stamp", &move_options.stamp, NULL,
	  "then stamp the database at the head" },
	OPT_END
};

static int run(struct env *env, int n, char **argv)
{
	static const char *const heads[] = { "heads" };
	retort_move move = move_from_options(env, NULL);
	size_t created = 0;

	(void)n, (void)argv;
	if (retort_create_all(env->db, &move, &created) < 0)
		return fail(env);
	if (move_options.stamp &&
	    retort_stamp(env->db, heads, 1, false, &move) < 0)
		return fail(env);
	if (!move_options.sql)
		print_message(env->out, "message", "%zu created.", created);
	print_number(env->out, "created", (long long)created);
	return 0;
}

const struct cmd cmd_create_all = {
	.name = "create-all",
	.summary = "create what the models have and the database has not",
	.needs = NEEDS_PROJECT, .options = options, .run = run
};
