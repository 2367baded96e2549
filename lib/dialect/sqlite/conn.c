#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "dialect/sqlite/sqlite.h"

#define DEFAULT_LOCK_TIMEOUT_MS 5000

int64_t sqlite_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void sqlite_sleep_ms(int ms)
{
	struct timespec t = { ms / 1000, (long)(ms % 1000) * 1000000 };

	nanosleep(&t, NULL);	/* a signal ends it early: then look again */
}

static struct sqlite_conn *cast(struct conn *c)
{
	return (struct sqlite_conn *)c;
}

static const char *disk_full_hint =
	"Make room on the file system of the database and run it again.";

static retort_status fail_locked(struct sqlite_conn *c, struct err *err)
{
	err_set(err, RETORT_E_LOCKED,
		"could not lock database \"%s\" within %d ms", c->shown,
		c->lock_timeout_ms);
	err_hint(err, "Another program is using it. Wait until it is done, or "
		 "set a longer lock timeout.");
	return RETORT_E_LOCKED;
}

static retort_status fail_readonly(struct sqlite_conn *c, struct err *err)
{
	err_set(err, RETORT_E_DATABASE, "cannot write database \"%s\": %s",
		c->shown, sqlite3_errmsg(c->db));
	err_hint(err, "The file and its folder must be writable for this user.");
	return RETORT_E_DATABASE;
}

/* The file is not there, or what a link leads to is not. */
static void hint_absent(const char *path, struct err *err)
{
	SCRATCH(tmp);
	const char *file = path_follow(&tmp, path);

	if (file && strcmp(file, path))
		err_hint(err, "It is a symbolic link to \"%s\", and the "
			 "directory of that is not there.", file);
	else
		err_hint(err, "Check the path in the database URL; a relative "
			 "one starts at the working directory.");
}

static retort_status fail_cantopen(struct sqlite_conn *c, struct err *err)
{
	int e = sqlite3_system_errno(c->db);

	err_set(err, RETORT_E_UNREACHABLE, "could not open database \"%s\": %s",
		c->shown, e ? strerror(e) : sqlite3_errmsg(c->db));
	if (e == ENOENT)
		hint_absent(c->shown, err);
	else if (e == EISDIR)
		err_hint(err, "Name a file in it.");
	else
		err_hint(err, "The file and its folder must be readable and "
			 "writable for this user.");
	return RETORT_E_UNREACHABLE;
}

static retort_status fail_damaged(struct sqlite_conn *c, int rc,
				  struct err *err)
{
	if (rc == SQLITE_NOTADB) {
		err_set(err, RETORT_E_UNREACHABLE,
			"\"%s\" is not an SQLite database", c->shown);
		err_hint(err, "The file is something else, or encrypted. "
			 "Check the path in the database URL.");
		return RETORT_E_UNREACHABLE;
	}
	err_set(err, RETORT_E_DATABASE, "database \"%s\" is corrupt: %s",
		c->shown, sqlite3_errmsg(c->db));
	err_hint(err, "Look with \"PRAGMA integrity_check\", then restore a "
		 "backup or rescue what is left with the .recover command of "
		 "the sqlite3 program.");
	return RETORT_E_DATABASE;
}

static retort_status fail_interrupted(struct sqlite_conn *c, struct err *err)
{
	bool asked = atomic_exchange(&c->interrupted, 0);

	if (asked || !c->statement_deadline ||
	    sqlite_now_ms() < c->statement_deadline)
		return err_set(err, RETORT_E_INTERRUPTED, "interrupted");
	err_set(err, RETORT_E_DATABASE,
		"the statement took longer than the timeout of %d ms",
		c->statement_timeout_ms);
	err_hint(err, "Set a longer statement timeout, or none.");
	return RETORT_E_DATABASE;
}

static retort_status fail_statement(struct sqlite_conn *c, struct err *err)
{
	const char *text = sqlite3_errmsg(c->db);

	err_set(err, RETORT_E_DATABASE, "%s", text);
	if (strstr(text, "within a transaction") ||
	    strstr(text, "inside a transaction"))
		err_hint(err, "Write \"transaction=off\" on the line of the "
			 "section.");
	return RETORT_E_DATABASE;
}

