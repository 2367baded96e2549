/*
 * retort/model.h - declare the tables of a program.
 *
 * Models are static data: no function is called and nothing is linked. Each
 * declaration registers itself in an ELF section of the shared library, which
 * exports retort_models_v1() for `db` to read it. A library may be made of
 * several files; each includes this header.
 *
 * Strings and arrays belong to the library and live as long as it is loaded.
 *
 *     MODEL(User,
 *         COLUMNS(
 *             COLUMN("id",   INTEGER,     PRIMARY_KEY),
 *             COLUMN("name", VARCHAR(80), UNIQUE | NOT_NULL),
 *         ));
 *
 * Define RETORT_NO_SHORT_NAMES before the #include where the short names
 * (INTEGER, TEXT, LIST, …) clash; those with RETORT_ in front always exist.
 */
#ifndef RETORT_MODEL_H
#define RETORT_MODEL_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Changes when the layout of a structure below does. */
#define RETORT_MODEL_ABI 1

typedef enum retort_type_kind {
	RETORT_TYPE_VERBATIM = 0,	/**< `name` is the database's own text. */
	RETORT_TYPE_INTEGER,
	RETORT_TYPE_BIGINT,
	RETORT_TYPE_SMALLINT,
	RETORT_TYPE_BOOLEAN,
	RETORT_TYPE_VARCHAR,
	RETORT_TYPE_CHAR,
	RETORT_TYPE_TEXT,
	RETORT_TYPE_NUMERIC,
	RETORT_TYPE_REAL,
	RETORT_TYPE_DOUBLE,
	RETORT_TYPE_DATE,
	RETORT_TYPE_TIME,
	RETORT_TYPE_TIMESTAMP,
	RETORT_TYPE_TIMESTAMPTZ,
	RETORT_TYPE_INTERVAL,
	RETORT_TYPE_BLOB,
	RETORT_TYPE_JSON,
	RETORT_TYPE_JSONB,
	RETORT_TYPE_UUID,
	RETORT_TYPE_ENUM,
	RETORT_TYPE_ARRAY
} retort_type_kind;

/** A column type; written with the macros below. */
typedef struct retort_type {
	retort_type_kind kind;
	int length;	/**< Characters, or digits of a NUMERIC; 0: not given. */
	int scale;	/**< Digits after the point. */
	const char *name;	/**< Of an ENUM, or the verbatim text. */
	const char *const *labels;	/**< Of an ENUM; NULL ends. */
	const struct retort_type *element;	/**< Of an ARRAY. */
} retort_type;

/** Bits of a column; joined with |. */
enum retort_column_flags {
	RETORT_PRIMARY_KEY = 1 << 0,	/**< Several: a composite key. */
	RETORT_NOT_NULL = 1 << 1,
	RETORT_UNIQUE = 1 << 2,
	RETORT_INDEX = 1 << 3,
	RETORT_AUTOINCREMENT = 1 << 4,
	RETORT_DEFERRABLE = 1 << 5,	/**< Of `.references`. */
	RETORT_INITIALLY_DEFERRED = 1 << 6,	/**< And so deferrable. */
	RETORT_STORED = 1 << 7		/**< Of `.generated`. */
};

typedef enum retort_action {
	RETORT_NO_ACTION = 0,
	RETORT_RESTRICT,
	RETORT_CASCADE,
	RETORT_SET_NULL,
	RETORT_SET_DEFAULT
} retort_action;

/** SQLite's ON CONFLICT clause; other databases refuse it. */
typedef enum retort_conflict {
	RETORT_CONFLICT_NONE = 0,
	RETORT_CONFLICT_ROLLBACK,
	RETORT_CONFLICT_ABORT,
	RETORT_CONFLICT_FAIL,
	RETORT_CONFLICT_IGNORE,
	RETORT_CONFLICT_REPLACE
} retort_conflict;

/** What replaces a column's attributes on one database. */
typedef struct retort_override {
	const char *dialect;	/**< "sqlite", "postgresql". */
	retort_type type;	/**< Where `kind` or `name` is set. */
	const char *server_default, *collation, *generated;
} retort_override;

