#include "fleet.h"
#include "move.h"

static const struct opt options[] = {
	SQL_OPTION,
	TAG_OPTION,
	{ OPT_FLAG, 0, "purge", &move_options.purge, NULL,
	  "forget what the version table says first" },
	TARGET_OPTIONS,
	OPT_END
};

/* What each of many targets is stamped with. */
struct stamping {
	const char *const *v;
	size_t n;
	retort_move move;
};

static void stamp_target(retort *db, const void *how, struct outcome *out)
{
	const struct stamping *s = how;

	if (!move_options.purge)	/* it may say what nobody knows */
		out->from = fleet_where(db, out, false);
	if (out->code < 0)
		return;
	if (retort_stamp(db, s->v, s->n, move_options.purge, &s->move) < 0)
		fleet_failed(db, out);
	else
		out->to = fleet_where(db, out, false);
}

static int run(struct env *env, int n, char **argv)
{
	static const char *const head[] = { "head" };
	const char *const *targets =
		n ? (const char *const *)(argv + 1) : head;
	retort_move move = move_from_options(env, NULL);
	const struct stamping all = { targets, n ? (size_t)n : 1, move };
	int rc;

	if (targets_wanted(env, "stamp", &rc) && !rc)
		return sql_and_targets("stamp") ? EXIT_USAGE
			: fleet_run(env, stamp_target, &all, FLEET_CHANGES);
	if (rc)
		return rc;
	if (retort_stamp(env->db, targets, n ? (size_t)n : 1,
			 move_options.purge, &move) < 0)
		return fail(env);
	print_data_list(env->out, "stamped", targets, n ? (size_t)n : 1);
	return 0;
}

const struct cmd cmd_stamp = {
	.name = "stamp", .arguments = "[REVISION...]",
	.summary = "say what the database is at, without running anything",
	.needs = NEEDS_PROJECT, .max_args = -1, .options = options, .run = run
};
