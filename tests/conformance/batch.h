/* What the parts of replay-batch share: one record, and its operations. */
#ifndef TESTS_BATCH_H
#define TESTS_BATCH_H

#include <jansson.h>

#include "dialect/dialect.h"

struct replay {
	json_t *record;
	struct arena mem;	/* of one record */
	struct err err;
	const struct dialect *d;
	struct conn *old, *copy, *new;
	struct table *wanted;	/* of `new_tmp` */
	const struct table *before;
	struct ops ops;
	char *why;
	bool skipped;
};

/* Sets `why`, with the error's text behind it; false. */
bool replay_fail(struct replay *r, const char *what);

json_t *replay_get(const struct replay *r, const char *key);

/* NULL where the object has no such text. */
const char *text_at(const json_t *object, const char *key);

bool replay_parse(struct replay *r, const char *sql, struct table **out);

/* "Column('a', …)", "<… at 0x7f…; a>": the name. */
const char *column_of(struct replay *r, const json_t *v);

/* The record's `ops` and `reordering` as our operations. */
bool translate(struct replay *r);

#endif
