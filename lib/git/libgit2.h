/*
 * libgit2, loaded when something is asked of git: a program that asks nothing
 * neither needs it nor pays for its start.
 */
#ifndef RETORT_GIT_LIBGIT2_H
#define RETORT_GIT_LIBGIT2_H

#include <git2.h>

#define LIBGIT2_FUNCTIONS(X)                                                 \
	X(git_libgit2_init) X(git_repository_open_ext)                       \
	X(git_repository_free) X(git_repository_workdir)                     \
	X(git_reference_name_to_id) X(git_oid_tostr) X(git_revwalk_new)      \
	X(git_revwalk_push_head) X(git_revwalk_push_glob)                    \
	X(git_revwalk_sorting) X(git_revwalk_next) X(git_revwalk_free)       \
	X(git_commit_lookup) X(git_commit_summary) X(git_commit_tree)        \
	X(git_commit_free) X(git_tree_lookup) X(git_tree_entry_bypath)       \
	X(git_tree_entrycount) X(git_tree_entry_byindex)                     \
	X(git_tree_entry_name) X(git_tree_entry_id) X(git_tree_entry_type)   \
	X(git_tree_entry_free) X(git_tree_free) X(git_blob_lookup)           \
	X(git_blob_rawcontent) X(git_blob_rawsize) X(git_blob_free)          \
	X(git_revparse_single) X(git_object_peel) X(git_object_free)         \
	X(git_object_id)

#define LIBGIT2_MEMBER(name) __typeof__(&name) name;
struct libgit2 {
	LIBGIT2_FUNCTIONS(LIBGIT2_MEMBER)
};
#undef LIBGIT2_MEMBER

/*
 * The functions, initialised once for the process and never given back; NULL
 * where the library is not installed.
 */
const struct libgit2 *libgit2_load(void);

#endif
