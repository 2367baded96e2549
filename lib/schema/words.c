#include "schema/words.h"

#include <stddef.h>

#define WORD(words, i) \
	((size_t)(i) < sizeof(words) / sizeof((words)[0]) ? (words)[i] : NULL)

const char *type_word(enum retort_type_kind kind)
{
	static const char *const words[] = {
		[RETORT_TYPE_INTEGER] = "INTEGER",
		[RETORT_TYPE_BIGINT] = "BIGINT",
		[RETORT_TYPE_SMALLINT] = "SMALLINT",
		[RETORT_TYPE_BOOLEAN] = "BOOLEAN",
		[RETORT_TYPE_VARCHAR] = "VARCHAR",
		[RETORT_TYPE_CHAR] = "CHAR",
		[RETORT_TYPE_TEXT] = "TEXT",
		[RETORT_TYPE_NUMERIC] = "NUMERIC",
		[RETORT_TYPE_REAL] = "REAL",
		[RETORT_TYPE_DOUBLE] = "DOUBLE",
		[RETORT_TYPE_DATE] = "DATE",
		[RETORT_TYPE_TIME] = "TIME",
		[RETORT_TYPE_TIMESTAMP] = "TIMESTAMP",
		[RETORT_TYPE_TIMESTAMPTZ] = "TIMESTAMPTZ",
		[RETORT_TYPE_INTERVAL] = "INTERVAL",
		[RETORT_TYPE_BLOB] = "BLOB",
		[RETORT_TYPE_JSON] = "JSON",
		[RETORT_TYPE_JSONB] = "JSONB",
		[RETORT_TYPE_UUID] = "UUID",
	};

	return WORD(words, kind);
}

const char *action_word(enum retort_action action)
{
	static const char *const words[] = {
		[RETORT_RESTRICT] = "RESTRICT",
		[RETORT_CASCADE] = "CASCADE",
		[RETORT_SET_NULL] = "SET NULL",
		[RETORT_SET_DEFAULT] = "SET DEFAULT",
	};

	return WORD(words, action);
}

const char *conflict_word(enum retort_conflict conflict)
{
	static const char *const words[] = {
		[RETORT_CONFLICT_ROLLBACK] = "ROLLBACK",
		[RETORT_CONFLICT_ABORT] = "ABORT",
		[RETORT_CONFLICT_FAIL] = "FAIL",
		[RETORT_CONFLICT_IGNORE] = "IGNORE",
		[RETORT_CONFLICT_REPLACE] = "REPLACE",
	};

	return WORD(words, conflict);
}
