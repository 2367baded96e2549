#include <criterion/criterion.h>
#include <string.h>

#include "model/model.h"

static const char *const names[][2] = {
	{ "User", "user" },
	{ "OrderItem", "order_item" },
	{ "HTMLLayout", "html_layout" },
	{ "LayoutHTML", "layout_html" },
	{ "OAuth2Client", "o_auth2_client" },
	{ "HTTP2Request", "http2_request" },
	{ "UserST4", "user_st4" },
	{ "User2", "user2" },
	{ "User2B", "user2_b" },
	{ "BBQuestion", "bb_question" },
	{ "A", "a" },
	{ "AB", "ab" },
	{ "AbC", "ab_c" },
	{ "aB", "a_b" },
	{ "ABc", "a_bc" },
	{ "already_snake", "already_snake" },
	{ "User_Name", "user__name" },
	{ "_User", "user" },
	{ "__HTML", "html" },
	{ "X1Y2", "x1_y2" },
	{ "getHTTPResponseCode", "get_http_response_code" },
	{ "Address3D", "address3_d" },
	{ "SQLAlchemy", "sql_alchemy" },
	{ "lower", "lower" },
	{ "ALLCAPS", "allcaps" },
	{ "ALL_CAPS", "all_caps" },
};

Test(naming, table_names)
{
	SCRATCH(mem);

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		cr_expect_str_eq(model_table_name(&mem, names[i][0]),
				 names[i][1]);
}

Test(naming, patterns)
{
	const char *v[] = { "a", "b" };
	struct strings columns = { .v = v, .n = 2 };
	SCRATCH(mem);

	cr_expect_str_eq(naming_apply(&mem, "ix_%(table)s_%(columns)s", "t",
				      &columns, NULL, NULL), "ix_t_a_b");
	cr_expect_str_eq(naming_apply(&mem,
				      "fk_%(table)s_%(columns)s_%(ref_table)s",
				      "t", &columns, "u", NULL), "fk_t_a_b_u");
	cr_expect_str_eq(naming_apply(&mem, "%(table_name)s-%(column_0_name)s",
				      "t", &columns, NULL, NULL), "t-a");
	cr_expect_str_eq(naming_apply(&mem, "ck_%(table)s_%(name)s", "t",
				      &columns, NULL, "positive"),
			 "ck_t_positive");
	cr_expect_str_eq(naming_apply(&mem, "100%_%(what)s_%(", "t", &columns,
				      NULL, NULL), "100%_%(what)s_%(");
}

/* A server that cuts names at 63 bytes must not make two of them one. */
Test(naming, long_names_stay_different)
{
	char a[101] = "", b[101] = "";
	char *x, *y;
	SCRATCH(mem);

	memset(a, 'x', 100);
	memset(b, 'x', 99);
	b[99] = 'y';
	x = naming_apply(&mem, "ix_%(table)s", a, NULL, NULL, NULL);
	y = naming_apply(&mem, "ix_%(table)s", b, NULL, NULL, NULL);
	cr_expect_eq(strlen(x), 63);
	cr_expect_eq(strlen(y), 63);
	cr_expect_str_neq(x, y);
}
