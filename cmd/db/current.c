#include <string.h>

#include "fleet.h"

static bool check_heads;

static const struct opt options[] = {
	{ OPT_FLAG, 0, "check-heads", &check_heads, NULL,
	  "exit with 3 when the database is not at the head" },
	TARGET_OPTIONS,
	OPT_END
};

static bool contains(const retort_revisions *list, const retort_revision *r)
{
	for (size_t i = 0; i < list->n; i++)
		if (!strcmp(list->v[i]->id, r->id))
			return true;
	return false;
}

/* Is each of them a head, and each head there? */
static bool at_heads(const retort_revisions *current,
		     const retort_revisions *heads)
{
	bool all = heads->n == current->n;

	for (size_t i = 0; i < heads->n; i++)
		all = all && contains(current, heads->v[i]);
	return all;
}

static void current_of_target(retort *db, const void *how, struct outcome *out)
{
	retort_revisions current, heads;

	(void)how;
	out->from = fleet_where(db, out, true);
	if (!out->from || !check_heads)
		return;
	if (retort_current(db, &current) < 0 ||
	    retort_heads(db, true, &heads) < 0)
		fleet_failed(db, out);
	else if (!at_heads(&current, &heads))
		out->exit = EXIT_DIFFERS;
}

static int run(struct env *env, int n, char **argv)
{
	retort_revisions current, heads;
	bool all;
	int rc;

	(void)n, (void)argv;
	if (targets_wanted(env, "current", &rc) && !rc)
		return fleet_run(env, current_of_target, NULL, FLEET_ASKS);
	if (rc)
		return rc;
	if (retort_current(env->db, &current) < 0)
		return fail(env);
	print_revisions(env->out, "current", &current, STYLE_TREE);
	if (!check_heads)
		return 0;
	if (retort_heads(env->db, true, &heads) < 0)
		return fail(env);
	all = at_heads(&current, &heads);
	print_flag(env->out, "at_heads", all);
	if (all)
		return 0;
	fputs("db: Database is not on all head revisions\n"
	      "hint: \"db upgrade heads\" brings it there.\n", stderr);
	return EXIT_DIFFERS;
}

const struct cmd cmd_current = {
	.name = "current", .summary = "show what revision the database is at",
	.needs = NEEDS_PROJECT, .options = options, .run = run
};
