#ifndef RETORT_BASE_VEC_H
#define RETORT_BASE_VEC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/*
 * A growing array in an arena: `VEC(struct column *) columns;`. All zero is a
 * valid empty one. Items are read as `vec.v[i]` for i below `vec.n`.
 */
#define VEC(type) struct { type *v; size_t n, cap; }

/* As VEC, with a name: `VEC_OF(parts, struct part);` declares struct parts. */
#define VEC_OF(name, type) struct name { type *v; size_t n, cap; }

/* Append `item`; false when out of memory (the vector is as it was). */
#define vec_push(mem, vec, item)                                           \
	(vec_grow((mem), (void **)&(vec)->v, (vec)->n, &(vec)->cap,        \
		  sizeof(*(vec)->v))                                       \
	 ? ((vec)->v[(vec)->n++] = (item), true) : false)

/* Room for `count` items in an empty vector; false when out of memory. */
#define vec_reserve(mem, vec, count)                                       \
	(((vec)->v = arena_calloc((mem), (count), sizeof(*(vec)->v)))      \
	 ? ((vec)->cap = (count), true) : false)

/* Insert `item` before position `at` (<= n); false when out of memory. */
#define vec_insert(mem, vec, at, item)                                     \
	(vec_grow((mem), (void **)&(vec)->v, (vec)->n, &(vec)->cap,        \
		  sizeof(*(vec)->v))                                       \
	 ? (vec_shift((vec)->v, (at), (vec)->n, sizeof(*(vec)->v)),        \
	    (vec)->v[at] = (item), (vec)->n++, true) : false)

/* Take out position `at`, keeping the order of the rest. */
#define vec_remove(vec, at) \
	(vec_unshift((vec)->v, (at), (vec)->n, sizeof(*(vec)->v)), (vec)->n--)

/* Behind the macros. */
bool vec_grow(struct arena *mem, void **v, size_t n, size_t *cap, size_t size);
void vec_shift(void *v, size_t at, size_t n, size_t size);
void vec_unshift(void *v, size_t at, size_t n, size_t size);

/* A list of names or texts. */
struct strings {
	const char **v;
	size_t n, cap;
};

bool strings_has(const struct strings *list, const char *s);
/* The same ones in the same order? */
bool strings_same(const struct strings *a, const struct strings *b);

#endif
