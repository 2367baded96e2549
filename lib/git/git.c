#include "git/git.h"

#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/map.h"
#include "git/repository.h"

static bool is_there(const char *dir, const char *name)
{
	SCRATCH(tmp);
	char *path = path_join(&tmp, dir, name);

	return !path || file_exists(path);
}

static bool is_root(const char *dir, const char *parent)
{
	struct stat a, b;

	return stat(dir, &a) || stat(parent, &b) ||
	       (a.st_dev == b.st_dev && a.st_ino == b.st_ino);
}

/*
 * Does something here or above look like a repository, or like a bare one?
 * Where nothing does, libgit2 need not start, which takes it long: it reads
 * the certificates of the system.
 */
static bool may_be_in_one(const char *dir)
{
	SCRATCH(tmp);

	for (char *parent; dir; dir = parent) {
		if (is_there(dir, ".git") || is_there(dir, "HEAD"))
			return true;
		parent = path_join(&tmp, dir, "..");
		if (parent && is_root(dir, parent))
			return false;
	}
	return true;
}

struct repository repository_open(const char *dir)
{
	struct repository r = {
		.git = may_be_in_one(dir) ? libgit2_load() : NULL
	};

	if (r.git && r.git->git_repository_open_ext(&r.handle, dir, 0, NULL))
		r.git = NULL;
	return r;
}

void repository_close(struct repository *r)
{
	if (r->git)
		r->git->git_repository_free(r->handle);
}

static char *hexadecimal(const struct repository *r, const git_oid *id,
			 struct arena *mem)
{
	char text[GIT_OID_HEXSZ + 1];

	return arena_strdup(mem, r->git->git_oid_tostr(text, sizeof(text), id));
}

char *git_head(const char *dir, struct arena *mem)
{
	REPOSITORY(r, dir);
	git_oid id;

	if (!r.git || r.git->git_reference_name_to_id(&id, r.handle, "HEAD"))
		return NULL;
	return hexadecimal(&r, &id, mem);
}

struct search {
	struct repository r;
	const char *line;
	struct map seen;	/* trees and files known not to have it */
	struct arena *mem;	/* of the search */
	struct arena *results;
	struct git_file *out;
};

/* Is it new? Out of memory, nothing is: the search ends soon. */
static bool is_new(struct search *s, const git_oid *id)
{
	char *key = hexadecimal(&s->r, id, s->mem);

	return key && !map_get(&s->seen, key) && map_put(&s->seen, key, key);
}

/* The text, then the end of the line or of the file. */
static bool has_line(const char *text, size_t n, const char *line)
{
	size_t want = strlen(line);

	for (size_t i = 0; i + want <= n; i++) {
		size_t end = i + want;

		if (!memcmp(text + i, line, want) &&
		    (end == n || text[end] == '\n' || text[end] == '\r'))
			return true;
	}
	return false;
}

static bool file_has_it(struct search *s, const git_oid *id)
{
	const struct libgit2 *git = s->r.git;
	git_blob *blob;
	bool found;

	if (!is_new(s, id) || git->git_blob_lookup(&blob, s->r.handle, id))
		return false;
	found = has_line(git->git_blob_rawcontent(blob),
			 (size_t)git->git_blob_rawsize(blob), s->line);
	git->git_blob_free(blob);
	return found;
}

static bool in_tree(struct search *s, const git_oid *id, const char *path);

static bool in_entry(struct search *s, const git_tree_entry *entry,
		     const char *path)
{
	const struct libgit2 *git = s->r.git;
	const git_oid *id = git->git_tree_entry_id(entry);
	git_object_t type = git->git_tree_entry_type(entry);
	const char *name = git->git_tree_entry_name(entry);
	char *below = *path ? path_join(s->mem, path, name)
			    : arena_strdup(s->mem, name);

	if (!below)
		return false;
	if (type == GIT_OBJECT_TREE)
		return in_tree(s, id, below);
	if (type != GIT_OBJECT_BLOB || !file_has_it(s, id))
		return false;
	s->out->path = arena_strdup(s->results, below);
	return s->out->path;
}

static bool in_tree(struct search *s, const git_oid *id, const char *path)
{
	const struct libgit2 *git = s->r.git;
	git_tree *tree;
	bool found = false;

	if (!is_new(s, id) || git->git_tree_lookup(&tree, s->r.handle, id))
		return false;
	for (size_t i = 0; !found && i < git->git_tree_entrycount(tree); i++)
		found = in_entry(s, git->git_tree_entry_byindex(tree, i), path);
	git->git_tree_free(tree);
	return found;
}

/* In the folder `path` of a commit? */
static bool in_commit(struct search *s, git_commit *commit, const char *path)
{
	const struct libgit2 *git = s->r.git;
	git_tree_entry *entry;
	git_tree *top;
	bool found = false;

	if (git->git_commit_tree(&top, commit))
		return false;
	if (!*path) {
		found = in_tree(s, git->git_object_id((git_object *)top), "");
	} else if (!git->git_tree_entry_bypath(&entry, top, path)) {
		found = in_tree(s, git->git_tree_entry_id(entry), path);
		git->git_tree_entry_free(entry);
	}
	git->git_tree_free(top);
	return found;
}

static bool try_commit(struct search *s, const git_oid *id, const char *path)
{
	const struct libgit2 *git = s->r.git;
	git_commit *commit;
	const char *summary;
	bool found;

	if (git->git_commit_lookup(&commit, s->r.handle, id))
		return false;
	found = in_commit(s, commit, path);
	if (found) {
		summary = git->git_commit_summary(commit);
		s->out->commit = hexadecimal(&s->r, id, s->results);
		s->out->summary = arena_strdup(s->results,
					       summary ? summary : "");
	}
	git->git_commit_free(commit);
	return found && s->out->commit && s->out->summary;
}

const char *repository_below(const struct repository *r, const char *dir,
			     struct arena *mem)
{
	const char *workdir = r->git->git_repository_workdir(r->handle);
	const char *top = workdir ? path_absolute(mem, workdir) : NULL;
	const char *path = top ? path_absolute(mem, dir) : NULL;
	size_t n = top ? strlen(top) : 0;

	if (!path || strncmp(path, top, n))
		return NULL;
	return path[n] == '/' ? path + n + 1 : path[n] ? NULL : "";
}

static bool walk(struct search *s, const char *path)
{
	const struct libgit2 *git = s->r.git;
	git_revwalk *commits;
	bool found = false;
	git_oid id;

	if (git->git_revwalk_new(&commits, s->r.handle))
		return false;
	git->git_revwalk_sorting(commits, GIT_SORT_TIME);
	git->git_revwalk_push_glob(commits, "*");
	git->git_revwalk_push_head(commits);
	while (!found && !git->git_revwalk_next(&id, commits))
		found = try_commit(s, &id, path);
	git->git_revwalk_free(commits);
	return found;
}

bool git_find_line(const char *dir, const char *line, struct arena *mem,
		   struct git_file *out)
{
	SCRATCH(tmp);
	REPOSITORY(r, dir);
	struct search s = { .r = r, .line = line, .seen = { .mem = &tmp },
			    .mem = &tmp, .results = mem, .out = out };
	const char *path = r.git ? repository_below(&r, dir, &tmp) : NULL;

	return path && walk(&s, path);
}
