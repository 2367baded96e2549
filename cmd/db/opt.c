#include "opt.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <retort/retort.h>

#include "secret.h"

enum { OPT_MAX = 48, LONG = 256, NEGATED = 512 };

/* Everything getopt_long() wants to know, and the way back to our rows. */
struct parser {
	const char *command;
	const struct opt *row[OPT_MAX];
	int n;
	struct option lng[2 * OPT_MAX + 1];
	char no[OPT_MAX][32];
	char shrt[2 * OPT_MAX + 3];
};

static int complain(const struct parser *p, const char *fmt, const char *a,
		    const char *b)
{
	const char *command = p->command ? p->command : "";
	const char *gap = p->command ? " " : "";

	fprintf(stderr, "db%s%s: ", gap, command);
	secret_printf(stderr, fmt, a, b);
	fprintf(stderr, "\nhint: \"db %s%s--help\" lists the options.\n",
		command, gap);
	return -1;
}

static bool read_time(const char *arg, int *ms)
{
	static const struct { const char *word; long ms; } units[] = {
		{ "", 1 }, { "ms", 1 }, { "s", 1000 }, { "min", 60000 }
	};
	char *end;
	long n;

	errno = 0;
	n = strtol(arg, &end, 10);
	if (errno || end == arg || n < 0)
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (strcmp(end, units[i].word) || n > INT_MAX / units[i].ms)
			continue;
		*ms = (int)(n * units[i].ms);
		return true;
	}
	return false;
}

static int store(const struct parser *p, const struct opt *o, const char *arg,
		 bool negated)
{
	struct opt_list *list = o->into;

	switch (o->kind) {
	case OPT_FLAG:
		*(bool *)o->into = !negated;
		return 0;
	case OPT_STRING:
		*(const char **)o->into = arg;
		return 0;
	case OPT_LIST:
		if (list->n == OPT_LIST_MAX)
			return complain(p, "option --%s is given too often%s",
					o->name, "");
		list->v[list->n++] = arg;
		return 0;
	case OPT_TIME:
		if (read_time(arg, o->into))
			return 0;
		return complain(p, "option --%s needs a time such as \"5s\", not \"%s\"",
				o->name, arg);
	}
	return -1;
}

static void add_row(struct parser *p, const struct opt *o, size_t *n_long)
{
	int arg = o->kind == OPT_FLAG ? no_argument : required_argument;
	char *end = p->shrt + strlen(p->shrt);

	p->row[p->n] = o;
	if (o->name)
		p->lng[(*n_long)++] = (struct option){ o->name, arg, NULL,
						      LONG + p->n };
	if (o->name && arg == no_argument) {
		snprintf(p->no[p->n], sizeof(p->no[p->n]), "no-%s", o->name);
		p->lng[(*n_long)++] = (struct option){ p->no[p->n], arg, NULL,
						      NEGATED + p->n };
	}
	if (o->letter) {
		*end++ = o->letter;
		if (arg == required_argument)
			*end++ = ':';
	}
	p->n++;
}

/* The command's own rows come first: they win over shared ones. */
static void add_table(struct parser *p, const struct opt *table, size_t *n_long)
{
	for (; table && table->help; table++) {
		bool taken = false;

		for (int i = 0; i < p->n && table->name; i++)
			taken = taken || (p->row[i]->name &&
					  !strcmp(p->row[i]->name, table->name));
		if (!taken && p->n < OPT_MAX)
			add_row(p, table, n_long);
	}
}

static const struct opt *row_of(const struct parser *p, int c)
{
	if (c >= NEGATED)
		return p->row[c - NEGATED];
	if (c >= LONG)
		return p->row[c - LONG];
	for (int i = 0; i < p->n; i++)
		if (p->row[i]->letter == c)
			return p->row[i];
	return NULL;
}

/* "-1", "+2:", "-3:current": revisions, not options. */
static bool is_relative(const char *s)
{
	return (*s == '-' || *s == '+') && isdigit((unsigned char)s[1]);
}

/* Its sign, changed to one of these, hides a relative revision from getopt. */
enum { MINUS = '\001', PLUS = '\002' };

static void hide(char *s)
{
	*s = *s == '-' ? MINUS : PLUS;
}

static char *shown(char *s)
{
	if (s && (*s == MINUS || *s == PLUS))
		*s = *s == MINUS ? '-' : '+';
	return s;
}

/* "; did you mean "--x"?" for a long option; in a buffer of its own. */
static const char *suggestion(const struct parser *p, const char *word)
{
	static char text[80];
	const char *names[2 * OPT_MAX], *best;
	char typed[40];
	size_t n = 0;

	if (strncmp(word, "--", 2) ||
	    strcspn(word + 2, "=") >= sizeof(typed))
		return "";
	snprintf(typed, sizeof(typed), "%.*s", (int)strcspn(word + 2, "="),
		 word + 2);
	for (const struct option *o = p->lng; o->name; o++)
		if (strncmp(o->name, "no-", 3) || !strncmp(typed, "no", 2))
			names[n++] = o->name;
	best = retort_nearest(typed, names, n);
	if (!best)
		return "";
	snprintf(text, sizeof(text), "; did you mean \"--%s\"?", best);
	return text;
}

static int bad_option(const struct parser *p, int c, int argc, char **argv)
{
	const char *word = optind <= argc ? shown(argv[optind - 1]) : "";
	char letter[3] = { '-', (char)optopt, '\0' };

	if (optopt && optopt < LONG && strncmp(word, "--", 2))
		word = letter;
	if (c == ':')
		return complain(p, "option \"%s\" needs a value%s", word, "");
	return complain(p, "unknown option \"%s\"%s", word,
			suggestion(p, word));
}

int opt_parse(const char *command, int argc, char **argv,
	      const struct opt *table, const struct opt *shared, bool leading)
{
	struct parser p = { .command = command };
	size_t n_long = 0;
	int c, n = 0;

	strcpy(p.shrt, leading ? "+:" : ":");
	add_table(&p, table, &n_long);
	add_table(&p, shared, &n_long);
	for (int i = 1; i < argc; i++)
		if (is_relative(argv[i]))
			hide(argv[i]);

	optind = 0;	/* glibc and musl: start anew */
	opterr = 0;	/* the messages are ours */
	while ((c = getopt_long(argc, argv, p.shrt, p.lng, NULL)) != -1) {
		const struct opt *o = c == '?' || c == ':' ? NULL
							   : row_of(&p, c);

		if (!o)
			return bad_option(&p, c, argc, argv);
		if (store(&p, o, shown(optarg), c >= NEGATED) < 0)
			return -1;
	}
	for (int i = optind; i < argc; i++)
		argv[++n] = shown(argv[i]);
	return n;
}

void opt_help(FILE *to, const struct opt *table)
{
	for (; table && table->help; table++) {
		char left[64];

		snprintf(left, sizeof(left), "%c%c%s%s%s%s%s",
			 table->letter ? '-' : ' ',
			 table->letter ? table->letter : ' ',
			 !table->name ? "" : table->letter ? ", " : "  ",
			 table->name ? "--" : "",
			 table->name ? table->name : "",
			 table->value ? (table->name ? "=" : " ") : "",
			 table->value ? table->value : "");
		fprintf(to, "  %-30s %s\n", left, table->help);
	}
}
