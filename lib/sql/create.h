/* SQLite's CREATE statements, as sqlite_schema keeps them. */
#ifndef RETORT_SQL_CREATE_H
#define RETORT_SQL_CREATE_H

#include "schema/schema.h"

enum create_kind {
	CREATE_TABLE, CREATE_VIRTUAL_TABLE, CREATE_INDEX, CREATE_VIEW,
	CREATE_TRIGGER
};

struct create {
	enum create_kind kind;
	bool temporary, if_not_exists;
	const char *schema, *name;
	struct table *table;		/* CREATE_TABLE */
	const char *as_select;		/* CREATE TABLE … AS: the text */
	struct index *index;		/* CREATE_INDEX */
	const char *on;			/* CREATE_INDEX, _TRIGGER: the table */
	struct object *object;		/* CREATE_VIEW, _TRIGGER */
	const char *module;		/* CREATE_VIRTUAL_TABLE */
};

/*
 * Parse one statement. Everything SQLite accepts is kept: texts of
 * expressions as they were written (without the parentheses of CHECK,
 * GENERATED and WHERE; a DEFAULT keeps its own), constraint names, conflict
 * clauses, collations, unnamed and repeated constraints, inline ones turned
 * into those of the table. type.text is the declared type with its words
 * joined by one space; type.kind is set when the text is one that a generic
 * type is spelled with. RETORT_E_FAIL says what was not understood and on
 * which line.
 */
retort_status create_parse(const char *sql, struct arena *mem,
			   struct create **out, struct err *err);

/* Set kind, length, scale from a type's text. */
void create_type_kind(struct type *t);

#endif
