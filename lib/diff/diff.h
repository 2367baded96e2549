/* schema × schema -> operations. */
#ifndef RETORT_DIFF_DIFF_H
#define RETORT_DIFF_DIFF_H

#include "dialect/dialect.h"

struct hooks;

struct diff_rename {
	const char *from;	/* "table" or "table.column" */
	const char *to;		/* the new table or column name */
};

/* What somebody else says of a property of two columns. */
enum verdict { VERDICT_NONE, VERDICT_SAME, VERDICT_DIFFERENT };

/* A column on both sides. */
struct diff_column {
	const struct table *live_table, *wanted_table;
	const struct column *live;
	struct column *wanted;
	enum verdict type, server_default;	/* to be set */
};

VEC_OF(diff_columns, struct diff_column);

struct diff_options {
	VEC(struct diff_rename) renames;
	/*
	 * Asked when a drop and an add look alike; NULL: never a rename, but
	 * a warning on the drop.
	 */
	retort_ask_fn *ask;
	void *payload;
	bool compare_type, compare_server_default;
	/* Rows in the live table? NULL: taken as yes. For warnings only. */
	bool (*has_rows)(void *payload, const struct table *t);
	void *rows_payload;
	/* Asked once about all columns that are on both sides; or NULL. */
	retort_status (*compare)(void *payload, struct diff_columns *list,
				 struct err *err);
	void *compare_payload;
	const struct hooks *hooks;	/* for `compare`; or NULL */
};

struct diff {
	struct ops up, down;
	struct strings notes;	/* kept, reported, not migrated */
};

/*
 * The operations that turn `live` into `wanted` (already lowered), in an order
 * that works, and their reverse. `conn` is for dialect->normalize and may be
 * NULL. `wanted` is changed: texts take the spelling of `live`, and may be
 * those of `live`, which must live as long.
 */
retort_status diff_schemas(const struct dialect *d, struct conn *conn,
			   const struct schema *live, struct schema *wanted,
			   const struct diff_options *o, struct arena *mem,
			   struct diff *out, struct err *err);

/*
 * Prove it: `live` is made on a scratch database, `up` must give `wanted` and
 * `down` must give `live` again. RETORT_OK: proved. RETORT_E_FAIL: the error
 * says what differs. RETORT_E_UNREACHABLE: could not be tried.
 */
retort_status diff_prove(const struct dialect *d, struct conn *conn,
			 const struct schema *live,
			 const struct schema *wanted, const struct diff *diff,
			 struct err *err);

#endif
