/* Run revisions for what they make of the schema, without our own tables. */
#ifndef RETORT_MIGRATE_REPLAY_H
#define RETORT_MIGRATE_REPLAY_H

#include "migrate/work.h"

retort_status replay_step(struct site *s, const struct step *st,
			  struct err *err);

/* An empty scratch database, then all steps from base up to `targets`. */
retort_status replay_open(struct site *s, struct conn *like,
			  const struct strings *targets, struct err *err);

#endif
