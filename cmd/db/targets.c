#include "targets.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "term.h"

struct target_options target_options;

enum { MAX_WIDTH = 40 };

/* A list while it is read. */
struct reading {
	struct env *env;
	struct targets *list;
	const char *source;	/* for messages */
	size_t line;
	int rc;
};

bool targets_wanted(const struct env *env, const char *command, int *rc)
{
	const struct target_options *o = &target_options;
	bool wanted = o->file || o->query;

	*rc = 0;
	if (o->file && o->query)
		*rc = misuse(command, "--targets and --targets-query do not go "
			     "together");
	else if (wanted && env->global.all)
		*rc = misuse(command, "--targets and --all do not go together");
	else if (!wanted && o->jobs)
		*rc = misuse(command, "--jobs is for --targets");
	else if (!wanted && env->global.continue_on_error && !env->global.all)
		*rc = misuse(command, "--continue-on-error is for --targets and "
			     "--all");
	return wanted;
}

static void clear(struct target *t)
{
	free(t->name);
	free(t->shown);
	free(t->url);
	free(t->schema);
	free(t->identity);
}

void targets_clear(struct targets *list)
{
	for (size_t i = 0; i < list->n; i++)
		clear(&list->v[i]);
	free(list->v);
}

static int no_memory(struct reading *r)
{
	perror("db");
	return r->rc = EXIT_FAILED;
}

/* What is wrong with the present line. */
static int bad_line(struct reading *r, const char *message, const char *hint)
{
	retort_error e = {
		.message = message, .hint = hint, .file = r->source,
		.line = (int)r->line
	};

	term_error(r->env->term, &e);
	return r->rc = EXIT_USAGE;
}

/* "KEY=VALUE " at *at, the value perhaps with "quotes"; NULL: it is not. */
static char *take_word(char **at, const char *key)
{
	size_t n = strlen(key);
	char *s = *at, *end, *value;
	bool quoted = false;

	if (strncmp(s, key, n) || s[n] != '=')
		return NULL;
	for (end = s + n + 1; *end && (quoted || !strchr(" \t", *end)); end++)
		quoted ^= *end == '"';
	value = strndup(s + n + 1, (size_t)(end - s - n - 1));
	*at = end + strspn(end, " \t");
	return value;
}

/* The quotes are for the space between, not for the name. */
static void strip_quotes(char *s)
{
	size_t n = s ? strlen(s) : 0;

	if (n > 1 && *s == '"' && s[n - 1] == '"') {
		memmove(s, s + 1, n - 2);
		s[n - 2] = '\0';
	}
}

/* A terminal must not be told what to do by a name. */
static void make_visible(char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < ' ' || *s == 127)
			*s = '?';
}

/* How it is called where the list does not say. */
static char *default_name(const struct target *t, const char *typed)
{
	const char *where = !*typed ? t->schema
		: strstr(t->shown, typed) ? typed : t->shown;
	size_t n = strlen(where) + (t->schema ? strlen(t->schema) : 0) + 2;
	char *name = malloc(n);

	if (!name)
		return NULL;
	if (*typed && t->schema)
		snprintf(name, n, "%s %s", t->schema, where);
	else
		snprintf(name, n, "%s", where);
	strip_quotes(name);
	return name;
}

/* What the library thinks of it, without connecting. */
static int ask_library(struct reading *r, struct target *t)
{
	retort *db = r->env->db;
	const retort_target use = { .size = sizeof(use), .url = t->url,
				    .schema = t->schema, .must_exist = true };
	const char *identity = NULL, *shown;
	const retort_error *e = retort_last_error(db);

	if (retort_use(db, &use) < 0 || retort_identity(db, &identity) < 0)
		return bad_line(r, e->message, e->hint);
	if (!identity)
		return bad_line(r, "a database in memory cannot be a target",
				"Nothing would be left of it.");
	shown = retort_url(db);
	t->shown = shown ? strdup(shown) : NULL;
	t->identity = strdup(identity);
	return t->shown && t->identity ? 0 : no_memory(r);
}

static int take_target(struct reading *r, struct target *t, char *rest)
{
	static const char hint[] = "A line is the URL of a database, the path "
		"of a file, or schema=NAME; \"name=\" before it says what it "
		"is called.";

	if (!*rest && !t->schema)
		return bad_line(r, "the line names no database", hint);
	if (t->name && !*t->name)
		return bad_line(r, "the name is empty", hint);
	t->url = *rest ? strdup(rest) : NULL;
	if (*rest && !t->url)
		return no_memory(r);
	if (ask_library(r, t))
		return r->rc;
	if (!t->name)
		t->name = default_name(t, rest);
	if (!t->name)
		return no_memory(r);
	make_visible(t->name);
	return 0;
}

/* One line, which is changed; `name` of a query, or NULL. */
static int add(struct reading *r, char *line, const char *name)
{
	struct targets *list = r->list;
	struct target t = { .line = r->line };
	char *end = line + strlen(line), *word;
	struct target *more;

	while (end > line && strchr(" \t\r\n", end[-1]))
		*--end = '\0';
	line += strspn(line, " \t");
	if (!name && (!*line || *line == '#'))
		return 0;
	while ((word = take_word(&line, "name"))) {
		free(t.name);
		t.name = word;
		strip_quotes(word);
	}
	t.schema = take_word(&line, "schema");
	if (name && !t.name)
		t.name = strdup(name);
	more = realloc(list->v, (list->n + 1) * sizeof(*more));
	if (more)
		list->v = more;
	if (!more || take_target(r, &t, line)) {
		clear(&t);
		return more ? r->rc : no_memory(r);
	}
	list->v[list->n++] = t;
	return 0;
}

