#include "dialect/sqlite/meaning.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "sql/token.h"

void meaning_clear(struct meaning *m)
{
	conn_close(m->scratch);
	arena_clear(&m->mem);
	*m = (struct meaning){ .live = m->live };
}

static sqlite3 *handle(const struct meaning *m)
{
	return ((const struct sqlite_conn *)m->scratch)->db;
}

static int compare_bytes(void *payload, int n, const void *a, int m,
			 const void *b)
{
	int rc = memcmp(a, b, (size_t)(n < m ? n : m));

	(void)payload;
	return rc ? rc : n - m;
}

/* The application's collations: only their names matter here. */
static void any_collation(void *payload, sqlite3 *db, int encoding,
			  const char *name)
{
	(void)payload;
	sqlite3_create_collation(db, name, encoding, NULL, compare_bytes);
}

static retort_status open_scratch(struct meaning *m, struct err *err)
{
	if (m->scratch)
		return RETORT_OK;
	TRY(sqlite_scratch(NULL, &m->scratch, err));
	sqlite3_collation_needed(handle(m), NULL, any_collation);
	m->made = (struct map){ .mem = &m->mem, .fold = true };
	return RETORT_OK;
}

/* Only running out of memory is an error; the rest is a doubt. */
static retort_status try_exec(struct meaning *m, const char *sql,
			      bool *worked, struct err *err)
{
	retort_status rc;

	if (!sql)
		return err_nomem(err);
	rc = conn_exec(m->scratch, sql, err);
	if (rc == RETORT_E_NOMEM || rc == RETORT_E_INTERRUPTED)
		return rc;
	*worked = !rc;
	err_clear(err);
	return RETORT_OK;
}

static char *bare_table(struct arena *mem, const struct table *t)
{
	struct buf b = { .mem = mem };

	buf_add(&b, "CREATE TABLE ");
	buf_add_quoted(&b, t->name, '"');
	for (size_t i = 0; i < t->columns.n; i++) {
		const struct column *c = t->columns.v[i];

		buf_add(&b, i ? ", " : "(");
		buf_add_quoted(&b, c->name, '"');
		buf_addc(&b, ' ');
		buf_add(&b, c->type.text ? c->type.text : "");
		if (c->collation) {
			buf_add(&b, " COLLATE ");
			buf_add_quoted(&b, c->collation, '"');
		}
	}
	buf_add(&b, t->strict ? ") STRICT" : ")");
	return buf_text(&b);
}

static retort_status make_table(struct meaning *m, const struct table *t,
				struct err *err)
{
	SCRATCH(tmp);
	static char made[] = "";
	bool worked;

	TRY(open_scratch(m, err));
	if (map_get(&m->made, t->name))
		return RETORT_OK;
	TRY(try_exec(m, bare_table(&tmp, t), &worked, err));
	return map_put(&m->made, t->name, made) ? RETORT_OK : err_nomem(err);
}

static retort_status make_all(struct meaning *m, struct err *err)
{
	bool worked;

	if (m->all_made)
		return RETORT_OK;
	TRY(open_scratch(m, err));
	for (size_t i = 0; i < m->live->tables.n; i++)
		TRY(make_table(m, m->live->tables.v[i], err));
	for (size_t i = 0; i < m->live->objects.n; i++)
		if (m->live->objects.v[i]->kind == OBJECT_VIEW)
			TRY(try_exec(m, m->live->objects.v[i]->create_sql,
				     &worked, err));
	m->all_made = true;
	return RETORT_OK;
}

/*
 * One line an instruction. Left out: the number of the schema's version, and
 * the text that is only there for traces.
 */
static void add_instruction(struct buf *b, sqlite3_stmt *s)
{
	const char *opcode = (const char *)sqlite3_column_text(s, 1);
	bool transaction = opcode && !strcmp(opcode, "Transaction");
	bool text = opcode && (!strcmp(opcode, "Init") ||
			       !strcmp(opcode, "Trace"));

	buf_add(b, opcode ? opcode : "");
	for (int i = 2; i <= 6; i++) {
		const char *p = (const char *)sqlite3_column_text(s, i);

		if ((transaction && i >= 4) || (text && i == 5))
			continue;
		buf_addf(b, "|%s", p ? p : "-");
	}
	buf_addc(b, '\n');
}

/* Append the program of one statement; `out` fails when there is none. */
static retort_status add_program(struct meaning *m, const char *sql,
				 struct buf *out, bool *worked,
				 struct err *err)
{
	SCRATCH(tmp);
	sqlite3_stmt *s = NULL;
	const char *tail = "";
	char *explain = arena_printf(&tmp, "EXPLAIN %s", sql ? sql : "");
	int rc;

