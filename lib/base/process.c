#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"

enum { LOOK_EVERY_MS = 200 };

/* Why the child could not become the program. */
struct failure {
	int chdir_failed;
	int error;
};

bool pipe_open(int *from, int *to)
{
	int ends[2];

	if (pipe(ends))
		return false;
	*from = fcntl(ends[0], F_DUPFD_CLOEXEC, 3);
	*to = fcntl(ends[1], F_DUPFD_CLOEXEC, 3);
	close(ends[0]);
	close(ends[1]);
	return *from >= 0 && *to >= 0;
}

/* In the child, where only async-signal-safe functions may be called. */
_Noreturn static void become(const char *const argv[], const char *dir,
			     int output, int report)
{
	struct failure f = {0};
	int null = open("/dev/null", O_RDONLY);

	if (null > 0) {
		dup2(null, 0);
		close(null);
	}
	f.chdir_failed = dir && chdir(dir);
	if (!f.chdir_failed && dup2(output, 1) == 1 && dup2(output, 2) == 2)
		execvp(argv[0], (char *const *)(uintptr_t)argv);
	f.error = errno;
	while (write(report, &f, sizeof(f)) < 0 && errno == EINTR)
		;
	_exit(127);
}

static bool cancelled(const struct process *p)
{
	return p->cancelled && *p->cancelled;
}

/*
 * All that comes, until the other side has closed its end. A signal that makes
 * us stop may come to us alone, and before poll().
 */
static bool drain(const struct process *p, int fd, struct buf *out)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	char chunk[4096];
	ssize_t n;

	do {
		while (poll(&ready, 1, LOOK_EVERY_MS) <= 0)
			if (cancelled(p))
				return false;
		n = read(fd, chunk, sizeof(chunk));
		if (n > 0)
			buf_addn(out, chunk, (size_t)n);
	} while (n > 0 || (n < 0 && errno == EINTR));
	return n == 0;
}

static bool wait_for(pid_t pid, int *exit_status)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return false;
	*exit_status = WIFEXITED(status) ? WEXITSTATUS(status)
					 : 128 + WTERMSIG(status);
	return true;
}

static retort_status not_started(struct err *err, const char *program,
				 const char *dir, const struct failure *f)
{
	retort_status code = f->error == ENOENT ? RETORT_E_NOTFOUND
						: RETORT_E_FAIL;

	if (f->chdir_failed)
		return err_set(err, code,
			       "could not run \"%s\" in directory \"%s\": %s",
			       program, dir, strerror(f->error));
	return err_set(err, code, "could not run \"%s\": %s", program,
		       strerror(f->error));
}

/* Its end was not seen, or it was cut short. */
static retort_status not_ended(const struct process *p, struct err *err)
{
	if (cancelled(p))
		return err_set(err, RETORT_E_INTERRUPTED, "interrupted");
	return err_set(err, RETORT_E_FAIL,
		       "could not read the output of \"%s\": %s", p->argv[0],
		       strerror(errno));
}

retort_status process_run(const struct process *p, struct arena *mem,
			  char **output, int *exit_status, struct err *err)
{
	FD(text_in);
	FD(text_out);
	FD(report_in);
	FD(report_out);
	SCRATCH(tmp);
	struct buf text = { .mem = mem }, report = { .mem = &tmp };
	struct failure f = {0};
	int status = 0;
	bool complete;
	pid_t pid = -1;

	if (pipe_open(&text_in, &text_out) &&
	    pipe_open(&report_in, &report_out))
		pid = fork();
	if (pid == 0)
		become(p->argv, p->dir, text_out, report_out);
	if (pid < 0) {
		f.error = errno;
		return not_started(err, p->argv[0], p->dir, &f);
	}
	fd_close(&text_out);
	fd_close(&report_out);
	complete = drain(p, report_in, &report) && drain(p, text_in, &text);
	if (!complete && cancelled(p))
		kill(pid, SIGTERM);
	if (!wait_for(pid, &status) || !complete)
		return not_ended(p, err);
	if (report.n == sizeof(f)) {
		memcpy(&f, report.s, sizeof(f));
		return not_started(err, p->argv[0], p->dir, &f);
	}
	if (report.failed || !buf_text(&text))
		return err_nomem(err);
	*output = buf_text(&text);
	*exit_status = status;
	return RETORT_OK;
}
