/*
 * A rebuild that leaves the stored rows as they are need not copy them: when
 * only NOT NULL, CHECK, FOREIGN KEY, names of constraints or a type of the same
 * affinity differ, the table's text in sqlite_schema is replaced, as SQLite's
 * documentation of ALTER TABLE describes. What is not proved to be such a
 * rebuild is copied. A DEFAULT is never changed so: rows that are older than
 * an added column do not hold it and read the default instead.
 */
#include <string.h>

#include "base/ascii.h"
#include "dialect/sqlite/guard.h"
#include "sql/create.h"
#include "sql/token.h"

struct edit {
	struct guard *g;
	struct arena *mem;
	size_t first, end;	/* steps of the block: CREATE TABLE … RENAME */
	size_t last;		/* behind the indexes and triggers */
	const char *temp;
	const char *name;	/* as it is spelled in the database */
	struct schema *schema;
	struct table *was, *now;
	bool no_memory;		/* seen where a failure else means: copy */
};

enum affinity { INTEGER_AFF, TEXT_AFF, BLOB_AFF, REAL_AFF, NUMERIC_AFF };

static bool contains(const char *text, const char *word)
{
	size_t n = strlen(word);

	for (; *text; text++)
		if (!ascii_ncasecmp(text, word, n))
			return true;
	return false;
}

/* https://sqlite.org/datatype3.html#determination_of_column_affinity */
static enum affinity affinity(const char *type)
{
	if (!type || !*type)
		return BLOB_AFF;
	if (contains(type, "INT"))
		return INTEGER_AFF;
	if (contains(type, "CHAR") || contains(type, "CLOB") ||
	    contains(type, "TEXT"))
		return TEXT_AFF;
	if (contains(type, "BLOB"))
		return BLOB_AFF;
	if (contains(type, "REAL") || contains(type, "FLOA") ||
	    contains(type, "DOUB"))
		return REAL_AFF;
	return NUMERIC_AFF;
}

static bool column_fits(const struct edit *e, const struct column *a,
			const struct column *b)
{
	bool type = e->was->strict
		? type_same(&a->type, &b->type)
		: affinity(a->type.text) == affinity(b->type.text);

	return type && name_same(e->schema, a->name, b->name) &&
	       name_same(e->schema, a->collation, b->collation) &&
	       sql_same(a->default_sql, b->default_sql) &&
	       a->generated == b->generated &&
	       sql_same(a->generated_sql, b->generated_sql) &&
	       a->autoincrement == b->autoincrement;
}

/* The next PRIMARY KEY or UNIQUE from *i on; NULL when there is none. */
static const struct constraint *next_key(const struct table *t, size_t *i)
{
	while (*i < t->constraints.n) {
		const struct constraint *c = t->constraints.v[(*i)++];

		if (c->kind == CONSTRAINT_PRIMARY_KEY ||
		    c->kind == CONSTRAINT_UNIQUE)
			return c;
	}
	return NULL;
}

static bool key_fits(const struct edit *e, const struct constraint *a,
		     const struct constraint *b)
{
	struct constraint x = *a, y = *b;

	x.conflict = y.conflict = RETORT_CONFLICT_NONE;
	return constraint_same_structure(e->schema, &x, &y);
}

static bool layout_fits(const struct edit *e)
{
	const struct constraint *a, *b;
	size_t i = 0, j = 0;

	if (e->was->strict != e->now->strict ||
	    e->was->without_rowid != e->now->without_rowid ||
	    !text_same(e->was->suffix_sql, e->now->suffix_sql) ||
	    e->was->columns.n != e->now->columns.n)
		return false;
	for (size_t k = 0; k < e->was->columns.n; k++)
		if (!column_fits(e, e->was->columns.v[k],
				 e->now->columns.v[k]))
			return false;
	do {
		a = next_key(e->was, &i);
		b = next_key(e->now, &j);
		if (!a != !b || (a && !key_fits(e, a, b)))
			return false;
	} while (a);
	return !table_rowid_alias(e->schema, e->was) ==
	       !table_rowid_alias(e->schema, e->now);
}

