/* `.was`: which renames it tells of. */
#include "diff_world.h"

static struct table *was(struct table *t, const char *name)
{
	t->was = name;
	return t;
}

Test(was, frees_names_for_others)
{
	TWO(t);

	table(t.a, "a", COLUMNS_OF("id", "x"));
	table(t.a, "b", COLUMNS_OF("id", "y"));
	was(table(t.b, "b", COLUMNS_OF("id", "x")), "a");
	was(table(t.b, "c", COLUMNS_OF("id", "y", "z")), "b");
	cr_assert_str_eq(found(&t.mem, t.a, t.b, &plain, &t.diff),
			 "rename_table b, rename_table a, add_column c.z");
}

Test(was, of_a_name_that_is_taken_anew)
{
	TWO(t);

	table(t.a, "a", COLUMNS_OF("id", "x"));
	table(t.b, "a", COLUMNS_OF("id", "new"));
	was(table(t.b, "b", COLUMNS_OF("id", "x")), "a");
	cr_assert_str_eq(found(&t.mem, t.a, t.b, &plain, &t.diff),
			 "rename_table a, add_table a");
}

Test(was, goes_round)
{
	TWO(t);

	table(t.a, "a", COLUMNS_OF("id", "x"));
	table(t.a, "b", COLUMNS_OF("id", "y"));
	table(t.a, "c", COLUMNS_OF("id", "z"));
	was(table(t.b, "a", COLUMNS_OF("id", "y")), "b");
	was(table(t.b, "b", COLUMNS_OF("id", "z")), "c");
	was(table(t.b, "c", COLUMNS_OF("id", "x")), "a");
	cr_assert_str_eq(found(&t.mem, t.a, t.b, &plain, &t.diff),
			 "rename_table a, rename_table b, rename_table c, "
			 "rename_table retort_aside_a");
	cr_assert_eq(t.diff.down.n, 4);
	apply_all(t.a, &t.diff.up);
	cr_assert_str_eq(found(&t.mem, t.a, t.b, &plain, &t.diff), "");
	cr_assert_eq(t.diff.notes.n, 0);
}

Test(was, goes_round_among_tables_that_look_alike)
{
	TWO(t);
	SCRATCH_ERR(err);

	table(t.a, "a", COLUMNS_OF("id"));
	table(t.a, "b", COLUMNS_OF("id"));
	was(table(t.b, "a", COLUMNS_OF("id")), "b");
	was(table(t.b, "b", COLUMNS_OF("id")), "a");
	cr_assert_str_eq(found(&t.mem, t.a, t.b, &plain, &t.diff), "");
	cr_assert_eq(t.diff.notes.n, 1);
	cr_assert(strstr(t.diff.notes.v[0], "tables \"a\", \"b\""));
	table(t.b, "x", COLUMNS_OF("id"));
	t.b->tables.v[0]->columns.v[0]->name = "other";
	cr_assert_eq(diff_schemas(NULL, NULL, t.a, t.b, &plain, &t.mem,
				  &t.diff, &err), RETORT_E_FAIL);
	cr_assert(strstr(err.pub.message, "cannot tell whether tables"));
}

Test(was, of_columns_in_a_row_and_round)
{
	TWO(t);
	struct table *a = table(t.a, "t", COLUMNS_OF("a", "b", "p", "q"));
	struct table *b = table(t.b, "t", COLUMNS_OF("b", "c", "q", "p"));

	b->columns.v[0]->was = "a";
	b->columns.v[1]->was = "b";
	a->columns.v[3]->type.text = b->columns.v[3]->type.text = "TEXT";
	a->columns.v[3]->type.kind = b->columns.v[3]->type.kind =
		RETORT_TYPE_TEXT;
	b->columns.v[2]->was = "p";
	b->columns.v[3]->was = "q";
	a->columns.v[2]->not_null = b->columns.v[2]->not_null = true;
	cr_assert_str_eq(found(&t.mem, t.a, t.b, &plain, &t.diff),
			 "rename_column t.b, rename_column t.a, "
			 "rename_column t.q, rename_column t.p, "
			 "rename_column t.retort_aside_q");
	apply_all(t.a, &t.diff.up);
	cr_assert_str_eq(found(&t.mem, t.a, t.b, &plain, &t.diff), "");
}
