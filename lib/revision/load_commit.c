#include <string.h>

#include "base/file.h"
#include "git/git.h"
#include "revision/graph.h"

struct loader {
	struct arena *mem;
	struct err *err;
	struct revisions list;
};

static retort_status load_file(void *payload, const char *path,
			       const char *text, size_t n)
{
	SCRATCH_ERR(why);
	struct loader *l = payload;
	struct revision *r;
	retort_status rc;

	if (!graph_may_be_revision(path_basename(path)))
		return RETORT_OK;
	rc = revision_parse(path, text, n, l->mem, &r, NULL, &why);
	if (rc == RETORT_E_NOTFOUND)
		return RETORT_OK;
	if (rc < 0) {
		err_move(l->err, &why);
		return rc;
	}
	return vec_push(l->mem, &l->list, r) ? RETORT_OK : err_nomem(l->err);
}

retort_status graph_load_commit(const struct strings *directories,
				bool recursive, const char *commit,
				struct arena *mem, struct graph **out,
				struct err *err)
{
	struct loader l = { .mem = mem, .err = err };

	for (size_t i = 0; i < directories->n; i++)
		TRY(git_commit_files(directories->v[i], recursive, commit,
				     load_file, &l, err));
	return graph_build(&l.list, mem, out, err);
}
