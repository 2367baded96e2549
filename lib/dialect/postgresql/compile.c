#include <string.h>

#include "dialect/postgresql/compile.h"

/* Statements */

static retort_status push(struct pg_compiler *k, const char *sql)
{
	struct stmt s = { .sql = sql };

	if (!sql || !vec_push(k->mem, &k->out->stmts, s))
		return err_nomem(k->err);
	return RETORT_OK;
}

retort_status pg_flush(struct pg_compiler *k)
{
	struct buf b = { .mem = k->mem };

	if (!k->altered)
		return RETORT_OK;
	buf_addf(&b, "ALTER TABLE %s%s", k->altered,
		 k->actions.n > 1 ? "\n\t" : " ");
	for (size_t i = 0; i < k->actions.n; i++)
		buf_addf(&b, "%s%s", i ? ",\n\t" : "", k->actions.v[i]);
	k->altered = NULL;
	k->actions.n = 0;
	k->adds_column = false;
	return push(k, buf_text(&b));
}

retort_status pg_emit_text(struct pg_compiler *k, const char *sql)
{
	TRY(pg_flush(k));
	return push(k, sql);
}

retort_status pg_emit(struct pg_compiler *k, struct buf *b)
{
	const char *sql = buf_text(b);

	*b = (struct buf){ .mem = k->mem };
	return pg_emit_text(k, sql);
}

retort_status pg_alter(struct pg_compiler *k, const struct table *t,
		       struct buf *b)
{
	struct buf name = { .mem = k->mem };
	const char *action = buf_text(b);

	pg_ddl_table_name(&name, t);
	if (!buf_text(&name))
		return err_nomem(k->err);
	if (k->altered && strcmp(k->altered, name.s))
		TRY(pg_flush(k));
	if (!action || !vec_push(k->mem, &k->actions, action))
		return err_nomem(k->err);
	k->altered = name.s;
	*b = (struct buf){ .mem = k->mem };
	return RETORT_OK;
}

retort_status pg_comment(struct pg_compiler *k, const char *what,
			 const char *comment)
{
	struct buf b = { .mem = k->mem };

	if (!what)
		return err_nomem(k->err);
	buf_addf(&b, "COMMENT ON %s IS ", what);
	if (comment)
		pg_ddl_text(&b, comment);
	else
		buf_add(&b, "NULL");
	return pg_emit(k, &b);
}

retort_status pg_comment_column(struct pg_compiler *k, const struct table *t,
				const struct column *c)
{
	struct buf b = { .mem = k->mem };

	buf_add(&b, "COLUMN ");
	pg_ddl_table_name(&b, t);
	buf_addc(&b, '.');
	pg_ddl_name(&b, c->name);
	return pg_comment(k, buf_text(&b), c->comment);
}

static retort_status comment_table(struct pg_compiler *k,
				   const struct table *t)
{
	struct buf b = { .mem = k->mem };

	buf_add(&b, "TABLE ");
	pg_ddl_table_name(&b, t);
	return pg_comment(k, buf_text(&b), t->comment);
}

static retort_status comment_constraint(struct pg_compiler *k,
					const struct table *t,
					const struct constraint *c)
{
	struct buf b = { .mem = k->mem };

	buf_add(&b, "CONSTRAINT ");
	pg_ddl_name(&b, c->name);
	buf_add(&b, " ON ");
	pg_ddl_table_name(&b, t);
	return pg_comment(k, buf_text(&b), c->comment);
}

/* Indexes and constraints */

retort_status pg_create_index(struct pg_compiler *k, const struct table *t,
			      const struct index *i, bool concurrently)
{
	struct buf b = { .mem = k->mem };

	pg_ddl_create_index(&b, t, i, concurrently);
	TRY(pg_emit(k, &b));
	if (concurrently)
		k->out->no_transaction = true;
	if (!i->comment)
		return RETORT_OK;
	buf_add(&b, "INDEX ");
	pg_ddl_qualified(&b, t->schema, i->name);
	return pg_comment(k, buf_text(&b), i->comment);
}

retort_status pg_add_constraint(struct pg_compiler *k, const struct table *t,
				const struct constraint *c)
{
	struct buf b = { .mem = k->mem };

	buf_add(&b, "ADD ");
	pg_ddl_constraint(&b, c);
	TRY(pg_alter(k, t, &b));
	return c->comment && c->name ? comment_constraint(k, t, c) : RETORT_OK;
}

