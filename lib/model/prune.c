/*
 * Old libraries in the cache: those that no manifest names any more, and what
 * compilations that died have left. All of it is best effort.
 */
#include "model/prune.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/map.h"
#include "model/manifest.h"

enum { DAY = 24 * 60 * 60, KEEP = 30 * DAY, KEY = 32 };

struct pruning {
	struct arena mem;
	const char *directory;
	struct map named;	/* content keys of all manifests */
	time_t now;
};

static char *path_of(struct pruning *p, const char *name)
{
	return path_join(&p->mem, p->directory, name);
}

/* Seconds since it was changed; a time in the future is none. */
static long long age(const struct pruning *p, const char *path)
{
	struct stat st;

	return lstat(path, &st) || st.st_mtime > p->now
		? 0 : (long long)(p->now - st.st_mtime);
}

/* The part behind the key that every name in the cache starts with. */
static const char *suffix(const char *name)
{
	return strspn(name, "0123456789abcdef") == KEY && name[KEY] == '.'
		? name + KEY : "";
}

/* False when it cannot be read. A damaged one names nothing. */
static bool note_manifest(struct pruning *p, const char *name)
{
	SCRATCH_ERR(ignored);
	struct manifest m = { .mem = &p->mem };
	char *path = path_of(p, name), *text;

	if (!path || file_read(path, &p->mem, &text, NULL, &ignored))
		return false;
	return !manifest_parse(&m, text) ||
	       map_put(&p->named, m.content_key, p);
}

static void drop_old(struct pruning *p, const char *name)
{
	const char *end = suffix(name);
	char *key = arena_strndup(&p->mem, name, KEY);
	char *path = path_of(p, name);
	bool library = !strcmp(end, ".so");

	if (!key || !path || !*end || !strcmp(end, ".list"))
		return;
	if (library ? !map_get(&p->named, key) && age(p, path) > KEEP
		    : age(p, path) > DAY)
		unlink(path);
}

/* Nothing goes where a manifest cannot be read. */
static bool note_all(struct pruning *p, DIR *d)
{
	struct dirent *e;

	while ((e = readdir(d)))
		if (!strcmp(suffix(e->d_name), ".list") &&
		    !note_manifest(p, e->d_name))
			return false;
	return true;
}

static bool is_due(struct pruning *p, const char *mark)
{
	struct stat st;
	int fd;

	if (!lstat(mark, &st) && age(p, mark) < DAY)
		return false;
	fd = open(mark, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return false;
	futimens(fd, NULL);
	close(fd);
	return true;
}

void cache_prune(const char *directory)
{
	struct pruning p = { .directory = directory, .now = time(NULL) };
	const char *mark;
	struct dirent *e;
	DIR *d = NULL;

	p.named.mem = &p.mem;
	mark = path_of(&p, ".pruned");
	if (mark && is_due(&p, mark))
		d = opendir(directory);
	if (d && note_all(&p, d)) {
		rewinddir(d);
		while ((e = readdir(d)))
			drop_old(&p, e->d_name);
	}
	if (d)
		closedir(d);
	arena_clear(&p.mem);
}

void cache_superseded(const char *path)
{
	utimensat(AT_FDCWD, path, NULL, AT_SYMLINK_NOFOLLOW);
}