struct kept_text {
	struct arena *mem;
	char *name, *sql;
	bool failed;
};

static int keep_text(void *payload, int n, const char *const cell[])
{
	struct kept_text *k = payload;

	(void)n;
	k->name = arena_strdup(k->mem, cell[0]);
	k->sql = arena_strdup(k->mem, cell[1]);
	k->failed = !k->name || (cell[1] && !k->sql);
	return 1;
}

/* Only what is understood is edited: the rest is no error here. */
static bool parse(struct edit *e, const char *sql, struct create **out)
{
	SCRATCH_ERR(ignored);
	retort_status rc = create_parse(sql, e->mem, out, &ignored);

	e->no_memory |= rc == RETORT_E_NOMEM;
	return rc == RETORT_OK;
}

static struct table *parse_table(struct edit *e, const char *sql)
{
	struct create *c = NULL;

	if (!sql || !parse(e, sql, &c) || c->kind != CREATE_TABLE ||
	    c->as_select || c->if_not_exists || c->temporary)
		return NULL;
	return c->table;
}

/* *out: is statement `first` the start of a rebuild of a table we know? */
static retort_status read_tables(struct edit *e, bool *out, struct err *err)
{
	struct kept_text live = { .mem = e->mem };
	const char *arg[1];

	*out = false;
	e->temp = e->g->steps[e->first].name;
	if (ascii_ncasecmp(e->temp, REBUILD_PREFIX, strlen(REBUILD_PREFIX)))
		return RETORT_OK;
	arg[0] = e->temp + strlen(REBUILD_PREFIX);
	TRY(sqlite_run(&e->g->conn->base, "SELECT name, sql FROM "
		       "main.sqlite_schema WHERE type = 'table' AND name = ?1 "
		       "COLLATE NOCASE", 1, arg, keep_text, &live, err));
	e->schema = schema_new(e->mem, true);
	if (live.failed || !e->schema)
		return err_nomem(err);
	e->name = live.name;
	e->was = parse_table(e, live.sql);
	e->now = parse_table(e, e->g->script->stmts.v[e->first].sql);
	if (!e->was || !e->now)
		return RETORT_OK;
	e->was->name = e->now->name = e->name;
	if (!table_requalify(e->mem, e->now, e->temp, e->name))
		return err_nomem(err);
	*out = layout_fits(e);
	return RETORT_OK;
}

/* The rebuild as the compiler writes it, without indexes and triggers. */
static retort_status expected(struct edit *e, struct script *out,
			      struct err *err)
{
	struct table_change c = { .name = e->name, .old = e->was,
				  .renamed = e->was, .now = e->now };
	struct compiler k = { .schema = e->schema, .mem = e->mem, .out = out,
			      .err = err };

	for (size_t i = 0; i < e->now->columns.n; i++) {
		const char *name = e->now->columns.v[i]->name;
		struct column_source s = { .column = name, .origin = name };

		if (!vec_push(e->mem, &c.sources, s))
			return err_nomem(err);
	}
	return change_rebuild(&k, &c);
}

/* Where no view names the table, people leave these out. */
static bool may_be_missing(const char *sql)
{
	return !strncmp(sql, "PRAGMA", 6);
}

/* *out: are the statements behind the CREATE TABLE a plain copy? */
static retort_status match_block(struct edit *e, bool *out, struct err *err)
{
	const struct script *script = e->g->script;
	struct script want = {0};

	*out = false;
	TRY(expected(e, &want, err));
	e->end = e->first + 1;
	for (size_t i = 1; i < want.stmts.n; i++) {
		const char *sql = want.stmts.v[i].sql;

		if (e->end < script->stmts.n &&
		    sql_same(sql, script->stmts.v[e->end].sql))
			e->end++;
		else if (!may_be_missing(sql))
			return RETORT_OK;
	}
	for (e->last = e->end; e->last < script->stmts.n; e->last++) {
		enum step_kind kind = e->g->steps[e->last].kind;

		if (kind != STEP_CREATE_INDEX && kind != STEP_CREATE_TRIGGER)
			break;
	}
	*out = true;
	return RETORT_OK;
}

