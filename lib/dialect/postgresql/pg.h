/* What the files of the PostgreSQL dialect share. */
#ifndef RETORT_DIALECT_POSTGRESQL_PG_H
#define RETORT_DIALECT_POSTGRESQL_PG_H

#include <stdatomic.h>

#include "dialect/dialect.h"
#include "dialect/postgresql/libpq.h"

struct pg_conn {
	struct conn base;
	const struct libpq *pq;
	PGconn *db;
	PGcancel *cancel;
	const char *url;	/* as given; for another connection */
	const char *shown;	/* without password; for messages */
	const char *database;	/* instead of that of the URL, or NULL */
	struct conn_options options;
	atomic_int interrupted;	/* interrupt() was called, not yet reported */
	bool locked;
	bool standby;		/* in recovery, or read-only by default */
	bool homeless;		/* no schema of the search path is there */
	const char *search_path;	/* instead of what it has, or NULL */
	char lock_key[24];
	struct strings prepared;	/* names of requests, in `mem` */
	/* A scratch database of ours: its name and where to drop it from. */
	const char *scratch, *maker;
	/* Asks how far a statement of `db` is; NULL: not needed so far. */
	PGconn *other;
	bool other_failed;
	/* What it was made like, whose interruption counts for it, too. */
	struct pg_conn *parent, *child;
	struct arena mem;	/* lives as long as the connection */
};

/*
 * What libpq takes, from any spelling: libpq's own URI and key=value strings,
 * and SQLAlchemy's "postgresql+driver://".
 */
char *pg_url(struct arena *mem, const char *url);
char *pg_show_url(struct arena *mem, const char *url);
retort_status pg_shell(const char *url, const struct conn_options *o,
		       struct arena *mem, retort_program *out,
		       struct err *err);
retort_status pg_identity(const char *url, const char *base,
			  struct arena *mem, char **out, struct err *err);
/* The schema that a session was asked to be in must be there. */
retort_status pg_check_home(struct pg_conn *c, struct err *err);

retort_status pg_open(const char *url, const struct conn_options *o,
		      struct conn **out, struct err *err);
/* Another database of the same server; NULL: that of the URL. */
retort_status pg_open_database(const char *url, const char *database,
			       const struct conn_options *o,
			       struct conn **out, struct err *err);
void pg_close(struct conn *c);
retort_status pg_run(struct conn *c, const char *sql,
		     int n, const char *const arg[],
		     row_fn *row, void *payload, struct err *err);
retort_status pg_run_many(struct conn *c, const struct request *q, size_t n,
			  size_t *failed, struct err *err);
retort_status pg_begin(struct conn *c, struct err *err);
retort_status pg_commit(struct conn *c, struct err *err);
void pg_rollback(struct conn *c);
bool pg_in_transaction(struct conn *c);
void pg_interrupt(struct conn *c);

/* What the server says beside results; the payload is the connection. */
void pg_receive_notice(void *payload, const PGresult *r);

/* wait.c: connect c->db. Where that failed, its status says so. */
retort_status pg_connect(struct pg_conn *c, const char *const *keys,
			 const char *const *values, struct err *err);
/*
 * Until PQgetResult() need not wait. `sql` is told of when it takes long; NULL:
 * nothing is.
 */
void pg_wait(struct pg_conn *c, const char *sql);
/* As PQexecParams() with texts; NULL where it could not be sent. */
PGresult *pg_exec(struct pg_conn *c, const char *sql, int n,
		  const char *const arg[]);

/* Every row of a result to the caller; cells as text. */
retort_status pg_each_row(struct pg_conn *c, const PGresult *r, row_fn *row,
			  void *payload, struct err *err);
/* What is true of the session when it starts, and again after a revision. */
retort_status pg_set_up(struct pg_conn *c, struct err *err);

/* As the dialect's members of these names. */
bool pg_worth_retry(const struct err *err);
bool pg_must_be_alone(const struct err *err);
retort_status pg_before_retry(struct conn *c, const char *sql, bool begun,
			      struct arena *mem, bool *done, char **said,
			      struct err *err);
bool pg_sets_session(const char *sql);
retort_status pg_reset_session(struct conn *c, struct err *err);

/* The report for a failed result, and its status. */
retort_status pg_fail(struct pg_conn *c, const PGresult *r, struct err *err);
/* The report for a connection that could not be made, or was lost. */
retort_status pg_fail_connection(struct pg_conn *c, struct err *err);
retort_status pg_fail_lost(struct pg_conn *c, struct err *err);
retort_status pg_fail_standby(struct pg_conn *c, struct err *err);
/* A URL that libpq would misread, or whose error would show a password. */
retort_status pg_check_url(const struct libpq *pq, const char *url,
			   const char *shown, struct err *err);
/* A lock of the session is worth nothing behind a pooler of transactions. */
retort_status pg_check_pooler(struct pg_conn *c, struct err *err);

/* Names without a schema must have a place. */
retort_status pg_need_home(struct conn *c, struct err *err);
/* The report where they have none. */
retort_status pg_fail_homeless(struct pg_conn *c, struct err *err);

retort_status pg_lock(struct conn *c, const char *version_table,
		      int timeout_ms, void (*waiting)(void *),
		      void *payload, struct err *err);
void pg_unlock(struct conn *c);

retort_status pg_reflect(struct conn *c, const struct reflect_options *o,
			 struct arena *mem, struct schema **out,
			 struct err *err);

/* As the dialect's split(). */
retort_status pg_split(const char *sql, struct arena *mem, struct stmt *out,
		       const char **rest, struct err *err);

/*
 * Read another schema as if it were the default one (a scratch schema), with a
 * search path of the caller's, as SQL writes one; either may be NULL.
 */
struct pg_place {
	const char *home, *path;
};

retort_status pg_reflect_at(struct conn *c, const struct reflect_options *o,
			    const struct pg_place *place, struct arena *mem,
			    struct schema **out, struct err *err);

retort_status pg_lower(struct schema *s, struct err *err);
retort_status pg_normalize(struct conn *c, const struct schema *live,
			   struct schema *wanted, struct err *err);
retort_status pg_compile(struct schema *before, const struct ops *list,
			 struct arena *mem, struct script *out,
			 struct err *err);
retort_status pg_scratch(struct conn *c, struct conn **out, struct err *err);
bool pg_interrupted(struct pg_conn *c);
/* Before it is closed: neither parent nor child may know it any more. */
void pg_scratch_part(struct pg_conn *c);
void pg_scratch_drop(const char *maker, const char *name);

/* From the server's spelling in `text`: what models call it. */
void pg_type_kind(struct type *t);

/* As the server's quote_ident(). */
char *pg_quote_name(struct arena *mem, const char *name);
char *pg_quote_text(struct arena *mem, const char *s);

#endif
