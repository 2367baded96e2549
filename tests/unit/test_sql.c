/* Our own statements: each is one that the server's parser takes. */
#include <criterion/criterion.h>

#include "pg_oracle.h"

/* "{table}" is a name to the parser as it stands. */
static void parses(const char *name, const char *sql)
{
	PgQuerySplitResult r = pg_query_split_with_parser(sql);

	cr_expect_null(r.error, "%s: %s", name,
		       r.error ? r.error->message : "");
	cr_expect_eq(r.n_stmts, 1, "%s: %d statements", name, r.n_stmts);
	pg_query_free_split_result(r);
}

Test(sql, every_statement_parses)
{
	int n = 0;

	for (int i = 0; i < STMT__COUNT; i++)
		parses(stmt_name[i], sql_postgresql[i]);
	for (const struct private_sql *p = sql_postgresql_private; p->name; p++)
		parses(p->name, p->sql), n++;
	cr_expect_gt(n, 2);
}
