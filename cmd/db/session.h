#ifndef DB_SESSION_H
#define DB_SESSION_H

#include "cmd.h"

/*
 * Open env->db from the global options and the environment: the migrations
 * directory is looked for upward from the working directory. Returns 0 or an
 * exit status after a message.
 */
int session_open(struct env *env, const struct cmd *c);
/* May be called twice. */
void session_close(struct env *env);

/* Ctrl-C and SIGTERM cancel the running call; the signal, or 0. */
void session_catch_signals(struct env *env);
int session_signal(void);

#endif
