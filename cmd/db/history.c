#include "cmd.h"

static const char *range;
static bool indicate_current, graph;

static const struct opt options[] = {
	{ OPT_STRING, 'r', "rev-range", &range, "FROM:TO",
	  "a range; either end may be open or relative" },
	{ OPT_FLAG, 'i', "indicate-current", &indicate_current, NULL,
	  "ask the database which one is current" },
	{ OPT_FLAG, 0, "graph", &graph, NULL, "draw the branches" },
	OPT_END
};

static int run(struct env *env, int n, char **argv)
{
	retort_revisions list;

	(void)n, (void)argv;
	if (retort_history(env->db, range, indicate_current, &list) < 0)
		return fail(env);
	if (!list.n)
		say_no_revisions(env);
	if (!graph) {
		print_revisions(env->out, "revisions", &list, STYLE_PARENTS |
				STYLE_LABELS | STYLE_TREE | STYLE_MESSAGE);
		return 0;
	}
	if (print_graph(env->out, "revisions", &list) < 0) {
		perror("db");
		return EXIT_FAILED;
	}
	return 0;
}

const struct cmd cmd_history = {
	.name = "history", .summary = "list the revisions, newest first",
	.needs = NEEDS_PROJECT, .pages = true, .options = options, .run = run
};
