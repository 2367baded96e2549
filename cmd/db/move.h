/* What the commands that move the database share. */
#ifndef DB_MOVE_H
#define DB_MOVE_H

#include "targets.h"

struct move_options {
	bool sql, dry_run, purge, stamp;
	const char *tag, *to_commit;
	int lock_timeout_ms, statement_timeout_ms;
};

extern struct move_options move_options;

#define SQL_OPTION                                                           \
	{ OPT_FLAG, 0, "sql", &move_options.sql, NULL,                       \
	  "print the SQL, touch no database" }

#define TAG_OPTION                                                           \
	{ OPT_STRING, 0, "tag", &move_options.tag, "TEXT", "for hooks" }

#define MOVE_OPTIONS                                                         \
	SQL_OPTION,                                                          \
	TAG_OPTION,                                                          \
	{ OPT_STRING, 0, "to-commit", &move_options.to_commit, "COMMIT",     \
	  "to the heads of the revisions that this git commit has" },        \
	{ OPT_FLAG, 0, "dry-run", &move_options.dry_run, NULL,               \
	  "say what would be done" },                                        \
	{ OPT_TIME, 0, "lock-timeout", &move_options.lock_timeout_ms, "TIME", \
	  "how long to wait for another run: 500ms, 5s, 2min" },             \
	{ OPT_TIME, 0, "statement-timeout",                                  \
	  &move_options.statement_timeout_ms, "TIME",                        \
	  "how long a statement may take, where the database can say" }

typedef retort_status move_fn(retort *db, const retort_move *o, size_t *moved);

/* retort_upgrade() or retort_downgrade() with the options. */
int move_run(struct env *env, move_fn *move, const char *target);

/* --sql is about no database, and a list of them is about many. */
bool sql_and_targets(const char *command);

/* The options as the library takes them. */
retort_move move_from_options(struct env *env, const char *target);

#endif
