#include <ctype.h>

#include "base/buf.h"
#include "op/op.h"

static void quoted_columns(struct buf *b, const struct parts *parts)
{
	for (size_t i = 0; i < parts->n; i++)
		buf_addf(b, "%s%s", i ? ", " : "",
			 parts->v[i].column ? parts->v[i].column
					    : parts->v[i].expr);
}

static void reference_columns(struct buf *b, const struct strings *names)
{
	for (size_t i = 0; i < names->n; i++)
		buf_addf(b, "%s%s", i ? "," : "", names->v[i]);
}

static const char *table_name(const struct op *op)
{
	if (op->kind == OP_RENAME_TABLE)
		return op->from;
	if (op->table)
		return op->table;
	return op->def ? op->def->name : "";
}

static void qualified(struct buf *b, const struct op *op, const char *column)
{
	const char *schema = op->schema;

	if (!schema && op->kind == OP_CREATE_TABLE)
		schema = op->def->schema;
	if (schema)
		buf_addf(b, "%s.", schema);
	buf_add(b, table_name(op));
	if (column)
		buf_addf(b, ".%s", column);
}

static const char *index_name(const struct op *op)
{
	return op->name ? op->name : op->index ? op->index->name : "";
}

static const char *column_name(const struct op *op)
{
	return op->name ? op->name : op->column ? op->column->name : "";
}

static void describe_foreign_key(struct buf *b, const struct op *op)
{
	const struct constraint *c = op->constraint;

	buf_add(b, op->kind == OP_ADD_CONSTRAINT ? "added" : "removed");
	buf_add(b, " foreign key");
	if (c->name)
		buf_addf(b, " '%s'", c->name);
	buf_add(b, " (");
	quoted_columns(b, &c->parts);
	buf_add(b, ")");
	if (c->ref_table) {
		buf_addf(b, "->%s(", c->ref_table);
		reference_columns(b, &c->ref_columns);
		buf_addc(b, ')');
	}
	buf_add(b, " on table '");
	qualified(b, op, NULL);
	buf_addc(b, '\'');
}

static void describe_constraint(struct buf *b, const struct op *op)
{
	static const char *const kinds[] = {
		"primary key", "unique constraint", "check constraint",
		"foreign key", "exclude constraint"
	};
	const struct constraint *c = op->constraint;

	if (c->kind == CONSTRAINT_FOREIGN_KEY) {
		describe_foreign_key(b, op);
		return;
	}
	buf_addf(b, "%s %s", op->kind == OP_ADD_CONSTRAINT ? "added"
			    : "removed", kinds[c->kind]);
	if (c->name)
		buf_addf(b, " '%s'", c->name);
	if (c->parts.n) {
		buf_add(b, " (");
		quoted_columns(b, &c->parts);
		buf_addc(b, ')');
	} else if (!c->name && c->check_sql) {
		buf_addf(b, " (%s)", c->check_sql);
	}
	buf_add(b, " on '");
	qualified(b, op, NULL);
	buf_addc(b, '\'');
}

static void describe_index(struct buf *b, const struct op *op)
{
	buf_addf(b, "%s index '%s'",
		 op->kind == OP_CREATE_INDEX ? "added" : "removed",
		 index_name(op));
	if (op->index) {
		buf_add(b, " (");
		quoted_columns(b, &op->index->parts);
		buf_addc(b, ')');
	}
	if (op->table) {
		buf_add(b, " on '");
		qualified(b, op, NULL);
		buf_addc(b, '\'');
	}
}

static void describe_object(struct buf *b, const struct op *op)
{
	static const char *const kinds[] = {
		[OBJECT_VIEW] = "view", [OBJECT_TRIGGER] = "trigger",
		[OBJECT_ENUM] = "enum", [OBJECT_OTHER] = "object"
	};
	const struct object *o = op->object;

	buf_addf(b, "%s ", op->kind == OP_CREATE_OBJECT ? "added" : "removed");
	if (!o->word)
		buf_add(b, kinds[o->kind]);
	for (const char *s = o->word; s && *s; s++)
		buf_addc(b, (char)tolower((unsigned char)*s));
	buf_addf(b, " '%s%s%s'", o->schema ? o->schema : "",
		 o->schema ? "." : "", o->name);
	if (o->kind == OBJECT_TRIGGER && o->table)
		buf_addf(b, " on '%s'", o->table);
}

static const char *type_text(const struct column *c)
{
	if (!c || !c->type.text)
		return "?";
	return *c->type.text ? c->type.text : "no type";
}

static const char *or_none(const char *s)
{
	return s ? s : "none";
}

