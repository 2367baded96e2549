/*
 * The one description of a database. Models, a live database and a scratch
 * database all become this value, so that anything can be compared with
 * anything. Everything lives in one arena and is never freed singly. What a
 * member does not say (a NULL, a false) is not there.
 */
#ifndef RETORT_SCHEMA_SCHEMA_H
#define RETORT_SCHEMA_SCHEMA_H

#include <stdbool.h>

#include "base/err.h"
#include "base/map.h"
#include "base/vec.h"
#include "retort/model_types.h"

struct type {
	enum retort_type_kind kind;
	int length;		/* VARCHAR, CHAR; precision of NUMERIC; -1: none */
	int scale;		/* NUMERIC; -1: none */
	const char *name;	/* of an ENUM */
	struct strings labels;	/* of an ENUM, in order */
	const struct type *element;	/* of an ARRAY */
	/*
	 * The database's own spelling: set by reflection and by
	 * dialect->lower(). Types are compared by it. "" is a column that was
	 * declared without a type (SQLite).
	 */
	const char *text;
};

/*
 * A property that is set by a statement of its own: a comment on a constraint,
 * a grant, row security, the storage of a column. Two are the same when `key`
 * and `set_sql` are. Whole statements in the database's own spelling.
 */
struct facet {
	const char *key;	/* "comment constraint c", "grant reader" */
	const char *set_sql, *reset_sql;
};

VEC_OF(facets, struct facet);

enum generated { GENERATED_NO, GENERATED_VIRTUAL, GENERATED_STORED };
enum identity { IDENTITY_NO, IDENTITY_ALWAYS, IDENTITY_BY_DEFAULT };

struct column {
	const char *name;
	const char *was;	/* the name before a declared rename */
	struct type type;
	const char *not_null_name;	/* CONSTRAINT name of NOT NULL */
	const char *default_sql;	/* an SQL expression, as written */
	const char *collation;
	const char *generated_sql;	/* an SQL expression */
	const char *identity_sql;	/* options of the identity's sequence */
	/*
	 * The column was made by SERIAL: the sequence that it owns and that
	 * its default (not in default_sql) takes the next value of.
	 */
	const char *serial;
	const char *comment;
	enum generated generated;
	enum identity identity;
	enum retort_conflict not_null_conflict;	/* ON CONFLICT of NOT NULL */
	int line;			/* of the model, for messages; 0: unknown */
	bool not_null;
	bool autoincrement;		/* with a one-column primary key */
	bool inherited;			/* comes from a parent table only */
};

enum constraint_kind {
	CONSTRAINT_PRIMARY_KEY,
	CONSTRAINT_UNIQUE,
	CONSTRAINT_CHECK,
	CONSTRAINT_FOREIGN_KEY,
	CONSTRAINT_EXCLUDE
};

/* A column or an expression of an index, or of a PRIMARY KEY or UNIQUE. */
struct part {
	const char *column;	/* or NULL: an expression */
	const char *expr;
	const char *collation;
	const char *opclass;
	bool descending;
	enum { NULLS_DEFAULT, NULLS_FIRST, NULLS_LAST } nulls;
};

VEC_OF(parts, struct part);

struct constraint {
	enum constraint_kind kind;
	enum retort_conflict conflict;
	const char *name;	/* NULL: it has none */
	struct parts parts;	/* PRIMARY KEY, UNIQUE, FOREIGN KEY (columns) */
	const char *check_sql;	/* CHECK, without the outer parentheses */
	const char *ref_schema;
	const char *ref_table;
	struct strings ref_columns;	/* none: the primary key of ref_table */
	enum retort_action on_delete, on_update;
	struct strings set_columns;	/* SET NULL (columns) */
	const char *match;	/* "FULL", …; NULL: SIMPLE */
	/*
	 * The name was made by the naming convention: one of the same
	 * structure with another name or none is the same constraint.
	 */
	bool auto_name;
	bool deferrable, initially_deferred;
	bool explicit_not_deferrable;	/* written out; means nothing more */
	bool not_valid, no_inherit, nulls_not_distinct;
	const char *exclude_sql;	/* EXCLUDE: all after the word */
	struct strings include;		/* of its index, as in struct index */
	const char *with, *tablespace;
	const char *comment;
};

struct index {
	const char *name;
	bool auto_name;
	bool unique;
	struct parts parts;
	const char *where_sql;
	const char *method;		/* NULL: the database's default */
	struct strings include;
	const char *with;		/* storage parameters, as text */
	const char *tablespace;
	bool nulls_not_distinct, invalid;
	const char *comment;
};

struct table {
	const char *schema;	/* NULL: the default one */
	const char *name;
	const char *was;
	VEC(struct column *) columns;
	VEC(struct constraint *) constraints;
	VEC(struct index *) indexes;
	bool strict, without_rowid, unlogged;
	/*
	 * Of a wanted table that is compared: the live one is the same letter
	 * by letter, so dialect->normalize() may pass it over.
	 */
	bool settled;
	const char *comment;
	/*
	 * What the model language has no word for (partitioning, storage
	 * parameters, …), as the database spells it; NULL when there is
	 * nothing. Kept and reported, never dropped.
	 */
	const char *suffix_sql;
	struct strings inherits;	/* parent tables, as SQL names them */
	const char *partition_by;	/* "RANGE (day)" */
	const char *partition_of;	/* parent table, as SQL names it */
	const char *partition_bound;	/* "FOR VALUES …" or "DEFAULT" */
	const char *with;		/* storage parameters, as text */
	const char *tablespace;
	struct facets facets;
	/*
	 * What must be there first, as in struct object; of tables those alone
	 * whose rows it holds.
	 */
	struct strings needs;
	const char *source;	/* "models.c:12" or NULL, for messages */
};

