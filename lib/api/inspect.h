#ifndef RETORT_API_INSPECT_H
#define RETORT_API_INSPECT_H

#include "schema/schema.h"

/*
 * The whole schema as one JSON value, as docs/commands/inspect describes it.
 * What is not there has no key.
 */
retort_status schema_json(const struct schema *s, struct arena *mem,
			  char **out, struct err *err);

#endif
