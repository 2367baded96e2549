/* Shared library -> schema, and .c -> shared library. */
#ifndef RETORT_MODEL_MODEL_H
#define RETORT_MODEL_MODEL_H

#include "dialect/dialect.h"
#include "model/compile.h"
#include "model/hooks.h"
#include "schema/naming.h"

/* A loaded library; closing it ends its hooks. */
struct model_library {
	void *handle;
	const retort_models *models;
	struct hooks hooks;
	/* A function that looks like a hook and is none; NULL: none. */
	const char *ignored_hook;
};

/*
 * Load `paths` (one shared library, or one or more C sources, compiled first).
 * The compiler's own text is the detail of the error when they do not compile.
 */
retort_status model_load(const struct strings *paths,
			 const struct compile_options *o,
			 struct model_library *out, struct err *err);
void model_unload(struct model_library *lib);

/* Declarations -> schema, lowered for `d`. All texts are copied to `mem`. */
retort_status model_schema(const retort_models *m, const struct dialect *d,
			   const struct naming *naming, struct arena *mem,
			   struct schema **out, struct err *err);

/* "HTMLLayout" -> "html_layout", by Flask-SQLAlchemy's rule. */
char *model_table_name(struct arena *mem, const char *model);

#endif
