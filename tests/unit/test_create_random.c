/*
 * CREATE TABLE statements made at random: what SQLite's pragmas say must
 * follow from the parse, and so must what the generator wrote and no pragma
 * tells: constraint names, CHECKs, conflict clauses, deferrable keys.
 */
#include "create_oracle.h"

#include "base/buf.h"

static struct arena mem;
static struct buf sql;
static struct facts wrote;
static unsigned long long seed;

static unsigned pick(unsigned n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % n;
}

#define ONE_OF(list) (list)[pick(sizeof(list) / sizeof(*(list)))]

/* A token, and something between it and the next one. */
static void put(const char *token)
{
	static const char *const between[] = {
		" ", " ", " ", " ", " ", " ", "\n", "\t", "/**/", " /* ),(' */ ",
		" -- , CHECK (x) '\n", "\r\n  ", "/*\n;*/"
	};

	buf_add(&sql, token);
	buf_add(&sql, ONE_OF(between));
}

/* Words in any case. */
static void words(const char *s)
{
	char word[32];
	size_t n;

	for (; *s; s += n + (s[n] == ' ')) {
		n = strcspn(s, " ");
		snprintf(word, sizeof(word), "%.*s", (int)n, s);
		for (char *c = word; *c; c++)
			if (!pick(3) && *c >= 'A' && *c <= 'Z')
				*c |= 0x20;
		put(word);
	}
}

static const char *quoted(const char *name, char open, char close)
{
	struct buf b = { .mem = &mem };

	buf_addc(&b, open);
	for (; *name; name++) {
		if (*name == close)
			buf_addc(&b, close);
		buf_addc(&b, *name);
	}
	buf_addc(&b, close);
	return buf_text(&b);
}

/* A name in some spelling of it. */
static void put_name(const char *name)
{
	static const char *const plain = "abcdefghijklmnopqrstuvwxyz_0123456789";

	switch (pick(6)) {
	case 0:
		put(quoted(name, '`', '`'));
		return;
	case 1:
		put(quoted(name, '\'', '\''));
		return;
	case 2:
		if (!strchr(name, ']')) {
			put(quoted(name, '[', ']'));
			return;
		}
		break;
	case 3:
		break;
	default:
		if (*name && !name[strspn(name, plain)] &&
		    !sql_is_keyword(name) && (*name < '0' || *name > '9')) {
			put(name);
			return;
		}
	}
	put(quoted(name, '"', '"'));
}

static const char *const odd_names[] = {
	"a", "b1", "select", "a b", "x\"y", "x'y", "x`y", "x[y", "x]y", "(,)",
	"--", "/*", ";", "key", "desc", "primary", "\xc3\xa9", "1st", "check",
	"generated", "always", "constraint", "a\nb", "%s", "rowid", "end"
};
static const char *const expressions[] = {
	"1", "a > 0", "a IN (1, ')')", "a <> ';'", "(a)", "((1)) + (2)",
	"a /* ) */ > 0", "a > 0 -- )\n AND 1", "lower(\"a\") = [a]", "'x''y'",
	"CASE WHEN a THEN (1) ELSE 2 END", "a IS NOT NULL", "`a` || \"a\"",
	"a NOT BETWEEN 1 AND 2", "x'00' = a", "- 1"
};
static const char *const conflicts[] = {
	"", "ROLLBACK", "ABORT", "FAIL", "IGNORE", "REPLACE"
};

static enum retort_conflict put_conflict(void)
{
	unsigned c = pick(3) ? 0 : pick(6);

	if (c) {
		words("ON CONFLICT");
		words(conflicts[c]);
	}
	return (enum retort_conflict)c;
}

/* CONSTRAINT name, mostly not; "" when not. */
static const char *put_constraint(void)
{
	const char *name = ONE_OF(odd_names);

	if (pick(4))
		return "";
	if (!pick(4)) {	/* one that says nothing */
		words("CONSTRAINT");
		put_name("lost");
	}
	words("CONSTRAINT");
	put_name(name);
	return name;
}

static void put_type(void)
{
	static const char *const types[] = {
		"INTEGER", "int", "VARCHAR ( 20 )", "NUMERIC(8,2)", "text",
		"UNSIGNED BIG INT", "DOUBLE\nPRECISION", "FLOAT( - 1.5 , +3 )",
		"\"odd type\"", "'x'", "\"INTEGER\"", "timestamp without time zone",
		"desc", "key", "long enough a type always", "\"a,b\""
	};

	if (pick(5))
		put(ONE_OF(types));
}

