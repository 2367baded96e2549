/*
 * What git knows of a project. Where there is no repository, no libgit2, or
 * git refuses to read what another user owns, it knows nothing; that is never
 * an error.
 */
#ifndef RETORT_GIT_GIT_H
#define RETORT_GIT_GIT_H

#include <stdbool.h>

#include "base/arena.h"

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

#endif
