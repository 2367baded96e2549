/*
 * replay-batch FILE: operations on one table that Alembic makes by copying it.
 *
 * The same operations on the same table must give the same table, columns in
 * the same order, with the values that Alembic would copy; taken back, the
 * table from before. What a record has not kept of an operation (the name of
 * a primary key, the text of a CHECK) is read from its result.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "batch.h"
#include "facts.h"
#include "migrate/runner.h"
#include "sql/create.h"
#include "sql/token.h"

#define PREFIX "_alembic_tmp_"

/* Databases ---------------------------------------------------------------- */

/* The name that a column of the result had before the operations. */
static const char *old_name(const struct replay *r, const char *name)
{
	json_t *op;
	size_t i;

	json_array_foreach(replay_get(r, "ops"), i, op) {
		const char *to = text_at(json_array_get(op, 2), "name");

		if (to && !strcmp(to, name))
			return json_string_value(
				json_array_get(json_array_get(op, 1), 1));
	}
	return name;
}

static void lost_columns(struct replay *r, struct buf *b)
{
	json_t *op;
	size_t i;

	for (i = 0; i < r->wanted->columns.n; i++) {
		const struct column *c = r->wanted->columns.v[i];

		buf_addf(b, "%s %s%s, ", old_name(r, c->name), c->type.text,
			 c->not_null ? " NOT NULL" : "");
	}
	json_array_foreach(replay_get(r, "ops"), i, op)
		if (!strcmp(json_string_value(json_array_get(op, 0)),
			    "drop_column"))
			buf_addf(b, "%s INTEGER, ", column_of(r,
				json_array_get(json_array_get(op, 1), 1)));
}

/* The keys of the result; whether one of them is of this column. */
static bool lost_keys(struct replay *r, struct buf *b, const char *column)
{
	bool seen = false;

	for (size_t i = 0; i < r->wanted->constraints.n; i++) {
		const struct constraint *c = r->wanted->constraints.v[i];

		if (c->kind != CONSTRAINT_FOREIGN_KEY)
			continue;
		buf_addf(b, ", FOREIGN KEY (");
		for (size_t k = 0; k < c->parts.n; k++) {
			const char *name = old_name(r, c->parts.v[k].column);

			seen = seen || !strcmp(name, column);
			buf_addf(b, "%s%s", k ? ", " : "", name);
		}
		buf_addf(b, ") REFERENCES \"%s\" (", c->ref_table);
		for (size_t k = 0; k < c->ref_columns.n; k++)
			buf_addf(b, "%s%s", k ? ", " : "", c->ref_columns.v[k]);
		buf_addc(b, ')');
	}
	return seen;
}

/* "CONSTRAINT name " of the key that an operation drops by its name. */
static const char *dropped_key(struct replay *r)
{
	json_t *op;
	size_t i;

	json_array_foreach(replay_get(r, "ops"), i, op) {
		const char *name = text_at(json_array_get(
			json_array_get(op, 1), 0), "fk");

		if (name && !strcmp(json_string_value(json_array_get(op, 0)),
				    "drop_constraint"))
			return arena_printf(&r->mem, "CONSTRAINT %s ", name);
	}
	return "";
}

/*
 * "ERR NoReferencedTableError(… column 't.c' could not find table 'u' … target
 * column 'k')": the recorder could not write the table; it is the result with
 * the operations taken back, and that key. NULL and an error otherwise.
 */
static const char *lost_table(struct replay *r)
{
	const char *s = json_string_value(
		json_array_get(replay_get(r, "old"), 0));
	char column[64], table[64], key[64];
	struct buf b = { .mem = &r->mem };

	if (sscanf(strstr(s, "column '"), "column '%*[^.].%63[^']' could not "
		   "find table '%63[^']' with which to generate a foreign key "
		   "to target column '%63[^']'", column, table, key) != 3) {
		replay_fail(r, s);
		return NULL;
	}
	buf_addf(&b, "CREATE TABLE %s (", r->wanted->name);
	lost_columns(r, &b);
	buf_addf(&b, "PRIMARY KEY (id)");
	if (!lost_keys(r, &b, column))
		buf_addf(&b, ", %sFOREIGN KEY (%s) REFERENCES \"%s\" (%s)",
			 dropped_key(r), column, table, key);
	buf_addc(&b, ')');
	return buf_text(&b);
}

