/*
 * retort/revision.h - write a revision in C.
 *
 *     void upgrade(retort_op *op)
 *     {
 *         retort_create_table(op, "post",
 *             COLUMNS(
 *                 COLUMN("id",    INTEGER,     PRIMARY_KEY),
 *                 COLUMN("title", VARCHAR(80), NOT_NULL),
 *             ));
 *         retort_add_column(op, "user", COLUMN("age", INTEGER));
 *     }
 *
 *     void downgrade(retort_op *op)
 *     {
 *         retort_drop_column(op, "user", "age");
 *         retort_drop_table(op, "post");
 *     }
 *
 * A revision is a recording: the calls are written down in their order, and
 * carried out by the database's own means after the function has returned.
 * The first error sticks and what follows is passed over, so no call needs to
 * be checked. Everything a call is given is copied, but for the argument of
 * retort_call(). Tables, columns, constraints and indexes are written with the
 * words of <retort/model.h>; options follow as `.name = value`.
 *
 * Where the database has schemas, "schema.table" names a table of another one.
 */
#ifndef RETORT_REVISION_H
#define RETORT_REVISION_H

#include <stdarg.h>

#include <retort/model_types.h>
#include <retort/model_macros.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Changes when something below does in a way that old revisions feel. */
#define RETORT_OP_ABI 1

typedef struct retort_op retort_op;

/** One row; `cell` is borrowed until the callback returns. Nonzero stops. */
typedef int retort_row_fn(void *payload, int n, const char *const cell[]);

/** Run where it stands among the operations; nonzero fails the revision. */
typedef int retort_call_fn(retort_op *op, void *arg);

/** What retort_drop_constraint() drops; none: the one of that name. */
typedef enum retort_drop_kind {
	RETORT_DROP_TABLE,
	RETORT_DROP_COLUMN,
	RETORT_DROP_CONSTRAINT,
	RETORT_DROP_INDEX,
	RETORT_DROP_VIEW,
	RETORT_DROP_TRIGGER,
	RETORT_DROP_OBJECT,
	RETORT_DROP_ENUM
} retort_drop_kind;

typedef struct retort_drop {
	retort_drop_kind kind;
	int line;
	const char *table;	/**< A trigger's: its table or view. */
	const char *name;
	/** A constraint without a name: what it is. */
	const retort_constraint *like;
	const char *sql;	/**< RETORT_DROP_OBJECT. */
	bool if_exists;
	bool concurrently;	/**< An index, while others use the table. */
} retort_drop;

typedef enum retort_rename_kind {
	RETORT_RENAME_TABLE,
	RETORT_RENAME_COLUMN,
	RETORT_RENAME_INDEX,
	RETORT_RENAME_CONSTRAINT,
	RETORT_RENAME_SEQUENCE
} retort_rename_kind;

typedef struct retort_rename {
	retort_rename_kind kind;
	int line;
	const char *table;	/**< Of a column, index or constraint. */
	const char *from, *to;
} retort_rename;

/** `from` only: it is removed; `to` only: added; both: renamed. */
typedef struct retort_label {
	int line;
	const char *name;	/**< The enum's. */
	const char *from, *to;
	/** The place of an added one; without, the last. */
	const char *before, *after;
	bool if_not_exists;
} retort_label;

typedef struct retort_add {
	int line;
	const char *table;
	retort_column column;
	/** Where it goes; "" in `after` is the first place. */
	const char *after, *before;
	bool if_not_exists;
} retort_add;

/** What is not set stays as it is. */
typedef struct retort_alter {
	int line;
	const char *table;
	const char *column;
	const char *name;	/**< The new one. */
	retort_type type;
	const char *using_sql;	/**< How to convert: an SQL expression. */
	bool not_null, nullable;
	const char *server_default;
	bool drop_default;
	const char *collation;
	bool drop_collation;
	const char *generated;
	bool stored;		/**< Of `generated`. */
	bool drop_generated;	/**< It becomes an ordinary column. */
	const char *comment;
	bool drop_comment;
	bool autoincrement, drop_autoincrement;
	bool identity, identity_always, drop_identity;
	retort_conflict on_conflict;	/**< With `not_null`. */
	const char *not_null_name;	/**< With `not_null`. */
} retort_alter;

/** Options of a table; what is not set stays as it is. */
typedef struct retort_alter_table_options {
	int line;
	const char *table;
	const char *comment;
	bool drop_comment;
	bool strict, not_strict;
	bool without_rowid, with_rowid;
} retort_alter_table_options;

