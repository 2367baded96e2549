#include "api/autogen.h"
#include "api/hook_compare.h"
#include "api/hook_directives.h"

#include <string.h>

#include "base/file.h"
#include "base/map.h"
#include "base/process.h"
#include "revision/write.h"

/* A new revision while it is made. */
struct making {
	retort *db;
	const retort_new *o;
	struct arena *mem;
	struct revisions parents;
	struct revision_new file;
	bool changed;		/* autogenerate found something */
	const char *not_proved;	/* why, or NULL */
	struct script up, down;	/* what the sections say in SQL */
	retort_written result;
};

static retort_status many_heads(retort *db)
{
	err_set(&db->err, RETORT_E_FAIL, "Multiple heads are present; please "
		"specify the head revision on which the new revision should "
		"be based, or perform a merge.");
	err_hint(&db->err, "\"db heads\" lists them; name one with --head, or "
		 "join them with \"db merge\".");
	return RETORT_E_FAIL;
}

static retort_status default_parent(struct making *m)
{
	const struct graph *g = m->db->graph;

	if (g->heads.n > 1)
		return many_heads(m->db);
	if (g->heads.n && !vec_push(m->mem, &m->parents, g->heads.v[0]))
		return err_nomem(&m->db->err);
	return RETORT_OK;
}

static retort_status named_twice(struct making *m, const struct revision *r)
{
	err_set(&m->db->err, RETORT_E_USAGE,
		"duplicate head revisions specified");
	err_hint(&m->db->err, "%s is named twice.", r->id);
	return RETORT_E_USAGE;
}

static retort_status add_parents(struct making *m, const char *identifier)
{
	struct revisions found = {0};
	const struct strings *rows;

	TRY(session_rows_for(m->db, identifier, m->mem, &rows));
	TRY(graph_resolve(m->db->graph, identifier, rows, m->mem, &found,
			  &m->db->err));
	for (size_t i = 0; i < found.n; i++) {
		for (size_t j = 0; j < m->parents.n; j++)
			if (m->parents.v[j] == found.v[i])
				return named_twice(m, found.v[i]);
		if (!vec_push(m->mem, &m->parents, found.v[i]))
			return err_nomem(&m->db->err);
	}
	return RETORT_OK;
}

static retort_status not_a_head(struct making *m, const struct revision *r)
{
	err_set(&m->db->err, RETORT_E_FAIL, "Revision %s is not a head "
		"revision; please specify --splice to create a new branch "
		"from this revision", r->id);
	err_hint(&m->db->err, m->o->merge ? "\"db heads\" lists what can be "
		 "merged." : "Without --head the new revision goes on the "
		 "head.");
	return RETORT_E_FAIL;
}

static retort_status nothing_to_merge(struct making *m)
{
	err_set(&m->db->err, RETORT_E_FAIL,
		"nothing to merge: two or more revisions are needed");
	err_hint(&m->db->err, "\"db heads\" lists the heads.");
	return RETORT_E_FAIL;
}

/* All there are, also those that another head depends on. */
static retort_status add_heads(struct making *m)
{
	const struct revisions *heads = &m->db->graph->heads;

	for (size_t i = 0; i < heads->n; i++)
		if (!vec_push(m->mem, &m->parents, heads->v[i]))
			return err_nomem(&m->db->err);
	return RETORT_OK;
}

/* Which revisions the new one stands on. */
static retort_status choose_parents(struct making *m)
{
	const retort_new *o = m->o;

	if (!o->n_heads && !o->merge)
		return default_parent(m);
	for (size_t i = 0; i < o->n_heads; i++)
		TRY(add_parents(m, o->heads[i]));
	if (o->merge && !o->n_heads)
		TRY(add_heads(m));
	if (o->merge && m->parents.n < 2)
		return nothing_to_merge(m);
	for (size_t i = 0; i < m->parents.n && !o->splice; i++)
		if (m->parents.v[i]->children.n)
			return not_a_head(m, m->parents.v[i]);
	if (o->merge)
		return graph_check_apart(m->db->graph, &m->parents, false,
					 &m->db->err);
	return RETORT_OK;
}

static retort_status check_id(struct making *m, const char *id)
{
	const struct revision *other;

	if (!id)
		return RETORT_OK;
	other = map_get(&m->db->graph->by_id, id);
	if (!other)
		other = map_get(&m->db->graph->by_label, id);
	if (other) {
		err_set(&m->db->err, RETORT_E_FAIL, strcmp(other->id, id)
			? "%s is a branch label already"
			: "revision %s exists already", id);
		err_where(&m->db->err, other->path, 0);
		err_hint(&m->db->err, "Give another --rev-id, or none: one is "
			 "made up then.");
		return RETORT_E_FAIL;
	}
	return revision_check_name(id, false, &m->db->err);
}

