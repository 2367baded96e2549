#include <stdlib.h>

#include "cmd.h"

static int run(struct env *env, int n, char **argv)
{
	const struct cmd *c = n ? cmd_find(argv[1]) : NULL;
	char *text = NULL;
	size_t size = 0;
	FILE *f;

	if (n && !c)
		return unknown_command(argv[1]);
	f = open_memstream(&text, &size);
	if (!f) {
		perror("db");
		return EXIT_FAILED;
	}
	if (c)
		cmd_usage(f, c);
	else
		cmd_list(f);
	if (!fclose(f))
		print_text(env->out, "text", text);
	free(text);
	return 0;
}

const struct cmd cmd_help = {
	.name = "help", .arguments = "[COMMAND]",
	.summary = "show the commands, or the options of one",
	.max_args = 1, .run = run
};