retort_status sqlite_fail(struct sqlite_conn *c, int rc, struct err *err)
{
	switch (rc & 0xff) {
	case SQLITE_NOMEM:
		return err_nomem(err);
	case SQLITE_INTERRUPT:
		return fail_interrupted(c, err);
	case SQLITE_BUSY:
		return atomic_load(&c->interrupted) ? fail_interrupted(c, err)
						    : fail_locked(c, err);
	case SQLITE_LOCKED:
		err_set(err, RETORT_E_DATABASE, "%s", sqlite3_errmsg(c->db));
		err_hint(err, "Another statement of this program still reads "
			 "or writes the table.");
		return RETORT_E_DATABASE;
	case SQLITE_READONLY:
		return fail_readonly(c, err);
	case SQLITE_CANTOPEN:
		return fail_cantopen(c, err);
	case SQLITE_NOTADB:
	case SQLITE_CORRUPT:
		return fail_damaged(c, rc & 0xff, err);
	case SQLITE_FULL:
		err_set(err, RETORT_E_DATABASE,
			"could not write database \"%s\": the disk is full",
			c->shown);
		err_hint(err, "%s", disk_full_hint);
		return RETORT_E_DATABASE;
	case SQLITE_IOERR:
		return err_set(err, RETORT_E_DATABASE,
			       "could not read or write database \"%s\": %s",
			       c->shown, sqlite3_errmsg(c->db));
	default:
		return fail_statement(c, err);
	}
}

/* Wait a little for a lock; 0 when it is time to give up. */
static int wait_for_lock(void *payload, int tries)
{
	struct sqlite_conn *c = payload;
	int64_t left = c->lock_deadline - sqlite_now_ms();
	int ms = tries < 10 ? 1 + tries * 2 : 25;

	if (left <= 0 || atomic_load(&c->interrupted))
		return 0;
	sqlite_sleep_ms(left < ms ? (int)left : ms);
	return !atomic_load(&c->interrupted);
}

static int should_stop(void *payload)
{
	struct sqlite_conn *c = payload;

	if (c->watch.stmt)
		watch_tick(c);
	return atomic_load(&c->interrupted) ||
		(c->statement_deadline &&
		 sqlite_now_ms() >= c->statement_deadline);
}

static struct sqlite_conn *conn_new(const struct conn_options *o)
{
	struct sqlite_conn *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->base.ops = &dialect_sqlite;
	c->lock_fd = -1;
	c->lock_timeout_ms = o && o->lock_timeout_ms >= 0
		? o->lock_timeout_ms : DEFAULT_LOCK_TIMEOUT_MS;
	c->statement_timeout_ms = o ? o->statement_timeout_ms : 0;
	c->watch.tell = o ? o->watcher : NULL;
	c->watch.payload = o ? o->watcher_payload : NULL;
	return c;
}

static retort_status name_file(struct sqlite_conn *c, const char *fallback,
			       struct err *err)
{
	const char *file = sqlite3_db_filename(c->db, "main");

	c->shown = arena_strdup(&c->mem, file && *file ? file : fallback);
	return c->shown ? RETORT_OK : err_nomem(err);
}

static int open_flags(const struct conn_options *o,
		      const struct sqlite_target *t)
{
	int flags = SQLITE_OPEN_EXRESCODE;

	if (t->uri)
		flags |= SQLITE_OPEN_URI;
	if (t->memory)
		return flags | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	if (o && o->read_only)
		return flags | SQLITE_OPEN_READONLY;
	flags |= SQLITE_OPEN_READWRITE;
	return o && (o->must_exist || o->may_be_absent)
		? flags : flags | SQLITE_OPEN_CREATE;
}

/* The mode of a URI may not go beyond the flags. */
static void forbid_creation(char *uri)
{
	char *mode = strstr(uri, "mode=rwc");

	if (mode)
		memmove(mode + 7, mode + 8, strlen(mode + 8) + 1);
}

/* No file, in a folder that is there? What the URI leads to is not known. */
static bool is_absent(struct sqlite_conn *c, const struct sqlite_target *t,
		      int rc)
{
	SCRATCH(tmp);
	char *file, *folder;

	if ((rc & 0xff) != SQLITE_CANTOPEN ||
	    sqlite3_system_errno(c->db) != ENOENT)
		return false;
	if (t->uri)
		return true;
	file = path_follow(&tmp, t->file);
	folder = file ? path_dirname(&tmp, file) : NULL;
	return folder && file_is_directory(folder);
}

