#ifndef RETORT_DIALECT_POSTGRESQL_NORMALIZE_H
#define RETORT_DIALECT_POSTGRESQL_NORMALIZE_H

#include "dialect/postgresql/ddl.h"

/* A schema of the models, and the one that stands for it. */
struct place {
	const char *schema;	/* NULL: the default one */
	const char *scratch;
};

/* What goes to the server: things of the models that it may spell otherwise. */
struct suspects {
	const struct schema *live;
	struct table_map live_tables;
	struct schema *wanted;
	struct arena *mem;
	VEC(struct table *) tables;
	VEC(struct object *) objects;
	VEC(struct place) places;	/* where they are tried */
	const char *home;		/* the default schema */
	struct err *err;
};

retort_status suspects_find(struct suspects *s);

/*
 * Names of suspects that have their schema before them, as names where they
 * are tried; and back, copied to `mem` where something changes. NULL when out
 * of memory, or for NULL.
 */
const char *move_names(const struct suspects *s, const char *sql);
const char *move_back(const struct suspects *s, struct arena *mem,
		      const char *sql);

/* A trigger, a policy: it changes what a table does. */
bool is_about_tables(const struct object *o);

/* The statement's name: `[schema.]name`, from *start on, *n bytes. */
bool statement_name(const char *sql, size_t *start, size_t *n);

/* Make `wanted` say what `got` says, text by text. */
retort_status take_table(struct suspects *s, struct table *wanted,
			 const struct table *got);
retort_status take_object(struct suspects *s, struct object *wanted,
			  const struct object *got);

#endif