static retort_status add_label(struct making *m)
{
	const char *label = m->o->branch_label;
	const struct revision *other;

	if (!label)
		return RETORT_OK;
	TRY(revision_check_name(label, true, &m->db->err));
	other = map_get(&m->db->graph->by_label, label);
	if (!other)
		other = map_get(&m->db->graph->by_id, label);
	if (other || (m->o->rev_id && !strcmp(m->o->rev_id, label))) {
		err_set(&m->db->err, RETORT_E_FAIL, "Branch name '%s' in the "
			"new revision already used by revision %s", label,
			other ? other->id : label);
		err_hint(&m->db->err, "Choose another label; one is written "
			 "in one revision only, and is no identifier.");
		return RETORT_E_FAIL;
	}
	return vec_push(m->mem, &m->file.labels, label)
		? RETORT_OK : err_nomem(&m->db->err);
}

static retort_status no_dependency(struct making *m, const char *text)
{
	err_set(&m->db->err, RETORT_E_USAGE, "cannot depend on \"%s\"", text);
	err_hint(&m->db->err, "Name a revision or a branch label.");
	return RETORT_E_USAGE;
}

/* A branch label stays as written; anything else becomes an id. */
static retort_status add_dependencies(struct making *m)
{
	for (size_t i = 0; i < m->o->n_depends_on; i++) {
		const char *text = m->o->depends_on[i];
		const struct strings *rows;
		struct revision *r;

		if (!map_get(&m->db->graph->by_label, text)) {
			TRY(session_rows_for(m->db, text, m->mem, &rows));
			TRY(graph_resolve_one(m->db->graph, text, rows, m->mem,
					      &r, &m->db->err));
			if (!r)
				return no_dependency(m, text);
			text = r->id;
		}
		if (!vec_push(m->mem, &m->file.depends_on, text))
			return err_nomem(&m->db->err);
	}
	return RETORT_OK;
}

static bool same_directory(struct arena *mem, const char *a, const char *b)
{
	const char *x = path_absolute(mem, a), *y = path_absolute(mem, b);

	return x && y && !strcmp(x, y);
}

static retort_status unknown_directory(struct making *m)
{
	const struct strings *dirs = &m->db->config.version_locations;
	struct buf b = { .mem = m->mem };

	for (size_t i = 0; i < dirs->n; i++)
		buf_addf(&b, "%s%s", i ? ", " : "", dirs->v[i]);
	err_set(&m->db->err, RETORT_E_FAIL, "Path %s is not represented in "
		"current version locations", m->o->version_path);
	err_hint(&m->db->err, "version_locations has: %s.",
		 buf_text(&b) ? b.s : "");
	return RETORT_E_FAIL;
}

/* --version-path, or beside the parent, or the first location. */
static retort_status choose_directory(struct making *m)
{
	const struct strings *dirs = &m->db->config.version_locations;
	const char *dir = dirs->n ? dirs->v[0] : NULL;
	bool known = false;

	if (m->o->version_path) {
		dir = m->o->version_path;
		for (size_t i = 0; i < dirs->n; i++)
			known |= same_directory(m->mem, dir, dirs->v[i]) ||
				 !strcmp(dir, dirs->v[i]);
		if (!known)
			return unknown_directory(m);
	} else if (m->parents.n && dirs->n > 1) {
		dir = path_dirname(m->mem, m->parents.v[0]->path);
	}
	if (!dir)
		return err_nomem(&m->db->err);
	TRY(file_mkdirs(dir, 0777, &m->db->err));
	m->file.directory = dir;
	return RETORT_OK;
}

static retort_status choose_format(struct making *m)
{
	const struct config *c = &m->db->config;
	const char *format = m->o->format ? m->o->format : c->format;
	bool sql = !strcmp(format, "sql");

	if (!sql && strcmp(format, "c")) {
		err_set(&m->db->err, RETORT_E_USAGE,
			"unknown format \"%s\" of a revision", format);
		err_hint(&m->db->err, "It is \"sql\" or \"c\".");
		return RETORT_E_USAGE;
	}
	m->file.format = sql ? REVISION_SQL : REVISION_C;
	m->file.template_path = path_join(m->mem, c->directory,
					  sql ? "script.sql.in"
					      : "script.c.in");
	return m->file.template_path ? RETORT_OK : err_nomem(&m->db->err);
}

