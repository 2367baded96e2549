#include "api/config.h"

#include <ini.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/near.h"

enum key_kind {
	KEY_TEXT, KEY_PATHS, KEY_WORDS, KEY_BOOL, KEY_NUMBER, KEY_DURATION,
	KEY_FORMAT, KEY_TRANSACTION
};

struct key {
	const char *name;
	enum key_kind kind;
	size_t at;
};

#define KEY(name, kind, member) { name, kind, offsetof(struct config, member) }

static const struct key keys[] = {
	KEY("url", KEY_TEXT, url),
	KEY("dev_url", KEY_TEXT, dev_url),
	KEY("models", KEY_PATHS, models),
	KEY("build", KEY_TEXT, build),
	KEY("format", KEY_FORMAT, format),
	KEY("file_template", KEY_TEXT, file_template),
	KEY("truncate_slug_length", KEY_NUMBER, slug_length),
	KEY("timezone", KEY_TEXT, timezone),
	KEY("version_locations", KEY_PATHS, version_locations),
	KEY("recursive_version_locations", KEY_BOOL, recursive),
	KEY("version_table", KEY_TEXT, version_table),
	KEY("version_table_schema", KEY_TEXT, version_schema),
	KEY("transaction", KEY_TRANSACTION, one_transaction),
	KEY("compare_type", KEY_BOOL, compare_type),
	KEY("compare_server_default", KEY_BOOL, compare_server_default),
	KEY("include_schemas", KEY_WORDS, schemas),
	KEY("exclude", KEY_WORDS, exclude),
	KEY("include", KEY_WORDS, include),
	KEY("naming.ix", KEY_TEXT, naming.ix),
	KEY("naming.uq", KEY_TEXT, naming.uq),
	KEY("naming.ck", KEY_TEXT, naming.ck),
	KEY("naming.fk", KEY_TEXT, naming.fk),
	KEY("naming.pk", KEY_TEXT, naming.pk),
	KEY("lock_timeout", KEY_DURATION, lock_timeout_ms),
	KEY("lock_tries", KEY_NUMBER, lock_tries),
	KEY("statement_timeout", KEY_DURATION, statement_timeout_ms),
	KEY("post_write", KEY_TEXT, post_write),
};

#define N_KEYS (sizeof(keys) / sizeof(*keys))

/* inih hands over section, key and value; the line is counted here. */
struct reading {
	const char *at;			/* the rest of the file's text */
	int line;
	const char *section;		/* to take values from: `db "users"` */
	bool first_pass;		/* look at everything, for warnings */
	bool seen;			/* the section is there */
	struct arena *mem;
	struct config *config;
	struct strings *sections;	/* names, or NULL */
	const struct key *last;		/* for a value of several lines */
	const char *last_value;
	bool indented;			/* the line goes on with a value */
	const char *warned;
	struct err *err;
	retort_status rc;
};

static const struct key *find_key(const char *name)
{
	for (size_t i = 0; i < N_KEYS; i++)
		if (!strcmp(keys[i].name, name))
			return &keys[i];
	return NULL;
}

/* The known key that looks most like `name`, or NULL. */
static const char *nearest(const char *name)
{
	struct near n = near_start(name);

	for (size_t i = 0; i < N_KEYS; i++)
		near_try(&n, keys[i].name);
	return n.best;
}

/* The same among the sections. */
static const char *nearest_section(const struct strings *all, const char *name)
{
	struct near n = near_start(name);

	for (size_t i = 0; i < all->n; i++)
		near_try(&n, all->v[i]);
	return n.best;
}

bool config_words(const char *s, struct arena *mem, struct strings *out)
{
	while (*(s += strspn(s, " \t\n,"))) {
		size_t n = strcspn(s, " \t\n,");
		const char *word = arena_strndup(mem, s, n);

		if (!word || !vec_push(mem, out, word))
			return false;
		s += n;
	}
	return true;
}

