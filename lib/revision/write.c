#include "revision/write.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "base/ascii.h"
#include "base/file.h"
#include "revision/clock.h"
#include "revision/name.h"

/* What a template is filled from. */
struct filler {
	const struct revision_new *o;
	struct arena *mem;
	struct err *err;
	const char *id;
	char *created, *message, *down, *labels, *depends_on;
};

retort_status revision_make_id(struct arena *mem, char **out, struct err *err)
{
	unsigned char random[6];
	char *id = arena_alloc(mem, 2 * sizeof(random) + 1);

	if (!id)
		return err_nomem(err);
	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		return err_set(err, RETORT_E_FAIL, "could not get random "
			       "numbers for an identifier");
	for (size_t i = 0; i < sizeof(random); i++)
		snprintf(id + 2 * i, 3, "%02x", random[i]);
	*out = id;
	return RETORT_OK;
}

/* Lines without what could end a comment or hide in it. */
static char *comment_text(struct arena *mem, const char *s)
{
	struct buf b = { .mem = mem };

	s += strspn(s, " \t\r\n");
	for (char last = '\n'; *s; last = *s++) {
		bool start = last == '\n';

		if (start && !ascii_ncasecmp(s, "Revision:", 9)) {
			buf_addn(&b, s, 8);	/* no field of the header */
			buf_addc(&b, ' ');
			s += 8;
		}
		if (*s == '\r' && s[1] == '\n')
			continue;
		if ((last == '*' && *s == '/') || (last == '/' && *s == '*'))
			buf_addc(&b, ' ');
		if (*s == '\r')
			buf_addc(&b, '\n');
		else if (iscntrl((unsigned char)*s) && *s != '\n')
			buf_addc(&b, ' ');
		else
			buf_addc(&b, *s);
	}
	while (b.n && isspace((unsigned char)b.s[b.n - 1]))
		b.n--;
	return buf_text(&b);
}

static char *joined(struct arena *mem, const struct strings *list)
{
	struct buf b = { .mem = mem };

	for (size_t i = 0; i < list->n; i++)
		buf_addf(&b, "%s%s", i ? ", " : "", list->v[i]);
	return buf_text(&b);
}

static bool is_key(const char *key, size_t n, const char *name)
{
	return strlen(name) == n && !memcmp(key, name, n);
}

/* What stands in an empty function, so that its parameter is used. */
static const char *body(const struct filler *f, const char *text)
{
	bool empty = !text || !*text;

	return !empty ? text : f->o->format == REVISION_C ? "(void)op;" : "";
}

static const char *option_text(const char *s)
{
	return s ? s : "";
}

/* The value of a placeholder, or NULL. */
static const char *value_of(const struct filler *f, const char *key, size_t n)
{
	const struct revision_new *o = f->o;

	if (is_key(key, n, "message"))
		return *f->message ? f->message : "empty message";
	if (is_key(key, n, "revision"))
		return f->id;
	if (is_key(key, n, "revises"))
		return *f->down ? f->down : "<base>";
	if (is_key(key, n, "created"))
		return f->created;
	if (is_key(key, n, "labels"))
		return f->labels;
	if (is_key(key, n, "depends_on"))
		return f->depends_on;
	if (is_key(key, n, "upgrade"))
		return body(f, o->upgrade);
	if (is_key(key, n, "downgrade"))
		return body(f, o->downgrade);
	if (is_key(key, n, "upgrade_options"))
		return option_text(o->upgrade_options);
	if (is_key(key, n, "downgrade_options"))
		return option_text(o->downgrade_options);
	return NULL;
}

/* Blanks at the end of the line that is being written. */
static void trim_line(struct buf *b)
{
	while (b->n && (b->s[b->n - 1] == ' ' || b->s[b->n - 1] == '\t'))
		b->s[--b->n] = '\0';
}

/* The lines of a value; each but the first after `prefix`. */
static void add_lines(struct buf *b, const char *value, const char *prefix,
		      size_t n_prefix)
{
	size_t n = strlen(value);

	while (n && value[n - 1] == '\n')
		n--;
	for (const char *end = value + n; value < end;) {
		const char *nl = memchr(value, '\n', (size_t)(end - value));
		const char *stop = nl ? nl : end;

		buf_addn(b, value, (size_t)(stop - value));
		if (!nl)
			break;
		if (stop == value)
			trim_line(b);
		buf_addc(b, '\n');
		buf_addn(b, prefix, n_prefix);
		value = stop + 1;
	}
}

static retort_status unknown_placeholder(struct filler *f, const char *key,
					 size_t n, int line)
{
	err_set(f->err, RETORT_E_FAIL, "unknown placeholder ${%.*s} in a "
		"template", (int)n, key);
	err_where(f->err, f->o->template_path, line);
	err_hint(f->err, "The placeholders are ${message}, ${revision}, "
		 "${revises}, ${created}, ${labels}, ${depends_on}, "
		 "${upgrade}, ${downgrade}, ${upgrade_options} and "
		 "${downgrade_options}.");
	return RETORT_E_FAIL;
}

