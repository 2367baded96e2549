/* What the files that read the live schema share. */
#ifndef RETORT_DIALECT_POSTGRESQL_REFLECT_H
#define RETORT_DIALECT_POSTGRESQL_REFLECT_H

#include "base/map.h"
#include "dialect/postgresql/pg.h"

/* A column by its number; one that was dropped has no name. */
struct att {
	const char *name;
	const char *type;	/* oid, of a domain's base type */
	const char *collation;	/* oid */
	struct column *column;	/* of a table */
};

/*
 * Something the catalog knows by class and oid and that others may need: it
 * is a table or an object, or belongs to a table (a serial's sequence).
 */
struct node {
	const char *key;	/* as DROP calls it: "TABLE s.t" */
	struct table *table;
	struct object *object;
	struct node *owner;	/* it is a part of this one */
	VEC(struct node *) needs;
	bool done;
};

/* A relation. */
struct rel {
	struct node node;
	char kind;		/* as pg_class.relkind */
	bool unlogged;
	const char *sql;	/* its name in a statement */
	const char *schema;	/* NULL: the default one */
	const char *name;
	const char *counts;	/* a sequence: the column it belongs to */
	bool left_out, listed;
	VEC(struct rel *) parents;
	VEC(struct att) atts;	/* [attnum - 1] */
};

/* An index: of a constraint, or of its own. */
struct read_index {
	struct rel *rel;
	struct index index;
	struct index *own;	/* in its table */
	bool of_constraint;
};

struct opclass {
	const char *name;
	const char *type;	/* oid */
	bool is_default, for_many;
};

struct reading {
	struct conn *conn;
	const struct reflect_options *o;
	const char *home;	/* the default schema */
	const char *namespaces;	/* oids, as an array */
	struct arena *mem;	/* of the result */
	struct schema *schema;
	struct arena tmp;
	struct map names;	/* oid of a schema -> its name */
	struct map rels;	/* oid -> struct rel */
	struct map nodes;	/* "class oid" -> struct node */
	struct map indexes;	/* oid -> struct read_index */
	struct map constraints;	/* oid -> struct constraint */
	struct map collations;	/* oid -> name */
	struct map opclasses;	/* oid -> struct opclass */
	VEC(struct rel *) tables, views;
	VEC(struct read_index *) index_list;
	VEC(struct node *) objects;
	VEC(struct request) queue;
	size_t views_listed;
	/* Names of the catalogs in which there is something to read. */
	struct strings present;
	/* There may be some: of tables, their columns and indexes. */
	bool facets, column_facets, index_facets, grants, column_grants;
	bool sequences, schemas;	/* other schemas than the usual */
	retort_status rc;
	struct err *err;
};

/* A row of a query: says nothing more once r->rc is set. */
typedef retort_status read_fn(struct reading *r, const char *const cell[]);

/*
 * Have a statement run with the others that wait, in one round trip; its first
 * `n` parameters are r->namespaces and r->home.
 */
retort_status read_rows(struct reading *r, const char *sql, int n,
			read_fn *row);
retort_status read_rows_with(struct reading *r, const char *sql,
			     const char *second, read_fn *row);
/* Is there something in one of these catalogs, or in any but these? */
bool has_any(const struct reading *r, const char *catalogs);
bool has_other(const struct reading *r, const char *catalogs);
/* Run those that wait. */
retort_status read_queue(struct reading *r);

static inline bool is_true(const char *cell)
{
	return cell && *cell == 't';
}

/* "{1,2}" or "1 2": numbers one after another; false at the end. */
bool next_number(const char **s, long *out);

/* The elements of an array, as the server writes one of texts. */
retort_status read_array(struct reading *r, const char *s, struct arena *mem,
			 struct strings *out);

/* A copy in the result; NULL stays NULL. r->rc is set when it fails. */
const char *keep(struct reading *r, const char *s);

/* Take off parentheses that go around all of it. */
const char *bare(struct reading *r, const char *expr);

/* The schema to write; NULL for the default one. */
const char *schema_of(struct reading *r, const char *oid);

/* A name in a statement, in the result; r->rc is set when it fails. */
const char *sql_name(struct reading *r, const char *schema, const char *name);

struct rel *rel_of(struct reading *r, const char *oid);
retort_status add_node(struct reading *r, const char *class, const char *oid,
		       struct node *node);

/* The column of that number, or NULL. */
struct att *att_of(struct rel *rel, long number);

/* A name of its own in "DROP …", and its place among the objects. */
retort_status add_object(struct reading *r, struct node *node,
			 struct object *object, const char *ident);

retort_status read_relations(struct reading *r);
retort_status list_tables(struct reading *r);
retort_status read_sequences(struct reading *r);	/* after the types */
retort_status read_indexes(struct reading *r);
retort_status read_constraints(struct reading *r);
retort_status add_indexes(struct reading *r);
retort_status read_objects(struct reading *r);
retort_status read_facets(struct reading *r);
retort_status read_needs(struct reading *r);
retort_status list_objects(struct reading *r);

/* To be told of; NULL: out of memory. */
retort_status add_note(struct reading *r, const char *text);
retort_status add_facet(struct reading *r, struct node *node, const char *key,
			const char *set_sql, const char *reset_sql);

#endif
