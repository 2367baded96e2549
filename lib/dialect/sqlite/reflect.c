/*
 * The live schema, out of the texts in sqlite_schema: they tell what no
 * pragma does. Everything is read once and put together afterwards, because
 * the order of the rows promises little.
 */
#include <string.h>

#include "base/ascii.h"
#include "base/map.h"
#include "dialect/filter.h"
#include "dialect/sqlite/sqlite.h"
#include "sql/create.h"

struct entry {
	const char *name;	/* as sqlite_schema has it */
	const char *table;
	const char *sql;	/* of a virtual table */
	struct create *create;
};

struct reading {
	const struct reflect_options *o;
	struct arena *mem;
	struct schema *schema;
	struct map tables;	/* name -> struct table */
	struct map left_out;	/* name of a table or view -> any */
	struct map shadows, modules;
	VEC(struct entry) entries;
	struct arena tmp;
	bool has_virtual;
	retort_status rc;
	struct err *err;
};

static char present[] = "";

static retort_status note(struct reading *r, const char *text)
{
	if (!text || !vec_push(r->mem, &r->schema->notes, text))
		return err_nomem(r->err);
	return RETORT_OK;
}

static retort_status leave_out(struct reading *r, const char *name,
			       const char *text)
{
	const char *key = arena_strdup(&r->tmp, name);

	if (!key || !map_put(&r->left_out, key, present))
		return err_nomem(r->err);
	return note(r, text);
}

/* The version table or its log? */
static bool is_ours(const struct reflect_options *o, const char *name)
{
	size_t n;

	if (!o || !o->version_table)
		return false;
	n = strlen(o->version_table);
	return !ascii_ncasecmp(name, o->version_table, n) &&
		(!name[n] || !ascii_casecmp(name + n, "_log"));
}

static retort_status fail_entry(struct reading *r, const char *type,
				const char *name)
{
	if (r->err->pub.code == RETORT_E_NOMEM)
		return RETORT_E_NOMEM;
	err_context(r->err, "cannot read the definition of %s \"%s\"", type,
		    name);
	if (!r->err->pub.hint)
		err_hint(r->err, "Exclude it by its name in the configuration "
			 "to go on without it.");
	return r->err->pub.code;
}

static retort_status keep_entry(struct reading *r, const char *type,
				const char *name, const char *table,
				const char *sql)
{
	struct entry e = {0};

	if (create_parse(sql, r->mem, &e.create, r->err))
		return fail_entry(r, type, name);
	e.name = arena_strdup(r->mem, name);
	e.table = strcmp(table, name) ? arena_strdup(r->mem, table) : e.name;
	if (e.create->kind == CREATE_VIRTUAL_TABLE) {
		r->has_virtual = true;
		e.sql = arena_strdup(r->mem, sql);
		if (!e.sql)
			return err_nomem(r->err);
	}
	if (!e.name || !e.table || !vec_push(&r->tmp, &r->entries, e))
		return err_nomem(r->err);
	return RETORT_OK;
}

static retort_status read_entry(struct reading *r, const char *type,
				const char *name, const char *table,
				const char *sql)
{
	bool owner = !strcmp(type, "table") || !strcmp(type, "view");

	if (!sql || !ascii_ncasecmp(name, "sqlite_", 7))
		return RETORT_OK;	/* SQLite's own */
	if (owner && is_ours(r->o, name))
		return leave_out(r, name, arena_printf(r->mem,
			"table \"%s\" is left out: it holds the versions",
			name));
	if (owner && filter_excludes(r->o, name))
		return leave_out(r, name, arena_printf(r->mem,
			"%s \"%s\" is left out: excluded", type, name));
	if (!owner && map_get(&r->left_out, table))
		return RETORT_OK;
	return keep_entry(r, type, name, table, sql);
}

static int on_entry(void *payload, int n, const char *const cell[])
{
	struct reading *r = payload;

	(void)n;
	if (!cell[0] || !cell[1] || !cell[2])
		r->rc = err_set(r->err, RETORT_E_DATABASE,
				"sqlite_schema holds an entry without a name");
	else
		r->rc = read_entry(r, cell[0], cell[1], cell[2], cell[3]);
	return r->rc;
}

struct name_set {
	struct reading *r;
	struct map *map;
};

static int on_name(void *payload, int n, const char *const cell[])
{
	struct name_set *set = payload;
	const char *key = arena_strdup(&set->r->tmp, cell[0]);

	(void)n;
	if (!key || !map_put(set->map, key, present))
		set->r->rc = err_nomem(set->r->err);
	return set->r->rc;
}

static retort_status read_names(struct reading *r, struct conn *c,
				const char *sql, struct map *map)
{
	struct name_set set = { r, map };

	TRY(sqlite_run(c, sql, 0, NULL, on_name, &set, r->err));
	return r->rc;
}

/*
 * A module that is not at hand cannot say which tables are its own; those
 * named after its table are taken for them: better kept than dropped.
 */
