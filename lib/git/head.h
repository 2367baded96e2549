/* Which commit is checked out, read from the files of the repository. */
#ifndef RETORT_GIT_HEAD_H
#define RETORT_GIT_HEAD_H

#include "base/arena.h"

/*
 * The commit that HEAD names in the repository `dir` lies in, in hexadecimal;
 * NULL where there is none, or none that can be read this way.
 */
char *git_head(const char *dir, struct arena *mem);

#endif
