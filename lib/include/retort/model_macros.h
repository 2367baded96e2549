/*
 * retort/model_macros.h - the words of <retort/model.h>, most of which
 * <retort/revision.h> has too. Each expands to a part of an initialiser, so
 * that attributes are written as `.name = value` after what must be there.
 * A comma after the last item is always allowed.
 */
#ifndef RETORT_MODEL_MACROS_H
#define RETORT_MODEL_MACROS_H

/* Declarations, at file scope; a semicolon follows -------------------------- */

/** A table named after its model: `OrderItem` is table "order_item". */
#define RETORT_MODEL(name_, ...) \
	RETORT_DECLARE_(RETORT_OBJECT_TABLE, .model = #name_, __VA_ARGS__)
/** A table by its own name. */
#define RETORT_TABLE(name_, ...) \
	RETORT_DECLARE_(RETORT_OBJECT_TABLE, .table = name_, __VA_ARGS__)
/** VIEW("name", "SELECT …"), or the whole CREATE VIEW statement. */
#define RETORT_VIEW(name_, ...) \
	RETORT_DECLARE_(RETORT_OBJECT_VIEW, .table = name_, .sql = __VA_ARGS__)
/** TRIGGER("name", "table", "CREATE TRIGGER …") */
#define RETORT_TRIGGER(name_, on_, ...)                                    \
	RETORT_DECLARE_(RETORT_OBJECT_TRIGGER, .table = name_, .on = on_,  \
			.sql = __VA_ARGS__)
/** Anything else: SQL_OBJECT("name", "CREATE …", "DROP …") */
#define RETORT_SQL_OBJECT(name_, create_, ...)                             \
	RETORT_DECLARE_(RETORT_OBJECT_OTHER, .table = name_,               \
			.sql = create_, .drop_sql = __VA_ARGS__)
/** ENUM_TYPE("mood", LABELS("happy", "sad")); a column says TYPE("mood") */
#define RETORT_ENUM_TYPE(name_, ...)                                       \
	RETORT_DECLARE_(RETORT_OBJECT_ENUM, .table = name_, __VA_ARGS__)

/* Parts of a table ----------------------------------------------------------- */

#define RETORT_COLUMNS(...) \
	RETORT_ARRAY_(columns, retort_column, __VA_ARGS__)
#define RETORT_CONSTRAINTS(...) \
	RETORT_ARRAY_(constraints, retort_constraint, __VA_ARGS__)
#define RETORT_INDEXES(...) \
	RETORT_ARRAY_(indexes, retort_index, __VA_ARGS__)

/** COLUMN("name", TYPE, FLAG | FLAG, .attribute = …); flags may be left out. */
#define RETORT_COLUMN(name_, ...) { .name = name_, .type = __VA_ARGS__ }
/** OVERRIDES(OVERRIDE("postgresql", .type = …), …), an attribute of a column. */
#define RETORT_OVERRIDES(...) \
	RETORT_ARRAY_(overrides, retort_override, __VA_ARGS__)
#define RETORT_OVERRIDE(...) { .dialect = __VA_ARGS__ }

/** What other statements set: FACETS(FACET("key", "set", "reset"), …) */
#define RETORT_FACETS(...) \
	RETORT_ARRAY_(facets, retort_facet, __VA_ARGS__)
#define RETORT_FACET(...) { .key = __VA_ARGS__ }
/** LABELS("a", "b") of an ENUM_TYPE */
#define RETORT_LABELS(...) .labels = RETORT_LIST(__VA_ARGS__)
/** RENAMED_LABELS("old", "new", …) of an ENUM_TYPE; may be left in */
#define RETORT_RENAMED_LABELS(...) .renamed_labels = RETORT_LIST(__VA_ARGS__)

/** Names: LIST("a", "b") */
#define RETORT_LIST(...)                                                   \
	(const char *const[sizeof((const char *const[]){ __VA_ARGS__ }) /  \
			   sizeof(char *) + 1]){ __VA_ARGS__ }

/** PRIMARY_KEY_ON(LIST("a", "b"), .name = …) */
#define RETORT_PRIMARY_KEY_ON(...) \
	{ .kind = RETORT_CONSTRAINT_PRIMARY_KEY, .columns = __VA_ARGS__ }
/** UNIQUE_ON(LIST("a", "b"), .name = …) */
#define RETORT_UNIQUE_ON(...) \
	{ .kind = RETORT_CONSTRAINT_UNIQUE, .columns = __VA_ARGS__ }
/** CHECK("a < b", .name = …) */
#define RETORT_CHECK(...) \
	{ .kind = RETORT_CONSTRAINT_CHECK, .expression = __VA_ARGS__ }
/** FOREIGN_KEY(LIST("a"), "table", LIST("id"), .on_delete = CASCADE) */
#define RETORT_FOREIGN_KEY(columns_, ...)                                  \
	{ .kind = RETORT_CONSTRAINT_FOREIGN_KEY, .columns = columns_,      \
	  .ref_table = __VA_ARGS__ }
/** EXCLUDE("USING gist (room WITH =, during WITH &&)", .name = …) */
#define RETORT_EXCLUDE(...) \
	{ .kind = RETORT_CONSTRAINT_EXCLUDE, .expression = __VA_ARGS__ }
/** INDEX_ON(LIST("a", "b DESC", "lower(c)"), .unique = true, .where = …) */
#define RETORT_INDEX_ON(...) { .columns = __VA_ARGS__ }

/* Types ----------------------------------------------------------------------- */

#define RETORT_INTEGER { .kind = RETORT_TYPE_INTEGER }
#define RETORT_BIGINT { .kind = RETORT_TYPE_BIGINT }
#define RETORT_SMALLINT { .kind = RETORT_TYPE_SMALLINT }
#define RETORT_BOOLEAN { .kind = RETORT_TYPE_BOOLEAN }
#define RETORT_VARCHAR(...) RETORT_SIZED_(RETORT_TYPE_VARCHAR, __VA_ARGS__)
#define RETORT_CHAR(...) RETORT_SIZED_(RETORT_TYPE_CHAR, __VA_ARGS__)
#define RETORT_TEXT { .kind = RETORT_TYPE_TEXT }
/** NUMERIC(precision, scale), NUMERIC(precision) or NUMERIC_ANY */
#define RETORT_NUMERIC(...) RETORT_SIZED_(RETORT_TYPE_NUMERIC, __VA_ARGS__)
#define RETORT_NUMERIC_ANY { .kind = RETORT_TYPE_NUMERIC }
#define RETORT_REAL { .kind = RETORT_TYPE_REAL }
#define RETORT_DOUBLE { .kind = RETORT_TYPE_DOUBLE }
#define RETORT_DATE { .kind = RETORT_TYPE_DATE }
#define RETORT_TIME { .kind = RETORT_TYPE_TIME }
#define RETORT_TIMESTAMP { .kind = RETORT_TYPE_TIMESTAMP }
#define RETORT_TIMESTAMPTZ { .kind = RETORT_TYPE_TIMESTAMPTZ }
#define RETORT_INTERVAL { .kind = RETORT_TYPE_INTERVAL }
#define RETORT_BLOB { .kind = RETORT_TYPE_BLOB }
#define RETORT_JSON { .kind = RETORT_TYPE_JSON }
#define RETORT_JSONB { .kind = RETORT_TYPE_JSONB }
#define RETORT_UUID { .kind = RETORT_TYPE_UUID }
/** ENUM("mood", "happy", "sad") */
#define RETORT_ENUM(name_, ...)                                            \
	{ .kind = RETORT_TYPE_ENUM, .name = name_,                         \
	  .labels = RETORT_LIST(__VA_ARGS__) }
/** ARRAY_OF(INTEGER) */
#define RETORT_ARRAY_OF(...)                                               \
	{ .kind = RETORT_TYPE_ARRAY,                                       \
	  .element = &(const retort_type)__VA_ARGS__ }
/** The database's own words: TYPE("MONEY"); "" for no type (SQLite). */
#define RETORT_TYPE(text_) { .kind = RETORT_TYPE_VERBATIM, .name = text_ }

/* Behind the macros ------------------------------------------------------------ */

#define RETORT_ARRAY_(member_, type_, ...)                                 \
	.member_ = (const type_[]){ __VA_ARGS__ },                         \
	.n_##member_ = sizeof((const type_[]){ __VA_ARGS__ }) / sizeof(type_)

#define RETORT_SIZED_(kind_, ...)                                          \
	{ .kind = kind_,                                                   \
	  .given = sizeof((const int[]){ 0, __VA_ARGS__ }) / sizeof(int) - 1, \
	  __VA_ARGS__ }

#define RETORT_PASTE_(a_, b_) a_##b_

/* A section with this attribute outlives the linker's --gc-sections. */
#ifdef __has_attribute
# if __has_attribute(retain)
#  define RETORT_KEEP_ used, retain, section("retort_models")
# endif
#endif
#ifndef RETORT_KEEP_
# define RETORT_KEEP_ used, section("retort_models")
#endif

#define RETORT_DECLARE_(kind_, ...) \
	RETORT_DECLARE_N_(__COUNTER__, kind_, __VA_ARGS__)
#define RETORT_DECLARE_N_(n_, kind_, ...)                                  \
	static const retort_model RETORT_PASTE_(retort_model_, n_) = {     \
		.kind = kind_, .file = __FILE__, .line = __LINE__,         \
		__VA_ARGS__                                                \
	};                                                                 \
	static const retort_model *const RETORT_PASTE_(retort_entry_, n_)  \
	__attribute__((RETORT_KEEP_)) = &RETORT_PASTE_(retort_model_, n_)

/* Short names ------------------------------------------------------------------ */

#ifndef RETORT_NO_SHORT_NAMES

#define MODEL RETORT_MODEL
#define TABLE RETORT_TABLE
#define VIEW RETORT_VIEW
#define TRIGGER RETORT_TRIGGER
#define SQL_OBJECT RETORT_SQL_OBJECT
#define ENUM_TYPE RETORT_ENUM_TYPE

#define COLUMNS RETORT_COLUMNS
#define CONSTRAINTS RETORT_CONSTRAINTS
#define INDEXES RETORT_INDEXES
#define COLUMN RETORT_COLUMN
#define OVERRIDES RETORT_OVERRIDES
#define OVERRIDE RETORT_OVERRIDE
#define FACETS RETORT_FACETS
#define FACET RETORT_FACET
#define LABELS RETORT_LABELS
#define RENAMED_LABELS RETORT_RENAMED_LABELS
#define LIST RETORT_LIST
#define PRIMARY_KEY_ON RETORT_PRIMARY_KEY_ON
#define UNIQUE_ON RETORT_UNIQUE_ON
#define CHECK RETORT_CHECK
#define FOREIGN_KEY RETORT_FOREIGN_KEY
#define EXCLUDE RETORT_EXCLUDE
#define INDEX_ON RETORT_INDEX_ON

#define INTEGER RETORT_INTEGER
#define BIGINT RETORT_BIGINT
#define SMALLINT RETORT_SMALLINT
#define BOOLEAN RETORT_BOOLEAN
#define VARCHAR RETORT_VARCHAR
#define CHAR RETORT_CHAR
#define TEXT RETORT_TEXT
#define NUMERIC RETORT_NUMERIC
#define NUMERIC_ANY RETORT_NUMERIC_ANY
#define REAL RETORT_REAL
#define DOUBLE RETORT_DOUBLE
#define DATE RETORT_DATE
#define TIME RETORT_TIME
#define TIMESTAMP RETORT_TIMESTAMP
#define TIMESTAMPTZ RETORT_TIMESTAMPTZ
#define INTERVAL RETORT_INTERVAL
#define BLOB RETORT_BLOB
#define JSON RETORT_JSON
#define JSONB RETORT_JSONB
#define UUID RETORT_UUID
#define ENUM RETORT_ENUM
#define ARRAY_OF RETORT_ARRAY_OF
#define TYPE RETORT_TYPE

#define PRIMARY_KEY RETORT_PRIMARY_KEY
#define NOT_NULL RETORT_NOT_NULL
#define UNIQUE RETORT_UNIQUE
#define INDEX RETORT_INDEX
#define AUTOINCREMENT RETORT_AUTOINCREMENT
#define DEFERRABLE RETORT_DEFERRABLE
#define INITIALLY_DEFERRED RETORT_INITIALLY_DEFERRED
#define STORED RETORT_STORED
#define IDENTITY RETORT_IDENTITY
#define IDENTITY_ALWAYS RETORT_IDENTITY_ALWAYS
#define SERIAL RETORT_SERIAL
#define INHERITED RETORT_INHERITED

#define NO_ACTION RETORT_NO_ACTION
#define RESTRICT RETORT_RESTRICT
#define CASCADE RETORT_CASCADE
#define SET_NULL RETORT_SET_NULL
#define SET_DEFAULT RETORT_SET_DEFAULT

#define CONFLICT_ROLLBACK RETORT_CONFLICT_ROLLBACK
#define CONFLICT_ABORT RETORT_CONFLICT_ABORT
#define CONFLICT_FAIL RETORT_CONFLICT_FAIL
#define CONFLICT_IGNORE RETORT_CONFLICT_IGNORE
#define CONFLICT_REPLACE RETORT_CONFLICT_REPLACE

#endif
#endif
