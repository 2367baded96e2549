#include <string.h>

#include "printer_part.h"

static json_t *json_number(long long n)
{
	return n < 0 ? json_null() : json_integer(n);
}

static json_t *json_entry(const retort_log_entry *e)
{
	json_t *o = json_object();

	json_object_set_new(o, "revision", json_text(e->revision));
	json_object_set_new(o, "direction", json_text(e->direction));
	json_object_set_new(o, "message", json_text(e->message));
	json_object_set_new(o, "started", json_text(e->started));
	json_object_set_new(o, "finished", json_text(e->finished));
	json_object_set_new(o, "duration_ms", json_number(e->duration_ms));
	json_object_set_new(o, "statements", json_number(e->statements));
	json_object_set_new(o, "user", json_text(e->user));
	json_object_set_new(o, "git_commit", json_text(e->git_commit));
	json_object_set_new(o, "content", json_text(e->content));
	json_object_set_new(o, "version", json_text(e->version));
	return o;
}

/* "12 ms", "1.5 s", "3 min 20 s", or that it has not come to its end. */
static void duration(char *to, size_t size, const retort_log_entry *e)
{
	long long ms = e->duration_ms;

	if (!e->finished)
		snprintf(to, size, "half done");
	else if (ms < 0)
		snprintf(to, size, "-");
	else if (ms < 1000)
		snprintf(to, size, "%lld ms", ms);
	else if (ms < 60000)
		snprintf(to, size, "%lld.%lld s", ms / 1000, ms / 100 % 10);
	else
		snprintf(to, size, "%lld min %lld s", ms / 60000,
			 ms / 1000 % 60);
}

static void field(struct ink k, const char *label, const char *value)
{
	if (value)
		fprintf(k.to, "%-10s %s\n", label, value);
}

static void entry_block(struct ink k, const retort_log_entry *e)
{
	char took[40];

	duration(took, sizeof(took), e);
	fprintf(k.to, "%s ", e->direction);
	ink_painted(k, "33", e->revision);
	putc('\n', k.to);
	field(k, "Started:", e->started);
	field(k, "Finished:", e->finished);
	field(k, "Took:", took);
	if (e->statements >= 0)
		fprintf(k.to, "%-10s %lld statements\n", "Done:",
			e->statements);
	field(k, "User:", e->user);
	field(k, "Commit:", e->git_commit);
	field(k, "Content:", e->content);
	field(k, "Version:", e->version);
	if (e->message && *e->message)
		fprintf(k.to, "\n    %s\n", e->message);
	putc('\n', k.to);
}

static void entry_line(struct ink k, const retort_log_entry *e, int width)
{
	char took[40];

	duration(took, sizeof(took), e);
	fprintf(k.to, "%.19s %-9s ", e->started ? e->started : "",
		e->direction);
	ink_painted(k, "33", e->revision);
	fprintf(k.to, "%*s %9s", width - (int)strlen(e->revision), "", took);
	if (e->user)
		fprintf(k.to, " by %s", e->user);
	if (e->git_commit)
		fprintf(k.to, " at %.12s", e->git_commit);
	if (e->message && *e->message)
		fprintf(k.to, ", %s", e->message);
	putc('\n', k.to);
}

static int widest(const retort_log_entries *log)
{
	size_t width = 0;

	for (size_t i = 0; i < log->n; i++) {
		size_t n = strlen(log->v[i].revision);

		width = n > width ? n : width;
	}
	return (int)width;
}

void print_log(struct printer *p, const char *key,
	       const retort_log_entries *log)
{
	int width = widest(log);
	json_t *list;

	if (!p->root) {
		for (size_t i = 0; i < log->n; i++)
			if (p->verbose)
				entry_block(ink_of(p), &log->v[i]);
			else
				entry_line(ink_of(p), &log->v[i], width);
		return;
	}
	list = json_array();
	for (size_t i = 0; i < log->n; i++)
		json_array_append_new(list, json_entry(&log->v[i]));
	printer_set(p, key, list);
}
