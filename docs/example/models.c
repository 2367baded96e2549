#include <retort/model.h>

MODEL(Note,
    COLUMNS(
        COLUMN("id",      INTEGER,   PRIMARY_KEY),
        COLUMN("text",    TEXT,      NOT_NULL),
        COLUMN("created", TIMESTAMP, NOT_NULL, .server_default = "CURRENT_TIMESTAMP"),
    ));
