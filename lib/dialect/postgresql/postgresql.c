#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "dialect/postgresql/pg.h"

static const char *const schemes[] = { "postgresql:", "postgres:", NULL };

/* Keywords that are no name without quotes everywhere, sorted. */
static const char *const keywords[] = {
	"all", "analyse", "analyze", "and", "any", "array", "as", "asc",
	"asymmetric", "authorization", "between", "bigint", "binary",
	"bit", "boolean", "both", "case", "cast", "char", "character",
	"check", "coalesce", "collate", "collation", "column",
	"concurrently", "constraint", "create", "cross", "current_catalog",
	"current_date", "current_role", "current_schema", "current_time",
	"current_timestamp", "current_user", "dec", "decimal", "default",
	"deferrable", "desc", "distinct", "do", "else", "end", "except",
	"exists", "extract", "false", "fetch", "float", "for", "foreign",
	"freeze", "from", "full", "grant", "greatest", "group", "grouping",
	"having", "ilike", "in", "initially", "inner", "inout", "int",
	"integer", "intersect", "interval", "into", "is", "isnull", "join",
	"lateral", "leading", "least", "left", "like", "limit",
	"localtime", "localtimestamp", "national", "natural", "nchar",
	"none", "normalize", "not", "notnull", "null", "nullif", "numeric",
	"offset", "on", "only", "or", "order", "out", "outer", "overlaps",
	"overlay", "placing", "position", "precision", "primary", "real",
	"references", "returning", "right", "row", "select",
	"session_user", "setof", "similar", "smallint", "some",
	"substring", "symmetric", "table", "tablesample", "then", "time",
	"timestamp", "to", "trailing", "treat", "trim", "true", "union",
	"unique", "user", "using", "values", "varchar", "variadic",
	"verbose", "when", "where", "window", "with", "xmlattributes",
	"xmlconcat", "xmlelement", "xmlexists", "xmlforest",
	"xmlnamespaces", "xmlparse", "xmlpi", "xmlroot", "xmlserialize",
	"xmltable"
};

static int by_word(const void *a, const void *b)
{
	return strcmp(a, *(const char *const *)b);
}

static bool plain_name(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz_0123456789");

	return n && !s[n] && !isdigit((unsigned char)*s) &&
	       !bsearch(s, keywords, sizeof(keywords) / sizeof(*keywords),
			sizeof(*keywords), by_word);
}

static char *quote(struct arena *mem, const char *s, char mark)
{
	struct buf b = { .mem = mem };

	buf_add_quoted(&b, s, mark);
	return buf_text(&b);
}

/* As the server's quote_ident(). */
char *pg_quote_name(struct arena *mem, const char *name)
{
	return plain_name(name) ? arena_strdup(mem, name)
				: quote(mem, name, '"');
}

/* Every session of ours has standard_conforming_strings on. */
char *pg_quote_text(struct arena *mem, const char *s)
{
	return quote(mem, s, '\'');
}

/* libpq's key=value strings have no scheme. */
static bool claims(const char *url)
{
	size_t n;

	url += strspn(url, " \t\n");
	n = strspn(url, "abcdefghijklmnopqrstuvwxyz_");
	return n && url[n + strspn(url + n, " \t\n")] == '=';
}

const struct dialect dialect_postgresql = {
	.name = "postgresql",
	.schemes = schemes,
	.claims = claims,
	.caps = CAP_DDL_IN_TX | CAP_COMMENTS | CAP_SCHEMAS | CAP_OPCLASS |
		CAP_NEEDS | CAP_ALTER_OBJECTS | CAP_RENAMES | CAP_SERVER |
		CAP_EMPTY_TABLES,
	.sql = sql_postgresql,
	.open = pg_open,
	.close = pg_close,
	.show_url = pg_show_url,
	.shell = pg_shell,
	.identity = pg_identity,
	.run = pg_run,
	.run_many = pg_run_many,
	.need_home = pg_need_home,
	.begin = pg_begin,
	.commit = pg_commit,
	.rollback = pg_rollback,
	.in_transaction = pg_in_transaction,
	.interrupt = pg_interrupt,
	.lock = pg_lock,
	.unlock = pg_unlock,
	.reflect = pg_reflect,
	.lower = pg_lower,
	.normalize = pg_normalize,
	.compile = pg_compile,
	.scratch = pg_scratch,
	.split = pg_split,
	.worth_retry = pg_worth_retry,
	.must_be_alone = pg_must_be_alone,
	.before_retry = pg_before_retry,
	.sets_session = pg_sets_session,
	.reset_session = pg_reset_session,
	.reset_sql = "RESET SESSION AUTHORIZATION;\n\nRESET ALL",
	.quote_name = pg_quote_name,
	.quote_text = pg_quote_text,
};
