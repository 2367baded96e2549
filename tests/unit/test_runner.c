#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <time.h>

#include "project.h"

#define A "aaaaaaaaaaa1"
#define B "aaaaaaaaaaa2"
#define C "aaaaaaaaaaa3"

static const char users[] =
	"-- upgrade\nCREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);\n"
	"INSERT INTO users (name) VALUES ('a;b');\n\n"
	"-- downgrade\nDROP TABLE users;\n";
static const char posts[] =
	"-- upgrade\nCREATE TABLE posts (id INTEGER PRIMARY KEY);\n\n"
	"-- downgrade\nDROP TABLE posts;\n";
static const char broken[] =
	"-- upgrade\nCREATE TABLE tags (id INTEGER PRIMARY KEY);\n"
	"INSERT INTO users (name) VALUES ('lost');\n"
	"INSERT INTO nowhere VALUES (1);\n\n-- downgrade\nDROP TABLE tags;\n";

static retort *db;
static size_t moved;

static void enter(void)
{
	enter_project();
	revision(A, "", "users", users);
	revision(B, A, "posts", posts);
	db = open_project();
}

static void leave(void)
{
	retort_close(db);
	leave_project();
}

TestSuite(runner, .init = enter, .fini = leave);

static retort_status up(const char *target)
{
	const retort_move move = { .size = sizeof(move), .target = target };

	return retort_upgrade(db, &move, &moved);
}

static retort_status down(const char *target)
{
	const retort_move move = { .size = sizeof(move), .target = target };

	return retort_downgrade(db, &move, &moved);
}

Test(runner, goes_up_and_down)
{
	MUST(db, retort_upgrade(db, NULL, &moved));
	cr_assert_eq(moved, 2);
	IS("SELECT version_num FROM db_version", B);
	IS("SELECT name FROM users", "a;b");
	cr_assert_str_eq(log_text, "Running upgrade  -> " A ", users\n"
			 "Running upgrade " A " -> " B ", posts\n");
	MUST(db, retort_downgrade(db, NULL, &moved));
	cr_assert_eq(moved, 1);
	IS("SELECT version_num FROM db_version", A);
	IS("SELECT count(*) FROM sqlite_schema WHERE name = 'posts'", "0");
	MUST(db, down("base"));
	IS("SELECT count(*) FROM db_version", "0");
	HAS(log_text, "Running downgrade " A " -> , users\n");
}

Test(runner, nothing_to_do_is_no_error_and_writes_nothing)
{
	MUST(db, up("head"));
	MUST(db, up("head"));
	cr_assert_eq(moved, 0);
	IS("SELECT count(*) FROM db_version_log", "2");
}

Test(runner, log_says_what_went_on)
{
	MUST(db, up("head"));
	MUST(db, down("-1"));
	IS("SELECT count(*) FROM db_version_log", "3");
	IS("SELECT revision || ' ' || direction || ' ' || user_name || ' ' || "
	   "git_commit || ' ' || retort_version FROM db_version_log "
	   "WHERE id = 3", B " downgrade tester c0ffee " RETORT_VERSION);
	IS("SELECT count(*) FROM db_version_log WHERE finished >= started AND "
	   "started LIKE '20__-__-__ __:__:__.___' AND duration_ms >= 0 AND "
	   "statements IS NULL", "3");
	cr_assert_eq(system("git hash-object migrations/versions/" A ".sql "
			    ">hash 2>/dev/null"), 0);
	FILE *f = fopen("hash", "r");
	char hash[64] = "";

	cr_assert(f && fgets(hash, sizeof(hash), f));
	fclose(f);
	hash[strcspn(hash, "\n")] = '\0';
	IS("SELECT content FROM db_version_log WHERE id = 1", hash);
}

Test(runner, sql_that_fails_leaves_the_revision_before)
{
	const retort_error *e;

	revision(C, B, "tags", broken);
	cr_assert_eq(up("head"), RETORT_E_DATABASE);
	e = retort_last_error(db);
	HAS(e->message, "revision " C);
	HAS(e->message, "nowhere");
	HAS(e->file, C ".sql");
	cr_assert_eq(e->line, 10);
	HAS(e->detail, "INSERT INTO nowhere VALUES (1)");
	HAS(e->detail, "The database is at revision " B ".");
	IS("SELECT version_num FROM db_version", B);
	IS("SELECT count(*) FROM sqlite_schema WHERE name = 'tags'", "0");
	IS("SELECT count(*) FROM users", "1");
	IS("SELECT count(*) FROM db_version_log", "2");

	revision(C, B, "tags", posts);
	write_text("migrations/versions/" C ".sql",
		   "-- tags\n--\n-- Revision: " C "\n-- Revises: " B "\n\n"
		   "-- upgrade\nCREATE TABLE tags (id INTEGER);\n\n"
		   "-- downgrade\nDROP TABLE tags;\n");
	MUST(db, up("head"));
	cr_assert_eq(moved, 1);
}

