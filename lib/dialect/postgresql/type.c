/* Types of models -> the server's spelling. */
#include <string.h>
#include <strings.h>

#include "dialect/postgresql/lower.h"

static const char *const plain_text[] = {
	[RETORT_TYPE_INTEGER] = "integer",
	[RETORT_TYPE_BIGINT] = "bigint",
	[RETORT_TYPE_SMALLINT] = "smallint",
	[RETORT_TYPE_BOOLEAN] = "boolean",
	[RETORT_TYPE_VARCHAR] = "character varying",
	[RETORT_TYPE_CHAR] = "character",
	[RETORT_TYPE_TEXT] = "text",
	[RETORT_TYPE_NUMERIC] = "numeric",
	[RETORT_TYPE_REAL] = "real",
	[RETORT_TYPE_DOUBLE] = "double precision",
	[RETORT_TYPE_DATE] = "date",
	[RETORT_TYPE_TIME] = "time without time zone",
	[RETORT_TYPE_TIMESTAMP] = "timestamp without time zone",
	[RETORT_TYPE_TIMESTAMPTZ] = "timestamp with time zone",
	[RETORT_TYPE_INTERVAL] = "interval",
	[RETORT_TYPE_BLOB] = "bytea",
	[RETORT_TYPE_JSON] = "json",
	[RETORT_TYPE_JSONB] = "jsonb",
	[RETORT_TYPE_UUID] = "uuid",
};

static int number(const char **s)
{
	int n = 0;

	for (; **s >= '0' && **s <= '9' && n < 100000; (*s)++)
		n = n * 10 + **s - '0';
	return n;
}

/* (length) or (precision,scale), to the end. */
static bool numbers(const char *s, struct type *t)
{
	s++;
	t->length = number(&s);
	if (*s == ',') {
		s++;
		t->scale = number(&s);
	}
	return t->length > 0 && !strcmp(s, ")");
}

void pg_type_kind(struct type *t)
{
	for (size_t i = 0; t->text && i < sizeof(plain_text) /
	     sizeof(*plain_text); i++) {
		size_t n = plain_text[i] ? strlen(plain_text[i]) : 0;
		struct type is = *t;

		if (!n || strncmp(t->text, plain_text[i], n))
			continue;
		is.kind = (enum retort_type_kind)i;
		if (!t->text[n] ? is.kind != RETORT_TYPE_CHAR :
		    t->text[n] == '(' && numbers(t->text + n, &is)) {
			*t = is;
			return;
		}
	}
}

/* Other names of the same; what stands in parentheses stays. */
static const struct {
	const char *word, *text, *after;
} aliases[] = {
	{ "int", "integer", "" }, { "int4", "integer", "" },
	{ "int8", "bigint", "" }, { "int2", "smallint", "" },
	{ "integer", "integer", "" }, { "bigint", "bigint", "" },
	{ "smallint", "smallint", "" }, { "bool", "boolean", "" },
	{ "boolean", "boolean", "" }, { "text", "text", "" },
	{ "varchar", "character varying", "" },
	{ "character varying", "character varying", "" },
	{ "float8", "double precision", "" }, { "float4", "real", "" },
	{ "float", "double precision", "" }, { "real", "real", "" },
	{ "double precision", "double precision", "" },
	{ "decimal", "numeric", "" }, { "numeric", "numeric", "" },
	{ "timestamptz", "timestamp", " with time zone" },
	{ "timestamp", "timestamp", " without time zone" },
	{ "timestamp with time zone", "timestamp", " with time zone" },
	{ "timestamp without time zone", "timestamp", " without time zone" },
	{ "timetz", "time", " with time zone" },
	{ "time", "time", " without time zone" },
	{ "time with time zone", "time", " with time zone" },
	{ "time without time zone", "time", " without time zone" },
	{ "date", "date", "" }, { "bytea", "bytea", "" },
	{ "json", "json", "" }, { "jsonb", "jsonb", "" },
	{ "uuid", "uuid", "" }, { "interval", "interval", "" },
	{ "inet", "inet", "" }, { "cidr", "cidr", "" },
	{ "tsvector", "tsvector", "" },
};

static const struct {
	const char *word, *text;
} serials[] = {
	{ "serial", "integer" }, { "serial4", "integer" },
	{ "bigserial", "bigint" }, { "serial8", "bigint" },
	{ "smallserial", "smallint" }, { "serial2", "smallint" },
};

/* A name that is not the server's keyword is left for the server to spell. */
static retort_status lower_verbatim(struct lowering *l, struct type *t)
{
	const char *text = t->text ? t->text : t->name ? t->name : "";
	const char *open = strchr(text, '(');
	const char *close = open ? strchr(open, ')') : NULL;
	struct buf word = { .mem = l->s->mem };

	t->text = text;
	buf_addn(&word, text, open ? (size_t)(open - text) : strlen(text));
	while (open && word.n && word.s[word.n - 1] == ' ')
		word.n--;
	if (close)
		buf_add(&word, close + 1);
	if (!buf_text(&word))
		return err_nomem(l->err);
	for (size_t i = 0; i < sizeof(aliases) / sizeof(*aliases); i++) {
		if (strcasecmp(word.s, aliases[i].word))
			continue;
		t->text = arena_printf(l->s->mem, "%s%.*s%s", aliases[i].text,
				       close ? (int)(close + 1 - open) : 0,
				       close ? open : "", aliases[i].after);
		return t->text ? RETORT_OK : err_nomem(l->err);
	}
	return RETORT_OK;
}

