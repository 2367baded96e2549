#include "api/autogen.h"
#include "api/hook_compare.h"
#include "api/hook_include.h"
#include "base/map.h"

/* Is the operation part of making something that is not there? */
static bool creates(const struct op *op, const struct schema *live,
		    const struct map *made)
{
	switch (op->kind) {
	case OP_CREATE_TABLE:
		return true;
	case OP_CREATE_OBJECT:
		return !schema_object_like(live, op->object);
	case OP_CREATE_INDEX:
	case OP_ADD_CONSTRAINT:
		return map_get(made, op->table) != NULL;
	default:
		return false;
	}
}

/* Those operations that only create; tables that are there stay as they are. */
static retort_status only_creations(retort *db, const struct comparison *c,
				    struct ops *out, size_t *created)
{
	struct map made = { .mem = c->mem, .fold = c->live->fold_case };

	for (size_t i = 0; i < c->diff.up.n; i++) {
		struct op *op = c->diff.up.v[i];

		if (!creates(op, c->live, &made))
			continue;
		if (op->kind == OP_CREATE_TABLE &&
		    !map_put(&made, op->def->name, op->def))
			return err_nomem(&db->err);
		if (!vec_push(c->mem, out, op))
			return err_nomem(&db->err);
		*created += op->kind == OP_CREATE_TABLE ||
			    op->kind == OP_CREATE_OBJECT;
	}
	return RETORT_OK;
}

static retort_status print(retort *db, const struct script *s,
			   const retort_move *move)
{
	SCRATCH(tmp);
	struct buf b = { .mem = &tmp };

	TRY(script_text_alone(s, &b, &db->err));
	if (move->sql(move->sql_payload, b.s, b.n))
		return err_set(&db->err, RETORT_E_FAIL,
			       "could not write the SQL");
	return RETORT_OK;
}

/* Offline nothing is known to be there. */
static retort_status compare_with_nothing(retort *db, struct comparison *c)
{
	TRY(session_dialect(db, &c->dialect));
	TRY(session_models(db, &db->config.models, c->dialect, c->mem,
			   &c->wanted));
	c->live = schema_new(c->mem, c->wanted->fold_case);
	if (!c->live)
		return err_nomem(&db->err);
	TRY(hook_include(&db->library.hooks, c->live, c->wanted, &db->err));
	return diff_schemas(c->dialect, NULL, c->live, c->wanted, &c->options,
			    c->mem, &c->diff, &db->err);
}

static retort_status create_all(retort *db, const retort_move *move,
				size_t *created)
{
	SCRATCH(mem);
	struct comparison c = { .mem = &mem };
	struct script script = {0};
	struct ops ops = {0};
	struct schema *before;
	size_t n = 0;
	bool offline = move && move->sql;

	if (!offline && !(move && move->dry_run))
		TRY(session_connect(db));
	TRY(offline ? compare_with_nothing(db, &c) : autogen_compare(db, &c));
	TRY(only_creations(db, &c, &ops, &n));
	before = schema_copy(&mem, c.live);
	if (!before)
		return err_nomem(&db->err);
	TRY(c.dialect->compile(before, &ops, &mem, &script, &db->err));
	if (offline)
		TRY(print(db, &script, move));
	else if (script.stmts.n && !(move && move->dry_run))
		TRY(run_script(db->conn, &script, &db->err));
	if (created)
		*created = n;
	return RETORT_OK;
}

retort_status retort_create_all(retort *db, const retort_move *move,
				size_t *created)
{
	TRY(session_begin(db));
	return session_end(db, create_all(db, move, created));
}
