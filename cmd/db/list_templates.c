#include "cmd.h"

static int run(struct env *env, int n, char **argv)
{
	(void)n, (void)argv;
	if (!env->share) {
		fputs("db: could not find the template beside the program\n",
		      stderr);
		return EXIT_FAILED;
	}
	print_field(env->out, "generic", "generic", env->share);
	return 0;
}

const struct cmd cmd_list_templates = {
	.name = "list-templates", .summary = "show the templates of db init",
	.run = run
};
