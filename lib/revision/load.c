#include "revision/graph.h"

#include <sys/stat.h>
#include <string.h>

#include "base/file.h"

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

static retort_status load_file(struct loader *l, const char *path)
{
	SCRATCH_ERR(why);
	struct revision *r;
	retort_status rc = revision_read(path, l->mem, &r, &why);

	if (rc == RETORT_E_NOTFOUND)
		return RETORT_OK;
	if (rc < 0) {
		err_move(l->err, &why);
		return rc;
	}
	return vec_push(l->mem, &l->list, r) ? RETORT_OK : err_nomem(l->err);
}

/* Directories still to read, so that no depth is too deep. */
static retort_status load_directory(struct loader *l, const char *dir,
				    struct strings *todo)
{
	struct strings names = {0};

	retort_status rc = file_list(dir, l->mem, &names, l->err);

	if (rc == RETORT_E_NOTFOUND)
		err_hint(l->err, "It should hold the revisions: make it, or "
			 "correct version_locations in db.ini.");
	TRY(rc);
	for (size_t i = 0; i < names.n; i++) {
		const char *name = names.v[i];
		char *path;

		if (!graph_may_be_revision(name) &&
		    !(l->recursive && name[0] != '.'))
			continue;
		path = path_join(l->mem, dir, name);
		if (!path)
			return err_nomem(l->err);
		if (graph_may_be_revision(name))
			TRY(load_file(l, path));
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
