#include "fleet.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "pool.h"
#include "session.h"
#include "term.h"

enum { MAX_JOBS = 500, SHOWN_NAMES = 10 };

/* What became of the targets; by the order of the summary. */
enum state {
	LEFT, DONE, ALREADY, LEVEL, BEHIND, WRONG, DIFFERS, FAILED,
	INTERRUPTED, N_STATES,
	BEGUN = N_STATES	/* only meanwhile */
};

struct fleet {
	struct env *env;
	struct targets list;
	unsigned char *state;	/* of each target: enum state, or BEGUN */
	size_t oldest;		/* no target before it is under way */
	size_t count[N_STATES];
	fleet_work *work;
	const void *how;
	enum fleet_kind kind;
	size_t ended;
	int rc;
	char *last_error;	/* that was told in full */
};

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* In a worker ----------------------------------------------------------- */

static void put(FILE *f, const char *s)
{
	fputc(s ? 1 : 0, f);
	if (s)
		fwrite(s, 1, strlen(s) + 1, f);
}

/* The texts of an outcome, one after the other; NULL behind the last. */
static const char **text_of(struct outcome *o, size_t i)
{
	const char **const texts[] = {
		&o->from, &o->to, &o->lines, &o->error.message,
		&o->error.detail, &o->error.hint, &o->error.file, NULL
	};

	return texts[i];
}

/* As it is in memory: both sides are one program. */
static void write_outcome(struct outcome *o, FILE *f)
{
	const char **text;

	fwrite(o, 1, sizeof(*o), f);
	for (size_t i = 0; (text = text_of(o, i)); i++)
		put(f, *text);
}

void fleet_failed(retort *db, struct outcome *o)
{
	static char *kept[4];
	const retort_error *e = retort_last_error(db);
	const char *const texts[] = { e->message, e->detail, e->hint, e->file };

	if (o->code < 0)
		return;	/* the first one counts */
	o->code = e->code;
	o->exit = exit_of(e->code);
	for (size_t i = 0; i < 4; i++) {
		free(kept[i]);
		kept[i] = texts[i] ? strdup(texts[i]) : NULL;
	}
	o->error = (retort_error){
		.code = e->code, .message = kept[0], .detail = kept[1],
		.hint = kept[2], .file = kept[3], .line = e->line
	};
}

const char *fleet_revisions(const retort_revisions *at, bool marks)
{
	static char *texts[2], **text = texts;
	size_t size = 0;
	FILE *f;

	text = text == texts ? texts + 1 : texts;	/* from and to */
	free(*text);
	*text = NULL;
	f = open_memstream(text, &size);
	if (!f)
		return NULL;
	for (size_t i = 0; i < at->n; i++)
		fprintf(f, "%s%s%s", i ? ", " : "", at->v[i]->id,
			marks && at->v[i]->is_head ? " (head)" : "");
	if (!at->n)
		fputs("<base>", f);
	return fclose(f) ? NULL : *text;
}

const char *fleet_where(retort *db, struct outcome *out, bool marks)
{
	retort_revisions at;

	if (retort_current(db, &at) == RETORT_OK)
		return fleet_revisions(&at, marks);
	fleet_failed(db, out);
	return NULL;
}

static void work_on(void *payload, size_t i, FILE *result)
{
	struct fleet *fl = payload;
	const struct target *t = &fl->list.v[i];
	const retort_target use = { .size = sizeof(use), .url = t->url,
				    .schema = t->schema, .must_exist = true };
	struct outcome o = {0};
	long long start = now_ms();
	retort *db = fl->env->db;

	if (retort_use(db, &use) < 0)
		fleet_failed(db, &o);
	else
		fl->work(db, fl->how, &o);
	if (o.code == RETORT_OK && retort_last_error(db)->code < 0)
		fleet_failed(db, &o);
	o.ms = now_ms() - start;
	write_outcome(&o, result);
	retort_use(db, NULL);
}

/* In the parent --------------------------------------------------------- */

