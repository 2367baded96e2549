/*
 * Runs a program on a terminal of its own: pty COMMAND [ARGUMENT...]. Standard
 * input has lines "expect TEXT" (it must print that, soon) and "send TEXT"
 * (^C, ^D and \n are keys). Prints all that the program printed, ESC as ^[ and
 * a carriage return as ^M, and how it ended.
 */
#define _DEFAULT_SOURCE
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_MS = 60000 };

static char text[1 << 18];
static size_t n_text, seen;
static bool late;

static void show(void)
{
	for (size_t i = 0; i < n_text; i++) {
		if (text[i] == '\033')
			fputs("^[", stdout);
		else if (text[i] == '\r' && text[i + 1] != '\n')
			fputs("^M", stdout);
		else if (text[i] != '\r')
			putchar(text[i]);
	}
}

/* More of its output; false: there is none any more, or it is late. */
static bool more(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	ssize_t n;

	if (poll(&p, 1, PATIENCE_MS) <= 0 || n_text + 1 >= sizeof(text)) {
		late = true;
		return false;
	}
	n = read(fd, text + n_text, sizeof(text) - n_text - 1);
	if (n <= 0)
		return n < 0 && errno == EINTR;
	n_text += (size_t)n;
	text[n_text] = '\0';
	return true;
}

static bool expect(int fd, const char *wanted)
{
	for (;;) {
		const char *found = strstr(text + seen, wanted);

		if (found) {
			seen = (size_t)(found - text) + strlen(wanted);
			return true;
		}
		if (!more(fd))
			return false;
	}
}

static bool send_keys(int fd, const char *s)
{
	for (; *s; s++) {
		char key = *s;

		if (*s == '^' && s[1])
			key = (char)(*++s & 0x1f);
		else if (*s == '\\' && s[1] == 'n' && s++)
			key = '\n';
		if (write(fd, &key, 1) != 1)
			return false;
	}
	return true;
}

static bool follow(int fd, char *line)
{
	line[strcspn(line, "\n")] = '\0';
	if (!strncmp(line, "expect ", 7) && expect(fd, line + 7))
		return true;
	if (!strncmp(line, "send ", 5) && send_keys(fd, line + 5))
		return true;
	printf("not done: %s\n", line);
	return false;
}

int main(int argc, char **argv)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	char line[512];
	int fd, status = 0;
	bool ok = true;
	pid_t pid;

	if (argc < 2)
		return 2;
	pid = forkpty(&fd, NULL, NULL, &size);
	if (pid < 0)
		return 2;
	if (!pid) {
		/* what runs in the background is born deaf to ^C */
		signal(SIGINT, SIG_DFL);
		signal(SIGQUIT, SIG_DFL);
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	while (ok && fgets(line, sizeof(line), stdin))
		ok = follow(fd, line);
	while (ok && more(fd))
		;
	ok &= !late;
	if (!ok)
		kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	show();
	if (WIFEXITED(status))
		printf("exit %d\n", WEXITSTATUS(status));
	else
		printf("signal %d\n", WTERMSIG(status));
	return !ok;
}
