#include <criterion/criterion.h>

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>

#include "base/file.h"
#include "model/compile.h"

static char dir[] = "/tmp/retort-compile-XXXXXX";
static char cache[64], counter[64], wrapper[64];
static struct arena mem;
static struct err err;
static struct compile_options options;

static void write_file(const char *name, const char *text)
{
	cr_assert_eq(file_write(name, text, strlen(text), true, &err),
		     RETORT_OK, "%s", err.pub.message);
}

/* A compiler that leaves a line in a file each time it runs. */
static void set_up(void)
{
	cr_assert(mkdtemp(dir));
	cr_assert_eq(chdir(dir), 0);
	snprintf(cache, sizeof(cache), "%s/a/cache", dir);
	snprintf(counter, sizeof(counter), "%s/runs", dir);
	snprintf(wrapper, sizeof(wrapper), "%s/cc", dir);
	write_file(wrapper, arena_printf(&mem,
		"#!/bin/sh\necho run >>%s\nexec cc \"$@\"\n", counter));
	cr_assert_eq(chmod(wrapper, 0755), 0);
	options = (struct compile_options){
		.cache_directory = cache, .compiler = wrapper
	};
}

static void tear_down(void)
{
	char command[128];

	err_clear(&err);
	arena_clear(&mem);
	snprintf(command, sizeof(command), "chmod -R u+w %s; rm -rf %s", dir,
		 dir);
	cr_assert_eq(system(command), 0);
}

TestSuite(compile, .init = set_up, .fini = tear_down);

/* How often the compiler ran since last asked. */
static int runs(void)
{
	char *text = NULL;
	size_t n = 0;
	SCRATCH_ERR(none);

	if (file_read(counter, &mem, &text, &n, &none))
		return 0;
	cr_assert_eq(unlink(counter), 0);
	return (int)(n / 4);
}

static retort_status compile(const char *a, const char *b, char **path)
{
	struct strings sources = {0};

	cr_assert(vec_push(&mem, &sources, a));
	if (b)
		cr_assert(vec_push(&mem, &sources, b));
	return compile_shared(&sources, &options, &mem, path, &err);
}

static int value(const char *path)
{
	void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	int (*get)(void);
	int n;

	cr_assert(handle, "%s", dlerror());
	*(void **)&get = dlsym(handle, "get");
	cr_assert(get);
	n = get();
	dlclose(handle);
	return n;
}

static int compiled(const char *source)
{
	char *path = NULL;

	cr_assert_eq(compile(source, NULL, &path), RETORT_OK, "%s\n%s",
		     err.pub.message, err.pub.detail ? err.pub.detail : "");
	return value(path);
}

/* A file older than the compilation, so that it need not be read again. */
static void age(const char *name)
{
	struct utimbuf t = { time(NULL) - 100, time(NULL) - 100 };

	cr_assert_eq(utime(name, &t), 0);
}

Test(compile, unchanged_sources_need_no_compiler)
{
	struct stat st;

	write_file("a.c", "int get(void) { return 1; }\n");
	age("a.c");
	cr_expect_eq(compiled("a.c"), 1);
	cr_expect_eq(runs(), 1);
	cr_expect_eq(compiled("a.c"), 1);
	cr_expect_eq(runs(), 0);
	cr_assert_eq(stat(cache, &st), 0);
	cr_expect_eq(st.st_mode & 0777, 0700);
}

Test(compile, an_edited_source_is_compiled)
{
	write_file("a.c", "int get(void) { return 1; }\n");
	cr_expect_eq(compiled("a.c"), 1);
	write_file("a.c", "int get(void) { return 2; }\n");
	cr_expect_eq(compiled("a.c"), 2);
	/* At once, of the same length, in the same file. */
	cr_assert_eq(system("printf 'int get(void) { return 3; }\\n' >a.c"), 0);
	cr_expect_eq(compiled("a.c"), 3);
	write_file("a.c", "int get(void) { return 1; }\n");
	cr_expect_eq(compiled("a.c"), 1);
}

Test(compile, an_edited_include_is_seen)
{
	cr_assert_eq(mkdir("in clude", 0777), 0);
	write_file("in clude/b.h", "#include \"c.h\"\n");
	write_file("in clude/c.h", "#define N 1\n");
	write_file("a.c", "#include \"in clude/b.h\"\n"
		   "int get(void) { return N; }\n");
	cr_expect_eq(compiled("a.c"), 1);
	write_file("in clude/c.h", "#define N 2\n");
	cr_expect_eq(compiled("a.c"), 2);
	runs();
	cr_expect_eq(compiled("a.c"), 2);
	cr_expect_eq(runs(), 0);
}

