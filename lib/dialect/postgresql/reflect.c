/*
 * The live schema out of pg_catalog: each query of catalog.sql and facets.sql
 * once at most, whatever the number of tables, its rows put together here by
 * oid. It runs in a transaction of its own (or a savepoint of the one that is
 * open), so that what it sets for the session ends with it.
 */
#include "dialect/postgresql/ddl.h"
#include "dialect/postgresql/reflect.h"

#include <stdlib.h>
#include <string.h>

#include "dialect/filter.h"

struct rows {
	struct reading *r;
	read_fn *row;
};

static int on_row(void *payload, int n, const char *const cell[])
{
	struct rows *rows = payload;

	(void)n;
	if (rows->r->rc == RETORT_OK)
		rows->r->rc = rows->row(rows->r, cell);
	return rows->r->rc;
}

/* `row` may be NULL. */
static retort_status enqueue(struct reading *r, const char *sql, int n,
			     const char *const arg[], read_fn *row)
{
	struct rows *rows = arena_new(&r->tmp, struct rows);
	const char **kept = arena_array(&r->tmp, const char *, 2);
	const struct request q = { .sql = sql, .n = n, .arg = kept,
				   .row = row ? on_row : NULL,
				   .payload = rows };

	if (!rows || !kept)
		return err_nomem(r->err);
	*rows = (struct rows){ r, row };
	for (int i = 0; i < n; i++)
		kept[i] = arg[i];
	return vec_push(&r->tmp, &r->queue, q) ? RETORT_OK
					       : err_nomem(r->err);
}

retort_status read_rows(struct reading *r, const char *sql, int n,
			read_fn *row)
{
	const char *const arg[] = { r->namespaces, r->home };

	return enqueue(r, sql, n, arg, row);
}

retort_status read_rows_with(struct reading *r, const char *sql,
			     const char *second, read_fn *row)
{
	const char *const arg[] = { r->namespaces, second };

	return enqueue(r, sql, 2, arg, row);
}

retort_status read_queue(struct reading *r)
{
	size_t n = r->queue.n, ignored;

	r->queue.n = 0;
	TRY(pg_run_many(r->conn, r->queue.v, n, &ignored, r->err));
	return r->rc;
}

bool next_number(const char **s, long *out)
{
	char *end;

	if (!*s)
		return false;
	*s += strcspn(*s, "-0123456789");
	if (!**s)
		return false;
	*out = strtol(*s, &end, 10);
	*s = end;
	return true;
}

/* One element of an array's text; *s goes behind it. */
static char *element(const char **s, struct arena *mem)
{
	struct buf b = { .mem = mem };
	bool quoted = **s == '"';

	for (*s += quoted; **s && **s != '"'; ++*s) {
		if (!quoted && (**s == ',' || **s == '}'))
			break;
		if (**s == '\\' && (*s)[1])
			++*s;
		buf_addc(&b, **s);
	}
	*s += quoted && **s;
	return buf_text(&b);
}

retort_status read_array(struct reading *r, const char *s, struct arena *mem,
			 struct strings *out)
{
	if (!s || *s++ != '{')
		return RETORT_OK;
	while (*s && *s != '}') {
		char *item = element(&s, mem);

		if (!item || !vec_push(mem, out, item))
			return err_nomem(r->err);
		s += *s == ',';
	}
	return RETORT_OK;
}

const char *keep(struct reading *r, const char *s)
{
	const char *copy = arena_strdup(r->mem, s);

	if (s && !copy)
		r->rc = err_nomem(r->err);
	return copy;
}

/* The end of a quoted piece that starts at `s`; `s` itself where none does. */
static const char *skip_quoted(const char *s)
{
	char mark = *s;

	if (mark != '\'' && mark != '"')
		return s;
	for (s++; *s && *s != mark; s++)
		;
	return *s ? s : s - 1;
}

static bool wrapped(const char *s, size_t n)
{
	long depth = 0;

	if (n < 2 || *s != '(' || s[n - 1] != ')')
		return false;
	for (const char *p = s; p < s + n - 1; p++) {
		p = skip_quoted(p);
		depth += *p == '(';
		depth -= *p == ')';
		if (!depth)
			return false;
	}
	return true;
}

const char *bare(struct reading *r, const char *expr)
{
	size_t n;
	char *copy;

	if (!expr)
		return NULL;
	for (n = strlen(expr); wrapped(expr, n); n -= 2)
		expr++;
	copy = arena_strndup(r->mem, expr, n);
	if (!copy)
		r->rc = err_nomem(r->err);
	return copy;
}

