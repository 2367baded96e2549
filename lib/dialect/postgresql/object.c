#include <string.h>

#include "dialect/postgresql/compile.h"

/* These may be there already, made by somebody else. */
static const char *if_not_there(struct pg_compiler *k, const struct object *o)
{
	static const char *const words[] = { "EXTENSION", "SCHEMA" };

	for (size_t i = 0; o->word && i < 2; i++) {
		char *start = arena_printf(k->mem, "CREATE %s ", words[i]);
		size_t n = start ? strlen(start) : 0;

		if (!start)
			return NULL;
		if (!strcmp(o->word, words[i]) &&
		    !strncmp(o->create_sql, start, n) &&
		    strncmp(o->create_sql + n, "IF NOT ", 7))
			return arena_printf(k->mem, "%sIF NOT EXISTS %s",
					    start, o->create_sql + n);
	}
	return o->create_sql;
}

#define TRUST "SET LOCAL check_function_bodies = off"

void pg_trust_session(struct script *s)
{
	for (size_t i = 0; i < s->stmts.n; i++)
		if (!strcmp(s->stmts.v[i].sql, TRUST))
			s->stmts.v[i].sql = "SET check_function_bodies = off";
}

/* A body may name what comes later; it was checked where it was written. */
static retort_status trust_body(struct pg_compiler *k, const struct object *o)
{
	const char *word = pg_object_word(o);

	if (k->trusts_bodies || !word ||
	    (strcmp(word, "FUNCTION") && strcmp(word, "PROCEDURE")))
		return RETORT_OK;
	k->trusts_bodies = true;
	return pg_emit_text(k, TRUST);
}

static retort_status create_words(struct pg_compiler *k,
				  const struct object *o)
{
	struct buf b = { .mem = k->mem };

	if (o->kind == OBJECT_ENUM) {
		pg_ddl_create_enum(&b, o, o->name);
		return pg_emit(k, &b);
	}
	TRY(trust_body(k, o));
	return pg_emit_text(k, if_not_there(k, o));
}

retort_status pg_create_object(struct pg_compiler *k, const struct object *o)
{
	TRY(create_words(k, o));
	return pg_set_facets(k, &o->facets);
}

retort_status pg_drop_object(struct pg_compiler *k, const struct object *o,
			     bool if_exists)
{
	struct buf b = { .mem = k->mem };
	const char *word = pg_object_word(o);

	/* It may be gone already with the column that owned it. */
	bool sequence = word && !strcmp(word, "SEQUENCE");

	if (o->drop_sql && !sequence)
		return pg_emit_text(k, o->drop_sql);
	if (!word)
		return err_set(k->err, RETORT_E_FAIL,
			       "cannot drop \"%s\": it says no drop statement",
			       o->name);
	buf_addf(&b, "DROP %s %s", word,
		 if_exists || sequence ? "IF EXISTS " : "");
	if (o->table) {
		pg_ddl_name(&b, o->name);
		buf_add(&b, " ON ");
		pg_ddl_qualified(&b, o->schema, o->table);
	} else {
		pg_ddl_qualified(&b, o->schema, o->name);
	}
	return pg_emit(k, &b);
}

retort_status pg_write_create_object(struct pg_compiler *k, const struct op *op)
{
	const struct object *o = op->object;

	if (op->if_not_exists &&
	    schema_object_like(k->s, o))
		return RETORT_OK;
	TRY(op_apply(k->s, op, k->err));
	return pg_create_object(k, o);
}

retort_status pg_write_drop_object(struct pg_compiler *k, const struct op *op)
{
	const struct object *o = op->object;
	const struct object *live = schema_object_like(k->s, o);
	struct object *known = object_copy(k->mem, live ? live : o);

	if (!known)
		return err_nomem(k->err);
	TRY(op_apply(k->s, op, k->err));
	return pg_drop_object(k, known, op->if_exists);
}

retort_status pg_write_facet(struct pg_compiler *k, const struct op *op)
{
	const char *sql = op->kind == OP_SET_FACET ? op->facet->set_sql
						   : op->facet->reset_sql;

	const struct table *t = op->object ? NULL
		: schema_table(k->s, op->schema, op->table);

	TRY(op_apply(k->s, op, k->err));
	if (!sql)
		return RETORT_OK;
	return t ? pg_emit_facet(k, t, op->facet, sql) : pg_emit_text(k, sql);
}
