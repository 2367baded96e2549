/* A database for trying things out, on the same server; dropped on close. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dialect/postgresql/ddl.h"

static int read_one(void *payload, int n, const char *const cell[])
{
	for (int i = 0; i < n; i++)
		buf_add(((struct buf **)payload)[i], cell[i] ? cell[i] : "");
	return 1;
}

static retort_status fail_not_tried(struct err *err)
{
	if (err->pub.code == RETORT_E_NOMEM ||
	    err->pub.code == RETORT_E_INTERRUPTED)
		return err->pub.code;
	err_context(err, "could not make a scratch database");
	if (!err->pub.hint || (err->pub.sqlstate &&
			       !strcmp(err->pub.sqlstate, "42501")))
		err_hint(err, "Let the role create databases, or name a "
			 "server where it may with dev_url.");
	err->pub.code = RETORT_E_UNREACHABLE;
	return RETORT_E_UNREACHABLE;
}

/*
 * Encoding and collation as those of the database that is copied. Another
 * server may not know them: there the encoding has to do. The third is the
 * search path, "" where it needs no word.
 */
static retort_status create_sql(struct pg_conn *c, const char *name,
				struct arena *mem, const char *out[3],
				struct err *err)
{
	struct buf cell[6], b = { .mem = mem };
	struct buf *cells[6];

	for (int i = 0; i < 6; i++) {
		cell[i] = (struct buf){ .mem = mem };
		cells[i] = &cell[i];
	}
	TRY(pg_run(&c->base, sql_postgresql_scratch_like, 0, NULL, read_one,
		   cells, err));
	buf_add(&b, "CREATE DATABASE ");
	pg_ddl_name(&b, name);
	buf_add(&b, " TEMPLATE template0 ENCODING ");
	pg_ddl_text(&b, buf_text(&cell[0]) ? cell[0].s : "");
	out[1] = buf_text(&b) ? arena_strdup(mem, b.s) : NULL;
	buf_add(&b, " LC_COLLATE ");
	pg_ddl_text(&b, buf_text(&cell[1]) ? cell[1].s : "");
	buf_add(&b, " LC_CTYPE ");
	pg_ddl_text(&b, buf_text(&cell[2]) ? cell[2].s : "");
	if (buf_text(&cell[3]) && !strcmp(cell[3].s, "i")) {
		buf_add(&b, " LOCALE_PROVIDER icu ICU_LOCALE ");
		pg_ddl_text(&b, buf_text(&cell[4]) ? cell[4].s : "");
	}
	out[0] = buf_text(&b);
	out[2] = buf_text(&cell[5]);
	return out[0] && out[1] && out[2] ? RETORT_OK : err_nomem(err);
}

static int each_statement(void *payload, int n, const char *const cell[])
{
	struct buf *b = payload;

	(void)n;
	buf_addf(b, "%s\n", cell[0]);
	return 0;
}

static retort_status copy_surroundings(struct pg_conn *from, struct conn *to,
				       struct err *err)
{
	SCRATCH(tmp);
	struct buf b = { .mem = &tmp };
	char *next;

	TRY(pg_run(&from->base, sql_postgresql_scratch_surroundings, 0, NULL,
		   each_statement, &b, err));
	if (!buf_text(&b))
		return err_nomem(err);
	for (char *s = b.s; *s; s = next) {
		next = strchr(s, '\n');
		*next++ = '\0';
		TRY(conn_exec(to, s, err));
	}
	return RETORT_OK;
}

/* Names mean the same there. */
static retort_status look_in(struct pg_conn *c, const char *search_path,
			     struct err *err)
{
	if (!*search_path)
		return RETORT_OK;
	c->search_path = arena_strdup(&c->mem, search_path);
	return c->search_path ? pg_set_up(c, err) : err_nomem(err);
}

/* The same place, another database; told apart from it, whatever happens. */
static retort_status open_scratch(struct pg_conn *maker, const char *name,
				  struct conn **out, struct err *err)
{
	struct conn_options o = maker->options;
	struct pg_conn *made;

	o.read_only = false;
	o.home = NULL;
	o.notice = NULL;	/* "exists, skipping" is nobody's news */
	TRY(pg_open_database(maker->url, name, &o, out, err));
	made = (struct pg_conn *)*out;
	if (strcmp(made->pq->PQdb(made->db), name) != 0) {
		err_set(err, RETORT_E_UNREACHABLE, "\"%s\" led to another "
			"database than \"%s\"", made->shown, name);
		pg_close(*out);
		return RETORT_E_UNREACHABLE;
	}
	made->scratch = arena_strdup(&made->mem, name);
	made->maker = arena_strdup(&made->mem, maker->url);
	if (!made->scratch || !made->maker) {
		pg_close(*out);
		return err_nomem(err);
	}
	return RETORT_OK;
}

static retort_status drop_database(struct pg_conn *c, const char *name,
				   struct err *err)
{
	SCRATCH(tmp);
	struct buf b = { .mem = &tmp };

	buf_add(&b, "DROP DATABASE IF EXISTS ");
	pg_ddl_name(&b, name);
	return buf_text(&b) ? conn_exec(&c->base, b.s, err) : err_nomem(err);
}

/*
 * A name says which session made it, and signs that with a sum, so that no
 * database that somebody else named is ever taken for one of these.
 */
static unsigned sum_of(const char *s, size_t n)
{
	unsigned h = 2166136261u;

	while (n--)
		h = (h ^ (unsigned char)*s++) * 16777619u;
	return h;
}