typedef enum retort_value_kind {
	RETORT_VALUE_NULL,
	RETORT_VALUE_INTEGER,
	RETORT_VALUE_UNSIGNED,
	RETORT_VALUE_REAL,
	RETORT_VALUE_TEXT,
	RETORT_VALUE_BLOB,
	RETORT_VALUE_SQL	/**< An SQL expression. */
} retort_value_kind;

typedef struct retort_value {
	retort_value_kind kind;
	long long integer;
	unsigned long long natural;
	double real;
	const void *data;	/**< NULL: SQL's NULL. */
	size_t n;		/**< Bytes of a blob. */
} retort_value;

typedef struct retort_row {
	const retort_value *values;
	size_t n;
} retort_row;

typedef struct retort_insert {
	int line;
	const char *table;
	const char *const *columns;	/**< NULL ends. */
	const retort_row *rows;
	size_t n_rows;
} retort_insert;

/** What stands behind the functions below; not to be called directly. */
typedef struct retort_op_api {
	int abi;
	size_t size;
	const char *(*dialect)(const retort_op *op);
	int (*failed)(const retort_op *op);
	void (*fail)(retort_op *op, int line, const char *fmt, va_list ap);
	void (*create)(retort_op *op, const retort_model *m);
	void (*drop)(retort_op *op, const retort_drop *d);
	void (*rename)(retort_op *op, const retort_rename *r);
	void (*add_column)(retort_op *op, const retort_add *a);
	void (*alter_column)(retort_op *op, const retort_alter *a);
	void (*alter_table)(retort_op *op, const retort_alter_table_options *a);
	void (*add_constraint)(retort_op *op, int line, const char *table,
			       const retort_constraint *c);
	void (*create_index)(retort_op *op, int line, const char *table,
			     const retort_index *i);
	void (*insert)(retort_op *op, const retort_insert *i);
	void (*execute)(retort_op *op, int line, const char *fmt, va_list ap);
	void (*batch)(retort_op *op, int line, const char *table);
	void (*call)(retort_op *op, int line, retort_call_fn *run, void *arg);
	int (*query)(retort_op *op, const char *sql, retort_row_fn *row,
		     void *payload);
	void (*validate)(retort_op *op, int line, const char *table,
			 const char *name);
	void (*label)(retort_op *op, const retort_label *l);
} retort_op_api;

struct retort_op {
	const retort_op_api *api;
};

#if defined(__GNUC__)
# define RETORT_EXPORT_ __attribute__((visibility("default")))
# define RETORT_INLINE_ static inline __attribute__((unused))
# define RETORT_PRINTF_(fmt_, args_) \
	__attribute__((format(printf, fmt_, args_)))
#else
# define RETORT_EXPORT_
# define RETORT_INLINE_ static inline
# define RETORT_PRINTF_(fmt_, args_)
#endif

/** What a revision defines. A revision without downgrade() stays. */
RETORT_EXPORT_ void upgrade(retort_op *op);
RETORT_EXPORT_ void downgrade(retort_op *op);

#if defined(__GNUC__) && !defined(__cplusplus)
extern const int retort_revision_abi;
__attribute__((weak, used)) RETORT_EXPORT_
const int retort_revision_abi = RETORT_OP_ABI;
#endif

/* Tables ---------------------------------------------------------------------- */

/**
 * retort_create_table(op, "post", COLUMNS(…), CONSTRAINTS(…), INDEXES(…),
 *                     .comment = …, .strict = …, .if_not_exists = …)
 */
#define retort_create_table(op_, name_, ...)                               \
	retort_create_((op_), &(const retort_model){                       \
		.kind = RETORT_OBJECT_TABLE, .line = __LINE__,             \
		.table = name_, __VA_ARGS__ })
/** retort_drop_table(op, "post", .if_exists = true) */
#define retort_drop_table(op_, ...)                                        \
	retort_drop_((op_), &(const retort_drop){                          \
		.kind = RETORT_DROP_TABLE, .line = __LINE__,               \
		.table = __VA_ARGS__ })
/** retort_rename_table(op, "post", "article") */
#define retort_rename_table(op_, from_, to_)                               \
	retort_rename_((op_), &(const retort_rename){                      \
		.kind = RETORT_RENAME_TABLE, .line = __LINE__,             \
		.from = from_, .to = to_ })
/** retort_alter_table(op, "post", .comment = "…", .strict = true) */
#define retort_alter_table(op_, table_, ...)                               \
	retort_alter_table_((op_), &(const retort_alter_table_options){    \
		.line = __LINE__, .table = table_, __VA_ARGS__ })

