#include "diff/differ.h"

bool differ_inline_keys(const struct differ *d)
{
	return !d->d || (d->d->caps & CAP_ADD_CYCLE);
}

const char *table_key(struct arena *mem, const char *schema, const char *name)
{
	return schema ? arena_printf(mem, "%s\n%s", schema, name) : name;
}

struct pair *differ_pair(struct differ *d, const char *schema,
			 const char *name)
{
	SCRATCH(tmp);
	const char *key = table_key(&tmp, schema, name);
	struct pair *p = key ? map_get(&d->by_name, key) : NULL;

	d->no_memory |= !key;
	/* A key stays in the map when its table was renamed. */
	return p && name_same(d->work, p->work->name, name) ? p : NULL;
}

bool differ_adopt(struct differ *d, const char **wanted, const char *live)
{
	if (text_same(*wanted, live))
		return true;
	*wanted = arena_strdup(d->wanted->mem, live);
	return *wanted || !live;
}

struct op *differ_op(struct differ *d, struct ops *list, enum op_kind kind,
		     const struct table *t)
{
	struct op *op = ops_add(d->mem, list, kind);

	if (!op) {
		err_nomem(d->err);
		return NULL;
	}
	op->table = arena_strdup(d->mem, t->name);
	op->schema = arena_strdup(d->mem, t->schema);
	if (!op->table || (t->schema && !op->schema)) {
		err_nomem(d->err);
		return NULL;
	}
	return op;
}

bool differ_name_used(const struct differ *d, const struct pair *p,
		      const char *name)
{
	for (size_t i = 0; i < d->work->tables.n; i++) {
		const struct table *t = d->work->tables.v[i];

		if (name_same(d->work, t->schema, p->work->schema) &&
		    (name_same(d->work, t->name, name) ||
		     table_constraint(d->work, t, name) ||
		     table_index(d->work, t, name)))
			return true;
	}
	return false;
}

static retort_status normalize(struct differ *d)
{
	if (!d->d)
		return RETORT_OK;
	return d->d->normalize(d->conn, d->work, d->wanted, d->err);
}

static retort_status diff_tables(struct differ *d)
{
	for (size_t i = 0; i < d->n_pairs; i++)
		if (d->pairs[i].wanted && !d->pairs[i].wanted->settled)
			TRY(differ_table(d, &d->pairs[i]));
	return RETORT_OK;
}

retort_status diff_schemas(const struct dialect *dialect, struct conn *conn,
			   const struct schema *live, struct schema *wanted,
			   const struct diff_options *o, struct arena *mem,
			   struct diff *out, struct err *err)
{
	static const struct diff_options none = {
		.compare_type = true, .compare_server_default = true
	};
	SCRATCH(tmp);
	struct diff result = {0};
	struct differ d = {
		.d = dialect, .conn = conn, .live = live, .work = live,
		.wanted = wanted, .o = o ? o : &none, .mem = mem, .tmp = &tmp,
		.out = &result, .err = err,
	};

	TRY(differ_match(&d));
	TRY(normalize(&d));
	TRY(differ_ask_columns(&d));
	TRY(diff_tables(&d));
	TRY(differ_keep_objects(&d));
	TRY(differ_objects(&d));
	TRY(differ_facets(&d));
	TRY(differ_order(&d));
	if (d.no_memory)
		return err_nomem(err);
	TRY(result.up.n ? ops_reverse(live, &result.up, mem, &result.down, err)
			: RETORT_OK);
	*out = result;
	return RETORT_OK;
}
