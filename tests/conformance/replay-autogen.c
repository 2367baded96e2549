/*
 * replay-autogen FILE: pairs of schemas, what Alembic finds between them, and
 * what we do.
 *
 * The database `before` is brought to models made from `after` and must then
 * be as one made from `after` is; taken back, it must be as before. What
 * Alembic finds we must find. Where it finds nothing we must find nothing,
 * unless the two databases do differ by their own account: then the round
 * trip decides, and -v tells what we find. A database that SQLite itself finds
 * broken (a foreign key to columns that are not a key) may be refused. A record
 * whose own SQL the server refuses is neither passed nor failed.
 *
 * Records of PostgreSQL want a server: that of PGHOST, PGPORT and PGUSER.
 */
#include <jansson.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/file.h"
#include "diff/diff.h"
#include "facts.h"
#include "migrate/runner.h"
#include "model/model.h"
#include "op/print_c.h"
#include "server.h"

struct replay {
	json_t *record;
	struct arena mem;	/* of one record */
	struct err err;
	const struct dialect *d;
	sqlite3 *handle[2];
	struct conn *before, *after;
	bool server;		/* it was used */
	char *facts_before, *facts_after;
	const char *version_table;
	struct model_library models;
	const char *directory;	/* for compiled models */
	char *why;		/* it failed */
	bool impossible;	/* the server refuses the record itself */
	bool verbose;
};

static bool fail(struct replay *r, const char *what)
{
	r->why = arena_printf(&r->mem, "%s: %s%s%s%s%s", what,
		r->err.pub.message ? r->err.pub.message : "",
		r->err.pub.detail ? "\n\t" : "",
		r->err.pub.detail ? r->err.pub.detail : "",
		r->err.pub.hint ? "\n\t" : "",
		r->err.pub.hint ? r->err.pub.hint : "");
	return false;
}

/* A function that the recorded CHECKs call and SQLite has not. */
static void len(sqlite3_context *ctx, int n, sqlite3_value **v)
{
	(void)n;
	sqlite3_result_int(ctx, sqlite3_value_bytes(v[0]));
}

static const char *text_at(const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s && strncmp(s, "<_NoneName", 10) ? s : NULL;
}

static bool open_database(struct replay *r, sqlite3 **handle,
			  struct conn **out)
{
	if (sqlite3_open(":memory:", handle) != SQLITE_OK ||
	    sqlite3_create_function(*handle, "len", 1,
				    SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL,
				    len, NULL, NULL) != SQLITE_OK ||
	    r->d->adopt(*handle, NULL, out, &r->err) < 0)
		return fail(r, "could not open");
	return true;
}

static bool on_server(const struct replay *r)
{
	return r->d == &dialect_postgresql;
}

static bool read_facts(struct replay *r, struct conn *c, char **out)
{
	retort_status rc = on_server(r)
		? server_facts(c, &r->mem, out, &r->err)
		: facts_read(c, r->version_table, &r->mem, out, &r->err);

	return rc < 0 ? fail(r, "facts") : true;
}

static bool make(struct replay *r, const char *key, struct conn **out,
		 char **facts)
{
	json_t *list = json_object_get(r->record, key), *sql;
	size_t i;

	if (on_server(r)) {
		r->server = true;
		if (server_make(&r->mem, *key == 'a', out, &r->err) < 0)
			return fail(r, "make");
	} else if (!open_database(r, &r->handle[*key == 'a'], out)) {
		return false;
	}
	json_array_foreach(list, i, sql)
		if (conn_exec(*out, json_string_value(sql), &r->err) < 0) {
			r->impossible = r->err.pub.code == RETORT_E_DATABASE;
			return fail(r, key);
		}
	return read_facts(r, *out, facts);
}

static bool reflect(struct replay *r, struct conn *c, struct schema **out)
{
	static const char *names[] = { "", "test_schema", "test_schema_2" };
	json_t *opts = json_object_get(r->record, "opts");
	struct reflect_options o = {
		.version_table = r->version_table,
		.version_schema = text_at(opts, "version_table_schema"),
	};

	if (json_is_true(json_object_get(opts, "include_schemas")))
		o.schemas = (struct strings){ names, 3, 3 };
	if (r->d->reflect(c, &o, &r->mem, out, &r->err) < 0)
		return fail(r, "reflect");
	return true;
}