static bool read_outcome(const char *data, size_t n, struct outcome *out)
{
	const char *end = data + n, **text;

	if (n < sizeof(*out))
		return false;
	memcpy(out, data, sizeof(*out));
	data += sizeof(*out);
	for (size_t i = 0; (text = text_of(out, i)); i++) {
		*text = NULL;
		if (data < end && *data++) {
			*text = data;
			data += strlen(data) + 1;
		}
	}
	return data <= end;
}

static enum state state_of(const struct fleet *fl, const struct outcome *o)
{
	if (o->code == RETORT_E_INTERRUPTED && session_signal())
		return INTERRUPTED;
	if (o->code < 0)
		return FAILED;
	if (o->reports)
		return o->problems ? WRONG : o->pending ? BEHIND : LEVEL;
	if (o->exit == EXIT_DIFFERS)
		return DIFFERS;
	if (fl->kind != FLEET_CHANGES || o->revisions || !o->from || !o->to)
		return DONE;
	return o->moves || !strcmp(o->from, o->to) ? ALREADY : DONE;
}

static const char *const words[N_STATES] = {
	[LEFT] = "not begun", [DONE] = "done", [ALREADY] = "already there",
	[LEVEL] = "up to date", [BEHIND] = "behind", [WRONG] = "wrong",
	[DIFFERS] = "differ", [FAILED] = "failed",
	[INTERRUPTED] = "interrupted"
};

/* The words behind the name. */
static void describe(FILE *f, enum state s, const struct outcome *o, bool plan)
{
	const retort_error *e = &o->error;
	bool moved = o->to && (!o->from || strcmp(o->from, o->to));

	if (moved && !o->from)
		fprintf(f, "-> %s", o->to);
	else if (moved)
		fprintf(f, "%s -> %s", o->from, o->to);
	else if (o->from)
		fprintf(f, s == ALREADY ? "already at %s" : "%s", o->from);
	if (plan && s != FAILED)
		fprintf(f, ", would run %zu", o->revisions);
	if (o->reports && !o->from)
		fputs("at what has no file", f);
	else if (o->reports && o->pending)
		fprintf(f, ", %zu pending", o->pending);
	else if (s == LEVEL)
		fputs(", up to date", f);
	if (s == FAILED) {
		fprintf(f, "%sfailed: ", o->from ? ", " : "");
		if (e->file && e->line)
			fprintf(f, "%s:%d: ", e->file, e->line);
		else if (e->file)
			fprintf(f, "%s: ", e->file);
		fputs(e->message ? e->message : "out of memory", f);
	} else if (s == INTERRUPTED) {
		fprintf(f, "%sinterrupted", o->from ? ", " : "");
	} else if (s == DIFFERS && !o->from) {
		fputs("differs", f);
	} else if (s == DONE && !o->from && !o->to) {
		fputs("ok", f);
	}
	if (s == ALREADY && moved)
		fputs(", by another run", f);
	else if (s == DONE && moved)
		fprintf(f, "  %lld.%02lld s", o->ms / 1000, o->ms % 1000 / 10);
}

/* Detail and hint of an error that is not the one before it again. */
static void tell_error(struct fleet *fl, const struct target *t,
		       const retort_error *e)
{
	retort_error shown = *e;

	if (fl->last_error && e->message &&
	    !strcmp(fl->last_error, e->message))
		return;
	free(fl->last_error);
	fl->last_error = e->message ? strdup(e->message) : NULL;
	if (!e->detail && !e->hint && !fl->env->global.json)
		return;
	shown.message = e->message ? e->message : "out of memory";
	if (!fl->env->global.json)
		fprintf(stderr, "db: about %s:\n", t->name);
	term_error(fl->env->term, &shown);
}