static bool is_shadow(const struct reading *r, const char *name)
{
	if (map_get(&r->shadows, name))
		return true;
	for (size_t i = 0; r->has_virtual && i < r->entries.n; i++) {
		const struct entry *v = &r->entries.v[i];
		size_t n = strlen(v->name);

		if (v->create->kind == CREATE_VIRTUAL_TABLE &&
		    !ascii_ncasecmp(name, v->name, n) && name[n] == '_' &&
		    !map_get(&r->modules, v->create->module))
			return true;
	}
	return false;
}

static retort_status add_table(struct reading *r, const struct entry *e)
{
	struct table *t = e->create->table;

	if (is_shadow(r, e->name))
		return leave_out(r, e->name, arena_printf(r->mem,
			"table \"%s\" is left out: a virtual table keeps its "
			"data in it", e->name));
	t->name = e->name;
	t->schema = NULL;
	if (!vec_push(r->mem, &r->schema->tables, t) ||
	    !map_put(&r->tables, e->name, t))
		return err_nomem(r->err);
	return RETORT_OK;
}

static retort_status add_virtual(struct reading *r, const struct entry *e)
{
	const struct schema *models = r->o ? r->o->declared : NULL;
	const struct object *declared = models
		? schema_object(models, OBJECT_OTHER, NULL, e->name) : NULL;
	struct object *o;

	if (!declared)
		return leave_out(r, e->name, arena_printf(r->mem,
			"virtual table \"%s\" (%s) is left out", e->name,
			e->create->module));
	o = object_copy(r->mem, declared);
	if (!o || !vec_push(r->mem, &r->schema->objects, o))
		return err_nomem(r->err);
	o->name = e->name;
	o->create_sql = e->sql;
	return RETORT_OK;
}

static retort_status add_tables(struct reading *r)
{
	for (size_t i = 0; i < r->entries.n; i++) {
		const struct entry *e = &r->entries.v[i];

		if (e->create->kind == CREATE_TABLE)
			TRY(add_table(r, e));
		else if (e->create->kind == CREATE_VIRTUAL_TABLE)
			TRY(add_virtual(r, e));
	}
	return RETORT_OK;
}

static retort_status add_index(struct reading *r, const struct entry *e)
{
	struct table *t = map_get(&r->tables, e->table);

	if (!t && map_get(&r->left_out, e->table))
		return RETORT_OK;
	if (!t)
		return err_set(r->err, RETORT_E_DATABASE,
			       "index \"%s\" is on table \"%s\", which is not "
			       "there", e->name, e->table);
	e->create->index->name = e->name;
	return create_bind_index(r->mem, t, e->create->index) &&
	       vec_push(r->mem, &t->indexes, e->create->index)
		? RETORT_OK : err_nomem(r->err);
}

static retort_status add_object(struct reading *r, const struct entry *e)
{
	struct object *o = e->create->object;

	if (o->kind == OBJECT_TRIGGER && map_get(&r->left_out, e->table))
		return note(r, arena_printf(r->mem,
			"trigger \"%s\" is left out, as is its table \"%s\"",
			e->name, e->table));
	o->name = e->name;
	o->schema = NULL;
	if (o->kind == OBJECT_TRIGGER)
		o->table = e->table;
	return vec_push(r->mem, &r->schema->objects, o)
		? RETORT_OK : err_nomem(r->err);
}

static retort_status add_rest(struct reading *r)
{
	for (size_t i = 0; i < r->entries.n; i++) {
		const struct entry *e = &r->entries.v[i];

		if (e->create->kind == CREATE_INDEX)
			TRY(add_index(r, e));
		else if (e->create->object)
			TRY(add_object(r, e));
	}
	return RETORT_OK;
}

static retort_status read_all(struct reading *r, struct conn *c)
{
	TRY(sqlite_run(c, sql_sqlite_schema_read, 0, NULL, on_entry, r,
		       r->err));
	TRY(r->rc);
	if (r->has_virtual) {
		TRY(read_names(r, c, sql_sqlite_schema_shadows,
			       &r->shadows));
		TRY(read_names(r, c, sql_sqlite_schema_modules,
			       &r->modules));
	}
	TRY(add_tables(r));
	return add_rest(r);
}

retort_status sqlite_reflect(struct conn *c, const struct reflect_options *o,
			     struct arena *mem, struct schema **out,
			     struct err *err)
{
	struct reading r = { .o = o, .mem = mem, .err = err };
	retort_status rc;

	r.schema = schema_new(mem, true);
	if (!r.schema)
		return err_nomem(err);
	r.tables = r.left_out = r.shadows = r.modules =
		(struct map){ .mem = &r.tmp, .fold = true };
	rc = read_all(&r, c);
	arena_clear(&r.tmp);
	if (rc)
		return rc;
	*out = r.schema;
	return RETORT_OK;
}
