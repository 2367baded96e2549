/* realpath(3) is of the X/Open part of POSIX. */
#define _XOPEN_SOURCE 700

#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* close(2) may be interrupted; on Linux the descriptor is gone all the same. */
void fd_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static retort_status fail(struct err *err, const char *verb, const char *path)
{
	int e = errno;
	retort_status rc = e == ENOENT ? RETORT_E_NOTFOUND : RETORT_E_FAIL;

	err_set(err, rc, "could not %s \"%s\": %s", verb, path, strerror(e));
	if (e == EACCES || e == EPERM || e == EROFS)
		err_hint(err, "This user needs the right to do that, in the "
			 "directory, too.");
	else if (e == ENOSPC || e == EDQUOT)
		err_hint(err, "Make room on its file system and run it again.");
	return rc;
}

static int open_again(const char *path, int flags, mode_t mode)
{
	int fd;

	do
		fd = open(path, flags | O_CLOEXEC, mode);
	while (fd < 0 && errno == EINTR);
	return fd;
}

static ssize_t read_again(int fd, char *p, size_t n)
{
	ssize_t got;

	do
		got = read(fd, p, n < SSIZE_MAX ? n : SSIZE_MAX);
	while (got < 0 && errno == EINTR);
	return got;
}

static bool write_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t done = write(fd, p, n < SSIZE_MAX ? n : SSIZE_MAX);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return false;
		p += done;
		n -= (size_t)done;
	}
	return true;
}

static bool sync_again(int fd)
{
	int rc;

	do
		rc = fsync(fd);
	while (rc < 0 && errno == EINTR);
	return rc == 0;
}

/* Twice the space, with the first `n` bytes kept. */
static bool enlarge(struct arena *mem, char **p, size_t n, size_t *cap)
{
	char *bigger;

	if (*cap > SIZE_MAX / 4 || !(bigger = arena_alloc(mem, *cap * 2 + 1)))
		return false;
	memcpy(bigger, *p, n);
	*p = bigger;
	*cap *= 2;
	return true;
}

/* A file may grow while it is read, and those of /proc say that they are empty. */
retort_status file_read_head(const char *path, size_t limit, struct arena *mem,
			     char **out, size_t *n, struct err *err)
{
	FD(fd);
	struct stat st;
	size_t got = 0, cap;
	ssize_t more = 1;
	char *p;

	fd = open_again(path, O_RDONLY, 0);
	if (fd < 0 || fstat(fd, &st))
		return fail(err, "read", path);
	cap = st.st_size > 0 ? (size_t)st.st_size + 1 : 4096;
	if (cap > limit)
		cap = limit;
	p = arena_alloc(mem, cap + 1);
	while (p && more > 0 && got < limit) {
		if (got == cap && !enlarge(mem, &p, got, &cap))
			return err_nomem(err);
		if (cap > limit)
			cap = limit;
		more = read_again(fd, p + got, cap - got);
		got += more > 0 ? (size_t)more : 0;
	}
	if (!p)
		return err_nomem(err);
	if (more < 0)
		return fail(err, "read", path);
	p[got] = '\0';
	*out = p;
	if (n)
		*n = got;
	return RETORT_OK;
}

retort_status file_read(const char *path, struct arena *mem, char **out,
			size_t *n, struct err *err)
{
	return file_read_head(path, SIZE_MAX / 4, mem, out, n, err);
}

/* A name beside `path` that readers of the directory pass over. */
static char *temporary_name(struct arena *mem, const char *path, unsigned try)
{
	const char *base = path_basename(path);

	return arena_printf(mem, "%.*s.%s.%ld-%u.tmp", (int)(base - path), path,
			    base, (long)getpid(), try);
}

static retort_status open_temporary(struct arena *mem, const char *path,
				    char **name, int *fd, struct err *err)
{
	for (unsigned try = 0;; try++) {
		*name = temporary_name(mem, path, try);
		if (!*name)
			return err_nomem(err);
		*fd = open_again(*name, O_WRONLY | O_CREAT | O_EXCL, 0666);
		if (*fd >= 0)
			return RETORT_OK;
		if (errno != EEXIST || try == 1000)
			return fail(err, "write", path);
	}
}

/* Where hard links are not to be had, look first; no better is to be had. */
static bool put_new(const char *from, const char *path)
{
	if (!link(from, path)) {
		unlink(from);
		return true;
	}
	if (errno == EEXIST)
		return false;
	if (file_exists(path)) {
		errno = EEXIST;
		return false;
	}
	return !rename(from, path);
}

/* A rename lasts when its directory has been written. */
static bool sync_directory(struct arena *mem, const char *path)
{
	const char *dir = path_dirname(mem, path);
	FD(fd);

	if (!dir) {
		errno = ENOMEM;
		return false;
	}
	fd = open_again(dir, O_RDONLY | O_DIRECTORY, 0);
	if (fd < 0)
		return errno == EACCES;
	return sync_again(fd) || errno == EINVAL || errno == EROFS;
}

static bool fill(int *fd, const char *text, size_t n, const mode_t *mode)
{
	int rc;

	if ((mode && fchmod(*fd, *mode & 07777)) || !write_all(*fd, text, n) ||
	    !sync_again(*fd))
		return false;
	rc = close(*fd);
	*fd = -1;
	return rc == 0 || errno == EINTR;
}

