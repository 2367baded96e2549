/* What the files of the CREATE parser share. */
#ifndef RETORT_SQL_PARSE_H
#define RETORT_SQL_PARSE_H

#include "sql/create.h"
#include "sql/keyword.h"
#include "sql/token.h"

struct parser {
	struct lexer lx;	/* behind `t` */
	struct token t;		/* the next one */
	enum keyword kw;	/* of `t` */
	const char *end;	/* of the token before `t` */
	struct arena *mem;
	struct err *err;
	struct table *table;
	struct constraint *primary;	/* of the table so far */
	struct constraint *foreign;	/* its last foreign key so far */
	const char *constraint;	/* CONSTRAINT name, of the next one */
};

void parse_advance(struct parser *p);
/* The token after `t`. */
struct token parse_peek(const struct parser *p);

bool parse_at_op(const struct parser *p, char op);
bool parse_accept_op(struct parser *p, char op);
bool parse_accept(struct parser *p, enum keyword kw);

retort_status parse_bad(struct parser *p);
retort_status parse_expect_op(struct parser *p, char op);
retort_status parse_expect(struct parser *p, enum keyword kw);

/* A table's, column's, constraint's name, in any quotes. */
bool parse_at_name(const struct parser *p);
retort_status parse_name(struct parser *p, const char **out);
/* After COLLATE. */
retort_status parse_collation(struct parser *p, const char **out);

/* The text from `start` to the end of the token before `t`. */
retort_status parse_text(struct parser *p, const char *start,
			 const char **out);
/* ( … ): the text within, or with the parentheses. */
retort_status parse_parens(struct parser *p, bool keep, const char **out);

/* "(" indexed columns ")"; *autoincrement (may be NULL) is set when there. */
retort_status parse_parts(struct parser *p, struct parts *out,
			  bool *autoincrement);

/* After the name of CREATE TABLE: from "(" on. */
retort_status parse_table_body(struct parser *p);

/* The constraint of a column that `t` starts; *found false when none. */
retort_status parse_column_constraint(struct parser *p, struct column *col,
				      bool *found);
/* The same of a table. */
retort_status parse_table_constraint(struct parser *p, bool *found);

#endif
