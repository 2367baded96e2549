/*
 * An operation: one change to a schema, the same for every database. Diffing
 * makes them, C revisions make them, a dialect turns them into SQL.
 */
#ifndef RETORT_OP_OP_H
#define RETORT_OP_OP_H

#include "base/buf.h"
#include "schema/schema.h"

enum op_kind {
	OP_CREATE_TABLE,	/* def; with its constraints and indexes */
	OP_DROP_TABLE,		/* table; def when known, for the reverse */
	OP_RENAME_TABLE,	/* from, to */
	OP_ALTER_TABLE,		/* table; old_def, def: strict, without_rowid,
				   comment, suffix_sql only */
	OP_ADD_COLUMN,		/* table, column; after / before */
	OP_DROP_COLUMN,		/* table, name; column when known */
	OP_ALTER_COLUMN,	/* table, name; column: the new definition, name
				   included; old_column when known; changes */
	OP_RENAME_COLUMN,	/* table, from, to */
	OP_ADD_CONSTRAINT,	/* table, constraint */
	OP_DROP_CONSTRAINT,	/* table; constraint: by its name, or where it
				   has none by its structure */
	OP_CREATE_INDEX,	/* table, index */
	OP_DROP_INDEX,		/* table, name; index when known */
	OP_RENAME_INDEX,	/* table, from, to */
	OP_CREATE_OBJECT,	/* object */
	OP_DROP_OBJECT,		/* object: kind, schema, name; all when known */
	OP_ALTER_OBJECT,	/* object: the new definition; old_object when
				   known; from, to: of an enum the label that
				   is renamed, else the object itself */
	OP_RENAME_CONSTRAINT,	/* table, from, to */
	OP_VALIDATE_CONSTRAINT,	/* table, name */
	OP_SET_FACET,		/* facet; of object, or else of table */
	OP_RESET_FACET,		/* facet; of object, or else of table */
	OP_EXECUTE,		/* sql */
	OP_BULK_INSERT,		/* table, insert */
	OP_CALL			/* call: a C function run at that point */
};

/*
 * Which members of the column an OP_ALTER_COLUMN changes. One recorded from a C
 * revision knows no others: there only these members of `column` mean something
 * and `old_column` is NULL.
 */
enum op_change {
	CHANGE_TYPE = 1 << 0,
	CHANGE_NOT_NULL = 1 << 1,
	CHANGE_DEFAULT = 1 << 2,
	CHANGE_COLLATION = 1 << 3,
	CHANGE_GENERATED = 1 << 4,
	CHANGE_COMMENT = 1 << 5,
	CHANGE_IDENTITY = 1 << 6,	/* identity, autoincrement */
	CHANGE_NAME = 1 << 7,
	/* Of an OP_ALTER_TABLE, with CHANGE_COMMENT; `changes` 0: all. */
	CHANGE_STRICT = 1 << 8,
	CHANGE_ROWID = 1 << 9,
	CHANGE_SUFFIX = 1 << 10
};

/* Rows for OP_BULK_INSERT: SQL literals ready to print, NULL for NULL. */
struct op_insert {
	struct strings columns;
	VEC(const char **) rows;	/* columns.n texts each */
};

/*
 * The next INSERT of at most a hundred rows into `b`: `head`, "INSERT INTO t
 * (a, b) VALUES", and the rows from *at on, which is moved.
 */
void op_insert_next(const struct op_insert *in, const char *head, size_t *at,
		    struct buf *b);

struct retort_op;	/* of <retort/revision.h> */

struct op_call {
	int (*run)(struct retort_op *op, void *arg);
	void *arg;
};

struct op {
	enum op_kind kind;
	const char *schema;	/* of the table; NULL: the default one */
	const char *table;
	const char *name;	/* of the column or index */
	const char *from, *to;
	struct table *def, *old_def;
	struct column *column, *old_column;
	unsigned changes;	/* enum op_change */
	const char *using_sql;	/* OP_ALTER_COLUMN: how to convert the rows */
	/*
	 * Where an added column goes, or an altered one is moved; "" in
	 * `after` is the first place.
	 */
	const char *after, *before;
	struct constraint *constraint;
	struct index *index;
	struct object *object, *old_object;
	const struct facet *facet;
	const char *using_index;	/* OP_ADD_CONSTRAINT: made of this one */
	bool concurrently;		/* OP_CREATE_INDEX, OP_DROP_INDEX */
	const char *sql;
	struct op_insert *insert;
	struct op_call call;
	bool if_exists, if_not_exists;
	/* Consecutive operations with the same number > 0 are one batch. */
	int batch;
	/*
	 * A sentence when rows may be lost or the operation may fail on them;
	 * goes as a comment into the revision and to standard error.
	 */
	const char *warning;
	bool loses_data;
};

VEC_OF(ops, struct op *);

/* An OP_ALTER_OBJECT that gives another name to what is no enum? */
static inline bool op_renames_object(const struct op *op)
{
	return op->kind == OP_ALTER_OBJECT && op->from && op->to &&
	       op->object->kind != OBJECT_ENUM;
}

/* A zeroed operation of this kind, appended; NULL when out of memory. */
struct op *ops_add(struct arena *mem, struct ops *list, enum op_kind kind);

/*
 * Change `s` as the operation would change the database, names inside
 * expressions, views and triggers included where the database renames them.
 * OP_EXECUTE, OP_BULK_INSERT and OP_CALL change nothing. An operation that
 * does not fit (no such table, a second column of the name) is
 * RETORT_E_NOTFOUND or RETORT_E_FAIL and names the object.
 */
retort_status op_apply(struct schema *s, const struct op *op, struct err *err);

/*
 * The operations that take `list` back, in order, given the schema `before`
 * it is applied to. RETORT_E_FAIL names the operation that has no reverse.
 */
retort_status ops_reverse(const struct schema *before, const struct ops *list,
			  struct arena *mem, struct ops *out, struct err *err);

/*
 * The constraint of `t` an OP_DROP_CONSTRAINT with `wanted` means, or NULL: by
 * name, by structure where it has none or an automatic one, and the primary
 * key for one that says only that it is the primary key.
 */
struct constraint *op_find_constraint(const struct schema *s,
				      const struct table *t,
				      const struct constraint *wanted);

/*
 * The table an index operation is about: op->table, or where that is NULL the
 * one with an index `name`. NULL when there is none.
 */
struct table *op_index_table(const struct schema *s, const struct op *op,
			     const char *name);

/*
 * One line for people, as Alembic words it: `added table 'user'`,
 * `removed column 'user.age'`,
 * `type change from INTEGER to TEXT on 'user.age'`.
 */
char *op_describe(struct arena *mem, const struct op *op);

/* Alembic's word: "add_table", "remove_column", "modify_type", "add_fk", … */
const char *op_word(const struct op *op);

/* "user", "user.age", "ix_user_age": the object the operation is about. */
char *op_target(struct arena *mem, const struct op *op);

#endif
