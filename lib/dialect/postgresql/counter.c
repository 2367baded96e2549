/* Columns that count, by SERIAL or as an identity, and from one to the other. */
#include <string.h>

#include "dialect/postgresql/compile.h"

static retort_status sequence_name(struct pg_compiler *k,
				   const struct table *t,
				   const struct column *c, const char **out)
{
	struct buf b = { .mem = k->mem };
	const char *name = pg_serial_name(k->mem, t->name, c->name);

	if (!name)
		return err_nomem(k->err);
	pg_ddl_qualified(&b, t->schema, name);
	*out = buf_text(&b);
	return *out ? RETORT_OK : err_nomem(k->err);
}

/* 'schema.table', 'column': what pg_get_serial_sequence() takes. */
static void add_serial_of(struct buf *b, const struct table *t,
			  const struct column *c)
{
	struct buf name = { .mem = b->mem };

	pg_ddl_table_name(&name, t);
	buf_add(b, "pg_get_serial_sequence(");
	pg_ddl_text(b, buf_text(&name) ? name.s : "");
	buf_add(b, ", ");
	pg_ddl_text(b, c->name);
	buf_addc(b, ')');
	b->failed |= name.failed;
}

/* The counter goes on behind the greatest value there is. */
static retort_status count_on(struct pg_compiler *k, const struct table *t,
			      const struct column *c)
{
	struct buf b = { .mem = k->mem };

	buf_add(&b, "SELECT setval(");
	add_serial_of(&b, t, c);
	buf_add(&b, ", max(");
	pg_ddl_name(&b, c->name);
	buf_add(&b, ")) FROM ");
	pg_ddl_table_name(&b, t);
	buf_add(&b, " HAVING max(");
	pg_ddl_name(&b, c->name);
	buf_add(&b, ") > 0");
	return pg_emit(k, &b);
}

static retort_status add_identity(struct pg_compiler *k,
				  const struct table *t,
				  const struct column *c)
{
	struct buf b = pg_begin_alter(k, c);

	buf_add(&b, "ADD ");
	pg_ddl_identity(&b, c);
	return pg_alter(k, t, &b);
}

#define KEPT_SUFFIX "_retort_old"

static retort_status on_sequence(struct pg_compiler *k, const char *before,
				 const char *name, const char *after)
{
	struct buf b = { .mem = k->mem };

	buf_addf(&b, "%s%s%s", before, name, after);
	return pg_emit(k, &b);
}

/* serial -> identity: the new counter takes over where the old one is. */
static retort_status serial_to_identity(struct pg_compiler *k,
					const struct table *t,
					const struct column *old,
					const struct column *now)
{
	const char *name, *kept = KEPT_SUFFIX;
	struct buf b = { .mem = k->mem };

	TRY(sequence_name(k, t, old, &name));
	TRY(pg_alter_words(k, t, now, "DROP DEFAULT"));
	TRY(on_sequence(k, "ALTER SEQUENCE ", name, " OWNED BY NONE"));
	TRY(on_sequence(k, "ALTER SEQUENCE ", name, " RENAME TO " KEPT_SUFFIX));
	TRY(add_identity(k, t, now));
	if (t->schema) {
		pg_ddl_qualified(&b, t->schema, KEPT_SUFFIX);
		kept = buf_text(&b);
		b = (struct buf){ .mem = k->mem };
	}
	if (!kept)
		return err_nomem(k->err);
	buf_add(&b, "SELECT setval(");
	add_serial_of(&b, t, now);
	buf_addf(&b, ", last_value, is_called) FROM %s", kept);
	TRY(pg_emit(k, &b));
	TRY(on_sequence(k, "DROP SEQUENCE ", kept, ""));
	return pg_keep_facets(k, t, " on sequence of", now);
}

static retort_status own_sequence(struct pg_compiler *k,
				  const struct table *t,
				  const struct column *c, const char *name)
{
	struct buf b = { .mem = k->mem };

	buf_addf(&b, "ALTER SEQUENCE %s OWNED BY ", name);
	pg_ddl_table_name(&b, t);
	buf_addc(&b, '.');
	pg_ddl_name(&b, c->name);
	TRY(pg_emit(k, &b));
	b = pg_begin_alter(k, c);
	buf_add(&b, "SET DEFAULT nextval(");
	pg_ddl_text(&b, name);
	buf_add(&b, "::regclass)");
	return pg_alter(k, t, &b);
}

/* identity -> serial: by way of a sequence of another name. */
static retort_status identity_to_serial(struct pg_compiler *k,
					const struct table *t,
					const struct column *now)
{
	const char *name, *plain;
	struct buf b = { .mem = k->mem }, kept = { .mem = k->mem };

	TRY(sequence_name(k, t, now, &name));
	pg_ddl_qualified(&kept, t->schema, KEPT_SUFFIX);
	if (!buf_text(&kept))
		return err_nomem(k->err);
	buf_addf(&b, "CREATE SEQUENCE %s AS %s", kept.s, now->type.text);
	TRY(pg_emit(k, &b));
	buf_addf(&b, "SELECT setval('%s', nextval(", kept.s);
	add_serial_of(&b, t, now);
	buf_add(&b, "), false)");
	TRY(pg_emit(k, &b));
	TRY(pg_alter_words(k, t, now, "DROP IDENTITY"));
	plain = pg_serial_name(k->mem, t->name, now->name);
	if (plain)
		plain = pg_quote_name(k->mem, plain);
	if (!plain)
		return err_nomem(k->err);
	buf_addf(&b, "ALTER SEQUENCE %s RENAME TO %s", kept.s, plain);
	TRY(pg_emit(k, &b));
	TRY(own_sequence(k, t, now, name));
	if (now->identity_sql) {
		b = (struct buf){ .mem = k->mem };
		pg_ddl_alter_serial(&b, t, now, now->identity_sql);
		TRY(pg_emit(k, &b));
	}
	return pg_keep_facets(k, t, " on sequence of", now);
}

