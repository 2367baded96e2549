#include <stdio.h>
#include <string.h>

#include "api/session.h"
#include "base/file.h"

#define STARTER "models.c"	/* goes beside the directory, not into it */

/* A project while it is made. */
struct project {
	retort *db;
	const retort_init *o;
	struct arena *mem;
	const char *directory;
	const char *template;
	struct strings files;
	const char *url;
	const char *models;	/* as the configuration names them */
	struct strings made;	/* what was not there before */
};

static retort_status make_directory(struct project *p, const char *path)
{
	if (!file_is_directory(path) && !vec_push(p->mem, &p->made, path))
		return err_nomem(&p->db->err);
	return file_mkdirs(path, 0777, &p->db->err);
}

static retort_status make_file(struct project *p, const char *path,
			       const char *text)
{
	TRY(file_write(path, text, strlen(text), false, &p->db->err));
	return vec_push(p->mem, &p->made, path) ? RETORT_OK
						: err_nomem(&p->db->err);
}

/* A project is made or it is not: the next try must find its place empty. */
static void take_back(const struct project *p)
{
	for (size_t i = p->made.n; i-- > 0;)
		remove(p->made.v[i]);
}

/* "../" for each component of a relative path; NULL where that is not so. */
static char *way_up(struct arena *mem, const char *directory)
{
	struct buf b = { .mem = mem };

	if (*directory == '/')
		return NULL;
	while (*directory) {
		size_t n = strcspn(directory, "/");

		if (n == 2 && !strncmp(directory, "..", 2))
			return NULL;
		if (n && !(n == 1 && *directory == '.'))
			buf_add(&b, "../");
		directory += n + (directory[n] == '/');
	}
	return buf_text(&b);
}

/* `path`, which starts at the working directory, from the project's. */
static char *from_inside(struct project *p, const char *path)
{
	char *up = way_up(p->mem, p->directory), *absolute;

	if (*path == '/')
		return arena_strdup(p->mem, path);
	if (up)
		return arena_printf(p->mem, "%s%s", up, path);
	absolute = path_absolute(p->mem, path);
	return absolute ? absolute : arena_strdup(p->mem, path);
}

static retort_status choose_models(struct project *p)
{
	retort *db = p->db;
	struct strings words = {0};
	struct buf b = { .mem = p->mem };
	const char *named = p->o->models;

	if (!named) {
		p->models = p->o->n_databases && !p->o->url ? ""
							    : "../" STARTER;
		return RETORT_OK;
	}
	if (!config_words(named, p->mem, &words))
		return err_nomem(&db->err);
	for (size_t i = 0; i < words.n; i++) {
		char *path = from_inside(p, words.v[i]);

		if (!path)
			return err_nomem(&db->err);
		buf_addf(&b, "%s%s", i ? " " : "", path);
	}
	p->models = buf_text(&b);
	return p->models ? RETORT_OK : err_nomem(&db->err);
}

static retort_status check_directory(struct project *p)
{
	retort *db = p->db;
	struct strings there = {0};

	if (!file_exists(p->directory))
		return RETORT_OK;
	if (file_is_directory(p->directory))
		TRY(file_list(p->directory, p->mem, &there, &db->err));
	else
		return err_set(&db->err, RETORT_E_FAIL,
			       "\"%s\" exists and is not a directory",
			       p->directory);
	if (!there.n)
		return RETORT_OK;
	err_set(&db->err, RETORT_E_FAIL,
		"Directory %s already exists and is not empty", p->directory);
	err_hint(&db->err, "Name another directory; nothing is ever "
		 "overwritten.");
	return RETORT_E_FAIL;
}

static retort_status check_template(struct project *p)
{
	retort *db = p->db;
	retort_status rc;

	if (!p->template)
		return err_set(&db->err, RETORT_E_USAGE,
			       "no template is named");
	rc = file_list(p->template, p->mem, &p->files, &db->err);
	if (rc == RETORT_E_NOTFOUND || (rc == RETORT_OK &&
					!strings_has(&p->files, "db.ini"))) {
		err_set(&db->err, RETORT_E_NOTFOUND,
			"could not find a template in \"%s\"", p->template);
		err_hint(&db->err, "A template is a directory with a db.ini. "
			 "\"db list-templates\" shows those installed.");
		return RETORT_E_NOTFOUND;
	}
	return rc;
}

/* The value of "@WORD@" in db.ini, or NULL. */
static const char *value_of(const struct project *p, const char *word, size_t n)
{
	const struct { const char *word, *value; } values[] = {
		{ "URL", p->url },
		{ "MODELS", p->models },
		{ "FORMAT", p->o->format ? p->o->format : "sql" },
	};

	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++)
		if (strlen(values[i].word) == n &&
		    !strncmp(values[i].word, word, n))
			return values[i].value;
	return NULL;
}

/* What is not said here is as in [db]. */
static void add_section(const struct project *p, const char *name,
			struct buf *b)
{
	const char *url = dialect_default_url(p->mem, name);

	buf_addf(b, "\n[db \"%s\"]\nurl = %s\n", name, url ? url : "");
	if (!p->o->models)
		buf_addf(b, "models = ../models_%s.c\n", name);
	buf_addf(b, "version_locations = versions/%s\n", name);
	b->failed |= !url;
}

