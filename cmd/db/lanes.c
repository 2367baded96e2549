#include "lanes.h"

#include <stdlib.h>
#include <string.h>

enum { SHOWN = 12, WIDTH = 2 * SHOWN + 3, COLORS = 6 };

/* Which revision comes next in it. */
struct lane {
	size_t next_node;
	int color;
	struct lane *left, *right;
};

struct named {
	const char *id;
	size_t i;
};

struct lanes {
	const retort_revisions *list;
	FILE *to;
	bool color;
	struct named *by_id;	/* sorted */
	struct lane **waiting;	/* for each revision, or NULL */
	struct lane *first, *last;
	size_t n;
	int next_color;
	char row[WIDTH + 1];
	int paint[WIDTH + 1];
};

static int by_id(const void *a, const void *b)
{
	const struct named *x = a, *y = b;

	return strcmp(x->id, y->id);
}

struct lanes *lanes_open(const retort_revisions *list, FILE *to, bool color)
{
	struct lanes *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->list = list;
	l->to = to;
	l->color = color;
	l->by_id = calloc(list->n + 1, sizeof(*l->by_id));
	l->waiting = calloc(list->n + 1, sizeof(*l->waiting));
	if (!l->by_id || !l->waiting) {
		lanes_close(l);
		return NULL;
	}
	for (size_t i = 0; i < list->n; i++)
		l->by_id[i] = (struct named){ list->v[i]->id, i };
	qsort(l->by_id, list->n, sizeof(*l->by_id), by_id);
	return l;
}

void lanes_close(struct lanes *l)
{
	if (!l)
		return;
	while (l->first) {
		struct lane *next = l->first->right;

		free(l->first);
		l->first = next;
	}
	free(l->by_id);
	free(l->waiting);
	free(l);
}

/* A revision of the list below `i`; false: it is not in the list. */
static bool find(const struct lanes *l, const char *id, size_t i, size_t *out)
{
	const struct named key = { id, 0 };
	const struct named *found = bsearch(&key, l->by_id, l->list->n,
					    sizeof(key), by_id);

	if (!found || found->i <= i)
		return false;
	*out = found->i;
	return true;
}

/* Its place; SHOWN for all that are not shown. */
static int place(const struct lanes *l, const struct lane *wanted)
{
	const struct lane *lane = l->first;
	int at = 0;

	for (; lane != wanted && at < SHOWN; at++)
		lane = lane->right;
	return at;
}

/* Behind `left`; NULL: at the end. */
static struct lane *insert(struct lanes *l, struct lane *left)
{
	struct lane *lane = calloc(1, sizeof(*lane));

	if (!lane)
		return NULL;
	if (!left)
		left = l->last;
	lane->left = left;
	lane->right = left ? left->right : NULL;
	*(left ? &left->right : &l->first) = lane;
	*(lane->right ? &lane->right->left : &l->last) = lane;
	lane->color = l->next_color++ % COLORS;
	l->n++;
	return lane;
}

static void take_out(struct lanes *l, struct lane *lane)
{
	*(lane->left ? &lane->left->right : &l->first) = lane->right;
	*(lane->right ? &lane->right->left : &l->last) = lane->left;
	l->n--;
	free(lane);
}

static void row_begin(struct lanes *l)
{
	memset(l->row, ' ', WIDTH);
}

static void put(struct lanes *l, int column, char c, int color)
{
	l->row[column] = c;
	l->paint[column] = color;
}

/* Returns the columns it took. */
static int row_print(struct lanes *l, int width)
{
	static const char *const codes[COLORS] = {
		"31", "32", "33", "34", "35", "36"
	};

	for (int i = 0; i < width; i++) {
		if (l->color && l->row[i] != ' ')
			fprintf(l->to, "\033[%sm%c\033[0m",
				codes[l->paint[i]], l->row[i]);
		else
			putc(l->row[i], l->to);
	}
	return width;
}

static void row_end(struct lanes *l)
{
	int width = WIDTH;

	while (width && l->row[width - 1] == ' ')
		width--;
	row_print(l, width);
	putc('\n', l->to);
}

/* The lanes from the first to before place `end`, as they stand. */
static void put_lanes(struct lanes *l, int end)
{
	const struct lane *lane = l->first;

	for (int at = 0; lane && at < end; at++, lane = lane->right)
		put(l, 2 * at, '|', lane->color);
}

/* Those from place `at` on, `shift` columns from where they stand. */
static void put_shifted(struct lanes *l, int at, int shift, char c)
{
	const struct lane *lane = l->first;

	for (int i = 0; lane && i < at; i++)
		lane = lane->right;
	for (; lane && 2 * at + shift < 2 * SHOWN; at++, lane = lane->right)
		put(l, 2 * at + shift, c, lane->color);
}

