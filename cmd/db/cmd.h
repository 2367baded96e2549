#ifndef DB_CMD_H
#define DB_CMD_H

#include <retort/retort.h>

#include "opt.h"
#include "printer.h"

struct term;

/* What main() prepares before the command runs. */
enum cmd_needs {
	NEEDS_NOTHING,		/* no session */
	NEEDS_SESSION,		/* a session; the project may be missing */
	NEEDS_PROJECT		/* a session with a migrations directory */
};

enum {
	EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_DIFFERS = 3,
	EXIT_UNREACHABLE = 4, EXIT_LOCKED = 5, EXIT_INTERRUPTED = 130
};

/* The options that every command takes; filled in by main(). */
struct globals {
	const char *directory, *section, *config, *url, *color;
	struct opt_list x;
	bool quiet, verbose, json, help, no_pager, all, continue_on_error;
};

/* What main() has prepared. */
struct env {
	struct globals global;
	retort *db;		/* NULL unless the command needs a session */
	struct printer *out;
	struct term *term;
	char *directory;	/* the migrations directory, or NULL */
	char *share;		/* the template's directory, or NULL */
	bool reopened;		/* the session is not the first one */
};

struct cmd {
	const char *name;
	const char *arguments;	/* for the usage line; NULL: none */
	const char *summary;
	enum cmd_needs needs;
	bool pages;		/* a long list, for $PAGER */
	int min_args, max_args;	/* max_args -1: any number */
	const struct opt *options;	/* NULL: none of its own */
	const int *lock_timeout_ms;	/* of --lock-timeout; NULL: no lock */
	const int *statement_timeout_ms;	/* or NULL */
	const char *const *schemas;	/* of --schema; or NULL */
	/* argv[1] to argv[n] are the plain arguments. */
	int (*run)(struct env *env, int n, char **argv);
};

/* The options of every command. */
extern const struct opt global_options[];

/* All commands, in the order of the help; NULL ends. */
extern const struct cmd *const commands[];

extern const struct cmd cmd_init, cmd_list_templates, cmd_migrate,
	cmd_revision, cmd_upgrade, cmd_downgrade, cmd_current, cmd_check,
	cmd_diff, cmd_history, cmd_heads, cmd_branches, cmd_show, cmd_status,
	cmd_stamp, cmd_merge, cmd_edit, cmd_ensure_version, cmd_create_all,
	cmd_inspect, cmd_log, cmd_shell, cmd_completion, cmd_version, cmd_help;

/* Of two exit statuses the one that tells more; db(1) has the order. */
int worse(int a, int b);

/* The command of that name, or NULL. */
const struct cmd *cmd_find(const char *name);

/* The message for one that is none; returns EXIT_USAGE. */
int unknown_command(const char *typed);

/* "usage: db upgrade [options] [REVISION]" and the option table. */
void cmd_usage(FILE *to, const struct cmd *c);

/* The list of commands. */
void cmd_list(FILE *to);

/* The exit status for a status of the library. */
int exit_of(retort_status code);

/* Print the session's error on stderr; returns the exit status for it. */
int fail(const struct env *env);

/* Where the project has none at all, the way to the first one is shown. */
void say_no_revisions(const struct env *e);

/* A usage error in our own words; returns EXIT_USAGE. */
__attribute__((format(printf, 2, 3)))
int misuse(const char *command, const char *fmt, ...);

#endif
