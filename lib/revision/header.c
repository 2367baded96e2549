#include "revision/revision.h"

#include <string.h>

#include "base/ascii.h"

/*
 * The header is the first comment that has a line "Revision:". It may be made
 * of line comments or be one block comment; how its lines are decorated does
 * not matter. Comments before it are passed over.
 */

struct text {
	const char *s;
	size_t n;
};

enum field { F_REVISION, F_REVISES, F_CREATED, F_LABELS, F_DEPENDS, F_COUNT };

static const struct text field_name[F_COUNT] = {
	{ "Revision", 8 }, { "Revises", 7 }, { "Created", 7 },
	{ "Branch-labels", 13 }, { "Depends-on", 10 }
};

static const char field_hint[] =
	"The fields of a header are Revision, Revises, Created, "
	"Branch-labels and Depends-on; one of your own starts with X-.";

struct parser {
	const char *at, *end;
	int line;		/* of the line that was read last */
	bool in_block;		/* inside a block comment */
	struct revision *r;
	struct arena *mem;
	struct err *err;
	struct buf doc;
	bool seen[F_COUNT];
	bool fields;		/* past the line "Revision:" */
	bool skip;		/* after the fields: free text */
};

enum line_kind { LINE_COMMENT, LINE_BLANK, LINE_CODE, LINE_END };

static void trim(struct text *t)
{
	while (t->n && ascii_space(*t->s))
		t->s++, t->n--;
	while (t->n && ascii_space(t->s[t->n - 1]))
		t->n--;
}

static bool starts(const struct text *t, const char *prefix)
{
	size_t n = strlen(prefix);

	return t->n >= n && !memcmp(t->s, prefix, n);
}

static void cut(struct text *t, size_t n)
{
	t->s += n;
	t->n -= n;
}

static const char *find_end(const struct text *t)
{
	for (size_t i = 0; i + 1 < t->n; i++)
		if (t->s[i] == '*' && t->s[i + 1] == '/')
			return t->s + i;
	return NULL;
}

/* Leading asterisks of a block's line, unless they end it. */
static void cut_stars(struct text *t)
{
	while (t->n && *t->s == '*' && !(t->n > 1 && t->s[1] == '/'))
		cut(t, 1);
}

/* A line inside a block comment: what it says, and whether it ends there. */
static enum line_kind block_line(struct parser *p, struct text *t)
{
	const char *end;

	trim(t);
	cut_stars(t);
	end = find_end(t);
	if (end) {
		t->n = (size_t)(end - t->s);
		p->in_block = false;
	}
	trim(t);
	return LINE_COMMENT;
}

static enum line_kind classify(struct parser *p, struct text *t)
{
	if (p->in_block)
		return block_line(p, t);
	trim(t);
	if (!t->n)
		return LINE_BLANK;
	if (starts(t, "/*")) {
		cut(t, 2);
		p->in_block = true;
		return block_line(p, t);
	}
	if (!starts(t, "--") && !starts(t, "//"))
		return LINE_CODE;
	cut(t, 2);
	trim(t);
	return LINE_COMMENT;
}

/* The next line without its decoration. A NUL ends the text. */
static enum line_kind next_line(struct parser *p, struct text *t)
{
	const char *nl;

	if (p->at >= p->end || !*p->at)
		return LINE_END;
	nl = memchr(p->at, '\n', (size_t)(p->end - p->at));
	t->s = p->at;
	t->n = (size_t)((nl ? nl : p->end) - p->at);
	p->at = nl ? nl + 1 : p->end;
	p->line++;
	return classify(p, t);
}

/*
 * What a file says is shown on a terminal, which it must not control; and in
 * the comments of SQL, which a carriage return would end. Tabs and line feeds
 * stay.
 */
static void make_plain(char *text)
{
	for (char *c = text; *c; c++) {
		unsigned char a = (unsigned char)c[0];
		unsigned char b = (unsigned char)c[1];

		if ((a < ' ' && a != '\t' && a != '\n') || a == 127)
			*c = '?';
		else if (a == 0xC2 && b >= 0x80 && b < 0xA0)
			c[0] = c[1] = '?';	/* the same, above ASCII */
	}
}

