/* What a SQLite database says of itself, apart from our own reflection. */
#ifndef TESTS_FACTS_H
#define TESTS_FACTS_H

#include "dialect/dialect.h"

/*
 * Sorted lines from the pragmas, and from the tokens of sqlite_schema. The
 * order of columns and constraints and where a constraint stands do not
 * matter. Table `skip` (may be NULL) is left out.
 */
retort_status facts_read(struct conn *c, const char *skip, struct arena *mem,
			 char **out, struct err *err);

/* The lines of one and not of the other, marked - and +. */
char *facts_compare(struct arena *mem, const char *wanted, const char *got);

/* The tokens of a text: lower case, without quotes around names. */
char *facts_tokens(struct arena *mem, const char *sql);

#endif
