/* One revision file: its header, its sections. */
#ifndef RETORT_REVISION_REVISION_H
#define RETORT_REVISION_REVISION_H

#include "dialect/dialect.h"

enum revision_format { REVISION_SQL, REVISION_C };
enum direction { UPGRADE, DOWNGRADE };

VEC_OF(revisions, struct revision *);

struct revision {
	const char *id;
	struct strings down;		/* Revises */
	struct strings depends_on;
	struct strings labels;		/* as written */
	const char *message;		/* first line */
	const char *doc;		/* all lines */
	const char *created;		/* as written, or NULL */
	const char *path;
	enum revision_format format;
	/* Lines in the file, from 1; 0 where the field is not there. */
	int id_line, down_line, depends_line, labels_line;
	char *text;		/* all of it; NULL: as it is in the file */
	size_t body;		/* where the text after the header starts */
	int body_line;
	/* Set by the graph. */
	struct revisions parents, children;	/* by Revises */
	struct revisions dependencies, dependents;	/* by Depends-on */
	/*
	 * What it stands on: its parents, and those of its dependencies that
	 * no ancestor of it has already; and the reverse.
	 */
	struct revisions below, above;
	struct strings all_labels;	/* own and inherited */
	size_t index;			/* in the order they were read */
	size_t order;			/* a topological number, bases first */
	const void *shown;		/* for those who show it, or NULL */
};

/*
 * Read the header of the file. RETORT_E_FAIL with file and line for a broken
 * one; RETORT_E_NOTFOUND for a file that has no "Revision:" line at all (it is
 * not a revision and is left alone). `path` is borrowed.
 */
retort_status revision_read(const char *path, struct arena *mem,
			    struct revision **out, struct err *err);

/* The same by a descriptor of the directory that `path` is in; -1: none. */
retort_status revision_read_at(int dir, const char *path, struct arena *mem,
			       struct revision **out, struct err *err);

/*
 * Parse a header that is in memory already; `path` is for messages, and
 * borrowed. *complete (may be NULL) is false when the text ended before the
 * header did.
 */
retort_status revision_parse(const char *path, const char *text, size_t n,
			     struct arena *mem, struct revision **out,
			     bool *complete, struct err *err);

/*
 * May this be the id of a revision, or with `label` a branch label? Else an
 * error that says why not, without a place.
 */
retort_status revision_check_name(const char *name, bool label,
				  struct err *err);

/*
 * The statements of an SQL revision's section for this dialect, split, with
 * their lines; `${KEY}` replaced from `x` (an unknown KEY is an error that
 * names it). A revision without such a section: *found is false.
 */
retort_status revision_section(const struct revision *r, enum direction way,
			       const struct dialect *d, const retort_pair *x,
			       size_t n_x, struct arena *mem,
			       struct script *out, bool *found,
			       struct err *err);

/*
 * SQL for the body of a section so that what looks like ${KEY} in it, or like
 * the start of a section, stays as it is. NULL: no memory.
 */
char *revision_keep_text(struct arena *mem, const char *sql);

/* The git blob id of the file's content: 40 hex digits. */
retort_status revision_blob_id(const struct revision *r, struct arena *mem,
			       char **out, struct err *err);

#endif
