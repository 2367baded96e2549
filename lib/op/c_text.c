#include "op/c_text.h"

#include <string.h>

#include "op/print_c.h"

enum { WIDTH = 100, TAB = 8, PIECE = 56, ISO_LITERAL = 4095 };

/* Where the next character goes, from 0. */
static size_t column_of(const struct buf *b)
{
	size_t start = b->n, col = 0;

	while (start && b->s[start - 1] != '\n')
		start--;
	for (; start < b->n; start++)
		col = b->s[start] == '\t' ? (col / TAB + 1) * TAB : col + 1;
	return col;
}

static void new_line(struct c_text *p, int depth)
{
	if (p->out->n && p->out->s[p->out->n - 1] != '\n')
		buf_addc(p->out, '\n');
	for (int i = 0; i < depth; i++)
		buf_add(p->out, p->unit);
}

/* After a literal: the next piece stands below its quote. */
static void line_up(struct c_text *p, size_t column)
{
	size_t at = 0;

	buf_addc(p->out, '\n');
	for (; *p->unit == '\t' && at + TAB <= column; at += TAB)
		buf_addc(p->out, '\t');
	for (; at < column; at++)
		buf_addc(p->out, ' ');
}

/* The end of the literal that begins at `s`. */
static const char *literal_end(const char *s)
{
	for (s++; *s && *s != '"'; s++)
		if (*s == '\\' && s[1])
			s++;
	return *s ? s + 1 : s;
}

/*
 * The end of what stays on one line but for its breaks: up to a comma with a
 * space behind it. *width is that of its widest line.
 */
static const char *atom_end(const char *s, size_t *width)
{
	size_t before = 0, now = 0, widest = 0;

	while (*s && !(s[0] == ',' && s[1] == ' ')) {
		const char *next = *s == '"' ? literal_end(s) : s + 1;

		if (*s == C_BREAK) {
			now = before;
		} else {
			if (*s == '"' && !before)
				before = now;
			now += (size_t)(next - s);
		}
		if (now > widest)
			widest = now;
		s = next;
	}
	*width = widest + (*s == ',');
	return *s ? s + 1 : s;
}

static void put_atom(struct c_text *p, const char *s, const char *end)
{
	size_t column = 0;
	bool seen = false;

	while (s < end) {
		const char *next = *s == '"' ? literal_end(s) : s + 1;

		if (*s == C_BREAK) {
			line_up(p, column);
		} else {
			if (*s == '"' && !seen)
				column = column_of(p->out);
			seen |= *s == '"';
			buf_addn(p->out, s, (size_t)(next - s));
		}
		s = next;
	}
}

void c_fill(struct c_text *p, const char *text)
{
	bool first = true;

	new_line(p, p->depth);
	for (const char *end; *text; text = end, first = false) {
		size_t width;

		end = atom_end(text, &width);
		if (!first && column_of(p->out) + width > WIDTH) {
			new_line(p, p->depth + 1);
			text += strspn(text, " ");
		}
		if (p->out->failed)
			return;
		put_atom(p, text, end);
	}
	buf_addc(p->out, '\n');
}

void c_line(struct c_text *p, struct buf *b)
{
	const char *text = buf_text(b);

	if (text)
		c_fill(p, text);
	else
		p->out->failed = true;
	buf_reset(b);
}

/* One character of a literal; `before` is the one in front of it. */
static void add_char(struct buf *b, unsigned char c, char before)
{
	static const char plain[] = "\n\t\r\"\\", escape[] = "ntr\"\\";
	const char *at = c ? strchr(plain, c) : NULL;

	if (at)
		buf_addf(b, "\\%c", escape[at - plain]);
	else if (c == '?' && before == '?')
		buf_add(b, "\\?");	/* else it may be a trigraph */
	else if (c < ' ' || c == 0x7f)
		buf_addf(b, "\\%03o", c);
	else
		buf_addc(b, (char)c);
}

static void add_literal(struct buf *b, const char *s, size_t n)
{
	buf_addc(b, '"');
	for (size_t i = 0; i < n; i++)
		add_char(b, (unsigned char)s[i], i ? s[i - 1] : '\0');
	buf_addc(b, '"');
}

void buf_add_c_string(struct buf *b, const char *s)
{
	add_literal(b, s, strlen(s));
}

/* How much of `s` is its next piece: a line, or words up to a width. */
static size_t piece(const char *s)
{
	size_t line = strcspn(s, "\n"), n = PIECE;

	line += s[line] == '\n';
	if (line <= PIECE + 12)
		return line;
	while (n && s[n - 1] != ' ')
		n--;
	if (n)
		return n;
	/* One long word, which is cut where no character is. */
	for (n = PIECE; ((unsigned char)s[n] & 0xc0) == 0x80; n++)
		;
	return n;
}

void c_string(struct c_text *p, struct buf *b, const char *s)
{
	p->overlong |= strlen(s) > ISO_LITERAL;
	do {
		size_t n = piece(s);

		add_literal(b, s, n);
		s += n;
		if (*s)
			buf_addc(b, C_BREAK);
	} while (*s);
}

void c_attribute(struct c_text *p, struct buf *b, const char *name,
		 const char *s)
{
	if (!s)
		return;
	buf_addf(b, ", .%s = ", name);
	c_string(p, b, s);
}

void c_flag(struct buf *b, const char *name, bool set)
{
	if (set)
		buf_addf(b, ", .%s = true", name);
}

/* With SQL's quotes where a dot would be taken for another. */
static const char *qualified(struct c_text *p, const char *schema,
			     const char *name)
{
	struct buf b = { .mem = &p->tmp };

	if (!strpbrk(schema, ".\""))
		return arena_printf(&p->tmp, "%s.%s", schema, name);
	buf_add_quoted(&b, schema, '"');
	buf_addc(&b, '.');
	buf_add_quoted(&b, name, '"');
	return buf_text(&b);
}

void c_qualified(struct c_text *p, struct buf *b, const char *schema,
		 const char *name)
{
	const char *whole = !name ? NULL : !schema ? name :
			    qualified(p, schema, name);

	if (whole)
		buf_add_c_string(b, whole);
	else if (name)
		b->failed = true;
	else
		buf_add(b, "NULL");
}
