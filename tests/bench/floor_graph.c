/*
 * floor_graph DIR: read every file of DIR whole, find its "Revision:" and
 * "Revises:" and print those that nobody revises.
 */
#include <dirent.h>
#include <fcntl.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *value(char *text, const char *key)
{
	char *s = strstr(text, key);

	if (!s)
		return strdup("");
	s += strlen(key);
	return strndup(s, strcspn(s, "\n"));
}

int main(int argc, char **argv)
{
	DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;
	static char text[65536], *id[100000];
	size_t n = 0;
	struct dirent *e;

	if (!dir || !hcreate(200000))
		return 1;
	while ((e = readdir(dir))) {
		int fd = openat(dirfd(dir), e->d_name, O_RDONLY);
		ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

		close(fd);
		if (got <= 0 || n == 100000)
			continue;
		text[got] = '\0';
		id[n++] = value(text, "Revision: ");
		hsearch((ENTRY){ value(text, "Revises: "), id[0] }, ENTER);
	}
	for (size_t i = 0; i < n; i++)
		if (!hsearch((ENTRY){ id[i], NULL }, FIND))
			puts(id[i]);
	closedir(dir);
	return 0;
}
