/*
 * retort/retort.h - drive migrations from a program; all that `db` does.
 *
 * A session (`retort`) belongs to one thread at a time. The library never
 * prints, never exits and reads no environment; it keeps no state outside its
 * sessions. Results belong to the session: they are valid until
 * retort_forget() or retort_close().
 */
#ifndef RETORT_RETORT_H
#define RETORT_RETORT_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
# define RETORT_API __attribute__((visibility("default")))
#else
# define RETORT_API
#endif

#define RETORT_VERSION "0.1.0"

/** Result of every function that can fail. Zero is success; negative is not. */
typedef enum retort_status {
	RETORT_OK = 0,
	RETORT_E_FAIL = -1,	/**< No narrower code fits; read the error. */
	RETORT_E_NOMEM = -2,	/**< An allocation failed. */
	RETORT_E_USAGE = -3,	/**< The caller broke a documented rule. */
	RETORT_E_NOTFOUND = -4,	/**< The named thing does not exist. */
	RETORT_E_DATABASE = -5,	/**< The database refused a statement. */
	RETORT_E_UNREACHABLE = -6,	/**< No database to talk to. */
	RETORT_E_LOCKED = -7,	/**< A lock was not obtained in time. */
	RETORT_E_INTERRUPTED = -8	/**< retort_cancel() was called. */
} retort_status;

/** What went wrong. Every pointer may be NULL except `message`. */
typedef struct retort_error {
	retort_status code;
	const char *message;	/**< One line, lower case, no full stop. */
	const char *detail;	/**< Whole sentences. */
	const char *hint;	/**< What the user may do about it. */
	const char *sqlstate;	/**< Five characters, from the server. */
	const char *file;	/**< The user's file it is about. */
	int line;		/**< From 1; 0: the whole file. */
} retort_error;

/** A session: a project, its database, and the error of the last call. */
typedef struct retort retort;

typedef enum retort_log_level {
	RETORT_LOG_ERROR, RETORT_LOG_WARNING, RETORT_LOG_INFO, RETORT_LOG_DEBUG
} retort_log_level;

/** One line, without a newline; `payload` is the options' own. */
typedef void retort_log_fn(void *payload, retort_log_level level,
			   const char *text);

/** Progress of long work: `done` of `total` units (0: unknown) of `what`. */
typedef void retort_progress_fn(void *payload, const char *what,
				unsigned long long done,
				unsigned long long total);

/** One statement that takes its time. */
typedef struct retort_statement {
	size_t size;		/**< sizeof(retort_statement). */
	/** What it is about: "copy the rows of user", or how it begins. */
	const char *what;
	/** Rows or blocks, near enough; `total` 0: how many is not known. */
	unsigned long long done, total;
	long long elapsed_ms;	/**< Since it began. */
	bool ended;		/**< The last call about it. */
} retort_statement;

/**
 * Called a few times a second while a statement runs that has taken half a
 * second or longer; never for a quick one. `s` is borrowed for the call, which
 * may call retort_cancel() and no other function about the session.
 */
typedef void retort_statement_fn(void *payload, const retort_statement *s);

/** A question for a person; 1 yes, 0 no. NULL in the options: always no. */
typedef int retort_ask_fn(void *payload, const char *question);

/** Where text goes, piece by piece; nonzero stops with RETORT_E_FAIL. */
typedef int retort_write_fn(void *payload, const char *text, size_t n);

/** A key and its value (`-x key=value`). */
typedef struct retort_pair {
	const char *key, *value;
} retort_pair;

/**
 * How to open a session; all zero but `size` is valid. Strings are copied.
 * What is NULL or 0 comes from the configuration file, and then from the
 * defaults.
 */