Test(runner, first_revision_that_fails_leaves_nothing)
{
	cr_assert_eq(remove("migrations/versions/" B ".sql"), 0);
	revision(A, "", "users", broken);
	cr_assert_eq(up("head"), RETORT_E_DATABASE);
	HAS(retort_last_error(db)->detail, "The database is at no revision");
	IS("SELECT count(*) FROM sqlite_schema", "0");
}

Test(runner, one_transaction_is_all_or_nothing)
{
	retort_close(db);
	write_text("migrations/db.ini",
		   "[db]\nurl = sqlite:app.db\ntransaction = all\n");
	db = open_project();
	revision(C, B, "tags", broken);
	cr_assert_eq(up("head"), RETORT_E_DATABASE);
	IS("SELECT count(*) FROM sqlite_schema", "0");
	MUST(db, up(B));
	IS("SELECT version_num FROM db_version", B);
	cr_assert_eq(moved, 2);
}

static const char rebuild[] =
	"-- upgrade foreign_keys=off\n"
	"CREATE TABLE _retort_new_p (id INTEGER PRIMARY KEY, n TEXT NOT NULL);\n"
	"INSERT INTO _retort_new_p (id, n) SELECT id, n FROM p;\n"
	"DROP TABLE p;\n"
	"ALTER TABLE _retort_new_p RENAME TO p;\n\n-- downgrade\n";
static const char family[] =
	"-- upgrade\nCREATE TABLE p (id INTEGER PRIMARY KEY, n TEXT);\n"
	"CREATE TABLE c (p REFERENCES p (id) ON DELETE CASCADE);\n"
	"INSERT INTO p VALUES (1, 'x'), (2, 'y');\n"
	"INSERT INTO c VALUES (1), (2), (2);\n\n"
	"-- downgrade\nDROP TABLE c;\nDROP TABLE p;\n";

Test(runner, rebuild_cascades_nothing_away)
{
	revision(C, B, "family", family);
	revision("aaaaaaaaaaa4", C, "rebuild", rebuild);
	MUST(db, up("head"));
	IS("SELECT count(*) FROM c", "3");
	IS("SELECT \"notnull\" FROM pragma_table_info('p') WHERE name = 'n'",
	   "1");
}

Test(runner, rebuild_in_one_transaction_cascades_nothing_away)
{
	retort_close(db);
	write_text("migrations/db.ini",
		   "[db]\nurl = sqlite:app.db\ntransaction = all\n");
	db = open_project();
	revision(C, B, "family", family);
	revision("aaaaaaaaaaa4", C, "rebuild", rebuild);
	MUST(db, up("head"));
	IS("SELECT count(*) FROM c", "3");
	IS("SELECT version_num FROM db_version", "aaaaaaaaaaa4");
}

Test(runner, statements_that_end_the_transaction_are_refused_before)
{
	static const char *const ends[] = { "COMMIT", "END", "ROLLBACK",
					    "BEGIN IMMEDIATE",
					    "commit transaction" };
	char body[256];

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		snprintf(body, sizeof(body), "-- upgrade\nCREATE TABLE t (x);\n"
			 "%s;\n\n-- downgrade\n", ends[i]);
		revision(C, B, "tags", body);
		cr_assert_eq(up("head"), RETORT_E_FAIL, "%s", ends[i]);
		HAS(retort_last_error(db)->hint, "transaction=off");
		cr_assert_eq(retort_last_error(db)->line, 9);
		IS("SELECT count(*) FROM sqlite_schema WHERE name = 't'", "0");
		retort_forget(db);
	}
	revision(C, B, "savepoint", "-- upgrade\nSAVEPOINT s;\n"
		 "CREATE TABLE t (x);\nROLLBACK TO s;\nRELEASE s;\n\n"
		 "-- downgrade\n");
	MUST(db, up("head"));
}

