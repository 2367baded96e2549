/* SQLite's keywords. */
#ifndef RETORT_SQL_KEYWORD_H
#define RETORT_SQL_KEYWORD_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Each keyword in alphabetical order, with what else it may be: ID is a name
 * wherever it cannot be the keyword; JOIN is a name, but not a word of a
 * type or a collation; INDEXED is as JOIN, and may also stand after DEFAULT;
 * NO is never a name.
 */
#define SQL_KEYWORDS(X) \
	X(ABORT, ID) X(ACTION, ID) X(ADD, NO) X(AFTER, ID) X(ALL, NO) \
	X(ALTER, NO) X(ALWAYS, ID) X(ANALYZE, ID) X(AND, NO) X(AS, NO) \
	X(ASC, ID) X(ATTACH, ID) X(AUTOINCREMENT, NO) X(BEFORE, ID) \
	X(BEGIN, ID) X(BETWEEN, NO) X(BY, ID) X(CASCADE, ID) X(CASE, NO) \
	X(CAST, ID) X(CHECK, NO) X(COLLATE, NO) X(COLUMN, ID) X(COMMIT, NO) \
	X(CONFLICT, ID) X(CONSTRAINT, NO) X(CREATE, NO) X(CROSS, JOIN) \
	X(CURRENT, ID) X(CURRENT_DATE, ID) X(CURRENT_TIME, ID) \
	X(CURRENT_TIMESTAMP, ID) X(DATABASE, ID) X(DEFAULT, NO) \
	X(DEFERRABLE, NO) X(DEFERRED, ID) X(DELETE, NO) X(DESC, ID) \
	X(DETACH, ID) X(DISTINCT, NO) X(DO, ID) X(DROP, NO) X(EACH, ID) \
	X(ELSE, NO) X(END, ID) X(ESCAPE, NO) X(EXCEPT, NO) X(EXCLUDE, ID) \
	X(EXCLUSIVE, ID) X(EXISTS, NO) X(EXPLAIN, ID) X(FAIL, ID) \
	X(FILTER, ID) X(FIRST, ID) X(FOLLOWING, ID) X(FOR, ID) \
	X(FOREIGN, NO) X(FROM, NO) X(FULL, JOIN) X(GENERATED, ID) \
	X(GLOB, ID) X(GROUP, NO) X(GROUPS, ID) X(HAVING, NO) X(IF, ID) \
	X(IGNORE, ID) X(IMMEDIATE, ID) X(IN, NO) X(INDEX, NO) \
	X(INDEXED, INDEXED) X(INITIALLY, ID) X(INNER, JOIN) X(INSERT, NO) \
	X(INSTEAD, ID) X(INTERSECT, NO) X(INTO, NO) X(IS, NO) X(ISNULL, NO) \
	X(JOIN, NO) X(KEY, ID) X(LAST, ID) X(LEFT, JOIN) X(LIKE, ID) \
	X(LIMIT, NO) X(MATCH, ID) X(MATERIALIZED, ID) X(NATURAL, JOIN) \
	X(NO, ID) X(NOT, NO) X(NOTHING, NO) X(NOTNULL, NO) X(NULL, NO) \
	X(NULLS, ID) X(OF, ID) X(OFFSET, ID) X(ON, NO) X(OR, NO) \
	X(ORDER, NO) X(OTHERS, ID) X(OUTER, JOIN) X(OVER, ID) \
	X(PARTITION, ID) X(PLAN, ID) X(PRAGMA, ID) X(PRECEDING, ID) \
	X(PRIMARY, NO) X(QUERY, ID) X(RAISE, ID) X(RANGE, ID) \
	X(RECURSIVE, ID) X(REFERENCES, NO) X(REGEXP, ID) X(REINDEX, ID) \
	X(RELEASE, ID) X(RENAME, ID) X(REPLACE, ID) X(RESTRICT, ID) \
	X(RETURNING, NO) X(RIGHT, JOIN) X(ROLLBACK, ID) X(ROW, ID) \
	X(ROWS, ID) X(SAVEPOINT, ID) X(SELECT, NO) X(SET, NO) X(TABLE, NO) \
	X(TEMP, ID) X(TEMPORARY, ID) X(THEN, NO) X(TIES, ID) X(TO, NO) \
	X(TRANSACTION, NO) X(TRIGGER, ID) X(UNBOUNDED, ID) X(UNION, NO) \
	X(UNIQUE, NO) X(UPDATE, NO) X(USING, NO) X(VACUUM, ID) \
	X(VALUES, NO) X(VIEW, ID) X(VIRTUAL, ID) X(WHEN, NO) X(WHERE, NO) \
	X(WINDOW, ID) X(WITH, ID) X(WITHIN, ID) X(WITHOUT, ID)

enum keyword {
	KW_NONE,	/* not a keyword */
#define X(name, use) KW_##name,
	SQL_KEYWORDS(X)
#undef X
	KW__COUNT
};

/* In any case of letters. */
enum keyword keyword_of(const char *s, size_t n);

/* May it name a table or a column? KW_NONE may. */
bool keyword_is_name(enum keyword kw);
/* May it be a word of a type or a collation? KW_NONE may. */
bool keyword_is_id(enum keyword kw);

#endif
