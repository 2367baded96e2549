#include "migrate/applied.h"

#include <stdio.h>
#include <string.h>

#include "base/trial.h"
#include "migrate/check.h"
#include "migrate/work.h"
#include "revision/recorder.h"

/* What the child asks for; `n` bytes follow. */
struct question {
	enum { EXECUTE, QUERY, FAILED } what;
	int line;		/* FAILED: in the file that is named first */
	size_t n;
};

/* What it is answered: rows first, then how it ended. */
enum answer { ROW, DONE, REFUSED };

/* One call of the hook, on both sides. */
struct telling {
	const struct applied *a;
	retort_version_step step;
	char *what;
	struct arena *mem;
	/* In the parent. */
	retort_status rc;
	struct err *err;
	int to;			/* where rows go */
	bool unheard;		/* the child is gone */
	/* In the child. */
	bool refused;		/* the parent knows the error */
};

/* Set in the child: what its connection talks to. */
struct proxy {
	struct conn conn;	/* first */
	struct dialect dialect;	/* with our run() */
	struct telling *t;
};

static int ask(enum answer *out, int from)
{
	char byte;

	if (!trial_read(from, &byte, 1))
		return -1;
	*out = (enum answer)byte;
	return 0;
}

/* A row as it comes: the number of cells, each its length (or -1) and text. */
static bool read_row(int from, struct arena *mem, row_fn *row, void *payload,
		     int *stop)
{
	int n, length;
	const char **cells;

	if (!trial_read(from, &n, sizeof(n)) ||
	    !(cells = arena_array(mem, const char *, (size_t)n + 1)))
		return false;
	for (int i = 0; i < n; i++) {
		char *text;

		if (!trial_read(from, &length, sizeof(length)))
			return false;
		if (length < 0)
			continue;
		text = arena_alloc(mem, (size_t)length + 1);
		if (!text || !trial_read(from, text, (size_t)length))
			return false;
		text[length] = '\0';
		cells[i] = text;
	}
	if (row && !*stop)
		*stop = row(payload, n, cells);
	return true;
}

/* In the child: the statement is run by the parent. */
static retort_status run_there(struct conn *c, const char *sql, int n,
			       const char *const arg[], row_fn *row,
			       void *payload, struct err *err)
{
	struct telling *t = ((struct proxy *)c)->t;
	struct question q = { .what = row ? QUERY : EXECUTE,
			      .n = strlen(sql) };
	enum answer answer;
	int from, to, stop = 0;

	(void)n, (void)arg;
	if (!trial_ask(&from, &to) || !trial_write(to, &q, sizeof(q)) ||
	    !trial_write(to, sql, q.n))
		return err_set(err, RETORT_E_FAIL, "db is gone");
	for (;;) {
		SCRATCH(tmp);

		if (ask(&answer, from))
			return err_set(err, RETORT_E_FAIL, "db is gone");
		if (answer == DONE)
			return RETORT_OK;
		if (answer == REFUSED) {
			t->refused = true;
			return err_set(err, RETORT_E_FAIL, "refused");
		}
		if (!read_row(from, &tmp, row, payload, &stop))
			return err_set(err, RETORT_E_FAIL, "db is gone");
	}
}

/* In the child: an error that the parent does not know yet. */
static void report(const struct err *err)
{
	const char *file = err->pub.file ? err->pub.file : "";
	const char *text = err->pub.message;
	struct question q = { .what = FAILED, .line = err->pub.line,
			      .n = strlen(file) + strlen(text) + 2 };
	int from, to;
	char byte;

	if (trial_ask(&from, &to) && trial_write(to, &q, sizeof(q)) &&
	    trial_write(to, file, strlen(file) + 1) &&
	    trial_write(to, text, strlen(text) + 1))
		trial_read(from, &byte, 1);
}

/* The child. */
static void tell(void *payload)
{
	struct telling *t = payload;
	const struct hooks *h = t->a->o->hooks;
	struct proxy p = { .dialect = *t->a->dialect, .t = t };
	SCRATCH_ERR(err);
	struct recorder r = {
		.op.api = &call_api, .d = &p.dialect, .mem = t->mem,
		.err = &err, .conn = &p.conn
	};
	struct hook_call c;
	int answer;

	p.dialect.run = run_there;
	p.conn.ops = &p.dialect;
	hook_call_init(&c, h, t->what, &err);
	answer = h->on_version_apply(&c.pub, &t->step, &r.op);
	if (r.rc < 0 && !c.rc && !t->refused) {
		err_context(&err, "%s", t->what);
		report(&err);
	} else if (!r.rc && hook_end(&c, answer, 0) < 0) {
		report(&err);
	}
}

static void send(struct telling *t, const void *p, size_t n)
{
	t->unheard |= !trial_write(t->to, p, n);
}

static void answer(struct telling *t, enum answer a)
{
	send(t, &(char){ (char)a }, 1);
}