/* The lanes, the column of those that are not shown, and a blank. */
static int put_all(struct lanes *l)
{
	bool more = l->n > SHOWN;

	row_begin(l);
	put_lanes(l, SHOWN);
	if (more)
		put(l, 2 * SHOWN, ':', 0);
	return more ? 2 * SHOWN + 2 : 2 * (int)l->n;
}

int lanes_node(struct lanes *l, size_t i)
{
	struct lane *lane = l->waiting[i];
	int width;

	if (!lane) {
		lane = insert(l, NULL);
		if (!lane)
			return -1;
		lane->next_node = i;
		l->waiting[i] = lane;
	}
	width = put_all(l);
	put(l, 2 * place(l, lane), '*', lane->color);
	return row_print(l, width);
}

int lanes_beside(struct lanes *l)
{
	return row_print(l, put_all(l));
}

/* A lane comes out of the one before it, at place `at`. */
static void draw_opened(struct lanes *l, int at)
{
	if (at > SHOWN)
		return;
	row_begin(l);
	put_lanes(l, at);
	put_shifted(l, at, -1, '\\');
	row_end(l);
}

/* The lane at place `at` ended: those right of it move. */
static void draw_ended(struct lanes *l, int at)
{
	row_begin(l);
	put_lanes(l, at);
	put_shifted(l, at + 1, -1, '/');
	row_end(l);
}

/* The lane at `from` goes over into the one at `to`, left of it. */
static void draw_joined(struct lanes *l, int to, int from, int color)
{
	row_begin(l);
	put_lanes(l, from);
	for (int at = to + 1; at < from - 1; at++)
		put(l, 2 * at + 1, '_', color);
	put(l, 2 * from - 1, '/', color);
	put_shifted(l, from + 1, -1, '/');
	row_end(l);
}

/* Both wait for the same revision: the right one ends. */
static void join(struct lanes *l, struct lane *a, struct lane *b)
{
	int i = place(l, a), j = place(l, b);
	struct lane *stays = i < j ? a : b, *ends = i < j ? b : a;
	int to = i < j ? i : j, from = i < j ? j : i, color = ends->color;

	if (to < from)
		draw_joined(l, to, from, color);
	l->waiting[stays->next_node] = stays;
	take_out(l, ends);
	if (from <= to + 1)
		return;
	row_begin(l);
	put_lanes(l, SHOWN);
	put(l, 2 * to + 1, '/', color);
	row_end(l);
}

/* `lane` goes on to revision `i`. */
static void lead(struct lanes *l, struct lane *lane, size_t i)
{
	struct lane *other = l->waiting[i];

	lane->next_node = i;
	if (other)
		join(l, lane, other);
	else
		l->waiting[i] = lane;
}

static void end(struct lanes *l, struct lane *lane)
{
	int at = place(l, lane);

	if (at < SHOWN && lane->right)
		draw_ended(l, at);
	take_out(l, lane);
}

static int open_lane(struct lanes *l, struct lane *from, size_t to,
		     bool in_sight)
{
	struct lane *lane = insert(l, from);

	if (!lane)
		return -1;
	if (in_sight)
		draw_opened(l, place(l, lane));
	lead(l, lane, to);
	return 0;
}

/* The parents of revision `i` that are in the list; NULL: no memory. */
static size_t *parents_of(const struct lanes *l, size_t i, size_t *n)
{
	const retort_revision *r = l->list->v[i];
	size_t *v = calloc(r->n_down + 1, sizeof(*v));

	*n = 0;
	for (size_t k = 0; v && k < r->n_down; k++)
		if (find(l, r->down[k], i, &v[*n]))
			++*n;
	return v;
}

/* Lanes that come out with none beside them may do so in one row. */
static bool at_once(const struct lanes *l, const struct lane *lane,
		    const size_t *v, size_t n)
{
	for (size_t k = 1; k < n; k++)
		if (l->waiting[v[k]])
			return false;
	return n > 1 && !lane->right;
}

int lanes_below(struct lanes *l, size_t i)
{
	struct lane *lane = l->waiting[i];
	size_t n, *v = parents_of(l, i, &n);
	bool once = v && at_once(l, lane, v, n);
	int rc = v ? 0 : -1;

	l->waiting[i] = NULL;
	/* Of many only the last ones stay in sight. */
	for (size_t k = n; !rc && k-- > 1;)
		rc = open_lane(l, lane, v[k], !once && k <= SHOWN);
	if (!rc && once)
		draw_opened(l, place(l, lane) + 1);
	if (!rc && n)
		lead(l, lane, v[0]);
	else if (!rc)
		end(l, lane);
	free(v);
	return rc;
}