retort_status file_write(const char *path, const char *text, size_t n,
			 bool replace, struct err *err)
{
	SCRATCH(mem);
	FD(fd);
	struct stat st;
	bool keep_mode;
	char *real = NULL, *tmp;

	if (!replace && file_exists(path)) {
		errno = EEXIST;
		return fail(err, "write", path);
	}
	/* Through a symbolic link the file is replaced, not the link. */
	keep_mode = replace && !stat(path, &st);
	if (keep_mode && !(real = path_absolute(&mem, path)))
		return err_nomem(err);
	TRY(open_temporary(&mem, real ? real : path, &tmp, &fd, err));
	if (!fill(&fd, text, n, keep_mode ? &st.st_mode : NULL) ||
	    (replace ? rename(tmp, real ? real : path) != 0
		     : !put_new(tmp, path))) {
		int e = errno;

		unlink(tmp);
		errno = e;
		return fail(err, "write", path);
	}
	if (!sync_directory(&mem, real ? real : path))
		return fail(err, "write", path);
	return RETORT_OK;
}

bool file_exists(const char *path)
{
	struct stat st;

	return !lstat(path, &st);
}

bool file_is_directory(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

static bool make_directory(const char *path, unsigned mode)
{
	int e;

	if (!mkdir(path, (mode_t)mode))
		return true;
	e = errno;
	if (file_is_directory(path))
		return true;
	errno = e == EEXIST ? ENOTDIR : e;
	return false;
}

retort_status file_mkdirs(const char *path, unsigned mode, struct err *err)
{
	SCRATCH(mem);
	char *s = arena_strdup(&mem, path);

	if (!s)
		return err_nomem(err);
	for (char *p = s + (*s != '\0'); *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (!make_directory(s, mode))
			return fail(err, "make directory", s);
		*p = '/';
	}
	if (!make_directory(s, mode))
		return fail(err, "make directory", path);
	return RETORT_OK;
}

static void dir_close(DIR **d)
{
	if (*d)
		closedir(*d);
}

static int by_bytes(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

retort_status file_list(const char *dir, struct arena *mem,
			struct strings *out, struct err *err)
{
	__attribute__((cleanup(dir_close))) DIR *d = opendir(dir);
	struct strings names = {0};
	struct dirent *e;

	if (!d)
		return fail(err, "list directory", dir);
	for (errno = 0; (e = readdir(d)); errno = 0) {
		char *name;

		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		name = arena_strdup(mem, e->d_name);
		if (!name || !vec_push(mem, &names, name))
			return err_nomem(err);
	}
	if (errno)
		return fail(err, "list directory", dir);
	if (names.n)
		qsort(names.v, names.n, sizeof(*names.v), by_bytes);
	*out = names;
	return RETORT_OK;
}

/*
 * The length of `dir` without its last component, where ".." leads there: the
 * component is a name and no symbolic link. -1 where it does not.
 */
static long parent_length(struct arena *mem, const char *dir, size_t n)
{
	char *whole = arena_strndup(mem, dir, n);
	const char *last = whole ? path_basename(whole) : "";
	struct stat st;

	if (!*last || !strcmp(last, ".") || !strcmp(last, "..") ||
	    lstat(whole, &st) || !S_ISDIR(st.st_mode))
		return -1;
	return last - whole;
}

/* The first `n` bytes of `dir`, a slash where one is needed, and `name`. */
static char *join(struct arena *mem, const char *dir, size_t n,
		  const char *name)
{
	bool slash = n && dir[n - 1] != '/';
	size_t n_name = strlen(name);
	char *p = arena_alloc(mem, n + slash + n_name + 1);

	if (!p)
		return NULL;
	memcpy(p, dir, n);
	if (slash)
		p[n] = '/';
	memcpy(p + n + slash, name, n_name + 1);
	return p;
}

char *path_join(struct arena *mem, const char *dir, const char *name)
{
	size_t n = strlen(dir);

	if (*name == '/' || !n)
		return arena_strdup(mem, name);
	while (!strncmp(name, "../", 3)) {
		size_t end = n;
		long parent;

		while (end > 1 && dir[end - 1] == '/')
			end--;
		parent = parent_length(mem, dir, end);
		if (parent < 0)
			break;
		n = (size_t)parent;
		name += 3;
	}
	return join(mem, dir, n, name);
}

char *path_dirname(struct arena *mem, const char *path)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	while (n && path[n - 1] != '/')
		n--;
	while (n > 1 && path[n - 1] == '/')
		n--;
	return n ? arena_strndup(mem, path, n) : arena_strdup(mem, ".");
}

const char *path_basename(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

char *path_absolute(struct arena *mem, const char *path)
{
	char *real = realpath(path, NULL);
	char *out = arena_strdup(mem, real);

	free(real);
	return out;
}

char *path_follow(struct arena *mem, const char *path)
{
	char *at = arena_strdup(mem, path), text[PATH_MAX];

	for (int links = 0; at && links < 40; links++) {
		ssize_t n = readlink(at, text, sizeof(text) - 1);
		char *dir;

		if (n < 0)
			break;
		text[n] = '\0';
		dir = path_dirname(mem, at);
		at = !dir ? NULL : *text == '/' || !strcmp(dir, ".")
			? arena_strdup(mem, text) : path_join(mem, dir, text);
	}
	return at;
}
