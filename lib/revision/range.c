#include "revision/resolve.h"

#include <string.h>

static const struct iterate_options history = {
	.inclusive = true, .lenient = true
};

static retort_status no_range(const char *range, struct err *err)
{
	err_set(err, RETORT_E_FAIL, "History range requires [start]:[end], "
		"[start]:, or :[end]");
	err_detail(err, "\"%s\" has no colon, or several.", range);
	if (strchr(range, ':'))
		err_hint(err, "It has two ends, with one colon between them.");
	else
		err_hint(err, "For one revision use \"db show %s\".", range);
	return RETORT_E_FAIL;
}

/* An end that says "current" is the rows; NULL where it is another. */
static bool says_current(const char *end)
{
	return !strcmp(end, "current");
}

static retort_status need_rows(const struct strings *current, struct err *err)
{
	if (current)
		return RETORT_OK;
	err_set(err, RETORT_E_FAIL, "a range with \"current\" needs the "
		"database");
	err_hint(err, "Give its URL, or name revisions.");
	return RETORT_E_FAIL;
}

static bool relative(const char *end)
{
	const char *at = strrchr(end, '@');

	end = at ? at + 1 : end;
	return *end == '-' || *end == '+';
}

/* One end as a list: of one identifier, or of the rows. */
static retort_status range_end(const char *end, const char *open,
			       const struct strings *current,
			       struct arena *mem, struct strings *out,
			       struct err *err)
{
	if (says_current(end)) {
		TRY(need_rows(current, err));
		*out = *current;
		return RETORT_OK;
	}
	end = *end ? end : open;
	return vec_push(mem, out, end) ? RETORT_OK : err_nomem(err);
}

/* "-N:x" starts N below x, wherever x is. */
static retort_status start_below(const struct query *q, const char *start,
				 const struct strings *upper,
				 struct strings *out)
{
	const char *label;
	struct revision *r;
	struct strings one = {0};

	TRY(resolve_downgrade(q, start, upper, true, &label, &r));
	if (!vec_push(q->mem, &one, r ? r->id : "base"))
		return err_nomem(q->err);
	*out = one;
	return RETORT_OK;
}

/* "-N" and "+N" from where the database is. */
static retort_status from_here(const struct query *q, const char *end,
			       const struct strings *current,
			       struct strings *out)
{
	const char *at = strrchr(end, '@');
	struct revisions found = {0};

	TRY(need_rows(current, q->err));
	if (*(at ? at + 1 : end) == '-')
		return start_below(q, end, current, out);
	out->n = 0;
	TRY(resolve_upgrade(q, end, current, true, &found));
	for (size_t i = 0; i < found.n; i++)
		if (!vec_push(q->mem, out, found.v[i]->id))
			return err_nomem(q->err);
	return RETORT_OK;
}

retort_status graph_range(const struct graph *g, const char *range,
			  const struct strings *current, struct arena *mem,
			  struct revisions *out, struct err *err)
{
	SCRATCH(tmp);
	const struct query here = { g, &tmp, err };
	struct strings lower = {0}, upper = {0};
	char *start = arena_strdup(&tmp, range ? range : ":"), *end;

	if (!start)
		return err_nomem(err);
	end = strchr(start, ':');
	if (!end || strchr(end + 1, ':'))
		return no_range(range, err);
	*end++ = '\0';
	TRY(range_end(end, "heads", current, &tmp, &upper, err));
	TRY(range_end(start, "base", current, &tmp, &lower, err));
	if (says_current(end) && !upper.n)
		return RETORT_OK;
	if (relative(start) && relative(end)) {
		TRY(from_here(&here, start, current, &lower));
		TRY(from_here(&here, end, current, &upper));
	} else if (relative(start) && *end && strcmp(end, "heads"))
		TRY(start_below(&here, start, &upper, &lower));
	return graph_iterate(g, &upper, &lower, &history, mem, out, err);
}
