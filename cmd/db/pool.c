#include "pool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "session.h"

enum { LOOK_EVERY_MS = 200, IDLE = -1 };

/* What a worker sends: this, and `n` bytes. */
struct header {
	enum { RESULT, LOG } kind;
	retort_log_level level;
	size_t n;
};

struct worker {
	pid_t pid;	/* 0: there is none */
	int fd;
	long task;	/* or IDLE */
	char *in;	/* received, not yet complete */
	size_t n, cap;
};

struct run {
	const struct pool *p;
	struct worker *w;
	struct pollfd *polled;
	size_t next;		/* task to begin */
	bool stopped;		/* no further one is begun */
	bool told;		/* the workers know of the signal */
};

/* In a worker ----------------------------------------------------------- */

static struct {
	int fd;
	pid_t parent;
	retort *db;
	volatile sig_atomic_t caught;
} me;

/* Ctrl-C comes to all of a terminal, and once more from the parent. */
static void on_signal(int sig)
{
	if (me.caught && getppid() != me.parent)
		_exit(128 + sig);
	me.caught = sig;
	retort_cancel(me.db);
}

static bool write_all(const void *data, size_t n)
{
	const char *s = data;

	while (n) {
		ssize_t done = send(me.fd, s, n, MSG_NOSIGNAL);

		if (done < 0 && errno != EINTR)
			return false;
		if (done > 0) {
			s += done;
			n -= (size_t)done;
		}
	}
	return true;
}

static bool read_all(void *data, size_t n)
{
	char *s = data;

	while (n) {
		ssize_t done = read(me.fd, s, n);

		if (!done || (done < 0 && (errno != EINTR || me.caught)))
			return false;
		if (done > 0) {
			s += done;
			n -= (size_t)done;
		}
	}
	return true;
}

static void send_log(retort_log_level level, const char *text)
{
	const struct header h = { LOG, level, strlen(text) + 1 };

	if (write_all(&h, sizeof(h)))
		write_all(text, h.n);
}

static bool do_task(const struct pool *p, size_t i)
{
	struct header h = { .kind = RESULT };
	char *text = NULL;
	FILE *f = open_memstream(&text, &h.n);
	bool ok = f != NULL;

	if (f)
		p->work(p->payload, i, f);
	if (f && fclose(f))
		ok = false;
	ok = ok && write_all(&h, sizeof(h)) && write_all(text, h.n);
	free(text);
	return ok;
}

/* Its standard output is for what revisions print. */
static void detach(void)
{
	int null = open("/dev/null", O_RDONLY);

	if (null > STDERR_FILENO) {
		dup2(null, STDIN_FILENO);
		close(null);
	}
	dup2(STDERR_FILENO, STDOUT_FILENO);
}

_Noreturn static void worker(const struct pool *p, int fd, pid_t parent)
{
	struct sigaction sa = { .sa_handler = on_signal };
	size_t i;
	bool ok = true;

	me.fd = fd;
	me.db = p->db;
	me.parent = parent;
	sigemptyset(&sa.sa_mask);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(1);
	detach();
	p->term->bar = false;
	p->term->relay = send_log;
	while (ok && !me.caught && read_all(&i, sizeof(i)))
		ok = do_task(p, i);
	_exit(ok ? 0 : 1);
}

/* In the parent --------------------------------------------------------- */

static size_t count(const struct run *r, bool busy)
{
	size_t n = 0;

	for (size_t i = 0; i < r->p->jobs; i++)
		n += r->w[i].pid && (!busy || r->w[i].task != IDLE);
	return n;
}

static bool start(struct run *r, struct worker *w)
{
	pid_t parent = getpid();
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
		return false;
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	fflush(stdout);
	fflush(stderr);
	w->pid = fork();
	if (!w->pid) {
		for (size_t i = 0; i < r->p->jobs; i++)
			if (r->w[i].pid)
				close(r->w[i].fd);
		close(ends[0]);
		worker(r->p, ends[1], parent);
	}
	close(ends[1]);
	if (w->pid < 0) {
		w->pid = 0;
		close(ends[0]);
		return false;
	}
	w->fd = ends[0];
	w->task = IDLE;
	w->n = 0;
	return true;
}

