#include "printer.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lanes.h"
#include "printer_part.h"

/* Keep standard output for the one value; others get standard error. */
static FILE *take_stdout(void)
{
	int fd = dup(STDOUT_FILENO);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");

	if (f && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 &&
	    dup2(STDERR_FILENO, STDOUT_FILENO) >= 0)
		return f;
	if (f)
		fclose(f);
	else if (fd >= 0)
		close(fd);
	return NULL;
}

struct printer *printer_open(bool json, bool verbose, bool quiet)
{
	struct printer *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->verbose = verbose;
	p->quiet = quiet;
	if (json && (!(p->root = json_object()) || !(p->json = take_stdout()))) {
		json_decref(p->root);
		free(p);
		return NULL;
	}
	return p;
}

void printer_terminal(struct printer *p, bool color, int columns)
{
	p->color = color;
	p->columns = columns;
}

void printer_set(struct printer *p, const char *key, json_t *value)
{
	json_object_set_new(p->root, key, value);
}

json_t *json_text(const char *s)
{
	json_t *v = s ? json_string(s) : json_null();

	return v ? v : json_string("(not valid UTF-8)");
}

/* The pieces of SQL so far. */
static int close_sql(struct printer *p)
{
	int rc = 0;

	if (p->sql && !(rc = fclose(p->sql)))
		printer_set(p, "sql", json_text(p->sql_text));
	free(p->sql_text);
	p->sql = NULL;
	p->sql_text = NULL;
	return rc;
}

static int close_json(struct printer *p)
{
	int rc = close_sql(p);

	rc |= json_dumpf(p->root, p->json, JSON_INDENT(2));
	rc |= fputc('\n', p->json) == EOF;
	json_decref(p->root);
	return rc | fclose(p->json);
}

int printer_close(struct printer *p)
{
	int rc = p->root ? close_json(p) : fflush(stdout) || ferror(stdout);

	free(p);
	return rc ? -1 : 0;
}

json_t *json_texts(const char *const *v, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_text(v[i]));
	return list;
}

static json_t *json_revision(const retort_revision *r)
{
	json_t *o = json_object();

	json_object_set_new(o, "revision", json_text(r->id));
	json_object_set_new(o, "down_revision", json_texts(r->down, r->n_down));
	json_object_set_new(o, "depends_on",
			    json_texts(r->depends_on, r->n_depends_on));
	json_object_set_new(o, "branch_labels",
			    json_texts(r->labels, r->n_labels));
	json_object_set_new(o, "message", json_text(r->message));
	json_object_set_new(o, "created", json_text(r->created));
	json_object_set_new(o, "path", json_text(r->path));
	json_object_set_new(o, "format", json_text(r->format));
	json_object_set_new(o, "head", json_boolean(r->is_head));
	json_object_set_new(o, "current", json_boolean(r->is_current));
	json_object_set_new(o, "branchpoint",
			    json_boolean(r->is_branch_point));
	json_object_set_new(o, "mergepoint", json_boolean(r->is_merge_point));
	json_object_set_new(o, "base", json_boolean(r->is_base));
	json_object_set_new(o, "children", json_texts(r->children,
						      r->n_children));
	json_object_set_new(o, "dependencies",
			    json_texts(r->dependencies, r->n_dependencies));
	json_object_set_new(o, "dependency", json_boolean(r->is_dependency));
	return o;
}

struct ink ink_of(const struct printer *p)
{
	return (struct ink){ stdout, p->color };
}

void ink_painted(struct ink k, const char *code, const char *text)
{
	if (k.color)
		fprintf(k.to, "\033[%sm%s\033[0m", code, text);
	else
		fputs(text, k.to);
}

static void join(struct ink k, const char *const *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		fprintf(k.to, "%s%s", i ? ", " : "", v[i]);
}

static void parents(struct ink k, const retort_revision *r)
{
	if (r->n_down)
		join(k, r->down, r->n_down);
	else
		fputs("<base>", k.to);
}

static void marks(struct ink k, const retort_revision *r, bool tree)
{
	if (r->is_head)
		ink_painted(k, "1;32", r->is_dependency ? " (effective head)"
						    : " (head)");
	if (r->is_current)
		ink_painted(k, "1;36", " (current)");
	if (tree && r->is_branch_point)
		fputs(" (branchpoint)", k.to);
	if (tree && r->is_merge_point)
		fputs(" (mergepoint)", k.to);
}

