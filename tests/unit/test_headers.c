#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>

#define WARNINGS "-Wall -Wextra -pedantic -Wshadow -Wconversion " \
	"-Wsign-conversion -Wmissing-prototypes -Wcast-qual -Wundef " \
	"-Wwrite-strings -Werror"

static bool installed(const char *program)
{
	char command[128];

	snprintf(command, sizeof(command), "command -v %s >/dev/null",
		 program);
	return !system(command);
}

static void accepts(const char *compiler, const char *flags, const char *file)
{
	char command[512];

	snprintf(command, sizeof(command), "%s -Ilib/include %s "
		 "-fsyntax-only %s", compiler, flags, file);
	cr_expect_eq(system(command), 0, "%s", command);
}

/* What users write gives no warning, whatever they ask for. */
Test(headers, programs_that_use_every_word)
{
	static const char *const compilers[] = { "gcc", "clang" };
	static const char *const standards[] = {
		"-std=c11 " WARNINGS, "-std=c17 " WARNINGS,
		"-std=gnu17 " WARNINGS, "-std=gnu11 -Wall -Wextra -Werror"
	};

	cr_assert(installed("gcc") || installed("clang"));
	for (size_t c = 0; c < 2; c++)
		for (size_t s = 0; installed(compilers[c]) && s < 4; s++) {
			accepts(compilers[c], standards[s],
				"tests/unit/headers/models.c");
			accepts(compilers[c], standards[s],
				"tests/unit/headers/long_names.c");
			accepts(compilers[c], standards[s],
				"tests/unit/headers/revision.c");
		}
}

Test(headers, each_alone)
{
	static const char *const headers[] = {
		"model_types", "model", "revision", "retort"
	};

	for (size_t i = 0; i < sizeof(headers) / sizeof(*headers); i++) {
		char file[128];

		snprintf(file, sizeof(file), "-include retort/%s.h "
			 "tests/unit/headers/empty.h", headers[i]);
		accepts("cc", "-xc -std=c11 " WARNINGS, file);
		if (installed("clang"))
			accepts("clang", "-xc -std=c11 " WARNINGS, file);
		if (installed("g++"))
			accepts("g++", "-xc++ -std=c++20 -Wall -Wextra "
				"-pedantic -Werror", file);
		if (installed("clang++"))
			accepts("clang++", "-xc++ -std=c++20 -Wall -Wextra "
				"-pedantic -Werror", file);
	}
}
