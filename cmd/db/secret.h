/* Passwords that stand on the command line. */
#ifndef DB_SECRET_H
#define DB_SECRET_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

/*
 * Have "ps" show no password of a URL in the arguments: each argument with one
 * is replaced by a copy, and "***" stands where it was. False: out of memory.
 * Until this is called anybody on the machine may see them.
 */
bool secret_hide(int argc, char **argv);

/*
 * Print a text that may hold a piece of the command line: what stands between
 * "://name:" and "@" in it as "***".
 */
void secret_print(FILE *to, const char *text);
__attribute__((format(printf, 2, 3)))
void secret_printf(FILE *to, const char *fmt, ...);
void secret_vprint(FILE *to, const char *fmt, va_list ap);

#endif
