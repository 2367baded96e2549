#include <string.h>

#include "dialect/postgresql/compile.h"

retort_status pg_comment_constraint(struct pg_compiler *k,
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
	return c->comment && c->name ? pg_comment_constraint(k, t, c) : RETORT_OK;
}

retort_status pg_drop_constraint(struct pg_compiler *k, const struct table *t,
				 const char *name, bool if_exists)
{
	struct buf b = { .mem = k->mem };

	buf_addf(&b, "DROP CONSTRAINT %s", if_exists ? "IF EXISTS " : "");
	pg_ddl_name(&b, name);
	return pg_alter(k, t, &b);
}

retort_status pg_write_add_constraint(struct pg_compiler *k,
				      const struct op *op)
{
	const struct constraint *c = op->constraint;
	struct buf b = { .mem = k->mem };
	struct table *t;

	TRY(op_apply(k->s, op, k->err));
	TRY(pg_find_table(k, op, &t));
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

retort_status pg_write_drop_constraint(struct pg_compiler *k,
				       const struct op *op)
{
	const struct constraint *found;
	const char *name = op->constraint->name;
	struct table *t;

	TRY(pg_find_table(k, op, &t));
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
	if (found && pg_owes_check(k, t, found))
		return RETORT_OK;
	TRY(pg_drop_constraint(k, t, name, op->if_exists));
	return pg_pay_checks(k, t, name);
}

retort_status pg_write_validate(struct pg_compiler *k, const struct op *op)
{
	struct buf b = { .mem = k->mem };
	struct table *t;

	TRY(op_apply(k->s, op, k->err));
	TRY(pg_find_table(k, op, &t));
	buf_add(&b, "VALIDATE CONSTRAINT ");
	pg_ddl_name(&b, op->name);
	return pg_alter(k, t, &b);
}

retort_status pg_write_rename_constraint(struct pg_compiler *k,
					 const struct op *op)
{
	struct buf b = { .mem = k->mem };
	struct table *t;

	TRY(op_apply(k->s, op, k->err));
	TRY(pg_find_table(k, op, &t));
	buf_add(&b, "ALTER TABLE ");
	pg_ddl_table_name(&b, t);
	buf_add(&b, " RENAME CONSTRAINT ");
	pg_ddl_name(&b, op->from);
	buf_add(&b, " TO ");
	pg_ddl_name(&b, op->to);
	return pg_emit(k, &b);
}

retort_status pg_write_create_index(struct pg_compiler *k, const struct op *op)
{
	struct table *t;

	TRY(pg_find_table(k, op, &t));
	if (op->if_not_exists && table_index(k->s, t, op->index->name))
		return RETORT_OK;
	TRY(op_apply(k->s, op, k->err));
	return pg_create_index(k, t, op->index, op->concurrently);
}

retort_status pg_write_drop_index(struct pg_compiler *k, const struct op *op)
{
	const char *name = op->name ? op->name : op->index->name;
	const struct table *t = op_index_table(k->s, op, name);
	const struct index *x = t ? table_index(k->s, t, name) : NULL;
	struct buf b = { .mem = k->mem };

	if (x && pg_forget_index(k, x))
		return op_apply(k->s, op, k->err);
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