	if (!explain || !sql)
		return err_nomem(err);
	rc = sqlite3_prepare_v2(handle(m), explain, -1, &s, &tail);
	while (!rc && !*tail && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		add_instruction(out, s);
		rc = SQLITE_OK;
	}
	sqlite3_finalize(s);
	*worked = rc == SQLITE_DONE;
	if (rc == SQLITE_NOMEM || out->failed)
		return err_nomem(err);
	return RETORT_OK;
}

static bool is_float(const struct token *t)
{
	if (t->kind != TOKEN_NUMBER || (t->n > 1 && (t->s[1] | 0x20) == 'x'))
		return false;
	for (size_t i = 0; i < t->n; i++)
		if (strchr(".eE", t->s[i]))
			return true;
	return false;
}

/* Words that may compile to nothing where there is no constraint or index. */
static bool is_silent_word(const struct token *t)
{
	static const char *const words[] = {
		"CONFLICT", "NOTHING", "IGNORE", "REPLACE", "ABORT", "FAIL",
		"ROLLBACK", "INDEXED", "MATERIALIZED", "CROSS", "LIKELY",
		"UNLIKELY", "LIKELIHOOD"
	};

	if (token_is_op(t, "+"))
		return true;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (token_is(t, words[i]))
			return true;
	return false;
}

static void add_upper(struct buf *b, const struct token *t)
{
	for (size_t i = 0; i < t->n; i++)
		buf_addc(b, t->s[i] >= 'a' && t->s[i] <= 'z'
			 ? (char)(t->s[i] - 'a' + 'A') : t->s[i]);
	buf_addc(b, ' ');
}

/*
 * What a program's listing does not show in full, in order: the bytes of
 * blobs, the last digits of floating point, long names of collations; and what
 * means the same but was written to guide the planner.
 */
static char *hidden_tokens(struct arena *mem, const char *sql)
{
	struct buf b = { .mem = mem };
	struct lexer lx = { sql, 1 };
	bool collation = false;

	for (;;) {
		struct token t = token_next(&lx);

		if (t.kind == TOKEN_END || t.kind == TOKEN_BAD)
			return buf_text(&b);
		if (is_float(&t) || t.kind == TOKEN_BLOB || collation ||
		    is_silent_word(&t))
			add_upper(&b, &t);
		collation = token_is(&t, "COLLATE");
	}
}

static retort_status hidden_same(const char *a, const char *b, bool *same,
				 struct err *err)
{
	SCRATCH(tmp);
	char *x = hidden_tokens(&tmp, a), *y = hidden_tokens(&tmp, b);

	if (!x || !y)
		return err_nomem(err);
	*same = !strcmp(x, y);
	return RETORT_OK;
}

/* The value, and how it compares with a text: that shows its affinity. */
static char *expr_query(struct arena *mem, const struct table *t,
			const char *sql)
{
	struct buf b = { .mem = mem };

	buf_addf(&b, "SELECT (%s\n), (%s\n) = '1'", sql, sql);
	if (t) {
		buf_add(&b, " FROM ");
		buf_add_quoted(&b, t->name, '"');
	}
	return buf_text(&b);
}

retort_status meaning_expr(struct meaning *m, const struct table *t,
			   const char *a, const char *b, bool *same,
			   struct err *err)
{
	SCRATCH(tmp);
	struct buf x = { .mem = &tmp }, y = { .mem = &tmp };
	bool worked = false;

	*same = false;
	TRY(hidden_same(a, b, &worked, err));
	if (!worked)
		return RETORT_OK;
	TRY(open_scratch(m, err));
	if (t)
		TRY(make_table(m, t, err));
	TRY(add_program(m, expr_query(&tmp, t, a), &x, &worked, err));
	if (!worked)
		return RETORT_OK;
	TRY(add_program(m, expr_query(&tmp, t, b), &y, &worked, err));
	*same = worked && x.n == y.n && !memcmp(x.s, y.s, x.n);
	return RETORT_OK;
}

const char *meaning_body(const char *create_sql)
{
	struct lexer lx = { create_sql, 1 }, next;
	struct token t = token_next(&lx);

	if (!token_is(&t, "CREATE"))
		return NULL;
	t = token_next(&lx);
	if (!token_is(&t, "VIEW") && !token_is(&t, "TRIGGER"))
		return NULL;
	t = token_next(&lx);
	next = lx;
	if (token_is(&t, "IF") && (t = token_next(&next), token_is(&t, "NOT"))) {
		token_next(&next);	/* EXISTS */
		lx = next;
		t = token_next(&lx);
	}
	next = lx;
	t = token_next(&next);
	if (token_is_op(&t, ".")) {
		token_next(&next);
		lx = next;
	}
	return lx.at;
}

