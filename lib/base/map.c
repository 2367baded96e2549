#include "base/map.h"

#include <stdint.h>
#include <string.h>

#include "base/ascii.h"

struct map_slot {
	const char *key;
	uint64_t hash;	/* of the key: most others are told apart by it */
	void *value;
};

static uint64_t hash(const char *s, bool fold)
{
	uint64_t h = 14695981039346656037u;	/* FNV-1a */

	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (fold && c >= 'A' && c <= 'Z')
			c |= 0x20;
		h = (h ^ c) * 1099511628211u;
	}
	return h;
}

static bool same(const struct map *m, const char *a, const char *b)
{
	return m->fold ? !ascii_casecmp(a, b) : !strcmp(a, b);
}

/* Where the key is or, free, where it belongs. */
static struct map_slot *find(const struct map *m, const char *key, uint64_t h)
{
	size_t i = h & (m->cap - 1);

	while (m->slot[i].key &&
	       (m->slot[i].hash != h || !same(m, m->slot[i].key, key)))
		i = (i + 1) & (m->cap - 1);
	return &m->slot[i];
}

void *map_get(const struct map *m, const char *key)
{
	return m->cap ? find(m, key, hash(key, m->fold))->value : NULL;
}

/* The next free slot for `h`: the key is not there yet. */
static struct map_slot *vacant(const struct map *m, uint64_t h)
{
	size_t i = h & (m->cap - 1);

	while (m->slot[i].key)
		i = (i + 1) & (m->cap - 1);
	return &m->slot[i];
}

/* At most three quarters of the slots are taken. */
static bool is_full(const struct map *m, size_t n)
{
	return n * 4 > m->cap * 3;
}

static bool grow(struct map *m, size_t n)
{
	struct map old = *m;

	for (m->cap = old.cap ? old.cap * 2 : 16; is_full(m, n);)
		m->cap *= 2;
	m->slot = arena_array(m->mem, struct map_slot, m->cap);
	if (!m->slot) {
		*m = old;
		return false;
	}
	for (size_t i = 0; i < old.cap; i++)
		if (old.slot[i].key)
			*vacant(m, old.slot[i].hash) = old.slot[i];
	return true;
}

bool map_reserve(struct map *m, size_t n)
{
	return !is_full(m, n) || grow(m, n);
}

bool map_claim(struct map *m, const char *key, void *value, void **before)
{
	uint64_t h = hash(key, m->fold);
	struct map_slot *s;

	if (is_full(m, m->n + 1) && !grow(m, m->n + 1))
		return false;
	s = find(m, key, h);
	*before = s->value;
	if (!s->key) {
		*s = (struct map_slot){ key, h, value };
		m->n++;
	}
	return true;
}

bool map_put(struct map *m, const char *key, void *value)
{
	void *before;

	if (!map_claim(m, key, value, &before))
		return false;
	if (before)
		find(m, key, hash(key, m->fold))->value = value;
	return true;
}
