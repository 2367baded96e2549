#include "new_revision.h"

struct new_options new_options;

static int report(struct env *env, const retort_written *w)
{
	print_data(env->out, "message", NULL);
	print_data(env->out, "revision", w->id);
	print_data(env->out, "path", w->path);
	print_data(env->out, "text", w->text);
	print_flag(env->out, "verified", w->verified);
	print_data_changes(env->out, "operations", &w->changes);
	if (!w->text)
		print_message(env->out, "message", "No changes in schema detected.");
	else if (!w->path)
		print_text(env->out, "text", w->text);
	else
		print_value(env->out, "path", "Generating %s ... done",
			    w->path);
	return 0;
}

static int make(struct env *env, retort_new *o)
{
	retort_written w = {0};

	o->size = sizeof(*o);
	o->message = new_options.message;
	o->format = new_options.format;
	o->splice = new_options.splice;
	o->branch_label = new_options.branch_label;
	o->version_path = new_options.version_path;
	o->rev_id = new_options.rev_id;
	o->depends_on = new_options.depends_on.v;
	o->n_depends_on = new_options.depends_on.n;
	o->dry_run = new_options.dry_run || new_options.sql;
	if (retort_new_revision(env->db, o, &w) < 0)
		return fail(env);
	return report(env, &w);
}

int new_revision(struct env *env, bool autogenerate)
{
	retort_new o = {
		.autogenerate = autogenerate,
		.heads = new_options.heads.v, .n_heads = new_options.heads.n,
		.renames = new_options.renames.v,
		.n_renames = new_options.renames.n,
		.no_verify = new_options.no_verify
	};

	return make(env, &o);
}

int new_merge(struct env *env, const char *const *heads, size_t n)
{
	retort_new o = { .heads = heads, .n_heads = n, .merge = true };

	return make(env, &o);
}
