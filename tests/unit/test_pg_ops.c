/* Operations of C revisions that only a server has, on a real one. */
#include "pg_world.h"

#include "op/print_c.h"
#include "revision/record.h"

static char dir[] = "/tmp/retort-pg-ops-XXXXXX";
static struct compile_options options;
static struct revision revision;
static struct arena mem;
static struct revision_library lib;
static struct conn *conn;

static void set_up(void)
{
	char here[3072];

	conn = pg_world_database(arena_printf(&mem, "pg_ops_%ld",
					      (long)getpid()));
	cr_assert(getcwd(here, sizeof(here)));
	cr_assert(mkdtemp(dir));
	options = (struct compile_options){
		.cache_directory = arena_printf(&mem, "%s/cache", dir),
		.compiler = "cc",
		.include_directory = arena_printf(&mem, "%s/lib/include",
						  here),
	};
	cr_assert_eq(chdir(dir), 0);
	revision = (struct revision){
		.id = "5f2c1b7a9d3e", .path = "r.c", .format = REVISION_C
	};
}

static void tear_down(void)
{
	char command[128];

	revision_unload(&lib);
	conn_close(conn);
	arena_clear(&mem);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	cr_assert_eq(system(command), 0);
}

TestSuite(pg_ops, .init = set_up, .fini = tear_down);

static retort_status record(const char *body, const struct dialect *d,
			    struct ops *out, struct err *err)
{
	const char *text = arena_printf(&mem,
		"#include <retort/revision.h>\n"
		"void upgrade(retort_op *op)\n{\n%s\n}\n", body);

	revision_unload(&lib);
	cr_assert(!file_write("r.c", text, strlen(text), true, err));
	return revision_record(&revision, UPGRADE, d, &options, NULL, &mem,
			       out, &lib, err);
}

static retort_status perform(const char *body, struct script *script,
			     struct err *err)
{
	struct ops ops = {0};
	struct schema *live;

	TRY(record(body, &dialect_postgresql, &ops, err));
	TRY(conn->ops->reflect(conn, NULL, &mem, &live, err));
	TRY(conn->ops->compile(live, &ops, &mem, script, err));
	for (size_t i = 0; i < script->stmts.n; i++)
		TRY(conn_exec(conn, script->stmts.v[i].sql, err));
	return RETORT_OK;
}

/* Was it for outside of a transaction? */
static bool done(const char *body)
{
	struct script script = {0};
	SCRATCH_ERR(err);

	if (perform(body, &script, &err))
		cr_assert_fail("%s: %s\n%s", body, err.pub.message,
			       err.pub.detail ? err.pub.detail : "");
	return script.no_transaction;
}

static void refused(const char *body, const char *message)
{
	struct script script = {0};
	SCRATCH_ERR(err);

	cr_assert(perform(body, &script, &err) < 0, "done: %s", body);
	cr_expect(strstr(err.pub.message, message), "%s: %s", body,
		  err.pub.message);
}

static int on_row(void *payload, int n, const char *const cell[])
{
	(void)n;
	buf_addf(payload, "%s\n", cell[0] ? cell[0] : "NULL");
	return 0;
}

static void expect(const char *sql, const char *text)
{
	struct buf b = { .mem = &mem };
	SCRATCH_ERR(err);

	cr_assert(!conn->ops->run(conn, sql, 0, NULL, on_row, &b, &err), "%s",
		  err.pub.message);
	cr_expect_str_eq(buf_text(&b), text, "%s: %s", sql, b.s);
}

#define LABELS                                                               \
	"SELECT string_agg(enumlabel, ' ' ORDER BY enumsortorder) "          \
	"FROM pg_enum WHERE enumtypid = 'mood'::regtype"

Test(pg_ops, labels_of_an_enum)
{
	done("retort_create_enum(op, \"mood\", LIST(\"sad\", \"ok\"));");
	expect(LABELS, "sad ok\n");
	done("retort_create_enum(op, \"mood\", LIST(\"x\"), "
	     ".if_not_exists = true);");
	done("retort_add_label(op, \"mood\", \"great\");"
	     "retort_add_label(op, \"mood\", \"awful\", .before = \"sad\");"
	     "retort_add_label(op, \"mood\", \"meh\", .after = \"sad\");"
	     "retort_add_label(op, \"mood\", \"ok\", .if_not_exists = true);");
	expect(LABELS, "awful sad meh ok great\n");
	done("retort_rename_label(op, \"mood\", \"ok\", \"it's fine\");");
	expect(LABELS, "awful sad meh it's fine great\n");
	refused("retort_rename_label(op, \"mood\", \"ok\", \"x\");",
		"enum \"mood\" has no label 'ok'");
	refused("retort_add_label(op, \"mood\", \"sad\");",
		"enum \"mood\" already has a label 'sad'");
}

