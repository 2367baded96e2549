#include "new_revision.h"

static const struct opt options[] = {
	NEW_REVISION_OPTIONS,
	AUTOGENERATE_OPTIONS,
	OPT_END
};

static int run(struct env *env, int n, char **argv)
{
	(void)n, (void)argv;
	return new_revision(env, true);
}

const struct cmd cmd_migrate = {
	.name = "migrate",
	.summary = "compare the models with the database, write a revision",
	.needs = NEEDS_PROJECT, .options = options, .run = run
};
