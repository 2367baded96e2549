#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dialect/sqlite/sqlite.h"

static char dir[] = "/tmp/retort-conn-XXXXXX";

static void enter(void)
{
	cr_assert(mkdtemp(dir));
	cr_assert(!chdir(dir));
}

static void leave(void)
{
	char cmd[64];

	snprintf(cmd, sizeof(cmd), "rm -rf '%s'", dir);
	cr_assert(!chdir("/"));
	cr_assert(!system(cmd));
}

TestSuite(conn, .init = enter, .fini = leave);

static const struct conn_options fast = { .lock_timeout_ms = 60 };

static struct conn *must_open(const char *url, const struct conn_options *o)
{
	SCRATCH_ERR(err);
	struct conn *c = NULL;

	cr_assert(!conn_open(url, o, &c, &err), "%s: %s", url,
		  err.pub.message);
	return c;
}

static void must_exec(struct conn *c, const char *sql)
{
	SCRATCH_ERR(err);

	cr_assert(!conn_exec(c, sql, &err), "%s: %s", sql, err.pub.message);
}

static int first_cell(void *payload, int n, const char *const cell[])
{
	snprintf(payload, 64, "%s", n && cell[0] ? cell[0] : "NULL");
	return 0;
}

static const char *ask(struct conn *c, const char *sql)
{
	static char answer[64];
	SCRATCH_ERR(err);

	strcpy(answer, "(none)");
	cr_assert(!c->ops->run(c, sql, 0, NULL, first_cell, answer, &err));
	return answer;
}

/* url -> file, "memory" or "error" */
static void check_url(const char *url, const char *file, bool uri)
{
	SCRATCH(mem);
	SCRATCH_ERR(err);
	struct sqlite_target t = {0};
	retort_status rc = sqlite_url(url, &mem, &t, &err);

	if (!file) {
		cr_expect(rc == RETORT_E_USAGE, "%s accepted", url);
		return;
	}
	cr_assert(!rc, "%s: %s", url, err.pub.message);
	cr_expect(!strcmp(t.file, file), "%s: %s", url, t.file);
	cr_expect(t.uri == uri, "%s", url);
	cr_expect(t.memory == (strstr(file, ":memory:") != NULL), "%s", url);
}

Test(conn, url_spellings)
{
	check_url("sqlite:rel.db", "rel.db", false);
	check_url("sqlite:/abs.db", "/abs.db", false);
	check_url("sqlite:///rel.db", "rel.db", false);
	check_url("sqlite:////abs.db", "/abs.db", false);
	check_url("sqlite:///a/b.db", "a/b.db", false);
	check_url("sqlite+pysqlite:///rel.db", "rel.db", false);
	check_url("SQLite:///rel.db", "rel.db", false);
	check_url("sqlite3:rel.db", "rel.db", false);
	check_url("sqlite://", ":memory:", false);
	check_url("sqlite:///", ":memory:", false);
	check_url("sqlite:///:memory:", ":memory:", false);
	check_url("sqlite::memory:", ":memory:", false);
	check_url("sqlite:///a%20b.db", "a b.db", false);
	check_url("sqlite:///100%.db", "100%.db", false);
	check_url("sqlite:///a%3fb", "a?b", false);
	check_url("sqlite:///a.db?mode=ro", "file:a.db?mode=ro", true);
	check_url("sqlite:///a#b.db?mode=ro", "file:a%23b.db?mode=ro", true);
	check_url("sqlite:///a.db?timeout=5&mode=rw&check_same_thread=false",
		  "file:a.db?mode=rw", true);
	check_url("sqlite:///file:a%20b.db?mode=ro&uri=true",
		  "file:a%20b.db?mode=ro", true);
	check_url("file:a.db?mode=ro", "file:a.db?mode=ro", true);
	check_url("sqlite:", NULL, false);
	check_url("sqlite://rel.db", NULL, false);
	check_url("sqlite://host/rel.db", NULL, false);
	check_url("sqlite:///a.db?nonsense=1", NULL, false);
}

Test(conn, dialect_of_url)
{
	cr_expect(dialect_for_url("sqlite+aiosqlite:///x") == &dialect_sqlite);
	cr_expect(dialect_for_url("file:x") == &dialect_sqlite);
	cr_expect(!dialect_for_url("sqlitex:///x"));
	cr_expect(!dialect_for_url("x.db"));
	cr_expect(!dialect_for_url(""));
	cr_expect(dialect_by_name("sqlite") == &dialect_sqlite);
	cr_expect(!dialect_by_name("oracle"));
}

