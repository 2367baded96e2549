#include "base/digest.h"

#include <sha1.h>
#include <stdint.h>

void digest(const char *a, size_t n_a, const char *b, size_t n_b,
	    char out[DIGEST_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char sum[SHA1_DIGEST_LENGTH];
	SHA1_CTX ctx;

	SHA1Init(&ctx);
	SHA1Update(&ctx, (const uint8_t *)a, n_a);
	SHA1Update(&ctx, (const uint8_t *)b, n_b);
	SHA1Final(sum, &ctx);
	for (size_t i = 0; i < sizeof(sum); i++) {
		*out++ = digits[sum[i] >> 4];
		*out++ = digits[sum[i] & 15];
	}
	*out = '\0';
}
