/* One revision made ready to run: its statements, whatever its format. */
#ifndef RETORT_MIGRATE_WORK_H
#define RETORT_MIGRATE_WORK_H

#include "migrate/runner.h"

/* A function of a C revision, to be run before statement `at`. */
struct work_call {
	size_t at;
	struct op_call call;
};

struct work {
	const struct revision *revision;
	enum direction way;
	struct script script;
	VEC(struct work_call) calls;
	bool opaque;	/* what it does to the schema is not known before */
	char *content;	/* the blob id of its file */
	struct revision_library library;
};

/*
 * Where revisions are run. The schema is read when a C revision first needs
 * it, and kept current while that can be known.
 */
struct site {
	const struct dialect *dialect;
	struct conn *conn;
	const struct run_options *o;
	struct schema *schema;		/* NULL: to be read */
	struct arena schema_mem;
};

void site_clear(struct site *s);

/* What the schema is now is not known. */
void site_forget_schema(struct site *s);

/*
 * Fill `w`, whose revision and way are set. work_clear() it also after a
 * failure. Nothing in the database is changed.
 */
retort_status work_prepare(struct site *s, struct work *w, struct arena *mem,
			   struct err *err);
void work_clear(struct work *w);

/*
 * Run the statements from number `first` in the transaction that is open, by
 * `g` where it is not NULL. The error names file, line and SQL.
 */
retort_status work_run(struct site *s, const struct work *w, struct guard *g,
		       struct err *err);

/* Run statement `i` and the functions before it. */
retort_status work_run_one(struct site *s, const struct work *w, size_t i,
			   struct guard *g, struct err *err);

/* Put into the error of statement `i` where it stands and its SQL; `rc`. */
retort_status work_failed(const struct work *w, size_t i, retort_status rc,
			  struct err *err);

/* Would it end, or begin, a transaction? */
bool work_ends_transaction(const char *sql);

/* RETORT_E_INTERRUPTED when the run was cancelled. */
retort_status check_cancelled(const struct run_options *o, struct err *err);

/* "a, b"; "" for none; NULL out of memory. */
char *join_ids(struct arena *mem, const struct strings *ids);

/* "upgrade" or "downgrade". */
const char *way_word(enum direction way);

/* Format and hand to the options' log. */
__attribute__((format(printf, 3, 4)))
void run_log(const struct run_options *o, retort_log_level level,
	     const char *fmt, ...);

#endif
