/* What `migrate`, `revision` and `merge` share. */
#ifndef DB_NEW_REVISION_H
#define DB_NEW_REVISION_H

#include "cmd.h"

/* The targets of the options below; --autogenerate and the like are added. */
struct new_options {
	const char *message, *branch_label, *version_path, *rev_id, *format;
	struct opt_list heads, depends_on, renames;
	bool splice, no_verify, dry_run, sql, autogenerate;
};

extern struct new_options new_options;

#define NEW_REVISION_OPTIONS                                                  \
	{ OPT_STRING, 'm', "message", &new_options.message, "TEXT",           \
	  "what the revision is about" },                                     \
	{ OPT_LIST, 0, "head", &new_options.heads, "REV",                     \
	  "the revision to build upon (default: the head)" },                 \
	{ OPT_FLAG, 0, "splice", &new_options.splice, NULL,                   \
	  "allow a parent that is not a head" },                              \
	{ OPT_STRING, 0, "branch-label", &new_options.branch_label, "LABEL",  \
	  "a label for the branch" },                                         \
	{ OPT_STRING, 0, "version-path", &new_options.version_path, "DIR",    \
	  "where the file goes" },                                            \
	{ OPT_STRING, 0, "rev-id", &new_options.rev_id, "ID",                 \
	  "the id (default: made up)" },                                      \
	{ OPT_LIST, 0, "depends-on", &new_options.depends_on, "REV",          \
	  "a revision that must be applied before" },                         \
	{ OPT_STRING, 0, "format", &new_options.format, "FORMAT",             \
	  "sql or c (default: as configured)" },                              \
	{ OPT_FLAG, 0, "sql", &new_options.sql, NULL,                         \
	  "print the file instead of writing it" }

#define AUTOGENERATE_OPTIONS                                                  \
	{ OPT_LIST, 0, "rename", &new_options.renames, "OLD:NEW",             \
	  "a table, or a TABLE.COLUMN, that was renamed" },                   \
	{ OPT_FLAG, 0, "no-verify", &new_options.no_verify, NULL,             \
	  "do not prove the revision on a scratch database" },                \
	{ OPT_FLAG, 0, "dry-run", &new_options.dry_run, NULL,                 \
	  "show what would be written" }

/* Make the file and say where it is. */
int new_revision(struct env *env, bool autogenerate);

/* The same with `heads` as parents: db merge. */
int new_merge(struct env *env, const char *const *heads, size_t n);

#endif
