#include "move.h"

struct move_options move_options;

retort_move move_from_options(const char *target)
{
	return (retort_move){
		.size = sizeof(retort_move),
		.target = target,
		.tag = move_options.tag,
		.dry_run = move_options.dry_run,
		.sql = move_options.sql ? write_stdout : NULL
	};
}
