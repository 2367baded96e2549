#include "base/near.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/ascii.h"

enum { LONGEST = 64, ENOUGH = 3 };

static size_t min(size_t a, size_t b)
{
	return a < b ? a : b;
}

static bool same(char a, char b)
{
	return !ascii_ncasecmp(&a, &b, 1);
}

/*
 * How many letters are wrong, missing, too many or changed places with their
 * neighbour; SIZE_MAX for names too long to matter.
 */
static size_t distance(const char *a, const char *b)
{
	size_t rows[3][LONGEST + 1], n = strlen(b), i;
	size_t *before = rows[0], *last = rows[1], *now = rows[2];

	if (n > LONGEST)
		return SIZE_MAX;
	for (size_t j = 0; j <= n; j++)
		last[j] = j;
	for (i = 0; a[i]; i++) {
		size_t *oldest = before;

		now[0] = i + 1;
		for (size_t j = 0; j < n; j++) {
			now[j + 1] = min(min(last[j + 1], now[j]) + 1,
					 last[j] + !same(a[i], b[j]));
			if (i && j && same(a[i], b[j - 1]) &&
			    same(a[i - 1], b[j]))
				now[j + 1] = min(now[j + 1],
						 before[j - 1] + 1);
		}
		before = last;
		last = now;
		now = oldest;
	}
	return last[n];
}

struct near near_start(const char *name)
{
	return (struct near){ .name = name, .least = strlen(name) / 2 + 1 };
}

void near_try(struct near *n, const char *candidate)
{
	size_t d = distance(n->name, candidate), typed = strlen(n->name);

	/* The start of a name is nearly the name. */
	if (typed >= ENOUGH && !ascii_ncasecmp(n->name, candidate, typed))
		d = min(d, 1);
	if (d >= n->least)
		return;
	n->least = d;
	n->best = candidate;
}
