#include <criterion/criterion.h>
#include <string.h>
#include <strings.h>

#include "base/ascii.h"

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

/* In the C locale, where these tests run, the C library agrees. */
Test(ascii, same_as_the_c_library)
{
	static const char *const words[] = {
		"", "a", "A", "b", "ID", "id", "iD2", "id ", "[", "{", "@",
		"`", "z", "Z", "\xc3\xa9", "\xc3\x89", "aa", "aB"
	};
	const size_t n = sizeof(words) / sizeof(words[0]);

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n; k++) {
			cr_expect(sign(ascii_casecmp(words[i], words[k])) ==
				  sign(strcasecmp(words[i], words[k])),
				  "%s %s", words[i], words[k]);
			for (size_t m = 0; m < 4; m++)
				cr_expect(sign(ascii_ncasecmp(words[i],
							      words[k], m)) ==
					  sign(strncasecmp(words[i],
							   words[k], m)));
		}
}