const char *schema_of(struct reading *r, const char *oid)
{
	const char *name = map_get(&r->names, oid);

	return name && strcmp(name, r->home) ? name : NULL;
}

const char *sql_name(struct reading *r, const char *schema, const char *name)
{
	const char *quoted = name ? pg_quote_name(r->mem, name) : NULL;
	const char *outer = schema ? pg_quote_name(&r->tmp, schema) : NULL;

	if (schema)
		quoted = quoted && outer
			? arena_printf(r->mem, "%s.%s", outer, quoted) : NULL;
	if (!quoted)
		r->rc = err_nomem(r->err);
	return quoted;
}

struct rel *rel_of(struct reading *r, const char *oid)
{
	return map_get(&r->rels, oid);
}

retort_status add_node(struct reading *r, const char *class, const char *oid,
		       struct node *node)
{
	char *key = arena_printf(&r->tmp, "%s %s", class, oid);

	return key && map_put(&r->nodes, key, node)
		? RETORT_OK : err_nomem(r->err);
}

/* The text of an array of names; "" where there are none. */
static char *array_text(struct arena *mem, const struct strings *list)
{
	struct buf b = { .mem = mem };

	buf_addc(&b, '{');
	for (size_t i = 0; i < (list->n ? list->n : 1); i++) {
		const char *s = list->n ? list->v[i] : "";

		buf_add(&b, i ? ",\"" : "\"");
		for (; *s; s++) {
			if (*s == '"' || *s == '\\')
				buf_addc(&b, '\\');
			buf_addc(&b, *s);
		}
		buf_addc(&b, '"');
	}
	buf_addc(&b, '}');
	return buf_text(&b);
}

static retort_status on_schema(struct reading *r, const char *const cell[])
{
	char *oid = arena_strdup(&r->tmp, cell[0]);
	char *name = arena_strdup(r->mem, cell[1]);

	r->namespaces = r->namespaces
		? arena_printf(&r->tmp, "%s,%s", r->namespaces, oid) : oid;
	r->schemas |= strcmp(cell[1], r->home) && strcmp(cell[1], "public");
	return oid && name && r->namespaces && map_put(&r->names, oid, name)
		? RETORT_OK : err_nomem(r->err);
}

static retort_status on_home(struct reading *r, const char *const cell[])
{
	r->home = arena_strdup(&r->tmp, cell[0]);
	return r->home ? RETORT_OK : err_nomem(r->err);
}

static retort_status on_present(struct reading *r, const char *const cell[])
{
	char *catalog = arena_strdup(&r->tmp, cell[0]);

	return catalog && vec_push(&r->tmp, &r->present, catalog)
		? RETORT_OK : err_nomem(r->err);
}

/* Is it one of the words? */
static bool is_named(const char *words, const char *name)
{
	size_t n = strlen(name);

	for (const char *s = words; *s; s += strspn(s, " ")) {
		if (strcspn(s, " ") == n && !strncmp(s, name, n))
			return true;
		s += strcspn(s, " ");
	}
	return false;
}

bool has_any(const struct reading *r, const char *catalogs)
{
	for (size_t i = 0; i < r->present.n; i++)
		if (is_named(catalogs, r->present.v[i]))
			return true;
	return false;
}

bool has_other(const struct reading *r, const char *catalogs)
{
	for (size_t i = 0; i < r->present.n; i++)
		if (!is_named(catalogs, r->present.v[i]))
			return true;
	return false;
}

/* The schemas to read, and a transaction in which to do so. */
static retort_status begin(struct reading *r, bool inside,
			   const struct pg_place *place)
{
	static const struct strings none;
	const char *const home[] = { place ? place->home : NULL,
				     place ? place->path : NULL };
	const char *const names[] = {
		array_text(&r->tmp, r->o ? &r->o->schemas : &none), home[0]
	};

	if (!names[0])
		return err_nomem(r->err);
	TRY(enqueue(r, inside ? "SAVEPOINT retort_reflect" :
		    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", 0, NULL,
		    NULL));
	TRY(enqueue(r, sql_postgresql_place, 2, home, on_home));
	TRY(enqueue(r, sql_postgresql_schemas, 2, names, on_schema));
	TRY(read_queue(r));
	r->namespaces = arena_printf(&r->tmp, "{%s}",
				     r->namespaces ? r->namespaces : "");
	return r->namespaces ? RETORT_OK : err_nomem(r->err);
}

