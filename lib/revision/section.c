#include "revision/revision.h"

#include <ctype.h>
#include <string.h>

#include "base/ascii.h"
#include "base/file.h"
#include "revision/inside.h"

/* A section: the line that opens it, and the text below it. */
struct section {
	enum direction way;
	bool no_transaction, guarded;
	struct strings dialects;	/* none: for all */
	const char *text, *end;
	int line;		/* of the opening line */
};

struct sections {
	const struct revision *r;
	struct arena *mem;
	struct err *err;
	VEC(struct section) list;
};

/* The text with ${KEY} replaced, and from which line each of its lines is. */
struct filled {
	struct buf text;
	VEC(int) lines;
	struct inside inside;	/* where the source is */
};

struct section_values {
	const retort_pair *v;
	size_t n;
};

static const char section_hint[] =
	"A section starts with a line such as \"-- upgrade\" or \"-- "
	"downgrade transaction=off\"; the options are transaction=off, "
	"dialect=NAME and foreign_keys=off. Word a comment differently.";

__attribute__((format(printf, 3, 4)))
static retort_status broken(struct sections *s, int line, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = arena_vprintf(s->mem, fmt, ap);
	va_end(ap);
	if (!text)
		return err_nomem(s->err);
	err_set(s->err, RETORT_E_FAIL, "%s", text);
	err_hint(s->err, "docs/revisions.md has the form; \"db revision\" writes "
		 "a file that has it.");
	err_where(s->err, s->r->path, line);
	return RETORT_E_FAIL;
}

static const char *skip_blank(const char *s, const char *end)
{
	while (s < end && (*s == ' ' || *s == '\t' || *s == '\r'))
		s++;
	return s;
}

/* The word at *s, and past it. */
static size_t word(const char **s, const char *end, const char **start)
{
	*start = *s = skip_blank(*s, end);
	while (*s < end && !isspace((unsigned char)**s))
		++*s;
	return (size_t)(*s - *start);
}

static bool is(const char *s, size_t n, const char *text)
{
	return n == strlen(text) && !ascii_ncasecmp(s, text, n);
}

static bool cut_prefix(const char **s, size_t *n, const char *prefix)
{
	size_t len = strlen(prefix);

	if (*n < len || ascii_ncasecmp(*s, prefix, len))
		return false;
	*s += len;
	*n -= len;
	return true;
}

/* One or several names of dialects. */
static retort_status read_dialects(struct sections *s, struct section *sec,
				   const char *v, size_t n)
{
	while (n) {
		size_t len = 0;
		char *name;

		while (len < n && v[len] != ',')
			len++;
		name = arena_strndup(s->mem, v, len);
		if (!name)
			return err_nomem(s->err);
		if (*name && !vec_push(s->mem, &sec->dialects, name))
			return err_nomem(s->err);
		len += len < n;
		v += len;
		n -= len;
	}
	return RETORT_OK;
}

static retort_status read_option(struct sections *s, struct section *sec,
				 const char *o, size_t n)
{
	const char *v = o;
	size_t len = n;

	if (is(o, n, "transaction=off"))
		sec->no_transaction = true;
	else if (is(o, n, "foreign_keys=off"))
		sec->guarded = true;
	else if (cut_prefix(&v, &len, "dialect=") && len && *v != ',')
		return read_dialects(s, sec, v, len);
	else if (!is(o, n, "transaction=on") && !is(o, n, "foreign_keys=on")) {
		broken(s, sec->line, "unknown option \"%.*s\" of a section",
		       (int)n, o);
		err_hint(s->err, "%s", section_hint);
		return RETORT_E_FAIL;
	}
	return RETORT_OK;
}

/* Is the line "-- upgrade" or "-- downgrade", with or without options? */
static bool opens_section(const char **s, const char *end,
			  enum direction *way)
{
	const char *p = skip_blank(*s, end), *w;
	size_t n;

	if (end - p < 2 || p[0] != '-' || p[1] != '-')
		return false;
	p += 2;
	n = word(&p, end, &w);
	*s = p;
	*way = is(w, n, "downgrade") ? DOWNGRADE : UPGRADE;
	return is(w, n, "upgrade") || is(w, n, "downgrade");
}

