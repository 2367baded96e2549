#include "revision/resolve.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/near.h"

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 128;
}

/* The length of `s` without "+N" or "-N" at its end. */
static size_t without_steps(const char *s)
{
	size_t n = strlen(s), digits = n;

	while (digits && isdigit((unsigned char)s[digits - 1]))
		digits--;
	if (digits == n || !digits || !strchr("+-", s[digits - 1]))
		return n;
	for (size_t i = 0; i + 1 < digits; i++)
		if (!is_word(s[i]) && s[i] != '.')
			return n;
	return digits - 1;
}

static retort_status out_of_range(const char *text, struct err *err)
{
	err_set(err, RETORT_E_FAIL, "relative revision \"%s\" is out of range",
		text);
	err_hint(err, "\"db history\" lists the revisions there are.");
	return RETORT_E_FAIL;
}

retort_status identifier_parse(const char *text, struct arena *mem,
			       struct identifier *out, struct err *err)
{
	struct identifier id = { .text = text };
	const char *at = strrchr(text, '@'), *rest = at ? at + 1 : text;
	size_t n = without_steps(rest);

	if (at && !(id.label = arena_strndup(mem, text, (size_t)(at - text))))
		return err_nomem(err);
	if (rest[n]) {
		errno = 0;
		id.steps = strtol(rest + n, NULL, 10);
		id.relative = true;
		if (errno || labs(id.steps) > 100000000L)
			return out_of_range(text, err);
	}
	if (n || !id.relative) {
		id.symbol = arena_strndup(mem, rest, n);
		if (!id.symbol)
			return err_nomem(err);
	}
	*out = id;
	return RETORT_OK;
}

static retort_status cannot_locate(struct err *err, const char *symbol)
{
	err_set(err, RETORT_E_FAIL,
		"Can't locate revision identified by '%s'", symbol);
	err_hint(err, "\"db history\" lists the revisions there are. A file "
		 "that another branch of your repository has may be missing "
		 "here.");
	return RETORT_E_FAIL;
}

/* A label, or an identifier, that looks like what was typed. */
static void suggest(const struct query *q, const char *symbol)
{
	static const char *const words[] = { "head", "heads", "base",
					     "current" };
	struct near n = near_start(symbol);

	if (strlen(symbol) < 4)
		return;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		near_try(&n, words[i]);
	for (size_t i = 0; i < q->g->loaded.n; i++) {
		const struct revision *r = q->g->loaded.v[i];

		near_try(&n, r->id);
		for (size_t k = 0; k < r->labels.n; k++)
			near_try(&n, r->labels.v[k]);
	}
	/* Half of a random identifier is like that of many others. */
	if (n.best && n.least <= 2)
		err_hint(q->err, "Did you mean '%s'? \"db history\" lists the "
			 "revisions there are.", n.best);
}

static retort_status no_revision(const struct query *q, const char *symbol)
{
	struct err *err = q->err;
	const char *more = strlen(symbol) < 4
		? "; please ensure at least four characters are present for "
		  "partial revision identifier matches" : "";

	cannot_locate(err, symbol);
	err_detail(err, "No such revision or branch '%s'%s.", symbol, more);
	suggest(q, symbol);
	return RETORT_E_FAIL;
}

static retort_status several(struct err *err, const char *symbol,
			     const struct strings *names)
{
	SCRATCH(tmp);
	struct buf list = { .mem = &tmp };

	for (size_t i = 0; i < names->n && i < 20; i++)
		buf_addf(&list, "%s'%s'", i ? ", " : "", names->v[i]);
	if (names->n > 20)
		buf_add(&list, ", ...");
	if (!buf_text(&list))
		return err_nomem(err);
	err_set(err, RETORT_E_FAIL, "Multiple revisions start with '%s': %s",
		symbol, list.s);
	err_hint(err, "Write more of its characters.");
	return RETORT_E_FAIL;
}

static struct revision *by_name(const struct graph *g, const char *name)
{
	struct revision *r = map_get(&g->by_id, name);

	return r ? r : map_get(&g->by_label, name);
}

static bool has_prefix(const char *name, const char *prefix)
{
	return strlen(name) > 3 && !strncmp(name, prefix, strlen(prefix));
}

/* Is `r` of the branch of `branch`? NULL: any. */
static retort_status of_branch(const struct query *q, struct revision *r,
			       struct revision *branch, bool *out)
{
	struct revisions one = { &branch, 1, 1 };

	*out = true;
	return branch ? walk_shares_lineage(q, r, &one, false, out)
		      : RETORT_OK;
}

/* The names of `r` that begin so. */
static retort_status add_matches(const struct query *q,
				 const struct revision *r, const char *prefix,
				 struct strings *names)
{
	if (has_prefix(r->id, prefix) && !vec_push(q->mem, names, r->id))
		return err_nomem(q->err);
	for (size_t i = 0; i < r->labels.n; i++)
		if (has_prefix(r->labels.v[i], prefix) &&
		    !vec_push(q->mem, names, r->labels.v[i]))
			return err_nomem(q->err);
	return RETORT_OK;
}

