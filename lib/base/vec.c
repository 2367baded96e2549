#include "base/vec.h"

#include <string.h>

/* Most vectors of bigger items have a single one: the columns of an index. */
enum { FEW_BYTES = 32 };

bool vec_grow(struct arena *mem, void **v, size_t n, size_t *cap, size_t size)
{
	size_t wanted = *cap ? *cap * 2 : size > FEW_BYTES ? 1 : 4;
	void *p;

	if (n < *cap)
		return true;
	p = arena_calloc(mem, wanted, size);
	if (!p)
		return false;
	if (n)
		memcpy(p, *v, n * size);
	*v = p;
	*cap = wanted;
	return true;
}

void vec_shift(void *v, size_t at, size_t n, size_t size)
{
	char *p = (char *)v + at * size;

	memmove(p + size, p, (n - at) * size);
}

void vec_unshift(void *v, size_t at, size_t n, size_t size)
{
	char *p = (char *)v + at * size;

	memmove(p, p + size, (n - at - 1) * size);
}

bool strings_has(const struct strings *list, const char *s)
{
	for (size_t i = 0; i < list->n; i++)
		if (!strcmp(list->v[i], s))
			return true;
	return false;
}

bool strings_same(const struct strings *a, const struct strings *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->v[i], b->v[i]))
			return false;
	return true;
}
