#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "schema/schema.h"
#include "schema/words.h"

/*
 * One line for each thing, sorted. Lines are read by people in "differs at"
 * messages, so they name what they are about first.
 */
struct dump {
	const struct schema *s;
	struct arena *mem;
	struct buf line;
	struct strings lines;
	bool failed;
};

static const char *const constraint_words[] = {
	"PRIMARY KEY", "UNIQUE", "CHECK", "FOREIGN KEY", "EXCLUDE"
};

static void end_line(struct dump *d)
{
	char *s = buf_text(&d->line);

	if (s)
		s = arena_strdup(d->mem, s);
	if (!s || !vec_push(d->mem, &d->lines, s))
		d->failed = true;
	buf_reset(&d->line);
}

/* An identifier, folded where case does not matter. */
static void name(struct dump *d, const char *s)
{
	if (!s) {
		buf_add(&d->line, "-");
		return;
	}
	for (; *s; s++) {
		char c = *s;

		if (d->s->fold_case && c >= 'A' && c <= 'Z')
			c = (char)(c + 32);
		buf_addc(&d->line, c);
	}
}

static void attribute(struct dump *d, const char *word, const char *value)
{
	if (value)
		buf_addf(&d->line, " %s{%s}", word, value);
}

static void flag(struct dump *d, const char *word, bool set)
{
	if (set)
		buf_addf(&d->line, " %s", word);
}

static void names(struct dump *d, const char *word, const struct strings *list)
{
	if (!list->n)
		return;
	buf_addf(&d->line, " %s(", word);
	for (size_t i = 0; i < list->n; i++) {
		if (i)
			buf_add(&d->line, ", ");
		name(d, list->v[i]);
	}
	buf_addc(&d->line, ')');
}

static void folded(struct dump *d, const char *word, const char *value)
{
	if (!value)
		return;
	buf_addf(&d->line, " %s ", word);
	name(d, value);
}

static void parts(struct dump *d, const struct parts *list)
{
	if (!list->n)
		return;
	buf_add(&d->line, " (");
	for (size_t i = 0; i < list->n; i++) {
		const struct part *p = &list->v[i];

		if (i)
			buf_add(&d->line, ", ");
		if (p->column)
			name(d, p->column);
		else
			buf_addf(&d->line, "{%s}", p->expr);
		folded(d, "COLLATE", p->collation);
		attribute(d, "opclass", p->opclass);
		flag(d, "DESC", p->descending);
		flag(d, "NULLS FIRST", p->nulls == NULLS_FIRST);
		flag(d, "NULLS LAST", p->nulls == NULLS_LAST);
	}
	buf_addc(&d->line, ')');
}

static void begin(struct dump *d, const struct table *t, const char *word)
{
	buf_add(&d->line, "table ");
	if (t->schema) {
		name(d, t->schema);
		buf_addc(&d->line, '.');
	}
	name(d, t->name);
	buf_addf(&d->line, " %s ", word);
}

/* Upper case, space only between words: one text for equal types. */
static void type_text(struct dump *d, const char *s)
{
	char last = '(';

	for (; *s; s++) {
		char c = *s >= 'a' && *s <= 'z' ? (char)(*s - 32) : *s;

		if (strchr(" \t\n\r", c)) {
			if (!strchr("(),", last) && s[1] &&
			    !strchr(" \t\n\r(),", s[1]))
				buf_addc(&d->line, ' ');
			continue;
		}
		buf_addc(&d->line, c);
		last = c;
	}
}

static void column(struct dump *d, const struct table *t,
		   const struct column *c)
{
	begin(d, t, "column");
	name(d, c->name);
	buf_addc(&d->line, ' ');
	if (c->type.text)
		type_text(d, c->type.text);
	else
		buf_addf(&d->line, "kind %d(%d,%d)", (int)c->type.kind,
			 c->type.length, c->type.scale);
	flag(d, "NOT NULL", c->not_null);
	if (c->not_null_conflict)
		buf_addf(&d->line, " ON CONFLICT %s",
			 conflict_word(c->not_null_conflict));
	attribute(d, "DEFAULT", c->default_sql);
	folded(d, "COLLATE", c->collation);
	attribute(d, c->generated == GENERATED_STORED ? "STORED" : "VIRTUAL",
		  c->generated_sql);
	flag(d, "IDENTITY ALWAYS", c->identity == IDENTITY_ALWAYS);
	flag(d, "IDENTITY BY DEFAULT", c->identity == IDENTITY_BY_DEFAULT);
	flag(d, "AUTOINCREMENT", c->autoincrement);
	attribute(d, "identity", c->identity_sql);
	flag(d, "SERIAL", c->serial);
	flag(d, "INHERITED", c->inherited);
	attribute(d, "comment", c->comment);
	end_line(d);
}

