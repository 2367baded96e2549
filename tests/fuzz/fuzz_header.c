/*
 * Any bytes as a revision file: its header from the first bytes as from all of
 * them, then its sections.
 */
#define _GNU_SOURCE	/* memfd_create */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "revision/revision.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(cond)                                              \
	do {                                                    \
		if (!(cond)) {                                  \
			fprintf(stderr, "not so: %s\n", #cond); \
			abort();                                \
		}                                               \
	} while (0)

/* What was read of the first lines of a file must hold for all of it. */
static void check_head(const char *path, const char *text, size_t n,
		       const struct revision *whole)
{
	SCRATCH(mem);
	SCRATCH_ERR(err);
	struct revision *r = NULL;
	bool complete = false;

	while (n && text[n - 1] != '\n')
		n--;
	if (revision_parse(path, text, n, &mem, &r, &complete, &err) < 0) {
		MUST(err.pub.message && !r);
		return;
	}
	MUST(!complete || (whole && !strcmp(r->id, whole->id) &&
			   r->body == whole->body &&
			   r->body_line == whole->body_line));
}

static void check_revision(const struct revision *r, size_t size)
{
	SCRATCH_ERR(err);

	MUST(r->id && r->id_line > 0 && r->message && r->doc);
	MUST(revision_check_name(r->id, false, &err) == RETORT_OK);
	MUST(r->body <= size && r->body_line > 0);
	for (size_t i = 0; i < r->down.n; i++)
		MUST(*r->down.v[i]);
	for (size_t i = 0; i < r->labels.n; i++)
		MUST(revision_check_name(r->labels.v[i], true, &err) ==
		     RETORT_OK);
}

static void check_sections(struct revision *r, const uint8_t *data, size_t size)
{
	static const retort_pair x = { "key", "va;lue" };
	SCRATCH(mem);
	SCRATCH_ERR(err);
	struct script script = {0};
	int fd = memfd_create("revision.sql", 0);
	bool found = false;
	char path[64];

	MUST(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	r->path = path;
	for (int way = UPGRADE; way <= DOWNGRADE; way++) {
		if (revision_section(r, (enum direction)way,
				     dialect_by_name("sqlite"), &x, 1, &mem,
				     &script, &found, &err) < 0)
			MUST(err.pub.message);
		for (size_t i = 0; i < script.stmts.n; i++)
			MUST(script.stmts.v[i].sql && *script.stmts.v[i].sql &&
			     script.stmts.v[i].line > 0);
		script = (struct script){0};
	}
	close(fd);
}

static void check_file(const char *path, const uint8_t *data, size_t size)
{
	SCRATCH(mem);
	SCRATCH_ERR(err);
	const char *text = (const char *)data;
	struct revision *r = NULL;
	bool complete = false;
	retort_status rc = revision_parse(path, text, size, &mem, &r, &complete,
					  &err);

	MUST(rc == RETORT_OK || (err.pub.message && !r));
	MUST(rc != RETORT_OK || r);
	for (size_t n = 0; n < size; n += 1 + size / 8)
		check_head(path, text, n, r);
	if (r) {
		check_revision(r, size);
		if (r->format == REVISION_SQL)
			check_sections(r, data, size);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_file("a.sql", data, size);
	check_file("a.c", data, size);
	return 0;
}
