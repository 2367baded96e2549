/* process_revision_directives() of <retort/hooks.h>. */
#ifndef RETORT_API_HOOK_DIRECTIVES_H
#define RETORT_API_HOOK_DIRECTIVES_H

#include "dialect/dialect.h"
#include "model/hooks.h"

/* What the hook may change, and what it is told. */
struct directing {
	const struct hooks *h;
	struct arena *mem;
	retort_new_revision_info info;
	/* The rest with info.autogenerate only. */
	const struct dialect *dialect;
	const struct naming *naming;
	const struct schema *live;
	const char *models;	/* its file, for messages */
	struct ops up, down;
	/* Afterwards. */
	const char *rev_id, *message;	/* NULL: as before */
	bool changed;		/* the lists are others */
	/* The upgrade has SQL that the downgrade says nothing about. */
	bool one_way;
};

retort_status hook_directives(struct directing *x, struct err *err);

#endif
