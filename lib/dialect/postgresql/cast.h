#ifndef RETORT_DIALECT_POSTGRESQL_CAST_H
#define RETORT_DIALECT_POSTGRESQL_CAST_H

#include "base/buf.h"

/*
 * The USING expression that makes `column` (quoted), of type `from`, one of
 * type `to`; "" where the server does it by itself. Types are spelled as
 * format_type() does. NULL: no memory.
 */
char *pg_cast(struct arena *mem, const char *column, const char *from,
	      const char *to);

/* Can one be compared with the other, as a foreign key does? */
bool pg_comparable(struct arena *mem, const char *a, const char *b);

#endif