/* Columns --------------------------------------------------------------------- */

/**
 * retort_add_column(op, "user", COLUMN("age", INTEGER), .after = "name").
 * Flags and attributes that mean a constraint or an index make it, too.
 */
#define retort_add_column(op_, table_, ...)                                \
	retort_add_column_((op_), &(const retort_add){                     \
		.line = __LINE__, .table = table_, .column = __VA_ARGS__ })
/** retort_drop_column(op, "user", "age", .if_exists = true) */
#define retort_drop_column(op_, table_, ...)                               \
	retort_drop_((op_), &(const retort_drop){                          \
		.kind = RETORT_DROP_COLUMN, .line = __LINE__,              \
		.table = table_, .name = __VA_ARGS__ })
/**
 * retort_alter_column(op, "user", "age", .type = BIGINT, .not_null = true);
 * the options are the members of retort_alter.
 */
#define retort_alter_column(op_, table_, column_, ...)                     \
	retort_alter_column_((op_), &(const retort_alter){                 \
		.line = __LINE__, .table = table_, .column = column_,      \
		__VA_ARGS__ })
/** retort_rename_column(op, "user", "age", "years") */
#define retort_rename_column(op_, table_, from_, to_)                      \
	retort_rename_((op_), &(const retort_rename){                      \
		.kind = RETORT_RENAME_COLUMN, .line = __LINE__,            \
		.table = table_, .from = from_, .to = to_ })

/* Constraints ----------------------------------------------------------------- */

/** retort_create_unique(op, "user", LIST("a", "b"), .name = "uq_user_a_b") */
#define retort_create_unique(op_, table_, ...) \
	retort_add_constraint((op_), table_, RETORT_UNIQUE_ON(__VA_ARGS__))
/** retort_create_check(op, "user", "age > 0", .name = "ck_user_age") */
#define retort_create_check(op_, table_, ...) \
	retort_add_constraint((op_), table_, RETORT_CHECK(__VA_ARGS__))
/**
 * retort_create_foreign_key(op, "post", LIST("user_id"), "user", LIST("id"),
 *                           .name = "fk_post_user", .on_delete = CASCADE)
 */
#define retort_create_foreign_key(op_, table_, columns_, ...)              \
	retort_add_constraint_((op_), __LINE__, table_,                    \
			       &(const retort_constraint){                 \
		.kind = RETORT_CONSTRAINT_FOREIGN_KEY,                     \
		.columns = columns_, .ref_table = __VA_ARGS__ })
/** retort_create_primary_key(op, "user", LIST("id"), .name = "pk_user") */
#define retort_create_primary_key(op_, table_, ...) \
	retort_add_constraint((op_), table_, RETORT_PRIMARY_KEY_ON(__VA_ARGS__))
/** retort_add_constraint(op, "room", EXCLUDE("…", .name = "…")) */
#define retort_add_constraint(op_, table_, ...)                            \
	retort_add_constraint_((op_), __LINE__, table_,                    \
			       &(const retort_constraint)__VA_ARGS__)
/** retort_drop_constraint(op, "user", "uq_user_email", .if_exists = true) */
#define retort_drop_constraint(op_, table_, ...)                           \
	retort_drop_((op_), &(const retort_drop){                          \
		.kind = RETORT_DROP_CONSTRAINT, .line = __LINE__,          \
		.table = table_, .name = __VA_ARGS__ })
/**
 * One that has no name, by what it is:
 * retort_drop_unnamed(op, "user", UNIQUE_ON(LIST("email")))
 */
#define retort_drop_unnamed(op_, table_, ...)                              \
	retort_drop_((op_), &(const retort_drop){                          \
		.kind = RETORT_DROP_CONSTRAINT, .line = __LINE__,          \
		.table = table_,                                           \
		.like = &(const retort_constraint)__VA_ARGS__ })

/** retort_rename_constraint(op, "user", "uq_old", "uq_new") */
#define retort_rename_constraint(op_, table_, from_, to_)                  \
	retort_rename_((op_), &(const retort_rename){                      \
		.kind = RETORT_RENAME_CONSTRAINT, .line = __LINE__,        \
		.table = table_, .from = from_, .to = to_ })
/**
 * Look at the rows that were there before a constraint with .not_valid:
 * retort_validate_constraint(op, "user", "ck_user_age")
 */
#define retort_validate_constraint(op_, table_, name_) \
	retort_validate_((op_), __LINE__, table_, name_)

