/*
 * Operations -> statements: compile (takes them one by one), table, family
 * (partitions and children), key (constraints and indexes), object, alter
 * (columns), counter, serial, labels (enums), swap (types made anew),
 * aside (what stands in the way of a change), apart (what needs a transaction
 * of its own).
 */
#ifndef RETORT_DIALECT_POSTGRESQL_COMPILE_H
#define RETORT_DIALECT_POSTGRESQL_COMPILE_H

#include "dialect/postgresql/ddl.h"

/* A constraint or an index that is dropped and to be made again. */
struct aside_key {
	struct table *t;
	struct constraint *c;
	struct index *x;
};

struct owed_check {
	struct table *t;
	const char *name;
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
	const struct ops *list;		/* all, and which one this is */
	size_t at;
	/* Partitions that go back to the same parent, with what it gave. */
	VEC_OF(returning, const struct table *) returning;
	/* Checks that children are rid of when their parents drop them. */
	VEC_OF(owed_checks, struct owed_check) owed;
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
/* `ALTER COLUMN c `, to which actions are added; the whole with words. */
struct buf pg_begin_alter(struct pg_compiler *k, const struct column *c);
retort_status pg_alter_words(struct pg_compiler *k, const struct table *t,
			     const struct column *c, const char *words);
/* What was said of what is made again: facets whose keys end "OF column". */
retort_status pg_keep_facets(struct pg_compiler *k, const struct table *t,
			     const char *of, const struct column *c);
/* Serial, identity, or neither: is it another now? Make it so. */
bool pg_counter_changes(const struct column *old, const struct column *now);
retort_status pg_change_counter(struct pg_compiler *k, const struct table *t,
				const struct column *old,
				const struct column *now);
retort_status pg_drop_counter(struct pg_compiler *k, const struct table *t,
			      const struct column *old,
			      const struct column *now);
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
/* Other parents: INHERIT, NO INHERIT; ATTACH and DETACH PARTITION. */
retort_status pg_alter_parents(struct pg_compiler *k, struct table *t,
			       const struct strings *old,
			       const struct strings *now);
retort_status pg_alter_partition(struct pg_compiler *k,
				 const struct table *old, struct table *now);
/* Before a partition is dropped: keys that refer to all of it let it go. */
retort_status pg_leave_keys(struct pg_compiler *k, const struct table *t);
/* Has it, or will it have, a column because a parent has that? */
bool pg_has_from_parent(const struct pg_compiler *k, const struct table *t,
			const struct column *c);
bool pg_parent_has_type(const struct pg_compiler *k, const struct table *t,
			const struct column *c);
bool pg_parent_is_not_null(const struct pg_compiler *k, const struct table *t,
			   const struct column *c);
/* Is its default the counting of a parent that does not count yet? */
bool pg_parent_will_count(struct pg_compiler *k, const struct table *t,
			  const struct column *c);
/* What a column that came from a parent has that this gave it not. */
retort_status pg_own_parts(struct pg_compiler *k, const struct table *t,
			   const struct column *c);
/* The same of the table's children. */
retort_status pg_own_parts_below(struct pg_compiler *k, struct table *t,
				 const char *column);
/* A facet of a table; not of its children. */
retort_status pg_emit_facet(struct pg_compiler *k, const struct table *t,
			    const struct facet *f, const char *sql);
/* Has a child it in its primary key? Then only the parent's can be NULL. */
bool pg_child_key(const struct pg_compiler *k, const struct table *t,
		  const struct column *c);
retort_status pg_drop_not_null_only(struct pg_compiler *k,
				    const struct table *t,
				    const struct column *c);
/* What comes after this one to that column; NULL: nothing changes these. */
const struct op *pg_later(const struct pg_compiler *k, const struct table *t,
			  const char *column, unsigned changes);
/* A check that its table has from a parent as well goes when that's does. */
bool pg_owes_check(struct pg_compiler *k, struct table *t,
		   const struct constraint *c);
retort_status pg_pay_checks(struct pg_compiler *k, const struct table *t,
			    const char *name);
/* The table and all below it that have the column; the table is the first. */
VEC_OF(pg_tables, struct table *);
retort_status pg_family(struct pg_compiler *k, struct table *t,
			const char *column, struct pg_tables *out);
/*
 * After a column was changed: what the change took that it should keep, also
 * of those of its children, whose columns the server changed along.
 */
retort_status pg_follow(struct pg_compiler *k, struct table *t,
			const struct column *old, const struct column *now);
/* The same where its type was made anew. */
retort_status pg_follow_retyped(struct pg_compiler *k, struct table *t,
				const struct column *c);

/* OP_ALTER_OBJECT: labels of an enum, or replaced. */
retort_status pg_alter_object(struct pg_compiler *k, const struct op *op);

/* A new type for one that cannot be changed; `old` are its labels. */
retort_status pg_swap_type(struct pg_compiler *k, const struct object *o,
			   const struct strings *old);

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
/* The first for a table and its children. */
retort_status pg_put_aside_family(struct pg_compiler *k, struct table *t,
				  const char *column);
/* Must `other` be there before it? */
bool pg_needs_object(struct pg_compiler *k, const struct object *o,
		     const struct object *other);
/* The same for foreign keys that stand on these columns, or go from them. */
retort_status pg_put_keys_aside(struct pg_compiler *k, const struct table *t,
				const struct parts *columns, bool both_ways);
/* Is it dropped already? Then it is not made again. */
bool pg_is_aside(const struct pg_compiler *k, const struct constraint *c,
		 const struct index *x);
bool pg_forget_index(struct pg_compiler *k, const struct index *x);
bool pg_forget_key(struct pg_compiler *k, const struct constraint *c);
retort_status pg_settle(struct pg_compiler *k);

/* The last thing done with the script of `list`. */
retort_status pg_set_apart(struct pg_compiler *k, const struct ops *list);
/* What is set for a transaction is set for the session. */
void pg_trust_session(struct script *s);

#endif
