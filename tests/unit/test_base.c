/* nftw(3) and setitimer(2) are of the X/Open part of POSIX. */
#define _XOPEN_SOURCE 700

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/map.h"
#include "base/process.h"
#include "base/vec.h"

static struct arena mem;
static struct err err;
static char home[] = "/tmp/retort-base-XXXXXX";

static void set_up(void)
{
	cr_assert(mkdtemp(home) && !chdir(home));
}

static int remove_one(const char *path, const struct stat *st, int flag,
		      struct FTW *f)
{
	(void)st, (void)flag, (void)f;
	return remove(path);
}

static void tear_down(void)
{
	arena_malloc = malloc;
	arena_clear(&mem);
	err_clear(&err);
	nftw(home, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

TestSuite(base, .init = set_up, .fini = tear_down);

static void *no_memory(size_t n)
{
	(void)n;
	return NULL;
}

static const char *content(const char *path)
{
	char *text;

	cr_assert_eq(file_read(path, &mem, &text, NULL, &err), RETORT_OK, "%s",
		     err.pub.message);
	return text;
}

static void write_text(const char *path, const char *text)
{
	cr_assert_eq(file_write(path, text, strlen(text), true, &err),
		     RETORT_OK, "%s", err.pub.message);
}

static size_t entries(const char *dir)
{
	struct strings names;

	cr_assert_eq(file_list(dir, &mem, &names, &err), RETORT_OK);
	return names.n;
}

/* Arena ------------------------------------------------------------------- */

Test(base, arena_memory_is_zeroed_and_aligned)
{
	for (size_t n = 1; n < 10000; n = n * 3 + 1) {
		unsigned char *p = arena_alloc(&mem, n);

		cr_assert_not_null(p);
		cr_assert_eq((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < n; i++)
			cr_assert_eq(p[i], 0);
		memset(p, 0xff, n);
	}
}

Test(base, arena_refuses_sizes_that_do_not_fit)
{
	cr_assert_null(arena_calloc(&mem, SIZE_MAX / 2, 3));
	cr_assert_null(arena_alloc(&mem, SIZE_MAX - 1));
	cr_assert_null(arena_strdup(&mem, NULL));
}

Test(base, arena_texts)
{
	cr_assert_str_eq(arena_strdup(&mem, "abc"), "abc");
	cr_assert_str_eq(arena_strndup(&mem, "abc", 2), "ab");
	cr_assert_str_eq(arena_printf(&mem, "%s-%d", "x", 7), "x-7");
}

Test(base, arena_reports_a_failed_allocation)
{
	arena_malloc = no_memory;
	cr_assert_null(arena_alloc(&mem, 1));
	cr_assert_null(arena_strdup(&mem, "abc"));
	cr_assert_null(arena_printf(&mem, "%d", 1));
}

/* Buffer ------------------------------------------------------------------ */

Test(base, buf_grows)
{
	struct buf b = { .mem = &mem };

	cr_assert_str_eq(buf_text(&b), "");
	for (int i = 0; i < 1000; i++)
		buf_addf(&b, "%03d,", i);
	buf_addc(&b, '!');
	buf_addn(&b, "abc", 1);
	cr_assert_eq(b.n, 4002);
	cr_assert_eq(strncmp(buf_text(&b) + 3992, "998,999,!a", 11), 0);
}

Test(base, buf_keeps_its_failure)
{
	struct buf b = { .mem = &mem };

	buf_add(&b, "x");
	arena_malloc = no_memory;
	for (int i = 0; i < 10000; i++)
		buf_add(&b, "more");
	arena_malloc = malloc;
	buf_add(&b, "y");
	cr_assert(b.failed);
	cr_assert_null(buf_text(&b));
	buf_reset(&b);
	cr_assert_str_eq(buf_text(&b), "");
}

/* Vector and map ---------------------------------------------------------- */

Test(base, vec_keeps_order)
{
	VEC(int) v = {0};

	for (int i = 0; i < 100; i++)
		cr_assert(vec_push(&mem, &v, i));
	cr_assert(vec_insert(&mem, &v, 0, -1));
	cr_assert(vec_insert(&mem, &v, 101, 100));
	vec_remove(&v, 50);
	cr_assert_eq(v.n, 101);
	for (int i = 0; i < 101; i++)
		cr_assert_eq(v.v[i], i < 50 ? i - 1 : i);
}

Test(base, vec_is_as_it_was_out_of_memory)
{
	VEC(int) v = {0};

	while (v.n < 4)
		cr_assert(vec_push(&mem, &v, 1));
	arena_malloc = no_memory;
	while (v.n < 100000 && vec_push(&mem, &v, 2))
		;
	cr_assert_lt(v.n, 100000);
	cr_assert_eq(v.v[3], 1);
}

Test(base, strings_has)
{
	struct strings list = {0};

	cr_assert_not(strings_has(&list, "a"));
	cr_assert(vec_push(&mem, &list, "a"));
	cr_assert(strings_has(&list, "a"));
	cr_assert_not(strings_has(&list, "A"));
}

Test(base, map_holds_many)
{
	struct map m = { .mem = &mem };

	cr_assert_null(map_get(&m, "0"));
	for (int i = 0; i < 1000; i++) {
		char *key = arena_printf(&mem, "%d", i);

		cr_assert(map_put(&m, key, key));
	}
	cr_assert_eq(m.n, 1000);
	for (int i = 0; i < 1000; i++) {
		const char *key = arena_printf(&mem, "%d", i);

		cr_assert_str_eq(map_get(&m, key), key);
	}
	cr_assert_null(map_get(&m, "1000"));
}

Test(base, map_folds_case_where_asked)
{
	struct map m = { .mem = &mem, .fold = true };
	struct map exact = { .mem = &mem };
	int a = 1, b = 2;

	cr_assert(map_put(&m, "User", &a) && map_put(&m, "uSER", &b));
	cr_assert_eq(m.n, 1);
	cr_assert_eq(map_get(&m, "USER"), &b);
	cr_assert(map_put(&exact, "User", &a));
	cr_assert_null(map_get(&exact, "user"));
}

Test(base, map_claim_leaves_what_is_there)
{
	struct map m = { .mem = &mem, .fold = true };
	int a = 1, b = 2;
	void *before = &b;

	cr_assert(map_claim(&m, "User", &a, &before));
	cr_assert_null(before);
	cr_assert(map_claim(&m, "USER", &b, &before));
	cr_assert_eq(before, &a);
	cr_assert_eq(map_get(&m, "user"), &a);
	cr_assert_eq(m.n, 1);
}

Test(base, what_is_reserved_is_taken_once)
{
	struct map m = { .mem = &mem };
	VEC(char *) v = {0};
	char *names[1000];

	cr_assert(map_reserve(&m, 1000) && vec_reserve(&mem, &v, 1000));
	for (int i = 0; i < 1000; i++)
		cr_assert_not_null(names[i] = arena_printf(&mem, "%d", i));
	arena_malloc = no_memory;
	for (int i = 0; i < 1000; i++)
		cr_assert(map_put(&m, names[i], names[i]) &&
			  vec_push(&mem, &v, names[i]));
	for (int i = 0; i < 1000; i++)
		cr_assert_eq(map_get(&m, names[i]), v.v[i]);
}

/* Error ------------------------------------------------------------------- */

Test(base, err_holds_the_whole_report)
{
	cr_assert_eq(err_set(&err, RETORT_E_NOTFOUND, "no %s", "such"),
		     RETORT_E_NOTFOUND);
	err_detail(&err, "Detail %d.", 1);
	err_hint(&err, "Hint.");
	err_where(&err, "x.sql", 3);
	err_sqlstate(&err, "42P01");
	err_context(&err, "revision %s", "a1");
	cr_assert_str_eq(err.pub.message, "revision a1: no such");
	cr_assert_str_eq(err.pub.detail, "Detail 1.");
	cr_assert_str_eq(err.pub.hint, "Hint.");
	cr_assert_str_eq(err.pub.file, "x.sql");
	cr_assert_eq(err.pub.line, 3);
	cr_assert_str_eq(err.pub.sqlstate, "42P01");
}

Test(base, err_may_be_set_from_itself)
{
	err_set(&err, RETORT_E_FAIL, "inner");
	err_set(&err, RETORT_E_FAIL, "outer: %s", err.pub.message);
	cr_assert_str_eq(err.pub.message, "outer: inner");
	cr_assert_null(err.pub.hint);
}

Test(base, err_move_empties_the_source)
{
	SCRATCH_ERR(from);

	err_set(&err, RETORT_E_FAIL, "old");
	err_set(&from, RETORT_E_LOCKED, "new");
	err_move(&err, &from);
	cr_assert_str_eq(err.pub.message, "new");
	cr_assert_eq(err.pub.code, RETORT_E_LOCKED);
	cr_assert_eq(from.pub.code, RETORT_OK);
}

Test(base, err_needs_no_memory)
{
	arena_malloc = no_memory;
	cr_assert_eq(err_set(&err, RETORT_E_FAIL, "x"), RETORT_E_FAIL);
	cr_assert_str_eq(err.pub.message, "out of memory");
	cr_assert_eq(err_nomem(&err), RETORT_E_NOMEM);
}

/* Files ------------------------------------------------------------------- */

Test(base, file_round_trip)
{
	size_t n;
	char *text;

	cr_assert_eq(file_write("a", "x\0y", 3, false, &err), RETORT_OK);
	cr_assert_eq(file_read("a", &mem, &text, &n, &err), RETORT_OK);
	cr_assert_eq(n, 3);
	cr_assert_eq(memcmp(text, "x\0y", 4), 0);
	write_text("empty", "");
	cr_assert_str_eq(content("empty"), "");
}

Test(base, file_read_head_stops)
{
	char *text;
	size_t n;

	write_text("a", "0123456789");
	cr_assert_eq(file_read_head("a", 4, &mem, &text, &n, &err), RETORT_OK);
	cr_assert_str_eq(text, "0123");
	cr_assert_eq(n, 4);
	cr_assert_eq(file_read_head("a", 99, &mem, &text, &n, &err), RETORT_OK);
	cr_assert_str_eq(text, "0123456789");
}

Test(base, file_read_does_not_trust_the_size)
{
	char *text;
	size_t n;

	cr_assert_eq(file_read("/proc/self/status", &mem, &text, &n, &err),
		     RETORT_OK);
	cr_assert_gt(n, 0);
	cr_assert_eq(n, strlen(text));
	cr_assert_not_null(strstr(text, "Pid:"));
}

Test(base, file_read_missing)
{
	char *text = NULL;

	cr_assert_eq(file_read("none", &mem, &text, NULL, &err),
		     RETORT_E_NOTFOUND);
	cr_assert_str_eq(err.pub.message,
			 "could not read \"none\": No such file or directory");
	cr_assert_null(text);
	cr_assert_eq(file_read(".", &mem, &text, NULL, &err), RETORT_E_FAIL);
}

Test(base, file_write_does_not_replace_unasked)
{
	write_text("a", "old");
	cr_assert_eq(file_write("a", "new", 3, false, &err), RETORT_E_FAIL);
	cr_assert_str_eq(err.pub.message,
			 "could not write \"a\": File exists");
	cr_assert_str_eq(content("a"), "old");
	cr_assert_eq(entries("."), 1);
}

Test(base, file_write_keeps_mode_and_link)
{
	struct stat st;

	write_text("a", "old");
	cr_assert(!chmod("a", 0640) && !symlink("a", "l"));
	write_text("l", "new");
	cr_assert(!lstat("l", &st) && S_ISLNK(st.st_mode));
	cr_assert_str_eq(content("a"), "new");
	cr_assert(!stat("a", &st));
	cr_assert_eq(st.st_mode & 0777, 0640);
}

Test(base, file_write_obeys_the_umask)
{
	struct stat st;
	mode_t old = umask(027);

	write_text("a", "x");
	umask(old);
	cr_assert(!stat("a", &st));
	cr_assert_eq(st.st_mode & 0777, 0640);
}

/* The limit on the size of a file stands in for a full disk. */
Test(base, file_write_that_fails_leaves_the_old)
{
	static char big[64 * 1024];
	struct rlimit small = { .rlim_cur = 4096, .rlim_max = RLIM_INFINITY };

	write_text("a", "old");
	signal(SIGXFSZ, SIG_IGN);
	cr_assert(!setrlimit(RLIMIT_FSIZE, &small));
	cr_assert_eq(file_write("a", big, sizeof(big), true, &err),
		     RETORT_E_FAIL);
	cr_assert_str_eq(err.pub.message, "could not write \"a\": File too large");
	cr_assert_str_eq(content("a"), "old");
	cr_assert_eq(entries("."), 1);
}

Test(base, file_write_into_no_directory)
{
	cr_assert_eq(file_write("none/x", "x", 1, false, &err),
		     RETORT_E_NOTFOUND);
	cr_assert_str_eq(err.pub.message,
			 "could not write \"none/x\": No such file or directory");
}

static void on_alarm(int sig)
{
	(void)sig;
}

static void ticks(int microseconds)
{
	struct sigaction sa = { .sa_handler = on_alarm };	/* no SA_RESTART */
	struct itimerval it = { {0, microseconds}, {0, microseconds} };

	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &it, NULL);
}

/* Opening and reading a FIFO both wait for the other side. */
Test(base, file_read_goes_on_after_a_signal)
{
	retort_status rc;
	char *text;
	pid_t pid;

	cr_assert(!mkfifo("fifo", 0600));
	pid = fork();
	if (pid == 0) {
		execlp("sh", "sh", "-c", "sleep 0.1; exec >fifo; "
		       "sleep 0.1; echo text", (char *)NULL);
		_exit(127);
	}
	ticks(20000);
	rc = file_read("fifo", &mem, &text, NULL, &err);
	ticks(0);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	cr_assert_eq(rc, RETORT_OK, "%s", err.pub.message);
	cr_assert_str_eq(text, "text\n");
}

Test(base, file_mkdirs)
{
	cr_assert_eq(file_mkdirs("a/b//c/", 0700, &err), RETORT_OK);
	cr_assert(file_is_directory("a/b/c"));
	cr_assert_eq(file_mkdirs("a/b/c", 0700, &err), RETORT_OK);
	write_text("f", "");
	cr_assert_eq(file_mkdirs("f/x", 0700, &err), RETORT_E_FAIL);
	cr_assert_str_eq(err.pub.message,
			 "could not make directory \"f\": Not a directory");
}

Test(base, file_list_is_sorted)
{
	struct strings names = {0};

	write_text("b", "");
	write_text("B", "");
	write_text(".a", "");
	cr_assert_eq(file_list(".", &mem, &names, &err), RETORT_OK);
	cr_assert_eq(names.n, 3);
	cr_assert_str_eq(names.v[0], ".a");
	cr_assert_str_eq(names.v[1], "B");
	cr_assert_str_eq(names.v[2], "b");
	cr_assert_eq(file_list("none", &mem, &names, &err), RETORT_E_NOTFOUND);
}

Test(base, paths)
{
	static const char *const dirs[][2] = {
		{ "a/b", "a" }, { "a", "." }, { "/a", "/" }, { "/", "/" },
		{ "a/b/", "a" }, { "a//b", "a" }, { "", "." },
	};

	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++)
		cr_expect_str_eq(path_dirname(&mem, dirs[i][0]), dirs[i][1],
				 "of \"%s\"", dirs[i][0]);
	cr_assert_str_eq(path_join(&mem, "a", "b"), "a/b");
	cr_assert_str_eq(path_join(&mem, "a/", "b"), "a/b");
	cr_assert_str_eq(path_join(&mem, "a", "/b"), "/b");
	cr_assert_str_eq(path_basename("a/b"), "b");
	cr_assert_str_eq(path_basename("b"), "b");
	cr_assert_str_eq(path_absolute(&mem, "/."), "/");
	cr_assert_null(path_absolute(&mem, "none"));
}

/* Processes --------------------------------------------------------------- */

static int run(const char *script, const char *dir, char **output)
{
	const char *const argv[] = { "sh", "-c", script, NULL };
	const struct process p = { argv, dir, NULL };
	int status = -1;

	cr_assert_eq(process_run(&p, &mem, output, &status, &err),
		     RETORT_OK, "%s", err.pub.message);
	return status;
}

Test(base, process_output_and_status)
{
	char *out;

	cr_assert_eq(run("echo a; echo b >&2; exit 3", NULL, &out), 3);
	cr_assert_str_eq(out, "a\nb\n");
	cr_assert_eq(run("cat; pwd", "/", &out), 0);
	cr_assert_str_eq(out, "/\n");
	cr_assert_eq(run("kill -9 $$", NULL, &out), 128 + 9);
	cr_assert_eq(run("yes | head -c 300000", NULL, &out), 0);
	cr_assert_eq(strlen(out), 300000);
}

Test(base, process_goes_on_after_a_signal)
{
	char *out;
	int status;

	ticks(20000);
	status = run("sleep 0.1; echo a; exec >&- 2>&-; sleep 0.1", NULL, &out);
	ticks(0);
	cr_assert_eq(status, 0);
	cr_assert_str_eq(out, "a\n");
}

Test(base, process_that_does_not_start)
{
	const char *const none[] = { "no-such-program", NULL };
	const char *const sh[] = { "sh", NULL };
	const struct process p = { none, NULL, NULL }, q = { sh, "none", NULL };
	char *out = NULL;
	int status = -1;

	cr_assert_eq(process_run(&p, &mem, &out, &status, &err),
		     RETORT_E_NOTFOUND);
	cr_assert_str_eq(err.pub.message, "could not run \"no-such-program\": "
			 "No such file or directory");
	cr_assert_eq(process_run(&q, &mem, &out, &status, &err),
		     RETORT_E_NOTFOUND);
	cr_assert_str_eq(err.pub.message, "could not run \"sh\" in directory "
			 "\"none\": No such file or directory");
	cr_assert_null(out);
	cr_assert_eq(status, -1);
}

Test(base, process_that_is_cancelled_is_ended, .timeout = 30)
{
	const char *const argv[] = { "sleep", "1000", NULL };
	const volatile int cancelled = 1;
	const struct process p = { argv, NULL, &cancelled };
	char *out = NULL;
	int status = -1;

	cr_assert_eq(process_run(&p, &mem, &out, &status, &err),
		     RETORT_E_INTERRUPTED);
	cr_assert_null(out);
}

Test(base, process_of_a_host_without_standard_descriptors)
{
	char *out;
	int saved = dup(1);

	close(0);
	close(1);
	int status = run("echo a; cat", NULL, &out);
	dup2(saved, 1);
	cr_assert_eq(status, 0);
	cr_assert_str_eq(out, "a\n");
}
