/* --all: a command on each database of the configuration. */
#ifndef DB_ALL_H
#define DB_ALL_H

#include "cmd.h"

/* Does --all make sense here? Says why not. */
bool may_run_all(const struct env *env, const struct cmd *c);

/* `once` opens a session, runs the command, and closes the session. */
int run_all(struct env *env, const struct cmd *c, int n, char **argv,
	    int (*once)(const struct cmd *c, int n, char **argv));

#endif
