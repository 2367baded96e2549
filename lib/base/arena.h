#ifndef RETORT_BASE_ARENA_H
#define RETORT_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

/*
 * An arena owns every block handed out from it; arena_clear() returns them all.
 * `{0}` is a valid empty arena. Nothing from an arena is freed one by one.
 */
struct arena {
	struct arena_block *head;
};

/* An arena for temporaries, cleared when the enclosing block is left. */
#define SCRATCH(name) \
	__attribute__((cleanup(arena_clear))) struct arena name = {0}

/* Zeroed memory, or NULL when out of memory. */
void *arena_alloc(struct arena *a, size_t n);

#define arena_new(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define arena_array(a, type, n) ((type *)arena_calloc((a), (n), sizeof(type)))

/* As arena_alloc(n * size), NULL also when the product does not fit. */
void *arena_calloc(struct arena *a, size_t n, size_t size);

/* Copies; NULL when out of memory, and for a NULL `s`. */
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t n);

__attribute__((format(printf, 2, 3)))
char *arena_printf(struct arena *a, const char *fmt, ...);

char *arena_vprintf(struct arena *a, const char *fmt, va_list ap);

/* Give all memory back. The arena is empty and usable afterwards. */
void arena_clear(struct arena *a);

/* malloc(), replaced by the tests that make allocations fail. */
extern void *(*arena_malloc)(size_t);

#endif