Test(conn, unknown_url_is_refused_without_its_password)
{
	SCRATCH_ERR(err);
	struct conn *c = NULL;

	cr_expect(conn_open("oracle://me:geheim@h/d", NULL, &c, &err) ==
		  RETORT_E_USAGE);
	cr_expect(strstr(err.pub.message, "oracle:"));
	cr_expect(!strstr(err.pub.message, "geheim"));
	cr_expect(err.pub.hint != NULL);
	cr_expect(conn_open("x.db", NULL, &c, &err) == RETORT_E_USAGE);
	cr_expect(conn_open("", NULL, &c, &err) == RETORT_E_USAGE);
}

Test(conn, shown_url_has_no_password)
{
	SCRATCH(mem);

	cr_expect_str_eq(sqlite_show_url(&mem, "sqlite:///a.db"),
		     "sqlite:///a.db");
	cr_expect_str_eq(sqlite_show_url(&mem, "file:a?key=x&mode=ro"),
		     "file:a?key=***&mode=ro");
	cr_expect_str_eq(sqlite_show_url(&mem, "sqlite+x://:p@w@/a.db"),
		     "sqlite+x://:***@/a.db");
}

Test(conn, rows_and_parameters)
{
	struct conn *c = must_open("sqlite:a.db", NULL);
	SCRATCH_ERR(err);
	char got[64];
	const char *arg[] = { "it's", NULL };

	must_exec(c, "CREATE TABLE t(a, b); CREATE INDEX i ON t(a);");
	cr_assert(!c->ops->run(c, "INSERT INTO t VALUES (?, ?)", 2, arg, NULL,
			       NULL, &err));
	cr_assert(!c->ops->run(c, "SELECT a || coalesce(b, '-') FROM t", 0,
			       NULL, first_cell, got, &err));
	cr_expect_str_eq(got, "it's-");
	cr_expect_str_eq(ask(c, "SELECT count(*) FROM sqlite_schema"), "2");
	cr_expect_str_eq(ask(c, "SELECT NULL"), "NULL");
	cr_expect(c->ops->run(c, "SELEKT", 0, NULL, NULL, NULL, &err) ==
		  RETORT_E_DATABASE);
	cr_expect(strstr(err.pub.message, "SELEKT"));
	conn_close(c);
}

Test(conn, more_columns_than_usual)
{
	struct conn *c = must_open("sqlite://", NULL);

	must_exec(c, "SELECT 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,"
		  "20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35");
	conn_close(c);
}

Test(conn, transactions)
{
	struct conn *c = must_open("sqlite:a.db", NULL);
	SCRATCH_ERR(err);

	cr_expect(!c->ops->in_transaction(c));
	cr_assert(!c->ops->begin(c, &err));
	cr_expect(c->ops->in_transaction(c));
	must_exec(c, "CREATE TABLE t(a)");
	c->ops->rollback(c);
	cr_expect(!c->ops->in_transaction(c));
	c->ops->rollback(c);
	cr_expect_str_eq(ask(c, "SELECT count(*) FROM sqlite_schema"), "0");
	cr_assert(!c->ops->begin(c, &err));
	must_exec(c, "CREATE TABLE t(a)");
	cr_assert(!c->ops->commit(c, &err));
	cr_expect_str_eq(ask(c, "SELECT count(*) FROM sqlite_schema"), "1");
	conn_close(c);
}

Test(conn, begin_holds_off_other_writers)
{
	struct conn *a = must_open("sqlite:a.db", NULL);
	struct conn *b = must_open("sqlite:a.db", &fast);
	SCRATCH_ERR(err);
	int64_t start = sqlite_now_ms();

	cr_assert(!a->ops->begin(a, &err));
	cr_expect(b->ops->begin(b, &err) == RETORT_E_LOCKED);
	cr_expect(sqlite_now_ms() - start >= 55);
	cr_expect(sqlite_now_ms() - start < 2000);
	cr_expect(strstr(err.pub.message, "a.db"));
	cr_expect(err.pub.hint != NULL);
	a->ops->rollback(a);
	cr_expect(!b->ops->begin(b, &err));
	conn_close(b);
	conn_close(a);
}

Test(conn, adopted_handle_waits_and_stays_open)
{
	struct conn *a = must_open("sqlite:a.db", NULL), *b = NULL;
	sqlite3 *db = NULL;
	SCRATCH_ERR(err);
	int64_t start;

	cr_assert(!sqlite3_open("a.db", &db));
	cr_assert(!sqlite_adopt(db, &fast, &b, &err));
	cr_assert(!a->ops->begin(a, &err));
	start = sqlite_now_ms();
	cr_expect(b->ops->begin(b, &err) == RETORT_E_LOCKED);
	cr_expect(sqlite_now_ms() - start >= 55);
	conn_close(a);
	cr_expect(!b->ops->begin(b, &err));
	b->ops->rollback(b);
	conn_close(b);
	cr_expect(!sqlite3_exec(db, "CREATE TABLE t(a)", NULL, NULL, NULL));
	sqlite3_close(db);
	cr_expect(sqlite_adopt(NULL, NULL, &b, &err) == RETORT_E_USAGE);
}

