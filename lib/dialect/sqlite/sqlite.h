/* What the files of the SQLite dialect share. */
#ifndef RETORT_DIALECT_SQLITE_SQLITE_H
#define RETORT_DIALECT_SQLITE_SQLITE_H

#include <sqlite3.h>
#include <stdatomic.h>
#include <stdint.h>

#include "dialect/dialect.h"
#include "sql/token.h"

/* The statement that runs, for who wants to know how far it is: watch.c */
struct sqlite_watch {
	retort_statement_fn *tell;	/* NULL: nobody */
	void *payload;
	const char *doing;	/* what to call it, or NULL: as it begins */
	sqlite3_stmt *stmt;	/* NULL: none runs, or none to be told of */
	const char *sql;
	unsigned long long calls;	/* of the progress handler */
	unsigned long long rows;	/* to go through; 0: not known */
	unsigned per_row;	/* steps of the program; 0: it counts rows */
	int64_t began, next;	/* by sqlite_now_ms() */
	bool told;
};

#define SQLITE_PROGRESS_EVERY 4000	/* steps; well under 1 ms */

struct sqlite_conn {
	struct conn base;
	sqlite3 *db;
	bool own;		/* ours to close */
	const char *shown;	/* the file, or ":memory:"; for messages */
	int lock_timeout_ms, statement_timeout_ms;
	int64_t lock_deadline, statement_deadline;	/* now_ms(); 0: none */
	atomic_int interrupted;	/* interrupt() was called, not yet reported */
	atomic_int running;
	int lock_fd;		/* -1: the runner's lock is not held */
	char *lock_path;
	struct sqlite_watch watch;
	struct arena mem;	/* lives as long as the connection */
};

/*
 * Around the steps of a statement, and from the progress handler. `sql` is its
 * text, and is borrowed. One with arguments is none of a revision's, and not told
 * of unless watch.doing names it.
 */
void watch_begin(struct sqlite_conn *c, sqlite3_stmt *s, const char *sql,
		 int n_args);
void watch_tick(struct sqlite_conn *c);
void watch_end(struct sqlite_conn *c);

/* Where a URL leads: what sqlite3_open_v2() takes. */
struct sqlite_target {
	char *file;
	bool uri;	/* `file` is a "file:" URI */
	bool memory;
};

retort_status sqlite_url(const char *url, struct arena *mem,
			 struct sqlite_target *out, struct err *err);
char *sqlite_show_url(struct arena *mem, const char *url);
/* A file of a relative path lies in o->base_directory, where that is said. */
retort_status sqlite_locate(const char *url, const struct conn_options *o,
			    struct arena *mem, struct sqlite_target *out,
			    struct err *err);
retort_status sqlite_shell(const char *url, const struct conn_options *o,
			   struct arena *mem, retort_program *out,
			   struct err *err);
retort_status sqlite_identity(const char *url, const char *base,
			      struct arena *mem, char **out, struct err *err);

retort_status sqlite_open(const char *url, const struct conn_options *o,
			  struct conn **out, struct err *err);
retort_status sqlite_adopt(void *handle, const struct conn_options *o,
			   struct conn **out, struct err *err);
void sqlite_close(struct conn *c);
retort_status sqlite_run(struct conn *c, const char *sql,
			 int n, const char *const arg[],
			 row_fn *row, void *payload, struct err *err);
retort_status sqlite_begin(struct conn *c, struct err *err);
retort_status sqlite_commit(struct conn *c, struct err *err);
void sqlite_rollback(struct conn *c);
bool sqlite_in_transaction(struct conn *c);
void sqlite_interrupt(struct conn *c);
retort_status sqlite_scratch(struct conn *c, struct conn **out,
			     struct err *err);

/* The report for result code `rc` of this connection, and its status. */
retort_status sqlite_fail(struct sqlite_conn *c, int rc, struct err *err);

retort_status sqlite_lock(struct conn *c, const char *version_table,
			  int timeout_ms, void (*waiting)(void *),
			  void *payload, struct err *err);
void sqlite_unlock(struct conn *c);

/* Milliseconds of a clock that is never set. */
int64_t sqlite_now_ms(void);
void sqlite_sleep_ms(int ms);

retort_status sqlite_reflect(struct conn *c, const struct reflect_options *o,
			     struct arena *mem, struct schema **out,
			     struct err *err);
retort_status sqlite_lower(struct schema *s, struct err *err);
/* The type of a column that comes to a STRICT table. */
retort_status sqlite_lower_strict(struct schema *s, struct table *t,
				  struct column *c, struct err *err);
retort_status sqlite_normalize(struct conn *c, const struct schema *live,
			       struct schema *wanted, struct err *err);

#endif
