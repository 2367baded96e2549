#include "git/head.h"

#include <string.h>

#include "base/file.h"

/* The text of a file without the newline at its end, or NULL. */
static char *read_line(struct arena *mem, const char *dir, const char *name)
{
	SCRATCH_ERR(ignored);
	char *path = path_join(mem, dir, name), *text;

	if (!path || file_read(path, mem, &text, NULL, &ignored) < 0)
		return NULL;
	text[strcspn(text, "\r\n")] = '\0';
	return text;
}

/* The directory .git of `top`, which a worktree names in a file. */
static char *git_directory(struct arena *mem, const char *top)
{
	char *path = path_join(mem, top, ".git"), *line;

	if (!path || !file_exists(path))
		return NULL;
	if (file_is_directory(path))
		return path;
	line = read_line(mem, top, ".git");
	if (!line || strncmp(line, "gitdir: ", 8))
		return NULL;
	return path_join(mem, top, line + 8);
}

/* Of the repository that `dir`, an absolute path, lies in. */
static char *find_git(struct arena *mem, const char *dir)
{
	for (;;) {
		char *found = git_directory(mem, dir);
		const char *up;

		if (found)
			return found;
		up = path_dirname(mem, dir);
		if (!up || !strcmp(up, dir) || !strcmp(dir, "/"))
			return NULL;
		dir = up;
	}
}

/* Lines "COMMIT REF". */
static char *packed(struct arena *mem, const char *git, const char *ref)
{
	SCRATCH_ERR(ignored);
	char *path = path_join(mem, git, "packed-refs"), *text;

	if (!path || file_read(path, mem, &text, NULL, &ignored) < 0)
		return NULL;
	while (*text) {
		size_t n = strcspn(text, "\n"), id = strcspn(text, " \n");

		if (id < n && strlen(ref) == n - id - 1 &&
		    !strncmp(text + id + 1, ref, n - id - 1))
			return arena_strndup(mem, text, id);
		text += n + (text[n] == '\n');
	}
	return NULL;
}

static bool is_commit(const char *s)
{
	size_t n = s ? strspn(s, "0123456789abcdef") : 0;

	return (n == 40 || n == 64) && !s[n];
}

char *git_head(const char *dir, struct arena *mem)
{
	char *absolute = path_absolute(mem, dir);
	char *git = absolute ? find_git(mem, absolute) : NULL;
	char *head = git ? read_line(mem, git, "HEAD") : NULL, *common, *id;

	if (!head)
		return NULL;
	if (strncmp(head, "ref: ", 5))
		return is_commit(head) ? head : NULL;
	common = read_line(mem, git, "commondir");
	if (common)
		git = path_join(mem, git, common);
	if (!git)
		return NULL;
	id = read_line(mem, git, head + 5);
	if (!id)
		id = packed(mem, git, head + 5);
	return is_commit(id) ? id : NULL;
}
