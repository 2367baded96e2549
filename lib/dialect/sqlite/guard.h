/*
 * What the files of the guard share. The guard knows a script by its
 * statements' tokens alone: it may have been written by hand.
 */
#ifndef RETORT_DIALECT_SQLITE_GUARD_H
#define RETORT_DIALECT_SQLITE_GUARD_H

#include "dialect/sqlite/engine.h"
#include "dialect/sqlite/sqlite.h"

enum step_kind {
	STEP_OTHER, STEP_CREATE_TABLE, STEP_DROP_TABLE, STEP_RENAME_TABLE,
	STEP_ALTER_TABLE, STEP_CREATE_INDEX, STEP_CREATE_TRIGGER,
	STEP_DROP_INDEX, STEP_DROP_TRIGGER, STEP_DROP_VIEW
};

/* What a statement does to which object of the main database. */
struct step {
	enum step_kind kind;
	const char *name;
	const char *to;		/* STEP_RENAME_TABLE */
	const char *after;	/* STEP_CREATE_TABLE: the text behind the name */
	bool done;		/* carried out with an earlier one */
};

retort_status step_read(const char *sql, struct arena *mem, struct step *out,
			struct err *err);

/* What a table or view with triggers can be used for. */
enum usable { CAN_SELECT = 1, CAN_INSERT = 2, CAN_UPDATE = 4, CAN_DELETE = 8 };

/* A row of sqlite_schema. */
struct thing {
	const char *type, *name, *table, *sql;
	const char *first_table;	/* `table` before renames */
	unsigned usable;
};

struct things {
	struct thing *v;
	size_t n, cap;
	struct map at[4];	/* by type: name -> position in v + 1 */
};

struct sequence {
	const char *table, *first_table;
	long long seq;
};

/* A rename that was put off. */
struct swap {
	const char *from, *to;
	char *sql;		/* the table's text with its new name */
	long long rowid;	/* of its row in sqlite_schema */
	VEC(long long) keys;	/* and of those of its keys' indexes */
};

struct guard {
	struct sqlite_conn *conn;
	const struct script *script;
	struct arena mem;
	struct step *steps;
	struct map concerned;	/* tables dropped, made or altered */
	struct things before;
	struct things temp_triggers;
	VEC(struct sequence) sequences;
	struct strings analyzed;	/* tables that had statistics */
	sqlite3 *violations;	/* foreign key violations there were; or NULL */
	bool puts_off;			/* see swap.c */
	VEC(struct swap) swaps;
	VEC(size_t) put_off;		/* statements that wait for them */
	struct map waiting;		/* the names that are to be given */
	bool pragmas_changed;
	int foreign_keys, legacy_alter_table, ignore_checks;
};

bool same_name(const char *a, const char *b);
bool is_concerned(const struct guard *g, const char *table);

/* Run SQL of the guard's own; `row` may be NULL. */
retort_status guard_sql(struct guard *g, const char *sql, row_fn *row,
			void *payload, struct err *err);
retort_status guard_number(struct guard *g, const char *sql, long long *out,
			   struct err *err);
char *guard_count_sql(struct arena *mem, const char *table);
bool guard_has_table(struct guard *g, const char *name);

/* What is there: inventory.c */
retort_status inventory_begin(struct guard *g, struct err *err);
retort_status inventory_check(struct guard *g, struct err *err);
retort_status things_read(struct guard *g, const char *schema,
			  struct arena *mem, struct things *out,
			  struct err *err);
struct thing *things_find(const struct things *list, const char *type,
			  const char *name);

/* Foreign keys: violations.c */
retort_status violations_begin(struct guard *g, struct err *err);
retort_status violations_check(struct guard *g, struct err *err);
retort_status violations_rename(struct guard *g, const char *from,
				const char *to, struct err *err);

/*
 * Before step `i` drops `old`, which `new` replaces: does what fills `new` name
 * every column? lost_columns.c
 */
retort_status columns_check(struct guard *g, size_t i, const char *old,
			    const char *new, struct err *err);

/* Can the object be used as before? usable.c */
retort_status usable_for(sqlite3 *db, const struct thing *t, unsigned *out,
			 struct err *err);
char *usable_error(sqlite3 *db, const struct thing *t, unsigned what,
		   struct arena *mem);

/*
 * When a rebuild that leaves the stored rows as they are starts at statement
 * `i`, do it by an edit of the schema and mark its steps as done.
 */
retort_status schema_edit(struct guard *g, size_t i, struct err *err);
/* Has the application forbidden such edits, or made some of its own? */
bool schema_is_closed(const struct guard *g);

/*
 * Is statement `i` put off (*taken)? Where it cannot run before those that
 * were, they are run.
 */
void swap_begin(struct guard *g);
retort_status swap_take(struct guard *g, size_t i, bool *taken,
			struct err *err);
/* Run what was put off. */
retort_status swap_finish(struct guard *g, struct err *err);

#endif
