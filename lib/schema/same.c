#include <string.h>

#include "base/ascii.h"
#include "schema/schema.h"

bool text_same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static bool space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Space matters between two words only: "NUMERIC(8,2)" is "numeric (8, 2)". */
static bool type_text_same(const char *a, const char *b)
{
	char last = '(';

	for (;;) {
		bool gap_a = space(*a), gap_b = space(*b);
		bool tight;

		while (space(*a))
			a++;
		while (space(*b))
			b++;
		tight = strchr("(),", last) || strchr("(),", *a);
		if (gap_a != gap_b && !tight)
			return false;
		if (ascii_ncasecmp(a, b, 1))
			return false;
		if (!*a)
			return true;
		last = *a;
		a++, b++;
	}
}

static bool names_same(const struct schema *s, const struct strings *a,
		       const struct strings *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!name_same(s, a->v[i], b->v[i]))
			return false;
	return true;
}

bool type_same(const struct type *a, const struct type *b)
{
	if (a->text && b->text)
		return !strcmp(a->text, b->text) || type_text_same(a->text, b->text);
	if (a->kind != b->kind || a->length != b->length ||
	    a->scale != b->scale || !text_same(a->name, b->name) ||
	    !strings_same(&a->labels, &b->labels))
		return false;
	if (!a->element || !b->element)
		return a->element == b->element;
	return type_same(a->element, b->element);
}

bool column_same(const struct schema *s, const struct column *a,
		 const struct column *b)
{
	return name_same(s, a->name, b->name) &&
	       type_same(&a->type, &b->type) &&
	       a->not_null == b->not_null &&
	       a->not_null_conflict == b->not_null_conflict &&
	       text_same(a->default_sql, b->default_sql) &&
	       name_same(s, a->collation, b->collation) &&
	       text_same(a->generated_sql, b->generated_sql) &&
	       a->generated == b->generated && a->identity == b->identity &&
	       a->autoincrement == b->autoincrement &&
	       text_same(a->identity_sql, b->identity_sql) &&
	       !a->serial == !b->serial && a->inherited == b->inherited &&
	       text_same(a->comment, b->comment);
}

static bool parts_same(const struct schema *s, const struct parts *a,
		       const struct parts *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		const struct part *p = &a->v[i], *q = &b->v[i];

		if (!name_same(s, p->column, q->column) ||
		    !text_same(p->expr, q->expr) ||
		    !name_same(s, p->collation, q->collation) ||
		    !text_same(p->opclass, q->opclass) ||
		    p->descending != q->descending || p->nulls != q->nulls)
			return false;
	}
	return true;
}

static bool foreign_key_same(const struct schema *s,
			     const struct constraint *a,
			     const struct constraint *b)
{
	return name_same(s, a->ref_schema, b->ref_schema) &&
	       name_same(s, a->ref_table, b->ref_table) &&
	       names_same(s, &a->ref_columns, &b->ref_columns) &&
	       a->on_delete == b->on_delete && a->on_update == b->on_update &&
	       names_same(s, &a->set_columns, &b->set_columns) &&
	       text_same(a->match, b->match);
}

bool constraint_same_structure(const struct schema *s,
			       const struct constraint *a,
			       const struct constraint *b)
{
	return a->kind == b->kind && parts_same(s, &a->parts, &b->parts) &&
	       text_same(a->check_sql, b->check_sql) &&
	       foreign_key_same(s, a, b) && a->deferrable == b->deferrable &&
	       a->initially_deferred == b->initially_deferred &&
	       a->not_valid == b->not_valid &&
	       a->no_inherit == b->no_inherit &&
	       a->nulls_not_distinct == b->nulls_not_distinct &&
	       a->conflict == b->conflict &&
	       text_same(a->exclude_sql, b->exclude_sql) &&
	       names_same(s, &a->include, &b->include) &&
	       text_same(a->with, b->with) &&
	       text_same(a->tablespace, b->tablespace) &&
	       text_same(a->comment, b->comment);
}

bool constraint_same(const struct schema *s, const struct constraint *a,
		     const struct constraint *b)
{
	return (a->auto_name || b->auto_name || name_same(s, a->name, b->name)) &&
	       constraint_same_structure(s, a, b);
}

bool index_same(const struct schema *s, const struct index *a,
		const struct index *b)
{
	return name_same(s, a->name, b->name) && a->unique == b->unique &&
	       parts_same(s, &a->parts, &b->parts) &&
	       text_same(a->where_sql, b->where_sql) &&
	       text_same(a->method, b->method) &&
	       names_same(s, &a->include, &b->include) &&
	       text_same(a->with, b->with) &&
	       text_same(a->tablespace, b->tablespace) &&
	       a->nulls_not_distinct == b->nulls_not_distinct &&
	       a->invalid == b->invalid && text_same(a->comment, b->comment);
}