/* By the start of an identifier or of a label. */
static retort_status by_prefix(const struct query *q, const char *prefix,
			       struct revision *branch, struct revision **out)
{
	SCRATCH(tmp);
	const struct query here = { q->g, &tmp, q->err };
	struct strings names = {0};
	struct revision *found = NULL;

	for (size_t i = 0; i < q->g->loaded.n; i++) {
		struct revision *r = q->g->loaded.v[i];

		size_t before = names.n;
		bool of;

		TRY(add_matches(&here, r, prefix, &names));
		if (names.n > before)
			TRY(of_branch(&here, r, branch, &of));
		if (names.n > before && of)
			found = r;
		else
			names.n = before;
	}
	if (!names.n)
		return no_revision(q, prefix);
	if (names.n > 1)
		return several(q->err, prefix, &names);
	*out = found;
	return RETORT_OK;
}

retort_status resolve_branch(const struct query *q, const char *label,
			     struct revision **out)
{
	struct revision *r = by_name(q->g, label);
	SCRATCH_ERR(why);
	const struct query quiet = { q->g, q->mem, &why };
	retort_status rc = r ? RETORT_OK : RETORT_E_FAIL;

	if (!r && *label)
		rc = by_prefix(&quiet, label, NULL, &r);
	if (rc == RETORT_E_NOMEM)
		return err_nomem(q->err);
	if (rc < 0) {
		cannot_locate(q->err, label);
		err_detail(q->err, "No such branch: '%s'.", label);
		suggest(q, label);
		return RETORT_E_FAIL;
	}
	*out = r;
	return RETORT_OK;
}

/* One revision by its name or the start of it, of the branch. */
static retort_status by_ident(const struct query *q, const char *label,
			      const char *symbol, struct revision **out)
{
	struct revision *branch = NULL, *r = by_name(q->g, symbol);
	bool of;

	if (label)
		TRY(resolve_branch(q, label, &branch));
	if (!r)
		TRY(by_prefix(q, symbol, branch, &r));
	TRY(of_branch(q, r, branch, &of));
	if (!of) {
		cannot_locate(q->err, symbol);
		err_detail(q->err, "Revision %s is not a member of branch '%s'.",
			   r->id, label);
		return RETORT_E_FAIL;
	}
	*out = r;
	return RETORT_OK;
}

retort_status filter_lineage(const struct query *q,
			     const struct revisions *list, const char *label,
			     bool dependencies, struct revisions *out)
{
	struct revision *branch;
	struct revisions kept = {0}, against = { &branch, 1, 1 };

	TRY(resolve_branch(q, label, &branch));
	for (size_t i = 0; i < list->n; i++) {
		bool of;

		TRY(walk_shares_lineage(q, list->v[i], &against, dependencies,
					&of));
		if (of && !vec_push(q->mem, &kept, list->v[i]))
			return err_nomem(q->err);
	}
	*out = kept;
	return RETORT_OK;
}

static retort_status multiple_heads(const char *label, const char *symbol,
				    const struct revisions *heads,
				    struct err *err)
{
	SCRATCH(tmp);
	struct buf list = { .mem = &tmp };
	const char *at = label ? "@" : "";

	for (size_t i = 0; i < heads->n && i < 20; i++)
		buf_addf(&list, "%s%s", i ? ", " : "", heads->v[i]->id);
	if (!buf_text(&list))
		return err_nomem(err);
	err_set(err, RETORT_E_FAIL, "Multiple head revisions are present for "
		"given argument '%s%s%s'; please specify a specific target "
		"revision, '<branchname>@%s' to narrow to a specific head, or "
		"'heads' for all heads", label ? label : "", at, symbol,
		symbol);
	err_detail(err, "The heads are %s.", list.s);
	err_hint(err, "\"db heads\" shows them; \"db merge\" makes one of "
		 "them.");
	return RETORT_E_FAIL;
}

retort_status resolve_several(const char *identifier,
			      const struct revisions *list, struct err *err)
{
	const char *at = strrchr(identifier, '@');
	SCRATCH(tmp);
	char *label = at ? arena_strndup(&tmp, identifier,
					 (size_t)(at - identifier)) : NULL;

	if (at && !label)
		return err_nomem(err);
	return multiple_heads(label, at ? at + 1 : identifier, list, err);
}

/* "head" and "heads" */
static retort_status resolve_heads(const struct query *q, const char *label,
				   const char *symbol, struct revisions *out)
{
	struct revisions list = q->g->heads;
	bool all = !strcmp(symbol, "heads");

	if (all && !label)
		list = q->g->real_heads;
	if (label)
		TRY(filter_lineage(q, &q->g->heads, label, false, &list));
	if (!all && list.n > 1)
		return multiple_heads(label, symbol, &list, q->err);
	*out = list;
	return RETORT_OK;
}

