/*
 * floor_apply DB FILE: run the statements of FILE, one a line, each in a
 * transaction of its own with an update of the version table: what no runner
 * of revisions can do without.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

static sqlite3 *db;

static void run(const char *sql)
{
	if (!sqlite3_exec(db, sql, NULL, NULL, NULL))
		return;
	fprintf(stderr, "floor_apply: %s: %s\n", sql, sqlite3_errmsg(db));
	exit(1);
}

int main(int argc, char **argv)
{
	char line[4096], version[64];
	FILE *f = argc == 3 ? fopen(argv[2], "r") : NULL;

	if (!f || sqlite3_open(argv[1], &db))
		return 1;
	run("CREATE TABLE db_version (version_num TEXT PRIMARY KEY NOT NULL);"
	    "INSERT INTO db_version VALUES ('base')");
	for (int i = 0; fgets(line, sizeof(line), f); i++) {
		snprintf(version, sizeof(version),
			 "UPDATE db_version SET version_num = '%012d'", i);
		run("BEGIN IMMEDIATE");
		run(line);
		run(version);
		run("COMMIT");
	}
	fclose(f);
	return sqlite3_close(db);
}
