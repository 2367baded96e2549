#include "cmd.h"

static bool sql;

static const struct opt options[] = {
	{ OPT_FLAG, 0, "sql", &sql, NULL, "print the SQL from A to B" },
	OPT_END
};

static int run(struct env *env, int n, char **argv)
{
	retort_changes changes = {0};

	(void)n;
	if (retort_diff(env->db, argv[1], argv[2], sql, &changes) < 0)
		return fail(env);
	if (sql && changes.n) {
		print_text(env->out, "sql", changes.sql);
		print_data_changes(env->out, "operations", &changes);
	} else {
		print_changes(env->out, "operations", &changes);
		print_data(env->out, "sql", sql ? "" : NULL);
	}
	return changes.n ? EXIT_DIFFERS : 0;
}

const struct cmd cmd_diff = {
	.name = "diff", .arguments = "A B",
	.summary = "compare two of: a URL, models, a revision, \"database\"",
	.needs = NEEDS_SESSION, .min_args = 2, .max_args = 2,
	.options = options, .run = run
};
