/* Databases on the PostgreSQL server of PGHOST, PGPORT and PGUSER. */
#ifndef CONFORMANCE_SERVER_H
#define CONFORMANCE_SERVER_H

#include "dialect/dialect.h"

/*
 * One of two databases, 0 or 1, emptied, with the schemas that the records
 * name; they stay until server_drop().
 */
retort_status server_make(struct arena *mem, int which, struct conn **out,
			  struct err *err);
void server_drop(void);

/* As facts_read(): what the server itself says of all there is. */
retort_status server_facts(struct conn *c, struct arena *mem, char **out,
			   struct err *err);

#endif
