#include "move.h"

#include "fleet.h"

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

bool sql_and_targets(const char *command)
{
	if (!move_options.sql)
		return false;
	misuse(command, "--sql and --targets do not go together: the SQL is the "
	       "same for all");
	return true;
}

/* What each of many targets is moved by. */
struct moving {
	move_fn *move;
	retort_move o;
};

static void move_target(retort *db, const void *how, struct outcome *out)
{
	const struct moving *m = how;
	retort_status rc;

	out->moves = true;
	out->from = fleet_where(db, out, false);
	if (!out->from)
		return;
	rc = m->move(db, &m->o, &out->revisions);
	if (rc < 0)
		fleet_failed(db, out);
	if (rc == RETORT_OK || rc != RETORT_E_UNREACHABLE)
		out->to = fleet_where(db, out, false);
}

static int move_one(struct env *env, move_fn *move, const char *target)
{
	retort_move o = move_from_options(env, target);
	size_t moved = 0;

	if (move(env->db, &o, &moved) < 0)
		return fail(env);
	if (!moved && !o.sql)
		say_no_revisions(env);
	print_number(env->out, "revisions", (long long)moved);
	return 0;
}

int move_run(struct env *env, move_fn *move, const char *target)
{
	const char *command = move == retort_upgrade ? "upgrade" : "downgrade";
	const struct moving m = { move, move_from_options(env, target) };
	int rc;

	if (target && move_options.to_commit)
		return misuse(NULL, "name a revision or --to-commit, not both");
	if (!targets_wanted(env, command, &rc))
		return rc ? rc : move_one(env, move, target);
	if (rc || sql_and_targets(command))
		return EXIT_USAGE;
	return fleet_run(env, move_target, &m, move_options.dry_run
			 ? FLEET_PLANS : FLEET_CHANGES);
}
