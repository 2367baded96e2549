/* One comparison under way: what the files of this folder share. */
#ifndef RETORT_DIFF_DIFFER_H
#define RETORT_DIFF_DIFFER_H

#include "base/map.h"
#include "diff/diff.h"

/* A table that is live, and what becomes of it. */
struct pair {
	const struct table *live;	/* as it is in the database */
	const struct table *work;	/* with the renames done */
	struct table *wanted;		/* NULL: it is dropped */
	const char *looks_like;		/* of a dropped one: an added one */
	struct ops ops;			/* changes, in the order they work */
	bool gone;			/* dropped early: its name is needed */
};

struct differ {
	const struct dialect *d;	/* NULL: nothing is asked of one */
	struct conn *conn;
	const struct schema *live;
	/* `live` itself, or once something is renamed a copy of it. */
	const struct schema *work;
	struct schema *renamed;		/* that copy, or NULL */
	struct schema *wanted;
	const struct diff_options *o;
	struct arena *mem;		/* of the results */
	struct arena *tmp;
	struct diff *out;
	struct err *err;
	bool no_memory;			/* a look-up could not be made */

	/* Columns that are to be changed whatever they look like. */
	VEC(struct { const struct column *wanted; unsigned bits; }) told;
	struct pair *pairs;		/* one for each table of `live` */
	size_t n_pairs;
	struct map by_name;		/* name in `work` -> struct pair */
	VEC(struct table *) added;	/* wanted and not live */
	VEC(const struct table *) late_made;	/* of them: after their parents */

	struct ops drop_objects, renames, early, creates, late, drops,
		   create_objects;
	struct ops first_objects;	/* those no table stands under */
	struct ops last_objects;	/* dropped ones that tables stood on */
	struct ops grown, shrunk;	/* types: more labels, fewer labels */
	struct ops resets, facets;
	struct ops leaves, joins;	/* of parents: no more, and from now */
	struct ops early_drops;		/* of tables whose parents change */
};

/* May a foreign key name a table that is not there yet? */
bool differ_inline_keys(const struct differ *d);

/* The key of a table in a map; NULL when out of memory. */
const char *table_key(struct arena *mem, const char *schema, const char *name);

/*
 * Let a text of `wanted` be spelled as it is live. False when out of memory.
 */
bool differ_adopt(struct differ *d, const char **wanted, const char *live);

/* The pair whose table now has this name, or NULL (see no_memory). */
struct pair *differ_pair(struct differ *d, const char *schema,
			 const char *name);

/* An operation on table `t` at the end of `list`; NULL: reported. */
struct op *differ_op(struct differ *d, struct ops *list, enum op_kind kind,
		     const struct table *t);

/* Has the schema of that table a table, index or constraint of that name? */
bool differ_name_used(const struct differ *d, const struct pair *p,
		      const char *name);

/* OP_DROP_INDEX or OP_CREATE_INDEX at the end of `list`. */
retort_status differ_index(struct differ *d, const struct pair *p,
			   struct ops *list, enum op_kind kind,
			   const struct index *x);

/* Match tables and columns; fill `pairs`, `added`, `renames`, `work`. */
retort_status differ_match(struct differ *d);

/* Renames are done on a copy, made when the first one is found. */
retort_status differ_copy_live(struct differ *d);
/* A rename at the end of `renames`, carried out in `work`. */
retort_status differ_rename(struct differ *d, struct pair *p,
			    enum op_kind kind, const char *from,
			    const char *to);
/* The table of the pair becomes the model `t`. */
retort_status differ_rename_table(struct differ *d, struct pair *p,
				  struct table *t);

/* Renames that the models tell with `.was`. */
retort_status differ_tables_by_was(struct differ *d);
retort_status differ_columns_by_was(struct differ *d, struct pair *p);

/* Sequences and labels, by --rename and as the models tell. */
retort_status differ_rename_objects(struct differ *d);
/* Does --rename mean a sequence, or "enum.label", that is live? */
bool differ_names_object(struct differ *d, const char *name);

/* Do all columns have their counterpart in the same place? */
bool differ_same_columns(const struct differ *d, const struct pair *p);

/* The columns of a pair that have another name now. */
retort_status differ_match_columns(struct differ *d, struct pair *p);
/* Another name an added column may have had: a hint for a drop. */
const struct column *differ_looks_like(const struct differ *d,
				       const struct pair *p,
				       const struct column *dropped);

/*
 * Is the table of a pair as it is wanted, letter by letter, as most are? Then
 * nothing is to be asked, spelled in another way or compared.
 */
bool differ_settled(const struct differ *d, const struct pair *p);

/* Fill pair->ops. */
retort_status differ_table(struct differ *d, struct pair *p);
retort_status differ_columns(struct differ *d, struct pair *p);
/* Let o->compare decide about columns, before they are compared. */
retort_status differ_ask_columns(struct differ *d);
retort_status differ_constraints(struct differ *d, struct pair *p,
				 struct ops *drop, struct ops *add);
retort_status differ_indexes(struct differ *d, struct pair *p,
			     struct ops *drop, struct ops *add);

/* What models have no words for stays as it is live, and is noted. */
retort_status differ_keep_storage(struct differ *d, const struct table *live,
				  struct table *wanted);
retort_status differ_keep_facets(struct differ *d, const struct pair *p);
retort_status differ_keep_objects(struct differ *d);

/* Facets of what is there before and after. */
retort_status differ_facets(struct differ *d);

/* An object is known by its kind, schema, table and name; NULL: no memory. */
const char *object_key(struct arena *mem, const struct object *o);

/* Fill drop_objects and create_objects. */
retort_status differ_objects(struct differ *d);

/* Put everything in order into `out->up`. */
retort_status differ_order(struct differ *d);

/* Set op->warning and op->loses_data. False when out of memory. */
bool warn_drop_table(struct differ *d, const struct pair *p, struct op *op);
bool warn_drop_column(struct differ *d, const struct pair *p, struct op *op);
bool warn_add_column(struct differ *d, const struct pair *p, struct op *op);
bool warn_alter_column(struct differ *d, const struct pair *p, struct op *op);
bool warn_add_constraint(struct differ *d, const struct pair *p,
			 struct op *op);
bool warn_drop_object(struct differ *d, struct op *op);
bool warn_alter_object(struct differ *d, struct op *op);
bool warn_create_index(struct differ *d, const struct pair *p, struct op *op);

#endif
