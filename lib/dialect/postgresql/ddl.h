/*
 * PostgreSQL's statements. Texts (defaults, expressions, types) are written as
 * they stand; names are quoted where they must be.
 */
#ifndef RETORT_DIALECT_POSTGRESQL_DDL_H
#define RETORT_DIALECT_POSTGRESQL_DDL_H

#include "dialect/postgresql/pg.h"

enum { PG_NAME_MAX = 63 };	/* bytes of an identifier; more are cut off */

/* Name, quoted where it must be. */
void pg_ddl_name(struct buf *b, const char *name);
/* schema.name, or the name alone. */
void pg_ddl_qualified(struct buf *b, const char *schema, const char *name);
/* 'text' */
void pg_ddl_text(struct buf *b, const char *text);
void pg_ddl_table_name(struct buf *b, const struct table *t);

/* The words of CREATE TABLE, in one statement; no indexes, no comments. */
void pg_ddl_create_table(struct buf *b, const struct table *t);
/* `name type …` as in CREATE TABLE and ADD COLUMN. */
void pg_ddl_column(struct buf *b, const struct column *c);
/* `GENERATED … AS IDENTITY (…)` */
void pg_ddl_identity(struct buf *b, const struct column *c);
/* `CONSTRAINT name …`, NOT VALID included. */
void pg_ddl_constraint(struct buf *b, const struct constraint *c);
/* May it stand in CREATE TABLE, or must it be added afterwards? */
bool pg_ddl_inline(const struct constraint *c);
void pg_ddl_create_index(struct buf *b, const struct table *t,
			 const struct index *i, bool concurrently);
/* `CREATE TYPE … AS ENUM (…)` under the name `name`. */
void pg_ddl_create_enum(struct buf *b, const struct object *o,
			const char *name);

/*
 * The name the server gives to what belongs to a table: "t_c_seq", cut so that
 * it fits. `column` may be NULL. NULL: no memory.
 */
char *pg_object_name(struct arena *mem, const char *table, const char *column,
		     const char *word);
/* ALTER SEQUENCE of a SERIAL column; "AS type" may begin the options. */
void pg_ddl_alter_serial(struct buf *b, const struct table *t,
			 const struct column *c, const char *options);
char *pg_serial_name(struct arena *mem, const char *table, const char *column);

/* The word after CREATE [OR REPLACE]; NULL for another statement. */
const char *pg_word_of(const char *sql);
/* What SQL calls it: "VIEW", "MATERIALIZED VIEW", "TYPE", … or NULL. */
const char *pg_object_word(const struct object *o);

#endif
