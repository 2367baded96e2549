/*
 * floor_schema DB: read sqlite_schema and parse every statement of it, with
 * the library's own parser: the least that knowing the schema costs.
 */
#include <sqlite3.h>
#include <stdio.h>

#include "sql/create.h"

int main(int argc, char **argv)
{
	sqlite3 *db;
	sqlite3_stmt *st;
	size_t n = 0;
	SCRATCH(mem);
	SCRATCH_ERR(err);

	if (argc != 2 ||
	    sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READWRITE, NULL) ||
	    sqlite3_prepare_v2(db, "SELECT sql FROM sqlite_schema WHERE sql "
			       "NOT NULL", -1, &st, NULL))
		return 1;
	while (sqlite3_step(st) == SQLITE_ROW) {
		struct create *c;

		if (create_parse((const char *)sqlite3_column_text(st, 0), &mem,
				 &c, &err) < 0)
			return 1;
		n++;
	}
	printf("%zu\n", n);
	sqlite3_finalize(st);
	return sqlite3_close(db);
}