static void describe_changes(struct buf *b, const struct op *op)
{
	const struct column *c = op->column, *old = op->old_column;
	const char *gap = "";

	if (op->changes & CHANGE_NAME) {
		buf_addf(b, "name change to '%s'", c->name);
		gap = ", ";
	}
	if (op->changes & CHANGE_TYPE) {
		buf_addf(b, "%stype change from %s to %s", gap, type_text(old),
			 type_text(c));
		gap = ", ";
	}
	if (op->changes & CHANGE_NOT_NULL) {
		buf_addf(b, "%s%s", gap, c->not_null ? "NOT NULL" : "NULL");
		gap = ", ";
	}
	if (op->changes & CHANGE_DEFAULT) {
		buf_addf(b, "%sserver default", gap);
		if (old)
			buf_addf(b, " from %s to %s", or_none(old->default_sql),
				 or_none(c->default_sql));
		gap = ", ";
	}
	if (op->changes & CHANGE_COLLATION) {
		buf_addf(b, "%scollation %s", gap, or_none(c->collation));
		gap = ", ";
	}
	if (op->changes & CHANGE_GENERATED) {
		buf_addf(b, "%sgenerated expression", gap);
		gap = ", ";
	}
	if (op->changes & CHANGE_IDENTITY) {
		buf_addf(b, "%s%s", gap, c->serial ? "serial" : "identity");
		gap = ", ";
	}
	if (op->changes & CHANGE_COMMENT)
		buf_addf(b, "%scomment", gap);
	buf_add(b, " on '");
	qualified(b, op, column_name(op));
	buf_addc(b, '\'');
}

/* What it is no more a partition or a child of, and what it is now. */
static void describe_parents(struct buf *b, const struct table *old,
			     const struct table *t, const char *gap)
{
	if (old->partition_of && !t->partition_of)
		buf_addf(b, "%sno partition of %s", gap, old->partition_of);
	else if (t->partition_of && !old->partition_of)
		buf_addf(b, "%spartition of %s %s", gap, t->partition_of,
			 t->partition_bound);
	for (size_t i = 0; i < old->inherits.n; i++)
		if (!strings_has(&t->inherits, old->inherits.v[i])) {
			buf_addf(b, "%sno child of %s", gap,
				 old->inherits.v[i]);
			gap = ", ";
		}
	for (size_t i = 0; i < t->inherits.n; i++)
		if (!strings_has(&old->inherits, t->inherits.v[i])) {
			buf_addf(b, "%schild of %s", gap, t->inherits.v[i]);
			gap = ", ";
		}
}

static void describe_table_changes(struct buf *b, const struct op *op)
{
	const struct table *t = op->def, *old = op->old_def;
	const char *gap = "";

	if (!old || old->strict != t->strict) {
		buf_add(b, t->strict ? "STRICT" : "no STRICT");
		gap = ", ";
	}
	if (!old || old->without_rowid != t->without_rowid) {
		buf_addf(b, "%s%s", gap,
			 t->without_rowid ? "WITHOUT ROWID" : "WITH ROWID");
		gap = ", ";
	}
	if (!old || !text_same(old->comment, t->comment)) {
		buf_addf(b, "%scomment", gap);
		gap = ", ";
	}
	if (old && !text_same(old->suffix_sql, t->suffix_sql)) {
		buf_addf(b, "%sstorage options", gap);
		gap = ", ";
	}
	if (old && (old->unlogged != t->unlogged ||
		    !text_same(old->with, t->with) ||
		    !text_same(old->tablespace, t->tablespace))) {
		buf_addf(b, "%sstorage", gap);
		gap = ", ";
	}
	if (old)
		describe_parents(b, old, t, gap);
	buf_add(b, " on table '");
	qualified(b, op, NULL);
	buf_addc(b, '\'');
}

static void in_quotes(struct buf *b, const char *words, const struct op *op,
		      const char *column)
{
	buf_addf(b, "%s '", words);
	qualified(b, op, column);
	buf_addc(b, '\'');
}

static void in_name(struct buf *b, const struct object *o)
{
	buf_addf(b, "'%s%s%s'", o->schema ? o->schema : "",
		 o->schema ? "." : "", o->name);
}

/* "added label 'x' to enum 'mood'", one after another */
static void describe_labels(struct buf *b, const struct strings *from,
			    const struct strings *to, const char *word,
			    const char **gap)
{
	for (size_t i = 0; i < to->n; i++)
		if (!strings_has(from, to->v[i])) {
			buf_addf(b, "%s%s label '%s'", *gap, word, to->v[i]);
			*gap = ", ";
		}
}

static void describe_alter_object(struct buf *b, const struct op *op)
{
	const struct object *o = op->object, *old = op->old_object;
	const char *gap = "";

	if (op_renames_object(op)) {
		buf_addf(b, "renamed object '%s' to '%s'", op->from, op->to);
		return;
	}
	if (op->from && op->to)
		buf_addf(b, "renamed label '%s' to '%s'", op->from, op->to);
	else if (op->from || op->to)
		buf_addf(b, "%s label '%s'", op->to ? "added" : "removed",
			 op->to ? op->to : op->from);
	else if (o->kind == OBJECT_ENUM && old) {
		describe_labels(b, &old->labels, &o->labels, "added", &gap);
		describe_labels(b, &o->labels, &old->labels, "removed", &gap);
	}
	if (!b->n)
		buf_add(b, o->kind == OBJECT_ENUM ? "order of labels"
						  : "definition");
	buf_addf(b, " on %s ", o->kind == OBJECT_ENUM ? "enum" : "object");
	in_name(b, o);
}