retort_status pg_drop_constraint(struct pg_compiler *k, const struct table *t,
				 const char *name, bool if_exists)
{
	struct buf b = { .mem = k->mem };

	buf_addf(&b, "DROP CONSTRAINT %s", if_exists ? "IF EXISTS " : "");
	pg_ddl_name(&b, name);
	return pg_alter(k, t, &b);
}

static retort_status find_table(struct pg_compiler *k, const struct op *op,
				struct table **out)
{
	*out = op->kind == OP_CREATE_INDEX || op->kind == OP_DROP_INDEX ||
	       op->kind == OP_RENAME_INDEX
		? op_index_table(k->s, op, op->name ? op->name : op->from)
		: schema_table(k->s, op->schema, op->table);
	if (*out)
		return RETORT_OK;
	if (op->table)
		return err_set(k->err, RETORT_E_NOTFOUND,
			       "table \"%s\" does not exist", op->table);
	return err_set(k->err, RETORT_E_NOTFOUND,
		       "index \"%s\" does not exist",
		       op->name ? op->name : op->from ? op->from : "");
}

static retort_status write_add_constraint(struct pg_compiler *k,
					  const struct op *op)
{
	const struct constraint *c = op->constraint;
	struct buf b = { .mem = k->mem };
	struct table *t;

	TRY(op_apply(k->s, op, k->err));
	TRY(find_table(k, op, &t));
	if (!op->using_index)
		return pg_add_constraint(k, t, c);
	buf_add(&b, "ADD ");
	if (c->name) {
		buf_add(&b, "CONSTRAINT ");
		pg_ddl_name(&b, c->name);
	}
	buf_addf(&b, " %s USING INDEX ",
		 c->kind == CONSTRAINT_PRIMARY_KEY ? "PRIMARY KEY" : "UNIQUE");
	pg_ddl_name(&b, op->using_index);
	if (c->deferrable)
		buf_add(&b, " DEFERRABLE");
	if (c->initially_deferred)
		buf_add(&b, " INITIALLY DEFERRED");
	return pg_alter(k, t, &b);
}

static retort_status write_drop_constraint(struct pg_compiler *k,
					   const struct op *op)
{
	const struct constraint *found;
	const char *name = op->constraint->name;
	struct table *t;

	TRY(find_table(k, op, &t));
	found = op_find_constraint(k->s, t, op->constraint);
	if (found && found->name)
		name = found->name;
	TRY(op_apply(k->s, op, k->err));
	if (found && pg_forget_key(k, found))
		return RETORT_OK;
	if (found && (found->kind == CONSTRAINT_PRIMARY_KEY ||
		      found->kind == CONSTRAINT_UNIQUE))
		TRY(pg_put_keys_aside(k, t, &found->parts, false));
	if (!name)
		return err_set(k->err, RETORT_E_FAIL, "cannot drop a constraint "
			       "without a name from table \"%s\"", t->name);
	return pg_drop_constraint(k, t, name, op->if_exists);
}

static retort_status write_validate(struct pg_compiler *k,
				    const struct op *op)
{
	struct buf b = { .mem = k->mem };
	struct table *t;

	TRY(op_apply(k->s, op, k->err));
	TRY(find_table(k, op, &t));
	buf_add(&b, "VALIDATE CONSTRAINT ");
	pg_ddl_name(&b, op->name);
	return pg_alter(k, t, &b);
}

static retort_status write_rename_constraint(struct pg_compiler *k,
					     const struct op *op)
{
	struct buf b = { .mem = k->mem };
	struct table *t;

	TRY(op_apply(k->s, op, k->err));
	TRY(find_table(k, op, &t));
	buf_add(&b, "ALTER TABLE ");
	pg_ddl_table_name(&b, t);
	buf_add(&b, " RENAME CONSTRAINT ");
	pg_ddl_name(&b, op->from);
	buf_add(&b, " TO ");
	pg_ddl_name(&b, op->to);
	return pg_emit(k, &b);
}

static retort_status write_create_index(struct pg_compiler *k,
					const struct op *op)
{
	struct table *t;

	TRY(find_table(k, op, &t));
	if (op->if_not_exists && table_index(k->s, t, op->index->name))
		return RETORT_OK;
	TRY(op_apply(k->s, op, k->err));
	return pg_create_index(k, t, op->index, op->concurrently);
}

