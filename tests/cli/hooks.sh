. "$REPOSITORY/tests/cli/lib.inc"
project
sqlite3 app.db "CREATE TABLE spatial (x); CREATE TABLE audit (rev, tag, who)"
cat >hooks.c <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <retort/hooks.h>

bool include_object(const retort_hook *hook, const retort_hook_object *object)
{
	if (retort_hook_x(hook, "crash"))
		abort();
	if (retort_hook_x(hook, "refuse"))
		retort_hook_fail(hook, "%s", retort_hook_x(hook, "refuse"));
	return strcmp(object->name ? object->name : "", "spatial") &&
	       strcmp(object->name ? object->name : "", "audit");
}

int process_revision_directives(const retort_hook *hook,
				retort_directives *d)
{
	retort_op *op;

	(void)hook;
	retort_directives_set_rev_id(d, "0002");
	if (!retort_directives_count(d, RETORT_UPGRADE))
		return 0;
	op = retort_directives_insert(d, RETORT_UPGRADE, 1);
	retort_execute(op, "UPDATE user SET age = 1");
	op = retort_directives_insert(d, RETORT_DOWNGRADE, 0);
	retort_execute(op, "SELECT 1");
	return 0;
}

const char *render_type(const retort_hook *hook,
			const retort_hook_object *column)
{
	(void)hook;
	return !strcmp(column->name, "age") ? "SMALLINT" : NULL;
}

int compare_type(const retort_hook *hook, const retort_hook_object *live,
		 const retort_hook_object *model)
{
	(void)hook, (void)live;
	return !strcmp(model->name, "age");
}

int on_version_apply(const retort_hook *hook, const retort_version_step *step,
		     retort_op *op)
{
	const char *who = retort_hook_x(hook, "who");

	if (who && !strcmp(who, "nobody"))
		return -1;
	retort_executef(op, "INSERT INTO audit VALUES ('%s', '%s', '%s')",
			step->to[0], hook->tag ? hook->tag : "",
			who ? who : "");
	printf("heard of %s\n", step->message ? step->message : "a stamp");
	return 0;
}
C
sed -i 's/^models = .*/& ..\/hooks.c/' migrations/db.ini
models <<'C'
MODEL(User,
    COLUMNS(
        COLUMN("id",   INTEGER,     PRIMARY_KEY),
        COLUMN("name", VARCHAR(80), UNIQUE | NOT_NULL),
        COLUMN("age",  INTEGER),
    ));
C
run db check
run db -x crash=1 check
run db -x refuse=why migrate
ls migrations/versions
run db migrate -m "grow"
mask <migrations/versions/0002_grow.sql
run db -x who=nobody upgrade
run db current
run db upgrade --sql --tag v2 aaaaaaaaaaaa:head
run db -x who=ada upgrade --tag v2
run db check
run db downgrade
run db -q stamp head
run sqlite3 app.db "SELECT * FROM audit"
