#include "dialect/sqlite/engine.h"
#include "dialect/sqlite/sqlite.h"
#include "sql/split.h"
#include "sql/token.h"

static const char *const schemes[] = { "sqlite:", "sqlite3:", "file:", NULL };

static retort_status split(const char *sql, struct arena *mem,
			   struct stmt *out, const char **rest,
			   struct err *err)
{
	struct stmt s = {0};
	char *text = NULL;

	TRY(split_sqlite(sql, mem, &text, &s.line, rest, err));
	s.sql = text;
	*out = s;
	return RETORT_OK;
}

/*
 * SQLite ignores this one inside a transaction without a word. A table that is
 * dropped after it takes its children's rows along.
 */
static const char *not_in_transaction(const char *sql)
{
	struct lexer lx = { .at = sql, .line = 1 };
	struct token t = token_next(&lx);

	if (!token_is(&t, "PRAGMA"))
		return NULL;
	t = token_next(&lx);
	if (!token_is(&t, "foreign_keys"))
		return NULL;
	t = token_next(&lx);
	return token_is_op(&t, "=") || token_is_op(&t, "(")
		? "SQLite ignores it there. Write the option "
		  "\"foreign_keys=off\" behind the section's word instead."
		: NULL;
}

const struct dialect dialect_sqlite = {
	.name = "sqlite",
	.schemes = schemes,
	.home_schema = "main",
	.caps = CAP_DDL_IN_TX | CAP_ADD_CYCLE | CAP_FOLD_CASE |
		CAP_ANY_NAME,
	.sql = sql_sqlite,
	.open = sqlite_open,
	.adopt = sqlite_adopt,
	.close = sqlite_close,
	.show_url = sqlite_show_url,
	.shell = sqlite_shell,
	.identity = sqlite_identity,
	.run = sqlite_run,
	.begin = sqlite_begin,
	.commit = sqlite_commit,
	.rollback = sqlite_rollback,
	.in_transaction = sqlite_in_transaction,
	.interrupt = sqlite_interrupt,
	.lock = sqlite_lock,
	.unlock = sqlite_unlock,
	.reflect = sqlite_reflect,
	.lower = sqlite_lower,
	.normalize = sqlite_normalize,
	.scratch = sqlite_scratch,
	.split = split,
	.not_in_transaction = not_in_transaction,
	.quote_name = sql_quote_name,
	.quote_text = sql_quote_text,
	.compile = sqlite_compile,
	.needs_guard = sqlite_needs_guard,
	.guard_open = sqlite_guard_open,
	.guard_begin = sqlite_guard_begin,
	.guard_run = sqlite_guard_run,
	.guard_check = sqlite_guard_check,
	.guard_close = sqlite_guard_close,
	.broken = sqlite_broken,
	.guard_prologue = sqlite_guard_prologue,
	.guard_epilogue = sqlite_guard_epilogue,
};
