#include "server.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static retort_status admin(const char *before, const char *name,
			   const char *after, struct err *err)
{
	SCRATCH(tmp);
	struct conn *c;
	char *sql = arena_printf(&tmp, "%s%s%s", before, name, after);
	retort_status rc;

	TRY(conn_open("postgresql:///postgres", NULL, &c, err));
	rc = conn_exec(c, sql, err);
	conn_close(c);
	return rc;
}

/* Two databases do for all records: to make one takes longer than the rest. */
static char *name_of(struct arena *mem, int which)
{
	return arena_printf(mem, "replay_%ld_%d", (long)getpid(), which);
}

static const char empty_sql[] =
	"DO $$ DECLARE s text; BEGIN FOR s IN SELECT nspname FROM pg_namespace "
	"WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema' "
	"LOOP EXECUTE format('DROP SCHEMA %I CASCADE', s); END LOOP; END $$";

retort_status server_make(struct arena *mem, int which, struct conn **out,
			  struct err *err)
{
	static bool made[2];
	char *name = name_of(mem, which);

	if (!made[which])
		TRY(admin("CREATE DATABASE ", name, " TEMPLATE template0",
			  err));
	made[which] = true;
	TRY(conn_open(arena_printf(mem, "postgresql:///%s", name), NULL, out,
		      err));
	TRY(conn_exec(*out, empty_sql, err));
	TRY(conn_exec(*out, "CREATE SCHEMA public", err));
	/* a function that the recorded CHECKs call */
	TRY(conn_exec(*out, "CREATE OR REPLACE FUNCTION pg_catalog.len(text) "
		      "RETURNS int LANGUAGE sql IMMUTABLE "
		      "AS 'SELECT length($1)'", err));
	TRY(conn_exec(*out, "CREATE SCHEMA test_schema", err));
	return conn_exec(*out, "CREATE SCHEMA test_schema_2", err);
}

void server_drop(void)
{
	SCRATCH(mem);
	SCRATCH_ERR(err);

	for (int i = 0; i < 2; i++)
		admin("DROP DATABASE IF EXISTS ", name_of(&mem, i), "", &err);
}

static const char facts_sql[] =
	"WITH s AS (SELECT oid, nspname FROM pg_namespace WHERE nspname = "
	"'public' OR nspname LIKE 'test\\_schema%'), "
	"c AS (SELECT c.*, c.oid::regclass::text AS t FROM pg_class c JOIN s "
	"ON s.oid = c.relnamespace WHERE relname !~ "
	"'^(alembic_version|my_version_table)')"
	"SELECT concat_ws(' ', relkind::text, t, relpersistence::text, "
	"reloptions::text, pg_get_partkeydef(c.oid), "
	"pg_get_expr(relpartbound, c.oid), CASE WHEN relkind IN ('v', 'm') "
	"THEN pg_get_viewdef(c.oid) END) FROM c "
	"WHERE relkind IN ('r', 'p', 'v', 'm', 'S') "
	"UNION ALL SELECT concat_ws(' ', 'column', t, attname, "
	"format_type(atttypid, atttypmod), CASE WHEN attnotnull THEN "
	"'NOT NULL' END, pg_get_expr(adbin, adrelid), attidentity::text, "
	"attgenerated::text, attcollation::regcollation) FROM c "
	"JOIN pg_attribute a ON attrelid = c.oid LEFT JOIN pg_attrdef d ON "
	"adrelid = c.oid AND adnum = attnum WHERE attnum > 0 AND "
	"NOT attisdropped AND relkind IN ('r', 'p') "
	"UNION ALL SELECT concat_ws(' ', 'constraint', t, conname, "
	"pg_get_constraintdef(k.oid)) FROM c JOIN pg_constraint k "
	"ON conrelid = c.oid "
	"UNION ALL SELECT pg_get_indexdef(c.oid) FROM c WHERE relkind = 'i' "
	"UNION ALL SELECT concat_ws(' ', 'comment', objoid::regclass, "
	"objsubid, description) FROM pg_description JOIN c ON objoid = c.oid "
	"WHERE classoid = 'pg_class'::regclass AND objsubid = 0 "
	"UNION ALL SELECT concat_ws(' ', 'comment', t, attname, description) "
	"FROM pg_description JOIN c ON objoid = c.oid JOIN pg_attribute ON "
	"attrelid = c.oid AND attnum = objsubid "
	"WHERE classoid = 'pg_class'::regclass "
	"UNION ALL SELECT concat_ws(' ', 'comment', conrelid::regclass, "
	"conname, description) FROM pg_description JOIN pg_constraint k "
	"ON objoid = k.oid WHERE classoid = 'pg_constraint'::regclass "
	"UNION ALL SELECT concat_ws(' ', 'enum', t.oid::regtype, "
	"(SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder) "
	"FROM pg_enum WHERE enumtypid = t.oid)) FROM pg_type t JOIN s "
	"ON s.oid = typnamespace WHERE typtype = 'e' "
	"UNION ALL SELECT concat_ws(' ', 'sequence', seqrelid::regclass, "
	"seqtypid::regtype, seqstart, seqincrement, seqmin, seqmax, seqcache, "
	"seqcycle) FROM pg_sequence JOIN c ON c.oid = seqrelid "
	"ORDER BY 1";

static int on_line(void *payload, int n, const char *const cell[])
{
	struct buf *b = payload;

	(void)n;
	for (const char *s = cell[0]; *s; s++)
		buf_addc(b, *s == '\n' ? ' ' : *s);
	buf_addc(b, '\n');
	return 0;
}

retort_status server_facts(struct conn *c, struct arena *mem, char **out,
			   struct err *err)
{
	struct buf b = { .mem = mem };

	TRY(c->ops->run(c, facts_sql, 0, NULL, on_line, &b, err));
	*out = buf_text(&b);
	return *out ? RETORT_OK : err_nomem(err);
}
