#include "migrate/version.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "migrate/runner.h"

/* Append the quoted name that "{key}suffix" stands for. */
static bool add_name(const struct dialect *d, const char *schema,
		     const char *table, const char *at, struct buf *out)
{
	size_t n = strcspn(at, "}"), end = strcspn(at, "\"");
	const char *log = !strncmp(at, "log", n) ? "_log" : "";
	char *name = arena_printf(out->mem, "%s%s%.*s", table, log,
				  (int)(end - n - 1), at + n + 1);
	char *quoted = name ? d->quote_name(out->mem, name) : NULL;
	char *outer = NULL;

	if (schema && end == n + 1) {
		outer = d->quote_name(out->mem, schema);
		if (!outer)
			return false;
		buf_addf(out, "%s.", outer);
	}
	if (!quoted)
		return false;
	buf_add(out, quoted);
	return true;
}

char *version_sql(const struct dialect *d, enum stmt_id id, const char *schema,
		  const char *table, struct arena *mem)
{
	struct buf out = { .mem = mem };
	const char *s = d->sql[id], *mark;

	while ((mark = strstr(s, "\"{"))) {
		buf_addn(&out, s, (size_t)(mark - s));
		if (!add_name(d, schema, table, mark + 2, &out))
			return NULL;
		s = strchr(mark + 1, '"') + 1;
	}
	buf_add(&out, s);
	return buf_text(&out);
}

/* The next parameter, ?1 or $1, at or after `s`; they stand in no string. */
static const char *next_parameter(const char *s)
{
	for (; (s = strpbrk(s, "?$")); s++)
		if (s[1] >= '1' && s[1] <= '9')
			return s;
	return NULL;
}

char *version_text(const struct dialect *d, enum stmt_id id,
		   const struct version_tables *t, const char *const arg[],
		   struct arena *mem)
{
	const char *s = version_sql(d, id, t->schema, t->table, mem), *mark;
	struct buf out = { .mem = mem };

	if (!s)
		return NULL;
	while ((mark = next_parameter(s))) {
		char *end;
		long i = strtol(mark + 1, &end, 10);
		char *literal = d->quote_text(mem, arg[i - 1]);

		if (!literal)
			return NULL;
		buf_addn(&out, s, (size_t)(mark - s));
		buf_add(&out, literal);
		s = end;
	}
	buf_add(&out, s);
	return buf_text(&out);
}

retort_status version_run(const struct version_tables *t, enum stmt_id id,
			  int n, const char *const arg[], row_fn *row,
			  void *payload, struct err *err)
{
	SCRATCH(tmp);
	const struct dialect *d = t->conn->ops;
	char *sql = version_sql(d, id, t->schema ? t->schema : d->home_schema,
				t->table, &tmp);

	if (!sql)
		return err_nomem(err);
	return d->run(t->conn, sql, n, arg, row, payload, err);
}

static int note_row(void *payload, int n, const char *const cell[])
{
	(void)n, (void)cell;
	*(bool *)payload = true;
	return 1;
}

retort_status version_exists(const struct version_tables *t, bool *table,
			     bool *log, struct err *err)
{
	SCRATCH(tmp);
	const char *names[][2] = {
		{ t->table, t->schema },
		{ arena_printf(&tmp, "%s_log", t->table), t->schema }
	};
	bool there[2] = { false, false };

	if (!names[1][0])
		return err_nomem(err);
	if (!t->schema && t->conn->ops->need_home)
		TRY(t->conn->ops->need_home(t->conn, err));
	for (int i = 0; i < (log ? 2 : 1); i++)
		TRY(version_run(t, STMT_VERSION_EXISTS, 2, names[i], note_row,
				&there[i], err));
	*table = there[0];
	if (log)
		*log = there[1];
	return RETORT_OK;
}

retort_status version_create(const struct version_tables *t, struct err *err)
{
	bool table, log;

	TRY(version_exists(t, &table, &log, err));
	if (!table)
		TRY(version_run(t, STMT_VERSION_CREATE, 0, NULL, NULL, NULL,
				err));
	if (!log)
		TRY(version_run(t, STMT_LOG_CREATE, 0, NULL, NULL, NULL, err));
	return RETORT_OK;
}