/* Names, declared types, values, order and comparison of a view's columns. */
static retort_status describe_view(struct meaning *m, const char *name,
				   struct buf *out, bool *worked,
				   struct err *err)
{
	SCRATCH(tmp);
	struct buf all = { .mem = &tmp }, sql = { .mem = &tmp };
	struct buf order = { .mem = &tmp };
	sqlite3_stmt *s = NULL;
	int rc;

	buf_add(&all, "SELECT * FROM ");
	buf_add_quoted(&all, name, '"');
	if (!buf_text(&all))
		return err_nomem(err);
	rc = sqlite3_prepare_v2(handle(m), all.s, -1, &s, NULL);
	buf_add(&sql, "SELECT *");
	for (int i = 0; !rc && i < sqlite3_column_count(s); i++) {
		const char *type = sqlite3_column_decltype(s, i);
		const char *column = sqlite3_column_name(s, i);

		buf_addf(out, "%s %s\n", column, type ? type : "-");
		buf_add(&sql, ", ");
		buf_add_quoted(&sql, column ? column : "", '"');
		buf_add(&sql, " = '1'");
		buf_addf(&order, "%s%d", i ? ", " : " ORDER BY ", i + 1);
	}
	sqlite3_finalize(s);
	*worked = !rc;
	if (rc)
		return RETORT_OK;
	TRY(add_program(m, all.s, out, worked, err));
	if (!buf_text(&order))
		return err_nomem(err);
	buf_add(&sql, all.s + strlen("SELECT *"));
	buf_add(&sql, order.s);
	return add_program(m, buf_text(&sql), out, worked, err);
}

static retort_status drop_view(struct meaning *m, const char *name,
			       struct err *err)
{
	SCRATCH(tmp);
	struct buf b = { .mem = &tmp };
	bool worked;

	buf_add(&b, "DROP VIEW IF EXISTS ");
	buf_add_quoted(&b, name, '"');
	return try_exec(m, buf_text(&b), &worked, err);
}

static retort_status try_view(struct meaning *m, const struct object *o,
			      struct buf *out, bool *worked, struct err *err)
{
	TRY(drop_view(m, o->name, err));
	TRY(try_exec(m, o->create_sql, worked, err));
	return *worked ? describe_view(m, o->name, out, worked, err)
		       : RETORT_OK;
}

/* The columns of a table or view, each set to itself. */
static retort_status add_update(struct meaning *m, const char *table,
				struct buf *b, struct err *err)
{
	SCRATCH(tmp);
	struct buf all = { .mem = &tmp };
	sqlite3_stmt *s = NULL;
	int rc;

	buf_add(&all, "SELECT * FROM ");
	buf_add_quoted(&all, table, '"');
	if (!buf_text(&all))
		return err_nomem(err);
	rc = sqlite3_prepare_v2(handle(m), all.s, -1, &s, NULL);
	buf_add(b, "UPDATE ");
	buf_add_quoted(b, table, '"');
	for (int i = 0; !rc && i < sqlite3_column_count(s); i++) {
		const char *column = sqlite3_column_name(s, i);

		buf_add(b, i ? ", " : " SET ");
		buf_add_quoted(b, column ? column : "", '"');
		buf_addc(b, '=');
		buf_add_quoted(b, column ? column : "", '"');
	}
	sqlite3_finalize(s);
	return RETORT_OK;
}

/* BEFORE INSERT, UPDATE OF a, b, …: what sets a trigger off. */
struct head {
	char timing, event;	/* B A I; I U D */
	struct strings columns;	/* after OF, sorted */
};

static int compare_names(const void *a, const void *b)
{
	return ascii_casecmp(*(const char *const *)a, *(const char *const *)b);
}

static bool read_head(struct arena *mem, const char *body, struct head *h)
{
	struct lexer lx = { body, 1 };
	struct token t = token_next(&lx);

	h->timing = 'B';
	if (token_is(&t, "AFTER"))
		h->timing = 'A';
	else if (token_is(&t, "INSTEAD") && (token_next(&lx), true))
		h->timing = 'I';
	if (h->timing != 'B' || token_is(&t, "BEFORE"))
		t = token_next(&lx);
	h->event = token_is(&t, "INSERT") ? 'I' : token_is(&t, "UPDATE")
		? 'U' : token_is(&t, "DELETE") ? 'D' : 0;
	t = token_next(&lx);
	if (!token_is(&t, "OF"))
		return h->event && token_is(&t, "ON");
	do {
		char *name;

		t = token_next(&lx);
		name = token_name(mem, &t);
		if (!name || !vec_push(mem, &h->columns, name))
			return false;
		t = token_next(&lx);
	} while (token_is_op(&t, ","));
	qsort(h->columns.v, h->columns.n, sizeof(*h->columns.v),
	      compare_names);
	return h->event && token_is(&t, "ON");
}

