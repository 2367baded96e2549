#ifndef DB_PRINTER_H
#define DB_PRINTER_H

#include <stdbool.h>

#include <retort/retort.h>

/*
 * Results, as text or as one JSON value on standard output. Commands say what
 * there is to tell; they never ask in which format. JSON is printed whole by
 * printer_close(), as an object whose keys are the `key` arguments; whatever
 * else writes to standard output meanwhile (a revision in C, a compiler) goes
 * to standard error instead.
 */
struct printer;

enum revision_style {
	STYLE_PARENTS = 1 << 0,	/* "down -> " */
	STYLE_LABELS = 1 << 1,
	STYLE_TREE = 1 << 2,	/* (branchpoint) (mergepoint) */
	STYLE_MESSAGE = 1 << 3,
	STYLE_NEEDS = 1 << 4	/* (needs …) */
};

struct printer *printer_open(bool json, bool verbose, bool quiet);

/* Colours on standard output, and how wide it is; 0: no terminal. */
void printer_terminal(struct printer *p, bool color, int columns);

/* Flush; -1 when standard output could not take it all. */
int printer_close(struct printer *p);

/* A list of revisions under `key`, a line or (verbose) a block each. */
void print_revisions(struct printer *p, const char *key,
		     const retort_revisions *list, unsigned style);

/* The same with the branches drawn beside it; -1: no memory. */
int print_graph(struct printer *p, const char *key,
		const retort_revisions *list);

/* The same as blocks (db show). */
void print_revision_blocks(struct printer *p, const char *key,
			   const retort_revisions *list);

/* In a report: the first ones of a list by name; in JSON all of them. */
void print_revision_names(struct printer *p, const char *key,
			  const char *label, const retort_revisions *list);

/*
 * A branch point and a line for each of its children. In JSON a list
 * "branches", which print_branches() begins.
 */
void print_branches(struct printer *p);
void print_branch(struct printer *p, const retort_revision *from,
		  const retort_revisions *children);

/* Rows of the log, a line or (verbose) a block each. */
void print_log(struct printer *p, const char *key,
	       const retort_log_entries *log);

void print_changes(struct printer *p, const char *key,
		   const retort_changes *changes);

/* A sentence; in JSON the value of `key`. */
__attribute__((format(printf, 3, 4)))
void print_message(struct printer *p, const char *key, const char *fmt, ...);

/* A value in a sentence: `fmt` has one %s; in JSON the value alone. */
__attribute__((format(printf, 3, 0)))
void print_value(struct printer *p, const char *key, const char *fmt,
		 const char *value);

/* "label value" lines of a report; a NULL value is left out. */
void print_field(struct printer *p, const char *key, const char *label,
		 const char *value);

/* Without a key it is for people only. */
void print_list(struct printer *p, const char *key, const char *label,
		const char *const *items, size_t n);

/* Text that is a result of its own (SQL, models.c), as it is. */
void print_text(struct printer *p, const char *key, const char *text);

/*
 * A retort_write_fn for SQL that comes in pieces; the payload is the printer.
 * In JSON they are the value of "sql".
 */
int print_sql(void *printer, const char *text, size_t n);

/*
 * What follows is about one of several databases: `heading` as a line; in JSON
 * an object of the list "databases", with its name and exit status.
 */
void print_database(struct printer *p, const char *name, const char *heading);
void print_database_end(struct printer *p, int status);
/* In JSON only: why it failed. */
void print_error(struct printer *p, const retort_error *e);

/* What came of one of many targets; NULL is what is not known. */
struct target_result {
	size_t index;		/* in the list */
	const char *name, *url, *schema, *state;
	int exit;
	const char *from, *to;
	size_t revisions;
	bool reports;		/* `pending` is known */
	size_t pending;
	long long ms;
	const char *lines;	/* told beside, a line each */
	const retort_error *error;
};

/* `text` is the line for people; in JSON an object of the list "targets". */
void print_target(struct printer *p, const struct target_result *r,
		  const char *text);

struct target_count {
	const char *state;
	size_t n;
};

/* "200 targets: 199 done, 1 failed"; in JSON the object "summary". */
void print_target_counts(struct printer *p, size_t all,
			 const struct target_count *v, size_t n);

/* A JSON value that is a result of its own, as it is. */
void print_document(struct printer *p, const char *key, const char *json);

/* What only JSON says; strings may be NULL. */
void print_number(struct printer *p, const char *key, long long n);
void print_flag(struct printer *p, const char *key, bool value);
void print_data(struct printer *p, const char *key, const char *value);
void print_data_list(struct printer *p, const char *key,
		     const char *const *items, size_t n);
void print_data_changes(struct printer *p, const char *key,
			const retort_changes *changes);
void print_data_revisions(struct printer *p, const char *key,
			  const retort_revisions *list);

#endif
