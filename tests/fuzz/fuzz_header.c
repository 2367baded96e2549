/* The header of a revision, from any bytes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "revision/revision.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void parse(const char *path, const char *text, size_t n)
{
	struct arena mem = {0};
	struct err err = {0};
	struct revision *r = NULL;
	bool complete;
	retort_status rc = revision_parse(path, text, n, &mem, &r, &complete,
					  &err);

	if (rc == RETORT_OK && (!r->id || !r->message || !r->doc ||
				r->body > n || r->id_line < 1))
		abort();
	if (rc < 0 && r)
		abort();
	if (rc == RETORT_E_FAIL && err.pub.line < 1)
		abort();
	arena_clear(&mem);
	err_clear(&err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	parse("x.sql", (const char *)data, size);
	parse("x.c", (const char *)data, size);
	return 0;
}