static int send_row(void *payload, int n, const char *const cell[])
{
	struct telling *t = payload;

	answer(t, ROW);
	send(t, &n, sizeof(n));
	for (int i = 0; i < n; i++) {
		int length = cell[i] ? (int)strlen(cell[i]) : -1;

		send(t, &length, sizeof(length));
		if (cell[i])
			send(t, cell[i], (size_t)length);
	}
	return t->unheard;
}

static retort_status print(struct telling *t, const struct question *q,
			   const char *sql)
{
	const struct stmt s = { .sql = sql };

	if (q->what == QUERY)
		return err_set(t->err, RETORT_E_FAIL,
			       "there is no database to query");
	stmt_print(&s, t->a->printed);
	buf_addc(t->a->printed, '\n');
	return t->a->printed->failed ? err_nomem(t->err) : RETORT_OK;
}

static retort_status carry_out(struct telling *t, const struct question *q,
			       const char *sql)
{
	struct conn *c = t->a->conn;

	if (!c)
		return print(t, q, sql);
	if (work_ends_transaction(sql))
		return err_set(t->err, RETORT_E_FAIL,
			       "the transaction is not the hook's to end");
	TRY(c->ops->run(c, sql, 0, NULL, q->what == QUERY ? send_row : NULL,
			t, t->err));
	if (!c->ops->in_transaction(c))
		return err_set(t->err, RETORT_E_FAIL,
			       "the statement ended the transaction");
	return RETORT_OK;
}

static retort_status take_failure(struct telling *t, const struct question *q,
				  const char *text)
{
	err_set(t->err, RETORT_E_FAIL, "%s", text + strlen(text) + 1);
	if (*text)
		err_where(t->err, text, q->line);
	return RETORT_E_FAIL;
}

/* The parent: one question of the child. */
static int serve(void *payload, int from, int to)
{
	SCRATCH(tmp);
	struct telling *t = payload;
	struct question q;
	char *text;

	t->to = to;
	if (!trial_read(from, &q, sizeof(q)))
		return -1;
	text = arena_alloc(&tmp, q.n + 1);
	if (!text || !trial_read(from, text, q.n))
		return -1;
	text[q.n] = '\0';
	if (q.what == FAILED) {
		t->rc = take_failure(t, &q, text);
	} else {
		t->rc = carry_out(t, &q, text);
		if (t->rc < 0) {
			if (!t->err->pub.detail && t->a->conn)
				err_detail(t->err, "The statement is: %.2000s",
					   text);
			err_context(t->err, "%s", t->what);
		}
	}
	answer(t, t->rc < 0 ? REFUSED : DONE);
	return t->unheard ? -1 : 0;
}

/* What the hook printed, line by line. */
static void log_output(void *payload, const char *text)
{
	const struct telling *t = payload;

	while (*text) {
		size_t n = strcspn(text, "\n");

		run_log(t->a->o, RETORT_LOG_INFO, "%.*s", (int)n, text);
		text += n + (text[n] == '\n');
	}
}

/* A list that NULL ends. */
static const char **list_of(struct arena *mem, const struct strings *s)
{
	const char **v = arena_array(mem, const char *, s->n + 1);

	for (size_t i = 0; v && i < s->n; i++)
		v[i] = s->v[i];
	return v;
}

static retort_status describe(struct telling *t, struct err *err)
{
	const struct step *st = t->a->step;
	const struct revision *r = st->stamp ? NULL : st->revision;
	struct strings next = {0};

	TRY(run_next_rows(t->a->rows, st, t->mem, &next, err));
	t->step = (retort_version_step){
		.size = sizeof(t->step),
		.is_upgrade = st->way == UPGRADE,
		.is_stamp = st->stamp || !r,
		.is_offline = !t->a->conn,
		.revision = r ? r->id : NULL,
		.message = r ? r->message : NULL,
		.path = r ? r->path : NULL,
		.from = list_of(t->mem, t->a->rows),
		.to = list_of(t->mem, &next),
	};
	return t->step.from && t->step.to ? RETORT_OK : err_nomem(err);
}

retort_status run_applied(const struct applied *a, struct err *err)
{
	SCRATCH(mem);
	__attribute__((cleanup(hook_unshare))) char *what = NULL;
	SCRATCH_ERR(ended);
	struct telling t = { .a = a, .mem = &mem, .err = err };
	struct trial trial = {
		.crash_hint = hook_crash_hint, .late_hint = "",
		.timeout_ms = -1, .cancelled = a->o->cancelled, .payload = &t,
		.run = tell, .serve = serve, .printed = log_output
	};
	retort_status rc;

	if (!a->o->hooks || !a->o->hooks->on_version_apply)
		return RETORT_OK;
	what = hook_shared();
	if (!what)
		return err_nomem(err);
	trial.what = t.what = what;
	TRY(describe(&t, err));
	snprintf(what, HOOK_WHAT, "on_version_apply() after %s %s",
		 t.step.revision ? way_word(a->step->way) : "a",
		 t.step.revision ? t.step.revision : "stamp");
	rc = trial_run(&trial, &ended);
	if (t.rc < 0)
		return t.rc;
	if (rc < 0)
		err_move(err, &ended);
	return rc;
}