/* Indexes --------------------------------------------------------------------- */

/**
 * retort_create_index(op, "user", LIST("name", "age DESC"), .name = "ix",
 *                     .unique = true, .where = "…", .if_not_exists = true,
 *                     .concurrently = true)
 */
#define retort_create_index(op_, table_, ...)                              \
	retort_create_index_((op_), __LINE__, table_,                      \
			     &(const retort_index)RETORT_INDEX_ON(__VA_ARGS__))
/** retort_drop_index(op, "user", "ix_user_name", .if_exists = true) */
#define retort_drop_index(op_, table_, ...)                                \
	retort_drop_((op_), &(const retort_drop){                          \
		.kind = RETORT_DROP_INDEX, .line = __LINE__,               \
		.table = table_, .name = __VA_ARGS__ })
/** retort_rename_index(op, "user", "ix_old", "ix_new") */
#define retort_rename_index(op_, table_, from_, to_)                       \
	retort_rename_((op_), &(const retort_rename){                      \
		.kind = RETORT_RENAME_INDEX, .line = __LINE__,             \
		.table = table_, .from = from_, .to = to_ })

/* Views, triggers and the rest ------------------------------------------------ */

/** retort_create_view(op, "adult", "SELECT * FROM user WHERE age > 17") */
#define retort_create_view(op_, name_, ...)                                \
	retort_create_((op_), &(const retort_model){                       \
		.kind = RETORT_OBJECT_VIEW, .line = __LINE__,              \
		.table = name_, .sql = __VA_ARGS__ })
/** retort_drop_view(op, "adult", .if_exists = true) */
#define retort_drop_view(op_, ...)                                         \
	retort_drop_((op_), &(const retort_drop){                          \
		.kind = RETORT_DROP_VIEW, .line = __LINE__,                \
		.name = __VA_ARGS__ })
/** retort_create_trigger(op, "tr", "user", "CREATE TRIGGER tr …") */
#define retort_create_trigger(op_, name_, on_, ...)                        \
	retort_create_((op_), &(const retort_model){                       \
		.kind = RETORT_OBJECT_TRIGGER, .line = __LINE__,           \
		.table = name_, .on = on_, .sql = __VA_ARGS__ })
/** retort_drop_trigger(op, "tr", "user", .if_exists = true) */
#define retort_drop_trigger(op_, name_, ...)                               \
	retort_drop_((op_), &(const retort_drop){                          \
		.kind = RETORT_DROP_TRIGGER, .line = __LINE__,             \
		.name = name_, .table = __VA_ARGS__ })
/** retort_create_object(op, "name", "CREATE …", "DROP …") */
#define retort_create_object(op_, name_, create_, ...)                     \
	retort_create_((op_), &(const retort_model){                       \
		.kind = RETORT_OBJECT_OTHER, .line = __LINE__,             \
		.table = name_, .sql = create_, .drop_sql = __VA_ARGS__ })
/** retort_drop_object(op, "name", "DROP …") */
#define retort_drop_object(op_, name_, ...)                                \
	retort_drop_((op_), &(const retort_drop){                          \
		.kind = RETORT_DROP_OBJECT, .line = __LINE__,              \
		.name = name_, .sql = __VA_ARGS__ })

/**
 * A sequence of its own, which goes on counting where it is; that of a column
 * goes by the column: retort_rename_sequence(op, "old_seq", "new_seq")
 */
#define retort_rename_sequence(op_, from_, to_)                            \
	retort_rename_((op_), &(const retort_rename){                      \
		.kind = RETORT_RENAME_SEQUENCE, .line = __LINE__,          \
		.from = from_, .to = to_ })

/* Enums ------------------------------------------------------------------------ */

/** retort_create_enum(op, "mood", LIST("sad", "ok"), .if_not_exists = true) */
#define retort_create_enum(op_, name_, ...)                                \
	retort_create_((op_), &(const retort_model){                       \
		.kind = RETORT_OBJECT_ENUM, .line = __LINE__,              \
		.table = name_, .labels = __VA_ARGS__ })
/** retort_drop_enum(op, "mood", .if_exists = true) */
#define retort_drop_enum(op_, ...)                                         \
	retort_drop_((op_), &(const retort_drop){                          \
		.kind = RETORT_DROP_ENUM, .line = __LINE__,                \
		.name = __VA_ARGS__ })