enum object_kind {
	OBJECT_VIEW,
	OBJECT_TRIGGER,
	OBJECT_ENUM,		/* a type of its own, with `labels` */
	OBJECT_OTHER		/* known by `create_sql` and `drop_sql` */
};

/* A view, a trigger, or a thing known only by its text. */
struct object {
	enum object_kind kind;
	const char *schema;
	const char *name;
	/*
	 * The name before a declared rename. Of a live one: its rename is
	 * planned, or that of one of its labels; the database has the old one.
	 */
	const char *was;
	/* What SQL calls it: "MATERIALIZED VIEW", "FUNCTION"; NULL: by kind. */
	const char *word;
	const char *table;	/* of a trigger: the table or view it is on */
	/* The whole statement, without a closing semicolon. */
	const char *create_sql;
	const char *drop_sql;	/* OBJECT_OTHER */
	struct strings labels;	/* OBJECT_ENUM */
	struct strings renamed;	/* of it: an old label, the new one, … */
	struct facets facets;
	/*
	 * What must be there first: the word and the name as SQL writes them,
	 * "TABLE s.t", "TYPE e", "VIEW \"V\"", "FUNCTION f(integer)".
	 */
	struct strings needs;
	const char *source;
};

struct schema {
	struct arena *mem;	/* where all of it lives */
	bool fold_case;		/* identifiers: ASCII case does not matter */
	/*
	 * It is of models, which have no words for all that a database has:
	 * of facets, storage and the like what it does not say stays.
	 */
	bool says_little;
	/* How its texts spell a name; NULL: as sql_quote_name() does. */
	char *(*quote_name)(struct arena *mem, const char *name);
	/* The sequence of a column that counts; NULL: it has no name. */
	char *(*sequence_name)(struct arena *mem, const char *table,
			       const char *column);
	VEC(struct table *) tables;
	VEC(struct object *) objects;	/* in order of creation */
	/*
	 * What was seen and left out (virtual tables, our own tables, things
	 * excluded): one line each, for `-v` and for db inspect.
	 */
	struct strings notes;
};

/* An empty schema in `mem`; NULL when out of memory. */
struct schema *schema_new(struct arena *mem, bool fold_case);

/* Deep copies into `mem`; NULL when out of memory. */
struct schema *schema_copy(struct arena *mem, const struct schema *s);
struct table *table_copy(struct arena *mem, const struct table *t);
struct column *column_copy(struct arena *mem, const struct column *c);
struct constraint *constraint_copy(struct arena *mem,
				   const struct constraint *c);
struct index *index_copy(struct arena *mem, const struct index *i);
struct object *object_copy(struct arena *mem, const struct object *o);

/* Are two identifiers the same? Either may be NULL. */
bool name_same(const struct schema *s, const char *a, const char *b);

/* Look up; NULL when there is none. Linear. */
struct table *schema_table(const struct schema *s, const char *schema,
			   const char *name);
/* For many look-ups in tables that stay as they are. */
struct table_map {
	const struct schema *s;
	struct map by_name;
};
bool table_map_init(struct table_map *m, const struct schema *s,
		    struct arena *mem);	/* false: no memory */
struct table *table_map_get(const struct table_map *m, const char *schema,
			    const char *name);
/* The table that SQL calls so: t, s.t, "T". */
struct table *schema_table_called(const struct schema *s, const char *sql);
struct object *schema_object(const struct schema *s, enum object_kind kind,
			     const char *schema, const char *name);
/*
 * The one of the same kind and name, and of the same table where names are the
 * table's: there may be a policy or a trigger of one name on many.
 */
struct object *schema_object_like(const struct schema *s,
				  const struct object *like);
struct column *table_column(const struct schema *s, const struct table *t,
			    const char *name);
/* Index in the vector, or -1. */
long table_column_at(const struct schema *s, const struct table *t,
		     const char *name);
struct constraint *table_constraint(const struct schema *s,
				    const struct table *t, const char *name);
struct constraint *table_primary_key(const struct table *t);
struct index *table_index(const struct schema *s, const struct table *t,
			  const char *name);

/*
 * Are they the same in everything a database can tell? Texts are compared as
 * they stand (see dialect->normalize), identifiers by name_same(), `was`,
 * `source`, `line` and comments of a database that has none not at all. The
 * order of columns and of constraints does not matter; that of parts does.
 */
bool column_same(const struct schema *s, const struct column *a,
		 const struct column *b);
bool constraint_same(const struct schema *s, const struct constraint *a,
		     const struct constraint *b);
/* As constraint_same() but for the name. */
bool constraint_same_structure(const struct schema *s,
			       const struct constraint *a,
			       const struct constraint *b);
bool index_same(const struct schema *s, const struct index *a,
		const struct index *b);
bool type_same(const struct type *a, const struct type *b);
bool text_same(const char *a, const char *b);	/* NULL equals NULL only */

/*
 * A canonical text of the whole schema, the same for two that are the same:
 * sorted, one line an object. For tests, for the proof and for messages
 * ("differs at line …").
 */
char *schema_dump(struct arena *mem, const struct schema *s);

/*
 * Tables so that each comes after those it references; the members of a cycle
 * keep their order. Writes schema->tables.n pointers to `out`. Returns false
 * when out of memory.
 */
bool schema_sort_tables(const struct schema *s, struct arena *mem,
			struct table **out);

#endif
