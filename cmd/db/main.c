#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "all.h"
#include "cmd.h"
#include "pager.h"
#include "secret.h"
#include "session.h"
#include "term.h"

const struct cmd *const commands[] = {
	&cmd_init, &cmd_list_templates, &cmd_migrate, &cmd_revision,
	&cmd_upgrade, &cmd_downgrade, &cmd_current, &cmd_check, &cmd_diff,
	&cmd_history, &cmd_heads, &cmd_branches, &cmd_show, &cmd_status,
	&cmd_log, &cmd_stamp, &cmd_merge, &cmd_edit, &cmd_shell,
	&cmd_ensure_version, &cmd_create_all, &cmd_inspect, &cmd_completion,
	&cmd_version, &cmd_help, NULL
};

static struct env env;
static struct term term;

const struct opt global_options[] = {
	{ OPT_STRING, 'd', "directory", &env.global.directory, "DIR",
	  "the migrations directory (default: \"migrations\", also above)" },
	{ OPT_STRING, 'n', "name", &env.global.section, "NAME",
	  "the [db \"NAME\"] section of the configuration" },
	{ OPT_FLAG, 0, "all", &env.global.all, NULL,
	  "each database of the configuration, one after the other" },
	{ OPT_FLAG, 0, "continue-on-error", &env.global.continue_on_error,
	  NULL, "of several databases: go on when one fails" },
	{ OPT_STRING, 'c', "config", &env.global.config, "FILE",
	  "the configuration file (default: DIR/db.ini)" },
	{ OPT_STRING, 0, "url", &env.global.url, "URL",
	  "the database (default: $DATABASE_URL, then the configuration)" },
	{ OPT_LIST, 'x', NULL, &env.global.x, "KEY=VALUE",
	  "a value for hooks and for ${KEY} in SQL revisions" },
	{ OPT_FLAG, 'q', "quiet", &env.global.quiet, NULL, "only warnings" },
	{ OPT_FLAG, 'v', "verbose", &env.global.verbose, NULL, "more details" },
	{ OPT_FLAG, 0, "json", &env.global.json, NULL,
	  "print one JSON value" },
	{ OPT_STRING, 0, "color", &env.global.color, "WHEN",
	  "auto, always or never" },
	{ OPT_FLAG, 0, "no-pager", &env.global.no_pager, NULL,
	  "do not put long lists through $PAGER" },
	{ OPT_FLAG, 'h', "help", &env.global.help, NULL, "show this help" },
	OPT_END
};

