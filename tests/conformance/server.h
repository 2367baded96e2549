/* Databases on the PostgreSQL server of PGHOST, PGPORT and PGUSER. */
#ifndef CONFORMANCE_SERVER_H
#define CONFORMANCE_SERVER_H

#include "dialect/dialect.h"

/* An empty database with the schemas that the records name. */
retort_status server_make(struct arena *mem, const char **url,
			  struct conn **out, struct err *err);
void server_drop(const char *url);

/* As facts_read(): what the server itself says of all there is. */
retort_status server_facts(struct conn *c, struct arena *mem, char **out,
			   struct err *err);

#endif
