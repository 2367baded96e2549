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

retort_status sqlite_lock(struct conn *base, const char *version_table,
			  int timeout_ms, void (*waiting)(void *),
			  void *payload, struct err *err)
{
	struct sqlite_conn *c = (struct sqlite_conn *)base;
	const char *file = sqlite3_db_filename(c->db, "main");
	int64_t deadline = sqlite_now_ms() + timeout_ms;
	int fd = -1;

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
