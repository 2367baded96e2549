/* What the files of the runner share about a run that is under way. */
#ifndef RETORT_MIGRATE_RUN_H
#define RETORT_MIGRATE_RUN_H

#include "migrate/version.h"
#include "migrate/work.h"

/* One call of run_move(). */
struct run {
	struct site site;
	struct version_tables tables;
	const char *sql[STMT__COUNT];	/* of these, as far as needed */
	enum direction way;
	const struct run_options *o;
	struct arena *mem;
	struct strings rows;	/* of the version table, as last seen */
	const char *git_commit;	/* for the log, or NULL */
	size_t done, total;
	bool created;		/* our tables are known to be there */
	bool covered;		/* the guard is open around all revisions */
	bool checked;		/* of transaction = all: the rows were read */
	bool moved_elsewhere;	/* the rows were not those of the plan */
	const char *unfinished;	/* the revision that is half done, or NULL */
	size_t resume_at;	/* the statement it goes on with */
	bool begun;		/* that was stopped while it ran */
	const char *resume_done;	/* digest of what has run of it */
	long long began;	/* the revision, by now_ms() */
	char started[32];	/* the same for people, in UTC */
};

/* Our tables, once in a run, inside the first transaction. */
retort_status run_ensure_tables(struct run *r, struct err *err);

/* Is `rows` what the plan was made from? If not, somebody else was here. */
retort_status run_same_rows(struct run *r, const struct strings *rows,
			    struct err *err);
retort_status run_moved(struct run *r, struct err *err);
/* The same for the rows as they are; inside the transaction. */
retort_status run_check_version(struct run *r, struct err *err);

/* Tell on_version_apply() of a step that is done to the version table. */
retort_status run_tell(struct run *r, const struct step *st, struct err *err);

/* The version rows and the row of the log, after a step. */
retort_status run_write_rows(struct run *r, const struct step *st,
			     const struct work *w, struct err *err);

/* Name the revision in an error that is about no statement of it. */
retort_status run_in_revision(const struct work *w, retort_status rc,
			      struct err *err);

/* A transaction around something of ours. */
typedef retort_status run_body(struct run *r, const struct step *st,
			       const struct work *w, struct err *err);
retort_status run_transact(struct run *r, const struct step *st,
			   const struct work *w, run_body *body,
			   struct err *err);

/* Do statements of the revision change settings of the session? */
bool run_sets_session(const struct run *r, const struct work *w);
/* Then it goes back to its own, or ours would not find our tables. */
retort_status run_settle(struct run *r, const struct work *w, struct err *err);

/*
 * `rc` and `err` are what try number `tries` (from 1) came to. True after a
 * while in which the cause may have gone, and it is to be tried again.
 */
bool run_try_again(struct run *r, const char *what, int tries,
		   retort_status rc, struct err *err);

/* Can the revision be sent at once, and then do so: BEGIN to COMMIT. */
bool run_can_batch(const struct run *r, const struct work *w);
retort_status run_batched(struct run *r, const struct step *st,
			  const struct work *w, struct err *err);

/* Is what an earlier run did of it what the file begins with? */
retort_status run_check_done(const struct run *r, const struct work *w,
			     struct err *err);

/* transaction=off: statement by statement, each recorded. */
retort_status run_piecemeal(struct run *r, const struct step *st,
			    const struct work *w, struct err *err);

#endif