static retort_status open_section(struct sections *s, const char *p,
				  const char *end, enum direction way,
				  int line)
{
	struct section sec = { .way = way, .line = line };
	const char *w;
	size_t n;

	while ((n = word(&p, end, &w)))
		TRY(read_option(s, &sec, w, n));
	if (sec.no_transaction && sec.guarded) {
		broken(s, line, "foreign_keys=off and transaction=off cannot "
		       "stand together");
		err_hint(s->err, "What foreign_keys=off checks before COMMIT "
			 "needs the transaction.");
		return RETORT_E_FAIL;
	}
	return vec_push(s->mem, &s->list, sec) ? RETORT_OK
					       : err_nomem(s->err);
}

/* Before the first section there may be comments only. */
static retort_status outside(struct sections *s, const char *p,
			     const char *end, int line, bool *comment)
{
	p = skip_blank(p, end);
	for (; p < end; p++) {
		if (*comment && end - p > 1 && !strncmp(p, "*/", 2)) {
			*comment = false;
			p++;
		} else if (*comment) {
			continue;
		} else if (end - p > 1 && !strncmp(p, "/*", 2)) {
			*comment = true;
			p++;
		} else if (end - p > 1 && !strncmp(p, "--", 2)) {
			return RETORT_OK;
		} else if (!isspace((unsigned char)*p)) {
			broken(s, line, "a statement before the first section");
			err_hint(s->err, "Put it below a line \"-- upgrade\" "
				 "or \"-- downgrade\".");
			return RETORT_E_FAIL;
		}
	}
	return RETORT_OK;
}

/* Find the sections of a text that starts in line `line`. */
static retort_status find_sections(struct sections *s, const char *text,
				   const char *end, int line)
{
	bool comment = false;

	for (const char *next; text < end; text = next, line++) {
		const char *nl = memchr(text, '\n', (size_t)(end - text));
		const char *stop = nl ? nl : end, *p = text;
		enum direction way;
		size_t n = s->list.n;

		next = nl ? nl + 1 : end;
		if (opens_section(&p, stop, &way)) {
			if (n)
				s->list.v[n - 1].end = text;
			TRY(open_section(s, p, stop, way, line));
			s->list.v[n].text = next;
			s->list.v[n].end = end;
		} else if (!n) {
			TRY(outside(s, text, stop, line, &comment));
		}
	}
	return RETORT_OK;
}

static const char *way_word(enum direction way)
{
	return way == UPGRADE ? "upgrade" : "downgrade";
}

/* The section for the dialect: one of its own, else one for all. */
static retort_status choose(struct sections *s, enum direction way,
			    const char *dialect, const struct section **out)
{
	const struct section *own = NULL, *any = NULL;

	for (size_t i = 0; i < s->list.n; i++) {
		const struct section *c = &s->list.v[i], **slot;

		if (c->way != way)
			continue;
		if (c->dialects.n && !strings_has(&c->dialects, dialect))
			continue;
		slot = c->dialects.n ? &own : &any;
		if (*slot) {
			broken(s, c->line, "a second section \"%s\" for the "
			       "same database", way_word(way));
			err_hint(s->err, "The first one is in line %d; join "
				 "them, or give each its dialect=NAME.",
				 (*slot)->line);
			return RETORT_E_FAIL;
		}
		*slot = c;
	}
	*out = own ? own : any;
	return RETORT_OK;
}

static size_t key_length(const char *s, const char *end)
{
	size_t n = 0;

	while (s + n < end && (isalnum((unsigned char)s[n]) ||
			       (s[n] && strchr("_.-", s[n]))))
		n++;
	return s + n < end && s[n] == '}' ? n : 0;
}

/*
 * Where the word of a line "-- upgrade" or "-- \upgrade" starts, with all its
 * backslashes; NULL: another line. The first kind opens a section, and the
 * second, without one backslash, is that line in a statement.
 */
static const char *marker_word(const char *s, const char *end)
{
	const char *nl = memchr(s, '\n', (size_t)(end - s)), *p, *w;
	size_t n;

	end = nl ? nl : end;
	p = skip_blank(s, end);
	if (end - p < 2 || p[0] != '-' || p[1] != '-')
		return NULL;
	p += 2;
	n = word(&p, end, &w);
	s = w;
	while (n && *w == '\\') {
		w++;
		n--;
	}
	return is(w, n, "upgrade") || is(w, n, "downgrade") ? s : NULL;
}

