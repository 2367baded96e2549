#include "template.h"

static int show(void *env, const char *name, const char *directory)
{
	print_field(((struct env *)env)->out, name, name, directory);
	return 0;
}

static int run(struct env *env, int n, char **argv)
{
	(void)n, (void)argv;
	template_each(env, show, env);
	if (env->share)
		return 0;
	fputs("db: could not find the templates beside the program\n"
	      "hint: \"make install\" puts them into PREFIX/share/retort; \"db "
	      "init -t DIR\" takes one from anywhere.\n", stderr);
	return EXIT_FAILED;
}

const struct cmd cmd_list_templates = {
	.name = "list-templates", .summary = "show the templates of db init",
	.run = run
};
