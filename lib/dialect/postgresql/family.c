/*
 * Tables under others: partitions, and those that inherit. What is done to a
 * column of a parent the server does to those of its children, which may have
 * something of their own in its place; and what a child leaves with.
 */
#include <string.h>

#include "dialect/postgresql/compile.h"

static const char *parent_name(const struct table *t, size_t n)
{
	return n < t->inherits.n ? t->inherits.v[n]
	     : n == t->inherits.n ? t->partition_of : NULL;
}

static bool is_child_of(const struct pg_compiler *k, const struct table *t,
			const struct table *parent)
{
	const char *name;

	for (size_t n = 0; (name = parent_name(t, n)); n++)
		if (schema_table_called(k->s, name) == parent)
			return true;
	return false;
}

bool pg_has_from_parent(const struct pg_compiler *k, const struct table *t,
			const struct column *c)
{
	const char *name;
	bool known = true;

	if (t->partition_of)	/* it never has one of its own */
		return true;
	for (size_t n = 0; (name = parent_name(t, n)); n++) {
		const struct table *p = schema_table_called(k->s, name);

		if (p && table_column(k->s, p, c->name))
			return true;
		known &= p != NULL;
	}
	return c->inherited && !known;
}

/* The column of a parent, as that is written; NULL where it is not known. */
static const struct column *column_of(const struct pg_compiler *k,
				      const char *parent, const char *name)
{
	const struct table *p = schema_table_called(k->s, parent);

	return p ? table_column(k->s, p, name) : NULL;
}

bool pg_parent_is_not_null(const struct pg_compiler *k, const struct table *t,
			   const struct column *c)
{
	const char *name;

	for (size_t n = 0; (name = parent_name(t, n)); n++) {
		const struct column *of = column_of(k, name, c->name);

		if (of && of->not_null)
			return true;
	}
	return false;
}

bool pg_parent_has_type(const struct pg_compiler *k, const struct table *t,
			const struct column *c)
{
	const char *name;

	for (size_t n = 0; (name = parent_name(t, n)); n++) {
		const struct column *of = column_of(k, name, c->name);

		if (of && !type_same(&of->type, &c->type))
			return false;
	}
	return true;
}

/* nextval('t_c_seq'::regclass), as the server writes it. */
static const char *counting(struct pg_compiler *k, const struct table *t,
			    const char *column)
{
	struct buf b = { .mem = k->mem }, sql = { .mem = k->mem };
	const char *name = pg_serial_name(k->mem, t->name, column);

	if (!name)
		return NULL;
	pg_ddl_qualified(&b, t->schema, name);
	buf_add(&sql, "nextval(");
	pg_ddl_text(&sql, buf_text(&b) ? b.s : "");
	buf_add(&sql, "::regclass)");
	return buf_text(&sql);
}

bool pg_parent_will_count(struct pg_compiler *k, const struct table *t,
			  const struct column *c)
{
	const char *name;

	for (size_t n = 0; (name = parent_name(t, n)); n++) {
		const struct table *p = schema_table_called(k->s, name);
		const struct column *of = p ? table_column(k->s, p, c->name)
					    : NULL;

		if (of && ((!of->serial && text_same(c->default_sql,
						counting(k, p, c->name))) ||
			   pg_parent_will_count(k, p, c)))
			return true;
	}
	return false;
}

/* What a column of a parent gives to those of its children. */
static const char *default_of(struct pg_compiler *k, const struct table *t,
			      const struct column *c)
{
	return c->serial ? counting(k, t, c->name) : c->default_sql;
}

retort_status pg_family(struct pg_compiler *k, struct table *t,
			const char *column, struct pg_tables *out)
{
	if (!vec_push(k->mem, out, t))
		return err_nomem(k->err);
	for (size_t at = 0; at < out->n; at++)
		for (size_t i = 0; i < k->s->tables.n; i++) {
			struct table *child = k->s->tables.v[i];
			bool known = false;

			for (size_t m = 0; m < out->n; m++)
				known |= out->v[m] == child;
			if (known || !is_child_of(k, child, out->v[at]) ||
			    !table_column(k->s, child, column))
				continue;
			if (!vec_push(k->mem, out, child))
				return err_nomem(k->err);
		}
	return RETORT_OK;
}