static bool is_heads(const char *symbol)
{
	return !strcmp(symbol, "head") || !strcmp(symbol, "heads");
}

retort_status resolve_symbol(const struct query *q, const char *label,
			     const char *symbol, struct revisions *out)
{
	struct revisions list = {0};
	struct revision *r;

	if (is_heads(symbol))
		return resolve_heads(q, label, symbol, out);
	if (strcmp(symbol, "base")) {
		if (!*symbol)
			return no_revision(q, symbol);
		TRY(by_ident(q, label, symbol, &r));
		if (!vec_push(q->mem, &list, r))
			return err_nomem(q->err);
	}
	*out = list;
	return RETORT_OK;
}

retort_status resolve_symbol_one(const struct query *q, const char *label,
				 const char *symbol, struct revision **out)
{
	SCRATCH(tmp);
	const struct query here = { q->g, &tmp, q->err };
	struct revisions list;

	TRY(resolve_symbol(&here, label, symbol, &list));
	if (list.n > 1)
		return multiple_heads(label, symbol, &list, q->err);
	*out = list.n ? list.v[0] : NULL;
	return RETORT_OK;
}

/* Not by its start: a row is a whole identifier, or a wrong one. */
static retort_status unknown_row(struct err *err, const char *row)
{
	err_set(err, RETORT_E_NOTFOUND,
		"Can't locate revision identified by '%s'", row);
	err_detail(err, "The database is at this revision, but no file has "
		   "it.");
	err_hint(err, "Bring its file back; or, when you know what the "
		 "database holds, set it with \"db stamp --purge\".");
	return RETORT_E_NOTFOUND;
}

retort_status resolve_rows(const struct query *q, const struct strings *rows,
			   struct revisions *out)
{
	struct revisions list = {0};

	for (size_t i = 0; rows && i < rows->n; i++) {
		struct revision *r = map_get(&q->g->by_id, rows->v[i]);
		bool known = false;

		if (!r)
			return unknown_row(q->err, rows->v[i]);
		for (size_t j = 0; j < list.n; j++)
			known = known || list.v[j] == r;
		if (!known && !vec_push(q->mem, &list, r))
			return err_nomem(q->err);
	}
	*out = list;
	return RETORT_OK;
}

static retort_status ambiguous_walk(struct err *err, const struct revisions *at,
				    bool up)
{
	SCRATCH(tmp);
	struct buf list = { .mem = &tmp };

	for (size_t i = 0; i < at->n && i < 20; i++)
		buf_addf(&list, "%s%s", i ? ", " : "", at->v[i]->id);
	if (!buf_text(&list))
		return err_nomem(err);
	err_set(err, RETORT_E_FAIL, "Ambiguous walk");
	err_detail(err, "The way %s leads to each of %s.",
		   up ? "up" : "down", list.s);
	err_hint(err, up ? "Name the branch (label@+1) or the revision itself."
			 : "Name the revision itself.");
	return RETORT_E_FAIL;
}

/* Where one step leads. */
static retort_status one_step(const struct query *q, const struct revision *r,
			      const char *label, bool up, struct revisions *out)
{
	if (!up) {
		*out = r ? r->parents : (struct revisions){0};
		return RETORT_OK;
	}
	*out = r ? r->children : q->g->bases;
	if (label && out->n)
		return filter_lineage(q, out, label, false, out);
	return RETORT_OK;
}

retort_status walk_steps(const struct query *q, struct revision *from,
			 const char *label, long steps, struct place *out)
{
	SCRATCH(tmp);
	const struct query here = { q->g, &tmp, q->err };
	struct place p = { .revision = from };
	bool up = steps > 0;

	for (long left = labs(steps); left && !p.outside; left--) {
		struct revisions next;

		TRY(one_step(&here, p.revision, label, up, &next));
		if (next.n > 1)
			return ambiguous_walk(q->err, &next, up);
		if (next.n) {
			p.revision = next.v[0];
			continue;
		}
		p.outside = up || !p.revision || left > 1;
		if (!up)
			p.revision = NULL;
	}
	*out = p;
	return RETORT_OK;
}

retort_status no_such_steps(const struct identifier *id, struct err *err)
{
	const char *sign = id->steps < 0 ? "-" : "+";

	if (id->symbol)
		err_set(err, RETORT_E_FAIL, "Relative revision %s didn't "
			"produce %ld migrations", id->text, labs(id->steps));
	else
		err_set(err, RETORT_E_FAIL, "Relative revision %s%ld didn't "
			"produce %ld migrations", sign, labs(id->steps),
			labs(id->steps));
	err_hint(err, "The history ends before: \"db history -i\" shows where "
		 "the database is.");
	return RETORT_E_FAIL;
}
