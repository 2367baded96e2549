/* A project in a temporary directory, for the tests of runner and API. */
#ifndef PROJECT_H
#define PROJECT_H

#include <criterion/criterion.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "retort/retort.h"

static char home[] = "/tmp/retort-project-XXXXXX";
static char log_text[16384];	/* what the session logged, a line each */

static inline void write_text(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	cr_assert_not_null(f, "%s", path);
	fputs(text, f);
	cr_assert_eq(fclose(f), 0);
}

/* versions/ID.sql with these sections; `down` "" for a base. */
static inline void revision(const char *id, const char *down,
			    const char *message, const char *body)
{
	char path[128], text[8192];

	snprintf(path, sizeof(path), "migrations/versions/%s.sql", id);
	snprintf(text, sizeof(text), "-- %s\n--\n-- Revision: %s\n"
		 "-- Revises:%s%s\n-- Created: 2026-11-21 01:40:00 UTC\n\n%s",
		 message, id, *down ? " " : "", down, body);
	write_text(path, text);
}

static inline void enter_project(void)
{
	cr_assert_not_null(mkdtemp(home));
	cr_assert_eq(chdir(home), 0);
	cr_assert_eq(mkdir("migrations", 0777), 0);
	cr_assert_eq(mkdir("migrations/versions", 0777), 0);
	write_text("migrations/db.ini", "[db]\nurl = sqlite:app.db\n");
	log_text[0] = '\0';
}

static inline void leave_project(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", home);
	cr_assert_eq(system(command), 0);
}

static inline void take_log(void *payload, retort_log_level level,
			    const char *text)
{
	size_t n = strlen(log_text);

	(void)payload, (void)level;
	snprintf(log_text + n, sizeof(log_text) - n, "%s\n", text);
}

static inline retort *open_project(void)
{
	const retort_options o = {
		.size = sizeof(o), .directory = "migrations", .log = take_log,
		.user = "tester", .git_commit = "c0ffee",
		.cache_directory = "cache",
	};
	retort *db;

	cr_assert_eq(retort_open(&o, &db), RETORT_OK, "%s",
		     retort_last_error(db)->message);
	return db;
}

/* The first cell of a query on app.db, "" for none, "error" if it fails. */
static inline const char *query(const char *sql)
{
	static char cell[4096];
	sqlite3 *h;
	sqlite3_stmt *s = NULL;

	strcpy(cell, "error");
	cr_assert_eq(sqlite3_open("app.db", &h), SQLITE_OK);
	if (sqlite3_prepare_v2(h, sql, -1, &s, NULL) == SQLITE_OK) {
		const char *text = "";

		if (sqlite3_step(s) == SQLITE_ROW)
			text = (const char *)sqlite3_column_text(s, 0);
		snprintf(cell, sizeof(cell), "%s", text ? text : "NULL");
	}
	sqlite3_finalize(s);
	sqlite3_close(h);
	return cell;
}

#define MUST(db, expr) \
	cr_assert_eq((expr), RETORT_OK, "%s: %s", \
		     retort_last_error(db)->message, \
		     retort_last_error(db)->detail \
		     ? retort_last_error(db)->detail : "")

static inline void has(const char *text, const char *part)
{
	cr_assert_not_null(text, "no text, and not %s", part);
	cr_assert_not_null(strstr(text, part), "no %s in: %s", part, text);
}

#define HAS(text, part) has(text, part)

#define IS(sql, wanted) cr_assert_str_eq(query(sql), wanted)

#endif
