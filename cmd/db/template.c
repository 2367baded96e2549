#include "template.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef int each_fn(void *payload, const char *name, const char *directory);

static bool has_file(const char *directory, const char *name)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s/%s", directory, name);

	return n > 0 && (size_t)n < sizeof(path) && !access(path, F_OK);
}

bool template_has_sections(const char *directory)
{
	return has_file(directory, "section.ini");
}

/* The directories in `parent` that are templates, by name. */
static int each_in(const char *parent, each_fn *each, void *payload)
{
	struct dirent **list;
	int n = scandir(parent, &list, NULL, alphasort), rc = 0;
	char path[PATH_MAX];

	for (int i = 0; i < n; i++) {
		const char *name = list[i]->d_name;

		snprintf(path, sizeof(path), "%s/%s", parent, name);
		if (!rc && *name != '.' && (has_file(path, "db.ini") ||
					    template_has_sections(path)))
			rc = each(payload, name, path);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
	return rc;
}

/* $XDG_CONFIG_HOME/retort/templates */
static bool own_templates(char *out, size_t size)
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	bool config = xdg && *xdg == '/';

	if (!config && !(home && *home))
		return false;
	snprintf(out, size, "%s%s/retort/templates", config ? xdg : home,
		 config ? "" : "/.config");
	return true;
}

int template_each(const struct env *env, each_fn *each, void *payload)
{
	char own[PATH_MAX];
	int rc = 0;

	if (own_templates(own, sizeof(own)))
		rc = each_in(own, each, payload);
	if (!rc && env->share)
		rc = each(payload, "generic", env->share);
	if (!rc && env->share)
		rc = each_in(env->share, each, payload);
	return rc;
}

struct search {
	const char *name;
	char *found;
};

static int compare(void *payload, const char *name, const char *directory)
{
	struct search *s = payload;

	if (strcmp(name, s->name) != 0)
		return 0;
	s->found = strdup(directory);
	return 1;
}

char *template_directory(const struct env *env, const char *name)
{
	struct search s = { .name = name };

	template_each(env, compare, &s);
	return s.found ? s.found : strdup(name);
}
