/*
 * PowerDNS's tables as one models file for both databases, as a person would
 * write it: what the packages pdns-backend-sqlite3 and pdns-backend-pgsql
 * make, which differ in more than they need to. Same names, different types,
 * collations and defaults are OVERRIDES; what is on one database only has
 * `.only`.
 */
#include <retort/model.h>

#define PG(...) OVERRIDES(OVERRIDE("postgresql", __VA_ARGS__))
#define NO_DEFAULT PG(.server_default = "")

#define LOWER_CASE_NAME                                               \
    CHECK("name = lower(name)", .name = "c_lowercase_name", .only = "postgresql")

/* the domain's key has a name on PostgreSQL only */
#define DOMAIN(key)                                                   \
    FOREIGN_KEY(LIST("domain_id"), "domains", LIST("id"), .name = "", \
                .on_delete = CASCADE, .on_update = CASCADE, .only = "sqlite"), \
    FOREIGN_KEY(LIST("domain_id"), "domains", LIST("id"), .name = key, \
                .on_delete = CASCADE, .only = "postgresql")

TABLE("domains", .unnamed = true,
    COLUMNS(
        COLUMN("id",              INTEGER,        PRIMARY_KEY | SERIAL),
        COLUMN("name",            VARCHAR(255),   NOT_NULL, .collation = "NOCASE",
               PG(.collation = "")),
        COLUMN("master",          VARCHAR(128),   .server_default = "NULL",
               PG(.server_default = "NULL::character varying")),
        COLUMN("last_check",      INTEGER,        .server_default = "NULL", NO_DEFAULT),
        COLUMN("type",            VARCHAR(8),     NOT_NULL, PG(.type = TEXT)),
        COLUMN("notified_serial", INTEGER,        .server_default = "NULL",
               PG(.type = BIGINT, .server_default = "")),
        COLUMN("account",         VARCHAR(40),    .server_default = "NULL",
               PG(.server_default = "NULL::character varying")),
        COLUMN("options",         VARCHAR(65535), .server_default = "NULL",
               PG(.type = TEXT, .server_default = "")),
        COLUMN("catalog",         VARCHAR(255),   .server_default = "NULL",
               PG(.type = TEXT, .server_default = "")),
    ),
    CONSTRAINTS(
        LOWER_CASE_NAME,
    ),
    INDEXES(
        INDEX_ON(LIST("name"), .name = "name_index", .unique = true),
        INDEX_ON(LIST("catalog"), .name = "catalog_idx"),
    ));

#define OLD_TEXT .server_default = "NULL", PG(.server_default = "NULL::character varying")

TABLE("records", .unnamed = true,
    COLUMNS(
        COLUMN("id",        INTEGER,        PRIMARY_KEY | SERIAL, PG(.type = BIGINT)),
        COLUMN("domain_id", INTEGER,        .server_default = "NULL", NO_DEFAULT),
        COLUMN("name",      VARCHAR(255),   OLD_TEXT),
        COLUMN("type",      VARCHAR(10),    OLD_TEXT),
        COLUMN("content",   VARCHAR(65535), OLD_TEXT),
        COLUMN("ttl",       INTEGER,        .server_default = "NULL", NO_DEFAULT),
        COLUMN("prio",      INTEGER,        .server_default = "NULL", NO_DEFAULT),
        COLUMN("disabled",  BOOLEAN,        .server_default = "0"),
        COLUMN("ordername", VARCHAR(255)),
        COLUMN("auth",      TYPE("BOOL"),   .server_default = "1", PG(.type = BOOLEAN)),
    ),
    CONSTRAINTS(
        DOMAIN("domain_exists"),
        LOWER_CASE_NAME,
    ),
    INDEXES(
        INDEX_ON(LIST("name", "type"), .name = "records_lookup_idx", .only = "sqlite"),
        INDEX_ON(LIST("domain_id", "name", "type"), .name = "records_lookup_id_idx",
                 .only = "sqlite"),
        INDEX_ON(LIST("domain_id", "ordername"), .name = "records_order_idx", .only = "sqlite"),
        INDEX_ON(LIST("name"), .name = "rec_name_index", .only = "postgresql"),
        INDEX_ON(LIST("name", "type"), .name = "nametype_index", .only = "postgresql"),
        INDEX_ON(LIST("domain_id"), .name = "domain_id", .only = "postgresql"),
        INDEX_ON(LIST("domain_id", "ordername text_pattern_ops"), .name = "recordorder",
                 .only = "postgresql"),
    ));