char *revision_keep_text(struct arena *mem, const char *sql)
{
	const char *end = sql + strlen(sql), *mark = marker_word(sql, end);
	struct buf b = { .mem = mem };

	for (; sql < end; sql++) {
		if (sql == mark)
			buf_addc(&b, '\\');
		if (sql[0] == '$' && sql[1] == '{' && key_length(sql + 2, end))
			buf_addc(&b, '$');
		buf_addc(&b, *sql);
		if (*sql == '\n')
			mark = marker_word(sql + 1, end);
	}
	return buf_text(&b);
}

/* The last one given for a key counts. */
static const char *value_of(const struct section_values *x, const char *key,
			    size_t n)
{
	for (size_t i = x->n; i-- > 0;)
		if (strlen(x->v[i].key) == n && !memcmp(x->v[i].key, key, n))
			return x->v[i].value ? x->v[i].value : "";
	return NULL;
}

static retort_status unknown_key(struct sections *s, const char *key, size_t n,
				 int line)
{
	broken(s, line, "no value for ${%.*s}", (int)n, key);
	err_hint(s->err, "Give it with -x %.*s=VALUE, or write $${%.*s} for "
		 "the text itself.", (int)n, key, (int)n, key);
	return RETORT_E_FAIL;
}

/*
 * At a dollar sign: "${KEY}" becomes its value, "$${KEY}" the text "${KEY}".
 * *taken is the length of what was replaced, 0 where nothing is.
 */
static retort_status fill_key(struct sections *s, const char *p,
			      const char *end, const struct section_values *x,
			      struct filled *f, size_t *taken)
{
	bool escaped = end - p > 3 && !strncmp(p, "$${", 3);
	const char *key = p + 2 + escaped, *value;
	size_t n = escaped || (end - p > 2 && p[1] == '{')
		? key_length(key, end) : 0;
	int line = f->lines.v[f->lines.n - 1];
	size_t before;

	*taken = n ? n + 3 + escaped : 0;
	if (!n)
		return RETORT_OK;
	if (escaped) {
		buf_addn(&f->text, p + 1, n + 3);
		return RETORT_OK;
	}
	value = value_of(x, key, n);
	if (!value)
		return unknown_key(s, key, n, line);
	before = f->text.n;
	inside_add(&f->inside, value, &f->text);
	for (; before < f->text.n; before++)
		if (f->text.s[before] == '\n' &&
		    !vec_push(s->mem, &f->lines, line))
			return err_nomem(s->err);
	return RETORT_OK;
}

static retort_status fill(struct sections *s, const struct section *sec,
			  const struct section_values *x, struct filled *f)
{
	const char *mark = marker_word(sec->text, sec->end);
	int line = sec->line + 1;

	if (!vec_push(s->mem, &f->lines, line))
		return err_nomem(s->err);
	for (const char *p = sec->text; p < sec->end; p++) {
		size_t taken = 0;

		if (p == mark)
			continue;	/* its backslash */
		if (*p == '$')
			TRY(fill_key(s, p, sec->end, x, f, &taken));
		if (taken) {
			f->inside.skip = 0;
			p += taken - 1;
			continue;
		}
		inside_step(&f->inside, p, sec->text, sec->end);
		buf_addc(&f->text, *p);
		if (*p != '\n')
			continue;
		mark = marker_word(p + 1, sec->end);
		if (!vec_push(s->mem, &f->lines, ++line))
			return err_nomem(s->err);
	}
	return RETORT_OK;
}

/* BEGIN and its like, which would end the revision's own transaction. */
static retort_status check_statement(struct sections *s,
				     const struct stmt *stmt)
{
	static const char *const words[] = {
		"BEGIN", "COMMIT", "END", "ROLLBACK", "ABORT", "START", NULL
	};
	const char *p = stmt->sql, *end = p + strlen(p), *w, *second, *third;
	size_t n = word(&p, end, &w), m = word(&p, end, &second);
	size_t k = word(&p, end, &third);

	for (size_t i = 0; words[i]; i++) {
		if (!is(w, n, words[i]))
			continue;
		if (!strcmp(words[i], "ROLLBACK") &&
		    (is(second, m, "TO") || is(third, k, "TO")))
			continue;
		if (!strcmp(words[i], "START") && !is(second, m, "TRANSACTION"))
			continue;
		broken(s, stmt->line, "%s in a section that runs in a "
		       "transaction", words[i]);
		err_hint(s->err, "Leave it out: the revision is in a "
			 "transaction already. Where it must not be, write "
			 "transaction=off on the line of the section.");
		return RETORT_E_FAIL;
	}
	return RETORT_OK;
}