static bool add_paths(struct reading *r, const char *value, struct strings *out)
{
	struct strings words = {0};

	if (!config_words(value, r->mem, &words))
		return false;
	*out = (struct strings){0};
	for (size_t i = 0; i < words.n; i++) {
		const char *p = path_join(r->mem, r->config->directory,
					  words.v[i]);

		if (!p || !vec_push(r->mem, out, p))
			return false;
	}
	return true;
}

static bool parse_bool(const char *s, bool *out)
{
	static const char *const yes[] = { "true", "yes", "on", "1" };
	static const char *const no[] = { "false", "no", "off", "0" };

	for (size_t i = 0; i < 4; i++) {
		if (!ascii_casecmp(s, yes[i]))
			return *out = true;
		if (!ascii_casecmp(s, no[i])) {
			*out = false;
			return true;
		}
	}
	return false;
}

/* "5s", "500ms", "2min"; a bare number is seconds. */
static bool parse_duration(const char *s, int *out)
{
	static const struct { const char *unit; long ms; } units[] = {
		{ "", 1000 }, { "s", 1000 }, { "ms", 1 }, { "min", 60000 },
	};
	char *end;
	long n = strtol(s, &end, 10);

	if (end == s || n < 0)
		return false;
	end += strspn(end, " ");
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (!strcmp(end, units[i].unit) && n <= INT_MAX / units[i].ms) {
			*out = (int)(n * units[i].ms);
			return true;
		}
	return false;
}

static bool parse_number(const char *s, int *out)
{
	char *end;
	long n = strtol(s, &end, 10);

	if (end == s || *end || n < 1 || n > 10000)
		return false;
	*out = (int)n;
	return true;
}

static retort_status bad_value(struct reading *r, const struct key *k,
			       const char *value, const char *expected)
{
	err_set(r->err, RETORT_E_FAIL, "cannot use \"%s\" as the value of "
		"\"%s\": %s is expected", value, k->name, expected);
	err_where(r->err, r->config->file, r->line);
	return RETORT_E_FAIL;
}

/* "sql" and "c", "revision" and "all". */
static retort_status set_word(struct reading *r, const struct key *k,
			      const char *value, void *to)
{
	if (k->kind == KEY_FORMAT) {
		if (strcmp(value, "sql") && strcmp(value, "c"))
			return bad_value(r, k, value, "\"sql\" or \"c\"");
		*(const char **)to = value;
		return RETORT_OK;
	}
	if (strcmp(value, "revision") && strcmp(value, "all"))
		return bad_value(r, k, value, "\"revision\" or \"all\"");
	*(bool *)to = !strcmp(value, "all");
	return RETORT_OK;
}

static retort_status set_value(struct reading *r, const struct key *k,
			       const char *value)
{
	void *to = (char *)r->config + k->at;

	switch (k->kind) {
	case KEY_TEXT:
		*(const char **)to = value;
		return RETORT_OK;
	case KEY_PATHS:
		return add_paths(r, value, to) ? RETORT_OK
					       : err_nomem(r->err);
	case KEY_WORDS:
		*(struct strings *)to = (struct strings){0};
		return config_words(value, r->mem, to) ? RETORT_OK
						       : err_nomem(r->err);
	case KEY_BOOL:
		return parse_bool(value, to) ? RETORT_OK
			: bad_value(r, k, value, "\"true\" or \"false\"");
	case KEY_NUMBER:
		return parse_number(value, to) ? RETORT_OK
			: bad_value(r, k, value, "a positive number");
	case KEY_DURATION:
		return parse_duration(value, to) ? RETORT_OK
			: bad_value(r, k, value, "a time such as \"5s\" or "
				    "\"500ms\"");
	default:
		return set_word(r, k, value, to);
	}
}

/* Without "; comment" behind it, which inih leaves in further lines. */
static char *without_comment(struct arena *mem, const char *value)
{
	const char *end = strstr(value, " ;");
	size_t n = end ? (size_t)(end - value) : strlen(value);

	while (n && strchr(" \t", value[n - 1]))
		n--;
	return arena_strndup(mem, value, *value == ';' ? 0 : n);
}