static retort_status alter(struct pg_compiler *k, const struct table *t,
			   const struct column *c, const char *words,
			   const char *how)
{
	struct buf b = { .mem = k->mem };

	buf_addf(&b, "ALTER TABLE %s", how);
	pg_ddl_table_name(&b, t);
	buf_add(&b, " ALTER COLUMN ");
	pg_ddl_name(&b, c->name);
	buf_addf(&b, " %s", words);
	return pg_emit(k, &b);
}

static retort_status only(struct pg_compiler *k, const struct table *t,
			  const struct column *c, const char *words)
{
	return alter(k, t, c, words, "ONLY ");
}

static bool is_in_key(const struct table *t, const struct column *c)
{
	const struct constraint *key = table_primary_key(t);

	for (size_t i = 0; key && i < key->parts.n; i++)
		if (text_same(key->parts.v[i].column, c->name))
			return true;
	return false;
}

bool pg_child_key(const struct pg_compiler *k, const struct table *t,
		  const struct column *c)
{
	for (size_t i = 0; i < k->s->tables.n; i++) {
		const struct table *child = k->s->tables.v[i];

		if (is_child_of(k, child, t) && !child->partition_of &&
		    (is_in_key(child, c) || pg_child_key(k, child, c)))
			return true;
	}
	return false;
}

retort_status pg_drop_not_null_only(struct pg_compiler *k,
				    const struct table *t,
				    const struct column *c)
{
	return only(k, t, c, "DROP NOT NULL");
}

static retort_status set_facet(struct pg_compiler *k, const struct table *t,
			       const char *word, const struct column *c)
{
	const char *key = arena_printf(k->mem, "%s %s", word, c->name);

	if (!key)
		return err_nomem(k->err);
	for (size_t i = 0; i < t->facets.n; i++)
		if (!strcmp(t->facets.v[i].key, key) && t->facets.v[i].set_sql)
			return pg_emit_facet(k, t, &t->facets.v[i],
					     t->facets.v[i].set_sql);
	return RETORT_OK;
}

static bool has_facet(const struct table *t, const char *word,
		      const struct column *c)
{
	size_t n = strlen(word);

	for (size_t i = 0; i < t->facets.n; i++)
		if (!strncmp(t->facets.v[i].key, word, n) &&
		    t->facets.v[i].key[n] == ' ' &&
		    !strcmp(t->facets.v[i].key + n + 1, c->name))
			return true;
	return false;
}

/* What a column loses with its type. */
static retort_status keep_storage(struct pg_compiler *k, const struct table *t,
				  const struct column *c)
{
	TRY(set_facet(k, t, "storage", c));
	return set_facet(k, t, "compression", c);
}

const struct op *pg_later(const struct pg_compiler *k, const struct table *t,
			  const char *column, unsigned changes)
{
	for (size_t i = k->at + 1; i < k->list->n; i++) {
		const struct op *op = k->list->v[i];

		if (op->kind == OP_ALTER_COLUMN && op->changes & changes &&
		    text_same(op->name, column) &&
		    text_same(op->table, t->name) &&
		    text_same(op->schema, t->schema))
			return op;
	}
	return NULL;
}

/*
 * Does the child's column go with the parent's? A comparison says of each what
 * becomes of it, a person of the parent only.
 */
static bool goes_along(const struct pg_compiler *k, const struct table *t,
		       const struct column *c, unsigned change, bool was_same)
{
	if (k->list->v[k->at]->old_column)
		return pg_later(k, t, c->name, change) != NULL;
	return was_same;
}