typedef struct retort_options {
	size_t size;		/**< sizeof(retort_options). */
	/**
	 * The migrations directory. NULL: no project; then only functions
	 * that need no revisions work.
	 */
	const char *directory;
	const char *config;	/**< Default: DIRECTORY/db.ini. */
	const char *section;	/**< [db "section"]; NULL: [db]. */
	const char *url;
	const char *models;	/**< Sources or a shared library; spaces. */
	const char *version_table;	/**< Default "db_version". */
	const retort_pair *x;
	size_t n_x;
	const char *user;	/**< For the log table; NULL: none. */
	/** Private directory for compiled revisions; NULL: none, refuse. */
	const char *cache_directory;
	const char *compiler;	/**< Default "cc". */
	/** Where <retort/model.h> is found; NULL: the compiler knows. */
	const char *include_directory;
	int lock_timeout_ms;	/**< 0: configuration or 5 s; < 0: at once. */
	retort_log_fn *log;
	retort_progress_fn *progress;
	retort_ask_fn *ask;
	void *payload;
	/** For the log table; NULL: what is checked out where DIRECTORY is. */
	const char *git_commit;
	/**
	 * Where a relative path in the configuration's URL starts; NULL: the
	 * working directory.
	 */
	const char *base_directory;
	/** For one statement, where the database can; 0: configuration. */
	int statement_timeout_ms;
	/**
	 * Named schemas to look at instead of the configuration's, separated
	 * by spaces, where the database has such.
	 */
	const char *schemas;
	/**
	 * How far a statement has come. NULL: nobody wants to know, and nothing
	 * is measured. Of a program's own handle it is not known.
	 */
	retort_statement_fn *statement;
} retort_options;

/**
 * Open a session. Reads the configuration; connects when a function first
 * needs the database. `*out` is set also on failure (so that its error can be
 * read), except on RETORT_E_NOMEM, when it is NULL.
 */
RETORT_API retort_status retort_open(const retort_options *options,
				     retort **out);

struct sqlite3;

/**
 * As retort_open() with the program's own connection, which must not be in a
 * transaction when a function that writes is called, and stays open.
 */
RETORT_API retort_status retort_open_sqlite(struct sqlite3 *handle,
					    const retort_options *options,
					    retort **out);

/** Release `db` and everything obtained from it. NULL is accepted. */
RETORT_API void retort_close(retort *db);

/** Release all results obtained so far. */
RETORT_API void retort_forget(retort *db);

/** The error of the last call that failed; valid until the next call. */
RETORT_API const retort_error *retort_last_error(const retort *db);

/**
 * Make the running call roll back and return RETORT_E_INTERRUPTED. May be
 * called from a signal handler or another thread.
 */
RETORT_API void retort_cancel(retort *db);

/**
 * Which database: its URL as it may be shown, without a password; NULL when none
 * is named, or memory was short. Never connects.
 */
RETORT_API const char *retort_url(retort *db);

/** One of many databases that share a history; see retort_use(). */
typedef struct retort_target {
	size_t size;		/**< sizeof(retort_target). */
	/**
	 * As the session's own; a text that begins with no kind of database is
	 * the path of a file. NULL: the session's own database.
	 */
	const char *url;
	/**
	 * Where the database has schemas: the one that holds the tables, this
	 * target's version table among them. Further ones, separated by
	 * commas, are only searched; "double quotes" around a name with a
	 * comma. It must be there. NULL: as configured.
	 */
	const char *schema;
	bool must_exist;	/**< A file that is not there is not made. */
} retort_target;

/**
 * Turn the session to another database, with all that was read of the project:
 * what follows is about that one. NULL turns it back to its own. Does not
 * connect. RETORT_E_USAGE: no such kind of database, or it has no schemas.
 */
RETORT_API retort_status retort_use(retort *db, const retort_target *target);

/**
 * A text that is equal for two targets that are the same one, as far as that
 * can be told without connecting: links to a file are followed. NULL for a
 * database in memory. Not for showing. Belongs to the target in use.
 */
RETORT_API retort_status retort_identity(retort *db, const char **out);

/** A row of a query: NULL cells are SQL's NULL. Nonzero ends the query. */
typedef int retort_row_fn(void *payload, int n, const char *const cell[]);

/**
 * Run one query on the session's database, over a connection of its own that
 * can only read.
 */
RETORT_API retort_status retort_query(retort *db, const char *sql,
				      retort_row_fn *row, void *payload);

/** Names of the configuration's [db "…"] sections, in order of the file. */
RETORT_API retort_status retort_sections(retort *db, const char *const **names,
					 size_t *n);

/**
 * The one of `n` names that `typed` looks most like ("did you mean"); NULL:
 * none does. It is one of `names`.
 */
RETORT_API const char *retort_nearest(const char *typed,
				      const char *const *names, size_t n);

