/* The version table and the log: our own tables in the user's database. */
#ifndef RETORT_MIGRATE_VERSION_H
#define RETORT_MIGRATE_VERSION_H

#include "dialect/dialect.h"

struct version_tables {
	struct conn *conn;
	const char *schema;	/* NULL: the default one */
	const char *table;	/* the log's is this + "_log" */
};

/*
 * The text of a statement of NAME/version.sql with the names of the tables
 * put in and quoted; NULL out of memory.
 */
char *version_sql(const struct dialect *d, enum stmt_id id, const char *schema,
		  const char *table, struct arena *mem);

/*
 * The same with its parameters put in, to be printed; the names of `t` count,
 * its connection does not.
 */
char *version_text(const struct dialect *d, enum stmt_id id,
		   const struct version_tables *t, const char *const arg[],
		   struct arena *mem);

/* Run such a statement. */
retort_status version_run(const struct version_tables *t, enum stmt_id id,
			  int n, const char *const arg[], row_fn *row,
			  void *payload, struct err *err);

/* Is the version table there? The log (NULL: does not matter)? */
retort_status version_exists(const struct version_tables *t, bool *table,
			     bool *log, struct err *err);

/* Where there are schemas, `schema` is set to the one they are in. */
retort_status version_resolve(struct version_tables *t, struct arena *mem,
			      struct err *err);

/* The rows of the table, which must be there. */
retort_status version_rows(const struct version_tables *t, struct arena *mem,
			   struct strings *out, struct err *err);

/* Create what is missing of both. */
retort_status version_create(const struct version_tables *t, struct err *err);

/* The rows of the version table, which is known to be there. */
retort_status version_rows(const struct version_tables *t, struct arena *mem,
			   struct strings *out, struct err *err);

/* Take rows away and add rows. */
retort_status version_write(const struct version_tables *t,
			    const struct strings *delete_rows,
			    const struct strings *insert_rows,
			    struct err *err);

/* The time in UTC, with milliseconds; `to` has room for 32 bytes. */
void now_text(char *to);
/* The same for durations. */
long long now_ms(void);

/* One row of the log. Times are UTC, "2026-11-21 01:40:00.123". */
struct log_row {
	const char *revision;
	const char *direction;		/* "upgrade", "downgrade", "stamp" */
	const char *started, *finished;	/* finished NULL: under way */
	long long duration_ms;
	long long statements;		/* done, while under way */
	bool begun;			/* and the next was under way, too */
	const char *done;		/* the digest of both, or NULL */
	const char *user, *git_commit;	/* or NULL */
	const char *content;		/* blob id, or NULL */
	const char *version;		/* of the library; only when read */
};

retort_status log_insert(const struct version_tables *t,
			 const struct log_row *row, struct err *err);
/*
 * A negative number -n: statement n (from 1) has been started. `done` is the
 * digest of the statements up to and with that one.
 */
retort_status log_progress(const struct version_tables *t,
			   const char *revision, long long statements,
			   const char *done, struct err *err);
retort_status log_finish(const struct version_tables *t,
			 const struct log_row *row, struct err *err);
retort_status log_abandon(const struct version_tables *t,
			  const char *revision, struct err *err);

VEC_OF(log_rows, struct log_row *);

/* What is under way; at most one row unless somebody wrote there. */
retort_status log_unfinished(const struct version_tables *t,
			     struct arena *mem, struct log_rows *out,
			     struct err *err);

/*
 * All of the newest `limit` rows, newest first; 0: of all. Numbers that are not
 * there are -1.
 */
retort_status log_read(const struct version_tables *t, size_t limit,
		       struct arena *mem, struct log_rows *out,
		       struct err *err);

/* Revision and content as they went up, oldest first. */
retort_status log_contents(const struct version_tables *t, struct arena *mem,
			   struct log_rows *out, struct err *err);

#endif
