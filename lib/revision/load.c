#include "revision/graph.h"

#include <fcntl.h>
#include <string.h>

#include "base/file.h"
#include "git/git.h"

struct loader {
	bool recursive;
	struct arena *mem;
	struct err *err;
	struct revisions list;
};

bool graph_may_be_revision(const char *name)
{
	size_t n = strlen(name);

	if (name[0] == '.' || name[0] == '#')
		return false;
	return (n > 4 && !strcmp(name + n - 4, ".sql")) ||
	       (n > 2 && !strcmp(name + n - 2, ".c"));
}

/* What reading a file came to; one without a header is left alone. */
static retort_status keep(struct loader *l, retort_status rc,
			  struct revision *r, struct err *why)
{
	if (rc == RETORT_E_NOTFOUND)
		return RETORT_OK;
	if (rc < 0) {
		err_move(l->err, why);
		return rc;
	}
	return vec_push(l->mem, &l->list, r) ? RETORT_OK : err_nomem(l->err);
}

static retort_status load_file(struct loader *l, int dir, const char *path)
{
	SCRATCH_ERR(why);
	struct revision *r = NULL;
	retort_status rc = revision_read_at(dir, path, l->mem, &r, &why);

	return keep(l, rc, r, &why);
}

/* Directories still to read, so that no depth is too deep. */
static retort_status load_directory(struct loader *l, const char *dir,
				    struct strings *todo)
{
	SCRATCH(tmp);
	FD(at);
	struct strings names = {0};
	retort_status rc = file_list(dir, &tmp, &names, l->err);

	if (rc == RETORT_E_NOTFOUND)
		err_hint(l->err, "It should hold the revisions: make it, or "
			 "correct version_locations in db.ini.");
	TRY(rc);
	at = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; i < names.n; i++) {
		const char *name = names.v[i];
		bool file = graph_may_be_revision(name);
		char *path;

		if (!file && !(l->recursive && name[0] != '.'))
			continue;
		path = path_join(l->mem, dir, name);
		if (!path)
			return err_nomem(l->err);
		if (file)
			TRY(load_file(l, at, path));
		else if (file_is_directory(path) &&
			 !vec_push(l->mem, todo, path))
			return err_nomem(l->err);
	}
	return RETORT_OK;
}

retort_status graph_load(const struct strings *directories, bool recursive,
			 struct arena *mem, struct graph **out,
			 struct err *err)
{
	struct loader l = { .recursive = recursive, .mem = mem, .err = err };
	struct strings todo = {0};

	for (size_t i = 0; i < directories->n; i++)
		if (!vec_push(mem, &todo, directories->v[i]))
			return err_nomem(err);
	for (size_t i = 0; i < todo.n; i++)
		TRY(load_directory(&l, todo.v[i], &todo));
	TRY(graph_build(&l.list, mem, out, err));
	(*out)->directories = *directories;
	return RETORT_OK;
}

static retort_status load_text(void *payload, const char *path,
			       const char *text, size_t n)
{
	SCRATCH_ERR(why);
	struct loader *l = payload;
	struct revision *r = NULL;
	const char *own;
	retort_status rc;

	if (!graph_may_be_revision(path_basename(path)))
		return RETORT_OK;
	own = arena_strdup(l->mem, path);
	if (!own)
		return err_nomem(l->err);
	rc = revision_parse(own, text, n, l->mem, &r, NULL, &why);
	return keep(l, rc, r, &why);
}

retort_status graph_load_commit(const struct strings *directories,
				bool recursive, const char *commit,
				struct arena *mem, struct graph **out,
				struct err *err)
{
	struct loader l = { .mem = mem, .err = err };

	for (size_t i = 0; i < directories->n; i++)
		TRY(git_commit_files(directories->v[i], recursive, commit,
				     load_text, &l, err));
	return graph_build(&l.list, mem, out, err);
}
