/* What db init copies. */
#ifndef DB_TEMPLATE_H
#define DB_TEMPLATE_H

#include "cmd.h"

/*
 * Call `each` for every template: those of the user and those that were
 * installed. Nonzero ends it, and is returned.
 */
int template_each(const struct env *env,
		  int (*each)(void *payload, const char *name,
			      const char *directory),
		  void *payload);

/*
 * The directory of the template `name`, or `name` itself, which is then one.
 * To free; NULL: no memory.
 */
char *template_directory(const struct env *env, const char *name);

/* Does it make a section of the configuration for each of several databases? */
bool template_has_sections(const char *directory);

#endif
