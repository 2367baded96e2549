#ifndef DB_OPT_H
#define DB_OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* OPT_TIME is read into milliseconds: "500ms", "5s", "2min", "500". */
enum opt_kind { OPT_FLAG, OPT_STRING, OPT_TIME, OPT_LIST };

#define OPT_LIST_MAX 64

/* The values of an option that may be given several times. */
struct opt_list {
	const char *v[OPT_LIST_MAX];
	size_t n;
};

/* One row of an option table; the table ends with OPT_END. */
struct opt {
	enum opt_kind kind;
	char letter;		/* 0 for none */
	const char *name;	/* long name; NULL: only the letter */
	void *into;		/* bool *, const char **, int *, struct opt_list * */
	const char *value;	/* what the help calls the value */
	const char *help;
};

#define OPT_END { .help = NULL }

/*
 * Parse argv[1..] into the targets of two tables (`shared` may be NULL).
 * Returns the number of plain arguments, moved to the front of argv[1..]; -1
 * after a message on stderr. "-1" and "+2" are plain arguments. `command` is
 * for the messages. With `leading` options end at the first plain argument.
 */
int opt_parse(const char *command, int argc, char **argv,
	      const struct opt *table, const struct opt *shared, bool leading);

void opt_help(FILE *to, const struct opt *table);

#endif