static const char *endless =
	"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
	"SELECT count(*) FROM n";

static struct conn *alarmed;

static void on_alarm(int sig)
{
	(void)sig;
	alarmed->ops->interrupt(alarmed);
}

Test(conn, interrupt_ends_a_statement, .timeout = 20)
{
	SCRATCH_ERR(err);

	alarmed = must_open("sqlite://", NULL);
	signal(SIGALRM, on_alarm);
	alarm(1);
	cr_expect(conn_exec(alarmed, endless, &err) == RETORT_E_INTERRUPTED);
	must_exec(alarmed, "SELECT 1");
	conn_close(alarmed);
}

Test(conn, interrupt_ends_a_wait, .timeout = 20)
{
	struct conn *a = must_open("sqlite:a.db", NULL);
	SCRATCH_ERR(err);

	alarmed = must_open("sqlite:a.db", &(struct conn_options){
				.lock_timeout_ms = 15000 });
	cr_assert(!a->ops->begin(a, &err));
	signal(SIGALRM, on_alarm);
	alarm(1);
	cr_expect(alarmed->ops->begin(alarmed, &err) == RETORT_E_INTERRUPTED);
	conn_close(alarmed);
	conn_close(a);
}

Test(conn, interrupt_between_statements_stops_the_next)
{
	struct conn *c = must_open("sqlite://", NULL);
	SCRATCH_ERR(err);

	c->ops->interrupt(c);
	cr_expect(conn_exec(c, "CREATE TABLE t(a)", &err) ==
		  RETORT_E_INTERRUPTED);
	cr_expect_str_eq(ask(c, "SELECT count(*) FROM sqlite_schema"), "0");
	conn_close(c);
}

Test(conn, statement_timeout, .timeout = 20)
{
	struct conn *c = must_open("sqlite://", &(struct conn_options){
					   .statement_timeout_ms = 50 });
	SCRATCH_ERR(err);

	cr_expect(conn_exec(c, endless, &err) == RETORT_E_DATABASE);
	cr_expect(strstr(err.pub.message, "50 ms"));
	conn_close(c);
}

static void expect_open(const char *url, const struct conn_options *o,
			retort_status rc, const char *text)
{
	SCRATCH_ERR(err);
	struct conn *c = NULL;
	retort_status got = conn_open(url, o, &c, &err);

	cr_expect(got == rc, "%s: %d, %s", url, got, err.pub.message);
	cr_expect(strstr(err.pub.message, text), "%s", err.pub.message);
	cr_expect(err.pub.hint != NULL);
	cr_expect(!c);
}

static void write_file(const char *path, const char *text, size_t n)
{
	FILE *f = fopen(path, "w");

	cr_assert(f && fwrite(text, 1, n, f) == n && !fclose(f));
}

Test(conn, what_cannot_be_opened)
{
	static const struct conn_options there = { .must_exist = true,
		.lock_timeout_ms = -1 };
	static char junk[4096];

	memset(junk, 'x', sizeof(junk));
	write_file("junk.db", junk, sizeof(junk));
	cr_assert(!mkdir("folder", 0700));
	expect_open("sqlite:none.db", &there, RETORT_E_UNREACHABLE, "none.db");
	cr_expect(access("none.db", F_OK));
	expect_open("sqlite:no/such.db", NULL, RETORT_E_UNREACHABLE,
		    "No such file");
	expect_open("sqlite:folder", NULL, RETORT_E_UNREACHABLE, "folder");
	expect_open("sqlite:junk.db", NULL, RETORT_E_UNREACHABLE,
		    "is not an SQLite database");
}

Test(conn, corrupt_database)
{
	struct conn *c = must_open("sqlite:a.db", NULL);
	SCRATCH_ERR(err);
	FILE *f;

	must_exec(c, "PRAGMA page_size = 1024; CREATE TABLE t(a)");
	conn_close(c);
	f = fopen("a.db", "r+");
	cr_assert(f && !fseek(f, 100, SEEK_SET));
	for (int i = 0; i < 200; i++)
		fputc(0x77, f);
	fclose(f);
	c = must_open("sqlite:a.db", NULL);
	cr_expect(conn_exec(c, "SELECT * FROM t", &err) == RETORT_E_DATABASE);
	cr_expect(strstr(err.pub.message, "is corrupt"), "%s",
		  err.pub.message);
	cr_expect(err.pub.hint != NULL);
	conn_close(c);
}