retort_status version_write(const struct version_tables *t,
			    const struct strings *delete_rows,
			    const struct strings *insert_rows,
			    struct err *err)
{
	if (delete_rows->n == 1 && insert_rows->n == 1) {
		const char *const arg[] = { delete_rows->v[0],
					    insert_rows->v[0] };

		return version_run(t, STMT_VERSION_UPDATE, 2, arg, NULL, NULL,
				   err);
	}
	for (size_t i = 0; i < delete_rows->n; i++)
		TRY(version_run(t, STMT_VERSION_DELETE, 1, &delete_rows->v[i],
				NULL, NULL, err));
	for (size_t i = 0; i < insert_rows->n; i++)
		TRY(version_run(t, STMT_VERSION_INSERT, 1, &insert_rows->v[i],
				NULL, NULL, err));
	return RETORT_OK;
}

/* Rows into a list; a failed allocation is kept until the query ended. */
struct collect {
	struct arena *mem;
	struct strings *strings;
	struct log_rows *rows;
	bool failed;
};

static int collect_string(void *payload, int n, const char *const cell[])
{
	struct collect *c = payload;
	char *s = n > 0 && cell[0] ? arena_strdup(c->mem, cell[0]) : NULL;

	c->failed = !s || !vec_push(c->mem, c->strings, s);
	return c->failed;
}

retort_status version_rows(const struct version_tables *t, struct arena *mem,
			   struct strings *out, struct err *err)
{
	struct strings found = {0};
	struct collect to = { .mem = mem, .strings = &found };

	TRY(version_run(t, STMT_VERSION_READ, 0, NULL, collect_string, &to,
			err));
	if (to.failed)
		return err_nomem(err);
	*out = found;
	return RETORT_OK;
}

retort_status version_read(struct conn *c, const char *schema,
			   const char *table, struct arena *mem,
			   struct strings *out, struct err *err)
{
	const struct version_tables t = { c, schema, table };
	bool there;

	TRY(version_exists(&t, &there, NULL, err));
	if (there)
		return version_rows(&t, mem, out, err);
	*out = (struct strings){0};
	return RETORT_OK;
}

/* The second column, where there is one. */
static int collect_schema(void *payload, int n, const char *const cell[])
{
	return n > 1 ? collect_string(payload, n - 1, cell + 1) : 1;
}

retort_status version_resolve(struct version_tables *t, struct arena *mem,
			      struct err *err)
{
	const char *const arg[] = { t->table, t->schema };
	struct strings found = {0};
	struct collect to = { .mem = mem, .strings = &found };

	TRY(version_run(t, STMT_VERSION_EXISTS, 2, arg, collect_schema, &to,
			err));
	if (to.failed)
		return err_nomem(err);
	if (found.n)
		t->schema = found.v[0];
	return RETORT_OK;
}

retort_status version_ensure(struct conn *c, const char *schema,
			     const char *table, struct err *err)
{
	const struct version_tables t = { c, schema, table };
	bool there, log;
	retort_status rc;

	TRY(version_exists(&t, &there, &log, err));
	if (there && log)
		return RETORT_OK;
	TRY(c->ops->begin(c, err));
	rc = version_create(&t, err);
	if (rc == RETORT_OK)
		rc = c->ops->commit(c, err);
	if (rc < 0)
		c->ops->rollback(c);
	return rc;
}

retort_status log_insert(const struct version_tables *t,
			 const struct log_row *row, struct err *err)
{
	SCRATCH(tmp);
	const char *ms = arena_printf(&tmp, "%lld", row->duration_ms);
	const char *done = arena_printf(&tmp, "%lld", row->statements);

	if (!ms || !done)
		return err_nomem(err);

	const char *const arg[] = {
		row->revision, row->direction, row->started, row->finished,
		row->finished ? ms : NULL, row->finished ? NULL : done,
		row->user, row->git_commit, row->content, RETORT_VERSION,
	};
	return version_run(t, STMT_LOG_INSERT, 10, arg, NULL, NULL, err);
}

retort_status log_progress(const struct version_tables *t,
			   const char *revision, long long statements,
			   const char *done, struct err *err)
{
	SCRATCH(tmp);
	const char *const arg[] = {
		revision, arena_printf(&tmp, "%lld", statements), done,
	};

	if (!arg[1])
		return err_nomem(err);
	return version_run(t, STMT_LOG_PROGRESS, 3, arg, NULL, NULL, err);
}

retort_status log_finish(const struct version_tables *t,
			 const struct log_row *row, struct err *err)
{
	SCRATCH(tmp);
	const char *const arg[] = {
		row->revision, row->finished,
		arena_printf(&tmp, "%lld", row->duration_ms),
		row->content,
	};

	if (!arg[2])
		return err_nomem(err);
	return version_run(t, STMT_LOG_FINISH, 4, arg, NULL, NULL, err);
}