/* One line of the template, without its end. */
static retort_status fill_line(struct filler *f, const char *s,
			       const char *end, int line, struct buf *out)
{
	const char *start = s;

	while (s < end) {
		const char *key = s + 2, *close, *value;
		size_t prefix = (size_t)(s - start);

		if (end - s < 3 || s[0] != '$' || s[1] != '{' ||
		    !(close = memchr(key, '}', (size_t)(end - key)))) {
			buf_addc(out, *s++);
			continue;
		}
		value = value_of(f, key, (size_t)(close - key));
		if (!value)
			return unknown_placeholder(f, key,
						   (size_t)(close - key), line);
		if (memchr(start, '$', prefix))
			prefix = 0;
		add_lines(out, value, start, prefix);
		s = close + 1;
		if (!*value && s == end)
			trim_line(out);
	}
	return RETORT_OK;
}

static retort_status fill(struct filler *f, const char *template,
			  struct buf *out)
{
	int line = 1;

	for (const char *s = template; *s; line++) {
		const char *nl = strchr(s, '\n'), *end = nl ? nl
							    : s + strlen(s);

		TRY(fill_line(f, s, end, line, out));
		buf_addc(out, '\n');
		s = nl ? nl + 1 : end;
	}
	return buf_text(out) ? RETORT_OK : err_nomem(f->err);
}

static retort_status check_names(const struct strings *list, bool label,
				 struct err *err)
{
	for (size_t i = 0; i < list->n; i++)
		TRY(revision_check_name(list->v[i], label, err));
	return RETORT_OK;
}

static bool same_list(const struct strings *a, const struct strings *b)
{
	bool same = a->n == b->n;

	for (size_t i = 0; same && i < a->n; i++)
		same = !strcmp(a->v[i], b->v[i]);
	return same;
}

/* Is what the template made the revision that was asked for? */
static retort_status read_back(struct filler *f, const char *path,
			       const struct buf *text)
{
	SCRATCH(tmp);
	SCRATCH_ERR(why);
	struct revision *r;
	retort_status rc = revision_parse(path, text->s, text->n, &tmp, &r,
					  NULL, &why);

	if (rc == RETORT_E_NOMEM)
		return err_nomem(f->err);
	if (rc == RETORT_OK && !strcmp(r->id, f->id) &&
	    same_list(&r->down, &f->o->down) &&
	    same_list(&r->labels, &f->o->labels) &&
	    same_list(&r->depends_on, &f->o->depends_on))
		return RETORT_OK;
	err_set(f->err, RETORT_E_FAIL,
		"the template does not make a revision");
	if (rc < 0)
		err_detail(f->err, "What it makes: %s.", why.pub.message);
	err_where(f->err, f->o->template_path, 0);
	err_hint(f->err, "It needs the header with \"Revision: ${revision}\", "
		 "\"Revises: ${revises}\", \"Branch-labels: ${labels}\" and "
		 "\"Depends-on: ${depends_on}\"; \"db init\" writes a good "
		 "one.");
	return RETORT_E_FAIL;
}

static retort_status prepare(struct filler *f, const struct tm *when,
			     const char *zone)
{
	const struct revision_new *o = f->o;

	f->created = arena_printf(f->mem, "%04d-%02d-%02d %02d:%02d:%02d %s",
				  when->tm_year + 1900, when->tm_mon + 1,
				  when->tm_mday, when->tm_hour, when->tm_min,
				  when->tm_sec, zone);
	f->message = comment_text(f->mem, o->message ? o->message : "");
	f->down = joined(f->mem, &o->down);
	f->labels = joined(f->mem, &o->labels);
	f->depends_on = joined(f->mem, &o->depends_on);
	return f->created && f->message && f->down && f->labels &&
	       f->depends_on ? RETORT_OK : err_nomem(f->err);
}

/* An identifier of the user's own, or a new one. */
static retort_status choose_id(const struct revision_new *o, struct arena *mem,
			       char **id, struct err *err)
{
	if (!o->id)
		return revision_make_id(mem, id, err);
	TRY(revision_check_name(o->id, false, err));
	*id = arena_strdup(mem, o->id);
	return *id ? RETORT_OK : err_nomem(err);
}

static retort_status read_template(const char *path, struct arena *mem,
				   char **out, struct err *err)
{
	retort_status rc = file_read(path, mem, out, NULL, err);

	if (rc == RETORT_E_NOTFOUND)
		err_hint(err, "New revisions are made from this template: copy "
			 "it from where \"db list-templates\" says.");
	return rc;
}

retort_status revision_render(const struct revision_new *o, struct arena *mem,
			      char **id, char **path, char **text,
			      struct err *err)
{
	SCRATCH(tmp);
	struct filler f = { .o = o, .mem = &tmp, .err = err };
	long long now = o->now ? o->now : (long long)time(NULL);
	struct buf out = { .mem = mem };
	char *new_id, *new_path, *template, zone[8];
	struct tm when;

	TRY(choose_id(o, mem, &new_id, err));
	TRY(check_names(&o->down, false, err));
	TRY(check_names(&o->labels, true, err));
	TRY(clock_at(now, o->timezone, &when, zone, err));
	TRY(read_template(o->template_path, &tmp, &template, err));
	f.id = new_id;
	TRY(prepare(&f, &when, zone));
	TRY(fill(&f, template, &out));
	TRY(revision_file_name(o, new_id, now, &when, mem, &new_path, err));
	TRY(read_back(&f, new_path, &out));
	*id = new_id;
	*path = new_path;
	*text = out.s;
	return RETORT_OK;
}
