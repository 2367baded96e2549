/* What a retort_op of <retort/revision.h> is, on this side. */
#ifndef RETORT_REVISION_RECORDER_H
#define RETORT_REVISION_RECORDER_H

#include "model/declare.h"
#include "op/op.h"
#include "retort/revision.h"

/* A recording, or with `conn` the op of a retort_call(). */
struct recorder {
	retort_op op;		/* first: what the revision holds */
	const char *path;	/* of the revision */
	const struct dialect *d;
	const struct naming *naming;
	struct arena *mem;
	struct err *err;
	retort_status rc;	/* of the first failure; sticks */
	struct ops *out;
	int batches;		/* so many were begun */
	int batch;		/* the open one; 0: none */
	const char *batch_table;
	int batch_line;
	struct conn *conn;
};

extern const retort_op_api recorder_api, call_api;

static inline struct recorder *recorder_of(retort_op *op)
{
	return (struct recorder *)op;
}

/* How a call ended; the report of a failure gets the revision's place. */
void recorder_end(struct recorder *r, int line, retort_status rc);

/* A failure of our own wording. */
__attribute__((format(printf, 3, 4)))
void recorder_refuse(struct recorder *r, int line, const char *fmt, ...);

/* The members both kinds of op share. */
const char *recorder_dialect(const retort_op *op);
int recorder_has_failed(const retort_op *op);
void recorder_fail(retort_op *op, int line, const char *fmt, va_list ap);

/* SQL of a formatted text, cut into statements. */
retort_status recorder_split(struct recorder *r, const char *fmt, va_list ap,
			     struct strings *out);

/* Rows of SQL literals; the table's name without its schema is not here. */
retort_status recorder_insert(struct recorder *r, const retort_insert *in,
			      struct op_insert **out);

/* "schema.table", where the database has schemas. */
retort_status recorder_table(struct recorder *r, const char *name,
			     const char **schema, const char **table);

#endif
