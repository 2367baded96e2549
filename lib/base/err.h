#ifndef RETORT_BASE_ERR_H
#define RETORT_BASE_ERR_H

#include "base/arena.h"
#include "retort/retort.h"

/* Where a failing function writes its report. Strings live in `mem`. */
struct err {
	retort_error pub;
	struct arena mem;
};

/* Propagate: the callee has already written the report. */
#define TRY(expr)                                  \
	do {                                       \
		retort_status try_rc_ = (expr);    \
		if (try_rc_ < 0)                   \
			return try_rc_;            \
	} while (0)

/* An error for a function's own use, cleared when the block is left. */
#define SCRATCH_ERR(name) \
	__attribute__((cleanup(err_clear))) struct err name = {0}

/* Start a report and return `code`, so `return err_set(...)` reads well. */
__attribute__((format(printf, 3, 4)))
retort_status err_set(struct err *e, retort_status code, const char *fmt, ...);

/* err_set() for a failed allocation. */
retort_status err_nomem(struct err *e);

/* Sentences. A second call replaces the first. */
__attribute__((format(printf, 2, 3)))
void err_detail(struct err *e, const char *fmt, ...);

__attribute__((format(printf, 2, 3)))
void err_hint(struct err *e, const char *fmt, ...);

/* Where in the user's files; `line` 0 when only the file is known. */
void err_where(struct err *e, const char *file, int line);

/* The same of "models.c:12" (or NULL: nothing is known); `line` 0: its own. */
void err_where_source(struct err *e, const char *source, int line);

/* The server's five characters. */
void err_sqlstate(struct err *e, const char *sqlstate);

/* Put "context: " before the message that stands. */
__attribute__((format(printf, 2, 3)))
void err_context(struct err *e, const char *fmt, ...);

/* Move the report of `from` into `to`, which is cleared first. */
void err_move(struct err *to, struct err *from);

void err_clear(struct err *e);

#endif
