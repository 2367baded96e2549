#include "facts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "sql/token.h"

struct facts {
	struct arena *mem;
	struct strings lines;
	struct buf line;
	const char *skip;
	bool failed;
};

static const char tables_sql[] =
	"SELECT name, wr, strict FROM pragma_table_list"
	" WHERE schema = 'main' AND type = 'table'";
static const char columns_sql[] =
	"SELECT m.name, x.name, x.type, x.\"notnull\", x.pk, x.hidden,"
	" x.dflt_value"
	" FROM sqlite_schema m, pragma_table_xinfo(m.name) x"
	" WHERE m.type = 'table'";
static const char keys_sql[] =
	"SELECT name, id, \"table\", on_update, on_delete,"
	" group_concat(\"from\" || '>' || coalesce(\"to\", pk, ''))"
	" FROM (SELECT m.name, f.*, (SELECT p.name FROM"
	"   pragma_table_info(f.\"table\") p WHERE p.pk = f.seq + 1) AS pk"
	"  FROM sqlite_schema m, pragma_foreign_key_list(m.name) f"
	"  WHERE m.type = 'table' ORDER BY m.name, f.id, f.seq)"
	" GROUP BY name, id";
static const char unique_sql[] =
	"SELECT name, ix, origin, group_concat(k)"
	" FROM (SELECT m.name, l.name AS ix, l.origin,"
	"   coalesce(x.name, '') || ' ' || x.coll || ' ' || x.\"desc\" AS k"
	"  FROM sqlite_schema m, pragma_index_list(m.name) l,"
	"   pragma_index_xinfo(l.name) x"
	"  WHERE m.type = 'table' AND l.origin <> 'c' AND x.key"
	"  ORDER BY m.name, l.name, x.seqno)"
	" GROUP BY name, ix";
static const char texts_sql[] =
	"SELECT tbl_name, type, name, sql FROM sqlite_schema"
	" WHERE sql IS NOT NULL";

static void lower(struct buf *b, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_addc(b, (char)tolower((unsigned char)s[i]));
}

static void add_token(struct facts *f, const struct token *t)
{
	const char *name;

	switch (t->kind) {
	case TOKEN_WORD:
		lower(&f->line, t->s, t->n);
		break;
	case TOKEN_QUOTED:
		name = token_name(f->mem, t);
		if (name)
			lower(&f->line, name, strlen(name));
		f->failed |= !name;
		break;
	default:
		buf_addn(&f->line, t->s, t->n);
	}
	buf_addc(&f->line, ' ');
}

char *facts_tokens(struct arena *mem, const char *sql)
{
	struct facts f = { .mem = mem, .line = { .mem = mem } };
	struct lexer lx = { .at = sql, .line = 1 };
	struct token t;

	for (t = token_next(&lx); t.kind != TOKEN_END && t.kind != TOKEN_BAD;
	     t = token_next(&lx))
		add_token(&f, &t);
	return f.failed ? NULL : buf_text(&f.line);
}

static bool skipped(const struct facts *f, const char *table)
{
	return !strncmp(table, "sqlite_", 7) ||
	       (f->skip && !strcmp(table, f->skip));
}

static void begin(struct facts *f, const char *kind, const char *table)
{
	buf_reset(&f->line);
	buf_addf(&f->line, "%s ", kind);
	lower(&f->line, table, strlen(table));
	buf_addc(&f->line, ' ');
}

static void end(struct facts *f)
{
	char *s = arena_strdup(f->mem, buf_text(&f->line));

	if (!s || !vec_push(f->mem, &f->lines, s))
		f->failed = true;
}

static int on_table(void *payload, int n, const char *const cell[])
{
	struct facts *f = payload;

	(void)n;
	if (skipped(f, cell[0]))
		return 0;
	begin(f, "table", cell[0]);
	buf_addf(&f->line, "wr %s strict %s", cell[1], cell[2]);
	end(f);
	return 0;
}

static int on_column(void *payload, int n, const char *const cell[])
{
	struct facts *f = payload;

	(void)n;
	if (skipped(f, cell[0]))
		return 0;
	begin(f, "column", cell[0]);
	lower(&f->line, cell[1], strlen(cell[1]));
	buf_addc(&f->line, ' ');
	for (const char *s = cell[2]; *s; s++)
		if (*s != ' ')
			lower(&f->line, s, 1);
	buf_addf(&f->line, " notnull %s pk %s hidden %s", cell[3], cell[4],
		 cell[5]);
	if (cell[6])
		buf_addf(&f->line, " default %s",
			 facts_tokens(f->mem, cell[6]));
	end(f);
	return 0;
}

static int on_key(void *payload, int n, const char *const cell[])
{
	struct facts *f = payload;

	(void)n;
	if (skipped(f, cell[0]))
		return 0;
	begin(f, "key", cell[0]);
	for (int i = 2; i < 6; i++) {
		lower(&f->line, cell[i], strlen(cell[i]));
		buf_addc(&f->line, ' ');
	}
	end(f);
	return 0;
}

static int on_unique(void *payload, int n, const char *const cell[])
{
	struct facts *f = payload;

	(void)n;
	if (skipped(f, cell[0]))
		return 0;
	begin(f, "unique", cell[0]);
	buf_addf(&f->line, "%s ", cell[2]);
	lower(&f->line, cell[3], strlen(cell[3]));
	end(f);
	return 0;
}