static void say_absent(const struct conn_options *o, const char *shown)
{
	SCRATCH(tmp);
	char *text = arena_printf(&tmp, "database \"%s\" does not exist yet; "
				  "taken as empty", shown);

	if (o->notice && text)
		o->notice(o->payload, text);
}

static int open_stand_in(struct sqlite_conn *c, const struct conn_options *o)
{
	say_absent(o, c->shown);
	sqlite3_close_v2(c->db);
	c->db = NULL;
	c->base.absent = true;
	return sqlite3_open_v2(":memory:", &c->db, SQLITE_OPEN_READWRITE |
			       SQLITE_OPEN_CREATE | SQLITE_OPEN_EXRESCODE,
			       NULL);
}

/* Where a mere look ends so, the file is in WAL mode: who reads writes, too. */
static retort_status fail_look(struct sqlite_conn *c, retort_status rc,
			       struct err *err)
{
	int why = sqlite3_extended_errcode(c->db);

	if ((why & 0xff) != SQLITE_READONLY || why == SQLITE_READONLY_ROLLBACK)
		return rc;
	err_set(err, RETORT_E_UNREACHABLE, "could not open database \"%s\": it "
		"is in WAL mode, and its log cannot be written", c->shown);
	err_hint(err, "Also to be read such a database needs a folder that is "
		 "writable for this user.");
	return RETORT_E_UNREACHABLE;
}

/* A file is looked at only when it is first read, so read it. */
static retort_status open_file(struct sqlite_conn *c,
			       const struct sqlite_target *t,
			       const struct conn_options *o, struct err *err)
{
	int rc;

	if (t->uri && !(open_flags(o, t) & SQLITE_OPEN_CREATE))
		forbid_creation(t->file);
	rc = sqlite3_open_v2(t->file, &c->db, open_flags(o, t), NULL);
	c->shown = arena_strdup(&c->mem, t->file);
	if (!c->db || !c->shown)
		return err_nomem(err);
	if (o && o->may_be_absent && is_absent(c, t, rc))
		rc = open_stand_in(c, o);
	if (!c->db)
		return err_nomem(err);
	if (rc)
		return sqlite_fail(c, rc, err);
	if (!c->base.absent)
		TRY(name_file(c, t->file, err));
	sqlite3_busy_handler(c->db, wait_for_lock, c);
	sqlite3_progress_handler(c->db, SQLITE_PROGRESS_EVERY, should_stop, c);
	rc = sqlite_run(&c->base, "PRAGMA schema_version", 0, NULL, NULL, NULL,
			err);
	return rc ? fail_look(c, rc, err) : RETORT_OK;
}

retort_status sqlite_open(const char *url, const struct conn_options *o,
			  struct conn **out, struct err *err)
{
	SCRATCH(tmp);
	struct sqlite_target t = {0};
	struct sqlite_conn *c;
	retort_status rc;

	TRY(sqlite_locate(url, o, &tmp, &t, err));
	c = conn_new(o);
	if (!c)
		return err_nomem(err);
	c->own = true;
	rc = open_file(c, &t, o, err);
	if (rc) {
		sqlite_close(&c->base);
		return rc;
	}
	*out = &c->base;
	return RETORT_OK;
}

/*
 * The application's busy and progress handlers stay: they cannot be asked for
 * and so could not be put back. Waiting for locks is done by sqlite_run().
 */
retort_status sqlite_adopt(void *handle, const struct conn_options *o,
			   struct conn **out, struct err *err)
{
	struct sqlite_conn *c;
	retort_status rc;

	if (!handle)
		return err_set(err, RETORT_E_USAGE, "no database handle");
	c = conn_new(o);
	if (!c)
		return err_nomem(err);
	c->db = handle;
	rc = name_file(c, ":memory:", err);
	if (rc) {
		sqlite_close(&c->base);
		return rc;
	}
	*out = &c->base;
	return RETORT_OK;
}

void sqlite_close(struct conn *base)
{
	struct sqlite_conn *c = cast(base);

	if (!c)
		return;
	sqlite_unlock(base);
	if (c->own)
		sqlite3_close_v2(c->db);
	arena_clear(&c->mem);
	free(c);
}

