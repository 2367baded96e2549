/* Which names a text of SQL has in it. */
#ifndef RETORT_OP_MENTION_H
#define RETORT_OP_MENTION_H

#include "schema/schema.h"

/*
 * Is `name` a word or a quoted name of `sql`? Words of a string literal or a
 * comment are not. ASCII case does not matter. A NULL `sql` has none.
 */
bool sql_mentions(const char *sql, const char *name);

/* Does `sql` have the operator `*` (of SELECT *, or a product)? */
bool sql_has_star(const char *sql);

/* Is the column one of the parts, or named by one's expression? */
bool parts_mention(const struct schema *s, const struct parts *parts,
		   const char *column);
bool constraint_mentions(const struct schema *s, const struct constraint *c,
			 const char *column);
bool index_mentions(const struct schema *s, const struct index *i,
		    const char *column);

#endif