Test(runner, switch_of_foreign_keys_that_would_be_ignored_is_refused)
{
	revision(C, B, "keys", "-- upgrade\npragma Foreign_Keys = OFF;\n"
		 "DROP TABLE posts;\n\n-- downgrade\n");
	cr_assert_eq(up("head"), RETORT_E_FAIL);
	HAS(retort_last_error(db)->hint, "foreign_keys=off");
	cr_assert_eq(retort_last_error(db)->line, 8);
	IS("SELECT count(*) FROM posts", "0");
	retort_forget(db);
	revision(C, B, "keys", "-- upgrade transaction=off\n"
		 "PRAGMA foreign_keys = OFF;\n\n-- downgrade\n");
	MUST(db, up("head"));
}

Test(runner, nothing_to_do_needs_no_lock)
{
	MUST(db, up("head"));
	cr_assert_eq(chmod(".", 0555), 0);
	cr_assert_eq(system("flock -n app.db-retort-lock sleep 1 2>/dev/null &"
			    " sleep 0.2"), 0);
	MUST(db, up("head"));
	cr_assert_eq(chmod(".", 0755), 0);
}

Test(runner, open_transaction_of_the_program_is_refused)
{
	const retort_options o = { .size = sizeof(o),
				   .directory = "migrations" };
	sqlite3 *h;
	retort *s;

	cr_assert_eq(sqlite3_open(":memory:", &h), SQLITE_OK);
	cr_assert_eq(sqlite3_exec(h, "BEGIN", NULL, NULL, NULL), SQLITE_OK);
	cr_assert_eq(retort_open_sqlite(h, &o, &s), RETORT_OK);
	cr_assert_eq(retort_upgrade(s, NULL, NULL), RETORT_E_USAGE);
	cr_assert_eq(sqlite3_exec(h, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
	MUST(s, retort_upgrade(s, NULL, &moved));
	cr_assert_eq(moved, 2);
	retort_close(s);
	sqlite3_close(h);
}

Test(runner, log_names_the_commit_that_is_checked_out)
{
	retort_options o = { .size = sizeof(o), .directory = "migrations" };
	retort *s;
	char commit[64] = "";
	FILE *f;

	cr_assert_eq(system("git init -q . && git -c user.name=x -c "
			    "user.email=x@x commit -q --allow-empty -m x && "
			    "git rev-parse HEAD >commit"), 0);
	f = fopen("commit", "r");
	cr_assert(f && fgets(commit, sizeof(commit), f));
	fclose(f);
	commit[strcspn(commit, "\n")] = '\0';
	cr_assert_eq(retort_open(&o, &s), RETORT_OK);
	MUST(s, retort_upgrade(s, NULL, NULL));
	retort_close(s);
	IS("SELECT git_commit FROM db_version_log WHERE id = 1", commit);
	cr_assert_eq(system("git pack-refs --all"), 0);
	cr_assert_eq(retort_open(&o, &s), RETORT_OK);
	MUST(s, retort_downgrade(s, NULL, NULL));
	retort_close(s);
	IS("SELECT git_commit FROM db_version_log WHERE id = 3", commit);
}

static const char piecemeal[] =
	"-- upgrade transaction=off\n"
	"CREATE TABLE one (x);\n"
	"INSERT INTO one VALUES (1);\n"
	"INSERT INTO %s VALUES (1);\n"
	"VACUUM;\n\n-- downgrade\nDROP TABLE one;\n";

Test(runner, without_transaction_it_goes_on_where_it_stopped)
{
	char body[512];

	snprintf(body, sizeof(body), piecemeal, "two");
	revision(C, B, "pieces", body);
	cr_assert_eq(up("head"), RETORT_E_DATABASE);
	HAS(retort_last_error(db)->detail, "2 of its 4 statements have run");
	IS("SELECT version_num FROM db_version", B);
	IS("SELECT statements FROM db_version_log WHERE finished IS NULL", "2");

	/* Another direction must not be taken while it is half done. */
	cr_assert_eq(down("-1"), RETORT_E_FAIL);
	HAS(retort_last_error(db)->message, "half done");
	/* Nor may what has run have changed, or be a transaction now. */
	revision(C, B, "pieces", "-- upgrade transaction=off\n"
		 "CREATE TABLE one (x);\nINSERT INTO one VALUES (2);\n"
		 "INSERT INTO one VALUES (1);\n");
	cr_assert_eq(up("head"), RETORT_E_FAIL);
	HAS(retort_last_error(db)->message, "has run of its file was changed");
	snprintf(body, sizeof(body), piecemeal, "one");
	memmove(body + strlen("-- upgrade"), strchr(body, '\n'),
		strlen(strchr(body, '\n')) + 1);
	revision(C, B, "pieces", body);
	cr_assert_eq(up("head"), RETORT_E_FAIL);
	HAS(retort_last_error(db)->message, "has run of its file was changed");

	/* What comes after may. */
	snprintf(body, sizeof(body), piecemeal, "one");
	revision(C, B, "pieces", body);
	MUST(db, up("head"));
	HAS(log_text, "Going on with upgrade of " C " after statement 2");
	IS("SELECT count(*) FROM one", "2");
	MUST(db, up("head"));
	cr_expect(!strstr(log_text, "was changed after it was applied"));
	IS("SELECT count(*) FROM db_version_log WHERE revision = '" C "' AND "
	   "finished IS NOT NULL", "1");
	IS("SELECT version_num FROM db_version", C);
}

Test(runner, stamp_settles_what_was_half_done)
{
	const char *const to[] = { C };
	char body[512];

	snprintf(body, sizeof(body), piecemeal, "two");
	revision(C, B, "pieces", body);
	cr_assert_eq(up("head"), RETORT_E_DATABASE);
	MUST(db, retort_stamp(db, to, 1, false, NULL));
	IS("SELECT version_num FROM db_version", C);
	MUST(db, up("head"));
	IS("SELECT count(*) FROM db_version_log WHERE finished IS NULL", "0");
	MUST(db, down("-1"));
}

Test(runner, missing_downgrade_section_is_an_error)
{
	revision(C, B, "one way", "-- upgrade\nCREATE TABLE t (x);\n");
	MUST(db, up("head"));
	cr_assert_eq(down("-1"), RETORT_E_FAIL);
	HAS(retort_last_error(db)->message, "cannot be taken back");
	HAS(retort_last_error(db)->file, C);
	IS("SELECT version_num FROM db_version", C);
}

Test(runner, empty_downgrade_section_is_none)
{
	revision(C, B, "data", "-- upgrade\nCREATE TABLE t (x);\n\n"
		 "-- downgrade\n");
	MUST(db, up("head"));
	MUST(db, down("-1"));
	IS("SELECT version_num FROM db_version", B);
}

Test(runner, edited_file_is_warned_of)
{
	MUST(db, up("head"));
	log_text[0] = '\0';
	revision(A, "", "users, edited", users);
	MUST(db, up("head"));
	HAS(log_text, "revision " A " was changed after it was applied");
	HAS(log_text, "migrations/versions/" A ".sql");
	cr_assert_null(strstr(log_text, "revision " B));
}

Test(runner, unknown_current_revision_is_an_error)
{
	MUST(db, up("head"));
	cr_assert_eq(remove("migrations/versions/" B ".sql"), 0);
	retort_forget(db);
	cr_assert_eq(up("head"), RETORT_E_NOTFOUND);
	HAS(retort_last_error(db)->message,
	    "Can't locate revision identified by '" B "'");
	HAS(retort_last_error(db)->hint, "stamp --purge");
	cr_assert_eq(down("base"), RETORT_E_NOTFOUND);
	IS("SELECT version_num FROM db_version", B);
	const char *const to[] = { A };

	cr_assert_eq(retort_stamp(db, to, 1, false, NULL), RETORT_E_NOTFOUND);
	MUST(db, retort_stamp(db, to, 1, true, NULL));
	IS("SELECT version_num FROM db_version", A);
}

Test(runner, adopts_a_table_of_alembic)
{
	retort_close(db);
	write_text("migrations/db.ini", "[db]\nurl = sqlite:app.db\n"
		   "version_table = alembic_version\n");
	db = open_project();
	cr_assert_eq(system("sqlite3 app.db \"CREATE TABLE alembic_version "
			    "(version_num VARCHAR(32) NOT NULL, CONSTRAINT "
			    "alembic_version_pkc PRIMARY KEY (version_num)); "
			    "INSERT INTO alembic_version VALUES ('" A "')\""),
		     0);
	MUST(db, up("head"));
	cr_assert_eq(moved, 1);
	IS("SELECT version_num FROM alembic_version", B);
	IS("SELECT count(*) FROM alembic_version_log", "1");
	IS("SELECT sql LIKE '%VARCHAR(32)%' FROM sqlite_schema "
	   "WHERE name = 'alembic_version'", "1");
}

Test(runner, odd_names_of_the_version_table_are_quoted)
{
	retort_close(db);
	write_text("migrations/db.ini", "[db]\nurl = sqlite:app.db\n"
		   "version_table = my \"versions\" of 'it'\n");
	db = open_project();
	MUST(db, up("head"));
	IS("SELECT version_num FROM \"my \"\"versions\"\" of 'it'\"", B);
}

Test(runner, dry_run_changes_nothing)
{
	const retort_move move = { .size = sizeof(move), .dry_run = true };

	MUST(db, retort_upgrade(db, &move, &moved));
	cr_assert_eq(moved, 2);
	HAS(log_text, "Would run upgrade " A " -> " B ", posts");
	IS("SELECT count(*) FROM sqlite_schema", "0");
}

static char offline_text[16384];

static int take_sql(void *payload, const char *text, size_t n)
{
	size_t at = strlen(offline_text);

	(void)payload;
	cr_assert_lt(at + n + 1, sizeof(offline_text));
	memcpy(offline_text + at, text, n);
	offline_text[at + n] = '\0';
	return 0;
}

static void print_and_run(bool downwards, const char *target)
{
	const retort_move move = { .size = sizeof(move), .target = target,
				   .sql = take_sql };

	offline_text[0] = '\0';
	MUST(db, (downwards ? retort_downgrade : retort_upgrade)(db, &move,
								 &moved));
	write_text("offline.sql", offline_text);
	cr_assert_eq(system("sqlite3 -bail app.db <offline.sql"), 0, "%s",
		     offline_text);
}

Test(runner, printed_sql_does_the_same)
{
	print_and_run(false, "head");
	HAS(offline_text, "-- Running upgrade " A " -> " B ", posts");
	HAS(offline_text, "BEGIN;\n");
	IS("SELECT version_num FROM db_version", B);
	IS("SELECT name FROM users", "a;b");
	MUST(db, up("head"));
	cr_assert_eq(moved, 0);
	print_and_run(true, B ":" A);
	IS("SELECT version_num FROM db_version", A);
	print_and_run(false, A ":head");
	IS("SELECT version_num FROM db_version", B);
	print_and_run(true, "head:base");
	IS("SELECT count(*) FROM db_version", "0");
	IS("SELECT count(*) FROM sqlite_schema WHERE name IN ('users', "
	   "'posts')", "0");
}

Test(runner, printed_downgrade_needs_a_range)
{
	const retort_move move = { .size = sizeof(move), .target = "-1",
				   .sql = take_sql };

	cr_assert_eq(retort_downgrade(db, &move, &moved), RETORT_E_USAGE);
}

Test(runner, printed_rebuild_keeps_children)
{
	revision(C, B, "family", family);
	revision("aaaaaaaaaaa4", C, "rebuild", rebuild);
	print_and_run(false, "head");
	IS("SELECT count(*) FROM c", "3");
	HAS(offline_text, "PRAGMA foreign_keys = OFF;");
}

/* Another program goes on while this one is about to. */
static void go_ahead(void *payload, retort_log_level level, const char *text)
{
	(void)payload, (void)level;
	if (strstr(text, "-> " B))
		cr_assert_eq(system("sqlite3 app.db \"CREATE TABLE posts (id); "
				    "UPDATE db_version SET version_num = '" B
				    "'\""), 0);
}

Test(runner, plans_again_when_somebody_else_was_faster)
{
	retort_options o = { .size = sizeof(o), .directory = "migrations",
			     .log = go_ahead };
	retort *s;

	revision(C, B, "tags", "-- upgrade\nCREATE TABLE tags (id);\n\n"
		 "-- downgrade\nDROP TABLE tags;\n");
	cr_assert_eq(retort_open(&o, &s), RETORT_OK);
	MUST(s, retort_upgrade(s, NULL, &moved));
	retort_close(s);
	cr_assert_eq(moved, 2);
	IS("SELECT version_num FROM db_version", C);
	IS("SELECT count(*) FROM db_version_log WHERE revision = '" B "'", "0");
}

static atomic_int endless_runs;

static void note_endless(void *payload, retort_log_level level,
			 const char *text)
{
	(void)payload, (void)level;
	if (strstr(text, "-> " C))
		atomic_store(&endless_runs, 1);
}

static void *cancel_soon(void *arg)
{
	const struct timespec soon = { 0, 100000000 };

	(void)arg;
	do
		nanosleep(&soon, NULL);
	while (!atomic_load(&endless_runs));
	retort_cancel(db);
	return NULL;
}

static const char endless[] =
	"-- upgrade\nCREATE TABLE big (x);\n"
	"INSERT INTO big WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT "
	"i + 1 FROM n) SELECT i FROM n WHERE i < 0;\n\n-- downgrade\n";

Test(runner, cancel_rolls_back, .timeout = 120)
{
	const retort_options o = { .size = sizeof(o), .log = note_endless,
				   .directory = "migrations" };
	pthread_t thread;

	revision(C, B, "endless", endless);
	retort_close(db);
	cr_assert_eq(retort_open(&o, &db), RETORT_OK);
	cr_assert_eq(pthread_create(&thread, NULL, cancel_soon, NULL), 0);
	cr_assert_eq(up("head"), RETORT_E_INTERRUPTED);
	pthread_join(thread, NULL);
	IS("SELECT version_num FROM db_version", B);
	IS("SELECT count(*) FROM sqlite_schema WHERE name = 'big'", "0");
	/* It is over with that: the next call works. */
	MUST(db, down("-1"));
}

Test(runner, cancel_before_a_call_stops_it)
{
	retort_cancel(db);
	cr_assert_eq(up("head"), RETORT_E_INTERRUPTED);
	IS("SELECT count(*) FROM sqlite_schema", "0");
	MUST(db, up("head"));
}

/* A run in a process of its own; its exit status is what it moved. */
static pid_t upgrade_in_child(void)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	retort *other = open_project();
	retort_status rc = retort_upgrade(other, NULL, &moved);

	_exit(rc == RETORT_OK ? (int)moved : 100 - (int)rc);
}

static const char slow[] =
	"-- upgrade\nCREATE TABLE slow AS WITH RECURSIVE n (i) AS (SELECT 1 "
	"UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT max(i) AS m "
	"FROM n;\n\n-- downgrade\nDROP TABLE slow;\n";

Test(runner, of_two_at_once_one_works_and_one_waits, .timeout = 120)
{
	int status[4], sum = 0;
	pid_t pid[4];

	revision(C, B, "slow", slow);
	write_text("migrations/db.ini",
		   "[db]\nurl = sqlite:app.db\nlock_timeout = 100s\n");
	retort_close(db);
	for (int i = 0; i < 4; i++)
		pid[i] = upgrade_in_child();
	for (int i = 0; i < 4; i++) {
		cr_assert_eq(waitpid(pid[i], &status[i], 0), pid[i]);
		cr_assert(WIFEXITED(status[i]));
		cr_assert(WEXITSTATUS(status[i]) == 0 ||
			  WEXITSTATUS(status[i]) == 3, "%d",
			  WEXITSTATUS(status[i]));
		sum += WEXITSTATUS(status[i]);
	}
	cr_assert_eq(sum, 3);
	IS("SELECT count(*) FROM db_version_log", "3");
	IS("SELECT version_num FROM db_version", C);
	db = open_project();
}

Test(runner, lock_that_is_held_is_reported)
{
	retort_options o = { .size = sizeof(o), .directory = "migrations",
			     .lock_timeout_ms = 50 };
	sqlite3 *h;
	retort *other;

	MUST(db, up("head"));
	cr_assert_eq(sqlite3_open("app.db", &h), SQLITE_OK);
	cr_assert_eq(sqlite3_exec(h, "BEGIN EXCLUSIVE", NULL, NULL, NULL),
		     SQLITE_OK);
	cr_assert_eq(retort_open(&o, &other), RETORT_OK);
	cr_assert_eq(retort_downgrade(other, NULL, NULL), RETORT_E_LOCKED);
	sqlite3_close(h);
	MUST(other, retort_downgrade(other, NULL, NULL));
	retort_close(other);
}

Test(runner, values_are_put_into_sql)
{
	const retort_pair x[] = { { "WHO", "o'neill" } };
	const retort_options o = {
		.size = sizeof(o), .directory = "migrations", .x = x, .n_x = 1,
	};

	revision(C, B, "values", "-- upgrade\nUPDATE users SET name = "
		 "'${WHO2}';\n\n-- downgrade\n");
	retort_close(db);
	cr_assert_eq(retort_open(&o, &db), RETORT_OK);
	cr_assert_lt(up("head"), 0);
	HAS(retort_last_error(db)->message, "WHO2");
	IS("SELECT version_num FROM db_version", B);
}

Test(runner, progress_is_told)
{
	MUST(db, up("+1"));
	cr_assert_eq(moved, 1);
	IS("SELECT version_num FROM db_version", A);
	MUST(db, up("+1"));
	IS("SELECT version_num FROM db_version", B);
}
