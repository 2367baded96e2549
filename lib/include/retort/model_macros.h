/* retort/model_macros.h - included by <retort/model.h>; the macros. */
#ifndef RETORT_MODEL_MACROS_H
#define RETORT_MODEL_MACROS_H
#endif
