#include "printer_part.h"

#include <string.h>

static json_t *json_lines(const char *s)
{
	json_t *list = json_array();

	while (s && *s) {
		size_t n = strcspn(s, "\n");

		json_array_append_new(list, json_stringn(s, n));
		s += n + (s[n] == '\n');
	}
	return list;
}

/* A word for programs: without spaces. */
static const char *key_of(const char *state, char *out, size_t size)
{
	snprintf(out, size, "%s", state);
	for (char *p = out; *p; p++)
		if (*p == ' ')
			*p = '_';
	return out;
}

static json_t *json_target(const struct target_result *r)
{
	json_t *o = json_object();
	char state[32];

	json_object_set_new(o, "name", json_text(r->name));
	json_object_set_new(o, "url", json_text(r->url));
	json_object_set_new(o, "schema", json_text(r->schema));
	json_object_set_new(o, "state",
			    json_text(key_of(r->state, state, sizeof(state))));
	json_object_set_new(o, "status", json_integer(r->exit));
	json_object_set_new(o, "from", json_text(r->from));
	json_object_set_new(o, "to", json_text(r->to));
	json_object_set_new(o, "revisions",
			    json_integer((json_int_t)r->revisions));
	if (r->reports)
		json_object_set_new(o, "pending",
				    json_integer((json_int_t)r->pending));
	json_object_set_new(o, "ms", json_integer(r->ms));
	json_object_set_new(o, r->reports ? "problems" : "operations",
			    json_lines(r->lines));
	json_object_set_new(o, "error", r->error ? json_error(r->error)
						 : json_null());
	return o;
}

/* The list is in order, whatever the order of the calls. */
static void set_target(struct printer *p, const struct target_result *r)
{
	json_t *list = json_object_get(p->root, "targets");

	if (!list)
		printer_set(p, "targets", list = json_array());
	while (json_array_size(list) <= r->index)
		json_array_append_new(list, json_null());
	json_array_set_new(list, r->index, json_target(r));
}

static void indent_lines(const char *s)
{
	while (s && *s) {
		size_t n = strcspn(s, "\n");

		printf("  %.*s\n", (int)n, s);
		s += n + (s[n] == '\n');
	}
}

void print_target(struct printer *p, const struct target_result *r,
		  const char *text)
{
	if (p->root) {
		set_target(p, r);
		return;
	}
	if (p->quiet && !r->exit && !r->error)
		return;
	puts(text);
	indent_lines(r->lines);
	fflush(stdout);
}

static void counts_text(size_t all, const struct target_count *v, size_t n)
{
	const char *gap = ": ";

	printf("%zu target%s", all, all == 1 ? "" : "s");
	for (size_t i = 0; i < n; i++) {
		if (!v[i].n)
			continue;
		printf("%s%zu %s", gap, v[i].n, v[i].state);
		gap = ", ";
	}
	putchar('\n');
}

void print_target_counts(struct printer *p, size_t all,
			 const struct target_count *v, size_t n)
{
	char state[32];
	json_t *o;

	if (!p->root) {
		if (!p->quiet)
			counts_text(all, v, n);
		return;
	}
	o = json_object();
	json_object_set_new(o, "all", json_integer((json_int_t)all));
	for (size_t i = 0; i < n; i++)
		json_object_set_new(o, key_of(v[i].state, state,
					      sizeof(state)),
				    json_integer((json_int_t)v[i].n));
	printer_set(p, "summary", o);
	if (!all)
		printer_set(p, "targets", json_array());
}
