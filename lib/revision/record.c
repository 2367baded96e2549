#include "revision/record.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/process.h"
#include "revision/recorder.h"

enum { TIMEOUT_MS = 10000, OUTPUT_LIMIT = 8192 };

/* What is tried in a child, and then done. */
struct attempt {
	const struct revision *r;
	enum direction way;
	const char *library;
	const struct dialect *d;
	const struct naming *naming;
	struct arena *mem;
	struct ops *out;
	struct err *err;
	void *handle;
	int timeout_ms;
};

static const char *function_of(enum direction way)
{
	return way == UPGRADE ? "upgrade" : "downgrade";
}

static retort_status check_abi(struct attempt *a)
{
	const int *abi = dlsym(a->handle, "retort_revision_abi");

	if (abi && *abi == RETORT_OP_ABI)
		return RETORT_OK;
	if (abi)
		err_set(a->err, RETORT_E_FAIL, "cannot use the revision: it was "
			"compiled with another version of <retort/revision.h>");
	else
		err_set(a->err, RETORT_E_FAIL, "cannot use the revision: it "
			"does not include <retort/revision.h>");
	return RETORT_E_FAIL;
}

static retort_status no_function(struct attempt *a)
{
	err_set(a->err, RETORT_E_FAIL, "revision \"%s\" defines no %s()",
		a->r->id, function_of(a->way));
	if (a->way == DOWNGRADE)
		err_hint(a->err, "Without it the revision cannot be taken "
			 "back. Write void downgrade(retort_op *op).");
	else
		err_hint(a->err, "Write void upgrade(retort_op *op).");
	return RETORT_E_FAIL;
}

static retort_status check_batch(struct recorder *r)
{
	if (r->rc < 0)
		return r->rc;
	if (r->batch)
		recorder_refuse(r, r->batch_line, "the batch of table \"%s\" is "
				"not ended", r->batch_table);
	return r->rc;
}

/* Load it and run the function: in the child first, and then here. */
static retort_status run(struct attempt *a)
{
	void (*function)(retort_op *op);
	struct recorder r = {
		.op.api = &recorder_api, .path = a->r->path, .d = a->d,
		.naming = a->naming, .mem = a->mem, .err = a->err,
		.out = a->out
	};

	a->handle = dlopen(a->library, RTLD_NOW | RTLD_LOCAL);
	if (!a->handle) {
		err_set(a->err, RETORT_E_FAIL, "could not load the compiled "
			"revision \"%s\"", a->r->id);
		err_detail(a->err, "%s", dlerror());
		err_hint(a->err, "A revision may use what <retort/revision.h> "
			 "and the C library have, and nothing else.");
		return RETORT_E_FAIL;
	}
	TRY(check_abi(a));
	*(void **)&function = dlsym(a->handle, function_of(a->way));
	if (!function)
		return no_function(a);
	function(&r.op);
	return check_batch(&r);
}

/*
 * The child. What it prints goes to `output`; a byte to `done` says that it
 * came to its end, well or not: what it met there is met again outside.
 */
_Noreturn static void child(struct attempt *a, int output, int done)
{
	static const int deadly[] = {
		SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGTRAP, SIGSYS,
		SIGINT, SIGTERM, SIGPIPE, SIGALRM
	};
	const struct rlimit none = {0};

	for (size_t i = 0; i < sizeof(deadly) / sizeof(*deadly); i++)
		signal(deadly[i], SIG_DFL);
	setrlimit(RLIMIT_CORE, &none);
	dup2(output, 1);
	dup2(output, 2);
	run(a);
	while (write(done, "k", 1) < 0 && errno == EINTR)
		;
	_exit(0);
}

