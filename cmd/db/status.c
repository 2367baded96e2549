#include "cmd.h"

static int run(struct env *env, int n, char **argv)
{
	retort_report r;

	(void)n, (void)argv;
	if (retort_status_report(env->db, &r) < 0)
		return fail(env);
	print_field(env->out, "database", "database", r.url);
	print_data(env->out, "dialect", r.dialect);
	print_field(env->out, "directory", "directory", r.directory);
	print_field(env->out, "models", "models", r.models);
	print_revision_names(env->out, "current", "at", &r.current);
	print_revision_names(env->out, "heads", "head", &r.heads);
	print_revision_names(env->out, "pending", "pending", &r.pending);
	print_list(env->out, "problems", "problem", r.problems, r.n_problems);
	print_flag(env->out, "up_to_date", !r.pending.n && !r.n_problems);
	if (!r.pending.n && !r.n_problems)
		print_message(env->out, "message", "Up to date.");
	else
		print_data(env->out, "message", NULL);
	return 0;
}

const struct cmd cmd_status = {
	.name = "status",
	.summary = "where the database is, what is pending, what is wrong",
	.needs = NEEDS_PROJECT, .run = run
};
