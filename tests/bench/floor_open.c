/* floor_open DB: open the file and read the version table. */
#include <sqlite3.h>
#include <stdio.h>

static int row(void *payload, int n, char **cell, char **name)
{
	(void)payload, (void)n, (void)name;
	puts(cell[0]);
	return 0;
}

int main(int argc, char **argv)
{
	sqlite3 *db;

	return argc != 2 ||
	       sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READWRITE, NULL) ||
	       sqlite3_exec(db, "SELECT version_num FROM db_version", row, NULL,
			    NULL) ||
	       sqlite3_close(db);
}