/* A checkout gives files new times and the same content. */
Test(compile, times_alone_change_nothing)
{
	write_file("a.c", "int get(void) { return 1; }\n");
	age("a.c");
	cr_expect_eq(compiled("a.c"), 1);
	runs();
	cr_assert_eq(utime("a.c", &(struct utimbuf){ 1000000, 1000000 }), 0);
	cr_expect_eq(compiled("a.c"), 1);
	cr_expect_eq(runs(), 0);
}

Test(compile, a_time_in_the_future)
{
	time_t later = time(NULL) + 100000;

	write_file("a.c", "int get(void) { return 1; }\n");
	cr_assert_eq(utime("a.c", &(struct utimbuf){ later, later }), 0);
	cr_expect_eq(compiled("a.c"), 1);
}

Test(compile, other_options_are_another_library)
{
	char *one = NULL, *two = NULL;

	cr_assert_eq(mkdir("x", 0777), 0);
	cr_assert_eq(mkdir("y", 0777), 0);
	write_file("x/n.h", "#define N 1\n");
	write_file("y/n.h", "#define N 2\n");
	write_file("a.c", "#include <n.h>\nint get(void) { return N; }\n");
	options.include_directory = "x";
	cr_assert_eq(compile("a.c", NULL, &one), RETORT_OK);
	options.include_directory = "y";
	cr_assert_eq(compile("a.c", NULL, &two), RETORT_OK);
	cr_expect_str_neq(one, two);
	cr_expect_eq(value(one), 1);
	cr_expect_eq(value(two), 2);
}

Test(compile, several_sources)
{
	char *path = NULL;

	write_file("a.c", "int b(void); static int x = 40;\n"
		   "int get(void) { return x + b(); }\n");
	write_file("b.c", "static int x = 2; int b(void) { return x; }\n");
	cr_assert_eq(compile("a.c", "b.c", &path), RETORT_OK, "%s",
		     err.pub.message);
	cr_expect_eq(value(path), 42);
	write_file("b.c", "int b(void) { return 3; }\n");
	cr_assert_eq(compile("a.c", "b.c", &path), RETORT_OK);
	cr_expect_eq(value(path), 43);
}

Test(compile, the_compilers_own_words)
{
	char *path = NULL;

	write_file("a.c", "int get(void)\n{\n\treturn nothing;\n}\n");
	cr_assert_lt(compile("a.c", NULL, &path), 0);
	cr_expect_str_eq(err.pub.message, "could not compile \"a.c\"");
	cr_expect(strstr(err.pub.detail, "a.c:3"), "%s", err.pub.detail);
	cr_expect(strstr(err.pub.detail, "nothing"), "%s", err.pub.detail);
	/* It leaves nothing behind. */
	cr_expect_eq(system("test -z \"$(ls a/cache)\""), 0);
}

Test(compile, no_compiler)
{
	char *path = NULL;

	write_file("a.c", "int x;\n");
	options.compiler = "no-such-compiler";
	cr_assert_lt(compile("a.c", NULL, &path), 0);
	cr_expect_str_eq(err.pub.message, "could not run the compiler "
			 "\"no-such-compiler\" for \"a.c\": not found");
	cr_expect(strstr(err.pub.hint, "apt install gcc"));
}

Test(compile, no_source)
{
	char *path = NULL;

	cr_expect_eq(compile("none.c", NULL, &path), RETORT_E_NOTFOUND);
	options.cache_directory = NULL;
	cr_expect_eq(compile("none.c", NULL, &path), RETORT_E_USAGE);
}

Test(compile, a_cache_others_write_to)
{
	char *path = NULL;

	write_file("a.c", "int x;\n");
	cr_assert_eq(mkdir("a", 0777), 0);
	cr_assert_eq(mkdir("a/cache", 0777), 0);
	cr_assert_eq(chmod("a/cache", 0777), 0);
	cr_assert_lt(compile("a.c", NULL, &path), 0);
	cr_expect(strstr(err.pub.message, "other users may write there"),
		  "%s", err.pub.message);
	cr_assert_eq(chmod("a/cache", 0720), 0);
	cr_expect_lt(compile("a.c", NULL, &path), 0);
	cr_assert_eq(chmod("a/cache", 0755), 0);
	cr_expect_eq(compile("a.c", NULL, &path), RETORT_OK);
}