/* A default of its own comes back; one that was the parent's follows it. */
static retort_status follow_default(struct pg_compiler *k,
				    const struct table *t, struct column *c,
				    const char *old, const char *now)
{
	const char *words = "DROP DEFAULT";

	if (c->generated || c->serial || c->identity)
		return RETORT_OK;
	if (goes_along(k, t, c, CHANGE_DEFAULT | CHANGE_IDENTITY,
		       text_same(c->default_sql, old))) {
		c->default_sql = now;
		return RETORT_OK;
	}
	if (text_same(c->default_sql, now))
		return RETORT_OK;
	if (c->default_sql)
		words = arena_printf(k->mem, "SET DEFAULT %s", c->default_sql);
	return words ? only(k, t, c, words) : err_nomem(k->err);
}

static retort_status follow(struct pg_compiler *k, const struct table *parent,
			    const struct table *t, const struct column *old,
			    const struct column *now, bool retyped)
{
	const char *const defaults[2] = { default_of(k, parent, old),
					  default_of(k, parent, now) };
	struct column *c = table_column(k->s, t, now->name);

	if (retyped) {
		c->type = now->type;
		c->collation = now->collation;
		TRY(keep_storage(k, t, c));
	}
	c->generated = now->generated;
	c->generated_sql = now->generated_sql;
	if (retyped || !text_same(defaults[0], defaults[1]))
		TRY(follow_default(k, t, c, defaults[0], defaults[1]));
	if (now->not_null)
		c->not_null = true;
	if (!old->not_null || now->not_null || !c->not_null ||
	    pg_child_key(k, parent, now))
		return RETORT_OK;
	if (!goes_along(k, t, c, CHANGE_NOT_NULL,
			!has_facet(t, "not null", c)))
		return only(k, t, c, "SET NOT NULL");
	c->not_null = false;
	return RETORT_OK;
}

/* The parent that a column comes from. */
static const struct table *parent_with(const struct pg_compiler *k,
				       const struct table *t,
				       const char *column)
{
	const char *name;

	for (size_t n = 0; (name = parent_name(t, n)); n++) {
		const struct table *p = schema_table_called(k->s, name);

		if (p && table_column(k->s, p, column))
			return p;
	}
	return NULL;
}

static bool has_known_parent(const struct pg_compiler *k,
			     const struct table *t)
{
	const char *name;

	for (size_t n = 0; (name = parent_name(t, n)); n++)
		if (schema_table_called(k->s, name))
			return true;
	return false;
}

retort_status pg_own_parts(struct pg_compiler *k, const struct table *t,
			   const struct column *c)
{
	const struct table *p = parent_with(k, t, c->name);
	const struct column *of = p ? table_column(k->s, p, c->name) : NULL;
	const char *given = of ? default_of(k, p, of) : NULL;
	const char *words = "DROP DEFAULT";

	if (!of && has_known_parent(k, t))	/* it comes later */
		return RETORT_OK;
	if (!of || c->serial || c->identity)
		return c->comment ? pg_comment_column(k, t, c) : RETORT_OK;
	if (c->default_sql && !c->generated)
		words = arena_printf(k->mem, "SET DEFAULT %s", c->default_sql);
	if (!words)
		return err_nomem(k->err);
	if (!c->generated && !text_same(given, c->default_sql) &&
	    !pg_parent_will_count(k, t, c))
		TRY(alter(k, t, c, words, ""));
	if (c->not_null && !of->not_null)
		TRY(alter(k, t, c, "SET NOT NULL", ""));
	return c->comment ? pg_comment_column(k, t, c) : RETORT_OK;
}

retort_status pg_own_parts_below(struct pg_compiler *k, struct table *t,
				 const char *column)
{
	struct pg_tables family = {0};

	TRY(pg_family(k, t, column, &family));
	for (size_t i = 1; i < family.n; i++)
		TRY(pg_own_parts(k, family.v[i],
				 table_column(k->s, family.v[i], column)));
	return RETORT_OK;
}