__attribute__((format(printf, 2, 3)))
static retort_status broken(struct parser *p, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = arena_vprintf(p->mem, fmt, ap);
	va_end(ap);
	if (!text)
		return err_nomem(p->err);
	make_plain(text);
	err_set(p->err, RETORT_E_FAIL, "%s", text);
	err_hint(p->err, "docs/revisions.md has the form; \"db revision\" writes "
		 "a file that has it.");
	err_where(p->err, p->r->path, p->line);
	return RETORT_E_FAIL;
}

static bool none(const struct text *t)
{
	return !t->n || (t->n == 6 && !ascii_ncasecmp(t->s, "<base>", 6)) ||
	       (t->n == 4 && !ascii_ncasecmp(t->s, "none", 4));
}

static bool separates(char c)
{
	return c == ',' || ascii_space(c);
}

/* Check a name, and put the place to the error. */
static retort_status check(struct parser *p, const char *name, bool label)
{
	retort_status rc = revision_check_name(name, label, p->err);

	if (rc == RETORT_E_FAIL)
		err_where(p->err, p->r->path, p->line);
	return rc;
}

/* Names separated by commas or spaces. */
static retort_status read_list(struct parser *p, enum field f, struct text t,
			       struct strings *out)
{
	if (none(&t))
		return RETORT_OK;
	while (t.n) {
		size_t n = 0;
		char *name;

		while (n < t.n && !separates(t.s[n]))
			n++;
		name = arena_strndup(p->mem, t.s, n);
		if (!name)
			return err_nomem(p->err);
		/* A dependency may be a label. */
		TRY(check(p, name, f != F_REVISES));
		if (strings_has(out, name))
			return broken(p, "\"%s\" stands twice after %s:", name,
				      field_name[f].s);
		if (!vec_push(p->mem, out, name))
			return err_nomem(p->err);
		while (n < t.n && separates(t.s[n]))
			n++;
		cut(&t, n);
	}
	return RETORT_OK;
}

static retort_status read_id(struct parser *p, struct text t)
{
	char *id = arena_strndup(p->mem, t.s, t.n);

	if (!id)
		return err_nomem(p->err);
	if (!t.n) {
		broken(p, "no identifier after Revision:");
		err_hint(p->err, "Every revision needs one of its own, such as "
			 "12 hex digits.");
		return RETORT_E_FAIL;
	}
	TRY(check(p, id, false));
	p->r->id = id;
	p->r->id_line = p->line;
	return RETORT_OK;
}

static retort_status read_created(struct parser *p, struct text t)
{
	if (!t.n)
		return RETORT_OK;
	char *text = arena_strndup(p->mem, t.s, t.n);

	if (!text)
		return err_nomem(p->err);
	make_plain(text);
	p->r->created = text;
	return RETORT_OK;
}

static retort_status read_value(struct parser *p, enum field f, struct text t)
{
	struct revision *r = p->r;

	switch (f) {
	case F_REVISION:
		return read_id(p, t);
	case F_REVISES:
		r->down_line = p->line;
		return read_list(p, f, t, &r->down);
	case F_CREATED:
		return read_created(p, t);
	case F_LABELS:
		r->labels_line = p->line;
		return read_list(p, f, t, &r->labels);
	case F_DEPENDS:
		r->depends_line = p->line;
		return read_list(p, f, t, &r->depends_on);
	case F_COUNT:
		break;
	}
	return RETORT_OK;
}

/* The field whose "Name:" a line starts with; *value is what follows. */
static enum field field_of(const struct text *t, struct text *value)
{
	const char *colon = t->n ? memchr(t->s, ':', t->n) : NULL;
	size_t n = colon ? (size_t)(colon - t->s) : 0;
	int f = 0;

