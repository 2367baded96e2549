/* db.ini: what a project has decided. */
#ifndef RETORT_API_CONFIG_H
#define RETORT_API_CONFIG_H

#include "model/model.h"

/*
 * The values of one section; what the file does not say has its default.
 * Paths are joined to the directory of the file.
 */
struct config {
	const char *file;
	const char *directory;		/* of the file */
	const char *url;		/* NULL: not said */
	const char *dev_url;		/* for scratch databases; or NULL */
	struct strings models;		/* paths */
	const char *build;		/* a command, NULL: none */
	const char *format;		/* "sql" or "c" */
	const char *file_template;
	int slug_length;
	const char *timezone;
	struct strings version_locations;	/* paths */
	bool recursive;
	bool may_have_none;	/* no directory of revisions: no revisions yet */
	const char *version_table;
	const char *version_schema;	/* NULL: the default one */
	bool one_transaction;
	bool compare_type, compare_server_default;
	struct strings schemas, exclude, include;
	struct naming naming;
	int lock_timeout_ms;		/* 0: not said */
	int lock_tries;			/* of what got no lock; 0: not said */
	int statement_timeout_ms;	/* 0: none */
	const char *post_write;		/* a command, NULL: none */
	struct strings warnings;	/* one line each */
	struct strings sections;	/* of further databases */
};

/* The defaults, for a project in `directory`; false when out of memory. */
bool config_defaults(const char *directory, struct arena *mem,
		     struct config *out);

/*
 * Read [db], and over it [db "section"] when `section` is given (`url` and
 * `version_locations` are not inherited). RETORT_E_NOTFOUND: no such file or
 * section. Unknown keys are warnings; bad values are errors with their line.
 */
retort_status config_read(const char *path, const char *section,
			  struct arena *mem, struct config *out,
			  struct err *err);

/* Names of the [db "…"] sections, in order. */
retort_status config_sections(const char *path, struct arena *mem,
			      struct strings *out, struct err *err);

/* Split at spaces and commas. False when out of memory. */
bool config_words(const char *s, struct arena *mem, struct strings *out);

#endif