/* The server would say it of the children, too. */
retort_status pg_emit_facet(struct pg_compiler *k, const struct table *t,
			    const struct facet *f, const char *sql)
{
	static const char alter[] = "ALTER TABLE ";
	bool child = false;

	for (size_t i = 0; i < k->s->tables.n; i++)
		child |= is_child_of(k, k->s->tables.v[i], t);
	if (child && !strncmp(sql, alter, sizeof(alter) - 1) &&
	    strncmp(sql + sizeof(alter) - 1, "ONLY ", 5) &&
	    (!strncmp(f->key, "statistics ", 11) ||
	     !strncmp(f->key, "storage ", 8)))
		sql = arena_printf(k->mem, "%sONLY %s", alter,
				   sql + sizeof(alter) - 1);
	return pg_emit_text(k, sql);
}

static retort_status follow_all(struct pg_compiler *k, struct table *t,
				const struct column *old,
				const struct column *now, bool retyped)
{
	struct pg_tables family = {0};

	if (retyped)
		TRY(keep_storage(k, t, now));
	TRY(pg_family(k, t, now->name, &family));
	for (size_t i = 1; i < family.n; i++)
		TRY(follow(k, t, family.v[i], old, now, retyped));
	return RETORT_OK;
}

retort_status pg_follow(struct pg_compiler *k, struct table *t,
			const struct column *old, const struct column *now)
{
	return follow_all(k, t, old, now, !type_same(&old->type, &now->type) ||
			  !text_same(old->collation, now->collation));
}

retort_status pg_follow_retyped(struct pg_compiler *k, struct table *t,
				const struct column *c)
{
	return follow_all(k, t, c, c, true);
}

/* Out of a family, and into one */

/* ` AND name NOT IN (…)`: the names of what is its own. */
static void add_not_own(struct buf *b, const struct table *t,
			const char *column)
{
	size_t n = 0;

	buf_addf(b, "\n\t\tAND %s NOT IN (", column);
	for (size_t i = 0; i < t->constraints.n; i++) {
		if (!t->constraints.v[i]->name)
			continue;
		buf_add(b, n++ ? ", " : "");
		pg_ddl_text(b, t->constraints.v[i]->name);
	}
	for (size_t i = 0; i < t->indexes.n; i++) {
		buf_add(b, n++ ? ", " : "");
		pg_ddl_text(b, t->indexes.v[i]->name);
	}
	buf_add(b, n ? ")" : "'')");
}

/*
 * Constraints and indexes that came from the parent stay with a partition that
 * stands alone, under names that the server gave them: all but its own go.
 */
static retort_status drop_inherited(struct pg_compiler *k,
				    const struct table *t)
{
	struct buf b = { .mem = k->mem }, table = { .mem = k->mem };

	pg_ddl_table_name(&table, t);
	if (!buf_text(&table))
		return err_nomem(k->err);
	buf_add(&b, "DO $retort$\nDECLARE\n\tname text;\nBEGIN\n"
		"\tFOR name IN SELECT conname FROM pg_constraint\n"
		"\t\tWHERE conrelid = ");
	pg_ddl_text(&b, table.s);
	buf_add(&b, "::regclass");
	add_not_own(&b, t, "conname");
	buf_add(&b, "\n\tLOOP\n\t\tEXECUTE format('ALTER TABLE %s "
		"DROP CONSTRAINT %I', ");
	pg_ddl_text(&b, table.s);
	buf_add(&b, ", name);\n\tEND LOOP;\n"
		"\tFOR name IN SELECT indexrelid::regclass FROM pg_index\n"
		"\t\tJOIN pg_class ON pg_class.oid = indexrelid\n"
		"\t\tWHERE indrelid = ");
	pg_ddl_text(&b, table.s);
	buf_add(&b, "::regclass");
	add_not_own(&b, t, "relname");
	buf_add(&b, "\n\tLOOP\n\t\tEXECUTE 'DROP INDEX ' || name;\n"
		"\tEND LOOP;\nEND\n$retort$");
	return pg_emit(k, &b);
}

