#include "op/op.h"

static const char *const words[] = {
	[OP_CREATE_TABLE] = "add_table",
	[OP_DROP_TABLE] = "remove_table",
	[OP_RENAME_TABLE] = "rename_table",
	[OP_ALTER_TABLE] = "modify_table",
	[OP_ADD_COLUMN] = "add_column",
	[OP_DROP_COLUMN] = "remove_column",
	[OP_RENAME_COLUMN] = "rename_column",
	[OP_CREATE_INDEX] = "add_index",
	[OP_DROP_INDEX] = "remove_index",
	[OP_RENAME_INDEX] = "rename_index",
	[OP_RENAME_CONSTRAINT] = "rename_constraint",
	[OP_VALIDATE_CONSTRAINT] = "validate_constraint",
	[OP_ALTER_OBJECT] = "modify_object",
	[OP_SET_FACET] = "modify_property",
	[OP_RESET_FACET] = "modify_property",
	[OP_EXECUTE] = "execute",
	[OP_BULK_INSERT] = "bulk_insert",
	[OP_CALL] = "call",
};

static const struct {
	unsigned bit;
	const char *word;
} change_words[] = {
	{ CHANGE_NAME, "rename_column" },
	{ CHANGE_TYPE, "modify_type" },
	{ CHANGE_NOT_NULL, "modify_nullable" },
	{ CHANGE_DEFAULT, "modify_default" },
	{ CHANGE_COLLATION, "modify_collation" },
	{ CHANGE_GENERATED, "modify_generated" },
	{ CHANGE_IDENTITY, "modify_identity" },
	{ CHANGE_COMMENT, "modify_comment" },
};

struct op *ops_add(struct arena *mem, struct ops *list, enum op_kind kind)
{
	struct op *op = arena_new(mem, struct op);

	if (!op || !vec_push(mem, list, op))
		return NULL;
	op->kind = kind;
	return op;
}

static const char *constraint_word(const struct op *op)
{
	bool add = op->kind == OP_ADD_CONSTRAINT;

	if (op->constraint && op->constraint->kind == CONSTRAINT_FOREIGN_KEY)
		return add ? "add_fk" : "remove_fk";
	return add ? "add_constraint" : "remove_constraint";
}

static const char *object_word(const struct op *op)
{
	bool add = op->kind == OP_CREATE_OBJECT;

	switch (op->object->kind) {
	case OBJECT_VIEW:
		return add ? "add_view" : "remove_view";
	case OBJECT_TRIGGER:
		return add ? "add_trigger" : "remove_trigger";
	case OBJECT_ENUM:
		return add ? "add_enum" : "remove_enum";
	case OBJECT_OTHER:
		break;
	}
	return add ? "add_object" : "remove_object";
}

static const char *change_word(const struct op *op)
{
	for (size_t i = 0; i < sizeof(change_words) / sizeof(*change_words); i++)
		if (op->changes & change_words[i].bit)
			return change_words[i].word;
	return "modify_column";
}

const char *op_word(const struct op *op)
{
	switch (op->kind) {
	case OP_ALTER_COLUMN:
		return change_word(op);
	case OP_ADD_CONSTRAINT:
	case OP_DROP_CONSTRAINT:
		return constraint_word(op);
	case OP_CREATE_OBJECT:
	case OP_DROP_OBJECT:
		return object_word(op);
	default:
		return words[op->kind];
	}
}