/** retort_add_label(op, "mood", "great", .after = "ok") */
#define retort_add_label(op_, enum_, ...)                                  \
	retort_label_((op_), &(const retort_label){                        \
		.line = __LINE__, .name = enum_, .to = __VA_ARGS__ })
/** retort_rename_label(op, "mood", "ok", "fine") */
#define retort_rename_label(op_, enum_, from_, to_)                        \
	retort_label_((op_), &(const retort_label){                        \
		.line = __LINE__, .name = enum_, .from = from_, .to = to_ })
/** retort_drop_label(op, "mood", "sad"): fails where a row has it. */
#define retort_drop_label(op_, enum_, label_)                              \
	retort_label_((op_), &(const retort_label){                        \
		.line = __LINE__, .name = enum_, .from = label_ })

/* Rows and SQL ---------------------------------------------------------------- */

/** One statement, as it stands. */
#define retort_execute(op_, sql_) \
	retort_executef_((op_), __LINE__, "%s", (sql_))
/** One statement, formatted as by printf(3); nothing is quoted. */
#define retort_executef(op_, ...) \
	retort_executef_((op_), __LINE__, __VA_ARGS__)

/**
 * retort_bulk_insert(op, "user", LIST("id", "name", "joined"),
 *     ROW(1, "alice", SQL("CURRENT_DATE")),
 *     ROW(2, "bob",   NULL));
 *
 * A value is a number, a string, NULL, SQL("an expression") or BYTES(p, n).
 */
#define retort_bulk_insert(op_, table_, columns_, ...)                     \
	retort_insert_((op_), &(const retort_insert){                      \
		.line = __LINE__, .table = table_, .columns = columns_,    \
		RETORT_ARRAY_(rows, retort_row, __VA_ARGS__) })
#define RETORT_ROW(...) {                                                  \
	.values = (const retort_value[]){                                  \
		RETORT_EACH_(RETORT_VALUE_OF_, __VA_ARGS__) },             \
	.n = RETORT_NARGS_(__VA_ARGS__) }
#define RETORT_SQL(text_) \
	((retort_value){ .kind = RETORT_VALUE_SQL, .data = text_ })
#define RETORT_BYTES(data_, n_) \
	((retort_value){ .kind = RETORT_VALUE_BLOB, .data = data_, .n = n_ })

/* Order ----------------------------------------------------------------------- */

/**
 * The operations up to retort_batch_end() change one table and are carried
 * out together. Without a batch those that follow one another on one table
 * are combined as well; a batch says so and insists on it.
 */
#define retort_batch_begin(op_, table_) \
	retort_batch_((op_), __LINE__, table_)
#define retort_batch_end(op_) retort_batch_((op_), __LINE__, NULL)

/**
 * Run `run(op, arg)` at this point of the revision, in its transaction. There
 * retort_execute(), retort_bulk_insert() and retort_query_text() work, at
 * once; the other operations do not. `arg` is kept as it is: it must point to
 * something static. Not possible offline (--sql).
 */
#define retort_call(op_, run_, arg_) \
	retort_call_((op_), __LINE__, (run_), (arg_))

/**
 * Inside a function given to retort_call(): run a query; each row's cells are
 * text, NULL for SQL's NULL. 0, or -1 when it failed (then the revision has).
 */
RETORT_INLINE_ int retort_query_text(retort_op *op, const char *sql,
				    retort_row_fn *row, void *payload)
{
	return op->api->query(op, sql, row, payload);
}

/** "sqlite", "postgresql": the database this is recorded for. */
RETORT_INLINE_ const char *retort_dialect(const retort_op *op)
{
	return op->api->dialect(op);
}

/** Has an operation before this failed? */
RETORT_INLINE_ bool retort_failed(const retort_op *op)
{
	return op->api->failed(op) != 0;
}

/** Fail the revision: retort_fail(op, "cannot be taken back"). */
#define retort_fail(op_, ...) retort_fail_((op_), __LINE__, __VA_ARGS__)

/* Behind the macros ----------------------------------------------------------- */

RETORT_INLINE_ void retort_create_(retort_op *op, const retort_model *m)
{
	op->api->create(op, m);
}

RETORT_INLINE_ void retort_drop_(retort_op *op, const retort_drop *d)
{
	op->api->drop(op, d);
}

RETORT_INLINE_ void retort_rename_(retort_op *op, const retort_rename *r)
{
	op->api->rename(op, r);
}

RETORT_INLINE_ void retort_add_column_(retort_op *op, const retort_add *a)
{
	op->api->add_column(op, a);
}

