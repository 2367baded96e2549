#include "pager.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t pager;	/* 0: none */

static const char *wanted(void)
{
	static const char *const names[] = { "DB_PAGER", "PAGER" };
	const char *said = NULL;

	if (!isatty(STDOUT_FILENO))
		return NULL;
	for (size_t i = 0; i < 2 && !said; i++)
		said = getenv(names[i]);
	if (!said)
		said = "less";
	return *said && strcmp(said, "cat") ? said : NULL;
}

/*
 * The child reads from `input`. `report` closes by itself when the program
 * starts; else why it did not is written there.
 */
_Noreturn static void become(const char *command, int input, int report)
{
	bool words = strpbrk(command, " \t'\"\\$|&;<>(){}*?~`");
	int error;

	dup2(input, STDIN_FILENO);
	/* Quit when all fits, colours as they are, no clearing; as git has it. */
	setenv("LESS", "FRX", 0);
	setenv("LV", "-c", 0);
	signal(SIGINT, SIG_DFL);
	if (words)
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	else
		execlp(command, command, (char *)NULL);
	error = errno;
	if (write(report, &error, sizeof(error)) < 0)
		_exit(126);
	_exit(127);
}

/* Did it start? */
static bool started(int report)
{
	int error;
	ssize_t n;

	do
		n = read(report, &error, sizeof(error));
	while (n < 0 && errno == EINTR);
	close(report);
	return n == 0;
}

static void wait_for_it(void)
{
	while (waitpid(pager, NULL, 0) < 0 && errno == EINTR)
		;
	pager = 0;
}

void pager_open(void)
{
	const char *command = wanted();
	int text[2], report[2];

	if (!command || pipe(text))
		return;
	if (pipe(report)) {
		close(text[0]);
		close(text[1]);
		return;
	}
	for (int i = 0; i < 2; i++) {
		fcntl(text[i], F_SETFD, FD_CLOEXEC);
		fcntl(report[i], F_SETFD, FD_CLOEXEC);
	}
	fflush(stdout);
	pager = fork();
	if (!pager)
		become(command, text[0], report[1]);
	close(text[0]);
	close(report[1]);
	if (pager > 0 && started(report[0]))
		dup2(text[1], STDOUT_FILENO);
	else if (pager > 0)
		wait_for_it();
	else
		pager = 0;
	close(text[1]);
}

void pager_close(void)
{
	if (!pager)
		return;
	fflush(stdout);
	/* The reader sees the end; nothing is printed any more. */
	close(STDOUT_FILENO);
	if (open("/dev/null", O_WRONLY) < 0)
		perror("db");
	wait_for_it();
}
