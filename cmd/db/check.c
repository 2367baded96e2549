#include <stdio.h>
#include <stdlib.h>

#include "fleet.h"

static const struct opt options[] = {
	TARGET_OPTIONS,
	OPT_END
};

static void check_target(retort *db, const void *how, struct outcome *out)
{
	static char *lines;
	retort_changes changes = {0};
	size_t size = 0;
	FILE *f;

	(void)how;
	if (retort_check(db, &changes) < 0)
		return;
	free(lines);
	lines = NULL;
	f = changes.n ? open_memstream(&lines, &size) : NULL;
	for (size_t i = 0; f && i < changes.n; i++)
		fprintf(f, "%s\n", changes.v[i].text);
	if (f && !fclose(f))
		out->lines = lines;
	if (changes.n)
		out->exit = EXIT_DIFFERS;
}

static int run(struct env *env, int n, char **argv)
{
	retort_changes changes = {0};
	int rc;

	(void)n, (void)argv;
	if (targets_wanted(env, "check", &rc) && !rc)
		return fleet_run(env, check_target, NULL, FLEET_ASKS);
	if (rc)
		return rc;
	if (retort_check(env->db, &changes) < 0)
		return fail(env);
	if (changes.n)
		print_message(env->out, "message",
			      "New upgrade operations detected: %zu", changes.n);
	else
		print_message(env->out, "message",
			      "No new upgrade operations detected.");
	print_changes(env->out, "operations", &changes);
	return changes.n ? EXIT_DIFFERS : 0;
}

const struct cmd cmd_check = {
	.name = "check",
	.summary = "would db migrate write something?",
	.needs = NEEDS_PROJECT, .options = options, .run = run
};