static retort_status write_drop_index(struct pg_compiler *k,
				      const struct op *op)
{
	const char *name = op->name ? op->name : op->index->name;
	const struct table *t = op_index_table(k->s, op, name);
	const struct index *x = t ? table_index(k->s, t, name) : NULL;
	struct buf b = { .mem = k->mem };

	if (x && x->unique)
		TRY(pg_put_keys_aside(k, t, &x->parts, false));
	buf_addf(&b, "DROP INDEX %s%s", op->concurrently ? "CONCURRENTLY " : "",
		 op->if_exists ? "IF EXISTS " : "");
	pg_ddl_qualified(&b, t ? t->schema : op->schema, name);
	TRY(op_apply(k->s, op, k->err));
	if (op->concurrently)
		k->out->no_transaction = true;
	return pg_emit(k, &b);
}

static retort_status rename_counters(struct pg_compiler *k,
				     const struct op *op)
{
	bool whole = op->kind == OP_RENAME_TABLE;
	const char *from = op->from ? op->from : op->table;
	const struct table *t = schema_table(k->s, op->schema,
					     whole ? op->to : op->table);

	for (size_t i = 0; t && i < t->columns.n; i++) {
		const struct column *c = t->columns.v[i];
		const char *const was[2] = { whole ? from : t->name,
					     whole ? c->name : op->from };

		if (whole || !strcmp(c->name, op->to))
			TRY(pg_rename_counter(k, t, c, was));
	}
	return RETORT_OK;
}

static retort_status write_rename(struct pg_compiler *k, const struct op *op)
{
	const bool index = op->kind == OP_RENAME_INDEX;
	const char *from = op->from ? op->from : op->table;
	struct buf b = { .mem = k->mem };
	const struct table *t = index ? op_index_table(k->s, op, from) : NULL;
	const char *schema = t ? t->schema : op->schema;

	TRY(op_apply(k->s, op, k->err));
	buf_addf(&b, "ALTER %s ", index ? "INDEX" : "TABLE");
	pg_ddl_qualified(&b, schema,
			 op->kind == OP_RENAME_COLUMN ? op->table : from);
	if (op->kind == OP_RENAME_COLUMN) {
		buf_add(&b, " RENAME COLUMN ");
		pg_ddl_name(&b, op->from);
		buf_add(&b, " TO ");
	} else {
		buf_add(&b, " RENAME TO ");
	}
	pg_ddl_name(&b, op->to);
	TRY(pg_emit(k, &b));
	return index ? RETORT_OK : rename_counters(k, op);
}

/* Tables */

static retort_status set_facets(struct pg_compiler *k,
				const struct facets *facets)
{
	for (size_t i = 0; i < facets->n; i++)
		if (facets->v[i].set_sql)
			TRY(pg_emit_text(k, facets->v[i].set_sql));
	return RETORT_OK;
}

/* A default that only the parents of a column have. */
static bool parent_default(struct pg_compiler *k, const struct table *t,
			   const struct column *c)
{
	for (size_t i = 0; i < t->inherits.n; i++) {
		const struct table *p = schema_table_called(k->s,
							    t->inherits.v[i]);
		const struct column *of = p ? table_column(k->s, p, c->name)
					    : NULL;

		if (of && of->default_sql && !c->inherited && !c->default_sql &&
		    !c->identity && !c->serial && !c->generated)
			return true;
	}
	return false;
}

static retort_status drop_default(struct pg_compiler *k,
				  const struct table *t,
				  const struct column *c)
{
	struct buf b = { .mem = k->mem };

	buf_add(&b, "ALTER COLUMN ");
	pg_ddl_name(&b, c->name);
	buf_add(&b, " DROP DEFAULT");
	return pg_alter(k, t, &b);
}