/* inih calls again with the same key for each further line of a value. */
static retort_status take(struct reading *r, const struct key *k,
			  const char *value)
{
	if (!*value)
		return RETORT_OK;
	if (r->indented)
		value = without_comment(r->mem, value);
	if (value && r->last == k && r->indented)
		value = arena_printf(r->mem, "%s\n%s", r->last_value, value);
	else if (value)
		value = arena_strdup(r->mem, value);
	if (!value)
		return err_nomem(r->err);
	r->last = k;
	r->last_value = value;
	return set_value(r, k, value);
}

static retort_status warn(struct reading *r, const char *what, const char *name)
{
	const char *like = !strcmp(what, "key") ? nearest(name) : NULL;
	const char *text = arena_printf(r->mem,
		"%s:%d: unknown %s \"%s\"%s%s%s", r->config->file, r->line,
		what, name, like ? "; did you mean \"" : "", like ? like : "",
		like ? "\"?" : "");

	if (!text || !vec_push(r->mem, &r->config->warnings, text))
		return err_nomem(r->err);
	return RETORT_OK;
}

/* The name in `db "name"`, or NULL for another section. */
static char *section_name(struct arena *mem, const char *section)
{
	size_t n = strlen(section);

	if (strncmp(section, "db \"", 4) || n < 6 || section[n - 1] != '"')
		return NULL;
	return arena_strndup(mem, section + 4, n - 5);
}

static retort_status note_section(struct reading *r, const char *section)
{
	const char *name = section_name(r->mem, section);

	if (!name || !r->sections || strings_has(r->sections, name))
		return RETORT_OK;
	return vec_push(r->mem, r->sections, name) ? RETORT_OK
						   : err_nomem(r->err);
}

static retort_status entry(struct reading *r, const char *section,
			   const char *name, const char *value)
{
	const struct key *k = find_key(name);
	bool ours = !strcmp(section, "db") || section_name(r->mem, section);

	TRY(note_section(r, section));
	if (r->first_pass && !ours) {
		if (r->warned && !strcmp(r->warned, section))
			return RETORT_OK;
		r->warned = arena_strdup(r->mem, section);
		return warn(r, "section", section);
	}
	if (r->first_pass && !k)
		return warn(r, "key", name);
	if (strcmp(section, r->section))
		return RETORT_OK;
	r->seen = true;
	return k ? take(r, k, value) : RETORT_OK;
}

static int on_entry(void *user, const char *section, const char *name,
		    const char *value)
{
	struct reading *r = user;

	if (r->rc == RETORT_OK)
		r->rc = entry(r, section, name, value);
	return r->rc == RETORT_OK;
}

/* A section counts also when nothing stands in it. */
static void note_heading(struct reading *r)
{
	size_t n = strcspn(r->at, "]\n");
	const char *section;

	if (*r->at != '[' || r->at[n] != ']' || r->rc < 0)
		return;
	section = arena_strndup(r->mem, r->at + 1, n - 1);
	if (!section)
		r->rc = err_nomem(r->err);
	else if (!strcmp(section, r->section))
		r->seen = true;
	if (section && r->rc == RETORT_OK)
		r->rc = note_section(r, section);
}

/* fgets(3) over the text. */
static char *next_line(char *to, int size, void *user)
{
	struct reading *r = user;
	size_t n = strcspn(r->at, "\n"), room = (size_t)size - 1;

	if (!*r->at)
		return NULL;
	r->line++;
	note_heading(r);
	r->indented = *r->at == ' ' || *r->at == '\t';
	n += r->at[n] == '\n';
	if (n > room && r->rc == RETORT_OK) {
		r->rc = err_set(r->err, RETORT_E_FAIL,
				"cannot read a line of more than %zu bytes",
				room);
		err_where(r->err, r->config->file, r->line);
		err_hint(r->err, "Go on with the value on the next line, "
			 "indented.");
	}
	memcpy(to, r->at, n > room ? room : n);
	to[n > room ? room : n] = '\0';
	r->at += n;
	return to;
}