Test(pg_ops, a_sequence_gets_another_name)
{
	pg_world_exec(conn, "CREATE SEQUENCE counted INCREMENT 5");
	pg_world_exec(conn, "CREATE TABLE t (id bigint DEFAULT "
			    "nextval('counted'))");
	pg_world_exec(conn, "INSERT INTO t DEFAULT VALUES");
	done("retort_rename_sequence(op, \"counted\", \"The Count\");");
	pg_world_exec(conn, "INSERT INTO t DEFAULT VALUES");
	expect("SELECT string_agg(id::text, ' ' ORDER BY id) FROM t", "1 6\n");
	expect("SELECT to_regclass('\"The Count\"')::text", "\"The Count\"\n");
	done("retort_rename_sequence(op, \"The Count\", \"counted\");");
	refused("retort_rename_sequence(op, \"The Count\", \"x\");",
		"no object \"The Count\"");
}

Test(pg_ops, a_label_in_use_is_not_dropped)
{
	pg_world_exec(conn, "CREATE TYPE mood AS ENUM ('sad', 'ok')");
	pg_world_exec(conn, "CREATE TABLE t (m mood DEFAULT 'ok', n mood[])");
	pg_world_exec(conn, "CREATE VIEW v AS SELECT m FROM t");
	pg_world_exec(conn, "INSERT INTO t VALUES ('sad', '{ok}')");
	refused("retort_drop_label(op, \"mood\", \"sad\");",
		"has rows with a label that is to be removed");
	pg_world_exec(conn, "UPDATE t SET m = 'ok'");
	done("retort_drop_label(op, \"mood\", \"sad\");");
	expect(LABELS, "ok\n");
	expect("SELECT m::text || n::text FROM t JOIN v USING (m)",
	       "ok{ok}\n");
	pg_world_exec(conn, "INSERT INTO t (n) VALUES (NULL)");
	done("retort_execute(op, \"DROP TABLE t CASCADE\");"
	     "retort_drop_enum(op, \"mood\");"
	     "retort_drop_enum(op, \"mood\", .if_exists = true);");
	expect("SELECT to_regtype('mood')", "NULL\n");
}

Test(pg_ops, a_constraint_is_validated_later)
{
	static const char *const valid =
		"SELECT convalidated FROM pg_constraint WHERE conname = 'c'";

	pg_world_exec(conn, "CREATE TABLE t (a int)");
	pg_world_exec(conn, "INSERT INTO t VALUES (0)");
	done("retort_create_check(op, \"t\", \"a > 0\", .name = \"c\", "
	     ".not_valid = true);");
	expect(valid, "f\n");
	refused("retort_validate_constraint(op, \"t\", \"c\");",
		"check constraint \"c\"");
	refused("retort_validate_constraint(op, \"t\", \"d\");",
		"no constraint \"d\" on table \"t\"");
	pg_world_exec(conn, "UPDATE t SET a = 1");
	done("retort_validate_constraint(op, \"t\", \"c\");");
	expect(valid, "t\n");
	done("retort_rename_constraint(op, \"t\", \"c\", \"C 2\");"
	     "retort_drop_constraint(op, \"t\", \"C 2\");"
	     "retort_drop_constraint(op, \"t\", \"C 2\", .if_exists = true);");
	expect("SELECT count(*) FROM pg_constraint "
	       "WHERE conrelid = 't'::regclass", "0\n");
}

Test(pg_ops, a_foreign_key_is_validated_later)
{
	pg_world_exec(conn, "CREATE SCHEMA s");
	pg_world_exec(conn, "CREATE TABLE s.p (id int PRIMARY KEY)");
	pg_world_exec(conn, "CREATE TABLE t (a int)");
	done("retort_create_foreign_key(op, \"t\", LIST(\"a\"), \"s.p\", "
	     "LIST(\"id\"), .name = \"f\", .not_valid = true);"
	     "retort_validate_constraint(op, \"t\", \"f\");");
	expect("SELECT pg_get_constraintdef(oid) FROM pg_constraint "
	       "WHERE conname = 'f'",
	       "FOREIGN KEY (a) REFERENCES s.p(id)\n");
}