static retort_status finish_table(struct pg_compiler *k,
				  const struct table *t)
{
	struct buf b = { .mem = k->mem };

	for (size_t i = 0; i < t->constraints.n; i++)
		if (!pg_ddl_inline(t->constraints.v[i]))
			TRY(pg_add_constraint(k, t, t->constraints.v[i]));
		else if (t->constraints.v[i]->comment)
			TRY(comment_constraint(k, t, t->constraints.v[i]));
	for (size_t i = 0; i < t->indexes.n; i++)
		TRY(pg_create_index(k, t, t->indexes.v[i], false));
	if (t->comment)
		TRY(comment_table(k, t));
	for (size_t i = 0; i < t->columns.n; i++) {
		const struct column *c = t->columns.v[i];

		if (c->comment)
			TRY(pg_comment_column(k, t, c));
		TRY(pg_make_serial(k, t, c));
		if (parent_default(k, t, c))
			TRY(drop_default(k, t, c));
		if (!c->serial || c->not_null)
			continue;
		buf_add(&b, "ALTER COLUMN ");
		pg_ddl_name(&b, c->name);
		buf_add(&b, " DROP NOT NULL");
		TRY(pg_alter(k, t, &b));
	}
	return set_facets(k, &t->facets);
}

static retort_status write_create_table(struct pg_compiler *k,
					const struct op *op)
{
	const struct table *t = op->def;
	struct buf b = { .mem = k->mem };

	if (op->if_not_exists && schema_table(k->s, t->schema, t->name))
		return RETORT_OK;
	TRY(op_apply(k->s, op, k->err));
	pg_ddl_create_table(&b, t);
	TRY(pg_emit(k, &b));
	return finish_table(k, t);
}

static retort_status write_drop_table(struct pg_compiler *k,
				      const struct op *op)
{
	const char *name = op->table ? op->table : op->def->name;
	struct buf b = { .mem = k->mem };

	TRY(op_apply(k->s, op, k->err));
	buf_addf(&b, "DROP TABLE %s", op->if_exists ? "IF EXISTS " : "");
	pg_ddl_qualified(&b, op->schema, name);
	return pg_emit(k, &b);
}

/* The next "key=value" of storage parameters. */
static const char *next_parameter(const char *s, size_t *key, size_t *n)
{
	s += strspn(s, " ,");
	*key = strcspn(s, "=, ");
	*n = strcspn(s, ",");
	return *s ? s : NULL;
}

static bool has_parameter(const char *list, const char *word, size_t n)
{
	size_t key, all;

	while (list && (list = next_parameter(list, &key, &all))) {
		if (key == n && !strncmp(list, word, n))
			return true;
		list += all;
	}
	return false;
}

static retort_status alter_with(struct pg_compiler *k, const struct table *t,
				const char *old, const char *now)
{
	struct buf b = { .mem = k->mem };
	size_t key, n, count = 0;

	for (const char *s = old; s && (s = next_parameter(s, &key, &n));
	     s += n)
		if (!has_parameter(now, s, key))
			buf_addf(&b, "%s%.*s", count++ ? ", " : "RESET (",
				 (int)key, s);
	if (count) {
		buf_addc(&b, ')');
		TRY(pg_alter(k, t, &b));
	}
	if (!now)
		return RETORT_OK;
	buf_addf(&b, "SET (%s)", now);
	return pg_alter(k, t, &b);
}

static retort_status alter_parents(struct pg_compiler *k,
				   const struct table *t,
				   const struct strings *old,
				   const struct strings *now)
{
	struct buf b = { .mem = k->mem };

	for (size_t i = 0; i < old->n; i++)
		if (!strings_has(now, old->v[i])) {
			buf_addf(&b, "NO INHERIT %s", old->v[i]);
			TRY(pg_alter(k, t, &b));
		}
	for (size_t i = 0; i < now->n; i++)
		if (!strings_has(old, now->v[i])) {
			buf_addf(&b, "INHERIT %s", now->v[i]);
			TRY(pg_alter(k, t, &b));
		}
	return RETORT_OK;
}

static retort_status alter_partition(struct pg_compiler *k,
				     const struct table *old,
				     const struct table *now)
{
	struct buf b = { .mem = k->mem };

	if (text_same(old->partition_of, now->partition_of) &&
	    text_same(old->partition_bound, now->partition_bound))
		return RETORT_OK;
	if (old->partition_of) {
		buf_addf(&b, "ALTER TABLE %s DETACH PARTITION ",
			 old->partition_of);
		pg_ddl_table_name(&b, now);
		TRY(pg_emit(k, &b));
	}
	if (!now->partition_of)
		return RETORT_OK;
	buf_addf(&b, "ALTER TABLE %s ATTACH PARTITION ", now->partition_of);
	pg_ddl_table_name(&b, now);
	buf_addf(&b, " %s", now->partition_bound);
	return pg_emit(k, &b);
}

