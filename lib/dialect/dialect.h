/*
 * What differs between databases, behind one constant struct of functions.
 * Nothing outside a dialect's folder asks for a dialect's name.
 */
#ifndef RETORT_DIALECT_DIALECT_H
#define RETORT_DIALECT_DIALECT_H

#include "base/buf.h"
#include "op/op.h"
#include "sql.h"

/* What a database can do. Ask for the ability, never for the name. */
enum dialect_caps {
	CAP_DDL_IN_TX = 1u << 0,	/* DDL rolls back */
	CAP_COMMENTS = 1u << 1,		/* COMMENT ON */
	CAP_SCHEMAS = 1u << 2,		/* named schemas */
	CAP_ADD_CYCLE = 1u << 3,	/* a foreign key may name a table that
					   is not there yet */
	CAP_FOLD_CASE = 1u << 4,	/* names: ASCII case does not matter */
	CAP_OPCLASS = 1u << 5,		/* operator classes in indexes */
	CAP_NEEDS = 1u << 6,		/* reflection says what objects need */
	CAP_ALTER_OBJECTS = 1u << 7,	/* types and routines are changed in
					   their place */
	CAP_SERVER = 1u << 8,		/* a scratch database needs a server */
	CAP_RENAMES = 1u << 9,	/* constraints and indexes get other
					   names without being made again */
	CAP_EMPTY_TABLES = 1u << 10,	/* a table may have no columns */
	CAP_ANY_NAME = 1u << 11	/* any length, and of a column none */
};

struct conn;
struct guard;

/* One row; `cell` is borrowed until the callback returns. Nonzero stops. */
typedef int row_fn(void *payload, int n, const char *const cell[]);

struct conn_options {
	bool read_only;		/* no write may happen; the file must exist */
	bool must_exist;	/* do not create the database */
	/*
	 * Where there is no database, and it would be created: an empty one
	 * that is nowhere stands in for it (struct conn says so).
	 */
	bool may_be_absent;
	/*
	 * The schemas that names without one are looked for in, as SQL lists
	 * them; NULL: the server's own choice. The first, `home`, must be
	 * there; NULL: who knows.
	 */
	const char *search_path, *home;
	/* Where a relative path in the URL starts; NULL: here. */
	const char *base_directory;
	/* The server where scratch databases are made; NULL: the same. */
	const char *dev_url;
	int lock_timeout_ms;	/* < 0: the default, 5 s */
	int statement_timeout_ms;	/* <= 0: none */
	/* What the server says beside results; NULL: nobody listens. */
	void (*notice)(void *payload, const char *text);
	void *payload;
	/* How far statements come that take long; NULL: nobody asks. */
	retort_statement_fn *watcher;
	void *watcher_payload;
	/* Set to 1 when connecting is to be given up; NULL: never. */
	const volatile int *cancelled;
};

/* When a statement is first told of, and how often then. */
enum { WATCH_AFTER_MS = 500, WATCH_EVERY_MS = 100 };

/* The beginning of `sql` in one line of at most `size` - 1 bytes. */
void sql_beginning(const char *sql, char *out, size_t size);

/* One statement of several that are sent together; as the arguments of run. */
struct request {
	const char *name;	/* of one that comes again and again, or NULL */
	const char *sql;
	int n;
	const char *const *arg;
	row_fn *row;
	void *payload;
};

/* Which objects a reflection leaves out. All lists may be empty. */
struct reflect_options {
	struct strings schemas;
	struct strings exclude;	/* globs: "name", "table.column" */
	struct strings include;	/* when not empty: only these */
	const char *version_table;	/* ours, and ours + "_log": left out */
	const char *version_schema;
	/*
	 * Models (or NULL): an object that they declare verbatim and that
	 * would be left out, a virtual table, is read as theirs.
	 */
	const struct schema *declared;
};

/* One statement of a script, without its semicolon. */
struct stmt {
	const char *sql;
	int line;		/* in the revision file; 0: unknown */
	const char *note;	/* a comment to print before it, or NULL */
};

/* As text: the note's lines as comments, the statement, its semicolon. */
void stmt_print(const struct stmt *s, struct buf *out);

/*
 * What carries out a list of operations, or a section of an SQL revision.
 * A guarded script drops and re-creates tables: it needs the dialect's guard
 * around it (section option `foreign_keys=off`).
 */
struct script {
	VEC(struct stmt) stmts;
	bool guarded;
	bool no_transaction;
	bool has_calls;		/* functions run between its statements */
};

/*
 * A database system. One constant instance for each, listed in dialect.c.
 * Every member is required unless its comment says otherwise.
 */
