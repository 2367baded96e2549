#include <string.h>

#include "cmd.h"

static bool multidb, package;
static const char *template, *format, *models;

static const struct opt options[] = {
	{ OPT_FLAG, 0, "multidb", &multidb, NULL,
	  "a section for each of several databases, named as arguments" },
	{ OPT_STRING, 't', "template", &template, "DIR", "another template" },
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
			      "\"%s/db.ini\" before proceeding.",
			      url ? "models" : o->models ? "url"
						   : "url and models",
			      o->directory);
}

static int run(struct env *env, int n, char **argv)
{
	retort_init o = {
		.size = sizeof(o), .format = format, .models = models,
		.url = env->global.url
	};

	if (package)
		return misuse("init", "--package has no meaning in C; leave it out");
	o.template_directory = template ? template : env->share;
	o.directory = n ? argv[1] : env->global.directory;
	if (!o.directory)
		o.directory = "migrations";
	if (multidb && n > 1) {
		o.databases = (const char *const *)(argv + 2);
		o.n_databases = (size_t)n - 1;
	} else if (multidb) {
		static const char *const two[] = { "engine1", "engine2" };

		o.databases = two;
		o.n_databases = 2;
	} else if (n > 1) {
		return misuse("init", "takes no argument \"%s\"", argv[2]);
	}
	if (retort_init_project(env->db, &o) < 0)
		return fail(env);
	print_value(env->out, "directory", "Created \"%s\".", o.directory);
	print_next(env, &o);
	return 0;
}

const struct cmd cmd_init = {
	.name = "init", .arguments = "[DIR [DATABASE...]]",
	.summary = "make a migrations directory", .needs = NEEDS_SESSION,
	.max_args = -1, .options = options, .run = run
};