RETORT_INLINE_ void retort_alter_column_(retort_op *op, const retort_alter *a)
{
	op->api->alter_column(op, a);
}

RETORT_INLINE_ void retort_alter_table_(retort_op *op,
				       const retort_alter_table_options *a)
{
	op->api->alter_table(op, a);
}

RETORT_INLINE_ void retort_add_constraint_(retort_op *op, int line,
					  const char *table,
					  const retort_constraint *c)
{
	op->api->add_constraint(op, line, table, c);
}

RETORT_INLINE_ void retort_create_index_(retort_op *op, int line,
					const char *table,
					const retort_index *i)
{
	op->api->create_index(op, line, table, i);
}

RETORT_INLINE_ void retort_insert_(retort_op *op, const retort_insert *i)
{
	op->api->insert(op, i);
}

RETORT_INLINE_ void retort_validate_(retort_op *op, int line,
				    const char *table, const char *name)
{
	op->api->validate(op, line, table, name);
}

RETORT_INLINE_ void retort_label_(retort_op *op, const retort_label *l)
{
	op->api->label(op, l);
}

RETORT_INLINE_ void retort_batch_(retort_op *op, int line, const char *table)
{
	op->api->batch(op, line, table);
}

RETORT_INLINE_ void retort_call_(retort_op *op, int line, retort_call_fn *run,
				void *arg)
{
	op->api->call(op, line, run, arg);
}

RETORT_PRINTF_(3, 4)
RETORT_INLINE_ void retort_executef_(retort_op *op, int line, const char *fmt,
				    ...)
{
	va_list ap;

	va_start(ap, fmt);
	op->api->execute(op, line, fmt, ap);
	va_end(ap);
}

RETORT_PRINTF_(3, 4)
RETORT_INLINE_ void retort_fail_(retort_op *op, int line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	op->api->fail(op, line, fmt, ap);
	va_end(ap);
}

#ifndef __cplusplus

RETORT_INLINE_ retort_value retort_integer_(long long v)
{
	return (retort_value){ .kind = RETORT_VALUE_INTEGER, .integer = v };
}

RETORT_INLINE_ retort_value retort_natural_(unsigned long long v)
{
	return (retort_value){ .kind = RETORT_VALUE_UNSIGNED, .natural = v };
}

RETORT_INLINE_ retort_value retort_real_(double v)
{
	return (retort_value){ .kind = RETORT_VALUE_REAL, .real = v };
}

RETORT_INLINE_ retort_value retort_text_(const char *v)
{
	return (retort_value){
		.kind = v ? RETORT_VALUE_TEXT : RETORT_VALUE_NULL, .data = v
	};
}

RETORT_INLINE_ retort_value retort_null_(const void *v)
{
	(void)v;
	return (retort_value){ .kind = RETORT_VALUE_NULL };
}

RETORT_INLINE_ retort_value retort_value_(retort_value v)
{
	return v;
}

#define RETORT_VALUE_OF_(v_) _Generic((v_),                                \
	retort_value: retort_value_,                                       \
	char *: retort_text_, const char *: retort_text_,                  \
	void *: retort_null_, const void *: retort_null_,                  \
	float: retort_real_, double: retort_real_,                         \
	unsigned: retort_natural_, unsigned long: retort_natural_,         \
	unsigned long long: retort_natural_,                               \
	default: retort_integer_)(v_)

#endif

/* RETORT_EACH_(m, a, b): m(a), m(b); up to 64. */
#define RETORT_NARGS_(...) RETORT_NARGS_AT_(__VA_ARGS__, 64, 63, 62, 61, \
	60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, \
	44, 43, 42, 41, 40, 39, 38, 37, 36, 35, 34, 33, 32, 31, 30, 29, \
	28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, \
	12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
#define RETORT_NARGS_AT_(a1_, a2_, a3_, a4_, a5_, a6_, a7_, a8_, a9_, \
	a10_, a11_, a12_, a13_, a14_, a15_, a16_, a17_, a18_, a19_, \
	a20_, a21_, a22_, a23_, a24_, a25_, a26_, a27_, a28_, a29_, \
	a30_, a31_, a32_, a33_, a34_, a35_, a36_, a37_, a38_, a39_, \
	a40_, a41_, a42_, a43_, a44_, a45_, a46_, a47_, a48_, a49_, \
	a50_, a51_, a52_, a53_, a54_, a55_, a56_, a57_, a58_, a59_, \
	a60_, a61_, a62_, a63_, a64_, n_, ...) n_