static bool run(struct replay *r, struct conn *c, const char *sql)
{
	return conn_exec(c, sql, &r->err) >= 0 || replay_fail(r, sql);
}

static bool run_list(struct replay *r, struct conn *c, const char *key)
{
	json_t *sql;
	size_t i;

	json_array_foreach(replay_get(r, key), i, sql)
		if (!run(r, c, json_string_value(sql)))
			return false;
	return true;
}

static bool make_old(struct replay *r, struct conn **out)
{
	const char *first = json_string_value(json_array_get(replay_get(r, "old"), 0));
	const char *sql;

	if (r->d->scratch(NULL, out, &r->err) < 0)
		return replay_fail(r, "scratch");
	if (strncmp(first, "ERR ", 4))
		return run_list(r, *out, "old");
	sql = lost_table(r);
	return sql && run(r, *out, sql);
}

static bool make_new(struct replay *r)
{
	const char *sql = arena_printf(&r->mem,
		"ALTER TABLE " PREFIX "%s RENAME TO %s", r->wanted->name,
		r->wanted->name);

	return run(r, r->new, sql) && run_list(r, r->new, "indexes");
}

static bool reflect(struct replay *r, struct schema **out)
{
	static const struct reflect_options all = {0};

	if (r->d->reflect(r->old, &all, &r->mem, out, &r->err) < 0)
		return replay_fail(r, "reflect");
	r->before = schema_table(*out, NULL, r->wanted->name);
	if (!r->before)
		return replay_fail(r, "the table is not there");
	r->before = table_copy(&r->mem, r->before);
	return true;
}

static int on_value(void *payload, int n, const char *const cell[])
{
	struct buf *b = payload;

	for (int i = 0; i < n; i++)
		buf_addf(b, "%s|", cell[i] ? cell[i] : "NULL");
	buf_addc(b, '\n');
	return 0;
}

static char *ask(struct replay *r, struct conn *c, const char *sql)
{
	struct buf b = { .mem = &r->mem };

	if (r->d->run(c, sql, 0, NULL, on_value, &b, &r->err) < 0) {
		replay_fail(r, sql);
		return NULL;
	}
	return buf_text(&b);
}

/* The name after the operations. */
static const char *renamed(const struct replay *r, const char *name)
{
	for (size_t i = 0; i < r->ops.n; i++)
		if (r->ops.v[i]->kind == OP_ALTER_COLUMN &&
		    !strcmp(r->ops.v[i]->name, name))
			name = r->ops.v[i]->column->name;
	return name;
}

/* Makes the tables that keys of `t` refer to, with a row for each value. */
static bool make_parents(struct replay *r, struct conn *c,
			 const struct table *t)
{
	for (size_t i = 0; i < t->constraints.n; i++) {
		const struct constraint *key = t->constraints.v[i];
		struct buf names = { .mem = &r->mem }, rows = { .mem = &r->mem };

		if (key->kind != CONSTRAINT_FOREIGN_KEY ||
		    !strcmp(key->ref_table, t->name))
			continue;
		for (size_t k = 0; k < key->ref_columns.n; k++) {
			buf_addf(&names, "%s%s", k ? ", " : "",
				 key->ref_columns.v[k]);
			buf_addf(&rows, "%sv", k ? ", " : "");
		}
		if (!run(r, c, arena_printf(&r->mem, "CREATE TABLE IF NOT "
			"EXISTS \"%s\" (%s, UNIQUE (%s)); INSERT OR IGNORE "
			"INTO \"%s\" SELECT %s FROM (SELECT 1 AS v UNION "
			"SELECT 12)", key->ref_table, buf_text(&names),
			buf_text(&names), key->ref_table, buf_text(&rows))))
			return false;
	}
	return true;
}

static bool all_parents(struct replay *r)
{
	struct conn *all[] = { r->old, r->copy, r->new };

	for (size_t i = 0; i < 3; i++)
		if (!make_parents(r, all[i], r->before) ||
		    !make_parents(r, all[i], r->wanted))
			return false;
	return true;
}

/* What a column gets in the first, second, … try. */
static const char *value_of(const struct column *c, int attempt)
{
	bool flag = !strcasecmp(c->type.text, "BOOLEAN");
	bool number = !strcasecmp(c->type.text, "INTEGER");

	if (attempt == 2 && !c->not_null)
		return "NULL";
	return flag || (number && attempt) ? "1" : number ? "12" : "'12'";
}