const struct cmd *cmd_find(const char *name)
{
	for (size_t i = 0; commands[i]; i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

void cmd_list(FILE *to)
{
	fputs("usage: db [options] <command> [options]\n\n", to);
	for (size_t i = 0; commands[i]; i++)
		fprintf(to, "  %-16s %s\n", commands[i]->name,
			commands[i]->summary);
	fputs("\noptions of every command:\n", to);
	opt_help(to, global_options);
}

void cmd_usage(FILE *to, const struct cmd *c)
{
	fprintf(to, "usage: db %s [options]%s%s\n\n%s\n", c->name,
		c->arguments ? " " : "", c->arguments ? c->arguments : "",
		c->summary);
	if (c->options) {
		fputs("\noptions:\n", to);
		opt_help(to, c->options);
	}
	fputs("\noptions of every command:\n", to);
	opt_help(to, global_options);
}

int misuse(const char *command, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "db%s%s: ", command ? " " : "", command ? command : "");
	va_start(ap, fmt);
	secret_vprint(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\nhint: \"db %s%s--help\" shows the usage.\n",
		command ? command : "", command ? " " : "");
	return EXIT_USAGE;
}

int exit_of(retort_status code)
{
	switch (code) {
	case RETORT_OK:
		return EXIT_DONE;
	case RETORT_E_USAGE:
		return EXIT_USAGE;
	case RETORT_E_UNREACHABLE:
		return EXIT_UNREACHABLE;
	case RETORT_E_LOCKED:
		return EXIT_LOCKED;
	case RETORT_E_INTERRUPTED:
		return session_signal() ? 128 + session_signal()
					: EXIT_INTERRUPTED;
	default:
		return EXIT_FAILED;
	}
}

int fail(const struct env *e)
{
	const retort_error *error = retort_last_error(e->db);

	term_error(e->term, error);
	print_error(e->out, error);
	return exit_of(error->code);
}

void say_no_revisions(const struct env *e)
{
	retort_revisions heads;

	if (retort_heads(e->db, false, &heads) == RETORT_OK && !heads.n)
		term_log(e->term, RETORT_LOG_INFO, "There are no revisions yet: "
			 "\"db migrate\" writes the first from the models, \"db "
			 "revision\" an empty one.");
}

/* What other programs of this kind call it. */
static const char *elsewhere(const char *typed)
{
	static const char *const words[][2] = {
		{ "autogenerate", "migrate" }, { "makemigrations", "migrate" },
		{ "generate", "migrate" }, { "new", "revision" },
		{ "create", "create-all" }, { "up", "upgrade" },
		{ "apply", "upgrade" }, { "deploy", "upgrade" },
		{ "down", "downgrade" }, { "rollback", "downgrade" },
		{ "undo", "downgrade" }, { "baseline", "stamp" },
		{ "dump", "inspect" }, { "reflect", "inspect" },
		{ "psql", "shell" }, { "console", "shell" },
		{ "info", "status" }, { "list", "history" },
		{ "branch", "branches" }, { "head", "heads" },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strcmp(typed, words[i][0]))
			return words[i][1];
	return NULL;
}

/* The command nearest to what was typed, or NULL. */
static const char *nearest(const char *typed)
{
	const char *names[64], *other = elsewhere(typed);
	size_t n = 0;

	for (; commands[n] && n < sizeof(names) / sizeof(*names); n++)
		names[n] = commands[n]->name;
	return other ? other : retort_nearest(typed, names, n);
}

int unknown_command(const char *typed)
{
	const char *other = nearest(typed);

	secret_printf(stderr, "db: \"%s\" is not a command\n", typed);
	if (other)
		fprintf(stderr, "hint: did you mean \"db %s\"?\n", other);
	else
		fputs("hint: \"db help\" lists the commands.\n", stderr);
	return EXIT_USAGE;
}

/* Everything a command needs is opened and closed here and nowhere else. */
static int run_once(const struct cmd *c, int n, char **argv)
{
	int rc = session_open(&env, c);

	if (!rc) {
		session_catch_signals(&env);
		rc = c->run(&env, n, argv);
	}
	session_close(&env);
	return rc;
}

static int run(const struct cmd *c, int n, char **argv)
{
	int rc;

	term_init(&term, env.global.color, env.global.quiet,
		  env.global.verbose);
	env.term = &term;
	if (c->pages && !env.global.json && !env.global.no_pager)
		pager_open();
	env.out = printer_open(env.global.json, env.global.verbose,
			       env.global.quiet);
	if (!env.out) {
		perror("db");
		return EXIT_FAILED;
	}
	printer_terminal(env.out, term.color_out, term.columns);
	rc = env.global.all ? run_all(&env, c, n, argv, run_once)
			    : run_once(c, n, argv);
	if (printer_close(env.out) < 0) {
		perror("db: standard output");
		rc = rc ? rc : EXIT_FAILED;
	}
	pager_close();
	return rc;
}

static bool is_color(const char *s)
{
	return !s || !strcmp(s, "auto") || !strcmp(s, "always") ||
	       !strcmp(s, "never");
}

static int parse_and_run(const struct cmd *c, int argc, char **argv)
{
	int n = opt_parse(c->name, argc, argv, c->options, global_options,
			  false);

	if (n < 0)
		return EXIT_USAGE;
	if (env.global.help) {
		cmd_usage(stdout, c);
		return fflush(stdout) ? EXIT_FAILED : 0;
	}
	if (!is_color(env.global.color))
		return misuse(c->name, "--color is auto, always or never, not "
			      "\"%s\"", env.global.color);
	if (n < c->min_args)
		return misuse(c->name, "needs %s", c->arguments);
	if (c->max_args >= 0 && n > c->max_args)
		return misuse(c->name, "takes no argument \"%s\"",
			      argv[c->max_args + 1]);
	if (env.global.all && !may_run_all(&env, c))
		return EXIT_USAGE;
	return run(c, n, argv);
}

/*
 * A file that is opened must not become standard output or error because that
 * was closed: messages would go into it. Using what is opened here fails, as
 * using a closed one does.
 */
static bool occupy_standard_files(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", fd == STDIN_FILENO ? O_WRONLY
							 : O_RDONLY) != fd)
			return false;
	return true;
}

int main(int argc, char **argv)
{
	const struct cmd *c;
	int n;

	if (!occupy_standard_files())
		return EXIT_FAILED;
	if (!secret_hide(argc, argv)) {
		perror("db");
		return EXIT_FAILED;
	}
	n = opt_parse(NULL, argc, argv, NULL, global_options, true);

	signal(SIGPIPE, SIG_DFL);
	if (n < 0)
		return EXIT_USAGE;
	if (!n) {
		cmd_list(env.global.help ? stdout : stderr);
		return env.global.help ? 0 : EXIT_USAGE;
	}
	c = cmd_find(argv[1]);
	if (!c)
		return unknown_command(argv[1]);
	return parse_and_run(c, n, argv + 1);
}