static char *scratch_name(struct arena *mem, const char *pid,
			  const char *since)
{
	static atomic_uint count;
	char *name = arena_printf(mem, "retort_scratch_%s_%s_%ld_%u", pid,
				  since, (long)getpid(),
				  atomic_fetch_add(&count, 1));

	return name ? arena_printf(mem, "%s_%08x", name,
				   sum_of(name, strlen(name))) : NULL;
}

static bool is_scratch_name(const char *name)
{
	const char *end = strrchr(name, '_');
	char sum[16];

	if (!end)
		return false;
	snprintf(sum, sizeof(sum), "%08x", sum_of(name, (size_t)(end - name)));
	return !strcmp(sum, end + 1);
}

static int take_left(void *payload, int n, const char *const cell[])
{
	struct buf *b = payload;

	(void)n;
	if (is_scratch_name(cell[0]))
		buf_addf(b, "%s\n", cell[0]);
	return 0;
}

/* What runs left that were killed. That it cannot be dropped is no error. */
static void drop_left(struct pg_conn *maker)
{
	SCRATCH(tmp);
	SCRATCH_ERR(ignored);
	struct buf b = { .mem = &tmp };
	char *next, *said;

	if (pg_run(&maker->base, sql_postgresql_scratch_left, 0, NULL,
		   take_left, &b, &ignored) < 0 || !b.n || !buf_text(&b))
		return;
	for (char *name = b.s; *name; name = next) {
		next = strchr(name, '\n');
		*next++ = '\0';
		err_clear(&ignored);
		said = arena_printf(&tmp, drop_database(maker, name, &ignored)
				    ? "Could not drop the scratch database "
				      "%s that a stopped run left"
				    : "Dropped the scratch database %s that a "
				      "stopped run had left", name);
		if (said && maker->options.notice)
			maker->options.notice(maker->options.payload, said);
	}
}

/* 42809, 22023: an unknown locale. */
static retort_status create_database(struct pg_conn *maker,
				     const char *const sql[2], bool like_it,
				     struct err *err)
{
	retort_status rc;
	const char *state;

	rc = conn_exec(&maker->base, sql[0], err);
	state = rc < 0 && !like_it ? err->pub.sqlstate : NULL;
	if (!state || (strcmp(state, "42809") != 0 && strcmp(state, "22023") != 0))
		return rc;
	err_clear(err);
	return conn_exec(&maker->base, sql[1], err);
}

static void adopt(struct pg_conn *like, struct pg_conn *made)
{
	pg_scratch_part(like);
	made->parent = like;
	like->child = made;
}

void pg_scratch_part(struct pg_conn *c)
{
	if (c->child)
		c->child->parent = NULL;
	if (c->parent)
		c->parent->child = NULL;
	c->parent = c->child = NULL;
}

static retort_status make(struct pg_conn *like, struct pg_conn *maker,
			  struct conn **out, struct err *err)
{
	SCRATCH(tmp);
	struct buf pid = { .mem = &tmp }, since = { .mem = &tmp };
	struct buf *cells[] = { &pid, &since };
	const char *name, *sql[3];
	retort_status rc;

	TRY(pg_run(&maker->base, sql_postgresql_scratch_maker, 0, NULL,
		   read_one, cells, err));
	name = buf_text(&pid) && buf_text(&since)
		? scratch_name(&tmp, pid.s, since.s) : NULL;
	if (!name)
		return err_nomem(err);
	drop_left(maker);
	TRY(create_sql(like, name, &tmp, sql, err));
	TRY(create_database(maker, sql, like == maker, err));
	rc = open_scratch(maker, name, out, err);
	if (rc < 0) {	/* perhaps Ctrl-C, which `maker` has yet to report */
		pg_scratch_drop(maker->url, name);
		return rc;
	}
	adopt(like, (struct pg_conn *)*out);
	rc = copy_surroundings(like, *out, err);
	if (!rc)
		rc = look_in((struct pg_conn *)*out, sql[2], err);
	if (rc < 0)
		pg_close(*out);
	return rc;
}

/* On the server of dev_url where one is named, else on the same. */
static retort_status make_somewhere(struct pg_conn *like, struct conn **out,
				    struct err *err)
{
	struct conn_options o = like->options;
	struct conn *maker;
	retort_status rc;

	if (!o.dev_url)
		return make(like, like, out, err);
	o.read_only = false;
	o.home = NULL;
	TRY(pg_open_database(o.dev_url, NULL, &o, &maker, err));
	rc = make(like, (struct pg_conn *)maker, out, err);
	pg_close(maker);
	return rc;
}

retort_status pg_scratch(struct conn *base, struct conn **out,
			 struct err *err)
{
	struct conn *made;

	if (!base) {
		err_set(err, RETORT_E_UNREACHABLE,
			"a scratch database needs a server");
		err_hint(err, "Name one with --url, or dev_url in db.ini.");
		return RETORT_E_UNREACHABLE;
	}
	if (make_somewhere((struct pg_conn *)base, &made, err) < 0)
		return fail_not_tried(err);
	*out = made;
	return RETORT_OK;
}

/* Called when the connection to it is closed already. */
void pg_scratch_drop(const char *maker, const char *name)
{
	SCRATCH_ERR(ignored);
	struct conn *c;

	if (pg_open(maker, NULL, &c, &ignored) < 0)
		return;
	drop_database((struct pg_conn *)c, name, &ignored);
	pg_close(c);
}
