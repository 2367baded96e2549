#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "template.h"

static bool multidb, package;
static const char *template, *format, *models;

static const struct opt options[] = {
	{ OPT_FLAG, 0, "multidb", &multidb, NULL,
	  "a section for each of several databases, named as arguments" },
	{ OPT_STRING, 't', "template", &template, "NAME",
	  "a template of db list-templates, or a directory" },
	{ OPT_STRING, 0, "format", &format, "FORMAT",
	  "what new revisions are written in: sql or c" },
	{ OPT_STRING, 0, "models", &models, "FILE",
	  "the models (default: a starter models.c is written)" },
	{ OPT_FLAG, 0, "package", &package, NULL, "has no meaning in C" },
	OPT_END
};

/* Only what was not named is left to be written by hand. */
static void print_next(struct env *env, const retort_init *o)
{
	bool url = o->url && !o->n_databases;
	const char *what = url ? "models" : o->models ? "url"
						      : "url and models";
	const char *all = o->n_databases ? " --all" : "";
	bool found = !strcmp(o->directory, "migrations");

	if (url && o->models && found)
		print_message(env->out, "next",
			      "Next: db migrate, then db upgrade.");
	else if (url && o->models)
		print_message(env->out, "next",
			      "Next: db -d %s migrate, then db -d %s upgrade.",
			      o->directory, o->directory);
	else
		print_message(env->out, "next", "Please edit %s in "
			      "\"%s/db.ini\" before proceeding: then db%s%s%s "
			      "migrate, then db%s%s%s upgrade.", what,
			      o->directory, found ? "" : " -d ",
			      found ? "" : o->directory, all,
			      found ? "" : " -d ", found ? "" : o->directory,
			      all);
}

/* Behind the last slash. */
static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Models to begin with: beside the directory, where there are none. */
static void starter_path(const retort_init *o, char *out, size_t size)
{
	size_t n = strlen(o->directory) - strlen(name_of(o->directory));

	snprintf(out, size, "%.*smodels.c", (int)n, o->directory);
}

static int make(struct env *env, const retort_init *o)
{
	char starter[PATH_MAX];
	bool there;

	starter_path(o, starter, sizeof(starter));
	there = !access(starter, F_OK);
	if (retort_init_project(env->db, o) < 0)
		return fail(env);
	print_value(env->out, "directory", "Created \"%s\".", o->directory);
	if (!there && !access(starter, F_OK))
		print_value(env->out, "models", "Created \"%s\" with a table to "
			    "begin with.", starter);
	else
		print_data(env->out, "models", NULL);
	print_next(env, o);
	return 0;
}

/* Which databases the arguments behind the directory name. */
static int choose_databases(retort_init *o, int n, char **argv)
{
	static const char *const two[] = { "engine1", "engine2" };

	if (!multidb)
		return n > 1 ? misuse("init", "takes no argument \"%s\"", argv[2])
			     : 0;
	o->databases = n > 1 ? (const char *const *)(argv + 2) : two;
	o->n_databases = n > 1 ? (size_t)n - 1 : 2;
	return 0;
}

static int run(struct env *env, int n, char **argv)
{
	retort_init o = {
		.size = sizeof(o), .format = format, .models = models,
		.url = env->global.url
	};
	char *from;
	int rc;

	if (package)
		return misuse("init", "--package has no meaning in C; leave it out");
	if (!template)
		template = multidb ? "multidb" : "generic";
	from = template_directory(env, template);
	multidb |= from && template_has_sections(from);
	o.template_directory = from;
	o.directory = n ? argv[1] : env->global.directory;
	if (!o.directory)
		o.directory = "migrations";
	rc = choose_databases(&o, n, argv);
	if (!rc)
		rc = make(env, &o);
	free(from);
	return rc;
}

const struct cmd cmd_init = {
	.name = "init", .arguments = "[DIR [DATABASE...]]",
	.summary = "make a migrations directory", .needs = NEEDS_SESSION,
	.max_args = -1, .options = options, .run = run
};