static void progress(struct fleet *fl)
{
	char what[100], failed[32] = "";
	const char *name = "";

	while (fl->oldest < fl->list.n && fl->state[fl->oldest] != BEGUN &&
	       fl->state[fl->oldest] != LEFT)
		fl->oldest++;
	if (fl->oldest < fl->list.n && fl->state[fl->oldest] == BEGUN)
		name = fl->list.v[fl->oldest].name;
	if (fl->count[FAILED])
		snprintf(failed, sizeof(failed), ", %zu failed",
			 fl->count[FAILED]);
	snprintf(what, sizeof(what), "%zu of %zu%s%s%.24s", fl->ended,
		 fl->list.n, failed, *name ? ": " : "", name);
	term_progress(fl->env->term, what, fl->ended, fl->list.n);
}

/* That of the longest under way is seen beside the bar. */
static void begun(void *payload, size_t i)
{
	struct fleet *fl = payload;

	fl->state[i] = BEGUN;
	term_clear(fl->env->term);
	progress(fl);
}

static void print_result(struct fleet *fl, size_t i, enum state s,
			 const struct outcome *o)
{
	const struct target *t = &fl->list.v[i];
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);
	const struct target_result r = {
		.index = i, .name = t->name, .url = t->shown,
		.schema = t->schema, .state = words[s], .exit = o->exit,
		.from = o->from, .to = o->to, .revisions = o->revisions,
		.reports = o->reports, .pending = o->pending,
		.ms = o->ms, .lines = o->lines,
		.error = o->code < 0 ? &o->error : NULL
	};

	if (!f)
		return;
	fprintf(f, "%-*s  ", (int)fl->list.width, t->name);
	describe(f, s, o, fl->kind == FLEET_PLANS);
	if (!fclose(f))
		print_target(fl->env->out, &r, text);
	free(text);
}

static void settle(struct fleet *fl, size_t i, const struct outcome *o)
{
	enum state s = state_of(fl, o);

	fl->state[i] = (unsigned char)s;
	fl->count[s]++;
	fl->count[LEFT]--;
	fl->ended++;
	if (s != INTERRUPTED)
		fl->rc = worse(fl->rc, o->exit);
	term_clear(fl->env->term);
	print_result(fl, i, s, o);
	if (s == FAILED)
		tell_error(fl, &fl->list.v[i], &o->error);
	progress(fl);
}

static bool done(void *payload, size_t i, const char *result, size_t n,
		 int status)
{
	struct fleet *fl = payload;
	struct outcome o = {0};
	char why[100];

	if (!result || !read_outcome(result, n, &o)) {
		if (WIFSIGNALED(status))
			snprintf(why, sizeof(why), "its process was ended by "
				 "signal %d (%s)", WTERMSIG(status),
				 strsignal(WTERMSIG(status)));
		else
			snprintf(why, sizeof(why), "its process ended with "
				 "status %d", WEXITSTATUS(status));
		o = (struct outcome){
			.code = session_signal() ? RETORT_E_INTERRUPTED
						 : RETORT_E_FAIL,
			.exit = EXIT_FAILED,
			.error = { .code = RETORT_E_FAIL, .message = why,
				   .hint = "The next run goes on where it "
					   "was." }
		};
	}
	settle(fl, i, &o);
	return o.code == RETORT_OK || fl->env->global.continue_on_error;
}

/* Only what goes wrong, unless more is asked for. */
static void said(void *payload, size_t i, retort_log_level level,
		 const char *text)
{
	struct fleet *fl = payload;
	size_t n = strlen(fl->list.v[i].name) + strlen(text) + 3;
	char *line;

	if (level > RETORT_LOG_WARNING && !fl->env->global.verbose)
		return;
	line = malloc(n);
	if (!line)
		return;
	snprintf(line, n, "%s: %s", fl->list.v[i].name, text);
	term_log(fl->env->term, level, line);
	free(line);
}

static void list_names(struct fleet *fl, enum state s)
{
	const char *names[SHOWN_NAMES + 1];
	char more[40];
	size_t n = 0;

	for (size_t i = 0; i < fl->list.n && n < SHOWN_NAMES; i++)
		if (fl->state[i] == s)
			names[n++] = fl->list.v[i].name;
	if (fl->count[s] > n) {
		snprintf(more, sizeof(more), "... and %zu more",
			 fl->count[s] - n);
		names[n++] = more;
	}
	if (n)
		print_list(fl->env->out, NULL, words[s], names, n);
}