static void in_parentheses(struct ink k, const char *before,
			   const char *const *v, size_t n)
{
	if (!n)
		return;
	fprintf(k.to, " (%s", before);
	join(k, v, n);
	fputs(")", k.to);
}

static void line(struct ink k, const retort_revision *r, unsigned style)
{
	if (style & STYLE_PARENTS) {
		parents(k, r);
		in_parentheses(k, "", r->depends_on, r->n_depends_on);
		fputs(" -> ", k.to);
	}
	ink_painted(k, "33", r->id);
	if (style & STYLE_LABELS)
		in_parentheses(k, "", r->labels, r->n_labels);
	marks(k, r, style & STYLE_TREE);
	if (style & STYLE_NEEDS)
		in_parentheses(k, "needs ", r->depends_on, r->n_depends_on);
	if (style & STYLE_MESSAGE && *r->message)
		fprintf(k.to, ", %s", r->message);
	putc('\n', k.to);
}

/* Each line of the message, indented by four. */
static void indented(struct ink k, const char *doc)
{
	while (*doc) {
		size_t n = strcspn(doc, "\n");

		if (n)
			fprintf(k.to, "    %.*s\n", (int)n, doc);
		else
			putc('\n', k.to);
		doc += n + (doc[n] == '\n');
	}
}

static void labelled(struct ink k, const char *label, const char *const *v,
		     size_t n)
{
	if (!n)
		return;
	fprintf(k.to, "\n%s: ", label);
	join(k, v, n);
}

static void block(struct ink k, const retort_revision *r)
{
	fputs("Rev: ", k.to);
	ink_painted(k, "33", r->id);
	marks(k, r, true);
	fputs(r->n_down > 1 ? "\nMerges: " : "\nParent: ", k.to);
	parents(k, r);
	labelled(k, "Also depends on", r->depends_on, r->n_depends_on);
	if (r->is_branch_point)
		labelled(k, "Branches into", r->children, r->n_children);
	labelled(k, "Branch names", r->labels, r->n_labels);
	fprintf(k.to, "\nPath: %s\n\n", r->path);
	indented(k, r->doc);
	fprintf(k.to, "\n    Revision ID: %s\n    Revises: ", r->id);
	join(k, r->down, r->n_down);
	fprintf(k.to, "\n    Create Date: %s\n\n",
		r->created ? r->created : "");
}

static void print_text_of(const struct printer *p, struct ink k,
			  const retort_revision *r, unsigned style)
{
	if (p->verbose)
		block(k, r);
	else
		line(k, r, style);
}

void print_revisions(struct printer *p, const char *key,
		     const retort_revisions *list, unsigned style)
{
	for (size_t i = 0; !p->root && i < list->n; i++)
		print_text_of(p, ink_of(p), list->v[i], style);
	print_data_revisions(p, key, list);
}

/* How much of a line has room in so many columns; its escapes need none. */
static size_t fitting(const char *s, size_t n, size_t columns)
{
	size_t i = 0;

	for (size_t used = 0; i < n; i++) {
		if (s[i] == '\033') {
			i += strcspn(s + i, "m");
			continue;
		}
		if (((unsigned char)s[i] & 0xc0) != 0x80 && ++used > columns)
			break;
	}
	return i;
}

/* The lines of `text`, each behind its lanes. */
static int beside_lanes(const struct printer *p, struct lanes *l, size_t i,
			const char *text)
{
	int used = lanes_node(l, i);

	while (used >= 0 && *text) {
		size_t n = strcspn(text, "\n"), fits = n;

		if (p->columns > used)
			fits = fitting(text, n, (size_t)(p->columns - used));
		fwrite(text, 1, fits, stdout);
		if (fits < n && p->color)
			fputs("\033[0m", stdout);
		putchar('\n');
		text += n + (text[n] == '\n');
		if (*text)
			used = lanes_beside(l);
	}
	return used < 0 ? -1 : lanes_below(l, i);
}

/* A row's text from the start of the memory behind `k`, terminated. */
static int graph_text(const struct printer *p, struct ink k,
		      const retort_revision *r)
{
	rewind(k.to);
	print_text_of(p, k, r, STYLE_LABELS | STYLE_NEEDS | STYLE_MESSAGE);
	fputc('\0', k.to);
	return fflush(k.to) ? -1 : 0;
}

