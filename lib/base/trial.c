#include "base/trial.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/process.h"

enum {
	OUTPUT_LIMIT = 8192, DONE = 'k', QUESTION = 'q',
	LOOK_EVERY_MS = 200
};

/* How the child ended. */
enum ending { THROUGH, ENDED, LATE, CANCELLED };

/* Where the child asks, and is answered; set in the child alone. */
static int ask_to = -1, answer_from = -1;

bool trial_read(int fd, void *to, size_t n)
{
	char *p = to;

	while (n) {
		ssize_t k = read(fd, p, n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return false;
		p += k;
		n -= (size_t)k;
	}
	return true;
}

bool trial_write(int fd, const void *from, size_t n)
{
	const char *p = from;

	while (n) {
		ssize_t k = send(fd, p, n, MSG_NOSIGNAL);

		if (k < 0 && errno == ENOTSOCK)
			k = write(fd, p, n);
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return false;
		p += k;
		n -= (size_t)k;
	}
	return true;
}

bool trial_ask(int *from, int *to)
{
	*from = answer_from;
	*to = ask_to;
	return trial_write(ask_to, &(char){ QUESTION }, 1);
}

/* What the parent has not written yet is the parent's. */
static void forget_output(void)
{
	__fpurge(stdout);
	__fpurge(stderr);
}

/* What it prints goes to `output`; what it asks, and its end, to `ask`. */
_Noreturn static void child(const struct trial *t, pid_t parent, int output,
			    int ask, int answer)
{
	static const int deadly[] = {
		SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGTRAP, SIGSYS,
		SIGPIPE, SIGALRM
	};
	/* What is ignored stays so. */
	static const int asked[] = { SIGINT, SIGTERM };
	const struct rlimit none = {0};

	for (size_t i = 0; i < sizeof(deadly) / sizeof(*deadly); i++)
		signal(deadly[i], SIG_DFL);
	for (size_t i = 0; i < sizeof(asked) / sizeof(*asked); i++)
		if (signal(asked[i], SIG_DFL) == SIG_IGN)
			signal(asked[i], SIG_IGN);
	setrlimit(RLIMIT_CORE, &none);
	/* What loops does not go on when nobody waits for it any more. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	forget_output();
	dup2(output, 1);
	dup2(output, 2);
	ask_to = ask;
	answer_from = answer;
	t->run(t->payload);
	fflush(stdout);
	fflush(stderr);
	trial_write(ask, &(char){ DONE }, 1);
	_exit(0);
}

static long long now_ms(void)
{
	struct timespec t = {0};

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/*
 * Until there is something to read (THROUGH), or it takes too long. A signal
 * that makes us stop may come to us alone, and before poll().
 */
static enum ending await(const struct trial *t, int fd)
{
	long long end = now_ms() + t->timeout_ms, left = t->timeout_ms;
	struct pollfd p = { .fd = fd, .events = POLLIN };

	while (t->timeout_ms < 0 || left > 0) {
		bool whole = t->timeout_ms < 0 || left > LOOK_EVERY_MS;
		int n = poll(&p, 1, whole ? LOOK_EVERY_MS : (int)left);

		if (n > 0)
			return THROUGH;
		if (n < 0 && errno != EINTR)
			return LATE;
		if (t->cancelled && *t->cancelled)
			return CANCELLED;
		left = end - now_ms();
	}
	return LATE;
}

static enum ending attend(const struct trial *t, int asked, int answer)
{
	enum ending ending;
	char byte;

	while ((ending = await(t, asked)) == THROUGH) {
		if (!trial_read(asked, &byte, 1))
			return ENDED;
		if (byte == DONE)
			return THROUGH;
		if (!t->serve || t->serve(t->payload, asked, answer))
			return LATE;
	}
	return ending;
}

static const char *signal_name(int sig)
{
	switch (sig) {
	case SIGSEGV:
		return "SIGSEGV";
	case SIGBUS:
		return "SIGBUS";
	case SIGABRT:
		return "SIGABRT";
	case SIGFPE:
		return "SIGFPE";
	case SIGILL:
		return "SIGILL";
	case SIGTRAP:
		return "SIGTRAP";
	case SIGKILL:
		return "SIGKILL";
	default:
		return NULL;
	}
}

static retort_status interrupted(struct err *err)
{
	return err_set(err, RETORT_E_INTERRUPTED, "interrupted");
}

static retort_status crashed(const struct trial *t, int sig, struct err *err)
{
	const char *name = signal_name(sig);

	if (sig == SIGINT || sig == SIGTERM)
		return interrupted(err);
	if (name)
		err_set(err, RETORT_E_FAIL, "%s crashed with %s", t->what,
			name);
	else
		err_set(err, RETORT_E_FAIL, "%s was ended by signal %d",
			t->what, sig);
	err_hint(err, "%s", t->crash_hint);
	return RETORT_E_FAIL;
}

static retort_status timed_out(const struct trial *t, struct err *err)
{
	err_set(err, RETORT_E_FAIL, "%s did not return within %g seconds",
		t->what, t->timeout_ms / 1000.0);
	err_hint(err, "%s", t->late_hint);
	return RETORT_E_FAIL;
}

/* What the child printed; "" for nothing. `text` has OUTPUT_LIMIT + 1. */
static const char *output_of(int output, char *text)
{
	static const char *const space = " \t\r\n";
	ssize_t n = read(output, text, OUTPUT_LIMIT);

	while (n > 0 && strchr(space, text[n - 1]))
		n--;
	text[n > 0 ? n : 0] = '\0';
	return text;
}

static retort_status judge(const struct trial *t, pid_t pid,
			   enum ending ending, int output, struct err *err)
{
	char text[OUTPUT_LIMIT + 1];
	retort_status rc;
	int status = 0;

	if (ending == LATE || ending == CANCELLED)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	output_of(output, text);
	if (ending == THROUGH) {
		if (t->printed && *text)
			t->printed(t->payload, text);
		return RETORT_OK;
	}
	if (ending == LATE)
		rc = timed_out(t, err);
	else if (ending == CANCELLED)
		rc = interrupted(err);
	else if (WIFSIGNALED(status))
		rc = crashed(t, WTERMSIG(status), err);
	else
		rc = err_set(err, RETORT_E_FAIL, "%s called exit(%d)", t->what,
			     WEXITSTATUS(status));
	if (*text && rc == RETORT_E_FAIL)
		err_detail(err, "%s", text);
	return rc;
}

/* Answers: writing to a child that is gone must be no signal to us. */
static bool open_answers(int *from, int *to)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
		return false;
	*from = fcntl(ends[0], F_DUPFD_CLOEXEC, 3);
	*to = fcntl(ends[1], F_DUPFD_CLOEXEC, 3);
	close(ends[0]);
	close(ends[1]);
	return *from >= 0 && *to >= 0;
}

retort_status trial_run(const struct trial *t, struct err *err)
{
	FD(asked_in);
	FD(asked_out);
	FD(answer_in);
	FD(answer_out);
	FD(output_in);
	FD(output_out);
	pid_t pid = -1, parent = getpid();

	if (pipe_open(&asked_in, &asked_out) &&
	    open_answers(&answer_in, &answer_out) &&
	    pipe_open(&output_in, &output_out)) {
		/* Much output must block neither of us. */
		fcntl(output_out, F_SETFL, O_NONBLOCK);
		fcntl(output_in, F_SETFL, O_NONBLOCK);
		pid = fork();
	}
	if (!pid) {
		fd_close(&answer_out);
		child(t, parent, output_out, asked_out, answer_in);
	}
	if (pid < 0)
		return err_set(err, RETORT_E_FAIL, "could not try %s: %s",
			       t->what, strerror(errno));
	fd_close(&asked_out);
	fd_close(&answer_in);
	fd_close(&output_out);
	return judge(t, pid, attend(t, asked_in, answer_out), output_in, err);
}