Test(compile, a_cache_of_someone_else)
{
	char *path = NULL;

	if (geteuid())
		return;
	write_file("a.c", "int x;\n");
	cr_assert_eq(mkdir("a", 0777), 0);
	cr_assert_eq(mkdir("a/cache", 0700), 0);
	cr_assert_eq(chown("a/cache", 12345, 12345), 0);
	cr_assert_lt(compile("a.c", NULL, &path), 0);
	cr_expect(strstr(err.pub.message, "belongs to another user"), "%s",
		  err.pub.message);
}

Test(compile, a_cache_that_is_no_directory)
{
	char *path = NULL;

	write_file("a.c", "int x;\n");
	write_file("a", "");
	cr_expect_lt(compile("a.c", NULL, &path), 0);
	options.cache_directory = "/proc/none";
	cr_expect_lt(compile("a.c", NULL, &path), 0);
}

/* A list that was cut off, or whose library is gone, is made anew. */
Test(compile, a_damaged_cache)
{
	write_file("a.c", "int get(void) { return 1; }\n");
	cr_expect_eq(compiled("a.c"), 1);
	cr_assert_eq(system("for f in a/cache/*.list; do head -c 60 $f >x;"
			    " cp x $f; done"), 0);
	cr_expect_eq(compiled("a.c"), 1);
	cr_assert_eq(system("rm a/cache/*.so"), 0);
	cr_expect_eq(compiled("a.c"), 1);
	cr_assert_eq(system("echo >$(ls a/cache/*.list)"), 0);
	cr_expect_eq(compiled("a.c"), 1);
}

/* Many at once; each gets a whole library, and nothing is left over. */
/* A file in the cache that was changed some days ago. */
static char *old_file(const char *name, int days)
{
	char *path = arena_printf(&mem, "%s/%s", cache, name);
	struct utimbuf t = { time(NULL) - days * 86400L,
			     time(NULL) - days * 86400L };

	if (!file_exists(path))
		write_file(path, "");
	cr_assert_eq(utime(path, &t), 0);
	return path;
}

Test(compile, old_libraries_are_removed)
{
	char *first, *second, *other, *stray, *young, *temporary, *mark;
	char *mine;

	write_file("a.c", "int get(void) { return 1; }\n");
	write_file("b.c", "int get(void) { return 2; }\n");
	cr_assert_eq(compile("a.c", NULL, &first), RETORT_OK);
	cr_assert_eq(compile("b.c", NULL, &other), RETORT_OK);
	old_file(strrchr(first, '/') + 1, 40);
	old_file(strrchr(other, '/') + 1, 40);
	stray = old_file("0123456789abcdef0123456789abcdef.so", 40);
	young = old_file("1123456789abcdef0123456789abcdef.so", 20);
	temporary = old_file("2123456789abcdef0123456789abcdef.AbCdEf", 2);
	mine = old_file("notes.so", 400);
	mark = old_file(".pruned", 0);
	write_file("a.c", "int get(void) { return 3; }\n");
	cr_assert_eq(compile("a.c", NULL, &second), RETORT_OK);
	cr_expect(file_exists(stray), "once a day");
	old_file(".pruned", 2);
	write_file("c.c", "int get(void) { return 4; }\n");
	cr_assert_eq(compile("c.c", NULL, &mark), RETORT_OK);
	cr_expect_not(file_exists(stray));
	cr_expect_not(file_exists(temporary));
	cr_expect(file_exists(young));
	cr_expect(file_exists(mine));
	cr_expect(file_exists(other), "old, but of use");
	cr_expect(file_exists(first), "superseded just now");
	cr_expect(file_exists(second));
	old_file(strrchr(first, '/') + 1, 40);
	old_file(".pruned", 2);
	write_file("c.c", "int get(void) { return 5; }\n");
	cr_assert_eq(compile("c.c", NULL, &mark), RETORT_OK);
	cr_expect_not(file_exists(first));
}

Test(compile, at_once)
{
	enum { PROCESSES = 8 };
	pid_t pid[PROCESSES];

	write_file("a.c", "int get(void) { return 7; }\n");
	for (int i = 0; i < PROCESSES; i++) {
		pid[i] = fork();
		cr_assert_geq(pid[i], 0);
		if (!pid[i]) {
			char *path = NULL;
			struct strings s = {0};

			if (!vec_push(&mem, &s, "a.c") ||
			    compile_shared(&s, &options, &mem, &path, &err))
				_exit(1);
			_exit(value(path) == 7 ? 0 : 2);
		}
	}
	for (int i = 0; i < PROCESSES; i++) {
		int status = -1;

		cr_assert_eq(waitpid(pid[i], &status, 0), pid[i]);
		cr_expect_eq(status, 0);
	}
	cr_expect_eq(system("test $(ls a/cache | wc -l) = 2"), 0);
}
