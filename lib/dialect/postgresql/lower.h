#ifndef RETORT_DIALECT_POSTGRESQL_LOWER_H
#define RETORT_DIALECT_POSTGRESQL_LOWER_H

#include "dialect/postgresql/ddl.h"

/* Models on their way; `t` is the table that is being looked at. */
struct lowering {
	struct schema *s;
	struct table *t;
	const char *source;	/* where there is no table */
	struct err *err;
};

/* An error that names the model. */
__attribute__((format(printf, 3, 4)))
retort_status lower_refuse(struct lowering *l, int line, const char *fmt, ...);

/* PostgreSQL cuts long names off. */
retort_status lower_name(struct lowering *l, const char *kind,
			 const char *name);

/* The type's text, as format_type() writes it; enums become objects. */
retort_status lower_type(struct lowering *l, struct column *c);

#endif