static long long now_ms(void)
{
	struct timespec t = {0};

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The child's end: 1 it came through, 0 it did not, -1 it is still busy. */
static int await_done(int done, int timeout_ms)
{
	long long end = now_ms() + timeout_ms, left;
	struct pollfd p = { .fd = done, .events = POLLIN };
	char byte;

	for (left = timeout_ms; left > 0; left = end - now_ms()) {
		int n = poll(&p, 1, (int)left);

		if (n > 0)
			return read(done, &byte, 1) == 1;
		if (!n || errno != EINTR)
			break;
	}
	return -1;
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

static retort_status crashed(struct attempt *a, int sig)
{
	const char *name = signal_name(sig);
	const char *function = function_of(a->way);

	if (sig == SIGINT || sig == SIGTERM)
		return err_set(a->err, RETORT_E_INTERRUPTED, "interrupted");
	if (name)
		err_set(a->err, RETORT_E_FAIL, "%s() of revision \"%s\" crashed "
			"with %s", function, a->r->id, name);
	else
		err_set(a->err, RETORT_E_FAIL, "%s() of revision \"%s\" was "
			"ended by signal %d", function, a->r->id, sig);
	err_hint(a->err, "Nothing was changed. Compile it with -g and run it "
		 "in a debugger, or write the revision in SQL.");
	return RETORT_E_FAIL;
}

static retort_status timed_out(struct attempt *a)
{
	err_set(a->err, RETORT_E_FAIL, "%s() of revision \"%s\" did not return "
		"within %g seconds", function_of(a->way), a->r->id,
		a->timeout_ms / 1000.0);
	err_hint(a->err, "It only records what is to be done; work on rows "
		 "belongs into SQL, or a function given to retort_call().");
	return RETORT_E_FAIL;
}

/* What the child printed, for the detail of a report. */
static void add_output(struct attempt *a, int output)
{
	static const char *const space = " \t\r\n";
	char text[OUTPUT_LIMIT + 1];
	ssize_t n = read(output, text, OUTPUT_LIMIT);

	while (n > 0 && strchr(space, text[n - 1]))
		n--;
	if (n <= 0)
		return;
	text[n] = '\0';
	err_detail(a->err, "%s", text);
}

static retort_status judge(struct attempt *a, pid_t pid, int came_through,
			   int output)
{
	retort_status rc;
	int status = 0;

	if (came_through < 0)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (came_through > 0)
		return RETORT_OK;
	if (came_through < 0)
		rc = timed_out(a);
	else if (WIFSIGNALED(status))
		rc = crashed(a, WTERMSIG(status));
	else
		return err_set(a->err, RETORT_E_FAIL, "%s() of revision \"%s\" "
			       "called exit(%d)", function_of(a->way),
			       a->r->id, WEXITSTATUS(status));
	add_output(a, output);
	return rc;
}

/* In a child process, whose end is no end of ours. */
static retort_status probe(struct attempt *a)
{
	FD(done_in);
	FD(done_out);
	FD(output_in);
	FD(output_out);
	pid_t pid = -1;

	if (pipe_open(&done_in, &done_out) &&
	    pipe_open(&output_in, &output_out)) {
		/* Much output must block neither of us. */
		fcntl(output_out, F_SETFL, O_NONBLOCK);
		fcntl(output_in, F_SETFL, O_NONBLOCK);
		pid = fork();
	}
	if (!pid)
		child(a, output_out, done_out);
	if (pid < 0)
		return err_set(a->err, RETORT_E_FAIL, "could not try revision "
			       "\"%s\": %s", a->r->id, strerror(errno));
	fd_close(&done_out);
	fd_close(&output_out);
	return judge(a, pid, await_done(done_in, a->timeout_ms), output_in);
}

retort_status revision_record(const struct revision *r, enum direction way,
			      const struct dialect *d,
			      const struct compile_options *o,
			      const struct naming *naming, struct arena *mem,
			      struct ops *out, struct revision_library *lib,
			      struct err *err)
{
	struct strings sources = {0};
	struct ops recorded = {0};
	char *library = NULL;
	retort_status rc;
	SCRATCH(tmp);
	struct attempt a = {
		.r = r, .way = way, .d = d, .naming = naming, .mem = mem,
		.out = &recorded, .err = err,
		.timeout_ms = o->record_timeout_ms ? o->record_timeout_ms
						   : TIMEOUT_MS
	};

	if (!vec_push(&tmp, &sources, r->path))
		return err_nomem(err);
	TRY(compile_shared(&sources, o, &tmp, &library, err));
	a.library = library;
	rc = probe(&a);
	if (rc == RETORT_OK)
		rc = run(&a);
	if (rc < 0) {
		if (!err->pub.file)
			err_where(err, r->path, 0);
		if (a.handle)
			dlclose(a.handle);
		return rc;
	}
	*out = recorded;
	lib->handle = a.handle;
	return RETORT_OK;
}

void revision_unload(struct revision_library *lib)
{
	if (lib->handle)
		dlclose(lib->handle);
	*lib = (struct revision_library){0};
}