Test(conn, read_only)
{
	struct conn *c = must_open("sqlite:a.db", NULL);
	SCRATCH_ERR(err);

	must_exec(c, "CREATE TABLE t(a)");
	conn_close(c);
	c = must_open("sqlite:a.db", &(struct conn_options){
			      .read_only = true });
	cr_expect(conn_exec(c, "INSERT INTO t VALUES (1)", &err) ==
		  RETORT_E_DATABASE);
	cr_expect(strstr(err.pub.message, "cannot write"));
	cr_expect(err.pub.hint != NULL);
	conn_close(c);
	c = must_open("sqlite:///a.db?mode=ro", NULL);
	cr_expect(conn_exec(c, "INSERT INTO t VALUES (1)", &err));
	conn_close(c);
}

Test(conn, full_database)
{
	struct conn *c = must_open("sqlite:a.db", NULL);
	SCRATCH_ERR(err);

	must_exec(c, "PRAGMA max_page_count = 2; CREATE TABLE t(a)");
	cr_expect(conn_exec(c, "INSERT INTO t VALUES (zeroblob(99999))",
			    &err) == RETORT_E_DATABASE);
	cr_expect(strstr(err.pub.message, "disk is full"));
	cr_expect(err.pub.hint != NULL);
	conn_close(c);
}

static void count_call(void *payload)
{
	++*(int *)payload;
}

Test(conn, runner_lock)
{
	struct conn *a = must_open("sqlite:a.db", NULL);
	struct conn *b = must_open("sqlite:a.db", NULL);
	SCRATCH_ERR(err);
	int calls = 0;

	cr_assert(!a->ops->lock(a, "v", 0, count_call, &calls, &err));
	cr_expect(calls == 0);
	cr_expect(!access("a.db-retort-lock", F_OK));
	cr_expect(b->ops->lock(b, "v", 50, count_call, &calls, &err) ==
		  RETORT_E_LOCKED);
	cr_expect(calls == 1);
	cr_expect(err.pub.hint != NULL);
	a->ops->unlock(a);
	cr_expect(access("a.db-retort-lock", F_OK));
	cr_expect(!b->ops->lock(b, "v", 0, count_call, &calls, &err));
	cr_expect(calls == 1);
	conn_close(b);
	cr_expect(access("a.db-retort-lock", F_OK));
	conn_close(a);
}

Test(conn, runner_lock_ends_with_the_process)
{
	struct conn *c = must_open("sqlite:a.db", NULL);
	SCRATCH_ERR(err);
	pid_t child = fork();
	int status;

	if (!child) {
		static struct conn *volatile mine;	/* held, not lost */

		mine = must_open("sqlite:a.db", NULL);
		_exit(mine->ops->lock(mine, "v", 0, NULL, NULL, &err) ? 1 : 0);
	}
	cr_assert(waitpid(child, &status, 0) == child && status == 0);
	cr_expect(!access("a.db-retort-lock", F_OK));
	cr_expect(!c->ops->lock(c, "v", 0, NULL, NULL, &err));
	conn_close(c);
}

Test(conn, runner_lock_is_waited_for_by_many, .timeout = 60)
{
	struct conn *c = must_open("sqlite:a.db", NULL);
	int status;

	must_exec(c, "CREATE TABLE n(i); INSERT INTO n VALUES (0)");
	conn_close(c);
	for (int i = 0; i < 8; i++) {
		if (fork())
			continue;
		SCRATCH_ERR(err);
		bool bad = false;

		c = must_open("sqlite:a.db", NULL);
		for (int k = 0; k < 5 && !bad; k++) {
			char was[64], sql[96];

			bad = c->ops->lock(c, "v", 30000, NULL, NULL, &err);
			strcpy(was, ask(c, "SELECT i FROM n"));
			snprintf(sql, sizeof(sql),
				 "UPDATE n SET i = %.20s + 1", was);
			must_exec(c, sql);
			c->ops->unlock(c);
		}
		conn_close(c);
		_exit(bad);
	}
	for (int i = 0; i < 8; i++)
		cr_expect(wait(&status) > 0 && status == 0);
	c = must_open("sqlite:a.db", NULL);
	cr_expect_str_eq(ask(c, "SELECT i FROM n"), "40");
	conn_close(c);
}

Test(conn, memory_needs_no_lock_file)
{
	struct conn *c = must_open("sqlite://", NULL);
	SCRATCH_ERR(err);

	cr_expect(!c->ops->lock(c, "v", 0, NULL, NULL, &err));
	c->ops->unlock(c);
	conn_close(c);
}

Test(conn, quote_text)
{
	SCRATCH(mem);

	cr_expect_str_eq(sql_quote_text(&mem, "it's"), "'it''s'");
	cr_expect_str_eq(sql_quote_text(&mem, ""), "''");
}