static void describe_facet(struct buf *b, const struct op *op)
{
	buf_addf(b, "%s of '%s' on ", op->kind == OP_SET_FACET ? "change"
		 : "removal", op->facet->key);
	if (op->object) {
		in_name(b, op->object);
		return;
	}
	buf_add(b, "table '");
	qualified(b, op, NULL);
	buf_addc(b, '\'');
}

char *op_describe(struct arena *mem, const struct op *op)
{
	struct buf b = { .mem = mem };

	switch (op->kind) {
	case OP_CREATE_TABLE:
		in_quotes(&b, "added table", op, NULL);
		break;
	case OP_DROP_TABLE:
		in_quotes(&b, "removed table", op, NULL);
		break;
	case OP_RENAME_TABLE:
		in_quotes(&b, "renamed table", op, NULL);
		buf_addf(&b, " to '%s'", op->to);
		break;
	case OP_ALTER_TABLE:
		describe_table_changes(&b, op);
		break;
	case OP_ADD_COLUMN:
		in_quotes(&b, "added column", op, column_name(op));
		break;
	case OP_DROP_COLUMN:
		in_quotes(&b, "removed column", op, column_name(op));
		break;
	case OP_ALTER_COLUMN:
		describe_changes(&b, op);
		break;
	case OP_RENAME_COLUMN:
		in_quotes(&b, "renamed column", op, op->from);
		buf_addf(&b, " to '%s'", op->to);
		break;
	case OP_ADD_CONSTRAINT:
	case OP_DROP_CONSTRAINT:
		describe_constraint(&b, op);
		break;
	case OP_CREATE_INDEX:
	case OP_DROP_INDEX:
		describe_index(&b, op);
		break;
	case OP_RENAME_INDEX:
		buf_addf(&b, "renamed index '%s' to '%s'", op->from, op->to);
		break;
	case OP_CREATE_OBJECT:
	case OP_DROP_OBJECT:
		describe_object(&b, op);
		break;
	case OP_ALTER_OBJECT:
		describe_alter_object(&b, op);
		break;
	case OP_RENAME_CONSTRAINT:
		buf_addf(&b, "renamed constraint '%s' to '%s'", op->from,
			 op->to);
		break;
	case OP_VALIDATE_CONSTRAINT:
		buf_addf(&b, "validated constraint '%s'", op->name);
		break;
	case OP_SET_FACET:
	case OP_RESET_FACET:
		describe_facet(&b, op);
		break;
	case OP_EXECUTE:
		buf_add(&b, "execute SQL");
		break;
	case OP_BULK_INSERT:
		in_quotes(&b, "insert rows into", op, NULL);
		break;
	case OP_CALL:
		buf_add(&b, "call a function");
		break;
	}
	return buf_text(&b);
}

static const char *constraint_target(const struct op *op, struct buf *b)
{
	if (op->constraint->name)
		return op->constraint->name;
	qualified(b, op, NULL);
	return "";
}

char *op_target(struct arena *mem, const struct op *op)
{
	struct buf b = { .mem = mem };

	switch (op->kind) {
	case OP_ADD_COLUMN:
	case OP_DROP_COLUMN:
	case OP_ALTER_COLUMN:
		qualified(&b, op, column_name(op));
		break;
	case OP_RENAME_COLUMN:
		qualified(&b, op, op->from);
		break;
	case OP_ADD_CONSTRAINT:
	case OP_DROP_CONSTRAINT:
		buf_add(&b, constraint_target(op, &b));
		break;
	case OP_CREATE_INDEX:
	case OP_DROP_INDEX:
		buf_add(&b, index_name(op));
		break;
	case OP_RENAME_INDEX:
	case OP_RENAME_CONSTRAINT:
		buf_add(&b, op->from);
		break;
	case OP_VALIDATE_CONSTRAINT:
		buf_add(&b, op->name);
		break;
	case OP_CREATE_OBJECT:
	case OP_DROP_OBJECT:
	case OP_ALTER_OBJECT:
		buf_add(&b, op->object->name);
		break;
	case OP_SET_FACET:
	case OP_RESET_FACET:
		if (op->object)
			buf_add(&b, op->object->name);
		else
			qualified(&b, op, NULL);
		break;
	case OP_EXECUTE:
	case OP_CALL:
		break;
	default:
		qualified(&b, op, NULL);
	}
	return buf_text(&b);
}
