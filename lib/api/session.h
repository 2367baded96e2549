/*
 * What stands behind `retort`. This folder is the public API, each file one
 * part of retort.h; it stands above all others and includes any of them.
 */
#ifndef RETORT_API_SESSION_H
#define RETORT_API_SESSION_H

#include "api/config.h"
#include "diff/diff.h"
#include "migrate/runner.h"

struct retort {
	struct err err;
	struct arena mem;	/* the session's: options, configuration */
	struct arena results;	/* until retort_forget() */
	retort_options o;	/* copied into `mem` */
	struct config config;
	const char *url;	/* NULL: not said anywhere */
	struct arena target;	/* of retort_use() */
	const char *version_schema;	/* of the configuration */
	bool must_exist;	/* what it leads to is not made */
	const char *base_directory;	/* of a path in `url`, or NULL */
	const char *search_path, *home;	/* of conn_options */
	struct compile_options compile;
	struct reflect_options reflect;
	struct conn *conn;	/* NULL: not connected yet */
	struct graph *graph;	/* in `results`; NULL: not read yet */
	/* The models that were read last: their hooks go on being called. */
	struct model_library library;	/* closed when it has none */
	bool hookless;		/* it had none */
	retort_hook_value *x;	/* for hooks; as many as o.n_x */
	volatile int cancelled;
};

/*
 * The start of every public function: forgets the last error, and refuses a
 * session that could not be opened.
 */
retort_status session_begin(retort *db);

/* Its end: an interruption that was reported is over. Returns `rc`. */
retort_status session_end(retort *db, retort_status rc);

retort_status session_connect(retort *db);
/* The same for what only reads: it is an error when it is not there... */
retort_status session_connect_existing(retort *db);
/* ...or taken as empty, and not made. */
retort_status session_connect_reading(retort *db);
retort_status session_graph(retort *db);

/* The error of a session that names no database. */
retort_status session_no_url(retort *db);

/* The dialect of the session's URL or handle, without connecting. */
retort_status session_dialect(retort *db, const struct dialect **out);

/* The rows of the version table, each a revision of the project. */
retort_status session_rows(retort *db, struct arena *mem,
			   struct strings *out);

/* For the runner; borrowed from the session. */
struct run_options session_run_options(retort *db);

__attribute__((format(printf, 3, 4)))
void session_log(retort *db, retort_log_level level, const char *fmt, ...);

/* Models -> schema in `mem`, lowered and filtered. */
retort_status session_models(retort *db, const struct strings *paths,
			     const struct dialect *d, struct arena *mem,
			     struct schema **out);

/*
 * The hooks of the models: those that were read last, else, where the files
 * mention one called `name`, they are loaded for it. All may be NULL.
 */
retort_status session_hooks(retort *db, const char *name,
			    const struct hooks **out);

/* They, where the identifier starts there; else NULL, and it is not asked. */
retort_status session_rows_for(retort *db, const char *identifier,
			       struct arena *mem, const struct strings **out);

/* The public view of a revision, in `results`; NULL: no memory. */
const retort_revision *revision_public(retort *db, struct revision *r,
				       bool is_current);

/* The public list of revisions, in order. `current` may be NULL. */
retort_status revisions_public(retort *db, const struct revisions *list,
			       const struct map *current,
			       retort_revisions *out);

/* Changes and notes for people, in `results`. */
retort_status changes_public(retort *db, const struct ops *ops,
			     const struct strings *notes,
			     retort_changes *out);

/* Statements as text for a revision or the terminal. */
retort_status script_text(const struct script *s, struct buf *out,
			  struct err *err);
/* The same for a file of its own: all of it is done, or nothing. */
retort_status script_text_alone(const struct script *s, struct buf *out,
				struct err *err);

#endif