static void summary(struct fleet *fl)
{
	static const enum state order[] = {
		DONE, ALREADY, LEVEL, BEHIND, WRONG, DIFFERS, FAILED,
		INTERRUPTED, LEFT
	};
	struct target_count counts[N_STATES];
	bool incomplete = fl->count[FAILED] || fl->count[INTERRUPTED] ||
			  fl->count[LEFT];

	for (size_t i = 0; i < N_STATES; i++)
		counts[i] = (struct target_count){ words[order[i]],
						   fl->count[order[i]] };
	list_names(fl, BEHIND);
	list_names(fl, WRONG);
	list_names(fl, FAILED);
	list_names(fl, INTERRUPTED);
	list_names(fl, LEFT);
	print_target_counts(fl->env->out, fl->list.n, counts, N_STATES);
	if (incomplete && !fl->env->global.quiet && fl->kind == FLEET_CHANGES)
		fprintf(stderr, "hint: The same command again does what is "
			"left%s.\n", fl->count[LEFT] && !session_signal()
			? "; --continue-on-error goes on when one fails" : "");
}

static int job_number(size_t targets, size_t *out)
{
	const char *typed = target_options.jobs;
	long n = sysconf(_SC_NPROCESSORS_ONLN);
	char *end;

	if (typed) {
		errno = 0;
		n = strtol(typed, &end, 10);
		if (errno || end == typed || *end || n < 1 || n > MAX_JOBS)
			return misuse(NULL, "--jobs needs a number from 1 to "
				      "%d, not \"%s\"", MAX_JOBS, typed);
	}
	*out = n < 1 ? 1 : (size_t)n > targets ? targets : (size_t)n;
	return 0;
}

/* What is left of a run that did not come to its end is a result, too. */
static void report_left(struct fleet *fl)
{
	const struct outcome none = {0};

	for (size_t i = 0; fl->env->global.json && i < fl->list.n; i++)
		if (fl->state[i] == LEFT)
			print_result(fl, i, LEFT, &none);
}

static int run_all(struct fleet *fl, size_t jobs)
{
	const struct pool p = {
		.n = fl->list.n, .jobs = jobs, .db = fl->env->db,
		.term = fl->env->term, .payload = fl, .work = work_on,
		.begun = begun, .done = done, .said = said
	};
	int rc = 0;

	fl->state = calloc(fl->list.n, 1);
	if (!fl->state) {
		perror("db");
		return EXIT_FAILED;
	}
	fl->count[LEFT] = fl->list.n;
	progress(fl);
	if (pool_run(&p) < 0) {
		perror("db: could not start a process");
		rc = EXIT_FAILED;
	}
	term_clear(fl->env->term);
	report_left(fl);
	summary(fl);
	free(fl->state);
	free(fl->last_error);
	if (session_signal())
		return 128 + session_signal();
	return worse(rc, fl->rc);
}

int fleet_run(struct env *env, fleet_work *work, const void *how,
	      enum fleet_kind kind)
{
	struct fleet fl = { .env = env, .work = work, .how = how,
			    .kind = kind };
	retort_revisions heads;
	size_t jobs = 1;
	int rc = job_number(MAX_JOBS, &jobs);

	if (!rc)
		rc = targets_read(env, &fl.list);
	if (!rc)
		rc = job_number(fl.list.n, &jobs);
	/* Read once: the workers inherit it. */
	if (!rc && retort_heads(env->db, false, &heads) < 0)
		rc = fail(env);
	if (!rc && fl.list.n)
		rc = run_all(&fl, jobs);
	else if (!rc)
		print_target_counts(env->out, 0, NULL, 0);
	targets_clear(&fl.list);
	return rc;
}
