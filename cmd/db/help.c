#include "cmd.h"

static int run(struct env *env, int n, char **argv)
{
	const struct cmd *c = n ? cmd_find(argv[1]) : NULL;

	(void)env;
	if (n && !c)
		return misuse(NULL, "\"%s\" is not a command", argv[1]);
	if (c)
		cmd_usage(stdout, c);
	else
		cmd_list(stdout);
	return 0;
}

const struct cmd cmd_help = {
	.name = "help", .arguments = "[COMMAND]",
	.summary = "show the commands, or the options of one",
	.max_args = 1, .run = run
};