static bool head_same(const struct head *a, const struct head *b)
{
	if (a->timing != b->timing || a->event != b->event ||
	    a->columns.n != b->columns.n)
		return false;
	for (size_t i = 0; i < a->columns.n; i++)
		if (ascii_casecmp(a->columns.v[i], b->columns.v[i]))
			return false;
	return true;
}

/* The program of a statement that sets the trigger off holds the trigger's. */
static retort_status try_trigger(struct meaning *m, const struct object *o,
				 const struct head *h, struct buf *out,
				 bool *worked, struct err *err)
{
	SCRATCH(tmp);
	struct buf fire = { .mem = &tmp };

	TRY(try_exec(m, o->create_sql, worked, err));
	if (!*worked)
		return RETORT_OK;
	if (h->event == 'U') {
		TRY(add_update(m, o->table, &fire, err));
	} else {
		buf_add(&fire, h->event == 'I' ? "INSERT INTO "
					       : "DELETE FROM ");
		buf_add_quoted(&fire, o->table, '"');
		if (h->event == 'I')
			buf_add(&fire, " DEFAULT VALUES");
	}
	return add_program(m, buf_text(&fire), out, worked, err);
}

/* Whatever was tried in the scratch database is undone. */
static retort_status undo(struct meaning *m, retort_status rc, struct err *err)
{
	SCRATCH_ERR(ignored);
	bool worked = false;

	if (rc)
		conn_exec(m->scratch, "ROLLBACK", &ignored);
	else
		rc = try_exec(m, "ROLLBACK", &worked, err);
	return rc;
}

typedef retort_status try_fn(struct meaning *m, const struct object *o,
			     const struct head *h, struct buf *out,
			     bool *worked, struct err *err);

static retort_status view_fn(struct meaning *m, const struct object *o,
			     const struct head *h, struct buf *out,
			     bool *worked, struct err *err)
{
	(void)h;
	return try_view(m, o, out, worked, err);
}

static retort_status try_one(struct meaning *m, try_fn *fn,
			     const struct object *o, const struct head *h,
			     struct buf *out)
{
	SCRATCH_ERR(err);
	bool worked = false;

	TRY(try_exec(m, "BEGIN", &worked, &err));
	TRY(undo(m, fn(m, o, h, out, &worked, &err), &err));
	return worked ? RETORT_OK : RETORT_E_FAIL;
}

static retort_status compare(struct meaning *m, try_fn *fn,
			     const struct object *a, const struct object *b,
			     const struct head *h)
{
	SCRATCH(tmp);
	struct buf x = { .mem = &tmp }, y = { .mem = &tmp };

	TRY(try_one(m, fn, a, h, &x));
	TRY(try_one(m, fn, b, h, &y));
	return x.n == y.n && !memcmp(x.s, y.s, x.n) ? RETORT_OK
						    : RETORT_E_FAIL;
}

static retort_status objects_same(struct meaning *m, try_fn *fn,
				  const struct object *const pair[2],
				  const struct head *h, bool *same,
				  struct err *err)
{
	retort_status rc;

	TRY(hidden_same(pair[0]->create_sql, pair[1]->create_sql, same, err));
	if (!*same)
		return RETORT_OK;
	TRY(make_all(m, err));
	rc = compare(m, fn, pair[0], pair[1], h);
	*same = !rc;
	if (rc == RETORT_E_NOMEM)
		return err_nomem(err);
	if (rc == RETORT_E_INTERRUPTED)
		return err_set(err, rc, "interrupted");
	return RETORT_OK;
}

retort_status meaning_view(struct meaning *m, const struct object *a,
			   const struct object *b, bool *same,
			   struct err *err)
{
	const struct object *const pair[2] = { a, b };

	return objects_same(m, view_fn, pair, NULL, same, err);
}

retort_status meaning_trigger(struct meaning *m, const struct object *a,
			      const struct object *b, bool *same,
			      struct err *err)
{
	SCRATCH(tmp);
	const struct object *const pair[2] = { a, b };
	const char *x = meaning_body(a->create_sql);
	const char *y = meaning_body(b->create_sql);
	struct head h = {0}, k = {0};

	*same = false;
	if (!x || !y || !a->table || !b->table ||
	    ascii_casecmp(a->table, b->table) || !read_head(&tmp, x, &h) ||
	    !read_head(&tmp, y, &k) || !head_same(&h, &k))
		return RETORT_OK;
	return objects_same(m, try_trigger, pair, &h, same, err);
}