/* The models of `after`: printed as C, compiled and loaded. */
static bool load_models(struct replay *r)
{
	struct compile_options o = { .cache_directory = r->directory,
				     .include_directory = "lib/include" };
	struct buf text = { .mem = &r->mem };
	struct strings paths = {0};
	struct schema *s;
	char *path = arena_printf(&r->mem, "%s/models.c", r->directory);

	if (!reflect(r, r->after, &s))
		return false;
	if (!s->tables.n && !s->objects.n)
		return true;
	if (schema_print_c(s, NULL, &text, &r->err) < 0 || !buf_text(&text))
		return fail(r, "print models");
	if (file_write(path, text.s, text.n, true, &r->err) < 0)
		return fail(r, "write models");
	if (!vec_push(&r->mem, &paths, path) ||
	    model_load(&paths, &o, &r->models, &r->err) < 0)
		return fail(r, "load models");
	return true;
}

static bool wanted_schema(struct replay *r, struct schema **out)
{
	if (!r->models.models) {
		*out = schema_new(&r->mem, r->d->caps & CAP_FOLD_CASE);
		return r->d->lower(*out, &r->err) >= 0;
	}
	if (model_schema(r->models.models, r->d, NULL, &r->mem, out,
			 &r->err) < 0)
		return fail(r, "read models");
	return true;
}

static bool option(const struct replay *r, const char *name)
{
	json_t *opts = json_object_get(r->record, "opts");
	json_t *v = json_object_get(opts, name);

	return v ? !json_is_false(v) : !strcmp(name, "compare_type");
}

/* A database made for the proof has not the function of the records. */
static bool misses_function(const struct err *err)
{
	return strstr(err->pub.message, "no such function") ||
	       strstr(err->pub.message, "function len(");
}

static bool find_differences(struct replay *r, bool all, struct diff *out)
{
	struct diff_options o = {
		.compare_type = all || option(r, "compare_type"),
		.compare_server_default =
			all || option(r, "compare_server_default"),
	};
	struct schema *live, *wanted;

	if (!reflect(r, r->before, &live) || !wanted_schema(r, &wanted))
		return false;
	if (diff_schemas(r->d, r->before, live, wanted, &o, &r->mem, out,
			 &r->err) < 0)
		return fail(r, "diff");
	if (!all || !out->up.n)
		return true;
	if (diff_prove(r->d, r->before, live, wanted, out, &r->err) < 0 &&
	    !misses_function(&r->err))
		return fail(r, "proof");	/* but for that, it was tried */
	return true;
}

static char *describe(struct replay *r, const struct ops *list)
{
	struct buf b = { .mem = &r->mem };

	for (size_t i = 0; i < list->n; i++)
		buf_addf(&b, "%s%s", i ? "; " : "",
			 op_describe(&r->mem, list->v[i]));
	return buf_text(&b);
}

static bool carry_out(struct replay *r, const struct ops *list,
		      const char *facts, const char *what)
{
	struct script script = {0};
	struct schema *live;
	char *now;

	if (!reflect(r, r->before, &live))
		return false;
	if (r->d->compile(live, list, &r->mem, &script, &r->err) < 0 ||
	    run_script(r->before, &script, &r->err) < 0)
		return fail(r, what);
	if (!read_facts(r, r->before, &now))
		return false;
	if (!strcmp(now, facts))
		return true;
	r->why = arena_printf(&r->mem, "%s gives another schema:\n%s\t(%s)",
			      what, facts_compare(&r->mem, facts, now),
			      describe(r, list));
	return false;
}

/* What Alembic found, and ours ------------------------------------------ */

static bool same(const char *a, const char *b)
{
	return a && b && !strcasecmp(a, b);
}

static bool has_index(const struct table *t, const char *name)
{
	for (size_t i = 0; t && i < t->indexes.n; i++)
		if (same(t->indexes.v[i]->name, name))
			return true;
	return false;
}

static bool same_columns(const struct parts *parts, const json_t *names)
{
	if (json_array_size(names) != parts->n)
		return false;
	for (size_t i = 0; i < parts->n; i++)
		if (!same(parts->v[i].column,
			  json_string_value(json_array_get(names, i))))
			return false;
	return true;
}

static bool is_constraint(const struct constraint *c, const json_t *what)
{
	static const struct {
		const char *key, *columns;
		enum constraint_kind kind;
	} kinds[] = {
		{ "unique", "columns", CONSTRAINT_UNIQUE },
		{ "check", NULL, CONSTRAINT_CHECK },
		{ "fk", "cols", CONSTRAINT_FOREIGN_KEY },
		{ "pk", "columns", CONSTRAINT_PRIMARY_KEY },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		const json_t *columns;

		if (c->kind != kinds[i].kind ||
		    !json_object_get(what, kinds[i].key))
			continue;
		columns = kinds[i].columns
			? json_object_get(what, kinds[i].columns) : NULL;
		return same(c->name, text_at(what, kinds[i].key)) ||
		       (columns && same_columns(&c->parts, columns)) ||
		       (!columns && !text_at(what, kinds[i].key));
	}
	return false;
}