TABLE("supermasters",
    COLUMNS(
        COLUMN("ip",         VARCHAR(64),  NOT_NULL, PG(.type = TYPE("inet"))),
        COLUMN("nameserver", VARCHAR(255), NOT_NULL, .collation = "NOCASE", PG(.collation = "")),
        COLUMN("account",    VARCHAR(40),  NOT_NULL),
    ),
    CONSTRAINTS(
        PRIMARY_KEY_ON(LIST("ip", "nameserver"), .name = "supermasters_pkey",
                       .only = "postgresql"),
    ),
    INDEXES(
        INDEX_ON(LIST("ip", "nameserver"), .name = "ip_nameserver_pk", .unique = true,
                 .only = "sqlite"),
    ));

TABLE("comments", .unnamed = true,
    COLUMNS(
        COLUMN("id",          INTEGER,        PRIMARY_KEY | SERIAL),
        COLUMN("domain_id",   INTEGER,        NOT_NULL),
        COLUMN("name",        VARCHAR(255),   NOT_NULL),
        COLUMN("type",        VARCHAR(10),    NOT_NULL),
        COLUMN("modified_at", TYPE("INT"),    NOT_NULL),
        COLUMN("account",     VARCHAR(40),    OLD_TEXT),
        COLUMN("comment",     VARCHAR(65535), NOT_NULL),
    ),
    CONSTRAINTS(
        DOMAIN("domain_exists"),
        LOWER_CASE_NAME,
    ),
    INDEXES(
        INDEX_ON(LIST("domain_id", "modified_at"), .name = "comments_order_idx"),
        INDEX_ON(LIST("domain_id", "name", "type"), .name = "comments_idx", .only = "sqlite"),
        INDEX_ON(LIST("domain_id"), .name = "comments_domain_id_idx", .only = "postgresql"),
        INDEX_ON(LIST("name", "type"), .name = "comments_name_type_idx", .only = "postgresql"),
    ));

TABLE("domainmetadata", .unnamed = true,
    COLUMNS(
        COLUMN("id",        INTEGER,     PRIMARY_KEY | SERIAL),
        COLUMN("domain_id", TYPE("INT"), NOT_NULL, .only = "sqlite"),
        COLUMN("domain_id", INTEGER,     .only = "postgresql"),
        COLUMN("kind",      VARCHAR(32), .collation = "NOCASE", PG(.collation = "")),
        COLUMN("content",   TEXT),
    ),
    CONSTRAINTS(
        DOMAIN("domainmetadata_domain_id_fkey"),
    ),
    INDEXES(
        INDEX_ON(LIST("domain_id"), .name = "domainmetaidindex", .only = "sqlite"),
        INDEX_ON(LIST("domain_id"), .name = "domainidmetaindex", .only = "postgresql"),
    ));

TABLE("cryptokeys", .unnamed = true,
    COLUMNS(
        COLUMN("id",        INTEGER,      PRIMARY_KEY | SERIAL),
        COLUMN("domain_id", TYPE("INT"),  NOT_NULL, .only = "sqlite"),
        COLUMN("domain_id", INTEGER,      .only = "postgresql"),
        COLUMN("flags",     TYPE("INT"),  NOT_NULL),
        COLUMN("active",    TYPE("BOOL")),
        COLUMN("published", TYPE("BOOL"), .server_default = "1", PG(.server_default = "true")),
        COLUMN("content",   TEXT),
    ),
    CONSTRAINTS(
        DOMAIN("cryptokeys_domain_id_fkey"),
    ),
    INDEXES(
        INDEX_ON(LIST("domain_id"), .name = "domainidindex"),
    ));

TABLE("tsigkeys", .unnamed = true,
    COLUMNS(
        COLUMN("id",        INTEGER,      PRIMARY_KEY | SERIAL),
        COLUMN("name",      VARCHAR(255), .collation = "NOCASE", PG(.collation = "")),
        COLUMN("algorithm", VARCHAR(50),  .collation = "NOCASE", PG(.collation = "")),
        COLUMN("secret",    VARCHAR(255)),
    ),
    CONSTRAINTS(
        LOWER_CASE_NAME,
    ),
    INDEXES(
        INDEX_ON(LIST("name", "algorithm"), .name = "namealgoindex", .unique = true),
    ));
