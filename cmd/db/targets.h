/* --targets: the list of databases that share a history. */
#ifndef DB_TARGETS_H
#define DB_TARGETS_H

#include "cmd.h"

struct target_options {
	const char *file, *query, *jobs;
};

extern struct target_options target_options;

#define TARGET_OPTIONS                                                       \
	{ OPT_STRING, 0, "targets", &target_options.file, "FILE",            \
	  "on each database that FILE (\"-\": standard input) lists" },      \
	{ OPT_STRING, 0, "targets-query", &target_options.query, "SQL",      \
	  "on each that this query of the configured database lists" },      \
	{ OPT_STRING, 'j', "jobs", &target_options.jobs, "N",                \
	  "so many targets at once (default: processors)" }

/* One of them. All texts are its own; `url` and `schema` may be NULL. */
struct target {
	char *name;	/* as it is shown; without a password */
	char *shown;	/* its URL without a password */
	char *url, *schema;
	char *identity;
	size_t line;	/* of the list, from 1 */
};

struct targets {
	struct target *v;
	size_t n;
	size_t width;	/* of the longest name, within reason */
};

/* Is a list asked for? Else the options that need one are complained of. */
bool targets_wanted(const struct env *env, const char *command, int *rc);

/* Read it, and find what is wrong in it before anything is done. */
int targets_read(struct env *env, struct targets *out);
void targets_clear(struct targets *list);

#endif