/* A table's own operation is about its indexes and constraints too. */
static bool of_table(const struct op *op, const json_t *what, bool add)
{
	const struct table *t = op->def;
	const char *index = text_at(what, "index");

	if (op->kind != (add ? OP_CREATE_TABLE : OP_DROP_TABLE) || !t ||
	    !same(t->name, text_at(what, "table")))
		return false;
	if (index)
		return has_index(t, index);
	for (size_t i = 0; i < t->constraints.n; i++)
		if (is_constraint(t->constraints.v[i], what))
			return true;
	return false;
}

static bool is_index(const struct op *op, const json_t *what, bool add)
{
	const char *name = text_at(what, "index");

	if (op->kind == OP_RENAME_INDEX)
		return same(add ? op->to : op->from, name);
	return op->kind == (add ? OP_CREATE_INDEX : OP_DROP_INDEX) &&
	       same(op->name, name);
}

static bool is_constraint_op(const struct op *op, const json_t *what, bool add)
{
	static const char *const keys[] = { "unique", "check", "fk", "pk" };

	for (size_t i = 0; op->kind == OP_RENAME_CONSTRAINT && i < 4; i++)
		if (same(add ? op->to : op->from, text_at(what, keys[i])))
			return true;
	return op->kind == (add ? OP_ADD_CONSTRAINT : OP_DROP_CONSTRAINT) &&
	       same(op->table, text_at(what, "table")) &&
	       is_constraint(op->constraint, what);
}

static bool is_change(const struct op *op, const json_t *change)
{
	static const struct {
		const char *word;
		unsigned bit;
	} words[] = {
		{ "modify_type", CHANGE_TYPE },
		{ "modify_nullable", CHANGE_NOT_NULL },
		{ "modify_default", CHANGE_DEFAULT | CHANGE_GENERATED |
				    CHANGE_IDENTITY },
		{ "modify_comment", CHANGE_COMMENT },
	};
	const char *word = json_string_value(json_array_get(change, 0));

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strcmp(word, words[i].word))
			return op->kind == OP_ALTER_COLUMN &&
			       same(op->table, json_string_value(
					json_array_get(change, 2))) &&
			       same(op->name, json_string_value(
					json_array_get(change, 3))) &&
			       (op->changes & words[i].bit);
	return false;
}

static bool is_column(const struct op *op, const json_t *diff, bool add)
{
	return op->kind == (add ? OP_ADD_COLUMN : OP_DROP_COLUMN) &&
	       same(op->table, json_string_value(json_array_get(diff, 2))) &&
	       same(op->name, text_at(json_array_get(diff, 3), "column"));
}

static bool is_same(const struct op *op, const json_t *diff)
{
	const char *word = json_string_value(json_array_get(diff, 0));
	const json_t *what = json_array_get(diff, 1);
	bool add = !strncmp(word, "add_", 4);

	if (!strncmp(word, "modify_", 7))
		return is_change(op, diff);
	if (strstr(word, "_table"))
		return op->kind == (add ? OP_CREATE_TABLE : OP_DROP_TABLE) &&
		       same(op->def->name, text_at(what, "table"));
	if (strstr(word, "_column"))
		return is_column(op, diff, add);
	return of_table(op, what, add) || is_index(op, what, add) ||
	       is_constraint_op(op, what, add);
}

static bool is_found(struct replay *r, const struct ops *ours,
		     const json_t *diff)
{
	for (size_t i = 0; i < ours->n; i++)
		if (is_same(ours->v[i], diff))
			return true;
	r->why = arena_printf(&r->mem, "Alembic finds more: %s\n\t(%s)",
			      json_dumps(diff, JSON_COMPACT),
			      describe(r, ours));
	return false;
}

/* A change of a column is a list of its attributes. */
static bool all_found(struct replay *r, const struct ops *ours)
{
	json_t *list = json_object_get(r->record, "diffs"), *diff, *change;
	size_t i, k;

	json_array_foreach(list, i, diff) {
		if (json_is_string(json_array_get(diff, 0))) {
			if (!is_found(r, ours, diff))
				return false;
			continue;
		}
		json_array_foreach(diff, k, change)
			if (!is_found(r, ours, change))
				return false;
	}
	return true;
}

/* Of tables hidden from Alembic it says that they must be added. */
static bool filters_names(const struct replay *r)
{
	json_t *list = json_object_get(r->record, "filters"), *name;
	size_t i;

	json_array_foreach(list, i, name)
		if (!strcmp(json_string_value(name), "include_name"))
			return true;
	return false;
}

