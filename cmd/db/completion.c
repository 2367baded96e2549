#include "cmd.h"

#include <stdlib.h>
#include <string.h>

/* What a word of the command line is; as the shells' functions know it. */
static const char *kind_of_value(const struct cmd *c, const struct opt *o)
{
	const char *v = o->value;

	if (!v)
		return NULL;
	if (!strcmp(v, "DIR"))
		return "directory";
	if (!strcmp(v, "FILE"))
		return "file";
	if (!strcmp(v, "REV") || !strcmp(v, "FROM:TO"))
		return "revision";
	if (!strcmp(v, "WHEN"))
		return "auto always never";
	if (!strcmp(v, "FORMAT"))
		return c == &cmd_inspect ? "c sql json" : "c sql";
	return o->letter == 'n' && !strcmp(v, "NAME") ? "section" : "none";
}

static const char *kind_of_arguments(const struct cmd *c)
{
	const char *a = c->arguments;

	if (!a)
		return "none";
	if (strstr(a, "REVISION"))
		return "revision";
	if (c == &cmd_diff)
		return "revision file";
	if (c == &cmd_completion)
		return "bash zsh fish";
	return strstr(a, "COMMAND") ? "command" : strstr(a, "DIR")
		? "directory" : "none";
}

/* Words that stand for themselves? */
static bool is_words(const char *kind)
{
	return strchr(kind, ' ') && strcmp(kind, "revision file");
}

/* In single quotes; with a backslash before each of `special`. */
static void quote(const char *s, const char *special)
{
	putchar('\'');
	for (; *s; s++) {
		if (*s == '\'')
			fputs("'\\'", stdout);
		if (strchr(special, *s))
			putchar('\\');
		putchar(*s);
	}
	putchar('\'');
}

/* Every option of the command, with each of its spellings. */
static void bash_options(const char *command, const struct opt *table)
{
	printf("\t%s)\n\t\techo \"", command);
	for (const struct opt *o = table; o && o->help; o++) {
		if (o->name)
			printf("--%s ", o->name);
		else
			printf("-%c ", o->letter);
	}
	fputs("\" ;;\n", stdout);
}

static void bash_kinds(const char *command, const struct cmd *c,
		       const struct opt *table)
{
	for (const struct opt *o = table; o && o->help; o++) {
		const char *kind = kind_of_value(c, o);

		if (!kind)
			continue;
		putchar('\t');
		if (o->letter)
			printf("%s/-%c%s", command, o->letter,
			       o->name ? "|" : "");
		if (o->name)
			printf("%s/--%s", command, o->name);
		printf(") echo \"%s\" ;;\n", kind);
	}
}

/* "parents -> ", not the arrow of a message; for sed, with one group. */
#define LINE_START "^\\(<base>\\)\\{0,1\\}[^>]* -> "