static char *row_of(struct replay *r, int attempt)
{
	struct buf names = { .mem = &r->mem }, values = { .mem = &r->mem };

	for (size_t i = 0; i < r->before->columns.n; i++) {
		const struct column *c = r->before->columns.v[i];

		if (c->generated)
			continue;
		buf_addf(&names, "%s\"%s\"", names.n ? ", " : "", c->name);
		buf_addf(&values, "%s%s", values.n ? ", " : "",
			 value_of(c, attempt));
	}
	return arena_printf(&r->mem, "INSERT INTO %s (%s) VALUES (%s)",
			    r->before->name, buf_text(&names),
			    buf_text(&values));
}

/* Do the CHECKs of the result hold for what Alembic would copy? */
static bool suits_result(struct replay *r, struct conn *c)
{
	struct buf copied = { .mem = &r->mem };
	json_t *pair;
	size_t k;

	json_array_foreach(replay_get(r, "transfer"), k, pair)
		buf_addf(&copied, "%s%s AS \"%s\"", k ? ", " : "",
			 json_string_value(json_array_get(pair, 1)),
			 renamed(r, json_string_value(json_array_get(pair, 0))));
	for (size_t i = 0; i < r->wanted->constraints.n; i++) {
		const struct constraint *check = r->wanted->constraints.v[i];
		const char *violated;

		if (check->kind != CONSTRAINT_CHECK)
			continue;
		violated = ask(r, c, arena_printf(&r->mem,
			"SELECT count(*) FROM (SELECT %s FROM %s) WHERE "
			"NOT (%s)", buf_text(&copied), r->before->name,
			check->check_sql));
		err_clear(&r->err);
		if (violated && strcmp(violated, "0|\n"))
			return false;
	}
	return true;
}

/* One row that the CHECKs of before and after take. */
static bool fill(struct replay *r, struct conn *c)
{
	const char *empty = arena_printf(&r->mem, "DELETE FROM %s",
					 r->before->name);

	if (!run(r, c, "PRAGMA foreign_keys = OFF"))
		return false;
	for (int attempt = 0; attempt < 3; attempt++) {
		if (run(r, c, row_of(r, attempt)) && suits_result(r, c))
			return true;
		err_clear(&r->err);
		if (!run(r, c, empty))
			return false;
	}
	return replay_fail(r, "no row that both tables would take");
}

/* What Alembic would copy is there. */
static bool same_values(struct replay *r)
{
	struct buf ours = { .mem = &r->mem }, theirs = { .mem = &r->mem };
	json_t *pair;
	size_t i;
	char *a, *b;

	json_array_foreach(replay_get(r, "transfer"), i, pair) {
		const char *name = json_string_value(json_array_get(pair, 0));

		buf_addf(&ours, "%s\"%s\"", i ? ", " : "", renamed(r, name));
		buf_addf(&theirs, "%s%s", i ? ", " : "",
			 json_string_value(json_array_get(pair, 1)));
	}
	a = ask(r, r->old, arena_printf(&r->mem, "SELECT %s FROM %s",
					buf_text(&ours), r->wanted->name));
	b = ask(r, r->copy, arena_printf(&r->mem, "SELECT %s FROM %s",
					 buf_text(&theirs), r->before->name));
	if (!a || !b)
		return false;
	if (!strcmp(a, b))
		return true;
	r->why = arena_printf(&r->mem, "other values: %s instead of %s", a, b);
	return false;
}

static bool same_facts(struct replay *r, struct conn *as, const char *what)
{
	char *a, *b;

	if (facts_read(r->old, NULL, &r->mem, &a, &r->err) < 0 ||
	    facts_read(as, NULL, &r->mem, &b, &r->err) < 0)
		return replay_fail(r, "facts");
	if (!strcmp(a, b))
		return true;
	r->why = arena_printf(&r->mem, "%s gives another table:\n%s", what,
			      facts_compare(&r->mem, b, a));
	return false;
}

static bool same_order(struct replay *r)
{
	const char *sql = arena_printf(&r->mem,
		"SELECT name FROM pragma_table_xinfo('%s')", r->wanted->name);
	char *a = ask(r, r->old, sql), *b = ask(r, r->new, sql);

	if (a && b && !strcmp(a, b))
		return true;
	if (a && b)
		r->why = arena_printf(&r->mem, "another order:\n%s", a);
	return false;
}

