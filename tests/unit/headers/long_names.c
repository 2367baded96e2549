/* Every name that the short ones could clash with is another thing here. */
#define RETORT_NO_SHORT_NAMES
#include <retort/model.h>
#include <retort/revision.h>

enum token { INTEGER, TEXT, LIST, MODEL, TABLE, VIEW, COLUMN, INDEX, UNIQUE,
	     CHECK, DATE, TIME, BLOB, CASCADE, ROW, SQL, TYPE, PRIMARY_KEY };

RETORT_MODEL(User,
	RETORT_COLUMNS(
		RETORT_COLUMN("id", RETORT_INTEGER, RETORT_PRIMARY_KEY),
		RETORT_COLUMN("name", RETORT_VARCHAR(80),
			      RETORT_UNIQUE | RETORT_NOT_NULL),
		RETORT_COLUMN("mood", RETORT_ENUM("mood", "sad", "ok")),
		RETORT_COLUMN("other", RETORT_INTEGER, .references = "user.id",
			      .on_delete = RETORT_CASCADE),
	),
	RETORT_INDEXES(RETORT_INDEX_ON(RETORT_LIST("name", "id DESC"))),
	RETORT_CONSTRAINTS(RETORT_CHECK("id > 0")));
RETORT_VIEW("v", "SELECT 1");

void upgrade(retort_op *op)
{
	retort_create_table(op, "t",
		RETORT_COLUMNS(RETORT_COLUMN("a", RETORT_TEXT)));
	retort_bulk_insert(op, "t", RETORT_LIST("a"), RETORT_ROW("x"),
			   RETORT_ROW(RETORT_SQL("1")));
	retort_create_unique(op, "t", RETORT_LIST("a"));
}
