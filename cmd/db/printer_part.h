/* What the files of the printer share. */
#ifndef DB_PRINTER_PART_H
#define DB_PRINTER_PART_H

#include <jansson.h>
#include <stdio.h>

#include "printer.h"

struct printer {
	json_t *root;		/* NULL: text */
	json_t *outer;		/* while `root` is one of several, or NULL */
	FILE *json;		/* where `root` goes */
	FILE *sql;		/* pieces of SQL for `root`, or NULL */
	char *sql_text;
	size_t sql_n;
	bool verbose, quiet, color;
	int columns;		/* of the terminal; 0: there is none */
};

/* Set a key of the JSON value. */
void printer_set(struct printer *p, const char *key, json_t *value);

/* A string or null. */
json_t *json_text(const char *s);
json_t *json_texts(const char *const *v, size_t n);
json_t *json_error(const retort_error *e);

/* Text: where it goes, and whether in colour. */
struct ink {
	FILE *to;
	bool color;
};

struct ink ink_of(const struct printer *p);
void ink_painted(struct ink k, const char *code, const char *text);

#endif