typedef struct retort_column {
	const char *name;
	retort_type type;
	unsigned flags;		/**< enum retort_column_flags. */
	/** An SQL expression as DEFAULT takes it: "0", "'new'", "(1 + 1)". */
	const char *server_default;
	const char *comment;
	const char *collation;
	/** GENERATED ALWAYS AS (this); virtual unless RETORT_STORED. */
	const char *generated;
	const char *check;	/**< An SQL expression over this column. */
	const char *check_name;
	/** "table.column" or "schema.table.column" of a one-column key. */
	const char *references;
	const char *references_name;	/**< Of the key; else by convention. */
	retort_action on_delete, on_update;
	const char *match;	/**< "FULL", "PARTIAL", "SIMPLE". */
	const char *was;	/**< Its name before it was renamed. */
	retort_conflict on_conflict;	/**< Of NOT NULL. */
	retort_conflict unique_on_conflict, primary_key_on_conflict;
	const char *not_null_name, *unique_name;	/**< CONSTRAINT names. */
	const retort_override *overrides;
	size_t n_overrides;
} retort_column;

typedef enum retort_constraint_kind {
	RETORT_CONSTRAINT_PRIMARY_KEY,
	RETORT_CONSTRAINT_UNIQUE,
	RETORT_CONSTRAINT_CHECK,
	RETORT_CONSTRAINT_FOREIGN_KEY,
	RETORT_CONSTRAINT_EXCLUDE
} retort_constraint_kind;

/**
 * A constraint of a table. In `columns` an entry is a column's name, or, of a
 * PRIMARY KEY or UNIQUE, a name followed by COLLATE and DESC.
 */
typedef struct retort_constraint {
	retort_constraint_kind kind;
	const char *const *columns;	/**< NULL ends. */
	const char *expression;		/**< CHECK, EXCLUDE. */
	const char *ref_table;		/**< "table" or "schema.table". */
	const char *const *ref_columns;	/**< NULL: its primary key. */
	const char *name;		/**< NULL: by the naming convention. */
	retort_action on_delete, on_update;
	const char *match;
	bool deferrable, initially_deferred, explicit_not_deferrable;
	bool not_valid, no_inherit, nulls_not_distinct;
	retort_conflict on_conflict;
	const char *only;		/**< One dialect's name; NULL: all. */
	bool autoincrement;		/**< Of a PRIMARY KEY. */
} retort_constraint;

/**
 * An index. An entry of `columns` is a column's name, or a name or an
 * expression followed by COLLATE, an operator class, ASC or DESC, NULLS.
 */
typedef struct retort_index {
	const char *const *columns;	/**< NULL ends. */
	const char *name;		/**< NULL: by the naming convention. */
	bool unique;
	const char *where;
	const char *method;
	const char *const *include;
	const char *with, *tablespace;
	bool nulls_not_distinct;
	const char *was;
	const char *only;
	const char *comment;
} retort_index;

typedef enum retort_object_kind {
	RETORT_OBJECT_TABLE,
	RETORT_OBJECT_VIEW,
	RETORT_OBJECT_TRIGGER,
	RETORT_OBJECT_OTHER
} retort_object_kind;

/** One declaration. */
typedef struct retort_model {
	retort_object_kind kind;
	const char *file;
	int line;
	const char *model;	/**< "User", or NULL when `table` names it. */
	const char *table;	/**< The table's, view's or trigger's name. */
	const char *schema;	/**< NULL: the default one. */
	const retort_column *columns;
	size_t n_columns;
	const retort_constraint *constraints;
	size_t n_constraints;
	const retort_index *indexes;
	size_t n_indexes;
	const char *comment;
	const char *was;
	bool strict, without_rowid;
	/** Constraints declared without a name have none in the database. */
	bool unnamed;
	const char *only;	/**< One dialect's name; NULL: all. */
	/** A view: its SELECT; a trigger or other: the whole statement. */
	const char *sql;
	const char *drop_sql;	/**< RETORT_OBJECT_OTHER. */
	const char *on;		/**< A trigger: its table or view. */
} retort_model;

/** What a models library exports; `abi` is read before anything else. */
typedef struct retort_models {
	int abi;		/**< RETORT_MODEL_ABI. */
	size_t model_size;	/**< sizeof(retort_model). */
	const retort_model *const *begin, *const *end;
} retort_models;

#ifdef __cplusplus
}
#endif

#include <retort/model_macros.h>

#endif
