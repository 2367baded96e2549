/* The time of day in a time zone, without touching the process's own. */
#ifndef RETORT_REVISION_CLOCK_H
#define RETORT_REVISION_CLOCK_H

#include <time.h>

#include "base/err.h"

/*
 * The wall clock at `now` in `zone`: NULL, "" or "UTC"; "local"; an offset
 * such as "+01:00"; or a name of the system's zone files, "Europe/Berlin".
 * `suffix` becomes "UTC" or "+0100".
 */
retort_status clock_at(long long now, const char *zone, struct tm *out,
		       char suffix[8], struct err *err);

#endif
