#include "base/map.h"

#include <stdint.h>
#include <string.h>

#include "base/ascii.h"

struct map_slot {
	const char *key;
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

static struct map_slot *find(const struct map *m, const char *key)
{
	size_t i = hash(key, m->fold) & (m->cap - 1);

	while (m->slot[i].key && (m->fold ? ascii_casecmp(m->slot[i].key, key)
					  : strcmp(m->slot[i].key, key)))
		i = (i + 1) & (m->cap - 1);
	return &m->slot[i];
}

void *map_get(const struct map *m, const char *key)
{
	return m->cap ? find(m, key)->value : NULL;
}

static bool grow(struct map *m)
{
	struct map old = *m;

	m->cap = old.cap ? old.cap * 2 : 16;
	m->slot = arena_array(m->mem, struct map_slot, m->cap);
	if (!m->slot) {
		*m = old;
		return false;
	}
	for (size_t i = 0; i < old.cap; i++)
		if (old.slot[i].key)
			*find(m, old.slot[i].key) = old.slot[i];
	return true;
}

bool map_put(struct map *m, const char *key, void *value)
{
	struct map_slot *s;

	if (m->n * 2 >= m->cap && !grow(m))
		return false;
	s = find(m, key);
	if (!s->key) {
		s->key = key;
		m->n++;
	}
	s->value = value;
	return true;
}
