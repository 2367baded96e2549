#include <retort/model.h>

MODEL(User,                                   /* table "user": CamelCase becomes snake_case, as Flask-SQLAlchemy does */
    COLUMNS(
        COLUMN("id",       INTEGER,      PRIMARY_KEY),
        COLUMN("username", VARCHAR(80),  UNIQUE | NOT_NULL),
        COLUMN("email",    VARCHAR(120), UNIQUE | NOT_NULL, .comment = "login address"),
    ));

MODEL(Post, .table = "posts",
    COLUMNS(
        COLUMN("id",      INTEGER,     PRIMARY_KEY),
        COLUMN("title",   VARCHAR(80), NOT_NULL | INDEX),
        COLUMN("user_id", INTEGER,     NOT_NULL, .references = "user.id", .on_delete = CASCADE),
        COLUMN("created", TIMESTAMP,   NOT_NULL, .server_default = "CURRENT_TIMESTAMP"),
    ),
    INDEXES(
        INDEX_ON(LIST("user_id", "title"), .unique = true, .where = "title <> ''"),
    ));
TABLE("x", .strict = true, COLUMNS(
	COLUMN("a", TEXT),
	COLUMN("b", TEXT, .comment = "hi"),
	COLUMN("c", NUMERIC(8, 2)), COLUMN("c1", NUMERIC(8)), COLUMN("c2", NUMERIC()), COLUMN("c3", NUMERIC_ANY),
	COLUMN("d", ENUM("mood", "a", "b",), NOT_NULL, .server_default = "'a'"),
	COLUMN("e", ARRAY_OF(INTEGER)),
	COLUMN("e2", ARRAY_OF(ARRAY_OF(VARCHAR(3)))),
	COLUMN("f", TYPE("MONEY"), OVERRIDES(OVERRIDE("sqlite", .type = ENUM("u", "v"), .server_default = "1"))),
	COLUMN("g", BLOB, PRIMARY_KEY | NOT_NULL, OVERRIDES(OVERRIDE("sqlite", .type = REAL),), .was = "h")
	),
	CONSTRAINTS(UNIQUE_ON(LIST("a", "b"), .name = "u"), CHECK("a > 0", .name = "k"), CHECK("b > 0"),
		FOREIGN_KEY(LIST("a", "b"), "t", LIST("c", "d"), .on_delete = SET_NULL),
		FOREIGN_KEY(LIST("a", "b"), "t", .on_delete = SET_NULL, .unchecked = true),
		FOREIGN_KEY(LIST("a", "b"), "t"),
		PRIMARY_KEY_ON(LIST("a"))),
	INDEXES(INDEX_ON(LIST("a"))));
VIEW("v", "SELECT 1");
VIEW("w", "SELECT 1", .only = "sqlite");
TRIGGER("t", "x", "CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT 1; END");
SQL_OBJECT("o", "create", "drop");
