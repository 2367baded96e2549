/*
 * retort/model.h - declare the tables of a program.
 *
 * Models are static data: no function is called and nothing is linked. Each
 * declaration registers itself in an ELF section of the shared library, which
 * exports retort_models_v1() for `db` to read it. A library may be made of
 * several files; each includes this header.
 *
 * db compiles .c files itself; a shared library of one's own is linked with
 * `cc -shared -fPIC`. Out of a static library take it with --whole-archive.
 * Strings and arrays belong to the library and live as long as it is loaded.
 *
 *     MODEL(User,
 *         COLUMNS(
 *             COLUMN("id",   INTEGER,     PRIMARY_KEY),
 *             COLUMN("name", VARCHAR(80), UNIQUE | NOT_NULL),
 *         ));
 *
 * Define RETORT_NO_SHORT_NAMES before the #include where the short names
 * (INTEGER, TEXT, LIST, …) clash; those with RETORT_ in front always exist.
 */
#ifndef RETORT_MODEL_H
#define RETORT_MODEL_H

#include <retort/model_types.h>
#include <retort/model_macros.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What the library declares. Each file that includes this header has it. */
const retort_models *retort_models_v1(void);

#if defined(__GNUC__) && !defined(__cplusplus)

/* The linker's names for both ends of the section; 0 where there is none. */
extern const retort_model *const __start_retort_models[]
	__attribute__((weak, visibility("hidden")));
extern const retort_model *const __stop_retort_models[]
	__attribute__((weak, visibility("hidden")));

__attribute__((weak, used, visibility("default")))
const retort_models *retort_models_v1(void)
{
	static const retort_models all = {
		.abi = RETORT_MODEL_ABI,
		.model_size = sizeof(retort_model),
		.begin = __start_retort_models,
		.end = __stop_retort_models
	};

	return &all;
}

#endif

#ifdef __cplusplus
}
#endif

#endif
