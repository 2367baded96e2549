#include "base/buf.h"
#include "model/model.h"

static bool upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

/*
 * A capital begins a word when a small letter or a digit stands before it, or
 * when it is not the first character and a small letter follows.
 */
static bool begins_word(const char *name, size_t i)
{
	if (!i || !upper(name[i]))
		return false;
	return lower(name[i - 1]) || digit(name[i - 1]) || lower(name[i + 1]);
}

char *model_table_name(struct arena *mem, const char *model)
{
	struct buf b = { .mem = mem };

	for (size_t i = 0; model[i]; i++) {
		if (b.n && begins_word(model, i))
			buf_addc(&b, '_');
		if (b.n || model[i] != '_')
			buf_addc(&b, upper(model[i]) ? (char)(model[i] | 32)
						     : model[i]);
	}
	return buf_text(&b);
}