/* The tokens of the parentheses that follow. */
static void add_group(struct facts *f, struct lexer *lx)
{
	int depth = 0;

	do {
		struct token t = token_next(lx);

		if (t.kind == TOKEN_END || t.kind == TOKEN_BAD)
			return;
		depth += token_is_op(&t, "(");
		depth -= token_is_op(&t, ")");
		add_token(f, &t);
	} while (depth > 0);
}

/* "CONSTRAINT name kind"; one on a column is as one on the table. */
static void add_name(struct facts *f, struct lexer *lx)
{
	struct lexer ahead;
	struct token t = token_next(lx);

	add_token(f, &t);
	ahead = *lx;
	t = token_next(&ahead);
	if (token_is(&t, "REFERENCES"))
		buf_add(&f->line, "foreign ");
	else
		add_token(f, &t);
}

static void add_two(struct facts *f, struct lexer *lx)
{
	for (int i = 0; i < 2; i++) {
		struct token t = token_next(lx);

		add_token(f, &t);
	}
}

static void on_word(struct facts *f, const char *table, struct lexer *lx,
		    const struct token *before, const struct token *t)
{
	struct lexer ahead = *lx;
	struct token next = token_next(&ahead);
	const char *kind = NULL;
	void (*add)(struct facts *, struct lexer *) = NULL;

	if (token_is(t, "CHECK"))
		kind = "check", add = add_group;
	else if (token_is(t, "AS") && token_is_op(&next, "("))
		kind = "generated", add = add_group;
	else if (token_is(t, "CONSTRAINT"))
		kind = "name", add = add_name;
	else if (token_is(t, "COLLATE"))
		kind = "collate", add = add_name;
	else if (token_is(t, "ON") && token_is(&next, "CONFLICT"))
		kind = "conflict", add = add_two;
	else if (token_is(t, "AUTOINCREMENT"))
		kind = "autoincrement";
	else if (token_is(t, "DEFERRABLE") && !token_is(before, "NOT"))
		kind = "deferrable";
	else if (token_is(t, "DEFERRED"))
		kind = "deferred";
	if (!kind)
		return;
	begin(f, kind, table);
	if (add == add_name && *kind == 'c') {
		next = token_next(lx);
		add_token(f, &next);
	} else if (add) {
		add(f, lx);
	}
	end(f);
}

static void add_words(struct facts *f, const char *table, const char *sql)
{
	struct lexer lx = { .at = sql, .line = 1 };
	struct token before = {0}, t;

	for (t = token_next(&lx); t.kind != TOKEN_END && t.kind != TOKEN_BAD;
	     before = t, t = token_next(&lx))
		if (t.kind == TOKEN_WORD)
			on_word(f, table, &lx, &before, &t);
}

static int on_text(void *payload, int n, const char *const cell[])
{
	struct facts *f = payload;

	(void)n;
	if (skipped(f, cell[0]))
		return 0;
	if (!strcmp(cell[1], "table")) {
		add_words(f, cell[0], cell[3]);
		return 0;
	}
	begin(f, cell[1], cell[0]);
	buf_addf(&f->line, "%s: %s", cell[2], facts_tokens(f->mem, cell[3]));
	end(f);
	return 0;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

retort_status facts_read(struct conn *c, const char *skip, struct arena *mem,
			 char **out, struct err *err)
{
	struct facts f = { .mem = mem, .skip = skip, .line = { .mem = mem } };
	struct buf all = { .mem = mem };
	const struct {
		const char *sql;
		row_fn *row;
	} queries[] = {
		{ tables_sql, on_table }, { columns_sql, on_column },
		{ keys_sql, on_key }, { unique_sql, on_unique },
		{ texts_sql, on_text },
	};

	for (size_t i = 0; i < sizeof(queries) / sizeof(*queries); i++)
		TRY(c->ops->run(c, queries[i].sql, 0, NULL, queries[i].row, &f,
				err));
	if (f.lines.n)
		qsort(f.lines.v, f.lines.n, sizeof(*f.lines.v), by_text);
	for (size_t i = 0; i < f.lines.n; i++)
		buf_addf(&all, "%s\n", f.lines.v[i]);
	*out = f.failed ? NULL : buf_text(&all);
	return *out ? RETORT_OK : err_nomem(err);
}

static int compare_lines(const char *a, size_t n, const char *b, size_t m)
{
	int c = memcmp(a, b, n < m ? n : m);

	return c ? c : (n > m) - (n < m);
}

char *facts_compare(struct arena *mem, const char *wanted, const char *got)
{
	struct buf b = { .mem = mem };

	while (*wanted || *got) {
		size_t n = strcspn(wanted, "\n"), m = strcspn(got, "\n");
		int c = !*wanted ? 1 : !*got ? -1
		      : compare_lines(wanted, n, got, m);

		if (c < 0)
			buf_addf(&b, "\t- %.*s\n", (int)n, wanted);
		if (c > 0)
			buf_addf(&b, "\t+ %.*s\n", (int)m, got);
		if (c <= 0)
			wanted += n + 1;
		if (c >= 0)
			got += m + 1;
	}
	return buf_text(&b);
}
