/* An open repository. Internal. */
#ifndef RETORT_GIT_REPOSITORY_H
#define RETORT_GIT_REPOSITORY_H

#include "base/arena.h"
#include "git/libgit2.h"

struct repository {
	const struct libgit2 *git;	/* NULL: nothing is known */
	git_repository *handle;
};

struct repository repository_open(const char *dir);
void repository_close(struct repository *r);

/* One that is closed when the block is left. */
#define REPOSITORY(name, dir)                                \
	__attribute__((cleanup(repository_close)))           \
	struct repository name = repository_open(dir)

/*
 * `dir` from the top of the repository, "" for the top itself; NULL where it
 * is not below it.
 */
const char *repository_below(const struct repository *r, const char *dir,
			     struct arena *mem);

#endif
