#ifndef RETORT_DIALECT_POSTGRESQL_NORMALIZE_H
#define RETORT_DIALECT_POSTGRESQL_NORMALIZE_H

#include "dialect/postgresql/ddl.h"

/* What goes to the server: things of the models that it may spell otherwise. */
struct suspects {
	const struct schema *live;
	struct table_map live_tables;
	struct schema *wanted;
	struct arena *mem;
	VEC(struct table *) tables;
	VEC(struct object *) objects;
	struct err *err;
};

retort_status suspects_find(struct suspects *s);

/* The statement's name: `[schema.]name`, from *start on, *n bytes. */
bool statement_name(const char *sql, size_t *start, size_t *n);

/* Make `wanted` say what `got` says, text by text. */
retort_status take_table(struct suspects *s, struct table *wanted,
			 const struct table *got);
retort_status take_object(struct suspects *s, struct object *wanted,
			  const struct object *got);

#endif