static void put_default(void)
{
	static const char *const defaults[] = {
		"1", "-1", "+ 1.5e3", "'x;y'", "\"x\"", "foo", "NULL", "x'00'",
		"CURRENT_TIMESTAMP", "true", "(1 + (2))", "( ')' )", "- 0x1F",
		"key", "[x]", "(/* ) */ 1)", "(1 -- )\n)", ".5"
	};

	words("DEFAULT");
	put(ONE_OF(defaults));
}

static void put_references(const char *constraint, const char *column)
{
	static const char *const actions[] = {
		"NO ACTION", "RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT"
	};
	unsigned defer = pick(6);

	words("REFERENCES");
	put_name(ONE_OF(odd_names));
	if (pick(2)) {
		put("(");
		put_name(ONE_OF(odd_names));
		put(")");
	}
	for (unsigned i = pick(3); i > 0; i--) {
		words(pick(2) ? "ON DELETE" : "ON UPDATE");
		words(ONE_OF(actions));
	}
	if (!pick(5))
		words("MATCH FULL");
	if (defer < 2)
		words(defer ? "DEFERRABLE INITIALLY DEFERRED"
			    : "NOT DEFERRABLE INITIALLY IMMEDIATE");
	fact(&wrote, "foreign key [%s] of [%s] deferred %d not %d", constraint,
	     column, defer == 1, defer == 0);
}

static void put_check(const char *constraint)
{
	const char *e = ONE_OF(expressions);

	words("CHECK");
	put("(");
	put(e);
	put(")");
	fact(&wrote, "check [%s] %s", constraint, e);
}

static void put_collate(void)
{
	static const char *const collations[] = {
		"nocase", "RTRIM", "\"binary\"", "[NOCASE]", "'rtrim'"
	};

	words("COLLATE");
	put(ONE_OF(collations));
}

/* One constraint of a column; `bits` are the ones it has already. */
static void put_attribute(const char *column, unsigned *bits, bool *primary)
{
	const char *name = put_constraint();
	unsigned kind = pick(8);

	if (kind < 5 && (*bits & 1u << kind))
		kind = 5;
	*bits |= 1u << kind;
	switch (kind) {
	case 0:
		words("NOT NULL");
		fact(&wrote, "not null [%s] of [%s] %s", name, column,
		     conflicts[put_conflict()]);
		break;
	case 1:
		put_default();
		break;
	case 2:
		put_collate();
		break;
	case 3:
		words("UNIQUE");
		fact(&wrote, "unique [%s] %s", name, conflicts[put_conflict()]);
		break;
	case 4:
		if (*primary) {
			words("NULL");
			break;
		}
		*primary = true;
		words("PRIMARY KEY");
		words(pick(3) ? "" : pick(2) ? "ASC" : "DESC");
		fact(&wrote, "primary key [%s] %s", name,
		     conflicts[put_conflict()]);
		break;
	case 5:
		put_check(name);
		break;
	default:
		put_references(name, column);
	}
}

/* A table constraint over columns from..n, none twice. */
static void put_key(char names[][32], unsigned from, unsigned n, bool primary)
{
	const char *name = put_constraint();

	words(primary ? "PRIMARY KEY" : "UNIQUE");
	put("(");
	for (unsigned i = from; i < n; i++) {
		if (i > from)
			put(",");
		if (pick(6))
			put_name(names[i]);
		else {
			put("(");
			put(quoted(names[i], '"', '"'));
			put(")");
		}
		if (!pick(3))
			put_collate();
		words(pick(3) ? "" : pick(2) ? "ASC" : "DESC");
	}
	put(")");
	fact(&wrote, "%s [%s] %s", primary ? "primary key" : "unique", name,
	     conflicts[put_conflict()]);
}