static bool same_index(struct edit *e, const char *a, const char *b)
{
	struct create *x = NULL, *y = NULL;

	if (!parse(e, a, &x) || !parse(e, b, &y) || !x->index || !y->index)
		return false;
	return same_name(x->on, y->on) &&
	       index_same(e->schema, x->index, y->index);
}

/* The step that makes this index or trigger again, or 0. */
static size_t made_again(struct edit *e, const struct thing *t)
{
	bool index = !strcmp(t->type, "index");

	for (size_t i = e->end; i < e->last; i++) {
		const char *sql = e->g->script->stmts.v[i].sql;
		const struct step *s = &e->g->steps[i];

		if (s->kind == (index ? STEP_CREATE_INDEX
				      : STEP_CREATE_TRIGGER) &&
		    same_name(s->name, t->name))
			return (index ? same_index(e, t->sql, sql)
				      : sql_same(t->sql, sql)) ? i : 0;
	}
	return 0;
}

/*
 * *out: is every index and trigger of the table made again as it is? Then
 * `done` is set for these steps too.
 */
static retort_status match_dependents(struct edit *e, bool *done, bool *out,
				      struct err *err)
{
	struct things now = {0};

	*out = false;
	TRY(things_read(e->g, "main.sqlite_schema", e->mem, &now, err));
	for (size_t i = 0; i < now.n; i++) {
		const struct thing *t = &now.v[i];
		size_t at;

		if (!same_name(t->table, e->name) ||
		    (strcmp(t->type, "index") && strcmp(t->type, "trigger")))
			continue;
		at = made_again(e, t);
		if (!at)
			return RETORT_OK;
		done[at] = true;
	}
	*out = true;
	return RETORT_OK;
}

static bool has_check(const struct edit *e, const struct constraint *c)
{
	for (size_t i = 0; i < e->was->constraints.n; i++) {
		const struct constraint *old = e->was->constraints.v[i];

		if (old->kind == CONSTRAINT_CHECK &&
		    sql_same(old->check_sql, c->check_sql))
			return true;
	}
	return false;
}

/* Is there a row that a new NOT NULL or CHECK refuses? */
static char *refused_sql(struct edit *e)
{
	struct buf b = { .mem = e->mem };
	const char *gap = " WHERE ";
	size_t empty;

	buf_add(&b, "SELECT EXISTS (SELECT 1 FROM main.");
	ddl_name(&b, e->name);
	empty = b.n;
	for (size_t i = 0; i < e->now->columns.n; i++) {
		if (!e->now->columns.v[i]->not_null ||
		    e->was->columns.v[i]->not_null)
			continue;
		buf_add(&b, gap);
		ddl_name(&b, e->now->columns.v[i]->name);
		buf_add(&b, " IS NULL");
		gap = " OR ";
	}
	for (size_t i = 0; i < e->now->constraints.n; i++) {
		const struct constraint *c = e->now->constraints.v[i];

		if (c->kind != CONSTRAINT_CHECK || has_check(e, c))
			continue;
		buf_addf(&b, "%sNOT (%s)", gap, c->check_sql);
		gap = " OR ";
	}
	if (b.n == empty)
		buf_add(&b, " WHERE 0");
	buf_addc(&b, ')');
	return buf_text(&b);
}

/*
 * *out: do all rows satisfy what is new? When not, or when it cannot be asked,
 * the copy finds out and says so.
 */
