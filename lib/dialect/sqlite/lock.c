/*
 * The runner's lock: flock(2) on a file beside the database. SQLite's own
 * locks are POSIX ones on the database file, which a second descriptor of that
 * file would drop when it is closed, so that file is never opened here.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dialect/sqlite/sqlite.h"

#define SUFFIX "-retort-lock"

static bool same_file(int fd, const char *path)
{
	struct stat a, b;

	return !fstat(fd, &a) && !stat(path, &b) && a.st_dev == b.st_dev &&
		a.st_ino == b.st_ino;
}

static retort_status fail_lock_file(const char *path, int e, struct err *err)
{
	err_set(err, RETORT_E_FAIL, "could not lock \"%s\": %s", path,
		strerror(e));
	if (e == EACCES || e == EROFS || e == EPERM)
		err_hint(err, "The folder of the database must be writable "
			 "for this user.");
	return RETORT_E_FAIL;
}

/*
 * One try: *fd is set when the lock is had, else -1. The holder before us may
 * have removed the file that we opened; then it is not the lock any more.
 */
static retort_status try_lock(const char *path, int *out, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);

	*out = -1;
	if (fd < 0)
		return fail_lock_file(path, errno, err);
	if (flock(fd, LOCK_EX | LOCK_NB)) {
		int e = errno;

		close(fd);
		if (e == EWOULDBLOCK || e == EINTR)
			return RETORT_OK;
		return fail_lock_file(path, e, err);
	}
	if (!same_file(fd, path)) {
		close(fd);
		return RETORT_OK;
	}
	*out = fd;
	return RETORT_OK;
}

static retort_status give_up(struct sqlite_conn *c, int timeout_ms,
			     struct err *err)
{
	if (atomic_exchange(&c->interrupted, 0))
		return err_set(err, RETORT_E_INTERRUPTED, "interrupted");
	err_set(err, RETORT_E_LOCKED,
		"another migration of \"%s\" is running; waited %d ms",
		c->shown, timeout_ms);
	err_hint(err, "Wait until it is done, or set a longer lock timeout. "
		 "The lock ends with the process that holds it.");
	return RETORT_E_LOCKED;
}

struct kept_cell {
	struct arena *mem;
	char *text;
	bool failed;
};

static int keep_cell(void *payload, int n, const char *const cell[])
{
	struct kept_cell *k = payload;

	(void)n;
	k->text = arena_strdup(k->mem, cell[0]);
	k->failed = !k->text;
	return 1;
}

static retort_status ask(struct sqlite_conn *c, const char *sql,
			 struct kept_cell *out, struct err *err)
{
	TRY(sqlite_run(&c->base, sql, 0, NULL, keep_cell, out, err));
	return out->failed ? err_nomem(err) : RETORT_OK;
}

/* What would run would end with an error, or a rollback would end it. */
static retort_status refuse_running(struct sqlite_conn *c, struct err *err)
{
	sqlite3_stmt *s = NULL;

	while ((s = sqlite3_next_stmt(c->db, s))) {
		if (!sqlite3_stmt_busy(s))
			continue;
		err_set(err, RETORT_E_USAGE, "a statement of the application "
			"is still running on the connection");
		err_detail(err, "The statement is: %.2000s", sqlite3_sql(s));
		err_hint(err, "Reset or finalize it before the migration.");
		return RETORT_E_USAGE;
	}
	return RETORT_OK;
}

/* Revisions name tables without a schema, and mean those of the file. */
static retort_status refuse_hidden(struct sqlite_conn *c, struct err *err)
{
	SCRATCH(tmp);
	struct kept_cell name = { .mem = &tmp };

	TRY(ask(c, "SELECT t.type || ' \"' || t.name || '\"' FROM "
		"temp.sqlite_schema t JOIN main.sqlite_schema m ON m.name = "
		"t.name COLLATE NOCASE WHERE t.type IN ('table', 'view') AND "
		"m.type IN ('table', 'view') AND t.name NOT LIKE "
		"'sqlite\\_%' ESCAPE '\\' LIMIT 1", &name, err));
	if (!name.text)
		return RETORT_OK;
	err_set(err, RETORT_E_USAGE, "temporary %s hides that of the database",
		name.text);
	err_hint(err, "Drop it before the migration, or migrate on a "
		 "connection of its own.");
	return RETORT_E_USAGE;
}

static retort_status refuse_no_journal(struct sqlite_conn *c, struct err *err)
{
	SCRATCH(tmp);
	struct kept_cell mode = { .mem = &tmp };

	TRY(ask(c, "PRAGMA main.journal_mode", &mode, err));
	if (!mode.text || strcmp(mode.text, "off"))
		return RETORT_OK;
	err_set(err, RETORT_E_USAGE, "the connection has no rollback journal");
	err_detail(err, "With \"PRAGMA journal_mode = OFF\" SQLite cannot take "
		   "back a revision that fails.");
	err_hint(err, "Set another journal mode before the migration.");
	return RETORT_E_USAGE;
}

/* An application's own handle may be in any state. */
static retort_status check_handle(struct sqlite_conn *c, struct err *err)
{
	if (c->own)
		return RETORT_OK;
	TRY(refuse_running(c, err));
	TRY(refuse_hidden(c, err));
	return refuse_no_journal(c, err);
}

retort_status sqlite_lock(struct conn *base, const char *version_table,
			  int timeout_ms, void (*waiting)(void *),
			  void *payload, struct err *err)
{
	struct sqlite_conn *c = (struct sqlite_conn *)base;
	const char *file = sqlite3_db_filename(c->db, "main");
	int64_t deadline = sqlite_now_ms() + timeout_ms;
	int fd = -1;

	TRY(check_handle(c, err));
	(void)version_table;	/* one runner for the file, whatever the table */
	if (c->lock_fd >= 0 || !file || !*file)
		return RETORT_OK;	/* held, or in memory: nobody else */
	c->lock_path = arena_printf(&c->mem, "%s" SUFFIX, file);
	if (!c->lock_path)
		return err_nomem(err);
	for (int tries = 0; ; tries++) {
		TRY(try_lock(c->lock_path, &fd, err));
		if (fd >= 0)
			break;
		if (!tries && waiting)
			waiting(payload);
		if (atomic_load(&c->interrupted) ||
		    sqlite_now_ms() >= deadline)
			return give_up(c, timeout_ms, err);
		sqlite_sleep_ms(tries < 20 ? 1 + tries : 20);
	}
	c->lock_fd = fd;
	return RETORT_OK;
}

/* Removed while still held, and only if it is still ours. */
void sqlite_unlock(struct conn *base)
{
	struct sqlite_conn *c = (struct sqlite_conn *)base;

	if (c->lock_fd < 0)
		return;
	if (same_file(c->lock_fd, c->lock_path))
		unlink(c->lock_path);
	close(c->lock_fd);
	c->lock_fd = -1;
}
