/*
 * floor_pg URL FILE [apply] - the statements of a file, each ended by ";" at
 * the end of a line, through libpq alone; all rows are read. With "apply" each
 * is a revision: a transaction with the update of a version row.
 */
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *read_file(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = NULL;
	size_t n = 0;
	ssize_t got = f ? getdelim(&text, &n, '\0', f) : -1;

	if (f)
		fclose(f);
	return got < 0 ? NULL : text;
}

/* Cells are looked at, so that nothing is saved by not reading them. */
static long read_cells(const PGresult *r)
{
	long bytes = 0;

	for (int i = 0; i < PQntuples(r); i++)
		for (int k = 0; k < PQnfields(r); k++)
			bytes += PQgetlength(r, i, k);
	return bytes;
}

static bool run(PGconn *c, const char *sql, long *bytes)
{
	PGresult *r = PQexec(c, sql);
	ExecStatusType s = PQresultStatus(r);
	bool ok = s == PGRES_COMMAND_OK || s == PGRES_TUPLES_OK;

	if (!ok)
		fprintf(stderr, "floor_pg: %s%s\n", PQerrorMessage(c), sql);
	*bytes += read_cells(r);
	PQclear(r);
	return ok;
}

static bool apply(PGconn *c, const char *sql, int number, long *bytes)
{
	static char whole[65536];

	if (snprintf(whole, sizeof(whole), "BEGIN; %s; UPDATE floor_version "
		     "SET num = '%012d'; COMMIT", sql, number) >=
	    (int)sizeof(whole))
		return false;
	return run(c, whole, bytes);
}

int main(int argc, char **argv)
{
	PGconn *c = argc >= 3 ? PQconnectdb(argv[1]) : NULL;
	char *text = c ? read_file(argv[2]) : NULL;
	bool applies = argc > 3, ok = text && PQstatus(c) == CONNECTION_OK;
	long bytes = 0;
	int n = 0;

	if (!ok)
		fprintf(stderr, "floor_pg: %s\n", c ? PQerrorMessage(c)
			: "usage: floor_pg URL FILE [apply]");
	if (ok && applies)
		ok = run(c, "CREATE TABLE floor_version (num text); INSERT "
			 "INTO floor_version VALUES ('')", &bytes);
	for (char *at = text, *end; ok && (end = strstr(at, ";\n")); at = end + 2) {
		*end = '\0';
		ok = applies ? apply(c, at, ++n, &bytes) : run(c, at, &bytes);
	}
	printf("%ld bytes\n", bytes);
	free(text);
	PQfinish(c);
	return !ok;
}
