/*
 * SQLite's change engine: operations become statements (ddl, native, rebuild,
 * compile), and the guard around those that drop and re-create tables (guard,
 * inventory, violations, schema_edit).
 */
#ifndef RETORT_DIALECT_SQLITE_ENGINE_H
#define RETORT_DIALECT_SQLITE_ENGINE_H

#include "base/buf.h"
#include "base/map.h"
#include "dialect/dialect.h"

/* A rebuild makes the new table under this name first. */
#define REBUILD_PREFIX "_retort_new_"

/* Name, quoted where it must be. */
void ddl_name(struct buf *b, const char *name);

/* CREATE TABLE text of `t` under the name `name`; NULL: no memory. */
char *ddl_create_table(struct arena *mem, const struct table *t,
		       const char *name);
char *ddl_create_index(struct arena *mem, const struct table *t,
		       const struct index *i);

/* The definition of a column; `inline_pk` is its PRIMARY KEY, or NULL. */
void ddl_column(struct buf *b, const struct column *c,
		const struct constraint *inline_pk);
/* As in CREATE TABLE, and as behind a column that is added. */
void ddl_constraint(struct buf *b, const struct constraint *c);
void ddl_inline_constraint(struct buf *b, const struct constraint *c);

/* The column that is the rowid (INTEGER PRIMARY KEY), or NULL. */
const struct column *table_rowid_alias(const struct schema *s,
				       const struct table *t);

/* A name of the rowid that no column of the two tables hides, or NULL. */
const char *table_rowid_name(const struct table *a, const struct table *b);

/* As text of a comment, which it must not end. */
void name_in_comment(struct buf *b, const char *name);

/* One column of the new table and where its values come from. */
struct column_source {
	const char *column;
	const char *origin;	/* column of the old table, or NULL: added */
	const char *using_sql;	/* instead of `origin`, or NULL */
};

/* CHECKs that say `from`. say `to`. instead. */
bool table_requalify(struct arena *mem, struct table *t, const char *from,
		     const char *to);

/* What happens to one table between two barriers. */
struct table_change {
	const char *name;
	struct table *old;	/* as it was */
	struct table *renamed;	/* `old` with its columns' new names */
	struct table *now;	/* as it is to be; borrowed from the schema */
	VEC(struct column_source) sources;	/* every column of `now` */
	bool has_using;
};

/* Where statements go, and what they are made from. */
struct compiler {
	struct schema *schema;	/* as the operations so far leave it */
	struct arena *mem;
	struct script *out;
	struct err *err;
	VEC(struct table_change *) changes;	/* not yet written */
};

/* Append a statement; takes the text of `b`. */
retort_status compiler_emit(struct compiler *k, struct buf *b,
			    const char *note);

/* The columns of the old table get their new names: before the others. */
retort_status change_renames(struct compiler *k, const struct table_change *c);

/* Can ALTER TABLE do it, on a table with rows as on one without? */
retort_status change_is_native(struct compiler *k,
			       const struct table_change *c, bool *out);
retort_status change_native(struct compiler *k, const struct table_change *c);
retort_status change_rebuild(struct compiler *k, const struct table_change *c);

/*
 * Two questions answered by trying on an empty database in memory: does `t`
 * take a row of defaults; and does the schema, with `t` in place of its table
 * of that name, let this statement through?
 */
retort_status probe_default_row(const struct table *t, bool *out,
				struct err *err);
retort_status probe_alter(const struct schema *s, const struct table *t,
			  const char *sql, bool *out, struct err *err);

retort_status sqlite_compile(struct schema *before, const struct ops *list,
			     struct arena *mem, struct script *out,
			     struct err *err);

/*
 * A rebuild written by hand, or a table that is dropped: with foreign keys on
 * its children's rows would go along. Where a script also deletes or changes
 * rows, dropping alone is no reason: it may count on its keys.
 */
retort_status sqlite_needs_guard(const struct script *s, bool *out,
				 struct err *err);
retort_status sqlite_guard_open(struct conn *c, const struct script *s,
				struct guard **out, struct err *err);
retort_status sqlite_guard_begin(struct guard *g, struct err *err);
retort_status sqlite_guard_run(struct guard *g, size_t i, struct err *err);
retort_status sqlite_guard_check(struct guard *g, struct err *err);
void sqlite_guard_close(struct guard *g);

/* Views and triggers that name what is not there. usable.c */
retort_status sqlite_broken(struct conn *c, struct arena *mem,
			    struct strings *out, struct err *err);

extern const char sqlite_guard_prologue[], sqlite_guard_epilogue[];

#endif