static retort_status fill_header(struct making *m)
{
	const struct config *c = &m->db->config;

	TRY(check_id(m, m->o->rev_id));
	m->file.id = m->o->rev_id;
	m->file.message = m->o->message;
	m->file.file_template = c->file_template;
	m->file.slug_length = c->slug_length;
	m->file.timezone = c->timezone;
	for (size_t i = 0; i < m->parents.n; i++)
		if (!vec_push(m->mem, &m->file.down, m->parents.v[i]->id))
			return err_nomem(&m->db->err);
	TRY(add_label(m));
	TRY(add_dependencies(m));
	TRY(choose_directory(m));
	return choose_format(m);
}

/* A sentence about the proof, behind the others of a section. */
static retort_status add_remark(struct making *m, struct section *s)
{
	bool sql = m->file.format == REVISION_SQL;

	if (!m->not_proved)
		return RETORT_OK;
	s->text = arena_printf(m->mem, sql ? "-- not proved: %s\n\n%s"
					   : "/* not proved: %s */\n%s",
			       m->not_proved, s->text);
	return s->text ? RETORT_OK : err_nomem(&m->db->err);
}

/* Both sections of the file from the operations. */
static retort_status fill_sections(struct making *m, struct comparison *c)
{
	retort *db = m->db;
	struct section up = {0}, down = {0};

	if (m->file.format == REVISION_C) {
		TRY(autogen_c(db, &c->diff.up, m->mem, &up));
		TRY(autogen_c(db, &c->diff.down, m->mem, &down));
	} else {
		struct schema *s = schema_copy(m->mem, c->live);

		if (!s)
			return err_nomem(&db->err);
		TRY(autogen_sql(db, c->dialect, s, &c->diff.up, m->mem, &up));
		TRY(autogen_sql(db, c->dialect, s, &c->diff.down, m->mem,
				&down));
	}
	TRY(add_remark(m, &up));
	if (m->file.format == REVISION_SQL) {
		m->up = up.script;
		m->down = down.script;
		up.text = revision_keep_text(m->mem, up.text);
		down.text = revision_keep_text(m->mem, down.text);
		if (!up.text || !down.text)
			return err_nomem(&db->err);
	}
	m->file.upgrade = up.text;
	m->file.downgrade = down.text;
	m->file.upgrade_options = up.options;
	m->file.downgrade_options = down.options;
	return RETORT_OK;
}

/* An error of the proof becomes a remark; a failed allocation stays one. */
static retort_status prove(struct making *m, struct comparison *c)
{
	SCRATCH_ERR(err);
	retort_status rc;
	char *why;

	if (m->o->no_verify)
		return RETORT_OK;
	rc = diff_prove(c->dialect, m->db->conn, c->live, c->wanted, &c->diff,
			&err);
	if (rc == RETORT_E_NOMEM || rc == RETORT_E_INTERRUPTED) {
		err_move(&m->db->err, &err);
		return rc;
	}
	m->result.verified = rc == RETORT_OK;
	if (rc == RETORT_OK)
		return RETORT_OK;
	why = arena_printf(m->mem, "%s%s%s", err.pub.message,
			   err.pub.detail ? ": " : "",
			   err.pub.detail ? err.pub.detail : "");
	if (!why)
		return err_nomem(&m->db->err);
	for (char *s = why; (s = strchr(s, '\n')); )
		*s = ' ';
	m->not_proved = why;
	session_log(m->db, RETORT_LOG_WARNING,
		    "the revision could not be proved: %s%s%s", m->not_proved,
		    err.pub.hint ? ". " : "", err.pub.hint ? err.pub.hint : "");
	return RETORT_OK;
}

static void say_changes(struct making *m)
{
	const retort_changes *c = &m->result.changes;

	for (size_t i = 0; i < c->n; i++) {
		session_log(m->db, RETORT_LOG_INFO, "Detected %s",
			    c->v[i].text);
		if (c->v[i].warning)
			session_log(m->db, RETORT_LOG_WARNING, "%s",
				    c->v[i].warning);
	}
	for (size_t i = 0; i < c->n_notes; i++)
		session_log(m->db, RETORT_LOG_INFO, "%s", c->notes[i]);
}

/* Parents for the hook; NULL ends. */
static const char **parent_ids(struct making *m)
{
	const char **ids = arena_array(m->mem, const char *,
				       m->parents.n + 1);

	for (size_t i = 0; ids && i < m->parents.n; i++)
		ids[i] = m->parents.v[i]->id;
	return ids;
}