static const char bash_functions[] =
"# The database is not asked, only the files. What these have, a message for\n"
"# example, may be somebody else's: it must not be expanded.\n"
"__db_revisions() {\n"
"	db \"$@\" history 2>/dev/null |\n"
"		sed -n 's/" LINE_START "\\([^ ,]*\\).*/\\2/p'\n"
"	db \"$@\" history 2>/dev/null |\n"
"		sed -n 's/" LINE_START "[^ ,]* (\\([^)]*\\)).*/\\2/p' |\n"
"		tr -d ' ' | tr ',' '\\n' | grep -vx -e head -e effectivehead \\\n"
"			-e current -e branchpoint -e mergepoint | sort -u\n"
"	printf '%s\\n' head heads base current\n"
"}\n"
"\n"
"# Lines that begin with what is typed, quoted for the command line.\n"
"__db_offer() {\n"
"	local line\n"
"	while IFS= read -r line; do\n"
"		if [[ -n $line && $line = \"$cur\"* ]]; then\n"
"			printf -v line %q \"$line\"\n"
"			COMPREPLY+=(\"$line\")\n"
"		fi\n"
"	done\n"
"}\n"
"\n"
"__db_files() {\n"
"	local line\n"
"	compopt -o filenames 2>/dev/null\n"
"	while IFS= read -r line; do\n"
"		[ -z \"$line\" ] || COMPREPLY+=(\"$line\")\n"
"	done <<<\"$(compgen \"$1\" -- \"$cur\")\"\n"
"}\n"
"\n"
"__db_sections() {\n"
"	local dir=migrations ini=\n"
"	while [ $# -gt 1 ]; do\n"
"		case $1 in\n"
"		-d|--directory) dir=$2 ;;\n"
"		-c|--config) ini=$2 ;;\n"
"		esac\n"
"		shift\n"
"	done\n"
"	sed -n 's/^\\[db \"\\(.*\\)\"\\].*/\\1/p' \"${ini:-$dir/db.ini}\" 2>/dev/null\n"
"}\n"
"\n"
"_db() {\n"
"	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
"	local cmd= kind= word= i\n"
"	local -a told=()\n"
"\n"
"	COMPREPLY=()\n"
"	if [ \"$cur\" = = ]; then\n"
"		cur=\n"
"	elif [ \"$prev\" = = ]; then\n"
"		prev=${COMP_WORDS[COMP_CWORD-2]}\n"
"	fi\n"
"	for ((i = 1; i < COMP_CWORD; i++)); do\n"
"		word=${COMP_WORDS[i]}\n"
"		case $word in\n"
"		=) ;;\n"
"		-*)	[ -n \"$(__db_kind \"$cmd/$word\")\" ] || continue\n"
"			[ \"${COMP_WORDS[i+1]}\" != = ] || ((i++))\n"
"			case $word in\n"
"			-d|--directory|-c|--config|-n|--name)\n"
"				[ $((i + 1)) -ge \"$COMP_CWORD\" ] ||\n"
"					told+=(\"$word\" \"${COMP_WORDS[i+1]}\") ;;\n"
"			esac\n"
"			((i++)) ;;\n"
"		*)	[ -n \"$cmd\" ] || cmd=$word ;;\n"
"		esac\n"
"	done\n"
"	case $prev in -*) kind=$(__db_kind \"$cmd/$prev\") ;; esac\n"
"	if [ -z \"$kind\" ]; then\n"
"		case $cur in\n"
"		-*)	kind=$(__db_options \"$cmd\") ;;\n"
"		*)	kind=$(__db_arguments \"$cmd\") ;;\n"
"		esac\n"
"	fi\n"
"	case $kind in\n"
"	none) return ;;\n"
"	command) kind=$(__db_commands) ;;\n"
"	section) kind=$(__db_sections \"${told[@]}\") ;;\n"
"	revision*)\n"
"		[ \"$kind\" = revision ] || __db_files -f\n"
"		kind=$(__db_revisions \"${told[@]}\") ;;\n"
"	directory) __db_files -d; return ;;\n"
"	file) __db_files -f; return ;;\n"
"	*) kind=${kind// /$'\\n'} ;;\n"
"	esac\n"
"	__db_offer <<<\"$kind\"\n"
"}\n"
"complete -F _db db\n";

static void bash_script(void)
{
	puts("# Completion of db(1) for bash; made by \"db completion bash\".\n"
	     "__db_commands() {\n\tcat <<'E'");
	for (size_t i = 0; commands[i]; i++)
		puts(commands[i]->name);
	puts("E\n}\n\n__db_options() {\n\tcase $1 in");
	for (size_t i = 0; commands[i]; i++)
		if (commands[i]->options)
			bash_options(commands[i]->name, commands[i]->options);
	puts("\tesac");
	puts("\tcase any in");
	bash_options("any", global_options);
	puts("\tesac\n}\n\n__db_kind() {\n\tcase $1 in");
	for (size_t i = 0; commands[i]; i++)
		bash_kinds(commands[i]->name, commands[i],
			   commands[i]->options);
	bash_kinds("*", NULL, global_options);
	puts("\tesac\n}\n\n__db_arguments() {\n\tcase $1 in");
	puts("\t\"\") echo command ;;");
	for (size_t i = 0; commands[i]; i++)
		printf("\t%s) echo \"%s\" ;;\n", commands[i]->name,
		       kind_of_arguments(commands[i]));
	puts("\tesac\n}\n");
	fputs(bash_functions, stdout);
}

