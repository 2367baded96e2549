/*
 * A throw-away PostgreSQL server for the tests of one program: that of
 * $RETORT_TEST_PG, or one that is started before the first test and stopped
 * after the last.
 */
#ifndef PG_WORLD_H
#define PG_WORLD_H

#include <criterion/criterion.h>
#include <criterion/hooks.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "dialect/postgresql/pg.h"

static char pg_world_own[256];

static void pg_world_start(void)
{
	char command[64];
	FILE *out;

	snprintf(command, sizeof(command), "tests/pg/server.sh start %ld",
		 (long)getpid());
	out = popen(command, "r");
	if (out && fgets(pg_world_own, sizeof(pg_world_own), out)) {
		pg_world_own[strcspn(pg_world_own, "\n")] = '\0';
		setenv("RETORT_TEST_PG", pg_world_own, 1);
	}
	if (out)
		pclose(out);
}

ReportHook(PRE_ALL)(struct criterion_test_set *tests)
{
	(void)tests;
	if (!getenv("RETORT_TEST_PG"))
		pg_world_start();
}

ReportHook(POST_ALL)(struct criterion_global_stats *stats)
{
	char command[320];

	(void)stats;
	if (!*pg_world_own)
		return;
	snprintf(command, sizeof(command), "tests/pg/server.sh stop '%s'",
		 pg_world_own);
	if (system(command))
		fprintf(stderr, "could not stop %s\n", pg_world_own);
}

/* The server's URL with another database in it. */
__attribute__((unused))
static char *pg_world_url(struct arena *mem, const char *database)
{
	const char *url = getenv("RETORT_TEST_PG"), *query;

	cr_assert(url, "there is no PostgreSQL server for this test: see "
		  "tests/pg/server.sh");
	query = strchr(url, '?');
	return arena_printf(mem, "postgresql:///%s%s", database,
			    query ? query : "");
}

__attribute__((unused))
static struct conn *pg_world_open(const char *url)
{
	SCRATCH_ERR(err);
	struct conn *c = NULL;

	cr_assert(!conn_open(url, NULL, &c, &err), "%s: %s", err.pub.message,
		  err.pub.detail ? err.pub.detail : "");
	return c;
}

/* What the environment says. */
__attribute__((unused))
static unsigned long long pg_world_number(const char *name,
					  unsigned long long otherwise)
{
	const char *s = getenv(name);

	return s && *s ? strtoull(s, NULL, 10) : otherwise;
}

__attribute__((unused))
static void pg_world_exec(struct conn *c, const char *sql)
{
	SCRATCH_ERR(err);

	cr_assert(!conn_exec(c, sql, &err), "%s: %s", err.pub.message, sql);
}

/* A new and empty database, opened; one of that name is dropped. */
__attribute__((unused))
static struct conn *pg_world_database(const char *name)
{
	SCRATCH(mem);
	struct conn *c = pg_world_open(pg_world_url(&mem, "postgres"));

	pg_world_exec(c, arena_printf(&mem, "DROP DATABASE IF EXISTS %s",
				      name));
	pg_world_exec(c, arena_printf(&mem,
		"CREATE DATABASE %s TEMPLATE template0", name));
	conn_close(c);
	return pg_world_open(pg_world_url(&mem, name));
}

/* Run a file, statement by statement. */
__attribute__((unused))
static void pg_world_load(struct conn *c, const char *path)
{
	SCRATCH(mem);
	SCRATCH_ERR(err);
	struct stmt stmt;
	const char *at;
	char *text;

	cr_assert(!file_read(path, &mem, &text, NULL, &err), "%s",
		  err.pub.message);
	for (at = text; ; ) {
		cr_assert(!c->ops->split(at, &mem, &stmt, &at, &err), "%s",
			  err.pub.message);
		if (!stmt.sql)
			break;
		pg_world_exec(c, stmt.sql);
	}
}

#endif