static int graph_rows(const struct printer *p, struct lanes *l,
		      const retort_revisions *list)
{
	char *text = NULL;
	size_t n = 0;
	struct ink k = { open_memstream(&text, &n), p->color };
	int rc = k.to ? 0 : -1;

	for (size_t i = 0; !rc && i < list->n; i++) {
		rc = graph_text(p, k, list->v[i]);
		if (!rc)
			rc = beside_lanes(p, l, i, text);
	}
	if (k.to)
		fclose(k.to);
	free(text);
	return rc;
}

int print_graph(struct printer *p, const char *key,
		const retort_revisions *list)
{
	struct lanes *l;
	int rc;

	if (p->root) {
		print_revisions(p, key, list, 0);
		return 0;
	}
	l = lanes_open(list, stdout, p->color);
	if (!l)
		return -1;
	rc = graph_rows(p, l, list);
	lanes_close(l);
	return rc;
}

void print_revision_blocks(struct printer *p, const char *key,
			   const retort_revisions *list)
{
	for (size_t i = 0; !p->root && i < list->n; i++)
		block(ink_of(p), list->v[i]);
	print_data_revisions(p, key, list);
}

/* So that several lists have room on one screen. */
enum { NAMES_SHOWN = 5 };

void print_revision_names(struct printer *p, const char *key,
			  const char *label, const retort_revisions *list)
{
	size_t shown = list->n > NAMES_SHOWN + 1 ? NAMES_SHOWN : list->n;

	for (size_t i = 0; !p->root && i < shown; i++) {
		const retort_revision *r = list->v[i];

		printf("%-12s ", i ? "" : label);
		ink_painted(ink_of(p), "33", r->id);
		printf("%s%s\n", *r->message ? " " : "", r->message);
	}
	if (!p->root && shown < list->n)
		printf("%-12s ... and %zu more\n", "", list->n - shown);
	print_data_revisions(p, key, list);
}

static void branch_text(const struct printer *p, const retort_revision *from,
			const retort_revisions *children)
{
	unsigned style = STYLE_LABELS | STYLE_TREE;
	struct ink k = ink_of(p);

	print_text_of(p, k, from, style);
	for (size_t i = 0; i < children->n; i++) {
		printf("%*s -> ", (int)strlen(from->id), "");
		line(k, children->v[i],
		     p->verbose ? style | STYLE_MESSAGE : style);
	}
	if (p->verbose)
		putchar('\n');
}

void print_branch(struct printer *p, const retort_revision *from,
		  const retort_revisions *children)
{
	json_t *list;

	if (!p->root) {
		branch_text(p, from, children);
		return;
	}
	list = json_object_get(p->root, "branches");
	json_array_append_new(list, json_revision(from));
}

void print_branches(struct printer *p)
{
	if (p->root)
		printer_set(p, "branches", json_array());
}

static json_t *json_change(const retort_change *c)
{
	json_t *o = json_object();

	json_object_set_new(o, "kind", json_text(c->kind));
	json_object_set_new(o, "object", json_text(c->object));
	json_object_set_new(o, "text", json_text(c->text));
	json_object_set_new(o, "warning", json_text(c->warning));
	json_object_set_new(o, "loses_data", json_boolean(c->loses_data));
	return o;
}

void print_changes(struct printer *p, const char *key,
		   const retort_changes *changes)
{
	if (p->root) {
		print_data_changes(p, key, changes);
		return;
	}
	for (size_t i = 0; i < changes->n; i++)
		printf("  %s\n", changes->v[i].text);
	for (size_t i = 0; p->verbose && i < changes->n_notes; i++)
		printf("  note: %s\n", changes->notes[i]);
}

void print_message(struct printer *p, const char *key, const char *fmt, ...)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f;
	va_list ap;

	if (!p->root) {
		if (p->quiet)
			return;
		va_start(ap, fmt);
		vprintf(fmt, ap);
		va_end(ap);
		putchar('\n');
		return;
	}
	f = open_memstream(&text, &n);
	if (!f)
		return;
	va_start(ap, fmt);
	vfprintf(f, fmt, ap);
	va_end(ap);
	if (!fclose(f))
		printer_set(p, key, json_text(text));
	free(text);
}

void print_value(struct printer *p, const char *key, const char *fmt,
		 const char *value)
{
	if (p->root)
		printer_set(p, key, json_text(value));
	else
		print_message(p, key, fmt, value);
}