	while (f < F_COUNT && (field_name[f].n != n ||
			       ascii_ncasecmp(t->s, field_name[f].s, n)))
		f++;
	if (f < F_COUNT) {
		*value = (struct text){ colon + 1, t->n - n - 1 };
		trim(value);
	}
	return (enum field)f;
}

/* A line of the header at or after "Revision:". */
static retort_status field_line(struct parser *p, struct text t,
				enum field f, struct text value)
{
	const char *colon;

	if (!t.n || p->skip) {
		p->skip = true;
		return RETORT_OK;
	}
	if (f < F_COUNT) {
		if (p->seen[f])
			return broken(p, "a second line %s: in the header",
				      field_name[f].s);
		p->seen[f] = true;
		return read_value(p, f, value);
	}
	colon = memchr(t.s, ':', t.n);
	if (colon && !ascii_ncasecmp(t.s, "X-", t.n < 2 ? t.n : 2))
		return RETORT_OK;
	if (colon)
		broken(p, "unknown field \"%.*s\" in the header",
		       (int)(colon - t.s), t.s);
	else
		broken(p, "a line in the header is no field: \"%.*s\"",
		       (int)(t.n < 60 ? t.n : 60), t.s);
	err_hint(p->err, "%s", field_hint);
	return RETORT_E_FAIL;
}

static retort_status comment_line(struct parser *p, struct text t)
{
	struct text value = {0};
	enum field f = field_of(&t, &value);

	p->fields = p->fields || f == F_REVISION;
	if (p->fields)
		return field_line(p, t, f, value);
	if (t.n || p->doc.n) {
		buf_addn(&p->doc, t.s, t.n);
		buf_addc(&p->doc, '\n');
	}
	return RETORT_OK;
}

/* The comment ended: was it the header? Else start over. */
static bool comment_ended(struct parser *p)
{
	if (p->in_block)
		return false;
	if (!p->fields)
		buf_reset(&p->doc);
	return p->fields;
}

static retort_status finish(struct parser *p)
{
	struct revision *r = p->r;
	char *doc, *nl;

	if (!p->seen[F_REVISES]) {
		p->line = r->id_line;
		broken(p, "the header has no line Revises:");
		err_hint(p->err, "Write \"Revises: <base>\" when it is the "
			 "first revision.");
		return RETORT_E_FAIL;
	}
	while (p->doc.n && p->doc.s[p->doc.n - 1] == '\n')
		p->doc.n--;
	doc = buf_text(&p->doc);
	if (doc)
		make_plain(doc);
	r->doc = doc ? arena_strdup(p->mem, doc) : NULL;
	if (!r->doc)
		return err_nomem(p->err);
	nl = strchr(r->doc, '\n');
	r->message = nl ? arena_strndup(p->mem, r->doc, (size_t)(nl - r->doc))
			: r->doc;
	return r->message ? RETORT_OK : err_nomem(p->err);
}

/* Read lines until the header has ended; *end says at what. */
static retort_status read_lines(struct parser *p, enum line_kind *end)
{
	for (;;) {
		const char *before = p->at;
		bool was_block = p->in_block;
		struct text t;

		*end = next_line(p, &t);
		if (*end == LINE_COMMENT) {
			TRY(comment_line(p, t));
			if ((was_block || p->in_block) && comment_ended(p))
				break;
			continue;
		}
		if (*end != LINE_END && comment_ended(p)) {
			p->at = before;
			p->line--;
			break;
		}
		if (*end == LINE_CODE || *end == LINE_END)
			break;
	}
	p->r->body_line = p->line + 1;
	return RETORT_OK;
}

/* A header that is not at the top would be passed over in silence. */
static retort_status no_header(struct parser *p)
{
	enum line_kind kind;
	struct text t, value;

	while ((kind = next_line(p, &t)) != LINE_END) {
		if (kind != LINE_COMMENT || field_of(&t, &value) != F_REVISION)
			continue;
		broken(p, "the header does not stand at the top of the file");
		err_hint(p->err, "Move the comment with \"Revision:\" before "
			 "everything else.");
		return RETORT_E_FAIL;
	}
	return err_set(p->err, RETORT_E_NOTFOUND, "\"%s\" is not a revision",
		       p->r->path);
}