/** The library's version, as RETORT_VERSION of the one that is loaded. */
RETORT_API const char *retort_version(void);

/* Revisions ----------------------------------------------------------- */

typedef struct retort_revision {
	const char *id;
	const char *const *down;	/**< Parents; n_down 0: a base. */
	size_t n_down;
	const char *const *depends_on;	/**< As written. */
	size_t n_depends_on;
	const char *const *labels;	/**< Its own and inherited ones. */
	size_t n_labels;
	const char *message;	/**< The first line of the file; "". */
	const char *doc;	/**< The whole message, lines separated by \n. */
	const char *path;
	const char *created;	/**< "2026-11-21 01:40:00 UTC" or NULL. */
	const char *format;	/**< "sql" or "c". */
	bool is_head, is_base, is_branch_point, is_merge_point;
	bool is_current;	/**< Only where the database was asked. */
	const char *const *children;	/**< Identifiers. */
	size_t n_children;
	/** What `depends_on` names, as identifiers. */
	const char *const *dependencies;
	size_t n_dependencies;
	bool is_dependency;	/**< Another revision depends on it. */
} retort_revision;

typedef struct retort_revisions {
	const retort_revision *const *v;
	size_t n;
} retort_revisions;

/**
 * Newest first; `range` is "a:b", NULL for all. With `mark_current` the
 * database is asked and is_current is set.
 */
RETORT_API retort_status retort_history(retort *db, const char *range,
					bool mark_current,
					retort_revisions *out);
/** With `dependencies` a head that another head depends on is left out. */
RETORT_API retort_status retort_heads(retort *db, bool dependencies,
				      retort_revisions *out);
RETORT_API retort_status retort_branches(retort *db, retort_revisions *out);
/** The children of a revision. */
RETORT_API retort_status retort_children(retort *db, const char *id,
					 retort_revisions *out);
/** The revisions an identifier names; none for "base". */
RETORT_API retort_status retort_resolve(retort *db, const char *identifier,
					retort_revisions *out);
/** What the database is at; an unknown revision is RETORT_E_NOTFOUND. */
RETORT_API retort_status retort_current(retort *db, retort_revisions *out);

/* Moving ---------------------------------------------------------------- */

typedef struct retort_move {
	size_t size;		/**< sizeof(retort_move). */
	const char *target;	/**< NULL: "head", or "-1" downwards. */
	const char *tag;	/**< For hooks. */
	bool dry_run;		/**< Plan and report, change nothing. */
	/** Offline: the SQL goes here and no database is touched. */
	retort_write_fn *sql;
	void *sql_payload;
	/**
	 * Instead of `target`: the heads of the revision files that this git
	 * commit has (a name, a tag or an abbreviation that git knows). NULL:
	 * none. RETORT_E_NOTFOUND when there is no such commit, or one of those
	 * revisions is not among the files of the project.
	 */
	const char *to_commit;
} retort_move;

/** `*moved` (may be NULL) is the number of revisions gone through. */
RETORT_API retort_status retort_upgrade(retort *db, const retort_move *move,
					size_t *moved);
RETORT_API retort_status retort_downgrade(retort *db, const retort_move *move,
					  size_t *moved);
/** Write the version table without running revisions. All or nothing. */
RETORT_API retort_status retort_stamp(retort *db, const char *const *targets,
				      size_t n, bool purge,
				      const retort_move *move);
/** Create the version table where it is missing. */
RETORT_API retort_status retort_ensure_version(retort *db,
					       const retort_move *move);

/* What has run ------------------------------------------------------------ */

/** One row of the log table. */
typedef struct retort_log_entry {
	const char *revision;
	const char *direction;	/**< "upgrade", "downgrade" or "stamp". */
	const char *started;	/**< "2026-11-21 01:40:00.123", UTC. */
	const char *finished;	/**< NULL: half done, or under way. */
	long long duration_ms;	/**< -1: not known. */
	long long statements;	/**< Done of one that is half done; or -1. */
	const char *user;	/**< NULL: not said. */
	const char *git_commit;	/**< NULL: not in git. */
	const char *content;	/**< The git blob id of the file, or NULL. */
	const char *version;	/**< Of the library that ran it. */
	const char *message;	/**< Of the revision; NULL: it has no file. */
} retort_log_entry;

