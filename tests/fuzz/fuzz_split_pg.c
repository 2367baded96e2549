/* Any bytes as a script, cut as the server's own parser cuts it. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "../unit/pg_oracle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SCRATCH(mem);
	char *sql = arena_strndup(&mem, (const char *)data, size);
	const char *wrong;
	size_t n;

	if (!sql)
		abort();
	wrong = cut_differs(sql, &mem, &n);
	if (wrong) {
		fprintf(stderr, "%s\nof: %s\n", wrong, sql);
		abort();
	}
	return 0;
}
