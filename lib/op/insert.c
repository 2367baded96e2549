#include "op/op.h"

#define ROWS_PER_INSERT 100

static void add_row(struct buf *b, const char *const *cell, size_t n)
{
	buf_addc(b, '(');
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_add(b, ", ");
		buf_add(b, cell[i] ? cell[i] : "NULL");
	}
	buf_addc(b, ')');
}

void op_insert_next(const struct op_insert *in, const char *head, size_t *at,
		    struct buf *b)
{
	size_t end = *at + ROWS_PER_INSERT;

	buf_add(b, head);
	for (size_t i = *at; i < in->rows.n && i < end; i++) {
		buf_add(b, i == *at ? "\n\t" : ",\n\t");
		add_row(b, in->rows.v[i], in->columns.n);
	}
	*at = end;
}
