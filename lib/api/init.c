#include <stdio.h>
#include <string.h>

#include "api/session.h"
#include "base/file.h"

#define STARTER "models.c"	/* goes beside the directory, not into it */
#define SECTION "section.ini"	/* becomes a part of db.ini */

/* A project while it is made. */
struct project {
	retort *db;
	const retort_init *o;
	struct arena *mem;
	const char *directory;
	const char *template;
	const char *above;	/* a template, for what that one lacks; or NULL */
	struct strings files, files_above;
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
	if (!file_is_directory(p->directory)) {
		err_set(&db->err, RETORT_E_FAIL,
			"\"%s\" exists and is not a directory", p->directory);
		err_hint(&db->err, "Name another one: \"db init DIR\".");
		return RETORT_E_FAIL;
	}
	TRY(file_list(p->directory, p->mem, &there, &db->err));
	if (!there.n)
		return RETORT_OK;
	err_set(&db->err, RETORT_E_FAIL,
		"Directory %s already exists and is not empty", p->directory);
	err_hint(&db->err, "Name another directory (\"db init DIR\"); nothing "
		 "is ever overwritten.");
	return RETORT_E_FAIL;
}

static bool is_template(const struct strings *files)
{
	return strings_has(files, "db.ini") || strings_has(files, SECTION);
}

/* What a template lacks is taken from the one in whose directory it lies. */
static retort_status look_above(struct project *p)
{
	SCRATCH_ERR(ignored);
	char *above = path_join(p->mem, p->template, "..");

	if (!above)
		return err_nomem(&p->db->err);
	if (file_list(above, p->mem, &p->files_above, &ignored) == RETORT_OK &&
	    strings_has(&p->files_above, "db.ini"))
		p->above = above;
	else
		p->files_above = (struct strings){0};
	return ignored.pub.code == RETORT_E_NOMEM ? err_nomem(&p->db->err)
						  : RETORT_OK;
}

static retort_status check_template(struct project *p)
{
	retort *db = p->db;
	retort_status rc;

	if (!p->template)
		return err_set(&db->err, RETORT_E_USAGE,
			       "no template is named");
	rc = file_list(p->template, p->mem, &p->files, &db->err);
	if (rc == RETORT_OK)
		TRY(look_above(p));
	if (rc == RETORT_E_NOTFOUND ||
	    (rc == RETORT_OK && (!is_template(&p->files) ||
	     !(p->above || strings_has(&p->files, "db.ini"))))) {
		err_set(&db->err, RETORT_E_NOTFOUND,
			"could not find a template in \"%s\"", p->template);
		err_hint(&db->err, "A template is a directory with a db.ini. "
			 "\"db list-templates\" shows those installed.");
		return RETORT_E_NOTFOUND;
	}
	return rc;
}

/* The template's file of that name; NULL: it has none. */
static char *template_file(const struct project *p, const char *name)
{
	if (strings_has(&p->files, name))
		return path_join(p->mem, p->template, name);
	return strings_has(&p->files_above, name)
		? path_join(p->mem, p->above, name) : NULL;
}

/* What stands for "@WORD@" in a template. */
struct values {
	const char *name, *url, *models;
};

static const char *value_of(const struct project *p, const struct values *v,
			    const char *word, size_t n)
{
	const struct { const char *word, *value; } values[] = {
		{ "NAME", v->name },
		{ "URL", v->url },
		{ "MODELS", v->models },
		{ "FORMAT", p->o->format ? p->o->format : "sql" },
	};

	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++)
		if (strlen(values[i].word) == n &&
		    !strncmp(values[i].word, word, n))
			return values[i].value;
	return NULL;
}

static void fill_in(const struct project *p, const struct values *v,
		    const char *text, struct buf *b)
{
	const char *mark;

	while ((mark = strchr(text, '@'))) {
		size_t n = strcspn(mark + 1, "@\n");
		const char *value = mark[1 + n] == '@'
			? value_of(p, v, mark + 1, n) : NULL;

		buf_addn(b, text, (size_t)(mark - text));
		if (value)
			buf_add(b, value);
		else
			buf_addc(b, '@');
		text = mark + (value ? n + 2 : 1);
	}
	buf_add(b, text);
}

/* What is not said here is as in [db]. */
static retort_status add_sections(struct project *p, struct buf *b)
{
	retort *db = p->db;
	const char *path = template_file(p, SECTION);
	char *text = arena_strdup(p->mem, "\n[db \"@NAME@\"]\nurl = @URL@\n"
				  "models = @MODELS@\n"
				  "version_locations = versions/@NAME@\n");

	if (path)
		TRY(file_read(path, p->mem, &text, NULL, &db->err));
	for (size_t i = 0; i < p->o->n_databases; i++) {
		const char *name = p->o->databases[i];
		const struct values v = {
			name, dialect_default_url(p->mem, name),
			p->o->models ? p->models
				: arena_printf(p->mem, "../models_%s.c", name)
		};

		if (!text || !v.url || !v.models)
			return err_nomem(&db->err);
		fill_in(p, &v, text, b);
	}
	return RETORT_OK;
}

static retort_status make_config(struct project *p, char **text)
{
	const struct values v = { NULL, p->url, p->models };
	struct buf b = { .mem = p->mem };

	fill_in(p, &v, *text, &b);
	TRY(add_sections(p, &b));
	*text = buf_text(&b);
	return *text ? RETORT_OK : err_nomem(&p->db->err);
}

static retort_status copy_file(struct project *p, const char *name)
{
	retort *db = p->db;
	const char *from = template_file(p, name);
	const char *to = path_join(p->mem, p->directory, name);
	char *text;

	if (!from || !to)
		return err_nomem(&db->err);
	if (file_is_directory(from) || !strcmp(name, STARTER) ||
	    !strcmp(name, SECTION))
		return RETORT_OK;
	TRY(file_read(from, p->mem, &text, NULL, &db->err));
	if (!strcmp(name, "db.ini"))
		TRY(make_config(p, &text));
	return make_file(p, to, text);
}

/* Models beside the directory; those that are there are used as they are. */
static retort_status write_starter(struct project *p, const char *name)
{
	retort *db = p->db;
	char *beside = path_dirname(p->mem, p->directory);
	char *to = beside && name ? path_join(p->mem, beside, name) : NULL;
	char *from = template_file(p, STARTER), *text;

	if (!to)
		return err_nomem(&db->err);
	if (file_exists(to) || !from)
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

static retort_status bad_name(struct project *p, const char *name)
{
	err_set(&p->db->err, RETORT_E_USAGE,
		"cannot use \"%s\" as the name of a database section", name);
	err_hint(&p->db->err, "It has at most 40 letters, digits, \"_\" and "
		 "\"-\".");
	return RETORT_E_USAGE;
}

static retort_status twice(struct project *p, const char *name)
{
	err_set(&p->db->err, RETORT_E_USAGE,
		"the database section \"%s\" is named twice", name);
	err_hint(&p->db->err, "Name each database once.");
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
			return bad_name(p, name);
		for (size_t k = 0; k < i; k++)
			if (!strcmp(name, p->o->databases[k]))
				return twice(p, name);
	}
	return RETORT_OK;
}

static retort_status make_project(struct project *p)
{
	TRY(make_versions(p));
	for (size_t i = 0; i < p->files.n; i++)
		TRY(copy_file(p, p->files.v[i]));
	for (size_t i = 0; i < p->files_above.n; i++)
		if (!strings_has(&p->files, p->files_above.v[i]))
			TRY(copy_file(p, p->files_above.v[i]));
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