static bool inherits_check(const struct constraint *c)
{
	return c->kind == CONSTRAINT_CHECK && !c->no_inherit && c->name;
}

/* A parent's checks: all but one that it has itself. */
static retort_status each_check(struct pg_compiler *k, const struct table *t,
				const char *parent, bool add)
{
	const struct table *p = schema_table_called(k->s, parent);
	const char *name;

	for (size_t i = 0; p && i < p->constraints.n; i++) {
		const struct constraint *c = p->constraints.v[i];

		if (!inherits_check(c) || table_constraint(k->s, t, c->name))
			continue;
		TRY(add ? pg_add_constraint(k, t, c)
			: pg_drop_constraint(k, t, c->name, true));
	}
	for (size_t n = 0; p && (name = parent_name(p, n)); n++)
		TRY(each_check(k, t, name, add));
	return RETORT_OK;
}

static bool has_check(const struct pg_compiler *k, const struct table *t,
		      const char *name)
{
	const struct constraint *c = table_constraint(k->s, t, name);

	return c && inherits_check(c);
}

bool pg_owes_check(struct pg_compiler *k, struct table *t,
		   const struct constraint *c)
{
	struct owed_check owed = { t, c->name };
	const char *name;

	if (c->kind != CONSTRAINT_CHECK || !c->name)
		return false;
	for (size_t n = 0; (name = parent_name(t, n)); n++) {
		const struct table *p = schema_table_called(k->s, name);

		if (p && has_check(k, p, c->name))
			return vec_push(k->mem, &k->owed, owed);
	}
	return false;
}

retort_status pg_pay_checks(struct pg_compiler *k, const struct table *t,
			    const char *name)
{
	for (size_t i = k->owed.n; i-- > 0;) {
		struct owed_check owed = k->owed.v[i];

		if (strcmp(owed.name, name) || !is_child_of(k, owed.t, t))
			continue;
		vec_remove(&k->owed, i);
		TRY(pg_drop_constraint(k, owed.t, name, false));
		TRY(pg_pay_checks(k, owed.t, name));
	}
	return RETORT_OK;
}

static bool is_returning(const struct pg_compiler *k, const struct table *t)
{
	for (size_t i = 0; i < k->returning.n; i++)
		if (k->returning.v[i] == t)
			return true;
	return false;
}

/* What a child must have before it can be one. */
static retort_status match_parent(struct pg_compiler *k, struct table *t,
				  const char *parent)
{
	const struct table *p = schema_table_called(k->s, parent);

	for (size_t i = 0; p && i < p->columns.n; i++) {
		struct column *c = table_column(k->s, t,
						p->columns.v[i]->name);
		struct buf b = { .mem = k->mem };

		if (!c || c->not_null || !p->columns.v[i]->not_null)
			continue;
		c->not_null = true;
		buf_add(&b, "ALTER COLUMN ");
		pg_ddl_name(&b, c->name);
		buf_add(&b, " SET NOT NULL");
		TRY(pg_alter(k, t, &b));
	}
	return is_returning(k, t) ? RETORT_OK
				  : each_check(k, t, parent, true);
}

/* After ALTER … INHERIT a column is the child's own as well. */
static void mark_columns(const struct pg_compiler *k, struct table *t,
			 bool inherited)
{
	for (size_t i = 0; i < t->columns.n; i++) {
		struct column *c = t->columns.v[i];
		const struct column plain = { .name = c->name };

		if (inherited || !pg_has_from_parent(k, t, &plain))
			c->inherited = inherited;
	}
}

