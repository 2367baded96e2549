#include "revision/revision.h"

#include <sha1.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"

/* A header is nearly always found in the first piece. */
enum { HEAD_FIRST = 1024, HEAD_LAST = 1 << 20 };

retort_status revision_read(const char *path, struct arena *mem,
			    struct revision **out, struct err *err)
{
	for (size_t size = HEAD_FIRST;; size *= 8) {
		SCRATCH(tmp);
		SCRATCH_ERR(why);
		bool complete, whole;
		char *text;
		size_t n;
		retort_status rc;

		TRY(file_read_head(path, size, &tmp, &text, &n, err));
		whole = n < size || size >= HEAD_LAST;
		/* Half a line says nothing. */
		while (!whole && n && text[n - 1] != '\n')
			n--;
		rc = revision_parse(path, text, n, mem, out, &complete, &why);
		if (!whole && !complete)
			continue;
		if (rc < 0)
			err_move(err, &why);
		return rc;
	}
}

retort_status revision_blob_id(const struct revision *r, struct arena *mem,
			       char **out, struct err *err)
{
	SCRATCH(tmp);
	unsigned char sum[SHA1_DIGEST_LENGTH];
	char start[32], *text, *hex;
	size_t n;
	SHA1_CTX ctx;

	TRY(file_read(r->path, &tmp, &text, &n, err));
	snprintf(start, sizeof(start), "blob %zu", n);
	SHA1Init(&ctx);
	SHA1Update(&ctx, (const uint8_t *)start, strlen(start) + 1);
	SHA1Update(&ctx, (const uint8_t *)text, n);
	SHA1Final(sum, &ctx);
	hex = arena_alloc(mem, 2 * sizeof(sum) + 1);
	if (!hex)
		return err_nomem(err);
	for (size_t i = 0; i < sizeof(sum); i++)
		snprintf(hex + 2 * i, 3, "%02x", sum[i]);
	*out = hex;
	return RETORT_OK;
}