static retort_status rows_fit(struct edit *e, bool *out, struct err *err)
{
	long long refused = 1;
	SCRATCH_ERR(why);
	struct sqlite_watch *watch = &e->g->conn->watch;
	retort_status rc;

	watch->doing = arena_printf(e->mem, "check the rows of %s", e->name);
	rc = guard_number(e->g, refused_sql(e), &refused, &why);
	watch->doing = NULL;
	*out = rc == RETORT_OK && !refused;
	if (rc == RETORT_E_NOMEM || rc == RETORT_E_INTERRUPTED) {
		err_move(err, &why);
		return rc;
	}
	return RETORT_OK;
}

static int add_shape_row(void *payload, int n, const char *const cell[])
{
	for (int i = 0; i < n; i++)
		buf_addf(payload, "%s|", cell[i] ? cell[i] : "-");
	buf_addc(payload, '\n');
	return 0;
}

/*
 * What SQLite itself makes of a definition, the table's name left out: its
 * columns, the indexes behind its keys, its options. With `rules` also NOT
 * NULL and the defaults.
 */
static char *shape(struct edit *e, const char *name, bool rules)
{
	static const char *const queries[] = {
		"SELECT lower(name), pk, hidden FROM pragma_table_xinfo(?1)",
		"SELECT ncol, wr, strict FROM pragma_table_list "
		"WHERE schema = 'main' AND name = ?1 COLLATE NOCASE",
		"SELECT substr(l.name, length(?1) + 19), l.\"unique\", "
		"l.origin, x.seqno, x.cid, x.desc, x.coll, x.key "
		"FROM pragma_index_list(?1) l JOIN pragma_index_xinfo(l.name) "
		"x WHERE l.origin <> 'c' ORDER BY 1, 4",
		"SELECT \"notnull\", dflt_value FROM pragma_table_xinfo(?1)",
	};
	struct buf b = { .mem = e->mem };

	for (size_t i = 0; i < (rules ? 4 : 3); i++) {
		SCRATCH_ERR(ignored);
		const char *arg[] = { name };

		if (sqlite_run(&e->g->conn->base, queries[i], 1, arg,
			       add_shape_row, &b, &ignored)) {
			e->no_memory |= ignored.pub.code == RETORT_E_NOMEM;
			return NULL;
		}
	}
	e->no_memory |= !buf_text(&b);
	return buf_text(&b);
}

static retort_status exec_name(struct edit *e, const char *before,
			       const char *name, struct err *err)
{
	struct buf b = { .mem = e->mem };

	buf_add(&b, before);
	ddl_name(&b, name);
	return guard_sql(e->g, buf_text(&b), NULL, NULL, err);
}

/* Make the new table, empty, to see that SQLite reads it as is meant. */
static retort_status try_definition(struct edit *e, char **rules, bool *out,
				    struct err *err)
{
	char *old = shape(e, e->name, false), *new;

	TRY(guard_sql(e->g, e->g->script->stmts.v[e->first].sql, NULL, NULL,
		      err));
	new = shape(e, e->temp, false);
	*rules = shape(e, e->temp, true);
	*out = old && new && *rules && !strcmp(old, new);
	return exec_name(e, "DROP TABLE main.", e->temp, err);
}

/* The text with the table's own name: CREATE TABLE "x" (… */
static retort_status replace_text(struct edit *e, struct err *err)
{
	const char *quoted = sql_quote_name(e->mem, e->name);
	const char *body = quoted ? sql_rename_table(e->mem,
		e->g->steps[e->first].after, e->temp, quoted) : NULL;
	const char *arg[2] = { NULL, e->name };
	long long version = 0;

	if (!quoted || !body)
		return err_nomem(err);
	arg[0] = arena_printf(e->mem, "CREATE TABLE %s %s", quoted, body);
	if (!arg[0])
		return err_nomem(err);
	TRY(sqlite_run(&e->g->conn->base, "UPDATE main.sqlite_schema SET sql "
		       "= ?1 WHERE type = 'table' AND name = ?2", 2, arg, NULL,
		       NULL, err));
	TRY(guard_number(e->g, "PRAGMA main.schema_version", &version, err));
	return guard_sql(e->g, arena_printf(e->mem, "PRAGMA "
					    "main.schema_version = %lld",
					    version + 1), NULL, NULL, err);
}

