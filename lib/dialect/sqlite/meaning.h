/*
 * Do two SQL texts mean the same? Asked of SQLite itself: both are compiled in
 * a scratch database that holds the live tables, and the programs compared.
 * The tables there have no constraints, so nothing is folded away because of
 * one that may be about to go. Any doubt is a "no".
 */
#ifndef RETORT_DIALECT_SQLITE_MEANING_H
#define RETORT_DIALECT_SQLITE_MEANING_H

#include "base/map.h"
#include "dialect/sqlite/sqlite.h"

/* `{ .live = s }`; the scratch database is made when first needed. */
struct meaning {
	const struct schema *live;
	struct conn *scratch;
	struct arena mem;
	struct map made;	/* tables in the scratch database */
	bool all_made;
};

void meaning_clear(struct meaning *m);

/* Expressions over the columns of `t` (NULL: over nothing). */
retort_status meaning_expr(struct meaning *m, const struct table *t,
			   const char *a, const char *b, bool *same,
			   struct err *err);

/* Two statements that create the same view or trigger. */
retort_status meaning_view(struct meaning *m, const struct object *a,
			   const struct object *b, bool *same,
			   struct err *err);
retort_status meaning_trigger(struct meaning *m, const struct object *a,
			      const struct object *b, bool *same,
			      struct err *err);

/* What stands behind the name in CREATE VIEW or TRIGGER; NULL: not one. */
const char *meaning_body(const char *create_sql);

#endif