/* What the hook wants of the file; `c` is NULL for one without operations. */
static retort_status direct(struct making *m, struct comparison *c,
			    bool *changed)
{
	retort *db = m->db;
	const struct hooks *h;
	struct directing x = {
		.mem = m->mem,
		.info = {
			.size = sizeof(x.info), .rev_id = m->file.id,
			.message = m->file.message,
			.branch_label = m->o->branch_label,
			.parents = parent_ids(m), .autogenerate = c != NULL
		},
	};

	if (!x.info.parents)
		return err_nomem(&db->err);
	TRY(session_hooks(db, "process_revision_directives", &h));
	x.h = h;
	if (c) {
		x.dialect = c->dialect;
		x.naming = &db->config.naming;
		x.live = c->live;
		x.models = db->config.models.v[0];
		x.up = c->diff.up;
		x.down = c->diff.down;
	}
	TRY(hook_directives(&x, &db->err));
	if (x.rev_id) {
		TRY(check_id(m, x.rev_id));
		m->file.id = x.rev_id;
	}
	if (x.message)
		m->file.message = x.message;
	if (c && x.one_way)
		session_log(db, RETORT_LOG_WARNING, "the downgrade does not "
			    "take back the SQL that "
			    "process_revision_directives() has added");
	if (c && x.changed) {
		c->diff.up = x.up;
		c->diff.down = x.down;
	}
	*changed = x.changed;
	return RETORT_OK;
}

/* What the operations give, for the proof: no more the models' schema. */
static retort_status expect(struct making *m, struct comparison *c)
{
	struct schema *s = schema_copy(m->mem, c->live);

	if (!s)
		return err_nomem(&m->db->err);
	for (size_t i = 0; i < c->diff.up.n; i++) {
		if (op_apply(s, c->diff.up.v[i], &m->db->err) == RETORT_OK)
			continue;
		err_context(&m->db->err, "the operations that the hooks left "
			    "cannot be carried out");
		return m->db->err.pub.code;
	}
	c->wanted = s;
	return RETORT_OK;
}

/* The hooks have the last word about the operations. */
static retort_status run_hooks(struct making *m, struct comparison *c)
{
	bool directed, rendered;

	TRY(direct(m, c, &directed));
	TRY(hook_render(&m->db->library.hooks, &c->diff.up, m->mem, &rendered,
			&m->db->err));
	return directed || rendered ? expect(m, c) : RETORT_OK;
}

static retort_status autogenerate(struct making *m)
{
	retort *db = m->db;
	struct comparison c = { .mem = m->mem };

	TRY(autogen_up_to_date(db));
	c.options.ask = db->o.ask;
	c.options.payload = db->o.payload;
	TRY(autogen_renames(db, m->o->renames, m->o->n_renames, m->mem,
			    &c.options));
	TRY(autogen_compare(db, &c));
	/* Who is interrupted at a question has not said no. */
	if (db->cancelled)
		return err_set(&db->err, RETORT_E_INTERRUPTED, "interrupted");
	TRY(run_hooks(m, &c));
	TRY(changes_public(db, &c.diff.up, &c.diff.notes, &m->result.changes));
	say_changes(m);
	m->changed = c.diff.up.n > 0;
	if (!m->changed)
		return RETORT_OK;
	TRY(prove(m, &c));
	return fill_sections(m, &c);
}

/* "clang-format -i {file}", the name quoted for the shell. */
static char *post_write_command(struct making *m, const char *line,
				const char *path)
{
	struct buf b = { .mem = m->mem };
	const char *mark;

	while ((mark = strstr(line, "{file}"))) {
		buf_addn(&b, line, (size_t)(mark - line));
		buf_addc(&b, '\'');
		for (const char *p = path; *p; p++)
			buf_add(&b, *p == '\'' ? "'\\''" :
				(char[]){ *p, '\0' });
		buf_addc(&b, '\'');
		line = mark + 6;
	}
	buf_add(&b, line);
	return buf_text(&b);
}

/* One command; that it fails is a warning. */
static retort_status post_write_line(struct making *m, const char *line,
				     const char *path)
{
	const char *argv[] = { "sh", "-c", NULL, NULL };
	const struct process p = { argv, NULL, &m->db->cancelled };
	char *output;
	int status;

	argv[2] = post_write_command(m, line, path);
	if (!argv[2])
		return err_nomem(&m->db->err);
	TRY(process_run(&p, m->mem, &output, &status, &m->db->err));
	for (size_t n = strlen(output); n && output[n - 1] == '\n'; n--)
		output[n - 1] = '\0';
	if (status)
		session_log(m->db, RETORT_LOG_WARNING, "post_write ended with "
			    "status %d: %s%s%s", status, argv[2],
			    *output ? "\n" : "", output);
	return RETORT_OK;
}

