#include <stdio.h>
#include <stdlib.h>

#include "fleet.h"

static const struct opt options[] = {
	TARGET_OPTIONS,
	OPT_END
};

static void status_of_target(retort *db, const void *how, struct outcome *out)
{
	static char *lines;
	retort_report r = {0};
	size_t size = 0;
	FILE *f;

	(void)how;
	if (retort_status_report(db, &r) < 0)
		return;
	out->reports = true;
	out->pending = r.pending.n;
	out->problems = r.n_problems;
	free(lines);
	lines = NULL;
	f = r.n_problems ? open_memstream(&lines, &size) : NULL;
	for (size_t i = 0; f && i < r.n_problems; i++)
		fprintf(f, "%s\n", r.problems[i]);
	if (f && !fclose(f))
		out->lines = lines;
	if (r.current.n || !r.n_problems)	/* else who knows where it is */
		out->from = fleet_revisions(&r.current, false);
}

static int run(struct env *env, int n, char **argv)
{
	retort_report r;
	int rc;

	(void)n, (void)argv;
	if (targets_wanted(env, "status", &rc) && !rc)
		return fleet_run(env, status_of_target, NULL, FLEET_ASKS);
	if (rc)
		return rc;
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
	if (!r.heads.n)
		say_no_revisions(env);
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
	.needs = NEEDS_PROJECT, .options = options, .run = run
};