static char *fill_in(const struct project *p, const char *text)
{
	struct buf b = { .mem = p->mem };
	const char *mark;

	while ((mark = strchr(text, '@'))) {
		size_t n = strcspn(mark + 1, "@\n");
		const char *value = mark[1 + n] == '@'
			? value_of(p, mark + 1, n) : NULL;

		buf_addn(&b, text, (size_t)(mark - text));
		if (value)
			buf_add(&b, value);
		else
			buf_addc(&b, '@');
		text = mark + (value ? n + 2 : 1);
	}
	buf_add(&b, text);
	for (size_t i = 0; i < p->o->n_databases; i++)
		add_section(p, p->o->databases[i], &b);
	return buf_text(&b);
}

static retort_status copy_file(struct project *p, const char *name)
{
	retort *db = p->db;
	const char *from = path_join(p->mem, p->template, name);
	const char *to = path_join(p->mem, p->directory, name);
	char *text;

	if (!from || !to)
		return err_nomem(&db->err);
	if (file_is_directory(from) || !strcmp(name, STARTER))
		return RETORT_OK;
	TRY(file_read(from, p->mem, &text, NULL, &db->err));
	if (!strcmp(name, "db.ini")) {
		text = fill_in(p, text);
		if (!text)
			return err_nomem(&db->err);
	}
	return make_file(p, to, text);
}

/* Models beside the directory; those that are there are used as they are. */
static retort_status write_starter(struct project *p, const char *name)
{
	retort *db = p->db;
	char *beside = path_dirname(p->mem, p->directory);
	char *to = beside && name ? path_join(p->mem, beside, name) : NULL;
	char *from = path_join(p->mem, p->template, STARTER), *text;

	if (!to || !from)
		return err_nomem(&db->err);
	if (file_exists(to) || !file_exists(from))
		return RETORT_OK;
	TRY(file_read(from, p->mem, &text, NULL, &db->err));
	return make_file(p, to, text);
}

static retort_status write_starters(struct project *p)
{
	if (p->o->models)
		return RETORT_OK;
	if (!p->o->n_databases || p->o->url)
		TRY(write_starter(p, STARTER));
	for (size_t i = 0; i < p->o->n_databases; i++)
		TRY(write_starter(p, arena_printf(p->mem, "models_%s.c",
						  p->o->databases[i])));
	return RETORT_OK;
}

static retort_status make_versions(struct project *p)
{
	retort *db = p->db;
	char *path = path_join(p->mem, p->directory, "versions");

	if (!path)
		return err_nomem(&db->err);
	TRY(make_directory(p, p->directory));
	TRY(make_directory(p, path));
	for (size_t i = 0; i < p->o->n_databases; i++) {
		char *own = path_join(p->mem, path, p->o->databases[i]);

		if (!own)
			return err_nomem(&db->err);
		TRY(make_directory(p, own));
	}
	return RETORT_OK;
}

static retort_status unknown_format(struct project *p, const char *format)
{
	err_set(&p->db->err, RETORT_E_USAGE,
		"unknown format \"%s\" of a revision", format);
	err_hint(&p->db->err, "It is \"sql\" or \"c\".");
	return RETORT_E_USAGE;
}

static retort_status check_names(struct project *p)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
	const char *format = p->o->format;

	if (format && strcmp(format, "sql") && strcmp(format, "c"))
		return unknown_format(p, format);
	for (size_t i = 0; i < p->o->n_databases; i++) {
		const char *name = p->o->databases[i];

		if (!*name || name[strspn(name, letters)] || strlen(name) > 40)
			return err_set(&p->db->err, RETORT_E_USAGE,
				       "cannot use \"%s\" as the name of a "
				       "database section", name);
		for (size_t k = 0; k < i; k++)
			if (!strcmp(name, p->o->databases[k]))
				return err_set(&p->db->err, RETORT_E_USAGE,
					       "the database section \"%s\" is "
					       "named twice", name);
	}
	return RETORT_OK;
}

static retort_status make_project(struct project *p)
{
	TRY(make_versions(p));
	for (size_t i = 0; i < p->files.n; i++)
		TRY(copy_file(p, p->files.v[i]));
	return write_starters(p);
}

static retort_status init_project(retort *db, const retort_init *o)
{
	SCRATCH(mem);
	struct project p = {
		.db = db, .o = o, .mem = &mem,
		.directory = o->directory ? o->directory : "migrations",
		.template = o->template_directory,
		.url = o->url ? o->url : o->n_databases ? ""
			: dialect_default_url(&mem, "app"),
	};
	retort_status rc;

	if (!p.url)
		return err_nomem(&db->err);
	TRY(check_names(&p));
	TRY(check_template(&p));
	TRY(check_directory(&p));
	TRY(choose_models(&p));
	rc = make_project(&p);
	if (rc < 0)
		take_back(&p);
	return rc;
}

retort_status retort_init_project(retort *db, const retort_init *o)
{
	TRY(session_begin(db));
	return session_end(db, init_project(db, o));
}