static bool carry_out(struct replay *r, struct schema *before,
		      const struct ops *list)
{
	struct script script = {0};

	return (r->d->compile(before, list, &r->mem, &script, &r->err) >= 0 &&
		run_script(r->old, &script, &r->err) >= 0) ||
	       replay_fail(r, "compile or run");
}

/* The values of a dropped column do not come back: then neither do rows. */
static bool empty(struct replay *r)
{
	for (size_t i = 0; i < r->ops.n; i++)
		if (r->ops.v[i]->kind == OP_DROP_COLUMN)
			return run(r, r->old, arena_printf(&r->mem,
				   "DELETE FROM %s", r->wanted->name));
	return true;
}

static bool there_and_back(struct replay *r, struct schema *before)
{
	struct ops back = {0};
	struct schema *after;

	if (ops_reverse(before, &r->ops, &r->mem, &back, &r->err) < 0)
		return replay_fail(r, "reverse");
	return carry_out(r, before, &r->ops) &&
	       same_facts(r, r->new, "the way there") && same_order(r) &&
	       same_values(r) && empty(r) && reflect(r, &after) &&
	       carry_out(r, after, &back) &&
	       same_facts(r, r->copy, "the way back");
}

static bool play(struct replay *r)
{
	const char *sql = json_string_value(
		json_array_get(replay_get(r, "new_tmp"), 0));
	struct schema *before;

	if (!sql)
		return replay_fail(r, "no new_tmp");
	if (r->d->scratch(NULL, &r->new, &r->err) < 0)
		return replay_fail(r, "scratch");
	r->skipped = !run(r, r->new, sql);
	if (r->skipped || !replay_parse(r, sql, &r->wanted))
		return false;
	if (!strncmp(r->wanted->name, PREFIX, sizeof(PREFIX) - 1))
		r->wanted->name += sizeof(PREFIX) - 1;
	return make_old(r, &r->old) && make_old(r, &r->copy) && make_new(r) &&
	       reflect(r, &before) && all_parents(r) && reflect(r, &before) &&
	       translate(r) && fill(r, r->old) && fill(r, r->copy) &&
	       there_and_back(r, before);
}

static void close_all(struct replay *r)
{
	struct conn **all[] = { &r->old, &r->copy, &r->new };

	for (size_t i = 0; i < 3; i++) {
		if (*all[i])
			r->d->close(*all[i]);
		*all[i] = NULL;
	}
}

/* "default" is the SQL of no database in particular. */
static const struct dialect *dialect_of(const json_t *record)
{
	const char *name = text_at(record, "dialect");

	return dialect_by_name(strcmp(name, "default") ? name : "sqlite");
}

/* Skipped is what SQLite itself does not take: no answer to compare with. */
static bool play_record(struct replay *r, json_t *record)
{
	bool ok;

	r->record = record;
	r->d = dialect_of(record);
	r->ops = (struct ops){0};
	r->skipped = !r->d;
	r->why = r->d ? NULL : arena_strdup(&r->mem, text_at(record, "dialect"));
	ok = r->d && play(r);
	if (!ok)
		printf("%s %s: %s\n", r->skipped ? "not ours:" : "FAILED",
		       text_at(record, "test"), r->why);
	close_all(r);
	arena_clear(&r->mem);
	err_clear(&r->err);
	return ok || r->skipped;
}

static int play_file(FILE *f)
{
	struct replay r = {0};
	size_t passed = 0, failed = 0, cap = 0;
	char *line = NULL;

	while (getline(&line, &cap, f) > 0) {
		json_t *record = json_loads(line, 0, NULL);

		if (!record || !play_record(&r, record))
			failed++;
		else
			passed += !r.skipped;
		json_decref(record);
	}
	free(line);
	printf("%zu passed, %zu failed\n", passed, failed);
	return failed ? 1 : 0;
}

int main(int argc, char **argv)
{
	FILE *f;
	int rc;

	if (argc != 2) {
		fprintf(stderr, "usage: replay-batch FILE\n");
		return 2;
	}
	f = fopen(argv[1], "r");
	if (!f) {
		perror(argv[1]);
		return 2;
	}
	rc = play_file(f);
	fclose(f);
	return rc;
}
