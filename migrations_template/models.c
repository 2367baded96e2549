/*
 * The tables of the program. `db migrate -m "..."` compares them with the
 * database and writes what is to be done; `db upgrade` does it.
 */
#include <retort/model.h>

MODEL(User,
    COLUMNS(
        COLUMN("id",   INTEGER,     PRIMARY_KEY),
        COLUMN("name", VARCHAR(80), UNIQUE | NOT_NULL),
    ));
