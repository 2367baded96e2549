#include "revision/clock.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/file.h"

#define ZONES "/usr/share/zoneinfo"

/* The parts of a TZif file (RFC 8536) that say which offset holds when. */
struct zone {
	const unsigned char *times, *kinds, *types;
	uint32_t n_times, n_types;
	size_t time_size;
};

static uint32_t big32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static int64_t big_time(const unsigned char *p, size_t size)
{
	if (size == 4)
		return (int32_t)big32(p);
	return (int64_t)((uint64_t)big32(p) << 32 | big32(p + 4));
}

/* One block of the file; *size is its length. False when it is none. */
static bool read_block(const unsigned char *p, size_t n, size_t time_size,
		       struct zone *z, size_t *size)
{
	uint32_t count[6];
	size_t at = 44;

	if (n < at || memcmp(p, "TZif", 4))
		return false;
	for (size_t i = 0; i < 6; i++) {
		count[i] = big32(p + 20 + 4 * i);
		if (count[i] > 100000)
			return false;
	}
	z->time_size = time_size;
	z->n_times = count[3];
	z->n_types = count[4];
	z->times = p + at;
	z->kinds = z->times + count[3] * time_size;
	z->types = z->kinds + count[3];
	at += count[3] * (time_size + 1) + count[4] * 6 + count[5] +
	      count[2] * (time_size + 4) + count[1] + count[0];
	*size = at;
	return at <= n && z->n_types;
}

/* The offset from UTC in seconds at `now`. */
static bool zone_offset(const struct zone *z, long long now, long *offset)
{
	size_t kind = 0;

	for (uint32_t i = 0; i < z->n_times; i++)
		if (big_time(z->times + i * z->time_size, z->time_size) <= now)
			kind = z->kinds[i];
	if (kind >= z->n_types)
		return false;
	*offset = (int32_t)big32(z->types + 6 * kind);
	return true;
}

static bool zone_name_ok(const char *name)
{
	if (*name == '/' || *name == '.' || strstr(name, ".."))
		return false;
	for (; *name; name++)
		if (!isalnum((unsigned char)*name) &&
		    !strchr("/_+-", *name))
			return false;
	return true;
}

static retort_status unknown_zone(const char *zone, struct err *err)
{
	err_set(err, RETORT_E_FAIL, "unknown time zone \"%s\"", zone);
	err_hint(err, "Write timezone = UTC, local, an offset such as +01:00, "
		 "or a name such as Europe/Berlin.");
	return RETORT_E_FAIL;
}

static retort_status named_offset(long long now, const char *name,
				  long *offset, struct err *err)
{
	SCRATCH(tmp);
	SCRATCH_ERR(why);
	struct zone z;
	char *text, *path = path_join(&tmp, ZONES, name);
	const unsigned char *p;
	size_t n, size;

	if (!path)
		return err_nomem(err);
	if (!zone_name_ok(name) || file_is_directory(path) ||
	    file_read(path, &tmp, &text, &n, &why) < 0)
		return unknown_zone(name, err);
	p = (const unsigned char *)text;
	if (!read_block(p, n, 4, &z, &size))
		return unknown_zone(name, err);
	/* From version 2 on, a second block has times of 64 bits. */
	if (p[4] >= '2' && !read_block(p + size, n - size, 8, &z, &size))
		return unknown_zone(name, err);
	return zone_offset(&z, now, offset) ? RETORT_OK
					    : unknown_zone(name, err);
}

/* "+1", "+01:00", "-0530" */
static bool fixed_offset(const char *s, long *offset)
{
	int hours = 0, minutes = 0, digits = 0, sign = *s == '-' ? -1 : 1;

	if (*s != '+' && *s != '-')
		return false;
	for (s++; isdigit((unsigned char)*s) && digits < 2; s++, digits++)
		hours = hours * 10 + *s - '0';
	if (!digits)
		return false;
	s += *s == ':';
	for (digits = 0; isdigit((unsigned char)*s) && digits < 2; s++, digits++)
		minutes = minutes * 10 + *s - '0';
	*offset = sign * (hours * 3600L + minutes * 60L);
	return !*s && digits != 1 && hours < 24 && minutes < 60;
}

static void offset_text(long offset, char suffix[8])
{
	unsigned long m = (unsigned long)(offset < 0 ? -offset : offset) / 60;

	snprintf(suffix, 8, "%c%02lu%02lu", offset < 0 ? '-' : '+',
		 m / 60 % 100, m % 60);
}

static bool is_utc(const char *zone)
{
	return !zone || !*zone || !ascii_casecmp(zone, "UTC") ||
	       !ascii_casecmp(zone, "GMT") || !strcmp(zone, "Z");
}

retort_status clock_at(long long now, const char *zone, struct tm *out,
		       char suffix[8], struct err *err)
{
	time_t t = (time_t)now;
	long offset = 0;

	if (zone && !ascii_casecmp(zone, "local")) {
		if (!localtime_r(&t, out))
			return unknown_zone(zone, err);
		strftime(suffix, 8, "%z", out);
		return RETORT_OK;
	}
	if (!is_utc(zone) && !fixed_offset(zone, &offset))
		TRY(named_offset(now, zone, &offset, err));
	t += offset;
	if (!gmtime_r(&t, out))
		return unknown_zone(zone ? zone : "UTC", err);
	if (is_utc(zone))
		strcpy(suffix, "UTC");
	else
		offset_text(offset, suffix);
	return RETORT_OK;
}