/* Is that schema one of those that are read? NULL: the default one. */
static bool reads_schema(const struct reading *r, const char *name)
{
	const struct strings *named = &r->o->schemas;
	bool is_home = !name || !strcmp(name, r->home);

	if (is_home && (!named->n || strings_has(named, "")))
		return true;
	return strings_has(named, is_home ? r->home : name);
}

/* What is not read would be missing, and be created again, for ever. */
static retort_status check_declared(struct reading *r, const char *schema,
				    const char *name)
{
	if (reads_schema(r, schema))
		return RETORT_OK;
	schema = schema ? schema : r->home;
	err_set(r->err, RETORT_E_FAIL, "cannot compare \"%s.%s\" of the "
		"models: schema \"%s\" is not looked at", schema, name, schema);
	err_hint(r->err, "Add it to include_schemas in db.ini, which names all "
		 "that are; they are no patterns.");
	return RETORT_E_FAIL;
}

static retort_status check_all_declared(struct reading *r)
{
	const struct schema *models = r->o ? r->o->declared : NULL;

	for (size_t i = 0; models && i < models->tables.n; i++)
		TRY(check_declared(r, models->tables.v[i]->schema,
				   models->tables.v[i]->name));
	for (size_t i = 0; models && i < models->objects.n; i++)
		if (models->objects.v[i]->schema)
			TRY(check_declared(r, models->objects.v[i]->schema,
					   models->objects.v[i]->name));
	return RETORT_OK;
}

static retort_status end(struct reading *r, bool inside)
{
	if (!inside)
		return enqueue(r, "ROLLBACK", 0, NULL, NULL);
	TRY(enqueue(r, "ROLLBACK TO SAVEPOINT retort_reflect", 0, NULL, NULL));
	return enqueue(r, "RELEASE SAVEPOINT retort_reflect", 0, NULL, NULL);
}

/* In three round trips; the server goes on while we read what it sent. */
static retort_status read_all(struct reading *r, bool inside,
			      const struct pg_place *place)
{
	TRY(begin(r, inside, place));
	TRY(check_all_declared(r));
	TRY(read_rows(r, sql_postgresql_present, 1, on_present));
	TRY(read_relations(r));
	TRY(read_indexes(r));
	TRY(read_constraints(r));
	TRY(read_queue(r));
	TRY(list_tables(r));
	TRY(add_indexes(r));
	TRY(read_objects(r));
	TRY(read_facets(r));
	TRY(read_needs(r));
	TRY(end(r, inside));
	TRY(read_queue(r));
	return list_objects(r);
}

static retort_status read_in_transaction(struct reading *r,
					 const struct pg_place *place)
{
	bool inside = pg_in_transaction(r->conn);
	SCRATCH_ERR(ignored);
	retort_status rc = read_all(r, inside, place);

	if (rc == RETORT_OK)
		return rc;
	if (!inside) {
		pg_rollback(r->conn);
		return rc;
	}
	conn_exec(r->conn, "ROLLBACK TO SAVEPOINT retort_reflect", &ignored);
	conn_exec(r->conn, "RELEASE SAVEPOINT retort_reflect", &ignored);
	return rc;
}

/* A scratch database is asked for all that there may be. */
static bool wants_home(struct conn *c, const struct reflect_options *o)
{
	return !((struct pg_conn *)c)->scratch &&
	       (!o || !o->schemas.n || strings_has(&o->schemas, ""));
}

retort_status pg_reflect_at(struct conn *c, const struct reflect_options *o,
			    const struct pg_place *place, struct arena *mem,
			    struct schema **out, struct err *err)
{
	struct reading r = { .conn = c, .o = o, .mem = mem, .err = err };
	retort_status rc;

	if (!place && wants_home(c, o))
		TRY(pg_need_home(c, err));
	r.schema = schema_new(mem, false);
	if (!r.schema)
		return err_nomem(err);
	r.schema->quote_name = pg_quote_name;
	r.schema->sequence_name = pg_serial_name;
	r.names = r.rels = r.nodes = r.indexes = r.constraints =
		r.collations = r.opclasses = (struct map){ .mem = &r.tmp };
	rc = read_in_transaction(&r, place);
	arena_clear(&r.tmp);
	if (!rc)
		*out = r.schema;
	return rc;
}

retort_status pg_reflect(struct conn *c, const struct reflect_options *o,
			 struct arena *mem, struct schema **out,
			 struct err *err)
{
	return pg_reflect_at(c, o, NULL, mem, out, err);
}
