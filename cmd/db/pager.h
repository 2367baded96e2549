/* $PAGER, for long lists on a terminal. */
#ifndef DB_PAGER_H
#define DB_PAGER_H

#include <stdbool.h>

/*
 * Where standard output is a terminal, what is written to it goes through
 * $DB_PAGER, $PAGER or "less" from now on; "" and "cat" are none, and one that
 * cannot be started is none either.
 */
void pager_open(void);

/* End the output and wait until it has been read. */
void pager_close(void);

#endif