retort_status pg_alter_parents(struct pg_compiler *k, struct table *t,
			       const struct strings *old,
			       const struct strings *now)
{
	struct buf b = { .mem = k->mem };

	for (size_t i = 0; i < old->n; i++)
		if (!strings_has(now, old->v[i])) {
			buf_addf(&b, "NO INHERIT %s", old->v[i]);
			TRY(pg_alter(k, t, &b));
			TRY(each_check(k, t, old->v[i], false));
		}
	for (size_t i = 0; i < now->n; i++)
		if (!strings_has(old, now->v[i])) {
			TRY(match_parent(k, t, now->v[i]));
			buf_addf(&b, "INHERIT %s", now->v[i]);
			TRY(pg_alter(k, t, &b));
		}
	mark_columns(k, t, false);
	return RETORT_OK;
}

static retort_status detach(struct pg_compiler *k, const struct table *t,
			    const char *parent)
{
	struct buf b = { .mem = k->mem };

	buf_addf(&b, "ALTER TABLE %s DETACH PARTITION ", parent);
	pg_ddl_table_name(&b, t);
	return pg_emit(k, &b);
}

static bool is_referred_to(const struct pg_compiler *k, const struct table *t)
{
	for (size_t i = 0; i < k->s->tables.n; i++) {
		const struct table *from = k->s->tables.v[i];

		for (size_t n = 0; n < from->constraints.n; n++) {
			const struct constraint *c = from->constraints.v[n];

			if (c->kind == CONSTRAINT_FOREIGN_KEY &&
			    name_same(k->s, c->ref_table, t->name) &&
			    name_same(k->s, c->ref_schema, t->schema))
				return true;
		}
	}
	return false;
}

retort_status pg_leave_keys(struct pg_compiler *k, const struct table *t)
{
	const struct table *p = t;

	while (p && p->partition_of) {
		p = schema_table_called(k->s, p->partition_of);
		if (p && is_referred_to(k, p))
			return detach(k, t, t->partition_of);
	}
	return RETORT_OK;
}

/* Is the operation about a table, or one that it is below? */
static bool is_about(const struct pg_compiler *k, const struct op *op,
		     const struct table *t)
{
	const char *name;

	if (text_same(op->table, t->name) && text_same(op->schema, t->schema))
		return true;
	for (size_t n = 0; (name = parent_name(t, n)); n++) {
		const struct table *p = schema_table_called(k->s, name);

		if (p && is_about(k, op, p))
			return true;
	}
	return false;
}

/* Is it the same parent's again, of other rows, with nothing changed? */
static bool returns(const struct pg_compiler *k, const struct table *t,
		    const char *parent)
{
	const struct table *p = schema_table_called(k->s, parent);

	for (size_t i = k->at + 1; p && i < k->list->n; i++) {
		const struct op *op = k->list->v[i];

		if (op->kind == OP_ALTER_TABLE && is_about(k, op, t))
			return text_same(op->def->partition_of, parent);
		if (is_about(k, op, t) || is_about(k, op, p))
			return false;
	}
	return false;
}

/* What it has from the parent is kept where it will be the parent's again. */
static retort_status leave(struct pg_compiler *k, struct table *t,
			   const char *parent)
{
	TRY(detach(k, t, parent));
	mark_columns(k, t, false);
	if (!returns(k, t, parent))
		return drop_inherited(k, t);
	return vec_push(k->mem, &k->returning, t) ? RETORT_OK
						  : err_nomem(k->err);
}

retort_status pg_alter_partition(struct pg_compiler *k,
				 const struct table *old, struct table *now)
{
	struct buf b = { .mem = k->mem };

	if (text_same(old->partition_of, now->partition_of) &&
	    text_same(old->partition_bound, now->partition_bound))
		return RETORT_OK;
	if (old->partition_of)
		TRY(leave(k, now, old->partition_of));
	if (!now->partition_of)
		return RETORT_OK;
	TRY(match_parent(k, now, now->partition_of));
	buf_addf(&b, "ALTER TABLE %s ATTACH PARTITION ", now->partition_of);
	pg_ddl_table_name(&b, now);
	buf_addf(&b, " %s", now->partition_bound);
	TRY(pg_emit(k, &b));
	mark_columns(k, now, true);
	return RETORT_OK;
}