static bool judge(struct replay *r, const struct ops *ours)
{
	const char *name = text_at(r->record, "test");

	if (!filters_names(r) && !all_found(r, ours)) {
		/* what neither database tells from the other is none */
		if (ours->n || strcmp(r->facts_before, r->facts_after))
			return false;
		printf("less: %s: %s\n", name, r->why);
	}
	if (!ours->n || json_array_size(json_object_get(r->record, "diffs")))
		return true;
	if (!strcmp(r->facts_before, r->facts_after)) {
		r->why = arena_printf(&r->mem, "we find what is not there: %s",
				      describe(r, ours));
		return false;
	}
	if (r->verbose)
		printf("more: %s: %s\n", name, describe(r, ours));
	return true;
}

static bool is_broken(struct replay *r)
{
	SCRATCH_ERR(err);

	return !on_server(r) &&
	       conn_exec(r->after, "PRAGMA foreign_key_check", &err) < 0;
}

static bool play(struct replay *r)
{
	struct diff diff;

	if (!make(r, "before", &r->before, &r->facts_before) ||
	    !make(r, "after", &r->after, &r->facts_after) ||
	    !load_models(r) || !find_differences(r, false, &diff) ||
	    !judge(r, &diff.up))
		return false;
	if (!find_differences(r, true, &diff)) {
		if (r->verbose)
			printf("refused: %s: %s\n",
			       text_at(r->record, "test"), r->why);
		return is_broken(r);
	}
	return carry_out(r, &diff.up, r->facts_after, "upgrade") &&
	       carry_out(r, &diff.down, r->facts_before, "downgrade");
}

static const char *version_table(const json_t *record)
{
	const json_t *opts = json_object_get(record, "opts");
	const char *s = text_at(opts, "version_table");

	return s ? s : "alembic_version";
}

static bool play_record(struct replay *r, json_t *record)
{
	const char *dialect = text_at(record, "dialect");
	bool ok;

	r->record = record;
	r->d = dialect_by_name(dialect);
	r->version_table = version_table(record);
	ok = r->d ? play(r) : fail(r, "no such dialect");
	if (!ok)
		printf("%s %s: %s\n", r->impossible ? "impossible:" : "FAILED",
		       text_at(record, "test"), r->why);
	if (r->before)
		r->d->close(r->before);
	if (r->after)
		r->d->close(r->after);
	sqlite3_close(r->handle[0]);
	sqlite3_close(r->handle[1]);
	r->handle[0] = r->handle[1] = NULL;
	if (r->models.handle)
		model_unload(&r->models);
	r->before = r->after = NULL;
	r->models = (struct model_library){0};
	arena_clear(&r->mem);
	err_clear(&r->err);
	return ok;
}

static int play_file(struct replay *r, FILE *f)
{
	size_t passed = 0, failed = 0, impossible = 0, cap = 0;
	char *line = NULL;

	while (getline(&line, &cap, f) > 0) {
		json_error_t e;
		json_t *record = json_loads(line, 0, &e);

		if (!record) {
			fprintf(stderr, "not JSON: %s\n", e.text);
			failed++;
			continue;
		}
		r->impossible = false;
		if (play_record(r, record))
			passed++;
		else if (r->impossible)
			impossible++;
		else
			failed++;
		json_decref(record);
	}
	free(line);
	if (impossible)
		printf("%zu of SQL that the server refuses\n", impossible);
	printf("%zu passed, %zu failed\n", passed, failed);
	return failed ? 1 : 0;
}

static void remove_directory(const char *path)
{
	SCRATCH(mem);
	SCRATCH_ERR(err);
	struct strings names = {0};

	if (file_list(path, &mem, &names, &err) < 0)
		return;
	for (size_t i = 0; i < names.n; i++)
		unlink(path_join(&mem, path, names.v[i]));
	rmdir(path);
}

int main(int argc, char **argv)
{
	char directory[] = "/tmp/replay-autogen-XXXXXX";
	struct replay r = { .directory = directory };
	FILE *f;
	int rc;

	r.verbose = argc == 3 && !strcmp(argv[1], "-v");
	if (argc != 2 && !r.verbose) {
		fprintf(stderr, "usage: replay-autogen [-v] FILE\n");
		return 2;
	}
	f = fopen(argv[argc - 1], "r");
	if (!f || !mkdtemp(directory)) {
		perror(argv[argc - 1]);
		return 2;
	}
	rc = play_file(&r, f);
	fclose(f);
	remove_directory(directory);
	if (r.server)
		server_drop();
	return rc;
}
