#include <string.h>

#include "base/file.h"
#include "base/vec.h"
#include "git/git.h"
#include "git/repository.h"

/* A folder that is still to be read. */
struct folder {
	git_oid id;
	const char *path;
};

struct reading {
	const struct repository *r;
	bool recursive;
	git_file_fn *file;
	void *payload;
	struct arena *mem;
	struct err *err;
	VEC(struct folder) todo;
};

static retort_status no_repository(const char *dir, struct err *err)
{
	if (!libgit2_load()) {
		err_set(err, RETORT_E_FAIL,
			"cannot ask git: libgit2 is not installed");
		err_hint(err, "Install the library, or name the revision.");
		return RETORT_E_FAIL;
	}
	err_set(err, RETORT_E_NOTFOUND, "\"%s\" is not in a git repository",
		dir);
	err_hint(err, "Name the revision to go to. Of a repository that belongs "
		 "to another user git says nothing, unless safe.directory "
		 "names it.");
	return RETORT_E_NOTFOUND;
}

static retort_status no_commit(const char *commit, int rc, struct err *err)
{
	if (rc == GIT_EAMBIGUOUS) {
		err_set(err, RETORT_E_FAIL, "\"%s\" is the beginning of "
			"several git objects", commit);
		err_hint(err, "Write more of its characters.");
		return RETORT_E_FAIL;
	}
	err_set(err, RETORT_E_NOTFOUND, "git knows no commit \"%s\"", commit);
	err_hint(err, "\"git log\" lists them; one of another clone comes with "
		 "\"git fetch\".");
	return RETORT_E_NOTFOUND;
}

/* Its tree. */
static retort_status find_tree(const struct repository *r, const char *commit,
			       git_tree **out, struct err *err)
{
	git_object *found, *tree;
	int rc = r->git->git_revparse_single(&found, r->handle, commit);

	if (rc)
		return no_commit(commit, rc, err);
	rc = r->git->git_object_peel(&tree, found, GIT_OBJECT_TREE);
	r->git->git_object_free(found);
	if (rc)
		return no_commit(commit, rc, err);
	*out = (git_tree *)tree;
	return RETORT_OK;
}

static retort_status read_file(struct reading *w, const git_oid *id,
			       const char *path)
{
	const struct libgit2 *git = w->r->git;
	git_blob *blob;
	retort_status rc;

	if (git->git_blob_lookup(&blob, w->r->handle, id))
		return err_set(w->err, RETORT_E_FAIL,
			       "could not read \"%s\" from git", path);
	rc = w->file(w->payload, path, git->git_blob_rawcontent(blob),
		     (size_t)git->git_blob_rawsize(blob));
	git->git_blob_free(blob);
	return rc;
}

static retort_status read_entry(struct reading *w, const git_tree_entry *entry,
				const char *folder)
{
	const struct libgit2 *git = w->r->git;
	git_object_t type = git->git_tree_entry_type(entry);
	const char *name = git->git_tree_entry_name(entry);
	struct folder below = { .id = *git->git_tree_entry_id(entry) };

	below.path = *folder ? path_join(w->mem, folder, name)
			     : arena_strdup(w->mem, name);
	if (!below.path)
		return err_nomem(w->err);
	if (type == GIT_OBJECT_BLOB)
		return read_file(w, &below.id, below.path);
	if (type == GIT_OBJECT_TREE && w->recursive && *name != '.' &&
	    !vec_push(w->mem, &w->todo, below))
		return err_nomem(w->err);
	return RETORT_OK;
}

static retort_status read_folder(struct reading *w, const struct folder *f)
{
	const struct libgit2 *git = w->r->git;
	retort_status rc = RETORT_OK;
	git_tree *tree;

	if (git->git_tree_lookup(&tree, w->r->handle, &f->id))
		return err_set(w->err, RETORT_E_FAIL,
			       "could not read \"%s\" from git", f->path);
	for (size_t i = 0; rc == RETORT_OK && i < git->git_tree_entrycount(tree);
	     i++)
		rc = read_entry(w, git->git_tree_entry_byindex(tree, i),
				f->path);
	git->git_tree_free(tree);
	return rc;
}

/* The folder `path` of a tree; false: it has none. */
static bool find_folder(const struct repository *r, git_tree *top,
			const char *path, git_oid *out)
{
	const struct libgit2 *git = r->git;
	git_tree_entry *entry;
	bool found;

	if (!*path) {
		*out = *git->git_object_id((git_object *)top);
		return true;
	}
	if (git->git_tree_entry_bypath(&entry, top, path))
		return false;
	found = git->git_tree_entry_type(entry) == GIT_OBJECT_TREE;
	*out = *git->git_tree_entry_id(entry);
	git->git_tree_entry_free(entry);
	return found;
}

retort_status git_commit_files(const char *dir, bool recursive,
			       const char *commit, git_file_fn *file,
			       void *payload, struct err *err)
{
	SCRATCH(tmp);
	REPOSITORY(r, dir);
	struct reading w = { .r = &r, .recursive = recursive, .file = file,
			     .payload = payload, .mem = &tmp, .err = err };
	struct folder top = {0};
	git_tree *tree;
	bool there;

	if (r.git)
		top.path = repository_below(&r, dir, &tmp);
	if (!top.path)
		return no_repository(dir, err);
	TRY(find_tree(&r, commit, &tree, err));
	there = find_folder(&r, tree, top.path, &top.id);
	r.git->git_tree_free(tree);
	if (!there)
		return RETORT_OK;
	if (!vec_push(&tmp, &w.todo, top))
		return err_nomem(err);
	for (size_t i = 0; i < w.todo.n; i++) {
		const struct folder next = w.todo.v[i];

		TRY(read_folder(&w, &next));
	}
	return RETORT_OK;
}
