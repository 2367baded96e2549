/* include_name() and include_object() of <retort/hooks.h>. */
#ifndef RETORT_API_HOOK_INCLUDE_H
#define RETORT_API_HOOK_INCLUDE_H

#include "model/hooks.h"
#include "schema/schema.h"

/*
 * What the hooks leave out becomes in `wanted` as it is in `live`, so that
 * comparing them finds no difference there.
 */
retort_status hook_include(const struct hooks *h, const struct schema *live,
			   struct schema *wanted, struct err *err);

#endif
