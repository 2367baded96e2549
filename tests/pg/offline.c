/*
 * Tables that refer to each other, texts with quotes of all kinds, two
 * spellings of no default, an enum that grows (SECOND), a table in parts, and
 * what stands on all that. For offline.sh.
 */
#include <retort/model.h>

#ifdef SECOND
#define MOOD ENUM("mood", "mad", "sad", "so-so", "ok", "it's")
#else
#define MOOD ENUM("mood", "sad", "ok")
#endif

TABLE("hen", .comment = "comes 'first'; \\ or not",
    COLUMNS(
        COLUMN("id",     INTEGER,     PRIMARY_KEY),
        COLUMN("egg_id", BIGINT,      .references = "Egg.id"),
        COLUMN("mood",   MOOD,        .server_default = "'sad'"),
        COLUMN("none",   VARCHAR(9),  .server_default = "NULL"),
        COLUMN("none2",  VARCHAR(9),  .server_default = "NULL::character varying"),
        COLUMN("text",   TEXT,        .server_default = "'it''s ; $$ -- no'"),
        COLUMN("nums",   TYPE("int[]"), .server_default = "'{1,2}'"),
#ifdef SECOND
        COLUMN("best",   MOOD,        NOT_NULL, .server_default = "'so-so'"),
#endif
    ),
    CONSTRAINTS(
        CHECK("text <> E'\\';' AND id > 0", .name = "ck;1"),
    ));

TABLE("Egg",
    COLUMNS(
        COLUMN("id",     BIGINT,  PRIMARY_KEY | SERIAL),
        COLUMN("hen_id", INTEGER, NOT_NULL | INDEX, .references = "hen.id", .on_delete = CASCADE),
        COLUMN("select", TEXT,    .comment = "a \"word\""),
        COLUMN("twice",  BIGINT,  .generated = "id * 2"),
    ),
    INDEXES(
        INDEX_ON(LIST("select"), .name = "Ix", .where = "id > 3"),
    ));

TABLE("nest", .schema = "farm",
    COLUMNS(
        COLUMN("id",     INTEGER, PRIMARY_KEY | AUTOINCREMENT),
        COLUMN("hen_id", INTEGER, .references = "hen.id"),
    ));

#ifdef SECOND
#define KIND VARCHAR(30)
#else
#define KIND TEXT
#endif

TABLE("lot", .partition_by = "RANGE (id)",
    COLUMNS(
        COLUMN("id",   INTEGER, NOT_NULL),
        COLUMN("kind", KIND,    .server_default = "'x'"),
#ifdef SECOND
        COLUMN("more", INTEGER, NOT_NULL, .server_default = "4"),
#else
        COLUMN("old",  TEXT),
#endif
    ));

TABLE("lot_1", .partition_of = "lot", .partition_bound = "FOR VALUES FROM (0) TO (10)",
    COLUMNS(
        COLUMN("id",   INTEGER, NOT_NULL),
        COLUMN("kind", KIND,    .server_default = "'x'"),
    ));

VIEW("laid", "SELECT h.id, e.id AS egg, h.mood FROM hen h JOIN \"Egg\" e ON e.hen_id = h.id");
VIEW("laid_too", "SELECT egg, mood FROM laid");

SQL_OBJECT("touch",
    "CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $f$\n"
    "BEGIN\n"
    "  -- it's; $$\n"
    "  NEW.text := 'a;b' || $$c;d$$;\n"
    "  RETURN NEW;\n"
    "END\n"
    "$f$", "DROP FUNCTION touch()");
SQL_OBJECT("atomic",
    "CREATE OR REPLACE FUNCTION atomic(i integer) RETURNS bigint LANGUAGE sql "
    "BEGIN ATOMIC SELECT count(*) FROM hen WHERE id = i; SELECT 2 + i; END",
    "DROP FUNCTION atomic(integer)");
SQL_OBJECT("early",
    "CREATE OR REPLACE FUNCTION early() RETURNS bigint LANGUAGE sql AS "
    "'SELECT count(*) FROM laid_too'", "DROP FUNCTION early()");
TRIGGER("touched", "hen",
    "CREATE TRIGGER touched BEFORE UPDATE ON hen FOR EACH ROW EXECUTE FUNCTION touch()");
SQL_OBJECT("per_hen",
    "CREATE MATERIALIZED VIEW per_hen AS SELECT hen_id, count(*) AS n FROM \"Egg\" GROUP BY hen_id",
    "DROP MATERIALIZED VIEW per_hen");

#ifdef SECOND
VIEW("bad", "SELECT id FROM hen WHERE mood = 'mad'");
#endif
