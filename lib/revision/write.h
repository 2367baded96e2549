/* New revision files, from the templates of the project. */
#ifndef RETORT_REVISION_WRITE_H
#define RETORT_REVISION_WRITE_H

#include "revision/graph.h"

struct revision_new {
	const char *id;			/* NULL: 12 random hex digits */
	const char *message;		/* NULL: "" */
	struct strings down, labels, depends_on;
	enum revision_format format;
	const char *template_path;	/* script.sql.in or script.c.in */
	const char *directory;		/* where it goes */
	const char *file_template;	/* "%(rev)s_%(slug)s" */
	int slug_length;
	const char *timezone;	/* see clock.h; NULL: UTC */
	long long now;		/* seconds since 1970; 0: the clock's */
	/* Bodies without indentation to add; NULL: empty sections. */
	const char *upgrade, *downgrade;
	/* After the section word: "foreign_keys=off", or NULL. */
	const char *upgrade_options, *downgrade_options;
};

/*
 * Fill the template; *path is the file it would be. In the template ${message},
 * ${revision}, ${revises}, ${created}, ${labels}, ${depends_on}, ${upgrade},
 * ${downgrade}, ${upgrade_options} and ${downgrade_options} are replaced; of a
 * value with several lines each gets what stands before the placeholder. What
 * comes out is read back: a template that makes no revision is an error.
 */
retort_status revision_render(const struct revision_new *o, struct arena *mem,
			      char **id, char **path, char **text,
			      struct err *err);

/*
 * The slug of a message, by Alembic's rule: its words in lower case, joined by
 * "_"; when longer than `length` letters cut at a word, which leaves a "_" at
 * the end. NULL: no memory.
 */
char *revision_slug(struct arena *mem, const char *message, int length);

/* 12 random hex digits. */
retort_status revision_make_id(struct arena *mem, char **out, struct err *err);

#endif
