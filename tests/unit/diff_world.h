/* Small schemas by hand, and what is found between two of them. */
#ifndef RETORT_TESTS_DIFF_WORLD_H
#define RETORT_TESTS_DIFF_WORLD_H

#include <criterion/criterion.h>
#include <string.h>

#include "base/buf.h"
#include "diff/diff.h"

static inline void apply_all(struct schema *s, const struct ops *list)
{
	SCRATCH_ERR(err);
	SCRATCH(tmp);

	for (size_t i = 0; i < list->n; i++)
		cr_assert_eq(op_apply(s, list->v[i], &err), RETORT_OK, "%s: %s",
			     op_describe(&tmp, list->v[i]), err.pub.message);
}

static inline struct table *table(struct schema *s, const char *name,
			   const char *const *columns)
{
	struct table *t = arena_new(s->mem, struct table);

	t->name = name;
	cr_assert(vec_push(s->mem, &s->tables, t));
	for (; *columns; columns++) {
		struct column *c = arena_new(s->mem, struct column);

		c->name = *columns;
		c->type.text = "INTEGER";
		c->type.kind = RETORT_TYPE_INTEGER;
		cr_assert(vec_push(s->mem, &t->columns, c));
	}
	return t;
}

#define COLUMNS_OF(...) (const char *const[]){ __VA_ARGS__, NULL }

static inline char *found(struct arena *mem, const struct schema *a, struct schema *b,
		   const struct diff_options *o, struct diff *out)
{
	SCRATCH_ERR(err);
	struct buf text = { .mem = mem };

	cr_assert_eq(diff_schemas(NULL, NULL, a, b, o, mem, out, &err),
		     RETORT_OK, "%s", err.pub.message);
	for (size_t i = 0; i < out->up.n; i++)
		buf_addf(&text, "%s%s %s", i ? ", " : "",
			 op_word(out->up.v[i]), op_target(mem, out->up.v[i]));
	return buf_text(&text);
}

struct two {
	struct arena mem;
	struct schema *a, *b;
	struct diff diff;
};

static inline struct two two_schemas(void)
{
	struct two t = {0};

	t.a = schema_new(&t.mem, true);
	t.b = schema_new(&t.mem, true);
	/* The arena moves with the struct; its blocks stay. */
	return t;
}

#define TWO(t) \
	__attribute__((cleanup(clear_two))) struct two t = two_schemas(); \
	(t).a->mem = (t).b->mem = &(t).mem

static inline void clear_two(struct two *t)
{
	arena_clear(&t->mem);
}

static const struct diff_options plain = {
	.compare_type = true, .compare_server_default = true
};

#endif