struct dialect {
	const char *name;		/* "sqlite": in dialect=… of a section */
	const char *const *schemes;	/* of URLs, with the colon; NULL ends */
	bool (*claims)(const char *url);	/* one without; or NULL */
	unsigned caps;
	/* Where our own tables are when nothing is named; NULL: it varies. */
	const char *home_schema;
	const char *const *sql;		/* STMT__COUNT texts, generated */

	/* RETORT_E_UNREACHABLE when there is no database to talk to. */
	retort_status (*open)(const char *url, const struct conn_options *o,
			      struct conn **out, struct err *err);
	/* Use the application's own handle, which stays its own. */
	retort_status (*adopt)(void *handle, const struct conn_options *o,
			       struct conn **out, struct err *err);
	void (*close)(struct conn *c);

	/* The URL as it may be shown: no password. */
	char *(*show_url)(struct arena *mem, const char *url);

	/*
	 * The program in which a person works on the database. Of the options
	 * only the directory counts. No secret may stand in its arguments,
	 * which others can see.
	 */
	retort_status (*shell)(const char *url, const struct conn_options *o,
			       struct arena *mem, retort_program *out,
			       struct err *err);

	/*
	 * A text that is the same for two URLs when they lead to the same
	 * database, as far as that can be told without asking it; *out is NULL
	 * for one that nobody else sees. `base` is conn_options' directory.
	 */
	retort_status (*identity)(const char *url, const char *base,
				  struct arena *mem, char **out,
				  struct err *err);

	/*
	 * Run one statement with `n` text parameters (NULL: SQL NULL); `row`
	 * may be NULL. RETORT_E_LOCKED when a lock was not had in time,
	 * RETORT_E_INTERRUPTED after interrupt().
	 */
	retort_status (*run)(struct conn *c, const char *sql,
			     int n, const char *const arg[],
			     row_fn *row, void *payload, struct err *err);

	/*
	 * Run `n` queries one after the other in one round trip; "BEGIN" and
	 * "COMMIT" may be among them. The first that fails ends it, and *failed
	 * is its number. NULL where round trips cost nothing.
	 */
	retort_status (*run_many)(struct conn *c, const struct request *q,
				  size_t n, size_t *failed, struct err *err);

	/*
	 * Names without a schema have a place where they are looked for and
	 * made; else an error that says why. NULL: they always have.
	 */
	retort_status (*need_home)(struct conn *c, struct err *err);

	/* A transaction that may write; it holds off other writers. */
	retort_status (*begin)(struct conn *c, struct err *err);
	retort_status (*commit)(struct conn *c, struct err *err);
	void (*rollback)(struct conn *c);
	bool (*in_transaction)(struct conn *c);

	/* Make the running statement fail soon. Safe in a signal handler. */
	void (*interrupt)(struct conn *c);

	/*
	 * The runner's lock: one runner at a time for a database and version
	 * table (as SQL names it, with its schema where one is said).
	 * RETORT_E_LOCKED after timeout_ms. `waiting` (may be NULL) is
	 * called once when it is not had at once. Ends with the process.
	 */
	retort_status (*lock)(struct conn *c, const char *version_table,
			      int timeout_ms, void (*waiting)(void *),
			      void *payload, struct err *err);
	void (*unlock)(struct conn *c);

	/* The live schema, in a fixed number of queries. */
	retort_status (*reflect)(struct conn *c,
				 const struct reflect_options *o,
				 struct arena *mem, struct schema **out,
				 struct err *err);

	/*
	 * A schema of models as this database would hold it: type texts, enum
	 * as CHECK where there are none, flags that mean a constraint, what
	 * the database does not have left out. Changes `s`. Errors name the
	 * model ("models.c:12").
	 */
	retort_status (*lower)(struct schema *s, struct err *err);

	/*
	 * Give every text in `wanted` that means the same as its counterpart
	 * in `live` the spelling of `live`. Only texts that differ are looked
	 * at. `c` may be NULL where no server is needed.
	 */
	retort_status (*normalize)(struct conn *c, const struct schema *live,
				   struct schema *wanted, struct err *err);

	/*
	 * The SQL of `list`, applied to a database that is as `before` (which
	 * is changed to what comes after). Operations on one table that
	 * follow one another are combined.
	 */
	retort_status (*compile)(struct schema *before, const struct ops *list,
				 struct arena *mem, struct script *out,
				 struct err *err);

	/*
	 * An empty scratch database of the same kind, gone when it is closed.
	 * `c` may be NULL but where a server is needed.
	 */
	retort_status (*scratch)(struct conn *c, struct conn **out,
				 struct err *err);