static retort_status alter_storage(struct pg_compiler *k,
				   const struct table *old,
				   const struct table *now)
{
	struct buf b = { .mem = k->mem };

	if (old->unlogged != now->unlogged) {
		buf_add(&b, now->unlogged ? "SET UNLOGGED" : "SET LOGGED");
		TRY(pg_alter(k, now, &b));
	}
	if (!text_same(old->with, now->with))
		TRY(alter_with(k, now, old->with, now->with));
	if (!text_same(old->tablespace, now->tablespace)) {
		buf_add(&b, "SET TABLESPACE ");
		pg_ddl_name(&b, now->tablespace ? now->tablespace
						: "pg_default");
		TRY(pg_alter(k, now, &b));
	}
	return RETORT_OK;
}

static retort_status cannot_alter(struct pg_compiler *k,
				  const struct table *t, const char *what)
{
	err_set(k->err, RETORT_E_FAIL,
		"cannot change how table \"%s\" is %s", t->name, what);
	err_hint(k->err, "Make a new table, copy the rows and drop the old "
		 "one.");
	return RETORT_E_FAIL;
}

static retort_status write_alter_table(struct pg_compiler *k,
				       const struct op *op)
{
	struct table *t, *old;

	TRY(find_table(k, op, &t));
	old = table_copy(k->mem, t);
	if (!old)
		return err_nomem(k->err);
	TRY(op_apply(k->s, op, k->err));
	if (!text_same(old->partition_by, t->partition_by))
		return cannot_alter(k, t, "partitioned");
	if (!text_same(old->suffix_sql, t->suffix_sql))
		return cannot_alter(k, t, "stored");
	TRY(alter_storage(k, old, t));
	TRY(alter_parents(k, t, &old->inherits, &t->inherits));
	TRY(alter_partition(k, old, t));
	if (!text_same(old->comment, t->comment))
		TRY(comment_table(k, t));
	return RETORT_OK;
}

static retort_status write_add_column(struct pg_compiler *k,
				      const struct op *op)
{
	struct buf b = { .mem = k->mem };
	const struct column *c = op->column;
	struct table *t;

	TRY(find_table(k, op, &t));
	TRY(op_apply(k->s, op, k->err));
	buf_addf(&b, "ADD COLUMN %s",
		 op->if_not_exists ? "IF NOT EXISTS " : "");
	pg_ddl_column(&b, c);
	TRY(pg_alter(k, t, &b));
	k->adds_column = true;
	TRY(pg_make_serial(k, t, c));
	return c->comment ? pg_comment_column(k, t, c) : RETORT_OK;
}

static retort_status write_drop_column(struct pg_compiler *k,
				       const struct op *op)
{
	struct buf b = { .mem = k->mem };
	struct table *t;

	TRY(find_table(k, op, &t));
	TRY(pg_put_aside(k, t, op->name));
	TRY(op_apply(k->s, op, k->err));
	buf_addf(&b, "DROP COLUMN %s", op->if_exists ? "IF EXISTS " : "");
	pg_ddl_name(&b, op->name);
	return pg_alter(k, t, &b);
}

/* Objects */

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

