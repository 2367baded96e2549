#include "new_revision.h"

static const struct opt options[] = {
	{ OPT_FLAG, 0, "autogenerate", &new_options.autogenerate, NULL,
	  "compare the models with the database, as db migrate does" },
	NEW_REVISION_OPTIONS,
	AUTOGENERATE_OPTIONS,
	OPT_END
};

static int run(struct env *env, int n, char **argv)
{
	(void)n, (void)argv;
	return new_revision(env, new_options.autogenerate);
}

const struct cmd cmd_revision = {
	.name = "revision", .summary = "write an empty revision",
	.needs = NEEDS_PROJECT, .options = options, .run = run
};