/* It ended, or has nothing to do any more; how it ended. */
static int reap(struct worker *w)
{
	int status = 0;

	close(w->fd);
	while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
		;
	w->pid = 0;
	return status;
}

/* The next task, to a worker that stands idle or is started. */
static bool give(struct run *r, struct worker *w)
{
	size_t i = r->next;

	if (!w->pid && !start(r, w))
		return count(r, false) > 0;	/* then there are fewer */
	if (send(w->fd, &i, sizeof(i), MSG_NOSIGNAL) != sizeof(i)) {
		reap(w);
		return true;	/* the task is for another */
	}
	w->task = (long)i;
	r->next++;
	r->p->begun(r->p->payload, i);
	return true;
}

static void take(struct run *r, struct worker *w, const struct header *h,
		 const char *data)
{
	const struct pool *p = r->p;
	size_t i = (size_t)w->task;

	if (h->kind == LOG) {
		p->said(p->payload, i, h->level, data);
		return;
	}
	w->task = IDLE;
	if (!p->done(p->payload, i, data, h->n, 0))
		r->stopped = true;
}

/* Whole messages; what is left stays. */
static void take_messages(struct run *r, struct worker *w)
{
	size_t at = 0;
	struct header h;

	while (w->n - at >= sizeof(h)) {
		memcpy(&h, w->in + at, sizeof(h));
		if (w->n - at - sizeof(h) < h.n)
			break;
		take(r, w, &h, w->in + at + sizeof(h));
		at += sizeof(h) + h.n;
	}
	memmove(w->in, w->in + at, w->n - at);
	w->n -= at;
}

static void lost(struct run *r, struct worker *w)
{
	long task = w->task;
	int status = reap(w);

	w->task = IDLE;
	if (task != IDLE &&
	    !r->p->done(r->p->payload, (size_t)task, NULL, 0, status))
		r->stopped = true;
}

static void receive(struct run *r, struct worker *w)
{
	ssize_t n;

	if (w->cap - w->n < BUFSIZ) {
		char *more = realloc(w->in, w->cap + 2 * BUFSIZ);

		if (!more) {	/* what it says cannot be taken */
			lost(r, w);
			return;
		}
		w->in = more;
		w->cap += 2 * BUFSIZ;
	}
	n = read(w->fd, w->in + w->n, w->cap - w->n);
	if (n < 0 && errno == EINTR)
		return;
	if (n <= 0) {
		lost(r, w);
		return;
	}
	w->n += (size_t)n;
	take_messages(r, w);
}

/* Wait until there is something to read, or a signal. */
static void wait_for_any(struct run *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->p->jobs; i++)
		if (r->w[i].pid)
			r->polled[n++] = (struct pollfd){ .fd = r->w[i].fd,
							  .events = POLLIN };
	if (poll(r->polled, (nfds_t)n, LOOK_EVERY_MS) <= 0)
		return;
	for (size_t i = 0, k = 0; k < n; i++)
		if (r->w[i].pid && r->w[i].fd == r->polled[k].fd &&
		    r->polled[k++].revents)
			receive(r, &r->w[i]);
}

static void pass_on_signal(struct run *r)
{
	if (!session_signal() || r->told)
		return;
	r->stopped = r->told = true;
	for (size_t i = 0; i < r->p->jobs; i++)
		if (r->w[i].pid)
			kill(r->w[i].pid, SIGTERM);
}

static int go(struct run *r)
{
	for (;;) {
		pass_on_signal(r);
		for (size_t i = 0; i < r->p->jobs; i++) {
			struct worker *w = &r->w[i];

			if (r->stopped || r->next == r->p->n)
				break;
			if ((!w->pid || w->task == IDLE) && !give(r, w))
				return -1;
		}
		if (!count(r, true) && (r->stopped || r->next == r->p->n))
			return 0;
		wait_for_any(r);
	}
}

int pool_run(const struct pool *p)
{
	struct run r = {
		.p = p, .w = calloc(p->jobs, sizeof(*r.w)),
		.polled = calloc(p->jobs, sizeof(*r.polled))
	};
	int rc = r.w && r.polled ? go(&r) : -1;

	for (size_t i = 0; r.w && i < p->jobs; i++) {
		if (r.w[i].pid)
			reap(&r.w[i]);
		free(r.w[i].in);
	}
	free(r.w);
	free(r.polled);
	return rc;
}