typedef struct retort_log_entries {
	const retort_log_entry *v;
	size_t n;
} retort_log_entries;

/** What was run on the database, newest first; at most `limit`, 0: all. */
RETORT_API retort_status retort_read_log(retort *db, size_t limit,
			      retort_log_entries *out);

/** How to start the database's own interactive program. */
typedef struct retort_program {
	/** The first one is looked up in PATH; NULL ends. No passwords. */
	const char *const *argv;
	size_t n_argv;		/**< Without the NULL. */
	/** To set in its environment; a password may be among them. */
	const retort_pair *environment;
	size_t n_environment;
} retort_program;

/** The shell of the session's database, which need not be reachable. */
RETORT_API retort_status retort_shell(retort *db, retort_program *out);

/* Autogenerate ------------------------------------------------------------ */

typedef struct retort_change {
	const char *kind;	/**< "add_table", "drop_column", … */
	const char *object;	/**< "user.age". */
	const char *text;	/**< One line for people. */
	const char *warning;	/**< NULL, or why it is dangerous. */
	bool loses_data;
} retort_change;

typedef struct retort_changes {
	const retort_change *v;
	size_t n;
	const char *const *notes;	/**< Kept but not in the models; … */
	size_t n_notes;
	const char *sql;	/**< Where asked for. */
} retort_changes;

/** The operations that would bring the database to the models. */
RETORT_API retort_status retort_check(retort *db, retort_changes *out);

/**
 * From `a` to `b`: each a URL, models ("x.c", "x.so", "models"), "database"
 * or a revision identifier. With `sql`, out->sql is set.
 */
RETORT_API retort_status retort_diff(retort *db, const char *a, const char *b,
				     bool sql, retort_changes *out);

typedef struct retort_new {
	size_t size;		/**< sizeof(retort_new). */
	const char *message;
	bool autogenerate;
	const char *format;	/**< "sql", "c"; NULL: configured. */
	const char *const *heads;	/**< Parents; none: the head. */
	size_t n_heads;
	bool splice;
	const char *branch_label;
	const char *version_path;
	const char *rev_id;
	const char *const *depends_on;
	size_t n_depends_on;
	const char *const *renames;	/**< "table:new", "table.col:new". */
	size_t n_renames;
	bool no_verify;
	bool dry_run;		/**< Set `text`, write nothing. */
	bool merge;		/**< `heads` are merged (db merge). */
} retort_new;

typedef struct retort_written {
	const char *id;		/**< NULL: no changes, nothing written. */
	const char *path;
	const char *text;
	retort_changes changes;
	bool verified;		/**< Proved on a scratch database. */
} retort_written;

/** Write a new revision file; `db revision` and `db migrate`. */
RETORT_API retort_status retort_new_revision(retort *db, const retort_new *o,
					     retort_written *out);

/** Create what is missing, without revisions. `*created` may be NULL. */
RETORT_API retort_status retort_create_all(retort *db, const retort_move *move,
					   size_t *created);

/** The live schema as text: format "c", "sql" or "json". */
RETORT_API retort_status retort_inspect(retort *db, const char *format,
					const char *const *tables,
					size_t n_tables, const char **text);

/* Projects ---------------------------------------------------------------- */

typedef struct retort_init {
	size_t size;		/**< sizeof(retort_init). */
	const char *directory;	/**< To make; NULL: "migrations". */
	const char *template_directory;	/**< Where the template lies. */
	const char *format;	/**< "sql" (default) or "c". */
	const char *models;	/**< NULL: a starter models.c is written. */
	const char *url;
	const char *const *databases;	/**< --multidb: section names. */
	size_t n_databases;
} retort_init;

/** Make a project. Refuses to overwrite. Needs no session options. */
RETORT_API retort_status retort_init_project(retort *db, const retort_init *o);

/** One screen about where things stand. */
typedef struct retort_report {
	const char *url;		/**< Without password. */
	const char *dialect;
	const char *directory;
	const char *models;
	retort_revisions current, heads, pending;	/**< Oldest first. */
	const char *const *problems;	/**< One line each. */
	size_t n_problems;
} retort_report;

RETORT_API retort_status retort_status_report(retort *db, retort_report *out);

#ifdef __cplusplus
}
#endif
#endif