/* The file is there, and stays; each line is a command of its own. */
static retort_status run_post_write(struct making *m, const char *path)
{
	const char *s = m->db->config.post_write;

	while (s && *(s += strspn(s, " \t\n"))) {
		size_t n = strcspn(s, "\n");
		const char *line = arena_strndup(m->mem, s, n);

		if (!line)
			return err_nomem(&m->db->err);
		TRY(post_write_line(m, line, path));
		s += n;
	}
	return RETORT_OK;
}

/* The same text but for blanks, which a template may indent with? */
static bool same_but_blanks(const char *a, const char *b)
{
	for (;; a++, b++) {
		a += strspn(a, " \t\r\n");
		b += strspn(b, " \t\r\n");
		if (*a != *b || !*a)
			return *a == *b;
	}
}

/* The statement as it is cut from a text: comments around it are gone. */
static retort_status cut_alone(struct making *m, const char *sql,
			       struct stmt *out)
{
	const char *rest;

	return m->db->conn->ops->split(sql, m->mem, out, &rest, &m->db->err);
}

/* Does the section hold these statements, whatever the template adds? */
static retort_status check_section(struct making *m, const struct revision *r,
				   enum direction way,
				   const struct script *wanted)
{
	struct script is = {0};
	struct err *err = &m->db->err;
	bool found = true;
	size_t n = 0;
	retort_status rc;

	if (!wanted->stmts.n)
		return RETORT_OK;
	rc = revision_section(r, way, m->db->conn->ops, NULL, 0, m->mem, &is,
			      &found, err);
	if (rc == RETORT_E_NOMEM || !found)
		return rc;
	for (size_t i = 0; !rc && i < is.stmts.n && n < wanted->stmts.n; i++) {
		struct stmt alone = {0};

		TRY(cut_alone(m, wanted->stmts.v[n].sql, &alone));
		n += !alone.sql || same_but_blanks(is.stmts.v[i].sql,
						   alone.sql);
	}
	if (!rc && n == wanted->stmts.n)
		return RETORT_OK;
	err_set(err, RETORT_E_FAIL, "cannot write the revision as SQL: this "
		"statement would not be read as it is meant");
	err_detail(err, "%.2000s", n < wanted->stmts.n ? wanted->stmts.v[n].sql
						       : r->text);
	err_hint(err, "A line in it may look like the start of a section; "
		 "write the revision in C, with --format c.");
	return RETORT_E_FAIL;
}

/* The template may be the project's own: is what came out a revision? */
static retort_status check_text(struct making *m, const char *path,
				char *text)
{
	struct revision *r;
	retort_status rc = revision_parse(path, text, strlen(text), m->mem,
					  &r, NULL, &m->db->err);

	if (rc < 0) {
		err_context(&m->db->err, "the template gave no revision");
		err_where(&m->db->err, m->file.template_path, 0);
		return rc;
	}
	r->text = text;
	TRY(check_section(m, r, UPGRADE, &m->up));
	return check_section(m, r, DOWNGRADE, &m->down);
}

static retort_status write_file(struct making *m)
{
	struct arena *results = &m->db->results;
	char *id, *path, *text;

	TRY(revision_render(&m->file, results, &id, &path, &text,
			    &m->db->err));
	TRY(check_text(m, path, text));
	m->result.id = id;
	m->result.text = text;
	if (m->o->dry_run)
		return RETORT_OK;
	TRY(file_write(path, text, strlen(text), false, &m->db->err));
	m->result.path = path;
	m->db->graph = NULL;	/* it is one file behind */
	return run_post_write(m, path);
}

static retort_status new_revision(retort *db, const retort_new *o,
				  retort_written *out)
{
	SCRATCH(mem);
	struct making m = { .db = db, .o = o, .mem = &mem };

	TRY(session_graph(db));
	TRY(choose_parents(&m));
	TRY(fill_header(&m));
	if (o->autogenerate)
		TRY(autogenerate(&m));
	else
		TRY(direct(&m, NULL, &(bool){ false }));
	if (!o->autogenerate || m.changed)
		TRY(write_file(&m));
	*out = m.result;
	return RETORT_OK;
}

retort_status retort_new_revision(retort *db, const retort_new *o,
				  retort_written *out)
{
	TRY(session_begin(db));
	return session_end(db, new_revision(db, o, out));
}
