/* Cutting a text into statements. */
#ifndef RETORT_SQL_SPLIT_H
#define RETORT_SQL_SPLIT_H

#include "base/err.h"

/*
 * The first statement of `sql` (SQLite's rules: a trigger's body holds
 * semicolons; quotes and comments too): its text in `mem`, without semicolon,
 * and the line it starts on, counted from 1 at the start of `sql`. *text is
 * NULL at the end. *rest is where to go on. A text that ends inside a quote or
 * a comment, or a trigger without END, is RETORT_E_FAIL; err_where() has the
 * line.
 */
retort_status split_sqlite(const char *sql, struct arena *mem, char **text,
			   int *line, const char **rest, struct err *err);

#endif