retort_status pg_drop_counter(struct pg_compiler *k, const struct table *t,
			      const struct column *old,
			      const struct column *now)
{
	const char *name;

	if (old->identity)
		return pg_alter_words(k, t, now, "DROP IDENTITY");
	TRY(sequence_name(k, t, old, &name));
	TRY(pg_alter_words(k, t, now, "DROP DEFAULT"));
	return on_sequence(k, "DROP SEQUENCE ", name, "");
}

static retort_status make_counter(struct pg_compiler *k,
				  const struct table *t,
				  const struct column *now)
{
	const char *name;

	if (now->identity) {
		TRY(add_identity(k, t, now));
		return count_on(k, t, now);
	}
	TRY(sequence_name(k, t, now, &name));
	TRY(on_sequence(k, "CREATE SEQUENCE ", name,
			!strcmp(now->type.text, "bigint") ? ""
			: !strcmp(now->type.text, "smallint")
			? " AS smallint" : " AS integer"));
	TRY(own_sequence(k, t, now, name));
	TRY(pg_make_serial(k, t, now));
	return count_on(k, t, now);
}

/* The words of a sequence's options: each group begins with one of these. */
static const char *const option_words[] = {
	"START WITH", "INCREMENT BY", "MINVALUE", "MAXVALUE", "NO MINVALUE",
	"NO MAXVALUE", "CACHE", "NO CYCLE", "CYCLE",
};

static size_t option_at(const char *s)
{
	size_t n;

	for (size_t i = 0; i < sizeof(option_words) / sizeof(*option_words);
	     i++) {
		n = strlen(option_words[i]);
		if (!strncmp(s, option_words[i], n))
			return n;
	}
	return 0;
}

static void set_options(struct buf *b, const char *options)
{
	while (options && *options) {
		size_t n = option_at(options);

		if (n) {
			buf_addf(b, " SET %.*s", (int)n, options);
			options += n;
		} else {
			buf_addc(b, *options++);
		}
	}
}

/* Options that are said no more go back to what they are without. */
static retort_status alter_identity(struct pg_compiler *k,
				    const struct table *t,
				    const struct column *old,
				    const struct column *now)
{
	struct buf b = pg_begin_alter(k, now);

	buf_addf(&b, "SET GENERATED %s",
		 now->identity == IDENTITY_ALWAYS ? "ALWAYS" : "BY DEFAULT");
	if (!text_same(old->identity_sql, now->identity_sql)) {
		if (old->identity_sql)
			buf_add(&b, " SET INCREMENT BY 1 SET NO MINVALUE "
				"SET NO MAXVALUE SET START WITH 1 "
				"SET CACHE 1 SET NO CYCLE");
		TRY(pg_alter(k, t, &b));
		if (!now->identity_sql)
			return RETORT_OK;
		TRY(pg_flush(k));
		b = pg_begin_alter(k, now);
		set_options(&b, now->identity_sql);
		/* the first space stands already */
	}
	return pg_alter(k, t, &b);
}

retort_status pg_change_counter(struct pg_compiler *k, const struct table *t,
				const struct column *old,
				const struct column *now)
{
	if (old->identity && now->identity)
		return alter_identity(k, t, old, now);
	if (old->serial && now->serial)
		return pg_change_serial(k, t, old, now);
	if (old->serial && now->identity)
		return serial_to_identity(k, t, old, now);
	if (old->identity && now->serial)
		return identity_to_serial(k, t, now);
	if (old->identity || (old->serial && !now->serial))
		TRY(pg_drop_counter(k, t, old, now));
	else if ((now->identity || now->serial) && !old->serial)
		return make_counter(k, t, now);
	return RETORT_OK;
}

bool pg_counter_changes(const struct column *old, const struct column *now)
{
	return old->identity != now->identity || !old->serial != !now->serial ||
	       !text_same(old->identity_sql, now->identity_sql) ||
	       (now->serial && !type_same(&old->type, &now->type));
}

/* A counter's sequence goes by the name of its table and column. */
retort_status pg_rename_counter(struct pg_compiler *k, const struct table *t,
				const struct column *c,
				const char *const was[2])
{
	const char *from = pg_serial_name(k->mem, was[0], was[1]);
	const char *to = pg_serial_name(k->mem, t->name, c->name);
	struct buf b = { .mem = k->mem };

	if (!from || !to)
		return err_nomem(k->err);
	if (!strcmp(from, to) || (!c->serial && !c->identity) ||
	    (c->identity_sql && strstr(c->identity_sql, "SEQUENCE NAME")))
		return RETORT_OK;
	buf_add(&b, "ALTER SEQUENCE ");
	pg_ddl_qualified(&b, t->schema, from);
	buf_add(&b, " RENAME TO ");
	pg_ddl_name(&b, to);
	return pg_emit(k, &b);
}