static int cannot_read(struct reading *r)
{
	fprintf(stderr, "db: could not read the targets of \"%s\": %s\n"
		"hint: --targets names a text file with a target on each line; "
		"\"-\" is standard input.\n", r->source, strerror(errno));
	return r->rc = EXIT_FAILED;
}

static int read_stream(struct reading *r, FILE *f)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	errno = 0;
	while (!r->rc && (n = getline(&line, &size, f)) >= 0) {
		r->line++;
		bool mark = r->line == 1 && !strncmp(line, "\xEF\xBB\xBF", 3);

		if (strlen(line) != (size_t)n)
			bad_line(r, "the line has a NUL byte",
				 "The list is a text, a target on each line.");
		else
			add(r, line + (mark ? 3 : 0), NULL);
	}
	if (!r->rc && ferror(f))
		cannot_read(r);
	free(line);
	return r->rc;
}

static int read_file(struct reading *r, const char *path)
{
	FILE *f;

	if (!strcmp(path, "-")) {
		r->source = "standard input";
		return read_stream(r, stdin);
	}
	r->source = path;
	f = fopen(path, "re");
	if (!f)
		return cannot_read(r);
	read_stream(r, f);
	fclose(f);
	return r->rc;
}

/*
 * The rows as text, for the session cannot be used while it asks. Two columns
 * are the name and the target.
 */
struct rows {
	char **v;
	size_t n;
	bool failed, null;
};

static int keep_row(void *payload, int n, const char *const cell[])
{
	struct rows *rows = payload;
	char **more = realloc(rows->v, (rows->n + 2) * sizeof(*more));

	rows->null = !cell[0] || (n > 1 && !cell[1]);
	rows->failed = !more;
	if (more)
		rows->v = more;
	if (!more || rows->null)
		return 1;
	more[rows->n++] = n > 1 ? strdup(cell[0]) : NULL;
	more[rows->n++] = strdup(cell[n > 1]);
	rows->failed = !more[rows->n - 1] || (n > 1 && !more[rows->n - 2]);
	return rows->failed;
}

static int read_query(struct reading *r, const char *sql)
{
	struct rows rows = {0};

	r->source = "the query of targets";
	if (retort_query(r->env->db, sql, keep_row, &rows) < 0)
		r->rc = fail(r->env);
	for (size_t i = 0; !r->rc && i < rows.n; i += 2) {
		r->line++;
		add(r, rows.v[i + 1], rows.v[i]);
	}
	r->line++;
	if (!r->rc && rows.failed)
		no_memory(r);
	else if (!r->rc && rows.null)
		bad_line(r, "the row is NULL",
			 "Leave such rows out: WHERE ... IS NOT NULL.");
	for (size_t i = 0; i < rows.n; i++)
		free(rows.v[i]);
	free(rows.v);
	return r->rc;
}

static int by_identity(const void *a, const void *b)
{
	const struct target *const *x = a, *const *y = b;
	int n = strcmp((*x)->identity, (*y)->identity);

	return n ? n : ((*x)->line > (*y)->line) - ((*x)->line < (*y)->line);
}

static int by_name(const void *a, const void *b)
{
	const struct target *const *x = a, *const *y = b;
	int n = strcmp((*x)->name, (*y)->name);

	return n ? n : ((*x)->line > (*y)->line) - ((*x)->line < (*y)->line);
}

static int twice(struct reading *r, const struct target *a,
		 const struct target *b, const char *what)
{
	char message[160];

	snprintf(message, sizeof(message), "\"%.60s\" %s line %zu", b->name,
		 what, a->line);
	r->line = b->line;
	return bad_line(r, message, "Each target is listed once.");
}

/* One database must not be worked on twice at once, whatever it is called. */
static int check_twice(struct reading *r)
{
	const struct targets *list = r->list;
	const struct target **v = calloc(list->n + 1, sizeof(*v));

	if (!v)
		return no_memory(r);
	for (size_t i = 0; i < list->n; i++)
		v[i] = &list->v[i];
	qsort(v, list->n, sizeof(*v), by_identity);
	for (size_t i = 1; !r->rc && i < list->n; i++)
		if (!strcmp(v[i - 1]->identity, v[i]->identity))
			twice(r, v[i - 1], v[i], "is the same database as in");
	qsort(v, list->n, sizeof(*v), by_name);
	for (size_t i = 1; !r->rc && i < list->n; i++)
		if (!strcmp(v[i - 1]->name, v[i]->name))
			twice(r, v[i - 1], v[i], "has the name of");
	free(v);
	return r->rc;
}

int targets_read(struct env *env, struct targets *out)
{
	struct reading r = { .env = env, .list = out };

	*out = (struct targets){0};
	if (target_options.file)
		read_file(&r, target_options.file);
	else
		read_query(&r, target_options.query);
	retort_use(env->db, NULL);
	if (!r.rc)
		check_twice(&r);
	for (size_t i = 0; i < out->n; i++) {
		size_t n = strlen(out->v[i].name);

		if (n > out->width && n <= MAX_WIDTH)
			out->width = n;
	}
	return r.rc;
}
