#ifndef RETORT_BASE_MAP_H
#define RETORT_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/*
 * Strings to pointers, in an arena. Keys are borrowed. With `fold` ASCII
 * letters of either case are the same. `{ .mem = arena }` is an empty map.
 */
struct map {
	struct arena *mem;
	bool fold;
	struct map_slot *slot;
	size_t n, cap;
};

/* The value of `key`, or NULL. */
void *map_get(const struct map *m, const char *key);

/* Room for `n` keys in an empty map; false when out of memory. */
bool map_reserve(struct map *m, size_t n);

/* Set or replace; false when out of memory. `value` is not NULL. */
bool map_put(struct map *m, const char *key, void *value);

/*
 * Set where there is nothing yet. *before is what was there and stays, or
 * NULL; false when out of memory.
 */
bool map_claim(struct map *m, const char *key, void *value, void **before);

#endif
