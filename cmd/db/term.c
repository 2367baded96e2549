#include "term.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <unistd.h>

#include "secret.h"
#include "session.h"

enum { BAR_WIDTH = 30 };

#define NEVER (~0ull)	/* per mille that no bar shows */

static bool wants_color(const char *color, int fd)
{
	const char *no = getenv("NO_COLOR");

	if (color && !strcmp(color, "always"))
		return true;
	if (color && !strcmp(color, "never"))
		return false;
	return isatty(fd) && !(no && *no);
}

/* 0: it is no terminal. */
static int columns_of(int fd)
{
	const char *said = getenv("COLUMNS");
	struct winsize size;

	if (!isatty(fd))
		return 0;
	if (said && atoi(said) > 0)
		return atoi(said);
	if (!ioctl(fd, TIOCGWINSZ, &size) && size.ws_col)
		return size.ws_col;
	return 80;
}

static retort_log_level level_of(bool quiet, bool verbose)
{
	static const char *const words[] = { "error", "warning", "info", "debug" };
	const char *wanted = getenv("DB_LOG");

	if (quiet)
		return RETORT_LOG_WARNING;
	if (verbose)
		return RETORT_LOG_DEBUG;
	for (int i = 0; wanted && i < 4; i++)
		if (!strcmp(words[i], wanted))
			return (retort_log_level)i;
	return RETORT_LOG_INFO;
}

void term_init(struct term *t, const char *color, bool quiet, bool verbose)
{
	const char *kind = getenv("TERM");

	*t = (struct term){
		.level = level_of(quiet, verbose),
		.color = wants_color(color, STDERR_FILENO),
		.color_out = wants_color(color, STDOUT_FILENO),
		.columns = columns_of(STDOUT_FILENO),
		.bar = !quiet && isatty(STDERR_FILENO) && kind &&
		       strcmp(kind, "dumb")
	};
}

void term_clear(struct term *t)
{
	if (t->drawn)
		fputs("\r\033[K", stderr);
	t->drawn = false;
}

static void colored(const struct term *t, const char *code, const char *word)
{
	if (t->color)
		fprintf(stderr, "\033[%sm%s\033[0m", code, word);
	else
		fputs(word, stderr);
}

void term_log(void *payload, retort_log_level level, const char *text)
{
	struct term *t = payload;

	if (level > t->level || t->muted)
		return;
	if (t->relay) {
		t->relay(level, text);
		return;
	}
	term_clear(t);
	if (level == RETORT_LOG_WARNING)
		colored(t, "33", "warning: ");
	else if (level == RETORT_LOG_ERROR)
		colored(t, "31", "error: ");
	fprintf(stderr, "%s\n", text);
}

/* As many bytes of it as have room, and no part of a character. */
static int fit(const char *s, int room)
{
	int n = (int)strlen(s);

	if (n <= room)
		return n;
	for (n = room > 0 ? room : 0; n && (s[n] & 0xc0) == 0x80; n--)
		;
	return n;
}

/* A bar and a text, as much of it as the line has room for. */
static void draw(struct term *t, unsigned long long mille, const char *what)
{
	static const char hashes[] = "##############################";
	int full = (int)(mille * BAR_WIDTH / 1000);
	int room = columns_of(STDERR_FILENO) - BAR_WIDTH - 9;

	fprintf(stderr, "\r\033[K[%.*s%*s] %3llu%% %.*s", full, hashes,
		BAR_WIDTH - full, "", mille / 10, fit(what, room), what);
	fflush(stderr);
	t->drawn = true;
}

void term_statement(void *payload, const retort_statement *s)
{
	struct term *t = payload;
	long long seconds = s->elapsed_ms / 1000;
	char what[160], time[40] = "";

	if (!t->bar)
		return;
	t->last = NEVER;
	if (s->ended) {
		term_clear(t);
		return;
	}
	if (seconds >= 60)
		snprintf(time, sizeof(time), "%lld min %02lld s: ",
			 seconds / 60, seconds % 60);
	else if (seconds || !s->total)
		snprintf(time, sizeof(time), "%lld s: ", seconds);
	snprintf(what, sizeof(what), "%s%s", time, s->what);
	if (s->total) {
		draw(t, s->done * 1000 / s->total, what);
		return;
	}
	fprintf(stderr, "\r\033[K%.*s",
		fit(what, columns_of(STDERR_FILENO) - 1), what);
	fflush(stderr);
	t->drawn = true;
}

void term_progress(void *payload, const char *what, unsigned long long done,
		   unsigned long long total)
{
	struct term *t = payload;
	unsigned long long mille;

	if (!t->bar || !total)
		return;
	mille = done >= total ? 1000 : done * 1000 / total;
	if (t->drawn && mille == t->last)
		return;
	draw(t, mille, what);
	t->last = mille;
	if (done >= total)
		term_clear(t);
}

bool term_interactive(void)
{
	return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

/* Until there is a line to read; false: a signal came, perhaps just before. */
static bool wait_for_line(void)
{
	sigset_t stops, before;
	fd_set in;
	int n = -1;

	sigemptyset(&stops);
	sigaddset(&stops, SIGINT);
	sigaddset(&stops, SIGTERM);
	sigprocmask(SIG_BLOCK, &stops, &before);
	while (n < 0 && !session_signal()) {
		FD_ZERO(&in);
		FD_SET(STDIN_FILENO, &in);
		n = pselect(STDIN_FILENO + 1, &in, NULL, NULL, NULL, &before);
		if (n < 0 && errno != EINTR)
			break;
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return n > 0;
}

int term_ask(void *payload, const char *question)
{
	struct term *t = payload;
	char answer[16];

	term_clear(t);
	if (session_signal())	/* at a question before this one */
		return 0;
	for (;;) {
		fprintf(stderr, "%s [y/n] ", question);
		fflush(stderr);
		if (!wait_for_line() ||
		    !fgets(answer, sizeof(answer), stdin)) {
			fputc('\n', stderr);
			return 0;
		}
		if (*answer == 'y' || *answer == 'Y')
			return 1;
		if (*answer == 'n' || *answer == 'N')
			return 0;
	}
}

static void print_line(const char *label, const char *text)
{
	fputs(label, stderr);
	secret_print(stderr, text);
	fputc('\n', stderr);
}

void term_error(struct term *t, const retort_error *e)
{
	term_clear(t);
	colored(t, "31", "db: ");
	if (e->file && e->line)
		fprintf(stderr, "%s:%d: ", e->file, e->line);
	else if (e->file)
		fprintf(stderr, "%s: ", e->file);
	print_line("", e->message);
	if (e->detail)
		print_line("detail: ", e->detail);
	if (e->hint)
		print_line("hint: ", e->hint);
}
