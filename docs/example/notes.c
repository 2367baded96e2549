/*
 * notes - a program that carries its database inside and brings it to the
 * newest revision when it starts.
 *
 *     cc notes.c $(pkg-config --cflags --libs retort) -lsqlite3 -o notes
 *     ./notes notes.db "buy milk"
 */
#include <retort/retort.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

static void log_line(void *payload, retort_log_level level, const char *text)
{
	(void)payload;
	if (level <= RETORT_LOG_INFO)
		fprintf(stderr, "notes: %s\n", text);
}

/* The migrations lie where $NOTES_MIGRATIONS says, or beside us. */
static int bring_up_to_date(sqlite3 *handle)
{
	const char *directory = getenv("NOTES_MIGRATIONS");
	retort_options options = {
		.size = sizeof(options),
		.directory = directory ? directory : "migrations",
		.log = log_line
	};
	retort *db;
	int rc = retort_open_sqlite(handle, &options, &db);

	if (rc == RETORT_OK)
		rc = retort_upgrade(db, NULL, NULL);
	if (rc != RETORT_OK && db) {
		const retort_error *e = retort_last_error(db);

		fprintf(stderr, "notes: %s\n", e->message);
		if (e->hint)
			fprintf(stderr, "notes: %s\n", e->hint);
	}
	retort_close(db);
	return rc;
}

static int print_note(void *payload, int n, char **cell, char **name)
{
	(void)payload, (void)n, (void)name;
	printf("%s: %s\n", cell[0], cell[1]);
	return 0;
}

static int add_note(sqlite3 *handle, const char *text)
{
	sqlite3_stmt *insert;

	if (sqlite3_prepare_v2(handle, "INSERT INTO note (text) VALUES (?1)",
			       -1, &insert, NULL) != SQLITE_OK)
		return -1;
	sqlite3_bind_text(insert, 1, text, -1, SQLITE_STATIC);
	sqlite3_step(insert);
	return sqlite3_finalize(insert);
}

int main(int argc, char **argv)
{
	sqlite3 *handle;
	int rc;

	if (argc < 2) {
		fputs("usage: notes FILE [TEXT]\n", stderr);
		return 2;
	}
	if (sqlite3_open(argv[1], &handle) != SQLITE_OK)
		return 1;
	rc = bring_up_to_date(handle);
	if (!rc && argc > 2)
		rc = add_note(handle, argv[2]);
	if (!rc)
		rc = sqlite3_exec(handle, "SELECT id, text FROM note", print_note,
				  NULL, NULL);
	sqlite3_close(handle);
	return rc ? 1 : 0;
}
