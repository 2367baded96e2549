#include "new_revision.h"

static const struct opt options[] = {
	NEW_REVISION_OPTIONS,
	OPT_END
};

static int run(struct env *env, int n, char **argv)
{
	return new_merge(env, (const char *const *)(argv + 1), (size_t)n);
}

const struct cmd cmd_merge = {
	.name = "merge", .arguments = "[REVISION...]",
	.summary = "join several heads in one revision",
	.needs = NEEDS_PROJECT, .max_args = -1, .options = options, .run = run
};