	/*
	 * Cut the first statement off `sql`: its text without semicolon and
	 * surrounding space and comments, and its first line (relative to the
	 * start of `sql`, from 1). *out is NULL at the end. *rest is where to
	 * go on. RETORT_E_FAIL for an unterminated quote or comment.
	 */
	retort_status (*split)(const char *sql, struct arena *mem,
			       struct stmt *out, const char **rest,
			       struct err *err);

	/*
	 * Why a statement must not stand inside a transaction though the
	 * database would take it there, as sentences for a person; NULL: it
	 * may. The member may be NULL.
	 */
	const char *(*not_in_transaction)(const char *sql);

	/*
	 * What the runner asks about statements and their errors. NULL: no,
	 * or nothing to do.
	 */
	/* Would the same succeed a little later? */
	bool (*worth_retry)(const struct err *err);
	/* Was a statement refused only for being in a transaction? */
	bool (*must_be_alone)(const struct err *err);
	/*
	 * A statement that ran in no transaction failed or was stopped, and
	 * will run again: take away what it left. *done: it had come to its
	 * end. *said (may stay NULL) is a line for the log. `begun`: it was
	 * stopped while it ran.
	 */
	retort_status (*before_retry)(struct conn *c, const char *sql,
				      bool begun, struct arena *mem,
				      bool *done, char **said,
				      struct err *err);
	/* Does it change settings of the session, and do they outlive it? */
	bool (*sets_session)(const char *sql);
	/* Back to the settings that every connection starts with. */
	retort_status (*reset_session)(struct conn *c, struct err *err);
	const char *reset_sql;	/* the same, printed; no semicolon */

	/*
	 * What must be true of a guarded script. All NULL where the database
	 * needs no guard. Called in this order: guard_open before BEGIN,
	 * guard_begin inside, guard_run for each statement, guard_check before
	 * COMMIT (an error rolls back), guard_close after COMMIT or ROLLBACK.
	 */
	retort_status (*guard_open)(struct conn *c, const struct script *s,
				    struct guard **out, struct err *err);
	retort_status (*guard_begin)(struct guard *g, struct err *err);
	retort_status (*guard_run)(struct guard *g, size_t i, struct err *err);
	retort_status (*guard_check)(struct guard *g, struct err *err);
	void (*guard_close)(struct guard *g);

	/*
	 * Must a script that was not marked as guarded be taken for one? May
	 * be NULL: never.
	 */
	retort_status (*needs_guard)(const struct script *s, bool *out,
				     struct err *err);

	/*
	 * Views and triggers that name what is not there, a clause on each;
	 * NULL where the database does not let them.
	 */
	retort_status (*broken)(struct conn *c, struct arena *mem,
				struct strings *out, struct err *err);

	/* For offline SQL: what to print before and after a guarded script. */
	const char *guard_prologue, *guard_epilogue;

	/* "quoted" when needed (a keyword, odd letters); NULL: no memory. */
	char *(*quote_name)(struct arena *mem, const char *name);
	/* 'quoted' */
	char *(*quote_text)(struct arena *mem, const char *s);
};

/* Base of every connection: the first member of the dialect's own struct. */
struct conn {
	const struct dialect *ops;
	bool absent;	/* stands in for a database that is not there */
};

extern const struct dialect dialect_sqlite;
extern const struct dialect dialect_postgresql;

/* The dialect that answers to `url`, or NULL. */
const struct dialect *dialect_for_url(const char *url);
/* As above, or an error that says what a URL looks like. */
retort_status dialect_need(const char *url, const struct dialect **out,
			   struct err *err);
/* By its name, or NULL. */
const struct dialect *dialect_by_name(const char *name);
/* The embedded one, where nothing names another. */
const struct dialect *dialect_default(void);
/* Its URL for a database called `name` beside the caller. */
char *dialect_default_url(struct arena *mem, const char *name);
/* What a text that names no kind of database stands for: a file of it. */
char *dialect_file_url(struct arena *mem, const char *path);

retort_status conn_open(const char *url, const struct conn_options *o,
			struct conn **out, struct err *err);
void conn_close(struct conn *c);

/* Run a statement of lib/dialect/NAME/NAME.sql. */
retort_status conn_run(struct conn *c, enum stmt_id id, int n,
		       const char *const arg[], row_fn *row, void *payload,
		       struct err *err);

/* Run SQL without parameters and rows. */
retort_status conn_exec(struct conn *c, const char *sql, struct err *err);

#endif
