/* The name of a new revision's file. Internal. */
#ifndef RETORT_REVISION_NAME_H
#define RETORT_REVISION_NAME_H

#include <time.h>

#include "revision/write.h"

/* o->directory, and o->file_template filled in, with .sql or .c. */
retort_status revision_file_name(const struct revision_new *o, const char *id,
				 long long now, const struct tm *when,
				 struct arena *mem, char **out,
				 struct err *err);

#endif