static int line_of(const struct filled *f, int line)
{
	size_t i = line > 0 ? (size_t)line - 1 : 0;

	return f->lines.v[i < f->lines.n ? i : f->lines.n - 1];
}

/*
 * The dialect counts lines from where it was told to look. Told to look again
 * below as many empty lines, it names the right ones in its message.
 */
static retort_status cannot_cut(struct sections *s, const struct filled *f,
				const struct dialect *d, const char *at,
				int above)
{
	struct buf padded = { .mem = s->mem };
	struct stmt stmt;
	const char *rest;

	if (s->err->pub.code == RETORT_E_NOMEM)
		return RETORT_E_NOMEM;
	for (int i = line_of(f, above + 1); i > 1; i--)
		buf_addc(&padded, '\n');
	buf_add(&padded, at);
	if (!buf_text(&padded))
		return err_nomem(s->err);
	TRY(d->split(padded.s, s->mem, &stmt, &rest, s->err) < 0
	    ? RETORT_OK : RETORT_E_FAIL);
	err_where(s->err, s->r->path, s->err->pub.line);
	return s->err->pub.code;
}

static retort_status cut(struct sections *s, const struct section *sec,
			 const struct filled *f, const struct dialect *d,
			 struct arena *mem, struct script *out)
{
	const char *start = f->text.s, *rest = start;
	int above = 0;

	while (rest && *rest) {
		const char *at = rest;
		struct stmt stmt = {0};

		if (d->split(at, mem, &stmt, &rest, s->err) < 0)
			return cannot_cut(s, f, d, at, above);
		if (!stmt.sql)
			break;
		stmt.line = line_of(f, above + stmt.line);
		if (!sec->no_transaction)
			TRY(check_statement(s, &stmt));
		if (!vec_push(mem, &out->stmts, stmt))
			return err_nomem(s->err);
		for (const char *c = at; c < rest; c++)
			above += *c == '\n';
	}
	return RETORT_OK;
}

/* Read all of the file again: it may have changed since its header was. */
static retort_status changed(struct sections *s, int line)
{
	retort_status rc = broken(s, line, "the file changed while it was read: "
				  "it was revision %s", s->r->id);

	err_hint(s->err, "Run it again.");
	return rc;
}

static retort_status read_sections(struct sections *s)
{
	struct revision *again;
	char *text;
	size_t n;

	text = s->r->text;
	if (text)
		n = strlen(text);
	else
		TRY(file_read(s->r->path, s->mem, &text, &n, s->err));
	TRY(revision_parse(s->r->path, text, n, s->mem, &again, NULL, s->err));
	if (strcmp(again->id, s->r->id))
		return changed(s, again->id_line);
	if (memchr(text, '\0', n))
		return broken(s, 0, "the file contains a NUL byte");
	return find_sections(s, text + again->body, text + n,
			     again->body_line);
}

retort_status revision_section(const struct revision *r, enum direction way,
			       const struct dialect *d, const retort_pair *x,
			       size_t n_x, struct arena *mem,
			       struct script *out, bool *found,
			       struct err *err)
{
	SCRATCH(tmp);
	struct sections s = { .r = r, .mem = &tmp, .err = err };
	struct filled f = { .text = { .mem = &tmp } };
	const struct section_values values = { x, n_x };
	struct script script = {0};
	const struct section *sec;

	if (r->format != REVISION_SQL) {
		*found = false;
		return RETORT_OK;
	}
	TRY(read_sections(&s));
	TRY(choose(&s, way, d->name, &sec));
	*found = sec != NULL;
	if (!sec)
		return RETORT_OK;
	TRY(fill(&s, sec, &values, &f));
	if (!buf_text(&f.text))
		return err_nomem(err);
	script.guarded = sec->guarded;
	script.no_transaction = sec->no_transaction;
	TRY(cut(&s, sec, &f, d, mem, &script));
	if (!script.no_transaction && !script.guarded && d->needs_guard)
		TRY(d->needs_guard(&script, &script.guarded, err));
	*out = script;
	return RETORT_OK;
}
