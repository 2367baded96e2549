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
 * into those of the table. RETORT_E_FAIL says what was not understood and on
 * which line; err_where() has the line, too.
 *
 * type.text is the declared type with its words joined by one space (as it
 * was written when a comment stands in it); type.kind is set when the text is
 * one that a generic type is spelled with. A type in quotes loses them where it
 * means the same without; a text that still starts with a quote must be
 * written with it.
 *
 * One rule to know when a table is written again: in a table with rowids, a
 * primary key of one column of type INTEGER that is descending is not the
 * rowid, and is so only as a constraint of the column (INTEGER PRIMARY KEY
 * DESC). The DESC of PRIMARY KEY (column DESC), which means nothing there, is
 * left out.
 */
retort_status create_parse(const char *sql, struct arena *mem,
			   struct create **out, struct err *err);

/*
 * An index's name that no column of its table has is a string or a boolean to
 * SQLite ("x" in double quotes, TRUE): make it an expression. False when out
 * of memory.
 */
bool create_bind_index(struct arena *mem, const struct table *t,
		       struct index *i);

/* Set kind, length, scale from a type's text. */
void create_type_kind(struct type *t);

#endif