/* The rows of a prepared statement; *rows counts those handed on. */
static int step_all(sqlite3_stmt *s, row_fn *row, void *payload, size_t *rows)
{
	const char *small[32], **cell = small;
	int n = sqlite3_column_count(s), rc;

	if (n > 32 && !(cell = calloc((size_t)n, sizeof(*cell))))
		return SQLITE_NOMEM;
	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		++*rows;
		if (!row)
			continue;
		for (int i = 0; i < n; i++)
			cell[i] = (const char *)sqlite3_column_text(s, i);
		if (row(payload, n, cell)) {
			rc = SQLITE_DONE;
			break;
		}
	}
	if (cell != small)
		free(cell);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static int bind_all(sqlite3_stmt *s, int n, const char *const arg[])
{
	int rc = SQLITE_OK;

	for (int i = 0; i < n && !rc; i++)
		rc = arg[i] ? sqlite3_bind_text(s, i + 1, arg[i], -1,
						SQLITE_STATIC)
			    : sqlite3_bind_null(s, i + 1);
	return rc;
}

/* What one statement is run with. */
struct run {
	int n;
	const char *const *arg;
	row_fn *row;
	void *payload;
	size_t rows;
};

/* The first statement of `sql`; *rest is behind it. */
static int run_first(struct sqlite_conn *c, const char *sql, struct run *r,
		     const char **rest)
{
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v3(c->db, sql, -1, 0, &s, rest);

	if (!rc && s)
		rc = bind_all(s, r->n, r->arg);
	if (!rc && s) {
		watch_begin(c, s, sql, r->n);
		rc = step_all(s, r->row, r->payload, &r->rows);
		watch_end(c);
	}
	sqlite3_finalize(s);
	return rc;
}

static bool may_retry(const struct run *r, int rc)
{
	return (rc & 0xff) == SQLITE_BUSY && rc != SQLITE_BUSY_SNAPSHOT &&
		!r->rows;
}

static retort_status run_one(struct sqlite_conn *c, const char *sql,
			     struct run *r, const char **rest, struct err *err)
{
	int rc, tries = 0;

	c->lock_deadline = sqlite_now_ms() + c->lock_timeout_ms;
	c->statement_deadline = c->statement_timeout_ms > 0
		? sqlite_now_ms() + c->statement_timeout_ms : 0;
	do {
		if (atomic_load(&c->interrupted))
			return fail_interrupted(c, err);
		rc = run_first(c, sql, r, rest);
	} while (may_retry(r, rc) && wait_for_lock(c, tries++));
	return rc ? sqlite_fail(c, rc, err) : RETORT_OK;
}

retort_status sqlite_run(struct conn *base, const char *sql,
			 int n, const char *const arg[],
			 row_fn *row, void *payload, struct err *err)
{
	struct sqlite_conn *c = cast(base);
	struct run r = { n, arg, row, payload, 0 };
	retort_status rc = RETORT_OK;

	atomic_store(&c->running, 1);
	while (!rc && *sql) {
		r.rows = 0;
		rc = run_one(c, sql, &r, &sql, err);
	}
	atomic_store(&c->running, 0);
	c->statement_deadline = 0;
	return rc;
}

retort_status sqlite_begin(struct conn *c, struct err *err)
{
	return sqlite_run(c, "BEGIN IMMEDIATE", 0, NULL, NULL, NULL, err);
}

retort_status sqlite_commit(struct conn *c, struct err *err)
{
	return sqlite_run(c, "COMMIT", 0, NULL, NULL, NULL, err);
}

/* Some errors have rolled back already. */
void sqlite_rollback(struct conn *c)
{
	if (sqlite_in_transaction(c))
		sqlite3_exec(cast(c)->db, "ROLLBACK", NULL, NULL, NULL);
}

bool sqlite_in_transaction(struct conn *c)
{
	return !sqlite3_get_autocommit(cast(c)->db);
}

/*
 * The flag is what counts; sqlite3_interrupt() only makes it quick, and
 * reaches an adopted handle, which has no progress handler of ours.
 */
void sqlite_interrupt(struct conn *base)
{
	struct sqlite_conn *c = cast(base);

	atomic_store(&c->interrupted, 1);
	if (atomic_load(&c->running))
		sqlite3_interrupt(c->db);
}

retort_status sqlite_scratch(struct conn *c, struct conn **out,
			     struct err *err)
{
	(void)c;
	return sqlite_open("sqlite://", NULL, out, err);
}
