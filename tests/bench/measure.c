/*
 * measure NAME AIM RUNS PREPARE OURS FLOOR - time two shell commands in turn.
 *
 * PREPARE is run before each of them ("" for nothing), outside the clock.
 * Prints the medians of the wall time and of the peak memory of both, and the
 * ratio of the times pair by pair. AIM is printed beside it, for the reader.
 */
#define _DEFAULT_SOURCE	/* wait4(2) */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_RUNS = 101 };

struct run {
	double ms;
	long kb;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void prepare(const char *command)
{
	if (*command && system(command)) {
		fprintf(stderr, "measure: \"%s\" failed\n", command);
		exit(1);
	}
}

static struct run timed(const char *command)
{
	char *line = malloc(strlen(command) + 8);
	double start = now();
	struct rusage use;
	pid_t child;
	int status;

	if (!line)
		exit(1);
	sprintf(line, "exec %s", command);
	child = fork();
	if (!child) {
		if (!freopen("/dev/null", "w", stdout))
			_exit(126);
		execl("/bin/sh", "sh", "-c", line, (char *)NULL);
		_exit(127);
	}
	if (child < 0 || wait4(child, &status, 0, &use) < 0 || status) {
		fprintf(stderr, "measure: \"%s\" failed\n", command);
		exit(1);
	}
	free(line);
	return (struct run){ now() - start, use.ru_maxrss };
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *v, int n)
{
	qsort(v, (size_t)n, sizeof(*v), by_value);
	return v[n / 2];
}

int main(int argc, char **argv)
{
	double ours[MAX_RUNS], floor[MAX_RUNS], ratio[MAX_RUNS];
	double ours_kb[MAX_RUNS], floor_kb[MAX_RUNS];
	int runs;

	if (argc != 7 || (runs = atoi(argv[3])) < 1 || runs > MAX_RUNS) {
		fputs("usage: measure NAME AIM RUNS PREPARE OURS FLOOR\n", stderr);
		return 2;
	}
	for (int i = 0; i < runs; i++) {
		struct run a, b;

		prepare(argv[4]);
		a = timed(argv[5]);
		prepare(argv[4]);
		b = timed(argv[6]);
		ours[i] = a.ms, floor[i] = b.ms, ratio[i] = a.ms / b.ms;
		ours_kb[i] = (double)a.kb, floor_kb[i] = (double)b.kb;
	}
	printf("%-34s %9.1f ms %9.1f ms %6.2fx (aim %s) %6.1f MB %6.1f MB\n",
	       argv[1], median(ours, runs), median(floor, runs),
	       median(ratio, runs), argv[2], median(ours_kb, runs) / 1024,
	       median(floor_kb, runs) / 1024);
	return 0;
}
