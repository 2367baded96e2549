#include <retort/revision.h>
static int row(void *p, int n, const char *const c[]) { (void)p; (void)n; (void)c; return 0; }
static int fill(retort_op *op, void *arg)
{
	(void)arg;
	retort_query_text(op, "SELECT 1", row, NULL);
	retort_executef(op, "UPDATE x SET a = %d", 3);
	return 0;
}
void upgrade(retort_op *op)
{
	unsigned char b[] = "abc";
	long many = 7;
	retort_create_table(op, "post",
		COLUMNS(
			COLUMN("id", INTEGER, PRIMARY_KEY),
			COLUMN("d", ENUM("mood", "a", "b",), NOT_NULL, .server_default = "'a'"),
			COLUMN("e2", ARRAY_OF(ARRAY_OF(VARCHAR(3)))),
		),
		CONSTRAINTS(UNIQUE_ON(LIST("d"))), INDEXES(INDEX_ON(LIST("d DESC"))),
		.if_not_exists = true);
	retort_drop_table(op, "x");
	retort_drop_table(op, "x", .if_exists = true);
	retort_rename_table(op, "a", "b");
	retort_alter_table(op, "a", .comment = "k");
	retort_add_column(op, "a", COLUMN("x", TEXT));
	retort_add_column(op, "a", COLUMN("x", TEXT, NOT_NULL, .references = "a.b"), .after = "y");
	retort_drop_column(op, "a", "x");
	retort_drop_column(op, "a", "x", .if_exists = true);
	retort_alter_column(op, "a", "x", .type = NUMERIC(8, 2), .nullable = true, .name = "y");
	retort_rename_column(op, "a", "x", "y");
	retort_create_unique(op, "a", LIST("x"));
	retort_create_unique(op, "a", LIST("x", "y"), .name = "u");
	retort_create_check(op, "a", "x > 0");
	retort_create_foreign_key(op, "a", LIST("x"), "b", LIST("y"), .on_delete = CASCADE);
	retort_create_foreign_key(op, "a", LIST("x"), "b");
	retort_create_primary_key(op, "a", LIST("x"), .name = "pk");
	retort_drop_constraint(op, "a", "u");
	retort_drop_unnamed(op, "a", UNIQUE_ON(LIST("x")));
	retort_create_index(op, "a", LIST("x", "y DESC"), .unique = true);
	retort_create_index(op, "a", LIST("x"));
	retort_drop_index(op, "a", "ix");
	retort_create_view(op, "v", "SELECT 1");
	retort_drop_view(op, "v");
	retort_create_trigger(op, "t", "a", "CREATE TRIGGER t");
	retort_drop_trigger(op, "t", "a");
	retort_create_object(op, "o", "a", "b");
	retort_drop_object(op, "o", "b");
	retort_execute(op, "SELECT 1");
	retort_bulk_insert(op, "a", LIST("x", "y"), ROW(1, "a"), ROW(2u, NULL), ROW(many, SQL("now()")), ROW(1.5, BYTES(b, 3)), ROW(true, 'c'),);
	retort_batch_begin(op, "a");
	retort_batch_end(op);
	retort_call(op, fill, NULL);
	if (retort_failed(op) || retort_dialect(op)[0] == 'x')
		retort_fail(op, "no %s", "x");
}