static enum revision_format format_of(const char *path)
{
	size_t n = strlen(path);

	return n > 2 && !strcmp(path + n - 2, ".c") ? REVISION_C : REVISION_SQL;
}

retort_status revision_parse(const char *path, const char *text, size_t n,
			     struct arena *mem, struct revision **out,
			     bool *complete, struct err *err)
{
	struct revision *r = arena_new(mem, struct revision);
	SCRATCH(tmp);
	char doc[256];	/* most are no longer */
	struct parser p = { .at = text, .end = text + n, .r = r, .mem = mem,
			    .err = err, .doc = { .mem = &tmp, .s = doc,
						 .cap = sizeof(doc) } };
	enum line_kind end;

	if (complete)
		*complete = true;	/* a broken one, too */
	if (!r)
		return err_nomem(err);
	r->path = path;
	r->format = format_of(path);
	if (n >= 3 && !memcmp(text, "\xEF\xBB\xBF", 3))
		p.at += 3;
	TRY(read_lines(&p, &end));
	if (complete)
		*complete = end != LINE_END;
	if (!p.fields)
		return no_header(&p);
	if (p.in_block) {
		broken(&p, "the comment with the header does not end");
		err_hint(err, "Close it with \"*/\" after the fields.");
		return RETORT_E_FAIL;
	}
	TRY(finish(&p));
	r->body = (size_t)(p.at - text);
	*out = r;
	return RETORT_OK;
}

/* A comma parts names in the header; a label is no part of a file's name. */
static bool allowed(char c, bool label)
{
	return ascii_alnum(c) || c == '_' ||
	       ((unsigned char)c > ' ' && c != 127 &&
		!strchr("@+:,\\<>'\"`$;*?", c) &&
		(label || (c != '-' && c != '/')));
}

static bool reserved(const char *name)
{
	return !strcmp(name, "head") || !strcmp(name, "heads") ||
	       !strcmp(name, "base") || !strcmp(name, "current");
}

/* The first character that cannot be, or the end. No label looks like steps. */
static const char *first_bad(const char *name, bool label)
{
	const char *bad = name, *dash;

	while (allowed(*bad, label))
		bad++;
	if (!label || *bad || !(dash = strrchr(name, '-')))
		return bad;
	if (*name == '-')
		return name;
	return dash[1 + strspn(dash + 1, "0123456789")] ? bad : dash;
}

static retort_status taken_word(const char *name, const char *what,
				struct err *err)
{
	err_set(err, RETORT_E_FAIL, "\"%s\" cannot be a %s", name, what);
	if (reserved(name))
		err_hint(err, "The words head, heads, base and current name "
			 "places in the history.");
	else
		err_hint(err, "The header of a revision says \"none\" where it "
			 "has none.");
	return RETORT_E_FAIL;
}

retort_status revision_check_name(const char *name, bool label,
				  struct err *err)
{
	const char *what = label ? "branch label" : "revision identifier";
	const char *bad = first_bad(name, label);

	if (!*name) {
		err_set(err, RETORT_E_FAIL, "empty %s", what);
		err_hint(err, "Leave it out, or give it a name.");
		return RETORT_E_FAIL;
	}
	if (reserved(name) || !ascii_casecmp(name, "none"))
		return taken_word(name, what, err);
	if (!*bad)
		return RETORT_OK;
	if ((unsigned char)*bad > ' ')
		err_set(err, RETORT_E_FAIL, "Character(s) '%c' not allowed in "
			"%s '%s'", *bad, what, name);
	else
		err_set(err, RETORT_E_FAIL, "%s \"%s\" contains a space or "
			"control character", what, name);
	err_hint(err, "Use letters, digits and underscores.");
	return RETORT_E_FAIL;
}
