#include "revision/revision.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"

/* A header is nearly always found in the first piece. */
enum { HEAD_FIRST = 2048, HEAD_LAST = 1 << 20 };

/*
 * Parse the `n` bytes that were read, when `size` were asked for. *done is
 * false when more is needed.
 */
static retort_status parse_head(const char *path, const char *text, size_t n,
				size_t size, struct arena *mem,
				struct revision **out, bool *done,
				struct err *err)
{
	bool whole = n < size || size >= HEAD_LAST, complete;
	SCRATCH_ERR(why);
	retort_status rc;

	/* Half a line says nothing. */
	while (!whole && n && text[n - 1] != '\n')
		n--;
	rc = revision_parse(path, text, n, mem, out, &complete, &why);
	*done = whole || complete;
	if (*done && rc < 0)
		err_move(err, &why);
	return *done ? rc : RETORT_OK;
}

/* With as few system calls as can be: there may be very many files. */
static ssize_t read_once(int dir, const char *path, char *to, size_t size)
{
	int fd = dir < 0 ? open(path, O_RDONLY | O_CLOEXEC)
			 : openat(dir, path_basename(path),
				  O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = read(fd, to, size);
	close(fd);
	return n;
}

retort_status revision_read(const char *path, struct arena *mem,
			    struct revision **out, struct err *err)
{
	return revision_read_at(-1, path, mem, out, err);
}

retort_status revision_read_at(int dir, const char *path, struct arena *mem,
			       struct revision **out, struct err *err)
{
	char first[HEAD_FIRST];
	ssize_t got = read_once(dir, path, first, sizeof(first));
	bool done = false;

	/* As if there were more: it may have been a short read. */
	if (got > 0)
		TRY(parse_head(path, first, (size_t)got, (size_t)got, mem,
			       out, &done, err));
	for (size_t size = 8 * HEAD_FIRST; !done; size *= 8) {
		SCRATCH(tmp);
		char *text;
		size_t n;

		TRY(file_read_head(path, size, &tmp, &text, &n, err));
		TRY(parse_head(path, text, n, size, mem, out, &done, err));
	}
	return RETORT_OK;
}

retort_status revision_blob_id(const struct revision *r, struct arena *mem,
			       char **out, struct err *err)
{
	SCRATCH(tmp);
	char start[32], *text, *hex = arena_alloc(mem, DIGEST_SIZE);
	size_t n;

	if (!hex)
		return err_nomem(err);
	TRY(file_read(r->path, &tmp, &text, &n, err));
	snprintf(start, sizeof(start), "blob %zu", n);
	digest(start, strlen(start) + 1, text, n, hex);
	*out = hex;
	return RETORT_OK;
}
