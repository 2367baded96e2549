#include "revision/recorder.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

void recorder_end(struct recorder *r, int line, retort_status rc)
{
	if (rc >= 0)
		return;
	r->rc = rc;
	err_where(r->err, r->path, line);
}

void recorder_refuse(struct recorder *r, int line, const char *fmt, ...)
{
	va_list ap;

	if (r->rc)
		return;
	va_start(ap, fmt);
	recorder_fail(&r->op, line, fmt, ap);
	va_end(ap);
}

const char *recorder_dialect(const retort_op *op)
{
	return ((const struct recorder *)op)->d->name;
}

int recorder_has_failed(const retort_op *op)
{
	return ((const struct recorder *)op)->rc != 0;
}

void recorder_fail(retort_op *op, int line, const char *fmt, va_list ap)
{
	struct recorder *r = recorder_of(op);
	char *text;
	SCRATCH(tmp);

	if (r->rc)
		return;
	text = arena_vprintf(&tmp, fmt, ap);
	if (text) {
		err_set(r->err, RETORT_E_FAIL, "%s", text);
		err_hint(r->err, "<retort/revision.h> says what each operation "
			 "takes.");
	} else {
		err_nomem(r->err);
	}
	recorder_end(r, line, r->err->pub.code);
}

retort_status recorder_split(struct recorder *r, const char *fmt, va_list ap,
			     struct strings *out)
{
	const char *text = arena_vprintf(r->mem, fmt, ap);

	if (!text)
		return err_nomem(r->err);
	while (text) {
		const char *rest = NULL;
		struct stmt s = {0};

		TRY(r->d->split(text, r->mem, &s, &rest, r->err));
		if (!s.sql)
			break;
		if (!vec_push(r->mem, out, s.sql))
			return err_nomem(r->err);
		text = rest;
	}
	if (!out->n)
		return err_set(r->err, RETORT_E_FAIL, "there is no SQL to "
			       "execute");
	return RETORT_OK;
}

retort_status recorder_table(struct recorder *r, const char *name,
			     const char **schema, const char **table)
{
	struct declare x;
	const char *copy;

	declare_init(&x, r->d, r->naming, r->mem, r->err);
	TRY(declare_name(&x, "table", name));
	copy = declare_text(&x, name);
	*schema = NULL;
	if (copy)
		declare_split(&x, copy, schema, table);
	return declare_done(&x);
}

/* With a point, so that it stays a real number; whatever the locale's is. */
static const char *real_literal(struct recorder *r, double v)
{
	char text[40];

	snprintf(text, sizeof(text), "%.17g", v);
	for (char *p = text; *p; p++)
		if (*p == ',')
			*p = '.';
	if (!strpbrk(text, ".e"))
		strcat(text, ".0");
	return arena_strdup(r->mem, text);
}

static const char *blob_literal(struct recorder *r, const unsigned char *p,
				size_t n)
{
	struct buf b = { .mem = r->mem };

	buf_add(&b, "x'");
	for (size_t i = 0; i < n; i++)
		buf_addf(&b, "%02x", p[i]);
	buf_addc(&b, '\'');
	return buf_text(&b);
}

static const char *literal(struct recorder *r, const retort_value *v)
{
	switch (v->kind) {
	case RETORT_VALUE_NULL:
		break;
	case RETORT_VALUE_INTEGER:
		return arena_printf(r->mem, "%lld", v->integer);
	case RETORT_VALUE_UNSIGNED:
		return arena_printf(r->mem, "%llu", v->natural);
	case RETORT_VALUE_REAL:
		return real_literal(r, v->real);
	case RETORT_VALUE_TEXT:
		return r->d->quote_text(r->mem, v->data);
	case RETORT_VALUE_BLOB:
		return v->data ? blob_literal(r, v->data, v->n)
			       : arena_strdup(r->mem, "NULL");
	case RETORT_VALUE_SQL:
		return arena_strdup(r->mem, v->data ? v->data : "NULL");
	}
	return arena_strdup(r->mem, "NULL");
}

static retort_status insert_row(struct recorder *r, const retort_row *row,
				size_t at, struct op_insert *out)
{
	const char **cells = arena_array(r->mem, const char *,
					 out->columns.n);

	if (row->n != out->columns.n)
		return err_set(r->err, RETORT_E_FAIL, "row %zu has %zu values "
			       "for %zu columns", at + 1, row->n,
			       out->columns.n);
	if (!cells)
		return err_nomem(r->err);
	for (size_t i = 0; i < row->n; i++) {
		const retort_value *v = &row->values[i];

		if (v->kind == RETORT_VALUE_REAL && !isfinite(v->real))
			return err_set(r->err, RETORT_E_FAIL, "row %zu has a "
				       "number that is not finite", at + 1);
		if (v->kind == RETORT_VALUE_NULL)
			continue;
		cells[i] = literal(r, v);
		if (!cells[i])
			return err_nomem(r->err);
	}
	return vec_push(r->mem, &out->rows, cells) ? RETORT_OK
						   : err_nomem(r->err);
}

retort_status recorder_insert(struct recorder *r, const retort_insert *in,
			      struct op_insert **out)
{
	struct op_insert *n = arena_new(r->mem, struct op_insert);

	if (!n)
		return err_nomem(r->err);
	for (size_t i = 0; in->columns && in->columns[i]; i++) {
		const char *name = arena_strdup(r->mem, in->columns[i]);

		if (!name || !vec_push(r->mem, &n->columns, name))
			return err_nomem(r->err);
	}
	if (!n->columns.n)
		return err_set(r->err, RETORT_E_FAIL, "rows for table \"%s\" "
			       "name no columns", in->table);
	for (size_t i = 0; i < in->n_rows; i++)
		TRY(insert_row(r, &in->rows[i], i, n));
	*out = n;
	return RETORT_OK;
}