/* A body may name what comes later; it was checked where it was written. */
static retort_status trust_body(struct pg_compiler *k, const struct object *o)
{
	const char *word = pg_object_word(o);

	if (k->trusts_bodies || !word ||
	    (strcmp(word, "FUNCTION") && strcmp(word, "PROCEDURE")))
		return RETORT_OK;
	k->trusts_bodies = true;
	return pg_emit_text(k, "SET LOCAL check_function_bodies = off");
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
	return set_facets(k, &o->facets);
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

static retort_status write_create_object(struct pg_compiler *k,
					 const struct op *op)
{
	const struct object *o = op->object;

	if (op->if_not_exists &&
	    schema_object(k->s, o->kind, o->schema, o->name))
		return RETORT_OK;
	TRY(op_apply(k->s, op, k->err));
	return pg_create_object(k, o);
}

static retort_status write_drop_object(struct pg_compiler *k,
				       const struct op *op)
{
	const struct object *o = op->object;
	const struct object *live = schema_object(k->s, o->kind, o->schema,
						  o->name);
	struct object *known = object_copy(k->mem, live ? live : o);

	if (!known)
		return err_nomem(k->err);
	TRY(op_apply(k->s, op, k->err));
	return pg_drop_object(k, known, op->if_exists);
}

static retort_status write_facet(struct pg_compiler *k, const struct op *op)
{
	const char *sql = op->kind == OP_SET_FACET ? op->facet->set_sql
						   : op->facet->reset_sql;

	TRY(op_apply(k->s, op, k->err));
	return sql ? pg_emit_text(k, sql) : RETORT_OK;
}

/* Statements of others */

static retort_status write_execute(struct pg_compiler *k, const char *sql)
{
	const char *rest = sql;

	for (;;) {
		struct stmt s = {0};

		TRY(dialect_postgresql.split(rest, k->mem, &s, &rest, k->err));
		if (!s.sql)
			return RETORT_OK;
		TRY(pg_emit_text(k, s.sql));
	}
}

static retort_status write_bulk_insert(struct pg_compiler *k,
				       const struct op *op)
{
	const struct op_insert *in = op->insert;
	struct buf head = { .mem = k->mem }, b = { .mem = k->mem };

	buf_add(&head, "INSERT INTO ");
	pg_ddl_qualified(&head, op->schema, op->table);
	buf_add(&head, " (");
	for (size_t i = 0; i < in->columns.n; i++) {
		if (i)
			buf_add(&head, ", ");
		pg_ddl_name(&head, in->columns.v[i]);
	}
	buf_add(&head, ") VALUES");
	for (size_t at = 0; at < in->rows.n;) {
		op_insert_next(in, buf_text(&head), &at, &b);
		TRY(pg_emit(k, &b));
	}
	return RETORT_OK;
}

static retort_status no_sql(struct pg_compiler *k)
{
	return err_set(k->err, RETORT_E_FAIL,
		       "a C function in a revision has no SQL form");
}

/* What must find all objects there has them made again before. */
static bool needs_all(const struct op *op)
{
	switch (op->kind) {
	case OP_CREATE_OBJECT:
	case OP_DROP_OBJECT:
	case OP_EXECUTE:
	case OP_BULK_INSERT:
	case OP_SET_FACET:
	case OP_RESET_FACET:
		return true;
	default:
		return false;
	}
}

static retort_status write_op(struct pg_compiler *k, const struct op *op)
{
	if (needs_all(op))
		TRY(pg_settle(k));
	switch (op->kind) {
	case OP_CREATE_TABLE: return write_create_table(k, op);
	case OP_DROP_TABLE: return write_drop_table(k, op);
	case OP_ALTER_TABLE: return write_alter_table(k, op);
	case OP_ADD_COLUMN: return write_add_column(k, op);
	case OP_DROP_COLUMN: return write_drop_column(k, op);
	case OP_ALTER_COLUMN: return pg_alter_column(k, op);
	case OP_RENAME_TABLE:
	case OP_RENAME_COLUMN:
	case OP_RENAME_INDEX: return write_rename(k, op);
	case OP_ADD_CONSTRAINT: return write_add_constraint(k, op);
	case OP_DROP_CONSTRAINT: return write_drop_constraint(k, op);
	case OP_RENAME_CONSTRAINT: return write_rename_constraint(k, op);
	case OP_VALIDATE_CONSTRAINT: return write_validate(k, op);
	case OP_CREATE_INDEX: return write_create_index(k, op);
	case OP_DROP_INDEX: return write_drop_index(k, op);
	case OP_CREATE_OBJECT: return write_create_object(k, op);
	case OP_DROP_OBJECT: return write_drop_object(k, op);
	case OP_ALTER_OBJECT: return pg_alter_object(k, op);
	case OP_SET_FACET:
	case OP_RESET_FACET: return write_facet(k, op);
	case OP_EXECUTE: return write_execute(k, op->sql);
	case OP_BULK_INSERT: return write_bulk_insert(k, op);
	case OP_CALL: return no_sql(k);
	}
	return RETORT_OK;
}

retort_status pg_compile(struct schema *before, const struct ops *list,
			 struct arena *mem, struct script *out,
			 struct err *err)
{
	struct script script = {0};
	struct pg_compiler k = { .s = before, .mem = mem, .out = &script,
				 .err = err };

	for (size_t i = 0; i < list->n; i++)
		TRY(write_op(&k, list->v[i]));
	TRY(pg_settle(&k));
	TRY(pg_flush(&k));
	TRY(pg_set_apart(&k, list));
	*out = script;
	return RETORT_OK;
}