static void put_columns(char names[][32], unsigned n, bool *primary)
{
	unsigned bits;

	for (unsigned i = 0; i < n; i++) {
		if (i)
			put(",");
		snprintf(names[i], 32, "%s%u", ONE_OF(odd_names), i);
		if (!i)
			snprintf(names[i], 32, "a");
		put_name(names[i]);
		put_type();
		bits = 0;
		if (i && !pick(6)) {
			words(pick(2) ? "GENERATED ALWAYS AS" : "AS");
			put("(");
			put(ONE_OF(expressions));
			put(")");
			words(pick(3) ? "" : pick(2) ? "STORED" : "VIRTUAL");
			bits = 1 << 1 | 1 << 4;	/* DEFAULT, PRIMARY KEY */
		}
		for (unsigned k = pick(4); k > 0; k--)
			put_attribute(names[i], &bits, primary);
		if (!pick(10))
			put_constraint();
	}
}

static void put_constraints(char names[][32], unsigned n, bool *primary)
{
	bool comma = true;

	for (unsigned k = pick(4); k > 0; k--, comma = pick(2)) {
		if (comma)
			put(",");
		switch (pick(4)) {
		case 0:
			put_check(put_constraint());
			break;
		case 1:
			put_key(names, pick(n), n, !*primary);
			*primary = true;
			break;
		case 2:
			put_key(names, pick(n), n, false);
			break;
		default: {
			const char *name = put_constraint();

			words("FOREIGN KEY");
			put("(");
			put_name(names[n - 1]);
			put(")");
			put_references(name, names[n - 1]);
		}
		}
	}
}

static const char *make_table(void)
{
	static char names[8][32];
	unsigned n = 1 + pick(7);
	bool primary = false;

	sql = (struct buf){ .mem = &mem };
	words("CREATE TABLE");
	if (!pick(3))
		words("IF NOT EXISTS");
	put_name("t");
	put("(");
	put_columns(names, n, &primary);
	put_constraints(names, n, &primary);
	put(")");
	if (primary && !pick(3))
		words("WITHOUT ROWID");
	return buf_text(&sql);
}

static const char *name_or_none(const char *name)
{
	return name ? name : "";
}

/* What make_table() notes in `wrote`, from the parse. */
static char *read_back(const struct table *t)
{
	struct facts f = {0};

	for (size_t i = 0; i < t->columns.n; i++) {
		const struct column *c = t->columns.v[i];

		if (c->not_null)
			fact(&f, "not null [%s] of [%s] %s",
			     name_or_none(c->not_null_name), c->name,
			     conflicts[c->not_null_conflict]);
	}
	for (size_t i = 0; i < t->constraints.n; i++) {
		const struct constraint *c = t->constraints.v[i];
		const char *name = name_or_none(c->name);

		if (c->kind == CONSTRAINT_CHECK)
			fact(&f, "check [%s] %s", name, c->check_sql);
		else if (c->kind == CONSTRAINT_FOREIGN_KEY)
			fact(&f, "foreign key [%s] of [%s] deferred %d not %d",
			     name, c->parts.v[0].column, c->initially_deferred,
			     c->explicit_not_deferrable);
		else
			fact(&f, "%s [%s] %s", c->kind == CONSTRAINT_UNIQUE
			     ? "unique" : "primary key", name,
			     conflicts[c->conflict]);
	}
	return facts_text(&f);
}

static void agree_on_writing(const char *text)
{
	struct err err = {0};
	struct create *c = NULL;
	char *a = facts_text(&wrote), *b;

	cr_assert_eq(create_parse(text, &mem, &c, &err), RETORT_OK, "%s\n%s",
		     err.pub.message, text);
	b = read_back(c->table);
	cr_assert_str_eq(b, a, "%s\nparsed:\n%s\nwritten:\n%s", text, b, a);
	free(a);
	free(b);
}

Test(create_random, tables_agree_with_the_pragmas, .timeout = 120)
{
	/* valgrind is slow; it looks for other things */
	const unsigned long long n = getenv("VALGRIND") ? 200 : 4000;
	unsigned long long accepted = 0;

	for (unsigned long long i = 1; i <= n; i++) {
		const char *text;
		sqlite3 *db;

		seed = i * 0x9E3779B97F4A7C15u;
		wrote.n = 0;
		text = make_table();
		cr_assert_eq(sqlite3_open(":memory:", &db), SQLITE_OK);
		if (sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK) {
			accepted++;
			agree_on_table(db, text);
			agree_on_writing(text);
		} else {	/* a key of a generated column, and such */
			free(facts_text(&wrote));
		}
		sqlite3_close(db);
		arena_clear(&mem);
	}
	cr_expect_gt(accepted, n / 2, "%llu", accepted);
}