static void reference(struct dump *d, const struct constraint *c)
{
	buf_add(&d->line, " REFERENCES ");
	name(d, c->ref_table);
	folded(d, "in", c->ref_schema);
	names(d, "columns", &c->ref_columns);
	attribute(d, "ON DELETE", action_word(c->on_delete));
	attribute(d, "ON UPDATE", action_word(c->on_update));
	names(d, "SET", &c->set_columns);
	attribute(d, "MATCH", c->match);
}

static void constraint(struct dump *d, const struct table *t,
		       const struct constraint *c)
{
	begin(d, t, constraint_words[c->kind]);
	name(d, c->name);
	parts(d, &c->parts);
	attribute(d, "", c->check_sql);
	attribute(d, "", c->exclude_sql);
	if (c->kind == CONSTRAINT_FOREIGN_KEY)
		reference(d, c);
	flag(d, "DEFERRABLE", c->deferrable);
	flag(d, "INITIALLY DEFERRED", c->initially_deferred);
	flag(d, "NOT VALID", c->not_valid);
	flag(d, "NO INHERIT", c->no_inherit);
	flag(d, "NULLS NOT DISTINCT", c->nulls_not_distinct);
	names(d, "INCLUDE", &c->include);
	attribute(d, "WITH", c->with);
	attribute(d, "TABLESPACE", c->tablespace);
	attribute(d, "ON CONFLICT", conflict_word(c->conflict));
	attribute(d, "comment", c->comment);
	end_line(d);
}

static void index_line(struct dump *d, const struct table *t,
		       const struct index *i)
{
	begin(d, t, "index");
	name(d, i->name);
	flag(d, "UNIQUE", i->unique);
	parts(d, &i->parts);
	attribute(d, "WHERE", i->where_sql);
	attribute(d, "USING", i->method);
	names(d, "INCLUDE", &i->include);
	attribute(d, "WITH", i->with);
	attribute(d, "TABLESPACE", i->tablespace);
	flag(d, "NULLS NOT DISTINCT", i->nulls_not_distinct);
	flag(d, "INVALID", i->invalid);
	attribute(d, "comment", i->comment);
	end_line(d);
}

static void facet(struct dump *d, const struct facet *f)
{
	buf_addf(&d->line, " %s {%s}", f->key, f->set_sql);
	end_line(d);
}

static void table(struct dump *d, const struct table *t)
{
	begin(d, t, "");
	flag(d, "STRICT", t->strict);
	flag(d, "WITHOUT ROWID", t->without_rowid);
	attribute(d, "suffix", t->suffix_sql);
	flag(d, "UNLOGGED", t->unlogged);
	names(d, "INHERITS", &t->inherits);
	attribute(d, "PARTITION BY", t->partition_by);
	attribute(d, "PARTITION OF", t->partition_of);
	attribute(d, "bound", t->partition_bound);
	attribute(d, "WITH", t->with);
	attribute(d, "TABLESPACE", t->tablespace);
	attribute(d, "comment", t->comment);
	end_line(d);
	for (size_t i = 0; i < t->columns.n; i++)
		column(d, t, t->columns.v[i]);
	for (size_t i = 0; i < t->constraints.n; i++)
		constraint(d, t, t->constraints.v[i]);
	for (size_t i = 0; i < t->indexes.n; i++)
		index_line(d, t, t->indexes.v[i]);
	for (size_t i = 0; i < t->facets.n; i++) {
		begin(d, t, "has");
		facet(d, &t->facets.v[i]);
	}
}

static void object_name(struct dump *d, const struct object *o)
{
	static const char *const words[] = {
		"view", "trigger", "enum", "object"
	};

	buf_addf(&d->line, "%s ", o->word ? o->word : words[o->kind]);
	if (o->schema) {
		name(d, o->schema);
		buf_addc(&d->line, '.');
	}
	name(d, o->name);
	folded(d, "ON", o->table);
}

static void object(struct dump *d, const struct object *o)
{
	object_name(d, o);
	attribute(d, "AS", o->create_sql);
	for (size_t i = 0; i < o->labels.n; i++)
		buf_addf(&d->line, " '%s'", o->labels.v[i]);
	end_line(d);
	for (size_t i = 0; i < o->facets.n; i++) {
		object_name(d, o);
		facet(d, &o->facets.v[i]);
	}
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char *schema_dump(struct arena *mem, const struct schema *s)
{
	SCRATCH(tmp);
	struct dump d = { .s = s, .mem = &tmp, .line = { .mem = &tmp } };
	struct buf out = { .mem = mem };

	for (size_t i = 0; i < s->tables.n; i++)
		table(&d, s->tables.v[i]);
	for (size_t i = 0; i < s->objects.n; i++)
		object(&d, s->objects.v[i]);
	if (d.failed)
		return NULL;
	if (d.lines.n)
		qsort(d.lines.v, d.lines.n, sizeof(*d.lines.v), by_text);
	for (size_t i = 0; i < d.lines.n; i++) {
		buf_add(&out, d.lines.v[i]);
		buf_addc(&out, '\n');
	}
	return buf_text(&out);
}
