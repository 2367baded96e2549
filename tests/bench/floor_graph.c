/*
 * floor_graph DIR: read the head of every file of DIR, find its "Revision:" and
 * "Revises:" and print those that nobody revises.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX = 100000 };

static char *value(const char *text, const char *key)
{
	const char *s = strstr(text, key);

	if (!s)
		return strdup("");
	s += strlen(key);
	return strndup(s, strcspn(s, "\n"));
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int main(int argc, char **argv)
{
	DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;
	static char text[4096], *id[MAX], *down[MAX];
	size_t n = 0;
	struct dirent *e;

	if (!dir)
		return 1;
	while ((e = readdir(dir)) && n < MAX) {
		int fd = openat(dirfd(dir), e->d_name, O_RDONLY);
		ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

		if (fd >= 0)
			close(fd);
		if (got <= 0)
			continue;
		text[got] = '\0';
		id[n] = value(text, "Revision: ");
		down[n++] = value(text, "Revises: ");
	}
	closedir(dir);
	qsort(down, n, sizeof(*down), by_text);
	for (size_t i = 0; i < n; i++)
		if (!bsearch(&id[i], down, n, sizeof(*down), by_text))
			puts(id[i]);
	return 0;
}
