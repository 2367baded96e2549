#include <stdlib.h>

#include "cmd.h"

static const char *max_count;

static const struct opt options[] = {
	{ OPT_STRING, 0, "max-count", &max_count, "N",
	  "only the newest N; -N is the same" },
	OPT_END
};

/* "12" or "-12"; 0: it is none. */
static size_t read_count(const char *s)
{
	char *end;
	long n = strtol(s, &end, 10);

	return *end || end == s ? 0 : (size_t)labs(n);
}

static int run(struct env *env, int n, char **argv)
{
	const char *said = n ? argv[1] : max_count;
	size_t limit = said ? read_count(said) : 0;
	retort_log_entries log;

	if (said && !limit)
		return misuse("log", "\"%s\" is not a number of rows", said);
	if (retort_read_log(env->db, limit, &log) < 0)
		return fail(env);
	print_log(env->out, "log", &log);
	return 0;
}

const struct cmd cmd_log = {
	.name = "log", .arguments = "[-N]",
	.summary = "what was applied when, by whom, and how long it took",
	.needs = NEEDS_PROJECT, .pages = true, .max_args = 1, .options = options, .run = run
};