static retort_status pass(struct reading *r, const char *text)
{
	int line;

	r->at = text;
	r->line = 0;
	r->rc = RETORT_OK;
	line = ini_parse_stream(next_line, r, on_entry, r);
	if (r->rc < 0)
		return r->rc;
	if (line) {
		err_set(r->err, RETORT_E_FAIL,
			"cannot read the line: \"key = value\" or \"[db]\" is "
			"expected");
		err_where(r->err, r->config->file, line);
		return RETORT_E_FAIL;
	}
	return RETORT_OK;
}

bool config_defaults(const char *directory, struct arena *mem,
		     struct config *out)
{
	const char *versions = path_join(mem, directory, "versions");

	*out = (struct config){
		.directory = arena_strdup(mem, directory),
		.format = "sql",
		.file_template = "%(rev)s_%(slug)s",
		.slug_length = 40,
		.timezone = "UTC",
		.version_table = "db_version",
		.compare_type = true,
		.compare_server_default = true,
	};
	return versions && out->directory &&
	       vec_push(mem, &out->version_locations, versions);
}

static retort_status no_section(struct reading *r, const char *section)
{
	const char *like = nearest_section(r->sections, section);
	struct buf names = { .mem = r->mem };

	err_set(r->err, RETORT_E_NOTFOUND,
		"cannot find the section [db \"%s\"]", section);
	err_where(r->err, r->config->file, 0);
	for (size_t i = 0; i < r->sections->n; i++)
		buf_addf(&names, "%s\"%s\"", i ? ", " : "", r->sections->v[i]);
	if (!names.n)
		err_hint(r->err, "The file has none: a further database has a "
			 "section of its own, with a url.");
	else if (buf_text(&names) && like)
		err_hint(r->err, "Did you mean \"%s\"? The file has: %s.",
			 like, names.s);
	else if (buf_text(&names))
		err_hint(r->err, "The file has: %s.", names.s);
	return RETORT_E_NOTFOUND;
}

/* The values of [db "section"] go over those of [db]. */
static retort_status read_section(struct reading *r, const char *text,
				  const char *section)
{
	struct config *c = r->config;
	const char *own = arena_printf(r->mem, "versions/%s", section);
	const char *const *versions;

	r->section = arena_printf(r->mem, "db \"%s\"", section);
	if (!own || !r->section || !add_paths(r, own, &c->version_locations))
		return err_nomem(r->err);
	c->url = NULL;
	versions = c->version_locations.v;
	r->first_pass = false;
	r->seen = false;
	r->last = NULL;
	TRY(pass(r, text));
	c->may_have_none = c->version_locations.v == versions;
	return r->seen ? RETORT_OK : no_section(r, section);
}

retort_status config_read(const char *path, const char *section,
			  struct arena *mem, struct config *out,
			  struct err *err)
{
	struct config c;
	struct strings sections = {0};
	struct reading r = { .mem = mem, .config = &c, .err = err,
			     .section = "db", .first_pass = true,
			     .sections = &sections };
	char *text, *directory = path_dirname(mem, path);

	TRY(file_read(path, mem, &text, NULL, err));
	if (!directory || !config_defaults(directory, mem, &c) ||
	    !(c.file = arena_strdup(mem, path)))
		return err_nomem(err);
	TRY(pass(&r, text));
	if (section)
		TRY(read_section(&r, text, section));
	c.sections = sections;
	*out = c;
	return RETORT_OK;
}

retort_status config_sections(const char *path, struct arena *mem,
			      struct strings *out, struct err *err)
{
	struct config c = { .file = path, .directory = "." };
	struct reading r = { .mem = mem, .config = &c, .err = err,
			     .section = "", .first_pass = true,
			     .sections = out };
	char *text;

	TRY(file_read(path, mem, &text, NULL, err));
	return pass(&r, text);
}