static void zsh_action(const char *kind)
{
	if (is_words(kind))
		printf("(%s)", kind);
	else if (!strcmp(kind, "directory"))
		fputs("_files -/", stdout);
	else if (!strcmp(kind, "file"))
		fputs("_files", stdout);
	else if (!strcmp(kind, "command"))
		fputs("_db_commands", stdout);
	else if (!strcmp(kind, "section"))
		fputs("_db_sections", stdout);
	else if (!strncmp(kind, "revision", 8))
		fputs("_db_revisions", stdout);
	else
		putchar(' ');
}

/* '(-q --quiet)'{-q,--quiet}'[only warnings]' */
static void zsh_options(const struct cmd *c, const struct opt *table)
{
	for (const struct opt *o = table; o && o->help; o++) {
		const char *kind = kind_of_value(c, o);
		const char *star = o->kind == OPT_LIST ? "*" : "";

		fputs("\t\t", stdout);
		if (o->letter && o->name && !*star)
			printf("'(-%c --%s)'", o->letter, o->name);
		if (*star)
			fputs("'*'", stdout);
		if (o->letter && o->name)
			printf("{-%c,--%s%s}", o->letter, o->name,
			       kind ? "=" : "");
		else if (o->name)
			printf("--%s%s", o->name, kind ? "=" : "");
		else
			printf("-%c", o->letter);
		putchar('\'');
		putchar('[');
		for (const char *s = o->help; *s; s++) {
			if (strchr("[]:\\", *s))
				putchar('\\');
			fputs(*s == '\'' ? "'\\''" : (char[]){ *s, '\0' },
			      stdout);
		}
		putchar(']');
		if (kind) {
			printf(":%s:", strcmp(o->value, "FROM:TO")
				       ? o->value : "RANGE");
			zsh_action(kind);
		}
		puts("' \\");
	}
}

static void zsh_script(void)
{
	puts("#compdef db\n"
	     "# Completion of db(1) for zsh; made by \"db completion zsh\".\n"
	     "_db_commands() {\n\tlocal -a list=(");
	for (size_t i = 0; commands[i]; i++) {
		char text[200];

		snprintf(text, sizeof(text), "%s:%s", commands[i]->name,
			 commands[i]->summary);
		fputs("\t\t", stdout);
		quote(text, "");
		putchar('\n');
	}
	puts("\t)\n\t_describe command list\n}\n\n"
	     "_db_revisions() {\n"
	     "\tlocal -a list=(${(f)\"$(db history 2>/dev/null |\n"
	     "\t\tsed -n 's/" LINE_START "\\([^ ,]*\\)\\(.*\\)/\\2:\\3/p')\"})\n"
	     "\t_describe revision list\n"
	     "\tcompadd head heads base current\n}\n\n"
	     "_db_sections() {\n"
	     "\tcompadd -- ${(f)\"$(sed -n 's/^\\[db \"\\(.*\\)\"\\].*/\\1/p' \\\n"
	     "\t\tmigrations/db.ini 2>/dev/null)\"}\n}\n\n"
	     "_db() {\n\tlocal curcontext=$curcontext state line\n"
	     "\tlocal -a global=( \\");
	zsh_options(NULL, global_options);
	puts("\t)\n"
	     "\t_arguments -C $global '1: :_db_commands' '*:: :->rest'\n"
	     "\t[[ $state == rest ]] || return\n\tcase $words[1] in");
	for (size_t i = 0; commands[i]; i++) {
		const char *kind = kind_of_arguments(commands[i]);

		printf("\t%s)\n\t\t_arguments $global \\\n", commands[i]->name);
		zsh_options(commands[i], commands[i]->options);
		fputs("\t\t'*: :", stdout);
		zsh_action(kind);
		puts("' ;;");
	}
	puts("\tesac\n}\n\n_db \"$@\"");
}

