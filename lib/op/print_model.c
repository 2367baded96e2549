#include <string.h>

#include "op/c_text.h"
#include "op/print_c.h"

static const char spaces[] = "    ";

static retort_status finish(struct c_text *p, struct err *err)
{
	bool failed = p->out->failed;

	arena_clear(&p->tmp);
	return failed ? err_nomem(err) : RETORT_OK;
}

static void add_list(struct c_text *p, struct buf *b, const char *name,
		     const struct strings *list)
{
	if (!list->n)
		return;
	buf_addf(b, ", .%s = LIST(", name);
	for (size_t i = 0; i < list->n; i++) {
		if (i)
			buf_add(b, ", ");
		c_string(p, b, list->v[i]);
	}
	buf_addc(b, ')');
}

static void add_facets(struct c_text *p, struct buf *b,
		       const struct facets *list)
{
	if (!list->n)
		return;
	buf_add(b, ", FACETS(");
	for (size_t i = 0; i < list->n; i++) {
		buf_addf(b, "%sFACET(", i ? ", " : "");
		c_string(p, b, list->v[i].key);
		buf_add(b, ", ");
		c_string(p, b, list->v[i].set_sql);
		if (list->v[i].reset_sql) {
			buf_add(b, ", ");
			c_string(p, b, list->v[i].reset_sql);
		}
		buf_addc(b, ')');
	}
	buf_addc(b, ')');
}

void c_storage(struct c_text *p, struct buf *b, const struct table *t)
{
	c_flag(b, "unlogged", t->unlogged);
	add_list(p, b, "inherits", &t->inherits);
	c_attribute(p, b, "partition_by", t->partition_by);
	c_attribute(p, b, "partition_of", t->partition_of);
	c_attribute(p, b, "partition_bound", t->partition_bound);
	c_attribute(p, b, "with", t->with);
	c_attribute(p, b, "tablespace", t->tablespace);
	add_facets(p, b, &t->facets);
}

/* Only the first line is long enough to need breaking. */
static void print_table(struct c_text *p, const struct table *t)
{
	struct buf b = { .mem = &p->tmp };

	buf_add(&b, "TABLE(");
	buf_add_c_string(&b, t->name);
	c_attribute(p, &b, "schema", t->schema);
	c_flag(&b, "unnamed", c_has_unnamed(t));
	c_flag(&b, "strict", t->strict);
	c_flag(&b, "without_rowid", t->without_rowid);
	c_attribute(p, &b, "comment", t->comment);
	c_storage(p, &b, t);
	add_list(p, &b, "needs", &t->needs);
	if (!t->columns.n && !t->constraints.n && !t->indexes.n) {
		buf_add(&b, strchr(b.s ? b.s : "", ',') ? ");" : ",);");
		c_line(p, &b);
		return;
	}
	buf_addc(&b, ',');
	c_line(p, &b);
	c_table_body(p, t, ");");
}

/* Is the table or view of a trigger among what is printed? */
static bool on_known(const struct c_text *p, const struct object *o)
{
	return !p->known || schema_table(p->known, o->schema, o->table) ||
	       schema_object(p->known, OBJECT_VIEW, o->schema, o->table);
}

static void add_labels(struct c_text *p, struct buf *b,
		       const struct strings *labels)
{
	buf_add(b, "LABELS(");
	for (size_t i = 0; i < labels->n; i++) {
		if (i)
			buf_add(b, ", ");
		c_string(p, b, labels->v[i]);
	}
	buf_addc(b, ')');
}

static void print_object(struct c_text *p, const struct object *o)
{
	static const char *const word[] = {
		[OBJECT_VIEW] = "VIEW",
		[OBJECT_TRIGGER] = "TRIGGER",
		[OBJECT_ENUM] = "ENUM_TYPE",
		[OBJECT_OTHER] = "SQL_OBJECT",
	};
	struct buf b = { .mem = &p->tmp };

	buf_addf(&b, "%s(", word[o->kind]);
	buf_add_c_string(&b, o->name);
	if (o->kind == OBJECT_TRIGGER) {
		buf_add(&b, ", ");
		buf_add_c_string(&b, o->table);
	}
	buf_addc(&b, ',');
	c_line(p, &b);
	p->depth++;
	if (o->kind == OBJECT_ENUM)
		add_labels(p, &b, &o->labels);
	else
		c_string(p, &b, o->create_sql);
	if (o->kind == OBJECT_OTHER) {
		buf_add(&b, ", ");
		c_string(p, &b, o->drop_sql ? o->drop_sql : "");
	}
	c_attribute(p, &b, "schema", o->schema);
	if (o->kind == OBJECT_OTHER)
		c_attribute(p, &b, "on", o->table);
	add_list(p, &b, "needs", &o->needs);
	add_facets(p, &b, &o->facets);
	c_flag(&b, "unchecked", o->kind == OBJECT_TRIGGER && !on_known(p, o));
	buf_add(&b, ");");
	c_line(p, &b);
	p->depth--;
}

/* As the text of a comment, which it must not end. */
static void add_note(struct buf *out, const char *note)
{
	buf_add(out, " * ");
	for (; *note; note++) {
		buf_addc(out, *note == '\n' ? ' ' : *note);
		if ((note[0] == '*' && note[1] == '/') ||
		    (note[0] == '/' && note[1] == '*'))
			buf_addc(out, ' ');
	}
	buf_addc(out, '\n');
}

static void print_head(const struct schema *s, bool overlong, struct buf *out)
{
	if (s->notes.n) {
		buf_add(out, "/*\n");
		for (size_t i = 0; i < s->notes.n; i++)
			add_note(out, s->notes.v[i]);
		buf_add(out, " */\n");
	}
	buf_add(out, "#include <retort/model.h>\n");
	if (overlong)
		buf_add(out, "\n#pragma GCC diagnostic ignored "
			"\"-Woverlength-strings\"\n");
}

retort_status schema_print_c(const struct schema *s,
			     const struct naming *naming, struct buf *out,
			     struct err *err)
{
	SCRATCH(mem);
	const struct naming whole = naming_complete(naming);
	struct buf body = { .mem = &mem };
	struct c_text p = { .out = &body, .unit = spaces, .known = s,
			     .naming = naming ? &whole : NULL };

	for (size_t i = 0; i < s->tables.n; i++) {
		buf_addc(&body, '\n');
		print_table(&p, s->tables.v[i]);
	}
	for (size_t i = 0; i < s->objects.n; i++) {
		buf_addc(&body, '\n');
		print_object(&p, s->objects.v[i]);
	}
	TRY(finish(&p, err));
	print_head(s, p.overlong, out);
	buf_addn(out, body.s ? body.s : "", body.n);
	return out->failed ? err_nomem(err) : RETORT_OK;
}
