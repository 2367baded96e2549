#include "sql/keyword.h"

#define LONGEST (sizeof("CURRENT_TIMESTAMP") - 1)

enum use { USE_NO, USE_ID, USE_JOIN, USE_INDEXED };

static const struct {
	const char *text;
	unsigned char n, use;
} words[KW__COUNT] = {
	[KW_NONE] = { "", 0, USE_ID },
#define X(name, use) [KW_##name] = { #name, sizeof(#name) - 1, USE_##use },
	SQL_KEYWORDS(X)
#undef X
};

/* The first keyword of each letter, or of the next one that has some. */
static const unsigned char first[27] = {
	['A' - 'A'] = KW_ABORT, ['B' - 'A'] = KW_BEFORE,
	['C' - 'A'] = KW_CASCADE, ['D' - 'A'] = KW_DATABASE,
	['E' - 'A'] = KW_EACH, ['F' - 'A'] = KW_FAIL,
	['G' - 'A'] = KW_GENERATED, ['H' - 'A'] = KW_HAVING,
	['I' - 'A'] = KW_IF, ['J' - 'A'] = KW_JOIN, ['K' - 'A'] = KW_KEY,
	['L' - 'A'] = KW_LAST, ['M' - 'A'] = KW_MATCH,
	['N' - 'A'] = KW_NATURAL, ['O' - 'A'] = KW_OF,
	['P' - 'A'] = KW_PARTITION, ['Q' - 'A'] = KW_QUERY,
	['R' - 'A'] = KW_RAISE, ['S' - 'A'] = KW_SAVEPOINT,
	['T' - 'A'] = KW_TABLE, ['U' - 'A'] = KW_UNBOUNDED,
	['V' - 'A'] = KW_VACUUM, ['W' - 'A'] = KW_WHEN,
	['X' - 'A'] = KW__COUNT, ['Y' - 'A'] = KW__COUNT,
	['Z' - 'A'] = KW__COUNT, ['Z' - 'A' + 1] = KW__COUNT,
};

/* No locale has a say in this. */
static bool same_word(const char *upper, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] != upper[i] &&
		    (upper[i] == '_' || s[i] != (upper[i] | 0x20)))
			return false;
	return true;
}

enum keyword keyword_of(const char *s, size_t n)
{
	char c = n > 1 && n <= LONGEST ? (char)(*s & ~0x20) : '\0';

	if (c < 'A' || c > 'Z')
		return KW_NONE;
	for (int k = first[c - 'A']; k < first[c - 'A' + 1]; k++)
		if (words[k].n == n && same_word(words[k].text, s, n))
			return (enum keyword)k;
	return KW_NONE;
}

bool keyword_is_name(enum keyword kw)
{
	return words[kw].use != USE_NO;
}

bool keyword_is_id(enum keyword kw)
{
	return words[kw].use == USE_ID;
}