static retort_status edit_text(struct edit *e, struct err *err)
{
	retort_status rc;

	TRY(guard_sql(e->g, "PRAGMA writable_schema = ON", NULL, NULL, err));
	rc = replace_text(e, err);
	sqlite3_exec(e->g->conn->db, "PRAGMA writable_schema = OFF", NULL,
		     NULL, NULL);
	return rc;
}

/* *out: did it, and SQLite reads back what was meant. Else all is as before. */
static retort_status edit_or_undo(struct edit *e, bool *out, struct err *err)
{
	char *rules = NULL, *is;
	retort_status rc;

	*out = false;
	TRY(guard_sql(e->g, "SAVEPOINT retort_edit", NULL, NULL, err));
	rc = try_definition(e, &rules, out, err);
	if (!rc && *out)
		rc = edit_text(e, err);
	if (!rc && *out) {
		is = shape(e, e->name, true);
		*out = is && !strcmp(is, rules);
	}
	if (!rc && *out)
		return guard_sql(e->g, "RELEASE retort_edit", NULL, NULL, err);
	*out = false;
	if (rc == RETORT_E_NOMEM || rc == RETORT_E_INTERRUPTED)
		return rc;
	err_clear(err);
	return guard_sql(e->g, "ROLLBACK TO retort_edit; RELEASE retort_edit",
			 NULL, NULL, err);
}

bool schema_is_closed(const struct guard *g)
{
	int defensive = 0, writable = 0;

	sqlite3_db_config(g->conn->db, SQLITE_DBCONFIG_DEFENSIVE, -1,
			  &defensive);
	sqlite3_db_config(g->conn->db, SQLITE_DBCONFIG_WRITABLE_SCHEMA, -1,
			  &writable);
	return defensive || writable;
}

/*
 * After an edit SQLite reads the whole schema anew. Where names are given all
 * at once, to copy a few rows takes less time than that.
 */
static retort_status is_worth_it(struct edit *e, bool *out, struct err *err)
{
	struct buf b = { .mem = e->mem };
	long long many = 0;

	*out = true;
	if (!e->g->puts_off)
		return RETORT_OK;
	buf_add(&b, "SELECT EXISTS (SELECT 1 FROM main.");
	ddl_name(&b, e->name);
	buf_add(&b, " LIMIT 1 OFFSET 5000)");
	TRY(guard_number(e->g, buf_text(&b), &many, err));
	*out = many;
	return RETORT_OK;
}

retort_status schema_edit(struct guard *g, size_t i, struct err *err)
{
	SCRATCH(tmp);
	struct edit e = { .g = g, .mem = &tmp, .first = i };
	bool *done = arena_array(&tmp, bool, g->script->stmts.n);
	bool fits;

	if (!done)
		return err_nomem(err);
	if (schema_is_closed(g))
		return RETORT_OK;
	TRY(read_tables(&e, &fits, err));
	if (fits)
		TRY(is_worth_it(&e, &fits, err));
	if (fits)
		TRY(match_block(&e, &fits, err));
	if (fits)
		TRY(match_dependents(&e, done, &fits, err));
	if (fits)
		TRY(rows_fit(&e, &fits, err));
	if (fits)
		TRY(edit_or_undo(&e, &fits, err));
	if (e.no_memory)
		return err_nomem(err);
	for (size_t j = i; fits && j < e.last; j++)
		if (j < e.end || done[j])
			g->steps[j].done = true;
	return RETORT_OK;
}
