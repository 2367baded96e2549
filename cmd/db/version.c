#include "cmd.h"

static int run(struct env *env, int n, char **argv)
{
	(void)n, (void)argv;
	print_value(env->out, "version", "db %s", retort_version());
	return 0;
}

const struct cmd cmd_version = {
	.name = "version", .summary = "show the version", .run = run
};
