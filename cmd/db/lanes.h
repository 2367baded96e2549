/*
 * The lines that are drawn beside a history, as git log --graph draws them: a
 * lane for each revision that is still to come. Work and width are bounded
 * whatever the number of branches: only so many lanes are shown, and what
 * happens in others stands in one column at the right of them.
 */
#ifndef DB_LANES_H
#define DB_LANES_H

#include <stdbool.h>
#include <stdio.h>

#include <retort/retort.h>

struct lanes;

/* For `list`, whose revisions stand above their parents; NULL: no memory. */
struct lanes *lanes_open(const retort_revisions *list, FILE *to, bool color);
void lanes_close(struct lanes *l);

/*
 * The start of the line of list->v[i], without an end; the columns it took.
 * Revisions come in their order. -1: no memory.
 */
int lanes_node(struct lanes *l, size_t i);
/* The start of a further line of the same. */
int lanes_beside(struct lanes *l);
/* Whole lines from it to its parents. -1: no memory. */
int lanes_below(struct lanes *l, size_t i);

#endif
