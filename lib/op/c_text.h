/*
 * C source as text, behind print_c.h. A statement is put together whole and
 * then laid out with c_fill(), which breaks it at commas; a long string
 * literal is in pieces with C_BREAK between them.
 */
#ifndef RETORT_OP_C_TEXT_H
#define RETORT_OP_C_TEXT_H

#include "base/buf.h"
#include "op/op.h"
#include "schema/naming.h"

/* Between two pieces of a literal: a new line, lined up. */
#define C_BREAK '\1'

struct c_text {
	struct buf *out;
	const char *unit;	/* of indentation: "\t" or spaces */
	int depth;
	/* References to what is not there are marked; NULL: none is. */
	const struct schema *known;
	/* Names this would give are not written; NULL: all are. */
	const struct naming *naming;
	/* That of the table that is printed: another's name says its own. */
	const char *schema;
	bool overlong;		/* a literal longer than ISO C promises */
	struct arena tmp;
};

/* A line with `text` at the present depth. */
void c_fill(struct c_text *p, const char *text);

/* As above, and takes what is in `b`, which is empty afterwards. */
void c_line(struct c_text *p, struct buf *b);

/* A string literal, in pieces where it is long. */
void c_string(struct c_text *p, struct buf *b, const char *s);

/* ", .name = …", where there is something to say. */
void c_attribute(struct c_text *p, struct buf *b, const char *name,
		 const char *s);
void c_flag(struct buf *b, const char *name, bool set);

/* "schema.name" as a literal. */
void c_qualified(struct c_text *p, struct buf *b, const char *schema,
		 const char *name);

/* Parts of a table (c_parts.c) ------------------------------------------------ */

void c_type(struct c_text *p, struct buf *b, const struct type *type);

/* `"name", TYPE, FLAGS, .attribute = …` without what `t` adds when NULL. */
struct c_column {
	struct buf name, type, rest;
};
void c_column(struct c_text *p, const struct table *t, const struct column *c,
	      struct c_column *out);

/* COLUMN(…) of a column alone. */
void c_column_alone(struct c_text *p, struct buf *b, const struct column *c);

/*
 * UNIQUE_ON(…), or what is in its parentheses: LIST(…), .name = …. `name` is
 * what to call it; NULL: nothing is said of that.
 */
void c_constraint(struct c_text *p, struct buf *b, const struct constraint *k,
		  const char *name);
void c_constraint_inner(struct c_text *p, struct buf *b,
			const struct constraint *k, const char *name);
void c_index_inner(struct c_text *p, struct buf *b, const struct index *i,
		   const char *name);

/* ", .name = CONFLICT_…", where there is one. */
void c_conflict(struct buf *b, const char *name, enum retort_conflict c);

/* Attributes of a table on a server: parents, parts, storage, facets. */
void c_storage(struct c_text *p, struct buf *b, const struct table *t);

/* COLUMNS(…), CONSTRAINTS(…), INDEXES(…), then `end`; depth is that of `t`. */
void c_table_body(struct c_text *p, const struct table *t, const char *end);

/* Does any constraint have no name? */
bool c_has_unnamed(const struct table *t);

#endif