void print_field(struct printer *p, const char *key, const char *label,
		 const char *value)
{
	if (p->root)
		printer_set(p, key, json_text(value));
	else if (value)
		printf("%-12s %s\n", label, value);
}

void print_list(struct printer *p, const char *key, const char *label,
		const char *const *items, size_t n)
{
	if (p->root) {
		if (key)
			printer_set(p, key, json_texts(items, n));
		return;
	}
	for (size_t i = 0; i < n; i++)
		printf("%-12s %s\n", i ? "" : label, items[i]);
}

void print_text(struct printer *p, const char *key, const char *text)
{
	size_t n = strlen(text);

	if (p->root) {
		printer_set(p, key, json_text(text));
		return;
	}
	fwrite(text, 1, n, stdout);
	if (n && text[n - 1] != '\n')
		putchar('\n');
}

int print_sql(void *printer, const char *text, size_t n)
{
	struct printer *p = printer;

	if (p->root && !p->sql)
		p->sql = open_memstream(&p->sql_text, &p->sql_n);
	if (p->root && !p->sql)
		return 1;
	return fwrite(text, 1, n, p->root ? p->sql : stdout) != n;
}

void print_document(struct printer *p, const char *key, const char *json)
{
	json_t *v;

	if (!p->root) {
		print_text(p, key, json);
		return;
	}
	v = json_loads(json, 0, NULL);
	printer_set(p, key, v ? v : json_text(json));
}

void print_number(struct printer *p, const char *key, long long n)
{
	if (p->root)
		printer_set(p, key, json_integer(n));
}

void print_flag(struct printer *p, const char *key, bool value)
{
	if (p->root)
		printer_set(p, key, json_boolean(value));
}

void print_data(struct printer *p, const char *key, const char *value)
{
	if (p->root)
		printer_set(p, key, json_text(value));
}

void print_data_list(struct printer *p, const char *key,
		     const char *const *items, size_t n)
{
	if (p->root)
		printer_set(p, key, json_texts(items, n));
}

void print_data_changes(struct printer *p, const char *key,
			const retort_changes *changes)
{
	json_t *list;

	if (!p->root)
		return;
	list = json_array();
	for (size_t i = 0; i < changes->n; i++)
		json_array_append_new(list, json_change(&changes->v[i]));
	printer_set(p, key, list);
	printer_set(p, "notes", json_texts(changes->notes, changes->n_notes));
}

void print_data_revisions(struct printer *p, const char *key,
			  const retort_revisions *list)
{
	json_t *all;

	if (!p->root)
		return;
	all = json_array();
	for (size_t i = 0; i < list->n; i++)
		json_array_append_new(all, json_revision(list->v[i]));
	printer_set(p, key, all);
}

void print_database(struct printer *p, const char *name, const char *heading)
{
	json_t *list;

	if (!p->root) {
		puts(heading);
		fflush(stdout);
		return;
	}
	list = json_object_get(p->root, "databases");
	if (!list)
		printer_set(p, "databases", list = json_array());
	p->outer = p->root;
	p->root = json_object();
	json_array_append(list, p->root);
	printer_set(p, "name", json_text(name));
}

void print_database_end(struct printer *p, int status)
{
	if (!p->root) {
		fflush(stdout);
		return;
	}
	close_sql(p);
	printer_set(p, "status", json_integer(status));
	json_decref(p->root);
	p->root = p->outer;
	p->outer = NULL;
}

static const char *code_word(retort_status code)
{
	static const char *const words[] = {
		"ok", "failed", "no memory", "usage", "not found", "database",
		"unreachable", "locked", "interrupted"
	};
	size_t i = code < 0 ? (size_t)-code : 0;

	return i < sizeof(words) / sizeof(*words) ? words[i] : words[1];
}

json_t *json_error(const retort_error *e)
{
	json_t *o = json_object();

	json_object_set_new(o, "code", json_text(code_word(e->code)));
	json_object_set_new(o, "message", json_text(e->message));
	json_object_set_new(o, "detail", json_text(e->detail));
	json_object_set_new(o, "hint", json_text(e->hint));
	json_object_set_new(o, "file", json_text(e->file));
	json_object_set_new(o, "line", e->line ? json_integer(e->line)
					       : json_null());
	json_object_set_new(o, "sqlstate", json_text(e->sqlstate));
	return o;
}

void print_error(struct printer *p, const retort_error *e)
{
	if (p->root)
		printer_set(p, "error", json_error(e));
}
