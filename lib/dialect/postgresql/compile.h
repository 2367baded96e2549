/*
 * Operations -> statements: compile (takes them one by one), table, key
 * (constraints and indexes), object, alter (columns), serial, labels (enums),
 * aside (what stands in the way of a change), apart (what needs a transaction
 * of its own).
 */
#ifndef RETORT_DIALECT_POSTGRESQL_COMPILE_H
#define RETORT_DIALECT_POSTGRESQL_COMPILE_H

#include "dialect/postgresql/ddl.h"

/* A foreign key that is dropped and to be made again. */
struct aside_key {
	struct table *t;
	struct constraint *c;
};

struct pg_compiler {
	bool trusts_bodies;	/* check_function_bodies is off */
	struct schema *s;	/* as the operations so far leave it */
	struct arena *mem;
	struct script *out;
	struct err *err;
	/* ALTER TABLE that is being gathered: its table and what it does. */
	const char *altered;
	struct strings actions;
	bool adds_column;
	/* Keys of objects that are dropped and to be made again. */
	struct strings aside;
	VEC_OF(asides, struct aside_key) keys;
	struct strings new_labels;	/* of ALTER TYPE … ADD VALUE */
};

/* Append a statement; empties `b`. What is gathered goes first. */
retort_status pg_emit(struct pg_compiler *k, struct buf *b);
/* The same for a whole text, which may be NULL: out of memory. */
retort_status pg_emit_text(struct pg_compiler *k, const char *sql);

/* Add an action to the ALTER TABLE of `t`; empties `b`. */
retort_status pg_alter(struct pg_compiler *k, const struct table *t,
		       struct buf *b);
retort_status pg_flush(struct pg_compiler *k);

/* COMMENT ON …; `what` is "COLUMN t.c". NULL takes it away. */
retort_status pg_comment(struct pg_compiler *k, const char *what,
			 const char *comment);
retort_status pg_comment_column(struct pg_compiler *k, const struct table *t,
				const struct column *c);

/* The table an operation is about, or of the index it is about. */
retort_status pg_find_table(struct pg_compiler *k, const struct op *op,
			    struct table **out);
retort_status pg_set_facets(struct pg_compiler *k,
			    const struct facets *facets);

retort_status pg_comment_constraint(struct pg_compiler *k,
				    const struct table *t,
				    const struct constraint *c);
retort_status pg_create_index(struct pg_compiler *k, const struct table *t,
			      const struct index *i, bool concurrently);
retort_status pg_add_constraint(struct pg_compiler *k, const struct table *t,
				const struct constraint *c);
retort_status pg_drop_constraint(struct pg_compiler *k, const struct table *t,
				 const char *name, bool if_exists);

retort_status pg_create_object(struct pg_compiler *k, const struct object *o);
retort_status pg_drop_object(struct pg_compiler *k, const struct object *o,
			     bool if_exists);

/* An operation of that kind; the schema is changed along. */
retort_status pg_write_create_table(struct pg_compiler *k, const struct op *op);
retort_status pg_write_drop_table(struct pg_compiler *k, const struct op *op);
retort_status pg_write_alter_table(struct pg_compiler *k, const struct op *op);
retort_status pg_write_add_column(struct pg_compiler *k, const struct op *op);
retort_status pg_write_drop_column(struct pg_compiler *k, const struct op *op);
retort_status pg_write_rename(struct pg_compiler *k, const struct op *op);
retort_status pg_write_add_constraint(struct pg_compiler *k,
				      const struct op *op);
retort_status pg_write_drop_constraint(struct pg_compiler *k,
				       const struct op *op);
retort_status pg_write_rename_constraint(struct pg_compiler *k,
					 const struct op *op);
retort_status pg_write_validate(struct pg_compiler *k, const struct op *op);
retort_status pg_write_create_index(struct pg_compiler *k, const struct op *op);
retort_status pg_write_drop_index(struct pg_compiler *k, const struct op *op);
retort_status pg_write_create_object(struct pg_compiler *k,
				     const struct op *op);
retort_status pg_write_drop_object(struct pg_compiler *k, const struct op *op);
retort_status pg_write_facet(struct pg_compiler *k, const struct op *op);
retort_status pg_alter_column(struct pg_compiler *k, const struct op *op);
/* The options of a SERIAL column's sequence: when it is new, and changed. */
retort_status pg_make_serial(struct pg_compiler *k, const struct table *t,
			     const struct column *c);
retort_status pg_change_serial(struct pg_compiler *k, const struct table *t,
			       const struct column *old,
			       const struct column *now);
/* When table or column were renamed: `was` is what they were called. */
retort_status pg_rename_counter(struct pg_compiler *k, const struct table *t,
				const struct column *c,
				const char *const was[2]);
/* OP_ALTER_OBJECT: labels of an enum, or replaced. */
retort_status pg_alter_object(struct pg_compiler *k, const struct op *op);

/*
 * `ALTER COLUMN c TYPE …` with all that must go before and come after: what
 * hangs on the column is dropped and made again.
 */
retort_status pg_retype(struct pg_compiler *k, struct table *t,
			const struct column *old, const struct column *now,
			const char *using_sql);

/*
 * Drop what the server would not let be while this column changes, and what
 * hangs on that; pg_settle() makes it again. The second is for all columns
 * and objects that a type is used by.
 */
retort_status pg_put_aside(struct pg_compiler *k, const struct table *t,
			   const char *column);
retort_status pg_put_aside_users(struct pg_compiler *k,
				 const struct object *type);
/* The same for foreign keys that stand on these columns, or go from them. */
retort_status pg_put_keys_aside(struct pg_compiler *k, const struct table *t,
				const struct parts *columns, bool both_ways);
/* Is it dropped already? Then it is not made again. */
bool pg_forget_key(struct pg_compiler *k, const struct constraint *c);
retort_status pg_settle(struct pg_compiler *k);

/* The last thing done with the script of `list`. */
retort_status pg_set_apart(struct pg_compiler *k, const struct ops *list);
/* What is set for a transaction is set for the session. */
void pg_trust_session(struct script *s);

#endif
