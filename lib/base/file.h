#ifndef RETORT_BASE_FILE_H
#define RETORT_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/vec.h"

/*
 * The whole file, terminated with a NUL that is not counted in *n (`n` may be
 * NULL). RETORT_E_NOTFOUND when there is none.
 */
retort_status file_read(const char *path, struct arena *mem, char **out,
			size_t *n, struct err *err);

/* At most `limit` bytes from the start; for headers. Terminated. */
retort_status file_read_head(const char *path, size_t limit, struct arena *mem,
			     char **out, size_t *n, struct err *err);

/*
 * Write so that `path` holds all of `text` or is untouched: a temporary file
 * beside it, fsync, rename. With `replace` false an existing file is an error.
 */
retort_status file_write(const char *path, const char *text, size_t n,
			 bool replace, struct err *err);

bool file_exists(const char *path);
bool file_is_directory(const char *path);

/* Make a directory and its parents; one that is there is no error. */
retort_status file_mkdirs(const char *path, unsigned mode, struct err *err);

/*
 * Names in a directory, sorted bytewise, without "." and "..".
 * RETORT_E_NOTFOUND when there is none.
 */
retort_status file_list(const char *dir, struct arena *mem,
			struct strings *out, struct err *err);

/*
 * dir + "/" + name; `name` itself when it is absolute. "../" at its start takes
 * a component off `dir` where that means the same. NULL: no memory.
 */
char *path_join(struct arena *mem, const char *dir, const char *name);

/* All but the last component ("." when there is no other). */
char *path_dirname(struct arena *mem, const char *path);

/* The last component; points into `path`. */
const char *path_basename(const char *path);

/* Absolute, by realpath(3); NULL when it does not exist or no memory. */
char *path_absolute(struct arena *mem, const char *path);

/* Where symbolic links at the end of `path` lead, though nothing is there. */
char *path_follow(struct arena *mem, const char *path);

/* A descriptor that ends with its block. */
#define FD(name) __attribute__((cleanup(fd_close))) int name = -1
void fd_close(int *fd);

#endif