static void lower_serial(struct column *c)
{
	for (size_t i = 0; i < sizeof(serials) / sizeof(*serials); i++)
		if (!strcasecmp(c->type.text, serials[i].word)) {
			c->type.text = serials[i].text;
			c->serial = "";
			c->not_null = true;
		}
}

static bool has_length(const struct type *t)
{
	return t->length > 0 && (t->kind == RETORT_TYPE_VARCHAR ||
				 t->kind == RETORT_TYPE_CHAR ||
				 t->kind == RETORT_TYPE_NUMERIC);
}

static retort_status lower_plain(struct lowering *l, struct type *t)
{
	t->text = plain_text[t->kind];
	if (has_length(t)) {
		if (t->kind == RETORT_TYPE_NUMERIC)
			t->text = arena_printf(l->s->mem, "%s(%d,%d)", t->text,
					       t->length,
					       t->scale > 0 ? t->scale : 0);
		else
			t->text = arena_printf(l->s->mem, "%s(%d)", t->text,
					       t->length);
	} else if (t->kind == RETORT_TYPE_CHAR) {
		t->text = "character(1)";
	}
	return t->text ? RETORT_OK : err_nomem(l->err);
}

static retort_status add_enum(struct lowering *l, const struct column *c,
			      const struct type *t, struct object *o)
{
	struct buf b = { .mem = l->s->mem }, name = { .mem = l->s->mem };

	TRY(lower_name(l, "enum", o->name));
	if (!t->labels.n)
		return lower_refuse(l, c->line, "ENUM column \"%s\" has no "
				    "labels", c->name);
	for (size_t i = 0; i < t->labels.n; i++)
		TRY(lower_name(l, "label", t->labels.v[i]));
	o->kind = OBJECT_ENUM;
	o->labels = t->labels;
	o->source = l->t->source;
	pg_ddl_create_enum(&b, o, o->name);
	o->create_sql = buf_text(&b);
	pg_ddl_qualified(&name, o->schema, o->name);
	if (!o->create_sql || !buf_text(&name))
		return err_nomem(l->err);
	o->drop_sql = arena_printf(l->s->mem, "DROP TYPE %s", name.s);
	return o->drop_sql && vec_push(l->s->mem, &l->s->objects, o) ? RETORT_OK
						     : err_nomem(l->err);
}

/* One type for all columns that name it; it lives beside its first table. */
static retort_status share_enum(struct lowering *l, const struct column *c,
				const struct type *t, const char *schema,
				const char *name)
{
	struct object *o = schema_object(l->s, OBJECT_ENUM, schema, name);

	if (!o) {
		o = arena_new(l->s->mem, struct object);
		if (!o)
			return err_nomem(l->err);
		o->schema = schema;
		o->name = name;
		return add_enum(l, c, t, o);
	}
	if (strings_same(&o->labels, &t->labels))
		return RETORT_OK;
	lower_refuse(l, c->line, "column \"%s\": enum \"%s\" has other labels "
		     "at %s", c->name, name, o->source ? o->source : "another "
		     "place");
	err_hint(l->err, "An enum is one type for all tables: give both the "
		 "same labels, or one of them another name.");
	return RETORT_E_FAIL;
}

static retort_status lower_enum(struct lowering *l, const struct column *c,
				struct type *t)
{
	const char *dot = t->name ? strchr(t->name, '.') : NULL;
	const char *schema = l->t->schema, *name = t->name;
	struct buf b = { .mem = l->s->mem };

	if (!name || !*name)
		return lower_refuse(l, c->line, "the ENUM of column \"%s\" "
				    "has no name", c->name);
	if (dot) {
		schema = arena_strndup(l->s->mem, name, (size_t)(dot - name));
		if (!schema)
			return err_nomem(l->err);
		name = dot + 1;
		if (!strcmp(schema, "public"))
			schema = NULL;
	}
	TRY(share_enum(l, c, t, schema, name));
	pg_ddl_qualified(&b, schema, name);
	t->text = buf_text(&b);
	return t->text ? RETORT_OK : err_nomem(l->err);
}

/* An array of arrays is an array: the number of dimensions is not kept. */
static retort_status lower_array(struct lowering *l, const struct column *c,
				 struct type *t)
{
	struct column element = *c;

	while (t->element && t->element->kind == RETORT_TYPE_ARRAY)
		t->element = t->element->element;
	if (!t->element)
		return lower_refuse(l, c->line, "the array of column \"%s\" "
				    "says no type", c->name);
	element.type = *t->element;
	element.serial = NULL;
	TRY(lower_type(l, &element));
	if (element.serial)
		return lower_refuse(l, c->line, "column \"%s\" cannot be an "
				    "array of serial", c->name);
	t->text = arena_printf(l->s->mem, "%s[]", element.type.text);
	return t->text ? RETORT_OK : err_nomem(l->err);
}

retort_status lower_type(struct lowering *l, struct column *c)
{
	struct type *t = &c->type;

	switch (t->kind) {
	case RETORT_TYPE_VERBATIM:
		TRY(lower_verbatim(l, t));
		lower_serial(c);
		break;
	case RETORT_TYPE_ENUM:
		return lower_enum(l, c, t);
	case RETORT_TYPE_ARRAY:
		return lower_array(l, c, t);
	default:
		return lower_plain(l, t);
	}
	if (*t->text)
		return RETORT_OK;
	return lower_refuse(l, c->line, "column \"%s\" has no type, and must "
			    "have one in PostgreSQL", c->name);
}
