/* What SQL calls the values of the enumerations of a schema. */
#ifndef RETORT_SCHEMA_WORDS_H
#define RETORT_SCHEMA_WORDS_H

#include "retort/model_types.h"

/* "VARCHAR"; NULL for one that has no word: verbatim, enum, array. */
const char *type_word(enum retort_type_kind kind);

/* "CASCADE"; NULL for no action. */
const char *action_word(enum retort_action action);

/* "REPLACE", behind ON CONFLICT; NULL for none. */
const char *conflict_word(enum retort_conflict conflict);

#endif
