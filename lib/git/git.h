/*
 * What git knows of a project. Where there is no repository, no libgit2, or
 * git refuses to read what another user owns, it knows nothing; that is never
 * an error.
 */
#ifndef RETORT_GIT_GIT_H
#define RETORT_GIT_GIT_H

#include <stdbool.h>

#include "base/err.h"

/* The commit that is checked out where `dir` lies, in hexadecimal; or NULL. */
char *git_head(const char *dir, struct arena *mem);

/* A file as a commit has it. */
struct git_file {
	char *commit;	/* hexadecimal, whole */
	char *summary;	/* the first line of its message */
	char *path;	/* from the top of the repository */
};

/*
 * The newest commit of any branch or tag that has, in `dir` or below it, a
 * file with this line in it, whatever stands before the line's text.
 */
bool git_find_line(const char *dir, const char *line, struct arena *mem,
		   struct git_file *out);

/* One file of a commit; its path is from the top of the repository. */
typedef retort_status git_file_fn(void *payload, const char *path,
				  const char *text, size_t n);

/*
 * Every file that a commit has in `dir` (and with `recursive` below it); the
 * commit is called as git calls it. None where the commit has no such folder.
 * Here it is an error when git knows nothing, or not that commit.
 */
retort_status git_commit_files(const char *dir, bool recursive,
			       const char *commit, git_file_fn *file,
			       void *payload, struct err *err);

#endif