static void fish_kind(const char *kind)
{
	if (!strcmp(kind, "directory"))
		fputs(" -a '(__fish_complete_directories)'", stdout);
	else if (!strcmp(kind, "file"))
		fputs(" -F", stdout);
	else if (!strcmp(kind, "section"))
		fputs(" -a '(__db_sections)'", stdout);
	else if (!strncmp(kind, "revision", 8))
		printf(" -a '(__db_revisions)'%s", kind[8] ? " -F" : "");
	else if (!strcmp(kind, "command"))
		fputs(" -a '(__db_commands)'", stdout);
	else if (strcmp(kind, "none"))
		printf(" -a '%s'", kind);
}

static void fish_options(const struct cmd *c, const struct opt *table)
{
	for (const struct opt *o = table; o && o->help; o++) {
		const char *kind = kind_of_value(c, o);

		fputs("complete -c db", stdout);
		if (c)
			printf(" -n '__fish_seen_subcommand_from %s'", c->name);
		if (o->letter)
			printf(" -s %c", o->letter);
		if (o->name)
			printf(" -l %s", o->name);
		if (kind) {
			fputs(strcmp(kind, "file") ? " -x" : " -r", stdout);
			fish_kind(kind);
		}
		fputs(" -d ", stdout);
		quote(o->help, "\\");
		putchar('\n');
	}
}

static void fish_script(void)
{
	puts("# Completion of db(1) for fish; made by \"db completion fish\".\n"
	     "function __db_revisions\n"
	     "\tdb history 2>/dev/null |\n"
	     "\t\tstring replace -rf '^(?:<base>)?[^>]* -> ([^ ,]*)(.*)' "
	     "'$1\\t$2'\n"
	     "\tprintf '%s\\n' head heads base current\nend\n\n"
	     "function __db_sections\n"
	     "\tstring replace -rf '^\\[db \"(.*)\"\\].*' '$1' "
	     "<migrations/db.ini 2>/dev/null\nend\n\n"
	     "function __db_commands\n\tprintf '%s\\n' \\");
	for (size_t i = 0; commands[i]; i++)
		printf("\t\t%s%s\n", commands[i]->name,
		       commands[i + 1] ? " \\" : "");
	puts("end\n\ncomplete -c db -f");
	for (size_t i = 0; commands[i]; i++) {
		printf("complete -c db -n __fish_use_subcommand -a %s -d ",
		       commands[i]->name);
		quote(commands[i]->summary, "\\");
		printf("\ncomplete -c db -n '__fish_seen_subcommand_from %s'",
		       commands[i]->name);
		fish_kind(kind_of_arguments(commands[i]));
		putchar('\n');
		fish_options(commands[i], commands[i]->options);
	}
	fish_options(NULL, global_options);
}

static int run(struct env *env, int n, char **argv)
{
	static const char *const shells[] = { "bash", "zsh", "fish" };
	static void (*const scripts[])(void) = { bash_script, zsh_script,
						 fish_script };

	(void)env, (void)n;
	for (size_t i = 0; i < 3; i++) {
		if (strcmp(argv[1], shells[i]))
			continue;
		scripts[i]();
		return 0;
	}
	return misuse("completion", "\"%s\" is not bash, zsh or fish", argv[1]);
}

const struct cmd cmd_completion = {
	.name = "completion", .arguments = "bash|zsh|fish",
	.summary = "print a script that completes words for a shell",
	.min_args = 1, .max_args = 1, .run = run
};