retort_status log_abandon(const struct version_tables *t,
			  const char *revision, struct err *err)
{
	return version_run(t, STMT_LOG_ABANDON, 1, &revision, NULL, NULL, err);
}

/* Below 0, the next one was under way. */
static void set_statements(struct log_row *row, long long n)
{
	row->begun = n < 0;
	row->statements = n < 0 ? -n - 1 : n;
}

/* revision, content, direction, statements, started, done: those there are. */
static int collect_row(void *payload, int n, const char *const cell[])
{
	struct collect *c = payload;
	struct log_row *row = arena_new(c->mem, struct log_row);

	c->failed = true;
	if (!row || !vec_push(c->mem, c->rows, row))
		return 1;
	row->revision = arena_strdup(c->mem, cell[0]);
	row->content = arena_strdup(c->mem, cell[1]);
	if (!row->revision || (cell[1] && !row->content))
		return 1;
	if (n > 2) {
		row->direction = arena_strdup(c->mem, cell[2]);
		set_statements(row, cell[3] ? atoll(cell[3]) : 0);
		row->started = arena_strdup(c->mem, cell[4]);
		row->done = arena_strdup(c->mem, cell[5]);
		if (!row->direction || !row->started ||
		    (cell[5] && !row->done))
			return 1;
	}
	c->failed = false;
	return 0;
}

static retort_status read_log(const struct version_tables *t, enum stmt_id id,
			      struct arena *mem, struct log_rows *out,
			      struct err *err)
{
	struct log_rows found = {0};
	struct collect to = { .mem = mem, .rows = &found };
	bool table, log;

	TRY(version_exists(t, &table, &log, err));
	if (log)
		TRY(version_run(t, id, 0, NULL, collect_row, &to, err));
	if (to.failed)
		return err_nomem(err);
	*out = found;
	return RETORT_OK;
}

retort_status log_unfinished(const struct version_tables *t,
			     struct arena *mem, struct log_rows *out,
			     struct err *err)
{
	return read_log(t, STMT_LOG_UNFINISHED, mem, out, err);
}

retort_status log_contents(const struct version_tables *t, struct arena *mem,
			   struct log_rows *out, struct err *err)
{
	return read_log(t, STMT_LOG_CONTENT, mem, out, err);
}

/* The columns of LOG_READ. */
static int collect_entry(void *payload, int n, const char *const cell[])
{
	struct collect *c = payload;
	struct log_row *row = arena_new(c->mem, struct log_row);

	c->failed = true;
	if (n < 10 || !row || !vec_push(c->mem, c->rows, row))
		return 1;
	const struct { const char **to; int from; } texts[] = {
		{ &row->revision, 0 }, { &row->direction, 1 },
		{ &row->started, 2 }, { &row->finished, 3 },
		{ &row->user, 6 }, { &row->git_commit, 7 },
		{ &row->content, 8 }, { &row->version, 9 },
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		*texts[i].to = arena_strdup(c->mem, cell[texts[i].from]);
		if (cell[texts[i].from] && !*texts[i].to)
			return 1;
	}
	row->duration_ms = cell[4] ? atoll(cell[4]) : -1;
	row->statements = -1;
	if (cell[5] && !cell[3])
		set_statements(row, atoll(cell[5]));
	c->failed = false;
	return 0;
}

retort_status log_read(const struct version_tables *t, size_t limit,
		       struct arena *mem, struct log_rows *out,
		       struct err *err)
{
	SCRATCH(tmp);
	const char *n = limit ? arena_printf(&tmp, "%zu", limit) : NULL;
	struct log_rows found = {0};
	struct collect to = { .mem = mem, .rows = &found };
	bool table, log;

	if (limit && !n)
		return err_nomem(err);
	TRY(version_exists(t, &table, &log, err));
	if (log)
		TRY(version_run(t, STMT_LOG_READ, 1, &n, collect_entry, &to,
				err));
	if (to.failed)
		return err_nomem(err);
	*out = found;
	return RETORT_OK;
}

void now_text(char *to)
{
	struct timespec t;
	struct tm tm;
	size_t n;

	clock_gettime(CLOCK_REALTIME, &t);
	gmtime_r(&t.tv_sec, &tm);
	n = strftime(to, 24, "%Y-%m-%d %H:%M:%S", &tm);
	to[n] = '.';
	to[n + 1] = (char)('0' + t.tv_nsec / 100000000);
	to[n + 2] = (char)('0' + t.tv_nsec / 10000000 % 10);
	to[n + 3] = (char)('0' + t.tv_nsec / 1000000 % 10);
	to[n + 4] = '\0';
}

long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}
