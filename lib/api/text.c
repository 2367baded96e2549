#include <string.h>

#include "api/autogen.h"
#include "op/print_c.h"

retort_status script_text(const struct script *s, struct buf *out,
			  struct err *err)
{
	for (size_t i = 0; i < s->stmts.n; i++) {
		const struct stmt *st = &s->stmts.v[i];

		if (i)
			buf_addc(out, '\n');
		stmt_print(st, out);
	}
	return buf_text(out) ? RETORT_OK : err_nomem(err);
}

retort_status script_text_alone(const struct script *s, struct buf *out,
				struct err *err)
{
	bool transaction = s->stmts.n && !s->no_transaction;

	if (transaction)
		buf_add(out, "BEGIN;\n\n");
	TRY(script_text(s, out, err));
	if (transaction)
		buf_add(out, "\nCOMMIT;\n");
	return buf_text(out) ? RETORT_OK : err_nomem(err);
}

/*
 * Text inside a comment of either language: names of tables are in it, which
 * may hold anything.
 */
static void add_comment(struct buf *out, const char *text)
{
	for (char last = '\0'; *text; last = *text++) {
		if ((last == '*' && *text == '/') ||
		    (last == '/' && *text == '*'))
			buf_addc(out, ' ');
		buf_addc(out, *text == '\n' || *text == '\r' ? ' ' : *text);
	}
}

/* Warnings of the operations, as comments of either language. */
static bool add_warnings(struct buf *out, const struct ops *ops,
			 const char *open, const char *close)
{
	bool any = false;

	for (size_t i = 0; i < ops->n; i++) {
		const struct op *op = ops->v[i];

		if (!op->warning)
			continue;
		buf_addf(out, "%swarning: ", open);
		add_comment(out, op->warning);
		buf_addf(out, "%s\n", close);
		any = true;
	}
	return any;
}

retort_status autogen_sql(retort *db, const struct dialect *d,
			  struct schema *before, const struct ops *ops,
			  struct arena *mem, struct section *out)
{
	struct buf b = { .mem = mem };
	struct script script = {0};

	TRY(d->compile(before, ops, mem, &script, &db->err));
	if (add_warnings(&b, ops, "-- ", ""))
		buf_addc(&b, '\n');
	TRY(script_text(&script, &b, &db->err));
	out->script = script;
	out->text = b.s;
	out->options = script.guarded ? "foreign_keys=off"
		: script.no_transaction ? "transaction=off" : NULL;
	return RETORT_OK;
}

/* Without the first tab of each line; the template has its own. */
static void add_outdented(struct buf *out, const char *text)
{
	while (*text) {
		size_t n;

		text += *text == '\t';
		n = strcspn(text, "\n");
		n += text[n] == '\n';
		buf_addn(out, text, n);
		text += n;
	}
}

retort_status autogen_c(retort *db, const struct ops *ops, struct arena *mem,
			struct section *out)
{
	struct buf b = { .mem = mem }, out_b = { .mem = mem };

	add_warnings(&out_b, ops, "/* ", " */");
	TRY(ops_print_c(ops, &b, &db->err));
	if (!buf_text(&b))
		return err_nomem(&db->err);
	add_outdented(&out_b, b.s);
	out->text = buf_text(&out_b);
	out->options = NULL;
	return out->text ? RETORT_OK : err_nomem(&db->err);
}

static retort_change change_public(struct arena *mem, const struct op *op)
{
	return (retort_change){
		.kind = op_word(op),
		.object = op_target(mem, op),
		.text = op_describe(mem, op),
		.warning = arena_strdup(mem, op->warning),
		.loses_data = op->loses_data,
	};
}

retort_status changes_public(retort *db, const struct ops *ops,
			     const struct strings *notes,
			     retort_changes *out)
{
	struct arena *mem = &db->results;
	retort_change *v = arena_array(mem, retort_change, ops->n + 1);
	const char **lines = arena_array(mem, const char *, notes->n + 1);

	if (!v || !lines)
		return err_nomem(&db->err);
	for (size_t i = 0; i < ops->n; i++) {
		v[i] = change_public(mem, ops->v[i]);
		if (!v[i].object || !v[i].text ||
		    (ops->v[i]->warning && !v[i].warning))
			return err_nomem(&db->err);
	}
	for (size_t i = 0; i < notes->n; i++) {
		lines[i] = arena_strdup(mem, notes->v[i]);
		if (!lines[i])
			return err_nomem(&db->err);
	}
	*out = (retort_changes){ .v = v, .n = ops->n, .notes = lines,
				 .n_notes = notes->n };
	return RETORT_OK;
}
