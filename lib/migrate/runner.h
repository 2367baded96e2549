/* Run a plan: version table, log, lock, transactions; or print its SQL. */
#ifndef RETORT_MIGRATE_RUNNER_H
#define RETORT_MIGRATE_RUNNER_H

#include "revision/graph.h"
#include "revision/record.h"

/* What a run needs to know; borrowed for the run. */
struct run_options {
	const struct graph *graph;
	const char *version_table;	/* "db_version" */
	const char *version_schema;	/* NULL: the default one */
	const struct compile_options *compile;
	const struct naming *naming;
	const struct reflect_options *reflect;
	const retort_pair *x;
	size_t n_x;
	const char *user, *git_commit;
	const char *git_directory;	/* tells the commit that is not said */
	bool one_transaction;		/* transaction = all */
	bool dry_run;
	int lock_timeout_ms;
	int tries;			/* of what got no lock; 0: 3 */
	retort_log_fn *log;
	retort_progress_fn *progress;
	void *payload;
	/* The server for scratch databases where no connection is at hand. */
	const char *scratch_url;	/* or NULL */
	const volatile int *cancelled;	/* set to 1 by retort_cancel() */
	const struct strings *targets;	/* instead of the one target, or NULL */
	const struct hooks *hooks;	/* or NULL */
};

/* The rows of the version table; none when there is no such table. */
retort_status version_read(struct conn *c, const char *schema,
			   const char *table, struct arena *mem,
			   struct strings *out, struct err *err);
retort_status version_ensure(struct conn *c, const char *schema,
			     const char *table, struct err *err);

/* The plan of a move from `rows`, to o->targets or to `target`. */
retort_status run_plan(const struct run_options *o, enum direction way,
		       const char *target, const struct strings *rows,
		       struct arena *mem, struct steps *out, struct err *err);

/*
 * Upgrade or downgrade to `target`. Takes the lock, and makes the plan from
 * the rows as they are then; each step reads them again inside its
 * transaction. *moved is the number of revisions gone through.
 */
retort_status run_move(struct conn *c, enum direction way, const char *target,
		       const struct run_options *o, size_t *moved,
		       struct err *err);
retort_status run_stamp(struct conn *c, const struct strings *targets,
			bool purge, const struct run_options *o,
			struct err *err);

/* Where offline SQL goes. */
struct run_output {
	retort_write_fn *write;
	void *payload;
};

/* Offline: the SQL of the plan, from `from` ("base") to `target`. */
retort_status run_offline(const struct dialect *d, enum direction way,
			  const char *const from_to[2],
			  const struct run_options *o,
			  const struct run_output *out, struct err *err);
/* Offline: the version table is made to hold `targets`. */
retort_status run_offline_stamp(const struct dialect *d,
				const struct strings *targets,
				const struct run_options *o,
				const struct run_output *out, struct err *err);

/*
 * A scratch database of the kind of `like` (which may be NULL) in which all
 * revisions up to `targets` have run. The caller closes it.
 */
retort_status run_scratch(const struct dialect *d, struct conn *like,
			  const struct strings *targets,
			  const struct run_options *o, struct conn **out,
			  struct err *err);

/* Run one script in a transaction of its own, guarded where it says so. */
retort_status run_script(struct conn *c, const struct script *s,
			 struct err *err);

#endif
