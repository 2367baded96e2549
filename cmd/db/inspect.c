#include <string.h>

#include "cmd.h"

static const char *format = "c", *schema;
static struct opt_list tables;

static const struct opt options[] = {
	{ OPT_STRING, 0, "format", &format, "FORMAT", "c, sql or json" },
	{ OPT_STRING, 0, "schema", &schema, "NAME", "only this schema" },
	{ OPT_LIST, 0, "table", &tables, "NAME", "only this table" },
	OPT_END
};

static int run(struct env *env, int n, char **argv)
{
	const char *text;

	(void)n, (void)argv;
	if (retort_inspect(env->db, format, tables.v, tables.n, &text) < 0)
		return fail(env);
	if (!strcmp(format, "json"))
		print_document(env->out, "schema", text);
	else
		print_text(env->out, "text", text);
	return 0;
}

const struct cmd cmd_inspect = {
	.name = "inspect",
	.summary = "print the live schema as models.c, SQL or JSON",
	.needs = NEEDS_SESSION, .options = options, .schemas = &schema,
	.run = run
};
