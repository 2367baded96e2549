#include "move.h"

struct move_options move_options;

retort_move move_from_options(struct env *env, const char *target)
{
	return (retort_move){
		.size = sizeof(retort_move),
		.target = target,
		.tag = move_options.tag,
		.dry_run = move_options.dry_run,
		.sql = move_options.sql ? print_sql : NULL,
		.sql_payload = env->out,
		.to_commit = move_options.to_commit
	};
}

int move_run(struct env *env, move_fn *move, const char *target)
{
	if (target && move_options.to_commit)
		return misuse(NULL, "name a revision or --to-commit, not both");

	retort_move o = move_from_options(env, target);
	size_t moved = 0;

	if (move(env->db, &o, &moved) < 0)
		return fail(env);
	print_number(env->out, "revisions", (long long)moved);
	return 0;
}