Test(pg_ops, a_constraint_is_made_of_an_index)
{
	pg_world_exec(conn, "CREATE TABLE t (a int NOT NULL, b int)");
	cr_expect(done("retort_create_index(op, \"t\", LIST(\"a\"), "
		       ".name = \"x\", .unique = true, "
		       ".concurrently = true);"
		       "retort_create_index(op, \"t\", LIST(\"b\"), "
		       ".name = \"y\", .unique = true, "
		       ".concurrently = true);"),
		  "in a transaction");
	cr_expect(!done("retort_create_primary_key(op, \"t\", LIST(\"a\"), "
			".name = \"pk\", .using_index = \"x\");"
			"retort_create_unique(op, \"t\", LIST(\"b\"), "
			".name = \"uq\", .using_index = \"y\", "
			".deferrable = true);"),
		  "outside of a transaction");
	expect("SELECT conname || pg_get_constraintdef(oid) "
	       "FROM pg_constraint WHERE conrelid = 't'::regclass ORDER BY 1",
	       "pkPRIMARY KEY (a)\nuqUNIQUE (b) DEFERRABLE\n");
	expect("SELECT count(*) FROM pg_index WHERE indrelid = 't'::regclass",
	       "2\n");
}

Test(pg_ops, an_index_is_made_and_dropped_beside_the_work)
{
	pg_world_exec(conn, "CREATE TABLE t (a int)");
	cr_expect(done("retort_create_index(op, \"t\", LIST(\"a\"), "
		       ".name = \"x\", .concurrently = true);"));
	cr_expect(!done("retort_create_index(op, \"t\", LIST(\"a\"), "
			".name = \"x\", .if_not_exists = true);"
			"retort_rename_index(op, \"t\", \"x\", \"y\");"));
	cr_expect(done("retort_drop_index(op, \"t\", \"y\", "
		       ".concurrently = true);"));
	cr_expect(!done("retort_drop_index(op, \"t\", \"y\", "
			".if_exists = true);"));
	expect("SELECT count(*) FROM pg_index WHERE indrelid = 't'::regclass",
	       "0\n");
}

/* What is printed as C and compiled again is the same. */
Test(pg_ops, print_and_record)
{
	static const char *const body =
		"\tretort_add_label(op, \"mood\", \"x\", .before = \"ok\");\n"
		"\tretort_rename_label(op, \"mood\", \"x\", \"y\");\n"
		"\tretort_drop_label(op, \"s.mood\", \"y\");\n"
		"\tretort_create_index(op, \"t\", LIST(\"a\"), .name = \"x\", "
		".concurrently = true);\n"
		"\tretort_drop_index(op, \"t\", \"x\", .concurrently = true);\n"
		"\tretort_rename_constraint(op, \"t\", \"c\", \"d\");\n"
		"\tretort_rename_sequence(op, \"s.a\", \"b\");\n"
		"\tretort_validate_constraint(op, \"t\", \"d\");\n"
		"\tretort_create_unique(op, \"t\", LIST(\"b\"), "
		".name = \"uq\", .using_index = \"y\");\n";
	struct buf b = { .mem = &mem };
	struct ops ops = {0};
	SCRATCH_ERR(err);

	cr_assert(!record(body, &dialect_postgresql, &ops, &err), "%s",
		  err.pub.message);
	cr_assert(!ops_print_c(&ops, &b, &err), "%s", err.pub.message);
	cr_expect_str_eq(buf_text(&b), body, "%s", b.s);
}

Test(pg_ops, another_database_refuses)
{
	static const char *const bodies[] = {
		"retort_create_enum(op, \"mood\", LIST(\"a\"));",
		"retort_add_label(op, \"mood\", \"a\");",
		"retort_validate_constraint(op, \"t\", \"c\");",
		"retort_rename_constraint(op, \"t\", \"c\", \"d\");",
		"retort_rename_sequence(op, \"a\", \"b\");",
		("retort_create_unique(op, \"t\", LIST(\"a\"), "
		 ".using_index = \"x\");"),
	};

	for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++) {
		struct ops ops = {0};
		SCRATCH_ERR(err);

		cr_expect(record(bodies[i], &dialect_sqlite, &ops, &err) < 0,
			  "recorded: %s", bodies[i]);
		cr_expect(!strncmp(err.pub.message, "this database cannot ",
				   21), "%s", err.pub.message);
	}
}
