/* One declaration -> parts of a schema; behind model_schema() and recording. */
#ifndef RETORT_MODEL_DECLARE_H
#define RETORT_MODEL_DECLARE_H

#include "model/model.h"

/* A foreign key whose target is looked up when all tables are known. */
struct declared_key {
	const retort_model *m;
	struct table *table;
	struct constraint *key;
	bool unchecked;
};

VEC_OF(declared_keys, struct declared_key);

/*
 * What a declaration is read with. `table` is the one it belongs to: with its
 * columns for a model; in a revision perhaps with its name only (`partial`),
 * and then names of columns are taken as they are.
 */
struct declare {
	const struct dialect *d;
	const struct naming *naming;
	struct arena *mem;
	struct err *err;
	const retort_model *m;	/* for messages; NULL in a revision */
	struct schema names;	/* has fold_case, nothing else */
	struct table *table;
	bool partial;
	bool unnamed;		/* constraints get no name */
	struct declared_keys *keys;	/* NULL: nobody looks them up */
	bool nomem;		/* sticks, see declare_text() */
};

/* Ready for declarations of `d`; `m` and `table` are still to be set. */
void declare_init(struct declare *x, const struct dialect *d,
		  const struct naming *naming, struct arena *mem,
		  struct err *err);

/* A report that names the model and where it stands. */
__attribute__((format(printf, 2, 3)))
retort_status declare_error(struct declare *x, const char *fmt, ...);

/*
 * A copy, NULL for NULL. Without memory x->nomem is set: one check with
 * declare_done() at the end is enough.
 */
const char *declare_copy(struct declare *x, const char *s);
static inline const char *declare_text(struct declare *x, const char *s)
{
	return s ? declare_copy(x, s) : NULL;	/* most are not there */
}
retort_status declare_done(struct declare *x);

/*
 * "" and NULL are no name, and one may be too long; where a database takes any
 * name, only NULL is none for a column.
 */
retort_status declare_name(struct declare *x, const char *kind,
			   const char *name);

/* "schema.table", where the database has schemas. */
void declare_split(struct declare *x, const char *whole, const char **schema,
		   const char **name);

/* Does a part with `.only` belong to this dialect? */
bool declare_wanted(const struct declare *x, const char *only);

/* The whole table of x->m in x->table. */
retort_status declare_table(struct declare *x);

/* A column with its constraints and index, added to x->table. */
retort_status declare_column(struct declare *x, const retort_column *c);
/* Only what is the column's own. */
retort_status declare_column_only(struct declare *x, const retort_column *c,
				  struct column **out);
retort_status declare_type(struct declare *x, const char *column,
			   const retort_type *in, struct type *out);

retort_status declare_constraint(struct declare *x, const retort_constraint *c,
				 struct constraint **out);
retort_status declare_index(struct declare *x, const retort_index *in,
			    struct index **out);

/* A list that NULL ends. */
retort_status declare_names(struct declare *x, const char *const *list,
			    struct strings *out);

/* A view, trigger, type or other object. */
retort_status declare_object(struct declare *x, struct object **out);

/*
 * An entry of LIST() as a part: a column's name as it is, else SQL: a name or
 * an expression, COLLATE, operator class, ASC or DESC, NULLS FIRST or LAST.
 */
retort_status declare_part(struct declare *x, const char *entry,
			   bool columns_only, struct part *out);

/* A name for a constraint or index that has none. */
const char *declare_convention(struct declare *x, const char *pattern,
			       const struct strings *columns,
			       const char *ref_table);

/* The columns of x->table an expression names, in order, each once. */
retort_status declare_columns_in(struct declare *x, const char *sql,
				 struct strings *out);

#endif
