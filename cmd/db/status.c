#include <stdio.h>

#include "cmd.h"

static void revisions(struct env *env, const char *key, const char *label,
		      const retort_revisions *list)
{
	const char *lines[16];
	char text[16][160];
	size_t n = list->n < 15 ? list->n : 15;

	for (size_t i = 0; i < n; i++) {
		snprintf(text[i], sizeof(text[i]), "%s %s", list->v[i]->id,
			 list->v[i]->message);
		lines[i] = text[i];
	}
	if (list->n > n) {
		snprintf(text[n], sizeof(text[n]), "... and %zu more",
			 list->n - n);
		lines[n] = text[n];
		n++;
	}
	print_list(env->out, key, label, lines, n);
}

static int run(struct env *env, int n, char **argv)
{
	retort_report r;

	(void)n, (void)argv;
	if (retort_status_report(env->db, &r) < 0)
		return fail(env);
	print_field(env->out, "database", "database", r.url);
	print_field(env->out, "directory", "directory", r.directory);
	print_field(env->out, "models", "models", r.models);
	revisions(env, "current", "at", &r.current);
	revisions(env, "heads", "head", &r.heads);
	revisions(env, "pending", "pending", &r.pending);
	print_list(env->out, "problems", "problem", r.problems, r.n_problems);
	if (!r.pending.n && !r.n_problems)
		print_message(env->out, "message", "Up to date.");
	return 0;
}

const struct cmd cmd_status = {
	.name = "status",
	.summary = "where the database is, what is pending, what is wrong",
	.needs = NEEDS_PROJECT, .run = run
};
