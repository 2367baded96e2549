/* compare_type(), compare_server_default() and render_type(). */
#ifndef RETORT_API_HOOK_COMPARE_H
#define RETORT_API_HOOK_COMPARE_H

#include "diff/diff.h"
#include "model/hooks.h"

/*
 * Let the hooks answer in a comparison with `o`, for what `o` compares at
 * all. `h` is borrowed as long as `o`.
 */
void hook_compare(const struct hooks *h, struct diff_options *o);

/*
 * Give the columns that `ops` make or change the type that the hook spells.
 * Those that change are copied. *changed: there was one.
 */
retort_status hook_render(const struct hooks *h, struct ops *ops,
			  struct arena *mem, bool *changed, struct err *err);

#endif