#define RETORT_EACH_(m_, ...) \
	RETORT_EACH_N_(RETORT_NARGS_(__VA_ARGS__), m_, __VA_ARGS__)
#define RETORT_EACH_N_(n_, m_, ...) \
	RETORT_PASTE_(RETORT_EACH_, n_)(m_, __VA_ARGS__)
#define RETORT_EACH_1(m_, a_) m_(a_)
#define RETORT_EACH_2(m_, a_, ...) m_(a_), RETORT_EACH_1(m_, __VA_ARGS__)
#define RETORT_EACH_3(m_, a_, ...) m_(a_), RETORT_EACH_2(m_, __VA_ARGS__)
#define RETORT_EACH_4(m_, a_, ...) m_(a_), RETORT_EACH_3(m_, __VA_ARGS__)
#define RETORT_EACH_5(m_, a_, ...) m_(a_), RETORT_EACH_4(m_, __VA_ARGS__)
#define RETORT_EACH_6(m_, a_, ...) m_(a_), RETORT_EACH_5(m_, __VA_ARGS__)
#define RETORT_EACH_7(m_, a_, ...) m_(a_), RETORT_EACH_6(m_, __VA_ARGS__)
#define RETORT_EACH_8(m_, a_, ...) m_(a_), RETORT_EACH_7(m_, __VA_ARGS__)
#define RETORT_EACH_9(m_, a_, ...) m_(a_), RETORT_EACH_8(m_, __VA_ARGS__)
#define RETORT_EACH_10(m_, a_, ...) m_(a_), RETORT_EACH_9(m_, __VA_ARGS__)
#define RETORT_EACH_11(m_, a_, ...) m_(a_), RETORT_EACH_10(m_, __VA_ARGS__)
#define RETORT_EACH_12(m_, a_, ...) m_(a_), RETORT_EACH_11(m_, __VA_ARGS__)
#define RETORT_EACH_13(m_, a_, ...) m_(a_), RETORT_EACH_12(m_, __VA_ARGS__)
#define RETORT_EACH_14(m_, a_, ...) m_(a_), RETORT_EACH_13(m_, __VA_ARGS__)
#define RETORT_EACH_15(m_, a_, ...) m_(a_), RETORT_EACH_14(m_, __VA_ARGS__)
#define RETORT_EACH_16(m_, a_, ...) m_(a_), RETORT_EACH_15(m_, __VA_ARGS__)
#define RETORT_EACH_17(m_, a_, ...) m_(a_), RETORT_EACH_16(m_, __VA_ARGS__)
#define RETORT_EACH_18(m_, a_, ...) m_(a_), RETORT_EACH_17(m_, __VA_ARGS__)
#define RETORT_EACH_19(m_, a_, ...) m_(a_), RETORT_EACH_18(m_, __VA_ARGS__)
#define RETORT_EACH_20(m_, a_, ...) m_(a_), RETORT_EACH_19(m_, __VA_ARGS__)
#define RETORT_EACH_21(m_, a_, ...) m_(a_), RETORT_EACH_20(m_, __VA_ARGS__)
#define RETORT_EACH_22(m_, a_, ...) m_(a_), RETORT_EACH_21(m_, __VA_ARGS__)
#define RETORT_EACH_23(m_, a_, ...) m_(a_), RETORT_EACH_22(m_, __VA_ARGS__)
#define RETORT_EACH_24(m_, a_, ...) m_(a_), RETORT_EACH_23(m_, __VA_ARGS__)
#define RETORT_EACH_25(m_, a_, ...) m_(a_), RETORT_EACH_24(m_, __VA_ARGS__)
#define RETORT_EACH_26(m_, a_, ...) m_(a_), RETORT_EACH_25(m_, __VA_ARGS__)
#define RETORT_EACH_27(m_, a_, ...) m_(a_), RETORT_EACH_26(m_, __VA_ARGS__)
#define RETORT_EACH_28(m_, a_, ...) m_(a_), RETORT_EACH_27(m_, __VA_ARGS__)
#define RETORT_EACH_29(m_, a_, ...) m_(a_), RETORT_EACH_28(m_, __VA_ARGS__)
#define RETORT_EACH_30(m_, a_, ...) m_(a_), RETORT_EACH_29(m_, __VA_ARGS__)
#define RETORT_EACH_31(m_, a_, ...) m_(a_), RETORT_EACH_30(m_, __VA_ARGS__)
#define RETORT_EACH_32(m_, a_, ...) m_(a_), RETORT_EACH_31(m_, __VA_ARGS__)
#define RETORT_EACH_33(m_, a_, ...) m_(a_), RETORT_EACH_32(m_, __VA_ARGS__)
#define RETORT_EACH_34(m_, a_, ...) m_(a_), RETORT_EACH_33(m_, __VA_ARGS__)
#define RETORT_EACH_35(m_, a_, ...) m_(a_), RETORT_EACH_34(m_, __VA_ARGS__)
#define RETORT_EACH_36(m_, a_, ...) m_(a_), RETORT_EACH_35(m_, __VA_ARGS__)
#define RETORT_EACH_37(m_, a_, ...) m_(a_), RETORT_EACH_36(m_, __VA_ARGS__)
#define RETORT_EACH_38(m_, a_, ...) m_(a_), RETORT_EACH_37(m_, __VA_ARGS__)
#define RETORT_EACH_39(m_, a_, ...) m_(a_), RETORT_EACH_38(m_, __VA_ARGS__)
#define RETORT_EACH_40(m_, a_, ...) m_(a_), RETORT_EACH_39(m_, __VA_ARGS__)
#define RETORT_EACH_41(m_, a_, ...) m_(a_), RETORT_EACH_40(m_, __VA_ARGS__)
#define RETORT_EACH_42(m_, a_, ...) m_(a_), RETORT_EACH_41(m_, __VA_ARGS__)
#define RETORT_EACH_43(m_, a_, ...) m_(a_), RETORT_EACH_42(m_, __VA_ARGS__)
#define RETORT_EACH_44(m_, a_, ...) m_(a_), RETORT_EACH_43(m_, __VA_ARGS__)
#define RETORT_EACH_45(m_, a_, ...) m_(a_), RETORT_EACH_44(m_, __VA_ARGS__)
#define RETORT_EACH_46(m_, a_, ...) m_(a_), RETORT_EACH_45(m_, __VA_ARGS__)
#define RETORT_EACH_47(m_, a_, ...) m_(a_), RETORT_EACH_46(m_, __VA_ARGS__)
#define RETORT_EACH_48(m_, a_, ...) m_(a_), RETORT_EACH_47(m_, __VA_ARGS__)
#define RETORT_EACH_49(m_, a_, ...) m_(a_), RETORT_EACH_48(m_, __VA_ARGS__)
#define RETORT_EACH_50(m_, a_, ...) m_(a_), RETORT_EACH_49(m_, __VA_ARGS__)
#define RETORT_EACH_51(m_, a_, ...) m_(a_), RETORT_EACH_50(m_, __VA_ARGS__)
#define RETORT_EACH_52(m_, a_, ...) m_(a_), RETORT_EACH_51(m_, __VA_ARGS__)
#define RETORT_EACH_53(m_, a_, ...) m_(a_), RETORT_EACH_52(m_, __VA_ARGS__)
#define RETORT_EACH_54(m_, a_, ...) m_(a_), RETORT_EACH_53(m_, __VA_ARGS__)
#define RETORT_EACH_55(m_, a_, ...) m_(a_), RETORT_EACH_54(m_, __VA_ARGS__)
#define RETORT_EACH_56(m_, a_, ...) m_(a_), RETORT_EACH_55(m_, __VA_ARGS__)
#define RETORT_EACH_57(m_, a_, ...) m_(a_), RETORT_EACH_56(m_, __VA_ARGS__)
#define RETORT_EACH_58(m_, a_, ...) m_(a_), RETORT_EACH_57(m_, __VA_ARGS__)
#define RETORT_EACH_59(m_, a_, ...) m_(a_), RETORT_EACH_58(m_, __VA_ARGS__)
#define RETORT_EACH_60(m_, a_, ...) m_(a_), RETORT_EACH_59(m_, __VA_ARGS__)
#define RETORT_EACH_61(m_, a_, ...) m_(a_), RETORT_EACH_60(m_, __VA_ARGS__)
#define RETORT_EACH_62(m_, a_, ...) m_(a_), RETORT_EACH_61(m_, __VA_ARGS__)
#define RETORT_EACH_63(m_, a_, ...) m_(a_), RETORT_EACH_62(m_, __VA_ARGS__)
#define RETORT_EACH_64(m_, a_, ...) m_(a_), RETORT_EACH_63(m_, __VA_ARGS__)

#ifndef RETORT_NO_SHORT_NAMES
#define ROW RETORT_ROW
#define SQL RETORT_SQL
#define BYTES RETORT_BYTES
#endif

#ifdef __cplusplus
}
#endif

#endif
